"""Mathematics as trees, free of any markup; and the expressions of reports as such trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

from coopgap.theory import expressions


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


@dataclass(frozen=True)
class Quoted(Row):
    """A formula that a file may hold, and how it does so."""

    text: str


Formula: TypeAlias = "Numeral | Symbol | Label | Variable | Sign | Ratio | Scripted | Row"

STAR = Sign("*")

BEST = Scripted(Symbol("welfare"), above=STAR)
"""W*."""

THRESHOLD = Scripted(Symbol("prosociality"), above=STAR)
"""λ*."""

CORRELATED_GAP = Scripted(Symbol("gap"), above=Label("ce"))

FORMULAS = (Numeral, Symbol, Label, Variable, Sign, Ratio, Scripted, Row)

WORDS = {"Max": "max", "Min": "min"}

SHORT = 2
"""How many letters wide a side of a comparison is that gets no line of its own."""

WORDY = ("and", "or", "for", "if", "=", "≥", "≤", ">", "<", "+", "−")
"""The signs with room around them."""

_SUM, _PRODUCT, _SIGNED, _ATOM = range(4)


def row(*parts: Formula | str) -> Row:
    """A row; text stands for a sign, or for a whole number of the theory's own."""
    return Row(tuple(_part(part) if isinstance(part, str) else part for part in parts))


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


def quoted(formula: Formula, text: str) -> Quoted:
    """The formula with what a file writes for it."""
    return Quoted(formula.parts if isinstance(formula, Row) else (formula,), text)


def over(above: Formula, below: Formula) -> Ratio:
    """One formula over another, without a fraction above."""
    if not isinstance(above, Ratio):
        return Ratio(above, below)
    sums = any(isinstance(part, Sign) for part in leaves(below))
    return Ratio(above.above, row(above.below, *(["(", below, ")"] if sums else [below])))


def broken(formula: Row, length: int = 64) -> list[Formula]:
    """A long comparison on several lines, each but the first beginning with a relation."""
    links: list[list[Formula]] = [[]]
    for part in formula.parts:
        if isinstance(part, Sign) and part.text in ("≥", "=") and links[-1]:
            links.append([])
        links[-1].append(part)
    lines = [Row(())]
    for link in links:
        longer = Row((*lines[-1].parts, *link))
        if extent(longer) > length and extent(lines[-1]) > SHORT:
            lines.append(Row(tuple(link)))
        else:
            lines[-1] = longer
    return [*lines]


def extent(formula: Formula) -> int:
    """About how many letters wide a formula is when it is set."""
    match formula:
        case Numeral(text):
            return max(map(len, text.split("/")))
        case Symbol():
            return 1
        case Ratio(above, below):
            return max(extent(above), extent(below))
        case Scripted(base, below, above):
            return extent(base) + max(
                extent(script) for script in (below, above) if script is not None
            )
        case Row(parts):
            return sum(map(extent, parts))
    return len(formula.text) + 2 * (formula.text in WORDY)


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


def expression(tree: expressions.Tree, origin: str) -> Formula:
    """An expression, or comparisons, as mathematics."""
    return _converted(tree, origin)[0]


def polynomial(terms: Mapping[str, str | int], origin: str) -> Formula:
    """A polynomial of a certificate: monomials such as ``R*P*P`` to coefficients."""
    exact = {m.replace("0+", "ε"): Fraction(c) for m, c in terms.items() if Fraction(c)}
    if not exact:
        return Numeral("0", origin)
    (below, *further) = {value.denominator for value in exact.values()}
    if below != 1 and not further and len(exact) > 1:
        above = {monomial: value * below for monomial, value in exact.items()}
        return Ratio(_summed(above, origin), Numeral(str(below), origin))
    return _summed(exact, origin)


