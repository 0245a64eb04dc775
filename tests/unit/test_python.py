"""Python first: games from arrays and expressions, and what the functions of coopgap answer."""

from __future__ import annotations

import json
import re
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sympy
from html5lib import HTMLParser

import coopgap
from coopgap import Game
from coopgap.proofs.deciding.symbolic import as_sympy, written
from coopgap.theory.errors import InputError
from coopgap.theory.specification import FamilySpecification, Specification

ROW, COL = [[3, 0], [5, 1]], [[3, 5], [0, 1]]


def environment(game: Game) -> Any:
    specification = game.specification
    assert isinstance(specification, Specification)
    return specification.environment


@pytest.mark.parametrize(
    "tables",
    [
        (ROW, COL),
        (np.array(ROW), np.array(COL)),
        (np.array(ROW, dtype=object), np.array(COL, dtype=np.int8)),
        ([["6/2", 0], [Fraction(5), Decimal("1.0")]], [[3, sympy.Integer(5)], [0, 1]]),
        (tuple(map(tuple, ROW)), COL),
    ],
)
def test_arrays_of_every_kind_mean_the_same(tables: tuple[Any, Any]):
    game = Game.from_arrays(*tables, players=["row", "col"], actions=[["C", "D"], ["C", "D"]])
    game_environment = environment(game)
    assert game_environment.players == ("row", "col")
    assert game_environment.actions == (("C", "D"), ("C", "D"))
    assert (game_environment.payoffs[:, 0] / game_environment.denominator).tolist() == [ROW, COL]
    report = coopgap.check(game)
    assert report.to_dict()["prosocial_threshold"] == "2"


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (([[0.3, 0], [5, 1]], COL), "tables[0][0][0]: 0.3 is a float, which is not exact"),
        ((ROW, np.array(COL) / 2), "tables[1][0][0]: 1.5 is a"),
        (([[True, 0], [5, 1]], COL), "tables[0][0][0]: True is no number"),
        (([[None, 0], [5, 1]], COL), "tables[0][0][0]: None is no exact number"),
        (([["x + 1", 0], [5, 1]], COL), "'x"),
        (([[sympy.pi, 0], [5, 1]], COL), "pi is no ratio of polynomials"),
        ((ROW, [[3, 5], [0]]), "the list has length 1"),
        ((ROW,), "nested 2 deep for 1 players"),
        ((), "there are 0 tables of payoffs"),
    ],
)
def test_what_is_not_exact_is_refused(tables: Any, message: str):
    with pytest.raises(InputError) as refused:
        assert Game.from_arrays(*tables).specification
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("states", "fields", "message"),
    [
        (0, {"actions": [["C", "D"]]}, "actions: this does not list one entry for each of 2 play"),
        (0, {"actions": [1, 2]}, "actions.1: 1 is no list of actions"),
        (0, {"cooperative": {"1": 5}}, "cooperative.1: 5 is no list of actions"),
        (0, {"prior": ["1/2", "1/2"]}, "prior: there are no states"),
        (3, {"states": ["u", "v"], "prior": ["1/2"] * 2}, "tables[0]: this does not list one"),
        (1, {"states": ["u", "v"], "prior": ["1/2"] * 2}, "tables[0]: this does not list one"),
    ],
)
def test_lists_of_another_length_are_refused(states: int, fields: Any, message: str):
    tables: Any = ([ROW] * states, [COL] * states) if states else (ROW, COL)
    with pytest.raises(InputError) as refused:
        Game.from_arrays(*tables, **fields)
    assert message in str(refused.value)


def test_states_languages_claims_and_levels():
    rain = [[[3, -2], [4, 2]], [[2, 4], [-2, 3]]]
    game = (
        Game.from_arrays(
            rain,
            [[[3, 4], [-2, 2]], [[2, -2], [4, 3]]],
            players=["row", "col"],
            actions=[["A", "B"], ["A", "B"]],
            states=["w1", "w2"],
            prior=[Fraction(1, 2), "1/2"],
        )
        .with_contracts(budget="free")
        .with_language("blind", states=[["w1", "w2"]])
        .with_prosociality(0, Fraction(1, 4), {"row": 0, "col": 2})
        .with_claim("gap-at-most", language="blind", value=Fraction(0))
        .with_claim("closes", lambda_=1)
    )
    report = coopgap.check(game)
    (language,) = report.languages
    assert language.gap == 0
    assert [claim.status for claim in report.claims] == ["proved", "proved"]
    built_in = coopgap.check("n4").to_dict()["languages"][0]
    assert report.to_dict()["languages"][0]["gap"] == built_in["gap"]


