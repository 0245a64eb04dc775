"""Reports on families against reports on their members: at random points, among them points on the
edges of regions, every quantity and claim of a family is that of the concrete game there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice
from random import Random
from typing import Any

import at_points
import brute_force
import pytest
import random_families
from checked import checked
from random_environments import BASE_SEED

from coopgap.proofs.certificates.certificate import verified
from coopgap.proofs.deciding.check import check
from coopgap.theory.readers.load import load
from coopgap.theory.specification import FamilySpecification, Specification

GALLERY = {
    "audits-family": 12,
    "capped-fines": 12,
    "delegation": 12,
    "donation-game": 12,
    "hawk-dove": 12,
    "holmstrom-family": 12,
    "public-goods-family": 8,
    "supply-contract-family": 10,
    "table-games-pd": 6,
    "table-games-sh": 6,
    "unnamed-weather": 12,
}
"""The families of the gallery, and the number of points at which each is tried."""

RANDOM_FAMILIES, MORE_FAMILIES, POINTS = 6, 60, 12

NAMES = ("value", "gap", "directive_gap", "incontractible_cells", "prosocial_threshold")


def json_of(report: Any) -> dict[str, Any]:
    return dict(json.loads(json.dumps(report.document())))


def sampled(
    specification: FamilySpecification, document: Mapping[str, Any], seed: int, count: int
) -> list[dict[str, Fraction]]:
    edges = sorted(set(at_points.conditions(document)))
    points = list(islice(at_points.random_points(specification.family, Random(seed), edges), count))
    assert len(points) == count, "the assumptions are hardly ever met"
    return points


def compare(specification: FamilySpecification, document: dict[str, Any], point: Any) -> int:
    """Compares everything at a point; returns how many quantities were known."""
    concrete = specification.at(point)
    member = json_of(check(concrete))
    counted = 0
    for path, ours, theirs in quantities(document, member):
        if at_points.is_unknown(ours) or at_points.is_unknown(theirs):
            continue
        counted += 1
        assert value_at(ours, point) == theirs, (path, ours, dict(point))
    for ours, theirs in zip(document["languages"], member["languages"], strict=True):
        compare_language(ours, theirs, point)
        compare_selection(ours, concrete, theirs, point)
    compare_claims(document, member, point)
    return counted


def value_at(value: Any, point: Any) -> Any:
    """A quantity, a set of profiles, cells or thresholds at a point."""
    value = at_points.chosen(value, point)
    if isinstance(value, str) and value not in at_points.INFINITIES:
        return str(at_points.computed(value, point))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        levels = (
            {p: value_at(own, point) for p, own in threshold["lambda"].items()}
            for threshold in value
        )
        return [{**threshold, "lambda": own} for threshold, own in zip(value, levels, strict=True)]
    return value


def quantities(document: dict[str, Any], member: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Pairs that must agree, by where they stand."""
    yield "W*", document["first_best"]["welfare"], member["first_best"]["welfare"]
    yield "threshold", document["prosocial_threshold"], member["prosocial_threshold"]
    yield "thresholds", document["agent_thresholds"], member["agent_thresholds"]
    plays = [
        ("selfish", document["selfish"], member["selfish"]),
        *(
            (f"level {k}", ours, theirs)
            for k, (ours, theirs) in enumerate(
                zip(document["prosocial"], member["prosocial"], strict=True)
            )
        ),
    ]
    for name, ours, theirs in plays:
        yield f"{name} welfare", ours["welfare"], theirs["welfare"]
        for state in ours["nash"]:
            yield f"{name} nash {state}", ours["nash"][state], theirs["nash"].get(state)
        assert set(theirs["nash"]) <= set(ours["nash"])
    best = document["first_best"]["profiles"], member["first_best"]["profiles"]
    for state in best[0]:
        yield f"FB {state}", best[0][state], best[1].get(state)
    for ours, theirs in zip(document["languages"], member["languages"], strict=True):
        for name in (
            "value",
            "gap",
            "directive_gap",
            "incontractible_cells",
            "prosocial_threshold",
        ):
            yield f"{ours['name']} {name}", ours[name], theirs[name]
        for level, own in zip(ours["prosocial"], theirs["prosocial"], strict=True):
            for name in ("value", "gap"):
                yield f"{ours['name']} {name} at {level['lambda']}", level[name], own[name]


