"""A family's report at points, and what it claims where its file claims nothing."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from checked import checked

from coopgap import check, load
from coopgap.proofs.algebra.rational import compared, ratio
from coopgap.proofs.deciding.evaluation import evaluator
from coopgap.proofs.deciding.reports import as_document
from coopgap.proofs.deciding.values import (
    Absent,
    Bounds,
    Expression,
    Extremum,
    Piece,
    Pieces,
    Unknown,
    Where,
    everywhere,
)
from coopgap.proofs.fuzzing.campaigns import Verdict
from coopgap.proofs.theorems.prove import decide_all
from coopgap.proofs.theorems.registry import find
from coopgap.terminal.conjectures import story as conjectures_told
from coopgap.terminal.output import statements_table
from coopgap.terminal.theorems import story
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, MINUS_INFINITY
from coopgap.theory.expressions import spelled
from coopgap.theory.parsing import parse_expression
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification

FAMILIES = ["table-games-sh", "unnamed-weather", "hawk-dove", "capped-fines"]


def load_family(slug: str) -> FamilySpecification:
    specification = load(slug)
    assert isinstance(specification, FamilySpecification)
    return specification


def points(specification: FamilySpecification, count: int) -> list[dict[str, Fraction]]:
    rng = Random(11)
    drawn: list[dict[str, Fraction]] = []
    while len(drawn) < count:
        values = {n: Fraction(rng.randint(-30, 60), 10) for n in specification.family.parameters}
        try:
            specification.family.point(values)
        except InputError:
            continue
        drawn.append(values)
    return drawn


@pytest.mark.parametrize("slug", FAMILIES)
def test_a_report_at_a_point_is_the_check_there(slug: str) -> None:
    bare = replace(load_family(slug), questions=())
    report: Any = check(bare)
    for values in points(bare, 6):
        answers = report.at(values)
        concrete: Any = check(bare.at(values))
        assert answers["first_best"]["welfare"] == concrete.first_best.welfare
        assert answers["prosocial_threshold"] == concrete.prosocial_threshold
        assert answers["selfish"]["welfare"] == concrete.selfish.welfare
        for ours, theirs in zip(answers["languages"], concrete.languages, strict=True):
            assert ours["value"] == theirs.value
            assert ours["gap"] == theirs.gap
            assert ours["suffices"] is (theirs.gap == 0)
            assert ours["prosocial_threshold"] == theirs.prosocial_threshold


def test_a_point_needs_all_parameters() -> None:
    specification = load("hawk-dove")
    assert isinstance(specification, FamilySpecification)
    report: Any = check(replace(specification, questions=()))
    with pytest.raises(InputError, match="no value"):
        report.at({})


NAMES = ("x", "y")
INDEX = {name: k for k, name in enumerate(NAMES)}


def number(text: str) -> Expression:
    return Expression(ratio(parse_expression(text), INDEX)[0], NAMES)


def where(*comparisons: tuple[str, str, str]) -> Where:
    bounds = [(number(left).ratio, how, number(right).ratio) for left, how, right in comparisons]
    return Where(tuple(compared(*bound) for bound in bounds), NAMES)


def test_every_form_of_value_is_evaluated() -> None:
    pieces = Pieces(
        (
            Piece(where(("x", ">", "y"), ("x", "!=", "3")), INFINITY),
            Piece(where(("x", "<=", "y")), MINUS_INFINITY),
        )
    )
    at = evaluator(
        {
            "welfare": Extremum("Max", (number("x/2"), Fraction(1), number("2*(x + y)/(y + 4)"))),
            "least": Extremum("Min", (number("x/2"), number("y"))),
            "gaps": (pieces, Unknown("no time was left")),
            "threshold": number("x**2 - 1/3"),
            "levels": Pieces((Piece(where(("x", "==", "2")), 1), Piece(where(), number("x")))),
        }
    )
    answers = at([Fraction(5, 2), Fraction(1)])
    assert (answers["welfare"], answers["least"]) == (Fraction(7, 5), 1)
    assert answers["gaps"] == [INFINITY, {"unknown": "no time was left"}]
    assert (answers["threshold"], answers["levels"]) == (Fraction(71, 12), Fraction(5, 2))
    answers = at([Fraction(2), Fraction(4)])
    assert (answers["gaps"][0], answers["levels"]) == (MINUS_INFINITY, 1)


def test_every_value_has_a_json_form() -> None:
    values = {"a": Bounds(Fraction(1, 2), INFINITY), "b": Absent("x"), "c": Unknown("y")}
    document = {"a": {"low": "1/2", "high": "inf"}, "b": None, "c": {"unknown": "y"}}
    assert as_document(values) == document
    assert everywhere(Fraction(3)) == 3
    value: Any
    for value in (Unknown("y"), Absent("x"), Pieces(())):
        with pytest.raises(TypeError, match="no single value"):
            everywhere(value)


def test_a_game_is_a_family_without_parameters() -> None:
    report: Any = checked("n5")
    answers = report.at({})
    assert answers["first_best"]["welfare"] == report.first_best.welfare
    assert [language["gap"] for language in answers["languages"]] == [
        language.gap for language in report.languages
    ]


def test_what_fines_cannot_pay_is_said_to_be_missing() -> None:
    report: Any = checked("n4")
    (words,) = {
        part.obstruction.words
        for part in report.languages
        if getattr(part.obstruction, "kind", "") == "farkas"
    }
    assert words.startswith(
        "no transfers within the budget and liability can deter these together, 1 are missing: "
    )


def test_an_expression_and_its_tree_are_written_alike() -> None:
    rng = Random(3)
    for _ in range(300):
        above, below = (
            " + ".join(
                f"({rng.randint(-6, 6)}/{rng.randint(1, 3)})*x**{rng.randint(0, 2)}"
                f"*y**{rng.randint(0, 1)}"
                for _ in range(rng.randint(1, 3))
            )
            for _ in range(2)
        )
        fraction = number(f"({above})/(1 + x**2 + ({below})**2)")
        assert spelled(fraction.tree) == spelled(parse_expression(str(fraction)))


@pytest.mark.parametrize(
    ("slug", "claims"),
    [
        ("unnamed-weather", {"gap-positive", "gap-zero", "threshold-at-most"}),
        ("table-games-sh", {"gap-positive", "correlated-gap-positive", "threshold-at-most"}),
    ],
)
def test_a_family_that_claims_nothing_is_told_what_applies(slug: str, claims: set[str]) -> None:
    report: Any = check(replace(load_family(slug), questions=()))
    claims_by_id = {claim["id"]: claim for claim in report.document()["claims"]}
    assert claims <= set(claims_by_id)
    assert {claim["status"] for claim in claims_by_id.values()} == {"proved"}
    assert all(claim["theorem"] for claim in claims_by_id.values())


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
    (language,) = report.document()["languages"]
    assert language["suffices"] is False
    assert language["obstruction"]["kind"] == "aliasing"
    assert {"gap-positive"} <= {claim["id"] for claim in report.document()["claims"]}
    for values in points(specification, 5):
        concrete: Any = check(specification.at(values))
        assert report.at(values)["languages"][0]["gap"] == concrete.languages[0].gap > 0


def test_theorems_and_conjectures_are_told() -> None:
    from rich.console import Console

    console = Console(width=80, record=True, file=io.StringIO())
    theorems = find(["pd-gap", "pd-threshold-2-refuted", "sh-equilibria"])
    for theorem in decide_all(theorems):
        console.print(story(theorem))
    console.print(statements_table([{"id": theorem.id, "statement": "so"} for theorem in theorems]))
    refuted = Verdict("x", "a statement", "refuted", 9, 2, 1, 0.5, "title = 'x'", {}, {}, {})
    boxes = {"boxes": 3, "clear": 2, "undecided": 1}
    shapes = {f"2×{k}, 1 state": k for k in range(2, 12)}
    survived = Verdict(
        *("y", "another", "survived", 9, 2, 1, 0.5, None, {}, shapes, {"gap > 0": 7}, None, "so")
    )
    third = Verdict(*("z", "a third", "survived", 3, 0, 0, 0.5, None, {}, {}, {}, boxes))
    console.print(conjectures_told([refuted, survived, third]))
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
