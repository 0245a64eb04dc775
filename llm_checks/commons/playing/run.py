"""Runs of a commons: its plays put to a model, recorded and resumed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from coopgap.llm_checks.commons.playing.agents import named_rule, require_rule
from coopgap.llm_checks.commons.playing.asking import COMMONS, writes_numbers
from coopgap.llm_checks.commons.playing.plays import CommonsPlay
from coopgap.llm_checks.commons.playing.study import CommonsStudy
from coopgap.llm_checks.playing.asking import Options
from coopgap.llm_checks.playing.models import is_simulated, require_usable
from coopgap.llm_checks.playing.run import Answered, logged, played, records_of
from coopgap.llm_checks.predicting.predictions import Design
from coopgap.theory.errors import InputError

CommonsRun = Answered[CommonsStudy, CommonsPlay]


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
        for model in set(cast.of.values()):
            require_rule(model, study.specification.commons, study.conditions)
    negotiates = any(condition.regime.kind == "negotiated" for condition in study.conditions)
    if negotiates and not writes_numbers(cast.name):
        raise InputError(
            f"{cast.name!r} writes no quotas, it only chooses among options",
            fix="choose other regimes, or another model",
            field="--regime",
        )
    return played(COMMONS, study, cast, replace(options, repetitions=study.repetitions), folder)


def recorded(study: CommonsStudy, options: Options, *logs: Path) -> CommonsRun:
    """The run that logs hold: journals or ones of Inspect's, or folders of them; nothing is asked.

    The margin, the number of plays and whether agents reasoned are those of the log. Raises
    InputError for logs without answers, of another study, and of different runs.
    """
    return logged(COMMONS, study, options, list(records_of(logs)))
