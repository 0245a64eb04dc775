"""Environments: agents, actions, states with a prior, exact payoffs (theory.md §1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, product

import numpy as np

from coopgap.theory.errors import InputError
from coopgap.theory.exact import IntArray, common_denominator, integer_array, widened
from coopgap.theory.notebooks import Tabulated, TextTable

MAX_PAYOFFS = 1 << 26
"""The largest table (agents × states × profiles); larger ones are refused before they are built."""

MAX_DISPLAYED = 64
"""The largest number of profiles of a state, and of states, in a notebook."""

Profile = tuple[int, ...]
"""One action index per agent."""


@dataclass(frozen=True, eq=False)
class Environment(Tabulated):
    """A finite game with contingencies.

    players, states: names. actions: one tuple of labels per agent. prior: one probability per
    state. payoffs: integers of shape (agents, states, actions of agent 1, …, actions of agent n);
    divided by ``denominator`` they are payoffs in utils. cooperative: for each agent the indices of
    its cooperating actions, the first one being the profile of axiom (ii); or None.

    Raises InputError for names that repeat, a prior that is no distribution, or wrong shapes.
    """

    players: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    states: tuple[str, ...]
    prior: tuple[Fraction, ...]
    payoffs: IntArray
    denominator: int = 1
    cooperative: tuple[tuple[int, ...], ...] | None = None

    def __post_init__(self) -> None:
        _require_distinct(self.players, "players", "player")
        _require_distinct(self.states, "states", "state")
        if len(self.actions) != len(self.players):
            raise InputError("there must be one list of actions per player", field="actions")
        for player, labels in zip(self.players, self.actions, strict=True):
            _require_distinct(labels, f"actions.{player}", "action")
        if len(self.prior) != len(self.states):
            raise InputError(
                f"{len(self.prior)} probabilities for {len(self.states)} states", field="prior"
            )
        for state, probability in zip(self.states, self.prior, strict=True):
            require_probability(state, probability)
        if sum(self.prior) != 1:
            raise InputError(
                f"the prior sums to {sum(self.prior)}, not 1",
                fix="make the probabilities sum to exactly 1",
                field="prior",
            )
        expected = (len(self.players), len(self.states), *self.shape)
        if self.payoffs.shape != expected:
            raise InputError(
                f"the payoffs have shape {self.payoffs.shape}, not {expected}", field="payoffs"
            )
        if self.denominator < 1:
            raise InputError("the denominator must be a positive integer", field="denominator")
        self.payoffs.setflags(write=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of actions of each agent."""
        return tuple(len(labels) for labels in self.actions)

    @cached_property
    def support(self) -> tuple[int, ...]:
        """The indices of the states of positive probability; the others never matter."""
        return tuple(index for index, p in enumerate(self.prior) if p > 0)

    @cached_property
    def welfare(self) -> IntArray:
        """W(a, ω), the sum of payoffs: shape (states, actions…), over ``denominator``."""
        return np.asarray(widened(self.payoffs, len(self.players)).sum(axis=0))

    def tables(self) -> Sequence[TextTable]:
        """Payoffs by profile, one table for each state; of large games the first profiles."""
        profiles = list(islice(product(*map(range, self.shape)), MAX_DISPLAYED))
        return [
            TextTable(
                f"State {name}, probability {self.prior[state]}",
                ("profile", *self.players),
                tuple(
                    (
                        ", ".join(self.labels(profile)),
                        *(
                            str(Fraction(int(own[(state, *profile)]), self.denominator))
                            for own in self.payoffs
                        ),
                    )
                    for profile in profiles
                ),
            )
            for state, name in enumerate(self.states[:MAX_DISPLAYED])
        ]

    def labels(self, profile: Sequence[int]) -> tuple[str, ...]:
        """The action labels of a profile of action indices."""
        return tuple(self.actions[i][a] for i, a in enumerate(profile))

    def profile(self, labels: Sequence[str]) -> Profile:
        """The action indices of a profile of labels; raises InputError for an unknown label."""
        if len(labels) != len(self.players):
            raise InputError(
                f"the profile {list(labels)} has {len(labels)} actions for "
                f"{len(self.players)} players"
            )
        return tuple(
            self.action(player, label) for player, label in zip(self.players, labels, strict=True)
        )

    def action(self, player: str, label: str) -> int:
        """The index of a player's action; raises InputError if it has no such action."""
        actions = self.actions[self.players.index(player)]
        if label not in actions:
            raise InputError(
                f"{player!r} has no action {label!r}", fix=f"choose from {', '.join(actions)}"
            )
        return actions.index(label)


def environment(
    players: Sequence[str],
    actions: Sequence[Sequence[str]],
    payoffs: Sequence[Sequence[Sequence[Fraction | int]]],
    states: Sequence[str] = ("s",),
    prior: Sequence[Fraction] | None = None,
    cooperative: Sequence[Sequence[int]] | None = None,
) -> Environment:
    """The environment with these payoffs in utils; its prior is uniform unless given.

    ``payoffs[agent][state]`` lists the payoffs at all profiles, the last agent's action varying
    fastest. Raises InputError as ``Environment``.
    """
    shape = tuple(len(labels) for labels in actions)
    require_storable(len(players), len(states), shape)
    values = [Fraction(value) for agent in payoffs for state in agent for value in state]
    denominator = common_denominator(values)
    flat = [int(value * denominator) for value in values]
    if len(flat) != len(players) * len(states) * math.prod(shape):
        raise InputError(f"{len(flat)} payoffs do not fill the game", field="payoffs")
    uniform = [Fraction(1, len(states))] * len(states)
    return Environment(
        players=tuple(players),
        actions=tuple(tuple(labels) for labels in actions),
        states=tuple(states),
        prior=tuple(uniform if prior is None else prior),
        payoffs=integer_array(flat, (len(players), len(states), *shape)),
        denominator=denominator,
        cooperative=None if cooperative is None else tuple(tuple(c) for c in cooperative),
    )


def require_probability(state: str, probability: Fraction) -> None:
    """Raises InputError if the probability of a state is negative."""
    if probability < 0:
        raise InputError(
            f"the probability {probability} of state {state!r} is negative",
            fix="probabilities are at least 0",
            field="prior",
        )


def require_storable(players: int, states: int, shape: Sequence[int]) -> None:
    """Raises InputError for a table of more than MAX_PAYOFFS payoffs, before it is allocated."""
    size = players * states * math.prod(shape)
    if size > MAX_PAYOFFS:
        raise InputError(
            f"the payoff table would have {size:,} entries",
            fix=f"at most {MAX_PAYOFFS:,} are stored",
        )


def _require_distinct(names: Sequence[str], field: str, kind: str) -> None:
    if not names:
        raise InputError(f"there is no {kind}", fix=f"name at least one {kind}", field=field)
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(
                f"the {kind} {name!r} is listed twice",
                fix=f"give each {kind} its own name",
                field=field,
            )
        seen.add(name)
