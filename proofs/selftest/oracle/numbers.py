"""Numbers and infinity."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

Extended = Any
"""A fraction, or an infinite float."""

INF = math.inf

ZERO, ONE = Fraction(0), Fraction(1)


def difference(minuend: Fraction, subtrahend: Extended) -> Extended:
    """The minuend less the subtrahend, which may be −∞."""
    return INF if subtrahend == -INF else minuend - subtrahend


def stands(value: Extended, relation: str, number: Extended) -> bool:
    """Whether a value stands in a relation to a number."""
    return bool(
        {">": value > number, ">=": value >= number, "<=": value <= number, "==": value == number}[
            relation
        ]
    )
