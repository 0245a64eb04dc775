"""The best quota rule of a language that need not see stock or month: a search with bounds.

Backward induction would choose anew in each situation, where one quota must do for all those that
the language cannot tell apart. So it only bounds: limits to quotas are halved until what is best in
each situation is one rule, or too much has been tried.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, product

from coopgap.proofs.commons.planner import Cell, Limits, Plan, planned
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import QuotaLanguage

NODES = 250
"""How many limits are tried before the search ends with bounds."""


@dataclass(frozen=True)
class Halves:
    """Limits of a cell, halved: quotas up to ``at``, and those above."""

    cell: Cell
    at: int
    low: Tree
    high: Tree


Tree = Halves | None
"""How the quotas of a language are divided; None: the bound of these limits is low enough."""


@dataclass(frozen=True)
class BestRule:
    """The best quota rule: its worth lies between two numbers, in units.

    plan: what a rule of worth ``low`` does; rule: its quotas in the cells that play reaches. tree:
    shows that no rule is worth more than ``high``.
    """

    low: Fraction
    high: Fraction
    plan: Plan
    rule: Mapping[Cell, int]
    tree: Tree = None


def best_rule(commons: Commons, language: QuotaLanguage, nodes: int = NODES) -> BestRule:
    """The best rule by which a quota of the language prescribes the total harvest."""
    plan = planned(commons, language)
    if language.stagewise:
        return BestRule(plan.value, plan.value, plan, _rule(plan, language))
    search = _Search(commons, language)
    search.consider(plan)
    search.climb(nodes // 2 if plan.value > search.low else 0)
    number = count()
    waiting: list[tuple[Fraction, int, _Node]] = []
    root = _Node({}, plan)
    heapq.heappush(waiting, (-plan.value, next(number), root))
    tried = 1
    while waiting and -waiting[0][0] > search.low and tried < nodes:
        _, _, node = heapq.heappop(waiting)
        for half in node.halved(language):
            part = planned(commons, language, half)
            search.consider(part)
            child = _Node(half, part)
            node.children.append(child)
            heapq.heappush(waiting, (-part.value, next(number), child))
            tried += 1
    high = max(search.low, -waiting[0][0]) if waiting else search.low
    return BestRule(search.low, high, search.plan, search.rule, root.tree(high))


class _Search:
    """The best rule so far."""

    def __init__(self, commons: Commons, language: QuotaLanguage) -> None:
        self.commons, self.language = commons, language
        self.low = Fraction(-1)

    def consider(self, plan: Plan) -> None:
        """Makes one rule of what a plan does in each situation, the likelier ones first."""
        rule = _rule(plan, self.language)
        fixed = {cell: (quota, quota) for cell, quota in rule.items()}
        for cell in _cells(self.commons, self.language):
            fixed.setdefault(cell, (0, 0))
        self._try(fixed)

    def _try(self, fixed: Limits) -> bool:
        """Whether a whole rule is better than the best so far, which it then becomes."""
        found = planned(self.commons, self.language, fixed)
        better = found.value > self.low
        if better:
            self.low, self.plan, self.fixed = found.value, found, fixed
            self.rule = {cell: fixed[cell][0] for cell in _visited(found, self.language)}
        return better

    def climb(self, tries: int) -> None:
        """Tries rules of one quota everywhere, then other quotas cell by cell, in smaller steps."""
        quotas = self.commons.quotas
        step = max(1, len(quotas) // 16)
        left = tries
        for quota in quotas[::step]:
            self._try(dict.fromkeys(self.fixed, (quota, quota)))
            left -= 1
        while step and left > 0:
            moved = False
            for cell, turn in product(list(self.rule), (step, -step)):
                place = bisect_left(quotas, self.fixed[cell][0]) + turn
                if 0 <= place < len(quotas) and left > 0:
                    left -= 1
                    quota = quotas[place]
                    moved = self._try({**self.fixed, cell: (quota, quota)}) or moved
            step = step if moved else step // 2


class _Node:
    """Limits with the plan that is best within them."""

    def __init__(self, limits: Limits, plan: Plan) -> None:
        self.limits, self.plan = limits, plan
        self.children: list[_Node] = []
        self.split: tuple[Cell, int] | None = None

    def halved(self, language: QuotaLanguage) -> Iterator[Limits]:
        """Two limits that the plan exceeds; none if it is what one rule does."""
        for cell, wanted in _visited(self.plan, language).items():
            low, high = max(low for low, _, _ in wanted), min(high for _, high, _ in wanted)
            if low > high:
                first, last = self.limits.get(cell, (0, self.plan.commons.capacity))
                at = (high + low - 1) // 2
                self.split = cell, at
                yield {**self.limits, cell: (first, at)}
                yield {**self.limits, cell: (at + 1, last)}
                return

    def tree(self, high: Fraction) -> Tree:
        """The tree below these limits, as far as it is needed."""
        if self.split is None or self.plan.value <= high or not self.children:
            return None
        low, other = (child.tree(high) for child in self.children)
        return Halves(*self.split, low, other)


def _cells(commons: Commons, language: QuotaLanguage) -> set[Cell]:
    return {
        language.cell(month, signal, stock)
        for month in range(1, commons.horizon + 1)
        for signal in range(len(commons.signals))
        for stock in range(commons.capacity + 1)
    }


Wanted = list[tuple[int, int, Fraction]]
"""The least and greatest quota by which the harvest is what a plan does, with the probability."""


def _visited(plan: Plan, language: QuotaLanguage) -> dict[Cell, Wanted]:
    """The cells that a plan reaches, in the order of play, with the quotas that it needs."""
    commons = plan.commons
    found: dict[Cell, Wanted] = {}
    stocks = {commons.stock: Fraction(1)}
    for month in range(1, commons.horizon + 1):
        then: dict[int, Fraction] = {}
        for stock, likely in sorted(stocks.items(), reverse=True):
            for number, signal in enumerate(commons.signals):
                total = plan.totals[month - 1][number][stock]
                most = total if total < stock else commons.capacity
                weight = likely * signal.probability
                cell = language.cell(month, number, stock)
                found.setdefault(cell, []).append((total, most, weight))
                for each, p in commons.next_stocks(stock - total, signal, month).items():
                    then[each] = then.get(each, Fraction(0)) + weight * p
        stocks = then
    return found


def _rule(plan: Plan, language: QuotaLanguage) -> dict[Cell, int]:
    """One quota for each cell that a plan reaches: what it needs there most often."""
    quotas = set(plan.commons.quotas)
    rule = {}
    for cell, wanted in _visited(plan, language).items():
        options = {low for low, _, _ in wanted if low in quotas} or {0}
        rule[cell] = max(
            sorted(options),
            key=lambda quota: sum(weight for low, high, weight in wanted if low <= quota <= high),
        )
    return rule
