"""The verdict of data on a prediction: consistent, contradicted or inconclusive.

A prediction of an interval [low, high] for a rate is *contradicted* when a confidence interval for
the rate lies outside it, *consistent* when the confidence interval lies inside it, and else
inconclusive: absence of evidence is not evidence. Under a true prediction "contradicted" has a
probability of at most alpha, under a false one "consistent" has. Statistics: floats throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from coopgap.llm_checks.judging.intervals import (
    RESAMPLES,
    Interval,
    betting_interval,
    bootstrapped,
    clopper_pearson,
    confidence_sequence,
    require_counts,
    require_level,
)
from coopgap.llm_checks.judging.permutations import exchanged, paired
from coopgap.theory.errors import InputError

Verdict = Literal["consistent", "contradicted", "inconclusive"]

MAX_NEEDED = 1 << 16
"""No larger sample is said to be needed; beyond it ``needed`` is None."""

Floats = NDArray[np.float64]
Bound = Fraction | float | None


@dataclass(frozen=True)
class Judgement:
    """A verdict, with the estimate and its confidence interval.

    needed: about how many trials (observations per condition, for an ordering) would decide, if
    the estimate were the truth; None where it is decided, or where no sample would do. p_value: of
    the hypothesis that the prediction is true; low means contradicted.
    """

    verdict: Verdict
    estimate: float
    low: float
    high: float
    needed: int | None
    method: str
    p_value: float = 1.0


def judged_interval(
    successes: int,
    trials: int,
    low: Bound,
    high: Bound,
    *,
    clusters: Sequence[tuple[int, int]] | None = None,
    alpha: float = 0.05,
    seed: int = 0,
) -> Judgement:
    """Judges the prediction that a rate is in [low, high]; None: no bound on that side.

    clusters: (successes, trials) by scenario; the interval is then the wider one of the exact
    interval and the bootstrap over scenarios, so that dependence within a scenario can only make
    the judgement more careful. Raises InputError for counts that are none.
    """
    require_counts(successes, trials)
    bottom, top = _bounds(low, high)
    if clusters is not None and (
        sum(won for won, _ in clusters) != successes or sum(n for _, n in clusters) != trials
    ):
        raise InputError("the clusters do not sum to the counts", field="clusters")
    if trials == 0:
        return Judgement("inconclusive", math.nan, 0.0, 1.0, 1, "no data")
    used = [each for each in clusters or () if each[1] > 0]
    resampled = bootstrapped([won for won, _ in used], [size for _, size in used], seed=seed)
    method = "Clopper–Pearson" if clusters is None else "Clopper–Pearson ∪ cluster bootstrap"

    def interval(level: float) -> tuple[float, float]:
        left, right = clopper_pearson(successes, trials, level)
        if clusters is None:
            return left, right
        some = resampled(level)
        # All clusters alike: the bootstrap shows no spread, which is no evidence of independence.
        if len(used) >= 2 and some[0] == some[1]:
            some = clopper_pearson(round(successes / trials * len(used)), len(used), level)
        return min(left, some[0]), max(right, some[1])

    rate = successes / trials
    if clusters is not None:
        return judged_by(rate, trials, interval, alpha, (bottom, top), method)

    def larger(size: int) -> tuple[float, float]:
        return clopper_pearson(rate * size, size, alpha)

    return judged_by(rate, trials, interval, alpha, (bottom, top), method, larger)


def least_confirming(low: Bound, high: Bound, alpha: float = 0.05) -> int | None:
    """The fewest plays after which a rate that is as predicted, to the letter, can be confirmed.

    low, high: of the rate, the margin included. None beyond MAX_NEEDED.
    """
    ends = _bounds(low, high)
    rate = min(1.0, max(0.0, 0.0 if ends[0] <= 0 else 1.0 if ends[1] >= 1 else sum(ends) / 2))
    return _first(0, lambda n: _verdict(*clopper_pearson(rate * n, n, alpha), *ends))


def judged_ordering(
    higher: Sequence[float],
    lower: Sequence[float],
    *,
    higher_clusters: Sequence[str] | None = None,
    lower_clusters: Sequence[str] | None = None,
    alpha: float = 0.05,
    seed: int = 0,
    permutations: int = RESAMPLES,
) -> Judgement:
    """Judges the prediction that a quantity is higher in one condition than in the other.

    higher, lower: its observations; the estimate is the difference of their means, over clusters
    of the difference within each where clusters are named (a scenario played in both conditions).
    Consistent: the hypothesis "not higher" falls at alpha/2 by a permutation test; contradicted:
    "not lower" does. Within clusters the two conditions are exchanged as wholes, one sign per
    cluster, as observations of one scenario are not exchangeable one by one (Good 2005); without
    clusters observations are permuted. All permutations are tried where there are few.
    """
    require_level(alpha)
    one, two = np.asarray(higher, float), np.asarray(lower, float)
    if (higher_clusters is None) != (lower_clusters is None):
        raise InputError("clusters are named for one condition only", field="clusters")
    if higher_clusters is None or lower_clusters is None:
        if not len(one) or not len(two):
            return Judgement("inconclusive", math.nan, -math.inf, math.inf, 1, "no data")
        estimate = float(one.mean() - two.mean())
        null = exchanged(one, two, within=False, seed=seed, permutations=permutations)
        error = math.sqrt(one.var() / max(1, len(one) - 1) + two.var() / max(1, len(two) - 1))
        size, method = min(len(one), len(two)), "permutation test"
    else:
        if len(higher_clusters) != len(one) or len(lower_clusters) != len(two):
            raise InputError("each observation needs its cluster", field="clusters")
        pairs = paired(one, higher_clusters, two, lower_clusters)
        differences = pairs[0] - pairs[1]
        if not len(differences):
            return Judgement(
                "inconclusive", math.nan, -math.inf, math.inf, 1, "no scenario in both conditions"
            )
        estimate = float(differences.mean())
        null = exchanged(*pairs, within=True, seed=seed, permutations=permutations)
        error = float(differences.std()) / math.sqrt(max(1, len(differences) - 1))
        size, method = len(differences), "permutation test within scenarios"
    slack = 1e-12 * (1 + abs(estimate))
    above = float(np.mean(null >= estimate - slack))
    below = float(np.mean(null <= estimate + slack))
    half = NormalDist().inv_cdf(1 - alpha / 2) * error
    verdict: Verdict = "inconclusive"
    if above <= alpha / 2:
        verdict = "consistent"
    elif below <= alpha / 2:
        verdict = "contradicted"
    needed = None
    if verdict == "inconclusive" and estimate != 0:
        spread = max(error * math.sqrt(size), 1e-9)
        z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(0.8)
        needed = _capped(max(size + 1, math.ceil((z * spread / estimate) ** 2)))
    return Judgement(
        verdict, estimate, estimate - half, estimate + half, needed, method, min(1.0, 2 * below)
    )


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """p-values corrected for the size of their family (Holm 1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    corrected = [1.0] * len(p_values)
    largest = 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p_values[i]))
        corrected[i] = largest
    return tuple(corrected)


