"""The best quota rule of a language that need not see all there is: a search with bounds.

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
from typing import Protocol

from coopgap.proofs.commons.planner import Limits, Plan, planned
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import Cell, QuotaLanguage

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

Needs = list[tuple[int, int, Fraction]]
"""The least and greatest quota by which the harvest is what a plan does, with the probability."""


@dataclass(frozen=True)
class Worth:
    """The worth of a plan or rule, in units, and the cells that its play reaches, in order."""

    value: Fraction
    visited: Mapping[Cell, Needs]


class Problem(Protocol):
    """A commons whose quotas react to what a language tells."""

    @property
    def commons(self) -> Commons:
        """The commons."""
        ...

    @property
    def default(self) -> Mapping[Cell, int]:
        """A quota for every cell."""
        ...

    def bound(self, limits: Limits) -> Worth:
        """No rule within the limits is worth more."""
        ...

    def valued(self, rule: Mapping[Cell, int]) -> Worth:
        """What a rule is worth."""
        ...


@dataclass(frozen=True)
class BestRule:
    """The best quota rule: its worth lies between two numbers, in units.

    rule: the quotas of a rule of worth ``low`` in the cells that play reaches. tree: shows that no
    rule is worth more than ``high``.
    """

    low: Fraction
    high: Fraction
    rule: Mapping[Cell, int]
    tree: Tree = None


@dataclass(frozen=True)
class Drawn:
    """The problem where growth is drawn anew each month."""

    commons: Commons
    language: QuotaLanguage

    @property
    def default(self) -> Mapping[Cell, int]:
        """No harvest."""
        return dict.fromkeys(cells(self.commons, self.language), 0)

    def bound(self, limits: Limits) -> Worth:
        """The best plan within the limits."""
        plan = planned(self.commons, self.language, limits)
        return Worth(plan.value, _visited(plan, self.language))

    def valued(self, rule: Mapping[Cell, int]) -> Worth:
        """The plan that a rule prescribes."""
        return self.bound({cell: (quota, quota) for cell, quota in rule.items()})


def best_rule(commons: Commons, language: QuotaLanguage, nodes: int = NODES) -> BestRule:
    """The best rule by which a quota of the language prescribes the total harvest."""
    problem = Drawn(commons, language)
    if language.stagewise:
        plan = problem.bound({})
        return BestRule(plan.value, plan.value, rule_of(problem, plan))
    return searched(problem, nodes, nodes // 2)


def searched(problem: Problem, nodes: int, climbs: int) -> BestRule:
    """The best rule of a problem, as far as so many limits and before them so many rules show."""
    first = problem.bound({})
    search = _Search(problem)
    search.consider(first)
    search.climb(climbs if first.value > search.low else 0)
    number = count()
    waiting: list[tuple[Fraction, int, _Node]] = []
    root = _Node({}, first)
    heapq.heappush(waiting, (-first.value, next(number), root))
    visits = 1
    while waiting and -waiting[0][0] > search.low and visits < nodes:
        _, _, node = heapq.heappop(waiting)
        halves = list(node.halved(problem.commons.capacity))
        if not halves:
            # What bounds it is what one rule does, if only what is past is not forgotten.
            heapq.heappush(waiting, (-node.worth.value, next(number), node))
            break
        for half in halves:
            part = problem.bound(half)
            search.consider(part)
            child = _Node(half, part)
            node.children.append(child)
            heapq.heappush(waiting, (-part.value, next(number), child))
            visits += 1
    high = max(search.low, -waiting[0][0]) if waiting else search.low
    return BestRule(search.low, high, search.rule, root.tree(high))


class _Search:
    """The best rule so far: ``whole`` for all cells, ``rule`` for those that its play reaches."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.low = Fraction(-1)
        self.full_rule: Mapping[Cell, int] = {}
        self.rule: Mapping[Cell, int] = {}

    def consider(self, plan: Worth) -> None:
        """Makes one rule of what a plan does in each situation, the likelier ones first."""
        self._try({**self.problem.default, **rule_of(self.problem, plan)})

    def _try(self, rule: Mapping[Cell, int]) -> bool:
        """Whether a whole rule is better than the best so far, which it then becomes."""
        worth = self.problem.valued(rule)
        better = worth.value > self.low
        if better:
            self.low, self.full_rule = worth.value, rule
            self.rule = {cell: rule[cell] for cell in worth.visited}
        return better

    def climb(self, tries: int) -> None:
        """Tries rules of one quota everywhere, then other quotas cell by cell, in smaller steps."""
        quotas = self.problem.commons.quotas
        step = max(1, len(quotas) // 16)
        budget = tries
        for quota in quotas[::step]:
            self._try(dict.fromkeys(self.full_rule, quota))
            budget -= 1
        while step and budget > 0:
            moved = False
            for cell, turn in product(list(self.rule), (step, -step)):
                place = bisect_left(quotas, self.full_rule[cell]) + turn
                if 0 <= place < len(quotas) and budget > 0:
                    budget -= 1
                    moved = self._try({**self.full_rule, cell: quotas[place]}) or moved
            step = step if moved else step // 2


class _Node:
    """Limits with what bounds the rules within them."""

    def __init__(self, limits: Limits, worth: Worth) -> None:
        self.limits, self.worth = limits, worth
        self.children: list[_Node] = []
        self.split: tuple[Cell, int] | None = None

    def halved(self, capacity: int) -> Iterator[Limits]:
        """Two limits that the plan exceeds; none if it is what one rule does."""
        for cell, needs in self.worth.visited.items():
            low, high = max(low for low, _, _ in needs), min(high for _, high, _ in needs)
            if low > high:
                first, last = self.limits.get(cell, (0, capacity))
                at = (high + low - 1) // 2
                self.split = cell, at
                yield {**self.limits, cell: (first, at)}
                yield {**self.limits, cell: (at + 1, last)}
                return

    def tree(self, high: Fraction) -> Tree:
        """The tree below these limits, as far as it is needed."""
        if self.split is None or self.worth.value <= high or not self.children:
            return None
        lower, upper = (child.tree(high) for child in self.children)
        return Halves(*self.split, lower, upper)


def situations(commons: Commons) -> Iterator[tuple[int, int, int]]:
    """All months, signals and stocks."""
    ranges = range(1, commons.horizon + 1), range(len(commons.signals)), range(commons.capacity + 1)
    return product(*ranges)


def cells(commons: Commons, language: QuotaLanguage) -> set[Cell]:
    """All cells of a language."""
    return {language.cell(*situation) for situation in situations(commons)}


def _visited(plan: Plan, language: QuotaLanguage) -> dict[Cell, Needs]:
    """The cells that a plan reaches, in the order of play, with the quotas that it needs."""
    commons = plan.commons
    needs: dict[Cell, Needs] = {}
    stocks = {commons.stock: Fraction(1)}
    for month in range(1, commons.horizon + 1):
        then: dict[int, Fraction] = {}
        for stock, likely in sorted(stocks.items(), reverse=True):
            for number, signal in enumerate(commons.signals):
                total = plan.totals[month - 1][number][stock]
                most = total if total < stock else commons.capacity
                weight = likely * signal.probability
                cell = language.cell(month, number, stock)
                needs.setdefault(cell, []).append((total, most, weight))
                for after, p in commons.next_stocks(stock - total, signal, month).items():
                    then[after] = then.get(after, Fraction(0)) + weight * p
        stocks = then
    return needs


def rule_of(problem: Problem, plan: Worth) -> dict[Cell, int]:
    """One quota for each cell that a plan reaches: what it needs there most often."""
    quotas = set(problem.commons.quotas)
    rule = {}
    for cell, needs in plan.visited.items():
        options = {low for low, _, _ in needs if low in quotas} or {0}
        rule[cell] = max(
            sorted(options),
            key=lambda quota: sum(weight for low, high, weight in needs if low <= quota <= high),
        )
    return rule
