"""Quota rules, cells and claims of a commons in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coopgap.proofs.commons.parts import QuotaEntry
from coopgap.theory.commons.regimes import Regimes
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import Cell, QuotaLanguage


def rule_listed(
    commons: Commons, language: QuotaLanguage, rule: Mapping[Cell, int]
) -> list[QuotaEntry]:
    """A rule as entries: month and stock (None: any), what is seen of growth, and the quota."""
    return [
        {
            "month": _of(language.month, month, 1),
            "growth": (commons.signals[signal].name or None) if language.growth else None,
            "regime": None,
            "past": None,
            "stock": _of(language.stock, stock, 0),
            "quota": quota,
        }
        for (month, signal, stock), quota in sorted(rule.items())
    ]


def regime_rule_listed(
    regimes: Regimes, language: QuotaLanguage, rule: Mapping[Cell, int]
) -> list[QuotaEntry]:
    """The same where growth has regimes: with the regime, and the past harvests that count."""
    return [
        {
            "month": _of(language.month, month, 1),
            "growth": None,
            "regime": regimes.names[regime] if language.regime else None,
            "past": past if language.past else None,
            "stock": _of(language.stock, stock, 0),
            "quota": quota,
        }
        for (month, regime, stock, *past), quota in sorted(rule.items())
    ]


def _of(cells: Sequence[int], cell: int, first: int) -> str | None:
    """The values in a cell: ``7``, ``0..49``, or None where the cell has all."""
    values = [first + place for place, number in enumerate(cells) if number == cell]
    if len(values) == len(cells) > 1:
        return None
    ends = [str(value) for value in values]
    return ends[0] if len(ends) == 1 else f"{ends[0]}..{ends[-1]}"
