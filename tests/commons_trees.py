"""Commons solved by their game trees, from the definitions of theory.md §4 alone: every profile of
demands, every draw of the rationing, every deviation is tried. Nothing of proofs is used."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache, cached_property
from itertools import product
from random import Random

from coopgap.theory.commons.resource import Commons, Growth, Shock
from coopgap.theory.commons.specification import QuotaLanguage

Profile = tuple[int, ...]
Expected = tuple[Fraction, ...]


@cache
def drawn(stock: int, wants: Profile) -> Expected:
    """What each can expect if units go one at a time to one who still wants one."""
    wanting = [i for i, want in enumerate(wants) if want]
    got = [Fraction(0)] * len(wants)
    if stock == 0 or not wanting:
        return tuple(got)
    for i in wanting:
        rest = drawn(stock - 1, (*wants[:i], wants[i] - 1, *wants[i + 1 :]))
        for j, more in enumerate(rest):
            got[j] += (more + (i == j)) / len(wanting)
    return tuple(got)


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
        return drawn(stock, demands)

    def draws(self) -> Iterator[tuple[str, Fraction, list[tuple[Fraction, Fraction]]]]:
        """What is seen of growth, how likely, and the growth that then may come."""
        growth = self.commons.growth
        each = [x for x in zip(growth.names, growth.prior, growth.factors, strict=True) if x[1]]
        if growth.seen:
            yield from ((name, p, [(Fraction(1), r)]) for name, p, r in each)
        else:
            yield "", Fraction(1), [(p, r) for _, p, r in each]

    def after(
        self, month: int, stock: int, total: int, growth: list[tuple[Fraction, Fraction]]
    ) -> list[tuple[Fraction, int]]:
        """The stocks of the next month; none if the resource is gone or the last month over."""
        left = stock - min(stock, total)
        if left < self.commons.collapse or month == self.commons.horizon:
            return []
        found = []
        for p, r in growth:
            then = min(self.commons.capacity, (left * r.numerator) // r.denominator)
            shock = self.commons.shock
            if shock is not None and shock.after == month and then > shock.floor:
                then = max(then - shock.loss, shock.floor)
            found.append((p, then))
        return found

    def reached(self, month: int) -> set[int]:
        """The stocks that may be there in a month."""
        if month == 1:
            return {self.commons.stock}
        return {
            then
            for stock in self.reached(month - 1)
            for demands in product(self.choices(stock), repeat=self.commons.agents)
            for _, _, growth in self.draws()
            for _, then in self.after(month - 1, stock, sum(demands), growth)
        }

    @cached_property
    def best(self) -> Fraction:
        """The first best."""

        @cache
        def value(month: int, stock: int) -> Fraction:
            total = Fraction(0)
            for _, p, growth in self.draws():
                options = [
                    min(stock, sum(demands))
                    + sum(
                        q * value(month + 1, s)
                        for q, s in self.after(month, stock, sum(demands), growth)
                    )
                    for demands in product(self.choices(stock), repeat=self.commons.agents)
                ]
                total += p * max(options)
            return total

        return value(1, self.commons.stock)

    def ruled(self, language: QuotaLanguage, rule: dict[tuple[int, int, int], int]) -> Fraction:
        """What a quota rule is worth."""

        @cache
        def value(month: int, stock: int) -> Fraction:
            total = Fraction(0)
            for number, (_, p, growth) in enumerate(self.draws()):
                quota = min(stock, rule[language.cell(month, number, stock)])
                then = self.after(month, stock, quota, growth)
                total += p * (quota + sum((q * value(month + 1, s) for q, s in then), Fraction(0)))
            return total

        return value(1, self.commons.stock)

    def play(
        self, prosocial: int, level: Fraction | None, pick: str
    ) -> tuple[Fraction, ...] | None:
        """What each kind can expect in the equilibrium picked month by month, the months that the
        resource lasts, and whether a situation had several; None where one has none.

        level: λ of the prosocial agents, or None if W comes first for them and then their own.
        """
        n = self.commons.agents
        several = []

        @cache
        def value(month: int, stock: int) -> tuple[Fraction, ...]:
            if month > self.commons.horizon:
                return (Fraction(0),) * 3
            total = [Fraction(0)] * 3
            for _, p, growth in self.draws():
                found = equilibria(month, stock, growth)
                if not found:
                    raise LookupError
                several.append(len(found) > 1)
                for i, each in enumerate(chosen(found)[1]):
                    total[i] += p * each
            return tuple(total)

        def got(
            month: int, stock: int, demands: Profile, growth: list[tuple[Fraction, Fraction]]
        ) -> list[tuple[Fraction, Fraction]]:
            """By agent W and its own; the first are prosocial."""
            now = self.caught(stock, demands)
            later = [Fraction(0)] * 3
            for q, s in self.after(month, stock, sum(demands), growth):
                for i, each in enumerate(value(month + 1, s)):
                    later[i] += q * each
            own = [each + later[i >= prosocial] for i, each in enumerate(now)]
            return [(sum(own, Fraction(0)), each) for each in own]

        def utility(i: int, pair: tuple[Fraction, Fraction]) -> tuple[Fraction, ...]:
            if i >= prosocial:
                return (pair[1],)
            return pair if level is None else (pair[1] + level * pair[0],)

        def equilibria(
            month: int, stock: int, growth: list[tuple[Fraction, Fraction]]
        ) -> list[tuple[tuple[int, int], tuple[Fraction, ...]]]:
            found: list[tuple[tuple[int, int], tuple[Fraction, ...]]] = []
            choices = self.choices(stock)
            for a, b in product(choices if prosocial else [0], choices if prosocial < n else [0]):
                demands = (a,) * prosocial + (b,) * (n - prosocial)
                base = got(month, stock, demands, growth)
                if any(
                    utility(
                        i, got(month, stock, (*demands[:i], other, *demands[i + 1 :]), growth)[i]
                    )
                    > utility(i, base[i])
                    for i in {0, n - 1}
                    for other in choices
                ):
                    continue
                lasts = 1 + sum(
                    (
                        q * value(month + 1, s)[2]
                        for q, s in self.after(month, stock, sum(demands), growth)
                    ),
                    Fraction(0),
                )
                kinds = (
                    base[0][1] if prosocial else Fraction(0),
                    base[-1][1] if prosocial < n else Fraction(0),
                )
                found.append(((a, b), (*kinds, lasts)))
            return found

        def chosen(
            found: list[tuple[tuple[int, int], tuple[Fraction, ...]]],
        ) -> tuple[tuple[int, int], tuple[Fraction, ...]]:
            sign = 1 if pick == "worst" else -1
            return min(
                found,
                key=lambda each: (
                    sign * (prosocial * each[1][0] + (n - prosocial) * each[1][1]),
                    each[0],
                ),
            )

        try:
            for month in range(self.commons.horizon, 0, -1):
                for stock in self.reached(month):
                    value(month, stock)
            return (*value(1, self.commons.stock), Fraction(any(several)))
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
