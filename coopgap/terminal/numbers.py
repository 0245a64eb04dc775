"""Exact numbers and expressions as words for people to read."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from coopgap.proofs.deciding.values import Bounds

DIGITS = 20
"""The longest number that is printed in full."""


def number(value: Fraction | Bounds | None) -> str:
    """A quantity as people write it; None is one that there is not."""
    if isinstance(value, Bounds):
        return f"{digits(str(value.low))} to {digits(str(value.high))}"
    return "–" if value is None else digits(str(value))


def digits(text: str) -> str:
    """An exact number; of a long one six digits of a decimal."""
    if len(text) <= DIGITS:
        return text
    value = Fraction(text)
    return f"≈ {Decimal(value.numerator) / Decimal(value.denominator):.6g}"
