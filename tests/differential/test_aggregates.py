"""Games of groups against the same games with every player listed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from group_games import bounded, counted, drawn, flat, grouped, listed

from coopgap.proofs.deciding.check import check
from coopgap.theory.aggregates import GroupQuestion


def number(text: Any) -> Any:
    return text if text in ("inf", "-inf") else Fraction(text)


def values(by_groups: Any, by_table: Any) -> Any:
    """V of a language by groups, beside that by the table: of selfish agents, and at a λ."""
    yield by_groups["value"], by_table["value"]
    yield by_groups["prosocial"][0]["value"], by_table["prosocial"][0]["value"]


def require_threshold_alike(by_groups: Any, by_table: Any) -> None:
    if isinstance(by_groups["prosocial_threshold"], str):
        assert by_groups["prosocial_threshold"] == by_table["prosocial_threshold"]


@pytest.mark.parametrize("seed", range(60))
def test_groups_agree_with_their_full_table(seed: int) -> None:
    game = drawn(Random(seed))
    small, full = check(grouped(game)).document(), check(listed(game)).document()
    assert small["first_best"]["welfare"] == full["first_best"]["welfare"]
    for state in game["states"]:
        for part, key in (("first_best", "profiles"), ("selfish", "nash")):
            assert flat(small[part][key][state]) == counted(game, full[part][key][state])
        at_level = full["prosocial"][0]["nash"][state]
        plays = small["prosocial"][0]["nash"][state]
        assert flat(plays) == counted(game, at_level)
    assert small["selfish"]["welfare"] == full["selfish"]["welfare"]
    assert small["prosocial"][0]["welfare"] == full["prosocial"][0]["welfare"]
    assert small["prosocial_threshold"] == full["prosocial_threshold"]
    by_groups, by_table = small["languages"][0], full["languages"][0]
    for value, exact in values(by_groups, by_table):
        if isinstance(value, str):
            assert value == exact
        elif "low" in value:
            assert number(value["low"]) <= number(exact) <= number(value["high"])
        else:
            assert game["joined"] or game["budget"] == "balanced"
    require_threshold_alike(by_groups, by_table)


def test_most_values_are_exact() -> None:
    exact = 0
    for seed in range(60):
        value = check(grouped(drawn(Random(seed)))).document()["languages"][0]["value"]
        exact += isinstance(value, str)
    assert exact > 40


@pytest.mark.parametrize("seed", range(60))
def test_bounded_fines_agree_with_their_full_table(seed: int) -> None:
    game = bounded(Random(seed))
    by_groups = check(grouped(game)).document()["languages"][0]
    by_table = check(listed(game)).document()["languages"][0]
    for value, exact in values(by_groups, by_table):
        if isinstance(value, str):
            assert value == exact
        elif "low" in value:
            low, exact_, high = map(number, (value["low"], exact, value["high"]))
            assert low == "-inf" or low <= exact_ <= high
        else:
            assert game["joined"]
    require_threshold_alike(by_groups, by_table)


def test_most_values_with_bounded_fines_are_exact_and_some_are_changed_by_the_bound() -> None:
    exact, changed, thresholds = 0, 0, 0
    for seed in range(60):
        game = bounded(Random(seed))
        language = check(grouped(game)).document()["languages"][0]
        exact += isinstance(language["value"], str)
        thresholds += language["prosocial_threshold"] not in ("0", "inf") and isinstance(
            language["prosocial_threshold"], str
        )
        del game["liability"]
        changed += language["value"] != check(grouped(game)).document()["languages"][0]["value"]
    assert exact > 40
    assert changed > 7
    assert thresholds > 3


@pytest.mark.parametrize("seed", range(40))
def test_claims_about_plays_agree_with_the_full_table(seed: int) -> None:
    game = drawn(Random(seed))
    spec, full = grouped(game), check(listed(game)).document()
    nash = [full["selfish"]["nash"][state] for state in game["states"]]
    plays = check(spec).document()["selfish"]["nash"]
    groups = spec.game.groups

    def counts(play: Any) -> Any:
        return tuple(tuple(play[g.name].get(a, 0) for a in g.actions) for g in groups)

    exact = tuple(tuple(sorted(map(counts, plays[state]))) for state in game["states"])
    questions = [
        GroupQuestion("unique-nash"),
        GroupQuestion("nash", plays=exact),
        GroupQuestion("nash", plays=tuple(own[1:] for own in exact)),
        GroupQuestion("incontractible"),
    ]
    claims = check(replace(spec, questions=tuple(questions))).document()["claims"]
    alone = all(len(equilibria) == 1 for equilibria in nash)
    assert claims[0]["status"] == ("proved" if alone else "refuted")
    assert claims[1]["status"] == "proved"
    assert claims[2]["status"] == ("refuted" if any(exact) else "proved")
    cells = full["languages"][0]["incontractible_cells"]
    if cells is not None and not any(game["classes"].values()) and not game["total"]:
        assert claims[3]["status"] == ("proved" if cells else "refuted")