def test_families_from_expressions_and_back():
    v, k = sympy.symbols("v k")
    game = Game.from_arrays(
        [[(v - k) / 2, v], [0, v / 2]],
        [[(v - k) / 2, 0], [v, v / 2]],
        players=["row", "col"],
        actions=[["hawk", "dove"], ["hawk", "dove"]],
        assume=[v > 0, k > v],
        title="Hawk and dove",
    )
    specification = game.specification
    assert isinstance(specification, FamilySpecification)
    assert specification.family.parameters == ("k", "v")
    answer = coopgap.check(game).sympy()
    assert sympy.simplify(answer["first_best"]["welfare"] - v) == 0
    text = coopgap.check(game).to_dict()["first_best"]["welfare"]
    assert text == "v"


v, k = sympy.symbols("v k")


@pytest.mark.parametrize(
    "expression",
    [(v - k) / 2, v**2 - 3 / k, -2 / (2 - v - k), sympy.Rational(1, 3) * v**3 * k**-2],
)
def test_expressions_survive_the_way_there_and_back(expression: sympy.Expr):
    game = Game.from_arrays([[expression]], [[0]], assume=[v > 0, k > 2])
    report = coopgap.check(game)
    assert sympy.simplify(report.sympy()["first_best"]["welfare"] - expression) == 0


def test_conditions_and_infinity_as_sympy():
    x, y = sympy.symbols("x y")
    assert written(x >= y / 2) in ("x >= (1/2)*y", "x >= y*(1/2)")
    report = coopgap.check("donation-game").sympy()
    assert isinstance(report["prosocial_threshold"], sympy.Basic)
    assert as_sympy(Fraction(1, 3)) == sympy.Rational(1, 3)
    threshold = coopgap.check("n2").sympy()["prosocial_threshold"]
    assert threshold == sympy.oo


def test_a_report_as_json_and_frame():
    report = coopgap.check("n5")
    assert json.loads(report.to_json()) == report.to_dict()
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = report.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.loc["output-free", "gap"] == "0"
    labelled = pandas.DataFrame(ROW, index=["C", "D"], columns=["c", "d"])
    game = Game.from_arrays(labelled, pandas.DataFrame(COL))
    assert environment(game).actions == (("C", "D"), ("c", "d"))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: coopgap.check("n5"), "refuted: gap-zero for output-balanced"),
        (lambda: coopgap.check("hawk-dove"), "gap"),
        (lambda: coopgap.check("cournot"), "first best"),
        (lambda: coopgap.check("sheep"), "selfish agents"),
        (lambda: coopgap.check("n5").claims[0], "refuted: gap-zero for output-balanced"),
        (lambda: coopgap.frontier("n5"), "Δ at λ = 0"),
        (lambda: coopgap.prove("pd-gap"), "proved"),
        (lambda: coopgap.fuzz("n6", cases=20, seed=1)[0], "refuted"),
        (lambda: Game.from_arrays(ROW, COL), "<Game of 1, 2 with 2 × 2 actions>"),
        (lambda: coopgap.load("n4"), "blind-free  free transfers"),
        (lambda: coopgap.load("hawk-dove"), "v > 0"),
        (lambda: coopgap.load("sheep"), "agents"),
        (lambda: coopgap.load("cournot"), "firm"),
        (lambda: coopgap.load("fish-war"), "discount"),
        (lambda: coopgap.check("fish-war"), "λ"),
    ],
)
def test_everything_shows_itself(make: Any, words: str):
    value = make()
    text = re.sub(r" +", " ", repr(value))
    assert re.sub(r" +", " ", words) in text
    assert len(text) < 4000
    page = value._repr_html_()
    assert "<table" in page or "<p>" in page
    HTMLParser(strict=True).parse(f"<!DOCTYPE html><title>x</title>{page}")
    if hasattr(value, "document") and callable(value.document):
        assert json.loads(value.to_json()) == json.loads(json.dumps(value.to_dict()))


def test_the_notebook_is_what_it_shows():
    """Its outputs are those of today: ``python docs/notebooks.py`` writes them."""
    module = run_path(str(Path(__file__).parents[2] / "docs" / "notebooks.py"))
    stored = json.loads(module["NOTEBOOK"].read_text(encoding="utf-8"))
    assert module["executed"](stored) == stored
    assert '<div class="output">' in module["page"](stored)
    wrong = json.loads(json.dumps(stored))
    wrong["cells"] = [c for c in wrong["cells"] if c["cell_type"] == "code"][:1]
    wrong["cells"][0]["outputs"] = []
    assert module["executed"](wrong) != wrong


