"""Agents who differ: dispositions and models of their own, who is exploited, models compared."""

import importlib.util
import json
import re
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest
from games import load_game
from unit.test_cli import Command, command  # noqa: F401
from unit.test_predictions import spec

from coopgap.llm_checks.fitting.choices import DIFFER, read_all
from coopgap.llm_checks.judging.findings import Findings
from coopgap.llm_checks.judging.judge import judge
from coopgap.llm_checks.judging.revealed import choices_of, estimates
from coopgap.llm_checks.playing.asking import Options
from coopgap.llm_checks.playing.models import cast_of, names_in, writes
from coopgap.llm_checks.playing.run import run
from coopgap.llm_checks.playing.scenarios import plays
from coopgap.llm_checks.predicting.predicted import predict
from coopgap.llm_checks.predicting.predictions import from_registration
from coopgap.llm_checks.predicting.regimes import (
    Condition,
    Disposition,
    Regime,
    faced,
    read_disposition,
)
from coopgap.llm_checks.predicting.scenes import study
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.errors import InputError

PLAYERS = ("row", "col")
MIXED = "row=selfish,col=prosocial:2"
N7 = f"N7:none/selfish>none/{MIXED}:col"


def conditions(*names: str) -> list[Condition]:
    return [Condition(Regime("none"), read_disposition(name, PLAYERS)) for name in names]


def test_roles_are_read():
    mixed = read_disposition("col=prosocial:2, row=selfish", PLAYERS)
    assert str(mixed) == MIXED
    assert read_disposition(str(mixed), PLAYERS) == mixed
    assert mixed.of("col") == Disposition("prosocial", F(2))
    assert read_disposition("row=selfish,col=selfish", PLAYERS) == Disposition("selfish")
    assert not read_disposition("row=base,col=selfish", PLAYERS).known
    for text, message in (
        ("row=selfish", "'col' is left out"),
        ("row=selfish,row=altruistic", "'row' is named twice"),
        ("me=selfish,col=altruistic", "'me' is no player"),
        ("row=greedy,col=selfish", "'greedy' is no disposition"),
    ):
        with pytest.raises(InputError, match=message):
            read_disposition(text, PLAYERS)


def by_definition(environment, levels):
    """The pure equilibria of agents who want u_i + λ_i W, or W alone where λ_i is None."""
    results = []
    for profile in product(*(range(count) for count in environment.shape)):

        def value(agent, at, levels=levels):
            welfare = sum(int(own[(0, *at)]) for own in environment.payoffs)
            level, own = levels[agent], int(environment.payoffs[(agent, 0, *at)])
            return welfare if level is None else own + level * welfare

        def replaced(agent, action, profile=profile):
            return (*profile[:agent], action, *profile[agent + 1 :])

        if all(
            value(agent, replaced(agent, action)) <= value(agent, profile)
            for agent, count in enumerate(environment.shape)
            for action in range(count)
        ):
            results.append(profile)
    return results


@pytest.mark.parametrize("slug", ["prisoners-dilemma", "stag-hunt", "chicken", "moral-hazard-pd"])
@pytest.mark.parametrize(
    "names", [MIXED, "row=altruistic,col=selfish", "row=prosocial:1/3,col=selfish"]
)
def test_each_agent_wants_its_own(slug, names):
    environment, disposition = load_game(slug).environment, read_disposition(names, PLAYERS)
    own = [disposition.of(player) for player in PLAYERS]
    levels = [None if wish.kind == "altruistic" else wish.level or F(0) for wish in own]
    stable = pure_nash(faced(environment, None, disposition, 0).payoffs[:, None])[0]
    assert [tuple(at) for at in np.argwhere(stable).tolist()] == by_definition(environment, levels)


