"""Statements to be shown for all parameters, and how they are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from proofs.cases import (
    FORMULA,
    INCONSISTENT,
    FamilyCertificate,
    FamilyProblem,
    check_family,
    truth,
)
from proofs.certificates import digest
from proofs.conditions import Condition, plain_condition, plain_refutation
from proofs.encoding import encode_family
from proofs.obligations import Unanswered
from proofs.prover import Prover
from proofs.quantities import Point
from proofs.regions import Decide, Failure, Found, Recorder, certificate, explore


@dataclass(frozen=True)
class Goal:
    """A claim (id, holds, the id's own fields) about a family, and how to find witnesses."""

    problem: FamilyProblem
    claim: Mapping[str, Any]
    decide: Decide


@dataclass(frozen=True)
class Settled:
    """What became of a goal. status: proved, refuted, trusted or unknown (``reason``); text: the
    certificate that the checker accepted; counterexample: a point at which the claim fails;
    solvers: who is trusted; suggestion: an assumption under which the claim holds."""

    status: str
    kind: str = ""
    text: str = ""
    counterexample: Point | None = None
    reason: str | None = None
    solvers: tuple[str, ...] = ()
    suggestion: Condition | None = None

    @property
    def sha256(self) -> str:
        """The hash that names the certificate's file."""
        return digest(self.text)


def formula(problem: FamilyProblem, conclusion: Any) -> Goal:
    """The goal that a formula (``["and" | "or", …]``, ``["not", f]``, or a condition as
    certificates carry it) holds for all parameters that satisfy the problem's assumptions."""

    def decide(recorder: Recorder) -> Found:
        holds = truth(conclusion, problem.index, lambda each: each.holds(recorder.point))
        return Found(holds, {"conclusion": conclusion}, {})

    return Goal(problem, {"id": FORMULA, "holds": True, "conclusion": conclusion}, decide)


def stated(condition: Condition, problem: FamilyProblem) -> list[Any]:
    """A condition as part of a formula."""
    return plain_condition(condition, problem.parameters)


def settle(goal: Goal, prover: Prover) -> Settled:
    """Shows a goal or finds a counterexample, and has the checker confirm either."""
    name, holds = goal.claim["id"], goal.claim["holds"]
    found = explore(goal.problem, name, goal.decide, prover, holds=holds)
    if isinstance(found, Unanswered):
        return Settled("unknown", reason=found.reason)
    if isinstance(found, Failure):
        return _refuted(goal, found, prover)
    if not found.leaves:
        return Settled("unknown", reason="the assumptions contradict each other")
    if found.trusted:
        solvers = {tuple(prover.solvers(each, goal.problem.parameters)) for each in found.trusted}
        agreed = tuple(sorted(set.intersection(*map(set, solvers))))
        if not agreed:
            return Settled("unknown", reason="no certificate was found, and no solver decides it")
        return Settled("trusted", solvers=agreed, reason=f"by the word of {' and '.join(agreed)}")
    shown = certificate(goal.problem, goal.claim, found, prover)
    if shown is None:
        return Settled("unknown", reason="no certificate was found for a step")
    return confirmed(shown, "proved")


def _refuted(goal: Goal, failure: Failure, prover: Prover) -> Settled:
    """A counterexample as simple as is found: at simpler points the claim is asked anew."""
    witness, point = failure.witness, failure.point
    simple = prover.simplest((*goal.problem.assumptions, *failure.conditions))
    if isinstance(simple, tuple) and simple != point:
        answer = goal.decide(Recorder(simple))
        if isinstance(answer, Found) and answer.holds is not goal.claim["holds"]:
            witness, point = answer.witness, simple
    denied = {**goal.claim, "for_all": False}
    shown = FamilyCertificate(
        "counterexample",
        denied,
        goal.problem,
        {"counterexample": {"point": [str(value) for value in point], "witness": witness}},
    )
    return replace(confirmed(shown, "refuted"), counterexample=point)


def suggestion(goal: Goal, prover: Prover) -> Condition | None:
    """The weakest assumption, among the linear contraries of what the counterexample rests on,
    under which the goal is proved."""
    name, holds = goal.claim["id"], goal.claim["holds"]
    failure = explore(goal.problem, name, goal.decide, prover, holds=holds)
    if not isinstance(failure, Failure):
        return None
    best: Condition | None = None
    for condition in failure.conditions:
        for contrary in condition.negations():
            if contrary.polynomial.degree > 1 or contrary == best:
                continue
            assumptions = (*goal.problem.assumptions, contrary)
            if best is not None and not prover.implies((*assumptions[:-1], best), contrary):
                continue
            narrower = replace(goal, problem=replace(goal.problem, assumptions=assumptions))
            if settle(narrower, prover).status == "proved":
                best = contrary
    return best


def confirmed(shown: FamilyCertificate, status: str) -> Settled:
    """The status, if the checker accepts the certificate."""
    verdict = check_family(shown)
    if not verdict.accepted:
        return Settled("unknown", reason=f"the checker rejected: {verdict.reason}")
    return Settled(status, shown.kind, encode_family(shown))


def inconsistency(problem: FamilyProblem, prover: Prover) -> FamilyCertificate | None:
    """The certificate that no parameters satisfy the assumptions, if that is so and shown."""
    if not problem.parameters or prover.point(problem.assumptions) is not None:
        return None
    refutation = prover.refute(problem.assumptions)
    if refutation is None:
        return None
    witness = {
        "cases": {"refuted": plain_refutation(refutation, problem.parameters)},
        "apart": [],
    }
    bare = FamilyProblem(problem.parameters, problem.assumptions)
    return FamilyCertificate("cases", {"id": INCONSISTENT, "holds": True}, bare, witness)
