"""Names and lists as words for people to read."""

from __future__ import annotations

from collections.abc import Collection

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


def listed(entries: Collection[str], link: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``; of many items the first, and how many more."""
    known = list(entries)
    if len(known) > MANY:
        known = [*known[: MANY - 1], f"{len(known) - MANY + 1} more"]
    return f" {link} ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)