def test_who_is_exploited_is_predicted_and_registered():
    """The dilemma pays (3, 3), (0, 5), (1, 1): who cooperates at λ = 2 gets 0 among the selfish,
    where two selfish agents get 1 each (theory.md, N7)."""
    predictions = predict(spec("prisoners-dilemma"), conditions("selfish", MIXED))
    (ordering,) = predictions.orderings
    assert (ordering.id, ordering.claim, ordering.quantity, ordering.primary) == (
        N7,
        "N7",
        "points:col",
        True,
    )
    assert ordering.statement.endswith("so in all equilibria")
    by_id = {prediction.id: prediction for prediction in predictions.intervals}
    earned = by_id[f"none/{MIXED}/points:col"]
    assert (earned.low, earned.high) == (F(0), F(0))
    assert (earned.claim, earned.primary) == ("N7", False)
    assert "none/selfish/points:col" not in by_id
    assert from_registration(json.loads(json.dumps(predictions.registration()))).orderings == (
        ordering,
    )
    # Nobody is exploited who is not alone in it, or where both gain.
    alike = predict(spec("prisoners-dilemma"), conditions("selfish", "prosocial:2"))
    assert not [ordering for ordering in alike.orderings if ordering.claim == "N7"]
    weak = predict(
        spec("prisoners-dilemma"), conditions("selfish", "row=selfish,col=prosocial:1/9")
    )
    assert not [ordering for ordering in weak.orderings if ordering.claim == "N7"]


def findings(models: str, folder, repetitions: int = 30, **settings) -> Findings:
    experiment = study("prisoners-dilemma", ["none"], ["selfish", MIXED])
    settled = Options(models, repetitions=repetitions, **settings)
    return judge(run(experiment, settled, folder), experiment.predictions)


def test_exploitation_is_judged(tmp_path):
    """Simulated agents keep their λ in both conditions; col's play alone tells them apart."""
    experiment = study("prisoners-dilemma", ["none"], ["selfish", MIXED])
    halves = []
    for names, disposition in (
        ("simulated/best-response:0", "selfish"),
        ("row=simulated/best-response:0,col=simulated/best-response:2", MIXED),
    ):
        folder = tmp_path / disposition
        folder.mkdir()
        own = study("prisoners-dilemma", ["none"], [disposition])
        halves.append(run(own, Options(names, repetitions=30), folder))
    run_ = halves[0].__class__(
        experiment,
        (*halves[0].plays, *halves[1].plays),
        {**halves[0].answers, **halves[1].answers},
        {**halves[1].header, "predictions": experiment.predictions.sha256},
    )
    judged = judge(run_, experiment.predictions)
    by_id = {entry.prediction.id: entry for entry in judged.judged}
    assert by_id[N7].judgement.verdict == "consistent"
    assert by_id[N7].judgement.estimate == 1
    assert by_id[N7].primary
    outcomes = {outcome.condition: outcome for outcome in judged.conditions}
    assert outcomes[f"none/{MIXED}"].points == {"row": 5, "col": 0}
    assert outcomes["none/selfish"].points == {"row": 1, "col": 1}
    same = tmp_path / "same"
    same.mkdir()
    alike = findings("simulated/best-response:0", same)
    (entry,) = [entry for entry in alike.judged if entry.prediction.id == N7]
    assert entry.judgement.verdict == "inconclusive"


def test_exploitation_is_judged_at_any_time(tmp_path):
    entries = {}
    for name in ("0", "2"):
        folder = tmp_path / name
        folder.mkdir()
        outcome = findings(
            f"row=simulated/best-response:0,col=simulated/best-response:{name}",
            folder,
            40,
            stop=lambda _: False,
        )
        (entries[name],) = [entry for entry in outcome.judged if entry.prediction.id == N7]
    for entry in entries.values():
        assert entry.judgement.verdict == "inconclusive"
        assert -5 <= entry.judgement.low < entry.judgement.high <= 5


def test_an_agent_is_told_its_own_disposition_alone():
    first = plays(study("prisoners-dilemma", ["none"], [MIXED]), 1, 0)[0]
    row, col = first.questions
    assert "only about your own points" in row.system
    assert "2 times the sum" in col.system
    assert "sum of everybody" not in row.system
    assert row.system == row.system.strip()


def test_agents_who_differ_have_no_common_lambda(tmp_path):
    experiment = study("moral-hazard-pd", ["none"], ["selfish", MIXED])
    done = run(experiment, Options("simulated/logit:0,2", repetitions=40), tmp_path)
    revealed = estimates(done)
    assert revealed[f"none/{MIXED}"].reason == DIFFER
    assert revealed["none/selfish"].lambda_ is not None
    assert [game.condition for game in choices_of(done).games] == [
        "simulated/logit:0,2: none/selfish"
    ]