def corrected(judgements: Sequence[Judgement], alpha: float = 0.05) -> tuple[Judgement, ...]:
    """Judges a registered family together, with Holm's correction.

    A contradiction that the correction does not confirm becomes inconclusive; p-values are the
    corrected ones.
    """
    values = holm([each.p_value for each in judgements])
    return tuple(
        replace(
            each,
            p_value=value,
            verdict="inconclusive",
            method=f"{each.method}; contradicted but for Holm's correction",
        )
        if each.verdict == "contradicted" and value > alpha
        else replace(each, p_value=value)
        for each, value in zip(judgements, values, strict=True)
    )


def judged_sequentially(
    successes: float, trials: int, low: Bound, high: Bound, *, alpha: float = 0.05
) -> Judgement:
    """Judges as ``judged_interval`` does, for a data-dependent sample size."""
    predicted = _bounds(low, high)

    def interval(level: float) -> tuple[float, float]:
        return confidence_sequence(successes, trials, level)

    if trials == 0:
        return Judgement("inconclusive", math.nan, *interval(alpha), 1, "no data")
    rate, method = successes / trials, "beta-binomial confidence sequence"

    def larger(size: int) -> tuple[float, float]:
        return confidence_sequence(rate * size, size, alpha)

    return judged_by(rate, trials, interval, alpha, predicted, method, larger)