def compare_language(ours: dict[str, Any], theirs: dict[str, Any], point: Any) -> None:
    known, exact = ours["correlated_gap"], theirs["correlated_gap"]
    if known is not None and not at_points.is_unknown(known) and isinstance(exact, str):
        assert value_at(known, point) == exact
    if not at_points.is_unknown(ours["suffices"]):
        assert at_points.chosen(ours["suffices"], point) is (theirs["gap"] == "0")
    obstruction = at_points.chosen(ours["obstruction"], point)
    if obstruction is not None and not at_points.is_unknown(obstruction):
        assert theirs["gap"] != "0"
        assert at_points.computed(obstruction["sum"], point) > 0


def compare_selection(
    ours: dict[str, Any], concrete: Specification, theirs: dict[str, Any], point: Any
) -> None:
    """The selection reaches the value, and some contract implements it."""
    selection = at_points.chosen(ours["selection"], point)
    if at_points.is_unknown(selection) or ours["contracts"]["kind"] == "directive":
        return
    assert (selection is None) == (theirs["selection"] is None), (ours["name"], point)
    if selection is None:
        return
    game = concrete.environment
    play = {
        game.states.index(state): tuple(
            labels.index(label) for labels, label in zip(game.actions, profile, strict=True)
        )
        for state, profile in selection.items()
        if game.prior[game.states.index(state)] > 0
    }
    assert str(brute_force.expected_welfare(game, play)) == theirs["value"]
    named = next(language for language in concrete.languages if language.name == ours["name"])
    assert brute_force.implementable(
        game, named.language, named.contracts, play, brute_force.selfish(game)
    )


def compare_claims(document: dict[str, Any], member: dict[str, Any], point: Any) -> None:
    """What is proved of the family is proved of every member."""
    for ours, theirs in zip(document["claims"], member["claims"], strict=True):
        assert (ours["id"], ours["language"]) == (theirs["id"], theirs["language"])
        if ours["status"] in ("proved", "trusted"):
            assert theirs["status"] != "refuted", (ours, dict(point))


def compare_counterexamples(specification: FamilySpecification, document: dict[str, Any]) -> int:
    """A counterexample satisfies the assumptions, and the concrete claim is refuted there."""
    refuted = 0
    for number, claim in enumerate(document["claims"]):
        if claim["status"] == "refuted":
            point = {name: Fraction(value) for name, value in claim["counterexample"].items()}
            concrete = check(specification.at(point))
            assert concrete.claims[number].status == "refuted", claim
            refuted += 1
        else:
            assert claim["counterexample"] is None
    return refuted


def compare_certificates(report: Any, document: dict[str, Any]) -> None:
    """Every certificate that the report names is accepted when read again."""
    named = set(document["certificates"].values())
    named |= {
        sha for language in document["languages"] for sha in language["certificates"].values()
    }
    named |= {
        claim["certificate"]["sha256"] for claim in document["claims"] if claim["certificate"]
    }
    assert named <= set(report.texts)
    for sha in named:
        verdict = verified(report.texts[sha])
        assert verdict.accepted, verdict.reason


@pytest.mark.parametrize("slug", GALLERY)
def test_the_gallery_at_points(slug: str) -> None:
    specification = load(slug)
    assert isinstance(specification, FamilySpecification)
    report = checked(slug)
    document = json_of(report)
    seed = BASE_SEED
    print(f"COOPGAP_SEED={seed}")
    for point in sampled(specification, document, seed, GALLERY[slug]):
        assert compare(specification, document, point) > 5
    compare_counterexamples(specification, document)
    compare_certificates(report, document)


@pytest.mark.parametrize("number", range(RANDOM_FAMILIES))
def test_random_families_at_points(number: int) -> None:
    require_the_same_at_points(number)


@pytest.mark.deep
@pytest.mark.parametrize("number", range(RANDOM_FAMILIES, MORE_FAMILIES))
def test_more_random_families_at_points(number: int) -> None:
    require_the_same_at_points(number)


def require_the_same_at_points(number: int) -> None:
    seed = BASE_SEED + number
    family = random_families.family(seed)
    print(f"COOPGAP_SEED={BASE_SEED}\n{family}")
    specification = family.specification
    report = check(specification)
    document = json_of(report)
    for point in sampled(specification, document, seed, POINTS):
        compare(specification, document, point)
    compare_counterexamples(specification, document)
    compare_certificates(report, document)
