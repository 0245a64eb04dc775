"""What a design concludes of agents whose truth is known: false verdicts are rare, power is there.

The gate tries a few seeds, the deep tests 200; docs/language-models.md has what came out.
"""

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import pytest
from unit.test_cli import command  # noqa: F401

from coopgap.llm_checks.judging.evidence import (
    judged_interval,
    judged_values,
    least_confirming,
)
from coopgap.llm_checks.judging.findings import Findings
from coopgap.llm_checks.judging.judge import judge
from coopgap.llm_checks.judging.report import summary
from coopgap.llm_checks.playing.run import Run
from coopgap.llm_checks.playing.scenarios import plays
from coopgap.llm_checks.playing.simulation import simulated_answer
from coopgap.llm_checks.predicting.predictions import Design, from_registration
from coopgap.llm_checks.predicting.scenes import Study, study
from coopgap.theory.errors import InputError

SEEDS = [pytest.param(6, id="some"), pytest.param(200, id="all", marks=pytest.mark.deep)]


@pytest.fixture(scope="module")
def dilemma() -> Study:
    return study("prisoners-dilemma", ["none"], ["selfish", "altruistic"])


def findings(experiment: Study, models: dict[str, str], repetitions: int, seed: int) -> Findings:
    """What a run concludes in which each disposition has agents of its own."""
    design = replace(experiment.predictions, design=Design(repetitions=repetitions))
    series = plays(experiment, repetitions, seed)
    agents = {name: f"simulated/{model}" for name, model in models.items()}
    answers = {
        question.id: simulated_answer(agents[str(play.condition.disposition)], play, question, seed)
        for play in series
        for question in play.questions
    }
    return judge(Run(experiment, series, answers, {"predictions": design.sha256}), design)


