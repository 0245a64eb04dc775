"""The finder where agents do not all see the state: what strategies and what mechanisms reach.

Incentives hold in expectation over what an agent cannot tell apart. What is about play state by
state, or about correlated play, is unknown, and no claim about it is decided.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from coopgap.proofs.deciding.decide import Certified
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.mechanisms import mechanism_part
from coopgap.proofs.deciding.private_claims import (
    STRATEGY_CLAIMS,
    PrivateClaim,
    Statement,
    threshold_statement,
    value_statement,
)
from coopgap.proofs.deciding.private_parts import obstruction_part, strategies_played
from coopgap.proofs.deciding.reports import (
    BenefitPart,
    Contract,
    Directive,
    MechanismPart,
    MixedPlay,
    ObstructionPart,
    Parameters,
    Play,
    PooledBestPart,
    Selection,
)
from coopgap.proofs.deciding.settled import Settled
from coopgap.proofs.deciding.values import Absent, Quantity, Unknown, Value
from coopgap.proofs.deciding.verdicts import GameClaim, require_about_mechanisms
from coopgap.proofs.questions.obligations import Levels
from coopgap.proofs.questions.private import PrivateSetting
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.exact import INFINITY
from coopgap.theory.information import MAX_STRATEGIES, team_optimum
from coopgap.theory.json_values import JsonObject
from coopgap.theory.specification import FamilyQuestion, NamedLanguage, Question

PRIVATE = Unknown(
    "not every player sees the state; values, thresholds and mechanisms are decided then"
)


NO_EQUILIBRIUM = Absent("no strategies are an equilibrium")
NO_DIRECTIVE = Absent("the contracts are transfers")


class ByStateUndecided:
    """What is about play state by state, or about correlated play: nothing of it is decided."""

    def agent_thresholds(self) -> Unknown:
        """The λ that each player needs."""
        return PRIVATE

    def benefit(self) -> BenefitPart:
        """Who gains from the first best."""
        return BenefitPart(PRIVATE, PRIVATE, PRIVATE)

    def correlated(self, named: NamedLanguage, into: dict[str, str]) -> tuple[Unknown, Unknown]:
        """The gap of correlated equilibria."""
        return PRIVATE, PRIVATE

    def correlated_positive(self, named: NamedLanguage) -> bool:
        """Whether the claim is an instance of T5: it is not decided here."""
        return False

    def directives(self, named: NamedLanguage) -> tuple[Unknown, Unknown]:
        """What complete directives lose."""
        return PRIVATE, PRIVATE

    def basis(self, named: NamedLanguage) -> Absent:
        """What must hold for a contract to suffice."""
        return Absent(PRIVATE.reason)


class PrivateFinder(ByStateUndecided):
    """Finds the parts of a report on a game with ``[information]``."""

    family = False

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.names = findings.environment
        self.progress = findings.progress
        self.specification = findings.specification
        self.texts = findings.texts
        self.parameters: Parameters = {"names": (), "assume": ()}

    def numbers(self, place: int) -> Levels:
        """The λ of each player, at a listed level."""
        return self.specification.levels[place]

    def first_best(self, into: dict[str, str]) -> PooledBestPart:
        """W* of players who pool what they see, where it is reached, and the team optimum."""
        best = self.findings.pooled()
        states = self.names.states
        profiles = {
            "|".join(states[s] for s in cell): tuple(map(self.names.labels, found))
            for cell, found in best.profiles.items()
        }
        found = self.findings.run(
            "team optimum", team_optimum, self.names, self.findings.information
        )
        many = Unknown(f"players have over {MAX_STRATEGIES:,} profiles of strategies")
        return PooledBestPart(best.welfare, profiles, many if found is None else found)

    def mechanism(self, named: NamedLanguage) -> MechanismPart | Unknown | Absent:
        """What mechanisms reach."""
        value, _ = self.value(named, None, {})
        return mechanism_part(self.findings, named.name, self.findings.selfish, value)

    def play(self, level: int | None) -> Play:
        """The best equilibrium without a contract; all of them are not listed."""
        found = self.findings.private_value(None, self._levels(level))
        if isinstance(found, Unknown):
            return Play(found, PRIVATE, PRIVATE)
        known = isinstance(found.welfare, Fraction)
        return Play(found.welfare if known else NO_EQUILIBRIUM, PRIVATE, PRIVATE)

    def _levels(self, level: int | None) -> Levels:
        return self.findings.selfish if level is None else self.numbers(level)

    def worst(self, named: NamedLanguage) -> tuple[Unknown, Unknown]:
        """V and the gap at the worst equilibria."""
        return PRIVATE, PRIVATE

    def mixed(self) -> MixedPlay:
        """Mixed equilibria without a contract."""
        return MixedPlay(PRIVATE)

    def domination_threshold(self) -> Unknown:
        """λ̄ of T9."""
        return PRIVATE

    def value(
        self, named: NamedLanguage, level: int | None, into: dict[str, str]
    ) -> tuple[Quantity, Quantity]:
        """V and the gap to the pooled first best, with the certificate of V."""
        levels = self._levels(level)
        found = self.findings.private_value(named.name, levels)
        if isinstance(found, Unknown):
            return found, found
        best = self.findings.pooled().welfare
        setting = self.findings.private_setting(named.name)
        assert isinstance(setting, PrivateSetting)
        name = "gap" if level is None else f"value at lambda {', '.join(map(str, levels))}"
        self._keep(setting, levels, value_statement(setting, found, best), name, into)
        gap = best - found.welfare if isinstance(found.welfare, Fraction) else INFINITY
        return found.welfare, gap

    def threshold(self, language: str | None, into: dict[str, str]) -> Quantity:
        """λ*, with its certificate."""
        found = self.findings.private_threshold(language)
        if isinstance(found, Unknown):
            return found
        setting = self.findings.private_setting(language)
        assert isinstance(setting, PrivateSetting)
        told = threshold_statement(setting, found)
        self._keep(setting, None, told, "prosocial_threshold", into)
        return found.level

    def _keep(
        self,
        setting: PrivateSetting,
        levels: Levels | None,
        told: Statement,
        name: str,
        into: dict[str, str],
    ) -> None:
        """Notes the certificate, if the checker accepted it."""
        shown = self.findings.certify_private(setting, levels, told.claim, told.witness)
        if isinstance(shown, Certified) and shown.accepted:
            into[name] = shown.sha256

    def suffices(self, named: NamedLanguage) -> Value[bool]:
        """Whether some contract implements strategies of the pooled first best."""
        found = self.findings.private_value(named.name, self.findings.selfish)
        if isinstance(found, Unknown):
            return found
        return found.welfare == self.findings.pooled().welfare

    def reached(self, named: NamedLanguage) -> tuple[Value[Selection], Contract, Directive]:
        """What the best strategies play in each state, and the transfers."""
        found = self.findings.private_value(named.name, self.findings.selfish)
        if isinstance(found, Unknown):
            return found, found, NO_DIRECTIVE
        if found.strategies is None:
            return NO_EQUILIBRIUM, NO_EQUILIBRIUM, NO_DIRECTIVE
        setting = self.findings.private_setting(named.name)
        assert isinstance(setting, PrivateSetting)
        return *strategies_played(setting, found), NO_DIRECTIVE

    def obstruction(self, named: NamedLanguage) -> Value[ObstructionPart]:
        """Why no contract does better: deviations of strategies that cannot all be deterred."""
        found = self.findings.private_value(named.name, self.findings.selfish)
        if isinstance(found, Unknown):
            return found
        setting = self.findings.private_setting(named.name)
        assert isinstance(setting, PrivateSetting)
        return obstruction_part(setting, found)

    # Claims

    def incontractible(self, named: NamedLanguage, cells: Any) -> bool:
        """Whether the claim is an instance of T2: it is not decided here."""
        return False

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
