"""What the theory predicts of play, and how it is fixed before data are seen."""

import csv
import html
import json
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
from unit.test_cli import Command, command  # noqa: F401

from coopgap import load
from coopgap.llm_checks.predicting.predicted import pooled, predict, threshold_of
from coopgap.llm_checks.predicting.predictions import from_registration
from coopgap.llm_checks.predicting.regimes import (
    Condition,
    Disposition,
    Regime,
    best_contract,
    read_disposition,
    read_regime,
)
from coopgap.llm_checks.predicting.scenes import study
from coopgap.theory.contracts import DirectiveContract
from coopgap.theory.errors import InputError
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import Specification

NONE, SELFISH = Regime("none"), Disposition("selfish")


def spec(name: str) -> Specification:
    specification = load(name)
    assert isinstance(specification, Specification)
    return specification


def bounds(predictions, name):
    return next(
        (prediction.low, prediction.high)
        for prediction in predictions.intervals
        if prediction.id == name
    )


def test_selfish_play_of_the_dilemma_is_defection_and_altruistic_play_is_not():
    game = spec("prisoners-dilemma")
    altruists = Condition(NONE, Disposition("altruistic"))
    predictions = predict(game, [Condition(NONE, SELFISH), altruists])
    assert bounds(predictions, "none/selfish/first-best") == (0, 0)
    assert bounds(predictions, "none/altruistic/first-best") == (1, 1)
    assert bounds(predictions, "none/selfish/welfare") == (2, 2)
    (ordering,) = predictions.orderings
    assert ordering.claim == "realisability"
    assert "in all equilibria" in ordering.statement


def test_an_enforced_contract_without_verifiable_effort_leaves_the_first_best_rare():
    game = spec("moral-hazard-pd")
    predictions = predict(game, [Condition(Regime("enforced", "effort-blind"), SELFISH)])
    prediction = next(
        prediction for prediction in predictions.intervals if prediction.quantity == "first-best"
    )
    assert prediction.claim.startswith("irreducibility")
    # theory.md §3: at most 4/9 whatever the contract, when agents act independently.
    assert prediction.high is not None
    assert prediction.high <= F(4, 9)
    (equilibria,) = predictions.equilibria
    assert equilibria.correlated["first-best"][1] >= equilibria.independent["first-best"][1]
    assert equilibria.correlated["first-best"][1] <= F(1, 2)
    assert bounds(predictions, "enforced:effort-blind/base/lambda") == (2, None)


def test_bounds_hold_every_mixed_equilibrium():
    game = spec("battle-of-the-sexes")
    predictions = predict(game, [Condition(NONE, SELFISH)])
    (equilibria,) = predictions.equilibria
    low, high = equilibria.independent["welfare"]
    welfare = game.environment.welfare[0].astype(object)
    assert not isinstance(equilibria.mixed, str)
    reached = [np.array(x) @ welfare @ np.array(y) for x, y in equilibria.mixed[0]]
    assert (low, high) == (min(reached), max(reached))
    assert len(reached) == 3


def test_more_than_two_agents_are_bounded_by_correlated_and_by_independent_play():
    predictions = predict(spec("public-goods"), [Condition(NONE, SELFISH)])
    (equilibria,) = predictions.equilibria
    assert isinstance(equilibria.mixed, str)
    assert equilibria.independent == equilibria.correlated
    assert bounds(predictions, "none/selfish/first-best") == (0, 0)


def test_what_holds_of_all_play_is_not_predicted():
    """Welfare in matching pennies is 0 whatever anybody does."""
    predictions = predict(spec("matching-pennies"), [Condition(NONE, SELFISH)])
    assert "none/selfish/welfare" in predictions.vacuous
    assert all(prediction.quantity != "welfare" for prediction in predictions.intervals)


