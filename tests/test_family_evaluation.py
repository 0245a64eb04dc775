"""A family's report at points, and what it claims where its file claims nothing."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from coopgap import check, load
from coopgap.proofs.families.evaluation import evaluator
from coopgap.proofs.fuzzing.campaigns import Verdict
from coopgap.proofs.theorems.prove import decide_all
from coopgap.proofs.theorems.registry import find
from coopgap.terminal.conjectures import story as conjectures_told
from coopgap.terminal.output import statements_table
from coopgap.terminal.theorems import story
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, MINUS_INFINITY
from coopgap.theory.readers.spec import spec_from_text

FAMILIES = ["table-games-sh", "unnamed-weather", "hawk-dove", "capped-fines"]


def points(specification: Any, count: int) -> list[dict[str, Fraction]]:
    rng = Random(11)
    found: list[dict[str, Fraction]] = []
    while len(found) < count:
        values = {n: Fraction(rng.randint(-30, 60), 10) for n in specification.family.parameters}
        try:
            specification.family.point(values)
        except InputError:
            continue
        found.append(values)
    return found


@pytest.mark.no_cover
@pytest.mark.parametrize("slug", FAMILIES)
def test_a_report_at_a_point_is_the_check_there(slug: str) -> None:
    bare = replace(load(slug), questions=())  # type: ignore[type-var]
    report: Any = check(bare)
    for values in points(bare, 6):
        told = report.at(values)
        concrete: Any = check(bare.at(values))  # type: ignore[union-attr]
        assert told["first_best"]["welfare"] == concrete.first_best.welfare
        assert told["prosocial_threshold"] == concrete.prosocial_threshold
        assert told["selfish"]["welfare"] == concrete.selfish.welfare
        for ours, theirs in zip(told["languages"], concrete.languages, strict=True):
            assert ours["value"] == theirs.value
            assert ours["gap"] == theirs.gap
            assert ours["suffices"] is (theirs.gap == 0)
            assert ours["prosocial_threshold"] == theirs.prosocial_threshold


def test_a_point_needs_all_parameters() -> None:
    report: Any = check(replace(load("hawk-dove"), questions=()))  # type: ignore[type-var]
    with pytest.raises(InputError, match="no value"):
        report.at({})


def test_every_form_of_expression_is_evaluated() -> None:
    plain = {
        "first_best": {"welfare": "Max(x/2, Min(y, 3), 2*(x + y)/(y + 4))", "profiles": {}},
        "selfish": {"welfare": None},
        "languages": [
            {
                "gap": [
                    {"when": "x > y and x != 3", "value": "inf"},
                    {"when": "x <= y", "value": "-inf"},
                ]
            }
        ],
        "prosocial_threshold": "x**2 - 1/3",
        "agent_thresholds": [{"when": "x == 2", "value": "1"}, {"when": "x > 2", "value": "x"}],
        "prosocial": [],
    }
    at = evaluator(plain, ("x", "y"))
    found = at([Fraction(5, 2), Fraction(1)])
    assert found["first_best"]["welfare"] == Fraction(7, 5)
    assert found["languages"][0]["gap"] is INFINITY
    assert found["prosocial_threshold"] == Fraction(71, 12)
    assert at([Fraction(2), Fraction(4)])["languages"][0]["gap"] is MINUS_INFINITY


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("slug", "claims"),
    [
        ("unnamed-weather", {"gap-positive", "gap-zero", "threshold-at-most"}),
        ("table-games-sh", {"gap-positive", "correlated-gap-positive", "threshold-at-most"}),
    ],
)
def test_a_family_that_claims_nothing_is_told_what_applies(slug: str, claims: set[str]) -> None:
    report: Any = check(replace(load(slug), questions=()))  # type: ignore[type-var]
    found = {each["id"]: each for each in report.plain["claims"]}
    assert claims <= set(found)
    assert {each["status"] for each in found.values()} == {"proved"}
    assert all(each["theorem"] for each in found.values())


def test_a_gap_whose_denominator_is_negative() -> None:
    """In lowest terms (m - c) stands below the line as (c - m), which the assumptions make < 0."""
    text = """
        [parameters]
        names = ["c", "m"]
        assume = ["m > c"]
        [game]
        players = ["row", "col"]
        actions = { row = ["C", "D"], col = ["C", "D"] }
        [game.payoffs]
        row = [["3/(m-c)", 0], ["4/(m-c)", "1/(m-c)"]]
        col = "symmetric"
        [[language]]
        name = "nothing"
        actions = { row = [["C", "D"]], col = [["C", "D"]] }
    """
    specification: Any = spec_from_text(text, "x.toml")
    report: Any = check(specification)
    (told,) = report.plain["languages"]
    assert told["suffices"] is False
    assert told["obstruction"]["kind"] == "aliasing"
    assert {"gap-positive"} <= {each["id"] for each in report.plain["claims"]}
    for values in points(specification, 5):
        concrete: Any = check(specification.at(values))
        assert report.at(values)["languages"][0]["gap"] == concrete.languages[0].gap > 0


def test_theorems_and_conjectures_are_told() -> None:
    from rich.console import Console

    console = Console(width=80, record=True, file=io.StringIO())
    theorems = find(["pd-gap", "pd-threshold-2-refuted", "sh-equilibria"])
    console.print(story(list(decide_all(theorems))))
    console.print(statements_table([{"id": each.id, "statement": "so"} for each in theorems]))
    refuted = Verdict("x", "a statement", "refuted", 9, 2, 1, 0.5, "title = 'x'", {}, {}, {})
    boxes = {"boxes": 3, "clear": 2, "undecided": 1}
    shapes = {f"2×{k}, 1 state": k for k in range(2, 12)}
    survived = Verdict(
        *("y", "another", "survived", 9, 2, 1, 0.5, None, {}, shapes, {"gap > 0": 7}, None, "so")
    )
    asked = Verdict(*("z", "a third", "survived", 3, 0, 0, 0.5, None, {}, {}, {}, boxes))
    console.print(conjectures_told([refuted, survived, asked]))
    text = console.export_text()
    for words in (
        "holds if also",
        "is redundant",
        "certificate",
        "1 undecided",
        "a statement",
        "and 4 more",
        "gap > 0: met by 7",
        "3 boxes",
    ):
        assert words in text
