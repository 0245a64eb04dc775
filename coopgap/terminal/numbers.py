"""Exact numbers and expressions as words for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from coopgap.proofs.deciding.values import Absent, Bounds, Level, Quantity, Unknown
from coopgap.terminal.words import listed, plain, short
from coopgap.theory.exact import Infinite


def number(value: Quantity | None) -> str:
    """An exact number as people write it."""
    match value:
        case None | Absent():
            return "–"
        case Unknown():
            return "unknown"
        case Bounds(low, high):
            return f"{number(low)} to {number(high)}"
        case Infinite():
            return "∞" if value > Fraction(0) else "-∞"
        case _:
            return short(str(value))


def level(value: Level) -> str:
    """One λ for all, or one for each player."""
    if isinstance(value, Mapping):
        return listed([f"{short(player)} {number(own)}" for player, own in value.items()])
    return number(value)


def expression(text: object) -> str:
    """A number or an expression of a family's report."""
    return {"inf": "∞", "-inf": "-∞"}.get(str(text), plain(str(text)))


def level_text(value: str | Mapping[str, str]) -> str:
    """One λ for all, or one for each player, as expressions."""
    if isinstance(value, Mapping):
        texts = {player: expression(own) for player, own in value.items()}
        return listed([f"{short(player)} {own}" for player, own in texts.items()])
    return expression(value)
