"""Exact numbers as files spell them, and how messages quote values and places."""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from datetime import date, time
from fractions import Fraction

from coopgap.theory.errors import InputError
from coopgap.theory.evaluation import evaluate
from coopgap.theory.exact import MAX_DIGITS, parse_number
from coopgap.theory.expressions import Tree, names_in
from coopgap.theory.parsing import parse_expression

_TOO_LONG = 10**MAX_DIGITS
_NO_NUMBERS = frozenset({"nan", "inf", "infinity"})


@dataclass(frozen=True, slots=True)
class Float:
    """A TOML float with its spelling, kept so that the field that holds it can refuse it."""

    text: str

    def __repr__(self) -> str:
        return self.text


NUMBER = "write a number"
"""The fix for a name in place of a number."""

DECLARED = (
    f"{NUMBER}; payoffs, the prior, λ, bounds on fines, outside options and the values of claims "
    "may use the names that [parameters] declares"
)
"""The same in the specs that may have parameters."""


def there_are(number: int, noun: str, plural: str = "") -> str:
    """``there is 1 regime``, ``there are 3 regimes``."""
    return f"there is 1 {noun}" if number == 1 else f"there are {number:,} {plural or noun + 's'}"


def truth_of(value: object, field: str) -> bool:
    """The Boolean that a field holds. Raises InputError, which names the field, for another value.

    field: its place in the file, as in ``claim[0].holds``.
    """
    if not isinstance(value, bool):
        raise InputError(
            f"{quoted(value)} is neither true nor false", fix="write true or false", field=field
        )
    return value


def exact(value: object, fix: str = NUMBER) -> Fraction | int:
    """The exact number that a value of a spec spells; fix: what to write in place of a name.

    It is an integer, or text such as ``"1/3"``, ``"0.25"`` or ``"(1 + 2)/5"``. Raises InputError
    for a float, a Boolean, a name, and anything else.
    """
    parsed = number_or_tree(value)
    if isinstance(parsed, Fraction | int):
        return parsed
    for name in names_in(parsed):
        raise InputError(f"{quoted(value)} uses the name {name!r}", fix=fix)
    result = evaluate(parsed, {})
    assert isinstance(result, Fraction)
    return result


def number_or_tree(value: object) -> Fraction | int | Tree:
    """The exact number of a spec's value, or the tree of its expression.

    Raises InputError for a float, a Boolean, and anything else.
    """
    if type(value) is int:
        if -_TOO_LONG < value < _TOO_LONG:
            return value
        raise InputError(
            "the number is too long", fix=f"numbers have at most {MAX_DIGITS} characters"
        )
    if isinstance(value, Float):
        raise not_exact(value)
    if isinstance(value, date | time):
        raise InputError(f"{value} is not a number", fix='write an integer or text such as "1/3"')
    try:
        return parse_number(value)
    except InputError:
        if not isinstance(value, str) or value.strip(" +-").lower() in _NO_NUMBERS:
            raise
    return parse_expression(value)


def not_exact(value: Float) -> InputError:
    """The error for a float, with the spelling to use instead."""
    if "inf" in value.text or "nan" in value.text:
        return InputError(f"{value} is not a number", fix="write an integer or text such as '1/3'")
    return InputError(
        f"{value} is a float, which is not exact", fix=f'write it in quotes: "{value}"'
    )


def quoted(value: object) -> str:
    """A value for a message, as TOML spells it, shortened."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, date | time) else reprlib.repr(value)


def key(name: str) -> str:
    """A name in a dotted key, as TOML spells it."""
    bare = name.isascii() and name.replace("_", "a").replace("-", "a").isalnum()
    return name if bare else f'"{name}"'
