"""Strategies of games: arbitrary ones, and those of a kind by construction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypedDict, Unpack

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from coopgap.proofs.fuzzing.strategies.dilemmas import dilemmas
from coopgap.proofs.fuzzing.strategies.drawing import (
    SMALL,
    Bounds,
    Numbers,
    digits,
    known_names,
    range_of,
    simplest_first,
)
from coopgap.proofs.fuzzing.strategies.points import points
from coopgap.theory.dilemmas import AXIOMS, moral_hazard_game
from coopgap.theory.environments import Environment, environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import IntArray
from coopgap.theory.readers.load import load
from coopgap.theory.specification import (
    FamilySpecification,
)

MAX_PAYOFFS = 1024
"""The most payoffs of a game that is drawn: Hypothesis gives up on larger draws."""


TABLE_GAMES = {"PD": "table-games-pd", "SH": "table-games-sh"}
"""The gallery's families of table games: P1–P5 and S1–S4 of theory.md §3."""


class Size(TypedDict, total=False):
    """How large games are.

    agents, actions (of each agent), states: how many, as ``Bounds``. payoffs: which numbers these
    may be, in utils. zero_probabilities: whether states may have probability 0, though never all.
    """

    agents: Bounds
    actions: Bounds
    states: Bounds
    payoffs: Numbers
    zero_probabilities: bool


def environments(**size: Unpack[Size]) -> SearchStrategy[Environment]:
    """Games without any structure: every payoff drawn on its own.

    ``size``: as in ``Size``; 1 to 3 agents, 1 to 3 actions and 1 or 2 states with payoffs from −3
    to 3 unless said otherwise. Raises InputError for an empty range, for games of more than
    MAX_PAYOFFS payoffs, and for payoffs that are no exact numbers.
    """
    return _games(_sized(size), _arbitrary)


def symmetric_games(**size: Unpack[Size]) -> SearchStrategy[Environment]:
    """Symmetric games (von Neumann and Morgenstern 1944; theory.md §3).

    All agents have the same actions, and a payoff depends on the own action and on how many others
    take each action. ``size`` and InputError: as ``environments``.
    """
    return _games(_sized(size), _symmetric, alike=True)


def potential_games(**size: Unpack[Size]) -> SearchStrategy[Environment]:
    """Games with an exact potential P in every state: u_i(b, a_-i) − u_i(a) = P(b, a_-i) − P(a).

    Each is P plus, for each agent, what only the others' actions decide (Monderer and Shapley 1996,
    with Facchini et al. 1997). ``size`` and InputError: as ``environments``.
    """
    return _games(_sized(size), _potential)


def zero_sum_games(**size: Unpack[Size]) -> SearchStrategy[Environment]:
    """Games whose payoffs add up to 0 at every profile, in every state.

    ``size`` and InputError: as ``environments``, but with two agents unless said otherwise.
    """
    return _games(_sized(size, agents=(2, 2)), _zero_sum)


def supermodular_games(**size: Unpack[Size]) -> SearchStrategy[Environment]:
    """Games with strategic complements (Topkis 1979; Milgrom and Roberts 1990).

    An agent's gain from its next action, in the order of the list, never falls when others take
    later ones. ``size`` and InputError: as ``environments``.
    """
    return _games(_sized(size), _supermodular)


def social_dilemmas(
    axioms: Collection[str] = ("axiom-i", "axiom-ii", "axiom-iii", "axiom-iv-strict"),
    **size: Unpack[Size],
) -> SearchStrategy[Environment]:
    """Games with cooperating actions that satisfy the axioms of theory.md §3, and maybe others.

    axioms: ids from ``coopgap.theory.dilemmas.AXIOMS``. A game is a drawn one plus the least whole
    multiple of a public good with which the axioms hold, so payoffs may exceed those drawn.
    ``size`` and InputError: as ``environments``, but with at least 2 agents and 2 actions; also for
    no axiom and for an unknown one.
    """
    chosen = known_names(axioms, AXIOMS, "axioms")
    bounds = _sized(size, {"agents": 2, "actions": 2}, agents=(2, 3), actions=(2, 3))
    return dilemmas(_games(bounds, _arbitrary), chosen)


def table_games(dilemma: str = "PD") -> SearchStrategy[Environment]:
    """The paper's 4×4 games of R, S, T, P (theory.md §3).

    dilemma: ``"PD"``, under P1–P5, or ``"SH"``, under S1–S4. Raises InputError for another word.
    """
    (chosen,) = known_names([dilemma], tuple(TABLE_GAMES), "dilemma")
    family = load(TABLE_GAMES[chosen])
    assert isinstance(family, FamilySpecification)
    return points(family.family).map(lambda p: moral_hazard_game(p["R"], p["S"], p["T"], p["P"]))


@dataclass(frozen=True)
class _Sized:
    """``Size`` with all defaults filled in."""

    payoffs: tuple[Fraction, ...]
    agents: tuple[int, int] = (1, 3)
    actions: tuple[int, int] = (1, 3)
    states: tuple[int, int] = (1, 2)
    zero_probabilities: bool = False


