"""Runs of a commons: its plays put to a model, recorded and resumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from coopgap.llm_checks.commons.playing.agents import named_rule, require_rule
from coopgap.llm_checks.commons.playing.asking import COMMONS, prompts_of
from coopgap.llm_checks.commons.playing.plays import CommonsPlay
from coopgap.llm_checks.commons.playing.study import CommonsStudy, plays
from coopgap.llm_checks.playing.answers import require_same
from coopgap.llm_checks.playing.models import (
    EMBEDDED,
    is_simulated,
    names_in,
    provider,
    require_usable,
)
from coopgap.llm_checks.playing.run import (
    Answered,
    Options,
    asked,
    finished,
    headed,
    joined,
    opened,
    records_of,
)
from coopgap.llm_checks.predicting.predictions import Design
from coopgap.theory.errors import InputError
from coopgap.theory.exact import parse_number

CommonsRun = Answered[CommonsStudy, CommonsPlay]


def _header(study: CommonsStudy, options: Options) -> dict[str, Any]:
    source = Path(study.specification.origin or study.specification.title).name
    return headed(
        replace(options, repetitions=study.repetitions),
        study.players,
        source,
        study=study.study,
        predictions=study.sha256,
        margin=str(study.margin),
        prompts=prompts_of(study.reasoning),
    )


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
    asking = opened(COMMONS, _header(study, options), cast, options, folder)
    whole = plays(study, options.seed, _writes(cast.name))
    return asked(asking, study, whole, whole)


def _writes(model: str) -> bool:
    """Whether agents write numbers, rather than choose among a few."""
    return all(provider(each) != provider(EMBEDDED) for each in names_in(model))


def recorded(study: CommonsStudy, options: Options, *logs: Path) -> CommonsRun:
    """The run that logs hold: journals or ones of Inspect's, or folders of them; nothing is asked.

    The margin, the number of plays and whether agents reasoned are those of the log. Raises
    InputError for logs without answers, of another study, and of different runs.
    """
    log, record = joined(list(records_of(logs)))
    study = replace(study, **_registered(record.header))
    kept = ("model", "seed", "versions", "predictions")
    header = _header(study, replace(options, model="")) | {
        name: record.header.get(name) for name in kept
    }
    require_same(record, header, log)
    seed = header["seed"] if isinstance(header["seed"], int) else 0
    whole = plays(study, seed, _writes(str(header["model"])))
    return finished(COMMONS, study, whole, record.answers, header)


def _registered(header: Mapping[str, Any]) -> dict[str, Any]:
    """What a log's header says of its design."""
    repetitions, margin = header.get("repetitions"), header.get("margin")
    found: dict[str, Any] = {"reasoning": "reasoned" in (header.get("prompts") or {})}
    if isinstance(repetitions, int) and repetitions > 0:
        found["repetitions"] = repetitions
    if isinstance(margin, str):
        found["margin"] = parse_number(margin)
    return found
