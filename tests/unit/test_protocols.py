"""How agents are asked: with reasons, after messages, in several wordings; all of it registered."""

import importlib.util
import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from unit.test_cli import Command, command  # noqa: F401

from coopgap.llm_checks.fitting.choices import read_all
from coopgap.llm_checks.judging.findings import document_of
from coopgap.llm_checks.judging.judge import judge
from coopgap.llm_checks.judging.pages import html, markdown
from coopgap.llm_checks.judging.report import report
from coopgap.llm_checks.judging.revealed import choices_of
from coopgap.llm_checks.negotiating.negotiation import continued
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.asking import Options
from coopgap.llm_checks.playing.replies import parsed
from coopgap.llm_checks.playing.run import recorded, run
from coopgap.llm_checks.playing.scenarios import PROMPTS, draw_layout, plays, prompts_of
from coopgap.llm_checks.playing.talking import LIMIT, SILENT
from coopgap.llm_checks.predicting.predictions import Design, from_registration
from coopgap.llm_checks.predicting.scenes import Study, study


def designed(source: str = "prisoners-dilemma", **parts: Any) -> Study:
    experiment = study(source, ["none"], ["selfish"])
    return replace(experiment, predictions=replace(experiment.predictions, design=Design(**parts)))


def test_a_protocol_is_in_the_hash_and_an_old_one_keeps_its_own():
    plain = designed(repetitions=5).predictions
    assert plain.registration()["design"] == {
        "margin": "1/20",
        "repetitions": 5,
        "sequential": False,
    }
    hashes = {plain.sha256}
    for part in ({"reasoning": True}, {"talk": True}, {"wordings": 2}):
        predictions = designed(repetitions=5, **part).predictions
        hashes.add(predictions.sha256)
        read = from_registration(json.loads(json.dumps(predictions.registration())))
        assert (read.design, read.sha256) == (predictions.design, predictions.sha256)
    assert len(hashes) == 4


def test_only_what_is_used_is_among_the_prompts():
    assert prompts_of(Design()) == PROMPTS
    assert set(prompts_of(Design(talk=True))) - set(PROMPTS) == {"talker", "message"}
    assert set(prompts_of(Design(reasoning=True, wordings=3))) - set(PROMPTS) == {
        "reasoned",
        "decision-b",
        "decision-c",
    }


def test_reasons_come_before_an_answer():
    question = plays(designed(reasoning=True), 1, 0)[0].questions[0]
    codes = question.layout.codes
    assert question.prompt.splitlines()[-1].startswith("Think it through first")
    assert question.prompt.endswith(f"exactly one of: {', '.join(codes)}")
    assert question.reasoned
    plain = plays(designed(), 1, 0)[0].questions[0]
    assert plain.prompt.splitlines()[-1] == f"Reply with exactly one of: {', '.join(codes)}"
    for text, strict, tolerant in (
        ("If they take B I get 1.\nAnswer: A", 0, 0),
        ("B is safe.\nAnswer: **A**", None, 0),
        ("A", 0, 0),
        ("I choose B.\nAnswer: A", 0, 0),
    ):
        reply = parsed(text, ("A", "B"), ("share", "keep"), reasoned=True)
        assert (reply.strict, reply.tolerant) == (strict, tolerant)


def answered(name: str, text: str) -> Answer:
    return Answer(name, text, "answered", None, None, None, None, 0, 0, 0.0)


def test_messages_are_written_before_anybody_decides_and_read_by_all():
    (play,) = plays(designed(talk=True), 1, 0)
    opened = continued(play, {})
    assert [question.kind for question in opened.questions] == ["message", "message"]
    assert not opened.settled
    assert opened.profile({}) is None
    assert opened.expected == 4
    row, col = (question.id for question in opened.questions)
    half = continued(play, {row: answered(row, "Let us both\ntake C. “Deal”")})
    assert (half.settled, half.questions) == (False, opened.questions)
    long = "x" * (LIMIT + 50)
    settled = continued(
        play, {row: answered(row, "Let us both\ntake C. “Deal”"), col: answered(col, long)}
    )
    assert settled.settled
    decisions = settled.decisions
    assert len(decisions) == 2
    for agent, question in enumerate(decisions):
        first, second = ("You", "col") if agent == 0 else ("row", "You")
        assert f'{first} wrote before: “Let us both take C. "Deal"”' in question.prompt
        assert f"{second} wrote before: “{'x' * LIMIT}”" in question.prompt
        assert "you cannot talk" in question.system
        assert "sends one message" in question.system
    silent = continued(play, {name: answered(name, " ") for name in (row, col)})
    assert silent.messages == (SILENT, SILENT)
    # Who writes is told the game by the words for actions, as codes differ between agents.
    assert "C" in opened.questions[0].prompt
    assert "Reply with" not in opened.questions[0].prompt


