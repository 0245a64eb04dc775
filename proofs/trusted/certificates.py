"""The door of the trusted core: checks the text of a certificate, or of several together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from proofs.trusted.cases import require_shown
from proofs.trusted.documents import (
    Budget,
    Rejected,
    Unreadable,
    canonical,
    digest,
    fields,
    listing,
    parsed,
    require,
    text_of,
)
from proofs.trusted.problems import problem_of

SCHEMA = "coopgap.certificate/2"
CONJUNCTION = "coopgap.conjunction/2"

EARLIER = ("coopgap.certificate/1", "coopgap.family-certificate/1", "coopgap.conjunction/1")
"""The formats that version 0.1 of coopgap reads."""

ALL = "all-goals"
"""The id of what a conjunction claims: no theorem, since no checker knows what goals one has."""


@dataclass(frozen=True)
class Verified:
    """What the core says of a text. readable: whether it is a certificate. claim: what it shows,
    with the hash of the data that it is about; of several, all of that."""

    accepted: bool
    reason: str = ""
    readable: bool = True
    claim: Mapping[str, Any] | None = None


def verified(text: str) -> Verified:
    """Checks the text of a certificate; never raises. Whatever the text, it ends within 30 seconds
    on an ordinary computer, in less than a gigabyte."""
    try:
        budget = Budget(text)
        document = parsed(text)
        schema = document.get("schema")
        if schema == SCHEMA:
            return Verified(True, claim=_single(document, budget))
        if schema == CONJUNCTION:
            return Verified(True, claim=_conjunction(document, budget))
        known = f"{schema} is read by coopgap 0.1" if schema in EARLIER else "its schema is unknown"
        return Verified(False, f"no certificate: {known}", readable=False)
    except Unreadable as error:
        return Verified(False, str(error), readable=False)
    except Rejected as error:
        return Verified(False, str(error))
    except (MemoryError, RecursionError, OverflowError) as error:
        return Verified(False, f"too large to check ({type(error).__name__})")
    except Exception as error:  # what breaks a rule shows nothing
        return Verified(False, f"malformed ({type(error).__name__})")


def _single(document: Any, budget: Budget) -> dict[str, Any]:
    """What a certificate shows."""
    names = ("schema", "claim", "data", "data_sha256", "proof")
    schema, claim, data, sha256, proof = fields(document, "a certificate", *names)
    require(schema == SCHEMA, f"the schema is not {SCHEMA}")
    require(sha256 == digest(canonical(data)), "data_sha256 is not the hash of the data")
    require_shown(problem_of(data, budget), claim, proof, budget)
    return {"claim": claim, "data_sha256": sha256}


def _conjunction(document: Any, budget: Budget) -> dict[str, Any]:
    """What several certificates show, in one budget. The names given by the author are not checked,
    and marked as ``named``."""
    _, theorem, listed = fields(document, "a conjunction", "schema", "theorem", "goals")
    goals = [fields(each, "a goal", "goal", "certificate") for each in listing(listed)]
    labels = [text_of(label) for label, _ in goals]
    require(0 < len(goals) == len(set(labels)), "there are no goals, or two of the same name")
    shown = []
    for label, certificate in goals:
        try:
            shown.append(_single(certificate, budget))
        except Rejected as error:
            raise Rejected(f"{label}: {error}") from None
    require(len({canonical(each) for each in shown}) == len(shown), "two goals are the same")
    return {
        "id": ALL,
        "count": len(goals),
        "goals": [{**each, "named": label} for each, label in zip(shown, labels, strict=True)],
        "sha256": claims_digest(shown),
        "named": text_of(theorem),
    }


def claims_digest(shown: Iterable[Mapping[str, Any]]) -> str:
    """The SHA-256 of what certificates show: of the canonical JSON of the list of their claims and
    hashes of data, whatever their order, their names and their proofs."""
    claims = {canonical([each["claim"], each["data_sha256"]]) for each in shown}
    return digest(f"[{','.join(sorted(claims))}]")
