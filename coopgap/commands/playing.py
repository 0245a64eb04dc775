"""Playing a study: what was registered, the runs of all models or their logs, and the reports."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from coopgap.commands.predict import read_registration, registration_text
from coopgap.outcomes import HOLDS, UNDECIDED, Outcome
from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Fields

if TYPE_CHECKING:
    from coopgap.llm_checks.judging.findings import Findings
    from coopgap.llm_checks.playing.asking import Options
    from coopgap.llm_checks.playing.run import Run
    from coopgap.llm_checks.predicting.predictions import Design, Predictions
    from coopgap.llm_checks.predicting.scenes import Study

PROTOCOL = ("reasoning", "talk", "wordings")
"""What of a design prompts show."""


@dataclass(frozen=True)
class Asked:
    """What the command line says of how a study is played.

    models: their names. design, settings, generation: by name. given: the options that were not
    left to their defaults, as they are written, by name.
    """

    models: Sequence[str]
    design: Fields
    settings: Fields
    generation: Fields
    given: Mapping[str, str]


class Registration:
    """The file of what is predicted, which is written before the first answer.

    What was registered there before stays, whatever a later run is asked for.
    """

    def __init__(self, out: Path, text: str) -> None:
        self._path, self._text = out / "registration.json", text
        self._written = False

    def write(self, folder: Path) -> None:
        """Writes it, if nothing is registered there, and prepares the folder of a run."""
        from coopgap.files import prepare_directory, write_all

        prepare_directory(self._path.parent, "--out")
        prepare_directory(folder, "--out")
        if not self._path.exists():
            write_all(self._path.parent, {self._path.name: self._text}, "--out")
            self._written = True

    def withdraw(self) -> None:
        """Removes what it wrote: no answer came."""
        if self._written:
            self._path.unlink(missing_ok=True)


def played(
    found: Study,
    out: Path,
    logs: Sequence[Path],
    registration: Path | None,
    json: bool,
    asked: Asked,
) -> Outcome:
    """Plays a study with every model, or reads recorded runs, judges them and writes reports."""
    from coopgap.files import prepare_directory
    from coopgap.llm_checks.judging.comparing import document
    from coopgap.llm_checks.judging.findings import document_of
    from coopgap.terminal.plays import compared, story

    predictions, registered = _registered(found, registration, asked)
    found = replace(found, predictions=replace(found.predictions, design=predictions.design))
    failed: dict[str, str] = {}
    if logs:
        runs = _recorded_runs(found, predictions, registered, logs, asked, registration is None)
    else:
        runs = _asked_runs(found, predictions, registered, out, asked, failed)
    prepare_directory(out, "--out")
    judged = [(run, _judged(run, own, asked)) for run, own in runs]
    several = len(judged) + len(failed) > 1
    for run, seen in judged:
        _write(run, seen, out / _folder(run) if several else out)
    if several:
        _write_comparison(judged, failed, out)
    unheard = bool(failed) or any(run.failed for run, _ in judged)
    status = UNDECIDED if found.skipped or unheard else HOLDS
    if several:
        text = document(judged, failed)
        return Outcome(status, text, lambda: [compared(judged, failed, out)], json)
    ((run, seen),) = judged
    return Outcome(status, document_of(run, seen), lambda: [story(run, seen, out)], json)


def _registered(found: Study, registration: Path | None, asked: Asked) -> tuple[Predictions, str]:
    """The predictions that are judged, and the hash of those that were registered.

    What the command line says of a registered design changes it, and the report says so.
    """
    from coopgap.llm_checks.predicting.predictions import Design

    if registration is None:
        predictions = replace(found.predictions, design=Design(**asked.design))
        return predictions, predictions.sha256
    predictions = read_registration(registration)
    if predictions.study != found.predictions.study:
        raise InputError(
            "these predictions were registered for another spec",
            fix="register predictions for this one",
            field="--registered",
            source=str(registration),
        )
    _require_shared(predictions, found, registration)
    changes = {name: value for name, value in asked.design.items() if name in asked.given}
    changed = replace(predictions, design=replace(predictions.design, **changes))
    return changed, predictions.sha256


def _options(model: str, predictions: Predictions, registered: str, asked: Asked) -> Options:
    from coopgap.llm_checks.judging.judge import decided

    design = predictions.design
    return replace(
        options_of(model, design.repetitions, asked),
        predictions=registered,
        stop=(lambda so_far: decided(so_far, predictions)) if design.sequential else None,
    )


def options_of(model: str, repetitions: int, asked: Asked) -> Options:
    """How a model is asked, but for what is registered of games."""
    from coopgap.llm_checks.playing.asking import Generation, Options
    from coopgap.terminal.plays import show_progress

    return Options(
        model=model,
        repetitions=repetitions,
        generation=Generation(**asked.generation),
        progress=show_progress,
        **asked.settings,
    )


def _asked_runs(
    found: Study,
    predictions: Predictions,
    registered: str,
    out: Path,
    asked: Asked,
    failed: dict[str, str],
) -> list[tuple[Run, Predictions]]:
    """A run of every model, in a folder of its own if there are several.

    Why a model was not heard is put into ``failed``. Raises InputError if none was.
    """
    from coopgap.llm_checks.playing.models import require_usable
    from coopgap.llm_checks.playing.run import run

    names = list(dict.fromkeys(asked.models))
    options = [_options(name, predictions, registered, asked) for name in names]
    for each in options:
        priced = each.prices is not None
        require_usable(each.cast(found.players), predictions.design, each.max_cost, priced)
    registration = Registration(out, registration_text(predictions))
    runs = []
    for name, each in zip(names, options, strict=True):
        folder = out if len(names) == 1 else out / _named(each.cast(found.players).name)
        begin = partial(registration.write, folder)
        try:
            runs.append((run(found, replace(each, begin=begin), folder), predictions))
        except InputError as error:
            failed[name] = str(error)
            if len(failed) == len(names):
                registration.withdraw()
                raise
    return runs


def _recorded_runs(
    found: Study,
    predictions: Predictions,
    registered: str,
    logs: Sequence[Path],
    asked: Asked,
    unregistered: bool,
) -> list[tuple[Run, Predictions]]:
    """The runs that the logs hold, one for each model; of a design that they name, if it is."""
    from coopgap.llm_checks.playing.run import recorded

    runs = []
    options = _options(asked.models[0], predictions, registered, asked)
    for run in recorded(found, options, *logs):
        _require_agreement(run, asked, logs[0])
        design = predictions.design
        if unregistered:
            design = _design_of(run, design, asked.given)
        protocol = {name: getattr(run.study.predictions.design, name) for name in PROTOCOL}
        runs.append((run, replace(predictions, design=replace(design, **protocol))))
    return runs


def _design_of(finished: Run, design: Design, given: Collection[str]) -> Design:
    """The design that a log names as registered, but for what the command line says."""
    header = finished.header
    margin, repetitions = header.get("margin"), header["repetitions"]
    if "margin" not in given and isinstance(margin, str):
        from coopgap.theory.exact import parse_number

        design = replace(design, margin=parse_number(margin))
    if "repetitions" not in given:
        design = replace(design, repetitions=repetitions)
    return replace(design, sequential=finished.sequential)


def _judged(finished: Run, predictions: Predictions, asked: Asked) -> Findings:
    from coopgap.llm_checks.judging.judge import judge
    from coopgap.llm_checks.judging.revealed import estimates

    seed = finished.header["seed"]
    seen = judge(finished, predictions, seed if isinstance(seed, int) else asked.settings["seed"])
    return replace(seen, revealed=estimates(finished))


def _write(finished: Run, seen: Findings, folder: Path) -> None:
    from coopgap.files import prepare_directory, write_all
    from coopgap.llm_checks.fitting.choices import CHOICES, choices_text
    from coopgap.llm_checks.judging.pages import files
    from coopgap.llm_checks.judging.report import report
    from coopgap.llm_checks.judging.revealed import choices_of

    prepare_directory(folder, "--out")
    texts = files(report(finished, seen)) | {CHOICES: choices_text(choices_of(finished))}
    write_all(folder, texts, "--out")


def _write_comparison(
    judged: Sequence[tuple[Run, Findings]], failed: Mapping[str, str], out: Path
) -> None:
    from coopgap.files import write_all
    from coopgap.llm_checks.judging.comparing import comparison
    from coopgap.llm_checks.judging.pages import files

    write_all(out, files(comparison(judged, failed)), "--out")


def _folder(finished: Run) -> str:
    return _named(str(finished.header.get("model")))


def _named(model: str) -> str:
    """A model's name as that of a folder."""
    return re.sub(r"[^\w.=,-]+", "-", model)


