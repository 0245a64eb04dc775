"""From cases to pieces: few regions, each one conjunction, with one claim each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from proofs.cases import FamilyProblem, run_rule, value_at
from proofs.certificates import canonical
from proofs.checker import Rejected
from proofs.conditions import Condition
from proofs.prover import Prover
from proofs.regions import Exploration, Leaf, Recorder

Facets = tuple[Condition, ...]


@dataclass(frozen=True)
class Region:
    """Conditions beside the assumptions, and the cases that make up exactly what satisfies them."""

    when: Facets
    leaves: tuple[Leaf, ...]

    @property
    def claim(self) -> Mapping[str, Any]:
        """What all of its cases claim."""
        return self.leaves[0].claim


def pieces(problem: FamilyProblem, name: str, found: Exploration, prover: Prover) -> list[Region]:
    """The cases, joined until no two with the same claim make up one conjunction."""
    _agree(problem, name, found.leaves, prover)
    return joined(problem, found.leaves, prover, lambda leaf: canonical(leaf.claim))


def joined(
    problem: FamilyProblem,
    leaves: Sequence[Leaf],
    prover: Prover,
    key: Callable[[Leaf], Any],
) -> list[Region]:
    """Regions of cases of the same key, joined until no two make up one conjunction."""
    groups: dict[Any, list[Region]] = {}
    for leaf in leaves:
        facets = _facets(problem, leaf.path, prover)
        groups.setdefault(key(leaf), []).append(Region(facets, (leaf,)))
    return [region for group in groups.values() for region in _joined(problem, group, prover)]


def _agree(problem: FamilyProblem, name: str, leaves: Sequence[Leaf], prover: Prover) -> None:
    """Lets a case claim what an earlier one claims, wherever its own witness shows that too."""
    order = sorted(leaves, key=lambda leaf: sum(c.relation == "==" for c in leaf.path))
    claims: dict[str, Mapping[str, Any]] = {}
    for leaf in order:
        for text, claim in claims.items():
            if text == canonical(leaf.claim) or _adopts(problem, name, leaf, claim, prover):
                break
        claims.setdefault(canonical(leaf.claim), leaf.claim)


def _adopts(
    problem: FamilyProblem, name: str, leaf: Leaf, claim: Mapping[str, Any], prover: Prover
) -> bool:
    if not _same_there(problem, leaf, claim):
        return False
    recorder = Recorder(leaf.point)
    try:
        run_rule(problem, recorder, name, True, claim, leaf.witness)
    except Rejected:
        return False
    path = (*problem.assumptions, *leaf.path)
    if not all(prover.implies(path, condition) for condition in recorder.noted):
        return False
    leaf.claim, leaf.noted = claim, recorder.noted
    return True


def _same_there(problem: FamilyProblem, leaf: Leaf, claim: Mapping[str, Any]) -> bool:
    """Whether the two claims have the same numbers at the case's own point."""
    try:
        here, there = (
            {name: value_at(value, problem.index, leaf.point) for name, value in each.items()}
            for each in (leaf.claim, claim)
        )
    except Rejected:  # the other claim divides by 0 there
        return False
    return here == there


def _facets(problem: FamilyProblem, path: Facets, prover: Prover) -> Facets:
    """The conditions without those that follow from the rest."""
    kept = list(dict.fromkeys(path))
    for condition in path:
        others = [each for each in kept if each != condition]
        if len(others) < len(kept) and prover.implies((*problem.assumptions, *others), condition):
            kept = others
    return tuple(_equations(kept))


def _equations(conditions: Sequence[Condition]) -> list[Condition]:
    """p ≥ 0 and p ≤ 0 as one equation."""
    normal = [condition.normal() for condition in conditions]
    found = []
    for condition in normal:
        opposite = Condition(-condition.polynomial, ">=")
        if condition.relation == ">=" and opposite in normal:
            condition = Condition(condition.polynomial, "==")
            if Condition(-condition.polynomial, "==") in found:
                continue
        found.append(condition)
    return found


def _joined(problem: FamilyProblem, regions: list[Region], prover: Prover) -> list[Region]:
    while True:
        for one, other in combinations(regions, 2):
            union = _union(problem, one, other, prover)
            if union is not None:
                regions = [each for each in regions if each not in (one, other)] + [union]
                break
        else:
            return regions


def _union(problem: FamilyProblem, one: Region, other: Region, prover: Prover) -> Region | None:
    """The two regions as one conjunction, if they make up one: what both imply implies either."""
    common = [c for c in one.when if prover.implies((*problem.assumptions, *other.when), c)]
    common += [
        c
        for c in other.when
        if c not in common and prover.implies((*problem.assumptions, *one.when), c)
    ]
    base = (*problem.assumptions, *common)
    for first in one.when:
        for second in other.when:
            if first in common or second in common:
                continue
            for neither in ((a, b) for a in first.negations() for b in second.negations()):
                if prover.point((*base, *neither)) is not None or (
                    prover.refute((*base, *neither)) is None
                ):
                    return None
    return Region(_facets(problem, tuple(common), prover), one.leaves + other.leaves)
