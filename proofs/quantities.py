"""Numbers that depend on parameters: fractions of polynomials that compare by known signs.

The rules of ``proofs.checker`` run on them as they run on integers: arithmetic is exact, and every
comparison is answered by an ``Oracle``, which must know the sign of the difference wherever it is
asked. So a rule that passes has passed for all parameters at which those signs are as known.
Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from proofs.certificates import listing, rational
from proofs.checker import Exact, Rejected
from proofs.conditions import Condition
from proofs.polynomials import (
    ONE,
    Polynomial,
    added,
    decoded,
    evaluated,
    multiplied,
    number,
)

Point = Sequence[Fraction]

_FLIPPED = {"<": ">", "=": "=", ">": "<"}
_SIGNS = {">": {">"}, ">=": {">", "="}, "==": {"="}}


class Signs:
    """What conditions tell about the signs of polynomials, up to positive factors."""

    def __init__(self) -> None:
        self._possible: dict[Polynomial, frozenset[str]] = {}

    def learn(self, condition: Condition) -> None:
        """From now on the condition is known."""
        if condition.polynomial.constant is not None:
            return
        key, flipped = _canonical(condition.polynomial)
        signs = frozenset(_SIGNS[condition.relation])
        signs = frozenset(map(_FLIPPED.get, signs)) if flipped else signs  # type: ignore[arg-type]
        self._possible[key] = self._possible.get(key, frozenset("<=>")) & signs

    def answer(self, condition: Condition) -> bool | None:
        """Whether the condition holds; None if that is not known."""
        constant = condition.polynomial.constant
        if constant is not None:
            return condition.holds(())
        key, flipped = _canonical(condition.polynomial)
        possible = self._possible.get(key, frozenset("<=>"))
        wanted = _SIGNS[condition.relation]
        wanted = {_FLIPPED[sign] for sign in wanted} if flipped else wanted
        if possible <= wanted:
            return True
        return None if possible & wanted else False


def _canonical(polynomial: Polynomial) -> tuple[Polynomial, bool]:
    """The polynomial or its negative, on coprime integers with a positive first coefficient, and
    whether it is the negative."""
    primitive = polynomial.primitive()
    if primitive.terms[min(primitive.terms)] > 0:
        return primitive, False
    return -primitive, True


class Oracle:
    """Answers by what is known.

    point: values of the parameters at which to guess, where any guess will do if it is then shown.
    """

    def __init__(self, point: Point) -> None:
        self.point = point
        self.signs = Signs()

    def holds(self, condition: Condition) -> bool:
        """Whether the condition holds; raises Rejected if that is not known."""
        known = self.signs.answer(condition)
        if known is None:
            raise Rejected("the sign of a difference is not shown")
        return known

    def spend(self, steps: int) -> None:
        """Counts steps; may raise Rejected."""


class Quantity:
    """numerator / denominator, where the denominator is positive."""

    __slots__ = ("denominator", "numerator", "oracle")

    def __init__(self, oracle: Oracle, numerator: Polynomial, denominator: Polynomial = ONE):
        self.oracle, self.numerator, self.denominator = oracle, numerator, denominator

    def at(self, point: Point) -> Fraction:
        """The value at a point."""
        above, below = (
            evaluated(part, point, self.oracle.spend) for part in (self.numerator, self.denominator)
        )
        return above / below

    def _lift(self, other: Any) -> Quantity:
        if isinstance(other, Quantity):
            return other
        return Quantity(self.oracle, number(other))

    def _times(self, one: Polynomial, other: Polynomial) -> Polynomial:
        if other is ONE or one is ONE:
            return one if other is ONE else other
        return multiplied(one, other, self.oracle.spend)

    def _plus(self, one: Polynomial, other: Polynomial) -> Polynomial:
        return added(one, other, self.oracle.spend)

    def __add__(self, other: Any) -> Quantity:
        other = self._lift(other)
        if self.denominator == other.denominator:
            total = self._plus(self.numerator, other.numerator)
            return Quantity(self.oracle, total, self.denominator)
        left = self._times(self.numerator, other.denominator)
        right = self._times(other.numerator, self.denominator)
        whole = self._times(self.denominator, other.denominator)
        return Quantity(self.oracle, self._plus(left, right), whole)

    __radd__ = __add__

    def __neg__(self) -> Quantity:
        return Quantity(self.oracle, -self.numerator, self.denominator)

    def __sub__(self, other: Any) -> Quantity:
        return self.__add__(-self._lift(other))

    def __rsub__(self, other: Any) -> Quantity:
        return self._lift(other).__sub__(self)

    def __mul__(self, other: Any) -> Quantity:
        other = self._lift(other)
        return Quantity(
            self.oracle,
            self._times(self.numerator, other.numerator),
            self._times(self.denominator, other.denominator),
        )

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Quantity:
        power = self._lift(1)
        for _ in range(exponent):
            power = power * self
        return power

    def over(self, other: Any) -> Quantity:
        """The quotient; raises Rejected where the divisor is not shown to be other than 0."""
        other = self._lift(other)
        top = self._times(self.numerator, other.denominator)
        bottom = self._times(self.denominator, other.numerator)
        positive = self.oracle.holds(Condition(other.numerator, ">"))
        if not positive and not self.oracle.holds(Condition(-other.numerator, ">")):
            raise Rejected("a divisor is 0")
        if top.terms and top.primitive() in (bottom.primitive(), -bottom.primitive()):
            some = next(iter(top.terms))
            return self._lift(Fraction(top.terms[some]) / bottom.terms[some])
        if positive:
            return Quantity(self.oracle, top, bottom)
        return Quantity(self.oracle, -top, -bottom)

    def _is(self, relation: str) -> bool:
        return self.oracle.holds(Condition(self.numerator, relation))

    def __gt__(self, other: Any) -> bool:
        return self.__sub__(other)._is(">")

    def __lt__(self, other: Any) -> bool:
        return self._lift(other) > self

    def __ge__(self, other: Any) -> bool:
        return self.__sub__(other)._is(">=")

    def __le__(self, other: Any) -> bool:
        return self._lift(other) >= self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity | int | Fraction):
            return NotImplemented
        return self.__sub__(other)._is("==")

    __hash__ = None  # type: ignore[assignment]  # equal quantities may look different

    def __bool__(self) -> bool:
        return bool(self.numerator.terms)


class Parametric(Exact):
    """The numbers of a family's instance."""

    sorts = False

    def __init__(self, oracle: Oracle, index: dict[str, int]) -> None:
        self._oracle, self._index = oracle, index

    def lift(self, value: Quantity | Fraction | int) -> Quantity:
        """The value as a quantity."""
        return value if isinstance(value, Quantity) else Quantity(self._oracle, number(value))

    def read(self, value: Any) -> Quantity:
        """A number as certificates carry it: the text of a rational, or the polynomials above and
        below the line."""
        if isinstance(value, str):
            return self.lift(rational(value))
        above, below = (decoded(part, self._index) for part in listing(value, 2))
        return self.ratio((above, below))

    def ratio(self, value: tuple[Polynomial, Polynomial]) -> Quantity:
        """The first polynomial over the second."""
        above, below = value
        if below == ONE:
            return Quantity(self._oracle, above)
        return Quantity(self._oracle, above).over(Quantity(self._oracle, below))

    def scaled(self, values: Sequence[Any]) -> tuple[list[Any], int]:
        return [self.lift(value) for value in values], 1

    def cost(self, values: Sequence[Any]) -> int:
        return 1

    def length(self, value: Any) -> int:
        return 1

    def spend(self, steps: int) -> None:
        self._oracle.spend(steps)

    def key(self, value: Any) -> Any:
        found = self.lift(value)
        return found.numerator, found.denominator

    def amount(self, value: Any) -> Any:
        return self.lift(value) if type(value) is int else self.read(value)

    def positive(self, value: Any) -> Any:
        found = self.amount(value)
        if not found > 0:
            raise Rejected("a number of the witness is not positive")
        return found

    def stated(self, value: Any) -> Any:
        return self.read(value)

    def over(self, value: Any, unit: Any) -> Any:
        return self.lift(value).over(unit)

    def top(self, values: Iterable[Any]) -> Any:
        listed = [self.lift(value) for value in values]
        best = max(range(len(listed)), key=lambda k: listed[k].at(self._oracle.point))
        for k, value in enumerate(listed):
            if k != best and not value <= listed[best]:
                raise Rejected("a maximum is not shown")
        return listed[best]

    def descending(self, options: Sequence[tuple[Any, int]]) -> list[tuple[Any, int]]:
        def rank(option: tuple[Any, int]) -> tuple[Fraction, int]:
            return self.lift(option[0]).at(self._oracle.point), option[1]

        return sorted(options, key=rank, reverse=True)

    def all_above(self, high: Sequence[Any], low: Sequence[Any]) -> bool:
        return all(h > low_one for h in high for low_one in low)
