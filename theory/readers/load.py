"""Loading a specification by the path of its file or by its slug in the gallery."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import parse_number
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.specification import FamilySpecification, Specification, not_listed

if TYPE_CHECKING:
    from coopgap.theory.aggregates import GroupSpecification
    from coopgap.theory.commons.fishery import FisherySpecification
    from coopgap.theory.commons.specification import CommonsSpecification

_SPEC = ".toml"
_FILES = (_SPEC, ".nfg", ".efg", ".gam", ".json", ".yaml", ".yml")
_CONVERT = "convert it to .nfg, for instance with Gambit"
_REWRITE = "write the payoffs as a .toml, .json or .yaml file"
_UNREAD = {
    ".agg": ("an action graph game", _CONVERT),
    ".bagg": ("a Bayesian action graph game", _CONVERT),
    ".gbt": ("a workbook of Gambit", _CONVERT),
    ".gte": ("a game of Game Theory Explorer", _CONVERT),
    ".lrs": ("a game of lrsnash", _CONVERT),
    ".xml": ("a game in XML", _CONVERT),
    ".csv": ("a table, of which coopgap audit and predict take every row for a game,", _REWRITE),
    **dict.fromkeys((".ods", ".xls", ".xlsx"), ("a spreadsheet", _REWRITE)),
}
"""Formats of other tools that are not read, and what to do."""


Anything: TypeAlias = (
    "Specification | FamilySpecification | GroupSpecification | CommonsSpecification | "
    "FisherySpecification"
)
"""What a spec file may state."""


def load(path_or_slug: str | Path, max_bytes: int = MAX_BYTES) -> Anything:
    """The specification of a file or of a gallery entry.

    A ``Path``, and text with a slash or the ending of a format (``.toml``, ``.nfg``, ``.efg``,
    ``.gam``, ``.json``, ``.yaml``), is a file; other text is the slug of a gallery entry. Raises
    InputError for anything else, for a slug that does not exist, and as the readers of the formats
    do.
    """
    if not isinstance(path_or_slug, str | Path):
        raise InputError(
            f"{path_or_slug!r} is no game",
            fix="give the path of a spec file, or a slug of the gallery",
        )
    # Imported here: the readers need more than the command's help does.
    from coopgap.theory.readers.spec import any_spec_from_text

    game = _of_other_format(str(path_or_slug), max_bytes)
    return game or any_spec_from_text(*_text(path_or_slug, max_bytes))


def _of_other_format(name: str, max_bytes: int) -> Specification | FamilySpecification | None:
    """What the file's format says, unless it is TOML. Raises InputError for a format not read."""
    match Path(name).suffix.lower():
        case ".nfg":
            from coopgap.theory.readers.nfg import read_nfg

            return read_nfg(Path(name), max_bytes)
        case ".efg":
            from coopgap.theory.readers.efg import read_efg

            return read_efg(Path(name), max_bytes)
        case ".gam":
            from coopgap.theory.readers.gam import read_gam

            return read_gam(Path(name), max_bytes)
        case ".json" | ".yaml" | ".yml":
            from coopgap.theory.readers.plain import read_plain

            return read_plain(Path(name), max_bytes)
        case suffix if suffix in _UNREAD:
            kind, fix = _UNREAD[suffix]
            raise InputError(f"{kind} ({suffix}) is not read", fix=fix, source=str(Path(name)))
    return None


def load_listed(
    path_or_slug: str | Path, max_bytes: int = MAX_BYTES
) -> Specification | FamilySpecification:
    """As ``load``; raises InputError also for what is no game with its players listed."""
    return listed(load(path_or_slug, max_bytes), str(path_or_slug))


def listed(specification: Anything, source: str = "") -> Specification | FamilySpecification:
    """The specification; raises InputError for what is no game with its players listed."""
    from coopgap.theory.commons.fishery import FisherySpecification
    from coopgap.theory.commons.specification import CommonsSpecification

    if isinstance(specification, Specification | FamilySpecification):
        return specification
    if isinstance(specification, FisherySpecification):
        raise not_listed("fishery").located(source=source)
    if isinstance(specification, CommonsSpecification):
        raise not_listed("commons").located(source=source)
    raise not_listed("game.groups").located(source=source, field="game.groups")


def _text(path_or_slug: str | Path, max_bytes: int) -> tuple[str, str]:
    """The text of a spec and the name of its file or entry."""
    name = str(path_or_slug)
    if isinstance(path_or_slug, Path) or "/" in name or name.lower().endswith(_FILES):
        return read_text(Path(name), max_bytes), str(Path(name))
    entries = _entries()
    if name not in entries:
        raise InputError(
            f"the gallery has no spec {name!r}",
            fix=f"{suggestion(name, entries)} (a file's name has a slash, or ends in "
            f"{', '.join(_FILES[:-1])} or {_FILES[-1]})",
        )
    return entries[name].read_text(encoding="utf-8"), name


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


def with_settings(
    specification: Specification | FamilySpecification, values: Mapping[str, Fraction]
) -> Specification | FamilySpecification:
    """As ``with_values``, naming the option; without values the specification as it is."""
    if not values:
        return specification
    with inside(source=f"{specification.origin}: --set"):
        return with_values(specification, values)


def gallery() -> tuple[tuple[str, str, str], ...]:
    """The built-in specs as (slug, title, source), in alphabetical order with n2 before n10."""
    return tuple((slug, spec.title, spec.source) for slug, spec in _built_in().items())


def games() -> dict[str, Specification | FamilySpecification]:
    """By their slugs, in that order, the built-in specs that ``load_listed`` reads."""
    return {
        slug: spec
        for slug, spec in _built_in().items()
        if isinstance(spec, Specification | FamilySpecification)
    }


def groups() -> dict[str, GroupSpecification]:
    """By their slugs the built-in specs of groups of identical agents."""
    from coopgap.theory.aggregates import GroupSpecification

    return {
        slug: spec for slug, spec in _built_in().items() if isinstance(spec, GroupSpecification)
    }


@cache
def _built_in() -> dict[str, Anything]:
    return {slug: load(slug) for slug in _entries()}


def _entries() -> dict[str, Traversable]:
    files = importlib.resources.files("coopgap.theory").joinpath("gallery").iterdir()
    entries = {file.name.removesuffix(_SPEC): file for file in files if file.name.endswith(_SPEC)}
    return dict(sorted(entries.items(), key=lambda entry: _by_number(entry[0])))


def _by_number(slug: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", slug)]
