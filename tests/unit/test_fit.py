"""λ and β from choices: branches, recovery, and bad files."""

import json
import math
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.text import Text
from unit.test_cli import Command as InProcess
from unit.test_cli import command  # noqa: F401

from benchmarks.fit import grid, simulated
from coopgap.llm_checks.fitting import qre
from coopgap.llm_checks.fitting.choices import Choices, PlayedGame, read_choices
from coopgap.llm_checks.fitting.fit import JUMPING, Range, crossings, fit
from coopgap.llm_checks.fitting.likelihood import Likelihood, Peak
from coopgap.llm_checks.playing.simulation import BestResponders, LogitAgents
from coopgap.terminal.estimates import story
from coopgap.theory.errors import InputError

Command = Callable[..., object]

PD = np.array([[[3.0, 0.0], [4.0, 1.0]], [[3.0, 4.0], [0.0, 1.0]]])


def test_equilibria_match_a_damped_iteration() -> None:
    games = qre.stacked([PD])
    play = qre.solved(games, np.array([0.2]), np.array([5.0]))
    p = 0.5
    u = (0.8 * PD[0] + 0.2 * PD.sum(0)) / 4
    for _ in range(2000):
        logits = 5.0 * u @ [p, 1 - p]
        p += (1 / (1 + np.exp(logits[1] - logits[0])) - p) / 2
    assert play[0, 0] == pytest.approx(p, abs=1e-9)
    assert not qre.folded(games, np.array([0.2]), np.array([5.0])).any()


def test_simulated_agents_are_recovered() -> None:
    games = [("pd", PD), ("mild", PD + np.array([[[1.0, 0], [0, 0]], [[1.0, 0], [0, 0]]]))]
    agents = LogitAgents(0.2, 3.0)
    assert agents.name.startswith("simulated")
    best = Likelihood(simulated(agents, games, 20000, 0)).best
    assert best.lambda_ == pytest.approx(0.2, abs=0.05)
    assert best.beta == pytest.approx(3.0, rel=0.1)


def test_best_responders() -> None:
    row, col = BestResponders().strategies(PD)
    assert row.tolist() == col.tolist() == [0, 1]


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "counts.json"
    payoffs = np.moveaxis(PD, 0, -1).tolist()
    game = {"payoffs": payoffs, "counts": [[1, 2], [3, 4]]}
    bad = {"payoffs": payoffs, "counts": [[1]]}
    file.write_text(json.dumps({"games": [game, bad]}))
    choices = read_choices(file)
    assert choices.games[0].marginals().tolist() == [7, 13]
    assert [row.row for row in choices.dropped] == [2]
    for text in ("{", "{}", '{"games": []}'):
        file.write_text(text)
        with pytest.raises(InputError):
            read_choices(file)


def few() -> Choices:
    generator = np.random.default_rng(4)
    games = [(f"g{i}", generator.integers(-4, 5, (2, 2, 2)).astype(float)) for i in range(3)]
    return simulated(LogitAgents(0.5, 2.0), games, 8, 2)


@pytest.mark.parametrize("kappa", [1.0, 6.0, 40.0])
def test_equilibria_of_small_games_are_those_of_the_branch(kappa: float) -> None:
    """The principal equilibria of many games at once are those that continuation arrives at."""
    generator = np.random.default_rng(2)
    games = qre.stacked([generator.normal(size=(2, 2, 2)) for _ in range(150)])
    alpha, kappas = np.full(150, 0.3), np.full(150, kappa)
    play = qre.solved(games, alpha, kappas)
    traced, folded = qre.traced(games, alpha, kappas)
    assert folded.mean() < 0.2
    assert play[~folded] == pytest.approx(traced[~folded], abs=1e-7)
    assert np.allclose(play[:, :2].sum(1), 1)


