"""Games made social dilemmas: a public good is added until the axioms asked for hold."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from coopgap.theory.dilemmas import axioms
from coopgap.theory.environments import Environment
from coopgap.theory.exact import IntArray, integer_array


@st.composite
def dilemmas(
    draw: DrawFn, games: SearchStrategy[Environment], names: Collection[str]
) -> Environment:
    """Games with cooperating actions in which the wanted axioms (theory.md §3) hold."""
    game = draw(games)
    return _pushed(replace(game, cooperative=draw(sides(game.shape))), names)


def sides(shape: Sequence[int]) -> SearchStrategy[tuple[tuple[int, ...], ...]]:
    """For each agent some, not all, of its actions, the first one being that of axiom ii."""
    return st.tuples(
        *(
            st.lists(st.integers(0, k - 1), min_size=1, max_size=k - 1, unique=True).map(tuple)
            for k in shape
        )
    )


def _pushed(game: Environment, names: Collection[str]) -> Environment:
    """The game plus the least whole multiple of a dilemma with which the axioms hold.

    The margin of each axiom grows with the multiple, so there is one.
    """
    dilemma = _public_good(game, names) * game.denominator

    def plus(times: int) -> Environment:
        payoffs = game.payoffs.astype(object) + times * dilemma[:, np.newaxis]
        flat = integer_array(payoffs.ravel().tolist(), payoffs.shape)
        return replace(game, payoffs=flat)

    def holds(times: int) -> bool:
        verdicts = axioms(plus(times))
        return all(verdicts[name] for name in names)

    return plus(_least(holds))


def _public_good(game: Environment, names: Collection[str]) -> IntArray:
    """Payoffs of a public good in which the axioms hold, of shape (agents, actions…).

    A cooperating agent gives everyone ``benefit`` at a cost to itself, and pays ``flaw`` if its
    action is not the one of axiom ii. The axioms hold from two agents on where
    2·benefit − cost > flaw and cost > benefit.
    """
    assert game.cooperative is not None
    common = bool({"axiom-i", "axiom-ii", "axiom-iii"} & set(names))
    tempting = bool({"axiom-iv-strict", "axiom-iv-partial"} & set(names))
    flaw = int("axiom-ii" in names and max(map(len, game.cooperative)) > 1)
    benefit, cost = {
        (True, True): (2 + 2 * flaw, 3 + 3 * flaw),
        (True, False): (1, 0),
        (False, True): (0, 1),
    }[common, tempting]
    total: IntArray = np.zeros(game.shape, dtype=object)
    paid = []
    for agent, cooperating in enumerate(game.cooperative):
        gives = [int(a in cooperating) for a in range(game.shape[agent])]
        pays = [cost * g + flaw * (a in cooperating[1:]) for a, g in enumerate(gives)]
        axis = [-1 if k == agent else 1 for k in range(len(game.shape))]
        total = total + benefit * np.array(gives, dtype=object).reshape(axis)
        paid.append(np.array(pays, dtype=object).reshape(axis))
    return np.stack([total - own for own in paid])


def _least(holds: Callable[[int], bool]) -> int:
    """The least natural number with a property that all larger ones have too."""
    high = 0
    while not holds(high):
        high = 2 * high + 1
    return bisect_left(range(high), True, lo=(high + 1) // 2, key=holds)
