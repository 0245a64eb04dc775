"""λ and β from choices: pooled logit equilibria fitted by maximum likelihood.

The likelihood is a function of α = λ/(1 + λ) in [0, 1] and κ = β(1 + λ) in [0, KAPPA_MAX], see
llm_checks.qre; so neither end of λ is the edge of a grid. Floats: statistics, not verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_checks import qre
from llm_checks.choices import Choices, Dropped
from theory.errors import InputError

Floats = NDArray[np.float64]

KAPPA_MAX = 1000.0
"""Precision on payoffs of at most 1 from which on play counts as free of error."""

ALPHAS = np.linspace(0, 1, 21)
LOGS = np.linspace(0, math.log1p(KAPPA_MAX), 22)
"""Where the likelihood is tabulated to find the hills on which to climb: α and log(1 + κ)."""

ROUNDS, QUICK_ROUNDS = 8, 2
"""How often the grid around a hill is made finer, for an estimate and for one refit of many."""

LEVEL = 0.05

JUMP = 0.5
"""A drop of the log-likelihood within a thousandth that is no slope but a jump."""

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
class Fit:
    """A fitted model. games: how many. identified: at κ = 0 every λ plays alike. threshold: the
    likelihood-ratio test of λ̂ against λ*. multiplicity: games in which several equilibria were
    found at the estimate; folded: games whose principal branch ends before it. influence: λ̂
    without each game in turn, None if infinite."""

    lambda_: Estimate
    beta: Estimate
    log_likelihood: float
    games: int
    choices: int
    identified: bool
    intervals: str
    threshold: dict[str, Any] | None
    multiplicity: tuple[str, ...]
    folded: tuple[str, ...]
    influence: tuple[tuple[str, float | None], ...]
    dropped: tuple[Dropped, ...]

    def document(self) -> dict[str, Any]:
        """``coopgap.fit/1``: plain JSON values, null for what is unbounded."""
        plain = asdict(self)
        plain["influence"] = [{"game": g, "lambda_without": v} for g, v in self.influence]
        for key in ("multiplicity", "folded", "dropped"):
            plain[key] = list(plain[key])
        return {"schema": "coopgap.fit/1", "lambda": plain.pop("lambda_"), **plain}


@dataclass(frozen=True)
class Peak:
    """A point of the parameter space and its log-likelihood."""

    alpha: float
    kappa: float
    value: float

    @property
    def lambda_(self) -> float:
        """λ = α/(1 − α)."""
        return math.inf if self.alpha >= 1 - 1e-9 else self.alpha / (1 - self.alpha)

    @property
    def beta(self) -> float:
        """β = κ(1 − α); infinite where precision is at its limit."""
        beta = self.kappa * (1 - self.alpha)
        return math.inf if beta >= 0.9 * KAPPA_MAX else beta


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
    best = likelihood.maximum()
    if bootstrap:
        lambda_, beta = _bootstrapped(likelihood, best, bootstrap, seed, progress)
        intervals = f"cluster bootstrap, {bootstrap} refits"
    else:
        lambda_, beta, jumping = _profiles(likelihood, best)
        intervals = JUMPING if jumping else "profile likelihood"
    many, folded = likelihood.diagnosis(best)
    return Fit(
        lambda_=lambda_,
        beta=beta,
        log_likelihood=best.value,
        games=len(choices.games),
        choices=int(sum(each.counts.sum() for each in choices.games)),
        identified=best.kappa > 1e-6,
        intervals=intervals,
        threshold=None if threshold is None else _tested(likelihood, best, threshold),
        multiplicity=many,
        folded=folded,
        influence=_influence(likelihood),
        dropped=choices.dropped,
    )


def point_estimate(choices: Choices) -> Peak:
    """The maximum of the likelihood alone."""
    return Likelihood(choices).maximum()


class Likelihood:
    """The log-likelihood of pooled choices."""

    def __init__(self, choices: Choices) -> None:
        if not choices.games:
            raise InputError("there is no choice to fit", fix="give games with choices")
        shapes: dict[tuple[Any, ...], list[int]] = {}
        for index, game in enumerate(choices.games):
            shape = (game.payoffs.shape, qre.is_symmetric(game.payoffs))
            shapes.setdefault(shape, []).append(index)
        self.names = tuple(game.name for game in choices.games)
        self.groups = []
        for members in shapes.values():
            group = [choices.games[i] for i in members]
            counts = np.stack([game.marginals() for game in group])
            games = qre.stacked([game.payoffs for game in group])
            self.groups.append((np.array(members), games, counts))

    def __len__(self) -> int:
        return len(self.names)

    def values(self, points: Floats) -> Floats:
        """Per game and point (α, log(1 + κ)) the log-likelihood on the principal branch; shape
        (games, points). The same wherever one comes from: where a branch changes sides as α grows
        the likelihood jumps, and no step from a neighbour would notice."""
        found = np.empty((len(self), len(points)))
        for members, games, counts in self.groups:
            every = games.chosen(np.repeat(np.arange(len(games)), len(points)))
            alpha = np.tile(points[:, 0], len(games))
            kappa = np.tile(np.expm1(points[:, 1]), len(games))
            play, _ = qre.solved(every, alpha, kappa)
            repeated = np.repeat(counts, len(points), axis=0)
            each, _ = qre.log_likelihoods(every, alpha, kappa, play, repeated)
            found[members] = each.reshape(len(games), len(points))
        return found

    @cached_property
    def table(self) -> Floats:
        """Log-likelihoods of shape (games, ALPHAS, LOGS)."""
        grid = np.stack(np.meshgrid(ALPHAS, LOGS, indexing="ij"), axis=-1).reshape(-1, 2)
        return self.values(grid).reshape(len(self), len(ALPHAS), len(LOGS))

    def maximum(self, weights: Floats | None = None) -> Peak:
        """The best point: grids around the table's hills, each finer than the last. weights: of
        games, for one refit of many; None: all 1."""
        weight = np.ones(len(self)) if weights is None else weights
        table = np.einsum("g,gak->ak", weight, self.table)
        hills = _hills(table)[: 1 if weights is not None else 3]
        rounds = ROUNDS if weights is None else QUICK_ROUNDS
        peaks = [
            self._climbed(np.array([ALPHAS[a], LOGS[k]]), table[a, k], (True, True), weight, rounds)
            for a, k in hills
        ]
        return max(peaks, key=lambda peak: peak.value)

    def _climbed(
        self,
        start: Floats,
        value: float,
        free: tuple[bool, bool],
        weight: Floats,
        rounds: int = ROUNDS,
    ) -> Peak:
        """The best point near a start, moving only what is free."""
        step = np.where(free, [ALPHAS[1], LOGS[1]], 0.0)
        offsets = np.array([(i, j) for i in range(-2, 3) for j in range(-2, 3) if (i, j) != (0, 0)])
        best, top = start, value
        for _ in range(rounds):
            points = np.unique(np.clip(best + offsets * step / 2, [0, 0], [1, LOGS[-1]]), axis=0)
            found = weight @ self.values(points)
            if found.max() > top:
                best, top = points[found.argmax()], float(found.max())
            step = step / 2.5
        return Peak(float(best[0]), float(np.expm1(best[1])), float(top))

    def given_lambda(self, alpha: float) -> float:
        """The profile log-likelihood of λ = α/(1 − α): the best over κ."""
        points = np.stack([np.full(len(LOGS), alpha), LOGS], axis=1)
        found = self.values(points).sum(0)
        start = points[found.argmax()]
        free = (False, True)
        return self._climbed(start, found.max(), free, np.ones(len(self)), 4).value

    def given_beta(self, beta: float) -> float:
        """The profile log-likelihood of β: the best over α, with κ = β/(1 − α) in range."""
        if beta == 0:
            return self.given_lambda(1.0)
        low, high = 0.0, max(0.0, 1 - beta / KAPPA_MAX)
        top = -math.inf
        for _ in range(4):
            alphas = np.linspace(low, high, 21)
            points = np.stack([alphas, np.log1p(beta / np.maximum(1 - alphas, 1e-12))], axis=1)
            found = self.values(points).sum(0)
            at, width = int(found.argmax()), alphas[1] - alphas[0]
            top = max(top, float(found[at]))
            low, high = max(low, alphas[at] - width), min(high, alphas[at] + width)
        return top

    def diagnosis(self, best: Peak) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Games in which several equilibria are found, and those whose branch is folded."""
        many: list[int] = []
        folds: list[int] = []
        for members, games, _ in self.groups:
            _, folded = qre.solved(
                games, np.full(len(games), best.alpha), np.full(len(games), best.kappa)
            )
            counts = qre.equilibria_found(games, best.alpha, best.kappa)
            many += [i for i, n in zip(members.tolist(), counts, strict=True) if n > 1]
            folds += members[folded].tolist()
        named = [tuple(self.names[i] for i in sorted(some)) for some in (many, folds)]
        return named[0], named[1]


