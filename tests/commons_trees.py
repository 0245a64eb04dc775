"""Commons solved by their game trees, from the definitions of theory.md §4 alone: every profile of
demands, every draw of the rationing, every deviation is tried. Nothing of proofs is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache, cached_property
from itertools import product
from random import Random

from coopgap.theory.commons.regimes import Regimes, Turn
from coopgap.theory.commons.resource import Commons, Growth, Shock
from coopgap.theory.commons.specification import Cell, QuotaLanguage

Profile = tuple[int, ...]
Expected = tuple[Fraction, ...]
Draws = list[tuple[Fraction, Fraction]]

Place = tuple[int, int, Profile]
"""The stock, the regime and all earlier totals (regime 0 and no totals without regimes)."""


@cache
def shares(stock: int, wants: Profile) -> Expected:
    """What each agent can expect if units go one by one to a random agent who still wants some."""
    wanting = [i for i, want in enumerate(wants) if want]
    catch = [Fraction(0)] * len(wants)
    if stock == 0 or not wanting:
        return tuple(catch)
    for i in wanting:
        rest = shares(stock - 1, (*wants[:i], wants[i] - 1, *wants[i + 1 :]))
        for j, more in enumerate(rest):
            catch[j] += (more + (i == j)) / len(wanting)
    return tuple(catch)


class Tree:
    """The game tree of a commons."""

    def __init__(self, commons: Commons) -> None:
        self.commons = commons

    def choices(self, stock: int) -> list[int]:
        """An agent's demands at a stock."""
        return sorted({min(demand, stock) for demand in self.commons.grid})

    def caught(self, stock: int, demands: Profile) -> Expected:
        """What each can expect of its demand."""
        total = sum(demands)
        if total <= stock:
            return tuple(map(Fraction, demands))
        if self.commons.rationing == "proportional":
            return tuple(Fraction(demand * stock, total) for demand in demands)
        return shares(stock, demands)

    @property
    def first(self) -> Place:
        """Where the first month begins."""
        return self.commons.stock, 0, ()

    def draws(self) -> Iterator[tuple[str, Fraction, Draws]]:
        """What is seen of growth, how likely, and the growth that then may come."""
        growth = self.commons.growth
        if isinstance(growth, Regimes):
            yield "", Fraction(1), []
            return
        rows = [x for x in zip(growth.names, growth.prior, growth.factors, strict=True) if x[1]]
        if growth.seen:
            yield from ((name, p, [(Fraction(1), r)]) for name, p, r in rows)
        else:
            yield "", Fraction(1), [(p, r) for _, p, r in rows]

    def turned(self, regime: int, totals: Profile) -> Fraction:
        """The probability that the regime turns after these totals."""
        growth = self.commons.growth
        assert isinstance(growth, Regimes)
        last = totals[-growth.window :]
        mean = sum(last) / Fraction(len(last))
        turn = (growth.shift, growth.recover)[regime]
        if (regime == 0 and mean < turn.threshold) or (regime == 1 and mean >= turn.threshold):
            return Fraction(0)
        return min(turn.most, turn.probability + turn.slope * abs(mean - turn.threshold))

    def after(
        self, month: int, place: Place, total: int, growth: Draws
    ) -> list[tuple[Fraction, Place]]:
        """Where the next month begins; nowhere if the resource is gone or the last month over."""
        stock, regime, totals = place
        rest = stock - min(stock, total)
        if rest < self.commons.collapse or month == self.commons.horizon:
            return []
        growths = [(p, r, 0) for p, r in growth]
        if isinstance(self.commons.growth, Regimes):
            totals = (*totals, min(stock, total))
            turned = self.turned(regime, totals)
            chances = [(1 - turned, regime), (turned, 1 - regime)]
            growths = [(p, self.commons.growth.factors[k], k) for p, k in chances if p > 0]
        outcomes = []
        for p, r, k in growths:
            next_stock = min(self.commons.capacity, (rest * r.numerator) // r.denominator)
            shock = self.commons.shock
            if shock is not None and shock.after == month and next_stock > shock.floor:
                next_stock = max(next_stock - shock.loss, shock.floor)
            outcomes.append((p, (next_stock, k, totals)))
        return outcomes

    def reached(self, month: int) -> set[Place]:
        """Where a month may begin."""
        if month == 1:
            return {self.first}
        return {
            next_place
            for place in self.reached(month - 1)
            for demands in product(self.choices(place[0]), repeat=self.commons.agents)
            for _, _, growth in self.draws()
            for _, next_place in self.after(month - 1, place, sum(demands), growth)
        }

    @cached_property
    def best(self) -> Fraction:
        """The first best."""

        @cache
        def value(month: int, place: Place) -> Fraction:
            total, stock = Fraction(0), place[0]
            for _, p, growth in self.draws():
                options = [
                    min(stock, sum(demands))
                    + sum(
                        q * value(month + 1, s)
                        for q, s in self.after(month, place, sum(demands), growth)
                    )
                    for demands in product(self.choices(stock), repeat=self.commons.agents)
                ]
                total += p * max(options)
            return total

        return value(1, self.first)

    def ruled(self, language: QuotaLanguage, rule: Mapping[Cell, int]) -> Fraction:
        """What a quota rule is worth."""

        @cache
        def value(month: int, place: Place) -> Fraction:
            total, stock = Fraction(0), place[0]
            for number, (_, p, growth) in enumerate(self.draws()):
                quota = min(stock, rule[self.cell(language, month, number, place)])
                next_places = self.after(month, place, quota, growth)
                total += p * (
                    quota + sum((q * value(month + 1, s) for q, s in next_places), Fraction(0))
                )
            return total

        return value(1, self.first)

    def cell(self, language: QuotaLanguage, month: int, signal: int, place: Place) -> Cell:
        """What a quota can tell."""
        stock, regime, totals = place
        growth = self.commons.growth
        if not isinstance(growth, Regimes):
            return language.cell(month, signal, stock)
        past = totals[-(growth.window - 1) :] if language.past and growth.window > 1 else ()
        seen_regime = regime if language.regime else 0
        return (language.month[month - 1], seen_regime, language.stock[stock], *past)

    def play(
        self, prosocial: int, level: Fraction | None, pick: str | Random
    ) -> tuple[Fraction, ...] | None:
        """What each kind can expect in the equilibrium picked month by month, the months that the
        resource lasts, and whether a situation had several; None where one has none.

        level: λ of the prosocial agents, or None if W comes first for them and then their own.
        pick: best or worst, or what picks any.
        """
        n = self.commons.agents
        several = []

        @cache
        def value(month: int, place: Place) -> tuple[Fraction, ...]:
            if month > self.commons.horizon:
                return (Fraction(0),) * 3
            total = [Fraction(0)] * 3
            for _, p, growth in self.draws():
                options = equilibria(month, place, growth)
                if not options:
                    raise LookupError
                several.append(len(options) > 1)
                for i, payoff in enumerate(chosen(options)[1]):
                    total[i] += p * payoff
            return tuple(total)

        def outcome(
            month: int, place: Place, demands: Profile, growth: Draws
        ) -> list[tuple[Fraction, Fraction]]:
            """By agent W and its own; the first are prosocial."""
            catches = self.caught(place[0], demands)
            later = [Fraction(0)] * 3
            for q, s in self.after(month, place, sum(demands), growth):
                for i, payoff in enumerate(value(month + 1, s)):
                    later[i] += q * payoff
            own = [amount + later[i >= prosocial] for i, amount in enumerate(catches)]
            return [(sum(own, Fraction(0)), amount) for amount in own]

        def utility(i: int, pair: tuple[Fraction, Fraction]) -> tuple[Fraction, ...]:
            if i >= prosocial:
                return (pair[1],)
            return pair if level is None else (pair[1] + level * pair[0],)

        def equilibria(
            month: int, place: Place, growth: Draws
        ) -> list[tuple[tuple[int, int], tuple[Fraction, ...]]]:
            pairs: list[tuple[tuple[int, int], tuple[Fraction, ...]]] = []
            choices = self.choices(place[0])
            for a, b in product(choices if prosocial else [0], choices if prosocial < n else [0]):
                demands = (a,) * prosocial + (b,) * (n - prosocial)
                base = outcome(month, place, demands, growth)
                if any(
                    utility(
                        i,
                        outcome(month, place, (*demands[:i], demand, *demands[i + 1 :]), growth)[i],
                    )
                    > utility(i, base[i])
                    for i in {0, n - 1}
                    for demand in choices
                ):
                    continue
                lasts = 1 + sum(
                    (
                        q * value(month + 1, s)[2]
                        for q, s in self.after(month, place, sum(demands), growth)
                    ),
                    Fraction(0),
                )
                kinds = (
                    base[0][1] if prosocial else Fraction(0),
                    base[-1][1] if prosocial < n else Fraction(0),
                )
                pairs.append(((a, b), (*kinds, lasts)))
            return pairs

        def chosen(
            pairs: list[tuple[tuple[int, int], tuple[Fraction, ...]]],
        ) -> tuple[tuple[int, int], tuple[Fraction, ...]]:
            if isinstance(pick, Random):
                return pick.choice(pairs)
            sign = 1 if pick == "worst" else -1
            return min(
                pairs,
                key=lambda pair: (
                    sign * (prosocial * pair[1][0] + (n - prosocial) * pair[1][1]),
                    pair[0],
                ),
            )

        try:
            for month in range(self.commons.horizon, 0, -1):
                for place in self.reached(month):
                    value(month, place)
            return (*value(1, self.first), Fraction(any(several)))
        except LookupError:
            return None


def random_commons(rng: Random) -> Commons:
    """A small commons of any kind."""
    capacity = rng.randint(2, 7)
    draws = rng.choice((1, 1, 2, 2, 3))
    weights = [rng.randint(0, 3) for _ in range(draws - 1)] + [rng.randint(1, 3)]
    factors = rng.sample([Fraction(k, 2) for k in range(8)] + [Fraction(4, 3)], draws)
    demands = {0, *rng.sample(range(1, capacity + 1), rng.randint(1, capacity))}
    if rng.random() < 0.6:
        demands = set(range(capacity + 1))
    return Commons(
        agents=rng.choice((1, 2, 2, 2, 3)),
        stock=rng.randint(1, capacity),
        capacity=capacity,
        grid=tuple(sorted(demands)),
        growth=Growth(
            tuple(f"r{k}" for k in range(draws)),
            tuple(factors),
            tuple(Fraction(weight, sum(weights)) for weight in weights),
            rng.random() < 0.5,
        ),
        horizon=rng.randint(1, 4),
        collapse=rng.randint(0, 2),
        rationing=rng.choice(("one-at-a-time", "proportional")),
        shock=Shock(rng.randint(1, 3), rng.randint(0, 3), rng.randint(0, 2))
        if rng.random() < 0.3
        else None,
    )


def random_regimes(rng: Random) -> Commons:
    """A small commons with regimes, of any kind."""
    capacity = rng.randint(2, 5)
    commons = replace(random_commons(rng), capacity=capacity, stock=rng.randint(1, capacity))
    grid = {harvest for harvest in commons.grid if harvest <= capacity}
    factors = [Fraction(k, 2) for k in range(7)]

    def turn() -> Turn:
        chance, slope = Fraction(rng.randint(0, 4), 4), Fraction(rng.randint(0, 2), 5)
        return Turn(Fraction(rng.randint(0, 2 * capacity), 2), chance, slope, rng.choice(MOST))

    growth = Regimes(
        ("healthy", "degraded"),
        (rng.choice(factors), rng.choice(factors)),
        (),
        True,
        rng.randint(1, 3),
        turn(),
        turn(),
    )
    return replace(
        commons, grid=tuple(sorted(grid)), growth=growth, agents=rng.choice((1, 2, 2, 3))
    )


MOST = (Fraction(1), Fraction(1), Fraction(1, 2))
