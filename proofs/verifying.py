"""The independent checker of any certificate: of a claim about a game, of one about a family, or of
several together. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from proofs import cases, checker
from proofs.certificates import (
    Malformed,
    canonical,
    digest,
    fields,
    listing,
    parsed,
    text_of,
)

CONJUNCTION = "coopgap.conjunction/1"

ALL = "all-goals"
"""The id of what a conjunction claims: no theorem, since no checker knows what goals one has."""

MAX_GOALS = 5_000
"""The largest number of certificates that are checked together, each within its own limits."""


@dataclass(frozen=True)
class Verified:
    """What the checker says of a certificate. claim: what it shows; of several, every claim with
    the hash of its data, their number, and a hash of them all. Names given by the author are no
    part of what is checked, and marked as ``named``."""

    accepted: bool
    kind: str | None = None
    claim: Mapping[str, Any] | None = None
    reason: str = ""


def verified(text: str) -> Verified:
    """Decodes and checks the text of a certificate; never raises."""
    try:
        document = parsed(text)
    except Malformed as error:
        return Verified(False, reason=str(error))
    if isinstance(document, dict) and document.get("schema") == CONJUNCTION:
        return _conjunction(document)
    return _single(document, text)


def _single(document: Any, text: str) -> Verified:
    if isinstance(document, dict) and document.get("schema") == cases.SCHEMA:
        return _told(*cases.verify_family(text))
    return _told(*checker.verify(text))


def _told(verdict: checker.Verdict, certificate: Any) -> Verified:
    if certificate is None:
        return Verified(verdict.accepted, reason=verdict.reason)
    claim = dict(certificate.claim)
    return Verified(verdict.accepted, certificate.kind, claim, verdict.reason)


def _conjunction(document: Any) -> Verified:
    try:
        data = fields(document, "conjunction", "schema", "theorem", "goals")
        goals = [fields(each, "goal", "goal", "certificate") for each in listing(data["goals"])]
        labels = [text_of(each["goal"]) for each in goals]
        name = text_of(data["theorem"])
    except Malformed as error:
        return Verified(False, "conjunction", reason=str(error))
    if not goals:
        return Verified(False, "conjunction", reason="there are no goals")
    if len(goals) > MAX_GOALS:
        return Verified(False, "conjunction", reason=f"too large to check: over {MAX_GOALS} goals")
    if len(set(labels)) < len(labels):
        return Verified(False, "conjunction", reason="two goals have the same name")
    for label, each in zip(labels, goals, strict=True):
        part = _single(each["certificate"], canonical(each["certificate"]))
        if not part.accepted:
            return Verified(False, "conjunction", reason=f"{label}: {part.reason}")
    shown = [
        {part: each["certificate"][part] for part in ("claim", "data_sha256")} for each in goals
    ]
    claim = {
        "id": ALL,
        "count": len(goals),
        "goals": [{**each, "named": label} for each, label in zip(shown, labels, strict=True)],
        "sha256": claims_digest(each["certificate"] for each in goals),
        "named": name,
    }
    return Verified(True, "conjunction", claim)


def claims_digest(certificates: Iterable[Mapping[str, Any]]) -> str:
    """The SHA-256 of what certificates show: of the canonical JSON of the list of their claims and
    hashes of data, whatever their order, their names and their witnesses."""
    shown = {canonical([each["claim"], each["data_sha256"]]) for each in certificates}
    return digest(f"[{','.join(sorted(shown))}]")
