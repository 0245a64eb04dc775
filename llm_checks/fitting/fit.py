"""λ and β from choices: pooled logit equilibria fitted by maximum likelihood, with intervals.

Floats: statistics, not verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from coopgap.llm_checks.fitting.binary import Floats
from coopgap.llm_checks.fitting.choices import Choices, Dropped
from coopgap.llm_checks.fitting.likelihood import ALPHAS, KAPPA_MAX, LOGS, Likelihood, Peak
from coopgap.llm_checks.fitting.qre import RULES, Rule
from coopgap.llm_checks.predicting.predictions import plain
from coopgap.theory.errors import InputError

LEVEL = 0.05

DROP = 1.920729410347062
"""How far the profile falls to the end of an interval: half the 95 % quantile of χ² with one degree
of freedom."""

FLAT = 1e-4
"""Log-likelihoods that differ by no more tell no λ from another."""

WIDE = 0.05
"""So much of α = λ/(1 + λ) is more than a point: a curved maximum is as flat only where α has a
standard error above 1."""

JUMP = 0.5
"""A drop of the log-likelihood within a ten-thousandth that is no slope but a jump."""

AT_ONCE = 25
"""Refits between two lines of progress."""

JUMPING = (
    "profile likelihood, which jumps where an interval ends: neither the interval nor a test "
    "against a threshold has its nominal level; use --bootstrap"
)


@dataclass(frozen=True)
class Estimate:
    """A number and its 95 % interval; None: unbounded on that side, or an infinite estimate."""

    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Range:
    """From low to high; None: without end."""

    low: float
    high: float | None


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    games: how many. selection: the rule that says which of several equilibria is played; principal:
    the best on the principal branch, where the other rule has a higher maximum. precision: β(1 +
    λ), None if infinite. equally_likely: the λ that explain the choices as well as the estimate
    does, where they are many; identified: whether they are not. threshold: the likelihood-ratio
    test of λ̂ against λ*. multiplicity: games in which several equilibria were found at the
    estimate; folded: games whose principal branch ends before it; off_branch: games at another
    equilibrium than the principal one. influence: λ̂ without each game in turn, None if infinite.
    conditions: those whose choices are fitted, several if they were pooled; empty if not named.
    """

    lambda_: Estimate
    beta: Estimate
    precision: float | None
    log_likelihood: float
    selection: Rule
    principal: dict[str, float | None] | None
    games: int
    choices: int
    identified: bool
    equally_likely: Range | None
    intervals: str
    threshold: dict[str, Any] | None
    multiplicity: tuple[str, ...]
    folded: tuple[str, ...]
    off_branch: tuple[str, ...]
    influence: tuple[tuple[str, float | None], ...]
    dropped: tuple[Dropped, ...]
    conditions: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """``coopgap.fit/1``: plain JSON values, null for what is unbounded."""
        values = plain(self)
        values["influence"] = [{"game": g, "lambda_without": v} for g, v in self.influence]
        return {"schema": "coopgap.fit/1", "lambda": values.pop("lambda_"), **values}


