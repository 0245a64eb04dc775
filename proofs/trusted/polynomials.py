"""Polynomials in parameters, with exact coefficients.

In a game without parameters numbers are plain integers; the operators below accept both, so each
rule is written once. Arithmetic is charged to a budget before it is done.
"""

from __future__ import annotations

import marshal
import math
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from coopgap.proofs.trusted.documents import (
    LARGE,
    WORD,
    Budget,
    Rejected,
    bits_of,
    fields,
    integer,
    listing,
    require,
    text_of,
)

Monomial = tuple[int, ...]
"""A product of parameters by their indices, in ascending order with repetition; () is 1."""

MAX_TERMS = 20_000
MAX_DEGREE = 64
"""The largest polynomial; the length of its coefficients is limited by the budget."""

OVERHEAD = 20
"""The cost of a polynomial, in steps, in addition to its terms: some bytes of memory."""


class _CachedProperty:
    """A property that is computed once; unlike those of ``functools`` it takes no lock."""

    def __init__(self, compute: Callable[[Any], Any]) -> None:
        self.compute = compute

    def __get__(self, owner: Any, _: type) -> Any:
        return owner.__dict__.setdefault(self.compute.__name__, self.compute(owner))


class Polynomial:
    """Σ coefficient × monomial, no coefficient being 0.

    budget: the budget to which its arithmetic is charged; None: it is not counted.
    """

    def __init__(self, terms: Mapping[Monomial, Any], budget: Budget | None = None) -> None:
        self.terms = terms
        self.budget = budget

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int):
            return bool(self.constant == other)
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(self.line)

    @_CachedProperty
    def line(self) -> tuple[bytes, bool]:
        """Bytes that only the multiples of a polynomial share, and whether it is a negative one.

        They are those of the multiple whose first coefficient is positive. Unlike numbers, bytes
        cannot be made to collide in a dictionary.
        """
        terms = sorted(self.primitive.terms.items())
        negative = bool(terms) and terms[0][1] < 0
        # Format 2 writes what is equal alike.
        return marshal.dumps([(m, -c) for m, c in terms] if negative else terms, 2), negative

    @property
    def degree(self) -> int:
        """The total degree; 0 for constants, 0 included."""
        return max(map(len, self.terms), default=0)

    @_CachedProperty
    def bits(self) -> int:
        """The bits of the largest coefficient."""
        return bits_of(max(self.terms.values(), key=abs, default=0))

    @property
    def constant(self) -> Any:
        """The number equal to the polynomial, or None if it depends on a parameter."""
        if not self.terms:
            return 0
        return self.terms.get(()) if len(self.terms) == 1 else None

    def __add__(self, other: Any, sign: int = 1) -> Polynomial:
        other = lifted(other)
        budget = self._pay(other, len(self.terms) + len(other.terms))
        total = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            total[monomial] = total.get(monomial, 0) + sign * coefficient
        return _without_zeros(total, budget)

    def __radd__(self, other: Any) -> Polynomial:
        return self if other == 0 else self + other

    def __neg__(self) -> Polynomial:
        return Polynomial({m: -c for m, c in self.terms.items()}, self.budget)

    def __sub__(self, other: Any) -> Polynomial:
        return self.__add__(other, -1)

    def __rsub__(self, other: Any) -> Polynomial:
        return lifted(other) - self

    def __mul__(self, other: Any) -> Polynomial:
        if other == 1:
            return self
        other = lifted(other)
        budget = self._pay(other, len(self.terms) * len(other.terms))
        if not other.terms:
            return Polynomial({}, budget)
        total: dict[Monomial, Any] = {}
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                monomial = tuple(sorted(left + right)) if left and right else left or right
                if len(monomial) > MAX_DEGREE:
                    raise Rejected("too large to check: a polynomial of too high a degree")
                total[monomial] = total.get(monomial, 0) + a * b
        return _without_zeros(total, budget)

    __rmul__ = __mul__

    def _pay(self, other: Polynomial, pairs: int) -> Budget | None:
        budget = self.budget or other.budget
        if budget is not None:
            budget.spend((OVERHEAD + pairs) * (1 + ((self.bits + other.bits) // WORD) ** 2))
        return budget

    def at(self, point: Sequence[Any]) -> Any:
        """The value at a point, which gives a value to every parameter."""
        if self.budget is not None:
            bits = sum(map(bits_of, point))
            self.budget.spend(len(self.terms) * (1 + ((bits * self.degree) // WORD) ** 2))
        return sum(math.prod([point[k] for k in m], start=c) for m, c in self.terms.items())

    @_CachedProperty
    def primitive(self) -> Polynomial:
        """The positive multiple with coprime integers as coefficients."""
        whole = self.terms
        if not set(map(type, whole.values())) <= {int}:
            scale = math.lcm(*(c.denominator for c in whole.values()))
            whole = {m: int(c * scale) for m, c in whole.items()}
        content = math.gcd(*whole.values()) or 1
        return Polynomial({m: c // content for m, c in whole.items()}, self.budget)

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
"""Numerator and denominator; the denominator is positive."""


def lifted(value: Any, budget: Budget | None = None) -> Polynomial:
    """The value as a polynomial."""
    if isinstance(value, Polynomial):
        return value
    return Polynomial({(): value} if value else {}, budget)


def _without_zeros(terms: Mapping[Monomial, Any], budget: Budget | None) -> Polynomial:
    require(len(terms) <= MAX_TERMS, "too large to check: a polynomial has too many terms")
    return Polynomial(
        terms if all(terms.values()) else {m: c for m, c in terms.items() if c}, budget
    )


def number(value: Any, index: Mapping[str, int], budget: Budget) -> Number:
    """A number from its JSON: an integer, or an object from monomials to integers other than 0.

    Monomials are written as in ``"R*R*S"``; ``"1"`` is the constant.
    """
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
    """A fraction as numerator and denominator, from its JSON.

    It is text in lowest terms such as ``"-3/2"``, or a list of two numbers; whether the denominator
    is positive remains to be shown.
    """
    if not isinstance(value, str):
        above, below = listing(value, 2)
        return number(above, index, budget), number(below, index, budget)
    require(bool(re.fullmatch("-?[0-9]+(/[1-9][0-9]*)?", value)), "expected an exact number")
    exact = Fraction(value)
    require(str(exact) == value, f"the number {value[:40]} is not in lowest terms")
    return exact.numerator, exact.denominator


def point_of(value: Any, parameters: int) -> tuple[Fraction, ...]:
    """The values of the parameters, from texts."""
    texts, budget = map(text_of, listing(value, parameters)), Budget()
    return tuple(Fraction(*ratio(text, {}, budget)) for text in texts)


TREMBLE = 1 << 20
"""The index of ε, which represents all ε > 0; above the indices of parameters."""

RELATIONS = (">", ">=", "==")

_SIGNS = {">": frozenset("+"), ">=": frozenset("+0"), "==": frozenset("0")}
_FLIPPED = {">": frozenset("-"), ">=": frozenset("-0"), "==": frozenset("0")}


class Condition(NamedTuple):
    """A condition ``polynomial`` relation 0; the relation is ``>``, ``>=`` or ``==``."""

    polynomial: Polynomial
    relation: str

    def negations(self) -> tuple[Condition, ...]:
        """Conditions exactly one of which holds where this one fails."""
        opposite = -self.polynomial
        if self.relation == "==":
            return Condition(self.polynomial, ">"), Condition(opposite, ">")
        return (Condition(opposite, ">=" if self.relation == ">" else ">"),)


def compared(value: Any, relation: str) -> bool:
    """Whether a number stands in the relation to 0."""
    return bool(value > 0 if relation == ">" else value >= 0 if relation == ">=" else value == 0)


class Known:
    """The signs known in a case: from its conditions, and from what was shown to follow from them.

    point: values of the parameters at which maxima are guessed; every guess is then checked.
    """

    def __init__(self, point: tuple[Any, ...] = ()) -> None:
        self.point = point
        self._signs: dict[bytes, frozenset[str]] = {}

    def learn(self, condition: Condition) -> None:
        """Adds a condition to what is known."""
        key, signs = _canonical(condition.polynomial, condition.relation)
        self._signs[key] = self._signs.get(key, frozenset("+-0")) & signs

    def holds(self, value: Number, relation: str) -> bool:
        """Whether the value stands in the relation to 0; raises Rejected if that is not known."""
        if not isinstance(value, Polynomial) or value.constant is not None:
            return compared(getattr(value, "constant", value), relation)
        key, wanted = _canonical(value, relation)
        possible = self._signs.get(key, frozenset("+-0"))
        if possible <= wanted:
            return True
        if any(monomial[-1:] == (TREMBLE,) for monomial in value.terms):
            return self._for_all_trembles(value, relation)
        return self.unknown(value, relation) if possible & wanted else False

    def _for_all_trembles(self, value: Polynomial, relation: str) -> bool:
        parts = list(value.coefficients(TREMBLE).values())
        shown = all(self.holds(part, "==" if relation == "==" else ">=") for part in parts)
        require(shown, "a sign is not shown for all ε > 0")
        return relation != ">" or any(self.holds(part, ">") for part in parts)

    def unknown(self, value: Polynomial, relation: str) -> bool:
        """The answer for a sign that is not known; raises Rejected."""
        raise Rejected("the sign of a difference is not shown")

    def top(self, values: Sequence[Number]) -> Number:
        """The largest of the values."""
        if all(type(value) is int for value in values):
            return max(values)
        best = max(values, key=lambda value: lifted(value).at(self.point))
        shown = all(value is best or self.holds(best - value, ">=") for value in values)
        require(shown, "a maximum is not shown")
        return best


def _canonical(polynomial: Polynomial, relation: str) -> tuple[bytes, frozenset[str]]:
    """A key shared by the multiples of a polynomial, and the signs that the relation allows.

    The signs are those of the multiple whose first coefficient is positive.
    """
    if polynomial.budget is not None:
        polynomial.budget.spend(1 + len(polynomial.terms))
    key, negative = polynomial.line
    return key, (_FLIPPED if negative else _SIGNS)[relation]


def condition_of(value: Any, index: Mapping[str, int], budget: Budget) -> Condition:
    """A condition from its JSON, ``[polynomial, relation]``."""
    polynomial, relation = listing(value, 2)
    difference = lifted(number(polynomial, index, budget), budget)
    return Condition(difference, text_of(relation, *RELATIONS))


def require_refuted(
    value: Any, conditions: Sequence[Condition], index: Mapping[str, int], budget: Budget
) -> None:
    """Raises Rejected unless the value shows that the conditions have no solution.

    ``products``: a positive coefficient, the indices of conditions and the bases of squares.
    ``multipliers``: the index of an equation and a polynomial. They must add up to 0 > 0.
    """
    products, multipliers = fields(value, "a refutation", "products", "multipliers")
    budget.spend(len(conditions))
    total, strict = Polynomial({}, budget), False
    for entry in listing(products):
        coefficient, indices, bases = listing(entry, 3)
        factors = [conditions[integer(k, 0, len(conditions))] for k in listing(indices)]
        product = lifted(integer(coefficient, 1, LARGE), budget)
        for factor in factors:
            product = factor.polynomial * product
        for base in listing(bases):
            root = lifted(number(base, index, budget), budget)
            product = root * root * product
        strict = strict or (not bases and all(factor.relation == ">" for factor in factors))
        total = total + product
    for entry in listing(multipliers):
        place, multiplier = listing(entry, 2)
        equation = conditions[integer(place, 0, len(conditions))]
        require(equation.relation == "==", "a multiplier is on no equation")
        total = total + equation.polynomial * lifted(number(multiplier, index, budget), budget)
    require(strict and not total.terms, "a refutation does not add up to 0 > 0")
