"""A second checker of certificates about a commons.

It is written from docs/certificates.md, *A commons*, and shares nothing with proofs/trusted. It is
naive on purpose: every profile of kinds, every deviation and every draw of the rationing is tried,
in fractions, so it is for small commons. `verdict(text)` returns "accepted" or "rejected: …".
"""

from __future__ import annotations

import hashlib
import itertools
import json
from fractions import Fraction
from typing import Any

from second_checker_lake import (
    Lake,
    Reject,
    distinct_keys,
    draws,
    exact,
    floats_are_refused,
    keys,
    listed,
    need,
    reached,
    whole,
)
from second_checker_regimes import (
    Turning,
    first_best_between,
    over_all,
    turning_equilibrium,
    turning_gap,
)

__all__ = ["draws", "verdict"]

SCHEMA = "coopgap.commons-certificate/1"


class Language:
    """What a quota can tell."""

    def __init__(self, value: Any, lake: Lake) -> None:
        months, stocks, growth = keys(value, "month", "stock", "growth")
        self.months = [whole(label, 0, 1999) for label in listed(months, lake.months)]
        self.stocks = [whole(label, 0, 1999) for label in listed(stocks, len(lake.stocks))]
        need(type(growth) is bool, "growth is no truth value")
        self.growth = growth

    def cell(self, month: int, signal: int, stock: int) -> tuple[int, int, int]:
        """The cell of a situation."""
        return self.months[month - 1], signal if self.growth else 0, self.stocks[stock]


def values(lake: Lake, language: Language | None, limits: Any) -> dict[tuple[int, int], Any]:
    """By month and stock the value within limits."""
    best: dict[tuple[int, int], Any] = {}
    for month in range(lake.months, 0, -1):
        for stock in lake.stocks:
            worth: list[dict[int, Any]] = []
            for signal, (p, growth) in enumerate(lake.signals):
                least, most = 0, lake.capacity
                if language is not None:
                    least, most = limits.get(language.cell(month, signal, stock), (least, most))
                options = {}
                for quota in (q for q in lake.quotas if least <= q <= most):
                    harvest = min(quota, stock)
                    later = sum(
                        q * best[month + 1, s]
                        for q, s in lake.next_stocks(month, stock - harvest, growth)
                    )
                    options[harvest] = p * (harvest + later)
                need(bool(options), "no quota lies within the limits")
                worth.append(options)
            if language is None or language.growth:
                best[month, stock] = sum((max(row.values()) for row in worth), Fraction(0))
            else:
                best[month, stock] = max(sum(row[t] for row in worth) for t in worth[0])
    return best


def stated(lake: Lake, witness: Any) -> dict[tuple[int, int], Any]:
    """The values of the first best, which the witness has to list."""
    best = values(lake, None, {})
    rows = listed(witness, lake.months)
    for month, row in enumerate(rows, 1):
        for stock, value in enumerate(listed(row, len(lake.stocks))):
            scale = lake.weight ** (lake.months - month + 1)
            need(type(value) is int and best[month, stock] * scale == value, "another value")
    return best


def first_best(lake: Lake, claim: Any, witness: Any) -> None:
    (value,) = keys(claim, "value")
    (table,) = keys(witness, "values")
    need(stated(lake, table)[1, lake.start] == exact(value), "the first best has another value")


def gap(lake: Lake, claim: Any, witness: Any) -> None:
    labels, low, high = keys(claim, "language", "low", "high")
    listed_values, rule, tree = keys(witness, "values", "rule", "tree")
    language = Language(labels, lake)
    best = stated(lake, listed_values)[1, lake.start]
    quotas = {}
    for entry in listed(rule):
        m, g, s, q = (whole(number, 0, 1999) for number in listed(entry, 4))
        quotas[m, g, s] = (q, q)
    situations = itertools.product(range(1, lake.months + 1), range(len(lake.signals)), lake.stocks)
    need(
        set(quotas) == {language.cell(*situation) for situation in situations}, "cells of the rule"
    )
    need(best - values(lake, language, quotas)[1, lake.start] <= exact(high), "the rule")
    bound(lake, language, tree, {}, best - exact(low))


def bound(lake: Lake, language: Language, tree: Any, limits: Any, most: Fraction) -> None:
    if tree is None:
        need(values(lake, language, limits)[1, lake.start] <= most, "a leaf")
        return
    cell, at, low, high = keys(tree, "cell", "at", "low", "high")
    m, g, s = (whole(number, 0, 1999) for number in listed(cell, 3))
    first, last = limits.get((m, g, s), (0, lake.capacity))
    at = whole(at, first, last - 1)
    bound(lake, language, low, {**limits, (m, g, s): (first, at)}, most)
    bound(lake, language, high, {**limits, (m, g, s): (at + 1, last)}, most)


