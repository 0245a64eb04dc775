"""Solutions of linear equations as expressions, around a point at which they are known.

What binds at a point determines the solution in terms of the parameters, wherever the rest is slack
(Gal and Nedoma 1972).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.algebra.linear_systems import BOUND, Equation, solved
from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.trusted.polynomials import lifted

Rule = tuple[Mapping[Any, Any], Any]
"""An equation that is true at the point: its terms by unknown, and what they sum to."""


def around(
    equations: Sequence[Rule], values: Mapping[Any, Fraction], point: Point
) -> tuple[dict[Any, Polynomial], Polynomial] | None:
    """The unknowns as numerators and a positive denominator; None if there is no solution around.

    values: of the unknowns at the point. Those that the equations do not determine keep them; terms
    of others count as 0. The first equations that determine the rest are solved. Raises TooLarge.
    """
    place = {unknown: k for k, unknown in enumerate(values)}
    matrix = fmpq_mat(len(equations), len(place))
    for r, (terms, _) in enumerate(equations):
        for unknown, value in terms.items():
            if unknown in place:
                number = Fraction(lifted(value).at(point))
                matrix[r, place[unknown]] = fmpq(number.numerator, number.denominator)
    free = set(range(len(place))) - set(_pivots(matrix))
    system: list[Equation] = []
    for terms, bound in (equations[r] for r in _pivots(matrix.transpose())):
        row: dict[int, Any] = {BOUND: lifted(bound)}
        for unknown, value in terms.items():
            if place.get(unknown) in free:
                row[BOUND] = row[BOUND] - lifted(value) * values[unknown]
            elif unknown in place:
                row[place[unknown]] = value
        system.append(row)
    answer = solved(system)
    if answer is None:
        return None
    above, below = answer
    if below.at(point) < 0:
        above, below = {k: -numerator for k, numerator in above.items()}, -below
    numbers = {
        unknown: below * values[unknown] if k in free else above[k] for unknown, k in place.items()
    }
    return numbers, below


def _pivots(matrix: Any) -> list[int]:
    """The columns that are no sums of earlier ones."""
    reduced, rank = matrix.rref()
    pivots, column = [], 0
    for row in range(rank):
        while reduced[row, column] == 0:
            column += 1
        pivots.append(column)
    return pivots
