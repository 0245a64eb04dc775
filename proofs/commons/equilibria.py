"""Symmetric Markov equilibria of agents who are alike, backwards (theory.md, §4).

An agent's utility is its own expected catch plus λ times the total. Where demands exceed the stock
nothing is left, and every agent but the one with the largest demand gains by demanding more; so in
equilibrium either something is left, or all demand the most they can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, Literal, Protocol

from coopgap.proofs.commons.months import Reply, Values, ahead, integer_rows, reply
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
        growth = f" when growth is {self.signal}" if self.signal else ""
        past = f" after harvests of {', '.join(map(str, self.past))}" if self.past else ""
        moves = [f"{demand} for {better}" for demand, better in self.replies.items()]
        more = ", …" if len(moves) > SHOWN else ""
        why = f": one agent leaves {', '.join(moves[:SHOWN])}{more}" if moves else ""
        return f"in month {self.month} at a stock of {self.stock}{growth}{past}{why}"


Kinds = Sequence[tuple[int, Fraction | None]]
"""How many agents are alike, and their λ; None where W comes first."""

Demands = tuple[int, ...]
"""What each agent of a kind demands, by kind."""

Payoffs = tuple[Fraction, ...]
"""What an agent of each kind can expect, in units, and last for how many months the resource is
there."""

Equilibria = Sequence[tuple[Demands, Payoffs]]
"""The equilibria of a situation."""


@dataclass(frozen=True)
class Play:
    """An equilibrium of kinds; several: whether some situation that can be reached has another."""

    commons: Commons
    kinds: Kinds
    start: Payoffs
    several: bool

    @property
    def value(self) -> Fraction:
        """The expected total catch from the start, in units."""
        return welfare(self.kinds, self.start)

    @property
    def survival(self) -> Fraction:
        """The expected share of the months at whose beginning the resource is there."""
        return self.start[-1] / self.commons.horizon


@dataclass(frozen=True)
class DrawnPlay(Play):
    """Where growth is drawn: payoffs by month and stock, demands by month, signal and stock."""

    payoffs: Sequence[Sequence[Payoffs]]
    demands: Sequence[Sequence[Sequence[Demands]]]


class Solved(Protocol):
    """A month with what is seen of growth, in which equilibria are known."""

    def equilibria(self, stock: int, cap: int = -1) -> Equilibria:
        """The demands from which nobody gains by another demand; cap: as in ``Stage``."""
        ...

    def leaving(self, stock: int) -> Mapping[int, int]:
        """By what all demand a better demand, where that is told."""
        ...


Solve = Callable[[Sequence[Values]], Solved]
"""A month, given what each kind expects from the next one on by what is left, and for how long."""

Caps = Callable[[int, int, int], int]
"""For a month, a signal and a stock the place in the grid of the largest demand allowed."""


def symmetric(
    commons: Commons, level: Fraction, pick: Pick = "best", caps: Caps | None = None
) -> DrawnPlay | Missing:
    """The equilibrium picked month by month; or a situation that can be reached and has none.

    caps: what a quota allows each agent; None: everything.
    """
    return backwards(
        commons, [(commons.agents, level)], partial(stage_of, commons, level), pick, caps
    )


def backwards(
    commons: Commons, kinds: Kinds, solve: Solve, pick: Pick, caps: Caps | None = None
) -> DrawnPlay | Missing:
    """The equilibrium of kinds that is picked month by month, or a situation without one."""
    size, parts = commons.capacity + 1, len(kinds) + 1
    nothing = (Fraction(0),) * parts
    idle = (0,) * len(kinds), nothing
    payoffs: list[Sequence[Payoffs]] = [[nothing] * size]
    demands: list[Sequence[Sequence[Demands]]] = []
    several, order = False, ordered(kinds, pick)
    for month in range(commons.horizon, 0, -1):
        worth, rows = [nothing] * size, []
        columns = [[row[part] for row in payoffs[0]] for part in range(parts)]
        for number, signal in enumerate(commons.signals):
            stage = solve([ahead(commons, signal, month, column) for column in columns])
            row = []
            for stock in range(size):
                equilibria = stage.equilibria(stock, caps(month, number, stock) if caps else -1)
                reached = stock in commons.reachable[month - 1]
                if reached and not equilibria:
                    replies = {} if caps else stage.leaving(stock)
                    return Missing(month, signal.name, stock, (), replies)
                several = several or (reached and len(equilibria) > 1)
                own, expected = min(equilibria, key=order, default=idle)
                row.append(own)
                pairs = zip(worth[stock], expected, strict=True)
                worth[stock] = tuple(before + signal.probability * gain for before, gain in pairs)
            rows.append(row)
        payoffs.insert(0, worth)
        demands.insert(0, rows)
    return DrawnPlay(commons, kinds, payoffs[0][commons.stock], several, payoffs, demands)


def ordered(kinds: Kinds, pick: Pick) -> Callable[[tuple[Demands, Payoffs]], Any]:
    """A key that is least for the equilibrium picked of several."""
    sign = 1 if pick == "worst" else -1
    return lambda equilibrium: (sign * welfare(kinds, equilibrium[1]), equilibrium[0])


def welfare(kinds: Kinds, payoffs: Payoffs) -> Fraction:
    """What all agents get together."""
    pairs = zip(kinds, payoffs[:-1], strict=True)
    return sum((count * own for (count, _), own in pairs), start=Fraction(0))


@dataclass(frozen=True)
class Stage:
    """A month with what is seen of growth: later, by what is left, is what each agent expects.

    There is one for all stocks up to the most that may be left.
    """

    commons: Commons
    level: Fraction
    later: Values
    lasting: Values
    replies: Reply
    unit: Fraction

    def equilibria(self, stock: int, cap: int = -1) -> Equilibria:
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
        stable = [pair for pair in inside if not self._all_in_pays(stock, *pair, most)]
        if self.empties(stock, cap):
            stable.append((most, Fraction(stock, commons.agents)))
        return [
            ((demand,), (own, 1 + self.lasting[max(0, stock - commons.agents * demand)]))
            for demand, own in stable
        ]

    def keeps(self, stock: int, place: int, cap: int) -> bool:
        """Whether all demand this, which leaves something, and no other demand inside is better."""
        rest = stock - self.commons.agents * self.commons.grid[place]
        allowed = cap < 0 or place <= cap
        return allowed and rest > 0 and self.replies.fits(rest, place, cap)

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
        moves = {}
        for place, demand in enumerate(entry for entry in commons.grid if entry <= stock):
            rest = stock - commons.agents * demand
            if rest > 0 and not self.replies.is_best(rest, place):
                room = rest + demand
                moves[demand] = commons.grid[int(self.replies.worth[room].argmax())]
            elif rest > 0 or demand < most:
                moves[demand] = most
        room = max(0, stock - (commons.agents - 1) * most)
        moves[most] = commons.grid[int(self.replies.worth[room].argmax())]
        return moves

    def _all_in_pays(self, stock: int, demand: int, own: Fraction, most: int) -> bool:
        """Whether an agent gains by demanding the most, where that leaves nothing."""
        commons = self.commons
        others = (commons.agents - 1) * demand
        if others + most < stock:
            return False
        caught = catch(commons.rationing, stock, most, ((commons.agents - 1, demand),))
        return caught + self.level * stock > own + self.level * commons.agents * own


def stage_of(commons: Commons, level: Fraction, expected: Sequence[Values]) -> Stage:
    """The month, given what each agent expects by what is left, and how long that lasts."""
    later, lasting = expected
    weighted = [(1 + commons.agents * level) * value / (1 + level) for value in later]
    (row,), denominator = integer_rows(commons, 1, weighted)
    unit = (1 + level) / denominator
    return Stage(commons, level, later, lasting, reply(commons, denominator, row), unit)
