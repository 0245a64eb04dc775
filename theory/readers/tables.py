"""Payoff tables: from nested lists or rows of numbers to integers over one denominator."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

from theory.environments import require_storable
from theory.errors import InputError
from theory.expressions import MAX_BITS
from theory.readers.values import exact, shown

MAX_PLAYERS = 30
"""The most players: an array has a bounded number of axes, and one is needed for each."""


def require_table(players: int, states: int, shape: Sequence[int]) -> None:
    """Refuses, before anything is allocated, a game that has no table or one too large to store."""
    if players > MAX_PLAYERS:
        raise InputError(f"there are {players} players", fix=f"at most {MAX_PLAYERS} are supported")
    require_storable(players, states, shape)


def flattened(table: object, players: Sequence[str], shape: Sequence[int]) -> list[Fraction | int]:
    """The entries of a table nested one level per player, the last player varying fastest.

    ``shape`` has the number of actions of each player. Raises InputError, naming the place inside
    the table, for a list of the wrong length and for an entry that is no exact number.
    """
    level: list[object] = [table]
    for axis, (player, size) in enumerate(zip(players, shape, strict=True)):
        for position, item in enumerate(level):
            if not isinstance(item, list):
                problem = f"{shown(item)} is no list"
            elif len(item) != size:
                problem = f"the list has length {len(item)}"
            else:
                continue
            raise InputError(
                problem,
                fix=f"write a list of {size}, one entry for each action of {player!r}",
                field=_place(position, shape[:axis]),
            )
        level = list(itertools.chain.from_iterable(level))  # type: ignore[arg-type]
    return _numbers(level, shape)


def _numbers(entries: Sequence[object], shape: Sequence[int]) -> list[Fraction | int]:
    # A table repeats few numbers, so each spelling is read once.
    known: dict[str, Fraction | int] = {}
    numbers: list[Fraction | int] = []
    for position, entry in enumerate(entries):
        if isinstance(entry, str) and entry in known:
            numbers.append(known[entry])
            continue
        try:
            number = exact(entry)
        except InputError as error:
            raise error.located(field=_place(position, shape)) from None
        if isinstance(entry, str):
            known[entry] = number
        numbers.append(number)
    return numbers


def scaled(values: Sequence[Fraction | int]) -> tuple[list[int], int]:
    """The values as integers over one common denominator, and that denominator.

    Raises InputError when the denominator, or an integer over it, has more than MAX_BITS bits.
    """
    denominator = 1
    for part in {value.denominator for value in values}:
        denominator = math.lcm(denominator, part)
        _require_short((denominator,))
    whole = [value.numerator * (denominator // value.denominator) for value in values]
    _require_short((max(whole, default=0), min(whole, default=0)))
    return whole, denominator


def _require_short(numbers: Iterable[int]) -> None:
    if max(number.bit_length() for number in numbers) > MAX_BITS:
        raise InputError(
            "over their common denominator the numbers are too large",
            fix=f"keep them within {MAX_BITS:,} binary digits",
        )


def _place(position: int, shape: Sequence[int]) -> str:
    indices = []
    for size in reversed(shape):
        position, index = divmod(position, size)
        indices.append(f"[{index}]")
    return "".join(reversed(indices))
