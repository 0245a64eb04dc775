"""Games of two players as arrays, and their equilibria by definition."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from coopgap.theory.exact import IntArray, integer_array

HUGE = 10**30


def fractions(*values: int | str) -> tuple[Fraction, ...]:
    return tuple(Fraction(value) for value in values)


def game(first: Any, second: Any) -> IntArray:
    shape = np.shape(first)
    return integer_array([*np.ravel(first).tolist(), *np.ravel(second).tolist()], (2, *shape))


def is_nash(payoffs: IntArray, x: Sequence[Fraction], y: Sequence[Fraction]) -> bool:
    """By definition, in Fractions."""
    sides: Iterable[tuple[Any, Any, Any]] = ((payoffs[0], x, y), (payoffs[1].T, y, x))
    for own, mix, other in sides:
        values = [sum(int(u) * p for u, p in zip(row, other, strict=True)) for row in own]
        if sum(mix) != 1 or min(mix) < 0:
            return False
        if any(p and value < max(values) for p, value in zip(mix, values, strict=True)):
            return False
    return True
