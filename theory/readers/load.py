"""Loading a specification by the path of its file or by its slug in the gallery."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from importlib.resources.abc import Traversable
from pathlib import Path

from coopgap.theory.commons.specification import CommonsSpecification
from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import parse_number
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.specification import FamilySpecification, Specification

_SPEC, _NFG = ".toml", ".nfg"

Anything = Specification | FamilySpecification | CommonsSpecification
"""What a spec file may state."""


def load_any(path_or_slug: str | Path, max_bytes: int = MAX_BYTES) -> Anything:
    """The specification of a file or of a gallery entry, of a game, of a family or of a commons.

    A ``Path``, and text with a slash or ending in ``.toml`` or ``.nfg``, is a file; other text is
    the slug of a gallery entry. Raises InputError for a slug that does not exist and as
    ``read_spec`` and ``read_nfg`` do.
    """
    # Imported here: the readers need more than the command's help does.
    from coopgap.theory.readers.nfg import read_nfg
    from coopgap.theory.readers.spec import read_any

    name = str(path_or_slug)
    if name.lower().endswith(_NFG):
        return read_nfg(Path(name), max_bytes)
    if isinstance(path_or_slug, Path) or "/" in name or name.lower().endswith(_SPEC):
        return read_any(read_text(Path(name), max_bytes), str(Path(name)))
    entries = _entries()
    if name not in entries:
        raise InputError(
            f"the gallery has no spec {name!r}",
            fix=f"{suggestion(name, entries)} (a file's name has a slash, .toml or .nfg)",
        )
    return read_any(entries[name].read_text(encoding="utf-8"), name)


def load(
    path_or_slug: str | Path, max_bytes: int = MAX_BYTES
) -> Specification | FamilySpecification:
    """The specification of a game or a family; raises InputError as ``load_any``, and for another.

    What works on games alone reads its specifications by this function.
    """
    return game_of(load_any(path_or_slug, max_bytes))


def game_of(found: Anything) -> Specification | FamilySpecification:
    """The specification, of a game or a family; raises InputError for a commons."""
    if isinstance(found, Specification | FamilySpecification):
        return found
    raise InputError(
        "this is a commons, not a game",
        fix="coopgap check, predict and figure read it",
        source=found.origin,
    )


def settings(texts: Iterable[str]) -> dict[str, Fraction]:
    """The values of the parameters in texts such as ``"R=3"``.

    Raises InputError, its field being ``--set``, for text of another form and for a parameter that
    is set twice.
    """
    values: dict[str, Fraction] = {}
    for text in texts:
        name, equals, number = (part.strip() for part in text.partition("="))
        with inside("--set"):
            if not name or not equals:
                raise InputError(
                    f"{text!r} gives no parameter a value", fix="write NAME=NUMBER, as in R=3"
                )
            if name in values:
                raise InputError(f"{name!r} is set twice", fix="set it once")
            values[name] = parse_number(number)
    return values


def with_values(
    specification: Specification | FamilySpecification, values: Mapping[str, Fraction]
) -> Specification | FamilySpecification:
    """The specification with some parameters set; with all of them set, that of one environment.

    Raises InputError for a specification without parameters and as ``FamilySpecification.at`` and
    ``narrowed`` do.
    """
    if not isinstance(specification, FamilySpecification):
        raise InputError("the spec has no parameters to set", fix="leave --set out")
    if values.keys() >= set(specification.family.parameters):
        return specification.at(values)
    return specification.narrowed(values)


def gallery() -> tuple[tuple[str, str, str], ...]:
    """The built-in specs as (slug, title, source), in alphabetical order with n2 before n10."""
    specifications = [(slug, load_any(slug)) for slug in _entries()]
    return tuple((slug, each.title, each.source) for slug, each in specifications)


def games() -> tuple[tuple[str, str, str], ...]:
    """Those of the built-in specs that are games or families, as ``gallery`` lists them."""
    commons = {slug for slug in _entries() if isinstance(load_any(slug), CommonsSpecification)}
    return tuple(entry for entry in gallery() if entry[0] not in commons)


def _entries() -> dict[str, Traversable]:
    files = importlib.resources.files("coopgap.theory").joinpath("gallery").iterdir()
    entries = {file.name.removesuffix(_SPEC): file for file in files if file.name.endswith(_SPEC)}
    return dict(sorted(entries.items(), key=lambda entry: _by_number(entry[0])))


def _by_number(slug: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", slug)]