def fit(
    choices: Choices,
    *,
    bootstrap: int = 0,
    threshold: float | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Fit:
    """Fits (λ, β) to choices pooled over games.

    Intervals are profile-likelihood intervals, or with ``bootstrap`` > 0 the percentiles of so many
    refits to games drawn with replacement. Raises InputError if there is no choice to fit.
    """
    if threshold is not None and not (math.isfinite(threshold) and threshold >= 0):
        raise InputError(
            f"{threshold} is no level of λ", fix="give a number ≥ 0", field="--threshold"
        )
    likelihood = Likelihood(choices)
    best = likelihood.best
    if bootstrap:
        lambda_, beta = _bootstrapped(likelihood, best, bootstrap, seed, progress)
        intervals = f"cluster bootstrap, {bootstrap} refits"
    else:
        lambda_, beta, jumping = _profiles(likelihood, best)
        intervals = JUMPING if jumping else "profile likelihood"
    many, folded, off = likelihood.diagnosis(best)
    alike = _equally_likely(likelihood, best)
    return Fit(
        lambda_=lambda_,
        beta=beta,
        precision=_finite(best.precision),
        log_likelihood=best.value,
        selection=best.rule,
        principal=_principal(likelihood, best),
        games=len(choices.games),
        choices=int(sum(game.counts.sum() for game in choices.games)),
        identified=alike is None,
        equally_likely=alike,
        intervals=intervals,
        threshold=None if threshold is None else _tested(likelihood, best, threshold),
        multiplicity=many,
        folded=folded,
        off_branch=off,
        influence=_influence(likelihood, best),
        dropped=choices.dropped,
        conditions=tuple(dict.fromkeys(game.condition for game in choices.games if game.condition)),
    )


def document(fits: Sequence[Fit], choices: Choices) -> dict[str, Any]:
    """The document of the only fit, or ``coopgap.fits/1`` of those of several conditions."""
    if len(fits) == 1:
        return fits[0].document()
    return {
        "schema": "coopgap.fits/1",
        "fits": [fitted.document() for fitted in fits],
        "dropped": [asdict(row) for row in choices.dropped],
    }


def crossings(
    profile: Callable[[Floats], Floats], inside: Floats, outside: Floats, level: float
) -> list[tuple[float | None, bool]]:
    """Where a profile falls below a level on the ways out, None if nowhere.

    And whether it jumps there.
    """
    height, depth, own = profile(inside), profile(outside), np.arange(len(inside))
    ends = depth < level
    while np.abs(outside - inside).max() > 1e-4:
        ways = np.linspace(inside, outside, 10, axis=1)
        between = profile(ways[:, 1:-1].ravel()).reshape(len(own), -1)
        values = np.column_stack([height, between, depth])
        below = values < level
        below[:, -1] = True
        first = np.maximum(below.argmax(1), 1)
        inside, outside = ways[own, first - 1], ways[own, first]
        height, depth = values[own, first - 1], values[own, first]
    jumping = height - depth > JUMP
    return [
        (float(end), bool(jump)) if fell else (None, False)
        for end, jump, fell in zip(inside, jumping, ends, strict=True)
    ]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _principal(likelihood: Likelihood, best: Peak) -> dict[str, float | None] | None:
    if best.rule == "principal":
        return None
    (peak,) = likelihood.maxima(["principal"])
    return {
        "lambda": _finite(peak.lambda_),
        "beta": _finite(peak.beta),
        "log_likelihood": peak.value,
    }


def _profiles(likelihood: Likelihood, best: Peak) -> tuple[Estimate, Estimate, bool]:
    """The intervals of λ and β, and whether the profile jumps at an end of one.

    The way out begins at the outermost points of the table that are within.
    """
    level = best.value - DROP

    of_lambda = partial(likelihood.given_lambda, rule=best.rule)

    def of_beta(logs: Floats) -> Floats:
        return likelihood.given_beta(np.expm1(logs), best.rule)

    table = likelihood.table[RULES.index(best.rule)].sum(0)
    alphas, logs = (grid[table >= level] for grid in np.meshgrid(ALPHAS, LOGS, indexing="ij"))
    top = math.log1p(0.9 * KAPPA_MAX)
    betas = np.append(np.log1p((1 - alphas) * np.expm1(logs)), math.log1p(best.beta)).clip(0, top)
    alphas = np.append(alphas, best.alpha)
    ends = [
        *crossings(of_lambda, np.array([alphas.min(), alphas.max()]), np.array([0.0, 1.0]), level),
        *crossings(of_beta, np.array([betas.min(), betas.max()]), np.array([0.0, top]), level),
    ]
    low, high, least, most = (end for end, _ in ends)
    return (
        Estimate(
            _finite(best.lambda_),
            0.0 if low is None else _finite(Peak(low, 0, 0).lambda_),
            None if high is None else _finite(Peak(high, 0, 0).lambda_),
        ),
        Estimate(
            _finite(best.beta),
            0.0 if least is None else math.expm1(least),
            None
            if most is None or likelihood.is_cut(math.expm1(most), best.rule)
            else math.expm1(most),
        ),
        any(jumping for _, jumping in ends),
    )


def _equally_likely(likelihood: Likelihood, best: Peak) -> Range | None:
    """The levels of λ around the estimate that are as likely, if they are more than a point."""
    if best.kappa <= 1e-6:
        return Range(0.0, None)
    of_lambda = partial(likelihood.given_lambda, rule=best.rule)
    ways = np.full(2, best.alpha), np.array([0.0, 1.0])
    (below, _), (above, _) = crossings(of_lambda, *ways, best.value - FLAT)
    low, high = (0.0 if below is None else below), (1.0 if above is None else above)
    if high - low < WIDE:
        return None
    return Range(Peak(low, 0, 0).lambda_, _finite(Peak(high, 0, 0).lambda_))


def _tested(likelihood: Likelihood, best: Peak, threshold: float) -> dict[str, Any]:
    alpha = threshold / (1 + threshold)
    profile = float(likelihood.given_lambda(np.array([alpha]), best.rule)[0])
    statistic = max(0.0, 2 * (best.value - profile))
    p_value = math.erfc(math.sqrt(statistic / 2))
    side = "above" if best.alpha > alpha else "below"
    verdict = side if p_value <= LEVEL else "inconclusive"
    return {"lambda": threshold, "statistic": statistic, "p_value": p_value, "verdict": verdict}


def _bootstrapped(
    likelihood: Likelihood,
    best: Peak,
    count: int,
    seed: int,
    progress: Callable[[str], None] | None,
) -> tuple[Estimate, Estimate]:
    size, generator = len(likelihood), np.random.default_rng(seed)
    peaks: list[Peak] = []
    while len(peaks) < count:
        if progress is not None:
            progress(f"refit {len(peaks) + 1} of {count}")
        samples = generator.integers(size, size=(min(AT_ONCE, count - len(peaks)), size))
        weights = np.stack([np.bincount(sample, minlength=size) for sample in samples])
        peaks += likelihood.refits(best, weights.astype(float))

    def interval(estimate: float, values: list[float]) -> Estimate:
        ranked = sorted(values)
        low = ranked[math.floor(LEVEL / 2 * (count - 1))]
        high = ranked[math.ceil((1 - LEVEL / 2) * (count - 1))]
        return Estimate(_finite(estimate), _finite(low), _finite(high))

    return (
        interval(best.lambda_, [peak.lambda_ for peak in peaks]),
        interval(best.beta, [peak.beta for peak in peaks]),
    )


def _influence(likelihood: Likelihood, best: Peak) -> tuple[tuple[str, float | None], ...]:
    if len(likelihood) < 2:
        return ()
    peaks = likelihood.refits(best, 1 - np.eye(len(likelihood)))
    return tuple(
        (name, _finite(peak.lambda_)) for name, peak in zip(likelihood.names, peaks, strict=True)
    )
