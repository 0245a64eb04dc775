"""What certificates show of a commons: quotas, month by month from the last.

Values are integers over a power of the weight of growth: the first power in the last month, the
second in the one before. Each month's are compared with what its best harvests make of the values
of the next one: attained, and not exceeded by any other harvest.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from itertools import product
from typing import Any

from coopgap.proofs.trusted.commons import Commons, harvests
from coopgap.proofs.trusted.documents import Budget, fields, integer, listing, require, truth_of
from coopgap.proofs.trusted.polynomials import point_of

Values = Sequence[int]
"""By stock."""

State = tuple[int, ...]
"""What is seen of growth, a stock, and with regimes totals, the latest last."""

Cell = tuple[int, ...]
"""What a quota can tell: cells of the month, of growth, of the stock, and totals."""

Limits = Mapping[Cell, tuple[int, int]]
"""The least and the greatest quota of cells."""

CELLS = 2000
"""Numbers of cells lie below this."""


@dataclass(frozen=True)
class View:
    """Situations of a month in which agents see the same, and what is expected after it.

    states: the key of each situation's values, which leaves out growth that is drawn anew, and the
    situation. later: by kind of value, such as an agent's payoff, and by the stock left. weight:
    the probability of what is seen.
    """

    states: Sequence[tuple[State, State]]
    weight: Fraction
    later: Sequence[Sequence[Fraction]]


@dataclass(frozen=True)
class Language:
    """What a quota can tell: cells of months and stocks, and whether it sees growth and the past.

    What is seen of growth is a signal or, where growth has regimes, the regime.
    """

    months: Sequence[int]
    stocks: Sequence[int]
    growth: bool
    past: bool = False

    @property
    def tells_all(self) -> bool:
        """Whether a quota can tell all situations apart."""
        apart = all(len(set(cells)) == len(cells) for cells in (self.months, self.stocks))
        return apart and self.growth and self.past

    def cell(self, month: int, state: State) -> Cell:
        """The cell of a situation."""
        signal, stock, *totals = state
        cell = (self.months[month - 1], signal if self.growth else 0, self.stocks[stock])
        return (*cell, *totals) if self.past else cell


def language_of(value: Any, commons: Commons) -> Language:
    """The language in a claim."""
    names = ("growth",) if commons.regimes is None else ("regime", "past")
    months, stocks, *flags = fields(value, "a language", "month", "stock", *names)
    return Language(
        [integer(cell, 0, CELLS) for cell in listing(months, commons.horizon)],
        [integer(cell, 0, CELLS) for cell in listing(stocks, commons.capacity + 1)],
        *map(truth_of, flags),
    )


def everything(commons: Commons) -> Language:
    """The language that tells all apart."""
    return Language(range(commons.horizon), range(commons.capacity + 1), True, True)


def by_cell(
    value: Any, among: Container[int], length: int | None = None
) -> dict[tuple[int, ...], int]:
    """The quota or cap that a witness lists for each cell; length: of an entry, if it is known."""
    quotas = {}
    for entry in listing(value):
        *cell, units = (integer(number, 0, CELLS) for number in listing(entry, length))
        require(units in among, "it is no quota, or a cap is no demand")
        quotas[tuple(cell)] = units
    return quotas


def number_of(value: Any) -> Fraction:
    """A fraction in lowest terms."""
    return point_of([value], 1)[0]


class Stages:
    """The months of a commons, and the budget of steps."""

    def __init__(self, commons: Commons, budget: Budget) -> None:
        self.commons, self.budget = commons, budget
        self.quotas = commons.quotas()
        self.stocks = range(commons.capacity + 1)
        self.months = range(1, commons.horizon + 1)
        self.signals = range(len(commons.signals))
        self.first: State = (commons.stock,)
        self.reached = cache(self._reached)

    def ahead(self, signal: int, month: int, values: Sequence[Any]) -> list[Any]:
        """By what is left, the next month's values, weighted; 0 where the resource is gone.

        values: exact numbers by stock.
        """
        _, growths = self.commons.signals[signal]
        self.budget.spend(2 * len(self.stocks) * len(growths))
        return [
            sum(weight * values[self.commons.after(rest, month, r)] for weight, r in growths)
            if rest >= self.commons.collapse
            else 0
            for rest in self.stocks
        ]

    def expected(self, signal: int, month: int, values: Sequence[Any]) -> list[Fraction]:
        """By what is left, what is expected of the next month once the signal is seen."""
        over = sum(weight for weight, _ in self.commons.signals[signal][1])
        return [Fraction(value) / over for value in self.ahead(signal, month, values)]

    def chance(self, signal: int) -> Fraction:
        """The probability of a signal."""
        weight, growths = self.commons.signals[signal]
        return Fraction(weight * sum(share for share, _ in growths), self.commons.weight)

    def _reached(self, month: int) -> list[int]:
        """The stocks that some harvests lead to, in ascending order."""
        if month == 1:
            return [self.commons.stock]
        rests = set()
        for stock in self.reached(month - 1):
            rests |= {stock - harvest for harvest in self.harvests(stock, 0, self.commons.capacity)}
            self.budget.spend(len(self.quotas))
        alive = [rest for rest in rests if rest >= self.commons.collapse]
        growths = [r for _, draws in self.commons.signals for _, r in draws]
        self.budget.spend(len(alive) * len(growths))
        return sorted({self.commons.after(rest, month - 1, r) for rest in alive for r in growths})

    def views(
        self, month: int, values: Sequence[Mapping[State, Fraction]], _fold: Callable[[Any], Any]
    ) -> Iterator[View]:
        """The situations that harvests lead to, by signal; values: of the next month."""
        reached, none = self.reached(month), Fraction(0)
        rows = [[row.get((stock,), none) for stock in self.stocks] for row in values]
        for signal, (_, growths) in enumerate(self.commons.signals):
            self.budget.spend(20 * len(rows) * len(self.stocks) * len(growths))
            later = [self.expected(signal, month, row) for row in rows]
            states = [((stock,), (signal, stock)) for stock in reached]
            yield View(states, self.chance(signal), later)

    def entries(self, month: int, value: Any) -> list[Sequence[Any]]:
        """What is listed for the states of each view: by signal and stock, null if not reached."""
        rows = [listing(row, len(self.stocks)) for row in listing(value, len(self.signals))]
        reached = self.reached(month)
        for row in rows:
            listed = [stock for stock, entry in enumerate(row) if entry is not None]
            require(listed == reached, "not what is reached")
        return [[row[stock] for stock in reached] for row in rows]

    def unit(self, month: int) -> int:
        """What one unit is, in the numbers that ``ahead`` makes in this month."""
        _, growths = self.commons.signals[0]
        power: int = self.commons.weight ** (self.commons.horizon - month)
        return power * sum(weight for weight, _ in growths)

    def best(self, language: Language, limits: Limits, month: int, values: Values) -> list[int]:
        """What the best harvests within the limits make of the next month's values.

        Those of one stock may differ by signal if the language sees growth.
        """
        later = [self.ahead(signal, month, values) for signal in self.signals]
        weights = [weight for weight, _ in self.commons.signals]
        groups = [[signal] for signal in self.signals] if language.growth else [list(self.signals)]
        unit, totals = self.unit(month), [0] * len(self.stocks)
        for stock in self.stocks:
            for group in groups:
                cell = language.cell(month, (group[0], stock))
                harvests = self.harvests(stock, *limits.get(cell, (0, self.commons.capacity)))
                self.budget.spend(len(harvests) * len(group))
                totals[stock] += max(
                    sum(
                        weights[signal] * (harvest * unit + later[signal][stock - harvest])
                        for signal in group
                    )
                    for harvest in harvests
                )
        return totals

    def harvests(self, stock: int, low: int, high: int) -> list[int]:
        """The harvests by quotas from low to high."""
        return harvests(self.quotas, stock, low, high)

    def worth(self, language: Language, limits: Limits) -> Fraction:
        """What the best harvests within the limits are worth from the start, in units."""
        values = [0] * len(self.stocks)
        for month in reversed(self.months):
            values = self.best(language, limits, month, values)
        return Fraction(values[self.commons.stock], self.commons.weight**self.commons.horizon)

    def first_best(self, witness: Any) -> list[Values]:
        """The values of the first best by month, which the witness lists, and those after it."""
        rows = listing(witness, len(self.months))
        values: list[Values] = [listing(row, len(self.stocks)) for row in rows]
        values.append([0] * len(self.stocks))
        for month in self.months:
            reached = self.best(everything(self.commons), {}, month, values[month])
            stated = [integer(value, 0, max(reached) + 1) for value in values[month - 1]]
            require(stated == reached, f"month {month} has other values than its best harvests")
        return values

    def optimum(self, values: Sequence[Values]) -> Fraction:
        """What the first best is worth from the start, in units."""
        return Fraction(values[0][self.commons.stock], self.commons.weight**self.commons.horizon)


def show_first_best(stages: Stages, claim: Mapping[str, Any], witness: Any) -> None:
    """The first best is worth ``value``."""
    (value,) = fields(claim, "the claim", "value")
    (stated,) = fields(witness, "the witness", "values")
    worth = stages.optimum(stages.first_best(stated))
    require(worth == number_of(value), "the first best has another value")


def show_gap(stages: Stages, claim: Mapping[str, Any], witness: Any) -> None:
    """The best rule of a language loses between low and high of the first best."""
    value, low, high = fields(claim, "the claim", "language", "low", "high")
    stated, rule, tree = fields(witness, "the witness", "values", "rule", "tree")
    language = language_of(value, stages.commons)
    best = stages.optimum(stages.first_best(stated))
    quotas = {cell: (quota, quota) for cell, quota in by_cell(rule, range(CELLS), 4).items()}
    states = list(product(stages.signals, stages.stocks))
    cells = {language.cell(month, state) for month in stages.months for state in states}
    require(cells == set(quotas), "a cell has no quota")
    lost = best - stages.worth(language, quotas)
    require(lost <= number_of(high), "the rule is worth too little")
    most = best - number_of(low)
    worth, capacity = partial(stages.worth, language), stages.commons.capacity
    require_no_better(tree, most, worth, stages.budget, capacity, 3)


def require_no_better(
    tree: Any,
    most: Fraction,
    worth: Callable[[Any], Fraction],
    budget: Budget,
    capacity: int,
    length: int | None = None,
) -> None:
    """Requires that no rule is worth more: within the limits of a leaf not even free choice is.

    worth: of the best rule within limits. length: of a cell, if all have the same.
    """
    stack: list[tuple[Any, Mapping[Any, tuple[int, int]]]] = [(tree, {})]
    while stack:
        node, limits = stack.pop()
        if node is None:
            require(worth(limits) <= most, "some rule may be worth more")
            continue
        listed, halfway, low, high = fields(node, "a division", "cell", "at", "low", "high")
        cell = tuple(integer(number, 0, CELLS) for number in listing(listed, length))
        first, last = limits.get(cell, (0, capacity))
        at = integer(halfway, first, last)
        budget.spend(1 + len(limits))
        stack.append((low, {**limits, cell: (first, at)}))
        stack.append((high, {**limits, cell: (at + 1, last)}))
