"""What certificates show of play in a commons: Markov equilibria and thresholds, month by month.

Agents of a kind do the same. Where demands exceed the stock nothing is left, and an agent that does
not demand the most gains by demanding more; so an equilibrium leaves something, or all demand the
most they can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, reduce
from itertools import product
from operator import add, mul
from typing import Any

from coopgap.proofs.trusted.commons import Commons, Groups, caught
from coopgap.proofs.trusted.documents import fields, integer, listing, require, text_of, truth_of
from coopgap.proofs.trusted.situations import Situations
from coopgap.proofs.trusted.stages import (
    CELLS,
    Stages,
    State,
    Values,
    by_cell,
    language_of,
    number_of,
)

Demands = tuple[int, ...]
"""What each agent of a kind demands, by kind."""

Later = Sequence[Sequence[Fraction]]
"""By kind, and last for the months that the resource lasts, values by what is left."""


class Play:
    """Kinds of agents: how many, and their λ, None where W comes before what they get."""

    def __init__(self, stages: Stages | Situations, kinds: Any) -> None:
        self.stages, self.commons = stages, stages.commons
        self.known: dict[tuple[int, int, Groups], Fraction] = {}
        pairs = [listing(each, 2) for each in listing(kinds)]
        self.counts = [integer(count, 1, self.commons.agents + 1) for count, _ in pairs]
        require(sum(self.counts) == self.commons.agents, "the kinds are not all agents")
        self.levels = [None if level == "inf" else number_of(level) for _, level in pairs]
        require(all(each is None or each >= 0 for each in self.levels), "λ is negative")

    def total(self, each: Iterable[Any]) -> Any:
        """The sum over all agents of what is so for those of each kind."""
        return reduce(add, map(mul, each, self.counts))

    def catch(self, stock: int, own: int, others: Groups) -> Fraction:
        """What an agent that demands ``own`` can expect to catch."""
        key = (stock, own, others)
        if key not in self.known:
            self.known[key] = caught(self.commons, stock, own, others, self.stages.budget)
        return self.known[key]

    def utility(self, kind: int, own: Fraction, total: Fraction) -> tuple[Fraction, ...]:
        """What an agent counts of its own payoff and of the total."""
        level = self.levels[kind]
        return (total, own) if level is None else (own + level * total,)


class Month:
    """A month with what is seen of growth and what is expected of the next months.

    deviating: what is expected after another demand, if that is not the same. Totals are counted
    without what the others demand now, which a deviation does not change.
    """

    def __init__(self, play: Play, later: Later, deviating: Later | None = None) -> None:
        self.play, self.commons, self.later = play, play.commons, later
        self.deviating = deviating or later
        # What the utility of one demand takes: a sum over all kinds.
        self.steps = 4 + 2 * len(play.counts)
        self.known: dict[tuple[int, int, int], tuple[Fraction, ...]] = {}
        self.best: dict[tuple[int, int], list[int]] = {}
        self.totals: dict[tuple[int, bool], Fraction] = {}

    def inside(self, kind: int, demand: int, left: int, rows: Later) -> tuple[Fraction, ...]:
        """The utility of an agent by whose demand so much is left, and these values follow."""
        key = left, rows is self.later
        if key not in self.totals:
            self.totals[key] = self.play.total([row[left] for row in rows[: len(self.play.counts)]])
        return self.play.utility(kind, rows[kind][left] + demand, self.totals[key] + demand)

    def reply(self, kind: int, room: int, cap: int) -> tuple[Fraction, ...]:
        """The best utility of demands up to the cap where the others leave room."""
        key = (kind, room, cap)
        if key not in self.known:
            demands = [each for each in self.commons.grid if each <= min(room, cap)]
            self.play.stages.budget.spend(self.steps * len(demands))
            self.known[key] = max(
                self.inside(kind, each, room - each, self.deviating) for each in demands
            )
        return self.known[key]

    def stable(self, stock: int, demands: Demands, cap: int) -> bool:
        """Whether no agent gains by another demand up to the cap."""
        counts, commons = self.play.counts, self.commons
        self.play.stages.budget.spend(self.steps * len(counts))
        most, total = min(cap, stock), self.play.total(demands)
        if total >= stock:
            room = stock - (commons.agents - 1) * most
            share, kinds = Fraction(stock, commons.agents), range(len(counts))
            alike = [self.play.utility(kind, share, Fraction(room)) for kind in kinds]
            pays = room > 0 and any(self.reply(kind, room, cap) > alike[kind] for kind in kinds)
            return set(demands) == {most} and not pays
        left = stock - total
        for kind, demand in enumerate(demands):
            got, room = self.inside(kind, demand, left, self.later), left + demand
            if self.reply(kind, room, cap) > got:
                return False
            if most >= room and self._all_in_pays(kind, stock, demands, most, got):
                return False
        return all(each in commons.grid and each <= cap for each in demands)

    def _all_in_pays(
        self, kind: int, stock: int, demands: Demands, most: int, got: tuple[Fraction, ...]
    ) -> bool:
        """Whether an agent of a kind gains by demanding the most, by which nothing is left."""
        counts, utility = self.play.counts, self.play.utility
        room = stock - self.play.total(demands) + demands[kind]
        # It catches at least what the others do not demand.
        if utility(kind, Fraction(most), Fraction(room)) <= got:
            return False
        if utility(kind, Fraction(room), Fraction(room)) > got:
            return True
        others: dict[int, int] = {}
        for each, (count, demand) in enumerate(zip(counts, demands, strict=True)):
            others[demand] = others.get(demand, 0) + count - (each == kind)
        groups = tuple(sorted((count, demand) for demand, count in others.items()))
        return utility(kind, self.play.catch(stock, most, groups), Fraction(room)) > got

    def payoffs(self, stock: int, demands: Demands) -> list[Fraction]:
        """What an agent of each kind can expect, and the months that the resource lasts."""
        left = max(0, stock - self.play.total(demands))
        share = Fraction(stock, self.commons.agents)
        now = [Fraction(each) if left else share for each in demands]
        return [a + later[left] for a, later in zip([*now, Fraction(1)], self.later, strict=True)]

    def equilibria(self, stock: int) -> Iterator[Demands]:
        """All equilibria of a stock."""
        counts, most = self.play.counts, min(self.commons.grid[-1], stock)
        if self.commons.agents * most >= stock:
            yield from self._stable(stock, (most,) * len(counts))
        for left in range(1, stock + 1):
            for demands in product(*(self.fitting(kind, left) for kind in range(len(counts)))):
                self.play.stages.budget.spend(len(counts))
                if self.play.total(demands) == stock - left:
                    yield from self._stable(stock, demands)

    def fitting(self, kind: int, left: int) -> list[int]:
        """The demands that are best of those inside the stock, where they leave so much."""
        if (kind, left) not in self.best:
            grid = self.commons.grid
            count, most = self.play.counts[kind], len(self.later[0]) - 1
            demands = [each for each in grid if left + count * each <= most]
            self.play.stages.budget.spend(self.steps * len(demands))
            self.best[kind, left] = [
                each
                for each in demands
                if self.inside(kind, each, left, self.later)
                >= self.reply(kind, left + each, grid[-1])
            ]
        return self.best[kind, left]

    def _stable(self, stock: int, demands: Demands) -> Iterator[Demands]:
        if self.stable(stock, demands, self.commons.grid[-1]):
            yield demands

    def welfare(self, stock: int, demands: Demands) -> Fraction:
        """The expected total catch."""
        return Fraction(self.play.total(self.payoffs(stock, demands)[:-1]))


def show_equilibrium(source: Stages | Situations, claim: Mapping[str, Any], witness: Any) -> None:
    """Markov play of these kinds is an equilibrium from every situation that can be reached.

    Under caps of the language, if one is named. It is the ``only`` one of each month given what
    follows, or of these the ``best`` or ``worst``, or ``some``.
    """
    names = ("kinds", "pick", "language", "payoffs", "months")
    kinds, pick, told, payoffs, months = fields(claim, "the claim", *names)
    stated, listed = fields(witness, "the witness", "demands", "caps")
    pick = text_of(pick, "some", "only", "best", "worst")
    play = Play(source, kinds)
    caps = _caps(source.commons, told, listed)
    require(told is None or pick == "some", "under caps some equilibrium is shown")
    parts = range(len(play.counts) + 1)
    values: list[dict[State, Fraction]] = [{} for _ in parts]
    by_month = listing(stated, source.commons.horizon)
    for month in range(source.commons.horizon, 0, -1):
        entries = source.entries(month, by_month[month - 1])
        made: list[dict[State, Fraction]] = [{} for _ in parts]
        for view, rows in zip(source.views(month, values, sum), entries, strict=True):
            here = Month(play, view.later)
            for (key, state), entry in zip(view.states, rows, strict=True):
                demands = tuple(integer(e, 0, CELLS) for e in listing(entry, len(play.counts)))
                require(here.stable(state[1], demands, caps(month, state)), "somebody gains")
                _require_picked(here, state[1], demands, pick)
                for part, got in zip(made, here.payoffs(state[1], demands), strict=True):
                    part[key] = part.get(key, Fraction(0)) + view.weight * got
        values = made
        for each in values:
            source.budget.measure(each.values())
    found = [each[source.first] for each in values]
    said = [number_of(each) for each in (*listing(payoffs, len(play.counts)), months)]
    require(found == said, "agents can expect something else")


def _require_picked(here: Month, stock: int, demands: Demands, pick: str) -> None:
    """Requires that these demands are the ones that are picked of all equilibria of a stock."""
    if pick == "some":
        return
    others = list(here.equilibria(stock))
    sign = -1 if pick == "worst" else 1
    own = here.welfare(stock, demands)
    best = all(sign * here.welfare(stock, each) <= sign * own for each in others)
    require(best if pick != "only" else others == [demands], f"it is not the {pick} one")


def _caps(commons: Commons, told: Any, listed: Any) -> Callable[[int, State], int]:
    """For a situation the largest demand allowed."""
    grid = commons.grid
    if told is None:
        require(listed is None, "there are no caps without a language")
        return lambda _month, _state: grid[-1]
    length = 4 if commons.regimes is None else None
    language, caps = language_of(told, commons), by_cell(listed, grid, length)
    return lambda month, state: caps[language.cell(month, state)]


def show_threshold(stages: Stages, claim: Mapping[str, Any], witness: Any) -> None:
    """The least λ that keeps agents at equal shares of some first best, if others share V alike."""
    shares, stocks, over, value = fields(
        claim, "the claim", "shares", "stocks", "over_demand", "value"
    )
    (stated,) = fields(witness, "the witness", "values")
    values = stages.first_best(stated)
    fractional = text_of(shares, "whole", "fractional") == "fractional"
    rule = Sharing(stages, values, fractional, truth_of(over))
    require(not (fractional and rule.over), "over-demand is for whole shares")
    if text_of(stocks, "path", "all") == "path":
        found = rule.needed(1, stages.commons.stock, True)
    else:
        every = [
            rule.needed(month, stock, False) for month in stages.months for stock in stages.stocks
        ]
        found = None if None in every else max(every, key=_order)
    require(found is not None, "no first best has equal shares of whole units")
    require(found == ("inf" if value == "inf" else number_of(value)), "the threshold is another")


Asked = Fraction | str | None
"""A λ, or ``inf``; None where no first best has equal shares."""


def _order(asked: Asked) -> tuple[bool, Fraction]:
    return asked == "inf", Fraction(0) if isinstance(asked, str) or asked is None else asked


class Sharing:
    """Equal shares of the first best, and what an agent gains and costs by another demand."""

    def __init__(
        self, stages: Stages, values: Sequence[Values], fractional: bool, over: bool
    ) -> None:
        self.stages, self.commons, self.values = stages, stages.commons, values
        self.fractional, self.over = fractional, over
        self.later = cache(self._later)
        self.needed = cache(self._needed)

    def _later(self, month: int, signal: int) -> list[Fraction]:
        unit = self.stages.unit(month)
        ahead = self.stages.ahead(signal, month, self.values[month])
        return [Fraction(each, unit) for each in ahead]

    def _needed(self, month: int, stock: int, on_path: bool) -> Asked:
        """The λ needed at a stock, and if on the path at those that follow."""
        worst: Asked = Fraction(0)
        for signal in self.stages.signals:
            options: list[Asked] = []
            for taken, asked in self._options(month, signal, stock):
                then = self._then(month, signal, stock - taken) if on_path else set()
                below = [asked, *(self.needed(month + 1, each, True) for each in then)]
                options += [max(below, key=_order)] if None not in below else []
            if not options:
                return None
            worst = max(worst, min(options, key=_order), key=_order)
        return worst

    def _then(self, month: int, signal: int, left: int) -> set[int]:
        if month == self.commons.horizon or left < self.commons.collapse:
            return set()
        return {self.commons.after(left, month, r) for _, r in self.commons.signals[signal][1]}

    def _options(self, month: int, signal: int, stock: int) -> Iterator[tuple[int, Asked]]:
        """The first-best harvests at equal shares, each with the λ that keeps agents at them."""
        later, n = self.later(month, signal), self.commons.agents
        harvests = self.stages.harvests(stock, 0, self.commons.capacity)
        self.stages.budget.spend(4 * len(harvests))
        worth = {taken: taken + later[stock - taken] for taken in harvests}
        best, most = max(worth.values()), min(self.commons.grid[-1], stock)
        for taken in (each for each in harvests if worth[each] == best):
            share = Fraction(taken, n)
            if taken == min(stock, n * most):
                yield taken, self._asked(later, stock, Fraction(most), best, False)
            elif month < self.commons.horizon and (self.fractional or share in self.commons.grid):
                yield taken, self._asked(later, stock, share, best, self.over)

    def _asked(
        self, later: Sequence[Fraction], stock: int, demand: Fraction, best: Fraction, over: bool
    ) -> Asked:
        """The λ at which no deviation pays from these equal demands."""
        n, grid = self.commons.agents, self.commons.grid
        others, part = (n - 1) * demand, demand % 1
        self.stages.budget.spend(8 * len(grid))
        asked: Asked = Fraction(0)
        for other in (each + part for each in grid if each + part + others <= stock):
            left = stock - int(others + other)
            total = others + other + later[left]
            asked = max(asked, _price(other + later[left] / n - best / n, best - total), key=_order)
        most = min(grid[-1], stock)
        if over and others + most > stock:
            alike = ((n - 1, int(demand)),)
            got = caught(self.commons, stock, most, alike, self.stages.budget)
            asked = max(asked, _price(got - best / n, best - stock), key=_order)
        return asked


def _price(gained: Fraction, lost: Fraction) -> Asked:
    """The λ at which what is lost in welfare outweighs what is gained."""
    if gained <= 0:
        return Fraction(0)
    return gained / lost if lost > 0 else "inf"
