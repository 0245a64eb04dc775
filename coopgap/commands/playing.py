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
class Plan:
    """What the command line says of how a study is played.

    models: their names. design, settings, generation: by name. explicit: the options that were not
    left to their defaults, as they are written, by name.
    """

    models: Sequence[str]
    design: Fields
    settings: Fields
    generation: Fields
    explicit: Mapping[str, str]


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
    study: Study, out: Path, logs: Sequence[Path], registration: Path | None, json: bool, plan: Plan
) -> Outcome:
    """Plays a study with every model, or reads recorded runs, judges them and writes reports."""
    from coopgap.files import prepare_directory
    from coopgap.llm_checks.judging.comparing import document
    from coopgap.llm_checks.judging.findings import document_of
    from coopgap.terminal.plays import compared, story

    predictions, registered = _registered(study, registration, plan)
    study = replace(study, predictions=replace(study.predictions, design=predictions.design))
    failed: dict[str, str] = {}
    if logs:
        runs = _recorded_runs(study, predictions, registered, logs, plan, registration is None)
    else:
        runs = _new_runs(study, predictions, registered, out, plan, failed)
    prepare_directory(out, "--out")
    judged = [(run, _judged(run, predicted, plan)) for run, predicted in runs]
    several = len(judged) + len(failed) > 1
    for run, findings in judged:
        _write(run, findings, out / _folder(run) if several else out)
    if several:
        _write_comparison(judged, failed, out)
    unheard = bool(failed) or any(run.failed for run, _ in judged)
    status = UNDECIDED if study.skipped or unheard else HOLDS
    if several:
        text = document(judged, failed)
        return Outcome(status, text, lambda: [compared(judged, failed, out)], json)
    ((run, findings),) = judged
    return Outcome(status, document_of(run, findings), lambda: [story(run, findings, out)], json)


def _registered(study: Study, registration: Path | None, plan: Plan) -> tuple[Predictions, str]:
    """The predictions that are judged, and the hash of those that were registered.

    What the command line says of a registered design changes it, and the report says so.
    """
    from coopgap.llm_checks.predicting.predictions import Design

    if registration is None:
        predictions = replace(study.predictions, design=Design(**plan.design))
        return predictions, predictions.sha256
    predictions = read_registration(registration)
    if predictions.study != study.predictions.study:
        raise InputError(
            "these predictions were registered for another spec",
            fix="register predictions for this one",
            field="--registered",
            source=str(registration),
        )
    _require_shared(predictions, study, registration)
    changes = {name: value for name, value in plan.design.items() if name in plan.explicit}
    changed = replace(predictions, design=replace(predictions.design, **changes))
    return changed, predictions.sha256


def _options(model: str, predictions: Predictions, registered: str, plan: Plan) -> Options:
    from coopgap.llm_checks.judging.judge import decided

    design = predictions.design
    return replace(
        options_of(model, design.repetitions, plan),
        predictions=registered,
        stop=(lambda so_far: decided(so_far, predictions)) if design.sequential else None,
    )


def options_of(model: str, repetitions: int, plan: Plan) -> Options:
    """How a model is asked, but for what is registered of games."""
    from coopgap.llm_checks.playing.asking import Generation, Options
    from coopgap.terminal.plays import show_progress

    return Options(
        model=model,
        repetitions=repetitions,
        generation=Generation(**plan.generation),
        progress=show_progress,
        **plan.settings,
    )


def _new_runs(
    study: Study,
    predictions: Predictions,
    registered: str,
    out: Path,
    plan: Plan,
    failed: dict[str, str],
) -> list[tuple[Run, Predictions]]:
    """A run of every model, in a folder of its own if there are several.

    Why a model was not heard is put into ``failed``. Raises InputError if none was.
    """
    from coopgap.llm_checks.playing.models import require_usable
    from coopgap.llm_checks.playing.run import run

    names = list(dict.fromkeys(plan.models))
    every = [_options(name, predictions, registered, plan) for name in names]
    for options in every:
        priced = options.prices is not None
        require_usable(options.cast(study.players), predictions.design, options.max_cost, priced)
    registration = Registration(out, registration_text(predictions))
    runs = []
    for name, options in zip(names, every, strict=True):
        folder = out if len(names) == 1 else out / _named(options.cast(study.players).name)
        begin = partial(registration.write, folder)
        try:
            runs.append((run(study, replace(options, begin=begin), folder), predictions))
        except InputError as error:
            failed[name] = str(error)
            if len(failed) == len(names):
                registration.withdraw()
                raise
    return runs


