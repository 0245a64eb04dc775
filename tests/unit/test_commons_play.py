"""A commons played: prompts, replies, quotas, chance, runs that go on, and what is judged."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest

from coopgap import load
from coopgap.documents.commons_play import CommonsPlay as Document
from coopgap.llm_checks.commons.judged import judged_runs
from coopgap.llm_checks.commons.playing.asking import COMMONS
from coopgap.llm_checks.commons.playing.conditions import conditions_of
from coopgap.llm_checks.commons.playing.plays import CommonsPlay
from coopgap.llm_checks.commons.playing.quotas import best_caps, lines_of, read_quota
from coopgap.llm_checks.commons.playing.report import files
from coopgap.llm_checks.commons.playing.results import CommonsFindings, judge, most_of
from coopgap.llm_checks.commons.playing.run import CommonsRun, recorded, run
from coopgap.llm_checks.commons.playing.study import CommonsStudy, commons_study, plays
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.asking import Options
from coopgap.main import run as command
from coopgap.theory.commons.rationing import catch, drawn
from coopgap.theory.commons.resource import Commons, Growth
from coopgap.theory.commons.specification import CommonsSpecification
from coopgap.theory.errors import InputError

HALF = Fraction(1, 2)
LAKE = Commons(
    agents=2,
    stock=12,
    capacity=12,
    grid=tuple(range(13)),
    growth=Growth(("low", "high"), (Fraction(1), Fraction(2)), (HALF, HALF)),
    horizon=3,
    collapse=2,
)


def spec(slug: str) -> CommonsSpecification:
    specification = load(slug)
    assert isinstance(specification, CommonsSpecification)
    return specification


def lake(**changes: Any) -> CommonsSpecification:
    return CommonsSpecification(replace(LAKE, **changes), spec("pollution").languages[:0])


@lru_cache
def fishing(*dispositions: str) -> CommonsStudy:
    return commons_study(spec("fishing"), (), dispositions)


def opened(study: CommonsStudy, seed: int = 0, writes: bool = True) -> CommonsPlay:
    return COMMONS.after(plays(study, seed, writes)[0], {})


def answer_to(name: str, text: str, play: CommonsPlay) -> Answer:
    question = next(question for question in play.questions if question.id == name)
    reply = COMMONS.read(play, question, text)
    place = reply.tolerant
    demand = None if place is None else question.layout.order[place]
    return Answer(name, text, reply.status, demand, demand, place, text, 0, 0, 0.0)


def answered(play: CommonsPlay, texts: Callable[[CommonsPlay, str], str]) -> CommonsPlay:
    """The play when every question is answered by its text."""
    answers: dict[str, Answer] = {}
    while not play.settled:
        for question in play.questions:
            if question.id not in answers:
                answers[question.id] = answer_to(question.id, texts(play, question.id), play)
        play = COMMONS.after(play, answers)
    return play


@pytest.mark.parametrize("rule", ["one-at-a-time", "proportional"])
def test_what_is_drawn_is_on_average_what_theory_expects(rule):
    generator = random.Random(5)
    draws = [drawn(rule, 7, (6, 3, 2), generator) for _ in range(4000)]
    assert all(sum(draw) == 7 for draw in draws)
    expected = catch(rule, 7, 6, ((1, 3), (1, 2)))
    assert abs(fmean(float(draw[0]) for draw in draws) - float(expected)) < 0.05
    assert drawn(rule, 11, (6, 3, 2), generator) == tuple(map(Fraction, (6, 3, 2)))


def test_prompts_tell_the_month_the_stock_and_the_past_and_no_dispositions_of_others():
    study = fishing("2 altruistic, 3 selfish")
    play = opened(study)
    first = play.questions[0]
    assert "month 1 of 12, and the stock is 100 units" in first.prompt
    assert "fewer than 5 units are left" in first.prompt
    assert "multiplied by 2." in first.prompt
    assert first.prompt.endswith("Reply with the number and nothing else.")
    assert "any whole number of units from 0 to 100" in first.prompt
    wants = {question.system.partition("to anybody.")[2] for question in play.questions}
    assert len(wants) == 2
    assert not any(
        "selfish" in question.prompt or "altruistic" in question.prompt
        for question in play.questions
    )
    for _ in range(5):
        answers = {question.id: answer_to(question.id, "10", play) for question in play.questions}
        play = COMMONS.after(play, answers)
    assert (
        "Month 1: the stock was 100; units taken: you 10, player 2 10" in play.questions[-5].prompt
    )


def test_a_play_is_what_the_rules_of_a_month_make_of_demands():
    study = fishing("selfish")
    full = answered(opened(study), lambda play, _: "10" if play.month < 12 else "100")
    assert sum(full.caught) == 650
    assert [month.stock for month in full.months] == [100] * 12
    emptied = answered(opened(study), lambda *_: "100")
    assert (sum(emptied.caught), len(emptied.months)) == (100, 1)
    spoilt = answered(opened(study), lambda play, _: "19" if play.month == 1 else "10")
    assert [(month.stock, month.remainder) for month in spoilt.months] == [(100, 5), (10, 0)]


def test_growth_is_the_same_in_every_condition_and_seats_are_drawn():
    study = commons_study(spec("fishing-iid"), (), ("1 altruistic, 4 selfish", "selfish"))
    study = replace(study, repetitions=20)
    series = plays(study, 3, True)
    grown: dict[int, set[tuple[int, ...]]] = {}
    for play in series:
        played = answered(COMMONS.after(play, {}), lambda *_: "8")
        grown.setdefault(play.repetition, set()).add(tuple(m.stock for m in played.months))
    assert all(len(stocks) == 1 for stocks in grown.values())
    assert len(set().union(*grown.values())) > 10
    seats = {
        play.dispositions.index(next(w for w in play.dispositions if w.kind == "altruistic"))
        for play in series
        if play.condition.prosocial == 1
    }
    assert len(seats) >= 4


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("10", 10),
        (" 10 \n", 10),
        ("I take 10 units.", 10),
        ("They took 12, so\nAnswer: 7", 7),
        ("**8**", 8),
        ("Player 2 took 10, let us see", None),
        ("10 or 12", None),
        ("101", None),
        ("-3", None),
        ("1e1", None),
        ("2.5", None),
        ("", None),
    ],
)
def test_numbers_are_read_strictly(text, demand):
    play = opened(fishing("selfish"))
    assert answer_to(play.questions[0].id, text, play).tolerant == demand


def test_an_unreadable_reply_is_asked_for_again_and_then_ends_the_play():
    play = opened(commons_study(lake(), (), ("selfish",)))
    first, second = (question.id for question in play.questions)
    answers = {first: answer_to(first, "some", play), second: answer_to(second, "2", play)}
    again = COMMONS.after(play, answers)
    assert [question.id for question in again.questions] == [first, second, f"{first}/again"]
    answers[f"{first}/again"] = answer_to(f"{first}/again", "3", again)
    assert COMMONS.after(again, answers).months[0].demands == (3, 2)
    answers[f"{first}/again"] = answer_to(f"{first}/again", "three", again)
    broken = COMMONS.after(again, answers)
    assert broken.settled
    assert broken.broken
    assert not broken.months


def test_quotas_are_lines_that_the_court_must_be_able_to_tell():
    commons, (complete, single_number) = spec("fishing-iid").commons, spec("fishing-iid").languages
    caps = best_caps(commons, complete)
    text = "\n".join(line.written(commons) for line in lines_of(commons, caps))
    quota = read_quota(text, commons, complete)
    assert quota.status == "writable"
    limit = quota.caps(commons)
    assert all(
        limit(month, 0, stock) == caps(month, 0, stock)
        for month in range(1, 13)
        for stock in range(101)
    )
    assert read_quota(text, commons, single_number).status == "unwritable"
    assert read_quota("always: 10", commons, single_number).most(3, 0, 80) == 10
    assert read_quota("No quota.", commons, single_number).status == "none"
    assert (
        read_quota("month 1-11, stock 60 to 100: 10 units", commons, complete).most(12, 0, 90)
        is None
    )
    for wrong in (
        "",
        "10",
        "stock many: 3",
        "stock 1-2, stock 3: 4",
        "growth low: 3",
        "always: -1",
        f"always: {'9' * 5000}",
        f"stock {'9' * 5000}: 3",
    ):
        assert read_quota(wrong, commons, complete).status == "unparseable", wrong


def test_a_quota_binds_if_all_accept_it_and_is_only_told_where_it_is_announced():
    study = commons_study(spec("pollution"), ("negotiated:one standard",), ("selfish",))

    def accepts(text: str) -> Callable[[CommonsPlay, str], str]:
        def reply(play: CommonsPlay, name: str) -> str:
            question = next(question for question in play.questions if question.id == name)
            if question.kind == "proposal":
                return "always: 2"
            if question.kind == "acceptance":
                return question.layout.codes[question.words.index(text)]
            return question.layout.codes[-1]

        return reply

    bound = answered(opened(study), accepts("accept"))
    assert all(max(month.demands) <= 2 for month in bound.months)
    assert "no player gets more than 2 units" in bound.questions[-1].prompt
    free = answered(opened(study), accepts("reject"))
    assert free.months[0].demands == (10, 10)
    assert "there is none" in free.questions[-1].prompt
    announced = opened(commons_study(spec("pollution"), ("announced:complete",), ("selfish",)))
    assert announced.most == 10
    assert "Nobody enforces it" in announced.questions[0].prompt
    enforced = opened(commons_study(spec("pollution"), ("enforced:complete",), ("selfish",)))
    assert enforced.most == 3


def test_one_agent_alone_agrees_with_itself():
    river = spec("pollution")
    alone = replace(river, commons=replace(river.commons, agents=1))
    play = answered(
        opened(commons_study(alone, ("negotiated:one standard",), ("selfish",))),
        lambda _, name: "always: 2" if name.endswith("proposal") else "2",
    )
    assert play.quota is not None
    assert len(play.months) == alone.commons.horizon


def test_those_who_cannot_write_choose_among_a_few_demands_under_codes():
    study = replace(fishing("selfish"), repetitions=30)
    layouts = [q.layout for p in plays(study, 0, False) for q in COMMONS.after(p, {}).questions]
    assert {tuple(sorted(layout.order)) for layout in layouts} == {(0, 20, 40, 60, 80, 100)}
    assert len({layout.order for layout in layouts}) > 50
    assert len({layout.codes for layout in layouts}) > 50


def played(
    study: CommonsStudy, model: object, folder: Path, seed: int = 0, most: int | None = None
) -> CommonsRun:
    folder.mkdir(exist_ok=True)
    return run(study, Options(model=model, seed=seed, max_samples=most), folder)


def test_equilibrium_agents_bear_their_predictions_out_and_planners_contradict_them(tmp_path):
    study = commons_study(spec("sheep"), (), (), repetitions=40)
    good = judge(played(study, "simulated/equilibrium", tmp_path / "good"))
    verdicts = {(entry.id, entry.condition): entry.judgement.verdict for entry in good.judged}
    assert verdicts["survival", "none/altruistic"] == "consistent"
    assert verdicts["prosocial-gain", "none/altruistic over none/selfish"] == "consistent"
    assert "contradicted" not in verdicts.values()
    bad = judge(played(study, "simulated/planner", tmp_path / "bad"))
    wrong = {entry.id for entry in bad.judged if entry.judgement.verdict == "contradicted"}
    assert wrong == {"catch", "survival"}


def test_verdicts_are_false_no_more_often_than_they_may_be(tmp_path):
    """The mean of equilibrium play is what is predicted, and chance is all there is."""
    study = commons_study(spec("unnamed-growth"), (), ("selfish",), repetitions=12)
    expected = study.expected[0]
    assert expected.catch == (Fraction(12), Fraction(16))
    false = 0
    for seed in range(60):
        folder = tmp_path / str(seed)
        findings = judge(played(study, "simulated/equilibrium", folder, seed), seed)
        false += any(entry.judgement.verdict == "contradicted" for entry in findings.judged)
    assert false <= 6


def test_proportional_rules_catch_what_they_should(tmp_path):
    study = fishing("selfish")
    (play,) = played(study, "simulated/proportional:1/2", tmp_path).plays
    assert [month.demands for month in play.months] == [(10,) * 5] * 12
    assert sum(play.caught) == 600


def same(first: CommonsFindings, second: CommonsFindings) -> bool:
    left, right = first.document(), second.document()
    return left == right


def test_runs_go_on_where_they_stopped_and_logs_give_the_same(tmp_path):
    study = commons_study(
        spec("sheep"), ("none", "negotiated:complete"), ("selfish",), repetitions=4
    )
    findings = judge(played(study, "simulated/selfish", tmp_path / "whole"))
    folder = tmp_path / "parts"
    for _ in range(30):
        part = played(study, "simulated/selfish", folder, most=5)
        if not part.incomplete:
            break
        assert "--max-samples 5" in part.incomplete
    else:
        pytest.fail("the run never ends")
    with (folder / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "cut sho')
    assert same(judge(played(study, "simulated/selfish", folder)), findings)
    assert same(
        judge(
            recorded(
                commons_study(spec("sheep"), ("none", "negotiated:complete"), ("selfish",)),
                Options(),
                folder,
            )
        ),
        findings,
    )
    with pytest.raises(InputError, match="another spec"):
        recorded(commons_study(spec("sheep"), (), ("selfish",)), Options(), folder)


def test_models_of_inspects_are_asked_and_their_logs_read(tmp_path):
    from inspect_ai.model import ChatMessage, ModelOutput, ModelUsage, get_model

    def output(messages: Sequence[ChatMessage], *_: object) -> ModelOutput:
        prompt = messages[-1].text
        output = ModelOutput.from_content(
            "mockllm/model", "My answer is 4" if "stock" in prompt else "?"
        )
        output.usage = ModelUsage(input_tokens=7, output_tokens=1)
        return output

    model = get_model("mockllm/model", custom_outputs=output)
    study = commons_study(spec("unnamed-growth"), (), ("selfish",), repetitions=2)
    finished = played(study, model, tmp_path)
    assert not finished.incomplete
    assert {month.demands for play in finished.plays for month in play.months} == {(4, 4)}
    again = recorded(study, Options(), tmp_path / "logs")
    assert same(judge(again), judge(finished))


def test_the_report_and_its_documents(tmp_path):
    study = commons_study(
        spec("pollution"),
        ("none", "enforced:complete"),
        ("selfish", "1 altruistic, 1 selfish"),
        repetitions=30,
    )
    findings = judge(played(study, "simulated/equilibrium", tmp_path))
    Document.model_validate(json.loads(json.dumps(findings.document())))
    exploited = next(entry for entry in findings.judged if entry.id == "exploited")
    assert exploited.judgement.verdict == "consistent"
    assert exploited.judgement.estimate == 30
    texts = files(findings)
    assert "Simulated agents: no language model" in texts["report.html"]
    assert "It is month 1 of 6" in texts["report.md"]
    assert texts["runs.svg"].startswith("<svg")
    summary = tmp_path / "summary.csv"
    summary.write_text(texts["summary.csv"], encoding="utf-8")
    replay = judged_runs(summary, spec("pollution"))
    assert {entry.condition for entry in replay.judged} == {"none", "enforced:complete"}
    assert not {entry.condition for entry in replay.judged if entry.prediction == "contract-closes"}


def test_a_changed_margin_makes_verdicts_exploratory(tmp_path):
    study = commons_study(spec("unnamed-growth"), (), ("selfish",))
    finished = played(study, "simulated/selfish", tmp_path)
    changed = replace(finished, study=replace(study, margin=Fraction(1, 10)))
    assert judge(changed).changed
    assert not judge(finished).changed


def test_growth_with_regimes_is_what_the_best_plan_counts_with():
    study = replace(commons_study(spec("pond-regimes"), (), ("selfish",)), repetitions=300)
    total, turned = [], set()
    for play in plays(study, 1, True):
        answers: dict[str, Answer] = {}
        ended = COMMONS.after(play, answers)
        while not ended.settled:
            for question in ended.questions:
                if question.id not in answers:
                    answer = COMMONS.answered("simulated/planner", ended, question, 0)
                    answers[question.id] = answer
            ended = COMMONS.after(ended, answers)
        total.append(float(sum(ended.caught)))
        turned |= {month.signal for month in ended.months}
        assert "all see which it is before they ask" in ended.questions[0].prompt
    best = float(study.prediction.best)
    assert abs(fmean(total) - best) < 4 * stdev(total) / len(total) ** 0.5
    assert turned == {0, 1}


def test_quotas_are_negotiated_where_growth_has_regimes_and_not_enforced():
    commons = spec("pond-regimes").commons
    (complete, *_, single_number) = spec("pond-regimes").languages
    text = "growth healthy: 3\nalways: 2"
    assert read_quota(text, commons, complete).most(1, 1, 5) == 2
    assert read_quota(text, commons, single_number).status == "unwritable"
    with pytest.raises(InputError, match="where growth is drawn"):
        commons_study(spec("pond-regimes"), ("enforced:complete",), ("selfish",))
    study = commons_study(spec("pond-regimes"), ("negotiated:complete",), ("prosocial:1",))
    assert study.expected[0].catch is None
    (alike,) = commons_study(spec("pond-regimes"), (), ("prosocial:1",)).expected
    assert "λ = 0" in alike.reason


def test_no_play_catches_more_than_the_most_there_is():
    assert most_of(spec("fishing").commons) == 650
    assert most_of(spec("fishing-iid").commons) > 650


def test_conditions_of_a_commons():
    names = [str(condition) for condition in conditions_of(spec("fishing"), (), ())]
    assert names == ["none/selfish", "none/altruistic"]
    (mixed,) = conditions_of(spec("fishing"), (), ("2 altruistic, 3 selfish",))
    assert mixed.prosocial == 2
    (level,) = conditions_of(spec("fishing"), ("enforced:complete",), ("prosocial:1/2",))
    assert level.prosocial is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--regime", "foo"], "--regime: 'foo' is no regime"),
        (["--regime", "enforced"], "lacks a language"),
        (["--regime", "enforced:x"], "there is no language 'x'"),
        (["--disposition", "6 selfish"], "does not say what 3 agents want"),
        (["--disposition", "1 selfish, 2 foo"], "--disposition: 'foo' is no disposition"),
        (["--disposition", "2 selfish, altruistic"], "does not say what 3 agents want"),
        (["--games", "2"], "--games: a commons is played without it"),
        (["--sequential"], "--sequential: a commons is played without it"),
        (["--model", "simulated/first:1/2"], "no simulated agents"),
        (["--model", "simulated/proportional:2"], "no simulated agents"),
        (["--model", "simulated/planner", "--model", "simulated/selfish"], "by one model"),
        (["--regime", "negotiated:complete"], "writes no quotas"),
        (["--disposition", "base", "--model", "simulated/equilibrium"], "no equilibrium is known"),
    ],
)
def test_bad_input_is_told_and_nothing_is_played(options, expected, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        command(["play", "sheep", *options, "--out", str(tmp_path / "out")])
    message = capsys.readouterr().err
    assert expected in message
    assert not (tmp_path / "out" / "answers.jsonl").exists()
