"""Linear programmes over fractions."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import Any

from coopgap.proofs.selftest.oracle.numbers import INF, ZERO, Extended


class Programme:
    """A linear programme: variables are at least 0 or, all of them, free."""

    def __init__(self, free: bool = False) -> None:
        self.free = free
        self.columns: dict[Hashable, int] = {}
        self.rows: list[tuple[dict[int, Fraction], Fraction]] = []

    def at_most(self, terms: Mapping[Any, Fraction], bound: Fraction) -> None:
        """Σ terms ≤ bound."""
        self.rows.append((self._indexed(terms), bound))

    def equal(self, terms: Mapping[Any, Fraction], bound: Fraction) -> None:
        """Σ terms = bound."""
        self.at_most(terms, bound)
        self.at_most({key: -value for key, value in terms.items()}, -bound)

    def _indexed(self, terms: Mapping[Any, Fraction]) -> dict[int, Fraction]:
        return {self.columns.setdefault(k, len(self.columns)): v for k, v in terms.items()}

    def maximum(
        self, objective: Mapping[Any, Fraction]
    ) -> tuple[Extended, dict[Any, Fraction]] | None:
        """The supremum of Σ objective and where it is (nowhere, if infinite).

        None if nothing satisfies the rows.
        """
        goal = self._indexed(objective)
        width = len(self.columns)
        table = [self._row(row, bound, width, -1) for row, bound in self.rows]
        table.append(self._row(goal, ZERO, width, 1))
        found = _crossed(table)
        if found is None:
            return None if not any(goal.values()) or self.maximum({}) is None else (INF, {})
        shift = found.get(width, ZERO) if self.free else ZERO
        solution = {key: found.get(k, ZERO) - shift for key, k in self.columns.items()}
        return sum((v * solution[k] for k, v in objective.items()), ZERO), solution

    def _row(
        self, terms: Mapping[int, Fraction], bound: Fraction, width: int, sign: int
    ) -> list[int]:
        """The slack of a row as a function of the variables, scaled to integers.

        Free variables are all x − z, of x ≥ 0 and one z ≥ 0.
        """
        scale = sign * math.lcm(bound.denominator, *(v.denominator for v in terms.values()))
        row = [0] * width
        for column, value in terms.items():
            row[column] = int(value * scale)
        shift = [-sum(row)] if self.free else []
        return [*row, *shift, int(bound * abs(scale))]


def _crossed(table: list[list[int]]) -> dict[int, Fraction] | None:
    """The values of basic variables at a maximum of the last row; None if there is none.

    The other rows must not become negative. The least-index criss-cross method (Terlaky 1985),
    whose pivots keep integers over a common scale (Edmonds 1967).
    """
    height, width, scale = len(table) - 1, len(table[0]) - 1, 1
    columns, rows = list(range(width)), list(range(width, width + height))
    while True:
        wrong = [(rows[i], i, -1) for i in range(height) if table[i][-1] < 0]
        wrong += [(columns[j], -1, j) for j in range(width) if table[-1][j] > 0]
        if not wrong:
            return {
                name: Fraction(table[i][-1], scale) for i, name in enumerate(rows) if name < width
            }
        _, r, s = min(wrong)
        if r >= 0:
            s = (
                min((columns[j], j) for j in range(width) if table[r][j] > 0)[1]
                if any(table[r][j] > 0 for j in range(width))
                else -1
            )
        else:
            r = (
                min((rows[i], i) for i in range(height) if table[i][s] < 0)[1]
                if any(table[i][s] < 0 for i in range(height))
                else -1
            )
        if r < 0 or s < 0:
            return None
        scale = _exchanged(table, r, s, scale)
        rows[r], columns[s] = columns[s], rows[r]


def _exchanged(table: list[list[int]], r: int, s: int, scale: int) -> int:
    """Exchanges the variables of a row and a column; returns the new scale."""
    pivot, row = table[r][s], table[r]
    for i, other in enumerate(table):
        if i != r and (factor := other[s]):
            table[i] = [(a * pivot - factor * b) // scale for a, b in zip(other, row, strict=True)]
            table[i][s] = factor
        elif i != r:
            table[i] = [a * pivot // scale for a in other]
    table[r] = [-b for b in row]
    table[r][s] = scale
    if pivot < 0:
        for i, other in enumerate(table):
            table[i] = [-a for a in other]
    return abs(pivot)