@pytest.mark.parametrize("kappa", [1.0, 5.0, 30.0])
def test_responses_lead_where_the_rule_says(kappa: float) -> None:
    generator = np.random.default_rng(5)
    games = qre.stacked([generator.normal(size=(2, 2, 2)) for _ in range(150)])
    alpha = np.full(150, 0.2)
    small = qre.binary(games, alpha, np.full(150, kappa))
    assert small is not None
    p = q = np.full(150, 0.5)
    for _ in range(3000):
        p, q = (
            (p + 1 / (1 + np.exp(-kappa * (small.a + small.b * q)))) / 2,
            (q + 1 / (1 + np.exp(-kappa * (small.c + small.d * p)))) / 2,
        )
    play = qre.solved(games, alpha, np.full(150, kappa), "response")
    excess = np.abs(p - 1 / (1 + np.exp(-kappa * (small.a + small.b * q))))
    settled = excess < 1e-10
    assert settled.mean() > 0.8
    assert play[settled, 0] == pytest.approx(p[settled], abs=1e-7)


@pytest.mark.parametrize("seed", range(2))
def test_no_grid_of_iterations_beats_the_estimate(seed: int) -> None:
    generator = np.random.default_rng(seed)
    games = [(f"g{i}", generator.integers(-5, 6, (2, 2, 2)).astype(float)) for i in range(30)]
    data = simulated(LogitAgents(0.6, 2.5), games, 5, 1)
    best = Likelihood(data).best
    _, lambda_, beta = grid(data, np.linspace(0, 10, 16), np.linspace(0.1, 20, 16))
    around = np.linspace(max(0, lambda_ - 0.7), lambda_ + 0.7, 12)
    value, _, _ = grid(data, around, np.linspace(max(0.05, beta - 1.3), beta + 1.3, 12))
    assert best.value >= value - 1e-6


def test_no_grid_beats_the_estimate() -> None:
    data = few()
    likelihood = Likelihood(data)
    best = likelihood.best
    alphas, logs = np.meshgrid(np.linspace(0, 1, 31), np.linspace(0, 4, 31))
    points = np.stack([alphas.ravel(), logs.ravel()], axis=1)
    assert best.value >= likelihood.values(points).sum(1).max() - 1e-6
    # The value of a point does not depend on what was asked before.
    point = np.array([[0.3, 1.0]])
    assert (likelihood.values(point) == Likelihood(data).values(point)).all()


def test_a_maximum_at_a_jump_is_found() -> None:
    """Where the likelihood drops when play changes sides, no finer grid there is higher."""
    generator = np.random.default_rng(0)
    games = [(f"g{i}", generator.integers(-5, 6, (2, 2, 2)).astype(float)) for i in range(30)]
    likelihood = Likelihood(simulated(LogitAgents(0.6, 2.5), games, 5, 1))
    (best,) = likelihood.maxima(["principal"])
    top = np.array([best.alpha, math.log1p(best.kappa)])
    sides = np.linspace(-0.02, 0.02, 81)
    around = top + np.stack(np.meshgrid(sides, 5 * sides), axis=-1).reshape(-1, 2)
    values = likelihood.values(around, ["principal"])[0].sum(0)
    assert values.min() < best.value - 1.5
    assert values.max() <= best.value + 2e-3


@pytest.mark.parametrize(
    ("lambda_", "beta"), [(0.6, 2.5), pytest.param(0.0, 3.0, marks=pytest.mark.deep)]
)
def test_intervals_cover_the_truth_as_often_as_they_say(lambda_: float, beta: float) -> None:
    covered = {"lambda": 0, "beta": 0}
    bounded = 0
    for seed in range(10):
        generator = np.random.default_rng(seed)
        games = [(f"g{i}", generator.integers(-5, 6, (2, 2, 2)).astype(float)) for i in range(10)]
        fitted = fit(simulated(LogitAgents(lambda_, beta), games, 30, seed))
        for name, side, truth in (("lambda", fitted.lambda_, lambda_), ("beta", fitted.beta, beta)):
            assert side.low is not None
            covered[name] += side.low <= truth <= (math.inf if side.high is None else side.high)
        bounded += fitted.lambda_.high is not None and fitted.lambda_.high < 5
    # Ten of 95 % cover seven or fewer with probability 0.01, ten of 50 % eight or more with 0.05.
    assert min(covered.values()) >= 8
    assert bounded >= 9


