"""Polynomials in named parameters with exact coefficients, as plain values.

Standard library only: the checker computes with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from proofs.certificates import MAX_BITS, Malformed, common_denominator, rational, text_of

Monomial = tuple[int, ...]
"""A product of parameters by their indices, in ascending order with repetition; () is 1."""

MAX_TERMS = 20_000
"""The largest number of terms of a polynomial."""

MAX_DEGREE = 64

MAX_WORK = 1_000_000
"""The largest number of pairs of terms that one product multiplies."""

WORD = 256
"""Numbers of so many bits are as quick as short ones."""

Spend = Callable[[int], None]
"""Is told of the steps that come next, and may raise."""


class TooLarge(OverflowError):
    """A polynomial outgrew MAX_TERMS, MAX_DEGREE or MAX_BITS."""


@dataclass(frozen=True)
class Polynomial:
    """Σ coefficient × monomial; no coefficient is 0, so equal polynomials are equal values."""

    terms: Mapping[Monomial, Fraction | int]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # The hash of text, unlike that of numbers, cannot be made to collide.
        return hash(
            frozenset((m, hex(c.numerator), hex(c.denominator)) for m, c in self.terms.items())
        )

    def __add__(self, other: Polynomial) -> Polynomial:
        total = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            total[monomial] = total.get(monomial, 0) + coefficient
        return _without_zeros(total)

    def __neg__(self) -> Polynomial:
        return Polynomial({m: -c for m, c in self.terms.items()})

    def __sub__(self, other: Polynomial) -> Polynomial:
        total = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            total[monomial] = total.get(monomial, 0) - coefficient
        return _without_zeros(total)

    def __mul__(self, other: Polynomial) -> Polynomial:
        if len(self.terms) * len(other.terms) > MAX_WORK or self.degree + other.degree > MAX_DEGREE:
            raise TooLarge("a product of polynomials has too many terms or too high a degree")
        total: dict[Monomial, Fraction | int] = {}
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                monomial = tuple(sorted(left + right)) if left and right else left or right
                total[monomial] = total.get(monomial, 0) + a * b
        return _without_zeros(total)

    def __pow__(self, exponent: int) -> Polynomial:
        return math.prod([self] * exponent, start=ONE)

    def scaled(self, factor: Fraction | int) -> Polynomial:
        """The polynomial times a number."""
        return _without_zeros({m: c * factor for m, c in self.terms.items()})

    @property
    def degree(self) -> int:
        """The total degree; 0 for constants, 0 included."""
        return max(map(len, self.terms), default=0)

    @property
    def bits(self) -> int:
        """The bits of the longest numerator and of the common denominator together."""
        numbers = self.terms.values()
        longest = max([c.numerator.bit_length() for c in numbers], default=0)
        return longest + math.lcm(*[c.denominator for c in numbers]).bit_length()

    @property
    def constant(self) -> Fraction | int | None:
        """The number that this is, or None if it depends on a parameter."""
        if not self.terms:
            return 0
        return self.terms[()] if len(self.terms) == 1 and () in self.terms else None

    def at(self, point: Sequence[Fraction | int]) -> Fraction:
        """The value where the parameters have these values."""
        scale = math.lcm(1, *[value.denominator for value in point])
        numerators = [value.numerator * (scale // value.denominator) for value in point]
        return Fraction(self._over(numerators, scale), scale**self.degree)

    def sign_at(self, numerators: Sequence[int], denominator: int) -> int:
        """The sign (-1, 0 or 1) where the parameters are numerators / denominator > 0."""
        value = self.primitive()._over(numerators, denominator)
        return (value > 0) - (value < 0)

    def _over(self, numerators: Sequence[int], denominator: int) -> Fraction | int:
        """The value where the parameters are numerators / denominator, times the power of the
        denominator that makes every term whole."""
        degree = self.degree
        powers = [denominator**k for k in range(degree + 1)]
        value: Fraction | int = sum(
            c * math.prod([numerators[k] for k in m]) * powers[degree - len(m)]
            for m, c in self.terms.items()
        )
        return value

    def primitive(self) -> Polynomial:
        """The positive multiple with coprime integers as coefficients."""
        return self._primitive

    @cached_property
    def _primitive(self) -> Polynomial:
        if not self.terms:
            return self
        scale = math.lcm(*(c.denominator for c in self.terms.values()))
        whole = {m: int(c * scale) for m, c in self.terms.items()}
        content = math.gcd(*whole.values())
        return Polynomial({m: c // content for m, c in whole.items()})


def price(terms: int, bits: int) -> int:
    """The steps that so many numbers of so many bits take: the square bounds greatest common
    divisors."""
    return (10 + terms) * (1 + (bits // WORD) ** 2)


def added(one: Polynomial, other: Polynomial, spend: Spend) -> Polynomial:
    """The sum, its steps told before."""
    bits = _bounded(one.bits) + _bounded(other.bits)
    spend(price(len(one.terms) + len(other.terms), bits))
    return one + other


def multiplied(one: Polynomial, other: Polynomial, spend: Spend) -> Polynomial:
    """The product, its steps told before."""
    bits = _bounded(one.bits) + _bounded(other.bits)
    spend(price(len(one.terms) * len(other.terms), bits))
    return one * other


def evaluated(polynomial: Polynomial, point: Sequence[Fraction | int], spend: Spend) -> Fraction:
    """The value at a point, its steps told before."""
    long = sum(value.numerator.bit_length() + value.denominator.bit_length() for value in point)
    spend(price(len(polynomial.terms), _bounded(polynomial.bits) + polynomial.degree * long))
    return polynomial.at(point)


def _bounded(bits: int) -> int:
    if bits > MAX_BITS:
        raise TooLarge(f"a polynomial has coefficients of over {MAX_BITS:,} bits")
    return bits


def _narrow(value: Fraction | int) -> Fraction | int:
    """Whole numbers as ints, which are several times faster than fractions."""
    return value.numerator if value.denominator == 1 else value


def number(value: Fraction | int) -> Polynomial:
    """A constant polynomial."""
    return Polynomial({(): _narrow(value)} if value else {})


def parameter(index: int) -> Polynomial:
    """The polynomial that is the parameter with this index."""
    return Polynomial({(index,): 1})


ZERO, ONE = number(0), number(1)


def plain(polynomial: Polynomial, names: Sequence[str]) -> dict[str, Any]:
    """A polynomial as certificates carry it: monomials such as ``"R*R*S"`` (``"1"`` for the
    constant) to exact coefficients."""
    return {
        "*".join(names[k] for k in monomial) or "1": str(coefficient)
        for monomial, coefficient in polynomial.terms.items()
    }


def decoded(value: Any, index: Mapping[str, int]) -> Polynomial:
    """The polynomial that ``plain`` wrote; raises Malformed for anything else."""
    if not isinstance(value, dict) or len(value) > MAX_TERMS:
        raise Malformed("a polynomial maps monomials to coefficients")
    terms: dict[Monomial, Fraction | int] = {}
    for text, coefficient in value.items():
        factors = [] if text == "1" else text_of(text).split("*")
        if len(factors) > MAX_DEGREE or not all(name in index for name in factors):
            raise Malformed(f"{text[:40]!r} is no monomial in the parameters")
        monomial = tuple(index[name] for name in factors)
        exact = rational(coefficient)
        if exact == 0 or monomial != tuple(sorted(monomial)) or monomial in terms:
            raise Malformed("a polynomial is not in canonical form")
        terms[monomial] = _narrow(exact)
    common_denominator([Fraction(c) for c in terms.values()])
    return Polynomial(terms)


def _without_zeros(terms: Mapping[Monomial, Fraction | int]) -> Polynomial:
    if len(terms) > MAX_TERMS:
        raise TooLarge("a polynomial has too many terms")
    return Polynomial({m: c.numerator if c.denominator == 1 else c for m, c in terms.items() if c})
