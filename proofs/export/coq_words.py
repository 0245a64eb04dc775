"""The words of Coq for the values of a certificate: numbers, lists, records."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from coopgap.proofs.trusted.documents import Rejected, fields, integer, listing, require

LARGEST = 20_000
"""Indices below this are written: Coq counts in unary."""


class Uncovered(Exception):
    """The checker in Coq has no rule for such certificates."""


def record(**values: str) -> str:
    """A record by its fields."""
    return "{| " + "; ".join(f"{name} := {value}" for name, value in values.items()) + " |}"


def listed(values: Iterable[Any], write: Callable[[Any], str]) -> str:
    """A list, each value written so."""
    return "[" + "; ".join(map(write, values)) + "]"


def lists(write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Writes lists of what is written so; raises Rejected for what is no list."""
    return lambda value: listed(listing(value), write)


def index(value: Any) -> str:
    """A natural number below LARGEST; raises Uncovered for larger ones."""
    if type(value) is int and value >= LARGEST:
        raise Uncovered("its numbers of plays or records are too large")
    return str(integer(value, 0, LARGEST))


def indices(values: Iterable[Any]) -> str:
    """A tuple of natural numbers."""
    return "(" + ", ".join(map(index, values)) + ")"


def whole(value: Any) -> str:
    """An integer."""
    if isinstance(value, dict):
        raise Uncovered("its numbers depend on an ε")
    if type(value) is not int:
        raise Rejected("expected an integer")
    return f"({value})%Z"


def positive(value: Any) -> str:
    """A positive integer."""
    whole(value)
    require(value > 0, "a denominator is not positive")
    return f"{value}%positive"


def fraction(value: Any) -> str:
    """A fraction, from its text or from a pair of integers."""
    if isinstance(value, str):
        parts = re.fullmatch(r"(-?\d+)(?:/(\d+))?", value, re.ASCII)
        if parts is None:
            raise Rejected("expected a fraction")
        above, below = int(parts[1]), int(parts[2] or 1)
    else:
        above, below = listing(value, 2)
    return f"(Qmake {whole(above)} {positive(below)})"


def weighted(length: int, number: Callable[[Any], str] = whole) -> Callable[[Any], str]:
    """Writes natural numbers and, at the end, a number; so many together."""

    def write(value: Any) -> str:
        *places, last = listing(value, length)
        return f"({', '.join(map(index, places))}, {number(last)})"

    return write


def option(value: Any, write: Callable[[Any], str]) -> str:
    """None, or a value written so."""
    return "None" if value is None else f"(Some {write(value)})"


def present(parts: Mapping[str, Any], name: str, write: Callable[[Any], str]) -> str:
    """A part that may be left out; null is no way to leave it out."""
    return f"(Some {write(parts[name])})" if name in parts else "None"


def extended(value: Any, infinite: str) -> str:
    """A fraction, or None for the infinite number."""
    return "None" if value == infinite else f"(Some {fraction(value)})"


def claim_words(
    name: str, own: Mapping[str, Any], plain: Collection[str], infinite: Mapping[str, str]
) -> str:
    """A claim in the words of its id, with its number unless it is plain.

    infinite: by id how certificates write the infinite number that it may be.
    """
    word = name.replace("-", "_")
    if name in plain:
        fields(own, "the claim")
        return word
    (value,) = fields(own, "the claim", "value")
    return f"{word} {extended(value, infinite[name]) if name in infinite else fraction(value)}"


def truth(value: bool) -> str:
    """A truth value."""
    return str(value).lower()
