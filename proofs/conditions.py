"""Conditions on parameters, and refutations of systems of them, as plain values.

A system of conditions p > 0, p ≥ 0, p = 0 has no real solution if products of the left sides with
nonnegative coefficients, plus polynomial multiples of the equations, add up to 0 identically while
one product with a positive coefficient is strict (Farkas 1902 for linear systems; Handelman 1988,
Stengle 1974). Standard library only: the checker believes nothing else about inequalities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from proofs.certificates import Malformed, integer, listing, rational, text_of
from proofs.polynomials import (
    ZERO,
    Polynomial,
    Spend,
    added,
    decoded,
    evaluated,
    multiplied,
    number,
    plain,
)

RELATIONS = (">", ">=", "==")


@dataclass(frozen=True)
class Condition:
    """``polynomial`` relation 0, the relation being one of ``>``, ``>=`` and ``==``."""

    polynomial: Polynomial
    relation: str

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.polynomial, self.relation))

    def negations(self) -> tuple[Condition, ...]:
        """The conditions of which one holds exactly where this one fails."""
        if self.relation == "==":
            return Condition(self.polynomial, ">"), Condition(-self.polynomial, ">")
        return (Condition(-self.polynomial, ">=" if self.relation == ">" else ">"),)

    def holds(self, point: Sequence[Fraction | int], spend: Spend = lambda steps: None) -> bool:
        """Whether it holds where the parameters have these values."""
        value = evaluated(self.polynomial, point, spend)
        return {">": value > 0, ">=": value >= 0, "==": value == 0}[self.relation]

    def normal(self) -> Condition:
        """The same condition on coprime integer coefficients."""
        return Condition(self.polynomial.primitive(), self.relation)


@dataclass(frozen=True, slots=True)
class Refutation:
    """Why conditions contradict each other.

    products: positive coefficients, each with the indices (repeated ones count) of the conditions
    that it multiplies; no index is the number 1. multipliers: indices of equations, each with the
    polynomial that multiplies it.
    """

    products: tuple[tuple[Fraction | int, tuple[int, ...]], ...]
    multipliers: tuple[tuple[int, Polynomial], ...] = ()


def refutes(
    refutation: Refutation,
    conditions: Sequence[Condition],
    spend: Spend = lambda steps: None,
) -> bool:
    """Whether the refutation shows that the conditions have no solution. ``spend`` is told of the
    steps that come next, and may raise."""
    total, strict = ZERO, False
    for coefficient, indices in refutation.products:
        factors = [conditions[k] for k in indices]
        if coefficient <= 0:
            return False
        strict = strict or all(factor.relation == ">" for factor in factors)
        product = number(coefficient)
        for factor in factors:
            product = multiplied(product, factor.polynomial, spend)
        total = added(total, product, spend)
    for index, multiplier in refutation.multipliers:
        if conditions[index].relation != "==":
            return False
        product = multiplied(multiplier, conditions[index].polynomial, spend)
        total = added(total, product, spend)
    return strict and total == ZERO


def plain_condition(condition: Condition, names: Sequence[str]) -> list[Any]:
    """A condition as certificates carry it: ``[polynomial, relation]``."""
    return [plain(condition.polynomial, names), condition.relation]


def decoded_condition(value: Any, index: Mapping[str, int]) -> Condition:
    """The condition that ``plain_condition`` wrote; raises Malformed for anything else."""
    polynomial, relation = listing(value, 2)
    if text_of(relation) not in RELATIONS:
        raise Malformed(f"a relation is one of {' '.join(RELATIONS)}")
    return Condition(decoded(polynomial, index), relation)


def plain_refutation(refutation: Refutation, names: Sequence[str]) -> dict[str, Any]:
    """A refutation as certificates carry it."""
    return {
        "products": [[str(c), list(indices)] for c, indices in refutation.products],
        "multipliers": [[k, plain(q, names)] for k, q in refutation.multipliers],
    }


def decoded_refutation(value: Any, index: Mapping[str, int], conditions: int) -> Refutation:
    """The refutation of that many conditions that ``plain_refutation`` wrote; raises Malformed."""
    if not isinstance(value, dict) or set(value) != {"products", "multipliers"}:
        raise Malformed("a refutation has products and multipliers")
    products = []
    for entry in listing(value["products"]):
        coefficient, indices = listing(entry, 2)
        within = tuple(integer(k, 0, conditions) for k in listing(indices))
        products.append((rational(coefficient), within))
    multipliers = []
    for entry in listing(value["multipliers"]):
        position, multiplier = listing(entry, 2)
        multipliers.append((integer(position, 0, conditions), decoded(multiplier, index)))
    return Refutation(tuple(products), tuple(multipliers))
