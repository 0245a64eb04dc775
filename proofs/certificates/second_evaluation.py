"""Expressions, formulas and predicates, evaluated a second time."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.certificates.ratios import ONE, Ratio, number
from coopgap.theory.errors import InputError
from coopgap.theory.expressions import (
    Arithmetic,
    Comparison,
    Connective,
    Extreme,
    Indicator,
    Label,
    Listing,
    Name,
    Negative,
    Not,
    Number,
    Power,
    Tree,
)
from coopgap.theory.json_values import Plain

NUMBER = re.compile(r"\s*[+-]?[0-9]+(/[0-9]+|(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?)\s*")


@dataclass(frozen=True)
class Word:
    """A label that is no number, as the value of a name in a formula."""

    text: str


def computed(tree: Tree, names: Mapping[str, Ratio | Word]) -> Ratio:
    """The value of an arithmetic expression or of a formula."""
    match tree:
        case Number(value):
            return number(value)
        case Name(name):
            found = names.get(name)
            if not isinstance(found, Ratio):
                raise InputError(f"there is no parameter {name!r}", fix="coopgap check says why")
            return found
        case Negative(operand):
            return -computed(operand, names)
        case Power(base, exponent):
            one = computed(base, names)
            whole = math.prod([one] * abs(exponent), start=number(1))
            return whole if exponent >= 0 else number(1).over(whole)
        case Arithmetic(symbol, left, right):
            one, other = computed(left, names), computed(right, names)
            match symbol:
                case "+":
                    return one + other
                case "-":
                    return one + -other
                case "*":
                    return one * other
            return one.over(other)
        case Indicator(operand):
            play = {name: _constant(each) for name, each in names.items()}
            return number(int(_truth(told_at(operand, play))))
        case Extreme(which, operands):
            values = [_exact(_constant(computed(each, names))) for each in operands]
            return number(min(values) if which == "min" else max(values))
    raise InputError("this is no arithmetic expression", fix="coopgap check says why")


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
        case Number(value):
            return value
        case Label(text):
            return label_of(text)
        case Name(name):
            return play[name]
        case Not(operand):
            return not _truth(told_at(operand, play))
        case Connective(symbol, operands):
            decisive = symbol == "or"
            return any(_truth(told_at(e, play)) is decisive for e in operands) is decisive
        case Comparison(operands, symbols):
            values = [
                [told_at(item, play) for item in e.items]
                if isinstance(e, Listing)
                else told_at(e, play)
                for e in operands
            ]
            return all(_holds(*each) for each in zip(values, symbols, values[1:], strict=False))
    return _arithmetic(tree, play)


def _arithmetic(tree: Tree, play: Mapping[str, Fraction | str]) -> Fraction:
    match tree:
        case Negative(operand):
            return -_exact(told_at(operand, play))
        case Power(base, exponent):
            return Fraction(_exact(told_at(base, play)) ** exponent)
        case Arithmetic(symbol, left, right):
            one, other = _exact(told_at(left, play)), _exact(told_at(right, play))
            match symbol:
                case "+":
                    return one + other
                case "-":
                    return one - other
                case "*":
                    return one * other
            return one / other
        case Indicator(operand):
            return Fraction(_truth(told_at(operand, play)))
        case Extreme(which, operands):
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
