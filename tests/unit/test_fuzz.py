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
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import find as find_case
from hypothesis import settings
from random_environments import BASE_SEED

from coopgap import check, load
from coopgap.proofs.deciding.reports import MechanismPart, PooledBestPart, Report
from coopgap.proofs.fuzzing.boxes import boxes
from coopgap.proofs.fuzzing.campaigns import Budget, Verdict, campaign, specification
from coopgap.proofs.fuzzing.conjectures import (
    FAILS,
    Conjecture,
    conjecture,
    conjecture_from_text,
    find,
    registered,
)
from coopgap.proofs.fuzzing.journal import Journal
from coopgap.proofs.fuzzing.measures import QUANTITIES, EngineMeasures, Measures, Undecided
from coopgap.proofs.fuzzing.shrinking import smallest
from coopgap.proofs.fuzzing.situations import Bounds, Situation, generator, situation
from coopgap.proofs.fuzzing.strategies import situations
from coopgap.proofs.fuzzing.tallies import Tally, case_situation, tallied
from coopgap.proofs.fuzzing.teams import Batch, Cluster
from coopgap.theory.contracts import Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.exact import Extended, Infinite
from coopgap.theory.languages import refines
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import Specification

REGISTERED = registered()
RARE = {
    "gap-falls-in-common-lambda",
    "gap-falls-in-language-and-lambda",
    "cross-difference-changes-sign-once",
    "others-gain-from-one-prosocial-agent",
}
"""Refuted too seldom by sampling for a test."""

COMMAND = Callable[..., subprocess.CompletedProcess[str]]


def without_time(verdict: Verdict) -> dict[str, object]:
    return {name: value for name, value in asdict(verdict).items() if name != "seconds"}


# ------------------------------------------------------------ situations and measures


def test_cases_depend_on_seed_conjecture_and_number_alone() -> None:
    first, second = (situation(generator(3, "x", 7), Bounds()) for _ in range(2))
    assert (first.environment.payoffs == second.environment.payoffs).all()
    assert first.levels == second.levels
    different = situation(generator(4, "x", 7), Bounds())
    assert first.environment.payoffs.tolist() != different.environment.payoffs.tolist()


def test_drawn_languages_refine_and_levels_grow() -> None:
    for case in range(200):
        drawn = situation(generator(1, "y", case), Bounds(agents=(1, 3), actions=(1, 3)))
        assert refines(drawn.finer, drawn.language, drawn.environment)
        assert all(a <= b for a, b in zip(drawn.levels, drawn.more, strict=True))


def test_quick_measures_equal_those_of_the_engines() -> None:
    names = [name for name in QUANTITIES if not name.startswith("_")]
    compared = 0
    for case in range(60):
        bounds = Bounds(agents=(1, 3), actions=(1, 3), states=(1, 2), contract=True)
        drawn = situation(generator(1, "z", case), bounds)
        quick, slow = Measures(drawn), EngineMeasures(drawn)
        for name in names:
            try:
                assert quick[name] == slow[name], (case, name)
                compared += 1
            except Undecided:
                pass
    assert compared > 1500


def mechanism_gap(report: Report) -> Extended:
    part = report.languages[0].mechanism
    assert isinstance(part, MechanismPart)
    assert isinstance(part.gap, Fraction | Infinite)
    return part.gap


def test_private_information_and_outside_options_are_drawn_and_shrunk() -> None:
    (verdict,) = campaign([REGISTERED["n10"]], budget=Budget(cases=400))
    assert (verdict.status, verdict.cases) == ("refuted", 58)
    assert verdict.counterexample is not None
    game = spec_from_text(verdict.counterexample, "n10")
    assert isinstance(game, Specification)
    assert game.information is not None
    report = check(game)
    assert mechanism_gap(report) > 0
    assert len(game.environment.states) == 2


def options_of(situation: Situation) -> tuple[Fraction, ...]:
    assert isinstance(situation.contracts, Transfers)
    return situation.contracts.participation or ()


