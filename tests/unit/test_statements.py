"""The sentences beside verdicts: for each claim what it says and what its negation says, and that
what is printed is what was checked."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest
from checked import checked

from coopgap import check
from coopgap.proofs.certificates.certificate import digest, verified
from coopgap.proofs.certificates.descriptions import circumstances, label
from coopgap.proofs.certificates.statements import SENTENCES, general, statement
from coopgap.proofs.certificates.verification import document
from coopgap.proofs.questions.registry import CLAIMS
from coopgap.proofs.theorems.prove import decide
from coopgap.proofs.theorems.registry import registered
from coopgap.proofs.theorems.theorem import BARE, CORE
from coopgap.proofs.theorems.theorem_files import theorem
from coopgap.proofs.trusted.certificates import FORMULA, INCONSISTENT
from coopgap.proofs.trusted.claims import CLAIMS as CHECKED
from coopgap.terminal.verifications import story
from coopgap.theory.errors import InputError
from coopgap.theory.readers.load import load
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.readers.theorem import theorem_from_text

EXPECTED = json.loads(Path(__file__).with_name("statements.json").read_text(encoding="utf-8"))
"""Each id's sentence, and that of its negation."""

GAME = {
    "players": ["row", "col"],
    "actions": [["A", "B"], ["A", "B"]],
    "states": ["calm", "storm"],
    "prior": [1, 2],
    "denominator": 1,
    "payoffs": [],
    "cooperative": [[0], [0]],
}
ALONE = {"kind": "none", "budget": "", "liability": None, "permissive": False}
TRANSFERS = {"kind": "transfers", "budget": "balanced", "liability": None, "permissive": False}
BLIND = {"cells": [0, 0], "classes": [[0, 1], [0, 1]], "table": None}

FIELDS: dict[str, dict[str, Any]] = {
    **{
        f"{kind}{relation}": {"value": "1/2"}
        for kind in ("gap", "correlated-gap")
        for relation in ("", "-at-least", "-at-most")
    },
    "value": {"value": "3"},
    "value-between": {
        "value": "3",
        "from": "0",
        "to": "1/2",
        "from_included": True,
        "to_included": False,
    },
    "threshold": {"value": "2"},
    "threshold-at-most": {"value": "2"},
    "mechanism-gap": {"value": "1/2"},
    "mechanism-gap-at-least": {"value": "1/2"},
    "mechanism-gap-at-most": {"value": "1/2"},
    "mechanism-value": {"value": "4"},
    "mechanism-attains": {"value": "4"},
    "implementable": {"selection": [0, 3]},
    "play-at-most": {"state": 0, "profile": 0, "within": [0, 1], "value": "1/2"},
    "optimum": {"value": "4"},
    "first-best": {"state": 1, "profiles": [0, 3]},
    "equilibria": {"state": 1, "profiles": []},
    "mixed-equilibria": {
        "state": 1,
        "plays": [[[[0, 1]], [[1, 1]]], [[[0, 1], [1, 2]], [[1, 1]]]],
    },
    "nash": {"profiles": [[3], [0, 3]]},
    "agent-thresholds": {"thresholds": [[[0, 3], ["1", "inf"]]]},
    "incontractible-cells": {"cells": [0]},
    FORMULA: {"conclusion": ["or", [{"x": 1, "y": -1}, ">"], ["not", [{"x": 2}, "=="]]]},
    INCONSISTENT: {},
}

OF_TRANSFERS = ("gap", "correlated", "value", "threshold", "implementable", "play", "full", "clos")


def data(name: str, **changed: Any) -> dict[str, Any]:
    """Data that a claim of this id can be about."""
    if name in (FORMULA, INCONSISTENT):
        plain = {"game": None, "records": None, "contracts": None, "prosociality": None}
        assumed = [[{"x": 1}, ">"], [{"y": 1, "1": -1}, ">="]]
        return {"parameters": ["x", "y"], "assumptions": assumed, **plain}
    if name.startswith("mechanism") and "mechanism" not in changed:
        own = {"kind": "mechanism", "budget": "burnt", "liability": "3", "permissive": False}
        seen = {"information": [[0, 0], [0, 1]], "options": ["0", "1/2"]}
        changed = {"contracts": own, "mechanism": seen, **changed}
    fixed = None if "threshold" in name or name == "value-between" else SELFISH
    return {
        "parameters": [],
        "assumptions": [],
        "game": GAME,
        "records": BLIND,
        "contracts": TRANSFERS if name.startswith((*OF_TRANSFERS, "incontr")) else ALONE,
        "prosociality": fixed,
        **changed,
    }


