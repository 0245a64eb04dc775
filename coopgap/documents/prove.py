"""``prove`` and ``theorems``: what ``coopgap prove --json`` prints."""

from __future__ import annotations

from typing import Literal

from pydantic import NonNegativeFloat, NonNegativeInt

from coopgap.documents.base import Constraint, Part
from coopgap.documents.shared import Exact, Sha256, Status


class TheoremCertificate(Part):
    """The certificate of a theorem."""

    kind: str
    """What the witness is; `coq` for proofs in Coq."""
    checked: bool
    """Whether the independent checker accepted it; of `coq`, whether Coq did in this run."""
    sha256: Sha256
    """The hash that names the certificate; of `coq`, that of all its sources."""
    goals: NonNegativeInt
    """How many certificates it joins; 0 if it shows that the assumptions contradict each other."""
    goals_sha256: Sha256 | None
    """The hash of what they claim, which `verify` prints too; `null` if one alone is written."""


class Goal(Part):
    """What became of a goal."""

    goal: str
    """Its label."""
    status: Status
    """What became of it."""
    sentence: str
    """What its certificate shows, in words; without one, what it says."""


class Condition(Part):
    """What an assumption is for."""

    assumption: str
    """The assumption."""
    status: Literal["redundant", "needed", "unneeded", "unknown"]
    """Whether it follows from the others, is needed, is not, or nobody knows."""
    counterexample: dict[str, Exact] | None
    """By name, parameters for which the theorem fails without it; `null` unless it is needed."""
    reason: str | None
    """What fails there, or why it is unknown; `null` without either."""


class CoqTheorem(Part):
    """A theorem in Coq."""

    theorem: str
    """Its name."""
    file: str
    """The file that proves it."""


class Theorem(Part):
    """What became of a theorem."""

    constraints = (
        Constraint("status", ("proved", "refuted"), filled=("certificate",)),
        Constraint("status", ("unknown",), filled=("reason",)),
    )
    id: str
    """The theorem's id."""
    statement: str
    """Its author's words, which nobody checks."""
    assumptions: list[str]
    """What it assumes of its parameters."""
    status: Status
    """What became of it."""
    certificate: TheoremCertificate | None
    """What the checker accepted; `null` without one."""
    counterexample: dict[str, Exact] | None
    """By name, parameters for which it fails; `null` unless it is refuted."""
    seconds: NonNegativeFloat
    """How long it took, in seconds."""
    reason: str | None
    """Why it is unknown or trusted; `null` otherwise."""
    failed: str | None
    """The goal that the counterexample is about; `null` without one."""
    suggestion: str | None
    """A further assumption under which that goal holds; `null` without one."""
    solvers: list[str]
    """Who is trusted for what no certificate shows."""
    conditions: list[Condition]
    """What each assumption is for, if the theorem asks."""
    source: str
    """Where the theorem comes from."""
    sentences: list[Goal]
    """What was checked, goal by goal, of theorems in Coq their statements there; empty if the
    certificates are bare formulas of which none fails."""
    rests_on: str
    """What must be trusted for its certificates to mean the theorem."""
    general: list[CoqTheorem]
    """The theorems in Coq that cover it, for every finite size or over every ordered field; Coq is
    run on them only where the certificate's kind is `coq`."""


class Prove(Part, title="Theorems decided"):
    """What `coopgap prove --json` prints."""

    schema_: Literal["coopgap.prove/1"]
    """The name and version of this document."""
    theorems: list[Theorem]
    """What became of each theorem."""


class ListedTheorem(Part):
    """A theorem, undecided."""

    id: str
    """The theorem's id."""
    statement: str
    """What it says, in words."""
    assumptions: list[str]
    """What it assumes of its parameters."""
    source: str
    """Where the theorem comes from."""


class Theorems(Part, title="Theorems listed"):
    """What `coopgap prove --list --json` prints."""

    schema_: Literal["coopgap.theorems/1"]
    """The name and version of this document."""
    theorems: list[ListedTheorem]
    """The theorems, undecided."""
