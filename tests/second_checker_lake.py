"""What a second checker of certificates about a commons reads of them: forms, and the data."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import Any


class Reject(Exception):
    """The certificate is not as the page describes."""


def need(condition: bool, reason: str) -> None:
    """Reject unless the condition is true."""
    if not condition:
        raise Reject(reason)


def keys(value: Any, *names: str) -> list[Any]:
    """The values of an object with exactly these fields."""
    need(isinstance(value, dict) and sorted(value) == sorted(names), f"not the fields {names}")
    return [value[name] for name in names]


def whole(value: Any, low: int, high: int) -> int:
    """An integer from low to high."""
    need(type(value) is int and low <= value <= high, "not a whole number in its range")
    return int(value)


def listed(value: Any, size: int | None = None) -> list[Any]:
    """A list, of a size if one is given."""
    need(isinstance(value, list) and size in (None, len(value)), "not a list of the size")
    return list(value)


def exact(value: Any) -> Fraction:
    """A fraction in lowest terms, as text."""
    need(
        isinstance(value, str) and bool(re.fullmatch(r"-?[0-9]+(/[0-9]*[1-9][0-9]*)?", value)), "?"
    )
    number = Fraction(value)
    need(str(number) == value, "not in lowest terms")
    return number


def floats_are_refused(text: str) -> Any:
    raise Reject(f"{text} is a float")


def distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need(len({key for key, _ in pairs}) == len(pairs), "a key is given twice")
    return dict(pairs)


@cache
def draws(units: int, own: int, others: tuple[int, ...]) -> Fraction:
    """What the first agent can expect if units go one by one to an agent who wants more."""
    if units == 0 or own == 0:
        return Fraction(0)
    wanting = 1 + sum(demand > 0 for demand in others)
    total = 1 + draws(units - 1, own - 1, others)
    for place, demand in enumerate(others):
        if demand:
            less = tuple(sorted((*others[:place], demand - 1, *others[place + 1 :])))
            total += draws(units - 1, own, less)
    return total / wanting


class Lake:
    """The data."""

    def __init__(self, data: Any) -> None:
        names = ("agents", "stock", "capacity", "harvest", "growth", "seen", "collapse", "horizon")
        values = keys(data, *names, "rationing", "shock")
        self.n = whole(values[0], 1, 100)
        self.capacity = whole(values[2], 0, 1000)
        self.start = whole(values[1], 0, self.capacity)
        self.grid = [whole(number, 0, 1000) for number in listed(values[3])]
        need(self.grid[:1] == [0] and self.grid == sorted(set(self.grid)), "not ascending from 0")
        self.turning = isinstance(values[4], dict)
        if self.turning:
            need(values[5] is True, "the regime is not seen")
            self._regimes(values[4])
        rows = [listed(row, 3) for row in ([[1, 1, 1]] if self.turning else listed(values[4]))]
        need(bool(rows), "no growth")
        last = 999_999
        weighted = [
            (whole(w, 1, last), Fraction(whole(a, 0, last), whole(b, 1, last))) for w, a, b in rows
        ]
        self.weight = sum(w for w, _ in weighted)
        chances = [(Fraction(w, self.weight), r) for w, r in weighted]
        need(type(values[5]) is bool, "seen is no truth value")
        certain = Fraction(1)
        self.signals = (
            [(p, [(certain, r)]) for p, r in chances] if values[5] else [(certain, chances)]
        )
        self.collapse = whole(values[6], 0, 1000)
        self.months = whole(values[7], 1, 120)
        need(values[8] in ("one-at-a-time", "proportional"), "no such rationing")
        self.proportional = values[8] == "proportional"
        self.shock = None
        if values[9] is not None:
            self.shock = [whole(number, 0, 1000) for number in listed(values[9], 3)]
        sums = {0}
        for _ in range(self.n):
            sums = {min(s + d, self.capacity) for s in sums for d in self.grid}
        self.quotas = sorted(sums)
        self.stocks = range(self.capacity + 1)

    def _regimes(self, value: Any) -> None:
        factors, window, turns = keys(value, "factors", "window", "turns")
        self.factors = [exact(factor) for factor in listed(factors, 2)]
        self.window = whole(window, 1, 120)
        self.turns = [[exact(number) for number in listed(turn, 4)] for turn in listed(turns, 2)]
        need(min(self.factors) >= 0, "a factor")
        for threshold, probability, slope, most in self.turns:
            need(threshold >= 0 and slope >= 0, "a turn")
            need(0 <= probability <= 1 and 0 <= most <= 1, "a probability")

    def choices(self, stock: int, cap: int | None = None) -> list[int]:
        """An agent's choices."""
        return sorted({min(d, stock) for d in self.grid if cap is None or d <= cap})

    def next_stock(self, month: int, rest: int, factor: Fraction) -> int:
        """The next stock."""
        stock = min(self.capacity, int(rest * factor))
        if self.shock is not None and self.shock[0] == month:
            stock = min(stock, max(self.shock[2], stock - self.shock[1]))
        return stock

    def next_stocks(self, month: int, rest: int, growth: Any) -> list[tuple[Fraction, int]]:
        """The stocks that may follow, with their probabilities."""
        if rest < self.collapse or month == self.months:
            return []
        return [(p, self.next_stock(month, rest, r)) for p, r in growth]

    def caught(self, stock: int, who: int, demands: list[int]) -> Fraction:
        """What one of the agents can expect."""
        total = sum(demands)
        if total <= stock:
            return Fraction(demands[who])
        if self.proportional:
            return Fraction(demands[who] * stock, total)
        others = demands[:who] + demands[who + 1 :]
        return draws(stock, demands[who], tuple(sorted(others)))


def reached(lake: Lake) -> list[set[int]]:
    """By month, the stocks that some harvests lead to."""
    by_month = [{lake.start}]
    for month in range(1, lake.months):
        by_month.append(
            {
                s
                for stock in by_month[-1]
                for quota in lake.quotas
                for _, growth in lake.signals
                for _, s in lake.next_stocks(month, stock - min(quota, stock), growth)
            }
        )
    return by_month
