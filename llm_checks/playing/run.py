"""Runs: the questions of a study put to a model, recorded and resumed."""

from __future__ import annotations

import gc
import importlib.metadata
import importlib.util
import os
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from coopgap.llm_checks.playing.answers import (
    Answer,
    Record,
    append,
    files_of,
    read_inspect,
    read_record,
    require_same,
)
from coopgap.llm_checks.playing.asking import Asking, Budget, Conduct, Options, P
from coopgap.llm_checks.playing.games import GAMES
from coopgap.llm_checks.playing.models import (
    EMBEDDED,
    Cast,
    is_simulated,
    names_in,
    one_line,
    require_usable,
)
from coopgap.llm_checks.playing.scenarios import Play
from coopgap.llm_checks.predicting.scenes import Study
from coopgap.theory.errors import InputError

JOURNAL = "answers.jsonl"
FIXED = ("predictions", "margin", "repetitions")
"""The entries of a log's header that are fixed before its first answer."""

_QUESTION = re.compile(r"/(\d+)/[^/]+(?:/(?:proposal|acceptance|message))?$")


S = TypeVar("S")


@dataclass(frozen=True)
class Answered(Generic[S, P]):
    """The plays of a study and a model's answers.

    incomplete: why answers are missing, or empty. failed: whether it was the provider. stopped:
    where and why the run ended before its last repetition, or empty.
    """

    study: S
    plays: tuple[P, ...]
    answers: Mapping[str, Answer]
    header: Mapping[str, Any]
    incomplete: str = ""
    stopped: str = ""
    failed: bool = False

    @property
    def unanswered(self) -> int:
        """How many questions of the design have no reply."""
        return max(0, self.design_size - len(self.answers))

    @property
    def design_size(self) -> int:
        """The number of questions in the design."""
        return sum(play.expected for play in self.plays)

    @property
    def sequential(self) -> bool:
        """Whether it could stop when the data had decided."""
        return bool(self.header.get("sequential"))


Run = Answered[Study, Play]


def header_of(conduct: Conduct[P], study: Any, options: Options) -> dict[str, Any]:
    """The journal's header: what the answers of a run are about."""
    model, registered = options.cast(study.players).name, conduct.registered(study)
    return registered | {
        "predictions": options.predictions or registered["predictions"],
        "seed": options.seed,
        "repetitions": options.repetitions,
        "model": model,
        "sequential": options.stop is not None,
        "source": study.label,
        "versions": _versions(model),
    }


def _versions(model: str) -> dict[str, str]:
    """The versions of what a model's answers depend on."""
    versions = {"coopgap": importlib.metadata.version("coopgap")}
    if not is_simulated(model) and importlib.util.find_spec("inspect_ai") is not None:
        versions["inspect-ai"] = importlib.metadata.version("inspect-ai")
    if EMBEDDED in names_in(model):
        from coopgap.llm_checks.playing.embedded import provenance

        versions |= provenance()
    return versions


def run(study: Study, options: Options, folder: Path) -> Run:
    """Plays a study of games, as ``played`` does.

    Raises InputError, before anything is asked, for a model that cannot be used, limits without
    prices, and a journal of something else; and for a provider that answered nothing at all.
    """
    cast = options.cast(study.players)
    require_usable(cast, study.predictions.design, options.max_cost, options.prices is not None)
    return played(GAMES, study, cast, options, folder)


def played(
    conduct: Conduct[P], study: S, cast: Cast, options: Options, folder: Path
) -> Answered[S, P]:
    """Plays a study, going on where the folder's journal ends."""
    asking = opened(conduct, header_of(conduct, study, options), cast, options, folder / JOURNAL)
    design, stopped = list[P](), ""
    for repetitions in looks(options):
        first = 0 if not design else 1 + design[-1].repetition
        block = conduct.plays(study, repetitions, options.seed, cast.name, first)
        design += block
        so_far = ask_block(asking, cast, study, block, design)
        if so_far.incomplete:
            break
        early = repetitions < options.repetitions
        if early and options.stop is not None and options.stop(so_far):
            stopped = (
                f"after {repetitions} of {options.repetitions} repetitions, as every prediction "
                "was decided"
            )
            break
    return replace(so_far, stopped=stopped)