def _summed(exact: Mapping[str, Fraction], origin: str) -> Formula:
    """A sum of monomials with their coefficients."""
    total: expressions.Tree | None = None
    for monomial, value in sorted(exact.items(), key=lambda term: term[1] < 0):
        size = abs(value)
        factors: list[expressions.Tree] = [
            expressions.Name(name) for name in monomial.split("*") if name != "1"
        ]
        if size != 1 or not factors:
            factors.insert(0, expressions.Number(size))
        if total is None and value < 0:
            first = factors[0]
            factors[0] = (
                expressions.Number(-first.value)
                if isinstance(first, expressions.Number)
                else expressions.Negative(first)
            )
        tree = reduce(lambda left, right: expressions.Arithmetic("*", left, right), factors)
        total = (
            tree
            if total is None
            else expressions.Arithmetic("-" if value < 0 else "+", total, tree)
        )
    assert total is not None
    return expression(total, origin)


def _converted(tree: expressions.Tree, origin: str) -> tuple[Formula, int]:
    """The formula and how tightly it holds together."""

    def inside(part: expressions.Tree, least: int) -> Formula:
        formula, strength = _converted(part, origin)
        return formula if strength >= least else row("(", formula, ")")

    match tree:
        case expressions.Number(value) if value < 0:
            above, below = (Numeral(str(n), origin) for n in (-value.numerator, value.denominator))
            return row("-", above if value.denominator == 1 else Ratio(above, below)), _SUM
        case expressions.Number(value):
            return Numeral(str(value), origin), _ATOM if value.denominator == 1 else _SIGNED
        case expressions.Name(name):
            return Variable(name), _ATOM
        case expressions.Negative(operand):
            return row("-", inside(operand, _PRODUCT)), _SUM
        case expressions.Arithmetic("+" | "-" as symbol, left, right):
            sign = "+" if symbol == "+" else "−"
            return row(inside(left, _SUM), sign, inside(right, _PRODUCT)), _SUM
        case expressions.Arithmetic("*", left, right):
            first, second = inside(left, _PRODUCT), inside(right, _SIGNED)
            between = ["·"] if isinstance(_first(second), Numeral) else []
            return row(first, *between, second), _PRODUCT
        case expressions.Arithmetic(_, expressions.Number(above), expressions.Number(below)) if (
            _is_whole(above) and _is_whole(below)
        ):
            return Numeral(f"{above}/{below}", origin), _SIGNED
        case expressions.Arithmetic(_, left, right):
            negated = left.operand if isinstance(left, expressions.Negative) else None
            if isinstance(left, expressions.Number) and left.value < 0:
                negated = expressions.Number(-left.value)
            over, under = (_converted(part, origin)[0] for part in (negated or left, right))
            ratio = Ratio(over, under)
            return (row("-", ratio), _SUM) if negated else (ratio, _SIGNED)
        case expressions.Power(base, exponent):
            power = expression(expressions.Number(Fraction(exponent)), origin)
            return Scripted(inside(base, _ATOM), above=power), _SIGNED
        case expressions.Comparison(operands, operators):
            parts: list[Formula | str] = [expression(operands[0], origin)]
            for relation, right in zip(operators, operands[1:], strict=True):
                parts += [_RELATIONS[relation], expression(right, origin)]
            return row(*parts), _SUM
        case expressions.Extreme(which, operands):
            return row(which, listed([expression(operand, origin) for operand in operands])), _ATOM
        case expressions.Indicator(operand):
            return row("[", expression(operand, origin), "]"), _ATOM
        case expressions.Connective(which, operands):
            return joined([inside(operand, _ATOM) for operand in operands], which), _SUM
        case expressions.Not(operand):
            return row("¬", inside(operand, _ATOM)), _SIGNED
        case expressions.Listing(items):
            return listed([expression(member, origin) for member in items], "{", "}"), _ATOM
        case expressions.Label(text):
            return Label(text), _ATOM
    raise TypeError(f"{tree!r} is no expression of a report")


def _is_whole(value: Fraction) -> bool:
    return value.denominator == 1 and value >= 0


_RELATIONS = {
    ">": ">",
    ">=": "≥",
    "<": "<",
    "<=": "≤",
    "==": "=",
    "!=": "≠",
    "in": "∈",
    "not in": "∉",
}


def _first(formula: Formula) -> Formula:
    while isinstance(formula, Row | Scripted):
        formula = formula.parts[0] if isinstance(formula, Row) else formula.base
    return formula
