"""A family's report at points: expressions compiled once, evaluated many times."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.algebra.rational import compared, ratio
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, MINUS_INFINITY
from coopgap.theory.expressions import Comparison, parse_expression, parse_predicate

NUMBERS = ("welfare", "value", "gap", "correlated_gap", "directive_gap", "prosocial_threshold")
"""The fields of a report that are numbers."""

LEFT_OUT = ("certificates", "contracts", "obstruction", "basis")

INFINITE = {"inf": INFINITY, "-inf": MINUS_INFINITY}


def evaluator(
    plain: Mapping[str, Any], names: Sequence[str]
) -> Callable[[Sequence[Fraction]], dict[str, Any]]:
    """From the values of the parameters to the quantities of a report there: first best, selfish
    play, languages and thresholds, with numbers for expressions and values for pieces."""
    keys = ("first_best", "selfish", "languages", "prosocial_threshold", "agent_thresholds")
    compiling = _Compiling(tuple(names))
    run = compiling.value({key: plain[key] for key in (*keys, "prosocial")}, numeric=False)

    def at(values: Sequence[Fraction]) -> dict[str, Any]:
        return run(_Computed(values, compiling.expressions, compiling.degree))  # type: ignore[no-any-return]

    return at


class _Computed:
    """Expressions at one point, each computed when it is first needed.

    numerators and powers: the point as integers over a common denominator, and its powers."""

    def __init__(
        self, values: Sequence[Fraction], expressions: Sequence[Expression], degree: int
    ) -> None:
        scale = math.lcm(1, *(value.denominator for value in values))
        self.numerators = [value.numerator * (scale // value.denominator) for value in values]
        self.powers = [scale**k for k in range(degree + 1)]
        self.expressions = expressions
        self.known: list[Any] = [None] * len(expressions)

    def __getitem__(self, number: int) -> Any:
        found = self.known[number]
        if found is None:
            found = self.known[number] = self.expressions[number](self)
        return found


Expression = Callable[[_Computed], Any]


At = Callable[[_Computed], Any]


def _constant(value: Any) -> At:
    def run(_: _Computed) -> Any:
        return value

    run.constant = True  # type: ignore[attr-defined]
    return run


class _Compiling:
    """Turns plain values into functions; equal texts become one expression."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.index = {name: k for k, name in enumerate(names)}
        self.expressions: list[Expression] = []
        self.degree = 0
        self._numbers: dict[tuple[str, bool], int] = {}

    def value(self, value: Any, *, numeric: bool) -> At:
        """A value of a report; texts are expressions where numbers are due."""
        if isinstance(value, list) and value and all(_is_piece(each) for each in value):
            return self._pieces(value, numeric)
        if isinstance(value, list):
            runs = [self.value(each, numeric=numeric) for each in value]
            if all(hasattr(run, "constant") for run in runs):
                return _constant([each(_NOWHERE) for each in runs])
            return lambda at: [run(at) for run in runs]
        if isinstance(value, Mapping):
            return self._object(value, numeric)
        if numeric and isinstance(value, str):
            return self._expression(value, predicate=False)
        return _constant(value)

    def _object(self, value: Mapping[str, Any], numeric: bool) -> At:
        runs = {
            key: self.value(each, numeric=numeric or key in NUMBERS or key == "lambda")
            for key, each in value.items()
            if key not in LEFT_OUT
        }
        if all(hasattr(run, "constant") for run in runs.values()):
            return _constant({key: run(_NOWHERE) for key, run in runs.items()})
        return lambda at: {key: run(at) for key, run in runs.items()}

    def _pieces(self, pieces: Sequence[Mapping[str, Any]], numeric: bool) -> At:
        compiled_pieces = [
            (
                [self._number(part, True) for part in each["when"].split(" and ") if part],
                self.value(each["value"], numeric=numeric),
            )
            for each in pieces
        ]

        def run(at: _Computed) -> Any:
            return next(
                value(at) for when, value in compiled_pieces if all(at[part] for part in when)
            )

        return run

    def _expression(self, text: str, *, predicate: bool) -> At:
        place = self._number(text, predicate)
        return lambda at: at[place]

    def _number(self, text: str, predicate: bool) -> int:
        key = (text, predicate)
        if key not in self._numbers:
            run = self._comparison(text) if predicate else self._read(text)
            self._numbers[key] = len(self.expressions)
            self.expressions.append(run)
        return self._numbers[key]

    def _comparison(self, text: str) -> Expression:
        tree = parse_predicate(text)
        assert isinstance(tree, Comparison)
        left, right = (ratio(side, self.index)[0] for side in tree.operands)
        condition = compared(left, tree.operators[0], right)
        total, _ = self._integral(condition.polynomial)
        if condition.relation == "==":
            return lambda at: total(at) == 0
        if condition.relation == ">":
            return lambda at: total(at) > 0
        return lambda at: total(at) >= 0

    def _read(self, text: str) -> Expression:
        """An expression of a report, ``Max`` and ``Min`` at its head included."""
        if text in INFINITE:
            infinite = INFINITE[text]
            return lambda at: infinite
        for head, choose in (("Max(", max), ("Min(", min)):
            if text.startswith(head):
                terms = [self._number(term, False) for term in _terms(text[len(head) : -1])]
                return lambda at, choose=choose: choose(at[term] for term in terms)  # type: ignore[misc]
        above, below = ratio(parse_expression(text), self.index)[0]
        top, up = self._integral(above)
        bottom, down = self._integral(below)
        more, less = above.degree, below.degree

        def run(at: _Computed) -> Fraction:
            return Fraction(top(at) * down * at.powers[less], bottom(at) * up * at.powers[more])

        return run

    def _integral(self, polynomial: Polynomial) -> tuple[Callable[[_Computed], int], int]:
        """The polynomial in integers, and the number by which it is multiplied beside the power of
        the point's denominator."""
        scale = math.lcm(1, *(c.denominator for c in polynomial.terms.values()))
        degree = polynomial.degree
        self.degree = max(self.degree, degree)
        terms = [(int(c * scale), m, degree - len(m)) for m, c in polynomial.terms.items()]

        def total(at: _Computed) -> int:
            numerators, powers = at.numerators, at.powers
            found = 0
            for coefficient, monomial, rest in terms:
                for k in monomial:
                    coefficient *= numerators[k]
                found += coefficient * powers[rest]
            return found

        return total, scale


_NOWHERE = _Computed((), (), 0)


def _is_piece(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"when", "value"}


def _terms(text: str) -> list[str]:
    """What commas outside parentheses part."""
    terms, depth = [""], 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            terms.append("")
        else:
            terms[-1] += character
    return [term.strip() for term in terms]


def require_all(values: Mapping[str, Fraction], names: Sequence[str]) -> list[Fraction]:
    """The values in the order of the names; raises InputError for one that is missing."""
    for name in names:
        if name not in values:
            raise InputError(f"the parameter {name!r} has no value", fix="give it one", field=name)
    return [Fraction(values[name]) for name in names]