def judged_values(
    values: Sequence[float],
    low: Bound,
    high: Bound,
    *,
    range_of: tuple[float, float] = (0.0, 1.0),
    sequential: bool = False,
    alpha: float = 0.05,
) -> Judgement:
    """Judges a mean of values in range_of by ``betting_interval``.

    sequential: the sample size may depend on the data.
    """
    predicted = _bounds(low, high)
    least, most = range_of
    width = (most - least) or 1.0
    scaled = np.clip((np.asarray(values, float) - least) / width, 0, 1).tolist()

    def at(sample: Sequence[float], level: float) -> tuple[float, float]:
        left, right = betting_interval(sample, level, sequential=sequential)
        return least + left * width, min(most, least + right * width)

    def interval(level: float) -> tuple[float, float]:
        return at(scaled, level)

    def larger(size: int) -> tuple[float, float]:
        """The interval of the same values again and again."""
        return at(np.resize(scaled, min(size, MAX_NEEDED)).tolist(), alpha)

    if not len(scaled):
        return Judgement("inconclusive", math.nan, least, most, 1, "no data")
    method = "betting confidence sequence" if sequential else "betting interval"
    mean = float(np.mean(values))
    return judged_by(mean, len(scaled), interval, alpha, predicted, method, larger)


def judged_ordering_sequentially(
    higher: Sequence[float],
    lower: Sequence[float],
    *,
    range_of: tuple[float, float] = (0.0, 1.0),
    alpha: float = 0.05,
) -> Judgement:
    """Judges as ``judged_ordering`` does, for values in range_of and a data-dependent sample size.

    Each mean is in its confidence sequence at level alpha/2, which bounds their difference.
    """
    least, width = range_of[0], (range_of[1] - range_of[0]) or 1.0
    if not len(higher) or not len(lower):
        return Judgement("inconclusive", math.nan, -width, width, 1, "no data")

    def interval(level: float) -> tuple[float, float]:
        (a, b), (c, d) = (
            confidence_sequence(
                sum(min(1.0, max(0.0, (value - least) / width)) for value in each),
                len(each),
                level / 2,
            )
            for each in (higher, lower)
        )
        return (a - d) * width, (b - c) * width

    estimate = float(np.mean(higher) - np.mean(lower))
    size = min(len(higher), len(lower))
    method = "two beta-binomial confidence sequences"
    return judged_by(estimate, size, interval, alpha, (0.0, math.inf), method)


def judged_by(
    estimate: float,
    size: int,
    interval: Interval,
    alpha: float,
    predicted: tuple[float, float],
    method: str,
    larger: Callable[[int], tuple[float, float]] | None = None,
) -> Judgement:
    """Judges by a confidence interval that is known at every level, against the predicted one.

    larger: the interval at another sample size, were the estimate the truth; None: it shrinks like
    1/√size.
    """
    found = interval(alpha)

    def shrunk(other: int) -> tuple[float, float]:
        part = math.sqrt(size / other)
        return estimate - (estimate - found[0]) * part, estimate + (found[1] - estimate) * part

    verdict = _verdict(*found, *predicted)
    return Judgement(
        verdict=verdict,
        estimate=estimate,
        low=found[0],
        high=found[1],
        needed=_first(size, lambda other: _verdict(*(larger or shrunk)(other), *predicted))
        if verdict == "inconclusive"
        else None,
        method=method,
        p_value=_p_value(interval, *predicted),
    )


def _verdict(left: float, right: float, bottom: float, top: float) -> Verdict:
    if bottom <= left and right <= top:
        return "consistent"
    if right < bottom or left > top:
        return "contradicted"
    return "inconclusive"


def _first(size: int, verdict: Callable[[int], Verdict]) -> int | None:
    """The least sample size above ``size`` that decides, by doubling and halving; None: none."""
    low, high = size, max(1, 2 * size)
    while verdict(high) == "inconclusive":
        low, high = high, 2 * high
        if high > MAX_NEEDED:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if verdict(middle) == "inconclusive" else (low, middle)
    return high


def _capped(size: int) -> int | None:
    return size if size <= MAX_NEEDED else None


def _p_value(interval: Interval, bottom: float, top: float) -> float:
    """The least level at which the prediction is contradicted, by bisection."""

    def contradicted(level: float) -> bool:
        left, right = interval(level)
        return bool(right < bottom or left > top)

    if not contradicted(1 - 1e-9):
        return 1.0
    low, high = math.log(1e-12), 0.0
    for _ in range(24):
        middle = (low + high) / 2
        if contradicted(min(math.exp(middle), 1 - 1e-9)):
            high = middle
        else:
            low = middle
    return math.exp(high)


def _bounds(low: Bound, high: Bound) -> tuple[float, float]:
    bottom = -math.inf if low is None else float(low)
    top = math.inf if high is None else float(high)
    if not bottom <= top:
        raise InputError(f"the interval [{low}, {high}] is empty", field="low")
    return bottom, top
