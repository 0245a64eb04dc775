"""What runs of a commons show: catches and survival by condition, and verdicts on predictions.

Plays are the observations, never agents or months. Statistics: floats throughout.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from coopgap.llm_checks.commons.playing.conditions import CommonsCondition
from coopgap.llm_checks.commons.playing.plays import CommonsPlay
from coopgap.llm_checks.commons.playing.run import CommonsRun
from coopgap.llm_checks.commons.playing.study import Bounds, Expected, exact_text
from coopgap.llm_checks.commons.published import Cell
from coopgap.llm_checks.judging.evidence import (
    Judgement,
    corrected_entries,
    judged_ordering,
    judged_values,
    widened,
)
from coopgap.llm_checks.judging.intervals import betting_interval
from coopgap.llm_checks.judging.judge import CHANGED
from coopgap.llm_checks.predicting.predictions import plain
from coopgap.proofs.commons.planner import planned
from coopgap.theory.commons.resource import Commons, Growth
from coopgap.theory.commons.specification import everything

Measured = tuple[float, float, float]
"""A mean and the ends of its 95 % interval."""

Observed = tuple[CommonsPlay, float]
"""A play, and what is measured of it."""


@dataclass(frozen=True)
class Outcome:
    """What a condition shows. catch: the total, in units; by_kind: an agent's, by disposition.

    survival: the share of the months at whose beginning the resource was there. lasting: plays in
    which it lasted all months, of ``plays``. by_month: what was asked for in all, on average over
    the plays that came so far, in units. closed: the share of the gap between selfish play and the
    first best that the mean catch closes; None without a gap, or without plays.
    """

    expected: Expected
    plays: int
    broken: int
    catch: Measured | None
    closed: float | None
    survival: Measured | None
    lasting: int
    by_kind: dict[str, float]
    by_month: tuple[float, ...]


@dataclass(frozen=True)
class JudgedCommons:
    """A prediction, in words, with the exact bounds that it gives and its judgement."""

    id: str
    condition: str
    statement: str
    predicted: Bounds | None
    judgement: Judgement
    plays: int

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        values: dict[str, Any] = plain(self)
        judgement: dict[str, Any] = values.pop("judgement")
        return values | judgement | {"predicted": exact_text(self.predicted)}


@dataclass(frozen=True)
class CommonsFindings:
    """What a run shows. changed: why every verdict is exploratory, or empty."""

    run: CommonsRun
    outcomes: tuple[Outcome, ...]
    judged: tuple[JudgedCommons, ...]
    changed: str = ""

    def document(self) -> dict[str, Any]:
        """``coopgap.commons-play/1``: plain JSON values; what is predicted as exact text."""
        run, study = self.run, self.run.study
        return {
            "schema": "coopgap.commons-play/1",
            "source": study.specification.source,
            "title": study.specification.title,
            "model": str(run.header["model"]),
            "sha256": study.sha256,
            "exploratory": self.changed or None,
            "incomplete": run.incomplete or None,
            "answers": len(run.answers),
            "first_best": str(study.prediction.best),
            "conditions": [_condition(outcome) for outcome in self.outcomes],
            "judged": [result.document() for result in self.judged],
        }


def _condition(outcome: Outcome) -> dict[str, Any]:
    values: dict[str, Any] = plain(outcome)
    expected = outcome.expected
    return values | {
        "condition": str(expected.condition),
        "share_of_gap": values.pop("closed"),
        "expected": {
            "catch": exact_text(expected.catch),
            "survival": exact_text(expected.survival),
            "reason": expected.reason or None,
        },
    }


def judge(run: CommonsRun, seed: int = 0) -> CommonsFindings:
    """Judges what was registered by a run's whole plays, with Holm's correction over all of it."""
    changed = "" if run.header.get("predictions") == run.study.sha256 else CHANGED
    most = most_of(run.study.specification.commons)
    outcomes = tuple(_outcome(run, expected, most) for expected in run.study.expected)
    judged = [result for expected in run.study.expected for result in _levels(run, expected, most)]
    judged += list(_orderings(run, seed))
    return CommonsFindings(run, outcomes, corrected_entries(judged, lambda _: True), changed)


def most_of(commons: Commons) -> Fraction:
    """No play catches more, in units: the first best if growth were always the fastest."""
    fastest = Growth(("",), (max(commons.growth.factors),), (Fraction(1),))
    easy = replace(commons, growth=fastest)
    return planned(easy, everything(easy)).value


def complete_plays(run: CommonsRun, condition: CommonsCondition) -> list[CommonsPlay]:
    """The plays in a condition that came to their end."""
    ended = (play for play in run.plays if play.settled and not play.broken)
    return [play for play in ended if play.condition == condition]


def _outcome(run: CommonsRun, expected: Expected, most: Fraction) -> Outcome:
    played = complete_plays(run, expected.condition)
    horizon = run.study.specification.commons.horizon
    kinds: dict[str, list[float]] = {}
    for play in played:
        for disposition, caught in zip(play.dispositions, play.caught, strict=True):
            kinds.setdefault(str(disposition), []).append(float(caught))
    totals = [
        [sum(play.months[m].demands) for play in played if m < len(play.months)]
        for m in range(horizon)
    ]
    catch = _measured([_catch(play) for play in played], float(most))
    closed = None if catch is None else run.study.prediction.closed(Fraction(catch[0]))
    return Outcome(
        expected,
        len(played),
        sum(bool(play.broken) for play in run.plays if play.condition == expected.condition),
        catch,
        None if closed is None else float(closed),
        _measured([_survival(play) for play in played], 1.0),
        sum(len(play.months) == horizon for play in played),
        {kind: statistics.fmean(values) for kind, values in sorted(kinds.items())},
        tuple(statistics.fmean(month) for month in totals if month),
    )


def _measured(values: Sequence[float], most: float) -> Measured | None:
    if not values:
        return None
    low, high = betting_interval([min(1.0, value / most) for value in values])
    return statistics.fmean(values), low * most, high * most


def _catch(play: CommonsPlay) -> float:
    return float(sum(play.caught))


def _survival(play: CommonsPlay) -> float:
    return len(play.months) / play.commons.horizon


def _levels(run: CommonsRun, expected: Expected, most: Fraction) -> Iterator[JudgedCommons]:
    """The mean catch and the mean survival, each where equilibrium is known."""
    played, margin = complete_plays(run, expected.condition), run.study.margin
    first_best = run.study.prediction.best
    for name, subject, bounds, slack, end, value in (
        ("catch", "the total catch", expected.catch, margin * first_best, most, _catch),
        ("survival", "survival", expected.survival, margin, Fraction(1), _survival),
    ):
        if bounds is None or not played:
            continue
        low, high = sorted(bounds)
        # One predicted number can be borne out only give or take what was registered.
        near = widened(low, high, slack)
        ends = f"= {low}, give or take {float(slack):g}" if low == high else f"{low} to {high}"
        values = [value(play) for play in played]
        judgement = judged_values(values, *near, range_of=(0.0, float(end)))
        statement, condition = f"{subject} is that of equilibrium: {ends}", str(expected.condition)
        yield JudgedCommons(name, condition, statement, bounds, judgement, len(played))


def _orderings(run: CommonsRun, seed: int) -> Iterator[JudgedCommons]:
    """Who catches more, where theory is strict under the best stagewise selection."""
    by_regime: dict[str, dict[int | None, Expected]] = {}
    for expected in run.study.expected:
        condition = expected.condition
        by_regime.setdefault(str(condition.regime), {})[condition.prosocial] = expected
        played = complete_plays(run, condition)
        if expected.prosocial is None or expected.selfish is None or not played:
            continue
        if expected.prosocial[1] < expected.selfish[1]:
            statement = "prosocial agents catch less than the selfish ones among them (N7), "
            statement += _certain(expected.prosocial, expected.selfish)
            # Both kinds are in each play: their difference is one observation.
            selfish, altruistic = ([(p, _of_kind(p, kind)) for p in played] for kind in KINDS)
            judgement = _judged(selfish, altruistic, seed)
            name = str(expected.condition)
            yield JudgedCommons("exploited", name, statement, None, judgement, len(played))
    agents = len(run.study.players)
    for populations in by_regime.values():
        least, most = populations.get(0), populations.get(agents)
        if least is None or most is None or least.catch is None or most.catch is None:
            continue
        higher, lower = (
            [(play, _catch(play)) for play in complete_plays(run, end.condition)]
            for end in (most, least)
        )
        if least.catch[1] < most.catch[1] and higher and lower:
            statement = "prosocial agents alone catch more than selfish ones, "
            statement += _certain(least.catch, most.catch)
            judgement = _judged(higher, lower, seed)
            name, count = f"{most.condition} over {least.condition}", len(higher) + len(lower)
            yield JudgedCommons("prosocial-gain", name, statement, None, judgement, count)


KINDS = ("selfish", "altruistic")


def _judged(higher: Sequence[Observed], lower: Sequence[Observed], seed: int) -> Judgement:
    """The verdict on the first being higher; plays of a repetition share their luck."""
    (x, x_names), (y, y_names) = (
        ([value for _, value in side], [str(play.repetition) for play, _ in side])
        for side in (higher, lower)
    )
    return judged_ordering(x, y, clusters=(x_names, y_names), seed=seed)


def _certain(less: Bounds, more: Bounds) -> str:
    return f"by {'every' if max(less) < min(more) else 'the best'} stagewise selection"


def _of_kind(play: CommonsPlay, kind: str) -> float:
    pairs = zip(play.dispositions, play.caught, strict=True)
    return statistics.fmean(float(own) for disposition, own in pairs if disposition.kind == kind)


def cells(findings: CommonsFindings) -> list[Cell]:
    """What a run shows, as lines of a published summary: where kinds are selfish and altruistic."""
    lines = []
    for outcome in findings.outcomes:
        condition = outcome.expected.condition
        if condition.prosocial is None or outcome.catch is None or outcome.survival is None:
            continue
        lines.append(
            Cell(
                str(findings.run.header["model"]),
                condition.prosocial,
                str(condition.regime),
                _exact(outcome.catch),
                _exact(outcome.survival),
                outcome.lasting,
                outcome.plays - outcome.lasting,
                outcome.plays,
                outcome.plays,
            )
        )
    return lines


def _exact(measured: Measured) -> tuple[Fraction, Fraction, Fraction]:
    mean, low, high = (Fraction(str(round(value, 6))) for value in measured)
    return mean, low, high
