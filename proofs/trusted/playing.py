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
"""Values by the stock left: a row for each kind, then for the months that the resource lasts."""


class Play:
    """Kinds of agents: how many of each, and their λ; None if they count W before their own."""

    def __init__(self, stages: Stages | Situations, kinds: Any) -> None:
        self.stages, self.commons = stages, stages.commons
        self.known: dict[tuple[int, int, Groups], Fraction] = {}
        pairs = [listing(entry, 2) for entry in listing(kinds)]
        self.counts = [integer(count, 1, self.commons.agents + 1) for count, _ in pairs]
        require(sum(self.counts) == self.commons.agents, "the kinds are not all agents")
        self.levels = [None if level == "inf" else number_of(level) for _, level in pairs]
        require(all(level is None or level >= 0 for level in self.levels), "λ is negative")

    def total(self, by_kind: Iterable[Any]) -> Any:
        """The sum over all agents of numbers given by kind."""
        return reduce(add, map(mul, by_kind, self.counts))

    def catch(self, stock: int, own: int, others: Groups) -> Fraction:
        """What an agent that demands ``own`` can expect to catch."""
        key = (stock, own, others)
        if key not in self.known:
            self.known[key] = caught(self.commons, stock, own, others, self.stages.budget)
        return self.known[key]

    def utility(self, kind: int, own: Fraction, total: Fraction) -> tuple[Fraction, ...]:
        """The utility of an agent by its own payoff and the total; compared entry by entry."""
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

    def inside(self, kind: int, demand: int, rest: int, rows: Later) -> tuple[Fraction, ...]:
        """The utility of an agent whose demand leaves this much, before these values."""
        key = rest, rows is self.later
        if key not in self.totals:
            self.totals[key] = self.play.total([row[rest] for row in rows[: len(self.play.counts)]])
        return self.play.utility(kind, rows[kind][rest] + demand, self.totals[key] + demand)

    def reply(self, kind: int, room: int, cap: int) -> tuple[Fraction, ...]:
        """The best utility of demands up to the cap where the others leave room."""
        key = (kind, room, cap)
        if key not in self.known:
            demands = [demand for demand in self.commons.grid if demand <= min(room, cap)]
            self.play.stages.budget.spend(self.steps * len(demands))
            self.known[key] = max(
                self.inside(kind, demand, room - demand, self.deviating) for demand in demands
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
        rest = stock - total
        for kind, demand in enumerate(demands):
            worth, room = self.inside(kind, demand, rest, self.later), rest + demand
            if self.reply(kind, room, cap) > worth:
                return False
            if most >= room and self._all_in_pays(kind, stock, demands, most, worth):
                return False
        return all(demand in commons.grid and demand <= cap for demand in demands)

    def _all_in_pays(
        self, kind: int, stock: int, demands: Demands, most: int, worth: tuple[Fraction, ...]
    ) -> bool:
        """Whether an agent of a kind gains by demanding the most, which leaves nothing."""
        counts, utility = self.play.counts, self.play.utility
        room = stock - self.play.total(demands) + demands[kind]
        # It catches at least what the others do not demand.
        if utility(kind, Fraction(most), Fraction(room)) <= worth:
            return False
        if utility(kind, Fraction(room), Fraction(room)) > worth:
            return True
        others: dict[int, int] = {}
        for place, (count, demand) in enumerate(zip(counts, demands, strict=True)):
            others[demand] = others.get(demand, 0) + count - (place == kind)
        groups = tuple(sorted((count, demand) for demand, count in others.items()))
        return utility(kind, self.play.catch(stock, most, groups), Fraction(room)) > worth

    def payoffs(self, stock: int, demands: Demands) -> list[Fraction]:
        """What an agent of each kind can expect, and the months that the resource lasts."""
        rest = max(0, stock - self.play.total(demands))
        share = Fraction(stock, self.commons.agents)
        now = [Fraction(demand) if rest else share for demand in demands]
        return [a + later[rest] for a, later in zip([*now, Fraction(1)], self.later, strict=True)]

    def equilibria(self, stock: int) -> Iterator[Demands]:
        """All equilibria of a stock."""
        counts, most = self.play.counts, min(self.commons.grid[-1], stock)
        if self.commons.agents * most >= stock:
            yield from self._stable(stock, (most,) * len(counts))
        for rest in range(1, stock + 1):
            for demands in product(*(self.fitting(kind, rest) for kind in range(len(counts)))):
                self.play.stages.budget.spend(len(counts))
                if self.play.total(demands) == stock - rest:
                    yield from self._stable(stock, demands)

    def fitting(self, kind: int, rest: int) -> list[int]:
        """The demands of a kind that are best of those inside the stock, if this much is left."""
        if (kind, rest) not in self.best:
            grid = self.commons.grid
            count, most = self.play.counts[kind], len(self.later[0]) - 1
            demands = [demand for demand in grid if rest + count * demand <= most]
            self.play.stages.budget.spend(self.steps * len(demands))
            self.best[kind, rest] = [
                demand
                for demand in demands
                if self.inside(kind, demand, rest, self.later)
                >= self.reply(kind, rest + demand, grid[-1])
            ]
        return self.best[kind, rest]

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
    kinds, pick, language, payoffs, months = fields(claim, "the claim", *names)
    stated, listed = fields(witness, "the witness", "demands", "caps")
    pick = text_of(pick, "some", "only", "best", "worst")
    play = Play(source, kinds)
    caps = _caps(source.commons, language, listed)
    require(language is None or pick == "some", "under caps some equilibrium is shown")
    parts = range(len(play.counts) + 1)
    values: list[dict[State, Fraction]] = [{} for _ in parts]
    by_month = listing(stated, source.commons.horizon)
    for month in range(source.commons.horizon, 0, -1):
        entries = source.entries(month, by_month[month - 1])
        current: list[dict[State, Fraction]] = [{} for _ in parts]
        for view, rows in zip(source.views(month, values, sum), entries, strict=True):
            stage = Month(play, view.later)
            for (key, state), entry in zip(view.states, rows, strict=True):
                demands = tuple(integer(d, 0, CELLS) for d in listing(entry, len(play.counts)))
                require(stage.stable(state[1], demands, caps(month, state)), "somebody gains")
                _require_picked(stage, state[1], demands, pick)
                for part, payoff in zip(current, stage.payoffs(state[1], demands), strict=True):
                    part[key] = part.get(key, Fraction(0)) + view.weight * payoff
        values = current
        for by_state in values:
            source.budget.measure(by_state.values())
    expected = [by_state[source.first] for by_state in values]
    claimed = [number_of(entry) for entry in (*listing(payoffs, len(play.counts)), months)]
    require(expected == claimed, "agents can expect something else")


def _require_picked(stage: Month, stock: int, demands: Demands, pick: str) -> None:
    """Raises Rejected unless the demands are what ``pick`` names among a stock's equilibria."""
    if pick == "some":
        return
    equilibria = list(stage.equilibria(stock))
    sign = -1 if pick == "worst" else 1
    own = stage.welfare(stock, demands)
    best = all(sign * stage.welfare(stock, equilibrium) <= sign * own for equilibrium in equilibria)
    require(best if pick != "only" else equilibria == [demands], f"it is not the {pick} one")


def _caps(commons: Commons, value: Any, listed: Any) -> Callable[[int, State], int]:
    """For a situation the largest demand allowed."""
    grid = commons.grid
    if value is None:
        require(listed is None, "there are no caps without a language")
        return lambda _month, _state: grid[-1]
    length = 4 if commons.regimes is None else None
    language, caps = language_of(value, commons), by_cell(listed, grid, length)
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
        needed = rule.needed(1, stages.commons.stock, True)
    else:
        levels = [
            rule.needed(month, stock, False) for month in stages.months for stock in stages.stocks
        ]
        needed = None if None in levels else max(levels, key=_order)
    require(needed is not None, "no first best has equal shares of whole units")
    require(needed == ("inf" if value == "inf" else number_of(value)), "the threshold is another")


Level = Fraction | str | None
"""A λ, or ``inf``; None where no first best has equal shares."""


def _order(level: Level) -> tuple[bool, Fraction]:
    return level == "inf", Fraction(0) if isinstance(level, str) or level is None else level


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
        return [Fraction(value, unit) for value in ahead]

    def _needed(self, month: int, stock: int, on_path: bool) -> Level:
        """The λ needed at a stock, and if on the path at those that follow."""
        worst: Level = Fraction(0)
        for signal in self.stages.signals:
            options: list[Level] = []
            for harvest, level in self._options(month, signal, stock):
                successors = self._successors(month, signal, stock - harvest) if on_path else set()
                levels = [level, *(self.needed(month + 1, s, True) for s in successors)]
                options += [max(levels, key=_order)] if None not in levels else []
            if not options:
                return None
            worst = max(worst, min(options, key=_order), key=_order)
        return worst

    def _successors(self, month: int, signal: int, rest: int) -> set[int]:
        if month == self.commons.horizon or rest < self.commons.collapse:
            return set()
        return {self.commons.after(rest, month, r) for _, r in self.commons.signals[signal][1]}

    def _options(self, month: int, signal: int, stock: int) -> Iterator[tuple[int, Level]]:
        """The first-best harvests at equal shares, each with the λ that keeps agents at them."""
        later, n = self.later(month, signal), self.commons.agents
        harvests = self.stages.harvests(stock, 0, self.commons.capacity)
        self.stages.budget.spend(4 * len(harvests))
        worth = {harvest: harvest + later[stock - harvest] for harvest in harvests}
        best, most = max(worth.values()), min(self.commons.grid[-1], stock)
        for harvest in (amount for amount in harvests if worth[amount] == best):
            share = Fraction(harvest, n)
            if harvest == min(stock, n * most):
                yield harvest, self._level(later, stock, Fraction(most), best, False)
            elif month < self.commons.horizon and (self.fractional or share in self.commons.grid):
                yield harvest, self._level(later, stock, share, best, self.over)

    def _level(
        self, later: Sequence[Fraction], stock: int, demand: Fraction, best: Fraction, over: bool
    ) -> Level:
        """The λ at which no deviation pays from these equal demands."""
        n, grid = self.commons.agents, self.commons.grid
        others, part = (n - 1) * demand, demand % 1
        self.stages.budget.spend(8 * len(grid))
        level: Level = Fraction(0)
        for own in (units + part for units in grid if units + part + others <= stock):
            rest = stock - int(others + own)
            total = others + own + later[rest]
            level = max(level, _price(own + later[rest] / n - best / n, best - total), key=_order)
        most = min(grid[-1], stock)
        if over and others + most > stock:
            alike = ((n - 1, int(demand)),)
            catch = caught(self.commons, stock, most, alike, self.stages.budget)
            level = max(level, _price(catch - best / n, best - stock), key=_order)
        return level


def _price(gained: Fraction, lost: Fraction) -> Level:
    """The λ at which what is lost in welfare outweighs what is gained."""
    if gained <= 0:
        return Fraction(0)
    return gained / lost if lost > 0 else "inf"
