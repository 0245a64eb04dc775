"""Confidence intervals of rates and means, for one sample size or for all at once.

Statistics: floats throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from coopgap.theory.errors import InputError

Floats = NDArray[np.float64]
Interval = Callable[[float], tuple[float, float]]
"""A confidence interval at every level alpha."""

ALPHA = 0.05
"""The level of all judgements."""

RESAMPLES = 2000
"""Bootstrap samples and random permutations."""


def clopper_pearson(successes: float, trials: int, alpha: float = ALPHA) -> tuple[float, float]:
    """The exact confidence interval of a rate (Clopper and Pearson 1934)."""
    from scipy.stats import beta

    failures = trials - successes
    low = 0.0 if successes == 0 else float(beta.ppf(alpha / 2, successes, failures + 1))
    high = 1.0 if failures == 0 else float(beta.ppf(1 - alpha / 2, successes + 1, failures))
    return low, high


def bootstrapped(clusters: Sequence[tuple[float, float]], *, seed: int = 0) -> Interval:
    """A confidence interval of a rate whose trials come in clusters, by drawing clusters.

    clusters: the successes and the trials of each. The percentile interval at every level from one
    set of samples, widened by √(m/(m−1)) and by Student's quantile over the normal one, without
    which few clusters give too narrow an interval (Cameron, Gelbach and Miller 2008; Hesterberg
    2015).
    """
    from scipy.stats import t

    count = len(clusters)
    if count < 2:
        return lambda _: (0.0, 1.0)
    successes, trials = np.asarray(clusters, float).T
    draws = np.random.default_rng(seed).integers(count, size=(RESAMPLES, count))
    rates = successes[draws].sum(1) / trials[draws].sum(1)
    centre = successes.sum() / trials.sum()

    def interval(alpha: float) -> tuple[float, float]:
        wide = t.ppf(1 - alpha / 2, count - 1) / NormalDist().inv_cdf(1 - alpha / 2)
        wide *= math.sqrt(count / (count - 1))
        low, high = centre + wide * (np.quantile(rates, [alpha / 2, 1 - alpha / 2]) - centre)
        return max(0.0, float(low)), min(1.0, float(high))

    return interval


def betting_interval(
    values: Sequence[float], alpha: float = ALPHA, *, sequential: bool = False
) -> tuple[float, float]:
    """A confidence interval for the mean of values in [0, 1] that adapts to their variance.

    The means against which no bettor who bets on either side of them, as much as the variance seen
    so far suggests, multiplies its money by 2/alpha (Waudby-Smith and Ramdas 2024). For values
    whose mean given the past is always the same. sequential: bets are placed for holding at all
    sample sizes at once; else for this one, where both kinds hold.
    """
    from scipy.optimize import brentq

    x = np.asarray(values, float)
    if not len(x):
        return 0.0, 1.0
    if x.min() < 0 or x.max() > 1:
        raise InputError("a value is outside [0, 1]", field="values")
    t = np.arange(1, len(x) + 1)
    mean = (0.5 + np.cumsum(x)) / (t + 1)
    variance = (0.25 + np.cumsum((x - mean) ** 2)) / (t + 1)
    before = np.append(0.25, variance[:-1])
    horizon = t * np.log1p(t) if sequential else np.full(len(x), float(len(x)))
    bets = np.sqrt(2 * math.log(2 / 0.05) / (before * horizon))
    goal = math.log(2 / alpha)

    def edge(y: Floats) -> float:
        """The largest mean against which betting on more wins."""

        def excess(m: float) -> float:
            return float(np.log1p(np.minimum(bets, 0.75 / m) * (y - m)).sum()) - goal

        return float(brentq(excess, 1e-12, 1)) if excess(1e-12) > 0 else 0.0

    return edge(x), 1 - edge(1 - x)


# The same counts are looked at again and again while a run goes on.
@lru_cache(4096)
def confidence_sequence(successes: float, trials: int, alpha: float = ALPHA) -> tuple[float, float]:
    """A confidence sequence for a rate: intervals that hold at all sample sizes at once.

    The rates that a beta-binomial mixture's wealth does not reject: B(½+s, ½+f) / B(½, ½) is at
    most p^s (1−p)^f / alpha (Robbins 1970; Ville 1939; Howard, Ramdas, McAuliffe and Sekhon 2021).
    For a rate that given the past is always the same; for independent trials of several rates, of
    their mean, whenever each was tried equally often (by the inequality of means, no product of
    expected factors is more than their mean's). Trials may be any values in [0, 1], ``successes``
    being their sum: each factor is convex in the value, so a coin of the same mean is the worst.
    """
    from scipy.optimize import brentq
    from scipy.special import betaln

    if trials == 0:
        return 0.0, 1.0
    failures = trials - successes
    wealth = betaln(0.5 + successes, 0.5 + failures) - betaln(0.5, 0.5) + math.log(alpha)

    def excess(p: float) -> float:
        part = successes * math.log(p) if successes else 0.0
        return part + (failures * math.log1p(-p) if failures else 0.0) - float(wealth)

    rate = successes / trials
    tiny = 1e-300
    low = 0.0 if successes == 0 else float(brentq(excess, tiny, min(rate, 1 - 1e-16)))
    high = 1.0 if failures == 0 else float(brentq(excess, max(rate, tiny), 1 - 1e-16))
    return low, high
