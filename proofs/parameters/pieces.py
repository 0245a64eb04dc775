"""From cases to pieces: few regions, each one conjunction, with one claim each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from coopgap.proofs.algebra.conditions import Condition, normal
from coopgap.proofs.certificates.certificate import canonical, value_at
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.parameters.regions import Exploration, Leaf, Recorder, Rule
from coopgap.proofs.trusted.documents import Rejected
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.json_values import Fields

Facets = tuple[Condition, ...]


@dataclass(frozen=True)
class Region:
    """Conditions beside the assumptions, and the cases that make up exactly what satisfies them."""

    when: Facets
    leaves: tuple[Leaf, ...]

    @property
    def claim(self) -> Fields:
        """What all of its cases claim."""
        return self.leaves[0].claim


def pieces(
    problem: Problem,
    rule: Rule,
    found: Exploration,
    prover: Prover,
    key: Callable[[Leaf], Any] | None = None,
) -> list[Region]:
    """The cases, joined until no two with the same claim (or key) make up one conjunction."""
    _agree(problem, rule, found.leaves, prover)
    return joined(problem, found.leaves, prover, key or (lambda leaf: canonical(leaf.claim)))


def joined(
    problem: Problem,
    leaves: Sequence[Leaf],
    prover: Prover,
    key: Callable[[Leaf], Any],
) -> list[Region]:
    """Regions of cases of the same key, joined until no two make up one conjunction."""
    groups: dict[Any, list[Region]] = {}
    for leaf in leaves:
        region = Region(facets(problem, leaf.path, prover), (leaf,))
        groups.setdefault(key(leaf), []).append(region)
    return [region for group in groups.values() for region in united(problem, group, prover)]


def _agree(problem: Problem, rule: Rule, leaves: Sequence[Leaf], prover: Prover) -> None:
    """Gives cases the same claim wherever their witnesses show it.

    A claim of a case that has an interior is preferred, then the claim of the most cases.
    """
    flat = {id(leaf) for leaf in leaves if _is_flat(problem, leaf, prover)}
    ranks: dict[str, tuple[int, int, int]] = {}
    claims: dict[str, Fields] = {}
    for leaf in leaves:
        text = canonical(leaf.claim)
        flats, count, _ = ranks.get(text, (1, 0, 0))
        ranks[text] = (min(flats, int(id(leaf) in flat)), count - 1, len(text))
        claims[text] = leaf.claim
    for leaf in leaves:
        for text in sorted(ranks, key=ranks.__getitem__):
            if text == canonical(leaf.claim) or _adopts(problem, rule, leaf, claims[text], prover):
                break


def _is_flat(problem: Problem, leaf: Leaf, prover: Prover) -> bool:
    """Whether the case has no interior."""
    conditions = (*problem.assumptions, *leaf.path)
    return prover.point([Condition(each.polynomial, ">") for each in conditions]) is None


def _adopts(problem: Problem, rule: Rule, leaf: Leaf, claim: Fields, prover: Prover) -> bool:
    if not _same_there(problem, leaf, claim):
        return False
    recorder = Recorder(leaf.point)
    try:
        rule.run(recorder, True, claim, leaf.witness)
    except Rejected:
        return False
    path = (*problem.assumptions, *leaf.path)
    if not all(prover.implies(path, condition) for condition in recorder.noted):
        return False
    leaf.claim, leaf.noted = claim, recorder.noted
    return True


def _same_there(problem: Problem, leaf: Leaf, claim: Fields) -> bool:
    """Whether the two claims have the same numbers at the case's own point."""
    try:
        here, there = (
            {name: value_at(value, problem.index, leaf.point) for name, value in each.items()}
            for each in (leaf.claim, claim)
        )
    except Rejected:  # the other claim divides by 0 there
        return False
    return here == there


def facets(problem: Problem, path: Facets, prover: Prover) -> Facets:
    """The conditions without those that follow from the rest."""
    kept = list(dict.fromkeys(path))
    for condition in path:
        others = [each for each in kept if each != condition]
        if len(others) < len(kept) and prover.implies((*problem.assumptions, *others), condition):
            kept = others
    return _equations(problem, kept, prover)


def _equations(
    problem: Problem, conditions: Sequence[Condition], prover: Prover
) -> tuple[Condition, ...]:
    """The conditions, with an equation for p ≥ 0 wherever p ≤ 0 is said or assumed as well."""
    found: dict[Condition, None] = {}
    for condition in (normal(each) for each in conditions):
        opposite = Condition(-condition.polynomial, ">=")
        path = (*problem.assumptions, *conditions)
        if condition.relation == ">=" and prover.implies(path, opposite):
            equation = Condition(condition.polynomial, "==")
            if Condition(opposite.polynomial, "==") not in found:
                found[equation] = None
        else:
            found[condition] = None
    return tuple(found)


def united(problem: Problem, regions: list[Region], prover: Prover) -> list[Region]:
    """The regions, joined until no two make up one conjunction."""
    while True:
        for one, other in combinations(regions, 2):
            union = _union(problem, one, other, prover)
            if union is not None:
                regions = [each for each in regions if each not in (one, other)] + [union]
                break
        else:
            return regions


def _union(problem: Problem, one: Region, other: Region, prover: Prover) -> Region | None:
    """The two regions as one conjunction, if they make up one: of what both imply."""
    common: list[Condition] = []
    for region, opposite in ((one, other), (other, one)):
        known = (*problem.assumptions, *opposite.when)
        common += [
            each
            for each in dict.fromkeys(_weaker(region.when))
            if each not in common and prover.implies(known, each)
        ]
    base = (*problem.assumptions, *common)
    left, right = (
        [each for each in region.when if not prover.implies(base, each)] for region in (one, other)
    )
    for first, second in product(left, right):
        for neither in product(first.negations(), second.negations()):
            if prover.refute((*base, *neither)) is None:
                return None
    return Region(facets(problem, tuple(common), prover), one.leaves + other.leaves)


def _weaker(conditions: Sequence[Condition]) -> Iterator[Condition]:
    """The conditions, and what they say with their boundaries or of one side only."""
    for condition in conditions:
        yield condition
        if condition.relation in (">", "=="):
            yield Condition(condition.polynomial, ">=")
        if condition.relation == "==":
            yield Condition(-condition.polynomial, ">=")
