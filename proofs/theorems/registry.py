"""The registered theorems: files of ``proofs/theorems/paper``, what code states, and Coq's."""

from __future__ import annotations

import importlib.resources
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path

from coopgap.proofs.theorems import commons, messages, play, teams
from coopgap.proofs.theorems.general import (
    GeneralTheorem,
    covering,
    general_theorems,
    replacing,
)
from coopgap.proofs.theorems.prove import decide
from coopgap.proofs.theorems.reports import TheoremReport
from coopgap.proofs.theorems.theorem import Theorem
from coopgap.proofs.theorems.theorem_files import theorem
from coopgap.theory.errors import InputError
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers.files import MAX_BYTES
from coopgap.theory.readers.theorem import read_theorem, theorem_from_text

REFUTED = "-refuted"
"""How the files of statements end that are there to be refuted."""


def registered() -> dict[str, Theorem | GeneralTheorem]:
    """All registered theorems by their ids."""
    certified = (*map(_of_text, _texts()), *_from_code())
    theorems: Iterable[Theorem | GeneralTheorem] = (*map(_covered, certified), *general_theorems())
    return {theorem.id: theorem for theorem in theorems}


def find(names: Sequence[str], max_bytes: int = MAX_BYTES) -> list[Theorem | GeneralTheorem]:
    """The theorems of these ids or files; if none are named, all but those that Coq checks.

    Raises InputError for an id that is not registered, and as ``read_theorem`` does.
    """
    if not names:
        return [theorem for theorem in registered().values() if isinstance(theorem, Theorem)]
    return [_named(name, max_bytes) for name in names]


def prove(id_or_path: str | Path, *, timeout: float | None = None) -> TheoremReport:
    """Decides a registered theorem, or that of a file, for all its parameters.

    timeout: seconds, after which it is unknown. Raises InputError as ``find`` and ``decide`` do.
    """
    (theorem,) = theorems = find([str(id_or_path)])
    for line in deprecated([str(id_or_path)], theorems):
        warnings.warn(line, DeprecationWarning, stacklevel=2)
    return decide(theorem, timeout=timeout)


def deprecated(names: Sequence[str], theorems: Sequence[Theorem | GeneralTheorem]) -> list[str]:
    """What is said of each name that another theorem was found for."""
    return [
        f"{name} is deprecated and goes with 0.4.0: {theorem.id} covers it, for every finite size"
        for name, theorem in zip(names, theorems, strict=False)
        if isinstance(theorem, GeneralTheorem) and theorem.id != name
    ]


def _named(name: str, max_bytes: int) -> Theorem | GeneralTheorem:
    if "/" in name or name.lower().endswith(".toml"):
        path = Path(name)
        return theorem(path.stem, read_theorem(path, max_bytes))
    if name in _texts():
        return _covered(_of_text(name))
    for stated in _from_code():
        if stated.id == name:
            return _covered(stated)
    if (general := replacing(name)) is not None:
        return general
    raise InputError(
        f"there is no theorem {name!r}",
        fix=f"{suggestion(name, registered())} (a file's name has a slash or ends in .toml)",
    )


def _covered(theorem: Theorem) -> Theorem:
    """The theorem with those in Coq that cover it."""
    return replace(theorem, general=covering(theorem.id))


@cache
def _files() -> Mapping[str, Traversable]:
    files = importlib.resources.files("coopgap.proofs.theorems").joinpath("paper").iterdir()
    paths = {file.name.removesuffix(".toml"): file for file in files if file.name.endswith(".toml")}
    return dict(sorted(paths.items()))


def text_of(name: str) -> str:
    """The file of a registered theorem that has one."""
    return _files()[name].read_text(encoding="utf-8")


@cache
def _texts() -> Mapping[str, str]:
    """The theorem files, those of the folder and those of games of a given number of agents."""
    return {name: text_of(name) for name in _files()} | teams.texts() | commons.texts()


@cache
def _of_text(name: str) -> Theorem:
    specification = theorem_from_text(_texts()[name], name)
    return theorem(name, specification, "refuted" if name.endswith(REFUTED) else "proved")


@cache
def _from_code() -> tuple[Theorem, ...]:
    return *play.theorems(), *messages.theorems()