def test_hypothesis_draws_them_too() -> None:
    strategy = situations(REGISTERED["n10"].bounds)
    drawn = find_case(
        strategy,
        lambda s: s.information is not None and any(options_of(s)),
        settings=settings(database=None),
    )
    assert drawn.information is not None
    # Shrunk: the first states are seen by all.
    assert all(own[0] == 0 for own in drawn.information.cells)


def test_pooled_team_and_first_best_agree_where_all_see_the_state() -> None:
    for case in range(20):
        m = Measures(situation(generator(5, "p", case), Bounds(agents=(1, 3), states=(1, 3))))
        assert m["team"] == m["pooled"] == m["first_best"]


def test_pooled_team_and_gaps_equal_the_report_of_check() -> None:
    bounds = Bounds(states=(2, 3), contracts=(Transfers(),), information=True, participation=True)
    for case in range(10):
        drawn = situation(generator(6, "q", case), bounds)
        spec = specification(REGISTERED["n10"], drawn)
        if spec.information is None:
            continue
        report = check(spec_from_text(text_of(spec), "spec.toml"))
        measures = Measures(drawn)
        assert report.first_best.welfare == measures["pooled"]
        assert isinstance(report.first_best, PooledBestPart)
        assert report.first_best.team == measures["team"]
        assert mechanism_gap(report) == measures["mechanism_gap"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('then = ["gap == 0"]\ninformation = true', "gap is about agents who see the state"),
        ('then = ["mechanism_gap == 0"]\nparticipation = true', "with transfers only"),
    ],
)
def test_what_says_nothing_of_what_is_drawn_is_refused(lines: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        conjecture_from_text(f"[conjecture]\n{lines}", "x", "x")


def test_measures_equal_the_report_of_check() -> None:
    bounds = Bounds(states=(1, 2))
    for case in range(15):
        drawn = situation(generator(2, "r", case), bounds)
        spec = specification(REGISTERED["t1"], drawn)
        report = check(spec_from_text(text_of(spec), "spec.toml"))
        measures = Measures(drawn)
        assert report.first_best.welfare == measures["first_best"]
        assert report.prosocial_threshold == measures["threshold_alone"]
        assert report.languages[0].gap == measures["gap"]
        assert report.languages[0].prosocial_threshold == measures["threshold"]


def text_of(spec: object) -> str:
    from coopgap.proofs.fuzzing.writing import spec_text

    return spec_text(spec)  # type: ignore[arg-type]


# ------------------------------------------------------------ the registry


@pytest.mark.parametrize("name", [name for name in REGISTERED if name not in RARE])
def test_registered_conjectures_fare_as_expected(name: str) -> None:
    expected = REGISTERED[name].expected
    rarely_met = name in ("t9", "dilemmas-reach-first-best")
    cases = 20_000 if expected == "refuted" else 2_500 if rarely_met else 300
    (verdict,) = campaign([REGISTERED[name]], budget=Budget(cases=cases))
    assert verdict.status == expected
    if verdict.counterexample is not None:
        spec = spec_from_text(verdict.counterexample, "counterexample.toml")
        check(spec)


def test_the_theorems_and_the_false_statements_are_registered() -> None:
    assert {f"t{k}" for k in range(1, 10)} | {f"n{k}" for k in range(1, 9)} <= set(REGISTERED)
    assert all(REGISTERED[f"t{k}"].expected == "survived" for k in range(1, 10))
    assert all(REGISTERED[f"n{k}"].expected == "refuted" for k in range(1, 9))
    statements = [name for name in REGISTERED if not name[1:].isdigit()]
    assert len(statements) >= 10


def test_counterexamples_cannot_be_simpler() -> None:
    (verdict,) = campaign([REGISTERED["n4"]], budget=Budget(cases=2_000))
    spec = spec_from_text(verdict.counterexample or "", "x.toml")
    payoffs = spec.environment.payoffs  # type: ignore[union-attr]
    assert abs(payoffs).max() == 1
    assert abs(payoffs).sum() == 2


@pytest.mark.parametrize("name", ["n2", "n3", "n4", "n5", "n6"])
def test_counterexamples_are_no_larger_than_those_of_the_theory(name: str) -> None:
    (verdict,) = campaign([REGISTERED[name]], budget=Budget(cases=20_000))
    ours = spec_from_text(verdict.counterexample or "", "x.toml").environment  # type: ignore[union-attr]
    theirs = load(name).environment  # type: ignore[union-attr]
    assert ours.payoffs.size <= theirs.payoffs.size
    assert abs(ours.payoffs).max() <= abs(theirs.payoffs).max()


def test_shrinking_keeps_what_fails_and_ends() -> None:
    def fails(situation: Situation) -> bool:
        return bool(Measures(situation)["alone"] > 0)

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
    sequential, parallel = (
        [without_time(v) for v in campaign(chosen, budget=Budget(cases=900), workers=n)]
        for n in (1, 2)
    )
    assert sequential == parallel


def test_hypotheses_that_are_rarely_met_hardly_test() -> None:
    text = '[conjecture]\nsuppose = ["first_best > 100"]\nthen = ["gap > 0"]\n'
    (verdict,) = campaign([conjecture_from_text(text, "rare", "rare")], budget=Budget(cases=200))
    assert verdict.status == "hardly-tested"
    assert verdict.vacuous == 200


def test_languages_of_records_are_drawn_with_transfers_only() -> None:
    text = '[conjecture]\nthen = ["gap >= 0"]\nlanguages = ["record"]\n'
    (verdict,) = campaign([conjecture_from_text(text, "records", "r")], budget=Budget(cases=200))
    assert verdict.status == "survived"


def test_python_functions_can_be_conjectures() -> None:
    @conjecture("no language helps")
    def useless(measures: Measures) -> bool:
        return bool(measures["gap"] == measures["alone"])

    (verdict,) = campaign([useless], budget=Budget(cases=200))
    assert verdict.status == "refuted"
    with pytest.raises(InputError, match="Python code"):
        campaign([useless], budget=Budget(cases=200), workers=2)
    verdicts = {useless.verdict(Measures(case_situation(useless, 0, case))) for case in range(200)}
    assert FAILS in verdicts


def test_seconds_end_a_campaign() -> None:
    start = time.monotonic()
    (verdict,) = campaign([REGISTERED["t8"]], budget=Budget(seconds=0.5))
    assert verdict.cases > 0
    assert time.monotonic() - start < 30


def test_a_worker_that_dies_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    from coopgap.proofs.deciding import worker

    real = worker.Worker.call
    deaths: list[object] = []

    def call(self: worker.Worker, function: object, *arguments: object) -> object:
        if len(deaths) < 2:
            deaths.append(arguments)
            self.close()
            raise worker.TimedOut("the process died")
        return real(self, function, *arguments)  # type: ignore[arg-type]

    expected = [without_time(v) for v in campaign(find(["t1"]), budget=Budget(cases=300))]
    monkeypatch.setattr(worker.Worker, "call", call)
    verdicts = campaign(find(["t1"]), budget=Budget(cases=300), workers=2)
    assert [without_time(v) for v in verdicts] == expected
    assert len(deaths) == 2


def test_a_worker_that_always_dies_leaves_cases_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    from coopgap.proofs.deciding import worker

    def call(*_: object) -> object:
        raise worker.TimedOut("the process died")

    monkeypatch.setattr(worker.Worker, "call", call)
    (verdict,) = campaign(find(["t1"]), budget=Budget(cases=60), workers=2)
    assert (verdict.cases, verdict.unknown, verdict.status) == (60, 60, "hardly-tested")


def test_coverage_is_counted() -> None:
    text = (
        '[conjecture]\nsuppose = ["gap > 0", "alone > 2"]\nthen = ["alone >= gap"]\n'
        'contracts = ["free"]\nstates = [1, 2]\n'
    )
    (verdict,) = campaign([conjecture_from_text(text, "c", "c")], budget=Budget(cases=300))
    assert sum(verdict.shapes.values()) == 300
    assert set(verdict.shapes) == {"2×2, 1 state", "2×2, 2 states"}
    first, both = (verdict.hypotheses[hypothesis] for hypothesis in ("gap > 0", "alone > 2"))
    assert 300 > first > both == 300 - verdict.vacuous > 0


def test_contradictory_hypotheses_are_vacuous() -> None:
    text = '[conjecture]\nsuppose = ["gap > 0", "gap < 0"]\nthen = ["gap > 0"]\n'
    contradictory = conjecture_from_text(text, "contradictory", "c")
    for engine in ("sampling", "hypothesis", "z3"):
        (verdict,) = campaign([contradictory], budget=Budget(cases=100), engine=engine)
        assert verdict.status == "hardly-tested"
        assert "contradict each other" in (verdict.note or "")


# ------------------------------------------------------------ engines


FALLING = [
    *(("hypothesis", name) for name in ("n4", "n6", "n7", "complete-directives-refine")),
    *(("z3", name) for name in ("n2", "n4", "n5", "n6", "n7", "complete-directives-refine")),
]


@pytest.mark.parametrize(("engine", "name"), FALLING)
def test_what_is_false_falls_to_every_engine(engine: str, name: str) -> None:
    (verdict,) = campaign([REGISTERED[name]], budget=Budget(cases=5_000), engine=engine)
    assert verdict.status == "refuted"
    spec = spec_from_text(verdict.counterexample or "", "counterexample.toml")
    assert abs(spec.environment.payoffs).max() <= 2  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "name",
    ["t3", "t4", "t6", "gap-falls-in-common-lambda", "gap-falls-in-language-and-lambda", "n3"],
)
def test_z3_decides_boxes(name: str) -> None:
    expected = REGISTERED[name].expected
    (verdict,) = campaign([REGISTERED[name]], budget=Budget(cases=30), engine="z3")
    assert verdict.status == expected
    assert verdict.synthesis is not None
    assert verdict.synthesis["undecided"] == 0
    if expected == "survived":
        assert verdict.synthesis["clear"] > 0


