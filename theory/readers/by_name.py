"""What a spec says by name, in the order of the names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from coopgap.theory.errors import InputError, inside
from coopgap.theory.expressions import Tree
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers import shape
from coopgap.theory.readers.parameters import Written
from coopgap.theory.readers.values import key

_T = TypeVar("_T")


def for_each(
    written: Mapping[str, Written], names: Sequence[str], what: str = "player"
) -> tuple[Tree, ...]:
    """A value for each player, or for each of what else has these names."""
    if shape.COMMON in written:
        return (written[shape.COMMON].tree,) * len(names)
    return tuple(level.tree for level in in_order(written, names, what))


def in_order(written: Mapping[str, _T], names: Sequence[str], what: str) -> list[_T]:
    """The values of a table, in the order of the names."""
    known = numbered(names)
    for name in written:
        number_of(name, known, what)
    for name in names:
        if name not in written:
            raise InputError(
                f"nothing is given for the {what} {name!r}", fix=f"add {key(name)} = …"
            )
    return [written[name] for name in names]


def numbered(names: Sequence[str]) -> dict[str, int]:
    """The place of each label."""
    return {name: position for position, name in enumerate(names)}


def number_of(name: str, known: Mapping[str, int], what: str) -> int:
    """The place of a label; raises InputError if there is none."""
    if name in known:
        return known[name]
    fix = suggestion(name, known)
    longer = [other for other in known if other.startswith(f"{name}.")]
    if longer:
        fix = f"names with dots or spaces must be quoted: {key(longer[0])}"
    raise InputError(f"there is no {what} {name!r}", fix=fix)


def require_language(name: str | None, known: Sequence[str]) -> None:
    """Raises InputError for the name of a language that there is not; None names none."""
    if name is not None:
        with inside("language"):
            number_of(name, numbered(known), "language")
