"""Text of a user into the trees of ``expressions``, never run as code.

Python's own parser reads the text; only the nodes of the grammars below become part of the
tree, everything else is refused.

- *expressions*: exact numbers, names, ``+ - * /``, ``**`` with a small integer, parentheses;
- *predicates*: all of that, and ``== != < <= > >=`` (also in chains), ``and or not``, ``in`` and
  ``not in`` a list, quoted labels, and ``action('NAME')`` for a name that is no identifier;
- *formulas*: arithmetic with ``min(x, y, …)`` and ``max(x, y, …)``, in which a predicate in
  parentheses counts as 1 where it holds and as 0 elsewhere.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from coopgap.theory.errors import InputError
from coopgap.theory.exact import parse_number
from coopgap.theory.expressions import (
    RELATIONS,
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
    shortened,
)

MAX_LENGTH = 4096
"""The longest text of an expression, in characters."""

MAX_DEPTH = 200
"""The deepest nesting of operations; a sum of k terms is k deep."""

MAX_EXPONENT = 64
"""The largest absolute value of an exponent."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Grammar:
    name: str
    words: str
    is_predicate: bool
    is_formula: bool = False

    def refuse(self, problem: str) -> InputError:
        return InputError(problem, fix=f"{self.name} is made of {self.words}")


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


def _parse(text: str, grammar: _Grammar) -> Tree:
    return _parsed(text, grammar, lambda converter, node: converter.tree(node, MAX_DEPTH))


def _parsed(text: str, grammar: _Grammar, convert: Callable[[_Converter, ast.expr], _T]) -> _T:
    if len(text) > MAX_LENGTH:
        raise InputError(
            f"{shortened(text)!r} has {len(text):,} characters",
            fix=f"{grammar.name} has at most {MAX_LENGTH:,}",
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
        raise grammar.refuse(f"{shortened(text)!r} is not {grammar.name}") from None


def _too_deep(text: str) -> InputError:
    return InputError(
        f"{shortened(text)!r} is nested too deeply", fix=f"nest at most {MAX_DEPTH} operations"
    )


@dataclass(frozen=True, slots=True)
class _Converter:
    line: bytes
    grammar: _Grammar

    def source(self, node: ast.expr) -> str:
        return self.line[node.col_offset : node.end_col_offset].decode()

    def refuse(self, node: ast.expr) -> InputError:
        return self.grammar.refuse(
            f"{shortened(self.source(node))!r} cannot stand in {self.grammar.name}"
        )

    def links(self, node: ast.expr) -> tuple[tuple[Comparison, str], ...]:
        ops = node.ops if isinstance(node, ast.Compare) else []
        symbols = [_COMPARISONS.get(type(op), "") for op in ops]
        if not isinstance(node, ast.Compare) or not set(symbols) <= set(RELATIONS):
            raise self.grammar.refuse(f"{shortened(self.source(node))!r} does not compare numbers")
        sides = [
            (self.tree(side, MAX_DEPTH), self.source(side))
            for side in (node.left, *node.comparators)
        ]
        return tuple(
            (Comparison((left, right), (symbol,)), f"{lhs} {symbol} {rhs}")
            for symbol, ((left, lhs), (right, rhs)) in zip(symbols, pairwise(sides), strict=True)
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
                f"{shortened(self.source(node))!r} is true or false, not a number",
                fix="a comparison that counts as 1 or 0 stands in parentheses: 2*(x >= 1)",
            )
        return self.tree(node, MAX_DEPTH)

    def counted(self, node: ast.expr, depth: int) -> Tree:
        """What has a number for its value in a formula alone."""
        match node:
            case ast.Call(ast.Name("min" | "max" as which), operands, []):
                if len(operands) < 2 or any(isinstance(part, ast.Starred) for part in operands):
                    raise InputError(
                        f"{shortened(self.source(node))!r} compares fewer than two numbers",
                        fix=f"write {which}(x, y)",
                    )
                return Extreme(which, tuple(self.tree(operand, depth - 1) for operand in operands))
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
        # What stands elsewhere in a formula counts as a number; what and, or, not join does not.
        if self.grammar.is_formula and depth > 0:
            return self.logic(node, depth)
        return self.tree(node, depth)

    def no_call(self, node: ast.expr) -> Tree:
        known = "action('NAME'), for a player's action,"
        if self.grammar.is_formula:
            known = f"min(…), max(…) and {known}"
        raise InputError(
            f"{shortened(self.source(node))!r} calls something", fix=f"only {known} may be called"
        )

    def operand(self, symbol: str, node: ast.expr, depth: int) -> Tree:
        if "in" not in symbol:
            return self.tree(node, depth)
        if not isinstance(node, ast.List | ast.Tuple):
            raise self.grammar.refuse(f"{shortened(self.source(node))!r} after `in` is not a list")
        return Listing(tuple(self.tree(entry, depth - 1) for entry in node.elts))

    def exponent(self, node: ast.expr, depth: int) -> int:
        tree = self.tree(node, depth)
        if (
            not isinstance(tree, Number)
            or tree.value.denominator != 1
            or abs(tree.value) > MAX_EXPONENT
        ):
            raise InputError(
                f"the exponent {shortened(self.source(node))!r} is not a small whole number",
                fix=f"write a whole number between -{MAX_EXPONENT} and {MAX_EXPONENT}",
            )
        return int(tree.value)