def test_without_pandas_a_frame_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    objects: list[Any] = [coopgap.check("n5"), coopgap.load("n5")]
    for value in objects:
        with pytest.raises(InputError, match="pandas is not installed; pip install pandas"):
            value.to_frame()


def test_games_of_other_libraries():
    nash = SimpleNamespace(payoff_matrices=(np.array(ROW), np.array(COL)))
    assert (environment(Game.from_nashpy(nash)).payoffs[:, 0]).tolist() == [ROW, COL]
    nashpy = pytest.importorskip("nashpy", reason="nashpy is not installed")
    assert environment(Game.from_nashpy(nashpy.Game(ROW, COL))).players == ("1", "2")


def test_the_other_functions(tmp_path: Path):
    game = Game.from_arrays(ROW, COL).with_prosociality(0, 2)
    assert coopgap.frontier(game).document()["languages"][0]["name"] == "complete"
    (verdict,) = coopgap.fuzz("n6", cases=200, seed=1)
    assert verdict.status == "refuted"
    texts = coopgap.example(game, "markdown", name="pd", out=tmp_path)
    assert (tmp_path / "pd.md").read_text(encoding="utf-8") == texts["pd.md"]
    axes = coopgap.figure("welfare", game)
    assert type(axes).__module__.startswith("matplotlib")
    (sha, text), *_ = coopgap.check(game).texts.items()
    assert coopgap.verify(text)["accepted"]
    path = tmp_path / f"{sha}.json"
    path.write_text(text, encoding="utf-8")
    assert coopgap.verify(path) == coopgap.verify(text)
    with pytest.raises(InputError, match="is no game"):
        coopgap.check(3)


def test_notebooks_show_games():
    assert "<table>" in Game.from_arrays(ROW, COL)._repr_html_()
    x = sympy.Symbol("x")
    assert "For all x" in Game.from_arrays([[x]], [[0]])._repr_html_()


def test_the_parts_of_a_report_show_themselves():
    report = coopgap.check("n5")
    text = repr(report.languages[0])
    assert "gap                  1\n" in text
    assert "balanced transfers cancel in these deviations" in text
    assert '<th scope="row">welfare</th><td>2</td>' in report.first_best._repr_html_()
    family = coopgap.check("donation-game").languages[1]
    assert repr(family.gap) == "2*(b - c)"
    assert "value 2*(b - c); gap 0" in repr(family)
    unknown = coopgap.check("audits-family").languages[0]
    assert "correlated_gap       unknown: " in repr(unknown)
    assert "herder: 0: 20" in repr(coopgap.check("pasture").languages[0])


def test_a_report_shows_contract_obstruction_and_prosociality():
    markdown = coopgap.check("n5")._repr_markdown_()
    for words in (
        "The value is reached by",
        "**Nothing better exists:** balanced transfers cancel",
        "a first best is an equilibrium exactly from",
        "Best equilibrium welfare by weight on welfare",
    ):
        assert words in markdown


def test_notebooks_show_what_is_found():
    frontier = coopgap.frontier(Game.from_arrays(ROW, COL, title="PD <1>"), levels=[0, 2])
    page = frontier._repr_html_()
    assert "PD &lt;1&gt;" in page
    (complete,) = frontier.document()["languages"]
    cells = [complete["threshold"], *(level["gap"] for level in complete["gap_at"])]
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    assert f'<th scope="row">complete</th>{row}' in page
    (verdict,) = coopgap.fuzz("n6", cases=200, seed=1)
    assert "<td>refuted</td>" in verdict._repr_html_()
    assert "counterexample" in verdict._repr_markdown_()
    theorem = coopgap.prove("pd-gap")
    assert "<td>proved</td>" in theorem._repr_html_()
    assert theorem.assumptions[0].split()[0] in theorem._repr_latex_()


@pytest.mark.parametrize(
    "call",
    [
        coopgap.frontier,
        lambda game: coopgap.example(game, "markdown", brief=True),
        lambda game: coopgap.figure("welfare", game),
    ],
)
@pytest.mark.parametrize("slug", ["pollution", "cournot", "fish-war"])
def test_what_a_function_is_not_about_is_refused(call: Any, slug: str):
    with pytest.raises(InputError):
        call(slug)


def test_figures_of_a_commons_and_of_no_family():
    assert coopgap.figure("policy", "pollution").figure
    with pytest.raises(InputError, match="this is a family, in the parameters"):
        coopgap.figure("welfare", "hawk-dove")
    with pytest.raises(InputError, match="there is no format 'pdf'"):
        coopgap.example("n4", "pdf")


