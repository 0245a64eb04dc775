"""Values of a report: known, in pieces, between bounds, or not known and why.

A known value stands for itself: a number, an expression in a family's parameters, profiles of
actions. A game without parameters is a family whose values are the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeAlias, TypeVar

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.algebra.rational import (
    condition_text,
    condition_tree,
    ratio,
    ratio_text,
    ratio_tree,
)
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.exact import INFINITY, Extended
from coopgap.theory.expressions import Comparison, Tree, spelled

T = TypeVar("T", covariant=True)
S = TypeVar("S")

Unknown = Unanswered
"""A quantity that was not decided, and why."""


class AsText:
    """A value that a shell displays as its text."""

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Absent:
    """A quantity that has no meaning here, and why; null in JSON."""

    reason: str

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, repr=False)
class Expression(AsText):
    """A number that depends on the parameters: a fraction of polynomials in these names."""

    ratio: Ratio
    names: tuple[str, ...]

    def __str__(self) -> str:
        return ratio_text(self.ratio, self.names)

    @property
    def tree(self) -> Tree:
        """The expression as a file would write it."""
        return ratio_tree(self.ratio, self.names)


@dataclass(frozen=True, repr=False)
class Written(AsText):
    """An expression or a comparison as a file writes it; text: that of a comparison."""

    tree: Tree
    text: str = ""

    def __str__(self) -> str:
        return self.text or spelled(self.tree)


@dataclass(frozen=True, repr=False)
class Extremum(AsText):
    """The largest of several numbers everywhere, or the least (``head``: Max or Min)."""

    head: str
    terms: tuple[Fraction | Expression, ...]

    def __str__(self) -> str:
        return f"{self.head}({', '.join(map(str, self.terms))})"


Known = Extended | Expression | Extremum | Written
"""A number that is known."""


@dataclass(frozen=True)
class Bounds:
    """What a number is at least and at most, both certified."""

    low: Known
    high: Known


DIGITS = 6
"""The decimal places to which bounds with long denominators are rounded."""


def rounded_up(value: Fraction) -> Fraction:
    """The number itself if its denominator is short, else a decimal one that is a little larger."""
    scale = 10**DIGITS
    return value if value.denominator <= scale else Fraction(math.ceil(value * scale), scale)


@dataclass(frozen=True, repr=False)
class Where(AsText):
    """The conditions, in these names, under which a value holds beside the assumptions."""

    conditions: tuple[Condition, ...]
    names: tuple[str, ...]

    def __str__(self) -> str:
        return " and ".join(condition_text(condition, self.names) for condition in self.conditions)

    @property
    def trees(self) -> list[Comparison]:
        """The conditions as a file would write them."""
        return [condition_tree(condition, self.names) for condition in self.conditions]


@dataclass(frozen=True)
class Piece(Generic[T]):
    """A value, and where it holds."""

    when: Where
    value: T


@dataclass(frozen=True)
class Pieces(Generic[T]):
    """Values by region of the parameters; regions are disjoint and cover the assumptions."""

    pieces: tuple[Piece[T], ...]


Value: TypeAlias = T | Pieces[T | Absent] | Unknown | Absent
"""What a report says of anything but a number."""

Quantity: TypeAlias = Known | Pieces[Known | Absent] | Bounds | Unknown | Absent
"""What a report says of a number."""

Level = Known | Mapping[str, Known]
"""One λ for all players, or one for each."""


def everywhere(value: Value[S]) -> S:
    """A value that is known and the same for all parameters, as a game's are.

    Raises TypeError for others.
    """
    if isinstance(value, Pieces | Unknown | Absent):
        raise TypeError(f"{value} is no single value")
    return value


def quantity_text(value: Quantity) -> str:
    """A number, an expression, bounds, values by region, or a word for what is not there."""
    match value:
        case Absent():
            return "–"
        case Unknown():
            return "unknown"
        case Bounds(low, high):
            return f"{low} to {high}"
        case Pieces(pieces):
            return "; ".join(f"{quantity_text(piece.value)} if {piece.when}" for piece in pieces)
    return "∞" if value == INFINITY else str(value)


def known(ratio: Ratio, names: tuple[str, ...]) -> Fraction | Expression:
    """A fraction of polynomials as a number."""
    above, below = ratio
    if above.constant is not None and below.constant is not None:
        return Fraction(above.constant) / Fraction(below.constant)
    return Expression(ratio, names)


def shortest(tree: Tree, names: tuple[str, ...]) -> Known:
    """An expression as its file has it, or as a fraction in lowest terms if that is shorter."""
    number = known(ratio(tree, {name: k for k, name in enumerate(names)})[0], names)
    return number if len(str(number)) < len(spelled(tree)) else Written(tree)


def common(players: Sequence[str], levels: Sequence[Known]) -> Level:
    """The λ of all players as one, if they are equal."""
    return levels[0] if len(set(levels)) == 1 else dict(zip(players, levels, strict=True))
