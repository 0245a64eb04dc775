"""The second checker's rules for growth with regimes, and for bounds over all equilibria."""

from __future__ import annotations

import itertools
from fractions import Fraction
from functools import cache, partial
from typing import Any

from second_checker_lake import Lake, exact, keys, listed, need, reached, whole

Where = tuple[int, ...]
"""A regime, a stock, and totals."""


class Turning:
    """Situations of a lake with regimes."""

    def __init__(self, lake: Lake, merged: bool) -> None:
        self.lake, self.merged = lake, merged
        self.start: Where = (0, lake.start)
        self.months = [{self.start}]
        for month in range(1, lake.months):
            self.months.append(
                {
                    situation
                    for where in self.months[-1]
                    for quota in lake.quotas
                    for _, situation in self.next_situations(month, where, quota)
                }
            )

    def next_situations(self, month: int, where: Where, demanded: int, merged: Any = None) -> Any:
        """The next situations with probabilities, which are None where situations are merged."""
        lake, regime, stock = self.lake, where[0], where[1]
        harvest = min(demanded, stock)
        if stock - harvest < lake.collapse or month == lake.months:
            return []
        grown = [lake.next_stock(month, stock - harvest, factor) for factor in lake.factors]
        if self.merged if merged is None else merged:
            return [(None, (0, grown[0])), (None, (1, grown[1]))]
        totals = [*where[2:], harvest]
        threshold, probability, slope, most = lake.turns[regime]
        mean = Fraction(sum(totals)) / len(totals)
        turns = mean >= threshold if regime == 0 else mean < threshold
        chance = min(most, probability + slope * abs(mean - threshold)) if turns else Fraction(0)
        memory = tuple(totals[1:] if len(totals) == lake.window else totals)
        memory = () if lake.window == 1 else memory
        after = [(1 - chance, regime), (chance, 1 - regime)]
        return [(p, (turn, grown[turn], *memory)) for p, turn in after if p > 0]

    def expectation(
        self, month: int, where: Where, demanded: int, of: Any, best: Any = max
    ) -> Fraction:
        """The expectation over the next situations; the best or worst of merged ones."""
        after = self.next_situations(month, where, demanded)
        if self.merged:
            worth: list[Fraction] = [of(month + 1, situation) for _, situation in after]
            return Fraction(best(worth, default=0))
        return sum((p * of(month + 1, situation) for p, situation in after), Fraction(0))


class Court:
    """What a quota can tell where growth has regimes."""

    def __init__(self, value: Any, lake: Lake) -> None:
        months, stocks, self.regime, self.past = keys(value, "month", "stock", "regime", "past")
        self.months = [whole(label, 0, 1999) for label in listed(months, lake.months)]
        self.stocks = [whole(label, 0, 1999) for label in listed(stocks, len(lake.stocks))]
        need(type(self.regime) is bool and type(self.past) is bool, "no truth value")

    def cell(self, month: int, where: Where) -> Where:
        """The cell of a situation."""
        cell = (self.months[month - 1], where[0] * self.regime, self.stocks[where[1]])
        return (*cell, *where[2:]) if self.past else cell

    @property
    def tells_all(self) -> bool:
        """Whether it tells everything."""
        alike = len(set(self.months)) < len(self.months) or len(set(self.stocks)) < len(self.stocks)
        return self.regime and self.past and not alike


def most_worth(place: Turning, court: Court | None, limits: Any) -> Fraction:
    """What the best harvests within limits are worth."""

    @cache
    def value(month: int, where: Where) -> Fraction:
        least, most = 0, place.lake.capacity
        if court is not None:
            least, most = limits.get(court.cell(month, where), (least, most))
        options = [
            min(quota, where[1]) + place.expectation(month, where, quota, value)
            for quota in place.lake.quotas
            if least <= quota <= most
        ]
        need(bool(options), "no quota lies within the limits")
        return max(options)

    # From the last month on, so that no recursion is deep.
    for month in range(place.lake.months, 0, -1):
        for where in place.months[month - 1]:
            value(month, where)
    return value(1, place.start)


def rule_worth(place: Turning, court: Court | None, entries: Any) -> Fraction:
    """What a rule is worth, exactly."""
    quotas = {}
    for entry in listed(entries):
        *cell, quota = (whole(number, 0, 1999) for number in listed(entry))
        need(quota in place.lake.quotas, "no quota")
        quotas[tuple(cell)] = quota

    @cache
    def value(month: int, where: Where) -> Fraction:
        cell = (month - 1, *where) if court is None else court.cell(month, where)
        need(cell in quotas, "a cell has no quota")
        harvest = min(quotas[cell], where[1])
        after = place.next_situations(month, where, harvest, False)
        return harvest + sum(
            (p * value(month + 1, situation) for p, situation in after), Fraction(0)
        )

    return value(1, place.start)


