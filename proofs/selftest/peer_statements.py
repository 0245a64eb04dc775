"""What coopgap and its peers are asked, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from itertools import product
from typing import Any

from coopgap.proofs.fuzzing.situations import Bounds, Situation
from coopgap.theory.contracts import Budget, Transfers

Answer = Any
"""Comparable: a truth value, or a frozenset of profiles or of pairs of mixes."""

Side = Callable[[Situation], Answer]


@dataclass(frozen=True)
class Statement:
    """A question to both sides.

    judge: the exact arbiter, who says of an answer whether it is right, in words if it is not
    (empty: right). peers: by the name of the peer and its method.
    """

    id: str
    text: str
    bounds: Bounds
    ours: Side
    judge: Callable[[Situation, Answer], str]
    peers: Mapping[str, Side]


TWO = Bounds((2, 2), (2, 3), (1, 1), contracts=(Transfers(Budget.FREE),))


def payoff_tables(case: Situation) -> list[dict[tuple[int, ...], int]]:
    """Each agent's payoff of every profile in the first state, as plain integers."""
    game = case.environment
    profiles = list(product(*map(range, game.shape)))
    return [{a: int(own[(0, *a)]) for a in profiles} for own in game.payoffs]


def own_deviations(profile: Sequence[int], agent: int, size: int) -> Iterator[tuple[int, ...]]:
    """The profiles that an agent can reach alone, its own among them."""
    for action in range(size):
        yield (*profile[:agent], action, *profile[agent + 1 :])


def gambit_game(payoffs: Sequence[Mapping[tuple[int, ...], Fraction | int]]) -> Any:
    """As pygambit reads it from the text of a strategic game, whose numbers are exact.

    The first agent's action varies fastest there; actions are called 1, 2, …
    """
    import pygambit

    sizes = [1 + max(column) for column in zip(*payoffs[0], strict=True)]
    names = " ".join(f'"{agent + 1}"' for agent in range(len(sizes)))
    labels = " ".join(
        f"{{ {' '.join(f'{chr(34)}{k + 1}{chr(34)}' for k in range(size))} }}" for size in sizes
    )
    plays = [play[::-1] for play in product(*map(range, reversed(sizes)))]
    numbers = " ".join(str(own[play]) for play in plays for own in payoffs)
    text = f'NFG 1 R "" {{ {names} }}\n{{ {labels} }}\n""\n\n{numbers}\n'
    return pygambit.read_nfg(BytesIO(text.encode()))
