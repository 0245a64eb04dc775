"""Quantities of a family as a report gives them: text, or text by region."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.polynomials import ONE, Ratio, number, scaled
from coopgap.proofs.algebra.rational import compared, condition_text, ratio_text
from coopgap.proofs.families.findings import Piecewise
from coopgap.proofs.parameters.pieces import Region
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.trusted.documents import Budget
from coopgap.proofs.trusted.polynomials import lifted
from coopgap.proofs.trusted.polynomials import ratio as read_ratio
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.exact import parse_number

Read = Callable[[Mapping[str, Any]], Any]
"""What a report says of a claim's fields."""


def quantity(problem: Problem, prover: Prover, found: Piecewise, read: Read) -> Any:
    """The value where it is the same everywhere, else a list of ``when`` and ``value``; or why it
    is unknown."""
    if found.reason:
        return {"unknown": found.reason}
    return by_region(problem, prover, [(each, read(each.claim)) for each in found.regions])


def by_region(problem: Problem, prover: Prover, regions: Sequence[tuple[Region, Any]]) -> Any:
    """Values by region, in the order of their regions' conditions."""
    texts = [text for _, text in regions]
    if all(text == texts[0] for text in texts):
        return texts[0]
    numbers = all(isinstance(text, str) for text in texts)
    whole = _extremum(problem, prover, [region for region, _ in regions]) if numbers else None
    if whole is not None:
        return whole
    return [{"when": when(problem, region), "value": text} for region, text in regions]


def when(problem: Problem, region: Region) -> str:
    """A region's conditions, joined by ``and``."""
    return " and ".join(condition_text(each, problem.parameters) for each in region.when)


def number_text(problem: Problem, value: Any) -> str:
    """A number of a claim as an expression."""
    if isinstance(value, str):
        return value
    return ratio_text(as_ratio(problem, value), problem.parameters)


def as_ratio(problem: Problem, value: Any) -> Ratio:
    """A number of a claim as a fraction of polynomials."""
    if isinstance(value, str):
        return number(parse_number(value)), ONE
    above, below = (lifted(part) for part in read_ratio(value, problem.index, Budget()))
    whole = below.primitive()
    some = next(iter(whole.terms))
    return scaled(above, Fraction(whole.terms[some], below.terms[some])), whole


def _extremum(problem: Problem, prover: Prover, regions: Sequence[Region]) -> str | None:
    """One expression for all regions, if each has the largest (or the smallest) of the values."""
    claims = [region.claim for region in regions]
    if any(set(claim) != {"value"} or claim["value"] in ("inf", "-inf") for claim in claims):
        return None
    values = [as_ratio(problem, claim["value"]) for claim in claims]
    distinct = list(dict.fromkeys(values))
    positive = (compared((below, ONE), ">", (number(0), ONE)) for _, below in distinct)
    if not all(
        condition.polynomial.constant or prover.implies(problem.assumptions, condition)
        for condition in positive
    ):
        return None
    for name, relation in (("Max", ">="), ("Min", "<=")):
        if all(
            _follows(problem, prover, region, value, relation, other)
            for region, value in zip(regions, values, strict=True)
            for other in distinct
            if other != value
        ):
            listed = sorted(ratio_text(value, problem.parameters) for value in distinct)
            return f"{name}({', '.join(listed)})"
    return None


def _follows(
    problem: Problem, prover: Prover, region: Region, one: Ratio, relation: str, other: Ratio
) -> bool:
    condition = compared(one, relation, other)
    return prover.implies((*problem.assumptions, *region.when), condition)
