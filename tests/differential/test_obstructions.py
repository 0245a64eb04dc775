"""What engines take for obstructions is what ``proofs/coq`` calls so, for all payoffs at once.

Of a selection in a language only the records of its plays and of the deviations from them matter,
and payoffs only weigh the deviations. So the selections and languages of a shape are the partitions
of these plays, and two lists of obstructions agree for all payoffs if they are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from coopgap.proofs.algebra.elimination import incentive, obstructions, transfer_obstructions
from coopgap.proofs.theorems.symbols import Shape, partitions

Arc = tuple[int, int, int]
"""A deviation: the agent, and the records of the play and of the deviation."""

RULES = tuple(product(("free", "burnt", "balanced"), (False, True)))
"""Budgets, without and with a liability bound."""


def selections(shape: Shape) -> Iterator[list[Arc]]:
    """The deviations of each selection in each language."""
    moves = [None, *(i for i in range(shape.agents) for _ in range(shape.actions - 1))]
    plays = list(product(range(shape.states), moves))
    for records in partitions(len(plays)):
        start = {w: y for (w, i), y in zip(plays, records, strict=True) if i is None}
        yield [(i, start[w], y) for (w, i), y in zip(plays, records, strict=True) if i is not None]


def slack(
    flow: Mapping[int, int], arcs: list[Arc], shape: Shape, budget: str, liable: bool
) -> int | None:
    """What ``obstruction`` of Definitions.v multiplies by the liability bound, at the divergence d
    for which it is least; None if there is no d, so that transfers do not cancel."""
    total, records = 0, {y for arc in arcs for y in arc[1:]}
    for y in records:
        divergence = [0] * shape.agents
        for k, weight in flow.items():
            i, source, target = arcs[k]
            divergence[i] += weight * ((source == y) - (target == y))
        d = {"balanced": max(divergence), "burnt": max(0, *divergence), "free": 0}[budget]
        if max(divergence) > d or (not liable and min(divergence) < d):
            return None
        total += sum(d - component for component in divergence)
    return total


def of_contracts(
    arcs: list[Arc], shape: Shape, budget: str, liable: bool
) -> set[tuple[frozenset[tuple[int, int]], int]]:
    """The minimal weights of deviations, with that of the liability bound, by which all transfers
    cancel: of the constraints in Definitions.v, every record's among them."""
    records, agents = sorted({y for arc in arcs for y in arc[1:]}), range(shape.agents)
    rows: list[dict[int, int]] = []
    for i, source, target in arcs:
        ends = {source * shape.agents + i: 1, target * shape.agents + i: -1}
        rows.append(ends if source != target else {})
    if budget != "free":
        rows += [{y * shape.agents + i: -1 for i in agents} for y in records]
    equations = range(len(arcs), len(rows)) if budget == "balanced" else range(0)
    fines = len(rows)
    if liable:
        rows += [{y * shape.agents + i: 1} for y in records for i in agents]
    flows = set()
    for ray in obstructions(rows, equations):
        flow = frozenset((k, weight) for k, weight in ray.items() if k < len(arcs))
        if flow:
            flows.add((flow, sum(weight for k, weight in ray.items() if k >= fines)))
    return flows


@pytest.mark.parametrize(
    "shape",
    [
        Shape(2, 2, 2),
        pytest.param(Shape(2, 3, 1), marks=pytest.mark.deep),
        pytest.param(Shape(3, 2, 2), marks=pytest.mark.deep),
    ],
    ids=str,
)
def test_obstructions_are_those_of_the_definition_in_coq(shape: Shape) -> None:
    for arcs in selections(shape):
        for budget, liable in RULES:
            listed = transfer_obstructions(shape.agents, list(map(incentive, arcs)), budget, liable)
            for weights, fines in listed:
                assert min(weights.values()) > 0
                assert slack(weights, arcs, shape, budget, liable) == fines, (arcs, budget, liable)
            named = {(frozenset(weights.items()), fines) for weights, fines in listed}
            assert named == of_contracts(arcs, shape, budget, liable), (arcs, budget, liable)
