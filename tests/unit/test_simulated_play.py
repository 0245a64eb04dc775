"""Runs whose truth is known: simulated agents, stopping early, λ against its threshold."""

import json
import math
import shutil
from collections import Counter
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from browser import frame_widths
from unit.test_cli import Command, command  # noqa: F401
from unit.test_predictions import HEADER, spec

from coopgap.llm_checks.judging.evidence import (
    judged_ordering_sequentially,
    judged_sequentially,
    judged_values,
)
from coopgap.llm_checks.judging.findings import document_of
from coopgap.llm_checks.judging.intervals import betting_interval
from coopgap.llm_checks.judging.judge import decided, judge
from coopgap.llm_checks.judging.pages import html, markdown
from coopgap.llm_checks.judging.report import report, summary
from coopgap.llm_checks.judging.revealed import judged_threshold
from coopgap.llm_checks.playing.asking import Options
from coopgap.llm_checks.playing.run import looks, recorded, run
from coopgap.llm_checks.playing.scenarios import plays
from coopgap.llm_checks.playing.simulation import (
    BestResponders,
    LogitAgents,
    PlaceTakers,
    named_agents,
    simulated_answer,
)
from coopgap.llm_checks.predicting.predicted import predict
from coopgap.llm_checks.predicting.regimes import Condition, Disposition, Regime
from coopgap.llm_checks.predicting.scenes import study
from coopgap.theory.errors import InputError

LOGIT = "simulated/logit:0,2"


def test_agents_have_names():
    assert named_agents("simulated/logit:1/2,3") == LogitAgents(0.5, 3)
    assert named_agents("simulated/best-response") == BestResponders()
    assert named_agents("simulated/best-response:2") == BestResponders(2)
    assert named_agents("simulated/first:3/4") == PlaceTakers(0.75)
    for text in (
        "logit",
        "first",
        "first:2",
        "logit:1",
        "logit:-1,2",
        "logit:x,2",
        "logit:1e400,1",
        "logit:1e308,1e308",
        "best-response:1,2",
        "oracle:1",
    ):
        with pytest.raises(InputError, match="no simulated agents"):
            named_agents(f"simulated/{text}")


@pytest.mark.parametrize("rate", ["1", "0.8", "0"])
@pytest.mark.parametrize("game", ["prisoners-dilemma", "moral-hazard-pd"])
def test_who_looks_at_places_alone_reaches_every_profile_equally_often(game, rate):
    """One common order of options would have the first best reached at twice the rate, or never."""
    agents = f"simulated/first:{rate}"
    experiment = study(game, ["none"], ["selfish"])
    counts: Counter[tuple[int | None, ...]] = Counter()
    for play in plays(experiment, 800, 5):
        answers = (simulated_answer(agents, play, question, 5) for question in play.questions)
        counts[tuple(answer.tolerant for answer in answers)] += 1
    profiles = math.prod(experiment.scenes[0].environment.shape)
    mean = 800 / profiles
    assert len(counts) == profiles
    assert all(abs(count - mean) < 4.5 * math.sqrt(mean) for count in counts.values())


def test_agents_of_larger_games():
    three = np.zeros((3, 2, 2, 2))
    three[:, 1, 1, 1] = 1
    assert len(LogitAgents(0, 1).strategies(three)) == 3
    three[0, 0, 0, 1] = 5
    with pytest.raises(InputError, match="symmetric"):
        LogitAgents(0, 1).strategies(three)
    assert [strategy.argmax() for strategy in BestResponders().strategies(three)] == [0, 1, 1]


def test_simulated_runs_are_named_judged_and_resumed_like_others(tmp_path):
    experiment = study("prisoners-dilemma", ["none", "enforced:complete"], ["selfish"])
    options = Options("simulated/best-response", repetitions=6)
    first = run(
        experiment, Options("simulated/best-response", repetitions=6, max_samples=5), tmp_path
    )
    assert "--max-samples 5" in first.incomplete
    done = run(experiment, options, tmp_path)
    assert len(done.answers) == done.design_size == 24
    findings = judge(done, experiment.predictions)
    document = json.loads(json.dumps(document_of(done, findings), allow_nan=False))
    assert document["simulated"] is True
    assert document["choices"]["none/selfish"]["row"] == {"D": 6}
    assert "inspect-ai" not in document["provenance"]["versions"]
    for text in (html(report(done, findings)), markdown(report(done, findings))):
        assert "simulated: best response to uniform play, λ = 0" in text
        assert "No language model was asked" in text
    again = recorded(experiment, Options(), tmp_path / "answers.jsonl")[0]
    assert again.answers == done.answers
    assert not (tmp_path / "logs").exists()


