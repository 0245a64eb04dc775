"""Registered predictions judged by the answers of a run."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from coopgap.llm_checks.judging.evidence import (
    Bound,
    corrected_entries,
    judged_interval,
    judged_ordering,
    judged_ordering_sequentially,
    judged_sequentially,
    judged_values,
    undecided,
    widened,
)
from coopgap.llm_checks.judging.findings import Bias, Findings, Judged, Outcome
from coopgap.llm_checks.judging.intervals import Floats, clopper_pearson
from coopgap.llm_checks.judging.revealed import judged_threshold
from coopgap.llm_checks.negotiating.bargains import bargained
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.run import Run
from coopgap.llm_checks.playing.scenarios import Play, Question
from coopgap.llm_checks.predicting.predictions import (
    Design,
    OrderingPrediction,
    Prediction,
    Predictions,
)
from coopgap.llm_checks.predicting.quantities import POINTS, Table, earned, is_rate, quantities
from coopgap.llm_checks.predicting.scenes import Scene
from coopgap.theory.exact import IntArray
from coopgap.theory.welfare import first_best


@dataclass(frozen=True)
class CompletePlay:
    """A play with all its decisions.

    mixes: by agent the probabilities of its actions, where the model gave them for every decision.
    """

    play: Play
    profile: tuple[int, ...]
    mixes: tuple[Floats, ...] | None

    def table(self, quantity: str) -> Table | None:
        """A quantity at every play of the game that binds; None if it is not defined there."""
        scene = self.play.scene
        if quantity.startswith(POINTS):
            player = quantity.removeprefix(POINTS)
            return earned(scene.environment, self.play.binding, player)
        return _tables(scene, self.play.condition.regime.language).get(quantity)


@dataclass(frozen=True)
class Observation:
    """A quantity in one play: as chosen, and as expected from the probabilities if known."""

    scene: str
    chosen: Fraction
    expected: float | None


def complete_plays(run: Run) -> tuple[list[CompletePlay], int]:
    """The plays with all their decisions, and how many were begun and lack some."""
    played, dropped = [], 0
    for play in run.plays:
        profile = play.profile(run.answers)
        if profile is not None:
            played.append(CompletePlay(play, profile, _mixes(play, run.answers)))
        else:
            dropped += any(question.id in run.answers for question in play.questions)
    return played, dropped


def observed(played: Sequence[CompletePlay], condition: str, quantity: str) -> list[Observation]:
    """A quantity in the plays of a condition in which it is defined."""
    return [
        _observation(complete, *table)
        for complete in played
        if str(complete.play.condition) == condition and (table := complete.table(quantity))
    ]


def range_of(played: Sequence[CompletePlay], quantity: str) -> tuple[float, float]:
    """The least and the largest value that any play could have: of welfare and points in utils."""
    if is_rate(quantity):
        return 0.0, 1.0
    ends: list[float] = []
    examples = {(entry.play.scene.name, repr(entry.play.binding)): entry for entry in played}
    for example in examples.values():
        if table := example.table(quantity):
            ends += [int(end) / table[1] for end in (table[0].min(), table[0].max())]
    return min(ends), max(ends)


def _mixes(play: Play, answers: Mapping[str, Answer]) -> tuple[Floats, ...] | None:
    shape = play.scene.environment.shape
    mixes = [np.zeros(count) for count in shape]
    for agent, action in play.forced.items():
        mixes[agent][action] = 1
    for question in play.decisions:
        shares = answers[question.id].probabilities
        if shares is None or len(shares) != len(question.layout.order):
            return None
        mixes[question.agent][list(question.layout.order)] = shares
    return tuple(mixes)


@lru_cache(maxsize=256)
def _tables(scene: Scene, language: str | None) -> Mapping[str, Table]:
    return quantities(scene.specification, language)


def _observation(played: CompletePlay, values: IntArray, unit: int) -> Observation:
    """A quantity in a play, by its table."""
    own, expected = values[played.play.state], None
    if played.mixes is not None:
        value = own.astype(float) * (1 / unit)
        for mix in reversed(played.mixes):
            value = value @ mix
        expected = float(value)
    chosen = Fraction(int(own[played.profile]), unit)
    return Observation(played.play.scene.name, chosen, expected)


CHANGED = (
    "The predictions that are judged here, their margin or their sample size are not those that "
    "were registered before the first answer: every verdict is exploratory."
)


def judge(run: Run, registered: Predictions, seed: int = 0) -> Findings:
    """Judges predictions by a run's complete plays.

    Holm's correction is over the primary ones. If they are not what was registered before the first
    answer, none is primary. It also measures biases and counts the plays that could not be used.
    """
    changed = "" if run.header.get("predictions") == registered.sha256 else CHANGED
    played, dropped = complete_plays(run)
    design = replace(registered.design, sequential=run.sequential)
    results = [_interval(prediction, played, seed, design) for prediction in registered.intervals]
    results += [_ordering(prediction, played, seed, design) for prediction in registered.orderings]
    judged = [replace(own, primary=own.prediction.primary and not changed) for own in results]
    answers = list(run.answers.values())
    return Findings(
        design=registered.design,
        changed=changed,
        judged=corrected_entries(judged, lambda result: result.observations and result.primary),
        biases=tuple(biases(run)),
        statuses={
            name: sum(answer.status == name for answer in answers)
            for name in ("answered", "refused", "ambiguous", "unparseable", "cut")
        },
        strict=sum(answer.strict is not None for answer in answers),
        dropped=dropped,
        complete=len(played),
        input_tokens=sum(answer.input_tokens for answer in answers),
        output_tokens=sum(answer.output_tokens for answer in answers),
        cost=sum(answer.cost for answer in answers),
        conditions=tuple(_outcomes(run, played)),
        bargains=bargained(run.plays),
        wordings=tuple(_wordings(run)),
    )


def decided(run: Run, registered: Predictions) -> bool:
    """Whether every primary prediction on which there are data is decided."""
    measured = judge(run, registered).measured
    verdicts = [own.judgement.verdict for own in measured if own.prediction.primary]
    return bool(verdicts) and "inconclusive" not in verdicts


def _interval(
    prediction: Prediction, played: Sequence[CompletePlay], seed: int, design: Design
) -> Judged:
    condition, sequential = f"{prediction.regime}/{prediction.disposition}", design.sequential
    if prediction.quantity == "lambda":
        plays = [(e.play, e.profile) for e in played if str(e.play.condition) == condition]
        return Judged(prediction, judged_threshold(prediction, plays, sequential), len(plays))
    observations = observed(played, condition, prediction.quantity)
    if not observations:
        return Judged(prediction, undecided("no data"), 0)
    (values,), basis = _values(observations)
    ends = range_of(played, prediction.quantity)
    low, high = allowed(prediction, design.margin, ends)
    by_scene: dict[str, list[float]] = {}
    for value, observation in zip(values, observations, strict=True):
        by_scene.setdefault(observation.scene, []).append(value)
    several = len(by_scene) > 1
    if sequential and (several or (basis == "choices" and ends == (0.0, 1.0))):
        verdict = judged_sequentially(math.fsum(values), len(values), low, high)
    elif sequential:
        verdict = judged_values(values, low, high, range_of=ends, sequential=True)
    elif basis == "choices" and is_rate(prediction.quantity):
        counts = [(int(sum(own)), len(own)) for own in by_scene.values()]
        successes, clusters = sum(own for own, _ in counts), counts if several else None
        verdict = judged_interval(successes, len(values), low, high, clusters=clusters, seed=seed)
    else:
        # Scenes are drawn as wholes: what counts is how much their means vary.
        means = [statistics.fmean(own) for own in by_scene.values()]
        verdict = judged_values(means if several else values, low, high, range_of=ends)
    return Judged(prediction, verdict, len(observations), basis)


def _values(*parts: Sequence[Observation]) -> tuple[list[list[float]], str]:
    """The values in each part: by probabilities where all are known, else by choices."""
    expected = [[own.expected for own in part if own.expected is not None] for part in parts]
    if all(len(own) == len(part) for own, part in zip(expected, parts, strict=True)):
        return expected, "probabilities"
    return [[float(own.chosen) for own in part] for part in parts], "choices"


def allowed(
    prediction: Prediction, margin: Fraction, ends: tuple[float, float] = (0.0, 1.0)
) -> tuple[Bound, Bound]:
    """The bounds that data are judged by: those of a single number are widened by the margin."""
    slack = margin if ends == (0.0, 1.0) else float(margin) * (ends[1] - ends[0])
    return widened(prediction.low, prediction.high, slack)


def _ordering(
    ordering: OrderingPrediction, played: Sequence[CompletePlay], seed: int, design: Design
) -> Judged:
    conditions = ordering.higher, ordering.lower
    samples = [observed(played, condition, ordering.quantity) for condition in conditions]
    if not all(samples):
        return Judged(ordering, undecided("no data"), 0)
    (high, low), basis = _values(*samples)
    size = len(high) + len(low)
    if design.sequential:
        ends = range_of(played, ordering.quantity)
        return Judged(ordering, judged_ordering_sequentially(high, low, range_of=ends), size, basis)
    of_higher, of_lower = ([observation.scene for observation in sample] for sample in samples)
    several = len(set(of_higher) & set(of_lower)) > 1
    clusters = (of_higher, of_lower) if several else None
    verdict = judged_ordering(high, low, clusters=clusters, seed=seed)
    return Judged(ordering, verdict, size, basis)


def _answered(run: Run) -> Iterator[tuple[Play, Question, Answer]]:
    """The questions that have a reply, each with its play."""
    for play in run.plays:
        for question in play.questions:
            if question.id in run.answers:
                yield play, question, run.answers[question.id]


def _bias(feature: str, chosen: int, size: int, expected: Fraction, family: int) -> Bias:
    """One of so many biases."""
    return Bias(feature, chosen, size, expected, *clopper_pearson(chosen, size, 0.05 / family))


def biases(run: Run) -> list[Bias]:
    """How often the option listed first and last was chosen, and each code.

    Every action is at every place and under every code with the same probability.
    """
    by_count: dict[int, list[Answer]] = {}
    by_codes: dict[tuple[str, ...], list[Answer]] = {}
    for _, question, answer in _answered(run):
        if answer.place is not None:
            codes = question.layout.codes
            by_count.setdefault(len(codes), []).append(answer)
            by_codes.setdefault(tuple(sorted(codes)), []).append(answer)
    features = []
    for count, answers in sorted(by_count.items()):
        # Of two, the last is chosen where the first is not.
        for place, word in ((0, "first"), (count - 1, "last"))[: count - 1]:
            chosen = sum(answer.place == place for answer in answers)
            features.append((f"listed {word} of {count}", chosen, len(answers), Fraction(1, count)))
    for codes, answers in sorted(by_codes.items()):
        share = Fraction(1, len(codes))
        for code in codes if len(codes) > 2 else codes[:1]:
            chosen = sum(answer.code == code for answer in answers)
            features.append((f"code {code} of {'/'.join(codes)}", chosen, len(answers), share))
    return [_bias(*feature, len(features)) for feature in features]


def _wordings(run: Run) -> Iterator[Bias]:
    """How often an action of a first best was chosen, by the wording of the question."""
    hits: Counter[int] = Counter()
    totals: Counter[int] = Counter()
    for play, question, answer in _answered(run):
        if question.kind == "decision" and answer.tolerant is not None:
            best = first_best(play.scene.environment).profiles[play.state]
            totals[question.layout.wording] += 1
            fits = answer.tolerant in {profile[question.agent] for profile in best}
            hits[question.layout.wording] += fits
    if len(totals) > 1:
        share = Fraction(hits.total(), totals.total())
        for wording, count in sorted(totals.items()):
            yield _bias(f"wording {wording + 1}", hits[wording], count, share, len(totals))


def _outcomes(run: Run, played: Sequence[CompletePlay]) -> Iterator[Outcome]:
    """What was played, by condition."""
    chosen: dict[str, dict[str, Counter[str]]] = {}
    for play, question, answer in _answered(run):
        if question.kind == "decision" and answer.tolerant is not None:
            player = play.players[question.agent]
            counts = chosen.setdefault(str(play.condition), {}).setdefault(player, Counter())
            counts[play.scene.environment.actions[question.agent][answer.tolerant]] += 1
    for name in dict.fromkeys(str(play.condition) for play in run.plays):
        plays = [e for e in played if str(e.play.condition) == name]
        joint = Counter(", ".join(e.play.scene.environment.labels(e.profile)) for e in plays)

        def values(quantity: str, name: str = name) -> list[Fraction]:
            return [observation.chosen for observation in observed(played, name, quantity)]

        yield Outcome(
            condition=name,
            plays=len(plays),
            first_best=int(sum(values("first-best"))),
            welfare=statistics.mean(values("welfare")) if plays else None,
            points={
                player: statistics.mean(values(f"{POINTS}{player}"))
                for player in run.study.players
                if plays
            },
            joint=dict(joint.most_common()),
            choices={player: dict(sorted(n.items())) for player, n in chosen.get(name, {}).items()},
        )
