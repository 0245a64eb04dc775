"""Claims about a family as goals for all parameters: verdicts at points carried to regions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.algebra.rational import ratio
from coopgap.proofs.certificates.certificate import plain_ratio
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.private_claims import PrivateClaim
from coopgap.proofs.deciding.verdicts import (
    BY_RULE,
    GameClaim,
    claimed,
    not_transfers,
    require_cells,
)
from coopgap.proofs.families.decisions import Decisions, carried
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.proofs.families.problem import NOTHING, positive_below
from coopgap.proofs.families.strategies import strategies_around
from coopgap.proofs.parameters.goals import Goal
from coopgap.proofs.parameters.regions import Finding, Recorder, Rule, generic
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.questions.registry import MECHANISM_CLAIMS
from coopgap.proofs.trusted.documents import Rejected
from coopgap.proofs.trusted.problems import Problem, Prosociality
from coopgap.theory.json_values import Fields
from coopgap.theory.specification import FamilyQuestion, Question


def claim(
    findings: FamilyFindings, question: FamilyQuestion
) -> tuple[dict[str, Any], Problem, Prosociality | None]:
    """A claim's fields as certificates carry them, its problem, and its λ if that has none."""
    family, index = findings.family, findings.base.index
    levels = [ratio(tree, index)[0] for tree in question.prosociality or ()]
    fixed = question.id != "threshold-at-most"
    selfish = [NOTHING] * len(family.players)
    problem = _problem(findings, question, (levels or selfish) if fixed else None)
    fields, end = claimed(family.skeleton, family.support, question), None
    if question.strategies is not None:
        fields["profiles"] = [list(strategies) for strategies in question.strategies]
    if question.value is not None:
        value = ratio(question.value, index)[0]
        above, below = positive_below(value, problem.assumptions, findings.prover)
        fields["value"] = plain_ratio((above, below), problem.parameters)
        end = None if fixed else Prosociality([above] * len(selfish), below)
    return fields, problem, end


def _problem(
    findings: FamilyFindings, question: FamilyQuestion, levels: Sequence[Ratio] | None
) -> Problem:
    if question.id not in MECHANISM_CLAIMS:
        return findings.problem(question.language, levels)
    assert question.language is not None
    assert levels is not None
    problem = findings.mechanism_problem(question.language, levels)
    if isinstance(problem, Unanswered):
        raise not_transfers()
    return problem


def goal(
    findings: FamilyFindings, question: FamilyQuestion, *, holds: bool = True
) -> Goal | Unanswered:
    """The goal that the claim holds (or fails) for all parameters, if it is decided at a point.

    Raises InputError for a claim that the game cannot bear.
    """
    assumptions = findings.base.assumptions
    point = findings.prover.point(assumptions)
    if point is None or isinstance(point, Unanswered):
        return point or Unanswered("the assumptions contradict each other")
    named = findings.named(question.language)
    if question.id == "incontractible":
        require_cells(question, named.language if named else None)
    full_claim, problem, end = claim(findings, question)
    fields = {name: value for name, value in full_claim.items() if name != "id"}
    decider = Decisions(findings, problem, question.language)
    plays = decider.plays
    restricted = replace(findings.specification, questions=(question,), levels=())
    # At a point the engines say where a λ is negative, which the rule does not.
    plain = question.id in BY_RULE and question.prosociality is None
    rule = Rule(problem, question.id, plays) if plain else None

    def decided(recorder: Recorder) -> _Decided | Unanswered:
        if rule is not None:
            return _decided_by_rule(rule, fields, recorder)
        (concrete,) = restricted.questions_at(
            dict(zip(problem.parameters, recorder.point, strict=True))
        )
        return _decided(findings.at(recorder.point), concrete)

    # Where an exploration begins, so that it need not be decided twice.
    start = generic(point, assumptions)
    first = decided(Recorder(start))
    if isinstance(first, Unanswered):
        return first

    def at(recorder: Recorder) -> Finding | Unanswered:
        verdict = first if recorder.point == start else decided(recorder)
        if isinstance(verdict, Unanswered):
            return verdict
        true, parts = verdict
        if question.id in MECHANISM_CLAIMS:
            witness = decider.mechanism_witness(recorder, parts)
        elif problem.private:
            witness = strategies_around(plays, recorder, parts, end)
        else:
            witness = carried(plays, recorder, parts, end)
        if isinstance(witness, Unanswered):
            return witness
        return Finding(true, fields, witness, parts)

    return Goal(problem, {**full_claim, "holds": holds}, at, plays=plays)


_Decided = tuple[bool, Fields]
"""Whether a claim holds at a point, and the witness that it does or does not."""


def _decided(known: Findings, question: Question) -> _Decided | Unanswered:
    """A claim that engines decide, with the certificate of it or of its negation."""
    private = known.specification.information is not None and question.id not in MECHANISM_CLAIMS
    verdict = (PrivateClaim if private else GameClaim)(known, question).verdict()
    if not verdict.text or verdict.status not in ("proved", "refuted"):
        return Unanswered(verdict.reason or "no certificate was found at a point")
    return verdict.status == "proved", json.loads(verdict.text)["proof"]["cases"]["witness"]


def _decided_by_rule(rule: Rule, claim: Fields, recorder: Recorder) -> _Decided | Unanswered:
    """A claim that the trusted core decides by itself: true, or else false."""
    reason = ""
    for holds in (True, False):
        try:
            rule.run(recorder, holds, claim, {})
        except Rejected as error:
            reason = str(error)
        else:
            return holds, {}
    return Unanswered(f"the checker rejected: {reason}")