SELFISH = {"levels": [0, 0], "scale": 1}


def sentence(name: str, holds: bool = True, at: Any = None, /, **changed: Any) -> str:
    claim = {"id": name, "holds": holds, **FIELDS.get(name, {})}
    return statement(claim if at is None else {**claim, "at": at}, data(name, **changed), "blind")


def test_all_claims_of_certificates_have_sentences():
    assert (
        set(SENTENCES) | {INCONSISTENT} == set(CHECKED) | {FORMULA, INCONSISTENT} == set(EXPECTED)
    )


@pytest.mark.parametrize("name", EXPECTED)
def test_each_claim_and_its_negation(name: str):
    for holds, expected in zip((True, False), EXPECTED[name], strict=False):
        assert sentence(name, holds) == expected


@pytest.mark.parametrize("name", CLAIMS)
def test_the_page_on_claims_says_what_is_said_of_each(name: str):
    page = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
    assert f"| `{name}` | {general(name)}" in page


def test_contracts_and_levels_of_lambda():
    capped = {**TRANSFERS, "budget": "free", "liability": "1/2"}
    text = "no contract in blind (transfers with outside money, of at most 1/2 from each player at"
    assert sentence("gap-zero", False, contracts=capped).startswith(text)
    for permissive, kind in ((False, "complete directives"), (True, "permissive directives")):
        own = {"kind": "directive", "budget": "", "liability": None, "permissive": permissive}
        assert f"contract in blind ({kind})" in sentence("gap-zero", contracts=own)
    assert sentence("closes", contracts=ALONE, prosociality={"levels": [1, 2], "scale": 2}) == (
        "without a contract it is a pure equilibrium at λ = row 1/2, col 1 to play a first-best "
        "profile in each state of positive probability"
    )
    assert "at λ = 3/2" in sentence("closes", prosociality={"levels": [3, 3], "scale": 2})


def test_infinite_numbers():
    claim = {"id": "gap", "holds": True, "value": "inf"}
    assert statement(claim, data("gap"), "blind") == (
        "there are no pure equilibria of selfish players in each state of positive probability "
        "under any contract in blind (balanced transfers)"
    )
    claim = {"id": "threshold", "holds": True, "value": "inf"}
    assert "makes it a pure equilibrium at any common λ to play" in (
        statement(claim, data("threshold"), "blind")
    )


def test_quantifiers_over_parameters():
    half = [{"t": 1}, 2]
    family = {"parameters": ["t"], "assumptions": [[{"t": 1}, ">"]]}
    about = data("optimum", **family)
    assert statement({"id": "optimum", "holds": True, "value": half}, about) == (
        "for all t with t > 0: the first-best expected welfare is t/2"
    )
    pieces = [
        {"when": [[{"t": 1, "1": -1}, ">"]], "value": half},
        {"when": [[{"t": -1, "1": 1}, ">="]], "value": "1"},
    ]
    assert statement({"id": "optimum", "holds": True, "pieces": pieces}, about) == (
        "for all t with t > 0: where t > 1, the first-best expected welfare is t/2; where t <= 1, "
        "the first-best expected welfare is 1"
    )
    at = {"id": "optimum", "holds": False, "value": half, "at": {"t": "1/3"}}
    assert statement(at, about) == (
        "at t = 1/3: it is not so that the first-best expected welfare is t/2"
    )
    assert statement({**at, "holds": True}, about) == (
        "at t = 1/3: the first-best expected welfare is t/2"
    )


def test_names_cannot_pass_for_parts_of_a_sentence():
    assert label("storm") == "storm"
    assert label('s; in t "none"') == '"s; in t \\"none\\""'
    game = {**GAME, "states": ["calm (B, B); in storm", "x"]}
    assert 'in "calm (B, B); in storm" (B, B); in x' in sentence("nash", game=game)


def test_everything_that_a_claim_depends_on():
    assert circumstances(data("gap")) == {
        "players": "row (A or B), col (A or B)",
        "states": "calm of weight 1, storm of weight 2",
        "contracts": "balanced transfers",
        "records": "state: calm or storm; row: A | B; col: A | B",
        "λ": "0",
        "cooperating": "row by A, col by A",
    }
    assert circumstances(data(FORMULA)) == {"parameters": "x, y with x > 0 and y >= 1"}
    table = {"cells": None, "classes": None, "table": [[0, 1, 1, 0], [2, 2, 2, 2]]}
    assert (
        circumstances(data("gap", records=table))["records"] == "a table of 3 records for 8 plays"
    )


