"""What is known about the signs of polynomials: conditions, and refutations of their contraries.

A system of conditions p > 0, p ≥ 0, p = 0 has no real solution if products of the left sides and
of squares with positive coefficients, plus polynomial multiples of the equations, add up to 0
identically while one product is of strict conditions alone (Farkas 1902 for linear systems;
Stengle 1974, Handelman 1988). The core believes nothing else about inequalities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proofs.trusted.documents import Budget, Rejected, fields, integer, listing, text_of
from proofs.trusted.polynomials import MAX_BITS, Number, Polynomial, lifted, number

TREMBLE = 1 << 20
"""The index of what stands for all ε > 0, above those of parameters."""

RELATIONS = (">", ">=", "==")

_SIGNS = {">": frozenset("+"), ">=": frozenset("+0"), "==": frozenset("0")}
_FLIPPED = {">": frozenset("-"), ">=": frozenset("-0"), "==": frozenset("0")}


@dataclass(frozen=True)
class Condition:
    """``polynomial`` relation 0, the relation being one of ``>``, ``>=`` and ``==``."""

    polynomial: Polynomial
    relation: str

    def negations(self) -> tuple[Condition, ...]:
        """The conditions of which one holds exactly where this one fails."""
        opposite = -self.polynomial
        if self.relation == "==":
            return Condition(self.polynomial, ">"), Condition(opposite, ">")
        return (Condition(opposite, ">=" if self.relation == ">" else ">"),)

    def holds(self, point: Sequence[Any]) -> bool:
        """Whether it holds where the parameters have these values."""
        return compared(self.polynomial.at(point), self.relation)

    def normal(self) -> Condition:
        """The same condition on coprime integer coefficients."""
        return Condition(self.polynomial.primitive(), self.relation)


def compared(value: Any, relation: str) -> bool:
    """Whether a number stands in the relation to 0."""
    return bool({">": value > 0, ">=": value >= 0, "==": value == 0}[relation])


class Known:
    """What a case tells about signs: its conditions, and what was shown to follow from them.

    point: values of the parameters at which to guess; each guess is then asked."""

    def __init__(self, point: tuple[Any, ...] = ()) -> None:
        self.point = point
        self._signs: dict[str, frozenset[str]] = {}

    def learn(self, condition: Condition) -> None:
        """From now on the condition is known."""
        key, signs = _canonical(condition.polynomial, condition.relation)
        self._signs[key] = self._signs.get(key, frozenset("+-0")) & signs

    def holds(self, value: Number, relation: str) -> bool:
        """Whether the value stands in the relation to 0; raises Rejected where that is not
        known."""
        constant = value.constant if isinstance(value, Polynomial) else value
        if constant is not None:
            return compared(constant, relation)
        if any(monomial[-1:] == (TREMBLE,) for monomial in value.terms):
            return self._for_all_trembles(value, relation)
        key, wanted = _canonical(value, relation)
        possible = self._signs.get(key, frozenset("+-0"))
        if possible <= wanted:
            return True
        return self.unknown(value, relation) if possible & wanted else False

    def _for_all_trembles(self, value: Polynomial, relation: str) -> bool:
        parts = list(value.coefficients(TREMBLE).values())
        if not all(self.holds(part, "==" if relation == "==" else ">=") for part in parts):
            raise Rejected("a sign is not shown for all ε > 0")
        return relation != ">" or any(self.holds(part, ">") for part in parts)

    def unknown(self, value: Polynomial, relation: str) -> bool:
        """What to say where the sign is not known."""
        raise Rejected("the sign of a difference is not shown")

    def top(self, values: Sequence[Number]) -> Number:
        """The largest of the values."""
        if all(type(value) is int for value in values):
            return max(values)
        best = max(values, key=lambda value: lifted(value).at(self.point))
        if not all(value is best or self.holds(best - value, ">=") for value in values):
            raise Rejected("a maximum is not shown")
        return best


def _canonical(polynomial: Polynomial, relation: str) -> tuple[str, frozenset[str]]:
    """A key that the positive and the negative multiples of a polynomial share, and the signs that
    the relation leaves to the one of them whose first coefficient is positive."""
    if polynomial.budget is not None:
        polynomial.budget.spend(1 + len(polynomial.terms))
    primitive = polynomial.primitive()
    if not primitive.terms or primitive.terms[min(primitive.terms)] > 0:
        return primitive.key, _SIGNS[relation]
    return (-primitive).key, _FLIPPED[relation]


def condition_of(value: Any, index: Mapping[str, int], budget: Budget) -> Condition:
    """A condition ``[polynomial, relation]``."""
    polynomial, relation = listing(value, 2)
    return Condition(lifted(number(polynomial, index, budget)), text_of(relation, *RELATIONS))


def require_refuted(
    value: Any, conditions: Sequence[Condition], index: Mapping[str, int], budget: Budget
) -> None:
    """Raises Rejected unless the value shows that the conditions have no solution: ``products`` of
    a positive coefficient, the indices of conditions and the bases of squares; ``multipliers`` of
    the index of an equation and a polynomial."""
    products, multipliers = fields(value, "a refutation", "products", "multipliers")
    total, strict = Polynomial({}, budget), False
    for entry in listing(products):
        coefficient, indices, bases = listing(entry, 3)
        factors = [conditions[integer(k, 0, len(conditions))] for k in listing(indices)]
        product = lifted(integer(coefficient, 1, 1 << MAX_BITS))
        for factor in factors:
            product = factor.polynomial * product
        for base in listing(bases):
            root = lifted(number(base, index, budget))
            product = root * root * product
        strict = strict or (not bases and all(each.relation == ">" for each in factors))
        total = total + product
    for entry in listing(multipliers):
        place, multiplier = listing(entry, 2)
        equation = conditions[integer(place, 0, len(conditions))]
        if equation.relation != "==":
            raise Rejected("a multiplier is on no equation")
        total = total + equation.polynomial * lifted(number(multiplier, index, budget))
    if total.terms or not strict:
        raise Rejected("a refutation does not add up to 0 > 0")
