"""A tableau of exact integers, for the criss-cross method (Terlaky 1985)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass
class Tableau:
    """A dictionary in integers: (basic variables, objective) = table · (nonbasic variables, 1).

    The right-hand side is divided by ``denominator``. Variables 0 … n−1 are the columns of the
    programme, n … n+m−1 the slacks of its rows; those of equations are ``fixed`` at 0. All others
    but the ``free`` ones are at least 0.
    """

    table: NDArray[Any]
    basic: list[int]
    nonbasic: list[int]
    free: frozenset[int]
    fixed: frozenset[int]
    denominator: int = 1

    def pivot(self, row: int, column: int) -> None:
        """Exchanges a basic and a nonbasic variable; all divisions are exact (Edmonds 1967)."""
        entry = self.table[row, column]
        leaving, entering = self.table[row].copy(), self.table[:, column].copy()
        table = (self.table * entry - np.outer(entering, leaving)) // self.denominator
        table[:, column], table[row] = entering, -leaving
        table[row, column] = self.denominator
        self.table, self.denominator = (table, entry) if entry > 0 else (-table, -entry)
        self.basic[row], self.nonbasic[column] = self.nonbasic[column], self.basic[row]

    def enter(self, columns: Iterable[int], tight: set[int]) -> None:
        """Makes the columns basic in exchange for tight slacks.

        Then it makes free variables basic and fixed ones nonbasic wherever possible; where it is
        not, their entries are 0 from then on.
        """
        for variable in dict.fromkeys([*columns, *sorted(self.free)]):
            column = self.nonbasic.index(variable)
            rows = [
                row
                for row, leaving in enumerate(self.basic)
                if self.table[row, column]
                and (leaving in tight or (variable in self.free and leaving not in self.free))
            ]
            if rows:
                self.pivot(min(rows, key=lambda row: self.basic[row] not in tight), column)
        for variable in sorted(self.fixed.intersection(self.basic)):
            row = self.basic.index(variable)
            for column, entering in enumerate(self.nonbasic):
                if entering not in self.fixed and self.table[row, column]:
                    self.pivot(row, column)
                    break

    def wrong(self) -> int | None:
        """The least variable whose value or reduced cost has the wrong sign."""
        values, costs = self.table[:, -1], self.table[-1]
        below = [
            variable
            for row, variable in enumerate(self.basic)
            if variable not in self.free
            and (values[row] < 0 or (variable in self.fixed and values[row] != 0))
        ]
        above = [
            variable
            for column, variable in enumerate(self.nonbasic)
            if variable not in self.fixed
            and (costs[column] < 0 or (variable in self.free and costs[column] != 0))
        ]
        return min(below + above, default=None)

    def remedy(self, wrong: int) -> tuple[int, int] | None:
        """The pivot that corrects the variable's sign; None if there is none."""
        if wrong in self.basic:
            row = self.basic.index(wrong)
            columns = [
                column
                for column, variable in enumerate(self.nonbasic)
                if variable not in self.fixed and self.table[row, column] > 0
            ]
            if not columns:
                return None
            return row, min(columns, key=self.nonbasic.__getitem__)
        column = self.nonbasic.index(wrong)
        rows = [
            row
            for row, variable in enumerate(self.basic)
            if variable not in self.free and self.table[row, column] < 0
        ]
        return (min(rows, key=self.basic.__getitem__), column) if rows else None
