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
    other = "target_nash_4x4" if name == PD else "target_nash_equilibria"
    rows[6][column] = rows[6][other]
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
    told: list[str] = []
    audit(shared / "data" / SH, progress=told.append)
    assert told[:2] == ["row 1", "row 2"]
