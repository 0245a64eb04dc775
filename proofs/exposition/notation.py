"""The symbols of a document, and the file by which an author replaces them by a paper's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from coopgap.theory.errors import InputError
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers.files import read_text
from coopgap.theory.readers.toml import toml_table


@dataclass(frozen=True)
class Glyph:
    """One symbol: as LaTeX, and as plain text for MathML."""

    latex: str
    text: str


Notation = Mapping[str, Glyph]

_SYMBOLS = {
    "payoff": ("u", "u", "material payoff of an agent"),
    "welfare": ("W", "W", "welfare, the sum of material payoffs"),
    "state": (r"\omega", "ω", "state"),
    "selection": (r"\sigma", "σ", "selection, the profile to be played in each state"),
    "record": (r"\rho", "ρ", "record that a play leaves"),
    "transfer": ("t", "t", "transfer to an agent at a record"),
    "value": ("V", "V", "best expected welfare of an implementable selection"),
    "gap": (r"\Delta", "Δ", "welfare gap, what the best contract loses against the first best"),
    "prosociality": (r"\lambda", "λ", "weight of welfare in an agent's utility"),
}

NOTATION: Notation = MappingProxyType({k: Glyph(*own[:2]) for k, own in _SYMBOLS.items()})
"""The symbols of theory, by what they stand for."""

MEANINGS: Mapping[str, str] = MappingProxyType({k: own[2] for k, own in _SYMBOLS.items()})
"""What each symbol means, for the list of symbols."""


def read_notation(path: Path) -> Notation:
    """The notation of a TOML file: a symbol is text (``gap = "G"``), or ``{ latex, text }``.

    What the file does not name stays as it is. Raises InputError for unknown keys and for anything
    that is no symbol.
    """
    try:
        table = toml_table(read_text(path))
    except InputError as error:
        raise error.located(source=str(path)) from None
    return MappingProxyType(
        {**NOTATION, **{key: _glyph(key, value, str(path)) for key, value in table.items()}}
    )


def _glyph(key: str, value: Any, source: str) -> Glyph:
    if key not in NOTATION:
        raise InputError(
            f"there is no symbol {key!r}",
            fix=f"{suggestion(key, list(NOTATION))}; the symbols are {', '.join(NOTATION)}",
            source=source,
        )
    parts = {"latex": value, "text": value} if isinstance(value, str) else value
    if (
        not isinstance(parts, dict)
        or set(parts) != {"latex", "text"}
        or not all(isinstance(part, str) and part.strip() for part in parts.values())
    ):
        raise InputError(
            "a symbol is text, or a table of latex and text",
            fix=f'write {key} = "G" or {key} = {{ latex = "\\\\Gamma", text = "Γ" }}',
            field=key,
            source=source,
        )
    if not _closed(parts["latex"]):
        raise InputError(
            f"the braces of {parts['latex']!r} do not match, or $ or % stand in it",
            fix="write what stands between two $",
            field=key,
            source=source,
        )
    return Glyph(parts["latex"], parts["text"])


def _closed(latex: str) -> bool:
    depth = 0
    for character in re.sub(r"\\.", "", latex, flags=re.DOTALL):
        if character in "$%\n":
            return False
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0
