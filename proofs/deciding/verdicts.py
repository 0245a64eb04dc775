"""Verdicts on claims: proved or refuted where the checker accepts a certificate, else unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.decide import EquilibriumFinding
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.settled import Settled
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Levels,
    Setting,
    Unanswered,
    Value,
    flat_profile,
)
from coopgap.proofs.questions.registry import CLAIMS
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import FamilyQuestion, Question


def verdict(findings: Findings, question: Question) -> Settled:
    """Decides one claim. Raises InputError for a claim that the game cannot bear."""
    return DECIDED[question.id](findings, question)


def claimed(environment: Environment, question: Question | FamilyQuestion) -> dict[str, Any]:
    """The fields of a claim as certificates carry them, but for its value."""
    claim: dict[str, Any] = {"id": question.id}
    if question.profiles is not None:
        claim["profiles"] = [
            sorted(flat_profile(environment, a) for a in question.profiles.get(state, ()))
            for state in environment.support
        ]
    return claim


def _shown(
    findings: Findings,
    setting: Setting,
    levels: Levels | None,
    claim: Mapping[str, Any],
    build: Callable[..., Mapping[str, Any]],
    *arguments: Any,
) -> Settled:
    certified = findings.certify(setting, levels, claim, build, *arguments)
    if isinstance(certified, Unanswered):
        return Settled("unknown", reason=certified.reason)
    if not certified.accepted:
        return Settled("unknown", reason=f"the checker rejected: {certified.reason}")
    status = "proved" if claim["holds"] else "refuted"
    return Settled(status, certified.kind, certified.text)


def _enumerated(findings: Findings, question: Question) -> Settled:
    """A claim that the checker decides by itself: true, or else false."""
    setting = findings.setting(question.language)
    claim = claimed(findings.environment, question)
    first = _shown(findings, setting, findings.selfish, {**claim, "holds": True}, dict)
    if first.status == "proved":
        return first
    return _shown(findings, setting, findings.selfish, {**claim, "holds": False}, dict)


def _incontractible(findings: Findings, question: Question) -> Settled:
    if not isinstance(findings.setting(question.language).language, ProductLanguage):
        raise InputError(
            f"the language {question.language!r} has no cells of states",
            fix="name a language that is not given by records",
            field="language",
        )
    return _enumerated(findings, question)


def _gap(findings: Findings, question: Question) -> Settled:
    setting = findings.setting(question.language)
    levels = question.prosociality or findings.selfish
    found = findings.value(question.language, levels)
    if isinstance(found, Unanswered):
        return _first_best_only(findings, question, levels, found)
    gap = findings.gap(found)
    bound = question.value or Fraction(0)
    large = gap >= bound if question.id == "gap-at-least" else gap > bound
    holds = large == (question.id in ("gap-positive", "gap-at-least"))
    claim: dict[str, Any] = {"id": question.id, "holds": holds}
    if question.value is not None:
        claim["value"] = str(question.value)
    if not large:
        shown = _shown(findings, setting, levels, claim, decide.reached_part, setting, found)
    elif question.id == "gap-at-least" and bound <= 0:
        shown = _shown(findings, setting, levels, claim, dict)
    else:
        parts = (setting, levels, found, question.id != "gap-at-least" and not bound)
        shown = _shown(findings, setting, levels, claim, decide.bound_part, *parts)
    if shown.status == "unknown" and large and not found.obstructions:
        # Only z3 excludes selections without naming obstructions.
        return _on_the_word_of_z3(holds)
    return shown


def _on_the_word_of_z3(holds: bool) -> Settled:
    if holds:
        return Settled("trusted", reason="z3 says that it holds; there is no checkable certificate")
    return Settled("unknown", reason="z3 says that it fails; there is no checkable certificate")


def _first_best_only(
    findings: Findings, question: Question, levels: Levels, failed: Unanswered
) -> Settled:
    """Where the value is out of reach, whether some first-best selection is implementable."""
    if question.id in ("gap-at-least", "gap-at-most"):
        return Settled("unknown", reason=failed.reason)
    setting = findings.setting(question.language)
    target = findings.first_best().welfare
    found = findings.run("first best only", decide.ask, Value(setting, levels, target))
    if not isinstance(found, BestSelection):
        return Settled("unknown", reason=getattr(found, "reason", failed.reason))
    closed = found.best is not None
    claim = {"id": question.id, "holds": closed != (question.id == "gap-positive")}
    if closed:
        return _shown(findings, setting, levels, claim, decide.reached_part, setting, found)
    parts = (setting, levels, found, True)
    return _shown(findings, setting, levels, claim, decide.bound_part, *parts)


def _threshold(findings: Findings, question: Question) -> Settled:
    found = findings.threshold(question.language)
    if isinstance(found, Unanswered):
        return Settled("unknown", reason=found.reason)
    assert question.value is not None
    setting = findings.setting(question.language)
    holds = found.level <= question.value
    claim = {"id": question.id, "holds": holds, "value": str(question.value)}
    if holds:
        shown = _shown(findings, setting, None, claim, decide.reached_part, setting, found)
    else:
        parts = (setting, question.value, found)
        shown = _shown(findings, setting, None, claim, decide.exclusion_part, *parts)
    if shown.status == "unknown" and not holds and not found.below:
        return _on_the_word_of_z3(holds)
    return shown


def _correlated(findings: Findings, question: Question) -> Settled:
    assert question.language is not None
    setting = findings.setting(question.language)
    if not isinstance(setting.contracts, Transfers):
        return Settled("unknown", reason="correlated gaps are decided for transfers only")
    found = findings.correlated(question.language)
    if isinstance(found, Unanswered):
        return Settled("unknown", reason=found.reason)
    holds = found.bound < findings.first_best().welfare
    if not holds and not found.reached:
        return Settled(
            "unknown",
            reason="the bound is W*, and no transfers that attain or approach it were found",
        )
    claim = {"id": question.id, "holds": holds}
    witness = found.dual if holds else found.reached
    return _shown(findings, setting, findings.selfish, claim, dict, witness)


def _all_equilibria(findings: Findings, question: Question) -> Settled:
    setting = findings.setting(question.language)
    levels = question.prosociality or findings.selfish
    found: EquilibriumFinding | Unanswered
    if question.id == "all-cooperative":
        found = findings.run(question.id, decide.all_cooperative, findings.environment, levels)
    elif question.language is None:
        found = findings.run(question.id, decide.full_implementation, findings.environment, levels)
    else:
        found = findings.run(question.id, decide.full_implementation_by_contract, setting, levels)
    if isinstance(found, Unanswered):
        return Settled("unknown", reason=found.reason)
    claim = {"id": question.id, "holds": found.holds}
    return _shown(findings, setting, levels, claim, dict, found.witness)


DECIDED: Mapping[str, Callable[[Findings, Question], Settled]] = {
    **dict.fromkeys(CLAIMS, _enumerated),
    "incontractible": _incontractible,
    **dict.fromkeys(("gap-positive", "gap-zero", "gap-at-least", "gap-at-most", "closes"), _gap),
    "correlated-gap-positive": _correlated,
    "threshold-at-most": _threshold,
    **dict.fromkeys(("all-cooperative", "full-implementation"), _all_equilibria),
}
"""How each claim of the registry is decided at a point."""
