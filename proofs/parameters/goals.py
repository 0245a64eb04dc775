"""Statements to be shown for all parameters, and how they are settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coopgap.proofs.algebra.conditions import Condition, plain_condition, plain_refutation
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.certificates.certificate import Certificate, described, encode, verified
from coopgap.proofs.certificates.statements import statement
from coopgap.proofs.deciding.settled import Settled as Settled
from coopgap.proofs.deciding.worker import TimedOut
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.parameters.regions import (
    Decide,
    Exploration,
    Failure,
    Finding,
    Recorder,
    Rule,
    certificate,
    explore,
)
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.trusted.certificates import FORMULA, INCONSISTENT, AtPoint, Claim
from coopgap.proofs.trusted.problems import Plays, Problem
from coopgap.theory.json_values import Fields, Plain


@dataclass(frozen=True)
class Goal:
    """A claim (id, holds, the id's own fields) about a family, and how to find witnesses.

    hints: conditions by which cases are distinguished first. language: the name of the language,
    if it has one for readers. plays: those of the problem's game, where they are at hand.
    """

    problem: Problem
    claim: Fields
    decide: Decide
    hints: tuple[Condition, ...] = ()
    language: str = ""
    plays: Plays | None = None

    def at(self, recorder: Recorder) -> Finding | Unanswered:
        """What is so at the recorder's point."""
        for hint in self.hints:
            recorder.holds(hint.polynomial, hint.relation)
        return self.decide(recorder)


def formula(problem: Problem, conclusion: Plain) -> Goal:
    """The goal that a formula holds for all parameters that satisfy the problem's assumptions.

    A formula is ``["and" | "or", …]``, ``["not", f]``, or a condition as certificates carry it.
    """
    claim = Claim(problem, {"id": FORMULA, "holds": True}, Unlimited())

    def decide(recorder: Recorder) -> Finding:
        holds = claim.formula(conclusion)(AtPoint(recorder.point))
        return Finding(holds, {"conclusion": conclusion}, {})

    return Goal(problem, {"id": FORMULA, "holds": True, "conclusion": conclusion}, decide)


def stated(condition: Condition, problem: Problem) -> list[Plain]:
    """A condition as part of a formula."""
    return plain_condition(condition, problem.parameters)


def settle(goal: Goal, prover: Prover) -> Settled:
    """Shows a goal or finds a counterexample, and has the checker confirm either.

    Unknown if the prover runs out of time. Raises Disagreement if one solver contradicts another.
    """
    try:
        return _settle(goal, prover)
    except TimedOut as reason:
        return Settled("unknown", reason=str(reason))


def proved(goal: Goal, prover: Prover) -> bool:
    """Whether a goal is shown and the checker confirms it, for those who need no counterexample.

    Raises as ``settle`` does.
    """
    try:
        cases = _explored(goal, prover)
        return isinstance(cases, Exploration) and _certified(goal, cases, prover).status == "proved"
    except TimedOut:
        return False


def refuted(goal: Goal, prover: Prover) -> Settled | None:
    """The counterexample to a goal, if it has one; without one nothing is shown.

    Raises TimedOut if the prover runs out of time.
    """
    outcome = _explored(goal, prover)
    return _refuted(goal, outcome, prover) if isinstance(outcome, Failure) else None


def sentence(goal: Goal, settled: Settled) -> str:
    """What the goal says or, if it was shown or refuted, what the certificate does."""
    return statement(settled.claim or goal.claim, described(goal.problem), goal.language)


def _settle(goal: Goal, prover: Prover) -> Settled:
    outcome = _explored(goal, prover)
    if isinstance(outcome, Unanswered):
        return Settled("unknown", reason=outcome.reason)
    if isinstance(outcome, Failure):
        return _refuted(goal, outcome, prover)
    return _certified(goal, outcome, prover)


def _explored(goal: Goal, prover: Prover) -> Exploration | Failure | Unanswered:
    rule = Rule(goal.problem, goal.claim["id"], goal.plays)
    return explore(goal.problem, rule, goal.at, prover, holds=goal.claim["holds"])


def _certified(goal: Goal, cases: Exploration, prover: Prover) -> Settled:
    """That the goal holds in all cases, as far as they are certified."""
    if not cases.leaves:
        return Settled("unknown", reason="the assumptions contradict each other")
    if cases.trusted:
        solvers = {tuple(prover.solvers(path, goal.problem.parameters)) for path in cases.trusted}
        agreed = tuple(sorted(set.intersection(*map(set, solvers))))
        if not agreed:
            return Settled("unknown", reason="no certificate was found, and no solver decides it")
        return Settled("trusted", solvers=agreed, reason=f"by the word of {' and '.join(agreed)}")
    candidate = certificate(goal.problem, goal.claim, cases, prover)
    if candidate is None:
        return Settled("unknown", reason="no certificate was found for a step")
    return confirmed(candidate, "proved")


def _refuted(goal: Goal, failure: Failure, prover: Prover) -> Settled:
    """A counterexample as simple as is found: at simpler points the claim is asked anew."""
    answer, point = failure.finding, failure.point
    for conditions in (map(_strict, failure.conditions), failure.conditions):
        simple = prover.simplest((*goal.problem.assumptions, *conditions))
        if not isinstance(simple, tuple):
            continue
        simpler_answer = goal.decide(Recorder(simple))
        if isinstance(simpler_answer, Finding) and simpler_answer.holds is not goal.claim["holds"]:
            answer, point = simpler_answer, simple
            break
    at = {name: str(value) for name, value in zip(goal.problem.parameters, point, strict=True)}
    denied = {**goal.claim, "holds": not goal.claim["holds"], "at": at}
    proof = {"witness": answer.denial or answer.witness, "instead": answer.instead}
    candidate = Certificate(denied, goal.problem, proof)
    return replace(confirmed(candidate, "refuted"), counterexample=point)


def suggestion(goal: Goal, prover: Prover) -> Condition | None:
    """The weakest assumption under which the goal is proved.

    It is sought among the linear contraries of what the counterexample rests on.
    """
    failure = _explored(goal, prover)
    if not isinstance(failure, Failure):
        return None
    best: Condition | None = None
    for extra in _contraries(failure.conditions):
        if best is not None and not prover.implies((*goal.problem.assumptions, best), extra):
            continue
        assumptions = (*goal.problem.assumptions, extra)
        narrower = replace(goal, problem=replace(goal.problem, assumptions=assumptions))
        if extra != best and proved(narrower, prover):
            best = extra
    return best


def _contraries(conditions: Sequence[Condition]) -> Iterator[Condition]:
    """Linear conditions that exclude one of these, with equality and without."""
    for condition in conditions:
        for contrary in condition.negations():
            if contrary.polynomial.degree == 1:
                yield Condition(contrary.polynomial, ">=")
                yield contrary


def _strict(condition: Condition) -> Condition:
    """The condition without its boundary."""
    return Condition(condition.polynomial, ">") if condition.relation == ">=" else condition


def confirmed(candidate: Certificate, status: str) -> Settled:
    """The status, if the checker accepts the certificate."""
    text = encode(candidate)
    verdict = verified(text)
    if not verdict.accepted:
        return Settled("unknown", reason=f"the checker rejected: {verdict.reason}")
    assert verdict.claim is not None
    return Settled(status, candidate.kind, text, claim=verdict.claim["claim"])


def inconsistency(problem: Problem, prover: Prover) -> Certificate | None:
    """The certificate that no parameters satisfy the assumptions, if that is so and shown."""
    if not problem.parameters or prover.point(problem.assumptions) is not None:
        return None
    refutation = prover.refute(problem.assumptions)
    if refutation is None:
        return None
    cases = {"refuted": plain_refutation(refutation, problem.parameters)}
    bare = Problem(problem.parameters, problem.assumptions)
    claim = {"id": INCONSISTENT, "holds": True}
    return Certificate(claim, bare, {"apart": [], "cases": cases})
