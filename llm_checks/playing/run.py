"""Runs: the questions of a study put to a model, recorded and resumed."""

from __future__ import annotations

import gc
import importlib.metadata
import importlib.util
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
from coopgap.llm_checks.playing.models import (
    EMBEDDED,
    Cast,
    cast_of,
    is_simulated,
    names_in,
    one_line,
    require_usable,
    writes,
)
from coopgap.llm_checks.playing.scenarios import Play, plays, prompts_of
from coopgap.llm_checks.playing.simulation import named_agents, simulated_answer
from coopgap.llm_checks.predicting.predictions import Design
from coopgap.llm_checks.predicting.scenes import Study
from coopgap.theory.errors import InputError

JOURNAL = "answers.jsonl"
FIRST = ("predictions", "margin", "repetitions")
"""What of a log was fixed before its first answer, and stays."""

_QUESTION = re.compile(r"/(\d+)/[^/]+(?:/(?:proposal|acceptance|message))?$")


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

    model: a name of Inspect's, one for each role, or a model itself. prices: dollars per million
    input and output tokens. stop: whether a run that has come so far may end, for runs that are
    judged by intervals that hold at all times; None: all repetitions are played. model_args,
    base_url: for the provider's client. progress: is told of answers, of how many, and of what is
    being waited for.
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
    progress: Callable[[int, int, str], None] = field(default=lambda _done, _all, _what: None)
    generation: Generation = field(default_factory=Generation)
    model_args: Mapping[str, Any] = field(default_factory=dict)
    base_url: str | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return str(self.model)

    def cast(self, found: Study) -> Cast:
        """Who plays. Raises InputError for roles that are not the players."""
        players = found.scenes[0].environment.players
        client = {"model_args": self.model_args, "base_url": self.base_url}
        return cast_of(self.model, players, **client)


def header_of(found: Study, options: Options) -> dict[str, Any]:
    """The journal's header: what the answers of a run are about."""
    versions = {"coopgap": importlib.metadata.version("coopgap")}
    model, design = options.cast(found).name, found.predictions.design
    if not is_simulated(model) and importlib.util.find_spec("inspect_ai") is not None:
        versions["inspect-ai"] = importlib.metadata.version("inspect-ai")
    if EMBEDDED in names_in(model):
        from coopgap.llm_checks.playing.embedded import provenance

        versions |= provenance()
    return {
        "study": found.predictions.study,
        "predictions": options.predictions or found.predictions.sha256,
        "margin": str(design.margin),
        "prompts": prompts_of(design),
        "seed": options.seed,
        "repetitions": options.repetitions,
        "model": model,
        "sequential": options.stop is not None,
        "source": found.told(Path(found.source).name),
        "versions": versions,
    }


