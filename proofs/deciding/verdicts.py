"""Verdicts on claims: proved or refuted where the checker accepts a certificate, else unknown."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from coopgap.proofs.certificates.certificate import described
from coopgap.proofs.certificates.statements import asserted, asserted_by
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.decide import Certified, CorrelatedFinding, EquilibriumFinding
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Levels,
    Reached,
    Setting,
    Unanswered,
    Value,
    flat_profile,
    problem,
)
from coopgap.proofs.questions.registry import CLAIMS
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, Extended
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import FamilyQuestion, Question
from coopgap.theory.welfare import incontractible_cells


@dataclass(frozen=True)
class Verdict:
    """status: proved, refuted, trusted or unknown; ``reason`` for the last two."""

    status: str
    certified: Certified | None = None
    reason: str | None = None


def asked(findings: Findings) -> Iterable[Question]:
    """The claims as asked, one for each listed language (for ``incontractible``, each that has
    cells) where one about languages names none."""
    for question in findings.specification.questions:
        if question.language is None and CLAIMS[question.id].per_language:
            for named in findings.specification.languages:
                if question.id != "incontractible" or isinstance(named.language, ProductLanguage):
                    yield replace(question, language=named.name)
        else:
            yield question


def applicable(findings: Findings) -> Iterable[tuple[Question, str]]:
    """The instances of T1–T9 whose hypotheses hold, with the theorem."""
    best = findings.first_best().welfare
    for named in findings.specification.languages:
        name, language = named.name, named.language
        if isinstance(language, ProductLanguage) and incontractible_cells(
            findings.environment, language
        ):
            yield Question("incontractible", name), "T2"
        found = findings.value(name, findings.selfish)
        transfers = isinstance(named.contracts, Transfers)
        if isinstance(found, BestSelection):
            if found.welfare == best:
                yield Question("gap-zero", name), "T3" if transfers else "T2"
            else:
                yield Question("gap-positive", name), "T4" if transfers else "T2"
        if transfers:
            bound = findings.correlated(name)
            if isinstance(bound, CorrelatedFinding) and bound.bound < best:
                yield Question("correlated-gap-positive", name), "T5"
        level = findings.threshold(name)
        if isinstance(level, Reached) and isinstance(level.level, Fraction):
            yield Question("threshold-at-most", name, value=level.level), "T7"
    alone = findings.threshold(None)
    if isinstance(alone, Reached) and isinstance(alone.level, Fraction):
        yield Question("threshold-at-most", value=alone.level), "T6"
    gains = findings.benefit()
    if not isinstance(gains, Unanswered) and not gains.vacuous:
        yield Question("beneficial-with-side-payments"), "T8"
    if findings.environment.cooperative is not None:
        bar = findings.domination_threshold()
        if isinstance(bar, Fraction):
            levels = (Fraction(math.floor(bar) + 1),) * len(findings.environment.players)
            yield Question("all-cooperative", prosociality=levels), "T9"


def verdict(findings: Findings, question: Question) -> Verdict:
    """Decides one claim. Raises InputError for a claim that the game cannot bear."""
    if question.id in _GAP_CLAIMS:
        return _gap(findings, question)
    if question.id == "threshold-at-most":
        return _threshold(findings, question)
    if question.id == "correlated-gap-positive":
        return _correlated(findings, question)
    if question.id in ("all-cooperative", "full-implementation"):
        return _all_equilibria(findings, question)
    if question.id in ("nash", "unique-nash"):
        return _pure_equilibria(findings, question)
    setting = findings.setting(question.language)
    if question.id == "incontractible" and not isinstance(setting.language, ProductLanguage):
        raise InputError(
            f"the language {question.language!r} has no cells of states",
            fix="name a language that is not given by records",
            field="language",
        )
    return _enumerated(findings, setting, {"id": question.id})


_GAP_CLAIMS = ("gap-positive", "gap-zero", "gap-at-least", "gap-at-most", "closes")


def _shown(
    findings: Findings,
    setting: Setting,
    levels: Levels | None,
    claim: Mapping[str, Any],
    build: Callable[..., Mapping[str, Any]],
    *arguments: Any,
) -> Verdict:
    certified = findings.certify(setting, levels, claim, build, *arguments)
    if isinstance(certified, Unanswered):
        return Verdict("unknown", reason=certified.reason)
    if not certified.accepted:
        return Verdict("unknown", reason=f"the checker rejected: {certified.reason}")
    return Verdict("proved" if claim["holds"] else "refuted", certified)


def _enumerated(findings: Findings, setting: Setting, claim: Mapping[str, Any]) -> Verdict:
    """A claim that the checker decides by itself: true, or else false."""
    first = _shown(findings, setting, findings.selfish, {**claim, "holds": True}, dict)
    if first.status == "proved":
        return first
    return _shown(findings, setting, findings.selfish, {**claim, "holds": False}, dict)


def _pure_equilibria(findings: Findings, question: Question) -> Verdict:
    claim = {"id": question.id, **listed_profiles(findings.environment, question)}
    return _enumerated(findings, findings.setting(None), claim)


def listed_profiles(
    environment: Environment, question: Question | FamilyQuestion
) -> dict[str, list[list[int]]]:
    """The profiles that a question lists, as claims carry them."""
    if question.profiles is None:
        return {}
    return {
        "profiles": [
            sorted(flat_profile(environment, a) for a in question.profiles.get(state, ()))
            for state in environment.support
        ]
    }


def stated(findings: Findings, question: Question, found: Verdict) -> str:
    """What was asked, in words: from the certificate, if there is one."""
    if found.certified is not None:
        return asserted_by(found.certified.text, question.language)
    claim = {"id": question.id, **listed_profiles(findings.environment, question)}
    if question.value is not None:
        claim["value"] = str(question.value)
    levels = question.prosociality or findings.selfish
    fixed = None if question.id == "threshold-at-most" else levels
    asked = problem(findings.setting(question.language), fixed)
    return asserted(claim, described(asked), question.language)


def _gap(findings: Findings, question: Question) -> Verdict:
    setting = findings.setting(question.language)
    levels = question.prosociality or findings.selfish
    best = findings.first_best().welfare
    found = findings.value(question.language, levels)
    if isinstance(found, Unanswered):
        return _first_best_only(findings, question, levels, found)
    gap: Extended = INFINITY
    if isinstance(found.welfare, Fraction):
        gap = best - found.welfare
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


def _on_the_word_of_z3(holds: bool) -> Verdict:
    if holds:
        return Verdict("trusted", reason="z3 says that it holds; there is no checkable certificate")
    return Verdict("unknown", reason="z3 says that it fails; there is no checkable certificate")


def _first_best_only(
    findings: Findings, question: Question, levels: Levels, failed: Unanswered
) -> Verdict:
    """Where the value is out of reach, whether some first-best selection is implementable."""
    if question.id in ("gap-at-least", "gap-at-most"):
        return Verdict("unknown", reason=failed.reason)
    setting = findings.setting(question.language)
    target = findings.first_best().welfare
    found = findings.run("first best only", decide.ask, Value(setting, levels, target))
    if not isinstance(found, BestSelection):
        return Verdict("unknown", reason=getattr(found, "reason", failed.reason))
    closed = found.best is not None
    claim = {"id": question.id, "holds": closed != (question.id == "gap-positive")}
    if closed:
        return _shown(findings, setting, levels, claim, decide.reached_part, setting, found)
    parts = (setting, levels, found, True)
    return _shown(findings, setting, levels, claim, decide.bound_part, *parts)


def _threshold(findings: Findings, question: Question) -> Verdict:
    found = findings.threshold(question.language)
    if isinstance(found, Unanswered):
        return Verdict("unknown", reason=found.reason)
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


def _correlated(findings: Findings, question: Question) -> Verdict:
    assert question.language is not None
    setting = findings.setting(question.language)
    if not isinstance(setting.contracts, Transfers):
        return Verdict("unknown", reason="correlated gaps are decided for transfers only")
    found = findings.correlated(question.language)
    if isinstance(found, Unanswered):
        return Verdict("unknown", reason=found.reason)
    holds = found.bound < findings.first_best().welfare
    if not holds and not found.reached:
        return Verdict(
            "unknown",
            reason="the bound is W*, and no transfers that attain or approach it were found",
        )
    claim = {"id": question.id, "holds": holds}
    witness = found.dual if holds else found.reached
    return _shown(findings, setting, findings.selfish, claim, dict, witness)


def _all_equilibria(findings: Findings, question: Question) -> Verdict:
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
        return Verdict("unknown", reason=found.reason)
    claim = {"id": question.id, "holds": found.holds}
    return _shown(findings, setting, levels, claim, dict, found.witness)