def test_intervals_thresholds_and_influence() -> None:
    data = few()
    fitted = fit(data, threshold=5.0)
    assert fitted.lambda_.low is not None
    assert fitted.lambda_.estimate is not None
    assert fitted.lambda_.low <= fitted.lambda_.estimate
    assert fitted.lambda_.high is None or fitted.lambda_.high >= fitted.lambda_.estimate
    assert fitted.threshold is not None
    assert fitted.threshold["verdict"] in ("below", "inconclusive")
    assert len(fitted.influence) == 3
    assert fitted.intervals in ("profile likelihood", JUMPING)
    again = fit(data, bootstrap=4, seed=3)
    assert again.document() == fit(data, bootstrap=4, seed=3).document()
    assert again.log_likelihood == fitted.log_likelihood
    assert again.intervals == "cluster bootstrap, 4 refits"
    with pytest.raises(InputError, match="no level"):
        fit(data, threshold=-1.0)
    with pytest.raises(InputError, match="no choice"):
        fit(Choices(()))


def test_a_dilemma_alone_identifies_no_lambda() -> None:
    """In a symmetric dilemma of equal gains of defection only β(a + bλ) shows."""
    payoffs = np.array([[[3.0, 0.0], [4.0, 1.0]], [[3.0, 4.0], [0.0, 1.0]]])
    data = Choices((PlayedGame("pd", payoffs, np.array([[9.0, 4.0], [5.0, 2.0]])),))
    fitted = fit(data)
    assert not fitted.identified
    assert fitted.equally_likely is not None
    assert fitted.equally_likely.low == pytest.approx(0.5, abs=0.01)
    assert fitted.equally_likely.high is None
    assert (fitted.lambda_.high, fitted.beta.high) == (None, None)
    assert "every λ from 0.5" in str(story([fitted]))
    # Refits of one game have the same data, so the same estimate.
    again = fit(data, bootstrap=5)
    assert again.lambda_.low == again.lambda_.high == again.lambda_.estimate
    uniform = replace(data.games[0], counts=np.full((2, 2), 5.0))
    assert fit(Choices((uniform,))).equally_likely == Range(0.0, None)


def test_refits_find_the_ends_of_ridges() -> None:
    """On a ridge that rises to λ = ∞ no refit stops halfway."""
    hunt = np.array([[[5.0, 0.0], [4.0, 2.0]], [[5.0, 4.0], [0.0, 2.0]]])
    games = [(f"g{k}", hunt + k * np.eye(2)) for k in range(6)]
    likelihood = Likelihood(simulated(LogitAgents(200.0, 0.006), games, 10, 3))
    best = likelihood.best
    weights = np.random.default_rng(0).multinomial(6, [1 / 6] * 6, size=12).astype(float)
    ends = 1 - 10.0 ** -np.arange(2.5, 6)
    alphas, logs = np.append(np.linspace(0, 1, 61), ends), np.linspace(0, math.log1p(50), 200)
    points = np.stack(np.meshgrid(alphas, logs), axis=-1).reshape(-1, 2)
    table = weights @ likelihood.values(points, [best.rule])[0]
    values = [peak.value for peak in likelihood.refits(best, weights)]
    assert (np.array(values) >= table.max(1) - 5e-3).all()


def test_jumps_of_the_profile_are_told() -> None:
    def profile(x: np.ndarray) -> np.ndarray:
        return np.asarray(np.where(x > 0.4, -100.0, -50.0) - 20 * x)

    inside, outside = np.array([0.3, 0.3, 0.2]), np.array([1.0, 0.0, 0.25])
    (end, jump), (none, _), (inner, smooth) = crossings(profile, inside, outside, -60.0)
    assert end == pytest.approx(0.4, abs=1e-3)
    assert jump
    assert none is None
    assert inner is None
    assert not smooth
    ((end, jump),) = crossings(lambda x: -50 - 20 * x, np.zeros(1), np.ones(1), -60.0)
    assert end == pytest.approx(0.5, abs=1e-3)
    assert not jump
    assert "--bootstrap" in JUMPING


def test_welfare_alone_is_an_infinite_lambda() -> None:
    """Cooperation that is nearly sure in a dilemma is best explained by concern for welfare."""
    counts = np.array([[200.0, 1.0], [1.0, 0.0]])
    fitted = fit(Choices((PlayedGame("pd", PD, counts),)))
    assert fitted.lambda_.high is None
    assert Peak(1.0, 3.0, 0.0).lambda_ == float("inf")
    assert fitted.document()["lambda"]["high"] is None
    assert fitted.influence == ()


