"""Theorems for every finite size: those of ``proofs/coq``, and what they cover.

``general.toml`` says in words what the theorems in Coq of a claim say, and keeps the hash of what
these words were written for, so that they are read again when it changes.
"""

from __future__ import annotations

import hashlib
import re
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from coopgap.proofs.deciding.worker import TimedOut
from coopgap.proofs.export import coqc
from coopgap.proofs.export.coq_theorems import Compilation, Refused, sources_of
from coopgap.proofs.theorems.reports import CertificateOf, GoalReport, TheoremReport
from coopgap.proofs.theorems.theorem import CoqTheorem
from coopgap.theory.json_values import Fields

RESTS_ON = (
    "Coq's kernel, and on the definitions and statements in proofs/coq, which say what the theorem "
    "is: the trusted core has no part in it"
)

_FORMER = re.compile(
    r"(t[1-689])-((records-|permissive-|complete-|two-outcomes-)?[\dx]+|complete-classes|ties)"
)
"""The ids of theorems about games of bounded shapes, which were registered up to 0.2.0."""


@dataclass(frozen=True)
class GeneralTheorem:
    """A claim that is proved in Coq.

    id: its name in ``prove``. statement: what the theorems say, in words. names: those theorems.
    meaning: the hash of what they say, and of what that means, when the words were written.
    """

    id: str
    statement: str
    names: tuple[str, ...]
    meaning: str
    assumptions: tuple[str, ...] = ()
    expected: str = "proved"
    rests_on: str = RESTS_ON

    @property
    def source(self) -> str:
        """Where it is claimed."""
        return f"theory.md {self.id.upper()}"


def general_theorems() -> tuple[GeneralTheorem, ...]:
    """The claims that are proved in Coq and have no certificate under their own id."""
    return tuple(
        GeneralTheorem(name, entry["statement"], tuple(entry["theorems"]), entry["meaning"])
        for name, entry in _entries().items()
        if "statement" in entry
    )


def replacing(theorem_id: str) -> GeneralTheorem | None:
    """The general theorem of this id, or the one that covers what once had it."""
    former = _FORMER.fullmatch(theorem_id)
    name = theorem_id if former is None else former[1]
    return next((theorem for theorem in general_theorems() if theorem.id == name), None)


def covering(theorem_id: str) -> tuple[CoqTheorem, ...]:
    """The theorems in Coq that cover a registered theorem."""
    names = [
        name
        for entry in _entries().values()
        if any(fnmatchcase(theorem_id, pattern) for pattern in entry.get("covers", ()))
        for name in entry["theorems"]
    ]
    return tuple(CoqTheorem(name, _file(module)) for name, module in _modules(names).items())


def report(
    theorem: GeneralTheorem,
    coq: Compilation,
    timeout: float | None,
    tell: Callable[[str], None],
) -> TheoremReport:
    """Checks a general theorem with Coq.

    It is ``proved`` if Coq compiled it in this run and found no axiom, ``trusted`` if Coq does not
    run here, and ``unknown`` if the time is not enough, if Coq refuses it, or if it is missing or
    says something else than what the words were written for.
    """
    start = time.perf_counter()
    modules = _modules(theorem.names)
    status, reason = _status(theorem, modules, coq, timeout, lambda s: tell(f"{theorem.id}: {s}"))
    texts = sources_of(modules)
    return TheoremReport(
        id=theorem.id,
        statement=theorem.statement,
        assumptions=theorem.assumptions,
        status=status,
        certificate=None
        if status == "unknown"
        else CertificateOf("coq", status == "proved", _hash(texts), len(modules)),
        counterexample=None,
        seconds=round(time.perf_counter() - start, 4),
        reason=reason,
        solvers=("coq",) if status == "trusted" else (),
        source=theorem.source,
        sentences=tuple(
            GoalReport(name, status, f"{name} {statement_of(name, texts)}") for name in modules
        ),
        rests_on=theorem.rests_on,
        general=tuple(CoqTheorem(name, _file(module)) for name, module in modules.items()),
    )


def _status(
    theorem: GeneralTheorem,
    modules: Mapping[str, str],
    coq: Compilation,
    timeout: float | None,
    tell: Callable[[str], None],
) -> tuple[str, str | None]:
    missing = [name for name in theorem.names if name not in modules]
    if missing:
        return "unknown", f"proofs/coq has no theorem {', '.join(missing)}"
    if meaning(theorem.names) != theorem.meaning:
        return "unknown", "its statement in proofs/coq is not the one its words were written for"
    try:
        coq.require_closed(modules, timeout, tell)
    except coqc.Unavailable as reason:
        return "trusted", f"Coq was not run: {reason}"
    except (Refused, TimedOut) as reason:
        return "unknown", str(reason)
    return "proved", None


def meaning(names: tuple[str, ...]) -> str:
    """The hash of what theorems say and of all definitions that this may rest on: no proofs."""
    return _hash({name: _stated(text, names) for name, text in sources_of(_modules(names)).items()})


def _stated(text: str, names: tuple[str, ...]) -> str:
    """A file without comments, lemmas, proofs, and the statements of other theorems."""
    named = "|".join(names)
    text = re.sub(r"\(\*.*?\*\)", " ", text, flags=re.DOTALL)
    for pattern in (
        r"\b(Lemma|Example)\b.*?\b(Qed|Defined)\.",
        rf"\bTheorem (?!(?:{named})\b).*?\bQed\.",
        r"\bProof\.(?:(?!\bDefined\.).)*?\bQed\.",
        rf"^Definition (?!(?:{named})_statement\b)\w+_statement\b.*?\.$",
    ):
        text = re.sub(pattern, " ", text, flags=re.DOTALL | re.MULTILINE)
    return " ".join(text.split())


def statement_of(name: str, texts: Mapping[str, str]) -> str:
    """What a theorem in Coq says, as it is written there, on one line."""
    whole = "\n".join(texts.values())
    inline = re.search(rf"^Theorem {name}\b(.*?)\.\s*^Proof\.", whole, re.DOTALL | re.MULTILINE)
    stated = re.search(
        rf"^Definition {name}_statement : Prop :=(.*?)\.$", whole, re.DOTALL | re.MULTILINE
    )
    assert inline is not None
    text = inline[1] if stated is None else f": {stated[1]}"
    return " ".join(text.split())


def _modules(names: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Those of the theorems that there are, each with its module."""
    modules = _theorems(coqc.SOURCES)
    return {name: modules[name] for name in names if name in modules}


@cache
def _theorems(folder: Path) -> Mapping[str, str]:
    """The module of every theorem in a folder."""
    return {
        name: path.stem
        for path in sorted(folder.glob("*.v"))
        for name in re.findall(r"^Theorem (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


@cache
def _entries() -> Fields:
    text = (Path(__file__).parent / "general.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _file(module: str) -> str:
    return f"proofs/coq/{module}.v"


def _hash(texts: Mapping[str, str]) -> str:
    return hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest()
