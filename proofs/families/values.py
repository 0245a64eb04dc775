"""Quantities of a family as values of its report, read off what the checker accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from coopgap.proofs.algebra.conditions import Condition, holding_at
from coopgap.proofs.algebra.polynomials import ONE, Ratio, scaled
from coopgap.proofs.algebra.polynomials import number as constant
from coopgap.proofs.algebra.rational import compared
from coopgap.proofs.deciding.values import (
    Absent,
    Expression,
    Extremum,
    Known,
    Piece,
    Pieces,
    Quantity,
    Unknown,
    Where,
    known,
)
from coopgap.proofs.deciding.worker import TimedOut
from coopgap.proofs.families.findings import Piecewise
from coopgap.proofs.families.problem import NOTHING
from coopgap.proofs.parameters.pieces import Region, facets
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.trusted.documents import Budget
from coopgap.proofs.trusted.polynomials import lifted
from coopgap.proofs.trusted.polynomials import ratio as read_ratio
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended

T = TypeVar("T")

INFINITE = {"inf": INFINITY, "-inf": MINUS_INFINITY}


def value_of(
    problem: Problem, pieces: Piecewise | Unknown, read: Callable[[Mapping[str, Any]], T]
) -> T | Pieces[T] | Unknown:
    """What a report says of a quantity; read: what it says of the fields of a claim."""
    if isinstance(pieces, Unknown):
        return pieces
    return by_region(problem, [(region, read(region.claim)) for region in pieces.regions])


def by_region(problem: Problem, regions: Sequence[tuple[Region, T]]) -> T | Pieces[T]:
    """The value that is the same in all regions, or the values by region."""
    first = regions[0][1]
    if all(value == first for _, value in regions):
        return first
    names = problem.parameters
    return Pieces(tuple(Piece(Where(region.when, names), value) for region, value in regions))


def quantity(
    problem: Problem, prover: Prover, pieces: Piecewise | Unknown, lowest: Absent | None = None
) -> Quantity:
    """What a report says of a number; lowest: what it says of −∞."""

    def read(claim: Mapping[str, Any]) -> Known | Absent:
        value = number(problem, claim["value"])
        return lowest if lowest is not None and value is MINUS_INFINITY else value

    value = value_of(problem, pieces, read)
    if isinstance(pieces, Piecewise) and isinstance(value, Pieces):
        regions = [
            (region, piece.value)
            for region, piece in zip(pieces.regions, value.pieces, strict=True)
        ]
        return _extremum(problem, prover, regions) or value
    return value


def number(problem: Problem, value: Any) -> Extended | Expression:
    """A number of a claim."""
    if isinstance(value, str):
        return INFINITE.get(value) or Fraction(value)
    above, below = (lifted(part) for part in read_ratio(value, problem.index, Budget()))
    whole = below.primitive
    leading = next(iter(whole.terms))
    ratio = scaled(above, Fraction(whole.terms[leading], below.terms[leading])), whole
    return Expression(ratio, problem.parameters)


def _ratio(value: object) -> Ratio | None:
    """A finite number as a fraction of polynomials."""
    if isinstance(value, Expression):
        return value.ratio
    return (constant(value), ONE) if isinstance(value, Fraction) else None


def _extremum(
    problem: Problem, prover: Prover, regions: Sequence[tuple[Region, object]]
) -> Extremum | None:
    """One expression for all regions, if each has the largest (or the smallest) of the values."""
    values = [ratio for _, value in regions if (ratio := _ratio(value)) is not None]
    if len(values) < len(regions):
        return None
    distinct = list(dict.fromkeys(values))
    positive = (compared((below, ONE), ">", NOTHING) for _, below in distinct)
    if not all(
        condition.polynomial.constant or prover.implies(problem.assumptions, condition)
        for condition in positive
    ):
        return None
    for head, relation in (("Max", ">="), ("Min", "<=")):
        if all(
            prover.implies((*problem.assumptions, *region.when), compared(value, relation, rival))
            for (region, _), value in zip(regions, values, strict=True)
            for rival in distinct
            if rival != value
        ):
            terms = (known(term, problem.parameters) for term in distinct)
            return Extremum(head, tuple(sorted(terms, key=str)))
    return None


def by_sign(problem: Problem, prover: Prover, region: Region) -> list[tuple[Region, bool]]:
    """The parts of a region of one gap, with whether the gap is positive there or 0."""
    value = _ratio(number(problem, region.claim["value"]))
    if value is None:
        return [(region, True)]
    positive = compared(value, ">", NOTHING)
    if positive.polynomial.constant is not None:
        return [(region, holding_at(())(positive))]
    assumed = (*problem.assumptions, *region.when)
    positive = prover.simplified(assumed, positive)
    if prover.implies(assumed, positive):
        return [(region, True)]
    parts = []
    for condition in (positive, Condition(positive.polynomial, "==")):
        when = facets(problem, (*region.when, condition), prover)
        if _may_hold(prover, (*problem.assumptions, *when)):
            parts.append((replace(region, when=when), condition is positive))
    return parts


def _may_hold(prover: Prover, conditions: Sequence[Condition]) -> bool:
    """Whether the conditions are not known to contradict each other."""
    try:
        return prover.point(conditions) is not None
    except TimedOut:
        return True
