"""The Inspect task: plays of a commons put to a model, one sample per play."""

from __future__ import annotations

from collections.abc import Mapping

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Scorer, mean, scorer

from coopgap.llm_checks.commons.playing.plays import CommonsPlay
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.asking import Asking
from coopgap.llm_checks.playing.tasks import decide, parsed_share, refused_share, scored


def task_of(asking: Asking[CommonsPlay]) -> Task:
    """The task of asking all open questions."""
    samples = [
        Sample(
            id=each.id,
            input=each.questions[0].prompt if each.questions else "no choice",
            metadata={"condition": str(each.condition), **asking.header},
        )
        for each in (asking.conduct.after(one, asking.answers) for one in asking.plays.values())
    ]
    scorers = [each(asking) for each in (catch, survival)]
    scorers += [each(asking) for each in (parsed_share, refused_share)]
    return Task(
        dataset=MemoryDataset(samples, name="commons"),
        solver=decide(asking),
        scorer=scorers,
        name="play",
    )


@scorer(metrics=[mean()])
def catch(asking: Asking[CommonsPlay]) -> Scorer:
    """The total catch, in units."""
    return scored(asking, _catch)


@scorer(metrics=[mean()])
def survival(asking: Asking[CommonsPlay]) -> Scorer:
    """The share of the months at whose beginning the resource was there."""
    return scored(asking, _survival)


def _catch(play: CommonsPlay, answers: Mapping[str, Answer]) -> float | None:
    del answers
    return float(sum(play.caught)) if play.settled and not play.broken else None


def _survival(play: CommonsPlay, answers: Mapping[str, Answer]) -> float | None:
    del answers
    if not play.settled or play.broken:
        return None
    return len(play.months) / play.commons.horizon
