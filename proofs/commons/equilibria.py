"""Symmetric Markov equilibria of agents who are alike, backwards (theory.md, §4).

An agent's utility is its own expected catch plus λ times the total. Where demands exceed the stock
nothing is left, and every agent but the one with the largest demand gains by demanding more; so in
equilibrium either something is left, or all demand the most they can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from coopgap.proofs.commons.months import Reply, Values, ahead, reply, whole
from coopgap.theory.commons.rationing import catch
from coopgap.theory.commons.resource import Commons

SHOWN = 8
"""How many replies are told of a situation without an equilibrium."""

Pick = Literal["best", "worst"]
"""Of several equilibria of a month: of the greatest or the least welfare, then the least demand."""


@dataclass(frozen=True)
class Missing:
    """A situation that can be reached and has no equilibrium.

    past: the total harvests of the months before that still count, in units. replies: by what each
    kind demands, a demand by which somebody gains, where all demands are the same.
    """

    month: int
    signal: str
    stock: int
    past: tuple[int, ...] = ()
    replies: Mapping[int, int] = field(default_factory=dict)

    def __str__(self) -> str:
        seen = f" when growth is {self.signal}" if self.signal else ""
        past = f" after harvests of {', '.join(map(str, self.past))}" if self.past else ""
        shown = [f"{demand} for {other}" for demand, other in self.replies.items()]
        more = ", …" if len(shown) > SHOWN else ""
        why = f": one agent leaves {', '.join(shown[:SHOWN])}{more}" if shown else ""
        return f"in month {self.month} at a stock of {self.stock}{seen}{past}{why}"


@dataclass(frozen=True)
class Symmetric:
    """A symmetric Markov equilibrium at a common λ.

    values: by month and stock what each agent can expect, in units. demands: by month, signal and
    stock, each agent's. several: whether some situation that can be reached has another one.
    """

    commons: Commons
    level: Fraction
    pick: Pick
    values: tuple[Values, ...]
    demands: tuple[tuple[tuple[int, ...], ...], ...]
    several: bool

    @property
    def value(self) -> Fraction:
        """The expected total catch from the start, in units."""
        return self.commons.agents * self.values[0][self.commons.stock]


Caps = Callable[[int, int, int], int]
"""For a month, a signal and a stock the place in the grid of the largest demand allowed."""


def symmetric(
    commons: Commons, level: Fraction, pick: Pick = "best", caps: Caps | None = None
) -> Symmetric | Missing:
    """The equilibrium picked month by month; or a situation that can be reached and has none.

    caps: what a quota allows each agent; None: everything.
    """
    size = commons.capacity + 1
    values: list[Values] = [[Fraction(0)] * size]
    demands: list[tuple[tuple[int, ...], ...]] = []
    several = False
    for month in range(commons.horizon, 0, -1):
        worth, rows = [Fraction(0)] * size, []
        for number, signal in enumerate(commons.signals):
            stage = stage_of(commons, level, ahead(commons, signal, month, values[0]))
            row = []
            for stock in range(size):
                found = stage.equilibria(stock, caps(month, number, stock) if caps else -1)
                reached = stock in commons.reachable[month - 1]
                if reached and not found:
                    replies = {} if caps else stage.leaving(stock)
                    return Missing(month, signal.name, stock, (), replies)
                several = several or (reached and len(found) > 1)
                demand, own = picked(found, pick) if found else (0, Fraction(0))
                row.append(demand)
                worth[stock] += signal.probability * own
            rows.append(tuple(row))
        values.insert(0, worth)
        demands.insert(0, tuple(rows))
    return Symmetric(commons, level, pick, tuple(values), tuple(demands), several)


def picked(found: Sequence[tuple[int, Fraction]], pick: Pick) -> tuple[int, Fraction]:
    """Of equilibria, as demands with what they give each agent, the one picked."""
    sign = 1 if pick == "worst" else -1
    return min(found, key=lambda each: (sign * each[1], each[0]))


@dataclass(frozen=True)
class Stage:
    """A month with what is seen of growth: later, by what is left, is what each agent expects.

    There is one for all stocks up to the most that may be left.
    """

    commons: Commons
    level: Fraction
    later: Values
    replies: Reply
    unit: Fraction

    def equilibria(self, stock: int, cap: int = -1) -> list[tuple[int, Fraction]]:
        """The demands that are best replies to themselves, with what each agent gets, in units.

        cap: the place in the grid of the largest demand allowed.
        """
        commons = self.commons
        inside = (
            (demand, demand + self.later[stock - commons.agents * demand])
            for place, demand in enumerate(commons.grid)
            if self.keeps(stock, place, cap)
        )
        most = min(commons.grid[cap], stock)
        found = [
            (demand, own)
            for demand, own in inside
            if not self._all_in_pays(stock, demand, own, most)
        ]
        if self.empties(stock, cap):
            found.append((most, Fraction(stock, commons.agents)))
        return found

    def keeps(self, stock: int, place: int, cap: int) -> bool:
        """Whether all demand this, which leaves something, and no other demand inside is better."""
        left = stock - self.commons.agents * self.commons.grid[place]
        allowed = cap < 0 or place <= cap
        return allowed and left > 0 and self.replies.fits(left, place, cap)

    def empties(self, stock: int, cap: int) -> bool:
        """Whether all demand the most, which leaves nothing, and none gains by holding back."""
        commons, most = self.commons, min(self.commons.grid[cap], stock)
        room = stock - (commons.agents - 1) * most
        if room > most:
            return False
        utility = Fraction(stock, commons.agents) + self.level * room
        return room <= 0 or self.unit * int(self.replies.best[room, cap]) <= utility

    def leaving(self, stock: int) -> dict[int, int]:
        """By what all demand a better demand of one agent, where no demand is an equilibrium."""
        commons, most = self.commons, min(self.commons.grid[-1], stock)
        found = {}
        for place, demand in enumerate(each for each in commons.grid if each <= stock):
            left = stock - commons.agents * demand
            if left > 0 and not self.replies.fits(left, place, -1):
                room = left + demand
                found[demand] = commons.grid[int(self.replies.worth[room].argmax())]
            elif left > 0 or demand < most:
                found[demand] = most
        room = max(0, stock - (commons.agents - 1) * most)
        found[most] = commons.grid[int(self.replies.worth[room].argmax())]
        return found

    def _all_in_pays(self, stock: int, demand: int, own: Fraction, most: int) -> bool:
        """Whether an agent gains by demanding the most, where that leaves nothing."""
        commons = self.commons
        others = (commons.agents - 1) * demand
        if others + most < stock:
            return False
        caught = catch(commons.rationing, stock, most, ((commons.agents - 1, demand),))
        return caught + self.level * stock > own + self.level * commons.agents * own


def stage_of(commons: Commons, level: Fraction, later: Values) -> Stage:
    """The month, given what each agent expects from the next one on by what is left."""
    weighted = [(1 + commons.agents * level) * each / (1 + level) for each in later]
    (row,), denominator = whole(commons, 1, weighted)
    return Stage(
        commons,
        level,
        later,
        reply(commons, denominator, row),
        (1 + level) / denominator,
    )
