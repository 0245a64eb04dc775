"""Difference constraints: implementability with free or burnt money, and without any contract.

Each agent's constraints form a graph on records (theory.md T3a); a selection is implementable iff
no cycle has positive weight. Potentials come from Bellman–Ford relaxation on whole arrays, cycles
from the graph of last improvements (Cherkassky and Goldberg 1999).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgap.proofs.questions.obligations import (
    Answer,
    Contract,
    Excluded,
    Implementability,
    Incentives,
    Obstruction,
    Reached,
    SelectionSpan,
    SelectionThreshold,
    Span,
    Unanswered,
    aliasing,
    incentives,
    obstruction,
    strongest,
)
from coopgap.theory.contracts import Budget, NoContract, Transfers
from coopgap.theory.exact import INFINITY, Extended, IntArray, widened


@dataclass(frozen=True)
class DifferenceEngine:
    """Answers ``Implementability`` where the agents' transfers do not constrain each other.

    Without a contract it answers all questions about one selection.
    """

    name: str = "difference"
    answers: frozenset[type] = frozenset({Implementability, SelectionThreshold, SelectionSpan})

    def solve(self, question: Any) -> Answer:
        """The answer; Unanswered for contracts that couple the agents' transfers."""
        contracts = question.setting.contracts
        if isinstance(contracts, NoContract):
            rows = incentives(question.setting, question.selection)
            if isinstance(question, SelectionThreshold):
                return _threshold_alone(question, rows)
            if isinstance(question, SelectionSpan):
                return _span_alone(question, rows)
            return _stays_alone(question, rows)
        uncoupled = isinstance(contracts, Transfers) and (
            contracts.budget is Budget.FREE
            or (contracts.budget is Budget.BURNT and contracts.liability is None)
        )
        if not uncoupled or not isinstance(question, Implementability):
            return Unanswered("the agents' transfers constrain each other")
        return _implement(question, contracts)


def _stays_alone(question: Implementability, rows: Incentives) -> Answer:
    pull, _ = rows.pull(question.levels)
    tempting = strongest(question.selection, rows, pull, True, "profitable-deviation")
    return Excluded(tempting) if tempting else Reached(question.selection, Contract())


def _threshold_alone(question: SelectionThreshold, rows: Incentives) -> Answer:
    span = _span_alone(question, rows)
    below = () if span.below is None else (span.below,)
    return Reached(question.selection, Contract(), span.low, below)


def _span_alone(question: SelectionThreshold | SelectionSpan, rows: Incentives) -> Span:
    low: Extended = Fraction(0)
    high: Extended = INFINITY
    below = above = None
    gains, losses = rows.gain.tolist(), rows.lost.tolist()
    for row, (gain, lost) in enumerate(zip(gains, losses, strict=True)):
        if gain > 0:
            needed: Extended = Fraction(gain, lost) if lost > 0 else INFINITY
            if needed > low:
                low, below = needed, row
        elif lost < 0 and Fraction(gain, lost) < high:
            high, above = Fraction(gain, lost), row

    def named(row: int | None) -> Obstruction | None:
        if row is None:
            return None
        return obstruction(question.selection, rows, [(row, 1)], "profitable-deviation")

    return Span(question.selection, low, high, named(below), named(above))


def _implement(question: Implementability, contracts: Transfers) -> Answer:
    rows = incentives(question.setting, question.selection)
    pull, unit = rows.pull(question.levels)
    aliased = aliasing(question.selection, rows, pull)
    if aliased:
        return Excluded(aliased)
    reached, index = np.unique(rows.source, return_inverse=True)
    place = np.searchsorted(reached, rows.target)
    place[place == len(reached)] = 0
    inner = (reached[place] == rows.target) & (rows.source != rows.target)
    tail = rows.agent[inner] * len(reached) + index[inner]
    head = rows.agent[inner] * len(reached) + place[inner]
    agents = len(question.setting.environment.players)
    size = agents * len(reached)
    arcs = np.flatnonzero(inner)
    potential, cycles = _relax(size, tail, head, widened(pull, size + 1)[inner])
    if cycles:
        return Excluded(
            tuple(
                obstruction(
                    question.selection, rows, [(int(arcs[arc]), 1) for arc in cycle], "cycle"
                )
                for cycle in cycles
            )
        )
    records, at = np.unique(np.concatenate([rows.source, rows.target]), return_inverse=True)
    source, target = at[: len(pull)], at[len(pull) :]
    paid = np.zeros((agents, len(records)), dtype=potential.dtype)
    paid[:, np.searchsorted(records, reached)] = potential.reshape(agents, -1)
    np.minimum.at(paid, (rows.agent, target), paid[rows.agent, source] - pull)
    if contracts.budget is Budget.FREE and contracts.liability is not None:
        # A constant on every record in play lifts all fines above the bound.
        denominator = contracts.liability.denominator
        paid, unit = widened(paid, denominator) * denominator, unit * denominator
        paid += max(0, -int(paid.min(initial=0)) - int(contracts.liability * unit))
    listed = np.flatnonzero((paid != 0).any(axis=0))
    amounts = zip(records[listed].tolist(), paid[:, listed].T.tolist(), strict=True)
    return Reached(
        question.selection, Contract(unit, {record: tuple(row) for record, row in amounts})
    )


def _relax(
    size: int, tail: IntArray, head: IntArray, weight: IntArray
) -> tuple[IntArray, list[list[int]]]:
    """The largest t ≤ 0 with t[head] ≤ t[tail] − weight, or cycles of positive weight as arcs."""
    potential = np.zeros(size, dtype=weight.dtype)
    last = np.full(size, -1)
    rounds = 0
    while True:
        reach = potential[tail] - weight
        better = np.flatnonzero(reach < potential[head])
        if better.size == 0:
            return potential, []
        np.minimum.at(potential, head[better], reach[better])
        won = better[reach[better] == potential[head[better]]]
        last[head[won]] = won
        rounds += 1
        if rounds & (rounds - 1) == 0 or rounds >= size:
            cycles = _cycles(last, tail)
            if cycles:
                return potential, cycles


def _cycles(last: IntArray, tail: IntArray) -> list[list[int]]:
    """The cycles of the graph in which every node points to the tail of its last improvement."""
    parent = [-1 if arc < 0 else int(tail[arc]) for arc in last.tolist()]
    colour = [0] * len(parent)
    cycles = []
    for start in range(len(parent)):
        path = []
        node = start
        while node >= 0 and colour[node] == 0:
            colour[node] = start + 1
            path.append(node)
            node = parent[node]
        if node >= 0 and colour[node] == start + 1:
            cycles.append([int(last[place]) for place in path[path.index(node) :]])
    return cycles