def _recorded_runs(
    study: Study,
    predictions: Predictions,
    registered: str,
    logs: Sequence[Path],
    plan: Plan,
    unregistered: bool,
) -> list[tuple[Run, Predictions]]:
    """The runs that the logs hold, one for each model; of a design that they name, if it is."""
    from coopgap.llm_checks.playing.run import recorded

    runs = []
    options = _options(plan.models[0], predictions, registered, plan)
    for run in recorded(study, options, *logs):
        _require_agreement(run, plan, logs[0])
        design = predictions.design
        if unregistered:
            design = _design_of(run, design, plan.explicit)
        protocol = {name: getattr(run.study.predictions.design, name) for name in PROTOCOL}
        runs.append((run, replace(predictions, design=replace(design, **protocol))))
    return runs


def _design_of(finished: Run, design: Design, explicit: Collection[str]) -> Design:
    """The design that a log names as registered, but for what the command line says."""
    header = finished.header
    margin, repetitions = header.get("margin"), header["repetitions"]
    if "margin" not in explicit and isinstance(margin, str):
        from coopgap.theory.exact import parse_number

        design = replace(design, margin=parse_number(margin))
    if "repetitions" not in explicit:
        design = replace(design, repetitions=repetitions)
    return replace(design, sequential=finished.sequential)


def _judged(finished: Run, predictions: Predictions, plan: Plan) -> Findings:
    from coopgap.llm_checks.judging.judge import judge
    from coopgap.llm_checks.judging.revealed import estimates

    seed = finished.header["seed"]
    judged = judge(finished, predictions, seed if isinstance(seed, int) else plan.settings["seed"])
    return replace(judged, revealed=estimates(finished))


def _write(finished: Run, findings: Findings, folder: Path) -> None:
    from coopgap.files import prepare_directory, write_all
    from coopgap.llm_checks.fitting.choices import CHOICES, choices_text
    from coopgap.llm_checks.judging.pages import files
    from coopgap.llm_checks.judging.report import report
    from coopgap.llm_checks.judging.revealed import choices_of

    prepare_directory(folder, "--out")
    texts = files(report(finished, findings)) | {CHOICES: choices_text(choices_of(finished))}
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


def _require_shared(registered: Predictions, study: Study, registration: Path) -> None:
    """Raises InputError for a registration about no condition of the study."""
    from coopgap.terminal.words import listed

    conditions = {str(condition) for condition in study.conditions}
    groups = [{f"{interval.regime}/{interval.disposition}"} for interval in registered.intervals]
    groups += [{ordering.higher, ordering.lower} for ordering in registered.orderings]
    if not any(group <= conditions for group in groups):
        known = listed(dict.fromkeys(name for group in groups for name in sorted(group)))
        raise InputError(
            f"predictions are registered for {known or 'no condition'}; "
            f"what is played is {listed(sorted(conditions))}",
            fix="name the registered conditions with --regime and --disposition",
            field="--registered",
            source=str(registration),
        )


def _require_agreement(finished: Run, plan: Plan, log: Path) -> None:
    """Raises InputError for options that contradict the log that is judged."""
    header, design = finished.header, finished.study.predictions.design
    checks: dict[str, tuple[bool, str]] = {
        "model": (
            header.get("model") in plan.models,
            f"the log is of the model {header.get('model')}",
        ),
        "seed": (
            header.get("seed") == plan.settings["seed"],
            f"the log has the seed {header.get('seed')}",
        ),
        "sequential": (
            header.get("sequential") == plan.design["sequential"],
            "the log is of a run without it",
        ),
    }
    for name in PROTOCOL:
        value = getattr(design, name)
        checks[name] = (value == plan.design[name], f"the log is of a run with {name} {value}")
    for name, (agrees, problem) in checks.items():
        option = "models" if name == "model" else name
        if option in plan.explicit and not agrees:
            raise InputError(
                problem,
                fix="leave the option out: the log decides",
                field=f"--{name}",
                source=str(log),
            )
