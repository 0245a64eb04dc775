"""What certificates show of a commons whose growth has regimes: plans and quotas.

A situation is a regime, a stock, and the totals of the months before that still count. Merged ones
leave these out, and any regime may follow: what they are worth at best bounds what is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from coopgap.proofs.trusted.commons import Commons, Regimes, harvests
from coopgap.proofs.trusted.documents import Budget, fields, listing, require
from coopgap.proofs.trusted.stages import (
    Cell,
    Language,
    Limits,
    State,
    View,
    by_cell,
    everything,
    language_of,
    number_of,
    require_no_better,
)

Worth = Mapping[State, Fraction]
"""By situation."""


class Situations:
    """The situations of a commons with regimes, and the budget of steps."""

    def __init__(self, commons: Commons, regimes: Regimes, merged: bool, budget: Budget) -> None:
        self.commons, self.regimes, self.merged, self.budget = commons, regimes, merged, budget
        budget.measure(number for turn in regimes.turns for number in turn)
        self.quotas = commons.quotas()
        self.first: State = (0, commons.stock)
        self.everything = everything(commons)
        self.months = self._months()

    def successors(self, month: int, state: State, harvest: int) -> list[tuple[Fraction, State]]:
        """What follows a harvest, with probabilities; of merged situations all that may follow."""
        if not self.merged:
            return self.drawn(month, state, harvest)
        stocks = self._grown(month, state[1] - harvest)
        return [(Fraction(1), (regime, stock)) for regime, stock in enumerate(stocks)]

    def drawn(self, month: int, state: State, harvest: int) -> list[tuple[Fraction, State]]:
        """What follows a harvest, exactly."""
        regime, stock, *past = state
        self.budget.spend(8 + len(past))
        stocks, totals = self._grown(month, stock - harvest), [*past, harvest]
        if not stocks:
            return []
        turned = self.regimes.chance(regime, totals)
        memory = totals[max(0, len(totals) - self.regimes.window + 1) :]
        after = ((1 - turned, regime), (turned, 1 - regime))
        return [(p, (r, stocks[r], *memory)) for p, r in after if p > 0]

    def _grown(self, month: int, rest: int) -> list[int]:
        """By regime the next month's stock; none if nothing follows."""
        self.budget.spend(8)
        if rest < self.commons.collapse or month == self.commons.horizon:
            return []
        return [self.commons.after(rest, month, factor) for factor in self.regimes.factors]

    def _months(self) -> list[list[State]]:
        """By month, in ascending order, the situations that some harvests lead to."""
        months = [[self.first]]
        for month in range(1, self.commons.horizon):
            after = {
                successor
                for state in months[-1]
                for harvest in harvests(self.quotas, state[1], 0, self.commons.capacity)
                for _, successor in self.successors(month, state, harvest)
            }
            months.append(sorted(after))
        return months

    def views(
        self, month: int, values: Sequence[Worth], fold: Callable[[Any], Any]
    ) -> Iterator[View]:
        """All situations; values: of the next month, of merged ones the ``fold`` of all."""
        states = self.months[month - 1]
        groups: list[tuple[State, Sequence[State]]] = [(state, [state]) for state in states]
        if self.merged:
            groups = [((0, self.commons.capacity), states)]
        for state, alike in groups:
            later = self.rows(month, state, values, fold if self.merged else sum)
            yield View([(member, member) for member in alike], Fraction(1), later)

    def entries(self, month: int, value: Any) -> list[Sequence[Any]]:
        """What is listed for the state of each view; there is one, as equilibria are exact."""
        require(not self.merged, "an equilibrium is of exact situations")
        return [[entry] for entry in listing(value, len(self.months[month - 1]))]

    def rows(
        self, month: int, state: State, values: Sequence[Worth], fold: Callable[[Any], Any]
    ) -> list[Sequence[Fraction]]:
        """By what is left in a situation, what is expected of values of the next month.

        It is 0 if nothing follows.
        """
        none, rests = Fraction(0), range(state[1] + 1)
        afters = [self.successors(month, state, state[1] - rest) for rest in rests]
        # What follows is charged with the first of the values.
        self.budget.spend(8 * len(afters) * max(0, len(values) - 1))
        return [
            [fold([p * worth.get(s, none) for p, s in after] or [none]) for after in afters]
            for worth in values
        ]

    def worth(self, language: Language, limits: Limits) -> Fraction:
        """What the best harvests within the limits are worth, chosen anew in each situation."""
        values: Worth = {}
        for month in range(self.commons.horizon, 0, -1):
            current = {}
            views = self.views(month, [values], max)
            for state, later in ((s, view.later[0]) for view in views for _, s in view.states):
                stock, ends = state[1], (0, self.commons.capacity)
                ends = limits.get(language.cell(month, state), ends)
                options = harvests(self.quotas, stock, *ends)
                self.budget.spend(2 * len(options))
                current[state] = max(harvest + later[stock - harvest] for harvest in options)
            values = current
            self.budget.measure(values.values())
        return values[self.first]

    def followed(self, language: Language, quotas: Mapping[Cell, int]) -> Fraction:
        """What a rule is worth that has a quota for each cell that it leads to."""
        months: list[dict[State, int]] = []
        states = {self.first}
        for month in range(1, self.commons.horizon + 1):
            cells = {state: language.cell(month, state) for state in states}
            require(all(cell in quotas for cell in cells.values()), "a cell has no quota")
            months.append({state: min(quotas[cells[state]], state[1]) for state in states})
            self.budget.spend(8 * len(states))
            states = {s for state, t in months[-1].items() for _, s in self.drawn(month, state, t)}
        values: dict[State, Fraction] = {}
        for month in range(self.commons.horizon, 0, -1):
            values = {
                state: sum(
                    (p * values[s] for p, s in self.drawn(month, state, harvest)), Fraction(harvest)
                )
                for state, harvest in months[month - 1].items()
            }
            self.budget.measure(values.values())
        return Fraction(values[self.first])

    def rule(self, listed: Any) -> dict[Cell, int]:
        """The quotas by cell that a witness lists."""
        return by_cell(listed, self.quotas)


