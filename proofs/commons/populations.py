"""Markov equilibria of prosocial and selfish agents together (theory.md, §4).

The prosocial ones want the greatest expected total catch, and among equals the greatest of their
own; the selfish ones their own. Agents of a kind do the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from coopgap.proofs.commons.equilibria import (
    DrawnPlay,
    Equilibria,
    Kinds,
    Missing,
    Pick,
    backwards,
)
from coopgap.proofs.commons.months import Reply, Values, integer_rows, reply
from coopgap.theory.commons.rationing import catch
from coopgap.theory.commons.resource import Commons

Pair = tuple[int, int]
"""What each prosocial and each selfish agent demands; 0 where there is none of a kind."""


def kinds_of(commons: Commons, prosocial: int) -> Kinds:
    """The kinds that there are: prosocial agents, who want the greatest total, and selfish ones."""
    kinds = [(prosocial, None), (commons.agents - prosocial, Fraction(0))]
    return [(count, level) for count, level in kinds if count]


def population(commons: Commons, prosocial: int, pick: Pick = "best") -> DrawnPlay | Missing:
    """The equilibrium picked month by month; or a situation that can be reached and has none."""
    solve = partial(stage_of, commons, prosocial)
    return backwards(commons, kinds_of(commons, prosocial), solve, pick)


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

    def equilibria(self, stock: int, cap: int = -1) -> Equilibria:
        """The demands of the kinds from which nobody gains by another demand, with payoffs."""
        present = [place for place, count in enumerate(self.kinds) if count]
        equilibria = [
            (
                tuple(pair[k] for k in present),
                tuple(self._payoffs(pair, rest)[k] for k in (*present, 2)),
            )
            for pair, rest in self._pairs(stock)
            if not self._all_in_pays(pair, rest, stock)
        ]
        most = self.commons.largest(stock)
        if self.commons.agents * most >= stock and not self._holding_back_pays(stock, most):
            share = Fraction(stock, self.commons.agents)
            lasts = 1 + self.later[2][0]
            equilibria.append(((most,) * len(present), (*[share] * len(present), lasts)))
        return equilibria

    def leaving(self, stock: int) -> Mapping[int, int]:
        """Nothing is told of replies."""
        return {}

    def _pairs(self, stock: int) -> Iterator[tuple[Pair, int]]:
        """Pairs that leave something and are best replies inside the stock, and what they leave."""
        prosocial, selfish = self.kinds
        grid = self.commons.grid
        for p, prosocial_demand in enumerate(grid[: len(grid) if prosocial else 1]):
            room = stock - prosocial * prosocial_demand
            if room <= 0:
                break
            for s, selfish_demand in enumerate(grid[: len(grid) if selfish else 1]):
                rest = room - selfish * selfish_demand
                if rest <= 0:
                    break
                if (not prosocial or self.prosocial.is_best(rest, p)) and (
                    not selfish or self.selfish.is_best(rest, s)
                ):
                    yield (prosocial_demand, selfish_demand), rest

    def _payoffs(self, pair: Pair, rest: int) -> tuple[Fraction, Fraction, Fraction]:
        own = [
            demand + later[rest] if count else Fraction(0)
            for count, demand, later in zip(self.kinds, pair, self.later[:2], strict=True)
        ]
        return own[0], own[1], 1 + self.later[2][rest]

    def _all_in_pays(self, pair: Pair, rest: int, stock: int) -> bool:
        """Whether an agent of some kind gains by demanding the most, which leaves nothing."""
        most, (prosocial, selfish) = self.commons.largest(stock), self.kinds
        payoffs = self._payoffs(pair, rest)
        for kind in (0, 1):
            if not self.kinds[kind] or rest + pair[kind] > most:
                continue
            if kind == 0:
                welfare = stock - rest + self.welfare[rest]
                if welfare != stock:
                    if welfare < stock:
                        return True
                    continue
            rivals = ((prosocial - (kind == 0), pair[0]), (selfish - (kind == 1), pair[1]))
            # Who wants the whole stock gets at least what the others do not demand.
            if rest + pair[kind] > payoffs[kind]:
                return True
            if catch(self.commons.rationing, stock, most, tuple(sorted(rivals))) > payoffs[kind]:
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


def stage_of(commons: Commons, prosocial: int, expected: Sequence[Values]) -> Stage:
    """The month, given what the kinds that there are expect by what is left, and how long."""
    kinds = (prosocial, commons.agents - prosocial)
    *payoffs, lasting = expected
    nothing = [Fraction(0)] * len(lasting)
    first, second = (payoffs.pop(0) if count else nothing for count in kinds)
    welfare = [
        kinds[0] * own + kinds[1] * theirs for own, theirs in zip(first, second, strict=True)
    ]
    (total,), total_unit = integer_rows(commons, 1, welfare)
    (prosocial_row,), prosocial_unit = integer_rows(commons, 1, first)
    (selfish_row,), selfish_unit = integer_rows(commons, 1, second)
    best = reply(commons, total_unit, total)
    return Stage(
        commons,
        kinds,
        (first, second, lasting),
        welfare,
        best,
        reply(commons, prosocial_unit, prosocial_row, among=best),
        reply(commons, selfish_unit, selfish_row),
        (total_unit, prosocial_unit, selfish_unit),
    )
