"""The independent checker of any certificate: of a claim about a game, of one about a family, or of
several together. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proofs import cases, checker
from proofs.certificates import Malformed, canonical, fields, listing, parsed, text_of

CONJUNCTION = "coopgap.conjunction/1"

MAX_GOALS = 5_000
"""The largest number of certificates that are checked together, each within its own limits."""


@dataclass(frozen=True)
class Verified:
    """What the checker says of a certificate. claim: what it shows; of several, their labels."""

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
        if len(goals) > MAX_GOALS:
            return Verified(
                False, "conjunction", reason=f"too large to check: over {MAX_GOALS} goals"
            )
        claim = {
            "id": text_of(data["theorem"]),
            "goals": [text_of(each["goal"]) for each in goals],
        }
    except Malformed as error:
        return Verified(False, "conjunction", reason=str(error))
    for each in goals:
        part = _single(each["certificate"], canonical(each["certificate"]))
        if not part.accepted:
            return Verified(False, "conjunction", claim, f"{each['goal']}: {part.reason}")
    return Verified(bool(goals), "conjunction", claim, "" if goals else "there are no goals")
