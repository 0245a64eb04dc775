"""What the trusted core says of certificates, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from coopgap.terminal.words import count, plain
from coopgap.theory.json_values import Fields


def story(document: Mapping[str, object], name: str = "") -> str:
    """The verdict on one file, in words: all that the claim says and depends on, unshortened."""
    return "\n".join(plain(line) for line in _lines(document, f"{name}: " if name else ""))


def _lines(document: Fields, prefix: str) -> Iterator[str]:
    yield from _core(document, prefix)
    if document["coq"] is not None:
        reason = document["coq"]["reason"]
        yield f"{prefix}in Coq: {document['coq']['verdict']}{f': {reason}' if reason else ''}"


def _core(document: Fields, prefix: str) -> Iterator[str]:
    if not document["accepted"]:
        yield f"{prefix}rejected: {document['reason']}"
        return
    claims = document["shown"]
    if document["kind"] != "conjunction":
        yield f"{prefix}accepted: {claims[0]['sentence']} ({document['kind']})"
        yield from _circumstances(claims[0])
        return
    yield f"{prefix}accepted: {count(len(claims), 'goal')} together (conjunction)"
    known: set[str] = set()
    for claim in claims:
        named = json.dumps(claim["named"], ensure_ascii=False)
        yield f"  {claim['sentence']} (named {named} by its author)"
        yield f"  of data {claim['data_sha256']}"
    for claim in claims:
        if claim["data_sha256"] not in known:
            known.add(claim["data_sha256"])
            yield from _circumstances(claim)
    yield f"goals: SHA-256 {document['claim']['sha256']}"
    named = json.dumps(document["claim"]["named"], ensure_ascii=False)
    yield f"named {named} by its author: compare the goals with its own"


def _circumstances(claim: Fields) -> Iterator[str]:
    yield f"  data: SHA-256 {claim['data_sha256']}"
    for subject, meaning in claim["depends_on"].items():
        yield f"    {subject}: {meaning}"
    if claim["spec"] is not None:
        yield f"    {claim['spec']}"