# --- what was found to be wrong ---


def claims(report: Any) -> dict[str, dict[str, Any]]:
    return {claim["id"]: claim for claim in report.document()["claims"]}


def test_that_the_infimum_of_the_gap_is_positive_is_what_is_refuted_of_n1():
    claim = claims(checked("n1"))["correlated-gap-positive"]
    assert claim["status"] == "refuted"
    assert claim["statement"] == (
        "the infimum, over contracts in audit (balanced transfers) and their correlated equilibria "
        "of selfish players, of the welfare gap is positive"
    )


WEATHER = """
[game]
players = ["row", "col"]
actions = { row = ["A", "B"], col = ["A", "B"] }
states = { names = ["sun", "rain", "never"], prior = ["1/2", "1/2", 0] }
[game.payoffs.sun]
row = [[2, 0], [0, 1]]
col = "symmetric"
[game.payoffs.rain]
row = [[3, 3], [0, 0]]
col = "symmetric"
[game.payoffs.never]
row = [[1, 0], [0, 1]]
col = "symmetric"
[[claim]]
"""


def first(claim: str) -> dict[str, Any]:
    report = check(spec_from_text(WEATHER + claim, "weather"))
    return cast("dict[str, Any]", report.document()["claims"][0])


def test_different_claims_have_different_sentences():
    profiles = 'id = "nash"\nprofiles = {{ sun = [["{0}", "{0}"]], rain = [["A", "A"]] }}'
    first_claim, second_claim = (first(profiles.format(action)) for action in "AB")
    assert first_claim["statement"] != second_claim["statement"]
    assert first_claim["statement"].endswith("exactly: in sun (A, A); in rain (A, A)")


def test_states_without_probability_are_named():
    claim = first('id = "unique-nash"')
    assert claim["status"] == "refuted"
    assert claim["statement"] == (
        "without a contract there is exactly one pure equilibrium of selfish players in each state "
        "of positive probability (all but never)"
    )
    listed = first('id = "unique-nash"\nprofiles = { sun = [["A", "A"]], rain = [["A", "A"]] }')
    assert listed["statement"].endswith("(all but never): in sun (A, A); in rain (A, A)")


def test_payments_may_depend_on_the_outcome():
    text = claims(checked("chicken"))["beneficial-with-side-payments"]["statement"]
    assert text.startswith("for each selection of selfish pure equilibria (without a contract) of")
    assert "there are constant balanced payments, which may depend on it, after which" in text


def test_n1_says_correlated_and_certifies_it():
    report = decide(registered()["n1"])
    assert "mixed" not in report.statement
    assert "correlated" in report.statement
    (goal,) = report.sentences
    assert goal.sentence == (
        "for all eps with eps > 0 and eps < 1: the infimum, over contracts (balanced transfers) "
        "and their correlated equilibria of selfish players, of the welfare gap is at most 4*eps"
    )


MINE = """
title = "Balanced contracts close every welfare gap"
[parameters]
names = ["{0}"]
assume = ["{0} > 1"]
[theorem]
conclusion = "{1}"
"""


def test_a_title_is_its_authors(tmp_path: Path, run_coopgap: Callable[..., Any]):
    path = tmp_path / "mine.toml"
    path.write_text(MINE.format("x", "x > 0"), encoding="utf-8")
    result = run_coopgap("prove", str(path))
    head, *lines = result.stdout.splitlines()
    assert head == (
        'proved  mine  "Balanced contracts close every welfare gap" (its author\'s words)'
    )
    assert "  proved: for all x with x > 1: x > 0" in lines
    assert json.loads(run_coopgap("prove", str(path), "--json").stdout)["theorems"][0][
        "sentences"
    ] == [{"goal": "x > 0", "status": "proved", "sentence": "for all x with x > 1: x > 0"}]
    path.write_text(MINE.format("x", "x > 2"), encoding="utf-8")
    refuted = run_coopgap("prove", str(path))
    assert refuted.returncode == 1
    assert ": it is not so that x > 2\n" in refuted.stdout
    assert "  refuted: at x = " in refuted.stdout


