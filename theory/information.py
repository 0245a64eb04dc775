"""Information: what each agent sees of the state before it acts (theory.md §1)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import TypeVar

import numpy as np

from coopgap.theory.environments import Environment, Profile
from coopgap.theory.errors import inside
from coopgap.theory.exact import IntArray, common_denominator, widened
from coopgap.theory.languages import ProductLanguage, cells_of, partition
from coopgap.theory.nearest import require_known
from coopgap.theory.welfare import profiles_where

MAX_STRATEGIES = 200_000
"""The number of profiles of strategies of all agents but one up to which the team optimum is
found."""


_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Information:
    """A partition of the states for each agent, which sees the cell that the state lies in.

    cells: for each agent the number of the cell of each state, from 0 in order of first appearance.
    """

    cells: tuple[tuple[int, ...], ...]

    @cached_property
    def is_complete(self) -> bool:
        """Whether every agent sees the state itself."""
        return all(len(set(own)) == len(own) for own in self.cells)

    @cached_property
    def joined(self) -> tuple[tuple[int, ...], ...]:
        """For each state what all agents together see: the cell of each agent."""
        return tuple(zip(*self.cells, strict=True))

    def types(self, support: Sequence[int]) -> dict[tuple[int, int], tuple[int, ...]]:
        """The types with their states, by agent and cell in order.

        support: the states of positive probability.
        """
        states_by_type = {
            (agent, cell): tuple(states)
            for agent, own in enumerate(self.cells)
            for cell, states in _grouped(own, support).items()
        }
        return dict(sorted(states_by_type.items()))

    def types_of(self, agent: int, environment: Environment) -> dict[int, list[int]]:
        """The agent's cells with their states of positive probability; cells without are left out.

        These are the agent's types.
        """
        return _grouped(self.cells[agent], environment.support)


@dataclass(frozen=True)
class PooledBest:
    """The first best of agents who tell each other all that they see, and obey.

    welfare: W* in utils. profiles: for each set of states that they cannot tell apart together
    (of positive probability, ascending) all profiles that attain it.
    """

    welfare: Fraction
    profiles: Mapping[tuple[int, ...], tuple[Profile, ...]]


def strategies_named(
    environment: Environment, known: Information, chosen: Sequence[int]
) -> dict[str, dict[str, str]]:
    """Strategies by player and cell: a cell is named by its states, joined with ``|``.

    chosen: an action for each type.
    """
    named: dict[str, dict[str, str]] = {player: {} for player in environment.players}
    types = known.types(environment.support).items()
    for ((agent, _), states), action in zip(types, chosen, strict=True):
        cell = "|".join(environment.states[state] for state in states)
        named[environment.players[agent]][cell] = environment.actions[agent][action]
    return named


def complete_information(environment: Environment) -> Information:
    """Every agent sees the state."""
    return Information((tuple(range(len(environment.states))),) * len(environment.players))


def information(
    environment: Environment, groups: Mapping[str, Iterable[Iterable[str]]]
) -> Information:
    """Each player sees which of its groups of states the state lies in.

    States that a player's groups do not name it sees, and a player without groups sees all. Raises
    InputError for an unknown player, and for a state that is unknown or listed twice.
    """
    for player in groups:
        require_known(player, environment.players, "player")
    cells = []
    for player in environment.players:
        with inside(player):
            cells.append(partition(environment.states, groups.get(player, ()), "state", ""))
    return Information(tuple(cells))


def pooled_best(environment: Environment, known: Information) -> PooledBest:
    """W* = Σ_j p(j) max_a E[W(a, ω) | j] over the cells j of the join of all partitions."""
    scale = common_denominator(environment.prior)
    total, profiles = 0, {}
    for states in _grouped(known.joined, environment.support).values():
        worth = weighted_welfare(environment, states, scale)
        total += int(worth.max())
        profiles[tuple(states)] = profiles_where(worth == worth.max())
    return PooledBest(Fraction(total, scale * environment.denominator), profiles)


def unfollowed(language: ProductLanguage, known: Information) -> tuple[int, int, int] | None:
    """An agent with two states that it cannot tell apart and the language can; None if none.

    Without any all agents can follow directives in the language.
    """
    for agent, cells in enumerate(known.cells):
        first: dict[int, int] = {}
        for state, cell in enumerate(cells):
            twin = first.setdefault(cell, state)
            if language.cells[twin] != language.cells[state]:
                return agent, twin, state
    return None


def pooled_incontractible_cells(
    environment: Environment, known: Information, language: ProductLanguage
) -> list[list[int]]:
    """The cells without a profile that agents who pool what they see would play in all states."""
    best = {
        state: set(profiles)
        for states, profiles in pooled_best(environment, known).profiles.items()
        for state in states
    }
    cells = cells_of(language, environment)
    return [cell for cell in cells if not set.intersection(*(best[state] for state in cell))]


def team_optimum(environment: Environment, known: Information) -> Fraction | None:
    """The best expected welfare, in utils, of strategies σ_i: cells of agent i → A_i.

    None if agents have too many strategies to try. The strategies of all agents but the one with
    most of them are tried; that one then does what is best in each of its cells (Radner 1962).
    """
    types = [list(known.types_of(i, environment).values()) for i in range(len(environment.players))]
    counts = [size ** len(own) for size, own in zip(environment.shape, types, strict=True)]
    last = max(range(len(counts)), key=counts.__getitem__)
    others = [agent for agent in range(len(counts)) if agent != last]
    if math.prod(counts[agent] for agent in others) > MAX_STRATEGIES:
        return None
    scale = common_denominator(environment.prior)
    worth = {s: weighted_welfare(environment, [s], scale) for s in environment.support}
    best: int | None = None
    strategies = (
        product(range(environment.shape[agent]), repeat=len(types[agent])) for agent in others
    )
    for chosen in product(*strategies):
        acts: dict[int, list[int | slice]] = {
            s: [slice(None)] * len(counts) for s in environment.support
        }
        for agent, strategy in zip(others, chosen, strict=True):
            for states, action in zip(types[agent], strategy, strict=True):
                for state in states:
                    acts[state][agent] = action
        reached = 0
        for states in types[last]:
            row = np.stack([worth[s][tuple(acts[s])] for s in states]).sum(axis=0)
            reached += int(row.max())
        best = reached if best is None else max(best, reached)
    assert best is not None, "every agent has a strategy"
    return Fraction(best, scale * environment.denominator)


def weighted_welfare(environment: Environment, states: Sequence[int], scale: int) -> IntArray:
    """Σ p(ω) W(a, ω) over the states, in integers of shape (actions…).

    They are over ``scale`` × the environment's denominator; scale makes probabilities integers.
    """
    weights = [int(environment.prior[state] * scale) for state in states]
    rows = widened(environment.welfare[list(states)], sum(weights))
    return np.asarray(np.tensordot(np.array(weights, dtype=rows.dtype), rows, axes=1))


def _grouped(keys: Sequence[_Key], states: Iterable[int]) -> dict[_Key, list[int]]:
    groups: dict[_Key, list[int]] = {}
    for state in states:
        groups.setdefault(keys[state], []).append(state)
    return groups
