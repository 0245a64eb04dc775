"""Payoff tables: nested lists of numbers, or of other entries, made into flat lists."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TypeVar

from coopgap.theory.environments import require_storable
from coopgap.theory.errors import InputError
from coopgap.theory.readers.values import quoted

MAX_PLAYERS = 30
"""The largest number of players: arrays need an axis per player and have a limited number."""

_T = TypeVar("_T")


def require_table(players: int, states: int, shape: Sequence[int]) -> None:
    """Raises InputError for a game without a table or with too large a one; allocates nothing."""
    if players > MAX_PLAYERS:
        raise InputError(f"there are {players} players", fix=f"at most {MAX_PLAYERS} are supported")
    require_storable(players, states, shape)


def flattened(
    table: object, players: Sequence[str], shape: Sequence[int], read: Callable[[object], _T]
) -> list[_T]:
    """The entries of a table nested one level per player, the last player varying fastest.

    ``shape`` has the number of actions of each player, ``read`` reads an entry. Raises InputError,
    naming the place inside the table, for a list of the wrong length and for an entry that ``read``
    refuses.
    """
    level: list[object] = [table]
    for axis, (player, size) in enumerate(zip(players, shape, strict=True)):
        for position, sublist in enumerate(level):
            if not isinstance(sublist, list):
                problem = f"{quoted(sublist)} is no list"
            elif len(sublist) != size:
                problem = f"the list has length {len(sublist)}"
            else:
                continue
            raise InputError(
                problem,
                fix=f"write a list of {size}, one entry for each action of {player!r}",
                field=_place(position, shape[:axis]),
            )
        level = list(itertools.chain.from_iterable(level))  # type: ignore[arg-type]
    return _entries(level, shape, read)


def _entries(
    entries: Sequence[object], shape: Sequence[int], read: Callable[[object], _T]
) -> list[_T]:
    # A table repeats few numbers, so each spelling is read once.
    known: dict[str, _T] = {}
    values: list[_T] = []
    for position, entry in enumerate(entries):
        if isinstance(entry, str) and entry in known:
            values.append(known[entry])
            continue
        try:
            value = read(entry)
        except InputError as error:
            raise error.located(field=_place(position, shape)) from None
        if isinstance(entry, str):
            known[entry] = value
        values.append(value)
    return values


def _place(position: int, shape: Sequence[int]) -> str:
    indices = []
    for size in reversed(shape):
        position, index = divmod(position, size)
        indices.append(f"[{index}]")
    return "".join(reversed(indices))
