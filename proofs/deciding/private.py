"""The finder where agents do not all see the state: what mechanisms reach, and nothing else.

Interim incentives are not those of play state by state, so every quantity of the report about such
play is unknown, and no claim about it is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.mechanisms import mechanism_part
from coopgap.proofs.deciding.reports import (
    BenefitPart,
    MechanismPart,
    MixedPlay,
    Parameters,
    Play,
    PooledBestPart,
)
from coopgap.proofs.deciding.settled import Settled
from coopgap.proofs.deciding.values import Absent, Quantity, Unknown
from coopgap.proofs.deciding.verdicts import GameClaim
from coopgap.proofs.questions.obligations import Levels
from coopgap.proofs.questions.registry import MECHANISM_CLAIMS
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.errors import InputError
from coopgap.theory.information import MAX_STRATEGIES, team_optimum
from coopgap.theory.specification import FamilyQuestion, NamedLanguage, Question

PRIVATE = Unknown("not every player sees the state, and then only mechanisms are decided")


class PrivateFinder:
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
        return mechanism_part(self.findings, named.name, self.findings.selfish, PRIVATE)

    def play(self, level: int | None) -> Play:
        """Equilibria without a contract."""
        return Play(PRIVATE, PRIVATE, PRIVATE)

    def worst(self, named: NamedLanguage) -> tuple[Unknown, Unknown]:
        """V and the gap at the worst equilibria."""
        return PRIVATE, PRIVATE

    def mixed(self) -> MixedPlay:
        """Mixed equilibria without a contract."""
        return MixedPlay(PRIVATE)

    def agent_thresholds(self) -> Unknown:
        """The λ that each player needs."""
        return PRIVATE

    def domination_threshold(self) -> Unknown:
        """λ̄ of T9."""
        return PRIVATE

    def benefit(self) -> BenefitPart:
        """Who gains from the first best."""
        return BenefitPart(PRIVATE, PRIVATE, PRIVATE)

    def value(
        self, named: NamedLanguage, level: int | None, into: dict[str, str]
    ) -> tuple[Quantity, Quantity]:
        """V and the gap."""
        return PRIVATE, PRIVATE

    def threshold(self, language: str | None, into: dict[str, str]) -> Unknown:
        """λ*."""
        return PRIVATE

    def correlated(self, named: NamedLanguage, into: dict[str, str]) -> tuple[Unknown, Unknown]:
        """The gap of correlated equilibria."""
        return PRIVATE, PRIVATE

    def suffices(self, named: NamedLanguage) -> Unknown:
        """Whether some contract implements a first best."""
        return PRIVATE

    def directives(self, named: NamedLanguage) -> tuple[Unknown, Unknown]:
        """What complete directives lose."""
        return PRIVATE, PRIVATE

    def reached(self, named: NamedLanguage) -> tuple[Unknown, Unknown, Unknown]:
        """What a contract implements."""
        return PRIVATE, PRIVATE, PRIVATE

    def basis(self, named: NamedLanguage) -> Absent:
        """What must hold for a contract to suffice."""
        return Absent(PRIVATE.reason)

    def obstruction(self, named: NamedLanguage) -> Unknown:
        """Why no contract does better."""
        return PRIVATE

    # Claims

    def incontractible(self, named: NamedLanguage, cells: Any) -> bool:
        """Whether the claim is an instance of T2: it is not decided here."""
        return False

    def correlated_positive(self, named: NamedLanguage) -> bool:
        """Whether the claim is an instance of T5: it is not decided here."""
        return False

    def settled(self, question: Question | FamilyQuestion) -> Settled:
        """What becomes of a claim. Raises InputError for one that is not about mechanisms."""
        return self._claim(question).verdict()

    def claim(self, question: Question | FamilyQuestion) -> tuple[Mapping[str, Any], Problem]:
        """The fields of a claim as certificates carry them, and the problem that it is about."""
        claim = self._claim(question)
        return claim.fields, claim.problem

    def _claim(self, question: Question | FamilyQuestion) -> GameClaim:
        assert isinstance(question, Question)
        if question.id not in MECHANISM_CLAIMS:
            raise InputError(
                "the claim is about play in each state, which some player does not see",
                fix=f"claim one of {', '.join(MECHANISM_CLAIMS)}, or leave [information] out",
            )
        return GameClaim(self.findings, question)
