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
    judged_interval,
    judged_ordering,
    judged_ordering_sequentially,
    judged_sequentially,
    judged_values,
    settled,
    undecided,
    widened,
)
from coopgap.llm_checks.judging.findings import Bias, Findings, Judged, Shown
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
class Whole:
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
class Seen:
    """A quantity in one play: as chosen, and as expected from the probabilities if known."""

    scene: str
    chosen: Fraction
    expected: float | None


def whole(run: Run) -> tuple[list[Whole], int]:
    """The plays with all their decisions, and how many were begun and lack some."""
    played, dropped = [], 0
    for each in run.plays:
        profile = each.profile(run.answers)
        if profile is not None:
            played.append(Whole(each, profile, _mixes(each, run.answers)))
        else:
            dropped += any(one.id in run.answers for one in each.questions)
    return played, dropped


def seen_in(played: Sequence[Whole], condition: str, quantity: str) -> list[Seen]:
    """A quantity in the plays of a condition in which it is defined."""
    return [
        _seen(each, *table)
        for each in played
        if str(each.play.condition) == condition and (table := each.table(quantity))
    ]


def range_of(played: Sequence[Whole], quantity: str) -> tuple[float, float]:
    """The least and the largest value that any play could have: of welfare and points in utils."""
    if is_rate(quantity):
        return 0.0, 1.0
    ends: list[float] = []
    for each in {(one.play.scene.name, repr(one.play.binding)): one for one in played}.values():
        if table := each.table(quantity):
            ends += [int(end) / table[1] for end in (table[0].min(), table[0].max())]
    return min(ends), max(ends)


def _mixes(play: Play, answers: Mapping[str, Answer]) -> tuple[Floats, ...] | None:
    shape = play.scene.environment.shape
    found = [np.zeros(count) for count in shape]
    for agent, action in play.forced.items():
        found[agent][action] = 1
    for question in play.decisions:
        shares = answers[question.id].probabilities
        if shares is None or len(shares) != len(question.layout.order):
            return None
        found[question.agent][list(question.layout.order)] = shares
    return tuple(found)


@lru_cache(maxsize=256)
def _tables(scene: Scene, language: str | None) -> Mapping[str, Table]:
    return quantities(scene.specification, language)


def _seen(played: Whole, values: IntArray, unit: int) -> Seen:
    """A quantity in a play, by its table."""
    own, expected = values[played.play.state], None
    if played.mixes is not None:
        left = own.astype(float) * (1 / unit)
        for mix in reversed(played.mixes):
            left = left @ mix
        expected = float(left)
    chosen = Fraction(int(own[played.profile]), unit)
    return Seen(played.play.scene.name, chosen, expected)


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
    played, dropped = whole(run)
    design = replace(registered.design, sequential=run.sequential)
    judged = [_interval(one, played, seed, design) for one in registered.intervals]
    judged += [_ordering(one, played, seed, run.sequential) for one in registered.orderings]
    judged = [replace(e, primary=e.prediction.primary and not changed) for e in judged]
    given = list(run.answers.values())
    return Findings(
        design=registered.design,
        changed=changed,
        judged=settled(judged, lambda each: each.observations and each.primary),
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
        conditions=tuple(_shown(run, played)),
        bargains=bargained(run.plays),
        wordings=tuple(_wordings(run)),
    )


def decided(run: Run, registered: Predictions) -> bool:
    """Whether every primary prediction on which there are data is decided."""
    found = judge(run, registered)
    judged = [each for each in found.judged if each.observations and each.prediction.primary]
    return bool(judged) and all(each.judgement.verdict != "inconclusive" for each in judged)


def _interval(one: Prediction, played: Sequence[Whole], seed: int, design: Design) -> Judged:
    condition, sequential = f"{one.regime}/{one.disposition}", design.sequential
    if one.quantity == "lambda":
        of = [(e.play, e.profile) for e in played if str(e.play.condition) == condition]
        return Judged(one, judged_threshold(one, of, sequential), len(of))
    found = seen_in(played, condition, one.quantity)
    if not found:
        return Judged(one, undecided("no data"), 0)
    (values,), by = _values(found)
    ends = range_of(played, one.quantity)
    low, high = allowed(one, design.margin, ends)
    by_scene: dict[str, list[float]] = {}
    for value, each in zip(values, found, strict=True):
        by_scene.setdefault(each.scene, []).append(value)
    several = len(by_scene) > 1
    if sequential and (several or (by == "choices" and ends == (0.0, 1.0))):
        verdict = judged_sequentially(math.fsum(values), len(values), low, high)
    elif sequential:
        verdict = judged_values(values, low, high, range_of=ends, sequential=True)
    elif by == "choices" and is_rate(one.quantity):
        counts = [(int(sum(own)), len(own)) for own in by_scene.values()]
        won, clusters = sum(own for own, _ in counts), counts if several else None
        verdict = judged_interval(won, len(values), low, high, clusters=clusters, seed=seed)
    else:
        # Scenes are drawn as wholes: what counts is how much their means vary.
        means = [statistics.fmean(own) for own in by_scene.values()]
        verdict = judged_values(means if several else values, low, high, range_of=ends)
    return Judged(one, verdict, len(found), by)


