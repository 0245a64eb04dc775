"""A report at points: values compiled once, evaluated many times."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.deciding.values import Absent, Expression, Extremum, Pieces, Unknown
from coopgap.proofs.trusted.polynomials import compared

LEFT_OUT = ("certificates", "contracts", "obstruction", "basis")
"""The fields of a report that are not evaluated."""


class _Point:
    """The parameters as integers over a common denominator, with its powers.

    The numbers of a report at these parameters are computed when they are first needed.
    """

    def __init__(self, values: Sequence[Fraction], numbers: Sequence[At], degree: int) -> None:
        scale = math.lcm(1, *(value.denominator for value in values))
        self.numerators = [value.numerator * (scale // value.denominator) for value in values]
        self.powers = [scale**k for k in range(degree + 1)]
        self.numbers = numbers
        self.known: list[object] = [None] * len(numbers)

    def __getitem__(self, place: int) -> Any:
        if self.known[place] is None:
            self.known[place] = self.numbers[place](self)
        return self.known[place]


At = Callable[[_Point], object]


def evaluator(value: object) -> Callable[[Sequence[Fraction]], Any]:
    """A function from the values of the parameters to what a value of a report is there.

    Expressions become numbers, pieces one value, dataclasses are evaluated by field.
    """
    compiling = _Compiling()
    run = compiling.value(value)

    def at(values: Sequence[Fraction]) -> object:
        return run(_Point(values, compiling.numbers, compiling.degree)) if callable(run) else run

    return at


class _Compiling:
    """Turns values into functions of a point, except those that are the same everywhere."""

    def __init__(self) -> None:
        self.numbers: list[At] = []
        self.degree = 0
        self._places: dict[object, int] = {}

    def value(self, value: object) -> object:
        """The function of a point or, if it is constant, its value."""
        match value:
            case Absent():
                return None
            case Unknown(reason):
                return {"unknown": reason}
            case Expression():
                return self._at(value, self._ratio)
            case Extremum(head, terms):
                return self._joined(terms, max if head == "Max" else min)
            case Pieces(pieces):
                return self._pieces(pieces)
            case Mapping():
                keys = [str(key) for key in value]
                return self._joined(value.values(), lambda own: dict(zip(keys, own, strict=True)))
            case tuple() | list():
                return self._joined(value, list)
        if is_dataclass(value):
            own = [entry for entry in fields(value) if entry.name not in LEFT_OUT]
            own = [entry for entry in own if entry.metadata.get("of", "families") == "families"]
            return self.value({entry.name.rstrip("_"): getattr(value, entry.name) for entry in own})
        return value

    def _joined(self, values: Any, join: Callable[[list[object]], Any]) -> object:
        runs = [self.value(part) for part in values]
        if not any(map(callable, runs)):
            return join(runs)
        return lambda at: join([run(at) if callable(run) else run for run in runs])

    def _pieces(self, pieces: Any) -> At:
        listed = [
            (
                [self._at(condition, self._condition) for condition in piece.when.conditions],
                self.value(piece.value),
            )
            for piece in pieces
        ]

        def run(at: _Point) -> object:
            result = next(value for when, value in listed if all(part(at) for part in when))
            return result(at) if callable(result) else result

        return run

    def _at(self, value: object, compiled: Callable[[Any], At]) -> At:
        """Equal values are computed once at a point."""
        if value not in self._places:
            self._places[value] = len(self.numbers)
            self.numbers.append(compiled(value))
        place = self._places[value]
        return lambda at: at[place]

    def _condition(self, condition: Any) -> At:
        total, _ = self._integral(condition.polynomial)
        return lambda at: compared(total(at), condition.relation)

    def _ratio(self, value: Expression) -> At:
        above, below = value.ratio
        (top, up), (bottom, down) = self._integral(above), self._integral(below)
        more, less = above.degree, below.degree

        def run(at: _Point) -> Fraction:
            return Fraction(top(at) * down * at.powers[less], bottom(at) * up * at.powers[more])

        return run

    def _integral(self, polynomial: Polynomial) -> tuple[Callable[[_Point], int], int]:
        """The polynomial in integers, and its multiplier beside the denominator's power."""
        scale = math.lcm(1, *(c.denominator for c in polynomial.terms.values()))
        degree = polynomial.degree
        self.degree = max(self.degree, degree)
        terms = [(int(c * scale), m, degree - len(m)) for m, c in polynomial.terms.items()]

        def total(at: _Point) -> int:
            numerators, powers = at.numerators, at.powers
            result = 0
            for coefficient, monomial, rest in terms:
                for k in monomial:
                    coefficient *= numerators[k]
                result += coefficient * powers[rest]
            return result

        return total, scale