def _sized(size: Size, least: dict[str, int] | None = None, **defaults: tuple[int, int]) -> _Sized:
    options = {**defaults, **size}
    for name in ("agents", "actions", "states"):
        if name in options:
            options[name] = range_of(options[name], name, (least or {}).get(name, 1))
    options["payoffs"] = simplest_first(options.get("payoffs", SMALL), "payoffs")
    sized = _Sized(**options)  # type: ignore[arg-type]
    (_, agents), (_, actions), (_, states) = sized.agents, sized.actions, sized.states
    # Compared before it is computed: the power may be astronomical.
    if agents > MAX_PAYOFFS or agents * states * actions**agents > MAX_PAYOFFS:
        raise InputError(
            f"{agents} agents with {actions} actions in {states} states are more than the "
            f"{MAX_PAYOFFS:,} payoffs that can be drawn",
            fix="lower the upper bound of agents, actions or states",
            field="agents, actions, states",
        )
    return sized


Fresh = Callable[[], IntArray]
"""Draws numbers of shape (states, actions…)."""


Rule = Callable[[int, Fresh], IntArray]
"""The payoffs of shape (agents, states, actions…) that a kind of games makes of fresh numbers, for
so many agents."""


@st.composite
def _games(draw: DrawFn, size: _Sized, rule: Rule, alike: bool = False) -> Environment:
    # Drawn is the largest table, then what of it is used: so a part can go while the rest stays,
    # and a failing game shrinks to its relevant agents, actions and states.
    (_, agents), (_, actions), (_, states) = size.agents, size.actions, size.states
    players, contingencies = draw(_used(size.agents)), draw(_used(size.states))
    some = _used(size.actions)
    choices = [draw(some)] * agents if alike else [draw(some) for _ in range(agents)]
    shape = [len(choices[agent]) for agent in players]
    prior = _prior(draw(_weights(states, size.zero_probabilities)), contingencies)
    part = np.ix_(contingencies, *(choices[k] if k in players else (0,) for k in range(agents)))
    count = states * actions**agents

    def fresh() -> IntArray:
        table = np.empty(count, dtype=object)
        table[:] = [size.payoffs[k] for k in draw(digits(count, len(size.payoffs)))]
        whole = table.reshape(states, *[actions] * agents)
        return np.asarray(whole[part].reshape(len(contingencies), *shape))

    return environment(
        players=_names("p", len(players)),
        actions=[_names("a", count) for count in shape],
        payoffs=rule(len(players), fresh).reshape(len(players), len(prior), -1).tolist(),
        states=_names("w", len(prior)) if len(prior) > 1 else ["s"],
        prior=prior,
    )


@st.composite
def _used(draw: DrawFn, bounds: tuple[int, int]) -> tuple[int, ...]:
    """The indices in use of the most that there may be; small indices are dropped first."""
    least, most = bounds
    used = list(range(most))
    if least < most:
        # Small numbers and large ones are drawn alike; a flag of 0 always goes.
        goes = draw(st.sampled_from([0, 2, 4]))
        for place in range(most):
            if draw(st.integers(0, 5)) <= goes and len(used) > least:
                used.remove(place)
    return tuple(used)


def _names(letter: str, count: int) -> list[str]:
    return [f"{letter}{k}" for k in range(1, count + 1)]


@st.composite
def _weights(draw: DrawFn, states: int, zero: bool) -> list[int]:
    """Weights of the states' probabilities; they shrink to 1."""
    return [(1, 2, 3, 4, 0)[k] for k in draw(digits(states, 5 if zero else 4))]


def _prior(weights: Sequence[int], states: Sequence[int]) -> list[Fraction]:
    weights = [weights[state] for state in states]
    if not any(weights):
        weights = [1, *weights[1:]]
    return [Fraction(weight, sum(weights)) for weight in weights]


def _arbitrary(agents: int, fresh: Fresh) -> IntArray:
    return np.stack([fresh() for _ in range(agents)])


def _symmetric(agents: int, fresh: Fresh) -> IntArray:
    numbers = fresh()
    payoffs = np.empty((agents, *numbers.shape), dtype=object)
    for agent, *profile in np.ndindex(agents, *numbers.shape[1:]):
        own, others = profile[agent], sorted(profile[:agent] + profile[agent + 1 :])
        payoffs[(agent, slice(None), *profile)] = numbers[(slice(None), own, *others)]
    return payoffs


def _potential(agents: int, fresh: Fresh) -> IntArray:
    potential = fresh()
    return np.stack([potential + fresh().take([0], agent + 1) for agent in range(agents)])


def _zero_sum(agents: int, fresh: Fresh) -> IntArray:
    payoffs = _arbitrary(agents, fresh)
    payoffs[-1] = 0 - payoffs[:-1].sum(axis=0)
    return payoffs


def _supermodular(agents: int, fresh: Fresh) -> IntArray:
    return np.stack([_with_complements(fresh(), agent + 1) for agent in range(agents)])


def _with_complements(numbers: IntArray, own: int) -> IntArray:
    """Payoffs with strategic complements for the agent whose actions are the axis ``own``.

    numbers: of shape (states, actions…), the payoffs of the first action and the gains of further
    ones, which are raised until they never fall in the others' actions.
    """
    first, steps = np.split(numbers, [1], axis=own)
    for axis in range(1, numbers.ndim):
        if axis != own:
            steps = np.maximum.accumulate(steps, axis=axis)
    return np.cumsum(np.concatenate([first, steps], axis=own), axis=own)
