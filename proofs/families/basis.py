"""When contracts suffice: the minimal obstructions of first-best selections, on polynomials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from coopgap.proofs.algebra.conditions import Condition, Point
from coopgap.proofs.algebra.rational import condition_text
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.certificates import witnesses
from coopgap.proofs.deciding.decide import obstruction_basis
from coopgap.proofs.deciding.reports import BasisPart
from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.deciding.words import strength
from coopgap.proofs.families.findings import FamilyFindings, Piecewise
from coopgap.proofs.parameters.prover import QUICK, Prover
from coopgap.proofs.parameters.regions import Recorder
from coopgap.proofs.questions.obligations import Selection
from coopgap.proofs.trusted.problems import Plays, Problem
from coopgap.theory.specification import NamedLanguage

LIMIT = 2_000
"""The number of minimal obstructions of a selection up to which they are evaluated."""


def conditions(
    findings: FamilyFindings, problem: Problem, named: NamedLanguage, gap: Piecewise
) -> tuple[BasisPart, ...] | Unknown:
    """The minimal obstructions of each selection that is first best in a case of the gap.

    Reported are their number, and what must hold for all of them to fail: the weakest condition
    under which a contract implements the selection. What the assumptions or the other conditions
    imply is left out; ``False`` alone is what never holds.
    """
    parts, plays = [], Plays(problem, Unlimited())
    for selection, point in _first_best(findings, gap).items():
        setting = findings.setting(findings.family.skeleton, named.name)
        obstructions = obstruction_basis(setting, dict(selection), LIMIT)
        if isinstance(obstructions, Unknown):
            return obstructions
        fail = []
        for obstruction in obstructions:
            witness = witnesses.obstruction(setting, obstruction)
            above, below = strength(plays, Recorder(point), witness)
            fail.append(Condition(-above * below, ">="))
        remaining = weakest(findings.prover, problem.assumptions, fail)
        labels, states = findings.family.skeleton.labels, findings.family.states
        played = {states[state]: labels(profile) for state, profile in selection}
        texts = [condition_text(part, problem.parameters) for part in remaining or ()]
        listed = ("False",) if remaining is None else tuple(texts)
        parts.append(BasisPart(played, len(obstructions), listed))
    return tuple(parts)


def weakest(
    prover: Prover, assumptions: Sequence[Condition], conditions: Iterable[Condition]
) -> tuple[Condition, ...] | None:
    """The conditions that are left of these under the assumptions; None if they never hold.

    None of them is shown to follow from the assumptions and the others.
    """
    remaining: list[Condition] = []
    for condition in conditions:
        simple = prover.simplified(assumptions, condition)
        if simple not in remaining and not prover.implies(assumptions, simple):
            remaining.append(simple)
    if remaining and prover.refute((*assumptions, *remaining), QUICK) is not None:
        return None
    for condition in tuple(remaining):
        rest = [candidate for candidate in remaining if candidate is not condition]
        if prover.implies((*assumptions, *rest), condition):
            remaining = rest
    return tuple(remaining)


def _first_best(
    findings: FamilyFindings, gap: Piecewise
) -> Mapping[tuple[tuple[int, tuple[int, ...]], ...], Point]:
    """The first-best selections at the points of the gap's cases, each with its point."""
    points: dict[tuple[tuple[int, tuple[int, ...]], ...], Point] = {}
    for region in gap.regions:
        for leaf in region.leaves:
            for selection in _selections(findings.at(leaf.point).first_best().profiles):
                points.setdefault(tuple(sorted(selection.items())), leaf.point)
    return points


def _selections(profiles: Mapping[int, tuple[tuple[int, ...], ...]]) -> Iterator[Selection]:
    """One first-best selection, and each that differs from it in one state."""
    first = {state: best[0] for state, best in profiles.items()}
    yield first
    for state, best in profiles.items():
        for profile in best[1:]:
            yield {**first, state: profile}
