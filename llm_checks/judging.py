"""What a run's answers say of the predictions that were registered before."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from llm_checks.answers import Answer
from llm_checks.evidence import (
    Judgement,
    clopper_pearson,
    corrected,
    judged_interval,
    judged_mean,
    judged_ordering,
)
from llm_checks.playing import Run
from llm_checks.predictions import (
    OrderingPrediction,
    Prediction,
    Predictions,
    baseline,
    quantities,
)
from llm_checks.regimes import Condition
from llm_checks.scenes import Scene
from theory.welfare import first_best


@dataclass(frozen=True)
class Judged:
    """A prediction and what data say of it. observations: plays used, by condition summed."""

    prediction: Prediction | OrderingPrediction
    judgement: Judgement
    observations: int


@dataclass(frozen=True)
class Bias:
    """How often something that ought not matter was chosen. expected: its share if it did not
    matter; low, high: the exact 95 % interval of ``share``."""

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
    """All that a run shows. statuses: decisions answered, refused, unparseable; strict: those that
    strict parsing reads. dropped: plays in which some decision is missing."""

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


@dataclass(frozen=True)
class _Played:
    scene: Scene
    condition: Condition
    state: int
    profile: tuple[int, ...]


def judge(run: Run, registered: Predictions, seed: int = 0) -> Findings:
    """Judges the registered predictions by a run's complete plays, Holm's correction over all of
    them; measures biases; counts what could not be used."""
    scenes = {each.name: each for each in run.study.scenes}
    played, dropped = [], 0
    for each in run.plays:
        answers = {q.agent: run.answers.get(q.id) for q in each.questions}
        actions = dict(each.forced) | {
            i: None if one is None else one.tolerant for i, one in answers.items()
        }
        profile = tuple(actions[i] for i in sorted(actions))
        whole = tuple(a for a in profile if a is not None)
        if len(whole) < len(profile):
            dropped += any(one is not None for one in answers.values())
        else:
            played.append(_Played(scenes[each.scene], each.condition, each.state, whole))
    judged = [_interval(one, played, seed) for one in registered.intervals]
    judged += [_ordering(one, played, seed) for one in registered.orderings]
    known = [each for each in judged if each.observations]
    fixed = corrected([each.judgement for each in known])
    after = {id(one): replace(one, judgement=new) for one, new in zip(known, fixed, strict=True)}
    given = list(run.answers.values())
    return Findings(
        judged=tuple(after.get(id(each), each) for each in judged),
        biases=tuple(biases(run)),
        statuses={
            name: sum(each.status == name for each in given)
            for name in ("answered", "refused", "unparseable")
        },
        strict=sum(each.strict is not None for each in given),
        dropped=dropped,
        complete=len(played),
        input_tokens=sum(each.input_tokens for each in given),
        output_tokens=sum(each.output_tokens for each in given),
        cost=sum(each.cost for each in given),
        choices=_choices(run),
    )


def biases(run: Run) -> list[Bias]:
    """How often the option listed first and last was chosen, and each code; in the counterbalanced
    design every action is at every place and under every code about equally often."""
    by_count: dict[int, list[Answer]] = {}
    by_codes: dict[tuple[str, ...], list[Answer]] = {}
    for each in run.plays:
        for question in each.questions:
            answer = run.answers.get(question.id)
            if answer is None or answer.place is None:
                continue
            codes = question.presentation.codes
            by_count.setdefault(len(codes), []).append(answer)
            by_codes.setdefault(codes, []).append(answer)
    found = []
    for count, answers in sorted(by_count.items()):
        for place, word in ((0, "first"), (count - 1, "last")):
            chosen = sum(each.place == place for each in answers)
            found.append(_bias(f"listed {word} of {count}", chosen, len(answers), count))
    for codes, answers in sorted(by_codes.items()):
        for code in codes:
            chosen = sum(each.code == code for each in answers)
            found.append(
                _bias(f"code {code} of {'/'.join(codes)}", chosen, len(answers), len(codes))
            )
    return found


def _bias(what: str, chosen: int, decisions: int, options: int) -> Bias:
    low, high = clopper_pearson(chosen, decisions)
    return Bias(what, chosen, decisions, Fraction(1, options), low, high)


def _value(play: _Played, quantity: str, language: str | None) -> Fraction | None:
    specification = play.scene.specification
    found = quantities(specification, language)
    name = "welfare" if quantity == "gap-closed" else quantity
    if name not in found:
        return None
    value = Fraction(int(found[name][(play.state, *play.profile)]))
    if name != "welfare":
        return value
    value /= specification.environment.denominator
    if quantity == "welfare":
        return value
    alone = baseline(specification)
    if alone is None:
        return None
    return (value - alone) / (first_best(specification.environment).welfare - alone)


def _of(played: Sequence[_Played], condition: str, quantity: str) -> list[tuple[str, Fraction]]:
    values = [
        (each.scene.name, _value(each, quantity, each.condition.regime.language))
        for each in played
        if str(each.condition) == condition
    ]
    return [(name, value) for name, value in values if value is not None]


def _interval(one: Prediction, played: Sequence[_Played], seed: int) -> Judged:
    if one.quantity == "lambda":
        return Judged(one, _open("not judged here: coopgap fit estimates λ from the log"), 0)
    found = _of(played, f"{one.regime}/{one.disposition}", one.quantity)
    if not found:
        return Judged(one, _open("no data"), 0)
    names = list(dict.fromkeys(name for name, _ in found))
    if one.quantity in ("welfare", "gap-closed"):
        values = [float(value) for _, value in found]
        error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
        ends = _range(played, one.quantity)
        verdict = judged_mean(
            statistics.fmean(values),
            error,
            len(values),
            one.low,
            one.high,
            method="Student t over plays",
            range_of=ends,
        )
        return Judged(one, verdict, len(values))
    clusters = [
        (sum(int(v) for n, v in found if n == name), sum(n == name for n, _ in found))
        for name in names
    ]
    verdict = judged_interval(
        sum(won for won, _ in clusters),
        len(found),
        one.low,
        one.high,
        clusters=clusters if len(clusters) > 1 else None,
        seed=seed,
    )
    return Judged(one, verdict, len(found))


def _range(played: Sequence[_Played], quantity: str) -> tuple[float, float]:
    """The least and the largest value that any play could have."""
    ends: list[Fraction] = []
    for scene in {each.scene.name: each.scene for each in played}.values():
        environment = scene.environment
        low, high = int(environment.welfare.min()), int(environment.welfare.max())
        both = [Fraction(each, environment.denominator) for each in (low, high)]
        if quantity == "gap-closed":
            alone, best = baseline(scene.specification), first_best(environment).welfare
            both = [] if alone is None else [(each - alone) / (best - alone) for each in both]
        ends += both
    return float(min(ends)), float(max(ends))


def _ordering(one: OrderingPrediction, played: Sequence[_Played], seed: int) -> Judged:
    high = _of(played, one.higher, one.quantity)
    low = _of(played, one.lower, one.quantity)
    if not high or not low:
        return Judged(one, _open("no data"), 0)
    several = len({name for name, _ in high} & {name for name, _ in low}) > 1
    verdict = judged_ordering(
        [float(value) for _, value in high],
        [float(value) for _, value in low],
        higher_clusters=[name for name, _ in high] if several else None,
        lower_clusters=[name for name, _ in low] if several else None,
        seed=seed,
    )
    return Judged(one, verdict, len(high) + len(low))


def _open(reason: str) -> Judgement:
    return Judgement("inconclusive", math.nan, math.nan, math.nan, None, reason)


def _choices(run: Run) -> dict[str, dict[str, dict[str, int]]]:
    """How often each action was chosen: by condition and player."""
    found: dict[str, dict[str, Counter[str]]] = {}
    scenes = {each.name: each for each in run.study.scenes}
    for each in run.plays:
        environment = scenes[each.scene].environment
        for question in each.questions:
            answer = run.answers.get(question.id)
            if answer is not None and answer.tolerant is not None:
                player = environment.players[question.agent]
                counts = found.setdefault(str(each.condition), {}).setdefault(player, Counter())
                counts[environment.actions[question.agent][answer.tolerant]] += 1
    return {c: {p: dict(sorted(n.items())) for p, n in by.items()} for c, by in found.items()}


def document_of(run: Run, found: Findings) -> dict[str, Any]:
    """The JSON document of ``play``; NaN and infinity are null."""
    return {
        "schema": "coopgap.play/1",
        "source": run.study.source,
        "model": run.header.get("model"),
        "registered": run.header.get("predictions"),
        "provenance": dict(run.header),
        "incomplete": run.incomplete or None,
        "decisions": {
            "designed": run.asked,
            **found.statuses,
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
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
