"""The verdict of data on a prediction: consistent, contradicted or inconclusive.

A prediction of an interval [low, high] for a rate is *contradicted* when a confidence interval for
the rate lies outside it, *consistent* when the confidence interval lies inside it, and else
inconclusive: absence of evidence is not evidence. Under a true prediction "contradicted" has a
probability of at most ALPHA, under a false one "consistent" has. Statistics: floats throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from coopgap.llm_checks.judging.intervals import (
    ALPHA,
    RESAMPLES,
    Floats,
    Interval,
    betting_interval,
    bootstrapped,
    clopper_pearson,
    confidence_sequence,
)
from coopgap.theory.errors import InputError

Verdict = Literal["consistent", "contradicted", "inconclusive"]
VERDICTS: tuple[Verdict, ...] = ("consistent", "contradicted", "inconclusive")

MAX_NEEDED = 1 << 16
"""No larger sample is said to be needed; beyond it ``needed`` is None."""

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

    @property
    def ends(self) -> tuple[float, float, float]:
        """The estimate, and the ends of its interval."""
        return self.estimate, self.low, self.high


def judged_interval(
    successes: int,
    trials: int,
    low: Bound,
    high: Bound,
    *,
    clusters: Sequence[tuple[int, int]] | None = None,
    seed: int = 0,
) -> Judgement:
    """Judges the prediction that a rate is in [low, high]; None: no bound on that side.

    clusters: (successes, trials) by scenario; the interval is then the wider one of the exact
    interval and the bootstrap over scenarios, so that dependence within a scenario can only make
    the judgement more careful. Raises InputError if the bounds cross.
    """
    if clusters is None or trials == 0:
        return _of_rate(clopper_pearson, successes, trials, low, high, "Clopper–Pearson")
    rate, nonempty = successes / trials, [cluster for cluster in clusters if cluster[1] > 0]
    resampled = bootstrapped(nonempty, seed=seed)

    def interval(level: float) -> tuple[float, float]:
        (left, right), bootstrap = clopper_pearson(successes, trials, level), resampled(level)
        # All clusters alike: the bootstrap shows no spread, which is no evidence of independence.
        if len(nonempty) >= 2 and bootstrap[0] == bootstrap[1]:
            bootstrap = clopper_pearson(round(rate * len(nonempty)), len(nonempty), level)
        return min(left, bootstrap[0]), max(right, bootstrap[1])

    method = "Clopper–Pearson ∪ cluster bootstrap"
    return judged_by(rate, trials, interval, bounded(low, high), method)


def judged_sequentially(successes: float, trials: int, low: Bound, high: Bound) -> Judgement:
    """Judges as ``judged_interval`` does, for a data-dependent sample size."""
    method = "beta-binomial confidence sequence"
    return _of_rate(confidence_sequence, successes, trials, low, high, method)


def _of_rate(
    interval: Callable[[float, int, float], tuple[float, float]],
    successes: float,
    trials: int,
    low: Bound,
    high: Bound,
    method: str,
) -> Judgement:
    """Judges a rate by an interval of any number of trials."""
    predicted = bounded(low, high)
    if trials == 0:
        return undecided("no data", 0.0, 1.0, 1)
    rate, own = successes / trials, partial(interval, successes, trials)

    def larger(size: int) -> tuple[float, float]:
        return interval(rate * size, size, ALPHA)

    return judged_by(rate, trials, own, predicted, method, larger)


def undecided(
    reason: str, low: float = math.nan, high: float = math.nan, needed: int | None = None
) -> Judgement:
    """No verdict, for a reason."""
    return Judgement("inconclusive", math.nan, low, high, needed, reason)


def least_confirming(low: Bound, high: Bound) -> int | None:
    """The fewest plays after which a rate that is as predicted, to the letter, can be confirmed.

    low, high: of the rate, the margin included. None beyond MAX_NEEDED.
    """
    ends = bounded(low, high)
    rate = min(1.0, max(0.0, 0.0 if ends[0] <= 0 else 1.0 if ends[1] >= 1 else sum(ends) / 2))
    return _deciding_size(0, lambda n: verdict_on(*clopper_pearson(rate * n, n), *ends))


def judged_ordering(
    higher: Sequence[float],
    lower: Sequence[float],
    *,
    clusters: tuple[Sequence[str], Sequence[str]] | None = None,
    seed: int = 0,
) -> Judgement:
    """Judges the prediction that a quantity is higher in one condition than in the other.

    higher, lower: its observations; the estimate is the difference of their means, over clusters
    of the difference within each where clusters are named (a scenario played in both conditions).
    Consistent: the hypothesis "not higher" falls at ALPHA/2 by a permutation test; contradicted:
    "not lower" does. Within clusters the two conditions are exchanged as wholes, one sign per
    cluster, as observations of one scenario are not exchangeable one by one (Good 2005); without
    clusters observations are permuted. All permutations are tried where there are few.
    """
    x, y = np.asarray(higher, float), np.asarray(lower, float)
    method, lacking = "permutation test", "no data"
    if clusters is not None:
        x, y = paired(x, clusters[0], y, clusters[1])
        method, lacking = f"{method} within scenarios", "no scenario in both conditions"
    size = min(len(x), len(y))
    if not size:
        return undecided(lacking, -math.inf, math.inf, 1)
    spreads = [x, y] if clusters is None else [x - y]
    error = math.sqrt(sum(sample.var() / max(1, len(sample) - 1) for sample in spreads))
    estimate = float(x.mean() - y.mean())
    null = exchanged(x, y, within=clusters is not None, seed=seed)
    slack = 1e-12 * (1 + abs(estimate))
    above = float(np.mean(null >= estimate - slack))
    below = float(np.mean(null <= estimate + slack))
    verdict: Verdict = "inconclusive"
    if min(above, below) <= ALPHA / 2:
        verdict = "consistent" if above <= ALPHA / 2 else "contradicted"
    z, needed = NormalDist().inv_cdf(1 - ALPHA / 2), None
    if verdict == "inconclusive" and estimate != 0:
        spread = max(error * math.sqrt(size), 1e-9)
        more = math.ceil(((z + NormalDist().inv_cdf(0.8)) * spread / estimate) ** 2)
        needed = max(size + 1, more) if max(size + 1, more) <= MAX_NEEDED else None
    ends = estimate - z * error, estimate + z * error
    return Judgement(verdict, estimate, *ends, needed, method, min(1.0, 2 * below))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """p-values corrected for the size of their family (Holm 1979), in the order given."""
    p = np.asarray(p_values, float)
    order = np.argsort(p, kind="stable")
    p[order] = np.maximum.accumulate(np.minimum(1, np.arange(len(p), 0, -1) * p[order]))
    return tuple(p.tolist())


def corrected(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """Judges a registered family together, with Holm's correction.

    A contradiction that the correction does not confirm becomes inconclusive; p-values are the
    corrected ones.
    """
    values = holm([judgement.p_value for judgement in judgements])
    return tuple(
        replace(
            judgement,
            p_value=value,
            verdict="inconclusive",
            method=f"{judgement.method}; contradicted but for Holm's correction",
        )
        if judgement.verdict == "contradicted" and value > ALPHA
        else replace(judgement, p_value=value)
        for judgement, value in zip(judgements, values, strict=True)
    )


def corrected_entries(entries: Sequence[Any], counts: Callable[[Any], bool]) -> tuple[Any, ...]:
    """What has a judgement, those that count being corrected together as ``corrected`` does."""
    final = iter(corrected([entry.judgement for entry in filter(counts, entries)]))
    return tuple(replace(own, judgement=next(final)) if counts(own) else own for own in entries)


def judged_values(
    values: Sequence[float],
    low: Bound,
    high: Bound,
    *,
    range_of: tuple[float, float] = (0.0, 1.0),
    sequential: bool = False,
) -> Judgement:
    """Judges a mean of values in range_of by ``betting_interval``.

    sequential: the sample size may depend on the data.
    """
    predicted = bounded(low, high)
    least, most = range_of
    width = (most - least) or 1.0
    scaled = np.clip((np.asarray(values, float) - least) / width, 0, 1).tolist()

    def at(sample: Sequence[float], level: float) -> tuple[float, float]:
        left, right = betting_interval(sample, level, sequential=sequential)
        return least + left * width, min(most, least + right * width)

    def larger(size: int) -> tuple[float, float]:
        """The interval of the same values again and again."""
        return at(np.resize(scaled, min(size, MAX_NEEDED)).tolist(), ALPHA)

    if not scaled:
        return undecided("no data", least, most, 1)
    method = "betting confidence sequence" if sequential else "betting interval"
    mean, interval = float(np.mean(values)), partial(at, scaled)
    return judged_by(mean, len(scaled), interval, predicted, method, larger)


def judged_ordering_sequentially(
    higher: Sequence[float],
    lower: Sequence[float],
    *,
    range_of: tuple[float, float] = (0.0, 1.0),
) -> Judgement:
    """Judges as ``judged_ordering`` does, for values in range_of and a data-dependent sample size.

    Each mean is in its confidence sequence at level ALPHA/2, which bounds their difference.
    """
    least, width = range_of[0], (range_of[1] - range_of[0]) or 1.0
    if not len(higher) or not len(lower):
        return undecided("no data", -width, width, 1)

    def interval(level: float) -> tuple[float, float]:
        (a, b), (c, d) = (
            confidence_sequence(
                sum(min(1.0, max(0.0, (value - least) / width)) for value in sample),
                len(sample),
                level / 2,
            )
            for sample in (higher, lower)
        )
        return (a - d) * width, (b - c) * width

    estimate = float(np.mean(higher) - np.mean(lower))
    size = min(len(higher), len(lower))
    method = "two beta-binomial confidence sequences"
    return judged_by(estimate, size, interval, (0.0, math.inf), method)


def judged_by(
    estimate: float,
    size: int,
    interval: Interval,
    predicted: tuple[float, float],
    method: str,
    larger: Callable[[int], tuple[float, float]] | None = None,
) -> Judgement:
    """Judges by a confidence interval that is known at every level, against the predicted one.

    larger: the interval at another sample size, were the estimate the truth; None: it shrinks like
    1/√size.
    """
    ends = interval(ALPHA)

    def shrunk(count: int) -> tuple[float, float]:
        part = math.sqrt(size / count)
        return estimate - (estimate - ends[0]) * part, estimate + (ends[1] - estimate) * part

    verdict = verdict_on(*ends, *predicted)
    return Judgement(
        verdict=verdict,
        estimate=estimate,
        low=ends[0],
        high=ends[1],
        needed=_deciding_size(
            size, lambda count: verdict_on(*(larger or shrunk)(count), *predicted)
        )
        if verdict == "inconclusive"
        else None,
        method=method,
        p_value=_p_value(interval, *predicted),
    )


def widened(low: Bound, high: Bound, slack: Fraction | float) -> tuple[Bound, Bound]:
    """The bounds that data are judged by: those of one number, give or take so much."""
    return (low, high) if low is None or low != high else (low - slack, low + slack)


def verdict_on(left: float, right: float, bottom: float, top: float) -> Verdict:
    """The verdict of an interval, from left to right, on the prediction of another one."""
    if bottom <= left and right <= top:
        return "consistent"
    if right < bottom or left > top:
        return "contradicted"
    return "inconclusive"


def _deciding_size(size: int, verdict: Callable[[int], Verdict]) -> int | None:
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


def bounded(low: Bound, high: Bound) -> tuple[float, float]:
    """Bounds as floats, without end where there is none. Raises InputError if they cross."""
    bottom = -math.inf if low is None else float(low)
    top = math.inf if high is None else float(high)
    if not bottom <= top:
        raise InputError(f"the interval [{low}, {high}] is empty", field="low")
    return bottom, top


def exchanged(x: Floats, y: Floats, within: bool, seed: int) -> Floats:
    """The differences of means under permutations, all of them where there are few.

    within: the two are exchanged pair by pair.
    """
    from scipy.stats import permutation_test

    def difference(a: Floats, b: Floats, axis: int) -> Floats:
        return np.asarray(a.mean(axis) - b.mean(axis))

    if len(x) == len(y) == 1:
        # SciPy wants two observations; of one there is one exchange.
        gap = x[0] - y[0]
        return np.array([gap, -gap])
    test = permutation_test(
        (x, y),
        difference,
        permutation_type="samples" if within else "independent",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=1000,
        rng=np.random.default_rng(seed),
    )
    # The data are a permutation too: so the test is exact at any number of draws.
    return np.append(test.null_distribution, difference(x, y, 0))


def paired(
    x: Floats, x_clusters: Sequence[str], y: Floats, y_clusters: Sequence[str]
) -> tuple[Floats, Floats]:
    """The means of each cluster that both have."""
    left, right = np.asarray(x_clusters, str), np.asarray(y_clusters, str)
    shared = sorted(set(left.tolist()) & set(right.tolist()))
    return (
        np.array([x[left == name].mean() for name in shared]),
        np.array([y[right == name].mean() for name in shared]),
    )
