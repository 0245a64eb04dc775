"""One month of a commons as arrays: what is left, what it is worth later, what pays best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from coopgap.theory.commons.resource import Commons, Signal
from coopgap.theory.exact import IntArray, integer_array, scaled, widened

Values = Sequence[Fraction]
"""By stock, from 0 to the capacity, in units."""

NEVER = -1
"""In arrays of values, which are at least 0, what cannot be done."""


def ahead(commons: Commons, signal: Signal, month: int, values: Values) -> list[Fraction]:
    """By what is left of the stock, the expected value from the next month on.

    values: of the next month.
    """
    return [
        sum(
            (p * values[stock] for stock, p in commons.next_stocks(rest, signal, month).items()),
            start=Fraction(0),
        )
        for rest in range(commons.capacity + 1)
    ]


def integer_rows(commons: Commons, factor: int, *values: Values) -> tuple[list[IntArray], int]:
    """Several rows of values as integers over one common denominator.

    What is made of them by adding harvests and taking ``factor`` times the sum does not overflow.
    """
    numbers, denominator = scaled([value for row in values for value in row])
    # The last number stands for a harvest, so that the width of the array suffices for it too.
    most = max(*numbers, commons.capacity * denominator)
    array = widened(integer_array([*numbers, most], (len(numbers) + 1,)), 4 * factor)
    return list(array[:-1].reshape(len(values), len(values[0]))), denominator


@dataclass(frozen=True)
class Reply:
    """What demands inside the stock get.

    An agent for whom others leave ``room`` demands some a ≤ room of the grid and gets weight × a +
    later[room − a], in integers. worth: by room and place in the grid; best: the most of the places
    up to this one.
    """

    commons: Commons
    worth: IntArray
    best: IntArray

    def fits(self, rest: int, place: int, cap: int) -> bool:
        """Whether no demand up to the place ``cap`` is better than this, which leaves so much."""
        room = rest + self.commons.grid[place]
        return bool(self.worth[room, place] == self.best[room, cap])

    def is_best(self, rest: int, place: int) -> bool:
        """Whether no demand at all is better than this, which leaves so much."""
        return self._best_places[rest + self.commons.grid[place]][place]

    @cached_property
    def _best_places(self) -> list[list[bool]]:
        # By room and place, as a list: an array takes four times as long to look one up.
        places: list[list[bool]] = (self.worth == self.best[:, -1:]).tolist()
        return places


def reply(commons: Commons, weight: int, later: IntArray, among: Reply | None = None) -> Reply:
    """What demands get; only of those that are best by another measure, if one is given."""
    grid = np.array(commons.grid)
    rooms = np.arange(len(later))[:, None]
    lefts = rooms - grid[None, :]
    inside = lefts >= 0
    worth = weight * grid.astype(later.dtype)[None, :] + later[np.maximum(lefts, 0)]
    if among is not None:
        inside = inside & (among.worth == among.best[:, -1:])
    worth = np.where(inside, worth, NEVER)
    return Reply(commons, worth, np.maximum.accumulate(worth, axis=1))
