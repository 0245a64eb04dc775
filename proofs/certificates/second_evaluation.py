"""Expressions, formulas and predicates, evaluated a second time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from coopgap.proofs.certificates.ratios import ONE, Ratio, number
from coopgap.theory import expressions as nodes
from coopgap.theory.errors import InputError
from coopgap.theory.expressions import Tree
from coopgap.theory.json_values import Plain

NUMBER = re.compile(r"\s*[+-]?[0-9]+(/[0-9]+|(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?)\s*")


@dataclass(frozen=True)
class Word:
    """A label that is no number, as the value of a name in a formula."""

    text: str


def computed(tree: Tree, names: Mapping[str, Ratio | Word]) -> Ratio:
    """The value of an arithmetic expression or of a formula."""
    match tree:
        case nodes.Number(value):
            return number(value)
        case nodes.Name(name):
            ratio = names.get(name)
            if not isinstance(ratio, Ratio):
                raise InputError(f"there is no parameter {name!r}", fix="coopgap check says why")
            return ratio
        case nodes.Negative() | nodes.Power() | nodes.Arithmetic():
            return _combined(tree, lambda part: computed(part, names))
        case nodes.Indicator(operand):
            play = {name: _constant(value) for name, value in names.items()}
            return number(int(_truth(predicate_at(operand, play))))
        case nodes.Extreme(function, operands):
            values = [_exact(_constant(computed(operand, names))) for operand in operands]
            return number(min(values) if function == "min" else max(values))
    raise InputError("this is no arithmetic expression", fix="coopgap check says why")


N = TypeVar("N", Ratio, Fraction)


def _combined(
    tree: nodes.Negative | nodes.Power | nodes.Arithmetic, value: Callable[[Tree], N]
) -> N:
    """The value of an operation from those of its parts."""
    match tree:
        case nodes.Negative(operand):
            return -value(operand)
        case nodes.Power(base, exponent):
            return value(base) ** exponent
        case nodes.Arithmetic(symbol, left, right):
            first, second = value(left), value(right)
            match symbol:
                case "+":
                    return first + second
                case "-":
                    return first - second
                case "*":
                    return first * second
            return first / second


def _constant(value: Ratio | Word) -> Plain:
    """The exact number or the label; an expression in parameters as it is."""
    if isinstance(value, Word):
        return value.text
    if set(value.above) <= {()} and value.below == ONE:
        return value.above.get((), Fraction(0))
    return value


def valued(label: str) -> Ratio | Word:
    """A label in a formula."""
    value = label_of(label)
    return Word(value) if isinstance(value, str) else number(value)


def label_of(text: str) -> Fraction | str:
    """A label; the number that it spells, if any."""
    return Fraction(text.strip()) if NUMBER.fullmatch(text) else text


def predicate_at(tree: Tree, play: Mapping[str, Fraction | str]) -> Plain:
    """The value of a predicate at a play: a number, a label or a truth value."""
    match tree:
        case nodes.Number(value):
            return value
        case nodes.Label(text):
            return label_of(text)
        case nodes.Name(name):
            return play[name]
        case nodes.Not(operand):
            return not _truth(predicate_at(operand, play))
        case nodes.Connective(symbol, operands):
            decisive = symbol == "or"
            return any(_truth(predicate_at(e, play)) is decisive for e in operands) is decisive
        case nodes.Comparison(operands, symbols):
            values = [
                [predicate_at(member, play) for member in e.items]
                if isinstance(e, nodes.Listing)
                else predicate_at(e, play)
                for e in operands
            ]
            return all(_holds(*link) for link in zip(values, symbols, values[1:], strict=False))
    return _arithmetic(tree, play)


def _arithmetic(tree: Tree, play: Mapping[str, Fraction | str]) -> Fraction:
    match tree:
        case nodes.Negative() | nodes.Power() | nodes.Arithmetic():
            return _combined(tree, lambda part: _exact(predicate_at(part, play)))
        case nodes.Indicator(operand):
            return Fraction(_truth(predicate_at(operand, play)))
        case nodes.Extreme(function, operands):
            values = [_exact(predicate_at(operand, play)) for operand in operands]
            return min(values) if function == "min" else max(values)
    raise InputError("this cannot be recorded", fix="coopgap check says why")


def _holds(left: Plain, symbol: str, right: Plain) -> bool:
    if symbol in ("in", "not in"):
        return any(_equal(left, member) for member in right) is (symbol == "in")
    if symbol in ("==", "!="):
        return _equal(left, right) is (symbol == "==")
    low, high = _exact(left), _exact(right)
    return {"<": low < high, "<=": low <= high, ">": low > high, ">=": low >= high}[symbol]


def _equal(left: Plain, right: Plain) -> bool:
    return left == right and isinstance(left, bool) is isinstance(right, bool)


def _exact(value: Plain) -> Fraction:
    if not isinstance(value, Fraction):
        raise InputError(f"{value!r} is no number", fix="coopgap check says why")
    return value


def _truth(value: Plain) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{value!r} is neither true nor false", fix="coopgap check says why")
    return value