def test_what_a_theorem_rests_on(run_coopgap: Callable[..., Any]):
    theorems = registered()
    for name in ("pd-gap", "holmstrom-2", "n1", "pd-play-correlated"):
        assert theorems[name].rests_on == CORE
    assert theorems["pd-play-independent"].rests_on == BARE
    for name, plain, strict in (("n1", 0, 0), ("pd-play-independent", 0, 3)):
        assert run_coopgap("prove", name).returncode == plain
        assert run_coopgap("prove", name, "--strict").returncode == strict
    (report,) = json.loads(run_coopgap("prove", "pd-play-independent", "--json").stdout)["theorems"]
    assert report["status"] == "proved"
    assert "proofs/theorems/*.py" in report["rests_on"]


def test_contradictory_assumptions_are_said_to_be():
    text = MINE.format("x", "x > 0").replace('"x > 1"', '"x > 1", "x < 0"')
    report = decide(theorem("none", theorem_from_text(text, "none")))
    assert report.status == "unknown"
    (goal,) = report.sentences
    assert goal.sentence == (
        "there are no x with x > 1 and x < 0: the assumptions contradict each other"
    )


@pytest.mark.parametrize("name", ["x y", "0+", "a-b", "2x", "x)"])
def test_names_of_parameters_are_identifiers(name: str):
    spec = WEATHER.replace("[game]", f'[parameters]\nnames = ["{name}"]\n[game]', 1)
    with pytest.raises(InputError, match=r"no parameter can be called .* use letters, digits and"):
        spec_from_text(spec + 'id = "beneficial"', "spec")
    with pytest.raises(InputError, match="no parameter can be called"):
        theorem_from_text(MINE.format(name, "1 > 0"), "theorem")


# --- questions without a certificate, and what verify prints ---


def test_undecided_claims_are_said_by_the_same_generator():
    decided = checked("n4").document()["claims"]
    rushed = check(load("n4"), timeout=0.0001).document()["claims"]
    assert {claim["status"] for claim in rushed} >= {"unknown"}
    assert [claim["statement"] for claim in rushed] == [claim["statement"] for claim in decided]


def test_undecided_claims_of_families_are_said_by_the_same_generator():
    decided = checked("capped-fines").document()["claims"]
    rushed = check(load("capped-fines"), timeout=0.0001).document()["claims"]
    assert "unknown" in {claim["status"] for claim in rushed}
    assert [claim["statement"] for claim in rushed] == [claim["statement"] for claim in decided]


@pytest.mark.parametrize("slug", ["n1", "n4", "capped-fines"])
def test_verify_prints_what_check_does(slug: str):
    report = checked(slug)
    for claim in report.document()["claims"]:
        if claim["certificate"] is None:
            continue
        text = report.texts[claim["certificate"]["sha256"]]
        verification = document(text, "here")
        plain = json.loads(text)
        about = plain["data"]
        positive = {k: field for k, field in plain["claim"].items() if k != "at"} | {"holds": True}
        assert claim["statement"] == statement(positive, about, claim["language"] or "")
        assert verification["data_sha256"] == plain["data_sha256"]
        assert verification["sentence"] == statement(plain["claim"], about)
        lines = story(verification)
        assert verification["sentence"] in lines
        assert plain["data_sha256"] in lines
        for part in circumstances(about).values():
            assert part in lines


def test_pieces_are_printed_unshortened():
    report = checked("capped-fines")
    texts = [t for t in report.texts.values() if "pieces" in json.loads(t)["claim"]]
    assert texts
    for text in texts:
        lines = story(document(text, "here"))
        assert "…" not in lines
        assert lines.count("where ") >= len(json.loads(text)["claim"]["pieces"])


def test_several_goals_are_told_with_their_data():
    report = decide(registered()["n6"])
    (text,) = report.texts.values()
    assert verified(text).accepted
    verification = document(text, "here")
    assert verification["kind"] == "conjunction"
    assert verification["data_sha256"] is None
    assert verification["claim"]["id"] == "all-goals"
    assert [goal["named"] for goal in verification["shown"]] == ["closes", "full-implementation"]
    lines = story(verification)
    assert all(goal["sentence"] in lines for goal in verification["shown"])
    assert verification["claim"]["sha256"] in lines
    assert digest(text) in report.texts


def test_numbers_of_certificates_as_expressions():
    about = data("optimum", parameters=["a", "b"])
    for value, text in (
        ([{"a": 1, "b": -1}, 12], "(a - b)/12"),
        ([{"a": 2}, {"b": 1}], "2*a/b"),
        ([{"a": 1}, {"a": 1, "b": 1}], "a/(a + b)"),
        ([{"a": 3}, 1], "3*a"),
        ([6, 4], str(Fraction(3, 2))),
    ):
        claim = {"id": "optimum", "holds": True, "value": value}
        assert statement(claim, about).endswith(f"is {text}")