def test_three_agents_by_symmetric_equilibria() -> None:
    table = np.zeros((3, 2, 2, 2))
    for profile in np.ndindex(2, 2, 2):
        zeros = 3 - sum(profile)
        for agent in range(3):
            table[(agent, *profile)] = zeros - 2 * (profile[agent] == 0)
    counts = np.zeros((2, 2, 2))
    counts[1, 1, 1], counts[0, 1, 1] = 6, 2
    fitted = fit(Choices((PlayedGame("public good", table, counts),)))
    assert fitted.games == 1
    assert fitted.choices == 8
    games = qre.stacked([table])
    play = qre.solved(games, np.array([0.2]), np.array([2.0]))
    assert play.shape == (1, 2)
    assert play[0, 1] > 0.5


DATASET = (
    "id,formal_game,story_row,story_col,actions_row,actions_column,"
    "1_1_payoff,1_2_payoff,2_1_payoff,2_2_payoff\n"
    "pd,Prisoner's Dilemma,,,\"['C', 'D']\",\"['C', 'D']\","
    '"(3, 3)","(0, 4)","(4, 0)","(1, 1)"\n'
)


def test_choices_from_a_csv(tmp_path: Path) -> None:
    games, file = tmp_path / "games.csv", tmp_path / "choices.csv"
    games.write_text(DATASET)
    file.write_text("id,row,col,count\npd,C,D,2\npd,d,d,\npd,X,C,1\nnone,C,C,1\npd,C,C,1/2\n")
    choices = read_choices(file, games)
    assert choices.games[0].counts.tolist() == [[0, 2], [0, 1]]
    assert [row.row for row in choices.dropped] == [3, 4, 5]
    games.write_text(DATASET + DATASET.splitlines()[1])
    with pytest.raises(InputError, match="id: 2 rows of the dataset have the id 'pd'; give each"):
        read_choices(file, games)
    games.write_text(DATASET)
    with pytest.raises(InputError, match="--dataset"):
        read_choices(file)
    for text, message in (
        ("id,row\npd,C\n", "'col' is missing"),
        ("id,row,col\nother,C,C\n", "check the ids"),
        ("id,row,col,row\npd,C,C,D\n", "the column 'row' stands twice"),
        ("id,row,col\npd,C,C,D\n", "the row has 4 cells, and the header 3"),
    ):
        file.write_text(text)
        with pytest.raises(InputError, match=message):
            read_choices(file, games)
    file.write_text(f"id,row,col\npd,{'C' * 200_000},C\n")
    with pytest.raises(InputError, match="line 2 is no CSV"):
        read_choices(file, games)
    with pytest.raises(InputError, match="there is no such file"):
        read_choices(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("game", "reason"),
    [
        (3, "no table"),
        ({"payoffs": [[1, 2], [3, 4]], "counts": [[1]]}, "no payoffs per profile"),
        ({"payoffs": [[[1, 2], [1, 2]], [[1, 2], [1, 2]]], "counts": [[1, -1], [0, 0]]}, "whole"),
        (
            {"payoffs": [[[1, 2], [1, 2]], [[1, 2], [1, 2]]], "counts": [[0, 0], [0, 0]]},
            "no choice",
        ),
        ({"payoffs": [[["x", 2], [1, 2]], [[1, 2], [1, 2]]], "counts": [[1, 0], [0, 0]]}, "exact"),
        ({"payoffs": [[[1, 2], [1]], [[1, 2], [1, 2]]], "counts": [[1, 0], [0, 0]]}, "numbers"),
        (
            {"payoffs": [[[1e999, 2], [1, 2]], [[1, 2], [1, 2]]], "counts": [[1, 0], [0, 0]]},
            "finite",
        ),
    ],
)
def test_games_that_cannot_be_used(game: object, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "counts.json"
    file.write_text(json.dumps({"games": [game]}))
    with pytest.raises(InputError, match=reason):
        read_choices(file)


def test_what_cannot_be_read_is_named_with_its_fix(tmp_path: Path) -> None:
    file = tmp_path / "counts.json"
    table = [[[3, 3], [0, 4]], [[4, 0], [1, 1]]]
    for counts, value in (([[1, -9], [0, 0]], "-9"), ([[1, 0.5], [0, 0]], "0.5")):
        file.write_text(json.dumps({"games": [{"name": "pd", "payoffs": table, "counts": counts}]}))
        with pytest.raises(InputError, match=rf"game 1 \(pd\): counts: {value} is no count"):
            read_choices(file)
    file.write_text(json.dumps({"games": [{"payoffs": table, "counts": [[1, 0], [0, 0]]}]}))
    with pytest.raises(InputError, match="--dataset: a dataset is for a CSV of choices"):
        read_choices(file, tmp_path / "nosuch.csv")
    journal = tmp_path / "answers.jsonl"
    journal.write_text('{"play": {}}\n{"id": "x"}\n')
    with pytest.raises(InputError, match=r"journal of coopgap play.*name its folder"):
        read_choices(journal)


def test_thresholds_are_exact_numbers(tmp_path: Path, command: InProcess) -> None:  # noqa: F811
    file = tmp_path / "counts.json"
    file.write_text(
        '{"games": [{"payoffs": [[[3, 3], [0, 4]], [[4, 0], [1, 1]]], "counts": [[9, 4], [5, 2]]}]}'
    )
    for text, value in (("1/4", 0.25), ("0.25", 0.25), ("2", 2.0)):
        result = command("fit", file, "--threshold", text, "--json")
        assert result.json["threshold"]["lambda"] == value
    for text, message in (
        ("x", "not an exact number"),
        ("-1", "no level"),
        ("1e400", "--threshold: '1e400' is too large"),
        ("inf", "not an exact number"),
    ):
        result = command("fit", file, "--threshold", text)
        assert (result.status, result.out) == (2, "")
        assert message in result.err


def test_logs_that_are_none(tmp_path: Path) -> None:
    pytest.importorskip("inspect_ai", reason="inspect-ai is not installed")
    file = tmp_path / "run.eval"
    for content, why in ((b"", ": the file is empty;"), (b"no zip", ", or it was cut short;")):
        file.write_bytes(content)
        with pytest.raises(InputError, match=f"no log of Inspect's{why}"):
            read_choices(file)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("other.json", "{}")
    with pytest.raises(InputError, match="no log"):
        read_choices(file)
    with pytest.raises(InputError, match="--max-bytes"):
        read_choices(file, max_bytes=10)
    with pytest.raises(InputError, match="no such file"):
        read_choices(tmp_path / "none.eval")


def test_a_log_of_inspects(tmp_path: Path) -> None:
    logs = pytest.importorskip("inspect_ai.log", reason="inspect-ai is not installed")
    game = {"payoffs": [[[3, 3], [0, 4]], [[4, 0], [1, 1]]]}
    metadata = [
        {"scenario": "pd", "game": game, "choices": [1, 1]},
        {"scenario": "pd", "game": game, "choices": [0, 1]},
        {"scenario": "pd", "game": game, "choices": [0, 2]},
        {"scenario": "pd", "game": game, "choices": None},
        {"scenario": "other"},
    ]
    samples = [
        logs.EvalSample(id=k, epoch=1, input="?", target="", metadata=facts)
        for k, facts in enumerate(metadata)
    ]
    spec = logs.EvalSpec(
        created="2026-01-01T00:00:00+00:00",
        task="play",
        dataset=logs.EvalDataset(),
        model="mockllm/model",
        config=logs.EvalConfig(),
    )
    file = tmp_path / "run.eval"
    logs.write_eval_log(logs.EvalLog(eval=spec, samples=samples), str(file))
    choices = read_choices(file)
    assert choices.games[0].counts.tolist() == [[0, 1], [0, 1]]
    assert [row.row for row in choices.dropped] == [3, 4, 5]
    logs.write_eval_log(logs.EvalLog(eval=spec, samples=samples[3:]), str(file))
    with pytest.raises(InputError, match=r"run\.eval"):
        read_choices(file)


def test_without_inspect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "run.eval"
    file.write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "inspect_ai.log", None)
    with pytest.raises(InputError, match=r"coopgap\[llm\]"):
        read_choices(file)


