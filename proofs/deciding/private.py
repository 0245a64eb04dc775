"""The finder where agents do not all see the state: what strategies and what mechanisms reach.

Incentives hold in expectation over what an agent cannot tell apart. What is about play state by
state is unknown, and no claim about it is decided.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from coopgap.proofs.deciding import reports
from coopgap.proofs.deciding.findings import OneGame
from coopgap.proofs.deciding.mechanisms import mechanism_part
from coopgap.proofs.deciding.private_claims import (
    STRATEGY_CLAIMS,
    PrivateClaim,
    Statement,
    correlated_parts,
    strategies_welfare,
    threshold_statement,
    value_statement,
)
from coopgap.proofs.deciding.private_parts import (
    directive_part,
    obstruction_part,
    selected,
    strategies_played,
)
from coopgap.proofs.deciding.settled import Settled
from coopgap.proofs.deciding.values import Absent, Bounds, Quantity, Unknown, Value
from coopgap.proofs.deciding.verdicts import GameClaim, require_about_mechanisms
from coopgap.proofs.questions.obligations import Levels
from coopgap.proofs.questions.private import PrivateSetting
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.contracts import Directives
from coopgap.theory.exact import INFINITY
from coopgap.theory.information import (
    MAX_STRATEGIES,
    pooled_incontractible_cells,
    strategies_named,
    team_optimum,
    unfollowed,
)
from coopgap.theory.json_values import JsonObject
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import FamilyQuestion, NamedLanguage, Question

PRIVATE = Unknown(
    "not every player sees the state; values, thresholds and mechanisms are decided then"
)

UNFOLLOWED = Absent("some player does not see the cell, and cannot follow a directive")

NO_EQUILIBRIUM = Absent("no strategies are an equilibrium")
NO_DIRECTIVE = Absent("the contracts are transfers")
NO_TRANSFERS = Absent("it is a directive")


class ByStateUndecided:
    """What is about play state by state: nothing of it is decided."""

    def agent_thresholds(self) -> Unknown:
        """The λ that each player needs."""
        return PRIVATE

    def benefit(self) -> reports.BenefitPart:
        """Who gains from the first best."""
        return reports.BenefitPart(PRIVATE, PRIVATE, PRIVATE)

    def basis(self, named: NamedLanguage) -> Absent:
        """What must hold for a contract to suffice."""
        return Absent(PRIVATE.reason)


class PrivateFinder(ByStateUndecided, OneGame):
    """Finds the parts of a report on a game with ``[information]``."""

    def first_best(self, into: dict[str, str]) -> reports.PooledBestPart:
        """W* of players who pool what they see, where it is reached, and the team optimum."""
        best = self.findings.pooled()
        states = self.names.states
        profiles = {
            "|".join(states[s] for s in cell): tuple(map(self.names.labels, team))
            for cell, team in best.profiles.items()
        }
        team = self.findings.run(
            "team optimum", team_optimum, self.names, self.findings.information
        )
        many = Unknown(f"players have over {MAX_STRATEGIES:,} profiles of strategies")
        return reports.PooledBestPart(best.welfare, profiles, many if team is None else team)

    def mechanism(self, named: NamedLanguage) -> reports.MechanismPart | Unknown | Absent:
        """What mechanisms reach."""
        value, _ = self.value(named, None, {})
        return mechanism_part(self.findings, named.name, self.selfish, value)

    def play(self, level: int | None) -> reports.Play:
        """All equilibria in strategies without a contract, the best and the worst."""
        equilibria = self.findings.private_equilibria(self.numbers(level))
        if isinstance(equilibria, Unknown):
            return reports.Play(equilibria, equilibria, equilibria)
        setting, game = self.findings.private_setting(None), self.names
        welfare = [strategies_welfare(setting, strategies) for strategies in equilibria]
        known = self.findings.information
        listed = tuple(strategies_named(game, known, strategies) for strategies in equilibria)
        if not listed:
            return reports.Play(NO_EQUILIBRIUM, listed, NO_EQUILIBRIUM)
        return reports.Play(max(welfare), listed, min(welfare))

    def worst(self, named: NamedLanguage) -> tuple[Unknown, Unknown]:
        """V and the gap at the worst equilibria."""
        return PRIVATE, PRIVATE

    def mixed(self) -> reports.MixedPlay:
        """Mixed equilibria without a contract."""
        return reports.MixedPlay(PRIVATE)

    def domination_threshold(self) -> Unknown:
        """λ̄ of T9."""
        return PRIVATE

    def value(
        self, named: NamedLanguage, level: int | None, into: dict[str, str]
    ) -> tuple[Quantity, Quantity]:
        """V and the gap to the pooled first best, with the certificate of V."""
        levels = self.numbers(level)
        answer = self.findings.private_value(named.name, levels)
        if isinstance(answer, Unknown):
            return answer, answer
        best = self.findings.pooled().welfare
        setting = self.findings.private_setting(named.name)
        name = "gap" if level is None else f"value at lambda {', '.join(map(str, levels))}"
        statement = value_statement(setting, answer, best)
        if refusal := self._noted(setting, levels, statement, name, into):
            return refusal, refusal
        gap = best - answer.welfare if isinstance(answer.welfare, Fraction) else INFINITY
        return answer.welfare, gap

    def threshold(self, language: str | None, into: dict[str, str]) -> Quantity:
        """λ*, with its certificate."""
        least = self.findings.private_threshold(language)
        if isinstance(least, Unknown):
            return least
        setting = self.findings.private_setting(language)
        statement = threshold_statement(setting, least)
        refusal = self._noted(setting, None, statement, "prosocial_threshold", into)
        return refusal or least.level

    def _noted(
        self,
        setting: PrivateSetting,
        levels: Levels | None,
        statement: Statement,
        name: str,
        into: dict[str, str],
    ) -> Unknown | None:
        """Notes the certificate, or why its quantity is unknown; as ``Findings.noted``."""
        certified = self.findings.certify(setting, levels, statement.claim, statement.witness)
        return self.findings.noted(into, name, certified)

    def suffices(self, named: NamedLanguage) -> Value[bool]:
        """Whether some contract implements strategies of the pooled first best."""
        answer = self.findings.private_value(named.name, self.selfish)
        if isinstance(answer, Unknown):
            return answer
        return answer.welfare == self.findings.pooled().welfare

    def reached(
        self, named: NamedLanguage
    ) -> tuple[Value[reports.Selection], reports.Contract, reports.Directive]:
        """What the best strategies play in each state, and by which contract."""
        answer = self.findings.private_value(named.name, self.selfish)
        if isinstance(answer, Unknown):
            return answer, answer, answer
        if answer.strategies is None:
            return NO_EQUILIBRIUM, NO_EQUILIBRIUM, NO_EQUILIBRIUM
        setting = self.findings.private_setting(named.name)
        if isinstance(setting.contracts, Directives):
            return selected(setting, answer), NO_TRANSFERS, directive_part(setting, answer)
        return *strategies_played(setting, answer), NO_DIRECTIVE

    def obstruction(self, named: NamedLanguage) -> Value[reports.ObstructionPart]:
        """Why no contract does better: deviations of strategies that cannot all be deterred."""
        answer = self.findings.private_value(named.name, self.selfish)
        if isinstance(answer, Unknown):
            return answer
        return obstruction_part(self.findings.private_setting(named.name), answer)

    def directives(self, named: NamedLanguage) -> tuple[Quantity, Value[reports.Profiles]]:
        """What complete directives lose, and the incontractible cells."""
        cells = self._incontractible(named)
        assert isinstance(named.language, ProductLanguage)
        if unfollowed(named.language, self.findings.information) is not None:
            return UNFOLLOWED, cells
        answer = self.findings.private_directives(named.name)
        if isinstance(answer, Unknown):
            return answer, cells
        assert isinstance(answer.welfare, Fraction), "one action can always be prescribed"
        return self.findings.pooled().welfare - answer.welfare, cells

    def _incontractible(self, named: NamedLanguage) -> reports.Profiles:
        assert isinstance(named.language, ProductLanguage)
        known, names = self.findings.information, self.names
        cells = pooled_incontractible_cells(names, known, named.language)
        return tuple(tuple(names.states[state] for state in cell) for cell in cells)

    def correlated(self, named: NamedLanguage, into: dict[str, str]) -> tuple[Quantity, Quantity]:
        """The gap of correlated play of strategies, and the gap that all of it leaves at least."""
        finding = self.findings.private_correlated(named.name)
        if isinstance(finding, Unknown):
            return finding, finding
        setting, best = self.findings.private_setting(named.name), self.findings.pooled().welfare
        gap, reached = best - finding.bound, finding.amounts is not None
        name, id_ = "correlated_bound", "correlated-gap-at-least"
        if reached:
            name, id_ = "correlated_gap", "correlated-gap"
        claim = {"id": id_, "holds": True, "value": str(gap)}
        # Nobody exceeds the first best: a gap of 0 needs no bound.
        statement = Statement(claim, partial(correlated_parts, setting, finding, gap > 0, reached))
        self._noted(setting, self.selfish, statement, name, into)
        if "correlated_gap" in into:
            return gap, gap
        least = gap if "correlated_bound" in into else Fraction(0)
        pure, _ = self.value(named, None, {})
        return Bounds(least, best - pure if isinstance(pure, Fraction) else INFINITY), least

    # Claims

    def incontractible(self, named: NamedLanguage, cells: object) -> bool:
        """Whether the language has incontractible cells."""
        return isinstance(named.language, ProductLanguage) and bool(self._incontractible(named))

    def correlated_positive(self, named: NamedLanguage) -> bool:
        """Whether the gap of correlated play is positive."""
        finding = self.findings.private_correlated(named.name)
        return not isinstance(finding, Unknown) and finding.bound < self.findings.pooled().welfare

    def settled(self, question: Question | FamilyQuestion) -> Settled:
        """What becomes of a claim. Raises InputError for one about play in each state."""
        return self._claim(question).verdict()

    def claim(self, question: Question | FamilyQuestion) -> tuple[JsonObject, Problem]:
        """The fields of a claim as certificates carry them, and the problem that it is about."""
        claim = self._claim(question)
        return claim.fields, claim.problem

    def _claim(self, question: Question | FamilyQuestion) -> GameClaim | PrivateClaim:
        assert isinstance(question, Question)
        if question.id in STRATEGY_CLAIMS:
            return PrivateClaim(self.findings, question)
        require_about_mechanisms(question, STRATEGY_CLAIMS)
        return GameClaim(self.findings, question)
