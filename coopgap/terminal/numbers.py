"""Exact numbers and expressions as words for people to read."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from coopgap.proofs.deciding.values import Absent, Bounds, Unknown
from coopgap.terminal.words import plain
from coopgap.theory.exact import Infinite

DIGITS = 20
"""The longest number that is printed in full."""


def number(value: object) -> str:
    """A quantity as people write it; None is one that there is not."""
    match value:
        case None | Absent():
            return "–"
        case Unknown():
            return "unknown"
        case Bounds(low, high):
            return f"{number(low)} to {number(high)}"
        case Infinite():
            return "∞" if value > Fraction(0) else "-∞"
        case Fraction():
            return digits(str(value))
        case _:
            return plain(str(value))


def digits(text: str) -> str:
    """An exact number; of a long one six digits of a decimal."""
    if len(text) <= DIGITS:
        return text
    value = Fraction(text)
    return f"≈ {Decimal(value.numerator) / Decimal(value.denominator):.6g}"
