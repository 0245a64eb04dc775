"""Arithmetic and predicates written by a user: parsed into a small frozen tree, never run as code.

Python's own parser reads the text; only the nodes of the two grammars below become part of the
tree, everything else is refused.

- *expressions*: exact numbers, names, ``+ - * /``, ``**`` with a small integer, parentheses;
- *predicates*: all of that, and ``== != < <= > >=`` (also in chains), ``and or not``, ``in`` and
  ``not in`` a list, quoted labels, and ``action('NAME')`` for a name that is no identifier;
- *formulas*: arithmetic with ``min(x, y, …)`` and ``max(x, y, …)``, in which a predicate in
  parentheses counts as 1 where it holds and as 0 elsewhere.

Values are exact numbers, labels and Booleans. A label that is an exact number counts as that
number, quoted or not; nothing else is ever converted. ``==`` between different kinds is false;
ordering or computing with anything but numbers is an error. ``and`` and ``or`` leave the rest
undecided once the answer is known, as in Python.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar

from coopgap.theory.errors import InputError
from coopgap.theory.exact import MAX_BITS, parse_number
from coopgap.theory.nearest import suggestion

MAX_LENGTH = 4096
"""The longest text of an expression, in characters."""

MAX_DEPTH = 200
"""The deepest nesting of operations; a sum of k terms is k deep."""

MAX_EXPONENT = 64
"""The largest absolute value of an exponent."""

RELATIONS = (">", ">=", "<", "<=", "==", "!=")
"""The comparisons of numbers."""

_T = TypeVar("_T")

Value = Fraction | int | str
"""A number, a label, or (``bool`` being an ``int`` to the type checker) a truth value."""

Evaluator = Callable[[Sequence[Value]], Value]
"""A compiled tree: from one value per name, in a fixed order, to the tree's value."""


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Label:
    """A quoted label."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A parameter, a player (standing for its action) or ``state``."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """−x."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """x + y, x − y, x · y or x / y; ``operator`` is one of ``+ - * /``."""

    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Power:
    """x to an integer power, at most MAX_EXPONENT in absolute value."""

    base: Tree
    exponent: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chain: ``operands[0] operators[0] operands[1] operators[1] …``, all of which must hold.

    ``operators`` are among ``== != < <= > >= in`` and ``not in``; what follows the last two is a
    ``Listing``.
    """

    operands: tuple[Tree, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connective:
    """The operands joined by ``operator``, which is ``and`` or ``or``."""

    operator: str
    operands: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a truth value."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Listing:
    """The list after ``in``."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """1 where a predicate holds, 0 elsewhere."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or the greatest operand; ``which`` is ``min`` or ``max``."""

    which: str
    operands: tuple[Tree, ...]


Tree = (
    Number
    | Label
    | Name
    | Negative
    | Arithmetic
    | Power
    | Comparison
    | Connective
    | Not
    | Listing
    | Indicator
    | Extreme
)


def parse_expression(text: str) -> Tree:
    """The tree of an arithmetic expression; raises InputError for anything else."""
    return _parse(text, _Grammar("an expression", "numbers, names, + - * / **, parentheses", False))


def parse_predicate(text: str) -> Tree:
    """The tree of a predicate of the records language; raises InputError for anything else."""
    words = (
        "names, numbers, 'labels', == != < <= > >= + - * / **, and or not in, lists, parentheses"
    )
    return _parse(text, _Grammar("a predicate", words, True))


def parse_formula(text: str) -> Tree:
    """The tree of a formula; raises InputError for anything else."""
    words = (
        "names, numbers, + - * / **, min(…), max(…), parentheses, and comparisons in parentheses, "
        "which count as 1 or 0"
    )
    return _parsed(text, _Grammar("a formula", words, False, True), _Converter.formula)


def parse_comparisons(text: str) -> tuple[tuple[Comparison, str], ...]:
    """The links of a chain such as ``T > R > P``, each with its text.

    Raises InputError for anything but comparisons ``> >= < <= == !=`` of arithmetic expressions.
    """
    words = "expressions compared by > >= < <= == !=, as in T > R"
    return _parsed(text, _Grammar("a comparison", words, False), _Converter.links)


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
    return _narrow(number)


def parts(tree: Tree) -> tuple[Tree, ...]:
    """The trees directly under a tree, from left to right."""
    match tree:
        case Negative(operand) | Not(operand) | Indicator(operand):
            return (operand,)
        case Arithmetic(_, left, right):
            return (left, right)
        case Power(base, _):
            return (base,)
        case (
            Comparison(operands, _)
            | Connective(_, operands)
            | Listing(operands)
            | Extreme(_, operands)
        ):
            return operands
        case _:
            return ()


def names_in(tree: Tree) -> tuple[str, ...]:
    """The names that the tree uses, each once, in order of first appearance."""
    return tuple(dict.fromkeys(_names(tree)))


def substituted(tree: Tree, trees: Mapping[str, Tree]) -> Tree:
    """The formula with trees substituted for names; parts then free of names are computed.

    Raises InputError for a division by zero, and for a number of more than MAX_BITS bits.
    """
    result: Tree
    match tree:
        case Name(name):
            return trees.get(name, tree)
        case Negative(operand):
            result = Negative(substituted(operand, trees))
        case Arithmetic(symbol, left, right):
            result = Arithmetic(symbol, substituted(left, trees), substituted(right, trees))
        case Power(base, exponent):
            result = Power(substituted(base, trees), exponent)
        case Extreme(which, operands):
            result = Extreme(which, tuple(substituted(each, trees) for each in operands))
        case Indicator(operand):
            result = Indicator(_decided(operand, trees))
            if not names_in(result):
                return Number(Fraction(compiled(result, ())(())))
        case _:
            return tree
    if all(isinstance(part, Number) for part in parts(result)):
        return Number(Fraction(compiled(result, ())(())))
    match result:
        case Arithmetic("/", left, Number(Fraction(numerator=0))):
            raise _no_divisor(_short(spelled(left)))
    return result


def _decided(tree: Tree, trees: Mapping[str, Tree]) -> Tree:
    """A predicate with trees substituted for names."""
    match tree:
        case Comparison(operands, symbols):
            return Comparison(tuple(_decided(each, trees) for each in operands), symbols)
        case Connective(symbol, operands):
            return Connective(symbol, tuple(_decided(each, trees) for each in operands))
        case Not(operand):
            return Not(_decided(operand, trees))
        case Listing(items):
            return Listing(tuple(_decided(each, trees) for each in items))
    return substituted(tree, trees)


def spelled(tree: Tree) -> str:
    """The text of a tree, with the parentheses that it needs."""
    return _spelled(tree)[0]


_SUM, _PRODUCT, _SIGNED, _ATOM = range(4)


def _spelled(tree: Tree) -> tuple[str, int]:
    """The text of a tree and how tightly it holds together."""

    def inside(part: Tree, least: int) -> str:
        text, strength = _spelled(part)
        return text if strength >= least else f"({text})"

    match tree:
        case Number(value):
            if value.denominator > 1:
                return str(value), _PRODUCT
            return str(value), _ATOM if value >= 0 else _SIGNED
        case Name(name):
            return name, _ATOM
        case Negative(operand):
            return f"-{inside(operand, _SIGNED)}", _SIGNED
        case Arithmetic("+" | "-" as symbol, left, right):
            return f"{inside(left, _SUM)} {symbol} {inside(right, _PRODUCT)}", _SUM
        case Arithmetic(symbol, left, right):
            return f"{inside(left, _PRODUCT)}{symbol}{inside(right, _SIGNED)}", _PRODUCT
        case Power(base, exponent):
            return f"{inside(base, _ATOM)}**{exponent}", _SIGNED
        case Label(label):
            return repr(label), _ATOM
        case Extreme(which, operands):
            return f"{which}({', '.join(map(spelled, operands))})", _ATOM
        case Indicator(operand):
            return f"({spelled(operand)})", _ATOM
        case Listing(items):
            return f"[{', '.join(map(spelled, items))}]", _ATOM
        case Not(operand):
            return f"not ({spelled(operand)})", _SUM
        case Connective(symbol, operands):
            return f" {symbol} ".join(f"({spelled(each)})" for each in operands), _SUM
        case Comparison(operands, symbols):
            links = (
                f" {symbol} {inside(each, _SUM)}"
                for symbol, each in zip(symbols, operands[1:], strict=True)
            )
            return inside(operands[0], _SUM) + "".join(links), _SUM


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Name):
        yield tree.name
    for part in parts(tree):
        yield from _names(part)


