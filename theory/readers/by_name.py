"""What a spec says by name, in the order of the names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from coopgap.theory.errors import InputError, inside
from coopgap.theory.expressions import Tree
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers import shape
from coopgap.theory.readers.parameters import Expression
from coopgap.theory.readers.values import key

_T = TypeVar("_T")


def trees_by_name(
    expressions: Mapping[str, Expression], names: Sequence[str], kind: str = "player"
) -> tuple[Tree, ...]:
    """A value for each player, or for each of what else has these names."""
    if shape.COMMON in expressions:
        return (expressions[shape.COMMON].tree,) * len(names)
    return tuple(level.tree for level in in_order(expressions, names, kind))


def in_order(table: Mapping[str, _T], names: Sequence[str], kind: str) -> list[_T]:
    """The values of a table, in the order of the names."""
    known = numbered(names)
    for name in table:
        number_of(name, known, kind)
    for name in names:
        if name not in table:
            raise InputError(
                f"nothing is given for the {kind} {name!r}", fix=f"add {key(name)} = …"
            )
    return [table[name] for name in names]


def numbered(names: Sequence[str]) -> dict[str, int]:
    """The place of each label."""
    return {name: position for position, name in enumerate(names)}


def number_of(name: str, known: Mapping[str, int], kind: str) -> int:
    """The place of a label; raises InputError if there is none."""
    if name in known:
        return known[name]
    fix = suggestion(name, known)
    longer = [label for label in known if label.startswith(f"{name}.")]
    if longer:
        fix = f"names with dots or spaces must be quoted: {key(longer[0])}"
    raise InputError(f"there is no {kind} {name!r}", fix=fix)


def require_language(name: str | None, known: Sequence[str]) -> None:
    """Raises InputError for the name of a language that there is not; None names none."""
    if name is not None:
        with inside("language"):
            number_of(name, numbered(known), "language")