def test_a_conversation_is_played_resumed_and_judged(tmp_path):
    if importlib.util.find_spec("inspect_ai") is None:
        pytest.skip("inspect-ai is not installed")
    from unit.test_play import scripted

    def answer(prompt: str) -> str:
        if "Write your message" in prompt:
            return "I take D"
        match = re.search(r"^(\w): D$", prompt, re.MULTILINE)
        assert match is not None
        assert "wrote before: “I take D”" in prompt
        return match[1]

    experiment, text = designed(talk=True, repetitions=3), list[str]()
    part = run(experiment, Options(scripted(answer), repetitions=3, max_samples=5), tmp_path)
    assert part.unanswered == 7

    def watch(_done: int, _total: int, wait: str) -> None:
        text.append(wait)

    done = run(experiment, Options(scripted(answer), repetitions=3, progress=watch), tmp_path)
    # It is said which answer is being waited for, and in the end for none.
    names = set(done.answers) - set(part.answers)
    assert {wait.partition(" and ")[0] for wait in text if wait} <= names
    assert any(text)
    assert text[-1] == ""
    assert (done.unanswered, len(done.answers), done.incomplete) == (0, 12, "")
    # Each run has a log of its own, and no play is counted twice.
    assert len(list((tmp_path / "logs").glob("*.eval"))) == 2
    (fitted,) = read_all([tmp_path / "logs"]).games
    (game,) = choices_of(done).games
    assert (fitted.condition, fitted.counts.tolist()) == (game.condition, game.counts.tolist())
    assert fitted.counts.sum() == 3
    findings = judge(done, experiment.predictions)
    assert (findings.complete, findings.changed) == (3, "")
    assert findings.statuses["answered"] == 12
    page = report(done, findings)
    assert "I take D" in html(page)
    assert "## Messages" in markdown(page)
    assert document_of(done, findings)["talk"]
    for log in (tmp_path / "answers.jsonl", tmp_path / "logs"):
        (again,) = recorded(designed(), Options(), log)
        assert again.study.predictions.design.talk
        assert {play.id: play.profile(again.answers) for play in again.plays} == {
            play.id: play.profile(done.answers) for play in done.plays
        }


def test_sequential_and_plain_runs_are_fitted_together(command, tmp_path):  # noqa: F811
    base: Command = command
    about = ["play", "moral-hazard-pd", "--regime", "none", "--disposition", "selfish"]
    about += ["--model", "simulated/logit:0,3"]
    counts: list[int] = []
    runs = {"one": ["--repetitions", "6"], "two": ["--repetitions", "40", "--sequential"]}
    for name, more in runs.items():
        result = base(*about, *more, "--seed", str(len(counts)), "--out", tmp_path / name, "--json")
        counts.append(result.json["plays"]["complete"])
    fitted = base("fit", tmp_path / "one", tmp_path / "two", "--json").json
    assert fitted["choices"] == sum(counts)
    # A folder of runs holds both.
    assert base("fit", tmp_path, "--json").json == fitted


def test_wordings_are_drawn_evenly_and_change_nothing_else():
    plain = [draw_layout(2, "seed", number) for number in range(3000)]
    three = [draw_layout(2, "seed", number, (), 3) for number in range(3000)]
    assert [replace(layout, wording=0) for layout in three] == plain
    counts = Counter(layout.wording for layout in three)
    assert set(counts) == {0, 1, 2}
    assert min(counts.values()) > 850
    questions = [q for play in plays(designed(wordings=3), 30, 0) for q in play.questions]
    assert len({re.sub(r"\W", "", q.prompt.splitlines()[-1])[:12] for q in questions}) > 1
    for question in questions:
        assert question.prompt.endswith(
            f"Reply with exactly one of: {', '.join(question.layout.codes)}"
        )
        assert "$" not in question.prompt


def test_wordings_are_a_factor_of_the_report(tmp_path):
    experiment = designed(wordings=2, repetitions=40)
    done = run(experiment, Options("simulated/logit:0,1", repetitions=40), tmp_path)
    findings = judge(done, experiment.predictions)
    first, second = findings.wordings
    assert first.decisions + second.decisions == 80
    assert not first.significant
    assert not second.significant
    for bias in (first, second):
        # Exact intervals at 95 % for both together.
        assert bias.low < bias.share - 0.1 < bias.share + 0.1 < bias.high
    assert "## Wordings" in markdown(report(done, findings))
    # Agents who cooperate in one wording only are found out.
    text = {q.id: q for play in done.plays for q in play.questions}
    swayed = {
        name: replace(answer, tolerant=text[name].layout.wording)
        for name, answer in done.answers.items()
    }
    assert all(
        bias.significant
        for bias in judge(replace(done, answers=swayed), experiment.predictions).wordings
    )


def test_the_command_registers_and_asks_in_the_protocol(command, tmp_path):  # noqa: F811
    base: Command = command
    path = tmp_path / "registered.json"
    about = ["prisoners-dilemma", "--regime", "none", "--disposition", "selfish"]
    result = base("predict", *about, "--talk", "--wordings", "2", "--register", path, "--json")
    assert result.json["design"]["talk"]
    played = ["play", *about, "--model", "simulated/first:1/2", "--registered", path, "--json"]
    first = base(*played, "--out", tmp_path / "one")
    assert first.json["exploratory"] is None
    assert (first.json["talk"], first.json["reasoning"]) == (True, False)
    assert first.json["decisions"]["designed"] == 4
    reasoned = base(*played, "--reasoning", "--out", tmp_path / "two")
    assert "exploratory" in reasoned.json["exploratory"]
    log = ["--log", tmp_path / "one", "--out", tmp_path / "three", "--json"]
    again = base("play", *about, *log)
    assert again.json["judged"] == first.json["judged"]
    assert again.json["exploratory"] is None
    assert "with talk True" in base(
        "play", *about, "--wordings", "1", "--log", tmp_path / "one"
    ).err or (
        "with wordings 2" in base("play", *about, "--wordings", "1", "--log", tmp_path / "one").err
    )
