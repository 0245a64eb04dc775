"""The likelihood of choices pooled over games, and its maximum.

A function of α = λ/(1 + λ) in [0, 1] and log(1 + κ) with κ = β(1 + λ) up to KAPPA_MAX, see
``qre``; so neither end of λ is the edge of a grid. It is smooth but for *edges*,
curves at which a game's equilibrium changes sides and its likelihood drops. There no slope tells
the maximum, so that it is searched on grids first, then in directions that turn from round to round
(Audet and Dennis 2006), and where a parabola through what is found there has its top.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from coopgap.llm_checks.fitting import qre
from coopgap.llm_checks.fitting.binary import Floats
from coopgap.llm_checks.fitting.choices import Choices
from coopgap.llm_checks.fitting.qre import RULES, Rule
from coopgap.theory.errors import InputError

KAPPA_MAX = 1000.0
"""Precision on payoffs of at most 1 from which on play counts as free of error."""

ALPHAS = np.linspace(0, 1, 21)
LOGS = np.linspace(0, math.log1p(KAPPA_MAX), 22)
"""Where the likelihood is tabulated to find the hills on which to climb."""

CELL = np.array([ALPHAS[1], LOGS[1]])
BOX = np.array([[0, 0], [1, LOGS[-1]]])

HILLS = 3
"""How many hills of the table are climbed for an estimate."""

ZOOMS = 3
"""How often a finer grid is laid around the best points."""

ROUNDS, FEWER = 24, 5
"""The most rounds of the last part of the way up: for an estimate, and in each of many refits."""

RADIUS, CLOSE = 0.02, 1e-6
"""The radius of the search around a point, in cells of the table: at first, and at the least."""

GROW, SHRINK = 3.0, 0.3
"""The factor of that radius where a direction leads higher, and where none does."""

STRIDES = np.array([[1.0], [0.3]])
"""Parts of the way to the top of a parabola that are tried."""

COMPASS = 0.25 * math.pi * np.arange(8)
"""The directions that are tried, in radians."""

FLAT = 1e-9
"""A rise of the log-likelihood that is none."""

SAME = 1e-7
"""Log-likelihoods that differ by no more are the same."""


@dataclass(frozen=True)
class Peak:
    """A point of the parameter space and its log-likelihood under a rule."""

    alpha: float
    kappa: float
    value: float
    rule: Rule = "principal"

    @property
    def lambda_(self) -> float:
        """λ = α/(1 − α)."""
        return math.inf if self.alpha >= 1 - 1e-9 else self.alpha / (1 - self.alpha)

    @property
    def beta(self) -> float:
        """β = κ(1 − α); infinite where precision is at its limit."""
        beta = self.kappa * (1 - self.alpha)
        return math.inf if beta >= 0.9 * KAPPA_MAX else beta

    @property
    def precision(self) -> float:
        """κ = β(1 + λ), that on (1 − α)u + αW; infinite at its limit."""
        return math.inf if self.kappa >= 0.9 * KAPPA_MAX else self.kappa


class Likelihood:
    """The log-likelihood of pooled choices at points (α, log(1 + κ))."""

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

    def values(self, points: Floats, rules: Sequence[Rule] = RULES) -> Floats:
        """Per rule, game and point the log-likelihood: (rules, games, points).

        The same wherever one comes from: no step from a neighbour would notice an edge.
        """
        result = np.empty((len(rules), len(self), len(points)))
        for members, games, counts in self.groups:
            spread, alpha, kappa = _spread(games, points)
            repeated = np.repeat(counts, len(points), axis=0)
            block = qre.log_likelihoods(spread, alpha, kappa, repeated, rules)
            result[:, members] = block.reshape(len(rules), len(games), len(points))
        return result

    @cached_property
    def table(self) -> Floats:
        """Log-likelihoods of shape (rules, games, ALPHAS, LOGS)."""
        grid = np.stack(np.meshgrid(ALPHAS, LOGS, indexing="ij"), axis=-1).reshape(-1, 2)
        return self.values(grid).reshape(len(RULES), len(self), len(ALPHAS), len(LOGS))

    @cached_property
    def best(self) -> Peak:
        """The maximum on the principal branch, unless the other rule has a higher one."""
        principal, response = self.maxima(RULES)
        return response if response.value > principal.value + SAME else principal

    def maxima(self, rules: Sequence[Rule] = RULES) -> list[Peak]:
        """The best point under each rule."""
        sums = [self.table[RULES.index(rule)].sum(0) for rule in rules]
        hills = [(i, *top) for i, table in enumerate(sums) for top in _hills(table)]
        row = [i for i, _, _ in hills]
        at = np.array([[ALPHAS[a], LOGS[k]] for _, a, k in hills])
        value = np.array([sums[i][a, k] for i, a, k in hills])
        weights = np.ones((len(row), len(self)))
        points, heights = self._zoomed(rules, row, at, value, weights)
        tops = [
            max(np.flatnonzero(np.equal(row, i)), key=lambda n: heights[n])
            for i in range(len(rules))
        ]
        peaks = []
        for rule, top in zip(rules, tops, strict=True):
            peaks += self._climbed(rule, points[[top]], heights[[top]], weights[:1], ROUNDS)
        return peaks

    def refits(self, best: Peak, weights: Floats) -> list[Peak]:
        """The best point under the rule of ``best`` for each row of weights of games.

        Where others are no better, it is the one that the way up from ``best`` leads to.
        """
        rule, many = best.rule, len(weights)
        table = np.einsum("sg,gak->sak", weights, self.table[RULES.index(rule)])
        flat = table.reshape(many, -1)
        tops = flat.argmax(1)
        summits = np.stack([ALPHAS[tops // len(LOGS)], LOGS[tops % len(LOGS)]], axis=1)
        home = np.array([best.alpha, math.log1p(best.kappa)])
        at = np.concatenate([np.broadcast_to(home, (many, 2)), summits])
        twice = np.concatenate([weights, weights])
        value = np.concatenate(
            [weights @ self.values(home[None], [rule])[0, :, 0], flat[np.arange(many), tops]]
        )
        at, value = self._zoomed([rule], [0] * len(at), at, value, twice)
        peaks = self._climbed(rule, at, value, twice, FEWER)
        return [
            summit if summit.value > own.value + SAME else own
            for own, summit in zip(peaks[:many], peaks[many:], strict=True)
        ]

    def _zoomed(
        self,
        rules: Sequence[Rule],
        row: Sequence[int],
        at: Floats,
        value: Floats,
        weights: Floats,
    ) -> tuple[Floats, Floats]:
        """The best points of ever finer grids around the starts, with one rule for each start."""
        offsets = np.stack(np.meshgrid(*[np.arange(-2, 3)] * 2, indexing="ij"), -1).reshape(-1, 2)
        own, step = np.arange(len(at)), CELL / 2
        for _ in range(ZOOMS):
            points = _inside(at[:, None] + offsets * step)
            # Many of them look at the same points.
            distinct, index = np.unique(points.reshape(-1, 2), axis=0, return_inverse=True)
            logs = self.values(distinct, rules)
            mine = logs[np.array(row)[:, None], :, index.reshape(len(at), -1)]
            heights = np.einsum("sg,sjg->sj", weights, mine)
            best = heights.argmax(1)
            better = heights[own, best] > value
            at = np.where(better[:, None], points[own, best], at)
            value = np.where(better, heights[own, best], value)
            step = step / 2.5
        return at, value

    def _climbed(
        self, rule: Rule, at: Floats, value: Floats, weights: Floats, rounds: int
    ) -> list[Peak]:
        """The maxima uphill of points from which the grids lead no higher.

        weights: of games, of shape (starts, games).
        """
        at, value = at.copy(), value.copy()
        reach, going = np.full(len(at), RADIUS), np.arange(len(at))

        def heights(points: Floats) -> Floats:
            logs = self.values(points.reshape(-1, 2), [rule])[0].reshape(len(self), len(going), -1)
            return np.asarray(np.einsum("sg,gsj->sj", weights[going], logs))

        for turn in range(rounds):
            centre, cell = at[going][:, None], reach[going][:, None, None] * CELL
            ways = np.stack([np.cos(COMPASS + turn), np.sin(COMPASS + turn)], axis=1)
            points = _inside(centre + ways * cell)
            levels = heights(points)
            step, rise = _uphill((points - centre) / cell, levels - value[going][:, None])
            tries = _inside(centre + STRIDES * step[:, None] * cell)
            points = np.concatenate([tries, points], axis=1)
            levels = np.concatenate([heights(tries), levels], axis=1)
            best, own = levels.argmax(1), np.arange(len(going))
            better = levels[own, best] > value[going]
            at[going[better]] = points[own, best][better]
            value[going[better]] = levels[own, best][better]
            onward = better & (best >= len(STRIDES))
            reach[going] *= np.where(onward, GROW, SHRINK)
            going = going[onward | ((rise > FLAT) & (reach[going] > CLOSE))]
            if not len(going):
                break
        return [
            Peak(float(a), float(np.expm1(k)), float(v), rule)
            for (a, k), v in zip(at, value, strict=True)
        ]

    def given_lambda(self, alphas: Floats, rule: Rule) -> Floats:
        """The profile log-likelihood of each λ = α/(1 − α): the best over κ."""

        def at(logs: Floats) -> Floats:
            return np.stack([np.broadcast_to(alphas[:, None], logs.shape), logs], axis=-1)

        return self._profile(at, np.zeros(len(alphas)), np.full(len(alphas), LOGS[-1]), rule)[0]

    def given_beta(self, betas: Floats, rule: Rule) -> Floats:
        """The profile log-likelihood of each β: the best over α, with κ = β/(1 − α) in range."""
        at, most = _lines_of_beta(betas)
        profile, _ = self._profile(at, np.zeros(len(betas)), most, rule)
        if (betas == 0).any():
            welfare = self.given_lambda(np.ones(1), rule)[0]
            profile = np.where(betas == 0, np.maximum(profile, welfare), profile)
        return profile

    def is_cut(self, beta: float, rule: Rule) -> bool:
        """Whether at this β the best play is free of error: it ends where κ does."""
        at, most = _lines_of_beta(np.array([beta]))
        _, top = self._profile(at, np.zeros(1), most, rule)
        return bool(top[0] >= most[0] - 0.01)

    def _profile(
        self, at: Callable[[Floats], Floats], low: Floats, high: Floats, rule: Rule
    ) -> tuple[Floats, Floats]:
        """The best on each line from low to high, on finer and finer grids, and where it is."""
        own, top, count = np.arange(len(low)), np.full(len(low), -np.inf), len(LOGS)
        place = low
        for _ in range(5):
            line = np.linspace(low, high, count, axis=1)
            heights = self.values(at(line).reshape(-1, 2), [rule])[0].sum(0).reshape(line.shape)
            best, width = heights.argmax(1), (high - low) / (count - 1)
            place = np.where(heights[own, best] > top, line[own, best], place)
            top = np.maximum(top, heights[own, best])
            low, high = (
                np.maximum(low, line[own, best] - width),
                np.minimum(high, line[own, best] + width),
            )
            count = 9
        return top, place

    def diagnosis(self, best: Peak) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Games with several equilibria, with folded branches, and off the principal one."""
        many, folds, off = (np.zeros(len(self), bool) for _ in range(3))
        for members, games, _ in self.groups:
            alpha, kappa = np.full(len(games), best.alpha), np.full(len(games), best.kappa)
            many[members] = np.array(qre.equilibria_found(games, best.alpha, best.kappa)) > 1
            folds[members] = qre.folded(games, alpha, kappa)
            small = qre.binary(games, alpha, kappa)
            if small is not None:
                off[members] = qre.played(small, best.rule) != small.principal
        names = [tuple(np.array(self.names)[mask].tolist()) for mask in (many, folds, off)]
        return names[0], names[1], names[2]


