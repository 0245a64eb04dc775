"""Numbers, names and sums as SMT-LIB writes them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from urllib.parse import quote

_IN_LABELS = " !#$&'*+-./<=>?@[]^_~"
"""Characters kept in a label: ASCII ones that symbols do not use as separators."""


def number_term(value: Fraction) -> str:
    """An exact number."""
    size = abs(value)
    whole = size.denominator == 1
    text = f"{size}" if whole else f"(/ {size.numerator} {size.denominator})"
    return f"(- {text})" if value < 0 else text


def label_text(label: str, also: str = "") -> str:
    """A label in printable ASCII, with other characters as %XX.

    Different labels stay different, and no label ends a symbol or a comment.
    """
    return quote(label, _IN_LABELS + also, errors="backslashreplace")


def joined(operator: str, terms: Sequence[str], empty: str) -> str:
    """The terms under an operator that takes at least two."""
    if len(terms) < 2:
        return terms[0] if terms else empty
    return f"({operator} {' '.join(terms)})"
