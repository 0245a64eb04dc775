"""Numbers and infinity."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

Extended = Any
"""A fraction, or an infinite float."""

INF = math.inf

ZERO, ONE = Fraction(0), Fraction(1)


def difference(one: Fraction, other: Extended) -> Extended:
    """One less other, which may be −∞."""
    return INF if other == -INF else one - other


def stands(value: Extended, relation: str, number: Extended) -> bool:
    """Whether a value stands in a relation to a number."""
    return bool(
        {">": value > number, ">=": value >= number, "<=": value <= number, "==": value == number}[
            relation
        ]
    )
