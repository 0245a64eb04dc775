"""``coopgap verify``: certificates, checked by the trusted core alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from coopgap.commands.options import Json, MaxBytes, Values, argument, flag, option
from coopgap.outcomes import HOLDS, REFUTED, Outcome
from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Fields
from coopgap.theory.readers.files import MAX_BYTES, read_text

CERTIFICATE_BYTES = 64 << 20
"""The largest certificate that is read unless the caller allows more: 64 MiB."""

SUFFIX = ".json"


def verify(
    certificates: Annotated[list[Path], argument("CERT.json", "Certificates, or folders of some.")],
    json: Json = False,
    spec: Annotated[
        str | None, option("SPEC", "Say whether they are about this spec's game.", "no spec")
    ] = None,
    values: Values = None,
    coq: Annotated[
        bool, flag("--coq", "Check them again in Coq, by a checker proved correct.")
    ] = False,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Check certificates with the trusted core alone."""
    from rich.text import Text

    from coopgap.proofs.certificates.verification import document
    from coopgap.terminal.verifications import story

    chosen = _chosen(values)
    if chosen and spec is None:
        raise InputError(
            "there is no spec whose parameters to set", fix="add --spec", field="--set"
        )
    game = None if spec is None else _spec(spec, max_bytes or MAX_BYTES)
    files = list(_files(certificates))
    documents = [
        document(
            read_text(path, max_bytes or CERTIFICATE_BYTES),
            str(path),
            game,
            chosen,
            recheck=_in_coq if coq else None,
        )
        for path in files
    ]
    good = all(map(_good, documents))
    # Not Path.is_dir, which raises for a name that is too long.
    alone = len(certificates) == 1 and not os.path.isdir(certificates[0])
    pairs = list(zip(files, documents, strict=True))
    whole = documents[0]
    if not alone:
        results = [{"file": str(path), **verdict} for path, verdict in pairs]
        whole = {"schema": "coopgap.verifications/1", "results": results}
    return Outcome(
        HOLDS if good else REFUTED,
        whole,
        lambda: [Text(story(verdict, "" if alone else str(path))) for path, verdict in pairs],
        json,
    )


def _chosen(values: list[str] | None) -> dict[str, Fraction]:
    if not values:
        return {}
    from coopgap.theory.readers.load import settings

    return settings(values)


def _good(verdict: Fields) -> bool:
    """Whether all that was asked of a certificate is so."""
    in_coq = verdict["coq"] is None or verdict["coq"]["verdict"] == "accepted"
    return verdict["accepted"] and verdict["matches"] is not False and in_coq


def _in_coq(text: str) -> Mapping[str, str]:
    """The verdict of the checker in Coq; raises InputError where Coq does not run."""
    from coopgap.proofs.export.coqc import Unavailable, recheck

    try:
        return recheck(text)._asdict()
    except Unavailable as error:
        raise InputError(
            str(error), fix="install Coq 8.16, or leave out --coq", field="--coq"
        ) from None


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        try:
            files = sorted(file for file in path.iterdir() if file.name.endswith(SUFFIX))
        except OSError as error:
            raise InputError(
                f"the folder cannot be read: {error.strerror}",
                fix="check its permissions",
                source=str(path),
            ) from None
        if not files:
            raise InputError(
                f"this is a directory without a file *{SUFFIX}",
                fix="name a certificate, or a folder of some",
                source=str(path),
            )
        yield from files


def _spec(name: str, max_bytes: int) -> tuple[str, str]:
    """The text and the name of a spec file or of an entry of the gallery."""
    import importlib.resources

    from coopgap.theory.nearest import suggestion

    if "/" in name or name.lower().endswith(".toml"):
        return read_text(Path(name), max_bytes), name
    files = importlib.resources.files("coopgap.theory").joinpath("gallery").iterdir()
    entries = {file.name.removesuffix(".toml"): file for file in files}
    if name not in entries:
        raise InputError(
            f"the gallery has no spec {name!r}", fix=suggestion(name, entries), field="--spec"
        )
    return entries[name].read_text(encoding="utf-8"), name