def test_independence_narrows_what_three_agents_may_do():
    """Who volunteers pays 1, and everybody gets 3 if anybody does."""
    game = spec_from_text(
        """
[game]
players = ["a", "b", "c"]
actions = { a = ["yes", "no"], b = ["yes", "no"], c = ["yes", "no"] }
[game.payoffs]
a = [[[2, 2], [2, 2]], [[3, 3], [3, 0]]]
b = [[[2, 2], [3, 3]], [[2, 2], [3, 0]]]
c = [[[2, 3], [2, 3]], [[2, 3], [2, 0]]]
""",
        "volunteers",
    )
    assert isinstance(game, Specification)
    predictions = predict(game, [Condition(NONE, SELFISH)])
    (equilibria,) = predictions.equilibria
    low, high = equilibria.independent["first-best"]
    assert equilibria.correlated["first-best"][0] < low
    # All mixing alike, (1 − q)² = 1/3, exactly one volunteers least often.
    chance = 3 * (1 - 3**-0.5) / 3
    assert chance - 0.01 < low <= chance
    assert bounds(predictions, "none/selfish/first-best") == (low, high) == (low, F(1))


def test_what_is_too_large_is_unknown(monkeypatch):
    monkeypatch.setattr("coopgap.proofs.deciding.expected_play.MAX_PROFILES", 1)
    predictions = predict(spec("public-goods"), [Condition(NONE, SELFISH)])
    assert not [
        prediction for prediction in predictions.intervals if prediction.quantity != "lambda"
    ]
    assert predictions.unknown


def test_directives_leave_what_the_selection_uses():
    game = spec_from_text(
        """
[game]
players = ["row", "col"]
actions = { row = ["A", "B"], col = ["A", "B"] }
[game.payoffs]
row = [[3, 0], [4, 1]]
col = "symmetric"
[contracts]
kind = "directive"
""",
        "orders",
    )
    assert isinstance(game, Specification)
    assert isinstance(best_contract(game, "complete"), DirectiveContract)
    predictions = predict(game, [Condition(Regime("enforced", "complete"), SELFISH)])
    assert bounds(predictions, "enforced:complete/selfish/first-best") == (1, 1)


def test_registrations_are_read_back_and_changes_noticed():
    predictions = predict(spec("prisoners-dilemma"), [Condition(NONE, SELFISH)])
    document = json.loads(json.dumps(predictions.registration()))
    assert from_registration(document).intervals == predictions.intervals
    document["predictions"][0]["high"] = "1/2"
    with pytest.raises(InputError, match="changed after"):
        from_registration(document)
    with pytest.raises(InputError, match="no registration"):
        from_registration({"study": "x"})


def test_pooled_bounds_are_means():
    games = [spec("prisoners-dilemma"), spec("stag-hunt")]
    parts = [predict(game, [Condition(NONE, SELFISH)]) for game in games]
    together = pooled(games, parts)
    assert all(prediction.quantity != "welfare" for prediction in together.intervals)
    # The stag hunt may be played either way, the dilemma is not: half of [0, 1].
    assert bounds(together, "none/selfish/first-best") == (0, F(1, 2))
    with pytest.raises(InputError, match="no game"):
        pooled([], [])


def test_thresholds():
    assert threshold_of(spec("prisoners-dilemma"), None) == 2
    assert threshold_of(spec("n2"), None) is None


@pytest.mark.parametrize("text", ["nonsense", "prosocial", "prosocial:-1", "selfish:2"])
def test_dispositions_that_are_none(text):
    with pytest.raises(InputError, match="--disposition"):
        read_disposition(text)


def test_regimes():
    languages = spec("moral-hazard-pd").languages
    assert read_regime("enforced", languages[:1]) == Regime("enforced", "complete")
    for text in ("enforced", "enforced:nothing", "none:complete", "forced"):
        with pytest.raises(InputError, match="--regime"):
            read_regime(text, languages)


HEADER = (
    "id,formal_game,story_row,story_col,actions_row,actions_column,"
    "1_1_payoff,1_2_payoff,2_1_payoff,2_2_payoff"
)


def table(tmp_path: Path, story: str, column: str | None = None) -> str:
    path = tmp_path / "games.csv"
    quoted = ['"' + text.replace('"', '""') + '"' for text in (story, column or story)]
    labels = "\"['Share','Keep']\""
    path.write_text(
        f"{HEADER}\n7,Prisoner's Dilemma,{quoted[0]},{quoted[1]},{labels},{labels},"
        '"(3, 3)","(0, 5)","(5, 0)","(1, 1)"\n'
    )
    return str(path)