def first_best_between(place: Turning, claim: Any, witness: Any) -> None:
    low, high = keys(claim, "low", "high")
    (plan,) = keys(witness, "plan")
    need(rule_worth(place, None, plan) >= exact(low), "the plan")
    need(most_worth(place, None, {}) <= exact(high), "the bound")


def turning_gap(place: Turning, claim: Any, witness: Any) -> None:
    labels, low, high = keys(claim, "language", "low", "high")
    plan, rule, tree = keys(witness, "plan", "rule", "tree")
    court = Court(labels, place.lake)
    lost = most_worth(place, None, {}) - rule_worth(place, court, rule)
    need((0 if court.tells_all else lost) <= exact(high), "the rule")
    best = rule_worth(place, None, plan)
    if exact(low) <= 0:
        need(tree is None, "a tree")
        return
    apart = not place.merged or not labels["past"] or place.lake.window == 1
    need(apart, "merged situations do not tell the past")

    def bounded(node: Any, limits: Any) -> None:
        if node is None:
            need(most_worth(place, court, limits) <= best - exact(low), "a leaf")
            return
        cell, at, below, above = keys(node, "cell", "at", "low", "high")
        key = tuple(whole(number, 0, 1999) for number in listed(cell))
        first, last = limits.get(key, (0, place.lake.capacity))
        at = whole(at, first, last - 1)
        bounded(below, {**limits, key: (first, at)})
        bounded(above, {**limits, key: (at + 1, last)})

    bounded(tree, {})


def kinds_of(lake: Lake, kinds: Any) -> tuple[list[int], list[Any]]:
    counts, levels = [], []
    for entry in listed(kinds):
        count, level = listed(entry, 2)
        counts.append(whole(count, 1, lake.n))
        levels.append(None if level == "inf" else exact(level))
        need(level == "inf" or exact(level) >= 0, "λ is negative")
    need(sum(counts) == lake.n, "the kinds are not all agents")
    return counts, levels


def worth_of(level: Any, own: Fraction, welfare: Fraction) -> tuple[Fraction, ...]:
    return (welfare, own) if level is None else (own + level * welfare,)


def turning_equilibrium(place: Turning, claim: Any, witness: Any) -> None:
    lake = place.lake
    names = ("kinds", "pick", "language", "payoffs", "months")
    kinds, pick, labels, payoffs, months = keys(claim, *names)
    rows, listed_caps = keys(witness, "demands", "caps")
    need(not place.merged, "merged")
    counts, levels = kinds_of(lake, kinds)
    need(pick in ("some", "only", "best", "worst"), "no such pick")
    need((labels is None) == (listed_caps is None), "caps without a language")
    need(labels is None or pick == "some", "caps")
    caps: dict[Any, int] = {}
    court = None if labels is None else Court(labels, lake)
    for entry in listed(listed_caps or []):
        *cell, most = (whole(number, 0, 1999) for number in listed(entry))
        need(most in lake.grid, "a cap is no demand")
        caps[tuple(cell)] = most
    kind_of = [kind for kind, count in enumerate(counts) for _ in range(count)]
    future: dict[Any, list[Fraction]] = {}

    def part_of(part: int, month: int, where: Where) -> Fraction:
        return future[month, where][part]

    def outcome(month: int, where: Where, demands: list[int]) -> list[Fraction]:
        """What each agent can expect, and last the months."""
        total, stock = sum(demands), where[1]
        own = [
            lake.caught(stock, who, demands)
            + place.expectation(month, where, total, partial(part_of, kind))
            for who, kind in enumerate(kind_of)
        ]
        return [*own, 1 + place.expectation(month, where, total, partial(part_of, -1))]

    def stable(month: int, where: Where, chosen: Any, cap: Any) -> bool:
        demands = [chosen[kind] for kind in kind_of]
        base = outcome(month, where, demands)
        for kind, level in enumerate(levels):
            who = kind_of.index(kind)
            for demand in lake.choices(where[1], cap):
                less = outcome(month, where, [*demands[:who], demand, *demands[who + 1 :]])
                mine, theirs = (
                    worth_of(level, e[who], sum(e[:-1], Fraction(0))) for e in (less, base)
                )
                if mine > theirs:
                    return False
        return True

    by_month = listed(rows, lake.months)
    for month in range(lake.months, 0, -1):
        situations = sorted(place.months[month - 1])
        for where, entry in zip(
            situations, listed(by_month[month - 1], len(situations)), strict=True
        ):
            chosen = [whole(number, 0, 1999) for number in listed(entry, len(counts))]
            cap = None if court is None else caps[court.cell(month, where)]
            need(set(chosen) <= set(lake.choices(where[1], cap)), "no choice")
            need(stable(month, where, chosen, cap), "somebody gains")
            base = outcome(month, where, [chosen[kind] for kind in kind_of])
            for profile in itertools.product(lake.choices(where[1]), repeat=len(counts)):
                if pick == "some" or not stable(month, where, profile, None):
                    continue
                need(pick != "only" or list(profile) == chosen, "not the only one")
                rival = outcome(month, where, [profile[kind] for kind in kind_of])
                need(pick != "best" or sum(rival[:-1]) <= sum(base[:-1]), "not the best")
                need(pick != "worst" or sum(rival[:-1]) >= sum(base[:-1]), "not the worst")
            future[month, where] = [*(base[kind_of.index(k)] for k in range(len(counts))), base[-1]]
    claimed = [*(exact(number) for number in listed(payoffs, len(counts))), exact(months)]
    need(future[1, place.start] == claimed, "other payoffs")