def test_reports_are_read_on_phones_and_say_what_marks_mean(tmp_path):
    experiment = study("prisoners-dilemma", ["none"], ["selfish", "altruistic"])
    done = run(experiment, Options(LOGIT, repetitions=3), tmp_path)
    findings = judge(done, experiment.predictions)
    text = html(report(done, findings))
    # The axis is at the top and at the bottom.
    assert text.count(">0.25</text>") == 2
    for verdict in ("consistent", "contradicted", "inconclusive"):
        assert f'<b class="{verdict}">―●―</b> {verdict}' in text
    assert "predicted interval</span>" in text
    assert text.count(experiment.predictions.sha256) == 1
    assert '<td data-name="measured [95 %]">' in text
    assert "<h1>simulated: logit" in text
    assert "</h1><p>6 complete plays of prisoners-dilemma." in text
    for part in (text, markdown(report(done, findings))):
        for heading in ("What was played", "Payoffs of prisoners-dilemma", "One question in full"):
            assert heading in part
        assert "[user] You are row. The others: col." in part
    if shutil.which("chromium") is None:
        pytest.skip("there is no chromium")
    (tmp_path / "report.html").write_text(text)
    source = f'src="{(tmp_path / "report.html").as_uri()}"'
    assert set(frame_widths(tmp_path, [source], [375, 1280])) == {(375, 375), (1280, 1280)}


def test_counts_are_told_in_words(tmp_path):
    experiment = study("prisoners-dilemma", ["none"], ["selfish"])
    done = run(experiment, Options(LOGIT), tmp_path)
    findings = judge(done, experiment.predictions)
    measured = tuple(entry for entry in findings.judged if entry.observations)
    for judged, text in (
        (findings.judged, "1 of 2 primary predictions judged: "),
        (measured, "1 primary prediction judged: "),
        (measured[:1], "1 primary prediction judged: "),
    ):
        sentence = summary(replace(findings, judged=judged))
        assert sentence.startswith(text)
        assert ("; 1 without data." in sentence) == (judged == findings.judged)
        assert ("more are exploratory" in sentence) == (judged != measured[:1])


def test_money_from_outside_does_not_count_in_welfare(tmp_path):
    path = tmp_path / "free.toml"
    path.write_text(
        '[game]\nplayers = ["row", "col"]\nactions = { row = ["A", "B"], col = ["A", "B"] }\n'
        '[game.payoffs]\nrow = [[3, 0], [4, 1]]\ncol = "symmetric"\n[contracts]\nbudget = "free"\n'
    )
    experiment = study(str(path), ["enforced"], ["base"])
    done = run(experiment, Options("simulated/logit:1,5", repetitions=3), tmp_path)
    assert not done.incomplete
    assert set(done.answers) == {
        f"free/enforced:complete/base/{i}/{p}" for i in range(3) for p in ("row", "col")
    }


def test_a_run_looks_rarely_and_at_the_end():
    assert looks(Options(repetitions=50)) == [50]
    sizes = looks(Options(repetitions=50, stop=lambda _: False))
    assert sizes[:6] == [1, 2, 3, 4, 5, 6]
    assert sizes[-1] == 50
    assert len(sizes) < 20


def sequentially(experiment, model, repetitions, seed, folder):
    folder.mkdir()
    return run(
        experiment,
        Options(
            model,
            repetitions=repetitions,
            seed=seed,
            stop=lambda so_far: decided(so_far, experiment.predictions),
        ),
        folder,
    )


def test_a_run_stops_early_where_the_prediction_is_violated(tmp_path):
    experiment = study("prisoners-dilemma", ["none"], ["altruistic"])
    done = sequentially(experiment, "simulated/best-response", 100, 0, tmp_path / "one")
    assert done.stopped.startswith("after ")
    assert len(done.plays) < 20
    findings = judge(done, experiment.predictions)
    primary = [entry for entry in findings.judged if entry.observations and entry.primary]
    assert {entry.judgement.verdict for entry in primary} == {"contradicted"}
    assert all(
        "sequence" in entry.judgement.method for entry in findings.judged if entry.observations
    )
    assert f"It stopped {done.stopped}." in markdown(report(done, findings))
    assert document_of(done, findings)["stopped"] == done.stopped
    # It goes on to the same end, asks nothing again, and is never judged as if it were planned.
    options = Options(
        "simulated/best-response",
        repetitions=100,
        stop=lambda so_far: decided(so_far, experiment.predictions),
    )
    assert run(experiment, options, tmp_path / "one").answers == done.answers
    again = recorded(experiment, Options(), tmp_path / "one" / "answers.jsonl")[0]
    assert again.sequential
    assert again.stopped
    with pytest.raises(InputError, match="of a run with --sequential, unlike this one"):
        run(experiment, Options("simulated/best-response", repetitions=100), tmp_path / "one")


