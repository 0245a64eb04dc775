"""Linear programmes over fractions."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from typing import Any

from coopgap.proofs.selftest.oracle.numbers import INF, ZERO, Extended


class Programme:
    """A linear programme: variables are at least 0 or, all of them, free."""

    def __init__(self, free: bool = False) -> None:
        self.free = free
        self.columns: dict[Hashable, int] = {}
        self.rows: list[tuple[dict[int, Fraction], Fraction]] = []
        self._solved: _Dictionary | None = None

    def at_most(self, terms: Mapping[Any, Fraction], bound: Fraction) -> None:
        """Σ terms ≤ bound."""
        self.rows.append((self._indexed(terms), bound))
        self._solved = None

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
        width = len(self.columns) + self.free
        if self._solved is None or len(self._solved.columns) != width:
            self._solved = _Dictionary(
                [self._row(row, bound, -1) for row, bound in self.rows], width
            )
        values = self._solved.best(self._row(goal, ZERO, 1))
        if values is None:
            return None if not any(goal.values()) or self.maximum({}) is None else (INF, {})
        shift = values.get(width - 1, ZERO) if self.free else ZERO
        solution = {key: values.get(k, ZERO) - shift for key, k in self.columns.items()}
        return sum((v * solution[k] for k, v in objective.items()), ZERO), solution

    def _row(self, terms: Mapping[int, Fraction], bound: Fraction, sign: int) -> list[int]:
        """The slack of a row as a function of the variables, scaled to integers.

        Free variables are all x − z, of x ≥ 0 and one z ≥ 0.
        """
        scale = sign * math.lcm(bound.denominator, *(v.denominator for v in terms.values()))
        row = [0] * len(self.columns)
        for column, value in terms.items():
            row[column] = int(value * scale)
        shift = [-sum(row)] if self.free else []
        return [*row, *shift, int(bound * abs(scale))]


class _Dictionary:
    """Basic variables as functions of the others, in integers over one scale (Edmonds 1967).

    What one aim has been pivoted to is where the next one starts.
    """

    def __init__(self, table: list[list[int]], width: int) -> None:
        self.table, self.scale, self.width = table, 1, width
        self.columns = list(range(width))
        self.rows = list(range(width, width + len(table)))

    def best(self, goal: list[int]) -> dict[int, Fraction] | None:
        """The values of basic variables where the goal is greatest; None if that is nowhere."""
        if not self._mended(self._crossing):
            return None
        self.table.append(self._expressed(goal))
        reached = self._mended(self._rising)
        self.table.pop()
        if not reached:
            return None
        basic = zip(self.rows, self.table, strict=True)
        return {name: Fraction(row[-1], self.scale) for name, row in basic if name < self.width}

    def _expressed(self, goal: list[int]) -> list[int]:
        """A function of the programme's variables as one of those that are not basic."""
        row = [self.scale * goal[name] if name < self.width else 0 for name in self.columns]
        row.append(self.scale * goal[-1])
        for name, basic in zip(self.rows, self.table, strict=True):
            if name < self.width and (factor := goal[name]):
                row = [a + factor * b for a, b in zip(row, basic, strict=True)]
        return row

    def _mended(self, rule: Callable[[], tuple[int, int] | None]) -> bool:
        """Whether the pivots of a rule end where it has nothing left to mend."""
        while (pivot := rule()) is not None:
            r, s = pivot
            if r < 0 or s < 0:
                return False
            self.scale = _exchanged(self.table, r, s, self.scale)
            self.rows[r], self.columns[s] = self.columns[s], self.rows[r]
        return True

    def _crossing(self) -> tuple[int, int] | None:
        """To a feasible point, if there is any: least-index criss-cross (Terlaky 1985)."""
        wrong = [(name, i) for i, name in enumerate(self.rows) if self.table[i][-1] < 0]
        if not wrong:
            return None
        r = min(wrong)[1]
        ways = [(name, j) for j, name in enumerate(self.columns) if self.table[r][j] > 0]
        return r, min(ways, default=(0, -1))[1]

    def _rising(self) -> tuple[int, int] | None:
        """From a feasible point to the best: the simplex method, by Bland's rule (1977)."""
        better = [(name, j) for j, name in enumerate(self.columns) if self.table[-1][j] > 0]
        if not better:
            return None
        s = min(better)[1]
        ends = [
            (Fraction(row[-1], -row[s]), name, i)
            for i, (name, row) in enumerate(zip(self.rows, self.table[:-1], strict=True))
            if row[s] < 0
        ]
        return min(ends, default=(0, 0, -1))[2], s


def _exchanged(table: list[list[int]], r: int, s: int, scale: int) -> int:
    """Exchanges the variables of a row and a column; returns the new scale."""
    pivot, row = table[r][s], table[r]
    for i, line in enumerate(table):
        if i != r and (factor := line[s]):
            table[i] = [(a * pivot - factor * b) // scale for a, b in zip(line, row, strict=True)]
            table[i][s] = factor
        elif i != r and pivot != scale:
            table[i] = [a * pivot // scale for a in line]
    table[r] = [-b for b in row]
    table[r][s] = scale
    if pivot < 0:
        for i, line in enumerate(table):
            table[i] = [-a for a in line]
    return abs(pivot)
