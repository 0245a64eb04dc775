"""``audit`` on the published datasets and on corrupted copies of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coopgap.proofs.audit.rows import AuditReport, audit
from coopgap.theory.errors import InputError
from coopgap.theory.readers.columns import read_columns
from coopgap.theory.readers.table_games import COLUMNS

PD = "gt-harmbench-pd30-4x4-rewritten.csv"
SH = "gt-harmbench-sh30-2x2-with-targets.csv"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def published(shared: Path) -> Callable[[str], AuditReport]:
    """The audit of a published file, made once."""
    return cache(lambda name: audit(shared / "data" / name))


def _bad_rows(report: AuditReport) -> list[int]:
    return [game.row for game in report.games if not game.ok]


def test_all_rows_of_both_files_are_sound(published: Callable[[str], AuditReport]) -> None:
    for name, size in ((PD, 4), (SH, 2)):
        report = published(name)
        assert (report.rows, report.checked, report.skipped, report.problems) == (30, 30, (), 0)
        assert {game.size for game in report.games} == {size}


def test_gaps_and_thresholds_are_those_of_the_theory(
    shared: Path, published: Callable[[str], Any]
) -> None:
    """Gap (R−P)/12, correlated gap (R−P)/15, both thresholds 2, in the units of the stored matrix
    (theory.md §3); nothing is lost in the 2×2 games."""
    for row, game in zip(_rows(shared / "data" / PD), published(PD).games, strict=True):
        r, p = (Fraction(row[f"{k}_{k}_payoff"].strip("[]").split(",")[0]) for k in (1, 2))
        stored = game.first_best.welfare / 2 / (r - (r - p) / 6)
        assert game.gap == stored * (r - p) / 12
        assert game.correlated_gap == stored * (r - p) / 15
        assert (game.prosocial_threshold, game.prosocial_threshold_contract) == (2, 2)
        assert game.nash == (tuple(eval_free(row["target_nash_4x4"])),)
    for game in published(SH).games:
        assert (game.gap, game.correlated_gap, game.prosocial_threshold) == (0, 0, 0)


def eval_free(text: str) -> list[str]:
    """The two labels of one stored profile such as ``[('a', 'b')]``."""
    return [part for part in text.split("'") if part.strip("[](), ")]


@pytest.mark.parametrize("name", [PD, SH])
def test_one_wrong_label_is_reported_for_its_row(shared: Path, tmp_path: Path, name: str) -> None:
    rows = _rows(shared / "data" / name)
    column = "target_rawlsian_4x4" if name == PD else "target_rawlsian"
    source = "target_nash_4x4" if name == PD else "target_nash_equilibria"
    rows[6][column] = rows[6][source]
    report = audit(_written(tmp_path / "wrong.csv", rows))
    assert _bad_rows(report) == [7]
    assert [problem.field for problem in report.games[6].problems] == [column]


@pytest.mark.parametrize("name", [PD, SH])
def test_negated_payoffs_are_reported_for_every_row(
    shared: Path, tmp_path: Path, name: str
) -> None:
    rows = _rows(shared / "data" / name)
    for row in rows:
        for column in ("1_1_payoff", "1_2_payoff", "2_1_payoff", "2_2_payoff"):
            first, second = (int(part) for part in row[column].strip("[]()").split(","))
            row[column] = f"({-first}, {-second})"
    report = audit(_written(tmp_path / "negated.csv", rows))
    assert _bad_rows(report) == list(range(1, 31))


def test_one_broken_cell_of_a_matrix_is_reported_for_its_row(shared: Path, tmp_path: Path) -> None:
    rows = _rows(shared / "data" / PD)
    rows[2]["payoff_matrix_4x4"] = rows[2]["payoff_matrix_4x4"].replace("[[[", "[[[1", 1)
    report = audit(_written(tmp_path / "broken.csv", rows))
    assert _bad_rows(report) == [3]
    assert "payoff_matrix_4x4" in {problem.field for problem in report.games[2].problems}


def test_an_unusable_row_is_skipped_with_a_reason(shared: Path, tmp_path: Path) -> None:
    rows = _rows(shared / "data" / SH)
    rows[4]["2_1_payoff"] = "(nan, 1)"
    report = audit(_written(tmp_path / "nan.csv", rows))
    assert [skipped.row for skipped in report.skipped] == [5]
    assert (report.rows, report.checked) == (30, 29)
    assert "2_1_payoff" in report.skipped[0].reason


def test_without_target_columns_nothing_is_compared(shared: Path, tmp_path: Path) -> None:
    rows = [
        {k: v for k, v in row.items() if not k.startswith(("target", "max_", "nash_"))}
        for row in _rows(shared / "data" / SH)
    ]
    report = audit(_written(tmp_path / "bare.csv", rows))
    assert "target_nash_equilibria" in report.not_stored
    assert report.problems == 0
    assert report.document()["not_stored"] == list(report.not_stored)


def test_progress_names_the_rows(shared: Path) -> None:
    messages: list[str] = []
    audit(shared / "data" / SH, progress=messages.append)
    assert messages[:2] == ["row 1", "row 2"]


# --- other layouts --------------------------------------------------------------------------------

MAP = """
id = "name"
actions_row = ["row_1", "row_2"]
actions_column = ["col_1", "col_2"]
1_1_payoff = ["u_11", "v_11"]
1_2_payoff = ["u_12", "v_12"]
2_1_payoff = ["u_21", "v_21"]
2_2_payoff = "both_22"
target_nash_equilibria = "nash"
"""

OTHER = """name,row_1,row_2,col_1,col_2,u_11,v_11,u_12,v_12,u_21,v_21,both_22,nash
pd,"stay, calm",go,Stay,Go,3,3,0,5,5,0.0,"(1, 1)","[('go', 'go')]"
wrong,stay,go,stay,go,3,3,0,5,5,0,"(1, 1)","[('stay', 'stay')]"
short,stay,go
broken,stay,go,stay,go,x,3,0,5,5,0,"(1, 1)",""
"""


def read_layout(directory: Path, layout: str = MAP, dataset: str = OTHER) -> AuditReport:
    (directory / "map.toml").write_text(layout, encoding="utf-8")
    (directory / "games.csv").write_text(dataset, encoding="utf-8")
    columns = read_columns(directory / "map.toml", COLUMNS)
    return audit(directory / "games.csv", columns=columns)


def test_columns_of_another_layout(tmp_path: Path) -> None:
    report = read_layout(tmp_path)
    assert [(game.id, game.ok) for game in report.games] == [("pd", True), ("wrong", False)]
    assert [problem.field for problem in report.games[1].problems] == ["target_nash_equilibria"]
    assert report.games[0].first_best.welfare == 6
    assert report.games[0].nash == (("go", "Go"),)
    short, broken = report.skipped
    assert "3 cells for 13 columns" in short.reason
    assert "1_1_payoff" in broken.reason


def test_a_published_file_by_a_map_is_the_same(shared: Path, tmp_path: Path) -> None:
    rows = _rows(shared / "data" / SH)[:3]
    plain = audit(_written(tmp_path / "plain.csv", rows))
    renamed = [{f"my {key}": value for key, value in row.items()} for row in rows]
    renamed_file = _written(tmp_path / "other.csv", renamed)
    (tmp_path / "map.toml").write_text(
        "".join(f'"{key}" = "my {key}"\n' for key in rows[0] if key in COLUMNS), encoding="utf-8"
    )
    mapped = audit(renamed_file, columns=read_columns(tmp_path / "map.toml", COLUMNS))
    assert mapped.games == plain.games
    assert mapped.not_stored == plain.not_stored


def test_rows_without_names_are_numbered(tmp_path: Path) -> None:
    dataset = OTHER.replace("name,", "other,")
    report = read_layout(tmp_path, MAP.replace('id = "name"\n', ""), dataset)
    assert [game.id for game in report.games] == ["1", "2"]


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        (
            MAP.replace("u_11", "u11"),
            r"map\.toml: 1_1_payoff: the column 'u11' of the map is missi",
        ),
        (MAP.replace("actions_row =", "action_row ="), "there is no column 'action_row'; did you"),
        (MAP.replace('"row_1", "row_2"', '"row_1"'), "names neither one column nor 2"),
        (MAP.replace('id = "name"', "id = 3"), 'map.toml: id: 3 names no column; write id = "COL'),
        (MAP.replace('"u_11", "v_11"', '"u_11", 3'), "names neither one column nor 2"),
        ("id = ", "not TOML"),
        ('id = "name"', "the column 'actions_row' is missing"),
    ],
)
def test_maps_that_are_none(layout: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        read_layout(tmp_path, layout)
