"""Linear systems by the dual simplex method in integers: a solution, or why there is none.

A system asks for a linear functional L on monomials: on each of its forms L is ≥ 0, or ≥ 1 where
the form is strict, or 0 where it is an equation. Either there is one, or weights under which the
forms cancel, a strict one among them (Motzkin 1936). Systems are values: one of more forms starts
where the smaller one ended. Pivots are those of least indices (Bland 1977; Terlaky 1985).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from coopgap.proofs.algebra.polynomials import Monomial

Form = tuple[Mapping[Monomial, int], str]
"""Coefficients by monomial, and the relation to 0."""

Variable = int | Monomial
"""The value of L on a monomial, which is free; or a slack, which is ≥ 0: form k has the slack 2 k,
and 2 k + 1 for what an equation must not exceed."""

Row = dict[Variable, int]
"""A sum of variables that is 0."""

_CONSTANT = -1
"""Stands for the number 1 in a row."""


@dataclass(frozen=True, slots=True)
class System:
    """Some forms, solved.

    count: how many they are. rows: for basic slacks, which have negative coefficients, in terms of
    variables that are 0: nonbasic slacks, and monomials without a row. free: for monomials, in
    terms of slacks and of monomials that come later or have no row. fixed: slacks that stay 0.
    weights: under which the forms cancel, if they do, by the forms' numbers; only those of
    equations may be negative.
    """

    count: int = 0
    rows: Mapping[int, Row] = field(default_factory=dict)
    free: dict[Monomial, Row] = field(default_factory=dict)
    fixed: frozenset[int] = frozenset()
    weights: Mapping[int, int] = field(default_factory=dict)

    def extended(self, forms: Iterable[Form], deadline: float = math.inf) -> System:
        """The system with these forms as well.

        Raises TimeoutError if it is not solved by the deadline, in seconds of the monotonic clock.
        """
        if self.weights:
            return self
        count, free, fixed = self.count, dict(self.free), set(self.fixed)
        rows = {slack: dict(row) for slack, row in self.rows.items()}
        for terms, relation in forms:
            slack = 2 * count
            count += 1
            row: Row = {slack: -1}
            row |= terms.items()
            if relation == ">":
                row[_CONSTANT] = -1
            _reduce(row, rows, free)
            monomial = _free(row) if relation == "==" else None
            if monomial is not None:
                fixed.add(slack)
                _give(monomial, row, rows, free)
                continue
            rows[slack] = row
            if relation == "==":
                opposite: Row = {v: -entry for v, entry in row.items() if v != slack}
                rows[slack + 1] = opposite | {slack + 1: row[slack]}
        weights = _solved(rows, free, fixed, deadline)
        return System(count, rows, free, frozenset(fixed), weights)

    def functional(self) -> dict[Monomial, Fraction]:
        """Values of L on the monomials where it is not 0; the system has no weights."""
        values: dict[Variable, Fraction] = {_CONSTANT: Fraction(1)}
        for slack, row in self.rows.items():
            values[slack] = Fraction(row.get(_CONSTANT, 0), -row[slack])
        for monomial, row in reversed(self.free.items()):
            rest = (entry * values[v] for v, entry in row.items() if v in values)
            values[monomial] = sum(rest, Fraction(0)) / -row[monomial]
        return {v: value for v, value in values.items() if isinstance(v, tuple) and value}


def _reduce(row: Row, rows: Mapping[int, Row], free: Mapping[Monomial, Row]) -> None:
    """Puts a new row in terms of nonbasic slacks, and of monomials that have no row."""
    for monomial, pivot in free.items():
        if monomial in row:
            _cancel(monomial, row, pivot)
    for slack in [v for v in row if isinstance(v, int) and v in rows]:
        _cancel(slack, row, rows[slack])


def _free(row: Row) -> Monomial | None:
    """A monomial of the row."""
    return next((variable for variable in row if isinstance(variable, tuple)), None)


def _give(monomial: Monomial, row: Row, rows: Mapping[int, Row], free: dict[Monomial, Row]) -> None:
    """Gives a monomial the value that the row asks for: it is free, so no form minds."""
    for affected in rows.values():
        if monomial in affected:
            _cancel(monomial, affected, row)
    free[monomial] = row


def _solved(
    rows: dict[int, Row], free: dict[Monomial, Row], fixed: set[int], deadline: float
) -> Mapping[int, int]:
    """Pivots until no basic slack is negative; or the weights that show that one must be."""
    while True:
        wrong = min((slack for slack, row in rows.items() if row.get(_CONSTANT, 0) < 0), default=-1)
        if wrong < 0:
            return {}
        if time.monotonic() > deadline:
            raise TimeoutError
        pivot = rows.pop(wrong)
        if (monomial := _free(pivot)) is not None:
            _give(monomial, pivot, rows, free)
            continue
        raising = [
            v for v, entry in pivot.items() if entry > 0 and isinstance(v, int) and v not in fixed
        ]
        if not raising:
            return _weights(pivot)
        entering = min(raising)
        for row in rows.values():
            if entering in row:
                _cancel(entering, row, pivot)
        rows[entering] = {v: -entry for v, entry in pivot.items()}


def _weights(row: Row) -> dict[int, int]:
    """Of a row of slacks only, none of which can be raised."""
    weights: dict[int, int] = {}
    for slack, entry in row.items():
        if isinstance(slack, int) and slack != _CONSTANT:
            number, opposite = divmod(slack, 2)
            weights[number] = weights.get(number, 0) + (entry if opposite else -entry)
    return weights


def _cancel(variable: Variable, row: Row, pivot: Row) -> None:
    """Adds to a row the multiple of another one with which the variable vanishes from it.

    The sum is scaled, by a positive number, to coprime integers.
    """
    entry, coefficient = pivot[variable], row[variable]
    common = math.gcd(entry, coefficient)
    own, factor = abs(entry) // common, (coefficient if entry > 0 else -coefficient) // common
    if own != 1:
        for v in row:
            row[v] *= own
    for v, value in pivot.items():
        total = row.get(v, 0) - factor * value
        if total:
            row[v] = total
        else:
            del row[v]
    content = math.gcd(*row.values())
    if content != 1:
        for v in row:
            row[v] //= content
