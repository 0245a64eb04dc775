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
            found = names.get(name)
            if not isinstance(found, Ratio):
                raise InputError(f"there is no parameter {name!r}", fix="coopgap check says why")
            return found
        case nodes.Negative() | nodes.Power() | nodes.Arithmetic():
            return _combined(tree, lambda part: computed(part, names))
        case nodes.Indicator(operand):
            play = {name: _constant(each) for name, each in names.items()}
            return number(int(_truth(told_at(operand, play))))
        case nodes.Extreme(which, operands):
            values = [_exact(_constant(computed(each, names))) for each in operands]
            return number(min(values) if which == "min" else max(values))
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
            one, other = value(left), value(right)
            match symbol:
                case "+":
                    return one + other
                case "-":
                    return one - other
                case "*":
                    return one * other
            return one / other


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


def told_at(tree: Tree, play: Mapping[str, Fraction | str]) -> Plain:
    """The value of a predicate at a play: a number, a label or a truth value."""
    match tree:
        case nodes.Number(value):
            return value
        case nodes.Label(text):
            return label_of(text)
        case nodes.Name(name):
            return play[name]
        case nodes.Not(operand):
            return not _truth(told_at(operand, play))
        case nodes.Connective(symbol, operands):
            decisive = symbol == "or"
            return any(_truth(told_at(e, play)) is decisive for e in operands) is decisive
        case nodes.Comparison(operands, symbols):
            values = [
                [told_at(item, play) for item in e.items]
                if isinstance(e, nodes.Listing)
                else told_at(e, play)
                for e in operands
            ]
            return all(_holds(*each) for each in zip(values, symbols, values[1:], strict=False))
    return _arithmetic(tree, play)


def _arithmetic(tree: Tree, play: Mapping[str, Fraction | str]) -> Fraction:
    match tree:
        case nodes.Negative() | nodes.Power() | nodes.Arithmetic():
            return _combined(tree, lambda part: _exact(told_at(part, play)))
        case nodes.Indicator(operand):
            return Fraction(_truth(told_at(operand, play)))
        case nodes.Extreme(which, operands):
            values = [_exact(told_at(each, play)) for each in operands]
            return min(values) if which == "min" else max(values)
    raise InputError("this cannot be recorded", fix="coopgap check says why")


def _holds(left: Plain, symbol: str, right: Plain) -> bool:
    if symbol in ("in", "not in"):
        return any(_equal(left, each) for each in right) is (symbol == "in")
    if symbol in ("==", "!="):
        return _equal(left, right) is (symbol == "==")
    one, other = _exact(left), _exact(right)
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[symbol]


def _equal(one: Plain, other: Plain) -> bool:
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _exact(value: Plain) -> Fraction:
    if not isinstance(value, Fraction):
        raise InputError(f"{value!r} is no number", fix="coopgap check says why")
    return value


def _truth(value: Plain) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{value!r} is neither true nor false", fix="coopgap check says why")
    return value