def outcome(own: str, other: str, mine: int, theirs: int) -> str:
    return (
        f'If I "{own}" and the other player "{other}", I receive {mine} points, '
        f"and the other player receives {theirs} points.\n"
    )


LISTED = (
    outcome("Share", "Share", 3, 3)
    + outcome("Share", "Keep", 0, 5)
    + outcome("Keep", "Share", 5, 0)
    + outcome("Keep", "Keep", 1, 1)
)


def test_payoffs_listed_in_a_story_are_checked_and_taken_out(tmp_path):
    experiment = study(table(tmp_path, f"I run a shop.\n{LISTED}I decide."), ["none"], ["selfish"])
    assert experiment.scenes[0].stories == ("I run a shop.\nI decide.",) * 2
    assert experiment.scenes[0].words == (("Share", "Keep"),) * 2
    plain = study(table(tmp_path, "I run a shop."), ["none"], ["selfish"])
    assert plain.scenes[0].stories == ("I run a shop.",) * 2


@pytest.mark.parametrize(
    ("story", "message"),
    [
        (LISTED.replace(outcome("Keep", "Keep", 1, 1), ""), r"row 1 \(7\).*lacks the payoff"),
        (LISTED.replace("receive 5", "receive 6"), r"row 1 \(7\).*says 6 where the table says 5"),
        (LISTED.replace("receive 5", "receive 5/0"), r"row 1 \(7\).*divides by zero"),
        (LISTED.replace("receive 5", "receive 5.0.0"), r"row 1 \(7\).*not an exact number"),
    ],
)
def test_a_story_that_lacks_a_payoff_is_refused(tmp_path, story, message):
    with pytest.raises(InputError, match=message):
        study(table(tmp_path, story))


def test_studies_that_cannot_be(tmp_path):
    with pytest.raises(InputError, match="one of the two stories"):
        study(table(tmp_path, "I run a shop.", " "))
    with pytest.raises(InputError, match="parameters"):
        study("table-games-pd")
    empty = tmp_path / "empty.csv"
    empty.write_text(f"{HEADER}\n")
    with pytest.raises(InputError, match="no row"):
        study(str(empty))


def test_real_datasets(shared):
    experiment = study(
        str(shared / "data" / "gt-harmbench-pd30-4x4-rewritten.csv"), ["enforced"], ["selfish"], 2
    )
    prediction = next(
        prediction
        for prediction in experiment.predictions.intervals
        if prediction.quantity == "first-best"
    )
    assert prediction.high is not None
    assert prediction.high <= F(4, 9)
    assert len(experiment.scenes) == 2


def test_the_command_predicts_and_registers(command, tmp_path):  # noqa: F811
    path = tmp_path / "registered.json"
    run: Command = command
    result = run("predict", "prisoners-dilemma", "--register", path, "--json")
    assert result.status == 0
    assert result.json["schema"] == "coopgap.predict/1"
    assert json.loads(path.read_text())["sha256"] == result.json["sha256"]
    assert "welfare" in run("predict", "n4", "--disposition", "selfish").out
    assert run("predict", "prisoners-dilemma", "--regime", "forced").status == 2
    assert run("predict", "matching-pennies", "--disposition", "selfish").status == 3


def test_a_family_is_predicted_and_played_at_the_values_that_are_set(command, tmp_path):  # noqa: F811
    arguments = ["--regime", "none", "--disposition", "selfish"]
    family = ["hawk-dove", "--set", "v=2", "--set", "c=4", *arguments]
    file = tmp_path / "at.toml"
    file.write_text(HAWK_DOVE_AT_TWO_AND_FOUR)
    result, plain = (
        command("predict", *family, "--json").json,
        command("predict", file, *arguments, "--json").json,
    )
    assert result["source"] == "hawk-dove at v = 2, c = 4"
    assert result["predictions"] == plain["predictions"] != []
    another = command(
        "predict", "hawk-dove", "--set", "v=2", "--set", "c=8", *arguments, "--json"
    ).json
    assert another["study"] != result["study"]
    assert another["predictions"] != result["predictions"]
    into = ["--model", "simulated/best-response", "--out", tmp_path / "run"]
    played = command("play", *family, *into, "--json").json
    assert played["source"] == played["provenance"]["source"] == result["source"]
    assert played["provenance"]["study"] == result["study"]
    moved = command("play", "hawk-dove", "--set", "v=1", "--set", "c=4", *arguments, *into)
    assert moved.status == 2
    assert "another spec" in moved.err


