"""Runs of a commons: its plays put to a model, recorded and resumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coopgap.llm_checks.commons.playing.agents import named_rule, require_rule
from coopgap.llm_checks.commons.playing.asking import COMMONS, prompts_of
from coopgap.llm_checks.commons.playing.plays import CommonsPlay
from coopgap.llm_checks.commons.playing.study import CommonsStudy, plays
from coopgap.llm_checks.playing.answers import Answer, require_same
from coopgap.llm_checks.playing.asking import Asking
from coopgap.llm_checks.playing.models import (
    EMBEDDED,
    is_simulated,
    names_in,
    provider,
    require_usable,
)
from coopgap.llm_checks.playing.run import Options, asked, opened, records_of, versions_of
from coopgap.llm_checks.predicting.predictions import Design
from coopgap.theory.errors import InputError
from coopgap.theory.exact import parse_number


@dataclass(frozen=True)
class CommonsRun:
    """The plays of a study with a model's answers.

    incomplete: why answers are missing, or empty. failed: whether it was the provider.
    """

    study: CommonsStudy
    plays: tuple[CommonsPlay, ...]
    answers: Mapping[str, Answer]
    header: Mapping[str, Any]
    incomplete: str = ""
    failed: bool = False


def header_of(study: CommonsStudy, options: Options) -> dict[str, Any]:
    """The journal's header: what the answers of a run are about."""
    model = options.cast(study.players).name
    return {
        "study": study.study,
        "predictions": study.sha256,
        "margin": str(study.margin),
        "prompts": prompts_of(study.reasoning),
        "seed": options.seed,
        "repetitions": study.repetitions,
        "model": model,
        "sequential": False,
        "source": Path(study.specification.origin or study.specification.title).name,
        "versions": versions_of(model),
    }


def run(study: CommonsStudy, options: Options, folder: Path) -> CommonsRun:
    """Plays a study, going on where the folder's journal ends.

    Raises InputError, before anything is asked, for a model that cannot be used or that cannot
    negotiate, limits without prices, and a journal of something else; and for a provider that
    answered nothing at all.
    """
    cast = options.cast(study.players)
    design = Design(reasoning=study.reasoning)
    require_usable(cast, design, options.max_cost, options.prices is not None, named_rule)
    if is_simulated(cast.name):
        for each in set(cast.of.values()):
            require_rule(each, study.specification.commons, study.conditions)
    negotiates = any(each.regime.kind == "negotiated" for each in study.conditions)
    if negotiates and not _writes(cast.name):
        raise InputError(
            f"{cast.name!r} writes no quotas, it only chooses among options",
            fix="choose other regimes, or another model",
            field="--regime",
        )
    asking = opened(COMMONS, header_of(study, options), cast, options, folder)
    whole = plays(study, options.seed, _writes(cast.name))
    incomplete = asked(asking, whole, whole, cast, options, folder, _task)
    return _finished(study, whole, asking.answers, asking.header, incomplete, bool(asking.failed))


def _writes(model: str) -> bool:
    """Whether agents write numbers, rather than choose among a few."""
    return all(provider(each) != provider(EMBEDDED) for each in names_in(model))


def _task(asking: Asking[CommonsPlay]) -> Any:
    from coopgap.llm_checks.commons.playing.tasks import task_of

    return task_of(asking)


def _finished(
    study: CommonsStudy,
    whole: tuple[CommonsPlay, ...],
    answers: Mapping[str, Answer],
    header: Mapping[str, Any],
    incomplete: str,
    failed: bool = False,
) -> CommonsRun:
    """A run whose plays have gone as far as the answers lead."""
    ended = tuple(COMMONS.after(each, answers) for each in whole)
    questions = {question.id for each in ended for question in each.questions}
    given = {name: each for name, each in answers.items() if name in questions}
    return CommonsRun(study, ended, given, header, incomplete, failed)


def recorded(study: CommonsStudy, options: Options, *logs: Path) -> CommonsRun:
    """The run that logs hold: journals or ones of Inspect's, or folders of them; nothing is asked.

    The margin, the number of plays and whether agents reasoned are those of the log. Raises
    InputError for logs without answers, of another study, and of different runs.
    """
    records = list(records_of(logs))
    log, first = records[0][0], records[0][1].header
    study = replace(study, **_registered(first))
    kept = ("model", "seed", "versions", "predictions")
    header = header_of(study, replace(options, model="")) | {name: first.get(name) for name in kept}
    for file, each in records:
        require_same(each, header, file)
    answers = {name: one for _, each in records for name, one in each.answers.items()}
    if not answers:
        raise InputError("the log has no answers", fix="run coopgap play", source=str(log))
    model, seed = str(header["model"]), header["seed"]
    whole = plays(study, seed if isinstance(seed, int) else 0, _writes(model))
    missing = sum(COMMONS.is_open(each, answers) for each in whole)
    return _finished(study, whole, answers, header, f"{missing} plays are open" if missing else "")


def _registered(header: Mapping[str, Any]) -> dict[str, Any]:
    """What a log's header says of its design."""
    repetitions, margin = header.get("repetitions"), header.get("margin")
    found: dict[str, Any] = {"reasoning": "reasoned" in (header.get("prompts") or {})}
    if isinstance(repetitions, int) and repetitions > 0:
        found["repetitions"] = repetitions
    if isinstance(margin, str):
        found["margin"] = parse_number(margin)
    return found
