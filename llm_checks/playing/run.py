"""Runs: the questions of a study put to a model, recorded and resumed."""

from __future__ import annotations

import gc
import importlib.metadata
import importlib.util
import os
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from coopgap.llm_checks.negotiating.negotiation import settled
from coopgap.llm_checks.playing.answers import (
    Answer,
    Record,
    answer_line,
    append,
    read_inspect,
    read_record,
    require_same,
)
from coopgap.llm_checks.playing.asking import Asking, Budget, Generation
from coopgap.llm_checks.playing.logs import files_of
from coopgap.llm_checks.playing.scenarios import PROMPTS, Play, plays
from coopgap.llm_checks.playing.simulation import named_agents, simulated_answer
from coopgap.llm_checks.predicting.scenes import Study
from coopgap.theory.errors import InputError

EMBEDDED = "embedded/smollm2"
SIMULATED = "simulated"
"""The provider of agents with no model behind them."""
JOURNAL = "answers.jsonl"
FIRST = ("predictions", "margin", "repetitions")
"""What of a log was fixed before its first answer, and stays."""

_QUESTION = re.compile(r"/(\d+)/[^/]+(?:/(?:proposal|acceptance))?$")

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
    """The plays of a study and a model's answers.

    incomplete: why answers are missing, or empty. failed: whether it was the provider. stopped:
    where and why the run ended before its last repetition, or empty.
    """

    study: Study
    plays: tuple[Play, ...]
    answers: Mapping[str, Answer]
    header: Mapping[str, Any]
    incomplete: str = ""
    stopped: str = ""
    failed: bool = False

    @property
    def unanswered(self) -> int:
        """How many questions of the design have no reply."""
        return max(0, self.asked - len(self.answers))

    @property
    def asked(self) -> int:
        """The number of questions in the design."""
        return sum(each.expected for each in self.plays)

    @property
    def sequential(self) -> bool:
        """Whether it could stop when the data had decided."""
        return bool(self.header.get("sequential"))


@dataclass(frozen=True)
class Options:
    """How a study is played.

    prices: dollars per million input and output tokens. stop: whether a run that has come so far
    may end, for runs that are judged by intervals that hold at all times; None: all repetitions are
    played. model_args, base_url: for the provider's client.
    """

    model: Any = EMBEDDED
    repetitions: int = 1
    seed: int = 0
    max_samples: int | None = None
    max_cost: float | None = None
    prices: tuple[float, float] | None = None
    concurrency: int = 4
    predictions: str = ""
    stop: Callable[[Run], bool] | None = None
    progress: Callable[[int, int], None] = field(default=lambda _done, _all: None)
    generation: Generation = field(default_factory=Generation)
    model_args: Mapping[str, Any] = field(default_factory=dict)
    base_url: str | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return str(self.model)

    @property
    def simulated(self) -> bool:
        """Whether no model is asked at all."""
        return _provider(self.name) == SIMULATED


def header_of(found: Study, options: Options) -> dict[str, Any]:
    """The journal's header: what the answers of a run are about."""
    versions = {"coopgap": importlib.metadata.version("coopgap")}
    if not options.simulated and importlib.util.find_spec("inspect_ai") is not None:
        versions["inspect-ai"] = importlib.metadata.version("inspect-ai")
    if options.name == EMBEDDED:
        from coopgap.llm_checks.playing.embedded import provenance

        versions |= provenance()
    return {
        "study": found.predictions.study,
        "predictions": options.predictions or found.predictions.sha256,
        "margin": str(found.predictions.design.margin),
        "prompts": PROMPTS,
        "seed": options.seed,
        "repetitions": options.repetitions,
        "model": options.name,
        "sequential": options.stop is not None,
        "source": Path(found.source).name,
        "versions": versions,
    }


