"""The best quota rule of a language where growth has regimes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from coopgap.proofs.commons.planner import Limits
from coopgap.proofs.commons.quotas import BestRule, Needs, Worth, searched
from coopgap.proofs.commons.regime_planner import (
    StatePlan,
    planned_among,
    planned_within,
    quota_for,
)
from coopgap.theory.commons.regimes import Situations, State
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import Cell, QuotaLanguage

TRIES = 60
"""How many limits are tried, each of which the checker tries again."""

CLIMBS = 200
"""How many rules are tried before."""

WORK = 600_000
"""So many situations may be looked at in all tries together."""


@dataclass(frozen=True)
class Regimes:
    """The problem of a language; merged situations bound rules, and rules are valued exactly."""

    situations: Situations
    language: QuotaLanguage

    @property
    def commons(self) -> Commons:
        """The commons."""
        return self.situations.commons

    @cached_property
    def default(self) -> Mapping[Cell, int]:
        """What the best plan takes in some situation of each cell."""
        free = planned_within(self.situations, self.language)
        return quotas_of(self.commons, free, self.language)

    def bound(self, limits: Limits) -> Worth:
        """The best plan within the limits, which may choose anew in each situation."""
        plan = planned_within(self.situations, self.language, limits)
        needs: dict[Cell, Needs] = {}
        states = {self.situations.months[0][0]: Fraction(1)}
        for month, totals in enumerate(plan.totals, 1):
            then: dict[State, Fraction] = {}
            for state, likely in sorted(states.items(), key=lambda pair: (-pair[0].stock, pair)):
                total = totals[state]
                least = quota_for(self.commons, total)
                most = total if total < state.stock else self.commons.capacity
                cell = self.language.cell_of(month, state)
                needs.setdefault(cell, []).append((least, most, likely))
                for p, next_state in self.situations.successors(month, state, total):
                    then[next_state] = then.get(next_state, Fraction(0)) + likely * p
            states = then
        return Worth(plan.value, needs)

    def valued(self, rule: Mapping[Cell, int]) -> Worth:
        """What a rule is worth; less than nothing if its play comes to too many states."""
        plan = self._ruled(rule)
        if plan is None:
            return Worth(Fraction(-1), {})
        visited: dict[Cell, Needs] = {}
        for month, row in enumerate(plan.totals, 1):
            for state in row:
                cell = self._listed(rule, month, state)
                visited.setdefault(cell, []).append((rule[cell], rule[cell], Fraction(1)))
        return Worth(plan.value, visited)

    def _ruled(self, rule: Mapping[Cell, int]) -> StatePlan | None:
        """What a rule makes of all situations that it leads to."""
        return planned_among(
            self.situations,
            lambda month, state: [min(rule[self._listed(rule, month, state)], state.stock)],
        )

    def _listed(self, rule: Mapping[Cell, int], month: int, state: State) -> Cell:
        """The cell, or where a rule does not list it the one that forgets the past."""
        cell = self.language.cell_of(month, state)
        return cell if cell in rule else cell[:3]

    def quotas(self, rule: Mapping[Cell, int]) -> Mapping[Cell, int]:
        """The quotas of all cells that a rule's play reaches."""
        plan = self._ruled(rule)
        assert plan is not None, "the rule has been valued"
        return {
            self.language.cell_of(month, state): rule[self._listed(rule, month, state)]
            for month, row in enumerate(plan.totals, 1)
            for state in row
        }


def best_regime_rule(
    situations: Situations, language: QuotaLanguage, plan: StatePlan, most: Fraction
) -> BestRule:
    """The best rule by which a quota of the language prescribes the total harvest.

    plan: a first best, or the best plan that is known; most: what no plan exceeds.
    """
    if language.tells_all:
        return BestRule(plan.value, most, quotas_of(situations.commons, plan, language))
    problem = Regimes(situations, language)
    size = sum(1 + state.stock for row in situations.months for state in row)
    best = searched(problem, max(2, min(TRIES, WORK // size)), CLIMBS)
    return BestRule(best.low, best.high, problem.quotas(best.rule), best.tree)


def quotas_of(commons: Commons, plan: StatePlan, language: QuotaLanguage) -> Mapping[Cell, int]:
    """A plan as a rule: in each cell what it does in the last of its situations."""
    return {
        language.cell_of(month, state): quota_for(commons, total)
        for month, row in enumerate(plan.totals, 1)
        for state, total in row.items()
    }
