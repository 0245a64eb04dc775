"""Linear programmes with one parameter: an optimal basis as rational functions of it.

Where some coefficients grow in proportion to a parameter, the solutions of a basis are ratios of
polynomials, by Cramer's rule. They are found by exact solutions at as many values of the parameter
as their degree asks for. Where they stay feasible they stay optimal (Gal and Nedoma 1972).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat, fmpq_poly, fmpz_poly

from coopgap.proofs.algebra.exact_lp import Infeasible, LinearProgram, Optimum, solve
from coopgap.proofs.algebra.polynomials import Polynomial

MAX_SIZE = 400
"""The largest number of rows or columns of a basis."""

Entries = dict[tuple[int, int], int]
"""Coefficients by row and column."""


@dataclass(frozen=True)
class Programme:
    """Minimise c·x subject to (A + pD) x ≥ b, where p is the parameter; as ``LinearProgram``."""

    objective: Sequence[int]
    fixed: Entries
    growing: Entries
    bounds: Sequence[int]
    equality: Sequence[bool]
    nonnegative: Sequence[bool]

    def entry(self, place: tuple[int, int], at: Fraction) -> Fraction:
        """A coefficient at a value of the parameter."""
        return self.fixed.get(place, 0) + at * self.growing.get(place, 0)


@dataclass(frozen=True)
class Basis:
    """A solution around a value of the parameter, numerators over one positive denominator.

    primal: by column, None if nothing is feasible; dual: by row, then a Farkas vector.
    """

    primal: dict[int, Polynomial] | None
    dual: dict[int, Polynomial]
    primal_unit: Polynomial
    dual_unit: Polynomial


def basis_at(programme: Programme, at: Fraction, seconds: float) -> Basis | None:
    """The basis that is optimal at a value; None if none is found exactly within the limits."""
    whole = {
        place: at.denominator * programme.fixed.get(place, 0)
        + at.numerator * programme.growing.get(place, 0)
        for place in programme.fixed | programme.growing
    }
    places = list(whole)
    found = solve(
        LinearProgram(
            objective=np.array(programme.objective, dtype=object),
            rows=np.array([r for r, _ in places]),
            columns=np.array([c for _, c in places]),
            coefficients=np.array([whole[p] for p in places], dtype=object),
            bounds=np.array([b * at.denominator for b in programme.bounds], dtype=object),
            equality=np.array(programme.equality),
            nonnegative=np.array(programme.nonnegative),
        ),
        seconds,
    )
    if isinstance(found, Optimum):
        return _optimal(programme, at, found)
    return _farkas(programme, at, found) if isinstance(found, Infeasible) else None


def _optimal(programme: Programme, at: Fraction, found: Optimum) -> Basis | None:
    rows, columns = _sides(programme, at)
    # The dual of the rows as they stand, not times the parameter's denominator.
    dual = [y * at.denominator for y in found.dual]
    tight = [
        r
        for r, bound in enumerate(programme.bounds)
        if sum(a * found.primal[c] for c, a in rows[r].items()) == bound
    ]
    free = [
        c
        for c, cost in enumerate(programme.objective)
        if sum(a * dual[r] for r, a in columns[c].items()) == cost
    ]
    tight.sort(key=lambda r: not dual[r])
    free.sort(key=lambda c: not found.primal[c])
    chosen = _square(rows, tight, free)
    if chosen is None:
        return None
    tight, free = chosen
    kept = {r for r, y in enumerate(dual) if y} <= set(tight)
    if not kept or not {c for c, x in enumerate(found.primal) if x} <= set(free):
        return None
    solved = _Cramer(programme, tight, free, at)
    primal, primal_unit = solved.solution([(programme.bounds[r], 0) for r in tight])
    dual_, dual_unit = solved.solution([(programme.objective[c], 0) for c in free], flipped=True)
    return Basis(_by(free, primal), _by(tight, dual_), primal_unit, dual_unit)


def _farkas(programme: Programme, at: Fraction, found: Infeasible) -> Basis | None:
    rows, columns = _sides(programme, at)
    used = [r for r, y in enumerate(found.dual) if y]
    free = [c for c, of in enumerate(columns) if not sum(a * found.dual[r] for r, a in of.items())]
    first, *others = used
    chosen = _square(rows, others, free)
    if chosen is None or len(chosen[0]) != len(others):
        return None
    others, free = chosen
    fixed, growing = programme.fixed, programme.growing
    target = [(-fixed.get((first, c), 0), -growing.get((first, c), 0)) for c in free]
    solved = _Cramer(programme, others, free, at)
    dual, unit = solved.solution(target, flipped=True)
    return Basis(None, {first: unit, **_by(others, dual)}, unit, unit)


def _by(places: Sequence[int], numbers: Sequence[Polynomial]) -> dict[int, Polynomial]:
    return {place: value for place, value in zip(places, numbers, strict=True) if value.terms}


def _sides(
    programme: Programme, at: Fraction
) -> tuple[list[dict[int, Fraction]], list[dict[int, Fraction]]]:
    """The coefficients by row and by column."""
    rows: list[dict[int, Fraction]] = [{} for _ in programme.bounds]
    columns: list[dict[int, Fraction]] = [{} for _ in programme.objective]
    for r, c in programme.fixed | programme.growing:
        value = programme.entry((r, c), at)
        rows[r][c] = columns[c][r] = value
    return rows, columns


def _square(
    rows: Sequence[dict[int, Fraction]], tight: Sequence[int], free: Sequence[int]
) -> tuple[list[int], list[int]] | None:
    """A nonsingular square part of these rows and columns, the first ones where possible."""
    if max(len(tight), len(free)) > MAX_SIZE:
        return None
    matrix = fmpq_mat(len(tight), len(free))
    place = {c: k for k, c in enumerate(free)}
    for r, row in enumerate(tight):
        for c, a in rows[row].items():
            if c in place:
                matrix[r, place[c]] = fmpq(a.numerator, a.denominator)
    return [tight[k] for k in _pivots(matrix.transpose())], [free[k] for k in _pivots(matrix)]


def _pivots(matrix: fmpq_mat) -> list[int]:
    """The first columns that span all."""
    reduced, rank = matrix.rref()
    return [next(c for c in range(reduced.ncols()) if reduced[r, c] != 0) for r in range(int(rank))]


class _Cramer:
    """The solutions of a square part, as polynomials over its determinant."""

    def __init__(
        self, programme: Programme, rows: Sequence[int], columns: Sequence[int], at: Fraction
    ) -> None:
        self.at, self.size = at, len(rows)
        self.entries = {
            (r, c): (programme.fixed.get((row, column), 0), programme.growing.get((row, column), 0))
            for r, row in enumerate(rows)
            for c, column in enumerate(columns)
            if (row, column) in programme.fixed or (row, column) in programme.growing
        }
        grown = [place for place, (_, more) in self.entries.items() if more]
        self.degree = min(len({r for r, _ in grown}), len({c for _, c in grown}))

    def solution(
        self, target: Sequence[tuple[int, int]], *, flipped: bool = False
    ) -> tuple[list[Polynomial], Polynomial]:
        """The solution for a right side a + pb, of the transposed part if flipped; and its unit.

        The unit is positive at the value around which it is sought.
        """
        degree = self.degree + 1
        points: list[Fraction] = []
        numbers: list[list[fmpq]] = []
        candidate = self.at
        while len(points) <= degree:
            matrix = self._matrix(candidate, flipped)
            determinant = matrix.det() if self.size else fmpq(1)
            if determinant != 0:
                right = [fmpq(a) + fmpq(b) * _flint(candidate) for a, b in target]
                solved = matrix.solve(fmpq_mat(self.size, 1, right)) if self.size else None
                values = [solved[k, 0] * determinant for k in range(self.size)] if solved else []
                points.append(candidate)
                numbers.append([*values, determinant])
            candidate += 1
        through = [_through(points, [row[k] for row in numbers]) for k in range(self.size + 1)]
        common = fmpq_poly(0)
        for each in through:
            common = common.gcd(each)
        through = [each // common for each in through]
        if through[-1](_flint(self.at)) < 0:
            through = [-each for each in through]
        *listed, unit = [_polynomial(each) for each in through]
        return listed, unit

    def _matrix(self, at: Fraction, flipped: bool) -> fmpq_mat:
        matrix = fmpq_mat(self.size, self.size)
        for (r, c), (fixed, growing) in self.entries.items():
            value = fmpq(fixed) + fmpq(growing) * _flint(at)
            matrix[(c, r) if flipped else (r, c)] = value
        return matrix


def _flint(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _through(points: Sequence[Fraction], values: Sequence[fmpq]) -> fmpq_poly:
    """The polynomial through these points (Newton's divided differences)."""
    places = [_flint(each) for each in points]
    differences = list(values)
    for order in range(1, len(places)):
        for k in range(len(places) - 1, order - 1, -1):
            span = places[k] - places[k - order]
            differences[k] = (differences[k] - differences[k - 1]) / span
    found = fmpq_poly([differences[-1]])
    for place, value in zip(reversed(places[:-1]), reversed(differences[:-1]), strict=True):
        found = found * fmpq_poly([-place, 1]) + value
    return found


def _polynomial(value: fmpq_poly) -> Polynomial:
    """A polynomial in the first parameter."""
    parts = ((k, value[k]) for k in range(value.degree() + 1))
    return Polynomial({(0,) * k: _narrow(Fraction(int(c.p), int(c.q))) for k, c in parts if c != 0})


def _narrow(value: Fraction) -> Fraction | int:
    return value.numerator if value.denominator == 1 else value


def roots(value: Polynomial) -> tuple[list[Fraction], list[tuple[Fraction, Fraction]]]:
    """The rational roots of a polynomial in one parameter, and intervals around its other ones.

    An interval has a real root of an irreducible factor inside.
    """
    coefficients = [Fraction(value.terms.get((0,) * k, 0)) for k in range(value.degree + 1)]
    scale = math.lcm(*(c.denominator for c in coefficients))
    rational: list[Fraction] = []
    others: list[tuple[Fraction, Fraction]] = []
    for factor, _ in fmpz_poly([int(c * scale) for c in coefficients]).factor()[1]:
        if factor.degree() == 1:
            rational.append(Fraction(-int(factor[0]), int(factor[1])))
            continue
        for root in _complex_roots(factor):
            if root.imag == 0:
                near = Fraction(float(root.real.mid()))
                others.append((near - CLOSE, near + CLOSE))
    return sorted(rational), others


CLOSE = Fraction(1, 10**9)
"""Half the width of an interval around a root that is no fraction."""


def _complex_roots(factor: Any) -> list[Any]:
    return [root for root, _ in factor.complex_roots()]