def test_casts():
    cast = cast_of("col=simulated/logit:1,2, row=mockllm/a", PLAYERS)
    assert cast.of == {"row": "mockllm/a", "col": "simulated/logit:1,2"}
    assert cast.name == "row=mockllm/a,col=simulated/logit:1,2"
    assert names_in(cast.name) == ["mockllm/a", "simulated/logit:1,2"]
    assert cast_of("row=mockllm/a,col=mockllm/a", PLAYERS).name == "mockllm/a"
    assert not writes(cast.name)
    with pytest.raises(InputError, match="'me' is no player"):
        cast_of("me=mockllm/a,col=mockllm/a", PLAYERS)


@pytest.mark.skipif(
    importlib.util.find_spec("inspect_ai") is None, reason="inspect-ai is not installed"
)
def test_each_role_is_played_by_its_model(tmp_path):
    experiment = study("prisoners-dilemma", ["none"], ["selfish"])
    done = run(experiment, Options("row=mockllm/a,col=mockllm/b"), tmp_path)
    assert {name: answer.text for name, answer in done.answers.items()} == {
        "prisoners-dilemma/none/selfish/0/row": "Default output from mockllm/a",
        "prisoners-dilemma/none/selfish/0/col": "Default output from mockllm/b",
    }
    assert done.header["model"] == "row=mockllm/a,col=mockllm/b"
    (log,) = (tmp_path / "logs").glob("*.eval")
    with pytest.raises(InputError, match=DIFFER):
        read_all([log])


def test_models_are_compared(command, tmp_path):  # noqa: F811
    folder = tmp_path / "out"
    base: Command = command
    arguments = ["play", "prisoners-dilemma", "--regime", "none", "--disposition", "selfish"]
    arguments += ["--disposition", MIXED]
    models = ["--model", "simulated/best-response:0", "--model", "simulated/best-response:3"]
    first = base(*arguments, *models, "--repetitions", "8", "--out", folder, "--json")
    assert first.status == 0
    assert first.json["schema"] == "coopgap.plays/1"
    assert [entry["model"] for entry in first.json["runs"]] == models[1::2]
    assert first.json["failed"] == {}
    names = [re.sub(r"[/:]", "-", model) for model in models[1::2]]
    for name in names:
        assert (folder / name / "answers.jsonl").exists()
        assert (folder / name / "report.html").exists()
    page = (folder / "report.html").read_text()
    for part in ("Models compared", "Verdicts by model", "One question in full", "λ = 3"):
        assert part in page
    text = (folder / "report.md").read_text()
    assert (
        "| none/selfish | simulated: best response to uniform play, λ = 0 | 8 | 0.00 [0.00, "
        in text
    )
    # One registration for all, and the logs of all are judged together again.
    assert (
        json.loads((folder / "registration.json").read_text())["sha256"]
        == (first.json["runs"][0]["registered"])
    )
    again = base(*arguments, "--log", folder, "--out", tmp_path / "again", "--json")
    assert again.json["runs"] == first.json["runs"]
    result = base(*arguments, *models, "--repetitions", "8", "--out", folder)
    assert "2 models compared" in result.out
    assert base("fit", folder).out.count("simulated/best-response") == 2


def test_a_model_that_is_not_heard_leaves_the_others(command, tmp_path):  # noqa: F811
    run_all: Command = command
    if importlib.util.find_spec("inspect_ai") is None:
        pytest.skip("inspect-ai is not installed")
    arguments = ["play", "prisoners-dilemma", "--regime", "none", "--disposition", "selfish"]
    models = ["--model", "mockllm/model", "--model", "simulated/best-response"]
    broken = tmp_path / "out" / "mockllm-model"
    broken.mkdir(parents=True)
    (broken / "answers.jsonl").write_text('{"play": {"study": "another"}}\n')
    result = run_all(*arguments, *models, "--out", tmp_path / "out", "--json")
    assert result.status == 3
    assert "another spec" in result.json["failed"]["mockllm/model"]
    assert [entry["model"] for entry in result.json["runs"]] == ["simulated/best-response"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--model", "me=simulated/first:1"], "'me' is no player"),
        (["--model", "row=simulated/first:1,col=mockllm/a"], "simulated agents play among"),
        (["--disposition", "row=selfish"], "'col' is left out"),
        (["--model", "embedded/smollm2", "--reasoning"], "writes nothing"),
        (["--model", "simulated/first:1", "--talk", "--regime", "negotiated:complete"], "--talk"),
    ],
)
def test_bad_casts(command, tmp_path, more, message):  # noqa: F811
    base: Command = command
    result = base("play", "prisoners-dilemma", "--out", tmp_path / "out", *more)
    assert result.status == 2
    assert message in result.err
