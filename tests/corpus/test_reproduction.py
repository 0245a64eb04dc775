"""What the paper states, decided again: every item, and that a difference would be seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coopgap.proofs.reproduction import reproduce as reproducing
from coopgap.proofs.reproduction.reproduce import Statement, reproduce, statements
from coopgap.proofs.theorems.registry import registered
from coopgap.theory.readers.claim_fields import CLAIM_FIELDS
from coopgap.theory.readers.load import gallery

Run = Callable[..., Any]


def test_items_name_what_there_is():
    theorems, slugs = registered(), {slug for slug, _, _ in gallery()}
    for statement in statements():
        assert set(statement.claims) <= set(CLAIM_FIELDS)
        assert sum(map(bool, (statement.theorem, statement.spec, statement.dataset))) == 1
        assert not statement.theorem or theorems[statement.theorem].expected == "proved"
        assert not statement.spec or statement.spec in slugs


def test_all_is_reproduced(shared: Path):
    assert {outcome.status for outcome in reproduce(shared / "data")} == {"reproduced"}


MIXED = Statement("x", "y", spec="prisoners-dilemma-family", path=("selfish", "mixed"))


@pytest.mark.parametrize(
    ("statement", "status", "result", "code"),
    [
        (Statement("x", "y", theorem="pd-threshold-2-refuted"), "differs", "refuted", 1),
        (
            Statement("x", "y", spec="n4", path=("prosocial_threshold",), value="1"),
            "differs",
            "1/4",
            1,
        ),
        (MIXED, "unknown", "for numbers only", 3),
        (Statement("x", "y", dataset="games.csv"), "skipped", "--data", 0),
    ],
)
def test_what_is_not_reproduced_is_told(
    monkeypatch: pytest.MonkeyPatch,
    run_coopgap: Run,
    statement: Statement,
    status: str,
    result: str,
    code: int,
):
    monkeypatch.setattr(reproducing, "statements", lambda: (statement,))
    printed = run_coopgap("reproduce", "--json")
    (entry,) = json.loads(printed.stdout)["items"]
    assert entry["status"] == status
    assert result in entry["result"]
    assert printed.returncode == code


def test_a_dataset_with_another_number_differs(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_coopgap: Run
):
    (statement,) = (candidate for candidate in statements() if "pd30" in candidate.dataset)
    text = (shared / "data" / statement.dataset).read_text(encoding="utf-8")
    (tmp_path / statement.dataset).write_text(
        text.replace(",100,50,", ",101,50,", 1), encoding="utf-8"
    )
    monkeypatch.setattr(reproducing, "statements", lambda: (statement,))
    printed = run_coopgap("reproduce", "--data", str(tmp_path))
    assert printed.returncode == 1
    assert "30 rows checked, 1 with problems" in " ".join(printed.stdout.split())


def test_a_folder_without_the_datasets_is_bad_usage(run_coopgap: Run, tmp_path: Path):
    printed = run_coopgap("reproduce", "--data", str(tmp_path))
    assert printed.returncode == 2
    assert "gt-harmbench" in printed.stderr
    assert not printed.stdout
