"""The finder of a family whose agents do not all see the state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.algebra.polynomials import ONE
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.deciding.private import NO_EQUILIBRIUM, UNFOLLOWED, ByStateUndecided
from coopgap.proofs.deciding.private_claims import STRATEGY_CLAIMS
from coopgap.proofs.deciding.reports import (
    DeviationPart,
    FirstBestPart,
    Play,
    Profiles,
)
from coopgap.proofs.deciding.values import Expression, Quantity, Unknown, Value
from coopgap.proofs.deciding.verdicts import require_about_mechanisms
from coopgap.proofs.families.decisions import case_of
from coopgap.proofs.families.finder import NO_GAIN, FamilyFinder
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.proofs.families.strategies import decisions
from coopgap.proofs.parameters.regions import Leaf
from coopgap.proofs.trusted import interim
from coopgap.proofs.trusted.certificates import AtPoint
from coopgap.proofs.trusted.documents import Budget
from coopgap.proofs.trusted.polynomials import Number, number
from coopgap.proofs.trusted.problems import Plays, Problem
from coopgap.theory.errors import inside
from coopgap.theory.information import unfollowed
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import NamedLanguage

FOR_NUMBERS = Unknown("where not every player sees the state it is found for numbers only")


class PrivateFamilyFinder(ByStateUndecided, FamilyFinder):
    """Finds the parts of a report on a family with ``[information]``.

    Raises InputError for a claim that is about play in each state.
    """

    def __init__(self, findings: FamilyFindings, mechanisms: bool = False) -> None:
        for question in findings.specification.questions:
            if question.id not in STRATEGY_CLAIMS:
                with inside(f"claim {question.id!r}"):
                    require_about_mechanisms(question, STRATEGY_CLAIMS)
        super().__init__(findings, mechanisms)

    def first_best(self, into: dict[str, str]) -> FirstBestPart:
        """W* of agents who pool what they see."""
        decider = decisions(self.findings, self.alone)
        welfare = self._number(self._piecewise("first best", decider, "optimum", into), self.alone)
        return FirstBestPart(welfare, FOR_NUMBERS)

    def play(self, level: int | None) -> Play:
        """The best welfare of equilibria in strategies without a contract."""
        decider = decisions(self.findings, self.findings.problem(None, self._ratios(level)))
        return Play(self._play_welfare(decider, NO_EQUILIBRIUM), FOR_NUMBERS, FOR_NUMBERS)

    def correlated(self, named: NamedLanguage, into: dict[str, str]) -> tuple[Unknown, Unknown]:
        """The gap of correlated play of strategies."""
        return FOR_NUMBERS, FOR_NUMBERS

    def correlated_positive(self, named: NamedLanguage) -> bool:
        """Whether the claim is an instance of T5: it is not decided here."""
        return False

    def directives(self, named: NamedLanguage) -> tuple[Quantity, Value[Profiles]]:
        """What complete directives lose, and the incontractible cells."""
        language, information = named.language, self.findings.information
        assert isinstance(language, ProductLanguage)
        assert information is not None
        if unfollowed(language, information) is None:
            return super().directives(named)
        decider = decisions(self.findings, self._problem(named), named.name)
        return UNFOLLOWED, self._cells(decider, language)

    def _deviations(
        self, problem: Problem, leaf: Leaf, obstruction: Mapping[str, Any]
    ) -> tuple[str, tuple[DeviationPart, ...]]:
        """Deviations of types, in all states of their cells."""
        case = case_of(Plays(problem, Unlimited()), AtPoint(leaf.point))
        part = {(i, cell): action for i, cell, action in obstruction["strategies"]}
        play, types, names = interim.selection(case, part), interim.types_of(case), self.names
        index = problem.index
        return "farkas", tuple(
            DeviationPart(
                state="|".join(names.states[s] for s in types[i, cell]),
                player=names.players[i],
                profile=self._labels(play[types[i, cell][0]]),
                deviation=names.actions[i][action],
                gain=NO_GAIN,
                weight=_weight(number(weight, index, Budget()), problem.parameters),
            )
            for i, cell, action, weight in obstruction["deviations"]
        )


def _weight(value: Number, names: tuple[str, ...]) -> int | Expression:
    return value if isinstance(value, int) else Expression((value, ONE), names)