def test_a_prediction_that_holds_is_played_to_the_end(tmp_path):
    experiment = study("prisoners-dilemma", ["none"], ["selfish"])
    done = sequentially(experiment, "simulated/best-response", 8, 0, tmp_path / "one")
    assert not done.stopped
    assert len(done.plays) == 8
    findings = judge(done, experiment.predictions)
    assert "played to its end" in markdown(report(done, findings))


def test_false_alarms_are_rare_though_a_run_stops_when_it_likes():
    """At every look of a run, against the truth, and against a prediction that is clearly wrong."""
    generator = np.random.default_rng(3)
    ends = looks(Options(repetitions=200, stop=lambda _: True))
    alarms, sizes = 0, []
    for _ in range(200):
        wins = np.cumsum(generator.random(200) < 0.3)
        verdicts = [judged_sequentially(int(wins[n - 1]), n, None, 0.3).verdict for n in ends]
        alarms += "contradicted" in verdicts
        wrong = (
            n
            for n in ends
            if judged_sequentially(int(wins[n - 1]), n, 0.7, 1).verdict != "inconclusive"
        )
        sizes.append(next(wrong, 200))
    assert alarms <= 10
    assert np.mean(sizes) < 50


def test_betting_intervals_cover_and_are_narrow_where_values_vary_little():
    generator = np.random.default_rng(4)
    for sequential in (False, True):
        missed = 0
        for _ in range(200):
            values = generator.beta(2, 6, 60)
            low, high = betting_interval(values.tolist(), sequential=sequential)
            missed += not low <= 0.25 <= high
        assert missed <= 18
    low, high = betting_interval([0.2] * 100)
    assert high - low < 0.1
    assert betting_interval([]) == (0, 1)
    with pytest.raises(InputError, match="outside"):
        betting_interval([1.5])
    assert judged_values([4.0] * 60, 0, 2, range_of=(0, 10)).verdict == "contradicted"
    assert judged_values([4.0] * 60, 2, 6, range_of=(0, 10)).verdict == "consistent"
    assert judged_values([], 0, 1).verdict == "inconclusive"


def test_orderings_may_be_looked_at_at_any_time():
    assert judged_ordering_sequentially([1.0] * 30, [0.0] * 30).verdict == "consistent"
    assert judged_ordering_sequentially([0.0] * 30, [1.0] * 30).verdict == "contradicted"
    assert judged_ordering_sequentially([1.0], [0.0]).verdict == "inconclusive"
    assert judged_ordering_sequentially([], [0.0]).verdict == "inconclusive"


def threshold(model, folder, repetitions=30, sequential=False):
    experiment = study("prisoners-dilemma", ["none"], ["base"])
    if sequential:
        done = sequentially(experiment, model, repetitions, 0, folder)
    else:
        folder.mkdir()
        done = run(experiment, Options(model, repetitions=repetitions), folder)
    (entry,) = judge(done, experiment.predictions).judged
    return entry.judgement


def test_the_threshold_is_judged(tmp_path):
    selfish = threshold("simulated/best-response", tmp_path / "a")
    assert selfish.verdict == "consistent"
    assert selfish.low < 2
    assert "first best at a rate in [0, " in selfish.method
    kind = threshold("simulated/best-response:3", tmp_path / "b")
    assert kind.estimate > 2
    assert kind.verdict in ("consistent", "inconclusive")
    random = threshold("simulated/logit:0,0", tmp_path / "c", 8)
    assert random.verdict in ("consistent", "inconclusive")
    early = threshold(LOGIT, tmp_path / "d", 2, sequential=True)
    assert "hold at all times" in early.method


def test_thresholds_of_games_that_no_fit_knows_are_not_judged(tmp_path):
    """A contract makes the payoffs of three agents unequal; no logit equilibrium is solved then."""
    experiment = study("holmstrom-team", ["enforced:output-balanced"], ["base"])
    done = run(experiment, Options("simulated/best-response", repetitions=2), tmp_path)
    (entry,) = [
        e for e in judge(done, experiment.predictions).judged if e.prediction.quantity == "lambda"
    ]
    assert "not judged: payoffs: a game of more than two agents must be symmetric" in (
        entry.judgement.method
    )


