"""Registered predictions judged by the answers of a run."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopgap.llm_checks.judging.evidence import (
    Judgement,
    clopper_pearson,
    corrected,
    judged_interval,
    judged_ordering,
    judged_ordering_sequentially,
    judged_sequentially,
    judged_values,
)
from coopgap.llm_checks.judging.revealed import judged_threshold
from coopgap.llm_checks.negotiating.bargains import Bargains, bargained
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.run import Run, is_simulated
from coopgap.llm_checks.playing.scenarios import Play
from coopgap.llm_checks.predicting.predictions import (
    Design,
    OrderingPrediction,
    Prediction,
    Predictions,
)
from coopgap.llm_checks.predicting.quantities import POINTS, is_rate, quantities
from coopgap.llm_checks.predicting.regimes import Condition, material
from coopgap.llm_checks.predicting.scenes import Scene
from coopgap.theory.exact import IntArray

Floats = NDArray[np.float64]

CHANGED = (
    "The predictions that are judged here, their margin or their sample size are not those that "
    "were registered before the first answer: every verdict is exploratory."
)


@dataclass(frozen=True)
class Judged:
    """A prediction and its judgement.

    observations: plays used, by condition summed. measured_by: ``choices``, or ``probabilities``
    where the model gave those of all options. primary: whether it was so registered.
    """

    prediction: Prediction | OrderingPrediction
    judgement: Judgement
    observations: int
    measured_by: str = "choices"
    primary: bool = True


@dataclass(frozen=True)
class Bias:
    """How often an option was chosen by a feature that should not matter.

    expected: its share if it did not matter; low, high: the exact interval of ``share``, at 95 %
    for all biases of a run together.
    """

    what: str
    chosen: int
    decisions: int
    expected: Fraction
    low: float
    high: float

    @property
    def share(self) -> float:
        """How often it was chosen, as a share."""
        return self.chosen / self.decisions if self.decisions else math.nan

    @property
    def found(self) -> bool:
        """Whether the interval excludes what was expected."""
        return not self.low <= self.expected <= self.high


@dataclass(frozen=True)
class Findings:
    """All that a run shows.

    statuses: decisions answered, refused, ambiguous, unparseable or cut by their limit. strict:
    those that strict parsing reads. dropped: plays in which some decision is missing. changed: why
    no verdict is more than exploratory, or empty.
    """

    design: Design
    changed: str
    judged: tuple[Judged, ...]
    biases: tuple[Bias, ...]
    statuses: Mapping[str, int]
    strict: int
    dropped: int
    complete: int
    input_tokens: int
    output_tokens: int
    cost: float
    choices: Mapping[str, Mapping[str, Mapping[str, int]]]
    bargains: tuple[Bargains, ...]


@dataclass(frozen=True)
class _Played:
    """A play with all its decisions.

    mixes: by agent the probabilities of its actions, where the model gave them for every decision.
    """

    play: Play
    profile: tuple[int, ...]
    mixes: tuple[Floats, ...] | None

    @property
    def scene(self) -> Scene:
        return self.play.scene

    @property
    def condition(self) -> Condition:
        return self.play.condition


@dataclass(frozen=True)
class _Seen:
    """A quantity in one play: as chosen, and as expected from the probabilities if known."""

    scene: str
    chosen: Fraction
    expected: float | None


def judge(run: Run, registered: Predictions, seed: int = 0) -> Findings:
    """Judges predictions by a run's complete plays.

    Holm's correction is over the primary ones. If they are not what was registered before the first
    answer, none is primary. It also measures biases and counts the plays that could not be used.
    """
    changed = "" if run.header.get("predictions") == registered.sha256 else CHANGED
    played, dropped = [], 0
    for each in run.plays:
        profile = each.profile(run.answers)
        if profile is not None:
            played.append(_Played(each, profile, _mixes(each, run.answers)))
        else:
            dropped += any(one.id in run.answers for one in each.questions)
    design = replace(registered.design, sequential=run.sequential)
    judged = [_interval(one, played, seed, design) for one in registered.intervals]
    judged += [_ordering(one, played, seed, run.sequential) for one in registered.orderings]
    judged = [replace(e, primary=e.prediction.primary and not changed) for e in judged]
    known = [each for each in judged if each.observations and each.primary]
    fixed = corrected([each.judgement for each in known])
    after = {id(one): replace(one, judgement=new) for one, new in zip(known, fixed, strict=True)}
    given = list(run.answers.values())
    return Findings(
        design=registered.design,
        changed=changed,
        judged=tuple(after.get(id(each), each) for each in judged),
        biases=tuple(biases(run)),
        statuses={
            name: sum(each.status == name for each in given)
            for name in ("answered", "refused", "ambiguous", "unparseable", "cut")
        },
        strict=sum(each.strict is not None for each in given),
        dropped=dropped,
        complete=len(played),
        input_tokens=sum(each.input_tokens for each in given),
        output_tokens=sum(each.output_tokens for each in given),
        cost=sum(each.cost for each in given),
        choices=_choices(run),
        bargains=bargained(run.plays),
    )


def decided(run: Run, registered: Predictions) -> bool:
    """Whether every primary prediction on which there are data is decided."""
    found = judge(run, registered)
    judged = [each for each in found.judged if each.observations and each.prediction.primary]
    return bool(judged) and all(each.judgement.verdict != "inconclusive" for each in judged)


def biases(run: Run) -> list[Bias]:
    """How often the option listed first and last was chosen, and each code.

    Every action is at every place and under every code with the same probability.
    """
    by_count: dict[int, list[Answer]] = {}
    by_codes: dict[tuple[str, ...], list[Answer]] = {}
    for each in run.plays:
        for question in each.questions:
            answer = run.answers.get(question.id)
            if answer is None or answer.place is None:
                continue
            codes = question.presentation.codes
            by_count.setdefault(len(codes), []).append(answer)
            by_codes.setdefault(tuple(sorted(codes)), []).append(answer)
    seen = []
    for count, answers in sorted(by_count.items()):
        # Of two, the last is chosen where the first is not.
        for place, word in ((0, "first"), (count - 1, "last"))[: count - 1]:
            chosen = sum(each.place == place for each in answers)
            seen.append((f"listed {word} of {count}", chosen, len(answers), count))
    for codes, answers in sorted(by_codes.items()):
        for code in codes if len(codes) > 2 else codes[:1]:
            chosen = sum(each.code == code for each in answers)
            seen.append((f"code {code} of {'/'.join(codes)}", chosen, len(answers), len(codes)))
    return [
        Bias(
            what,
            chosen,
            size,
            Fraction(1, options),
            *clopper_pearson(chosen, size, 0.05 / len(seen)),
        )
        for what, chosen, size, options in seen
    ]


def _mixes(play: Play, answers: Mapping[str, Answer]) -> tuple[Floats, ...] | None:
    shape = play.scene.environment.shape
    found = [np.zeros(count) for count in shape]
    for agent, action in play.forced.items():
        found[agent][action] = 1
    for question in play.decisions:
        shares = answers[question.id].probabilities
        if shares is None or len(shares) != len(question.presentation.order):
            return None
        found[question.agent][list(question.presentation.order)] = shares
    return tuple(found)


@lru_cache(maxsize=256)
def _tables(scene: Scene, language: str | None) -> Mapping[str, IntArray]:
    return quantities(scene.specification, language)


def _seen(played: _Played, quantity: str) -> _Seen | None:
    """A quantity in a play; None if it is not defined there."""
    environment, state, unit = played.scene.environment, played.play.state, Fraction(1)
    if quantity.startswith(POINTS):
        paid = material(environment, played.play.binding)
        table = paid.payoffs[environment.players.index(quantity.removeprefix(POINTS))][state]
        unit = Fraction(1, paid.denominator)
    else:
        tables = _tables(played.scene, played.condition.regime.language)
        if quantity not in tables:
            return None
        table = tables[quantity][state]
        if quantity == "welfare":
            unit = Fraction(1, environment.denominator)
    chosen = Fraction(int(table[played.profile])) * unit
    expected = None
    if played.mixes is not None:
        left = table.astype(float) * float(unit)
        for mix in reversed(played.mixes):
            left = left @ mix
        expected = float(left)
    return _Seen(played.scene.name, chosen, expected)


def _of(played: Sequence[_Played], condition: str, quantity: str) -> list[_Seen]:
    found = [_seen(each, quantity) for each in played if str(each.condition) == condition]
    return [each for each in found if each is not None]


def _interval(one: Prediction, played: Sequence[_Played], seed: int, design: Design) -> Judged:
    condition, sequential = f"{one.regime}/{one.disposition}", design.sequential
    if one.quantity == "lambda":
        of = [each for each in played if str(each.condition) == condition]
        plays, profiles = [each.play for each in of], [each.profile for each in of]
        return Judged(one, judged_threshold(one, plays, profiles, sequential), len(of))
    found = _of(played, condition, one.quantity)
    if not found:
        return Judged(one, _open("no data"), 0)
    expected = [each.expected for each in found if each.expected is not None]
    by = "probabilities" if len(expected) == len(found) else "choices"
    values = expected if by == "probabilities" else [float(each.chosen) for each in found]
    names = list(dict.fromkeys(each.scene for each in found))
    ends = (0.0, 1.0) if is_rate(one.quantity) else _range(played, one.quantity)
    low, high = allowed(one, design.margin, ends)
    if sequential and len(names) > 1:
        verdict = judged_sequentially(math.fsum(values), len(values), low, high)
    elif sequential and (by == "choices" and ends == (0.0, 1.0)):
        verdict = judged_sequentially(round(sum(values)), len(values), low, high)
    elif sequential:
        verdict = judged_values(values, low, high, range_of=ends, sequential=True)
    elif by == "probabilities" or not is_rate(one.quantity):
        # Scenes are drawn as wholes: what counts is how much their means vary.
        by_scene = [
            statistics.fmean(v for v, each in zip(values, found, strict=True) if each.scene == name)
            for name in names
        ]
        verdict = judged_values(by_scene if len(names) > 1 else values, low, high, range_of=ends)
    else:
        clusters = [
            (
                sum(int(each.chosen) for each in found if each.scene == name),
                sum(each.scene == name for each in found),
            )
            for name in names
        ]
        verdict = judged_interval(
            sum(won for won, _ in clusters),
            len(found),
            low,
            high,
            clusters=clusters if len(clusters) > 1 else None,
            seed=seed,
        )
    return Judged(one, verdict, len(found), by)


def allowed(
    one: Prediction, margin: Fraction, ends: tuple[float, float] = (0.0, 1.0)
) -> tuple[Fraction | float | None, Fraction | float | None]:
    """The bounds that data are judged by: those of a single number are widened by the margin."""
    if one.low is None or one.low != one.high:
        return one.low, one.high
    wide = margin if ends == (0.0, 1.0) else float(margin) * (ends[1] - ends[0])
    return one.low - wide, one.low + wide


def _range(played: Sequence[_Played], quantity: str) -> tuple[float, float]:
    """The least and the largest welfare, or points of a player, that any play could have."""
    ends: list[float] = []
    for each in {(one.scene.name, repr(one.play.binding)): one for one in played}.values():
        environment = each.scene.environment
        table = environment.welfare
        if quantity.startswith(POINTS):
            environment = material(environment, each.play.binding)
            table = environment.payoffs[environment.players.index(quantity.removeprefix(POINTS))]
        ends += [float(Fraction(int(end), environment.denominator)) for end in _ends(table)]
    return min(ends), max(ends)


def _ends(table: IntArray) -> tuple[int, int]:
    return int(table.min()), int(table.max())


def _ordering(
    one: OrderingPrediction, played: Sequence[_Played], seed: int, sequential: bool
) -> Judged:
    both = [_of(played, each, one.quantity) for each in (one.higher, one.lower)]
    if not all(both):
        return Judged(one, _open("no data"), 0)
    known = all(each.expected is not None for found in both for each in found)
    high, low = (
        [float(each.chosen) if each.expected is None or not known else each.expected for each in of]
        for of in both
    )
    by = "probabilities" if known else "choices"
    if sequential:
        ends = (0.0, 1.0) if is_rate(one.quantity) else _range(played, one.quantity)
        verdict = judged_ordering_sequentially(high, low, range_of=ends)
        return Judged(one, verdict, len(high) + len(low), by)
    names = [[each.scene for each in found] for found in both]
    several = len(set(names[0]) & set(names[1])) > 1
    verdict = judged_ordering(
        high,
        low,
        higher_clusters=names[0] if several else None,
        lower_clusters=names[1] if several else None,
        seed=seed,
    )
    return Judged(one, verdict, len(high) + len(low), by)


def _open(reason: str) -> Judgement:
    return Judgement("inconclusive", math.nan, math.nan, math.nan, None, reason)


def _choices(run: Run) -> dict[str, dict[str, dict[str, int]]]:
    """How often each action was chosen: by condition and player."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for each in run.plays:
        environment = each.scene.environment
        for question in each.decisions:
            answer = run.answers.get(question.id)
            if answer is not None and answer.tolerant is not None:
                player = environment.players[question.agent]
                counts = found.setdefault(str(each.condition), {}).setdefault(player, Counter())
                counts[environment.actions[question.agent][answer.tolerant]] += 1
    return {c: {p: dict(sorted(n.items())) for p, n in by.items()} for c, by in found.items()}


