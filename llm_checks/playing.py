"""Putting a study to a model: what is asked, what is kept, where a run goes on."""

from __future__ import annotations

import gc
import importlib.metadata
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm_checks.answers import Answer, Record, answer_line, append, read_record, require_same
from llm_checks.scenarios import PROMPTS, Play, plays
from llm_checks.scenes import Study
from theory.errors import InputError

EMBEDDED = "embedded/smollm2"
JOURNAL = "answers.jsonl"

KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google": "GOOGLE_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "mistral": "MISTRAL_API_KEY",
    "groq": "GROQ_API_KEY",
    "grok": "XAI_API_KEY",
    "together": "TOGETHER_API_KEY",
    "fireworks": "FIREWORKS_API_KEY",
    "perplexity": "PERPLEXITY_API_KEY",
}
"""The environment variable that holds a provider's key; keys are read from nowhere else."""


@dataclass(frozen=True)
class Run:
    """What a run has: its plays, the answers, and why it is incomplete, if it is."""

    study: Study
    plays: tuple[Play, ...]
    answers: Mapping[str, Answer]
    header: Mapping[str, Any]
    incomplete: str = ""

    @property
    def asked(self) -> int:
        """The number of decisions in the design."""
        return sum(len(each.questions) for each in self.plays)


@dataclass(frozen=True)
class Options:
    """How a study is played. prices: dollars per million input and output tokens."""

    model: Any = EMBEDDED
    repetitions: int = 1
    seed: int = 0
    max_samples: int | None = None
    max_cost: float | None = None
    prices: tuple[float, float] | None = None
    concurrency: int = 4
    predictions: str = ""
    progress: Callable[[int, int], None] = field(default=lambda _done, _all: None)

    @property
    def name(self) -> str:
        """The model's name."""
        return str(self.model)


def header_of(found: Study, options: Options) -> dict[str, Any]:
    """What a run's answers are about: they are of no use for anything else."""
    from llm_checks.embedded import provenance

    versions = {name: importlib.metadata.version(name) for name in ("coopgap", "inspect-ai")}
    return {
        "study": found.predictions.study,
        "predictions": options.predictions or found.predictions.sha256,
        "prompts": PROMPTS,
        "seed": options.seed,
        "model": options.name,
        "source": Path(found.source).name,
        "versions": versions | (provenance() if options.name == EMBEDDED else {}),
    }


def run(found: Study, options: Options, folder: Path) -> Run:
    """Plays a study, going on where the folder's journal ends.

    Raises InputError, before anything is asked, for a model that cannot be used, limits without
    prices, and a journal of something else.
    """
    require_usable(options)
    try:
        import inspect_ai
    except ImportError:
        raise InputError(
            "playing needs inspect-ai", fix="pip install 'coopgap[llm]'", field="--model"
        ) from None
    from inspect_ai.model import get_model

    from llm_checks.tasks import Asking, Budget, task_of

    try:
        model = get_model(options.model) if isinstance(options.model, str) else options.model
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"the model {options.name!r} cannot be used: {_plain(error)}",
            fix="name it PROVIDER/MODEL, and install its provider's client",
            field="--model",
        ) from None
    design = plays(found, options.repetitions, options.seed)
    header = header_of(found, options)
    journal = folder / JOURNAL
    record = Record(header, {})
    if journal.exists() and journal.stat().st_size:
        record = read_record(journal)
        require_same(record, header, journal)
        _mend(journal)
    else:
        append(journal, {"play": header})
    wanted = {q.id for each in design for q in each.questions}
    answers = {name: each for name, each in record.answers.items() if name in wanted}
    total = len(wanted)

    def keep(answer: Answer) -> None:
        append(journal, answer_line(answer))
        options.progress(len(asking.answers), total)

    budget = Budget(
        options.prices or (0.0, 0.0),
        options.max_samples,
        options.max_cost,
        sum(each.cost for each in answers.values()),
    )
    open_plays = {
        each.id: each
        for each in design
        if any(question.id not in answers for question in each.questions)
    }
    asking = Asking(open_plays, options.seed, dict(answers), budget, keep)
    options.progress(len(answers), total)
    incomplete = ""
    if open_plays:
        try:
            with warnings.catch_warnings():
                # Inspect's own: deprecated calls, streams that it leaves to be collected.
                warnings.simplefilter("ignore")
                (log,) = inspect_ai.eval(
                    task_of(found, asking),
                    model=model,
                    log_dir=str(folder / "logs"),
                    display="none",
                    log_level="error",
                    log_buffer=1,
                    max_samples=options.concurrency,
                    max_connections=options.concurrency,
                    fail_on_error=True,
                    score=False,
                )
                gc.collect()
            if log.status != "success":
                incomplete = _last_line(log.error.message if log.error else str(log.status))
        except InputError:
            raise
        except Exception as error:
            incomplete = _plain(error)
    if not incomplete and len(asking.answers) < total:
        incomplete = budget.exhausted or "not everything was asked"
    return Run(found, design, asking.answers, header, incomplete)


def recorded(found: Study, options: Options, log: Path) -> Run:
    """What a log has, nothing asked. Raises InputError for an empty log and one of another spec."""
    record = read_record(log)
    header = header_of(found, options) | {
        name: record.header.get(name) for name in ("model", "seed", "versions")
    }
    if not record.answers:
        raise InputError("the log has no answers", fix="run coopgap play", source=str(log))
    require_same(record, header, log)
    seed = header["seed"] if isinstance(header["seed"], int) else 0
    repetitions = 1 + max((_repetition(name) for name in record.answers), default=0)
    design = plays(found, repetitions, seed)
    missing = sum(q.id not in record.answers for each in design for q in each.questions)
    return Run(
        found, design, record.answers, header, f"{missing} decisions are open" if missing else ""
    )


def require_usable(options: Options) -> None:
    """Refuses a model without its key and limits that mean nothing. Raises InputError."""
    if isinstance(options.model, str):
        provider, slash, _ = options.model.partition("/")
        if not slash:
            raise InputError(
                f"{options.model!r} names no provider", fix=f"e.g. {EMBEDDED}", field="--model"
            )
        key = KEYS.get(provider)
        if key is not None and not os.environ.get(key):
            raise InputError(
                f"the key of {provider} is missing",
                fix=f"set the environment variable {key}",
                field="--model",
            )
        if options.max_cost is not None and options.prices is None and provider != "embedded":
            raise InputError(
                "a limit of cost needs prices",
                fix="give --prices IN,OUT in dollars per million tokens",
                field="--max-cost",
            )


def _repetition(name: str) -> int:
    parts = name.rsplit("/", 2)
    return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else 0


def _mend(journal: Path) -> None:
    """Ends a last line that a kill cut short, so that the next one starts a line of its own."""
    text = journal.read_bytes()
    if not text.endswith(b"\n"):
        journal.write_bytes(text[: text.rfind(b"\n") + 1])


def _plain(error: BaseException) -> str:
    return _last_line(str(error)) or type(error).__name__


def _last_line(text: str) -> str:
    import re

    lines = [line.strip() for line in re.sub(r"\[/?[a-z ]*\]", "", text).splitlines()]
    return " ".join(line for line in lines if line)[:300]
