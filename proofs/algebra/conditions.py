"""Conditions on parameters, and their refutations as values and as certificates carry them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.polynomials import Polynomial, plain, sign_at
from coopgap.proofs.trusted.documents import Budget, Rejected
from coopgap.proofs.trusted.polynomials import Condition, compared, require_refuted

__all__ = ["Condition"]

Point = tuple[Fraction, ...]
"""One value per parameter."""


@dataclass(frozen=True, slots=True)
class Refutation:
    """Why conditions contradict each other.

    products: positive coefficients, each with the indices (repeated ones count) of the conditions
    that it multiplies, in their normal forms, and the bases of squares; no index and no base is the
    number 1. multipliers: indices of equations, each with the polynomial that multiplies it.
    """

    products: tuple[tuple[int, tuple[int, ...], tuple[Polynomial, ...]], ...]
    multipliers: tuple[tuple[int, Polynomial], ...] = ()


def normal(condition: Condition) -> Condition:
    """The same condition with coprime integer coefficients."""
    return Condition(condition.polynomial.primitive, condition.relation)


def holding_at(point: Sequence[Fraction]) -> Callable[[Condition], bool]:
    """Tells which conditions hold at a point: in integers, which is faster than fractions."""
    scale = math.lcm(1, *(value.denominator for value in point))
    numerators = [value.numerator * (scale // value.denominator) for value in point]

    def holds(condition: Condition) -> bool:
        return compared(sign_at(condition.polynomial, numerators, scale), condition.relation)

    return holds


def refutes(refutation: Refutation, conditions: Sequence[Condition]) -> bool:
    """Whether the core accepts the refutation of the conditions."""
    polynomials = [condition.polynomial for condition in conditions]
    polynomials += [q for _, q in refutation.multipliers]
    polynomials += [base for _, _, bases in refutation.products for base in bases]
    size = 1 + max((k for p in polynomials for m in p.terms for k in m), default=-1)
    names = [f"x{k}" for k in range(size)]
    index = {name: k for k, name in enumerate(names)}
    whole = list(map(normal, conditions))
    try:
        require_refuted(plain_refutation(refutation, names), whole, index, Budget())
    except (Rejected, ValueError):  # coefficients too long to be written
        return False
    return True


def plain_condition(condition: Condition, names: Sequence[str]) -> list[Any]:
    """A condition as certificates carry it: ``[polynomial, relation]``."""
    return [plain(condition.polynomial.primitive, names), condition.relation]


def plain_refutation(refutation: Refutation, names: Sequence[str]) -> dict[str, Any]:
    """A refutation as certificates carry it."""
    return {
        "products": [
            [c, list(indices), [plain(base, names) for base in bases]]
            for c, indices, bases in refutation.products
        ],
        "multipliers": [[k, plain(q, names)] for k, q in refutation.multipliers],
    }