def over_all(place: Any, claim: Any, witness: Any) -> None:
    lake = place.lake if isinstance(place, Turning) else place
    kinds, exists, payoffs, months, total = keys(
        claim, "kinds", "exists", "payoffs", "months", "total"
    )
    keys(witness)
    counts, levels = kinds_of(lake, kinds)
    kind_of = [kind for kind, count in enumerate(counts) for _ in range(count)]
    need(type(exists) is bool, "exists is no truth value")
    situations: Any = place.months if isinstance(place, Turning) else reached(lake)

    def stock_of(where: Any) -> int:
        return int(where[1] if isinstance(place, Turning) else where)

    if exists:
        for row in situations:
            for where in row:
                stock = stock_of(where)
                need((lake.n - 1) * min(lake.grid[-1], stock) >= stock, "not sure to exist")
    # By month and situation, for each part the least and the greatest.
    box: dict[Any, Any] = {}
    parts = range(len(counts) + 2)

    def ends(month: int, where: Any, growth: Any, demanded: int, part: int) -> tuple[Any, Any]:
        if isinstance(place, Turning):
            low = place.expectation(month, where, demanded, lambda m, s: box[m, s][part][0], min)
            return low, place.expectation(
                month, where, demanded, lambda m, s: box[m, s][part][1], max
            )
        after = lake.next_stocks(month, where - min(where, demanded), growth)
        low, high = (
            sum((p * box[month + 1, s][part][end] for p, s in after), Fraction(0)) for end in (0, 1)
        )
        return low, high

    def stable(month: int, where: Any, growth: Any, chosen: Any) -> bool:
        demands = [chosen[kind] for kind in kind_of]
        stock = stock_of(where)

        def utility(who: int, demanded: list[int], end: int) -> tuple[Fraction, ...]:
            later = [ends(month, where, growth, sum(demanded), k)[end] for k in range(len(counts))]
            own = lake.caught(stock, who, demanded) + later[kind_of[who]]
            welfare = min(stock, sum(demanded)) + sum(later[kind] for kind in kind_of)
            return worth_of(levels[kind_of[who]], own, Fraction(welfare))

        for kind in range(len(counts)):
            who = kind_of.index(kind)
            base = utility(who, demands, 1)
            for demand in lake.choices(stock):
                if demand != demands[who]:
                    changed = [*demands[:who], demand, *demands[who + 1 :]]
                    if utility(who, changed, 0) > base:
                        return False
        return True

    def intervals(
        month: int, where: Any, growth: Any, chosen: Any
    ) -> list[tuple[Fraction, Fraction]]:
        """For each part the least and the greatest that demands give."""
        demands, stock = [chosen[kind] for kind in kind_of], stock_of(where)
        amounts = [lake.caught(stock, kind_of.index(k), demands) for k in range(len(counts))]
        amounts += [Fraction(1), Fraction(min(stock, sum(demands)))]
        rows = []
        for part in parts:
            low, high = ends(month, where, growth, sum(demands), part)
            rows.append((amounts[part] + low, amounts[part] + high))
        return rows

    signals = [(Fraction(1), None)] if isinstance(place, Turning) else lake.signals
    none = False
    for month in range(lake.months, 0, -1):
        for where in situations[month - 1]:
            sums = [(Fraction(0), Fraction(0)) for _ in parts]
            for p, growth in signals:
                boxes = []
                for chosen in itertools.product(lake.choices(stock_of(where)), repeat=len(counts)):
                    if not none and stable(month, where, growth, chosen):
                        boxes.append(intervals(month, where, growth, chosen))
                none = none or not boxes
                if none:
                    break
                sums = [
                    (
                        sums[part][0] + p * min(bounds[part][0] for bounds in boxes),
                        sums[part][1] + p * max(bounds[part][1] for bounds in boxes),
                    )
                    for part in parts
                ]
            box[month, where] = sums
    if payoffs is None:
        need(none and months is None and total is None, "there may be one")
        need(not (isinstance(place, Turning) and place.merged), "merged situations do not tell")
        return
    need(not none, "there is none")
    stated = [*listed(payoffs, len(counts)), months, total]
    start = place.start if isinstance(place, Turning) else lake.start
    for (low, high), pair in zip(box[1, start], stated, strict=True):
        first, last = (exact(number) for number in listed(pair, 2))
        need(first <= low and high <= last, "other bounds")
