"""Theorems decided for all parameters."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from coopgap.proofs.algebra.rational import condition_text
from coopgap.proofs.certificates.certificate import (
    claims_digest,
    digest,
    encode,
    encode_conjunction,
)
from coopgap.proofs.certificates.statements import statement
from coopgap.proofs.deciding.worker import TIME_IS_UP, TimedOut, Worker, solvers_of
from coopgap.proofs.export.coq_theorems import Compilation
from coopgap.proofs.parameters.goals import (
    Goal,
    Settled,
    inconsistency,
    proved,
    refuted,
    sentence,
    settle,
    suggestion,
)
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.theorems import general
from coopgap.proofs.theorems.general import GeneralTheorem
from coopgap.proofs.theorems.reports import (
    CertificateOf,
    ConditionReport,
    GoalReport,
    TheoremReport,
)
from coopgap.proofs.theorems.theorem import BARE, Means, Theorem
from coopgap.theory.errors import InputError


def decide(
    theorem: Theorem | GeneralTheorem,
    *,
    timeout: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> TheoremReport:
    """Decides a theorem for all parameters that satisfy its assumptions; as ``decide_all``."""
    (report,) = decide_all([theorem], timeout=timeout, progress=progress)
    return report


def decide_all(
    theorems: Iterable[Theorem | GeneralTheorem],
    *,
    timeout: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[TheoremReport]:
    """Decides theorems, one after the other, for all parameters that satisfy their assumptions.

    timeout: seconds for each; what takes longer is unknown. progress: is told what is being shown.
    Raises InputError for a family in which something may be divided by 0 or the prior may be no
    distribution, and Disagreement if one solver contradicts another.
    """
    tell = progress or (lambda _: None)
    with (
        Worker(timeout) as engines,
        solvers_of(timeout) as solvers,
        Compilation() as coq,
    ):
        for theorem in theorems:
            if isinstance(theorem, GeneralTheorem):
                yield general.report(theorem, coq, timeout, tell)
            else:
                yield _report(theorem, _Run(engines, solvers, timeout), tell)


def _report(theorem: Theorem, run: _Run, tell: Callable[[str], None]) -> TheoremReport:
    start = time.perf_counter()
    outcome = run.decided(theorem, tell)
    conditions = tuple(run.examined(theorem, tell))
    text, kind = _text(theorem, outcome), _kind(outcome)
    names = outcome.names
    refuted = next((f for _, f in outcome.settled if f.status == "refuted"), None)
    return TheoremReport(
        id=theorem.id,
        statement=theorem.statement,
        assumptions=theorem.assumptions,
        status=outcome.status,
        certificate=None
        if text is None
        else CertificateOf(
            kind, True, digest(text), len(outcome.settled), _goals_digest(kind, text)
        ),
        counterexample=None if refuted is None else _named(names, refuted),
        seconds=round(time.perf_counter() - start, 4),
        reason=outcome.reason,
        failed=outcome.failed,
        suggestion=run.suggested(outcome),
        solvers=tuple(sorted({name for _, settled in outcome.settled for name in settled.solvers})),
        conditions=conditions,
        source=theorem.source,
        sentences=_sentences(outcome),
        rests_on=theorem.rests_on,
        general=theorem.general,
        texts={} if text is None else {digest(text): text},
    )


@dataclass
class _Outcome:
    """The goals that were settled, up to the first that fails (``failed`` is its label)."""

    settled: list[tuple[str, Settled]] = field(default_factory=list)
    names: tuple[str, ...] = ()
    failed: str | None = None
    goal: Goal | None = None
    reason: str | None = None
    contradiction: str | None = None
    reports: list[GoalReport] = field(default_factory=list)

    def add(self, label: str, settled: Settled, goal: Goal | None = None) -> None:
        """Keeps what became of a goal, and the first reason for not knowing."""
        self.settled.append((label, settled))
        if goal is not None:
            self.reports.append(GoalReport(label, settled.status, sentence(goal, settled)))
        if settled.status == "unknown" and self.reason is None:
            self.reason = f"{label}: {settled.reason}"

    @property
    def status(self) -> str:
        statuses = {settled.status for _, settled in self.settled}
        if self.contradiction is not None or not statuses:
            return "unknown"
        return next(
            status for status in ("refuted", "unknown", "trusted", "proved") if status in statuses
        )


class _Run:
    """The provers of one theorem."""

    def __init__(self, engines: Worker, solvers: Worker, timeout: float | None) -> None:
        self._deadline = time.monotonic() + timeout if timeout else float("inf")
        self._solvers = solvers
        self._provers: dict[tuple[str, ...], Prover] = {}
        self.means = Means(engines, self._prover)

    def _prover(self, parameters: tuple[str, ...]) -> Prover:
        if parameters not in self._provers:
            self._provers[parameters] = Prover(
                len(parameters), self._solvers, deadline=self._deadline
            )
        return self._provers[parameters]

    def decided(self, theorem: Theorem, tell: Callable[[str], None]) -> _Outcome:
        """Settles the goals up to the first that is refuted."""
        outcome = _Outcome()
        try:
            self._settle(theorem, outcome, tell)
        except TimedOut as reason:
            outcome.settled.append(("", Settled("unknown", reason=str(reason))))
            outcome.reason = str(reason)
        return outcome

    def _settle(self, theorem: Theorem, outcome: _Outcome, tell: Callable[[str], None]) -> None:
        checked: set[tuple[str, ...]] = set()
        for label, goal in theorem.goals(self.means):
            tell(f"{theorem.id}: {label}")
            if time.monotonic() > self._deadline:
                raise TimedOut(TIME_IS_UP)
            if isinstance(goal, Unanswered):
                outcome.add(label, Settled("unknown", reason=goal.reason))
                continue
            outcome.names = goal.problem.parameters
            prover = self._prover(outcome.names)
            if outcome.names not in checked:
                checked.add(outcome.names)
                contradiction = inconsistency(goal.problem, prover)
                if contradiction is not None:
                    outcome.contradiction = encode(contradiction)
                    outcome.reason = "the assumptions contradict each other: nothing is said"
                    return
            settled = settle(goal, prover)
            # Bare formulas tell a reader nothing unless one fails.
            readable = theorem.rests_on != BARE or settled.status == "refuted"
            outcome.add(label, settled, goal if readable else None)
            if settled.status == "refuted":
                outcome.failed, outcome.goal = label, goal
                return

    def suggested(self, outcome: _Outcome) -> str | None:
        """An assumption under which the goal that fails would hold."""
        if outcome.goal is None:
            return None
        extra = suggestion(outcome.goal, self._prover(outcome.names))
        return None if extra is None else condition_text(extra, outcome.names)

    def examined(self, theorem: Theorem, tell: Callable[[str], None]) -> list[ConditionReport]:
        """What each assumption is for, where that is asked."""
        if theorem.without is None or theorem.follows is None:
            return []
        return [
            self._examined(theorem, place, text, tell)
            for place, text in enumerate(theorem.assumptions)
        ]

    def _examined(
        self, theorem: Theorem, place: int, text: str, tell: Callable[[str], None]
    ) -> ConditionReport:
        assert theorem.without is not None
        assert theorem.follows is not None
        goal = theorem.follows(place)
        if proved(goal, self._prover(goal.problem.parameters)):
            return ConditionReport(text, "redundant")
        try:
            failing = self._failing(theorem.without(place), tell)
            if failing is not None:
                label, at = failing
                return ConditionReport(text, "needed", at, f"{label} fails")
            outcome = self.decided(theorem.without(place), tell)
        except InputError as error:
            return ConditionReport(text, "needed", reason=error.problem)
        except TimedOut as reason:
            return ConditionReport(text, "unknown", reason=str(reason))
        if outcome.status == "proved":
            return ConditionReport(text, "unneeded")
        return ConditionReport(text, "unknown", reason=outcome.reason)

    def _failing(
        self, theorem: Theorem, tell: Callable[[str], None]
    ) -> tuple[str, dict[str, str]] | None:
        """The first goal that fails, and where: what becomes of those before it does not matter."""
        for label, goal in theorem.goals(self.means):
            tell(f"{theorem.id}: {label}")
            if isinstance(goal, Goal):
                names = goal.problem.parameters
                settled = refuted(goal, self._prover(names))
                if settled is not None and settled.status == "refuted":
                    return label, _named(names, settled)
        return None


def _named(names: tuple[str, ...], settled: Settled) -> dict[str, str]:
    assert settled.counterexample is not None
    return {name: str(v) for name, v in zip(names, settled.counterexample, strict=True)}


def _sentences(outcome: _Outcome) -> tuple[GoalReport, ...]:
    if outcome.contradiction is not None:
        document = json.loads(outcome.contradiction)
        text = statement(document["claim"], document["data"])
        return (GoalReport("the assumptions", "proved", text),)
    return tuple(outcome.reports)


def _text(theorem: Theorem, outcome: _Outcome) -> str | None:
    """The theorem's certificate: of the goal that fails, or of all goals together."""
    if outcome.contradiction is not None:
        return outcome.contradiction
    if outcome.status == "refuted":
        return outcome.settled[-1][1].text
    if outcome.status != "proved":
        return None
    if len(outcome.settled) == 1:
        return outcome.settled[0][1].text
    parts = [(label, settled.text) for label, settled in outcome.settled]
    return encode_conjunction(theorem.id, parts)


def _goals_digest(kind: str, text: str) -> str | None:
    if kind != "conjunction":
        return None
    return claims_digest(goal["certificate"] for goal in json.loads(text)["goals"])


def _kind(outcome: _Outcome) -> str:
    if outcome.contradiction is not None:
        return "cases"
    if outcome.status == "refuted" or len(outcome.settled) == 1:
        return outcome.settled[-1][1].kind
    return "conjunction"
