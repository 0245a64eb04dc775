"""Names and lists as words for people to read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coopgap.proofs.deciding.reports import Labels

MANY = 8
"""How many entries of a list are spelled out."""

LONG = 40
"""How many characters of a label or a number are spelled out."""


def plain(text: str) -> str:
    """The text with everything that could steer a terminal written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def short(text: str) -> str:
    """The text, plain, its middle left out if it is long."""
    text = plain(text)
    return text if len(text) <= LONG else f"{text[: LONG - 10]}…{text[-9:]}"


def count(number: int, noun: str) -> str:
    """``1 claim``, ``2 claims``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(items: Collection[str], link: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``; of many items the first, and how many more."""
    known = _first(items)
    return f" {link} ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)


def profile(labels: Labels) -> str:
    """``(CH, CL)``."""
    parts = [short(label) for label in labels]
    if len(parts) > MANY:
        parts = [*parts[: MANY - 1], "…"]
    return f"({', '.join(parts)})"


def profiles(options: Sequence[Labels], none: str) -> str:
    """``(A, A) or (B, B)``."""
    return listed([profile(option) for option in options], "or") if options else none


def by_state(texts: Mapping[str, str]) -> str:
    """What holds in each state; states that say the same are joined, a single one is not named."""
    if len(texts) == 1:
        return next(iter(texts.values()))
    groups: dict[str, list[str]] = {}
    for state, text in texts.items():
        groups.setdefault(text, []).append(short(state))
    if len(groups) == 1:
        return f"{next(iter(groups))} in every state"
    parts = [f"{text} in {listed(states)}" for text, states in groups.items()]
    return clauses(parts)


def clauses(parts: Iterable[str]) -> str:
    """Parts joined by semicolons; of many the first, and how many more."""
    return "; ".join(_first(parts))


def _first(items: Iterable[str]) -> list[str]:
    known = list(items)
    return known if len(known) <= MANY else [*known[: MANY - 1], f"{len(known) - MANY + 1} more"]
