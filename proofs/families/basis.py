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

    They are told as their number, and what must hold for all of them to fail: the weakest condition
    under which a contract implements the selection. What the assumptions or the other conditions
    imply is left out; ``False`` alone is what never holds.
    """
    found, plays = [], Plays(problem, Unlimited())
    for selection, point in _first_best(findings, gap).items():
        setting = findings.setting(findings.family.skeleton, named.name)
        obstructions = obstruction_basis(setting, dict(selection), LIMIT)
        if isinstance(obstructions, Unknown):
            return obstructions
        fail = []
        for each in obstructions:
            above, below = strength(plays, Recorder(point), witnesses.obstruction(setting, each))
            fail.append(Condition(-above * below, ">="))
        needed = weakest(findings.prover, problem.assumptions, fail)
        texts = [condition_text(each, problem.parameters) for each in needed or ()]
        labels, states = findings.family.skeleton.labels, findings.family.states
        played = {states[state]: labels(profile) for state, profile in selection}
        told = ("False",) if needed is None else tuple(texts)
        found.append(BasisPart(played, len(obstructions), told))
    return tuple(found)


def weakest(
    prover: Prover, assumptions: Sequence[Condition], conditions: Iterable[Condition]
) -> tuple[Condition, ...] | None:
    """The conditions that are left of these under the assumptions; None if they never hold.

    None of them is shown to follow from the assumptions and the others.
    """
    left: list[Condition] = []
    for each in conditions:
        simple = prover.simplified(assumptions, each)
        if simple not in left and not prover.implies(assumptions, simple):
            left.append(simple)
    if left and prover.refute((*assumptions, *left), QUICK) is not None:
        return None
    for each in tuple(left):
        others = [other for other in left if other is not each]
        if prover.implies((*assumptions, *others), each):
            left = others
    return tuple(left)


def _first_best(
    findings: FamilyFindings, gap: Piecewise
) -> Mapping[tuple[tuple[int, tuple[int, ...]], ...], Point]:
    """The first-best selections at the points of the gap's cases, each with its point."""
    found: dict[tuple[tuple[int, tuple[int, ...]], ...], Point] = {}
    for region in gap.regions:
        for leaf in region.leaves:
            for selection in _selections(findings.at(leaf.point).first_best().profiles):
                found.setdefault(tuple(sorted(selection.items())), leaf.point)
    return found


def _selections(profiles: Mapping[int, tuple[tuple[int, ...], ...]]) -> Iterator[Selection]:
    """One first-best selection, and each that differs from it in one state."""
    first = {state: found[0] for state, found in profiles.items()}
    yield first
    for state, found in profiles.items():
        for profile in found[1:]:
            yield {**first, state: profile}
