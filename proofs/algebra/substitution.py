"""Equations solved for one parameter each, and put into the other conditions.

What is left has fewer parameters, and points near a solution can be found within the equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from coopgap.proofs.algebra.conditions import Condition, Point
from coopgap.proofs.algebra.polynomials import ZERO, Polynomial, Rejected, power, scaled

MAX_TERMS = 500
"""The longest polynomial that is put into others."""


@dataclass(frozen=True)
class Eased:
    """Conditions without the parameters for which equations were solved.

    rules: these parameters, each with the polynomial in the others that it equals.
    """

    conditions: tuple[Condition, ...]
    rules: tuple[tuple[int, Polynomial], ...] = ()

    def completed(self, point: Sequence[Fraction]) -> Point:
        """The point with the values of the parameters that the others determine."""
        values = list(point)
        for k, equal in self.rules:
            values[k] = Fraction(equal.at(point))
        return tuple(values)


def eased(conditions: Sequence[Condition]) -> Eased:
    """Equations that are linear in a parameter, solved for it one after the other.

    The factor of the parameter must be a number, so that solutions stay the same.
    """
    rest = tuple(conditions)
    rules: tuple[tuple[int, Polynomial], ...] = ()
    while (solution := next(filter(None, map(_solved, rest)), None)) is not None:
        k, equal = solution
        try:
            moved = [Condition(substituted(c.polynomial, k, equal), c.relation) for c in rest]
            rules = (*((j, substituted(known, k, equal)) for j, known in rules), solution)
        except Rejected:
            break
        rest = tuple(c for c in moved if c.polynomial.terms or c.relation == ">")
    return Eased(rest, rules)


def _solved(condition: Condition) -> tuple[int, Polynomial] | None:
    """The last parameter that an equation determines, and what it is."""
    polynomial = condition.polynomial
    if condition.relation != "==" or len(polynomial.terms) > MAX_TERMS:
        return None
    for k in sorted({k for monomial in polynomial.terms for k in monomial}, reverse=True):
        parts = polynomial.coefficients(k)
        factor = parts[1].constant if parts.keys() <= {0, 1} else None
        if factor is not None:
            return k, scaled(parts.get(0, ZERO), Fraction(-1) / factor)
    return None


def substituted(polynomial: Polynomial, k: int, equal: Polynomial) -> Polynomial:
    """The polynomial with another one in place of a parameter."""
    if k not in chain.from_iterable(polynomial.terms):
        return polynomial
    total = ZERO
    for exponent, part in polynomial.coefficients(k).items():
        total = total + part * power(equal, exponent)
    return total
