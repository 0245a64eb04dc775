"""The families of the gallery against formulas derived by hand, and both against brute force."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import all_strategies
import at_points
import brute_force
import pytest
from checked import checked
from random_environments import BASE_SEED

from coopgap.theory.contracts import NoContract
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.readers.load import games, load
from coopgap.theory.specification import FamilySpecification, Specification

EXPECTED = Path(__file__).parents[1] / "expected" / "families"
SLUGS = sorted(file.stem for file in EXPECTED.glob("*.json"))

POINTS = 30
"""The number of points at which report and formula are compared."""

SLOW = {"table-games-pd": 2, "table-games-sh": 2, "public-goods-family": 3}
"""The number of points at which brute force is asked; elsewhere ``BRUTE``."""

BRUTE = 8


def expected(slug: str) -> dict[str, Any]:
    return dict(json.loads((EXPECTED / f"{slug}.json").read_text(encoding="utf-8")))


def family(slug: str) -> FamilySpecification:
    specification = load(slug)
    assert isinstance(specification, FamilySpecification)
    return specification


@cache
def report(slug: str) -> dict[str, Any]:
    return dict(json.loads(json.dumps(checked(slug).document())))


def points(slug: str, count: int) -> list[dict[str, Fraction]]:
    """Points of the family, among them some on the edges of the regions that are expected."""
    edges = sorted(set(at_points.conditions([q["value"] for q in expected(slug)["quantities"]])))
    candidates = at_points.random_points(family(slug).family, Random(BASE_SEED), edges)
    return list(islice(candidates, count))


def test_every_family_has_expected_values() -> None:
    families = [slug for slug, game in games().items() if isinstance(game, FamilySpecification)]
    assert families == SLUGS
    assert len(SLUGS) > 10


def entry_at(data: Any, path: list[str]) -> Any:
    """What a path names in a report: keys, and of lists the name or the position of an entry."""
    for key in path:
        if isinstance(data, list):
            names = [entry.get("name", str(number)) for number, entry in enumerate(data)]
            data = data[names.index(key)]
        else:
            data = data[key]
    return data


def equal(first: Any, second: Any) -> bool:
    if isinstance(first, str) and first not in at_points.INFINITIES:
        return isinstance(second, str) and Fraction(first) == Fraction(second)
    return bool(first == second)


def value_at(value: Any, point: at_points.Point) -> Any:
    """A quantity at a point; numbers as text."""
    assert not at_points.is_unknown(value), value
    quantity = at_points.chosen(value, point)
    if isinstance(quantity, str) and quantity not in at_points.INFINITIES:
        return str(at_points.computed(quantity, point))
    return quantity


@pytest.mark.parametrize("slug", SLUGS)
def test_the_report_is_as_derived_by_hand(slug: str) -> None:
    document = report(slug)
    sampled = points(slug, POINTS)
    assert len(sampled) == POINTS
    for entry in expected(slug)["quantities"]:
        assert entry["source"]
        ours = entry_at(document, entry["path"])
        for point in sampled:
            assert equal(value_at(ours, point), value_at(entry["value"], point)), (
                entry,
                ours,
                dict(point),
            )


@pytest.mark.parametrize("slug", SLUGS)
def test_brute_force_agrees_with_what_was_derived(slug: str) -> None:
    for point in points(slug, SLOW.get(slug, BRUTE)):
        concrete = family(slug).at(point)
        for entry in expected(slug)["quantities"]:
            theirs = brute(concrete, entry["path"])
            assert equal(value_at(entry["value"], point), theirs), (entry, theirs, dict(point))


@pytest.mark.parametrize("slug", SLUGS)
def test_claims(slug: str) -> None:
    listed = expected(slug)["claims"]
    claims = report(slug)["claims"]
    names = ("id", "language", "status")
    assert [[c[name] for name in names] for c in claims] == [[c[n] for n in names] for c in listed]
    for ours, entry in zip(claims, listed, strict=True):
        assert ours["certificate"]["checked"] is True
        if "holds_if" in entry:
            # The same half-space, if not in the same words.
            for point in points(slug, POINTS):
                same_side = at_points.holds(entry["holds_if"], point)
                assert at_points.holds(ours["suggestion"], point) is same_side, (ours, point)


def brute(concrete: Specification, path: list[str]) -> Any:
    """The quantity that a path names, by brute force."""
    if concrete.information is not None:
        return of_strategies(concrete, path)
    game = concrete.environment
    match path:
        case ["first_best", "welfare"]:
            return str(brute_force.first_best(game)[0])
        case ["first_best", "profiles", state]:
            return labelled(concrete, brute_force.first_best(game)[1][game.states.index(state)])
        case ["prosocial_threshold"]:
            return str(brute_force.threshold(game, None, NoContract()))
        case ["selfish" | "prosocial", *rest]:
            levels = concrete.levels[int(rest.pop(0))] if path[0] == "prosocial" else None
            if rest == ["welfare"]:
                return str(brute_force.best_nash_welfare(game, levels))
            stable = brute_force.pure_nash(game, levels)
            return labelled(concrete, stable[game.states.index(rest[1])])
    _, name, quantity = path
    named = next(listed for listed in concrete.languages if listed.name == name)
    language, contracts = named.language, named.contracts
    if quantity in ("incontractible_cells", "directive_gap"):
        assert isinstance(language, ProductLanguage)
        if quantity == "directive_gap":
            return str(brute_force.directive_gap(game, language))
        cells = brute_force.incontractible_cells(game, language)
        return [[game.states[state] for state in cell] for cell in cells]
    if quantity == "suffices":
        return brute_force.gap(game, language, contracts) == 0
    if quantity == "correlated_gap":
        return str(brute_force.correlated_gap(game, language, contracts))
    computed: dict[str, Callable[..., object]] = {
        "value": brute_force.value,
        "gap": brute_force.gap,
        "prosocial_threshold": brute_force.threshold,
    }
    return str(computed[quantity](game, language, contracts))


def of_strategies(concrete: Specification, path: list[str]) -> Any:
    """The same where some player does not see the state."""
    if path == ["first_best", "welfare"]:
        return str(all_strategies.reached(concrete, None, "pooled"))
    language = path[1] if path[0] == "languages" else None
    if path[-1] == "suffices":
        return all_strategies.reached(concrete, language, "gap") == 0
    quantity = "value" if path[-1] == "welfare" else path[-1]
    return str(all_strategies.reached(concrete, language, quantity))


def labelled(concrete: Specification, profiles: Iterable[tuple[int, ...]]) -> list[list[str]]:
    return [list(concrete.environment.labels(profile)) for profile in profiles]