def equilibrium(lake: Lake, claim: Any, witness: Any) -> None:
    kinds, pick, labels, payoffs, months = keys(
        claim, "kinds", "pick", "language", "payoffs", "months"
    )
    rows, listed_caps = keys(witness, "demands", "caps")
    counts, levels = [], []
    for entry in listed(kinds):
        count, level = listed(entry, 2)
        counts.append(whole(count, 1, lake.n))
        levels.append(None if level == "inf" else exact(level))
        need(level == "inf" or exact(level) >= 0, "λ is negative")
    need(sum(counts) == lake.n, "the kinds are not all agents")
    need(pick in ("some", "only", "best", "worst"), "no such pick")
    need((labels is None) == (listed_caps is None), "caps without a language")
    need(labels is None or pick == "some", "caps")
    caps: dict[Any, int] = {}
    language = None
    if labels is not None:
        language = Language(labels, lake)
        for entry in listed(listed_caps):
            m, g, s, cap = (whole(number, 0, 1999) for number in listed(entry, 4))
            need(cap in lake.grid, "a cap is no demand")
            caps[m, g, s] = cap
    stocks = reached(lake)
    kind_of = [kind for kind, count in enumerate(counts) for _ in range(count)]
    future: dict[tuple[int, int], list[Fraction]] = {}

    def outcome(month: int, stock: int, growth: Any, demands: list[int]) -> list[Fraction]:
        """What each agent can expect, and last the months."""
        rest = max(0, stock - sum(demands))
        after = lake.next_stocks(month, rest, growth)
        own = [
            lake.caught(stock, who, demands) + sum(p * future[month + 1, s][kind] for p, s in after)
            for who, kind in enumerate(kind_of)
        ]
        return [*own, 1 + sum((p * future[month + 1, s][-1] for p, s in after), Fraction(0))]

    def utility(who: int, payoffs: list[Fraction]) -> tuple[Fraction, ...]:
        level, welfare = levels[kind_of[who]], sum(payoffs[:-1], Fraction(0))
        return (welfare, payoffs[who]) if level is None else (payoffs[who] + level * welfare,)

    def stable(month: int, stock: int, growth: Any, chosen: list[int], cap: Any) -> bool:
        demands = [chosen[kind] for kind in kind_of]
        base = outcome(month, stock, growth, demands)
        for who in {kind_of.index(kind) for kind in range(len(counts))}:
            for demand in lake.choices(stock, cap):
                changed = [*demands[:who], demand, *demands[who + 1 :]]
                if utility(who, outcome(month, stock, growth, changed)) > utility(who, base):
                    return False
        return True

    by_month = listed(rows, lake.months)
    for month in range(lake.months, 0, -1):
        by_signal = [
            listed(signal_row, len(lake.stocks))
            for signal_row in listed(by_month[month - 1], len(lake.signals))
        ]
        for stock in lake.stocks:
            possible = stock in stocks[month - 1]
            total = [Fraction(0)] * (len(counts) + 1)
            for signal, (p, growth) in enumerate(lake.signals):
                entry = by_signal[signal][stock]
                need((entry is not None) == possible, "null where something is reached")
                if entry is None:
                    continue
                chosen = [whole(number, 0, 1999) for number in listed(entry, len(counts))]
                limit: Any = None
                if language is not None:
                    limit = caps[language.cell(month, signal, stock)]
                need(set(chosen) <= set(lake.choices(stock, limit)), "no choice")
                need(stable(month, stock, growth, chosen, limit), "somebody gains")
                demands = [chosen[kind] for kind in kind_of]
                base = outcome(month, stock, growth, demands)
                if pick != "some":
                    every = [
                        list(profile)
                        for profile in itertools.product(lake.choices(stock), repeat=len(counts))
                        if stable(month, stock, growth, list(profile), None)
                    ]
                    need(pick != "only" or every == [chosen], "not the only one")
                    for profile in every:
                        rival = outcome(month, stock, growth, [profile[kind] for kind in kind_of])
                        more, own = sum(rival[:-1]), sum(base[:-1])
                        need(pick != "best" or more <= own, "not the best")
                        need(pick != "worst" or more >= own, "not the worst")
                per_kind = [base[kind_of.index(kind)] for kind in range(len(counts))]
                total = [a + p * b for a, b in zip(total, [*per_kind, base[-1]], strict=True)]
            future[month, stock] = total
    claimed = [*(exact(number) for number in listed(payoffs, len(counts))), exact(months)]
    need(future[1, lake.start] == claimed, "other payoffs")