API: Any = coopgap
"""The functions as one calls them who does not look at their types."""


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda game: API.check(API.check(game)), "is no game"),
        (lambda game: API.example(API.check(game), "html"), "is no game"),
        (lambda game: API.check(game, timeout="x"), "^timeout: 'x' is no time limit"),
        (lambda game: API.check(game, within=-1), "^within: -1 is no time limit"),
        (lambda game: API.frontier(game, timeout=0), "^timeout: 0 is no time limit"),
        (lambda game: API.frontier(game, levels=[1, 0.5]), r"^levels\[1\]: 0.5 is a"),
        (
            lambda game: API.frontier(game, levels=[np.float64(0.5)]),
            r"^levels\[0\]: 0.5 is a float",
        ),
        (lambda game: API.frontier(game, levels=np.array([0.5])), r'^levels.*as text, "0.5", or'),
        (
            lambda game: API.frontier(game, levels=[np.float32(0.5)]),
            r"^levels\[0\]: 0.5 is a float",
        ),
        (lambda game: API.frontier(game, levels=[np.True_]), r"^levels\[0\]: np.True_ is not"),
        (lambda game: API.frontier(game, levels=[0, np.int8(-1)]), r"^levels\[1\]: -1 is negative"),
        (lambda game: game.with_prosociality(np.float32(0.5)), "^lambda: 0.5 is a float, which"),
        (lambda _: API.load(3), "^3 is no game; give the path of a spec file, or a slug"),
        (lambda _: API.load(None), "^None is no game; give the path"),
        (lambda _: API.load(np.int64(3)), "is no game; give the path"),
        (lambda _: API.fuzz(3, cases=1), "^3 is no conjecture; give ids"),
        (lambda _: API.fuzz("t7", cases=-1), "^cases: -1 is no number of cases"),
        (lambda _: API.fuzz("t7", cases=1.5), "^cases: 1.5 is no number of cases"),
        (lambda _: API.fuzz("t7", seconds="x"), "^seconds: 'x' is no time limit"),
        (lambda game: API.frontier(game, levels=3), "^levels: 3 is no list"),
        (lambda game: API.frontier(game, levels="12"), "^levels: '12' is no list"),
        (lambda game: API.example(game, None), "^to: there is no format None"),
        (lambda game: API.figure(3, game), "^KIND: there is no figure 3"),
        (lambda _: API.figure(3, "unnamed-growth"), "^KIND: a commons has no figure 3"),
        (lambda _: API.verify(3), "^3 is no certificate; give its text"),
    ],
)
def test_a_value_of_a_wrong_kind_is_refused_with_a_message(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call(Game.from_arrays(ROW, COL))


def test_levels_of_a_frontier_may_be_exact_numbers_of_any_kind() -> None:
    frontier = API.frontier(Game.from_arrays(ROW, COL), levels=["1/2", Fraction(2), 3])
    assert frontier.levels == (Fraction(1, 2), Fraction(2), Fraction(3))
    kinds = [sympy.Rational(1, 2), np.int64(2), np.uint8(3)]
    for levels in (kinds, np.array(kinds, dtype=object)):
        assert API.frontier(Game.from_arrays(ROW, COL), levels=levels).levels == frontier.levels
    assert API.frontier(Game.from_arrays(ROW, COL), levels=np.arange(2)).levels == (0, 1)


def test_all_that_a_game_is_made_of_may_be_arrays_of_numpy() -> None:
    tables = [np.array([table, table]) for table in (ROW, COL)]
    states, prior = np.array(["s", "t"]), np.array([1, 3])
    players, actions = np.array(["row", "col"]), np.array([["C", "D"], ["C", "D"]])
    plain = Game.from_arrays(
        *tables,
        players=["row", "col"],
        actions=[["C", "D"], ["C", "D"]],
        states=["s", "t"],
        prior=["1/4", "3/4"],
    )
    game = API.Game.from_arrays(
        *tables, players=players, actions=actions, states=states, prior=[Fraction(1, 4), "3/4"]
    )
    assert game.document == plain.document
    with pytest.raises(InputError, match="prior"):
        _ = API.Game.from_arrays(*tables, states=states, prior=prior).specification
    levels = game.with_prosociality(np.int64(2)).with_contracts(liability=np.int64(1))
    assert levels.document["contracts"] == {"liability": 1}
    assert levels.specification.levels == ((Fraction(2), Fraction(2)),)
