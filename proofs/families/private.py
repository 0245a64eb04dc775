"""The finder of a family whose agents do not all see the state: what mechanisms reach alone."""

from __future__ import annotations

from coopgap.proofs.deciding.private import PRIVATE, ByStateUndecided
from coopgap.proofs.deciding.reports import FamilyMechanismPart, FirstBestPart, Play
from coopgap.proofs.deciding.values import Quantity, Unknown, Value
from coopgap.proofs.deciding.verdicts import require_about_mechanisms
from coopgap.proofs.families.finder import FamilyFinder
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.theory.errors import inside
from coopgap.theory.specification import NamedLanguage


class PrivateFamilyFinder(ByStateUndecided, FamilyFinder):
    """Finds the parts of a report on a family with ``[information]``.

    Raises InputError for a claim that is not about mechanisms.
    """

    def __init__(self, findings: FamilyFindings, mechanisms: bool = False) -> None:
        for question in findings.specification.questions:
            with inside(f"claim {question.id!r}"):
                require_about_mechanisms(question)
        super().__init__(findings, mechanisms)

    def correlated(self, named: NamedLanguage, into: dict[str, str]) -> tuple[Unknown, Unknown]:
        """The gap of correlated equilibria."""
        return PRIVATE, PRIVATE

    def correlated_positive(self, named: NamedLanguage) -> bool:
        """Whether the claim is an instance of T5: it is not decided here."""
        return False

    def directives(self, named: NamedLanguage) -> tuple[Unknown, Unknown]:
        """What complete directives lose."""
        return PRIVATE, PRIVATE

    def first_best(self, into: dict[str, str]) -> FirstBestPart:
        """W*, of which the value and the gap of mechanisms are the parts."""
        return FirstBestPart(PRIVATE, PRIVATE)

    def mechanism(self, named: NamedLanguage) -> Value[FamilyMechanismPart]:
        """What mechanisms reach, asked for or not."""
        self.mechanisms = True
        return super().mechanism(named)

    def play(self, level: int | None) -> Play:
        """Equilibria without a contract."""
        return Play(PRIVATE, PRIVATE, PRIVATE)

    def value(
        self, named: NamedLanguage, level: int | None, into: dict[str, str]
    ) -> tuple[Quantity, Quantity]:
        """V and the gap."""
        return PRIVATE, PRIVATE

    def threshold(self, language: str | None, into: dict[str, str]) -> Unknown:
        """λ*."""
        return PRIVATE

    def suffices(self, named: NamedLanguage) -> Unknown:
        """Whether some contract implements a first best."""
        return PRIVATE

    def reached(self, named: NamedLanguage) -> tuple[Unknown, Unknown, Unknown]:
        """What a contract implements."""
        return PRIVATE, PRIVATE, PRIVATE

    def obstruction(self, named: NamedLanguage) -> Unknown:
        """Why no contract does better."""
        return PRIVATE