# Parsing


@dataclass(frozen=True, slots=True)
class _Grammar:
    what: str
    words: str
    is_predicate: bool
    is_formula: bool = False

    def refuse(self, problem: str) -> InputError:
        return InputError(problem, fix=f"{self.what} is made of {self.words}")


_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


def _parse(text: str, grammar: _Grammar) -> Tree:
    return _parsed(text, grammar, lambda converter, node: converter.tree(node, MAX_DEPTH))


def _parsed(text: str, grammar: _Grammar, convert: Callable[[_Converter, ast.expr], _T]) -> _T:
    if len(text) > MAX_LENGTH:
        raise InputError(
            f"{_short(text)!r} has {len(text):,} characters",
            fix=f"{grammar.what} has at most {MAX_LENGTH:,}",
        )
    # On one line, so that a node's place is an offset into the text.
    line = text.replace("\r", " ").replace("\n", " ").strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            node = ast.parse(line, mode="eval").body
        return convert(_Converter(line.encode(), grammar), node)
    except InputError:
        raise
    except (RecursionError, MemoryError):
        raise _too_deep(text) from None
    except (SyntaxError, ValueError, Warning):
        raise grammar.refuse(f"{_short(text)!r} is not {grammar.what}") from None


def _too_deep(text: str) -> InputError:
    return InputError(
        f"{_short(text)!r} is nested too deeply", fix=f"nest at most {MAX_DEPTH} operations"
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


@dataclass(frozen=True, slots=True)
class _Converter:
    line: bytes
    grammar: _Grammar

    def source(self, node: ast.expr) -> str:
        return self.line[node.col_offset : node.end_col_offset].decode()

    def refuse(self, node: ast.expr) -> InputError:
        return self.grammar.refuse(
            f"{_short(self.source(node))!r} cannot stand in {self.grammar.what}"
        )

    def links(self, node: ast.expr) -> tuple[tuple[Comparison, str], ...]:
        ops = node.ops if isinstance(node, ast.Compare) else []
        symbols = [_COMPARISONS.get(type(op), "") for op in ops]
        if not isinstance(node, ast.Compare) or not set(symbols) <= set(RELATIONS):
            raise self.grammar.refuse(f"{_short(self.source(node))!r} does not compare numbers")
        sides = [
            (self.tree(each, MAX_DEPTH), self.source(each))
            for each in (node.left, *node.comparators)
        ]
        return tuple(
            (Comparison((left, right), (symbol,)), f"{said} {symbol} {says}")
            for symbol, ((left, said), (right, says)) in zip(symbols, pairwise(sides), strict=True)
        )

    def tree(self, node: ast.expr, depth: int) -> Tree:
        if depth == 0:
            raise _too_deep(self.line.decode())
        match node:
            # Not the parsed value: it has lost the digits of a decimal.
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return Number(parse_number(self.source(node)))
            # Not the parsed identifier: Python normalises its letters.
            case ast.Name():
                return Name(self.source(node))
            case ast.UnaryOp(ast.USub(), operand):
                tree = self.tree(operand, depth - 1)
                return Number(-tree.value) if isinstance(tree, Number) else Negative(tree)
            case ast.UnaryOp(ast.UAdd(), operand):
                return Arithmetic("+", Number(Fraction(0)), self.tree(operand, depth - 1))
            case ast.BinOp(base, ast.Pow(), exponent):
                return Power(self.tree(base, depth - 1), self.exponent(exponent, depth - 1))
            case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
                symbol = _ARITHMETIC[type(op)]
                return Arithmetic(symbol, self.tree(left, depth - 1), self.tree(right, depth - 1))
            case _ if self.grammar.is_predicate:
                return self.logic(node, depth)
            case _ if self.grammar.is_formula:
                return self.counted(node, depth)
            case _:
                raise self.refuse(node)

    def formula(self, node: ast.expr) -> Tree:
        if node.col_offset == 0 and isinstance(node, ast.Compare | ast.BoolOp):
            raise InputError(
                f"{_short(self.source(node))!r} is true or false, not a number",
                fix="a comparison that counts as 1 or 0 stands in parentheses: 2*(x >= 1)",
            )
        return self.tree(node, MAX_DEPTH)

    def counted(self, node: ast.expr, depth: int) -> Tree:
        """What has a number for its value in a formula alone."""
        match node:
            case ast.Call(ast.Name("min" | "max" as which), operands, []):
                if len(operands) < 2 or any(isinstance(each, ast.Starred) for each in operands):
                    raise InputError(
                        f"{_short(self.source(node))!r} compares fewer than two numbers",
                        fix=f"write {which}(x, y)",
                    )
                return Extreme(which, tuple(self.tree(each, depth - 1) for each in operands))
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(ast.Not()):
                return Indicator(self.logic(node, depth - 1))
            case _:
                return self.logic(node, depth)

    def logic(self, node: ast.expr, depth: int) -> Tree:
        match node:
            case ast.Constant(value=str() as text):
                return Label(text)
            case ast.UnaryOp(ast.Not(), operand):
                return Not(self.joined(operand, depth - 1))
            case ast.BoolOp(op, values):
                symbol = "and" if isinstance(op, ast.And) else "or"
                return Connective(symbol, tuple(self.joined(value, depth - 1) for value in values))
            case ast.Compare(left, ops, comparators) if all(type(op) in _COMPARISONS for op in ops):
                symbols = tuple(_COMPARISONS[type(op)] for op in ops)
                pairs = zip(symbols, comparators, strict=True)
                rest = (self.operand(symbol, node, depth - 1) for symbol, node in pairs)
                if "in" in symbols[:-1] or "not in" in symbols[:-1]:
                    raise self.grammar.refuse(f"{self.source(node)!r} compares a list")
                return Comparison((self.tree(left, depth - 1), *rest), symbols)
            case ast.Call(ast.Name("action"), [ast.Constant(str() as player)], []):
                # An action's name is looked up among the players only.
                return Name(player) if player != "state" else self.no_call(node)
            case ast.Call():
                return self.no_call(node)
            case _:
                raise self.refuse(node)

    def joined(self, node: ast.expr, depth: int) -> Tree:
        # In a formula what stands elsewhere counts as a number, but not what is joined.
        if self.grammar.is_formula and depth > 0:
            return self.logic(node, depth)
        return self.tree(node, depth)

    def no_call(self, node: ast.expr) -> Tree:
        known = "action('NAME'), for a player's action,"
        if self.grammar.is_formula:
            known = f"min(…), max(…) and {known}"
        raise InputError(
            f"{_short(self.source(node))!r} calls something", fix=f"only {known} may be called"
        )

    def operand(self, symbol: str, node: ast.expr, depth: int) -> Tree:
        if "in" not in symbol:
            return self.tree(node, depth)
        if not isinstance(node, ast.List | ast.Tuple):
            raise self.grammar.refuse(f"{_short(self.source(node))!r} after `in` is not a list")
        return Listing(tuple(self.tree(item, depth - 1) for item in node.elts))

    def exponent(self, node: ast.expr, depth: int) -> int:
        tree = self.tree(node, depth)
        if (
            not isinstance(tree, Number)
            or tree.value.denominator != 1
            or abs(tree.value) > MAX_EXPONENT
        ):
            raise InputError(
                f"the exponent {_short(self.source(node))!r} is not a small whole number",
                fix=f"write a whole number between -{MAX_EXPONENT} and {MAX_EXPONENT}",
            )
        return int(tree.value)


# Evaluation: every tree becomes one closure. Whole numbers are kept as ints, which are several
# times faster than fractions. A listing's closure returns a tuple, which only `in` ever sees.

_BOUND = 1 << MAX_BITS

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
        case Number(number):
            constant = _narrow(number)
            return lambda _values: constant
        case Label(text):
            label = label_value(text)
            return lambda _values: label
        case Name(name):
            if name not in positions:
                raise _unknown(name, positions)
            return operator.itemgetter(positions[name])
        case Negative():
            (inner,) = run
            return lambda values: -_number(inner(values), "negated")
        case Not():
            (inner,) = run
            return lambda values: not _truth(inner(values))
        case Arithmetic(symbol):
            return _arithmetic(symbol, *run)
        case Power(_, exponent):
            (base,) = run
            return lambda values: _power(_number(base(values), "raised to a power"), exponent)
        case Indicator():
            (inner,) = run
            return lambda values: int(_truth(inner(values)))
        case Extreme(which):
            choose = min if which == "min" else max
            return lambda values: choose(_number(each(values), f"used in {which}") for each in run)
        case Comparison(_, symbols):
            return _chain(run, [_test(symbol) for symbol in symbols])
        case Connective(symbol):
            return _connective(run, decisive=symbol == "or")
    return lambda values: tuple(item(values) for item in run)


def _unknown(name: str, known: Mapping[str, int]) -> InputError:
    if known:
        fix = f"{suggestion(name, known)} (labels are quoted: {name!r})"
    else:
        fix = "write a number"
    return InputError(f"there is no name {name!r}", fix=fix)


def _narrow(number: Fraction) -> Fraction | int:
    return number.numerator if number.denominator == 1 else number


def _arithmetic(symbol: str, left: Evaluator, right: Evaluator) -> Evaluator:
    compute, use = _COMPUTE[symbol], f"used with {symbol}"

    def run(values: Sequence[Value]) -> Value:
        result = compute(_number(left(values), use), _number(right(values), use))
        if not (-_BOUND < result.numerator < _BOUND and result.denominator < _BOUND):
            raise _too_large()
        return result  # type: ignore[no-any-return]

    return run


def _divided(x: Fraction | int, y: Fraction | int) -> Fraction:
    if y == 0:
        raise _no_divisor(str(x))
    return Fraction(x) / y


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
    shown = repr(value) if isinstance(value, str) else str(value)
    raise InputError(f"{shown} is neither true nor false", fix="join comparisons, as in x == 1")
