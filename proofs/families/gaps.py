"""Where a gap is positive, and where it is 0."""

from __future__ import annotations

from dataclasses import replace

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.rational import compared
from coopgap.proofs.families.problem import NOTHING
from coopgap.proofs.families.texts import as_ratio
from coopgap.proofs.parameters.pieces import Region, facets
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.trusted.problems import Problem


def by_sign(problem: Problem, prover: Prover, region: Region) -> list[tuple[Region, bool]]:
    """The parts of a region of one gap, each with whether the gap is positive there; else it is
    0."""
    value = region.claim["value"]
    if value == "inf":
        return [(region, True)]
    positive = compared(as_ratio(problem, value), ">", NOTHING)
    if positive.polynomial.constant is not None:
        return [(region, positive.holds(()))]
    here = (*problem.assumptions, *region.when)
    positive = prover.simplified(here, positive)
    if prover.implies(here, positive):
        return [(region, True)]
    parts = []
    for condition in (positive, Condition(positive.polynomial, "==")):
        when = facets(problem, (*region.when, condition), prover)
        if prover.point((*problem.assumptions, *when)) is not None:
            parts.append((replace(region, when=when), condition is positive))
    return parts
