"""What all strategies share: ranges and numbers checked at once, digits and lists as drawn."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from itertools import islice
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import parse_number
from coopgap.theory.nearest import suggestion

Bounds = int | tuple[int, int]
"""How many: exactly so many, or (least, most)."""


Numbers = Iterable[int | Fraction]
"""Which exact numbers may be drawn, such as ``range(-3, 4)`` or ``rationals(-1, 1, 4)``."""


_T = TypeVar("_T")


def rationals(least: int, most: int, denominator: int) -> tuple[Fraction, ...]:
    """The numbers from ``least`` to ``most`` with denominators up to the one given."""
    return tuple(
        Fraction(above, below)
        for below in range(1, denominator + 1)
        for above in range(least * below, most * below + 1)
        if math.gcd(above, below) == 1
    )


SMALL: Numbers = range(-3, 4)
"""The whole numbers from −3 to 3."""


RATIONAL: Numbers = rationals(0, 3, 3)
"""The numbers from 0 to 3 with denominators up to 3."""


MAX_NUMBERS = 1 << 10
"""The most numbers to draw from."""


def range_of(value: object, name: str, least: int) -> tuple[int, int]:
    """The range that ``Bounds`` describe; raises InputError for none, and for less than least."""
    pair = (value, value) if type(value) is int else value
    if not (isinstance(pair, tuple) and [type(end) for end in pair] == [int, int]):
        raise InputError(
            f"{value!r} is no range", fix="give a whole number or (least, most)", field=name
        )
    low, high = pair
    if low > high:
        raise InputError(
            f"{value!r} is an empty range", fix="give (least, most) with least ≤ most", field=name
        )
    if low < least:
        raise InputError(f"{value!r} allows {low}", fix=f"allow no less than {least}", field=name)
    return low, high


def simplest_first(numbers: object, name: str) -> tuple[Fraction, ...]:
    """The numbers in the order in which draws prefer them: whole and small ones first.

    Raises InputError for none, for too many, and for what is no exact number.
    """
    if not isinstance(numbers, Iterable) or isinstance(numbers, str):
        raise InputError(
            f"{numbers!r} lists no numbers", fix="list some, as range(-3, 4) does", field=name
        )
    with inside(name):
        values = {parse_number(number) for number in islice(numbers, MAX_NUMBERS + 1)}
    if not 0 < len(values) <= MAX_NUMBERS:
        raise InputError(
            f"{numbers!r} lists {'too many numbers' if values else 'no number'}",
            fix=f"list 1 to {MAX_NUMBERS:,}, as range(-3, 4) does",
            field=name,
        )
    return tuple(sorted(values, key=lambda x: (x.denominator, abs(x), x < 0)))


def known_names(names: Collection[str], choices: Sequence[str], field: str) -> tuple[str, ...]:
    """The names in the order of the known ones; raises InputError for none and an unknown one."""
    if isinstance(names, str) or not names:
        raise InputError(
            f"{names!r} names nothing", fix=f"list some of {', '.join(choices)}", field=field
        )
    for name in names:
        if name not in choices:
            raise InputError(
                f"there is no {name!r}", fix=suggestion(str(name), choices), field=field
            )
    return tuple(name for name in choices if name in names)


def digits(count: int, base: int) -> SearchStrategy[list[int]]:
    """So many numbers from 0 to base − 1.

    Hypothesis draws them as one text, which makes drawing several times and shrinking many times
    faster than one choice for every number.
    """
    first = 0x100  # from here on MAX_NUMBERS characters have two bytes and shrink in their order
    digit = st.characters(min_codepoint=first, max_codepoint=first + base - 1)
    return st.text(digit, min_size=count, max_size=count).map(
        lambda text: [ord(character) - first for character in text]
    )


def mappings(keys: Sequence[int], value: SearchStrategy[_T]) -> SearchStrategy[dict[int, _T]]:
    """Maps that give each of the keys a value."""
    return st.tuples(*[value] * len(keys)).map(lambda values: dict(zip(keys, values, strict=True)))


def lists(value: SearchStrategy[_T], count: tuple[int, int]) -> SearchStrategy[list[_T]]:
    """Lists of so many values, from a least to a most."""
    return st.lists(value, min_size=count[0], max_size=count[1])
