"""Mathematics as trees, free of any markup; and the expressions of reports as such trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias


@dataclass(frozen=True)
class Numeral:
    """A number as exact text (``"-3/2"``, ``"inf"``), and where in the sources it stands."""

    text: str
    origin: str


@dataclass(frozen=True)
class Symbol:
    """A symbol of the theory, by its key in the notation table: ``welfare``, ``lambda``."""

    key: str


@dataclass(frozen=True)
class Label:
    """A user's name for a player, an action, a state: set upright."""

    text: str


@dataclass(frozen=True)
class Variable:
    """A parameter of a family, set in italics."""

    text: str


@dataclass(frozen=True)
class Sign:
    """An operator, a relation, a bracket or a word such as ``max``."""

    text: str


@dataclass(frozen=True)
class Ratio:
    """One formula over another."""

    above: Formula
    below: Formula


@dataclass(frozen=True)
class Scripted:
    """A formula with something below and above it at its right."""

    base: Formula
    below: Formula | None = None
    above: Formula | None = None


@dataclass(frozen=True)
class Row:
    """Formulas side by side."""

    parts: tuple[Formula, ...]


Formula: TypeAlias = "Numeral | Symbol | Label | Variable | Sign | Ratio | Scripted | Row"

FORMULAS = (Numeral, Symbol, Label, Variable, Sign, Ratio, Scripted, Row)

WORDS = {"Max": "max", "Min": "min"}

_SUM, _PRODUCT, _SIGNED, _ATOM = range(4)


def row(*parts: Formula | str) -> Row:
    """A row; text stands for a sign, or for a whole number of the theory's own."""
    return Row(tuple(_part(each) if isinstance(each, str) else each for each in parts))


def _part(text: str) -> Formula:
    return Numeral(text, f"={text}") if text.isdecimal() else Sign(text)


def joined(parts: Sequence[Formula], sign: str) -> Row:
    """The parts with a sign between them."""
    between: list[Formula] = []
    for part in parts:
        between += [Sign(sign), part] if between else [part]
    return Row(tuple(between))


def listed(parts: Sequence[Formula], left: str = "(", right: str = ")") -> Row:
    """``(a, b)``."""
    return row(left, joined(parts, ","), right)


def profile(labels: Sequence[str]) -> Row:
    """A profile of actions, ``(CH, CL)``."""
    return listed([Label(label) for label in labels])


def broken(formula: Row, length: int = 64) -> list[Formula]:
    """A long comparison on several lines, each but the first beginning with a relation."""
    if sum(len(str(getattr(part, "text", "x"))) for part in leaves(formula)) <= length:
        return [formula]
    lines: list[list[Formula]] = [[]]
    for part in formula.parts:
        if isinstance(part, Sign) and part.text in ("≥", "=") and lines[-1]:
            lines.append([])
        lines[-1].append(part)
    return [Row(tuple(line)) for line in lines]


def leaves(formula: Formula) -> Iterator[Formula]:
    """All parts without parts."""
    match formula:
        case Ratio(above, below):
            yield from leaves(above)
            yield from leaves(below)
        case Scripted(base, below_, above_):
            for part in (base, below_, above_):
                if part is not None:
                    yield from leaves(part)
        case Row(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield formula


def number(text: str, origin: str) -> Formula:
    """A number; one with a sign is a row of the sign and the number without it."""
    if text in ("inf", "-inf"):
        infinity = Sign("∞")
        return infinity if text == "inf" else row("-", infinity)
    if text.startswith("-"):
        return row("-", Numeral(text[1:], origin))
    return Numeral(text, origin)


def expression(text: str, origin: str) -> Formula:
    """An expression of a report (SymPy's syntax), or a number."""
    return _converted(ast.parse(text, mode="eval").body, origin)[0]


def condition(text: str, origin: str) -> Formula:
    """Comparisons joined by ``and``."""
    return _converted(ast.parse(text, mode="eval").body, origin)[0]


def polynomial(terms: Mapping[str, str | int], origin: str) -> Formula:
    """A polynomial of a certificate: monomials such as ``R*P*P`` to coefficients."""
    exact = {m.replace("0+", "ε"): Fraction(c) for m, c in terms.items() if Fraction(c)}
    if not exact:
        return Numeral("0", origin)
    texts = []
    for monomial, value in sorted(exact.items(), key=lambda term: term[1] < 0):
        size = abs(value)
        factors = [] if monomial == "1" else [monomial]
        if size != 1 or not factors:
            factors.insert(0, str(size))
        texts.append(("-" if value < 0 else "+", "*".join(factors)))
    text = " ".join(f"{sign} {body}" for sign, body in texts).removeprefix("+ ")
    return expression(text, origin)


def _converted(tree: ast.AST, origin: str) -> tuple[Formula, int]:
    """The formula and how tightly it holds together."""

    def inside(part: ast.AST, least: int) -> Formula:
        formula, strength = _converted(part, origin)
        return formula if strength >= least else row("(", formula, ")")

    match tree:
        case ast.Constant(int(value)):
            return Numeral(str(value), origin), _ATOM
        case ast.Name(name):
            return (Sign("∞") if name == "inf" else Variable(name)), _ATOM
        case ast.UnaryOp(ast.USub(), operand):
            return row("-", inside(operand, _PRODUCT)), _SUM
        case ast.BinOp(left, ast.Add() | ast.Sub() as operation, right):
            sign = "+" if isinstance(operation, ast.Add) else "−"
            return row(inside(left, _SUM), sign, inside(right, _PRODUCT)), _SUM
        case ast.BinOp(left, ast.Mult(), right):
            first, second = inside(left, _PRODUCT), inside(right, _SIGNED)
            between = ["·"] if isinstance(_first(second), Numeral) else []
            return row(first, *between, second), _PRODUCT
        case ast.BinOp(ast.Constant(int(above)), ast.Div(), ast.Constant(int(below))):
            return Numeral(f"{above}/{below}", origin), _SIGNED
        case ast.BinOp(ast.UnaryOp(ast.USub(), left), ast.Div(), right):
            over, under = (_converted(part, origin)[0] for part in (left, right))
            return row("-", Ratio(over, under)), _SUM
        case ast.BinOp(left, ast.Div(), right):
            return Ratio(_converted(left, origin)[0], _converted(right, origin)[0]), _SIGNED
        case ast.BinOp(base, ast.Pow(), power):
            return Scripted(inside(base, _ATOM), above=_converted(power, origin)[0]), _SIGNED
        case ast.Call(ast.Name("Rational"), arguments):
            values = [str(Fraction(ast.unparse(each))) for each in arguments]
            return Numeral("/".join(values), origin), _SIGNED
        case ast.Call(ast.Name(name), arguments):
            return row(
                WORDS[name], listed([_converted(each, origin)[0] for each in arguments])
            ), _ATOM
        case ast.Compare(left, relations, rights):
            parts: list[Formula | str] = [_converted(left, origin)[0]]
            for relation, right in zip(relations, rights, strict=True):
                parts += [_RELATIONS[type(relation)], _converted(right, origin)[0]]
            return row(*parts), _SUM
        case ast.BoolOp(ast.And(), values_):
            return joined([_converted(each, origin)[0] for each in values_], "and"), _SUM
    raise TypeError(f"{ast.dump(tree)} is no expression of a report")


_RELATIONS = {
    ast.Gt: ">",
    ast.GtE: "≥",
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Eq: "=",
    ast.NotEq: "≠",
}


def _first(formula: Formula) -> Formula:
    while isinstance(formula, Row | Scripted):
        formula = formula.parts[0] if isinstance(formula, Row) else formula.base
    return formula
