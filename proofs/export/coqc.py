"""Runs Coq on exported certificates: the checker of ``proofs/coq``, compiled once a version."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from coopgap.proofs.export.coq import FAMILIES, HEAD, RULES, Uncovered, coq_file, coq_text
from coopgap.proofs.trusted.documents import Rejected, Unreadable

SOURCES = Path(__file__).parents[1] / "coq"
CHECKER = (*RULES, *FAMILIES)
"""The modules whose lemmas say that what is accepted is so."""

SECONDS = 600
"""How long Coq may take for one file."""

CLOSED = "Closed under the global context"
PRINTED = "Print Assumptions"
"""What Coq says of a theorem that rests on nothing, and the question, one for each theorem."""


class Recheck(NamedTuple):
    """What Coq says of a certificate, and why if it does not accept it."""

    verdict: Literal["accepted", "refused", "uncovered"]
    reason: str


class Unavailable(Exception):
    """Coq does not run here."""


def recheck(text: str) -> Recheck:
    """Checks a certificate's text in Coq; raises Unavailable without Coq 8.16."""
    directory = compiled()
    try:
        proof = coq_text(text)
    except Uncovered as reason:
        return Recheck("uncovered", str(reason))
    except (Rejected, Unreadable, TypeError, KeyError, ValueError, AttributeError) as reason:
        return Recheck("refused", f"malformed: {reason}")
    run = _run(proof, directory)
    if run.returncode == 0 and run.stdout.count(CLOSED) == proof.count(PRINTED):
        return Recheck("accepted", "")
    if re.search(r"^answer = false", run.stdout, re.MULTILINE):
        return Recheck("refused", "the proof does not show the claim")
    raise Unavailable(f"coqc failed: {run.stderr.strip()[-300:]}")


def answers(texts: Sequence[str], seconds: float = SECONDS) -> list[bool]:
    """What the checker in Coq answers to certificates, all in one run and without theorems.

    Raises Uncovered and Rejected as ``coq_text``, and Unavailable without Coq 8.16, or where it
    takes longer than the seconds.
    """
    directory = compiled()
    bodies = (f"Module C{k}.\n{coq_file(text).body()}End C{k}.\n" for k, text in enumerate(texts))
    run = _run(HEAD.format(modules=" ".join(CHECKER)) + "".join(bodies), directory, seconds)
    if run.returncode != 0:
        raise Unavailable(f"coqc failed: {run.stderr.strip()[-300:]}")
    return [answer == "true" for answer in re.findall(r"^answer = (true|false)", run.stdout, re.M)]


@cache
def compiled() -> Path:
    """The folder of the compiled checker, in the user's cache; raises Unavailable without Coq."""
    version = require_coq("the checker is")
    texts = sources(*CHECKER)
    digest = hashlib.sha256(repr([version, *texts.items()]).encode()).hexdigest()
    cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    directory = cache_home / "coopgap" / f"coq-{digest[:16]}"
    if not directory.is_dir():
        _compile(texts, directory)
    return directory


def require_coq(subject: str) -> str:
    """The version of Coq; raises Unavailable where it is not 8.16.

    subject: what is written for that version, with its verb.
    """
    coqc = shutil.which("coqc")
    if coqc is None:
        raise Unavailable("there is no coqc on the path (Debian: apt-get install coq)")
    run = subprocess.run([coqc, "--print-version"], capture_output=True, text=True, check=False)
    if not run.stdout.startswith("8.16."):
        raise Unavailable(f"{subject} written for Coq 8.16, not {run.stdout.strip()}")
    return run.stdout


def sources(*modules: str) -> Mapping[str, str]:
    """The texts of modules and of all that they need, each after what it needs."""
    texts: dict[str, str] = {}
    for module in modules:
        text = (SOURCES / f"{module}.v").read_text(encoding="utf-8")
        needed = re.findall(r"^From coopgap Require (?:Import |Export )?([\w ]+)\.", text, re.M)
        texts |= sources(*(name for line in needed for name in line.split()))
        texts[module] = text
    return texts


def _compile(texts: Mapping[str, str], directory: Path) -> None:
    """Compiles elsewhere and moves, so that the folder is whole whenever it is there."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent) as place:
        inside = Path(place) / "coq"
        inside.mkdir()
        for name, text in texts.items():
            run = _answered(inside / f"{name}.v", text, inside)
            if run.returncode != 0:
                raise Unavailable(f"{name}.v does not compile: {run.stderr.strip()[-300:]}")
        try:
            inside.rename(directory)
        except OSError:
            if not directory.is_dir():
                raise


def _run(text: str, directory: Path, seconds: float = SECONDS) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as place:
        return _answered(Path(place) / "Certificate.v", text, directory, seconds)


def _answered(
    file: Path, text: str, directory: Path, seconds: float = SECONDS
) -> subprocess.CompletedProcess[str]:
    try:
        return coqc(file, text, directory, seconds)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"coqc took more than {seconds:g} seconds") from None


def coqc(
    file: Path, text: str, directory: Path, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Writes a file and compiles it beside the modules of a folder; raises TimeoutExpired."""
    file.write_text(text, encoding="utf-8")
    return subprocess.run(
        ["coqc", "-q", "-R", str(directory), "coopgap", str(file)],
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
