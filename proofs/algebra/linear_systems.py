"""Systems of linear equations whose coefficients are polynomials, solved by elimination."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import flint

from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.algebra.rational import from_flint, to_flint
from coopgap.proofs.trusted.polynomials import lifted

Equation = Mapping[int, Any]
"""Coefficients by unknown, integers or polynomials; what they sum to stands under BOUND."""

BOUND = -1

MAX_TERMS = 5_000
"""The largest polynomial that elimination may make."""


class TooLarge(Exception):
    """A polynomial of the elimination has too many terms."""


def solved(equations: Sequence[Equation]) -> tuple[dict[int, Polynomial], Polynomial] | None:
    """The numerators of the unknowns and their common denominator; None if there is no solution.

    There are as many equations as unknowns. Raises TooLarge.
    """
    whole = [{k: lifted(a) for k, a in row.items()} for row in equations]
    monomials = [m for row in whole for value in row.values() for m in value.terms]
    size = 1 + max((k for m in monomials for k in m), default=0)
    context = flint.fmpq_mpoly_ctx.get([f"x{k}" for k in range(size)], "lex")
    rows = [{k: to_flint(a, context, size) for k, a in row.items() if a.terms} for row in whole]
    steps = []
    while rows:
        place, unknown = _pivot(rows)
        if unknown is None:
            return None
        pivot = rows.pop(place)
        rows = [_without(row, pivot, unknown) if unknown in row else row for row in rows]
        steps.append((unknown, pivot))
    return _substituted(steps, context)


def _pivot(rows: Sequence[Mapping[int, Any]]) -> tuple[int, int | None]:
    """The equation and the unknown to eliminate: short, and in few other equations."""
    counts: dict[int, int] = {}
    for row in rows:
        for unknown in row:
            counts[unknown] = counts.get(unknown, 0) + 1
    best: tuple[tuple[int, int], int, int | None] = ((1 << 60, 0), 0, None)
    for place, row in enumerate(rows):
        for unknown, value in row.items():
            if unknown != BOUND:
                cost = (len(row) - 1) * (counts[unknown] - 1)
                best = min(best, ((len(value), cost), place, unknown), key=lambda choice: choice[0])
    return best[1:]


def _without(row: Mapping[int, Any], pivot: Mapping[int, Any], unknown: int) -> dict[int, Any]:
    """The equation less a multiple of the pivot, without common factors."""
    common = row[unknown].gcd(pivot[unknown])
    up, down = pivot[unknown] / common, row[unknown] / common
    rest = {k: up * a for k, a in row.items() if k != unknown}
    for k, a in pivot.items():
        if k != unknown:
            rest[k] = rest[k] - down * a if k in rest else -down * a
    nonzero = {k: a for k, a in rest.items() if a != 0}
    if any(len(a) > MAX_TERMS for a in nonzero.values()):
        raise TooLarge("the equations of an optimal mechanism have polynomials that are too long")
    factor: Any = 0
    for a in nonzero.values():
        factor = a.gcd(factor) if factor != 0 else a
    return {k: a / factor for k, a in nonzero.items()}


def _substituted(
    steps: Sequence[tuple[int, Mapping[int, Any]]], context: Any
) -> tuple[dict[int, Polynomial], Polynomial]:
    one = context.from_dict({(0,) * context.nvars(): 1})
    solution: dict[int, Any] = {}
    common = one
    for unknown, row in reversed(steps):
        above = row.get(BOUND, 0 * one) * common
        for k, a in row.items():
            if k not in (BOUND, unknown):
                above = above - a * solution[k]
        factor = above.gcd(row[unknown]) if above != 0 else row[unknown]
        up, down = above / factor, row[unknown] / factor
        # What is found is over the common denominator; the new one is over down as well.
        solution = {k: value * down for k, value in solution.items()}
        solution[unknown], common = up, common * down
    shared = common
    for value in solution.values():
        shared = shared.gcd(value)
    numbers = {k: from_flint(value / shared) for k, value in solution.items()}
    below = from_flint(common / shared)
    parts = [*numbers.values(), below]
    scale = math.lcm(*(c.denominator for part in parts for c in part.terms.values()))
    whole = [Polynomial({m: int(c * scale) for m, c in part.terms.items()}) for part in parts]
    content = math.gcd(*(int(c) for part in whole for c in part.terms.values())) or 1
    *above_all, bottom = (
        Polynomial({m: c // content for m, c in part.terms.items()}) for part in whole
    )
    return dict(zip(numbers, above_all, strict=True)), bottom