def _hills(table: Floats) -> list[tuple[int, int]]:
    """Where the table has its highest local maxima."""
    rows, columns = table.shape
    padded = np.pad(table, 1, constant_values=-np.inf)
    around = [padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    tops = [(int(a), int(k)) for a, k in np.argwhere(table >= np.max(around, axis=0))]
    ranked = sorted(tops, key=lambda at: -table[at])
    return [at for at in ranked[:3] if table[at] > table[ranked[0]] - 5]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def jumps(profile: Callable[[float], float], edge: float, top: float) -> bool:
    """Whether a profile on [0, top] falls by more than JUMP within a thousandth of an edge."""
    low, high = max(0.0, edge - 5e-4), min(top, edge + 5e-4)
    return abs(profile(low) - profile(high)) > JUMP


def _profiles(likelihood: Likelihood, best: Peak) -> tuple[Estimate, Estimate, bool]:
    """The intervals of λ and β, and whether the profile jumps at an end of one."""
    from scipy.optimize import brentq
    from scipy.stats import chi2

    level = best.value - float(chi2.ppf(1 - LEVEL, 1)) / 2

    def edge(profile: Callable[[float], float], outside: float, inside: float) -> float | None:
        """Where the profile crosses the level, or None if it does not before ``outside``."""
        if profile(outside) >= level:
            return None
        if profile(inside) <= level:
            return inside
        return float(brentq(lambda x: profile(x) - level, outside, inside, xtol=1e-4))

    # The search for an edge asks again what it starts from, and each value takes long.
    of_lambda = cache(likelihood.given_lambda)

    @cache
    def of_beta(x: float) -> float:
        return likelihood.given_beta(math.expm1(x))

    low, high = edge(of_lambda, 0.0, best.alpha), edge(of_lambda, 1.0, best.alpha)
    top = math.log1p(0.9 * KAPPA_MAX)
    at = min(math.log1p(best.beta), top)
    least, most = edge(of_beta, 0.0, at), edge(of_beta, top, at)
    ends = [(of_lambda, e, 1.0) for e in (low, high) if e is not None]
    ends += [(of_beta, e, top) for e in (least, most) if e is not None]
    return (
        Estimate(
            _finite(best.lambda_),
            0.0 if low is None else _finite(Peak(low, 0, 0).lambda_),
            None if high is None else _finite(Peak(high, 0, 0).lambda_),
        ),
        Estimate(
            _finite(best.beta),
            0.0 if least is None else math.expm1(least),
            None if most is None else math.expm1(most),
        ),
        any(jumps(*end) for end in ends),
    )


def _tested(likelihood: Likelihood, best: Peak, threshold: float) -> dict[str, Any]:
    from scipy.stats import chi2

    alpha = threshold / (1 + threshold)
    statistic = max(0.0, 2 * (best.value - likelihood.given_lambda(alpha)))
    p_value = float(chi2.sf(statistic, 1))
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
    peaks = []
    for number in range(count):
        if progress is not None:
            progress(f"refit {number + 1} of {count}")
        drawn = np.bincount(generator.integers(size, size=size), minlength=size)
        peaks.append(likelihood.maximum(drawn.astype(float)))

    def interval(estimate: float, values: list[float]) -> Estimate:
        ranked = sorted(values)
        low = ranked[math.floor(LEVEL / 2 * (count - 1))]
        high = ranked[math.ceil((1 - LEVEL / 2) * (count - 1))]
        return Estimate(_finite(estimate), _finite(low), _finite(high))

    return (
        interval(best.lambda_, [peak.lambda_ for peak in peaks]),
        interval(best.beta, [peak.beta for peak in peaks]),
    )


def _influence(likelihood: Likelihood) -> tuple[tuple[str, float | None], ...]:
    if len(likelihood) < 2:
        return ()
    weights = 1 - np.eye(len(likelihood))
    return tuple(
        (name, _finite(likelihood.maximum(row).lambda_))
        for name, row in zip(likelihood.names, weights, strict=True)
    )
