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
from coopgap.llm_checks.commons.playing.study import Bounds, Expected, told
from coopgap.llm_checks.commons.published import Cell
from coopgap.llm_checks.judging.evidence import (
    Judgement,
    judged_ordering,
    judged_values,
    settled,
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


@dataclass(frozen=True)
class Shown:
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
        found: dict[str, Any] = plain(self)
        judgement: dict[str, Any] = found.pop("judgement")
        return found | judgement | {"predicted": told(self.predicted)}


@dataclass(frozen=True)
class CommonsFindings:
    """What a run shows. changed: why every verdict is exploratory, or empty."""

    run: CommonsRun
    shown: tuple[Shown, ...]
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
            "conditions": [_condition(each) for each in self.shown],
            "judged": [each.document() for each in self.judged],
        }


def _condition(shown: Shown) -> dict[str, Any]:
    found: dict[str, Any] = plain(shown)
    expected = shown.expected
    return found | {
        "condition": str(expected.condition),
        "share_of_gap": found.pop("closed"),
        "expected": {
            "catch": told(expected.catch),
            "survival": told(expected.survival),
            "reason": expected.reason or None,
        },
    }


def judge(run: CommonsRun, seed: int = 0) -> CommonsFindings:
    """Judges what was registered by a run's whole plays, with Holm's correction over all of it."""
    changed = "" if run.header.get("predictions") == run.study.sha256 else CHANGED
    most = most_of(run.study.specification.commons)
    shown = tuple(_shown(run, each, most) for each in run.study.expected)
    judged = [one for each in run.study.expected for one in _levels(run, each, most)]
    judged += list(_orderings(run, seed))
    return CommonsFindings(run, shown, settled(judged, lambda _: True), changed)


def most_of(commons: Commons) -> Fraction:
    """No play catches more, in units: the first best if growth were always the fastest."""
    fastest = Growth(("",), (max(commons.growth.factors),), (Fraction(1),))
    easy = replace(commons, growth=fastest)
    return planned(easy, everything(easy)).value


def whole(run: CommonsRun, condition: CommonsCondition) -> list[CommonsPlay]:
    """The plays in a condition that came to their end."""
    ended = (each for each in run.plays if each.settled and not each.broken)
    return [each for each in ended if each.condition == condition]


def _shown(run: CommonsRun, expected: Expected, most: Fraction) -> Shown:
    played = whole(run, expected.condition)
    horizon = run.study.specification.commons.horizon
    kinds: dict[str, list[float]] = {}
    for play in played:
        for wanted, caught in zip(play.wanted, play.caught, strict=True):
            kinds.setdefault(str(wanted), []).append(float(caught))
    asked = [
        [sum(play.months[m].demands) for play in played if m < len(play.months)]
        for m in range(horizon)
    ]
    catch = _measured([_catch(each) for each in played], float(most))
    closed = None if catch is None else run.study.prediction.closed(Fraction(catch[0]))
    return Shown(
        expected,
        len(played),
        sum(bool(each.broken) for each in run.plays if each.condition == expected.condition),
        catch,
        None if closed is None else float(closed),
        _measured([_survival(each) for each in played], 1.0),
        sum(len(each.months) == horizon for each in played),
        {kind: statistics.fmean(values) for kind, values in sorted(kinds.items())},
        tuple(statistics.fmean(each) for each in asked if each),
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
    played, margin = whole(run, expected.condition), run.study.margin
    first_best = run.study.prediction.best
    for name, what, bounds, slack, end, value in (
        ("catch", "the total catch", expected.catch, margin * first_best, most, _catch),
        ("survival", "survival", expected.survival, margin, Fraction(1), _survival),
    ):
        if bounds is None or not played:
            continue
        low, high = sorted(bounds)
        # One predicted number can be borne out only give or take what was registered.
        near = widened(low, high, slack)
        ends = f"= {low}, give or take {float(slack):g}" if low == high else f"{low} to {high}"
        values = [value(each) for each in played]
        seen = judged_values(values, *near, range_of=(0.0, float(end)))
        statement = f"{what} is that of equilibrium: {ends}"
        yield JudgedCommons(name, str(expected.condition), statement, bounds, seen, len(played))


def _orderings(run: CommonsRun, seed: int) -> Iterator[JudgedCommons]:
    """Who catches more, where theory is strict under the best stagewise selection."""
    by_regime: dict[str, dict[int | None, Expected]] = {}
    for each in run.study.expected:
        by_regime.setdefault(str(each.condition.regime), {})[each.condition.prosocial] = each
        played = whole(run, each.condition)
        if each.prosocial is None or each.selfish is None or not played:
            continue
        if each.prosocial[1] < each.selfish[1]:
            what = "prosocial agents catch less than the selfish ones among them (N7), "
            what += _certain(each.prosocial, each.selfish)
            selfish, others = ([_of_kind(p, kind) for p in played] for kind in KINDS)
            # Both kinds are in each play: their difference is one observation.
            seen = _judged(played, selfish, played, others, seed)
            name = str(each.condition)
            yield JudgedCommons("exploited", name, what, None, seen, len(played))
    agents = len(run.study.players)
    for known in by_regime.values():
        few, all_ = known.get(0), known.get(agents)
        if few is None or all_ is None or few.catch is None or all_.catch is None:
            continue
        one, two = whole(run, all_.condition), whole(run, few.condition)
        if few.catch[1] < all_.catch[1] and one and two:
            what = "prosocial agents alone catch more than selfish ones, "
            what += _certain(few.catch, all_.catch)
            catches = [[_catch(each) for each in of] for of in (one, two)]
            seen = _judged(one, catches[0], two, catches[1], seed)
            name = f"{all_.condition} over {few.condition}"
            yield JudgedCommons("prosocial-gain", name, what, None, seen, len(one) + len(two))


KINDS = ("selfish", "altruistic")


def _judged(
    one: Sequence[CommonsPlay],
    higher: Sequence[float],
    two: Sequence[CommonsPlay],
    lower: Sequence[float],
    seed: int,
) -> Judgement:
    """The verdict on the first being higher; plays of a repetition share their luck."""
    of_one, of_two = ([str(each.repetition) for each in of] for of in (one, two))
    return judged_ordering(higher, lower, clusters=(of_one, of_two), seed=seed)


def _certain(less: Bounds, more: Bounds) -> str:
    return f"by {'every' if max(less) < min(more) else 'the best'} stagewise selection"


def _of_kind(play: CommonsPlay, kind: str) -> float:
    caught = [
        float(own) for who, own in zip(play.wanted, play.caught, strict=True) if who.kind == kind
    ]
    return statistics.fmean(caught)


def cells(findings: CommonsFindings) -> list[Cell]:
    """What a run shows, as lines of a published summary: where kinds are selfish and altruistic."""
    found = []
    for each in findings.shown:
        condition = each.expected.condition
        if condition.prosocial is None or each.catch is None or each.survival is None:
            continue
        found.append(
            Cell(
                str(findings.run.header["model"]),
                condition.prosocial,
                str(condition.regime),
                _exact(each.catch),
                _exact(each.survival),
                each.lasting,
                each.plays - each.lasting,
                each.plays,
                each.plays,
            )
        )
    return found


def _exact(measured: Measured) -> tuple[Fraction, Fraction, Fraction]:
    mean, low, high = (Fraction(str(round(value, 6))) for value in measured)
    return mean, low, high