def show_first_best_between(situations: Situations, claim: Mapping[str, Any], witness: Any) -> None:
    """The first best is worth between low and high: a plan attains low, none exceeds high."""
    low, high = fields(claim, "the claim", "low", "high")
    (plan,) = fields(witness, "the witness", "plan")
    reached = situations.followed(situations.everything, situations.rule(plan))
    require(number_of(low) <= reached, "the plan is worth less")
    most = situations.worth(situations.everything, {})
    require(most <= number_of(high), "the first best may be worth more")


def show_regime_gap(situations: Situations, claim: Mapping[str, Any], witness: Any) -> None:
    """The best rule of a language loses between low and high of the first best."""
    value, low, high = fields(claim, "the claim", "language", "low", "high")
    plan, rule, tree = fields(witness, "the witness", "plan", "rule", "tree")
    language = language_of(value, situations.commons)
    most = situations.worth(situations.everything, {})
    lost = most - situations.followed(language, situations.rule(rule))
    # A rule that tells all apart can be any plan, so the first best.
    lost = Fraction(0) if language.tells_all else lost
    require(lost <= number_of(high), "the rule is worth too little")
    reached = situations.followed(situations.everything, situations.rule(plan))
    if number_of(low) > 0:
        past = language.past and situations.regimes.window > 1
        require(not (situations.merged and past), "merged situations do not tell the past")
        worth, capacity = partial(situations.worth, language), situations.commons.capacity
        require_no_better(tree, reached - number_of(low), worth, situations.budget, capacity)
    else:
        require(tree is None, "that a rule is no better than the first best needs no tree")
