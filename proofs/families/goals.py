"""Claims about a family as goals for all parameters: verdicts at points carried to regions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.algebra.rational import ratio
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.certificates.certificate import plain_ratio
from coopgap.proofs.deciding.private_claims import PrivateClaim
from coopgap.proofs.deciding.verdicts import GameClaim, claimed, not_transfers
from coopgap.proofs.families.decisions import Decisions, carried
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.proofs.families.problem import NOTHING, positive_below
from coopgap.proofs.families.strategies import strategies_around
from coopgap.proofs.parameters.goals import Goal
from coopgap.proofs.parameters.regions import Found, Recorder, generic
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.questions.registry import MECHANISM_CLAIMS
from coopgap.proofs.trusted.problems import Plays, Problem, Prosociality
from coopgap.theory.specification import FamilyQuestion, FamilySpecification


def claim(
    findings: FamilyFindings, question: FamilyQuestion
) -> tuple[dict[str, Any], Problem, Prosociality | None]:
    """A claim's fields as certificates carry them, its problem, and its λ if that has none."""
    family, index = findings.family, findings.assumptions.index
    levels = [ratio(tree, index)[0] for tree in question.prosociality or ()]
    fixed = question.id != "threshold-at-most"
    selfish = [NOTHING] * len(family.players)
    problem = _problem(findings, question, (levels or selfish) if fixed else None)
    own, end = claimed(family.skeleton, family.support, question), None
    if question.strategies is not None:
        own["profiles"] = [list(each) for each in question.strategies]
    if question.value is not None:
        value = ratio(question.value, index)[0]
        above, below = positive_below(value, problem.assumptions, findings.prover)
        own["value"] = plain_ratio((above, below), problem.parameters)
        end = None if fixed else Prosociality([above] * len(selfish), below)
    return own, problem, end


def _problem(
    findings: FamilyFindings, question: FamilyQuestion, levels: Sequence[Ratio] | None
) -> Problem:
    if question.id not in MECHANISM_CLAIMS:
        return findings.problem(question.language, levels)
    assert question.language is not None
    assert levels is not None
    found = findings.mechanism_problem(question.language, levels)
    if isinstance(found, Unanswered):
        raise not_transfers()
    return found


def goal(
    findings: FamilyFindings, question: FamilyQuestion, *, holds: bool = True
) -> Goal | Unanswered:
    """The goal that the claim holds (or fails) for all parameters, if it is decided at a point.

    Raises InputError for a claim that the game cannot bear.
    """
    assumptions = findings.assumptions.assumptions
    point = findings.prover.point(assumptions)
    if point is None or isinstance(point, Unanswered):
        return point or Unanswered("the assumptions contradict each other")
    only = replace(findings.specification, questions=(question,), levels=())
    # Where an exploration begins, so that it need not be decided twice.
    start = generic(point, assumptions)
    first = _decided(findings, only, start)
    if isinstance(first, Unanswered):
        return first
    own, problem, end = claim(findings, question)
    fields = {name: each for name, each in own.items() if name != "id"}
    plays = Plays(problem, Unlimited())
    asked = Decisions(findings, problem, question.language)

    def at(recorder: Recorder) -> Found | Unanswered:
        here = recorder.point
        found = first if here == start else _decided(findings, only, here)
        if isinstance(found, Unanswered):
            return found
        shown = found["proof"]["cases"]["witness"]
        if question.id in MECHANISM_CLAIMS:
            witness = asked.mechanism_witness(recorder, shown)
        elif problem.private:
            witness = strategies_around(plays, recorder, shown, end)
        else:
            witness = carried(plays, recorder, shown, end)
        if isinstance(witness, Unanswered):
            return witness
        return Found(found["claim"]["holds"], fields, witness, shown)

    return Goal(problem, {**own, "holds": holds}, at)


def _decided(
    findings: FamilyFindings, asked: FamilySpecification, point: Point
) -> dict[str, Any] | Unanswered:
    """The certificate of the only claim that is asked, or of its negation, at a point."""
    known = findings.at(point)
    (question,) = asked.questions_at(dict(zip(asked.family.parameters, point, strict=True)))
    private = findings.information is not None and question.id not in MECHANISM_CLAIMS
    found = (PrivateClaim if private else GameClaim)(known, question).verdict()
    if not found.text or found.status not in ("proved", "refuted"):
        return Unanswered(found.reason or "no certificate was found at a point")
    document: dict[str, Any] = json.loads(found.text)
    return document
