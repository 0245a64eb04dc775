"""Providers that answer, fail, hang or cut replies: a local server that talks as OpenAI's does."""

import gc
import json
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from unit.test_cli import Command, command  # noqa: F401

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed")
pytest.importorskip("openai", reason="openai is not installed")

from coopgap.llm_checks.playing.asking import Budget
from coopgap.llm_checks.playing.models import one_line

Reply = Callable[[dict[str, Any], int], "dict[str, Any] | int | None"]


class Server(ThreadingHTTPServer):
    """Answers chats by ``reply``, a function of the request and its number from 1.

    It gives the fields of a choice, a status of HTTP, or None to say nothing at all.
    """

    daemon_threads = True
    reply: Reply
    requests: list[dict[str, Any]]
    ended: threading.Event

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        reply = self.server.reply(request, len(self.server.requests))
        if reply is None:
            self.server.ended.wait(60)
            return
        status = reply if isinstance(reply, int) else 200
        body: dict[str, Any] = {"error": {"message": "the stub's error", "type": "server_error"}}
        if isinstance(reply, dict):
            choice = {"index": 0, "finish_reason": "stop", "logprobs": None, **reply}
            body = {
                "id": "x",
                "object": "chat.completion",
                "created": 0,
                "model": "stub",
                "choices": [choice],
                "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
            }
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("STUB_API_KEY", "none")
    server = Server(("127.0.0.1", 0), Handler)
    server.requests, server.ended = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.ended.set()
    server.shutdown()
    thread.join()
    server.server_close()


def completion(text: str, **more: Any) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text}, **more}


def first(request: dict[str, Any], _: int = 0) -> dict[str, Any]:
    """The code that is listed first."""
    return completion(request["messages"][-1]["content"].rpartition(": ")[2].split(",")[0])


@pytest.fixture
def play(server: Server, command: Command, tmp_path: Path):  # noqa: F811
    def run(reply: Reply, *more: object):
        server.reply = reply
        arguments: list[object] = [
            "prisoners-dilemma",
            "--regime",
            "none",
            "--disposition",
            "selfish",
        ]
        arguments += [
            "--model",
            "openai-api/stub/model",
            "--base-url",
            server.url,
            "--out",
            tmp_path,
        ]
        return command("play", *arguments, *more)

    return run


def test_options_reach_the_model(play, server):
    more = ["--max-tokens", "7", "--temperature", "0.5", "--top-p", "0.9", "--model-seed", "3"]
    more += ["--reasoning-effort", "low", "--logprobs", "--model-arg", "stream=false"]
    assert play(first, *more).status == 0
    (request, _) = server.requests
    assert {name: request[name] for name in ("temperature", "top_p", "seed", "logprobs")} == {
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 3,
        "logprobs": True,
    }
    assert 7 in (request.get("max_tokens"), request.get("max_completion_tokens"))
    assert request["top_logprobs"] == 20
    assert request["reasoning_effort"] == "low"


def test_probabilities_of_the_answer_are_used_where_the_provider_gives_them(play):
    def reply(request: dict[str, Any], _: int) -> dict[str, Any]:
        codes = request["messages"][-1]["content"].rpartition(": ")[2].split(", ")
        top = [{"token": c, "logprob": -0.6931, "bytes": None} for c in codes]
        token = {"token": codes[0], "logprob": -0.6931, "bytes": None, "top_logprobs": top}
        return completion(codes[0], logprobs={"content": [token], "refusal": None})

    judged = play(reply, "--logprobs", "--json").json["judged"]
    first_best = next(entry for entry in judged if entry["id"].endswith("first-best"))
    assert first_best["measured_by"] == "probabilities"
    assert first_best["estimate"] == pytest.approx(0.25)


def test_a_reply_that_is_cut_is_told_from_one_that_cannot_be_read(play):
    def reply(_: dict[str, Any], number: int) -> dict[str, Any]:
        return completion("Let us think.", finish_reason="length" if number == 1 else "stop")

    decisions = play(reply, "--json").json["decisions"]
    assert (decisions["cut"], decisions["unparseable"], decisions["answered"]) == (1, 1, 0)
    assert "1 cut at --max-tokens" in play(reply).out


@pytest.mark.parametrize("status", [500, 400, 401])
def test_an_error_after_some_answers_leaves_the_others_unanswered(play, status, tmp_path):
    def reply(request: dict[str, Any], number: int) -> dict[str, Any] | int:
        return first(request) if number <= 7 else status

    limits = ["--repetitions", "10", "--concurrency", "1", "--max-retries", "1"]
    result = play(reply, *limits, "--json")
    assert result.status == 3
    decisions = result.json["decisions"]
    assert (decisions["answered"], decisions["refused"], decisions["unanswered"]) == (7, 0, 13)
    assert result.json["incomplete"].count("\n") == 0
    text = (tmp_path / "report.md").read_text()
    for secret in ("You are row", "messages", "Request:"):
        assert secret not in result.json["incomplete"]
    assert "This run is incomplete" in text
    # What was answered is kept, and the rest asked when the same is run again.
    done = play(first, *limits)
    assert done.status == 0
    assert "20 replies of 20, 0 unanswered" in done.out