HAWK_DOVE_AT_TWO_AND_FOUR = """
[game]
players = ["row", "col"]
actions = { row = ["dove", "hawk"], col = ["dove", "hawk"] }
payoffs = { row = [[1, 0], [2, -1]], col = "symmetric" }

[[language]]
name = "peace"
records = ["row == 'dove' and col == 'dove'"]
"""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hawk-dove", "--set", "v=2"], "parameters: c; play needs numbers: set each"),
        (["hawk-dove", "--set", "v=2", "--set", "w=1"], "hawk-dove: --set: w: there is no"),
        (["n4", "--set", "v=2"], "n4: --set: the spec has no parameters to set"),
        (["fishing", "--set", "v=2"], "leave --regime, --disposition, --set"),
        (["pasture", "--set", "v=2"], "pasture"),
        (["games.csv", "--set", "v=2"], "games.csv: a dataset has no parameters to set"),
        (["hawk-dove", "--set", "v=0.5.5"], "--set"),
    ],
)
def test_values_that_cannot_be_set(command, arguments, message):  # noqa: F811
    for name in ("predict", "play")[: 1 if arguments[0] == "fishing" else 2]:
        result = command(name, *arguments)
        assert (result.status, result.out) == (2, "")
        assert message in result.err


def rows(tmp_path: Path, *changes: dict[str, str]) -> str:
    """A dataset of the same game, each row with changes."""
    cells = {"id": "", "formal_game": "Prisoner's Dilemma", "story_row": "", "story_col": ""}
    cells |= dict.fromkeys(("actions_row", "actions_column"), "['C', 'D']")
    cells |= {"1_1_payoff": "(3, 3)", "1_2_payoff": "(0, 5)"}
    cells |= {"2_1_payoff": "(5, 0)", "2_2_payoff": "(1, 1)"}
    path = tmp_path / "games.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, cells)
        writer.writeheader()
        for number, change in enumerate(changes, start=1):
            writer.writerow(cells | {"id": f"g{number}"} | change)
    return str(path)


def test_rows_that_cannot_be_used_are_named_by_predict_and_play(command, tmp_path):  # noqa: F811
    file = rows(
        tmp_path,
        {"2_2_payoff": ""},
        {},
        {"story_col": "I run a shop."},
        {"id": "g2"},
        {"story_row": "I run a shop."},
    )
    reasons = {
        "row 1 (g1)": "2_2_payoff: the cell is empty",
        "row 3 (g3)": "story_row: one of the two stories is missing; give both or none",
        "row 4 (g2)": "id: 'g2' is the id of row 2 too; give each row its own",
        "row 5 (g5)": "story_col: one of the two stories is missing; give both or none",
    }
    run: Command = command
    arguments = [file, "--regime", "none", "--disposition", "selfish"]
    model = ["--model", "simulated/best-response", "--out", tmp_path / "out"]
    for words in (["predict", *arguments], ["play", *arguments, *model]):
        plain, document = run(*words), run(*words, "--json")
        assert plain.status == document.status == 3
        flat = " ".join(plain.out.split())
        for place, reason in reasons.items():
            assert f"skipped: {place}: {reason}" in flat
        skipped = {f"row {row['row']} ({row['id']})": row for row in document.json["skipped"]}
        assert {place: row["reason"] for place, row in skipped.items()} == reasons
    assert "4 rows of games.csv could not be used: all means are over the one other game" in flat
    for name in ("report.md", "report.html"):
        report = html.unescape((tmp_path / "out" / name).read_text())
        assert all(reason in report for reason in reasons.values())
    # Rows after the games that were asked for are not used either, and nobody is told.
    first = run("predict", *arguments, "--games", "1", "--json").json
    assert [row["row"] for row in first["skipped"]] == [1]
    assert run("predict", rows(tmp_path, {}, {}), *arguments[1:]).status == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("n4", "--regime", "enforced"),
            "'enforced' lacks a language; write enforced:LANGUAGE; ch",
        ),
        (("n4", "--regime", "announced"), "choose from blind-free, blind-balanced, blind-free-lim"),
        (("n4", "--regime", "negotiated"), "blind-burnt-limited, complete\n"),
        (("n4", "--regime", "enforced:blind"), "there is no language 'blind'"),
        (("n4", "--regime", "negotiated:blind-directive"), "only payments are negotiated"),
        (("n4", "--regime", "mechanism:blind-directive"), "are directives; mechanisms pay"),
        (
            ("n4", "--disposition", "prosocial:1e400"),
            "the level 1e400 has 401 characters; λ has at",
        ),
        (("n4", "--disposition", f"prosocial:0.{'1' * 50}"), "0.111111111111111111…"),
        (("n4", "--disposition", "prosocial:-1e-400"), "-1e-400 is negative"),
        (("n4", "--games", "3"), "--games: n4 is one game; --games is for a CSV of games"),
        (("n4", "--register", "."), "--register: this is a directory; name a file"),
        (
            ("n4", "--register", "x" * 300),
            "--register: files cannot be written there: File name too long",
        ),
        (("n4", "--register", ""), "--register: the value is empty; give one, or leave it out"),
        (("n4", "--register="), "--register: the value is empty"),
    ],
)
def test_bad_usage_of_predict(command, arguments, message):  # noqa: F811
    result = command("predict", *arguments)
    assert (result.status, result.out) == (2, "")
    assert message in result.err