def _require_shared(registered: Predictions, found: Study, registration: Path) -> None:
    """Raises InputError for a registration about no condition of the study."""
    from coopgap.terminal.words import listed

    conditions = {str(each) for each in found.conditions}
    needed = [{f"{each.regime}/{each.disposition}"} for each in registered.intervals]
    needed += [{each.higher, each.lower} for each in registered.orderings]
    if not any(each <= conditions for each in needed):
        known = listed(dict.fromkeys(name for each in needed for name in sorted(each)))
        raise InputError(
            f"predictions are registered for {known or 'no condition'}; "
            f"what is played is {listed(sorted(conditions))}",
            fix="name the registered conditions with --regime and --disposition",
            field="--registered",
            source=str(registration),
        )


def _require_agreement(finished: Run, asked: Asked, log: Path) -> None:
    """Raises InputError for options that contradict the log that is judged."""
    header, design = finished.header, finished.study.predictions.design
    wanted: dict[str, tuple[bool, str]] = {
        "model": (
            header.get("model") in asked.models,
            f"the log is of the model {header.get('model')}",
        ),
        "seed": (
            header.get("seed") == asked.settings["seed"],
            f"the log has the seed {header.get('seed')}",
        ),
        "sequential": (
            header.get("sequential") == asked.design["sequential"],
            "the log is of a run without it",
        ),
    }
    for name in PROTOCOL:
        own = getattr(design, name)
        wanted[name] = (own == asked.design[name], f"the log is of a run with {name} {own}")
    for name, (same, told) in wanted.items():
        given = "models" if name == "model" else name
        if given in asked.given and not same:
            raise InputError(
                told,
                fix="leave the option out: the log decides",
                field=f"--{name}",
                source=str(log),
            )