def test_one_request_that_hangs_ends_within_the_timeout(play):
    def reply(request: dict[str, Any], number: int) -> dict[str, Any] | None:
        return None if number == 3 else first(request)

    begun = time.monotonic()
    result = play(reply, "--repetitions", "4", "--concurrency", "2", "--timeout", "5")
    assert time.monotonic() - begun < 45
    assert result.status == 3
    assert "no answer within 5 s (--timeout)" in " ".join(result.out.split()), result.out


def test_no_network_is_one_line_on_standard_error(command, monkeypatch, tmp_path):  # noqa: F811
    monkeypatch.setenv("STUB_API_KEY", "none")
    arguments = ["--model", "openai-api/stub/model", "--base-url", "http://127.0.0.1:9/v1"]
    arguments += [
        "--regime",
        "none",
        "--disposition",
        "selfish",
        "--timeout",
        "1",
        "--out",
        tmp_path,
    ]
    result = command("play", "prisoners-dilemma", *arguments)
    assert (result.status, result.out) == (2, "")
    assert len(result.err.strip().splitlines()) == 1
    assert "answered nothing" in result.err
    assert [file.name for file in tmp_path.iterdir()] == ["logs"]


def test_scorers_and_epochs_are_inspects_own(server, tmp_path):
    """Every answer of every epoch is judged: none that was paid for is dropped."""
    import inspect_ai

    from coopgap.llm_checks.inspect_play import play as task
    from coopgap.llm_checks.judging.judge import judge
    from coopgap.llm_checks.playing.asking import Options
    from coopgap.llm_checks.playing.run import recorded
    from coopgap.llm_checks.predicting.scenes import study

    server.reply = first
    with warnings.catch_warnings():
        # Inspect's own: deprecated calls, streams that it leaves to be collected.
        warnings.simplefilter("ignore")
        (log,) = inspect_ai.eval(
            task(
                spec="prisoners-dilemma",
                regime="enforced:complete",
                disposition="selfish",
                repetitions=2,
            ),
            model="openai-api/stub/model",
            model_base_url=server.url,
            epochs=3,
            log_dir=str(tmp_path),
            display="none",
        )
        gc.collect()
    assert log.status == "success", log.error
    assert len(server.requests) == 2 * 2 * 3
    assert log.results is not None
    names = {"first_best", "welfare", "parsed_share", "refused_share"}
    assert {score.name for score in log.results.scores} == names
    assert log.samples is not None
    kinds = [sample.scores["verified"].value for sample in log.samples if sample.scores]
    assert len(kinds) == 6
    assert set(kinds) <= {"C,C", "C,D", "D,C", "D,D"}
    (file,) = tmp_path.glob("*.eval")
    experiment = study("prisoners-dilemma", ["enforced:complete"], ["selfish"])
    replayed = recorded(experiment, Options(), file)[0]
    assert len(replayed.answers) == 12
    assert judge(replayed, experiment.predictions).complete == 6


def test_cost_counts_calls_in_flight(play):
    limits = ["--repetitions", "20", "--concurrency", "8", "--prices", "10000,0", "--max-cost", "5"]
    result = play(first, *limits, "--json")
    assert result.status == 0
    assert "--max-cost 5 is reached" in result.json["incomplete"]
    # Each call costs a dollar; with eight at a time and none counted in flight it would be 12.
    assert result.json["cost"] == 5
    budget = Budget((1.0, 1.0), dollars=1.0)
    budget.begin("a", (600_000, 600_000))
    assert budget.waiting
    budget.end("a", 0.5)
    assert not budget.waiting
    assert not budget.exhausted


def test_errors_are_one_line_without_the_request():
    error = RuntimeError("bad [red]thing[/red]\nRequest:\n{'secret': 1}\n\nBadRequestError: no")
    assert one_line(error) == "bad thing BadRequestError: no"
    assert one_line(RuntimeError("\nRequest:\n{\n  'secret': 1\n}\n\nthe reason")) == "the reason"
    assert one_line(RuntimeError()) == "RuntimeError"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--reasoning-effort", "huge"], "--reasoning-effort: 'huge' is no effort"),
        (["--model-arg", "stream"], "--model-arg: 'stream' names no value"),
        (["--timeout", "0"], "--timeout"),
    ],
)
def test_bad_options_of_a_model(play, more, message):
    result = play(first, *more)
    assert (result.status, result.out) == (2, "")
    assert message in result.err
