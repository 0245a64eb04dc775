"""What one run has found about a family: quantities in pieces, certificates, each found once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.conditions import Point, plain_condition
from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.certificates.certificate import digest, encode, verified
from coopgap.proofs.deciding.findings import FOR_TRANSFERS, Findings
from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.families.problem import base_problem, over_common, polynomial_terms
from coopgap.proofs.parameters.pieces import Region, pieces
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.parameters.regions import (
    Decide,
    Failure,
    Leaf,
    Rule,
    certificate,
    explore,
)
from coopgap.proofs.questions.mechanisms import Society
from coopgap.proofs.questions.obligations import Setting, Unanswered
from coopgap.proofs.questions.obligations import problem as concrete_problem
from coopgap.proofs.questions.private import private_setting
from coopgap.proofs.trusted.problems import Contracts, Problem, Prosociality
from coopgap.theory.contracts import ContractClass, NoContract, Transfers
from coopgap.theory.families import Family
from coopgap.theory.information import Information, complete_information
from coopgap.theory.json_values import JsonObject
from coopgap.theory.specification import FamilySpecification, NamedLanguage


@dataclass(frozen=True)
class Piecewise:
    """A quantity in regions (disjoint, and all of the assumptions), and its certificate."""

    regions: tuple[Region, ...]
    sha256: str


@dataclass
class FamilyFindings:
    """Finds what is asked of a family.

    base: its game, without a language. texts: SHA-256 → text of every certificate that the checker
    accepted.
    """

    specification: FamilySpecification
    worker: Worker
    prover: Prover
    progress: Callable[[str], None]
    texts: dict[str, str] = field(default_factory=dict)
    _concrete: dict[Point, Findings] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.base = base_problem(self.family, self.prover)
        self._unasked = replace(self.specification, questions=())
        self._terms = {
            language.name: polynomial_terms(language.terms, self.base, self.prover, language.name)
            for language in self.specification.languages
            if language.terms is not None
        }

    @property
    def family(self) -> Family:
        """The family in question."""
        return self.specification.family

    @property
    def information(self) -> Information | None:
        """What agents see, or None where they see the state."""
        return self.specification.information

    def named(self, language: str | None) -> NamedLanguage | None:
        """A listed language."""
        languages = self.specification.languages
        return next((named for named in languages if named.name == language), None)

    def problem(
        self,
        language: str | None,
        levels: Sequence[Ratio] | None,
        contracts: ContractClass | None = None,
    ) -> Problem:
        """The data of a question: a listed language with its contracts or others, or play alone."""
        setting = self.setting(self.family.skeleton, language, contracts)
        plain = concrete_problem(setting, None)
        if self.information is not None:
            plain = private_setting(setting, self.information).problem(None)
        return replace(
            self.base,
            records=plain.records,
            contracts=plain.contracts if contracts else self._liable(plain.contracts, language),
            mechanism=plain.mechanism,
            prosociality=None if levels is None else self.prosociality(levels),
        )

    def mechanism_problem(self, language: str, levels: Sequence[Ratio]) -> Problem | Unanswered:
        """The data of a question about the mechanisms of a language, which has transfers."""
        named, skeleton = self.named(language), self.family.skeleton
        assert named is not None
        if not isinstance(named.contracts, Transfers):
            return Unanswered(FOR_TRANSFERS)
        nothing = (Fraction(0),) * len(skeleton.players)
        information = self.information or complete_information(skeleton)
        _, options = self._terms.get(language, (None, ()))
        plain = Society(skeleton, information, named.language, named.contracts, nothing).problem()
        assert plain.mechanism is not None
        return replace(
            self.base,
            records=plain.records,
            contracts=self._liable(plain.contracts, language),
            prosociality=self.prosociality(levels),
            mechanism=plain.mechanism._replace(options=options) if options else plain.mechanism,
        )

    def _liable(self, contracts: Contracts, language: str | None) -> Contracts:
        """The class of contracts with its bound on fines as an expression, if it is one."""
        bound, _ = self._terms.get(language or "", (None, ()))
        return contracts if bound is None else replace(contracts, liability=bound)

    def prosociality(self, levels: Sequence[Ratio]) -> Prosociality:
        """λ_i over a common denominator."""
        return Prosociality(*over_common(levels, self.base.assumptions, self.prover))

    def setting(
        self, environment: Any, language: str | None, contracts: ContractClass | None = None
    ) -> Setting:
        """A listed language over one of the family's environments."""
        named = self.named(language)
        if named is None:
            return Setting(environment, None, contracts or NoContract())
        return Setting(environment, named.language, contracts or named.contracts)

    def at(self, point: Point) -> Findings:
        """What the concrete engines find at a point."""
        if point not in self._concrete:
            values = dict(zip(self.family.parameters, point, strict=True))
            concrete = self._unasked.at(values)
            self._concrete[point] = Findings(concrete, self.worker, lambda _: None)
        return self._concrete[point]

    def quantity(
        self,
        label: str,
        problem: Problem,
        name: str,
        decide: Decide,
        key: Callable[[Leaf], Any] | None = None,
    ) -> Piecewise | Unanswered:
        """A quantity for all parameters, with one certificate for all of its pieces.

        What has another key is another piece even where the claim is the same.
        """
        self.progress(label)
        try:
            outcome = in_pieces(problem, name, decide, self.prover, key)
        except TimedOut as reason:
            return Unanswered(str(reason))
        if isinstance(outcome, Unanswered):
            return outcome
        quantity, text = outcome
        self.texts[quantity.sha256] = text
        return quantity


def in_pieces(
    problem: Problem,
    name: str,
    decide: Decide,
    prover: Prover,
    key: Callable[[Leaf], Any] | None = None,
) -> tuple[Piecewise, str] | Unanswered:
    """A number on all of a problem's assumptions, with the text of its certificate.

    What has another key is another piece even where the claim is the same. Raises TimedOut.
    """
    rule = Rule(problem, name)
    exploration = explore(problem, rule, decide, prover)
    if isinstance(exploration, Unanswered):
        return exploration
    assert not isinstance(exploration, Failure)
    if exploration.trusted:
        return Unanswered("that these are all cases is not certified")
    regions = pieces(problem, rule, exploration, prover, key)
    listed = [(region.when, region.leaves) for region in regions]
    claim = {"id": name, "holds": True, **stated(problem, regions)}
    candidate = certificate(problem, claim, exploration, prover, listed)
    if candidate is None:
        return Unanswered("a step is not certified")
    text = encode(candidate)
    outcome = verified(text)
    if not outcome.accepted:
        return Unanswered(f"the checker rejected: {outcome.reason}")
    return Piecewise(tuple(regions), digest(text)), text


def stated(problem: Problem, regions: Sequence[Region]) -> JsonObject:
    """The fields of a claim: those of its only region, or all in pieces."""
    if len(regions) == 1 and not regions[0].when:
        return regions[0].claim
    return {
        "pieces": [
            {
                "when": [plain_condition(facet, problem.parameters) for facet in region.when],
                **region.claim,
            }
            for region in regions
        ]
    }