def _values(*parts: Sequence[Seen]) -> tuple[list[list[float]], str]:
    """The values in each part: by probabilities where all are known, else by choices."""
    expected = [[each.expected for each in part if each.expected is not None] for part in parts]
    if all(len(own) == len(part) for own, part in zip(expected, parts, strict=True)):
        return expected, "probabilities"
    return [[float(each.chosen) for each in part] for part in parts], "choices"


def allowed(
    one: Prediction, margin: Fraction, ends: tuple[float, float] = (0.0, 1.0)
) -> tuple[Bound, Bound]:
    """The bounds that data are judged by: those of a single number are widened by the margin."""
    wide = margin if ends == (0.0, 1.0) else float(margin) * (ends[1] - ends[0])
    return widened(one.low, one.high, wide)


def _ordering(
    one: OrderingPrediction, played: Sequence[Whole], seed: int, sequential: bool
) -> Judged:
    both = [seen_in(played, each, one.quantity) for each in (one.higher, one.lower)]
    if not all(both):
        return Judged(one, undecided("no data"), 0)
    (high, low), by = _values(*both)
    size = len(high) + len(low)
    if sequential:
        ends = range_of(played, one.quantity)
        return Judged(one, judged_ordering_sequentially(high, low, range_of=ends), size, by)
    of_higher, of_lower = ([each.scene for each in found] for found in both)
    several = len(set(of_higher) & set(of_lower)) > 1
    verdict = judged_ordering(
        high,
        low,
        clusters=(of_higher, of_lower) if several else None,
        seed=seed,
    )
    return Judged(one, verdict, size, by)


def _answered(run: Run) -> Iterator[tuple[Play, Question, Answer]]:
    """The questions that have a reply, each with its play."""
    for play in run.plays:
        for question in play.questions:
            if question.id in run.answers:
                yield play, question, run.answers[question.id]


def _bias(what: str, chosen: int, size: int, expected: Fraction, of: int) -> Bias:
    """One of so many biases."""
    return Bias(what, chosen, size, expected, *clopper_pearson(chosen, size, 0.05 / of))


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
    seen = []
    for count, answers in sorted(by_count.items()):
        # Of two, the last is chosen where the first is not.
        for place, word in ((0, "first"), (count - 1, "last"))[: count - 1]:
            chosen = sum(each.place == place for each in answers)
            seen.append((f"listed {word} of {count}", chosen, len(answers), Fraction(1, count)))
    for codes, answers in sorted(by_codes.items()):
        share = Fraction(1, len(codes))
        for code in codes if len(codes) > 2 else codes[:1]:
            chosen = sum(each.code == code for each in answers)
            seen.append((f"code {code} of {'/'.join(codes)}", chosen, len(answers), share))
    return [_bias(*each, len(seen)) for each in seen]


def _wordings(run: Run) -> Iterator[Bias]:
    """How often an action of a first best was chosen, by the wording of the question."""
    good: Counter[int] = Counter()
    asked: Counter[int] = Counter()
    for play, question, answer in _answered(run):
        if question.kind == "decision" and answer.tolerant is not None:
            best = first_best(play.scene.environment).profiles[play.state]
            asked[question.layout.wording] += 1
            fits = answer.tolerant in {each[question.agent] for each in best}
            good[question.layout.wording] += fits
    if len(asked) > 1:
        share = Fraction(good.total(), asked.total())
        for wording, count in sorted(asked.items()):
            yield _bias(f"wording {wording + 1}", good[wording], count, share, len(asked))


def _shown(run: Run, played: Sequence[Whole]) -> Iterator[Shown]:
    """What was played, by condition."""
    chosen: dict[str, dict[str, Counter[str]]] = {}
    for play, question, answer in _answered(run):
        if question.kind == "decision" and answer.tolerant is not None:
            player = play.players[question.agent]
            counts = chosen.setdefault(str(play.condition), {}).setdefault(player, Counter())
            counts[play.scene.environment.actions[question.agent][answer.tolerant]] += 1
    for name in dict.fromkeys(str(each.condition) for each in run.plays):
        of = [each for each in played if str(each.play.condition) == name]
        joint = Counter(", ".join(e.play.scene.environment.labels(e.profile)) for e in of)

        def seen(quantity: str, name: str = name) -> list[Fraction]:
            return [each.chosen for each in seen_in(played, name, quantity)]

        yield Shown(
            condition=name,
            plays=len(of),
            first_best=int(sum(seen("first-best"))),
            welfare=statistics.mean(seen("welfare")) if of else None,
            points={
                player: statistics.mean(seen(f"{POINTS}{player}"))
                for player in run.study.players
                if of
            },
            joint=dict(joint.most_common()),
            choices={who: dict(sorted(n.items())) for who, n in chosen.get(name, {}).items()},
        )