def test_boxes_know_which_agent_a_quantity_is_about() -> None:
    def shapes(names: list[str]) -> set[tuple[int, ...]]:
        conjecture = REGISTERED["others-gain-from-one-prosocial-agent"]
        return {box.situation.environment.shape for box in boxes(conjecture, names)}

    assert shapes(["alone"]) == {(2, 2), (3, 2), (3, 3)}
    assert shapes(["other_selfish"]) == {(2, 2), (2, 3), (3, 2), (3, 3)}


def test_z3_agrees_with_the_measures() -> None:
    """Where payoffs are fixed, every quantity equals that of the quick measures."""
    import z3

    from coopgap.proofs.fuzzing.symbols import QUANTITIES as _QUANTITIES
    from coopgap.proofs.fuzzing.symbols import NotEncodable, _Least, _Number, _rational
    from coopgap.proofs.fuzzing.symbols import Symbols as _Symbols

    compared = 0
    for case in range(12):
        drawn_at = situation(generator(11, "z3", case), Bounds(actions=(1, 2), states=(1, 2)))
        states = len(drawn_at.environment.states)
        uniform = replace(drawn_at.environment, prior=(Fraction(1, states),) * states)
        sample = replace(drawn_at, environment=uniform)
        box = next(iter(boxes(REGISTERED["t1"], ["gap"])))
        symbols = _Symbols(replace(box, situation=sample))
        measures = Measures(sample)
        payoffs = sample.environment.payoffs.ravel().tolist()
        fixed_payoffs = [u == p for u, p in zip(symbols.unknowns, payoffs, strict=True)]
        for name, quantity in _QUANTITIES.items():
            try:
                value = measures[name]
                term = quantity(symbols)
            except (Undecided, NotEncodable):
                continue
            solver = z3.Solver()
            solver.add(*symbols.constraints, *fixed_payoffs)
            if isinstance(term, _Number):
                infinite = z3.Or(term.plus, term.minus)
                if isinstance(value, Fraction):
                    solver.add(z3.Or(infinite, term.value != _rational(value)))
                else:
                    solver.add(z3.Not(term.plus if value > 0 else term.minus))
            elif isinstance(term, _Least):
                if isinstance(value, Fraction):
                    reached = z3.And(term.finite, term.at_most(value))
                    solver.add(z3.Or(z3.Not(reached), term.under(value)))
                else:
                    solver.add(term.finite)
            else:
                solver.add(term != z3.BoolVal(bool(value)))
            assert solver.check() == z3.unsat, (case, name, value)
            compared += 1
    assert compared > 200


