"""Certificates checked by the trusted core, told with everything that they depend on."""

from __future__ import annotations

import importlib.resources
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from coopgap.main import CERTIFICATE_BYTES, HOLDS, REFUTED, Outcome
from coopgap.proofs.certificates.certificate import kind_of_text
from coopgap.proofs.certificates.descriptions import circumstances
from coopgap.proofs.certificates.matching import match
from coopgap.proofs.certificates.statements import statement
from coopgap.proofs.trusted.certificates import Verified, verified
from coopgap.theory.errors import InputError
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.words import count, plain

SUFFIX = ".json"


def outcome(
    paths: Sequence[Path],
    spec: str | None,
    values: Mapping[str, Fraction],
    max_bytes: int | None,
    json: bool,
) -> Outcome:
    """The verdicts on files, and on those in folders. Raises InputError for a file that cannot be
    read or is no certificate."""
    if values and spec is None:
        raise InputError(
            "there is no spec whose parameters to set", fix="add --spec", field="--set"
        )
    game = None if spec is None else _spec(spec, max_bytes or MAX_BYTES)
    files = list(_files(paths))
    documents = [
        document(read_text(path, max_bytes or CERTIFICATE_BYTES), str(path), game, values)
        for path in files
    ]
    good = all(each["accepted"] and each["matches"] is not False for each in documents)
    # Not Path.is_dir, which raises for a name that is too long.
    alone = len(paths) == 1 and not os.path.isdir(paths[0])

    def stories() -> Sequence[RenderableType]:
        pairs = zip(files, documents, strict=True)
        return [Text(story(each, "" if alone else str(path))) for path, each in pairs]

    whole = documents[0]
    if not alone:
        results = [{"file": str(path), **each} for path, each in zip(files, documents, strict=True)]
        whole = {"schema": "coopgap.verifications/1", "results": results}
    return Outcome(HOLDS if good else REFUTED, whole, stories, json)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        try:
            found = sorted(each for each in path.iterdir() if each.name.endswith(SUFFIX))
        except OSError as error:
            raise InputError(
                f"the folder cannot be read: {error.strerror}",
                fix="check its permissions",
                source=str(path),
            ) from None
        if not found:
            raise InputError(
                f"this is a directory without a file *{SUFFIX}",
                fix="name a certificate, or a folder of some",
                source=str(path),
            )
        yield from found


def _spec(name: str, max_bytes: int) -> tuple[str, str]:
    """The text of a spec file or of an entry of the gallery, and what it is called."""
    if "/" in name or name.lower().endswith(".toml"):
        return read_text(Path(name), max_bytes), name
    files = importlib.resources.files("coopgap.theory").joinpath("gallery").iterdir()
    entries = {each.name.removesuffix(".toml"): each for each in files}
    if name not in entries:
        raise InputError(
            f"the gallery has no spec {name!r}", fix=suggestion(name, entries), field="--spec"
        )
    return entries[name].read_text(encoding="utf-8"), name


def document(
    text: str,
    origin: str,
    spec: tuple[str, str] | None = None,
    values: Mapping[str, Fraction] | None = None,
) -> dict[str, Any]:
    """What the core says of a certificate's text, as ``verify --json`` prints it. spec: the text
    and the name of the spec that its data are compared with. Raises InputError for what is no
    certificate."""
    found = verified(text)
    if not found.readable:
        raise InputError(
            f"this is no certificate: {found.reason.removeprefix('no certificate: ')}",
            fix="name a file that coopgap wrote",
            source=origin,
        )
    shown = list(_shown(found, text, spec, values or {}))
    verdicts = [each["matches"] for each in shown]
    single = len(shown) == 1 and shown[0]["named"] is None
    claim = found.claim or {}
    return {
        "schema": "coopgap.verify/1",
        "accepted": found.accepted,
        "kind": kind_of_text(text),
        "claim": (claim["claim"] if single else dict(claim)) if found.accepted else None,
        "reason": found.reason,
        "data_sha256": claim["data_sha256"] if single else None,
        "sentence": "; and ".join(each["sentence"] for each in shown) or None,
        "shown": shown,
        "matches": None if spec is None or not shown else all(verdicts),
    }


def _shown(
    found: Verified, text: str, spec: tuple[str, str] | None, values: Mapping[str, Fraction]
) -> Iterator[dict[str, Any]]:
    """Each claim that was shown, with everything that it depends on."""
    if not found.accepted:
        return
    whole = json.loads(text)
    goals = whole.get("goals", [{"goal": None, "certificate": whole}])
    for goal in goals:
        data = goal["certificate"]["data"]
        compared = None if spec is None else match(*spec, data, values)
        yield {
            "named": goal["goal"],
            "sentence": statement(goal["certificate"]["claim"], data),
            "data_sha256": goal["certificate"]["data_sha256"],
            "depends_on": circumstances(data),
            "matches": None if compared is None else compared.matches,
            "spec": None if compared is None else compared.text,
        }


def story(told: Mapping[str, Any], name: str = "") -> str:
    """The verdict on one file, in words: all that the claim says and depends on, unshortened."""
    return "\n".join(plain(line) for line in _lines(told, f"{name}: " if name else ""))


def _lines(told: Mapping[str, Any], where: str) -> Iterator[str]:
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


def _circumstances(each: Mapping[str, Any]) -> Iterator[str]:
    yield f"  data: SHA-256 {each['data_sha256']}"
    for what, said in each["depends_on"].items():
        yield f"    {what}: {said}"
    if each["spec"] is not None:
        yield f"    {each['spec']}"
