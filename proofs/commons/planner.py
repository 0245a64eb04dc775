"""The best that can be done, and the best that a quota does: backwards, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgap.proofs.commons.months import NEVER, Values, ahead, integer_rows
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import Cell, QuotaLanguage
from coopgap.theory.exact import IntArray, common_denominator

Limits = Mapping[Cell, tuple[int, int]]
"""For cells of a language, the least and the greatest quota, in units."""


@dataclass(frozen=True)
class Plan:
    """Total harvests and what they are worth.

    values: by month and stock, in units. totals: by month, signal and stock.
    """

    commons: Commons
    values: tuple[Values, ...]
    totals: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def value(self) -> Fraction:
        """The expected total catch from the start, in units."""
        return self.values[0][self.commons.stock]


def planned(commons: Commons, language: QuotaLanguage, limits: Limits | None = None) -> Plan:
    """The best plan in which each harvest is what a quota within the limits of its cell allows.

    A quota prescribes the total harvest, or all that there is. Within the limits the harvest is
    best for each month and stock, and for what is seen of growth if the language names that. So
    without limits this is the best quota of a language that sees month and stock, and with
    ``everything`` the first best; with limits to one quota in each cell it is what that rule does;
    else no rule within the limits is worth more (theory.md, §4).
    """
    size = commons.capacity + 1
    values: list[Values] = [[Fraction(0)] * size]
    totals: list[tuple[tuple[int, ...], ...]] = []
    for month in range(commons.horizon, 0, -1):
        open_to = _open(commons, language, limits or {}, month)
        later = [ahead(commons, signal, month, values[0]) for signal in commons.signals]
        weights, scale = _weights(commons)
        rows, denominator = integer_rows(commons, scale, *later)
        worth = [
            np.where(open_to[g], _worth(row, denominator), NEVER) for g, row in enumerate(rows)
        ]
        if not language.growth:
            pooled = sum(w * row for w, row in zip(weights, worth, strict=True))
            worth = [np.where(open_to[0], pooled, NEVER)]
        best = [table.argmax(axis=1) for table in worth]
        reached = [table[np.arange(size), at] for table, at in zip(worth, best, strict=True)]
        sums = (
            reached[0]
            if not language.growth
            else sum(w * row for w, row in zip(weights, reached, strict=True))
        )
        values.insert(0, [Fraction(int(value), denominator * scale) for value in sums])
        harvests = tuple(tuple(int(total) for total in row) for row in best)
        totals.insert(0, harvests if language.growth else harvests * len(commons.signals))
    return Plan(commons, tuple(values), tuple(totals))


def _weights(commons: Commons) -> tuple[list[int], int]:
    """The probabilities of the signals over their common denominator."""
    probabilities = [signal.probability for signal in commons.signals]
    scale = common_denominator(probabilities)
    return [int(p * scale) for p in probabilities], scale


def _worth(later: IntArray, denominator: int) -> IntArray:
    """By stock and total harvest, what both are worth; harvests above the stock are NEVER."""
    size = len(later)
    stocks, harvests = np.arange(size)[:, None], np.arange(size)[None, :]
    remainders = stocks - harvests
    value = harvests.astype(later.dtype) * denominator + later[np.maximum(remainders, 0)]
    return np.where(remainders >= 0, value, NEVER)


def _open(
    commons: Commons, language: QuotaLanguage, limits: Limits, month: int
) -> Sequence[IntArray]:
    """By signal, stock and total harvest, whether a quota within the limits allows it."""
    size = commons.capacity + 1
    possible = np.zeros(size, dtype=bool)
    possible[list(commons.quotas)] = True
    stocks, harvests = np.arange(size)[:, None], np.arange(size)[None, :]
    tables = []
    for signal in range(len(commons.signals)):
        bounds = [
            limits.get(language.cell(month, signal, stock), (0, commons.capacity))
            for stock in range(size)
        ]
        low, high = (np.array(ends)[:, None] for ends in zip(*bounds, strict=True))
        quotas = possible & (low <= harvests) & (harvests <= high)
        table = quotas & (harvests < stocks)
        np.fill_diagonal(table, (quotas & (harvests >= stocks)).any(axis=1))
        tables.append(table)
    return tables