def test_what_z3_cannot_be_asked() -> None:
    for name in ("t8", "n1"):
        (verdict,) = campaign([REGISTERED[name]], budget=Budget(cases=5), engine="z3")
        assert verdict.status == "hardly-tested"
        assert "piecewise linear" in (verdict.note or "")
    with pytest.raises(InputError, match="sampling"):
        campaign([REGISTERED["t1"]], budget=Budget(cases=5), engine="prayer")


def test_time_ends_every_engine() -> None:
    for engine in ("hypothesis", "z3"):
        (verdict,) = campaign([REGISTERED["t7"]], budget=Budget(seconds=0.01), engine=engine)
        assert verdict.cases <= 2


# ------------------------------------------------------------ a cluster


def test_a_cluster_in_this_process_gives_the_same_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the cluster goes away, the journal keeps what it did."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    chosen, budget = find(["t1", "n5"]), Budget(cases=200)
    journal = tmp_path / "journal.sqlite"
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        at_cluster = campaign(chosen, budget=budget, scheduler=address)
        assert [*map(without_time, at_cluster)] == [
            *map(without_time, campaign(chosen, budget=budget))
        ]

        real, started = Cluster.start, []

        def start(self: Cluster, batch: Batch) -> Callable[[], Tally]:
            started.append(batch)
            if len(started) > 4:
                self._client.close(timeout=1)
            return real(self, batch)

        monkeypatch.setattr(Cluster, "start", start)
        with pytest.raises(InputError, match=r"the cluster went away.*--resume"):
            campaign(chosen, budget=budget, scheduler=address, journal=Journal(journal))
    assert rows(journal)


