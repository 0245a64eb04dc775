"""Recorded answers: a journal of one line per decision, and logs of Inspect's."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import read_bytes, read_text

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog
    from pydantic import TypeAdapter


MAX_BYTES = 1 << 30
"""The largest record of answers that is read."""


def read_log(path: Path, max_bytes: int = MAX_BYTES) -> EvalLog:
    """A log, complete or not.

    Raises InputError without inspect-ai, for a file that cannot be read or is too large, and for
    one that is no log.
    """
    content = read_bytes(path, max_bytes)
    try:
        from inspect_ai.log import read_eval_log
    except ImportError:
        raise InputError(
            "Inspect's logs need inspect-ai", fix="pip install 'coopgap[llm]'", source=str(path)
        ) from None
    try:
        return read_eval_log(str(path))
    except Exception:
        detail = ", or it was cut short" if content else ": the file is empty"
        raise InputError(
            f"this is no log of Inspect's{detail}", fix="name a file in logs/", source=str(path)
        ) from None


def files_of(path: Path, own: str) -> list[Path]:
    """The files that a path stands for: itself, or of a folder those named ``own``, else its logs.

    Raises InputError for a folder with neither.
    """
    # Not ``Path.is_dir``, which raises for a name that is too long: reading the file tells of it.
    if not os.path.isdir(path):
        return [path]
    # A folder of several runs has one of each.
    logs = sorted(path.rglob(own)) or sorted(path.rglob("*.eval"))
    if not logs:
        raise InputError(
            f"this folder holds neither {own} nor a log of Inspect's",
            fix="name one that coopgap play or inspect eval wrote",
            source=str(path),
        )
    return logs


@dataclass(frozen=True)
class Answer:
    """An agent's reply to one question, and how it was read.

    id: the question's. text: the reply. strict, tolerant: the index of the action that strict and
    tolerant parsing read, or None. cost: in dollars. probabilities: of the actions, where known.
    """

    id: str
    text: str
    status: str
    strict: int | None = None
    tolerant: int | None = None
    place: int | None = None
    code: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    probabilities: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Record:
    """A journal: its header, and its answers by question."""

    header: Mapping[str, Any]
    answers: Mapping[str, Answer]


def append(path: Path, line: Mapping[str, Any]) -> None:
    """Adds a line, which is whole and on disk when this returns."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_record(path: Path) -> Record:
    """Reads a journal, without a last line that was cut short.

    Raises InputError for other text, and for a journal without a header.
    """
    lines = read_text(path, MAX_BYTES).splitlines()
    if not lines:
        raise InputError("the log is empty", fix="run coopgap play", source=str(path))
    answers: dict[str, Answer] = {}
    header: Mapping[str, Any] = {}
    for number, line in enumerate(lines, start=1):
        try:
            data = json.loads(line)
            if number == 1:
                header = data["play"]
                continue
            answer = _answer(data)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            if number == len(lines) and number > 1:
                break
            raise InputError(
                f"line {number} is no line of a log of play",
                fix="name the answers.jsonl that coopgap play wrote",
                source=str(path),
            ) from None
        answers[answer.id] = answer
    return Record(header, answers)


def read_inspect(path: Path) -> Record:
    """Reads the answers in a log of Inspect's, complete or not.

    Raises InputError for a file that is no log, or that holds no play.
    """
    log = read_log(path, MAX_BYTES)
    header: dict[str, Any] = {}
    answers: dict[str, Answer] = {}
    for sample in log.samples or ():
        metadata = sample.metadata or {}
        if "study" not in metadata or not isinstance(metadata.get("answers", []), list):
            raise InputError(
                "this log is not of coopgap's play",
                fix="name one of coopgap play or of llm_checks/inspect_play.py",
                source=str(path),
            )
        header = {**metadata, "model": metadata.get("model") or log.eval.model}
        for line in metadata.get("answers", []):
            try:
                answer = _answer(dict(line))
            except (ValueError, TypeError):
                raise InputError("an answer cannot be read", source=str(path)) from None
            answers[answer.id] = answer
    return Record(header, answers)


def _answer(data: Mapping[str, Any]) -> Answer:
    """The answer in a line; raises ValueError for other fields, and for values of other types."""
    answer = _checked().validate_json(json.dumps(data), strict=True, extra="forbid")
    counts = (answer.strict, answer.tolerant, answer.place, answer.input_tokens)
    for number in (*counts, answer.output_tokens, answer.cost):
        if number is not None and not 0 <= number < math.inf:
            raise ValueError("a number is negative or infinite")
    return answer


@cache
def _checked() -> TypeAdapter[Answer]:
    from pydantic import TypeAdapter

    return TypeAdapter(Answer)


def require_same(record: Record, header: Mapping[str, Any], path: Path) -> None:
    """Refuses a log of another spec, of other prompts, seeds or another model.

    Of other predictions it may be: then nothing that is judged by it is more than exploratory.
    """
    names = {
        "study": "it is about another spec",
        "prompts": "other prompts were used",
        "seed": "it has another seed",
        "sequential": "",
        "model": "it is of another model",
    }
    for name, problem in names.items():
        own, expected = record.header.get(name), header[name]
        if own != expected:
            problem += f" ({own!r}, not {expected!r})"
            if name == "sequential":
                preposition = "with" if own else "without"
                problem = f"it is of a run {preposition} --sequential, unlike this one"
            raise InputError(
                f"this log cannot be used: {problem}",
                fix="name another folder with --out, or the spec and options it was made with",
                source=str(path),
            )