def opened(
    conduct: Conduct[P], header: Mapping[str, Any], cast: Cast, options: Options, journal: Path
) -> Asking[P]:
    """What is to be asked, with the answers of a journal, which is begun if need be.

    Raises InputError for a model that cannot be used, and for a journal of something else.
    """
    if not is_simulated(cast.name):
        if importlib.util.find_spec("inspect_ai") is None:
            raise InputError(
                "playing needs inspect-ai", fix="pip install 'coopgap[llm]'", field="--model"
            )
        cast.usable()
    record = Record(header, {})
    # Not ``Path.exists``, which raises for a name that is too long: ``begin`` refuses it.
    if os.path.exists(journal) and journal.stat().st_size:
        record = read_record(journal)
        require_same(record, header, journal)
        header = {**header, **{name: record.header.get(name) for name in FIXED}}
        options.begin()
        _mend(journal)
    else:
        options.begin()
        append(journal, {"play": header})
    spent = sum(answer.cost for answer in record.answers.values())
    limits = options.prices or (0.0, 0.0), options.max_samples, options.max_cost
    budget = Budget(*limits, spent)
    return Asking(conduct, options, header, {}, dict(record.answers), budget, journal)


def ask_block(
    asking: Asking[P], cast: Cast, study: S, block: Sequence[P], design: Sequence[P]
) -> Answered[S, P]:
    """Asks what is open in a block of a design of a study; the run as it is then.

    Raises InputError for a provider that answered nothing at all.
    """
    conduct, model = asking.conduct, cast.name
    # What is still to be negotiated may turn out longer or shorter.
    total = sum(conduct.after(play, asking.answers).expected for play in design)
    asking.total = max(total, len(asking.answers))
    asking.tell()
    asking.plays = {play.id: play for play in block if conduct.is_open(play, asking.answers)}
    incomplete = ""
    if asking.plays:
        incomplete = (_simulated if is_simulated(model) else _inspected)(asking, cast)
        if asking.journal and incomplete and not asking.answers and not asking.budget.exhausted:
            # Its header would bind later runs to a model that does not answer.
            asking.journal.unlink()
            raise InputError(
                f"{model!r} answered nothing: {incomplete}",
                fix="see that the model exists and can be reached, then run this again",
                field="--model",
            )
    if not incomplete and any(conduct.is_open(play, asking.answers) for play in block):
        incomplete = asking.budget.exhausted or "not everything was asked"
    run = finished(conduct, study, design, asking.answers, asking.header, incomplete)
    return replace(run, failed=bool(asking.failed))