def threshold(lake: Lake, claim: Any, witness: Any) -> None:
    shares, stocks, over, value = keys(claim, "shares", "stocks", "over_demand", "value")
    (table,) = keys(witness, "values")
    best = stated(lake, table)
    need(shares in ("whole", "fractional") and stocks in ("path", "all"), "no such threshold")
    need(type(over) is bool and not (over and shares == "fractional"), "over-demand")
    infinite = (1, Fraction(0))

    def level_for(month: int, stock: int, growth: Any, share: Fraction, most: bool) -> Any:
        """The most that deviations ask for."""

        def later(rest: int) -> Fraction:
            return sum(
                (p * best[month + 1, s] for p, s in lake.next_stocks(month, rest, growth)),
                Fraction(0),
            )

        harvest = min(Fraction(stock), lake.n * share)
        reached_welfare = harvest + later(stock - int(harvest))
        highest = (0, Fraction(0))
        part = share % 1 if shares == "fractional" and not most else 0
        moves = []
        for demand in lake.grid:
            total = (lake.n - 1) * share + demand + part
            if total <= stock:
                rest = later(stock - int(total))
                moves.append((demand + part + rest / lake.n, total + rest))
        top = lake.choices(stock)[-1]
        if over and not most and (lake.n - 1) * share + top > stock:
            demands = [top] + [int(share)] * (lake.n - 1)
            moves.append((lake.caught(stock, 0, demands), Fraction(stock)))
        for own, welfare in moves:
            gain, cost = own - reached_welfare / lake.n, reached_welfare - welfare
            if gain > 0:
                highest = max(highest, (0, gain / cost) if cost > 0 else infinite)
        return highest

    def needed(month: int, stock: int) -> Any:
        worst = (0, Fraction(0))
        for _, growth in lake.signals:
            harvests = sorted({min(quota, stock) for quota in lake.quotas})
            worth = {
                t: t
                + sum(p * best[month + 1, s] for p, s in lake.next_stocks(month, stock - t, growth))
                for t in harvests
            }
            options = []
            top = lake.choices(stock)[-1]
            for t in (harvest for harvest in harvests if worth[harvest] == max(worth.values())):
                share = Fraction(t, lake.n)
                if t == min(stock, lake.n * top):
                    level = level_for(month, stock, growth, Fraction(top), True)
                elif month == lake.months or (shares == "whole" and share not in lake.grid):
                    continue
                else:
                    level = level_for(month, stock, growth, share, False)
                if stocks == "path":
                    below = [
                        needed(month + 1, s) for _, s in lake.next_stocks(month, stock - t, growth)
                    ]
                    if None in below:
                        continue
                    level = max([level, *below])
                options.append(level)
            if not options:
                return None
            worst = max(worst, min(options))
        return worst

    if stocks == "path":
        level = needed(1, lake.start)
    else:
        every = [needed(m, s) for m in range(1, lake.months + 1) for s in lake.stocks]
        level = None if None in every else max(every)
    need(level is not None, "no equal shares")
    need(level == (infinite if value == "inf" else (0, exact(value))), "another threshold")


RULES: dict[str, Any] = {
    "commons-first-best": first_best,
    "commons-gap": gap,
    "commons-equilibrium": equilibrium,
    "commons-bounds": over_all,
    "commons-threshold": threshold,
}

TURNING: dict[str, Any] = {
    "commons-first-best-between": first_best_between,
    "commons-gap": turning_gap,
    "commons-equilibrium": turning_equilibrium,
    "commons-bounds": over_all,
}


def verdict(text: str) -> str:
    """What the checker says of a text."""
    try:
        document = json.loads(
            text,
            parse_float=floats_are_refused,
            parse_constant=floats_are_refused,
            object_pairs_hook=distinct_keys,
        )
        schema, claim, data, sha256, witness = keys(
            document, "schema", "claim", "data", "data_sha256", "witness"
        )
        need(schema == SCHEMA, "another schema")
        canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        need(sha256 == hashlib.sha256(canonical.encode()).hexdigest(), "the hash")
        need(isinstance(claim, dict), "no claim")
        own = {key: value for key, value in claim.items() if key != "id"}
        lake = Lake(data)
        if lake.turning:
            need(claim.get("id") in TURNING, "no such claim")
            need(type(witness["merged"]) is bool, "merged is no truth value")
            rest = {key: value for key, value in witness.items() if key != "merged"}
            TURNING[claim["id"]](Turning(lake, witness["merged"]), own, rest)
        else:
            need(claim.get("id") in RULES, "no such claim")
            RULES[claim["id"]](lake, own, witness)
    except Reject as error:
        return f"rejected: {error}"
    except (TypeError, LookupError, ValueError, AttributeError, RecursionError) as error:
        return f"rejected: malformed ({type(error).__name__})"
    return "accepted"
