"""Conditions as if each monomial were a parameter of its own.

These linear systems show why the conditions contradict each other, or where they might hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

from coopgap.proofs.algebra.conditions import Condition, Refutation
from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.algebra.simplex import System

NO_CONDITIONS = System().extended([({(): 1}, ">")])
"""The relaxation of no conditions: 1 > 0. Condition k becomes form k + 1."""


def relaxed(
    conditions: Iterable[Condition], start: System = NO_CONDITIONS, deadline: float = math.inf
) -> System:
    """The relaxation that has these conditions as well; raises TimeoutError as ``extended``."""
    forms = ((condition.polynomial.primitive.terms, condition.relation) for condition in conditions)
    return start.extended(forms, deadline)


def linear_refutation(system: System, conditions: Sequence[Condition]) -> Refutation | None:
    """Why the conditions contradict each other, if their relaxation shows it."""
    common = math.gcd(*system.weights.values())
    products: list[tuple[int, tuple[int, ...], tuple[Polynomial, ...]]] = []
    multipliers = []
    for number, weight in sorted(system.weights.items()):
        place, whole = number - 1, weight // (common or 1)
        if place < 0:
            products.append((whole, (), ()))
        elif conditions[place].relation != "==":
            products.append((whole, (place,), ()))
        elif whole:
            multipliers.append((place, Polynomial({(): whole})))
    return Refutation(tuple(products), tuple(multipliers)) if products else None


def candidate(system: System, parameters: int) -> tuple[Fraction, ...]:
    """Where the relaxation puts the parameters: a solution, if all conditions are linear."""
    values = system.functional()
    return tuple(values.get((k,), Fraction(0)) / values[()] for k in range(parameters))
