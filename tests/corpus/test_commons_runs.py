"""Published runs of the commons: what is read and judged, and the page about the real files."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from checked import checked

from coopgap import load
from coopgap.documents.commons_play import CommonsPredictions, CommonsReplay
from coopgap.llm_checks.commons.judged import STATEMENTS, judged_runs
from coopgap.llm_checks.commons.page import files
from coopgap.llm_checks.commons.predicted import predicted
from coopgap.llm_checks.commons.published import COLUMNS, read_cells
from coopgap.main import run
from coopgap.theory.commons.specification import CommonsSpecification
from coopgap.theory.errors import InputError

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
FILES = {"2": "fishing_aggregated.csv", "drawn": "fishing_aggregated_stochastic.csv"}
SPECS = {"2": "fishing", "drawn": "fishing-iid"}

HEAD = ",".join(COLUMNS)
LINES = (
    "M,0,no-contract,24,24,24,0.25,0.25,0.25,0,5,1,5",
    "M,3,no-contract,90,80,95,1,1,1,5,0,1,5",
    "M,3,no-contract,20,18,22,0.5,0.4,0.6,0,40,8,40",
    "M,0,code-law,30,28,32,0.5,0.4,0.6,0,0,0,1",
)


def spec(slug: str) -> CommonsSpecification:
    specification = load(slug)
    assert isinstance(specification, CommonsSpecification)
    return specification


def written(folder: Path, *lines: str) -> Path:
    path = folder / "runs.csv"
    path.write_text("\n".join((HEAD, *lines)) + "\n", encoding="utf-8")
    return path


def test_predictions_of_the_pasture():
    prediction = predicted(spec("sheep"))
    assert prediction.best == 61
    assert prediction.closed(Fraction(181, 3)) == Fraction(109, 111)
    document = json.loads(json.dumps(prediction.document()))
    CommonsPredictions.model_validate(document)
    assert [population["best"]["catch"] for population in document["populations"]] == [
        "24",
        "24",
        "24",
        "181/3",
    ]


def test_predictions_where_growth_has_regimes():
    """Those of the report, which is certified; of a large lake what all equilibria share."""
    pond = spec("pond-regimes")
    document = json.loads(json.dumps(predicted(pond).document()))
    CommonsPredictions.model_validate(document)
    report = json.loads(json.dumps(checked("pond-regimes").document()))
    assert document["first_best"] == report["planner"]["value"]
    assert document["value_of_information"] is None
    for mine, theirs in zip(document["populations"], report["populations"], strict=True):
        assert mine["best"]["catch"] == theirs["value"]
        assert mine["worst"]["catch"] == theirs["worst"]
        for name in ("survival", "prosocial_payoff", "selfish_payoff", "share_of_gap"):
            assert mine["best"][name] == theirs[name]
    lake = spec("fishing-regimes")
    small = replace(lake, commons=replace(lake.commons, horizon=3))
    prediction = predicted(small)
    document = json.loads(json.dumps(prediction.document()))
    CommonsPredictions.model_validate(document)
    assert [
        population["best"] and population["best"]["catch"] for population in document["populations"]
    ] == [
        *["100"] * 5,
        None,
    ]
    assert document["populations"][0]["best"]["survival"] == "1/3"
    assert "all that is known is 100 to " in document["populations"][5]["reason"]


def test_runs_of_a_pond_with_regimes_are_judged(tmp_path: Path):
    lines = (
        "M,0,no-contract,8,7,9,0.2,0.2,0.2,0,40,8,40",
        "M,2,no-contract,23,22.5,24,1,1,1,40,0,8,40",
        "M,0,code-law,20,19,21,1,1,1,40,0,8,40",
    )
    replay = judged_runs(written(tmp_path, *lines), spec("pond-regimes"))
    CommonsReplay.model_validate(json.loads(json.dumps(replay.document())))
    verdicts = {(e.prediction, e.condition, e.prosocial): e.verdict for e in replay.judged}
    assert verdicts["first-best-bound", "no-contract", "2"] == "contradicted"
    assert verdicts["contract-closes", "code-law", "0"] == "contradicted"
    assert verdicts["prosocial-gain", "no-contract", "2 over 0"] == "consistent"
    # In the pond some months have several equilibria, so nothing is said of selfish catches.
    assert ("selfish-catch", "no-contract", "0") not in verdicts
    assert set(files(replay)) == {"report.html", "report.md", "runs.svg"}


def test_verdicts(tmp_path: Path):
    replay = judged_runs(written(tmp_path, *LINES), spec("sheep"))
    CommonsReplay.model_validate(json.loads(json.dumps(replay.document())))
    verdicts = {
        (e.prediction, e.condition, e.prosocial): (e.verdict, e.cautious) for e in replay.judged
    }
    one, two = "no-contract (1)", "no-contract (2)"
    assert verdicts["first-best-bound", one, "3"] == ("contradicted", None)
    assert verdicts["first-best-bound", two, "3"] == ("consistent", None)
    assert verdicts["selfish-collapse", "no-contract", "0"] == ("inconclusive", "inconclusive")
    assert verdicts["selfish-catch", "no-contract", "0"] == (None, None)
    assert verdicts["prosocial-survival", one, "3"] == ("inconclusive", "inconclusive")
    assert verdicts["prosocial-survival", two, "3"] == ("contradicted", "contradicted")
    assert verdicts["contract-closes", "code-law", "0"] == ("contradicted", None)
    assert any("two lines or more" in doubt for doubt in replay.doubts)
    assert any("0 + 0 runs are not total_runs = 1" in doubt for doubt in replay.doubts)


def test_a_difference_is_judged_by_both_intervals(tmp_path: Path):
    lines = (
        LINES[0],
        "M,1,no-contract,20,19,23,1,1,1,5,0,1,5",
        "M,2,no-contract,30,26,32,1,1,1,5,0,1,5",
    )
    replay = judged_runs(written(tmp_path, *lines), spec("sheep"))
    steps = [entry.verdict for entry in replay.judged if entry.prediction == "monotone"]
    assert steps == ["contradicted", "consistent"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "the column 'model' is missing"),
        (f"{HEAD}\n", "there are no runs"),
        (
            f"{HEAD}\n{LINES[0].replace('24,24,24', '24,x,24')}\n",
            "line 2.R_lo: 'x' is not an exact",
        ),
        (f"{HEAD}\n{LINES[0].replace('M,0', 'M,-1')}\n", "'-1' is no count"),
        (f"{HEAD}\n{LINES[1].replace('80,95', '95,80')}\n", "line 2.R_lo: 95 to 80 is no interval"),
        (f'{HEAD}\n"M\n', "line 2 is no CSV"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, message: str):
    path = tmp_path / "runs.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        judged_runs(path, spec("sheep"))
    assert message in str(refused.value).replace("-1 is no count", "'-1' is no count")
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["play", "sheep", "--replay", "x.csv", "--seed", "1"], "with --replay nothing is played"),
        (["play", "n4", "--replay", "x.csv"], "a summary of games is judged with its dataset"),
        (["play", "--replay", "x.csv"], "a summary is judged with its dataset alone"),
        (
            ["predict", "sheep", "--regime", "none"],
            "predictions for a commons have no such options",
        ),
        (["frontier", "sheep"], "this is a commons, not a game"),
    ],
)
def test_bad_usage(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_the_command_writes_the_report(tmp_path: Path):
    path = written(tmp_path, *LINES)
    with pytest.raises(SystemExit) as ended:
        run(["play", "sheep", "--replay", str(path), "--out", str(tmp_path / "out")])
    assert ended.value.code == 0
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        *("report.html", "report.md", "runs.svg")
    }
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "| M | no-contract (1) | 3 | 90.0 [80.0, 95.0] |" in report
    assert "n_parent_runs" in report


# --- the published files ---


@pytest.mark.parametrize("growth", FILES)
def test_the_page_has_the_verdicts_of_the_published_runs(growth: str):
    path = DATA / FILES[growth]
    if not path.exists():
        pytest.skip("the published data are not here")
    replay = judged_runs(path, spec(SPECS[growth]))
    page = (ROOT / "docs" / "commons-runs.md").read_text(encoding="utf-8")
    numbers = r" (\d+) \|" * 4
    rows = re.findall(rf"^\|.*\| {growth} \|{numbers}$", page, re.M)
    counts = [tuple(map(int, row)) for row in rows]
    order = (
        *("selfish-collapse", "selfish-catch", "prosocial-survival", "prosocial-gain"),
        *("monotone", "contract-closes", "first-best-bound"),
    )
    assert set(order) == set(STATEMENTS)
    counted = []
    for name in order:
        tally = Counter(entry.verdict for entry in replay.judged if entry.prediction == name)
        counted.append(
            tuple(tally[v] for v in ("consistent", "contradicted", "inconclusive", None))
        )
    assert counts == counted
    picture = {"2": "commons-runs.svg", "drawn": "commons-runs-iid.svg"}[growth]
    assert files(replay)["runs.svg"] == (ROOT / "docs" / "figures" / picture).read_text()


def test_the_published_lines_are_all_read():
    path = DATA / FILES["2"]
    if not path.exists():
        pytest.skip("the published data are not here")
    cells = read_cells(path)
    assert len(cells) == 126
    assert len({(c.model, c.condition, c.prosocial) for c in cells if c.copy}) == 24
