"""What the trusted core says of a certificate's text, and what the claims in it depend on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from coopgap.proofs.certificates.certificate import kind_of_text
from coopgap.proofs.certificates.descriptions import circumstances
from coopgap.proofs.certificates.group_statements import group_circumstances, group_statement
from coopgap.proofs.certificates.statements import statement
from coopgap.proofs.trusted.certificates import Verified, verified
from coopgap.proofs.trusted.documents import AGGREGATES
from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Fields, Plain

if TYPE_CHECKING:
    from coopgap.proofs.certificates.matching import Match


def document(
    text: str,
    origin: str,
    spec: tuple[str, str] | None = None,
    values: Mapping[str, Fraction] | None = None,
    *,
    recheck: Callable[[str], Mapping[str, str]] | None = None,
) -> dict[str, Plain]:
    """The core's verdict on a certificate's text, as ``verify --json`` prints it.

    spec: the text and the name of the spec with which its data are compared. recheck: another
    checker, whose verdict stands beside the core's. Raises InputError for a text that is no
    certificate.
    """
    verdict = verified(text)
    if not verdict.readable:
        raise InputError(
            f"this is no certificate: {verdict.reason.removeprefix('no certificate: ')}",
            fix="name a file that coopgap wrote",
            source=origin,
        )
    shown = list(_shown(verdict, text, spec, values or {}))
    verdicts = [claim["matches"] for claim in shown]
    single = len(shown) == 1 and shown[0]["named"] is None
    claim = verdict.claim or {}
    return {
        "schema": "coopgap.verify/1",
        "accepted": verdict.accepted,
        "kind": kind_of_text(text),
        "claim": (claim["claim"] if single else dict(claim)) if verdict.accepted else None,
        "reason": verdict.reason,
        "data_sha256": claim["data_sha256"] if single else None,
        "sentence": "; and ".join(claim["sentence"] for claim in shown) or None,
        "shown": shown,
        "matches": None if spec is None or not shown else all(verdicts),
        "coq": None if recheck is None else dict(recheck(text)),
    }


def _shown(
    verdict: Verified, text: str, spec: tuple[str, str] | None, values: Mapping[str, Fraction]
) -> Iterator[dict[str, Plain]]:
    """Each claim that the certificate shows, with all that it depends on."""
    if not verdict.accepted:
        return
    whole = json.loads(text)
    goals = whole.get("goals", [{"goal": None, "certificate": whole}])
    for goal in goals:
        data = goal["certificate"]["data"]
        groups = goal["certificate"]["schema"] == AGGREGATES
        compared = None
        if spec is not None:
            compared = _compared(spec, data, values, groups)
        yield {
            "named": goal["goal"],
            "sentence": (group_statement if groups else statement)(
                goal["certificate"]["claim"], data
            ),
            "data_sha256": goal["certificate"]["data_sha256"],
            "depends_on": group_circumstances(data) if groups else circumstances(data),
            "matches": None if compared is None else compared.matches,
            "spec": None if compared is None else compared.text,
        }


def _compared(
    spec: tuple[str, str], data: Fields, values: Mapping[str, Fraction], groups: bool
) -> Match:
    # Lazily: most certificates are compared with nothing.
    from coopgap.proofs.certificates.group_matching import match_groups
    from coopgap.proofs.certificates.matching import match

    if values and (groups or "agents" in data):
        problem = f"there is no parameter {next(iter(values))!r}"
        raise InputError(problem, fix="leave it out", source=spec[1])
    return match_groups(*spec, data) if groups else match(*spec, data, values)
