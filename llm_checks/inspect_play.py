"""The task for ``inspect eval llm_checks/inspect_play.py -T spec=SPEC --model PROVIDER/NAME``.

It asks the same questions as ``coopgap play``. It is a module of its own because Inspect runs the
file it is given outside any package, where dataclasses cannot be defined.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from inspect_ai import Task, task

# No public name: the one error that Inspect shows without its traceback.
from inspect_ai._util.error import PrerequisiteError

from coopgap.llm_checks.playing.asking import Asking, Options
from coopgap.llm_checks.playing.games import GAMES
from coopgap.llm_checks.playing.run import header_of
from coopgap.llm_checks.playing.scenarios import Play, plays
from coopgap.llm_checks.playing.tasks import task_of
from coopgap.llm_checks.predicting.predictions import Design
from coopgap.llm_checks.predicting.regimes import require_playable
from coopgap.llm_checks.predicting.scenes import study
from coopgap.theory.errors import InputError
from coopgap.theory.readers.load import settings


@task
def play(
    spec: str = "moral-hazard-pd",
    regime: str = "",
    disposition: str = "",
    values: str = "",
    games: int | None = None,
    repetitions: int = 1,
    seed: int = 0,
    menu: bool = False,
    reasoning: bool = False,
    talk: bool = False,
    wordings: int = 1,
) -> Task:
    """The plays of a spec.

    regime, disposition: lists joined by ``;``; all if empty. values: of the parameters of a family,
    likewise, as in ``R=3;P=1``. menu: agents choose contracts instead
    of writing them, as the embedded model must. reasoning, talk, wordings: as in ``coopgap play``.
    """
    try:
        at = settings(_parts(values))
        experiment = study(str(spec), _parts(regime), _parts(disposition), games, values=at)
        design = Design(repetitions=repetitions, reasoning=reasoning, talk=talk, wordings=wordings)
        experiment = replace(experiment, predictions=replace(experiment.predictions, design=design))
        require_playable(experiment.conditions)
    except InputError as error:
        raise PrerequisiteError(f"coopgap: {error}".replace("[", r"\[")) from None

    @cache
    def block(epoch: int) -> tuple[Play, ...]:
        """Repetitions go on where those of the epochs before end."""
        begin = repetitions * (epoch - 1)
        return plays(experiment, begin + repetitions, seed, writes=not menu, first=begin)

    samples = {sample.id: sample for sample in block(1)}
    options = Options(model="", seed=seed, repetitions=repetitions)

    def epoch_of(name: str, epoch: int) -> Play:
        return dict(zip(samples, block(epoch), strict=True))[name]

    header = header_of(GAMES, experiment, options)
    return task_of(Asking(GAMES, options, header, samples, epochs=epoch_of))


def _parts(text: str) -> list[str]:
    return [part for part in text.split(";") if part]