def run(found: Study, options: Options, folder: Path) -> Run:
    """Plays a study, going on where the folder's journal ends.

    Raises InputError, before anything is asked, for a model that cannot be used, limits without
    prices, and a journal of something else; and for a provider that answered nothing at all.
    """
    require_usable(options)
    if not options.simulated:
        if importlib.util.find_spec("inspect_ai") is None:
            raise InputError(
                "playing needs inspect-ai", fix="pip install 'coopgap[llm]'", field="--model"
            )
        usable_model(options)
    header = header_of(found, options)
    journal = folder / JOURNAL
    record = Record(header, {})
    if journal.exists() and journal.stat().st_size:
        record = read_record(journal)
        require_same(record, header, journal)
        header |= {name: record.header.get(name) for name in FIRST}
        _mend(journal)
    else:
        append(journal, {"play": header})

    def keep(answer: Answer) -> None:
        append(journal, answer_line(answer))
        options.progress(len(asking.answers), total)

    total, design = 0, list[Play]()
    asking = Asking(
        {}, options.seed, header, dict(record.answers), tell=keep, generation=options.generation
    )
    asking.budget = Budget(
        options.prices or (0.0, 0.0),
        options.max_samples,
        options.max_cost,
        sum(each.cost for each in record.answers.values()),
    )
    incomplete = stopped = ""
    for repetitions in looks(options):
        first = 0 if not design else 1 + design[-1].repetition
        block = plays(found, repetitions, options.seed, writes(options.name), first)
        design += block
        # What is still to be negotiated may turn out longer or shorter.
        total = sum(settled(each, asking.answers).expected for each in design)
        options.progress(min(total, len(asking.answers)), total)
        asking.plays = {each.id: each for each in block if _is_open(each, asking.answers)}
        if asking.plays:
            incomplete = (
                _simulated(asking, options)
                if options.simulated
                else _inspected(found, asking, options, folder)
            )
            if incomplete and not asking.answers and not asking.budget.exhausted:
                # Its header would bind later runs to a model that does not answer.
                journal.unlink()
                raise InputError(
                    f"{options.name!r} answered nothing: {incomplete}",
                    fix="see that the model exists and can be reached, then run this again",
                    field="--model",
                )
        if not incomplete and any(_is_open(each, asking.answers) for each in block):
            incomplete = asking.budget.exhausted or "not everything was asked"
        finished = _finished(found, design, asking.answers, header, incomplete)
        if incomplete:
            break
        early = repetitions < options.repetitions
        if early and options.stop is not None and options.stop(finished):
            stopped = (
                f"after {repetitions} of {options.repetitions} repetitions, as every prediction "
                "was decided"
            )
            break
    return replace(finished, stopped=stopped, failed=bool(asking.failed))


def is_simulated(run: Run) -> bool:
    """Whether no model was asked."""
    return _provider(str(run.header.get("model"))) == SIMULATED


