"""The values of expressions: every tree becomes one closure.

``==`` between different kinds is false; ordering or computing with anything but numbers is an
error. ``and`` and ``or`` leave the rest undecided once the answer is known, as in Python. Whole
numbers are kept as ints, which are several times faster than fractions. A listing's closure returns
a tuple, which only ``in`` ever sees.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgap.theory import expressions as nodes
from coopgap.theory.errors import InputError
from coopgap.theory.exact import MAX_BITS, narrow, parse_number
from coopgap.theory.expressions import Tree, names_in, parts, shortened, spelled
from coopgap.theory.nearest import suggestion

Value = Fraction | int | str
"""A number, a label, or (``bool`` being an ``int`` to the type checker) a truth value."""

Evaluator = Callable[[Sequence[Value]], Value]
"""A compiled tree: from one value per name, in a fixed order, to the tree's value."""

_BOUND = 1 << MAX_BITS


def evaluate(tree: Tree, names: Mapping[str, Fraction | str | bool]) -> Fraction | str | bool:
    """The value of the tree where each name has the given value.

    Raises InputError for a name without a value, a division by zero, a number of more than
    MAX_BITS bits, and for ordering, computing with or joining values of the wrong kind.
    """
    values = [label_value(value) if isinstance(value, str) else value for value in names.values()]
    result = compiled(tree, tuple(names))(values)
    if isinstance(result, int) and not isinstance(result, bool):
        return Fraction(result)
    return result


def compiled(tree: Tree, names: Sequence[str]) -> Evaluator:
    """The tree as a function of one value per name, for repeated evaluation.

    The function takes labels as ``label_value`` returns them and may return a whole number as an
    ``int``. Raises InputError at once for a name that is not listed; the function raises as
    ``evaluate`` does.
    """
    return _compiled(tree, {name: position for position, name in enumerate(names)})


def label_value(label: str) -> Value:
    """The value of a label in an expression: the number that it spells, else the label itself."""
    try:
        number = parse_number(label)
    except InputError:
        return label
    return narrow(number)


def payoff_of(value: Value) -> Fraction | int:
    """A value of a payoff formula; raises InputError for a label."""
    if isinstance(value, str):
        raise InputError(f"{value!r} is no number", fix="a payoff is a number")
    return value


def substituted(tree: Tree, trees: Mapping[str, Tree]) -> Tree:
    """The formula with trees substituted for names; parts then free of names are computed.

    Raises InputError for a division by zero, and for a number of more than MAX_BITS bits.
    """
    result: Tree
    match tree:
        case nodes.Name(name):
            return trees.get(name, tree)
        case nodes.Negative(operand):
            result = nodes.Negative(substituted(operand, trees))
        case nodes.Arithmetic(symbol, left, right):
            result = nodes.Arithmetic(symbol, substituted(left, trees), substituted(right, trees))
        case nodes.Power(base, exponent):
            result = nodes.Power(substituted(base, trees), exponent)
        case nodes.Extreme(which, operands):
            result = nodes.Extreme(which, tuple(substituted(part, trees) for part in operands))
        case nodes.Indicator(operand):
            result = nodes.Indicator(_decided(operand, trees))
            if not names_in(result):
                return nodes.Number(Fraction(compiled(result, ())(())))
        case _:
            return tree
    if all(isinstance(part, nodes.Number) for part in parts(result)):
        return nodes.Number(Fraction(compiled(result, ())(())))
    match result:
        case nodes.Arithmetic("/", left, nodes.Number(Fraction(numerator=0))):
            raise _no_divisor(shortened(spelled(left)))
    return result


def _decided(tree: Tree, trees: Mapping[str, Tree]) -> Tree:
    """A predicate with trees substituted for names."""
    match tree:
        case nodes.Comparison(operands, symbols):
            return nodes.Comparison(tuple(_decided(part, trees) for part in operands), symbols)
        case nodes.Connective(symbol, operands):
            return nodes.Connective(symbol, tuple(_decided(part, trees) for part in operands))
        case nodes.Not(operand):
            return nodes.Not(_decided(operand, trees))
        case nodes.Listing(items):
            return nodes.Listing(tuple(_decided(part, trees) for part in items))
    return substituted(tree, trees)


def _divided(x: Fraction | int, y: Fraction | int) -> Fraction:
    if y == 0:
        raise _no_divisor(str(x))
    return Fraction(x) / y


_COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda x, y: _divided(x, y),
}

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compiled(tree: Tree, positions: Mapping[str, int]) -> Callable[[Sequence[Value]], Any]:
    run = [_compiled(part, positions) for part in parts(tree)]
    match tree:
        case nodes.Number(number):
            constant = narrow(number)
            return lambda _values: constant
        case nodes.Label(text):
            label = label_value(text)
            return lambda _values: label
        case nodes.Name(name):
            if name not in positions:
                raise _unknown(name, positions)
            return operator.itemgetter(positions[name])
        case nodes.Negative():
            (inner,) = run
            return lambda values: -_number(inner(values), "negated")
        case nodes.Not():
            (inner,) = run
            return lambda values: not _truth(inner(values))
        case nodes.Arithmetic(symbol):
            return _arithmetic(symbol, *run)
        case nodes.Power(_, exponent):
            (base,) = run
            return lambda values: _power(_number(base(values), "raised to a power"), exponent)
        case nodes.Indicator():
            (inner,) = run
            return lambda values: int(_truth(inner(values)))
        case nodes.Extreme(which):
            choose = min if which == "min" else max
            return lambda values: choose(_number(part(values), f"used in {which}") for part in run)
        case nodes.Comparison(_, symbols):
            return _chain(run, [_test(symbol) for symbol in symbols])
        case nodes.Connective(symbol):
            return _connective(run, decisive=symbol == "or")
    return lambda values: tuple(evaluator(values) for evaluator in run)


def _unknown(name: str, known: Mapping[str, int]) -> InputError:
    if known:
        fix = f"{suggestion(name, known)} (labels are quoted: {name!r})"
    else:
        fix = "write a number"
    return InputError(f"there is no name {name!r}", fix=fix)


def _arithmetic(symbol: str, left: Evaluator, right: Evaluator) -> Evaluator:
    compute, use = _COMPUTE[symbol], f"used with {symbol}"

    def run(values: Sequence[Value]) -> Value:
        result = compute(_number(left(values), use), _number(right(values), use))
        if not (-_BOUND < result.numerator < _BOUND and result.denominator < _BOUND):
            raise _too_large()
        return result  # type: ignore[no-any-return]

    return run


def _no_divisor(dividend: str) -> InputError:
    return InputError(f"{dividend} is divided by zero", fix="divide by something that is never 0")


def _power(base: Fraction | int, exponent: int) -> Fraction | int:
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits * abs(exponent) > MAX_BITS:
        raise _too_large()
    power = Fraction(base) ** abs(exponent)
    return power if exponent >= 0 else _divided(1, power)


def _too_large() -> InputError:
    return InputError(
        "the value would be too large", fix=f"numbers have at most {MAX_BITS:,} binary digits"
    )


def _chain(run: Sequence[Evaluator], tests: Sequence[Callable[[Any, Any], bool]]) -> Evaluator:
    first, *rest = run
    if len(tests) == 1:
        (test,), (second,) = tests, rest
        return lambda values: test(first(values), second(values))

    def chain(values: Sequence[Value]) -> Value:
        x = first(values)
        for test, operand in zip(tests, rest, strict=True):
            y = operand(values)
            if not test(x, y):
                return False
            x = y
        return True

    return chain


def _test(symbol: str) -> Callable[[Any, Any], bool]:
    if symbol in _ORDER:
        holds, use = _ORDER[symbol], f"ordered by {symbol}"
        return lambda x, y: holds(_number(x, use), _number(y, use))
    return {
        "==": _equal,
        "!=": lambda x, y: not _equal(x, y),
        "in": lambda x, ys: any(_equal(x, y) for y in ys),
        "not in": lambda x, ys: not any(_equal(x, y) for y in ys),
    }[symbol]


def _equal(x: Value, y: Value) -> bool:
    # True == 1 in Python, but a truth value is no number here.
    return x == y and isinstance(x, bool) is isinstance(y, bool)


def _connective(run: Sequence[Evaluator], *, decisive: bool) -> Evaluator:
    def connective(values: Sequence[Value]) -> Value:
        for operand in run:
            if _truth(operand(values)) is decisive:
                return decisive
        return not decisive

    return connective


def _number(value: Value, use: str) -> Fraction | int:
    if isinstance(value, (str, bool)):
        raise InputError(
            f"{value!r} is not a number, so it cannot be {use}", fix="compare it with == or !="
        )
    return value


def _truth(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    text = repr(value) if isinstance(value, str) else str(value)
    raise InputError(f"{text} is neither true nor false", fix="join comparisons, as in x == 1")