@pytest.mark.deep
def test_a_cluster_gives_the_same_results(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed")
    address, scheduler = started_scheduler(tmp_path)
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-dashboard"),
            *("--nworkers", "1", "--nthreads", "1", "--no-nanny"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env=environment_of_tests(),
    )
    command = [sys.executable, "-m", "coopgap", "fuzz", "t1", "n5", "--cases", "400", "--json"]
    try:
        at_cluster = subprocess.run(
            [*command, "--scheduler", address], capture_output=True, text=True, check=False
        )
        assert at_cluster.returncode == 1, at_cluster.stderr
        local = subprocess.run(command, capture_output=True, text=True, check=False)
        assert timeless(at_cluster.stdout) == timeless(local.stdout)

        journal = tmp_path / "journal.sqlite"
        long = [*command[:4], "--cases", "200000", "--json", "--journal", str(journal)]
        lost = subprocess.Popen(
            [*long, "--scheduler", address], stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
        while not recorded(journal):
            time.sleep(0.1)
        scheduler.kill()
        _, message = lost.communicate(timeout=120)
        assert lost.returncode == 2
        assert "the cluster went away" in message
        assert "--resume" in message
        assert rows(journal)
    finally:
        for process in (worker, scheduler):
            process.kill()
            process.wait()


def environment_of_tests() -> dict[str, str]:
    """For a cluster's own processes, of which nothing is measured."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return {**own, "PYTHONPATH": os.pathsep.join(sys.path)}


def started_scheduler(folder: Path) -> tuple[str, subprocess.Popen[bytes]]:
    file = folder / "scheduler.json"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"),
            *("--port", "0", "--no-dashboard", "--scheduler-file", str(file)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment_of_tests(),
    )
    for _ in range(600):
        if file.exists() and file.read_text():
            return json.loads(file.read_text())["address"], process
        time.sleep(0.1)
    raise AssertionError("no scheduler came up")


def recorded(journal: Path) -> int:
    """The number of batches in a journal, which may not be there yet."""
    try:
        return len(rows(journal)) if journal.exists() else 0
    except sqlite3.Error:
        return 0


def timeless(text: str) -> list[dict[str, object]]:
    verdicts = json.loads(text)["conjectures"]
    return [
        {name: value for name, value in verdict.items() if name != "seconds"}
        for verdict in verdicts
    ]


def test_a_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed")
    script = (
        "from coopgap.main import run; from coopgap.proofs.fuzzing import teams; "
        "teams.CONNECT_SECONDS = 1; "
        "run(['fuzz', 't1', '--scheduler', 'tcp://127.0.0.1:9'])"
    )
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert process.returncode == 2
    assert "--scheduler" in process.stderr
    assert not process.stdout
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="pip install"):
        campaign(find(["t1"]), budget=Budget(cases=5), scheduler="tcp://127.0.0.1:9")


def test_batches_say_what_another_process_needs() -> None:
    batch = Batch(REGISTERED["t1"], 3, 50, 100)
    assert batch.text[1:] == ("t1", 3, 50, 100)
    assert batch.undecided.unknown == 50


# ------------------------------------------------------------ the journal


def test_a_journal_is_resumed_without_repeating_a_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.sqlite"
    chosen = find(["t1", "n5"])
    campaign(chosen, budget=Budget(cases=200), journal=Journal(path))
    plain = campaign(chosen, budget=Budget(cases=600))
    starts: list[int] = []

    def noted(conjecture: Conjecture, seed: int, start: int, stop: int) -> Tally:
        starts.append(start)
        return tallied(conjecture, seed, start, stop)

    monkeypatch.setattr("coopgap.proofs.fuzzing.teams.tallied", noted)
    verdicts = campaign(chosen, budget=Budget(cases=600), journal=Journal(path, resume=True))
    assert [without_time(v) for v in verdicts] == [without_time(v) for v in plain]
    assert min(starts) >= 200


def test_journals_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.sqlite"
    campaign(find(["t8"]), budget=Budget(cases=50), journal=Journal(path))
    with pytest.raises(InputError, match="--resume"):
        campaign(find(["t8"]), budget=Budget(cases=50), journal=Journal(path))
    with sqlite3.connect(path) as database:
        database.execute("update batches set outcome = '{}'")
    with pytest.raises(InputError, match="cannot be used"):
        campaign(find(["t8"]), budget=Budget(cases=50), journal=Journal(path, resume=True))
    with sqlite3.connect(path, isolation_level=None) as database:
        database.execute("begin exclusive")
        monkeypatch.setattr("coopgap.proofs.fuzzing.journal.WAIT", 0.1)
        with pytest.raises(InputError, match="wait until no other"):
            campaign(find(["t8"]), budget=Budget(cases=50), journal=Journal(path, resume=True))
        database.execute("rollback")
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database, but long enough to look at" * 100)
    with pytest.raises(InputError, match="cannot be used"):
        campaign(find(["t8"]), budget=Budget(cases=50), journal=Journal(broken))


def test_a_campaign_that_ends_anywhere_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever batch it ends in, the journal ends as that of an uninterrupted run."""
    ended, whole = tmp_path / "ended.sqlite", tmp_path / "whole.sqlite"
    chosen, budget = find(["t1", "t7"]), Budget(cases=500)
    rng = random.Random(BASE_SEED)
    remaining = 0

    def noted(conjecture: Conjecture, seed: int, start: int, stop: int) -> Tally:
        nonlocal remaining
        remaining -= 1
        if remaining < 0:
            raise KeyboardInterrupt
        return tallied(conjecture, seed, start, stop)

    monkeypatch.setattr("coopgap.proofs.fuzzing.teams.tallied", noted)
    for _ in range(3):
        before, remaining = recorded(ended), rng.randrange(1, 4)
        with pytest.raises(KeyboardInterrupt):
            campaign(chosen, budget=budget, journal=Journal(ended, resume=True))
        assert before <= recorded(ended) < 2 * 500 // 50
    assert recorded(ended) > 0
    remaining = 1000
    campaign(chosen, budget=budget, journal=Journal(ended, resume=True))
    campaign(chosen, budget=budget, journal=Journal(whole))
    assert rows(ended) == rows(whole)
    assert len(rows(whole)) == 2 * 500 // 50


@pytest.mark.deep
def test_a_campaign_survives_being_killed(tmp_path: Path, run_coopgap: COMMAND) -> None:
    """Killed at random moments and resumed, the journal ends as that of an uninterrupted run."""
    rng = random.Random(BASE_SEED)
    killed, whole = tmp_path / "killed.sqlite", tmp_path / "whole.sqlite"
    arguments = ["fuzz", "t1", "t7", "--cases", "1000", "--json", "--journal"]
    for _ in range(3):
        before = recorded(killed)
        process = subprocess.Popen(
            [sys.executable, "-m", "coopgap", *arguments, str(killed), "--resume"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # Killed while it writes, not while it starts.
        while process.poll() is None and recorded(killed) == before:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert 0 < recorded(killed) < 2 * 1000 // 50
    assert run_coopgap(*arguments, str(killed), "--resume").returncode == 0
    assert run_coopgap(*arguments, str(whole)).returncode == 0
    assert rows(killed) == rows(whole)
    assert len(rows(whole)) == 2 * 1000 // 50


def rows(path: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as database:
        return database.execute("select * from batches order by 1, 2, 3").fetchall()


# ------------------------------------------------------------ the command, and bad input


def test_the_command(tmp_path: Path, run_coopgap: COMMAND) -> None:
    result = run_coopgap("fuzz", "N4", "t8", "--cases", "400", "--json", "--keep", str(tmp_path))
    assert result.returncode == 1
    document = json.loads(result.stdout)
    assert document["schema"] == "coopgap.fuzz/1"
    assert [verdict["status"] for verdict in document["conjectures"]] == ["refuted", "survived"]
    assert run_coopgap("check", str(tmp_path / "n4.toml")).returncode in (0, 1, 3)
    shas = document["conjectures"][0]["certificates"]
    assert shas
    for sha in shas:
        assert run_coopgap("verify", str(tmp_path / f"{sha}.json")).returncode == 0
    assert run_coopgap("fuzz", "t3", "--cases", "100").returncode == 0
    assert run_coopgap("fuzz", "--list").returncode == 0
    assert run_coopgap("fuzz", "t8", "--resume").returncode == 2


@pytest.mark.parametrize(
    ("text", "words"),
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
        ('[conjecture]\nthen = ["gap > 0"]\npayoff = 200', "200 is no largest payoff"),
        ('[conjecture]\nthen = ["gap > 0"]\npayoff = [1, 4]', "a whole number from 1 to 100"),
        ('[conjecture]\nthen = ["gap > 0"]\ncommon = "false"', "neither true nor false"),
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
def test_bad_conjectures(text: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        campaign([conjecture_from_text(text, "bad", "bad.toml")], budget=Budget(cases=5))
    assert words in str(error.value)


def test_no_such_conjecture() -> None:
    with pytest.raises(InputError, match="t1"):
        find(["t11"])


def test_levels_are_fractions() -> None:
    drawn = situation(generator(0, "l", 0), Bounds())
    assert all(isinstance(level, Fraction) for level in drawn.levels)
