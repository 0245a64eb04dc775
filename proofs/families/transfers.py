"""Transfers as expressions: the contract that an optimal basis is, where parameters vary.

At a point a linear programme finds the transfers of least size that deter all deviations. The rows
that bind there determine them, in terms of what deviations gain, wherever the others are slack
(Gal and Nedoma 1972).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.algebra.exact_lp import least_size
from coopgap.proofs.algebra.lifting import around
from coopgap.proofs.algebra.polynomials import ONE, ZERO, plain, scaled
from coopgap.proofs.certificates.certificate import scaled_whole
from coopgap.proofs.trusted.polynomials import Known, Number, Polynomial, lifted
from coopgap.proofs.trusted.problems import Plays, Prosociality

Variable = tuple[int, int]
"""A record and an agent."""

Row = tuple[Mapping[Variable, Number], Polynomial, bool]
"""Σ coefficient × transfer ≥ (or, true, =) a polynomial, over the unit of utilities."""


def symbolic_transfers(
    plays: Plays, known: Known, incentives: Sequence[Row], end: Prosociality
) -> dict[str, Any] | None:
    """Transfers under which no agent gains by a deviation, as a certificate carries them, or None.

    known: its point is where they are sought. incentives: a row for each deviation.
    """
    unit = plays.unit if end.scale == 0 else plays.unit * end.scale
    rows = [*incentives]
    records = sorted({record for row, _, _ in rows for record, _ in row})
    variables = [(record, agent) for record in records for agent in plays.agents]
    rows += _limits(plays, variables, lifted(0 if end.scale == 0 else unit))
    solution = _amounts(rows, variables, known.point)
    if solution is None:
        return None
    amounts, below = solution
    *whole, denominator = scaled_whole([*amounts, below * lifted(unit)])
    names = plays.problem.parameters
    listed: dict[int, list[Any]] = {}
    for (record, agent), amount in zip(variables, whole, strict=True):
        row = listed.setdefault(record, [0] * len(plays.agents))
        row[agent] = plain(amount, names)
    nonzero = {record: row for record, row in listed.items() if any(amount != 0 for amount in row)}
    return {"denominator": plain(denominator, names), "amounts": [list(e) for e in nonzero.items()]}


def incentives(
    plays: Plays, play: Mapping[int, Sequence[tuple[int, int]]], end: Prosociality
) -> list[Row]:
    """The rows of a play: profiles with weights by state."""
    rows: dict[tuple[int, int, int, int], tuple[dict[Variable, int], Polynomial]] = {}
    for state, profiles in play.items():
        for profile, weight in profiles:
            own_record = plays.record(state, profile)
            for agent, action, record, gain, lost in plays.deviations(state, profile):
                key = state, agent, plays.action(profile, agent), action
                row, total = rows.get(key, ({}, ZERO))
                for place, sign in ((own_record, weight), (record, -weight)):
                    row[place, agent] = row.get((place, agent), 0) + sign
                rows[key] = row, total + lifted(end.pull(agent, gain, lost)) * weight
    return paying(rows.values())


def paying(rows: Iterable[tuple[Mapping[Variable, Number], Polynomial]]) -> list[Row]:
    """The rows in which some transfer counts."""
    listed = (({v: a for v, a in row.items() if a != 0}, total) for row, total in rows)
    return [(row, total, False) for row, total in listed if row]


def _limits(plays: Plays, variables: Sequence[Variable], unit: Polynomial) -> list[Row]:
    """The budget, record by record, and the liability bound."""
    contracts, rows = plays.problem.contracts, list[Row]()
    if contracts.budget != "free":
        for record in sorted({record for record, _ in variables}):
            row = {variable: -1 for variable in variables if variable[0] == record}
            rows.append((row, ZERO, contracts.budget == "balanced"))
    if contracts.liability is not None:
        above, below = contracts.liability
        times, low = below, -unit * lifted(above)
        if isinstance(below, int):
            times, low = 1, scaled(low, Fraction(1, below))
        rows += [({variable: times}, low, False) for variable in variables]
    return rows


def _amounts(
    rows: Sequence[Row], variables: Sequence[Variable], point: Point
) -> tuple[list[Polynomial], Polynomial] | None:
    """What the binding rows make of the variables, over a positive denominator."""
    if not variables:
        return [], ONE
    at_point = [
        ({v: _at(a, point) for v, a in row.items()}, Fraction(total.at(point)), equal)
        for row, total, equal in rows
    ]
    amounts = least_size(at_point, variables)
    if amounts is None:
        return None
    values = {v: x for v, x in amounts.items() if x}
    binding = [
        (row, total)
        for (row, total, _), (terms, low, _) in zip(rows, at_point, strict=True)
        if sum(a * values.get(v, 0) for v, a in terms.items()) == low
    ]
    answer = around(binding, values, point)
    if answer is None:
        return None
    numbers, below = answer
    return [numbers.get(variable, ZERO) for variable in variables], below


def _at(value: Number, point: Point) -> int | Fraction:
    return value if isinstance(value, int) else Fraction(value.at(point))