def looks(options: Options) -> list[int]:
    """The numbers of repetitions after which a run is judged to see whether it may stop.

    They grow geometrically, as each judgement takes a while.
    """
    if options.stop is None:
        return [options.repetitions]
    counts = [1]
    while counts[-1] < options.repetitions:
        counts.append(min(options.repetitions, counts[-1] + max(1, counts[-1] // 4)))
    return counts


def finished(
    conduct: Conduct[P],
    study: S,
    design: Sequence[P],
    answers: Mapping[str, Answer],
    header: Mapping[str, Any],
    incomplete: str | None = None,
) -> Answered[S, P]:
    """A run whose plays are settled by their answers, without answers to other questions.

    incomplete: why answers are missing; None: plays that are open say so.
    """
    if incomplete is None:
        unanswered = sum(conduct.is_open(play, answers) for play in design)
        incomplete = f"{unanswered} plays are open" if unanswered else ""
    plays = tuple(conduct.after(play, answers) for play in design)
    names = {question.id for play in plays for question in play.questions}
    relevant = {name: answer for name, answer in answers.items() if name in names}
    return Answered(study, plays, relevant, header, incomplete)


def _simulated(asking: Asking[P], cast: Cast) -> str:
    """Adds the answers of simulated agents; returns why some are missing, or nothing."""
    models, conduct = list(cast.of.values()), asking.conduct
    for opening in asking.plays.values():
        play = conduct.after(opening, asking.answers)
        while question := next((q for q in play.questions if q.id not in asking.answers), None):
            if asking.budget.exhausted:
                return asking.budget.exhausted
            asking.budget.calls += 1
            seed = asking.options.seed
            asking.keep(conduct.answered(models[question.agent], play, question, seed))
            play = conduct.after(play, asking.answers)
    return ""


def _inspected(asking: Asking[P], cast: Cast) -> str:
    """Adds the answers of one of Inspect's models; returns why some are missing, or nothing."""
    import inspect_ai

    from coopgap.llm_checks.playing.tasks import task_of

    models, options = cast.usable(), asking.options
    assert asking.journal is not None
    try:
        with warnings.catch_warnings():
            # Inspect's own: deprecated calls, streams that it leaves to be collected.
            warnings.simplefilter("ignore")
            (log,) = inspect_ai.eval(
                task_of(asking),
                model=next(iter(models.values())),
                model_roles=models if len(set(cast.of.values())) > 1 else None,
                log_dir=str(asking.journal.parent / "logs"),
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


def recorded(study: Study, options: Options, *logs: Path) -> list[Run]:
    """The runs that logs hold, journals or ones of Inspect's, or folders of them: one for a model.

    No model is asked. Of a folder its journals are read, else all logs of Inspect's below it.
    Raises InputError for logs without answers, of another spec, and of different runs of a model.
    """
    by_model: dict[str, list[tuple[Path, Record]]] = {}
    for file, record in records_of(logs):
        by_model.setdefault(str(record.header.get("model")), []).append((file, record))
    return [logged(GAMES, study, options, of_model) for of_model in by_model.values()]


def records_of(logs: Sequence[Path]) -> Iterator[tuple[Path, Record]]:
    """The journals that paths stand for, or logs of Inspect's, with what they hold."""
    for file in (file for path in logs for file in files_of(path, JOURNAL)):
        yield file, read_inspect(file) if file.suffix == ".eval" else read_record(file)


def joined(records: Sequence[tuple[Path, Record]]) -> tuple[Path, Record]:
    """What records of one run hold together, and the first of them.

    Raises InputError for those of different runs, and without answers.
    """
    log, first = records[0]
    for file, record in records[1:]:
        require_same(record, first.header, file)
    header = dict(first.header)
    if len({record.header.get("predictions") for _, record in records}) > 1:
        # They were registered differently: nothing that is judged by all is more than exploratory.
        header["predictions"] = None
    answers = {name: answer for _, record in records for name, answer in record.answers.items()}
    if not answers:
        raise InputError("the log has no answers", fix="run coopgap play", source=str(log))
    return log, Record(header, answers)


def logged(
    conduct: Conduct[P], study: S, options: Options, records: Sequence[tuple[Path, Record]]
) -> Answered[S, P]:
    """The run that records hold together; nothing is asked.

    Raises InputError for records of another study, of different runs, and without answers.
    """
    log, record = joined(records)
    study = conduct.logged(study, record.header)
    header = header_of(conduct, study, replace(options, model="")) | {
        name: record.header.get(name)
        for name in ("model", "seed", "sequential", "versions", *FIXED)
    }
    require_same(record, header, log)
    seed = header["seed"] if isinstance(header["seed"], int) else 0
    repetitions = 1 + max(_repetition(name) for name in record.answers)
    planned = record.header.get("repetitions")
    if isinstance(planned, int) and not header["sequential"]:
        # A log that was cut short, or that ended early, has not all of them.
        repetitions = max(repetitions, planned)
    header["repetitions"] = planned if isinstance(planned, int) else repetitions
    design = conduct.plays(study, repetitions, seed, str(header["model"]), 0)
    stopped = f"after {repetitions} repetitions" if header["sequential"] else ""
    return replace(finished(conduct, study, design, record.answers, header), stopped=stopped)


def _repetition(name: str) -> int:
    match = _QUESTION.search(name)
    return 0 if match is None else int(match[1])


def _mend(journal: Path) -> None:
    """Ends a last line that was cut short, so that the next answer starts a new line."""
    text = journal.read_bytes()
    if not text.endswith(b"\n"):
        journal.write_bytes(text[: text.rfind(b"\n") + 1])
