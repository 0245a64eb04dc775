"""Conjectures, campaigns and their journal."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import pytest

from coopgap import check
from proofs.fuzzing.campaigns import (
    Budget,
    Journal,
    Verdict,
    campaign,
    decided,
    drawn,
    specification,
)
from proofs.fuzzing.conjectures import (
    FAILS,
    Conjecture,
    conjecture,
    conjecture_from_text,
    find,
    registered,
)
from proofs.fuzzing.measures import QUANTITIES, Asked, Measures, Undecided
from proofs.fuzzing.shrinking import smallest
from proofs.fuzzing.situations import Bounds, Situation, generator, situation
from theory.errors import InputError
from theory.languages import refines
from theory.readers.spec import spec_from_text

REGISTERED = registered()
RARE = {"gap-falls-in-common-lambda"}
"""Refuted too seldom for a test."""

COMMAND = Callable[..., subprocess.CompletedProcess[str]]


def without_time(verdict: Verdict) -> dict[str, object]:
    return {name: value for name, value in asdict(verdict).items() if name != "seconds"}


# ------------------------------------------------------------ situations and measures


def test_cases_depend_on_seed_conjecture_and_number_alone() -> None:
    one, other = (situation(generator(3, "x", 7), Bounds()) for _ in range(2))
    assert (one.environment.payoffs == other.environment.payoffs).all()
    assert one.levels == other.levels
    different = situation(generator(4, "x", 7), Bounds())
    assert one.environment.payoffs.tolist() != different.environment.payoffs.tolist()


def test_drawn_languages_refine_and_levels_grow() -> None:
    for case in range(200):
        found = situation(generator(1, "y", case), Bounds(agents=(1, 3), actions=(1, 3)))
        assert refines(found.finer, found.language, found.environment)
        assert all(a <= b for a, b in zip(found.levels, found.more, strict=True))


def test_quick_measures_equal_those_of_the_engines() -> None:
    names = [name for name in QUANTITIES if not name.startswith("_")]
    compared = 0
    for case in range(60):
        bounds = Bounds(agents=(2, 3), actions=(1, 3), states=(1, 2))
        found = situation(generator(1, "z", case), bounds)
        quick, slow = Measures(found), Asked(found)
        for name in names:
            try:
                assert quick[name] == slow[name], (case, name)
                compared += 1
            except Undecided:
                pass
    assert compared > 1000


def test_measures_equal_the_report_of_check() -> None:
    bounds = Bounds(states=(1, 2))
    for case in range(15):
        found = situation(generator(2, "r", case), bounds)
        spec = specification(REGISTERED["t1"], found)
        report = check(spec_from_text(text_of(spec), "spec.toml"))
        measures = Measures(found)
        assert report.first_best.welfare == measures["first_best"]
        assert report.prosocial_threshold == measures["threshold_alone"]
        assert report.languages[0].gap == measures["gap"]
        assert report.languages[0].prosocial_threshold == measures["threshold"]


def text_of(spec: object) -> str:
    from proofs.fuzzing.writing import spec_text

    return spec_text(spec)  # type: ignore[arg-type]


# ------------------------------------------------------------ the registry


@pytest.mark.parametrize("name", [name for name in REGISTERED if name not in RARE])
def test_registered_conjectures_fare_as_expected(name: str) -> None:
    wanted = REGISTERED[name].expected
    cases = 20_000 if wanted == "refuted" else 2_500 if name == "t9" else 300
    (found,) = campaign([REGISTERED[name]], budget=Budget(cases=cases))
    assert found.status == wanted
    if found.counterexample is not None:
        spec = spec_from_text(found.counterexample, "counterexample.toml")
        check(spec)


def test_the_theorems_and_the_false_statements_are_registered() -> None:
    assert {f"t{k}" for k in range(1, 10)} | {f"n{k}" for k in range(1, 9)} <= set(REGISTERED)
    assert all(REGISTERED[f"t{k}"].expected == "survived" for k in range(1, 10))
    assert all(REGISTERED[f"n{k}"].expected == "refuted" for k in range(1, 9))
    others = [name for name in REGISTERED if not name[1:].isdigit()]
    assert len(others) >= 10


def test_counterexamples_cannot_be_simpler() -> None:
    (found,) = campaign([REGISTERED["n4"]], budget=Budget(cases=2_000))
    spec = spec_from_text(found.counterexample or "", "x.toml")
    payoffs = spec.environment.payoffs  # type: ignore[union-attr]
    assert abs(payoffs).max() == 1
    assert abs(payoffs).sum() == 2


def test_shrinking_keeps_what_fails_and_ends() -> None:
    def fails(each: Situation) -> bool:
        return Measures(each)["alone"] > 0

    start = next(
        s
        for case in range(100)
        if fails(s := situation(generator(5, "s", case), Bounds(agents=(2, 3), actions=(2, 3))))
    )
    end = smallest(start, fails)
    assert fails(end)
    assert end.environment.shape == (2, 1) or end.environment.shape == (1, 2)
    assert abs(end.environment.payoffs).max() <= 2


# ------------------------------------------------------------ campaigns


def test_results_do_not_depend_on_the_number_of_workers() -> None:
    chosen = find(["t1", "n5", "n6"])
    one, two = (
        [without_time(v) for v in campaign(chosen, budget=Budget(cases=900), workers=n)]
        for n in (1, 2)
    )
    assert one == two


def test_hypotheses_that_are_rarely_met_hardly_test() -> None:
    text = '[conjecture]\nsuppose = ["first_best > 100"]\nthen = ["gap > 0"]\n'
    (found,) = campaign([conjecture_from_text(text, "rare", "rare")], budget=Budget(cases=200))
    assert found.status == "hardly-tested"
    assert found.vacuous == 200


def test_languages_of_records_are_drawn_with_transfers_only() -> None:
    text = '[conjecture]\nthen = ["gap >= 0"]\nlanguages = ["record"]\n'
    (found,) = campaign([conjecture_from_text(text, "records", "r")], budget=Budget(cases=200))
    assert found.status == "survived"


def test_python_functions_can_be_conjectures() -> None:
    @conjecture("no language helps")
    def useless(measures: Measures) -> bool:
        return bool(measures["gap"] == measures["alone"])

    assert isinstance(useless, Conjecture)
    said = {useless.said(Measures(drawn(useless, 0, case))) for case in range(200)}
    assert FAILS in said


def test_seconds_end_a_campaign() -> None:
    start = time.monotonic()
    (found,) = campaign([REGISTERED["t8"]], budget=Budget(seconds=0.5))
    assert found.cases > 0
    assert time.monotonic() - start < 30


def test_a_worker_that_dies_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    from proofs import worker

    real, deaths = worker.Worker.call, []

    def call(self: worker.Worker, function: object, *arguments: object) -> object:
        if len(deaths) < 2:
            deaths.append(arguments)
            self.close()
            raise worker.TimedOut("the process died")
        return real(self, function, *arguments)  # type: ignore[arg-type]

    expected = [without_time(v) for v in campaign(find(["t1"]), budget=Budget(cases=300))]
    monkeypatch.setattr(worker.Worker, "call", call)
    found = campaign(find(["t1"]), budget=Budget(cases=300), workers=2)
    assert [without_time(v) for v in found] == expected
    assert len(deaths) == 2


# ------------------------------------------------------------ the journal


def test_a_journal_is_resumed_without_repeating_a_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.sqlite"
    chosen = find(["t1", "n5"])
    campaign(chosen, budget=Budget(cases=200), journal=Journal(path))
    plain = campaign(chosen, budget=Budget(cases=600))
    done: list[int] = []

    def noted(text: str, name: str, seed: int, start: int, stop: int) -> dict[str, int]:
        done.append(start)
        return decided(text, name, seed, start, stop)

    monkeypatch.setattr("proofs.fuzzing.campaigns.decided", noted)
    found = campaign(chosen, budget=Budget(cases=600), journal=Journal(path, resume=True))
    assert [without_time(v) for v in found] == [without_time(v) for v in plain]
    assert min(done) >= 200


def test_journals_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    campaign(find(["t8"]), budget=Budget(cases=50), journal=Journal(path))
    with pytest.raises(InputError, match="--resume"):
        campaign(find(["t8"]), budget=Budget(cases=50), journal=Journal(path))
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database, but long enough to look at" * 100)
    with pytest.raises(InputError, match="cannot be used"):
        campaign(find(["t8"]), budget=Budget(cases=50), journal=Journal(broken))


def test_a_campaign_survives_being_killed(tmp_path: Path) -> None:
    """Killed at random moments and resumed, the journal ends as that of an uninterrupted run."""
    rng = random.Random(int(os.environ.get("COOPGAP_SEED", "7")))
    killed, whole = tmp_path / "killed.sqlite", tmp_path / "whole.sqlite"
    arguments = ["fuzz", "t1", "t7", "--cases", "3000", "--json", "--journal"]
    command = [sys.executable, "-m", "coopgap", *arguments]
    ended = False
    kills = 0
    while not ended and kills < 20:
        process = subprocess.Popen(
            [*command, str(killed), "--resume"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=rng.uniform(0.8, 1.6))
            ended = True
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
    subprocess.run([*command, str(killed), "--resume"], check=True, capture_output=True)
    subprocess.run([*command, str(whole)], check=True, capture_output=True)
    assert rows(killed) == rows(whole)
    assert len(rows(whole)) == 2 * 3000 // 50


def rows(path: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as database:
        return database.execute("select * from batches order by 1, 2, 3").fetchall()


# ------------------------------------------------------------ the command, and bad input


def test_the_command(tmp_path: Path, run_coopgap: COMMAND) -> None:
    done = run_coopgap("fuzz", "N4", "t8", "--cases", "400", "--json", "--keep", str(tmp_path))
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["schema"] == "coopgap.fuzz/1"
    assert [each["status"] for each in document["conjectures"]] == ["refuted", "survived"]
    assert run_coopgap("check", str(tmp_path / "n4.toml")).returncode in (0, 1, 3)
    assert run_coopgap("fuzz", "t3", "--cases", "100").returncode == 0
    assert run_coopgap("fuzz", "--list").returncode == 0
    assert run_coopgap("fuzz", "t8", "--resume").returncode == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "empty"),
        ("[game]", "game"),
        ("title = 'x'", "[conjecture]"),
        ("[conjecture]", "nothing is conjectured"),
        ('[conjecture]\nthen = ["gaps > 0"]', "'gap'"),
        ('[conjecture]\nthen = ["_correlated > 0"]', "no quantity"),
        ('[conjecture]\nthen = "gap"', "neither true nor false"),
        ("[conjecture]\nthen = [1]", "no list of comparisons"),
        ('[conjecture]\nthen = ["gap >"]', "then[0]"),
        ('[conjecture]\nthen = ["gap > 0"]\nif = 1', "if"),
        ('[conjecture]\nthen = ["gap > 0"]\nagents = [3, 2]', "agents"),
        ('[conjecture]\nthen = ["gap > 0"]\nagents = 99', "agents"),
        ('[conjecture]\nthen = ["gap > 0"]\nlanguages = ["latin"]', "latin"),
        ('[conjecture]\nthen = ["gap > 0"]\nlanguages = []', "languages"),
        ('[conjecture]\nthen = ["gap > 0"]\ncontracts = ["threats"]', "threats"),
        ('[conjecture]\nthen = ["gap > 0"]\ncontracts = []', "empty"),
        ('[conjecture]\nthen = ["gap > 0"]\ncontracts = ["free up to -1"]', "negative"),
        ('[conjecture]\nthen = ["incontractible"]', "cells"),
        (
            '[conjecture]\nthen = ["gap >= 0"]\nlanguages = ["record"]\n'
            'contracts = ["complete directives"]',
            "no contract to draw",
        ),
    ],
)
def test_bad_conjectures(text: str, named: str) -> None:
    with pytest.raises(InputError) as error:
        campaign([conjecture_from_text(text, "bad", "bad.toml")], budget=Budget(cases=5))
    assert named in str(error.value)


def test_no_such_conjecture() -> None:
    with pytest.raises(InputError, match="t1"):
        find(["t11"])


def test_levels_are_fractions() -> None:
    found = situation(generator(0, "l", 0), Bounds())
    assert all(isinstance(level, Fraction) for level in found.levels)