def test_conditions_are_fitted_apart_and_pooled_only_when_asked(
    tmp_path: Path,
    command: InProcess,  # noqa: F811
) -> None:
    """Defection if told to be selfish, cooperation if told to be altruistic."""
    table = np.moveaxis(PD, 0, -1).tolist()
    sparse = {"payoffs": [[[2, 2], [0, 3]], [[3, 0], [1.9, 1.9]]]}
    games = [
        {"name": name, "condition": condition, **game, "counts": counts}
        for condition, counts in (("selfish", [[0, 0], [0, 20]]), ("altruistic", [[20, 0], [0, 0]]))
        for name, game in (("pd", {"payoffs": table}), ("flat", sparse))
    ]
    file = tmp_path / "choices.json"
    file.write_text(json.dumps({"games": games}))
    apart = command("fit", file, "--json").json
    assert apart["schema"] == "coopgap.fits/1"
    assert [entry["conditions"] for entry in apart["fits"]] == [["selfish"], ["altruistic"]]
    result = command("fit", file).out
    assert result.index("selfish") < result.index("altruistic")
    # That λ is above the point where cooperation pays is all that can be known.
    assert result.count("λ is not identified") == 2
    assert "λ 0.000" not in result
    pooled = command("fit", file, "--pool", "--json").json
    assert pooled["schema"] == "coopgap.fit/1"
    assert pooled["conditions"] == ["selfish", "altruistic"]
    assert "2 conditions, pooled: selfish, altruistic" in command("fit", file, "--pool").out
    # Files and folders add up, game by game.
    joint = command("fit", tmp_path, file, "--pool", "--json").json
    assert joint["choices"] == 2 * pooled["choices"]
    assert joint["games"] == pooled["games"] == 4
    (tmp_path / "empty").mkdir()
    bad = command("fit", tmp_path / "empty")
    assert (bad.status, bad.out) == (2, "")
    assert "neither choices.json nor a log" in bad.err


