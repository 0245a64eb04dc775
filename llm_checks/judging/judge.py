"""Registered predictions judged by the answers of a run."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from coopgap.llm_checks.judging.evidence import (
    Judgement,
    corrected,
    judged_interval,
    judged_ordering,
    judged_ordering_sequentially,
    judged_sequentially,
    judged_values,
)
from coopgap.llm_checks.judging.findings import Bias, Findings, Judged, Shown
from coopgap.llm_checks.judging.intervals import clopper_pearson
from coopgap.llm_checks.judging.measured import Whole, range_of, seen_in, whole
from coopgap.llm_checks.judging.revealed import judged_threshold
from coopgap.llm_checks.negotiating.bargains import bargained
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.run import Run
from coopgap.llm_checks.predicting.predictions import (
    Design,
    OrderingPrediction,
    Prediction,
    Predictions,
)
from coopgap.llm_checks.predicting.quantities import is_rate
from coopgap.llm_checks.predicting.regimes import material
from coopgap.theory.welfare import first_best

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
        of = [each for each in played if str(each.condition) == condition]
        plays, profiles = [each.play for each in of], [each.profile for each in of]
        return Judged(one, judged_threshold(one, plays, profiles, sequential), len(of))
    found = seen_in(played, condition, one.quantity)
    if not found:
        return Judged(one, _open("no data"), 0)
    expected = [each.expected for each in found if each.expected is not None]
    by = "probabilities" if len(expected) == len(found) else "choices"
    values = expected if by == "probabilities" else [float(each.chosen) for each in found]
    names = list(dict.fromkeys(each.scene for each in found))
    ends = (0.0, 1.0) if is_rate(one.quantity) else range_of(played, one.quantity)
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


def _ordering(
    one: OrderingPrediction, played: Sequence[Whole], seed: int, sequential: bool
) -> Judged:
    both = [seen_in(played, each, one.quantity) for each in (one.higher, one.lower)]
    if not all(both):
        return Judged(one, _open("no data"), 0)
    known = all(each.expected is not None for found in both for each in found)
    high, low = (
        [float(each.chosen) if each.expected is None or not known else each.expected for each in of]
        for of in both
    )
    by = "probabilities" if known else "choices"
    if sequential:
        ends = (0.0, 1.0) if is_rate(one.quantity) else range_of(played, one.quantity)
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


def _wordings(run: Run) -> Iterator[Bias]:
    """How often an action of a first best was chosen, by the wording of the question."""
    good: Counter[int] = Counter()
    asked: Counter[int] = Counter()
    for play in run.plays:
        best = first_best(play.scene.environment).profiles[play.state]
        for question in play.decisions:
            answer = run.answers.get(question.id)
            if answer is not None and answer.tolerant is not None:
                wording = question.presentation.wording
                asked[wording] += 1
                good[wording] += answer.tolerant in {each[question.agent] for each in best}
    if len(asked) > 1:
        share = Fraction(good.total(), asked.total())
        for wording, count in sorted(asked.items()):
            ends = clopper_pearson(good[wording], count, 0.05 / len(asked))
            yield Bias(f"wording {wording + 1}", good[wording], count, share, *ends)


def _shown(run: Run, played: Sequence[Whole]) -> Iterator[Shown]:
    """What was played, by condition."""
    chosen = _choices(run)
    for name in dict.fromkeys(str(each.condition) for each in run.plays):
        of = [each for each in played if str(each.condition) == name]
        joint: Counter[str] = Counter()
        best, welfare = 0, Fraction(0)
        earned: dict[str, Fraction] = {}
        for each in of:
            environment, place = each.scene.environment, (each.play.state, *each.profile)
            joint[", ".join(environment.labels(each.profile))] += 1
            best += each.profile in first_best(environment).profiles[each.play.state]
            welfare += Fraction(int(environment.welfare[place]), environment.denominator)
            paid = material(environment, each.play.binding)
            for player, own in zip(paid.players, paid.payoffs, strict=True):
                gain = Fraction(int(own[place]), paid.denominator * len(of))
                earned[player] = earned.get(player, Fraction(0)) + gain
        yield Shown(
            condition=name,
            plays=len(of),
            first_best=best,
            welfare=welfare / len(of) if of else None,
            points=earned,
            joint=dict(joint.most_common()),
            choices=chosen.get(name, {}),
        )


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
