"""The suggestion for a name that does not exist."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

from coopgap.theory.errors import InputError

_LISTED = 12


def suggestion(name: str, choices: Iterable[str]) -> str:
    """The fix for an unknown name: the choice nearest to it if one is near, else all choices."""
    known = list(choices)
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    listed = ", ".join(map(_quoted, known[:_LISTED])) + (", …" if len(known) > _LISTED else "")
    return f"choose from {listed}" if known else "there is none to choose from"


def require_known(name: object, choices: Collection[str], kind: str, field: str = "") -> None:
    """Raises InputError, with the choice nearest to it, for a name that is none of these."""
    if name not in choices:
        fix = suggestion(str(name), choices)
        raise InputError(f"there is no {kind} {name!r}", fix=fix, field=field)


def _quoted(name: str) -> str:
    """The name, in quotes if it has a comma, or else could not be told apart in a list."""
    return name if re.fullmatch(r"[^\s,'\"]+( [^\s,'\"]+)*", name) else repr(name)
