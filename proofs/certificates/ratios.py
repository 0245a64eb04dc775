"""Quotients of polynomials, as the second reading of specs computes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Plain

Polynomial = Mapping[tuple[str, ...], Fraction]
"""By the names of its parameters, in alphabetical order, the coefficient of each monomial."""

ONE: Polynomial = {(): Fraction(1)}


@dataclass(frozen=True)
class Ratio:
    """A fraction of polynomials in the parameters."""

    above: Polynomial
    below: Polynomial

    def __add__(self, other: Ratio) -> Ratio:
        if self.below == other.below:
            return Ratio(_sum(self.above, other.above), self.below)
        above = _sum(product_of(self.above, other.below), product_of(other.above, self.below))
        return Ratio(above, product_of(self.below, other.below))

    def __sub__(self, other: Ratio) -> Ratio:
        return self + -other

    def __neg__(self) -> Ratio:
        return Ratio({m: -c for m, c in self.above.items()}, self.below)

    def __mul__(self, other: Ratio) -> Ratio:
        return Ratio(product_of(self.above, other.above), product_of(self.below, other.below))

    def __truediv__(self, other: Ratio) -> Ratio:
        if not other.above:
            raise InputError("something is divided by zero", fix="mend the spec")
        above, below = product_of(self.above, other.below), product_of(self.below, other.above)
        if set(below) == {()}:
            return Ratio({m: c / below[()] for m, c in above.items()}, ONE)
        return Ratio(above, below)

    def __pow__(self, exponent: int) -> Ratio:
        whole = math.prod([self] * abs(exponent), start=number(1))
        return whole if exponent >= 0 else number(1) / whole

    def same(self, other: Ratio) -> bool:
        """Whether both are the same fraction."""
        if self.below == other.below:
            return self.above == other.above
        return product_of(self.above, other.below) == product_of(other.above, self.below)

    def __str__(self) -> str:
        above, below = polynomial_text(self.above), polynomial_text(self.below)
        return above if below == "1" else f"({above})/({below})"


def number(value: Fraction | int) -> Ratio:
    """An exact number."""
    return Ratio({(): Fraction(value)} if value else {}, ONE)


def _sum(left: Polynomial, right: Polynomial) -> Polynomial:
    total = dict(left)
    for monomial, coefficient in right.items():
        total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return {m: c for m, c in total.items() if c}


def product_of(left: Polynomial, right: Polynomial) -> Polynomial:
    """The product."""
    if right == ONE or not left:
        return left
    total: dict[tuple[str, ...], Fraction] = {}
    for m, a in left.items():
        for n, b in right.items():
            monomial = tuple(sorted(m + n))
            total[monomial] = total.get(monomial, Fraction(0)) + a * b
    return {m: c for m, c in total.items() if c}


def polynomial_text(polynomial: Polynomial) -> str:
    """The text of a polynomial."""
    pairs = ((("" if c == 1 else f"{c}*"), c, m) for m, c in sorted(polynomial.items()))
    terms = (f"{times}{'*'.join(m)}" if m else str(c) for times, c, m in pairs)
    return " + ".join(terms) or "0"


def polynomial_of(value: Plain) -> Polynomial:
    """A number in the form of certificates."""
    if isinstance(value, int):
        return {(): Fraction(value)} if value else {}
    return {
        () if name == "1" else tuple(sorted(name.split("*"))): Fraction(c)
        for name, c in value.items()
    }


def ratio_of(value: Plain) -> Ratio:
    """A fraction, or a quotient, in the form of certificates."""
    if isinstance(value, str):
        return number(Fraction(value))
    return Ratio(*map(polynomial_of, value))
