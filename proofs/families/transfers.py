"""Transfers as expressions: the contract that an optimal basis is, where parameters vary.

At a point a linear programme finds the transfers of least size that deter all deviations. The rows
that bind there determine them, in terms of what deviations gain, wherever the others are slack
(Gal and Nedoma 1972).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from coopgap.proofs.algebra.exact_lp import LinearProgram, Optimum, solve
from coopgap.proofs.algebra.polynomials import ZERO, plain, scaled
from coopgap.proofs.certificates.certificate import scaled_whole
from coopgap.proofs.trusted.polynomials import Known, Polynomial, lifted
from coopgap.proofs.trusted.problems import Plays, Prosociality

Variable = tuple[int, int]
"""A record and an agent."""

Row = tuple[dict[Variable, int], Polynomial, bool]
"""Σ coefficient × transfer ≥ (or, true, =) a polynomial, over the unit of utilities."""


def symbolic_transfers(
    plays: Plays, known: Known, play: Mapping[int, Sequence[tuple[int, int]]], end: Prosociality
) -> dict[str, Any] | None:
    """Transfers under which no agent gains by a deviation, as a certificate carries them, or None.

    known: its point is where they are sought.
    """
    unit = plays.unit if end.scale == 0 else plays.unit * end.scale
    rows = [*_incentives(plays, play, end)]
    records = sorted({record for row, _, _ in rows for record, _ in row})
    variables = [(record, agent) for record in records for agent in plays.agents]
    rows += _limits(plays, variables, lifted(0 if end.scale == 0 else unit))
    amounts = _amounts(rows, variables, known.point)
    if amounts is None:
        return None
    *whole, denominator = scaled_whole([*amounts, unit])
    names = plays.problem.parameters
    listed: dict[int, list[Any]] = {}
    for (record, agent), amount in zip(variables, whole, strict=True):
        row = listed.setdefault(record, [0] * len(plays.agents))
        row[agent] = plain(amount, names)
    paying = {record: row for record, row in listed.items() if any(each != 0 for each in row)}
    return {"denominator": plain(denominator, names), "amounts": [list(e) for e in paying.items()]}


def _incentives(
    plays: Plays, play: Mapping[int, Sequence[tuple[int, int]]], end: Prosociality
) -> list[Row]:
    rows: dict[tuple[int, int, int, int], tuple[dict[Variable, int], Polynomial]] = {}
    for state, profiles in play.items():
        for profile, weight in profiles:
            here = plays.record(state, profile)
            for agent, action, record, gain, lost in plays.deviations(state, profile):
                key = state, agent, plays.action(profile, agent), action
                row, total = rows.get(key, ({}, ZERO))
                for place, sign in ((here, weight), (record, -weight)):
                    row[place, agent] = row.get((place, agent), 0) + sign
                rows[key] = row, total + lifted(end.pull(agent, gain, lost)) * weight
    listed = ((_nonzero(row), total) for row, total in rows.values())
    return [(row, total, False) for row, total in listed if row]


def _nonzero(row: Mapping[Variable, int]) -> dict[Variable, int]:
    return {variable: a for variable, a in row.items() if a}


def _limits(plays: Plays, variables: Sequence[Variable], unit: Polynomial) -> list[Row]:
    """The budget, record by record, and the liability bound."""
    contracts, rows = plays.problem.contracts, []
    if contracts.budget != "free":
        for record in sorted({record for record, _ in variables}):
            row = {variable: -1 for variable in variables if variable[0] == record}
            rows.append((row, ZERO, contracts.budget == "balanced"))
    if contracts.liability is not None:
        above, below = contracts.liability
        floor = -unit * lifted(above) * Fraction(1, below)
        rows += [({variable: 1}, floor, False) for variable in variables]
    return rows


def _amounts(
    rows: Sequence[Row], variables: Sequence[Variable], point: Sequence[Fraction]
) -> list[Polynomial] | None:
    """What the binding rows make of the variables."""
    if not variables:
        return []
    bounds = [Fraction(total.at(point)) for _, total, _ in rows]
    found = _solved(rows, variables, bounds)
    if found is None:
        return None
    zeros = [({v: 1}, ZERO) for v, x in zip(variables, found, strict=True) if not x]
    values = dict(zip(variables, found, strict=True))
    binding = [
        (row, total)
        for (row, total, _), low in zip(rows, bounds, strict=True)
        if sum(a * values[v] for v, a in row.items()) == low
    ]
    listed, size = [*zeros, *binding], len(variables)
    place = {variable: k for k, variable in enumerate(variables)}
    columns = fmpq_mat(size, len(listed))
    for r, (row, _) in enumerate(listed):
        for variable, a in row.items():
            columns[place[variable], r] = fmpq(a)
    reduced, rank = columns.rref()
    if rank < size:
        return None
    # The first rows that determine all variables.
    pivots = [next(c for c in range(len(listed)) if reduced[k, c] != 0) for k in range(size)]
    chosen = [listed[c] for c in pivots]
    inverse = fmpq_mat(size, size, [columns[k, c] for c in pivots for k in range(size)]).inv()
    return [
        sum(
            (
                scaled(total, Fraction(int(inverse[k, r].p), int(inverse[k, r].q)))
                for r, (_, total) in enumerate(chosen)
                if total.terms
            ),
            start=ZERO,
        )
        for k in range(size)
    ]


def _solved(
    rows: Sequence[Row], variables: Sequence[Variable], bounds: Sequence[Fraction]
) -> list[Fraction] | None:
    """The variables of least Σ |x|, each the difference of two nonnegative columns."""
    place, count = {variable: k for k, variable in enumerate(variables)}, len(variables)
    scale = math.lcm(*(bound.denominator for bound in bounds))
    entries = [(r, place[v], a) for r, (row, _, _) in enumerate(rows) for v, a in row.items()]
    places, columns, weights = (np.array(part, dtype=object) for part in zip(*entries, strict=True))
    answer = solve(
        LinearProgram(
            objective=np.ones(2 * count, dtype=np.int64),
            rows=np.concatenate([places, places]).astype(np.int64),
            columns=np.concatenate([columns, columns + count]).astype(np.int64),
            coefficients=np.concatenate([weights, -weights]),
            bounds=np.array([int(bound * scale) for bound in bounds], dtype=object),
            equality=np.array([equal for _, _, equal in rows], dtype=np.bool_),
            nonnegative=np.ones(2 * count, dtype=np.bool_),
        )
    )
    if not isinstance(answer, Optimum):
        return None
    pairs = zip(answer.primal[:count], answer.primal[count:], strict=True)
    return [(a - b) / scale for a, b in pairs]
