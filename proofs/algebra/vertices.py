"""The vertices of a polytope {z ≥ 0, matrix · z ≤ 1}, by pivoting in integers.

Right-hand sides are perturbed symbolically, which makes the polytope simple: every vertex has at
least one basis, and pivots connect the bases (Dantzig, Orden and Wolfe 1955). All of them are
visited, so that none of the vertices is missing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpz, fmpz_mat

Matrix = Sequence[Sequence[int]]

Column = list[fmpz]
"""One number for each variable of a basis, over the basis's determinant."""


@dataclass(frozen=True)
class Vertex:
    """A vertex z, scaled: ``numerators`` over their sum; and the rows that are tight there."""

    numerators: tuple[int, ...]
    tight: tuple[int, ...]


def vertices(matrix: Matrix, deadline: float = math.inf) -> Iterator[Vertex]:
    """The vertices but 0, each once or more often.

    matrix: integers, with at least one row and one column; the polytope must be bounded. deadline:
    on the monotonic clock; raises TimeoutError when it is past.
    """
    dimension = len(matrix[0])
    start: tuple[int, ...] = tuple(range(dimension, dimension + len(matrix)))
    seen, agenda = {start}, [start]
    while agenda:
        if time.monotonic() > deadline:
            raise TimeoutError
        basis = _Basis(matrix, agenda.pop())
        if basis.support:
            yield basis.vertex()
        for neighbour in basis.neighbours():
            if neighbour not in seen:
                seen.add(neighbour)
                agenda.append(neighbour)


class _Basis:
    """A basis: coordinates z_j (numbered j) and slacks of rows i (numbered d + i) that may be > 0.

    Only the square system of positive coordinates and tight rows is solved, so that a polytope is
    cheap which has few coordinates or few rows.
    """

    def __init__(self, matrix: Matrix, members: tuple[int, ...]) -> None:
        self.dimension = d = len(matrix[0])
        self.rows = len(matrix)
        self.members = members
        inside = set(members)
        self.support = [j for j in range(d) if j in inside]
        self.idle = [j for j in range(d) if j not in inside]
        self.loose = [i for i in range(self.rows) if d + i in inside]
        self.tight = [i for i in range(self.rows) if d + i not in inside]
        self.inverse, self.scale = _inverse(_part(matrix, self.tight, self.support))
        below = _part(matrix, self.loose, self.support) * self.inverse
        beside = _part(matrix, self.tight, self.idle)
        across = self.inverse * beside
        corner = _part(matrix, self.loose, self.idle) * self.scale - below * beside
        # By member, how much each variable outside decreases it: coordinates first, then slacks.
        self.decrease = [
            *(b + a for b, a in zip(across.tolist(), self.inverse.tolist(), strict=True)),
            *(c + [-x for x in b] for c, b in zip(corner.tolist(), below.tolist(), strict=True)),
        ]
        self.by_tight = [*self.inverse.tolist(), *([-x for x in row] for row in below.tolist())]
        self.values = [
            sum(row, self.scale if place >= len(self.support) else fmpz(0))
            for place, row in enumerate(self.by_tight)
        ]

    def vertex(self) -> Vertex:
        """The vertex of the basis, without the perturbation."""
        numerators = [0] * self.dimension
        for j, value in zip(self.support, self.values, strict=False):
            numerators[j] = int(value)
        slacks = self.values[len(self.support) :]
        at_bound = [i for i, slack in zip(self.loose, slacks, strict=True) if not slack]
        return Vertex(tuple(numerators), tuple(sorted([*self.tight, *at_bound])))

    def neighbours(self) -> Iterator[tuple[int, ...]]:
        """The bases next to this one, each by one pivot."""
        outside = [*self.idle, *(self.dimension + i for i in self.tight)]
        for column, entering in enumerate(outside):
            leaving = self.members[self._leaving([row[column] for row in self.decrease])]
            yield tuple(sorted({entering, *self.members} - {leaving}))

    def _leaving(self, decrease: Column) -> int:
        """The place of the member that reaches 0 first; the perturbation breaks ties."""
        places = [place for place, amount in enumerate(decrease) if amount > 0]
        places = _least(places, self.values, decrease)
        rows = iter(range(self.rows))
        while len(places) > 1:
            places = _least(places, self._perturbed(next(rows)), decrease)
        return places[0]

    def _perturbed(self, row: int) -> Column:
        """How much each member grows with the right-hand side of a row."""
        if row in self.tight:
            column = self.tight.index(row)
            return [row[column] for row in self.by_tight]
        own = self.members.index(self.dimension + row)
        return [self.scale if place == own else fmpz(0) for place in range(len(self.members))]


def _least(places: list[int], values: Column, decrease: Column) -> list[int]:
    """The places of the least ratios of values to positive amounts."""
    best = places[:1]
    for place in places[1:]:
        more = values[place] * decrease[best[0]] - values[best[0]] * decrease[place]
        if more < 0:
            best = [place]
        elif more == 0:
            best.append(place)
    return best


def _part(matrix: Matrix, rows: Sequence[int], columns: Sequence[int]) -> fmpz_mat:
    return fmpz_mat(len(rows), len(columns), [matrix[i][j] for i in rows for j in columns])


def _inverse(square: fmpz_mat) -> tuple[fmpz_mat, fmpz]:
    """The inverse as integers over a positive number."""
    if not square.nrows():
        return square, fmpz(1)
    inverse: Any = square.inv()
    numerators, scale = inverse.numer_denom()
    return (-numerators, -scale) if scale < 0 else (numerators, scale)