def run(found: Study, options: Options, folder: Path) -> Run:
    """Plays a study, going on where the folder's journal ends.

    Raises InputError, before anything is asked, for a model that cannot be used, limits without
    prices, and a journal of something else; and for a provider that answered nothing at all.
    """
    cast = options.cast(found)
    require_usable(cast, found.predictions.design, options.max_cost, options.prices is not None)
    if not is_simulated(cast.name):
        if importlib.util.find_spec("inspect_ai") is None:
            raise InputError(
                "playing needs inspect-ai", fix="pip install 'coopgap[llm]'", field="--model"
            )
        cast.usable()
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
        told()

    def told() -> None:
        options.progress(len(asking.answers), total, asking.waiting_for)

    total, design = 0, list[Play]()
    asking = Asking(
        {}, options.seed, header, dict(record.answers), tell=keep, generation=options.generation
    )
    asking.begun = told
    asking.budget = Budget(
        options.prices or (0.0, 0.0),
        options.max_samples,
        options.max_cost,
        sum(each.cost for each in record.answers.values()),
    )
    incomplete = stopped = ""
    for repetitions in looks(options):
        first = 0 if not design else 1 + design[-1].repetition
        block = plays(found, repetitions, options.seed, writes(cast.name), first)
        design += block
        # What is still to be negotiated may turn out longer or shorter.
        total = sum(settled(each, asking.answers).expected for each in design)
        total = max(total, len(asking.answers))
        told()
        asking.plays = {each.id: each for each in block if _is_open(each, asking.answers)}
        if asking.plays:
            incomplete = (
                _simulated(asking, cast, options.seed)
                if is_simulated(cast.name)
                else _inspected(found, asking, cast, options, folder)
            )
            if incomplete and not asking.answers and not asking.budget.exhausted:
                # Its header would bind later runs to a model that does not answer.
                journal.unlink()
                raise InputError(
                    f"{cast.name!r} answered nothing: {incomplete}",
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


def _simulated(asking: Asking, cast: Cast, seed: int) -> str:
    """Adds the answers of simulated agents; returns why some are missing, or nothing."""
    agents = [named_agents(each) for each in cast.of.values()]
    for play in asking.plays.values():
        each = settled(play, asking.answers)
        while question := next((q for q in each.questions if q.id not in asking.answers), None):
            if asking.budget.exhausted:
                return asking.budget.exhausted
            asking.budget.asked += 1
            answer = simulated_answer(agents[question.agent], each, question, seed)
            asking.answers[question.id] = answer
            asking.tell(answer)
            each = settled(each, asking.answers)
    return ""


def _inspected(found: Study, asking: Asking, cast: Cast, options: Options, folder: Path) -> str:
    """Adds the answers of one of Inspect's models; returns why some are missing, or nothing."""
    import inspect_ai

    from coopgap.llm_checks.playing.tasks import task_of

    models = cast.usable()
    try:
        with warnings.catch_warnings():
            # Inspect's own: deprecated calls, streams that it leaves to be collected.
            warnings.simplefilter("ignore")
            (log,) = inspect_ai.eval(
                task_of(found, asking),
                model=next(iter(models.values())),
                model_roles=models if len(set(cast.of.values())) > 1 else None,
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


def recorded(found: Study, options: Options, *logs: Path) -> list[Run]:
    """The runs that logs hold, journals or ones of Inspect's, or folders of them: one for a model.

    No model is asked. Of a folder its journals are read, else all logs of Inspect's below it.
    Raises InputError for logs without answers, of another spec, and of different runs of a model.
    """
    records: dict[str, list[tuple[Path, Record]]] = {}
    for file in (file for each in logs for file in files_of(each, JOURNAL)):
        record = read_inspect(file) if file.suffix == ".eval" else read_record(file)
        records.setdefault(str(record.header.get("model")), []).append((file, record))
    return [_recorded(found, options, of_model) for of_model in records.values()]


def _recorded(found: Study, options: Options, records: Sequence[tuple[Path, Record]]) -> Run:
    log, record = records[0]
    for file, other in records[1:]:
        require_same(other, record.header, file)
    if len({each.header.get("predictions") for _, each in records}) > 1:
        # They were registered differently: nothing that is judged by all is more than exploratory.
        record = replace(record, header={**record.header, "predictions": None})
    answers = {name: each for _, one in records for name, each in one.answers.items()}
    record = replace(record, answers=answers)
    found = replace(
        found, predictions=replace(found.predictions, design=protocol_of(record, found))
    )
    header = header_of(found, replace(options, model="")) | {
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


def protocol_of(record: Record, found: Study) -> Design:
    """The study's design with the protocol of the log: its prompts show how it was asked."""
    prompts = record.header.get("prompts") or {}
    return replace(
        found.predictions.design,
        reasoning="reasoned" in prompts,
        talk="message" in prompts,
        wordings=1 + sum(name.startswith("decision-") for name in prompts),
    )


def _repetition(name: str) -> int:
    match = _QUESTION.search(name)
    return 0 if match is None else int(match[1])


def _mend(journal: Path) -> None:
    """Ends a last line that was cut short, so that the next answer starts a new line."""
    text = journal.read_bytes()
    if not text.endswith(b"\n"):
        journal.write_bytes(text[: text.rfind(b"\n") + 1])
