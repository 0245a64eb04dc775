"""A commons: who shares what, how it grows, and what a month does to it (theory.md, §4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from operator import or_
from typing import Literal

from coopgap.theory.errors import InputError

Rationing = Literal["one-at-a-time", "proportional"]


@dataclass(frozen=True)
class Growth:
    """What the stock that is left is multiplied by each month.

    One factor, or several with a prior, drawn anew each month; or the two of ``Regimes``. seen:
    whether agents see the draw, or the regime, before they harvest.
    """

    names: tuple[str, ...]
    factors: tuple[Fraction, ...]
    prior: tuple[Fraction, ...]
    seen: bool = False


@dataclass(frozen=True)
class Shock:
    """A loss after the growth of one month, which takes no stock below a floor."""

    after: int
    loss: int
    floor: int = 0


@dataclass(frozen=True)
class Signal:
    """What agents see of growth before a month's harvest, and the growth that it leaves open.

    outcomes: probabilities, pure numbers that sum to one, with factors.
    """

    name: str
    probability: Fraction
    outcomes: tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Commons:
    """A shared stock. Stocks and harvests are whole units, and payoffs are in units.

    grid: each agent's demands in ascending order, 0 among them; a demand above the stock is cut to
    it. A month: agents observe, demand, are rationed if they ask for more than there is; if less
    than ``collapse`` is left the resource is gone; else what is left grows, is rounded down and
    capped. prosocial: how many agents are, where the spec says so.
    """

    agents: int
    stock: int
    capacity: int
    grid: tuple[int, ...]
    growth: Growth
    horizon: int
    collapse: int = 0
    rationing: Rationing = "one-at-a-time"
    shock: Shock | None = None
    prosocial: int | None = None

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """What agents may see in a month, each of positive probability.

        Raises InputError for growth that is not drawn but has regimes.
        """
        if not self.growth.prior:
            raise InputError(
                "here growth has regimes, and this is worked out where growth is drawn",
                fix="coopgap check decides what can be said",
                field="commons.growth",
            )
        growth = self.growth
        drawn = [
            (name, p, factor)
            for name, p, factor in zip(growth.names, growth.prior, growth.factors, strict=True)
            if p > 0
        ]
        if growth.seen:
            return tuple(Signal(name, p, ((Fraction(1), factor),)) for name, p, factor in drawn)
        return (Signal("", Fraction(1), tuple((p, factor) for _, p, factor in drawn)),)

    def grown(self, rest: int, factor: Fraction, month: int) -> int:
        """The stock after a month (the first is 1), of what its harvest leaves."""
        stock = min(self.capacity, int(factor * rest))
        if self.shock is not None and month == self.shock.after:
            stock = min(stock, max(self.shock.floor, stock - self.shock.loss))
        return stock

    def next_stocks(self, rest: int, signal: Signal, month: int) -> dict[int, Fraction]:
        """The probabilities of the next month's stocks; none if the resource is gone."""
        stocks: dict[int, Fraction] = {}
        if rest < self.collapse:
            return stocks
        for probability, factor in signal.outcomes:
            stock = self.grown(rest, factor, month)
            stocks[stock] = stocks.get(stock, Fraction(0)) + probability
        return stocks

    def largest(self, stock: int) -> int:
        """The largest demand of one agent."""
        return min(self.grid[-1], stock)

    @cached_property
    def _sums(self) -> tuple[int, ...]:
        """The sums of all agents' demands, up to the capacity."""
        cut = (1 << (self.capacity + 1)) - 1
        sums = 1
        for _ in range(self.agents):
            sums = cut & reduce(or_, (sums << demand for demand in self.grid))
        return tuple(total for total in range(self.capacity + 1) if sums >> total & 1)

    def totals(self, stock: int) -> tuple[int, ...]:
        """The total harvests that agents can take from a stock, in ascending order."""
        below = tuple(total for total in self._sums if total < stock)
        return (*below, stock) if self.agents * self.grid[-1] >= stock else below

    @cached_property
    def quotas(self) -> tuple[int, ...]:
        """The total harvests that a quota can name: all that some stock allows."""
        return self.totals(self.capacity)

    @cached_property
    def reachable(self) -> tuple[frozenset[int], ...]:
        """By month, the stocks that some harvests lead to."""
        months = [frozenset({self.stock})]
        for month in range(1, self.horizon):
            rests = {stock - total for stock in months[-1] for total in self.totals(stock)}
            months.append(
                frozenset(
                    stock
                    for rest in rests
                    for signal in self.signals
                    for stock in self.next_stocks(rest, signal, month)
                )
            )
        return tuple(months)