def verdicts(findings: Findings) -> dict[str, str]:
    return {
        e.prediction.id: e.judgement.verdict
        for e in findings.judged
        if e.primary and e.observations
    }


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("rate", ["1", "0.8"])
def test_who_ignores_the_game_gives_no_false_verdict_beyond_the_nominal_rate(dilemma, seeds, rate):
    """Such agents reach the first best at a rate of 1/4 in every condition: that a condition has it
    at 0 or 1, or that one has it more often than the other, is false."""
    false: Counter[str] = Counter()
    for seed in range(seeds):
        outcome = findings(
            dilemma, dict.fromkeys(("selfish", "altruistic"), f"first:{rate}"), 40, seed
        )
        false.update(name for name, verdict in verdicts(outcome).items() if verdict == "consistent")
    # A binomial of 200 trials at 5 % is above 20 in one case of a hundred.
    assert max(false.values(), default=0) <= max(1, seeds // 10)


@pytest.mark.parametrize("seeds", SEEDS)
def test_who_plays_as_predicted_is_confirmed(dilemma, seeds):
    counts: Counter[tuple[str, str]] = Counter()
    models = {"selfish": "best-response", "altruistic": "best-response:3"}
    for seed in range(seeds):
        counts.update(verdicts(findings(dilemma, models, 80, seed)).items())
    assert {verdict for _, verdict in counts} == {"consistent"}
    assert len(counts) == 3


@pytest.mark.parametrize("seeds", SEEDS)
def test_who_errs_within_the_margin_is_not_contradicted_and_beyond_it_is(dilemma, seeds):
    """With β = 16 selfish agents reach the first best at 0.03 %, with β = 2 at 14 %."""
    false = power = 0
    for seed in range(seeds):
        models = {"selfish": "logit:0,16", "altruistic": "best-response:3"}
        weak = models | {"selfish": "logit:0,2"}
        false += verdicts(findings(dilemma, models, 80, seed))["none/selfish/first-best"] == (
            "contradicted"
        )
        power += verdicts(findings(dilemma, weak, 80, seed))["none/selfish/first-best"] == (
            "contradicted"
        )
    assert false <= max(1, seeds // 20)
    assert power >= seeds // 2


def test_one_prediction_is_primary_for_each_claim_about_a_condition():
    for name in ("prisoners-dilemma", "moral-hazard-pd", "n4", "n5", "matching-pennies"):
        predictions = study(name, dispositions=["base", "selfish", "altruistic"]).predictions
        primary = [prediction for prediction in predictions.intervals if prediction.primary]
        assert len({(e.regime, e.disposition, e.quantity == "lambda") for e in primary}) == len(
            primary
        )
        assert {(e.regime, e.disposition) for e in primary} == {
            (e.regime, e.disposition) for e in predictions.intervals
        }
        for entry in primary:
            if entry.quantity.startswith("class:"):
                # Nothing else is bounded there.
                rates = [
                    prediction
                    for prediction in predictions.intervals
                    if (prediction.regime, prediction.disposition)
                    == (entry.regime, entry.disposition)
                ]
                assert all(prediction.quantity.startswith("class:") for prediction in rates)
    negotiated = study("moral-hazard-pd", ["negotiated:effort-blind"], ["prosocial:1"]).predictions
    assert all(
        prediction.primary for prediction in negotiated.intervals if prediction.id.endswith("/pure")
    )


def test_margins_and_sizes_are_in_the_hash(dilemma):
    hashes = {
        replace(dilemma.predictions, design=design).sha256
        for design in (
            Design(),
            Design(margin=F(1, 10)),
            Design(repetitions=2),
            Design(sequential=True),
        )
    }
    assert len(hashes) == 4
    document = json.loads(json.dumps(dilemma.predictions.registration()))
    assert from_registration(document).design == Design()
    for change in ({"margin": "1/2"}, {"repetitions": 9}):
        with pytest.raises(InputError, match="changed after"):
            from_registration(document | {"design": document["design"] | change})
    first = document["predictions"][0]
    changed = [first | {"primary": not first["primary"]}, *document["predictions"][1:]]
    with pytest.raises(InputError, match="changed after"):
        from_registration(document | {"predictions": changed})
    with pytest.raises(InputError, match="no margin"):
        Design(margin=F(1))


def test_a_single_number_is_confirmed_within_its_margin():
    assert least_confirming(-0.05, 0.05) == least_confirming(0.95, 1.05) == 72
    assert judged_interval(0, 72, -0.05, 0.05).verdict == "consistent"
    assert judged_interval(0, 71, -0.05, 0.05).verdict == "inconclusive"
    assert least_confirming(0, 0) is None


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([0.1, 0.2, 0.15, 0.1, 0.3], 0.0, 0.25),
        ([0.5, 0.6, 0.4, 0.5, 0.5], 0.0, 0.35),
        ([0.02] * 4, -0.05, 0.05),
    ],
)
def test_the_sample_that_is_said_to_be_needed_is_the_first_that_decides(values, low, high):
    first = judged_values(values, low, high)
    assert first.verdict == "inconclusive"
    assert first.needed is not None
    more = (values * (first.needed // len(values) + 1))[: first.needed]
    assert judged_values(more, low, high).verdict != "inconclusive"
    assert judged_values(more[:-1], low, high).verdict == "inconclusive"


def test_what_was_changed_after_the_first_answer_is_exploratory(command, tmp_path):  # noqa: F811
    game = ["play", "prisoners-dilemma", "--regime", "none", "--disposition", "altruistic"]
    game += ["--model", "simulated/best-response"]
    played = [*game, "--repetitions", "90", "--out", tmp_path]
    first = command(*played, "--json").json
    assert first["exploratory"] is None
    (entry,) = [entry for entry in first["judged"] if entry["primary"] and entry["observations"]]
    assert entry["verdict"] == "contradicted"
    registered = json.loads((tmp_path / "registration.json").read_text())
    assert registered["sha256"] == first["registered"]
    assert registered["design"] == {"margin": "1/20", "repetitions": 90, "sequential": False}
    again: list[Any] = [*game, "--log", tmp_path / "answers.jsonl", "--out", tmp_path / "log"]
    assert command(*again, "--json").json["exploratory"] is None
    for change in (["--margin", "0.1"], ["--repetitions", "200"]):
        for arguments in ([*again, *change], [*game, *change, "--out", tmp_path]):
            if arguments[-3:-1] != change and "--log" not in arguments and "--margin" in change:
                arguments = [*arguments, "--repetitions", "90"]
            late = command(*arguments, "--json").json
            assert "every verdict is exploratory" in late["exploratory"]
            assert not any(entry["primary"] for entry in late["judged"])
            assert late["registered"] == first["registered"]
    assert "every verdict is exploratory" in (tmp_path / "report.html").read_text()
    bad = command(*game, "--margin", "2", "--out", tmp_path)
    assert (bad.status, bad.out) == (2, "")
    assert "--margin: 2 is no margin" in bad.err


def test_a_design_that_can_confirm_nothing_says_so(dilemma):
    from coopgap.llm_checks.judging.report import notes

    models = {"selfish": "best-response", "altruistic": "best-response:3"}
    few = findings(dilemma, models, 5, 0)
    design = replace(dilemma.predictions, design=few.design)
    run = Run(dilemma, (), {}, {"predictions": design.sha256, "model": "x/y"})
    assert any(
        "5 plays of a game in a condition cannot confirm" in note for note in notes(run, few)
    )
    assert "that takes 72" in " ".join(notes(run, few))
    assert not notes(run, findings(dilemma, models, 80, 0))
    assert summary(few).startswith("3 of 4 primary predictions judged")
