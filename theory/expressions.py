"""Arithmetic and predicates written by a user, as a small frozen tree.

Values are exact numbers, labels and Booleans. A label that is an exact number counts as that
number, quoted or not; nothing else is ever converted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

RELATIONS = (">", ">=", "<", "<=", "==", "!=")
"""The comparisons of numbers."""


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
            return f" {symbol} ".join(f"({spelled(part)})" for part in operands), _SUM
        case Comparison(operands, symbols):
            links = (
                f" {symbol} {inside(part, _SUM)}"
                for symbol, part in zip(symbols, operands[1:], strict=True)
            )
            return inside(operands[0], _SUM) + "".join(links), _SUM


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Name):
        yield tree.name
    for part in parts(tree):
        yield from _names(part)


def shortened(text: str) -> str:
    """A text, cut where it is long."""
    return text if len(text) <= 40 else text[:39] + "…"
