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
    exploration: Exploration,
    prover: Prover,
    key: Callable[[Leaf], Any] | None = None,
) -> list[Region]:
    """The cases, joined until no two with the same claim (or key) make up one conjunction."""
    _agree(problem, rule, exploration.leaves, prover)
    return joined(problem, exploration.leaves, prover, key or (lambda leaf: canonical(leaf.claim)))


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
    return prover.point([Condition(condition.polynomial, ">") for condition in conditions]) is None


def _adopts(problem: Problem, rule: Rule, leaf: Leaf, claim: Fields, prover: Prover) -> bool:
    if not _agrees_at_point(problem, leaf, claim):
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


def _agrees_at_point(problem: Problem, leaf: Leaf, claim: Fields) -> bool:
    """Whether the two claims have the same numbers at the case's own point."""
    try:
        own_values, other_values = (
            {name: value_at(value, problem.index, leaf.point) for name, value in fields.items()}
            for fields in (leaf.claim, claim)
        )
    except Rejected:  # the other claim divides by 0 there
        return False
    return own_values == other_values


def facets(problem: Problem, path: Facets, prover: Prover) -> Facets:
    """The conditions without those that follow from the rest."""
    core = list(dict.fromkeys(path))
    for condition in path:
        rest = [candidate for candidate in core if candidate != condition]
        if len(rest) < len(core) and prover.implies((*problem.assumptions, *rest), condition):
            core = rest
    return _equations(problem, core, prover)


def _equations(
    problem: Problem, conditions: Sequence[Condition], prover: Prover
) -> tuple[Condition, ...]:
    """The conditions, with an equation for p ≥ 0 wherever p ≤ 0 is said or assumed as well."""
    normalised: dict[Condition, None] = {}
    for condition in map(normal, conditions):
        opposite = Condition(-condition.polynomial, ">=")
        path = (*problem.assumptions, *conditions)
        if condition.relation == ">=" and prover.implies(path, opposite):
            equation = Condition(condition.polynomial, "==")
            if Condition(opposite.polynomial, "==") not in normalised:
                normalised[equation] = None
        else:
            normalised[condition] = None
    return tuple(normalised)


def united(problem: Problem, regions: list[Region], prover: Prover) -> list[Region]:
    """The regions, joined until no two make up one conjunction."""
    while True:
        for first, second in combinations(regions, 2):
            union = _union(problem, first, second, prover)
            if union is not None:
                regions = [region for region in regions if region not in (first, second)] + [union]
                break
        else:
            return regions


def _union(problem: Problem, left: Region, right: Region, prover: Prover) -> Region | None:
    """The two regions as one conjunction, if they make up one: of what both imply."""
    common: list[Condition] = []
    for region, opposite in ((left, right), (right, left)):
        known = (*problem.assumptions, *opposite.when)
        common += [
            condition
            for condition in dict.fromkeys(_weaker(region.when))
            if condition not in common and prover.implies(known, condition)
        ]
    base = (*problem.assumptions, *common)
    left_only, right_only = (
        [condition for condition in region.when if not prover.implies(base, condition)]
        for region in (left, right)
    )
    for first, second in product(left_only, right_only):
        for negations in product(first.negations(), second.negations()):
            if prover.refute((*base, *negations)) is None:
                return None
    return Region(facets(problem, tuple(common), prover), left.leaves + right.leaves)


def _weaker(conditions: Sequence[Condition]) -> Iterator[Condition]:
    """The conditions, and what they say with their boundaries or of one side only."""
    for condition in conditions:
        yield condition
        if condition.relation in (">", "=="):
            yield Condition(condition.polynomial, ">=")
        if condition.relation == "==":
            yield Condition(-condition.polynomial, ">=")
