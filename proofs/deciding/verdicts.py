"""Verdicts on claims: proved or refuted where the checker accepts a certificate, else unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.settled import Settled, about_gap, settled
from coopgap.proofs.deciding.thresholds import at_level, implements
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Bracket,
    Unanswered,
    Value,
    flat_profile,
    problem,
)
from coopgap.proofs.questions.registry import CLAIMS, MECHANISM_CLAIMS
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, Extended
from coopgap.theory.json_values import Json, JsonObject
from coopgap.theory.languages import Language, ProductLanguage
from coopgap.theory.specification import FamilyQuestion, Question

if TYPE_CHECKING:
    from coopgap.proofs.questions.mechanisms import Society


class GameClaim:
    """A claim about a game.

    levels: None where it is about all λ; fields: those of its id, as certificates carry them.
    """

    def __init__(self, findings: Findings, question: Question) -> None:
        self.findings = findings
        self.question = question
        self.setting = findings.setting(question.language)
        self.society: Society | None = None
        self.at = question.prosociality or findings.selfish
        self.levels = None if question.id == "threshold-at-most" else self.at
        environment = findings.environment
        self.fields = claimed(environment, environment.support, question)
        if question.value is not None:
            self.fields["value"] = str(question.value)
        if question.id in MECHANISM_CLAIMS:
            assert question.language is not None
            society = findings.society(question.language, self.at)
            if isinstance(society, Unanswered):
                raise not_transfers()
            self.society = society

    @property
    def problem(self) -> Problem:
        """The plain data that the claim is about."""
        if self.society is not None:
            return self.society.problem()
        return problem(self.setting, self.levels)

    def verdict(self) -> Settled:
        """Decides the claim. Raises InputError if the game cannot bear it."""
        return DECIDED[self.question.id](self)

    def shown(
        self, holds: bool, build: Callable[..., JsonObject] = dict, *arguments: object
    ) -> Settled:
        """The verdict by a certificate, whose witness is built of the arguments."""
        claim = {**self.fields, "holds": holds}
        certified = self.findings.certify(self.setting, self.levels, claim, build, *arguments)
        return settled(holds, certified)


def require_about_mechanisms(
    question: Question | FamilyQuestion, claims: Iterable[str] = ()
) -> None:
    """Raises InputError for a claim that private information leaves without a meaning.

    claims: those that have one besides those about mechanisms.
    """
    if question.id not in MECHANISM_CLAIMS:
        known = ", ".join((*claims, *MECHANISM_CLAIMS))
        raise InputError(
            "the claim is about play in each state, which some player does not see",
            fix=f"claim one of {known}, or leave [information] out",
        )


def not_transfers() -> InputError:
    """The error of a claim about the mechanisms of a language of directives."""
    return InputError(
        "claims about mechanisms are about transfers",
        fix="name a language whose contracts are transfers",
        field="language",
    )


def _mechanism(claim: GameClaim) -> Settled:
    """A claim about a gap of mechanisms; from bounds, if these decide it."""
    from coopgap.proofs.certificates import mechanism_witnesses
    from coopgap.proofs.questions.mechanisms import MechanismBounds

    question, society = claim.question, claim.society
    assert society is not None
    assert question.language is not None
    answer = claim.findings.mechanisms(question.language, claim.at)
    best, value = claim.findings.pooled().welfare, question.value or Fraction(0)
    ends: tuple[Extended, Extended]
    if isinstance(answer, MechanismBounds):
        ends, limiting = (answer.bound, answer.worth), answer.bounding
        needed = answer.bound < best
    elif isinstance(answer, Unanswered):
        return Settled("unknown", reason=answer.reason)
    else:
        ends, limiting = (answer.value, answer.value), answer.limiting
        needed = question.id != "mechanism-gap-at-least" or value > 0
    gaps = [best - end if isinstance(end, Fraction) else INFINITY for end in ends]
    answers = {about_gap(question.id, gap, value) for gap in gaps}
    if len(answers) > 1:
        assert isinstance(answer, Unanswered)
        return Settled("unknown", reason=f"{answer.reason}, and its bounds leave this open")
    ((large, holds),) = answers
    witness: JsonObject = {}
    if not large:
        witness = mechanism_witnesses.reached(answer.points)
    elif needed:
        witness = mechanism_witnesses.bound(limiting)
    stated = {**claim.fields, "holds": holds}
    return settled(holds, claim.findings.certify_mechanism(society, stated, witness))


def claimed(
    names: Environment, support: Sequence[int], question: Question | FamilyQuestion
) -> dict[str, Json]:
    """The fields of a claim as certificates carry them, but for its value.

    support: the states of positive probability.
    """
    claim: dict[str, Json] = {"id": question.id}
    if question.profiles is not None:
        claim["profiles"] = [
            sorted(flat_profile(names, a) for a in question.profiles.get(state, ()))
            for state in support
        ]
    return claim


def _enumerated(claim: GameClaim) -> Settled:
    """A claim that the checker decides by itself: true, or else false."""
    first = claim.shown(True)
    return first if first.status == "proved" else claim.shown(False)


def require_cells(question: Question | FamilyQuestion, language: Language | None) -> None:
    """Raises InputError for a claim about the cells of a language that has none."""
    if not isinstance(language, ProductLanguage):
        raise InputError(
            f"the language {question.language!r} has no cells of states",
            fix="name a language that is not given by records",
            field="language",
        )


def _incontractible(claim: GameClaim) -> Settled:
    require_cells(claim.question, claim.setting.language)
    return _enumerated(claim)


def _gap(claim: GameClaim) -> Settled:
    question, setting = claim.question, claim.setting
    answer = claim.findings.value(question.language, claim.at)
    if isinstance(answer, Bracket):
        return _gap_between(claim, answer)
    if isinstance(answer, Unanswered):
        return _first_best_only(claim, answer)
    gap, bound = claim.findings.gap(answer), question.value or Fraction(0)
    large, holds = about_gap(question.id, gap, bound)
    if not large:
        return claim.shown(holds, decide.reached_part, setting, answer)
    if question.id == "gap-at-least" and bound <= 0:
        return claim.shown(holds)
    strict = question.id != "gap-at-least" and not bound
    return claim.shown(holds, decide.bound_part, setting, claim.at, answer, strict)


def _gap_between(claim: GameClaim, bracket: Bracket) -> Settled:
    """A claim about a gap that is known between bounds, if these decide it."""
    name, bound = claim.question.id, claim.question.value or Fraction(0)
    best = claim.findings.first_best().welfare
    ends = [
        best - w if isinstance(w, Fraction) else INFINITY for w in (bracket.most, bracket.welfare)
    ]
    answers = {about_gap(name, gap, bound) for gap in ends}
    if len(answers) > 1:
        return Settled("unknown", reason=f"{bracket.reason}, and its bounds leave this open")
    ((large, holds),) = answers
    if large:
        return claim.shown(holds, decide.bound_part, claim.setting, claim.at, bracket)
    return claim.shown(holds, decide.reached_part, claim.setting, bracket)


def _first_best_only(claim: GameClaim, failed: Unanswered) -> Settled:
    """Where the value is out of reach, whether some first-best selection is implementable."""
    if claim.question.id in ("gap-at-least", "gap-at-most"):
        return Settled("unknown", reason=failed.reason)
    obligation = Value(claim.setting, claim.at, claim.findings.first_best().welfare)
    answer = claim.findings.run("first best only", decide.ask, obligation)
    if not isinstance(answer, BestSelection):
        return Settled("unknown", reason=getattr(answer, "reason", failed.reason))
    closed = answer.best is not None
    holds = closed != (claim.question.id == "gap-positive")
    if closed:
        return claim.shown(holds, decide.reached_part, claim.setting, answer)
    return claim.shown(holds, decide.bound_part, claim.setting, claim.at, answer, True)


def _threshold(claim: GameClaim) -> Settled:
    least, most = claim.findings.threshold(claim.question.language), claim.question.value
    assert most is not None
    if isinstance(least, Unanswered):
        return _at_level(claim, most, least)
    if least.level <= most:
        return claim.shown(True, decide.reached_part, claim.setting, least)
    return claim.shown(False, decide.exclusion_part, claim.setting, most, least)


def _at_level(claim: GameClaim, level: Fraction, failed: Unanswered) -> Settled:
    """A claim about a threshold that is not known exactly: what holds at its λ."""
    setting = claim.setting
    answer = claim.findings.run("first best only", at_level, setting, level)
    holds = implements(setting, answer)
    if holds is None:
        reason = getattr(answer, "reason", "the bounds of V leave this open")
        return Settled("unknown", reason=f"{failed.reason}; at λ = {level}: {reason}")
    if holds:
        return claim.shown(True, decide.reached_part, setting, answer)
    return claim.shown(False, decide.exclusion_part, setting, level, answer)


def _correlated(claim: GameClaim) -> Settled:
    assert claim.question.language is not None
    if not isinstance(claim.setting.contracts, Transfers):
        return Settled("unknown", reason="correlated gaps are decided for transfers only")
    finding = claim.findings.correlated(claim.question.language)
    if isinstance(finding, Unanswered):
        return Settled("unknown", reason=finding.reason)
    holds = finding.bound < claim.findings.first_best().welfare
    if not holds and not finding.reached:
        return Settled(
            "unknown",
            reason="the bound is W*, and no transfers that attain or approach it were found",
        )
    return claim.shown(holds, dict, finding.dual if holds else finding.reached)


def _all_equilibria(claim: GameClaim) -> Settled:
    environment, name = claim.findings.environment, claim.question.id
    decided = decide.all_cooperative
    if name == "full-implementation":
        decided = decide.full_implementation
    finding = (
        claim.findings.run(name, decided, environment, claim.at)
        if claim.question.language is None
        else claim.findings.run(
            name, decide.full_implementation_by_contract, claim.setting, claim.at
        )
    )
    if isinstance(finding, Unanswered):
        return Settled("unknown", reason=finding.reason)
    return claim.shown(finding.holds, dict, finding.witness)


DECIDED: Mapping[str, Callable[[GameClaim], Settled]] = {
    **dict.fromkeys(CLAIMS, _enumerated),
    "incontractible": _incontractible,
    **dict.fromkeys(("gap-positive", "gap-zero", "gap-at-least", "gap-at-most", "closes"), _gap),
    "correlated-gap-positive": _correlated,
    "threshold-at-most": _threshold,
    **dict.fromkeys(MECHANISM_CLAIMS, _mechanism),
    **dict.fromkeys(("all-cooperative", "full-implementation"), _all_equilibria),
}
"""How each claim of the registry is decided at a point."""

BY_RULE = {name for name, decided in DECIDED.items() if decided in (_enumerated, _incontractible)}
"""The claims that the trusted core decides by itself."""