def test_runs_of_simulated_agents_are_fitted_by_condition(
    tmp_path: Path,
    command: InProcess,  # noqa: F811
) -> None:
    game = ["prisoners-dilemma", "--regime", "none"]
    model = ["--model", "simulated/logit:0,3", "--repetitions", "20", "--out", tmp_path]
    command("play", *game, "--disposition", "selfish", "--disposition", "base", *model)
    result = command("fit", tmp_path, "--json").json
    assert [entry["conditions"] for entry in result["fits"]] == [
        ["simulated/logit:0,3: none/selfish"],
        ["simulated/logit:0,3: none/base"],
    ]
    assert [entry["choices"] for entry in result["fits"]] == [20, 20]


def test_what_a_fit_says_of_equilibria() -> None:
    generator = np.random.default_rng(0)
    games = [(f"g{i}", generator.integers(-5, 6, (2, 2, 2)).astype(float)) for i in range(30)]
    fitted = fit(simulated(LogitAgents(0.6, 2.5), games, 5, 1))
    assert fitted.selection == "response"
    assert fitted.principal is not None
    least = fitted.principal["log_likelihood"]
    assert least is not None
    assert least < fitted.log_likelihood
    shown = story([fitted])
    assert isinstance(shown, Text)
    text = shown.plain
    assert "of several equilibria those are taken" in text
    assert "play off the principal branch in: " in text
    assert "30 games, 150 joint choices" in text


def test_the_commands(tmp_path: Path, run_coopgap: Command) -> None:
    file = tmp_path / "c.json"
    payoffs = np.moveaxis(PD, 0, -1).tolist()
    file.write_text(json.dumps({"games": [{"payoffs": payoffs, "counts": [[1, 2], [2, 9]]}]}))
    result = run_coopgap("fit", str(file), "--threshold", "1")
    assert result.returncode == 0, result.stderr  # type: ignore[attr-defined]
    assert "log-likelihood" in result.stdout  # type: ignore[attr-defined]
    result = run_coopgap("fit", str(file), "--json", "--bootstrap", "3")
    document = json.loads(result.stdout)  # type: ignore[attr-defined]
    assert document["schema"] == "coopgap.fit/1"
    assert set(document["lambda"]) == {"estimate", "low", "high"}
