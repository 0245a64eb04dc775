"""Reading documents: JSON with exact numbers, complete fields, and one budget of steps."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

AGGREGATES, COMMONS = "coopgap.aggregate-certificate/1", "coopgap.commons-certificate/1"
"""The schemas of certificates about games of groups, and about a commons."""

STEPS = 15_000_000
"""The steps of one check, such as a deviation or a product of two terms: some ten seconds."""

MAX_BYTES = 16 << 20
"""The largest certificate: reading one of that size takes less than a gigabyte."""

MAX_DIGITS = 4_000
"""The longest number."""

LARGE = 10**MAX_DIGITS
"""An integer above all those in a file."""

SHORT_DIGITS = 40
"""The number of digits of the longest number in the file that add 1 to the cost of a step."""


LONG_DIGITS = 250
"""The number of digits from which on products of numbers count, whose cost is quadratic."""


WORD = 256
"""The number of bits up to which numbers are as fast as short ones."""


class Rejected(Exception):
    """The document does not show its claim; the message says why."""


class Unreadable(Rejected):
    """The document is no certificate at all."""


class Budget:
    """The remaining steps of a check, and the cost of each: more if the file has long numbers."""

    def __init__(self, text: str = "") -> None:
        longest = max(map(len, re.findall(f"[0-9]{{{SHORT_DIGITS},}}", text)), default=0)
        if longest > MAX_DIGITS:
            raise Rejected(f"too large to check: a number has over {MAX_DIGITS:,} digits")
        self.steps = STEPS
        self.cost = 1 + longest // SHORT_DIGITS + (longest // LONG_DIGITS) ** 2

    def spend(self, steps: int = 1) -> None:
        """Counts steps before they are taken; raises Rejected when they are used up."""
        self.steps -= steps * self.cost
        if self.steps < 0:
            raise Rejected("too large to check: the budget of steps is used up")

    def measure(self, numbers: Iterable[Fraction]) -> None:
        """Makes later steps cost more if the numbers with which they are taken are long."""
        longest = max(map(bits_of, numbers), default=0)
        self.cost = max(self.cost, 1 + (longest // WORD) ** 2)


def bits_of(number: Fraction | int) -> int:
    """The bits above and below the line."""
    return number.numerator.bit_length() + number.denominator.bit_length()


def parsed(text: str) -> dict[str, Any]:
    """The JSON object in a text; raises Unreadable if there is none.

    Floats and repeated keys are Rejected.
    """
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise Rejected(f"too large to check: over {MAX_BYTES >> 20} MiB")
    try:
        document = json.loads(
            text, parse_float=_refused, parse_constant=_refused, object_pairs_hook=_object
        )
    except ValueError as error:
        raise Unreadable(f"not JSON: {str(error)[:200]}") from None
    if not isinstance(document, dict):
        raise Unreadable("the document is no object")
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise Rejected("a key is given twice")
    return document


def _refused(text: str) -> Any:
    raise Rejected(f"{text[:40]} is a floating-point number")


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def require(condition: bool, reason: str) -> None:
    """Raises Rejected with the reason unless the condition holds."""
    if not condition:
        raise Rejected(reason)


def fields(value: Any, noun: str, *names: str) -> list[Any]:
    """The values of an object's fields; raises Rejected unless its fields are exactly these."""
    if not isinstance(value, dict) or set(value) != set(names):
        raise Rejected(f"{noun} must be an object with the fields {', '.join(names) or '(none)'}")
    return [value[name] for name in names]


def listing(value: Any, length: int | None = None) -> Sequence[Any]:
    """The value as a list, of the given length if any."""
    if not isinstance(value, list | tuple) or length not in (None, len(value)):
        raise Rejected("expected a list" if length is None else "a list has the wrong length")
    return value


def integer(value: Any, low: int, high: int) -> int:
    """The value as an integer with low ≤ value < high."""
    if type(value) is not int or not low <= value < high:
        raise Rejected("expected an integer, or one in another range")
    return value


def text_of(value: Any, *options: str) -> str:
    """The value as text, one of the options if any."""
    if not isinstance(value, str) or (options and value not in options):
        raise Rejected(f"expected {' or '.join(map(repr, options)) or 'text'}")
    return value


def truth_of(value: Any) -> bool:
    """The value as true or false."""
    require(type(value) is bool, "expected true or false")
    return bool(value)


def names_of(value: Any) -> tuple[str, ...]:
    """The value as a list of distinct names, at least one."""
    names = tuple(text_of(name) for name in listing(value))
    require(0 < len(names) == len(set(names)), "names must be distinct, and at least one")
    return names