def _lines_of_beta(betas: Floats) -> tuple[Callable[[Floats], Floats], Floats]:
    """On the line of each β the points by α, and the largest α in range."""

    def at(alphas: Floats) -> Floats:
        kappas = betas[:, None] / np.maximum(1 - alphas, 1e-12)
        return np.stack([alphas, np.log1p(kappas)], axis=-1)

    return at, np.maximum(0, 1 - betas / KAPPA_MAX)


def _uphill(ways: Floats, rises: Floats) -> tuple[Floats, Floats]:
    """The way to the top of a parabola through points, or upwards if it has none, and its height.

    ways, rises: from the origin to each point, of shape (starts, points, 2), and how much higher it
    is.
    """
    x, y = ways[..., 0], ways[..., 1]
    terms = np.stack([x, y, x * x / 2, x * y, y * y / 2], axis=-1)
    a, b, xx, xy, yy = np.einsum("spj,sj->ps", np.linalg.pinv(terms), rises)
    eigen, axes = np.linalg.eigh(np.stack([xx, xy, xy, yy], axis=-1).reshape(-1, 2, 2))
    along = np.einsum("sij,si->sj", axes, np.stack([a, b], axis=-1))
    size = along / np.maximum(np.abs(eigen), 1e-12)
    return np.einsum("sij,sj->si", axes, size), np.einsum("sj,sj->s", along, size)


def _inside(points: Floats) -> Floats:
    return points.clip(*BOX)


def _spread(games: qre.Games, points: Floats) -> tuple[qre.Games, Floats, Floats]:
    """Each game at each point."""
    spread = games.select(np.repeat(np.arange(len(games)), len(points)))
    alpha, logs = (np.tile(column, len(games)) for column in points.T)
    return spread, alpha, np.expm1(logs)


def _hills(table: Floats) -> list[tuple[int, int]]:
    """Where the table has its highest local maxima."""
    rows, columns = table.shape
    padded = np.pad(table, 1, constant_values=-np.inf)
    around = [padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    tops = [(int(a), int(k)) for a, k in np.argwhere(table >= np.max(around, axis=0))]
    ranked = sorted(tops, key=lambda at: -table[at])
    return [at for at in ranked[:HILLS] if table[at] > table[ranked[0]] - 5]
