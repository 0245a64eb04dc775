"""The least λ at which no agent leaves the first best, off whose path all share alike (T6, §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from coopgap.proofs.commons.months import Values, ahead
from coopgap.proofs.commons.planner import Plan
from coopgap.theory.commons.rationing import catch
from coopgap.theory.commons.resource import Commons
from coopgap.theory.exact import INFINITY, Extended


@dataclass(frozen=True)
class Measure:
    """What a threshold is about.

    fractional: whether equal shares need not be whole units; then an agent deviates by whole units.
    everywhere: whether agents keep to the first best at every stock, or on its path alone.
    over_demand: whether an agent may demand the most that it can, whatever the others leave.
    """

    fractional: bool = False
    everywhere: bool = False
    over_demand: bool = False


MEASURES = (
    Measure(),
    Measure(over_demand=True),
    Measure(fractional=True),
    Measure(fractional=True, everywhere=True),
)
"""The thresholds that are reported; the first is the one of theory.md, §4."""


def threshold(plan: Plan, measure: Measure) -> Extended | None:
    """The least λ for the best of the first-best plans, a pure number.

    None if no first-best plan has equal shares of whole units where it must. A deviation that costs
    no welfare and pays is met by no λ.
    """
    commons = plan.commons
    later = [
        [ahead(commons, signal, month, plan.values[month]) for signal in commons.signals]
        for month in range(1, commons.horizon + 1)
    ]

    @cache
    def needed(month: int, stock: int) -> Extended | None:
        worst: Extended = Fraction(0)
        for number, signal in enumerate(commons.signals):
            options: list[Extended] = []
            for total, level in _options(commons, later[month - 1][number], month, stock, measure):
                on = [level]
                if not measure.everywhere and month < commons.horizon:
                    then = commons.next_stocks(stock - total, signal, month)
                    below = [needed(month + 1, next_stock) for next_stock in then]
                    if None in below:
                        continue
                    on += [level for level in below if level is not None]
                options.append(max(on))
            if not options:
                return None
            worst = max(worst, min(options))
        return worst

    if not measure.everywhere:
        return needed(1, commons.stock)
    levels = [
        needed(month, stock)
        for month in range(1, commons.horizon + 1)
        for stock in range(commons.capacity + 1)
    ]
    defined = [level for level in levels if level is not None]
    return max(defined) if len(defined) == len(levels) else None


def _options(
    commons: Commons, later: Values, month: int, stock: int, measure: Measure
) -> Iterator[tuple[int, Extended]]:
    """The totals that are first best, with the λ that keeps agents at equal shares of each."""
    worth = {total: total + later[stock - total] for total in commons.totals(stock)}
    most, best = commons.largest(stock), max(worth.values())
    for total, value in worth.items():
        if value < best:
            continue
        if total == min(stock, commons.agents * most):
            # All demand the most: in the last month, or where nothing should be left.
            yield total, _least_level(commons, later, stock, Fraction(most), value, Measure())
        elif month < commons.horizon:
            share = Fraction(total, commons.agents)
            if measure.fractional or (share.denominator == 1 and int(share) in commons.grid):
                yield total, _least_level(commons, later, stock, share, value, measure)


def _least_level(
    commons: Commons, later: Values, stock: int, demand: Fraction, value: Fraction, measure: Measure
) -> Extended:
    """The λ at which no deviation pays when the others demand this much each."""
    n = commons.agents
    others = (n - 1) * demand
    own = value / n
    level: Extended = Fraction(0)
    for deviation in _deviations(commons, stock, demand, others, measure):
        total = others + deviation
        gained = deviation + later[stock - int(total)] / n - own
        level = max(level, _price(gained, value - total - later[stock - int(total)]))
    most = commons.largest(stock)
    if measure.over_demand and others + most > stock:
        caught = catch(commons.rationing, stock, most, ((n - 1, int(demand)),))
        level = max(level, _price(caught - own, value - stock))
    return level


def _deviations(
    commons: Commons, stock: int, demand: Fraction, others: Fraction, measure: Measure
) -> list[Fraction]:
    """The other demands that the stock can meet."""
    grid = [Fraction(entry) for entry in commons.grid]
    if measure.fractional:
        part = demand - demand.numerator // demand.denominator
        grid = [entry + part for entry in grid]
    return [entry for entry in grid if entry != demand and entry + others <= stock]


def _price(gained: Fraction, lost: Fraction) -> Extended:
    """The λ at which what is lost in welfare outweighs what is gained."""
    if gained <= 0:
        return Fraction(0)
    return gained / lost if lost > 0 else INFINITY
