"""Linear programmes for one selection under transfers (theory.md T3b, T3c, T7).

They decide implementability where a budget or a liability bound couples the agents, and find the
least common λ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from coopgap.proofs.algebra.exact_lp import Infeasible, LinearProgram, Optimum, Unbounded, solve
from coopgap.proofs.questions.obligations import (
    Answer,
    Contract,
    DominantSelection,
    Excluded,
    Implementability,
    Incentives,
    Obstruction,
    Reached,
    Selection,
    SelectionSpan,
    SelectionThreshold,
    Span,
    Unanswered,
    aliasing,
    dominance_rows,
    incentives,
    obstruction,
)
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.exact import INFINITY, Extended, IntArray, coprime, magnitude, widened

NOT_SOLVED = Unanswered("the linear programme was not solved exactly")

SIMPLEST_UP_TO = 300
"""The largest number of rows at which the contract of least total transfers is computed."""


@dataclass(frozen=True)
class LinearEngine:
    """Answers questions about one selection, for transfers of every budget and liability."""

    name: str = "linear"
    answers: frozenset[type] = frozenset(
        {Implementability, SelectionThreshold, SelectionSpan, DominantSelection}
    )

    def solve(self, question: Any) -> Answer:
        """The answer; Unanswered where no exact solution was certified."""
        contracts = question.setting.contracts
        if not isinstance(contracts, Transfers):
            return Unanswered("there are no transfers to solve for")
        if isinstance(question, DominantSelection):
            return _dominance(question, contracts)
        rows = incentives(question.setting, question.selection)
        if isinstance(question, SelectionThreshold):
            return _threshold(question, rows, contracts)
        if isinstance(question, SelectionSpan):
            return _span(question, rows, contracts)
        return _implement(question, rows, contracts)


@dataclass(frozen=True)
class _Programme:
    """A linear programme over the records that matter.

    ``dropped``: the rows into records that some agent never reaches by deviating; that agent
    receives the fines there.
    """

    used: IntArray
    dropped: IntArray
    records: IntArray
    program: LinearProgram
    shift: int
    unit: int


def _implement(question: Implementability, rows: Incentives, contracts: Transfers) -> Answer:
    pull, unit = rows.pull(question.levels)
    aliased = aliasing(question.selection, rows, pull)
    if aliased:
        return Excluded(aliased)
    built = _programme(rows, pull, unit, contracts, prosocial=False)
    answer = solve(built.program)
    if isinstance(answer, Optimum):
        contract = _contract(rows, pull, unit, built, answer.primal)
        return Reached(question.selection, contract)
    if isinstance(answer, Infeasible):
        return Excluded((_obstruction(question.selection, rows, built, answer.dual),))
    return NOT_SOLVED


def _aliased(selection: Selection, rows: Incentives) -> tuple[Obstruction, ...]:
    """Deviations that leave the record unchanged and that no λ deters."""
    alias = (rows.source == rows.target) & (rows.gain > 0) & (rows.lost <= 0)
    return aliasing(selection, rows, np.where(alias, rows.gain, 0))


def _lowest(
    question: SelectionThreshold | SelectionSpan, rows: Incentives, contracts: Transfers
) -> tuple[Extended, Obstruction | None, _Programme | None] | Unanswered:
    """The least λ, why none below it will do, and its programme if it is finite."""
    selection = question.selection
    aliased = _aliased(selection, rows)
    if aliased:
        return INFINITY, aliased[0], None
    built = _programme(rows, rows.gain, rows.unit, contracts, prosocial=True)
    least = solve(built.program)
    if isinstance(least, Infeasible):
        return INFINITY, _obstruction(selection, rows, built, least.dual), None
    if not isinstance(least, Optimum):
        return NOT_SOLVED
    low = least.primal[-1]
    return low, _obstruction(selection, rows, built, least.dual) if low > 0 else None, built


def _threshold(question: SelectionThreshold, rows: Incentives, contracts: Transfers) -> Answer:
    lowest = _lowest(question, rows, contracts)
    if isinstance(lowest, Unanswered):
        return lowest
    level, why, built = lowest
    below = () if why is None else (why,)
    if built is None:
        return Reached(question.selection, Contract(), level, below)
    assert isinstance(level, Fraction)
    levels = (level,) * len(question.setting.environment.players)
    reached = _implement(
        Implementability(question.setting, levels, question.selection), rows, contracts
    )
    if not isinstance(reached, Reached):
        return Unanswered("the contract at the threshold was not solved exactly")
    return Reached(question.selection, reached.contract, level, below)


def _span(question: SelectionSpan, rows: Incentives, contracts: Transfers) -> Answer:
    lowest = _lowest(question, rows, contracts)
    if isinstance(lowest, Unanswered):
        return lowest
    low, below, built = lowest
    if built is None:
        return Span(question.selection, INFINITY, INFINITY, below)
    if not (rows.lost < 0).any():
        # Every deviation that prosociality makes tempting raises welfare.
        return Span(question.selection, low, INFINITY, below)
    most = solve(replace(built.program, objective=-built.program.objective))
    if isinstance(most, Unbounded):
        return Span(question.selection, low, INFINITY, below)
    if not isinstance(most, Optimum):
        return NOT_SOLVED
    above = _obstruction(question.selection, rows, built, most.dual)
    return Span(question.selection, low, most.primal[-1], below, above)


def _dominance(question: DominantSelection, contracts: Transfers) -> Answer:
    """The contract with the largest margin of dominance, up to one unit.

    The margin replaces λ in the programme: minimise −margin.
    """
    rows = dominance_rows(question.setting, question.selection)
    pull, unit = rows.pull(question.levels)
    built = _programme(rows, pull, unit, contracts, prosocial=True, complete=True)
    program = built.program
    margin, height = len(program.objective) - 1, len(program.bounds)
    every = np.arange(len(pull))
    own = program.columns != margin
    answer = solve(
        LinearProgram(
            objective=-program.objective,
            rows=np.concatenate([program.rows[own], every, [height]]),
            columns=np.concatenate([program.columns[own], np.full(len(pull) + 1, margin)]),
            coefficients=np.concatenate([program.coefficients[own], np.full(len(pull) + 1, -1)]),
            bounds=np.concatenate([program.bounds, [-1]]),
            equality=np.concatenate([program.equality, [False]]),
            nonnegative=program.nonnegative,
        )
    )
    if not isinstance(answer, Optimum) or answer.value == 0:
        return Unanswered("no contract that makes the first best dominant was found")
    return Reached(question.selection, _contract(rows, pull, unit, built, answer.primal))


def _programme(
    rows: Incentives,
    pull: IntArray,
    unit: int,
    contracts: Transfers,
    *,
    prosocial: bool,
    complete: bool = False,
) -> _Programme:
    """The programme of the incentive rows.

    Its columns: for every used record and agent a transfer (above −B if bounded), then, for the
    contract of least total transfers, its positive part, then λ if ``prosocial``.
    """
    on_path = np.isin(rows.target, rows.source)
    alone = np.equal(rows.source, rows.target)
    dropped = np.zeros(len(pull), dtype=np.bool_)
    if not complete and contracts.liability is None and contracts.budget is Budget.BALANCED:
        targets, index = np.unique(rows.target, return_inverse=True)
        culprits = np.zeros((len(targets), rows.agents), dtype=np.bool_)
        culprits[index, rows.agent] = True
        dropped = ~on_path & ~np.asarray(culprits.all(axis=1))[index]
    used = np.flatnonzero(~dropped if prosocial else ~dropped & ~alone)
    liability = contracts.liability
    widen = 1 if liability is None else liability.denominator
    shift = 0 if liability is None else int(liability * unit * widen)
    unit = unit * widen
    records, at = np.unique(
        np.concatenate([rows.source[used], rows.target[used]]), return_inverse=True
    )
    amounts = len(records) * rows.agents
    source = at[: len(used)] * rows.agents + rows.agent[used]
    target = at[len(used) :] * rows.agents + rows.agent[used]
    k = len(used)
    row = np.arange(k)
    ones = (~alone[used]).astype(np.int64)
    entries = [(row, source, ones), (row, target, -ones)]
    bounds = [widened(pull, widen)[used] * widen]
    equality = [np.zeros(k, dtype=np.bool_)]
    every = np.arange(amounts)
    if contracts.budget is not Budget.FREE:
        sign = 1 if contracts.budget is Budget.BALANCED else -1
        entries.append((k + every // rows.agents, every, np.full(amounts, sign)))
        bounds.append(np.full(len(records), sign * rows.agents * shift, dtype=object))
        equality.append(np.full(len(records), contracts.budget is Budget.BALANCED))
    height = sum(len(part) for part in bounds)
    simplest = not prosocial and k <= SIMPLEST_UP_TO
    width = amounts * (2 if simplest else 1) + prosocial
    if simplest:
        # |t| is at least t and −t: minimise the sum of the larger; fines weigh as much as gifts.
        for sign in (1, -1):
            entries.append((height + every, every, np.full(amounts, sign)))
            entries.append((height + every, amounts + every, np.ones(amounts, dtype=np.int64)))
            bounds.append(np.full(amounts, sign * shift, dtype=object))
            equality.append(np.zeros(amounts, dtype=np.bool_))
            height += amounts
    if prosocial:
        entries.append((row, np.full(k, width - 1), widened(rows.lost, widen)[used] * widen))
    objective = np.zeros(width, dtype=np.int64)
    objective[amounts:] = 1
    nonnegative = np.zeros(width, dtype=np.bool_)
    nonnegative[amounts:] = True
    if liability is not None:
        nonnegative[:amounts] = True
    merged = [np.concatenate(parts) for parts in zip(*entries, strict=True)]
    nonzero = merged[2] != 0
    program = LinearProgram(
        objective=objective,
        rows=merged[0][nonzero],
        columns=merged[1][nonzero],
        coefficients=merged[2][nonzero],
        bounds=np.concatenate(bounds),
        equality=np.concatenate(equality),
        nonnegative=nonnegative,
    )
    return _Programme(used, np.flatnonzero(dropped), records, program, shift, unit)


def _contract(
    rows: Incentives, pull: IntArray, unit: int, built: _Programme, primal: list[Fraction]
) -> Contract:
    """The transfers of a solution, and the fines at the dropped records."""
    amounts = primal[: len(built.records) * rows.agents]
    scale = math.lcm(1, *(amount.denominator for amount in amounts))
    factor = scale * (built.unit // unit)
    whole = [a.numerator * (scale // a.denominator) - built.shift * scale for a in amounts]
    largest = max(map(abs, whole), default=0) + max(magnitude(pull), 1) * factor
    dtype = np.int64 if largest * rows.agents < 1 << 61 else object
    paid = np.array(whole, dtype=dtype).reshape(-1, rows.agents)

    source, agent = rows.source[built.dropped], rows.agent[built.dropped]
    fined, at = np.unique(rows.target[built.dropped], return_inverse=True)
    fines = np.zeros((len(fined), rows.agents), dtype=dtype)
    most = -pull[built.dropped].astype(dtype) * factor
    if len(built.records):
        place = np.minimum(np.searchsorted(built.records, source), len(built.records) - 1)
        most += np.where(built.records[place] == source, paid[place, agent], 0)
    np.minimum.at(fines, (at, agent), most)
    culprits = np.zeros(fines.shape, dtype=np.bool_)
    culprits[at, agent] = True
    fines[np.arange(len(fined)), culprits.argmin(axis=1)] = -fines.sum(axis=1)

    transfers = {
        record: tuple(row)
        for record, row in zip(
            [*built.records.tolist(), *fined.tolist()],
            [*paid.tolist(), *fines.tolist()],
            strict=True,
        )
        if any(row)
    }
    return Contract(built.unit * scale, transfers)


def _obstruction(selection: Any, rows: Incentives, built: _Programme, dual: list[Fraction]) -> Any:
    return obstruction(
        selection,
        rows,
        [(int(built.used[k]), w) for k, w in enumerate(coprime(dual[: len(built.used)])) if w],
    )
