"""Conditions on parameters at points, by their definition in fractions."""

from collections.abc import Sequence
from fractions import Fraction

from coopgap.proofs.trusted.polynomials import Condition, compared


def condition_holds(condition: Condition, point: Sequence[Fraction]) -> bool:
    """Whether a condition holds at a point."""
    return compared(condition.polynomial.at(point), condition.relation)
