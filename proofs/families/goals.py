"""Claims about a family as goals for all parameters: verdicts at points carried to regions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from coopgap.proofs.algebra.rational import ratio
from coopgap.proofs.certificates.certificate import plain_ratio
from coopgap.proofs.deciding.verdicts import verdict
from coopgap.proofs.engines.points import Point
from coopgap.proofs.families.decisions import carried
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.proofs.families.problem import NOTHING, positive_below
from coopgap.proofs.parameters.goals import Goal
from coopgap.proofs.parameters.regions import Found, Recorder, Unlimited
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.trusted.documents import Budget
from coopgap.proofs.trusted.problems import Plays, Prosociality, problem_of
from coopgap.theory.specification import FamilyQuestion, Question


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


def _decided(
    findings: FamilyFindings, question: FamilyQuestion, point: Point
) -> dict[str, Any] | Unanswered:
    """The certificate of the claim, or of its negation, at a point."""
    known = findings.at(point)
    concrete = _at(findings, question, point)
    found = verdict(known, concrete)
    if not found.text or found.status not in ("proved", "refuted"):
        return Unanswered(found.reason or "no certificate was found at a point")
    document: dict[str, Any] = json.loads(found.text)
    return document


def _at(findings: FamilyFindings, question: FamilyQuestion, point: Point) -> Question:
    values = dict(zip(findings.family.parameters, point, strict=True))
    asked_here = replace(findings.specification, questions=(question,), levels=())
    return asked_here.at(values).questions[0]
