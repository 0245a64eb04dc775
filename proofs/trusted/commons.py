"""A commons as certificates carry it: what a month does, and what rationing gives.

Stocks, demands and harvests are whole units; weights over their sum are probabilities.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, lcm, prod
from typing import Any

from coopgap.proofs.trusted.documents import (
    Budget,
    fields,
    integer,
    listing,
    require,
    text_of,
    truth_of,
)
from coopgap.proofs.trusted.polynomials import point_of

MOST = 1001
"""Numbers in the data lie below this, but for those of growth."""

LONG = 1_000_000
"""Numbers of growth lie below this."""

Groups = tuple[tuple[int, int], ...]
"""How many other agents demand how much, in ascending order."""


Turn = tuple[Fraction, Fraction, Fraction, Fraction]
"""When a regime turns: a threshold of mean harvests, a probability, what each unit beyond the
threshold adds to it, and the most that it can be."""


@dataclass(frozen=True)
class Regimes:
    """Growth by two regimes, which turn with the mean harvest of the last months of a window."""

    factors: tuple[Fraction, ...]
    window: int
    turns: tuple[Turn, ...]

    def chance(self, regime: int, totals: Sequence[int]) -> Fraction:
        """The probability that a regime turns: the first from its threshold on, the other below."""
        threshold, probability, slope, most = self.turns[regime]
        beyond = Fraction(sum(totals), len(totals)) - threshold
        beyond = -beyond if regime else beyond
        if beyond < 0 or (regime and beyond == 0):
            return Fraction(0)
        return min(most, probability + slope * beyond)


@dataclass(frozen=True)
class Commons:
    """The data.

    signals: what may be seen of growth, each with its weight and with the weights of the growths
    that it leaves open. The products of both sum to ``weight``. With regimes there are none.
    """

    agents: int
    stock: int
    capacity: int
    grid: tuple[int, ...]
    signals: tuple[tuple[int, tuple[tuple[int, Fraction], ...]], ...]
    weight: int
    collapse: int
    horizon: int
    proportional: bool
    shock: tuple[int, int, int] | None
    regimes: Regimes | None

    def after(self, rest: int, month: int, factor: Fraction) -> int:
        """The next month's stock, of what the harvest leaves."""
        stock = min(self.capacity, rest * factor.numerator // factor.denominator)
        if self.shock is not None and month == self.shock[0]:
            stock = min(stock, max(self.shock[2], stock - self.shock[1]))
        return stock

    def quotas(self) -> list[int]:
        """The total harvests that demands of all agents make from some stock, ascending."""
        sums = 1
        for _ in range(self.agents):
            previous, sums = sums, 0
            for demand in self.grid:
                sums |= previous << demand & (1 << self.capacity + 1) - 1
        totals = [total for total in range(self.capacity) if sums >> total & 1]
        return [*totals, self.capacity] if self.agents * self.grid[-1] >= self.capacity else totals


def harvests(quotas: Sequence[int], stock: int, low: int, high: int) -> list[int]:
    """The harvests by quotas from low to high: the quota, or all there is."""
    first, last = bisect_left(quotas, low), bisect_right(quotas, high)
    require(first < last, "no quota lies within the limits")
    full = min(bisect_left(quotas, stock), last)
    return [*quotas[first:full], *([stock] if full < last else [])]


def commons_of(data: Any) -> Commons:
    """The commons in the data of a certificate."""
    names = ("agents", "stock", "capacity", "harvest", "growth", "seen", "collapse", "horizon")
    listed = fields(data, "the data", *names, "rationing", "shock")
    capacity = integer(listed[2], 0, MOST)
    grid = tuple(integer(demand, 0, MOST) for demand in listing(listed[3]))
    require(grid[:1] == (0,) and list(grid) == sorted(set(grid)), "demands ascend from 0")
    regimes = _regimes(listed[4]) if isinstance(listed[4], dict) else None
    drawn = [] if regimes else [_growth(entry) for entry in listing(listed[4])]
    require(regimes is not None or len(drawn) > 0, "there is no growth")
    seen, whole = truth_of(listed[5]), ((1, tuple(drawn)),)
    require(seen or regimes is None, "agents see the regime")
    shock = None
    if listed[9] is not None:
        after, loss, least = (integer(number, 0, MOST) for number in listing(listed[9], 3))
        shock = (after, loss, least)
    return Commons(
        agents=integer(listed[0], 1, 101),
        stock=integer(listed[1], 0, capacity + 1),
        capacity=capacity,
        grid=grid,
        signals=tuple((w, ((1, r),)) for w, r in drawn) if seen else whole,
        weight=sum(weight for weight, _ in drawn),
        collapse=integer(listed[6], 0, MOST),
        horizon=integer(listed[7], 1, 121),
        proportional=text_of(listed[8], "one-at-a-time", "proportional") == "proportional",
        shock=shock,
        regimes=regimes,
    )


def _regimes(value: Any) -> Regimes:
    factors, window, turns = fields(value, "regimes", "factors", "window", "turns")
    regimes = Regimes(
        point_of(listing(factors, 2), 2),
        integer(window, 1, 121),
        tuple(_turn(turn) for turn in listing(turns, 2)),
    )
    require(min(regimes.factors) >= 0, "a factor is negative")
    return regimes


def _turn(value: Any) -> Turn:
    threshold, probability, slope, most = point_of(listing(value, 4), 4)
    require(min(threshold, slope) >= 0, "a threshold or slope is negative")
    require(0 <= probability <= 1 and 0 <= most <= 1, "a probability is none")
    return threshold, probability, slope, most


def _growth(value: Any) -> tuple[int, Fraction]:
    weight, above, below = listing(value, 3)
    factor = Fraction(integer(above, 0, LONG), integer(below, 1, LONG))
    return integer(weight, 1, LONG), factor


def caught(commons: Commons, stock: int, own: int, others: Groups, budget: Budget) -> Fraction:
    """The expected catch of an agent that demands ``own`` where the others demand these."""
    demanded = own + sum(count * demand for count, demand in others)
    if demanded <= stock:
        return Fraction(own)
    if commons.proportional:
        return Fraction(own * stock, demanded)
    return _drawn(stock, own, tuple(group for group in others if all(group)), budget)


def _drawn(stock: int, own: int, others: Groups, budget: Budget) -> Fraction:
    """The same if units go one at a time to an agent drawn from those who want one.

    A state says of each group how many want more and how many units these have; given these, all
    orders of their draws are equally likely. The agent itself is assumed to want all: once it has
    ``own``, what follows does not change the lesser of the two.
    """
    scale = lcm(*range(1, 2 + sum(count for count, _ in others)))
    layer = {tuple((count, 0) for count, _ in others): 1}
    for drawn in range(stock):
        longer = len(others) // 8 + drawn * scale.bit_length() // 8192
        budget.spend(len(layer) * (1 + len(others)) * (1 + longer))
        after: dict[tuple[tuple[int, int], ...], int] = defaultdict(int)
        for state, weight in layer.items():
            share = weight * (scale // (1 + sum(wanting for wanting, _ in state)))
            after[state] += share
            for place, ((wanting, units), (_, most)) in enumerate(zip(state, others, strict=True)):
                before, behind = state[:place], state[place + 1 :]
                if wanting and units < wanting * (most - 1):
                    after[*before, (wanting, units + 1), *behind] += share
                rest = units - most + 1
                if wanting and 0 <= rest <= (wanting - 1) * (most - 1):
                    satisfied = (*before, (wanting - 1, rest), *behind)
                    after[satisfied] += share * wanting * comb(units, rest)
        layer = after
    orders = [_orders(count, most, stock, budget) for count, most in others]
    total = 0
    for state, weight in layer.items():
        ways = prod(
            known[wanting][units] for known, (wanting, units) in zip(orders, state, strict=True)
        )
        catch = sum(
            units + (count - wanting) * most
            for (wanting, units), (count, most) in zip(state, others, strict=True)
        )
        total += weight * ways * min(own, stock - catch)
    return Fraction(total, scale**stock)


def _orders(count: int, most: int, units: int, budget: Budget) -> list[list[int]]:
    """By agents and units, the orders in which units go to agents who get fewer than ``most``."""
    budget.spend(count * (units + 1) * min(units + 1, most) * (1 + units // 100))
    known = [[1] + [0] * units]
    for _ in range(count):
        known.append(
            [
                sum(comb(n, own) * known[-1][n - own] for own in range(min(n, most - 1) + 1))
                for n in range(units + 1)
            ]
        )
    return known
