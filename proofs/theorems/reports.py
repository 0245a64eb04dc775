"""What became of theorems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coopgap.proofs.deciding.reports import as_document
from coopgap.proofs.theorems.theorem import CORE, CoqTheorem
from coopgap.theory.notebooks import Documented, Tabulated, TextTable


@dataclass(frozen=True)
class CertificateOf:
    """The certificate of a theorem.

    kind: what the checker accepts, or ``coq`` for proofs in Coq; checked: whether that was done in
    this run; sha256: of the certificate, or of the sources in Coq. goals: how many certificates or
    proofs it joins; goals_sha256: the hash of what they claim, which ``verify`` prints too (None
    where one alone is written, and of proofs in Coq).
    """

    kind: str
    checked: bool
    sha256: str
    goals: int
    goals_sha256: str | None = None


@dataclass(frozen=True)
class ConditionReport:
    """What an assumption is for.

    status: ``redundant`` (it follows from the others), ``needed`` (without it there is a
    counterexample), ``unneeded`` (the theorem holds without it) or ``unknown``.
    """

    assumption: str
    status: str
    counterexample: Mapping[str, str] | None = None
    reason: str | None = None


@dataclass(frozen=True)
class GoalReport:
    """What became of a goal. sentence: what its certificate shows; without one, what it says."""

    goal: str
    status: str
    sentence: str


@dataclass(frozen=True, repr=False)
class TheoremReport(Tabulated, Documented):
    """What became of a theorem.

    statement: its author's words, which nobody checks; sentences: what was checked, goal by goal
    (none of a theorem whose certificates are bare formulas, unless one fails); rests_on: what must
    be trusted for the certificates to mean the theorem; general: the theorems in Coq that cover it
    for every finite size, or of every field. failed: the goal that the counterexample is
    about; suggestion: an assumption under which that goal holds. texts: SHA-256 → text of the
    certificates (no part of the JSON).
    """

    id: str
    statement: str
    assumptions: tuple[str, ...]
    status: str
    certificate: CertificateOf | None
    counterexample: Mapping[str, str] | None
    seconds: float
    reason: str | None = None
    failed: str | None = None
    suggestion: str | None = None
    solvers: tuple[str, ...] = ()
    conditions: tuple[ConditionReport, ...] = ()
    source: str = ""
    sentences: tuple[GoalReport, ...] = ()
    rests_on: str = CORE
    general: tuple[CoqTheorem, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def tables(self) -> tuple[TextTable, ...]:
        """What was decided, under which assumptions, and what it rests on."""
        rows = [("status", self.status), ("assumptions", "; ".join(self.assumptions) or "none")]
        if self.reason is not None:
            rows.append(("reason", self.reason))
        rows += [(goal.goal, f"{goal.status}: {goal.sentence}") for goal in self.sentences]
        rows += [("in Coq", f"{theorem.theorem} ({theorem.file})") for theorem in self.general]
        rows.append(("rests on", self.rests_on))
        return (TextTable(self.statement, ("theorem", self.id), tuple(rows)),)

    @property
    def statuses(self) -> set[str]:
        """The status, as reports of several claims have them.

        Beside it ``trusted`` where a proof rests on more than the core.
        """
        return {self.status} | ({"trusted"} if self.rests_on != CORE else set())

    def document(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        plain: dict[str, Any] = as_document(self)
        del plain["texts"]
        return plain
