"""Markov equilibria of prosocial and selfish agents together (theory.md, §4).

The prosocial ones want the greatest expected total catch, and among equals the greatest of their
own; the selfish ones their own. Agents of a kind do the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.commons.equilibria import Missing, Pick
from coopgap.proofs.commons.months import Reply, Values, ahead, reply, whole
from coopgap.theory.commons.rationing import catch
from coopgap.theory.commons.resource import Commons

Demands = tuple[int, int]
"""What each prosocial and each selfish agent demands; 0 where there is none of a kind."""

Payoffs = tuple[Fraction, Fraction, Fraction]
"""What each prosocial and each selfish agent can expect, in units, and for how many months the
resource is there."""


@dataclass(frozen=True)
class Population:
    """An equilibrium of ``prosocial`` agents and others that are selfish.

    payoffs: by month and stock. demands: by month, signal and stock. several: whether some
    situation that can be reached has another equilibrium.
    """

    commons: Commons
    prosocial: int
    pick: Pick
    payoffs: tuple[Sequence[Payoffs], ...]
    demands: tuple[tuple[tuple[Demands, ...], ...], ...]
    several: bool

    @property
    def value(self) -> Fraction:
        """The expected total catch from the start, in units."""
        kind, other, _ = self.start
        return self.prosocial * kind + (self.commons.agents - self.prosocial) * other

    @property
    def start(self) -> Payoffs:
        """What the kinds can expect from the start, and the months that the resource lasts."""
        return self.payoffs[0][self.commons.stock]

    @property
    def survival(self) -> Fraction:
        """The expected share of the months at whose beginning the resource is there."""
        return self.start[2] / self.commons.horizon


def population(commons: Commons, prosocial: int, pick: Pick = "best") -> Population | Missing:
    """The equilibrium picked month by month; or a situation that can be reached and has none."""
    size = commons.capacity + 1
    nothing = (Fraction(0),) * 3
    payoffs: list[Sequence[Payoffs]] = [[nothing] * size]
    demands: list[tuple[tuple[Demands, ...], ...]] = []
    several = False
    for month in range(commons.horizon, 0, -1):
        worth, rows = [nothing] * size, []
        parts = [[row[part] for row in payoffs[0]] for part in range(3)]
        for signal in commons.signals:
            later = [ahead(commons, signal, month, each) for each in parts]
            stage = stage_of(commons, prosocial, later)
            row = []
            for stock in range(size):
                found = stage.equilibria(stock)
                reached = stock in commons.reachable[month - 1]
                if reached and not found:
                    return Missing(month, signal.name, stock)
                several = several or (reached and len(found) > 1)
                pair, got = stage.picked(found, pick) if found else ((0, 0), nothing)
                row.append(pair)
                worth[stock] = _plus(worth[stock], signal.probability, got)
            rows.append(tuple(row))
        payoffs.insert(0, worth)
        demands.insert(0, tuple(rows))
    return Population(commons, prosocial, pick, tuple(payoffs), tuple(demands), several)


def _plus(one: Payoffs, weight: Fraction, other: Payoffs) -> Payoffs:
    return (
        one[0] + weight * other[0],
        one[1] + weight * other[1],
        one[2] + weight * other[2],
    )


@dataclass(frozen=True)
class Stage:
    """A month with what is seen of growth; later, by what is left, are the three payoffs."""

    commons: Commons
    kinds: tuple[int, int]
    later: tuple[Values, Values, Values]
    welfare: Values
    total: Reply
    prosocial: Reply
    selfish: Reply
    units: tuple[int, int, int]

    def equilibria(self, stock: int) -> list[tuple[Demands, Payoffs]]:
        """The pairs of demands from which nobody gains by another demand, with payoffs."""
        found = [
            (pair, self._kept(pair, left))
            for pair, left in self._pairs(stock)
            if not self._all_in_pays(pair, left, stock)
        ]
        most = self.commons.largest(stock)
        if self.commons.agents * most >= stock and not self._holding_back_pays(stock, most):
            share = Fraction(stock, self.commons.agents)
            lasts = 1 + self.later[2][0]
            prosocial, selfish = self.kinds
            pair = (most if prosocial else 0, most if selfish else 0)
            own = (share if prosocial else Fraction(0), share if selfish else Fraction(0), lasts)
            found.append((pair, own))
        return found

    def picked(
        self, found: Sequence[tuple[Demands, Payoffs]], pick: Pick
    ) -> tuple[Demands, Payoffs]:
        """Of equilibria the one of the greatest or least welfare, then of the least demands."""
        sign, (kind, other) = 1 if pick == "worst" else -1, self.kinds
        return min(
            found, key=lambda each: (sign * (kind * each[1][0] + other * each[1][1]), each[0])
        )

    def _pairs(self, stock: int) -> Iterator[tuple[Demands, int]]:
        """Pairs that leave something and are best replies inside the stock, and what they leave."""
        prosocial, selfish = self.kinds
        grid = self.commons.grid
        for p, kind in enumerate(grid[: len(grid) if prosocial else 1]):
            room = stock - prosocial * kind
            if room <= 0:
                break
            for s, other in enumerate(grid[: len(grid) if selfish else 1]):
                left = room - selfish * other
                if left <= 0:
                    break
                if (not prosocial or self.prosocial.fits(left, p, -1)) and (
                    not selfish or self.selfish.fits(left, s, -1)
                ):
                    yield (kind, other), left

    def _kept(self, pair: Demands, left: int) -> Payoffs:
        own = [
            demand + later[left] if count else Fraction(0)
            for count, demand, later in zip(self.kinds, pair, self.later[:2], strict=True)
        ]
        return own[0], own[1], 1 + self.later[2][left]

    def _all_in_pays(self, pair: Demands, left: int, stock: int) -> bool:
        """Whether an agent of some kind gains by demanding the most, which leaves nothing."""
        most, (prosocial, selfish) = self.commons.largest(stock), self.kinds
        kept = self._kept(pair, left)
        for kind in (0, 1):
            if not self.kinds[kind] or left + pair[kind] > most:
                continue
            if kind == 0:
                welfare = stock - left + self.welfare[left]
                if welfare != stock:
                    if welfare < stock:
                        return True
                    continue
            others = ((prosocial - (kind == 0), pair[0]), (selfish - (kind == 1), pair[1]))
            # Who wants the whole stock gets at least what the others do not demand.
            if left + pair[kind] > kept[kind]:
                return True
            if catch(self.commons.rationing, stock, most, tuple(sorted(others))) > kept[kind]:
                return True
        return False

    def _holding_back_pays(self, stock: int, most: int) -> bool:
        """Whether an agent gains by leaving something when all others demand the most."""
        room = stock - (self.commons.agents - 1) * most
        if room <= 0:
            return False
        share = Fraction(stock, self.commons.agents)
        prosocial, selfish = self.kinds
        if selfish and self.selfish.best[room, -1] > share * self.units[2]:
            return True
        best = int(self.total.best[room, -1])
        if not prosocial or best < room * self.units[0]:
            return False
        return best > room * self.units[0] or self.prosocial.best[room, -1] > share * self.units[1]


def stage_of(commons: Commons, prosocial: int, later: Sequence[Values]) -> Stage:
    """The month, given the three payoffs from the next one on by what is left."""
    kinds = (prosocial, commons.agents - prosocial)
    welfare = [
        kinds[0] * one + kinds[1] * other for one, other in zip(later[0], later[1], strict=True)
    ]
    (total,), in_total = whole(commons, 1, welfare)
    (own,), in_own = whole(commons, 1, later[0])
    (other,), in_other = whole(commons, 1, later[1])
    first = reply(commons, in_total, total)
    return Stage(
        commons,
        kinds,
        (later[0], later[1], later[2]),
        welfare,
        first,
        reply(commons, in_own, own, among=first),
        reply(commons, in_other, other),
        (in_total, in_own, in_other),
    )
