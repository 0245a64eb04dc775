"""Polynomials in parameters, with exact coefficients.

Where a game has no parameters its numbers are plain integers; the operators below accept both, so
each rule is written once. Arithmetic is paid for out of a budget before it is done.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from proofs.trusted.documents import Budget, Rejected, listing, require, text_of

Monomial = tuple[int, ...]
"""A product of parameters by their indices, in ascending order with repetition; () is 1."""

MAX_TERMS = 20_000
MAX_DEGREE = 64
MAX_BITS = 20_000
"""The largest polynomial: terms, degree, and bits of a coefficient."""

OVERHEAD = 20
"""The steps that a polynomial costs beside its terms: some bytes of memory."""

WORD = 256
"""Numbers of so many bits are as quick as short ones."""


class Polynomial:
    """Σ coefficient × monomial, no coefficient being 0. budget: what its arithmetic is paid from
    (None: nothing is counted)."""

    def __init__(self, terms: Mapping[Monomial, Any], budget: Budget | None = None) -> None:
        self.terms = terms
        self.budget = budget

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int):
            return bool(self.constant == other)
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(self.primitive().key)

    def __repr__(self) -> str:
        return f"Polynomial({dict(self.terms)})"

    @cached_property
    def key(self) -> str:
        """Text that only equal polynomials with whole coefficients share (unlike numbers, texts
        cannot be made to collide in a dictionary)."""
        return str([(m, int(c)) for m, c in sorted(self.terms.items())])

    @cached_property
    def degree(self) -> int:
        """The total degree; 0 for constants, 0 included."""
        return max(map(len, self.terms), default=0)

    @cached_property
    def bits(self) -> int:
        """The bits of the longest coefficient."""
        numbers = self.terms.values()
        return max(
            (c.numerator.bit_length() + c.denominator.bit_length() for c in numbers), default=0
        )

    @property
    def constant(self) -> Any:
        """The number that this is, or None if it depends on a parameter."""
        if not self.terms:
            return 0
        return self.terms.get(()) if len(self.terms) == 1 else None

    def __add__(self, other: Any) -> Polynomial:
        other = lifted(other)
        budget = self._pay(other, len(self.terms) + len(other.terms))
        total = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            total[monomial] = total.get(monomial, 0) + coefficient
        return _without_zeros(total, budget)

    __radd__ = __add__

    def __neg__(self) -> Polynomial:
        return Polynomial({m: -c for m, c in self.terms.items()}, self.budget)

    def __sub__(self, other: Any) -> Polynomial:
        return self + -lifted(other)

    def __rsub__(self, other: Any) -> Polynomial:
        return lifted(other) - self

    def __mul__(self, other: Any) -> Polynomial:
        if other == 1:
            return self
        other = lifted(other)
        budget = self._pay(other, len(self.terms) * len(other.terms))
        if self.degree + other.degree > MAX_DEGREE:
            raise Rejected("too large to check: a polynomial of too high a degree")
        total: dict[Monomial, Any] = {}
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                monomial = tuple(sorted(left + right)) if left and right else left or right
                total[monomial] = total.get(monomial, 0) + a * b
        return _without_zeros(total, budget)

    __rmul__ = __mul__

    def _pay(self, other: Polynomial, pairs: int) -> Budget | None:
        budget = self.budget or other.budget
        if budget is not None:
            bits = self.bits + other.bits
            budget.spend((OVERHEAD + pairs) * (1 + (bits // WORD) ** 2))
            require(bits <= MAX_BITS and pairs <= MAX_TERMS**2, "too large to check: a polynomial")
        return budget

    def at(self, point: Sequence[Any]) -> Any:
        """The value where the parameters have these values."""
        if self.budget is not None:
            bits = sum(v.numerator.bit_length() + v.denominator.bit_length() for v in point)
            self.budget.spend(len(self.terms) * (1 + ((bits * self.degree) // WORD) ** 2))
        return sum(c * math.prod([point[k] for k in m]) for m, c in self.terms.items())

    def primitive(self) -> Polynomial:
        """The positive multiple with coprime integers as coefficients."""
        return self._primitive

    @cached_property
    def _primitive(self) -> Polynomial:
        scale = math.lcm(*(c.denominator for c in self.terms.values()))
        whole = {m: int(c * scale) for m, c in self.terms.items()}
        content = math.gcd(*whole.values())
        return (
            self
            if content == scale == 1 or not whole
            else Polynomial({m: c // content for m, c in whole.items()}, self.budget)
        )

    def coefficients(self, parameter: int) -> dict[int, Polynomial]:
        """The coefficients of the powers of one parameter, by exponent."""
        parts: dict[int, dict[Monomial, Any]] = {}
        for monomial, coefficient in self.terms.items():
            rest = tuple(k for k in monomial if k != parameter)
            parts.setdefault(len(monomial) - len(rest), {})[rest] = coefficient
        return {power: Polynomial(terms, self.budget) for power, terms in parts.items()}


Number = Any
"""An integer or a polynomial."""

Ratio = tuple[Number, Number]
"""Above and below the line; what is below is positive."""


def lifted(value: Any) -> Polynomial:
    """The value as a polynomial."""
    if isinstance(value, Polynomial):
        return value
    return Polynomial({(): value} if value else {})


def _without_zeros(terms: Mapping[Monomial, Any], budget: Budget | None) -> Polynomial:
    if len(terms) > MAX_TERMS:
        raise Rejected("too large to check: a polynomial has too many terms")
    return Polynomial({m: c for m, c in terms.items() if c}, budget)


def number(value: Any, index: Mapping[str, int], budget: Budget) -> Number:
    """An integer, or an object from monomials such as ``"R*R*S"`` (``"1"`` for the constant) to
    integers other than 0."""
    if type(value) is int:
        return value
    if not isinstance(value, dict) or value.keys() <= {"1"} or len(value) > MAX_TERMS:
        raise Rejected("expected an integer, or an object from monomials to integers")
    budget.spend(OVERHEAD + len(value))
    terms: dict[Monomial, int] = {}
    for text, coefficient in value.items():
        factors = [] if text == "1" else text.split("*")
        if len(factors) > MAX_DEGREE or not all(name in index for name in factors):
            raise Rejected(f"{text[:40]!r} is no monomial in the parameters")
        monomial = tuple(index[name] for name in factors)
        if type(coefficient) is not int or not coefficient or list(monomial) != sorted(monomial):
            raise Rejected("a polynomial is not in canonical form")
        terms[monomial] = coefficient
    return Polynomial(terms, budget)


def ratio(value: Any, index: Mapping[str, int], budget: Budget) -> Ratio:
    """A fraction: text in lowest terms such as ``"-3/2"``, or the numbers above and below the
    line (whether the latter is positive is to be shown)."""
    if not isinstance(value, str):
        above, below = listing(value, 2)
        return number(above, index, budget), number(below, index, budget)
    require(re.fullmatch(r"-?[0-9]+(/[0-9]+)?", value) is not None, "expected an exact number")
    require(not re.search("/0+$", value), "a denominator is 0")
    exact = Fraction(value)
    require(str(exact) == value, f"the number {value[:40]} is not in lowest terms")
    return exact.numerator, exact.denominator


def point_of(value: Any, parameters: int) -> tuple[Fraction, ...]:
    """Values of the parameters, as texts."""
    return tuple(
        Fraction(*ratio(text_of(each), {}, Budget())) for each in listing(value, parameters)
    )