def test_the_threshold_is_contradicted_only_if_the_first_best_is_played(monkeypatch):
    from types import SimpleNamespace

    from coopgap.llm_checks.fitting.fit import Estimate, Range

    experiment = study("prisoners-dilemma", ["none"], ["base"])
    (prediction,) = experiment.predictions.intervals
    series = plays(experiment, 20, 0)

    def fitted(low, high, equally_likely=None):
        return lambda *_, **__: SimpleNamespace(
            lambda_=Estimate(0.5, low, high),
            equally_likely=equally_likely,
            intervals="fake",
            threshold={"p_value": 1e-5},
        )

    half = [(play, (i % 2, i % 2)) for i, play in enumerate(series)]
    pairs = [(play, (0, 0)) for play in series]
    monkeypatch.setattr("coopgap.llm_checks.judging.revealed.fit", fitted(0.1, 1.0))
    bad = judged_threshold(prediction, pairs)
    assert bad.verdict == "contradicted"
    assert bad.p_value < 0.01
    assert judged_threshold(prediction, [(play, (1, 1)) for play in series]).verdict == "consistent"
    assert judged_threshold(prediction, half).verdict == "inconclusive"
    monkeypatch.setattr("coopgap.llm_checks.judging.revealed.fit", fitted(0.1, None))
    assert judged_threshold(prediction, pairs).verdict == "inconclusive"
    assert math.isinf(judged_threshold(prediction, pairs).high)
    monkeypatch.setattr(
        "coopgap.llm_checks.judging.revealed.fit", fitted(0.1, 1.0, Range(0.0, None))
    )
    assert "every λ plays so" in judged_threshold(prediction, pairs).method

    def failing(*_, **__):
        raise InputError("there is no choice to fit")

    monkeypatch.setattr("coopgap.llm_checks.judging.revealed.fit", failing)
    assert "no choice to fit" in judged_threshold(prediction, pairs).method
    assert judged_threshold(prediction, []).method == "no data"


def test_records_are_classes_of_their_language():
    game = spec("n5")
    conditions = [Condition(Regime("enforced", game.languages[0].name), Disposition("selfish"))]
    predictions = predict(game, conditions)
    rates = [name for name in predictions.equilibria[0].independent if name.startswith("class:")]
    assert len(rates) == 3
    total = [predictions.equilibria[0].independent[name] for name in rates]
    assert sum(low for low, _ in total) <= 1 <= sum(high for _, high in total)
    assert all(isinstance(low, F) for low, _ in total)


def test_the_command_plays_simulated_agents(command, tmp_path):  # noqa: F811
    run_command: Command = command
    arguments = ["prisoners-dilemma", "--regime", "none", "--disposition", "altruistic"]
    arguments += ["--model", LOGIT, "--repetitions", "40", "--sequential", "--out", tmp_path]
    result = run_command("play", *arguments, "--json")
    assert result.status == 0
    assert result.json["sequential"] is True
    assert result.json["stopped"].startswith("after ")
    assert "simulated: logit" in run_command("play", *arguments).out
    bad = run_command("play", *arguments, "--model", "simulated/oracle")
    assert bad.status == 2
    assert "--model" in bad.err


def several(tmp_path):
    path = tmp_path / "games.csv"
    path.write_text(
        f"{HEADER}\n"
        + "".join(
            f"{number},Prisoner's Dilemma,,,\"['Share','Keep']\",\"['Share','Keep']\","
            f'"({most - 2}, {most - 2})","(0, {most})","({most}, 0)","(1, 1)"\n'
            for number, most in enumerate((5, 6, 7))
        )
    )
    return study(str(path), ["none"], ["selfish", "altruistic"])


def test_several_games_are_judged_together_at_any_time(tmp_path):
    experiment = several(tmp_path)
    assert len(experiment.scenes) == 3
    done = sequentially(experiment, "simulated/best-response", 12, 0, tmp_path / "one")
    judgements = {
        entry.prediction.id: entry.judgement for entry in judge(done, experiment.predictions).judged
    }
    assert judgements["none/altruistic/first-best"].verdict == "contradicted"
    assert "confidence sequence" in judgements["none/altruistic/first-best"].method
    ordering = next(
        judgement for name, judgement in judgements.items() if name.startswith("realisability")
    )
    assert "two beta-binomial" in ordering.method


def test_probabilities_count_where_they_are_known(tmp_path):
    experiment = several(tmp_path)
    done = run(experiment, Options("simulated/best-response", repetitions=4), tmp_path)

    def with_shares(shares):
        answers = {}
        for play in done.plays:
            for question in play.decisions:
                by_place = tuple(shares[action] for action in question.layout.order)
                answers[question.id] = replace(done.answers[question.id], probabilities=by_place)
        return replace(done, answers=answers)

    judged = judge(with_shares((0.5, 0.5)), experiment.predictions).judged
    first = next(entry for entry in judged if entry.prediction.id == "none/altruistic/first-best")
    assert first.measured_by == "probabilities"
    assert first.judgement.estimate == pytest.approx(0.25)
    ordering = next(entry for entry in judged if entry.prediction.id.startswith("realisability"))
    assert ordering.judgement.estimate == pytest.approx(0)
    # One decision without them, and choices count.
    some = dict(with_shares((0.5, 0.5)).answers)
    name = next(iter(some))
    some[name] = replace(some[name], probabilities=None)
    mixed = judge(replace(done, answers=some), experiment.predictions).judged
    assert {entry.measured_by for entry in mixed if entry.prediction.id.startswith("real")} == {
        "choices"
    }
