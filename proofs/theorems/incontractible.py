"""T2 of theory.md for all payoffs and priors: complete directives lose in incontractible cells.

The parameters are the welfare of each profile in each state, ``w1_2`` that of profile 1 in state 2,
and the weights of the states. Fewer states and profiles are special cases: a state or a profile may
occur twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.theorems.symbols import (
    Symbols,
    above,
    at_least,
    at_most,
    goal,
    partitions,
    total,
)
from coopgap.proofs.theorems.theorem import Goals


class Size(NamedTuple):
    """The numbers of states and of profiles."""

    states: int
    profiles: int


def cells(size: Size) -> Goals:
    """δ_c > 0 iff the cell is incontractible (T2).

    By formula: a profile that is first best in every state of the cell makes δ_c 0; where δ_c is 0,
    the profile that loses least is first best in every state. By construction: profiles and states
    are named such that profile 0 loses least and that a first best of each state is in ``best``;
    the remaining profiles are alike, and one represents them all.
    """
    states, profiles = size
    symbols = Symbols((*_names(profiles, states), *_prior(states)))
    everywhere, everything = range(states), range(profiles)
    for best in _best(states, profiles):
        tops = [_welfare(symbols, best[s], s) for s in everywhere]
        lost = [_loss(symbols, everywhere, a, tops) for a in everything]
        known = [above(symbols[p]) for p in _prior(states)]
        known += [
            at_least(tops[s], _welfare(symbols, a, s)) for s in everywhere for a in everything
        ]
        known += [at_least(lost[a], lost[0]) for a in everything]
        told = "".join(map(str, best))
        for a in everything[: max(best) + 2]:
            everywhere_best = _first_best(symbols, a, states, profiles)
            yield (
                f"best {told}: contractible by {a}",
                goal(symbols, [*known, *everywhere_best], at_most(lost[0])),
            )
        yield (
            f"best {told}: nothing is lost",
            goal(symbols, [*known, at_most(lost[0])], *_first_best(symbols, 0, states, profiles)),
        )


def directives(size: Size) -> Goals:
    """Every complete directive of a state language loses at least Σ_c δ_c (T2).

    By formula, with ``m1``, ``m2``, … for the best welfare of each state and ``d1``, ``d2``, … for
    the losses of the cells, each at most the loss of any profile there. By construction: a
    directive that prescribes in each cell the profile of least loss loses exactly Σ_c δ_c, and the
    profile prescribed in a cell may be named 0.
    """
    states, profiles = size
    everywhere = range(states)
    for partition in partitions(states):
        if list(partition) != sorted(partition):
            continue  # states can be renamed
        numbers = range(max(partition) + 1)
        least = [f"d{c + 1}" for c in numbers]
        most = [f"m{s + 1}" for s in everywhere]
        symbols = Symbols((*_names(profiles, states), *_prior(states), *most, *least))
        tops = [symbols[m] for m in most]
        known = [above(symbols[p]) for p in _prior(states)]
        for c, a in product(numbers, range(profiles)):
            cell = [s for s in everywhere if partition[s] == c]
            known.append(at_least(_loss(symbols, cell, a, tops), symbols[least[c]]))
        lost = _loss(symbols, everywhere, 0, tops)
        bound = total(symbols[d] for d in least)
        yield f"cells {''.join(map(str, partition))}", goal(symbols, known, at_least(lost, bound))


def _names(profiles: int, states: int) -> tuple[str, ...]:
    return tuple(f"w{a}_{s + 1}" for a in range(profiles) for s in range(states))


def _prior(states: int) -> tuple[str, ...]:
    return tuple(f"p{s + 1}" for s in range(states))


def _welfare(symbols: Symbols, profile: int, state: int) -> Polynomial:
    return symbols[f"w{profile}_{state + 1}"]


def _loss(
    symbols: Symbols, states: Iterable[int], profile: int, tops: Sequence[Polynomial]
) -> Polynomial:
    """Σ p(ω) (max W(·, ω) − W(a, ω)) over a cell."""
    return total(symbols[f"p{s + 1}"] * (tops[s] - _welfare(symbols, profile, s)) for s in states)


def _first_best(symbols: Symbols, profile: int, states: int, profiles: int) -> list[Condition]:
    """The profile is first best in every state."""
    return [
        at_least(_welfare(symbols, profile, s), _welfare(symbols, b, s))
        for s in range(states)
        for b in range(profiles)
        if b != profile
    ]


def _best(states: int, profiles: int) -> list[tuple[int, ...]]:
    """The possible first-best profiles by state, up to names; profile 0 loses least."""
    found = (each for each in partitions(states + 1) if max(each) < profiles and each[0] == 0)
    # Of the things that are partitioned the first represents profile 0.
    kinds = {_renamed(each[1:]) for each in found}
    return sorted(kinds)


def _renamed(best: Sequence[int]) -> tuple[int, ...]:
    """The states reordered: those with profile 0 first, then by how often their profile occurs."""
    counts = sorted((best.count(a) for a in set(best) - {0}), reverse=True)
    return (0,) * best.count(0) + tuple(
        a for a, count in enumerate(counts, start=1) for _ in range(count)
    )
