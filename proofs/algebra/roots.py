"""The real roots of polynomials in one parameter."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from flint import fmpz_poly

from coopgap.proofs.algebra.polynomials import Polynomial


def roots(value: Polynomial) -> tuple[list[Fraction], list[tuple[Fraction, Fraction]]]:
    """The rational roots of a polynomial in one parameter, and intervals around its other ones.

    An interval has a real root of an irreducible factor inside.
    """
    coefficients = [Fraction(value.terms.get((0,) * k, 0)) for k in range(value.degree + 1)]
    scale = math.lcm(*(c.denominator for c in coefficients))
    rational: list[Fraction] = []
    intervals: list[tuple[Fraction, Fraction]] = []
    for factor, _ in fmpz_poly([int(c * scale) for c in coefficients]).factor()[1]:
        if factor.degree() == 1:
            rational.append(Fraction(-int(factor[0]), int(factor[1])))
            continue
        for root in _complex_roots(factor):
            if root.imag == 0:
                middle, radius = _exact(root.real.mid()), _exact(root.real.rad())
                intervals.append((middle - radius, middle + radius))
    return sorted(rational), intervals


def _complex_roots(factor: Any) -> list[Any]:
    return [root for root, _ in factor.complex_roots()]


def _exact(value: Any) -> Fraction:
    """The number that python-flint holds, without rounding it to a float."""
    mantissa, exponent = value.man_exp()
    return int(mantissa) * Fraction(2) ** int(exponent)
