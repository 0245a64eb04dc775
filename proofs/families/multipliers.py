"""Multipliers as expressions: the bound on correlated play of an optimal basis, around a point.

What no fine deters bounds welfare (theory.md, T5). The profiles that attain the bound at a point
determine its multipliers, in terms of what deviations pay, wherever no other profile exceeds it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.algebra.lifting import Rule, around
from coopgap.proofs.algebra.polynomials import ZERO, plain
from coopgap.proofs.certificates.certificate import scaled_whole
from coopgap.proofs.trusted.polynomials import Number, lifted
from coopgap.proofs.trusted.problems import Plays

Move = tuple[int, int, int, int]
"""A state, an agent, the action that it is told, and the one that it takes."""

Terms = Mapping[Move, Number]


def symbolic_multipliers(
    plays: Plays, support: tuple[int, ...], point: Point, bound: Any
) -> dict[str, Any]:
    """A certificate's bound by multipliers at a point, as one around it where there is one.

    support: the states of positive probability there. With a liability bound it stays as it is.
    """
    if plays.problem.contracts.liability is not None:
        return dict(bound)
    values = {
        (state, *move): Fraction(number, bound["denominator"])
        for state, listed in zip(support, bound["multipliers"], strict=True)
        for *move, number in listed
    }
    tops: dict[Any, Fraction] = {}
    rows: list[Rule] = []
    binding: list[Rule] = []
    for state in support:
        paid = [_paid(plays, state, profile, values) for profile in range(plays.profiles)]
        excess = [
            lifted(plays.welfare(state, profile)).at(point)
            - sum(lifted(gain).at(point) * values[move] for move, gain in terms.items())
            for profile, terms in enumerate(paid)
        ]
        tops[state] = Fraction(max(excess))
        for profile, terms in enumerate(paid):
            rows += _deterred(plays, state, profile, terms)
            if excess[profile] == tops[state]:
                binding.append(({**terms, state: 1}, plays.welfare(state, profile)))
    basis = around([*rows, *binding], {**values, **tops}, point)
    if basis is None:
        return dict(bound)
    numbers, below = basis
    *whole, denominator = scaled_whole([*(numbers[move] for move in values), below])
    names, listed = plays.problem.parameters, defaultdict(list)
    for (state, *move), number in zip(values, whole, strict=True):
        listed[state].append([*move, plain(number, names)])
    return {
        "denominator": plain(denominator, names),
        "multipliers": [listed[state] for state in support],
    }


def _paid(plays: Plays, state: int, profile: int, values: Mapping[Any, Fraction]) -> Terms:
    """What each deviation that has a multiplier pays at the profile."""
    return {
        move: gain
        for agent, action, _, gain, _ in plays.deviations(state, profile)
        if (move := (state, agent, plays.action(profile, agent), action)) in values
    }


def _deterred(plays: Plays, state: int, profile: int, terms: Terms) -> Iterator[Rule]:
    """That transfers cancel: what leaves each record for another is the same of all agents."""
    own_record = plays.record(state, profile)
    leaving: dict[int, dict[int, dict[Move, int]]] = defaultdict(lambda: defaultdict(dict))
    for agent, action, record, *_ in plays.deviations(state, profile):
        move = state, agent, plays.action(profile, agent), action
        if move in terms and record != own_record:
            leaving[record][agent][move] = 1
    first, *rest = plays.agents
    for of_agents in leaving.values():
        for agent in rest:
            less = dict.fromkeys(of_agents[first], -1)
            yield {**of_agents[agent], **less}, ZERO