def document_of(run: Run, found: Findings) -> dict[str, Any]:
    """The JSON document of ``play``; NaN and infinity are null, numbers of the theory exact."""
    return {
        "schema": "coopgap.play/1",
        "source": run.study.source,
        "model": run.header.get("model"),
        "registered": run.header.get("predictions"),
        "exploratory": found.changed or None,
        "margin": str(found.design.margin),
        "provenance": dict(run.header),
        "simulated": is_simulated(run),
        "incomplete": run.incomplete or None,
        "sequential": run.sequential,
        "stopped": run.stopped or None,
        "decisions": {
            "designed": run.asked,
            **found.statuses,
            "unanswered": run.unanswered,
            "strictly_parsed": found.strict,
        },
        "plays": {"complete": found.complete, "dropped": found.dropped},
        "tokens": {"input": found.input_tokens, "output": found.output_tokens},
        "cost": found.cost,
        "choices": found.choices,
        "judged": [
            {
                "id": each.prediction.id,
                "claim": each.prediction.claim,
                "statement": each.prediction.statement,
                "verdict": each.judgement.verdict,
                "estimate": _finite(each.judgement.estimate),
                "low": _finite(each.judgement.low),
                "high": _finite(each.judgement.high),
                "needed": each.judgement.needed,
                "method": each.judgement.method,
                "p_value": _finite(each.judgement.p_value),
                "observations": each.observations,
                "primary": each.primary,
                "measured_by": each.measured_by,
            }
            for each in found.judged
        ],
        "biases": [
            {
                "what": each.what,
                "chosen": each.chosen,
                "decisions": each.decisions,
                "expected": str(each.expected),
                "low": each.low,
                "high": each.high,
                "found": each.found,
            }
            for each in found.biases
        ],
        "negotiations": [each.document() for each in found.bargains],
        "skipped": [
            {"row": each.row, "id": each.id, "reason": each.reason} for each in run.study.skipped
        ],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