def by_quantity(slug: str, regime: str, disposition: str) -> dict[str, tuple[str, str]]:
    predictions = study(slug, [regime], [disposition]).predictions
    return {e.quantity: (str(e.low), str(e.high)) for e in predictions.intervals}


def test_any_mechanism_bounds_welfare_and_the_first_best():
    # T13 at B = 1: 4/3 of 2, and no play loses more than 2.
    assert by_quantity("mediated-team", "mechanism:output, fines up to 1", "selfish") == {
        "first-best": ("0", "2/3"),
        "welfare": ("None", "4/3"),
    }
    # (R − P)/15 of effort that no court sees; from λ = 2 on nothing is lost.
    experiment = study("moral-hazard-pd", ["mechanism:effort-blind"], ["selfish", "prosocial:2"])
    bounds = {e.id: e.high for e in experiment.predictions.intervals}
    # theory.md §3: at most 1/2 on (CH, CH); W* = 20 and (R − P)/15 is 4/5 here.
    assert bounds["mechanism:effort-blind/selfish/welfare"] == F(96, 5)
    assert bounds["mechanism:effort-blind/selfish/first-best"] == F(1, 2)
    assert not any("prosocial" in name for name in bounds)
    assert "mechanism:effort-blind/prosocial:2/first-best" in experiment.predictions.vacuous


def test_mechanisms_in_the_limit_of_altruism_are_not_decided():
    predictions = study("n4", ["mechanism:blind-balanced"], ["altruistic"]).predictions
    assert predictions.intervals == ()
    assert "not in the limit" in predictions.unknown[0]


def test_mechanisms_are_not_played(command):  # noqa: F811
    regime = ("--regime", "mechanism:blind-balanced", "--disposition", "selfish")
    result = command("play", "n4", "--model", "none", *regime)
    assert (result.status, "is predicted and not played" in result.err) == (2, True)


def test_help_names_every_regime(command):  # noqa: F811
    for name in ("predict", "play"):
        text = " ".join(command(name, "--help").out.split())
        assert "none, or announced:, enforced:, negotiated: or mechanism:LANGUAGE" in text


def test_a_file_without_a_usable_row_says_what_is_wrong_with_the_first(tmp_path):
    with pytest.raises(InputError, match=r"row 1 \(g1\): 2_2_payoff: the cell is empty; mend"):
        study(rows(tmp_path, {"2_2_payoff": " "}))
    with pytest.raises(InputError, match="add a row for each game"):
        study(rows(tmp_path))