def looks(options: Options) -> list[int]:
    """The numbers of repetitions after which a run is judged to see whether it may stop.

    They grow geometrically, as each judgement takes a while.
    """
    if options.stop is None:
        return [options.repetitions]
    found = [1]
    while found[-1] < options.repetitions:
        found.append(min(options.repetitions, found[-1] + max(1, found[-1] // 4)))
    return found


def writes(model: str) -> bool:
    """Whether a model can write a contract, rather than only choose among options."""
    return _provider(model) not in ("embedded", SIMULATED)


def _provider(model: str) -> str:
    return model.partition("/")[0]


def _is_open(play: Play, answers: Mapping[str, Answer]) -> bool:
    whole = settled(play, answers)
    return not whole.settled or any(each.id not in answers for each in whole.questions)


def _finished(
    found: Study,
    design: Sequence[Play],
    answers: Mapping[str, Answer],
    header: Mapping[str, Any],
    incomplete: str,
) -> Run:
    """A run whose plays are settled by their answers, without answers to other questions."""
    whole = tuple(settled(each, answers) for each in design)
    asked = {question.id for each in whole for question in each.questions}
    given = {name: each for name, each in answers.items() if name in asked}
    return Run(found, whole, given, header, incomplete)


def _simulated(asking: Asking, options: Options) -> str:
    """Adds the answers of simulated agents; returns why some are missing, or nothing."""
    agents = named_agents(options.name)
    for play in asking.plays.values():
        each = settled(play, asking.answers)
        while question := next((q for q in each.questions if q.id not in asking.answers), None):
            if asking.budget.exhausted:
                return asking.budget.exhausted
            asking.budget.asked += 1
            answer = simulated_answer(agents, each, question, options.seed)
            asking.answers[question.id] = answer
            asking.tell(answer)
            each = settled(each, asking.answers)
    return ""


def _inspected(found: Study, asking: Asking, options: Options, folder: Path) -> str:
    """Adds the answers of one of Inspect's models; returns why some are missing, or nothing."""
    import inspect_ai

    from coopgap.llm_checks.playing.tasks import one_line, task_of

    try:
        with warnings.catch_warnings():
            # Inspect's own: deprecated calls, streams that it leaves to be collected.
            warnings.simplefilter("ignore")
            (log,) = inspect_ai.eval(
                task_of(found, asking),
                model=usable_model(options),
                log_dir=str(folder / "logs"),
                display="none",
                log_level="error",
                log_buffer=1,
                max_samples=options.concurrency,
                max_connections=options.concurrency,
                fail_on_error=True,
            )
            gc.collect()
    except InputError:
        raise
    except Exception as error:
        return one_line(error)
    if log.status != "success":
        asking.failed = one_line(RuntimeError(log.error.message if log.error else log.status))
    return asking.failed


def usable_model(options: Options) -> Any:
    """The model of Inspect's. Raises InputError if it cannot be used."""
    from inspect_ai.model import get_model

    if not isinstance(options.model, str):
        return options.model
    try:
        if _provider(options.model) == "mockllm":
            return _mock(options.model)
        return get_model(options.model, base_url=options.base_url, **options.model_args)
    except InputError:
        raise
    except Exception as error:
        from coopgap.llm_checks.playing.tasks import one_line

        raise InputError(
            f"the model {options.name!r} cannot be used: {one_line(error)}",
            fix="name it PROVIDER/MODEL, and install its provider's client",
            field="--model",
        ) from None


def _mock(name: str) -> Any:
    """Inspect's model of one reply; without a usage it would download a tokenizer to count one."""
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    def output(*_: object) -> ModelOutput:
        found = ModelOutput.from_content(name, f"Default output from {name}")
        found.usage = ModelUsage()
        return found

    return get_model(name, custom_outputs=output)


def recorded(found: Study, options: Options, *logs: Path) -> Run:
    """The run that logs hold, journals or ones of Inspect's, or folders of them; no model is asked.

    Of a folder its journal is read, else all logs of Inspect's below it. Raises InputError for logs
    without answers, of another spec, and of different runs.
    """
    files = [file for each in logs for file in files_of(each, JOURNAL)]
    records = [read_inspect(e) if e.suffix == ".eval" else read_record(e) for e in files]
    log, record = files[0], records[0]
    for other, file in zip(records[1:], files[1:], strict=True):
        require_same(other, record.header, file)
    if len({each.header.get("predictions") for each in records}) > 1:
        # They were registered differently: nothing that is judged by all is more than exploratory.
        record = replace(record, header={**record.header, "predictions": None})
    answers = {name: each for one in records for name, each in one.answers.items()}
    record = replace(record, answers=answers)
    header = header_of(found, options) | {
        name: record.header.get(name)
        for name in ("model", "seed", "sequential", "versions", *FIRST)
    }
    if not record.answers:
        raise InputError("the log has no answers", fix="run coopgap play", source=str(log))
    require_same(record, header, log)
    seed = header["seed"] if isinstance(header["seed"], int) else 0
    repetitions = 1 + max(_repetition(name) for name in record.answers)
    planned = record.header.get("repetitions")
    if isinstance(planned, int) and not header["sequential"]:
        # A log that was cut short, or that ended early, has not all of them.
        repetitions = max(repetitions, planned)
    header["repetitions"] = planned if isinstance(planned, int) else repetitions
    design = plays(found, repetitions, seed, writes(str(header["model"])))
    missing = sum(_is_open(each, record.answers) for each in design)
    incomplete = f"{missing} plays are open" if missing else ""
    finished = _finished(found, design, record.answers, header, incomplete)
    stopped = f"after {repetitions} repetitions" if header["sequential"] else ""
    return replace(finished, stopped=stopped)


def require_usable(options: Options) -> None:
    """Raises InputError for a model without its key and for meaningless limits."""
    if isinstance(options.model, str):
        provider, slash, _ = options.model.partition("/")
        if not slash:
            raise InputError(
                f"{options.model!r} names no provider", fix=f"e.g. {EMBEDDED}", field="--model"
            )
        if options.simulated:
            named_agents(options.name)
        key = KEYS.get(provider)
        if key is not None and not os.environ.get(key):
            raise InputError(
                f"the key of {provider} is missing",
                fix=f"set the environment variable {key}",
                field="--model",
            )
        if options.max_cost is not None and options.prices is None and writes(options.name):
            raise InputError(
                "a limit of cost needs prices",
                fix="give --prices IN,OUT in dollars per million tokens",
                field="--max-cost",
            )


def _repetition(name: str) -> int:
    match = _QUESTION.search(name)
    return 0 if match is None else int(match[1])


def _mend(journal: Path) -> None:
    """Ends a last line that was cut short, so that the next answer starts a new line."""
    text = journal.read_bytes()
    if not text.endswith(b"\n"):
        journal.write_bytes(text[: text.rfind(b"\n") + 1])
