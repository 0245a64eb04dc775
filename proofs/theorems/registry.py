"""The registered theorems: the files of ``proofs/theorems/paper`` and what code states."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterable, Sequence
from pathlib import Path

from coopgap.proofs.theorems import commons, play, teams
from coopgap.proofs.theorems.prove import TheoremReport, decide
from coopgap.proofs.theorems.theorem import Theorem
from coopgap.proofs.theorems.theorem_files import theorem
from coopgap.theory.errors import InputError
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers.files import MAX_BYTES
from coopgap.theory.readers.theorem import read_theorem, theorem_from_text

REFUTED = "-refuted"
"""How the files of statements end that are there to be refuted."""


def registered() -> dict[str, Theorem]:
    """All registered theorems by their ids."""
    return {each.id: each for source in _SOURCES for each in source()}


def find(names: Sequence[str], max_bytes: int = MAX_BYTES) -> list[Theorem]:
    """The theorems of these ids or files; all registered ones if none are named.

    Raises InputError for an id that is not registered, and as ``read_theorem`` does.
    """
    if not names:
        return list(registered().values())
    known = _known([name for name in names if not _is_file(name)])
    found = []
    for name in names:
        if _is_file(name):
            path = Path(name)
            found.append(theorem(path.stem, read_theorem(path, max_bytes)))
        elif name in known:
            found.append(known[name])
        else:
            raise InputError(
                f"there is no theorem {name!r}",
                fix=f"{suggestion(name, known)} (a file's name has a slash or ends in .toml)",
            )
    return found


def prove(id_or_path: str | Path, *, timeout: float | None = None) -> TheoremReport:
    """Decides a registered theorem, or that of a file, for all its parameters.

    timeout: seconds, after which it is unknown. Raises InputError as ``find`` and ``decide`` do.
    """
    (theorem,) = find([str(id_or_path)])
    return decide(theorem, timeout=timeout)


def _is_file(name: str) -> bool:
    return "/" in name or name.lower().endswith(".toml")


def _from_files() -> Iterable[Theorem]:
    files = importlib.resources.files("coopgap.proofs.theorems").joinpath("paper").iterdir()
    for file in sorted(files, key=lambda each: each.name):
        if file.name.endswith(".toml"):
            name = file.name.removesuffix(".toml")
            specification = theorem_from_text(file.read_text(encoding="utf-8"), name)
            expected = "refuted" if name.endswith(REFUTED) else "proved"
            yield theorem(name, specification, expected)


def _from_code() -> Iterable[Theorem]:
    yield from teams.theorems()
    yield from commons.theorems()
    yield from play.theorems()


def _from_shapes() -> Iterable[Theorem]:
    # Imported here, for it takes a while and few theorems are of that kind.
    from coopgap.proofs.theorems.shapes import SHAPES

    return SHAPES


_SOURCES = (_from_files, _from_code, _from_shapes)


def _known(names: Sequence[str]) -> dict[str, Theorem]:
    """Registered theorems, of as many sources as it takes to find these ids."""
    known: dict[str, Theorem] = {}
    for source in _SOURCES:
        if known.keys() >= set(names):
            break
        known |= {each.id: each for each in source()}
    return known
