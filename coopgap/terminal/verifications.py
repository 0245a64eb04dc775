"""What the trusted core says of certificates, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from coopgap.terminal.words import count, plain
from coopgap.theory.json_values import Fields


def story(told: Mapping[str, object], name: str = "") -> str:
    """The verdict on one file, in words: all that the claim says and depends on, unshortened."""
    return "\n".join(plain(line) for line in _lines(told, f"{name}: " if name else ""))


def _lines(told: Fields, where: str) -> Iterator[str]:
    yield from _core(told, where)
    if told["coq"] is not None:
        reason = told["coq"]["reason"]
        yield f"{where}in Coq: {told['coq']['verdict']}{f': {reason}' if reason else ''}"


def _core(told: Fields, where: str) -> Iterator[str]:
    if not told["accepted"]:
        yield f"{where}rejected: {told['reason']}"
        return
    shown = told["shown"]
    if told["kind"] != "conjunction":
        yield f"{where}accepted: {shown[0]['sentence']} ({told['kind']})"
        yield from _circumstances(shown[0])
        return
    yield f"{where}accepted: {count(len(shown), 'goal')} together (conjunction)"
    known: set[str] = set()
    for each in shown:
        named = json.dumps(each["named"], ensure_ascii=False)
        yield f"  {each['sentence']} (named {named} by its author)"
        yield f"  of data {each['data_sha256']}"
    for each in shown:
        if each["data_sha256"] not in known:
            known.add(each["data_sha256"])
            yield from _circumstances(each)
    yield f"goals: SHA-256 {told['claim']['sha256']}"
    named = json.dumps(told["claim"]["named"], ensure_ascii=False)
    yield f"named {named} by its author: compare the goals with its own"


def _circumstances(each: Fields) -> Iterator[str]:
    yield f"  data: SHA-256 {each['data_sha256']}"
    for what, said in each["depends_on"].items():
        yield f"    {what}: {said}"
    if each["spec"] is not None:
        yield f"    {each['spec']}"
