"""Claims about a family, for all parameters: concrete verdicts carried from points to regions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.algebra.rational import ratio
from coopgap.proofs.certificates.certificate import described, plain_ratio
from coopgap.proofs.certificates.statements import asserted, asserted_by
from coopgap.proofs.deciding.verdicts import listed_profiles, verdict
from coopgap.proofs.families import texts
from coopgap.proofs.families.decisions import carried
from coopgap.proofs.families.findings import FamilyFindings, Piecewise
from coopgap.proofs.families.gaps import by_sign
from coopgap.proofs.families.problem import NOTHING, positive_below
from coopgap.proofs.parameters.goals import Goal
from coopgap.proofs.parameters.regions import Found, Recorder, Unlimited
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.questions.registry import CLAIMS
from coopgap.proofs.trusted.documents import Budget
from coopgap.proofs.trusted.problems import Plays, Prosociality, problem_of
from coopgap.theory.contracts import Transfers
from coopgap.theory.expressions import parse_expression
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import FamilyQuestion, Question


def asked(findings: FamilyFindings) -> Iterable[FamilyQuestion]:
    """The claims as asked."""
    for question in findings.specification.questions:
        yield from each_language(findings, question)


def each_language(findings: FamilyFindings, question: FamilyQuestion) -> Iterable[FamilyQuestion]:
    """The claim, or one for each listed language where one about languages names none."""
    if question.language is not None or not CLAIMS[question.id].per_language:
        yield question
        return
    for named in findings.specification.languages:
        if question.id != "incontractible" or isinstance(named.language, ProductLanguage):
            yield replace(question, language=named.name)


def applicable(
    findings: FamilyFindings, pieces: Mapping[tuple[str, str | None], Piecewise]
) -> Iterator[tuple[FamilyQuestion, str]]:
    """The instances of T2–T8 whose hypotheses hold for all parameters, with the theorem; pieces:
    the gaps, correlated gaps and thresholds that were found, by language."""
    for named in findings.specification.languages:
        transfers = isinstance(named.contracts, Transfers)
        signs = _signs(findings, pieces["gap", named.name])
        if signs == {False}:
            yield FamilyQuestion("gap-zero", named.name), "T3" if transfers else "T2"
        elif signs == {True}:
            yield FamilyQuestion("gap-positive", named.name), "T4" if transfers else "T2"
        correlated = pieces.get(("correlated", named.name))
        if correlated is not None and _signs(findings, correlated) == {True}:
            yield FamilyQuestion("correlated-gap-positive", named.name), "T5"
    for (what, language), found in pieces.items():
        value = _everywhere(found) if what == "threshold" else None
        if value is not None:
            text = texts.number_text(findings.problem(None, None), value)
            tree = parse_expression(text)
            question = FamilyQuestion("threshold-at-most", language, value=tree)
            yield question, "T6" if language is None else "T7"
    yield FamilyQuestion("beneficial-with-side-payments"), "T8"


def _signs(findings: FamilyFindings, found: Piecewise) -> set[bool]:
    """Whether a gap is positive: everywhere, nowhere, or both in places."""
    problem = findings.problem(None, None)
    return {
        positive
        for region in found.regions
        for _, positive in by_sign(problem, findings.prover, region)
    }


def _everywhere(found: Piecewise) -> Any:
    """The one finite value of a quantity, if it has one."""
    if len(found.regions) != 1 or found.regions[0].claim["value"] == "inf":
        return None
    (region,) = found.regions
    return None if region.when else region.claim["value"]


def goal(
    findings: FamilyFindings, question: FamilyQuestion, *, holds: bool = True
) -> Goal | Unanswered:
    """The goal that the claim holds (or fails) for all parameters. What it is about (the language
    and contracts, and whether λ is fixed) is read off its certificate at one point."""
    point = findings.prover.point(findings.problem(None, None).assumptions)
    if point is None or isinstance(point, Unanswered):
        return point or Unanswered("the assumptions contradict each other")
    first = _decided(findings, question, point)
    if isinstance(first, Unanswered):
        return first
    index = {name: k for k, name in enumerate(findings.family.parameters)}
    levels = [ratio(tree, index)[0] for tree in question.prosociality or ()]
    selfish = [NOTHING] * len(findings.family.players)
    data = problem_of(first["data"], Budget())
    fixed = data.prosociality is not None
    problem = replace(
        findings.problem(None, (levels or selfish) if fixed else None),
        records=data.records,
        contracts=data.contracts,
    )
    own = {name: each for name, each in first["claim"].items() if name not in ("id", "holds")}
    end = None
    if question.value is not None:
        value = positive_below(
            ratio(question.value, index)[0], problem.assumptions, findings.prover
        )
        own["value"] = plain_ratio(value, problem.parameters)
        end = Prosociality([value[0]] * len(selfish), value[1])
    plays = Plays(problem, Unlimited())

    def at(recorder: Recorder) -> Found | Unanswered:
        found = _decided(findings, question, recorder.point)
        if isinstance(found, Unanswered):
            return found
        shown = found["proof"]["cases"]["witness"]
        witness = carried(plays, recorder, shown, None if fixed else end)
        if isinstance(witness, Unanswered):
            return witness
        return Found(found["claim"]["holds"], own, witness, shown)

    return Goal(problem, {"id": question.id, "holds": holds, **own}, at)


def stated(findings: FamilyFindings, question: FamilyQuestion, text: str) -> str:
    """What was asked, in words; text: that of the certificate, if there is one."""
    if text:
        return asserted_by(text, question.language)
    family = findings.family
    index = {name: k for k, name in enumerate(family.parameters)}
    own: dict[str, Any] = {"id": question.id, **listed_profiles(family.skeleton, question)}
    if question.value is not None:
        own["value"] = plain_ratio(ratio(question.value, index)[0], family.parameters)
    levels = [ratio(tree, index)[0] for tree in question.prosociality or ()]
    selfish = [NOTHING] * len(family.players)
    fixed = None if question.id == "threshold-at-most" else levels or selfish
    return asserted(own, described(findings.problem(question.language, fixed)), question.language)


def _decided(
    findings: FamilyFindings, question: FamilyQuestion, point: Point
) -> dict[str, Any] | Unanswered:
    """The certificate of the claim, or of its negation, at a point."""
    known = findings.at(point)
    concrete = _at(findings, question, point)
    found = verdict(known, concrete)
    if found.certified is None or found.status not in ("proved", "refuted"):
        return Unanswered(found.reason or "no certificate was found at a point")
    document: dict[str, Any] = json.loads(found.certified.text)
    return document


def _at(findings: FamilyFindings, question: FamilyQuestion, point: Point) -> Question:
    values = dict(zip(findings.family.parameters, point, strict=True))
    asked_here = replace(findings.specification, questions=(question,), levels=())
    return asked_here.at(values).questions[0]
