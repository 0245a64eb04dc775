"""The likelihood of choices pooled over games, and its maximum.

A function of α = λ/(1 + λ) in [0, 1] and log(1 + κ) with κ = β(1 + λ) up to KAPPA_MAX, see
``qre``; so neither end of λ is the edge of a grid. It is smooth but for *edges*,
curves at which a game's equilibrium changes sides and its likelihood drops. There no slope tells
the maximum, so that it is searched on grids first, then by Newton's method, then along the edge
that this meets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopgap.llm_checks.fitting import qre
from coopgap.llm_checks.fitting.choices import Choices
from coopgap.llm_checks.fitting.qre import RULES, Rule
from coopgap.theory.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int_]

KAPPA_MAX = 1000.0
"""Precision on payoffs of at most 1 from which on play counts as free of error."""

ALPHAS = np.linspace(0, 1, 21)
LOGS = np.linspace(0, math.log1p(KAPPA_MAX), 22)
"""Where the likelihood is tabulated to find the hills on which to climb."""

CELL = np.array([ALPHAS[1], LOGS[1]])
BOX = np.array([[0, 0], [1, LOGS[-1]]])

HILLS = 3
"""How many hills of the table are climbed for an estimate."""

STEPS = 8
"""The largest number of Newton's steps."""

PROMISING = 0.3
"""How far below the better rule's maximum edges of the other one are still followed."""

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


@dataclass(frozen=True)
class Edge:
    """A point where a game's equilibrium is about to change sides.

    ahead: the way across, in cells of the table; game: its likelihood alone; side: the equilibrium
    that it is at.
    """

    point: Floats
    ahead: Floats
    game: Likelihood
    side: int


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

    def only(self, game: int) -> Likelihood:
        """The likelihood of one game's choices."""
        found = object.__new__(Likelihood)
        found.names = self.names[game : game + 1]
        found.groups = [
            (np.zeros(1, int), games.chosen(members == game), counts[members == game])
            for members, games, counts in self.groups
            if game in members
        ]
        return found

    def values(self, points: Floats, rules: Sequence[Rule] = RULES) -> Floats:
        """Per rule, game and point the log-likelihood: (rules, games, points).

        The same wherever one comes from: no step from a neighbour would notice an edge.
        """
        found = np.empty((len(rules), len(self), len(points)))
        for members, games, counts in self.groups:
            every, alpha, kappa = _spread(games, points)
            repeated = np.repeat(counts, len(points), axis=0)
            each = qre.log_likelihoods(every, alpha, kappa, repeated, rules)
            found[:, members] = each.reshape(len(rules), len(games), len(points))
        return found

    def slopes(self, points: Floats, rule: Rule) -> Floats:
        """Per game and point the gradient: (games, points, 2)."""
        found = np.empty((len(self), len(points), 2))
        for members, games, counts in self.groups:
            every, alpha, kappa = _spread(games, points)
            repeated = np.repeat(counts, len(points), axis=0)
            each = qre.gradients(every, alpha, kappa, repeated, rule)
            found[members] = each.reshape(len(games), -1, 2)
        found[:, :, 1] *= np.exp(points[:, 1])
        return found

    def sides(self, points: Floats, rule: Rule) -> Ints:
        """Which equilibrium each game is at: (games, points); 0 but in games of two actions."""
        found = np.zeros((len(self), len(points)), int)
        for members, games, _ in self.groups:
            small = qre.binary(*_spread(games, points))
            if small is not None:
                found[members] = qre.played(small, rule).reshape(len(games), -1)
        return found

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
        row, at, value = [], [], []
        for index, rule in enumerate(rules):
            table = self.table[RULES.index(rule)].sum(0)
            for a, k in _hills(table):
                row.append(index)
                at.append([ALPHAS[a], LOGS[k]])
                value.append(table[a, k])
        weights = np.ones((len(row), len(self)))
        points, heights = self._zoomed(rules, row, np.array(at), np.array(value), weights, 3)
        tops = [
            max(np.flatnonzero(np.equal(row, i)), key=lambda n: heights[n])
            for i in range(len(rules))
        ]
        enough = heights.max() - PROMISING
        return [
            self._settled(rule, points[top], float(heights[top]), bool(heights[top] > enough))
            for rule, top in zip(rules, tops, strict=True)
        ]

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
        at, value = self._zoomed([rule], [0] * len(at), at, value, twice, 3)
        at, value, _ = self._newton(rule, at, value, twice)
        elsewhere = value[many:] > value[:many] + SAME
        at = np.where(elsewhere[:, None], at[many:], at[:many])
        value = np.where(elsewhere, value[many:], value[:many])
        return [
            Peak(float(a), float(np.expm1(k)), float(v), rule)
            for (a, k), v in zip(at, value, strict=True)
        ]

    def _zoomed(
        self,
        rules: Sequence[Rule],
        row: Sequence[int],
        at: Floats,
        value: Floats,
        weights: Floats,
        rounds: int,
    ) -> tuple[Floats, Floats]:
        """The best points of ever finer grids around the starts, with one rule for each start."""
        offsets = np.stack(np.meshgrid(*[np.arange(-2, 3)] * 2, indexing="ij"), -1).reshape(-1, 2)
        own, step = np.arange(len(at)), CELL / 2
        for _ in range(rounds):
            points = _inside(at[:, None] + offsets * step)
            # Many of them look at the same points.
            distinct, which = np.unique(points.reshape(-1, 2), axis=0, return_inverse=True)
            found = self.values(distinct, rules)
            mine = found[np.array(row)[:, None], :, which.reshape(len(at), -1)]
            heights = np.einsum("sg,sjg->sj", weights, mine)
            best = heights.argmax(1)
            better = heights[own, best] > value
            at = np.where(better[:, None], points[own, best], at)
            value = np.where(better, heights[own, best], value)
            step = step / 2.5
        return at, value

    def _settled(self, rule: Rule, at: Floats, value: float, edges: bool) -> Peak:
        """The maximum uphill of a point, or the highest point of an edge that is met on the way."""
        at, value, done = self._climbed(rule, at, value)
        edge = self._edge_met(rule, at) if edges and not done else None
        if edge is not None:
            at, value = self._along_edge(rule, at, value, edge)
            at, value, _ = self._climbed(rule, at, value)
        return Peak(float(at[0]), float(np.expm1(at[1])), value, rule)

    def _climbed(self, rule: Rule, at: Floats, value: float) -> tuple[Floats, float, bool]:
        ats, values, done = self._newton(rule, at[None], np.array([value]), np.ones((1, len(self))))
        return ats[0], float(values[0]), bool(done[0])

    def _newton(
        self, rule: Rule, at: Floats, value: Floats, weights: Floats
    ) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Newton's method from each start, as long as the likelihood rises.

        weights: of games, of shape (starts, games). Returns points and their values, and which
        of them are maxima.
        """
        at, value = at.copy(), value.copy()
        done, going = np.zeros(len(at), bool), np.arange(len(at))
        for _ in range(STEPS):
            here = at[going]
            aside = np.where(here < BOX.mean(0), 1e-5, -1e-5)
            moved = [here + aside * unit for unit in np.eye(2)]
            slopes = self.slopes(np.concatenate([here, *moved]), rule)
            slopes = slopes.reshape(len(self), 3, len(here), 2)
            slope, *others = np.einsum("sg,gjsp->jsp", weights[going], slopes)
            curve = np.stack([(each - slope) / aside[:, [i]] for i, each in enumerate(others)], 1)
            step = _uphill(here, slope, curve)
            summit = np.einsum("sp,sp->s", slope, step) < 1e-9
            done[going[summit]] = True
            going, here, step = going[~summit], here[~summit], step[~summit]
            if not len(going):
                break
            tries = _inside(here[:, None] + np.array([1, 0.5, 0.2, 0.05])[:, None] * step[:, None])
            found = self.values(tries.reshape(-1, 2), [rule])[0].reshape(len(self), len(here), -1)
            heights = np.einsum("sg,gsj->sj", weights[going], found)
            best = heights.argmax(1)
            own = np.arange(len(here))
            better = heights[own, best] > value[going]
            going, best, own = going[better], best[better], own[better]
            at[going], value[going] = tries[own, best], heights[own, best]
            if not len(going):
                break
        return at, value, done

    def _edge_met(self, rule: Rule, at: Floats) -> Edge | None:
        """The first edge on the way up from a point, within a cell."""
        ahead = self.slopes(at[None], rule).sum(0)[0] * CELL
        if not ahead.any():
            return None
        ahead /= np.abs(ahead).max()
        way = np.linspace(0, 1, 33)[:, None] ** 2 * ahead
        sides = self.sides(_inside(at + way * CELL), rule)
        changed = sides != sides[:, :1]
        for game in sorted(np.flatnonzero(changed.any(1)), key=lambda g: int(changed[g].argmax())):
            edge = Edge(at, ahead, self.only(int(game)), int(sides[game, 0]))
            far = _reach(edge, rule, at[None], ahead, np.zeros(1), np.ones(1), 10)
            ends = _inside(at + (far + np.array([[0], [1e-9]])) * ahead * CELL)
            before, after = edge.game.values(ends, [rule])[0, 0]
            # An equilibrium that is alone may change sides without a drop.
            if before > after + 1e-9:
                return Edge(ends[0], ahead, edge.game, edge.side)
        return None

    def _along_edge(self, rule: Rule, at: Floats, value: float, edge: Edge) -> tuple[Floats, float]:
        """The highest point of an edge, on shorter and shorter pieces of it."""
        center, ahead = edge.point, edge.ahead
        along = np.array([-ahead[1], ahead[0]])
        for reach in 4.0 ** -np.arange(5):
            bases = center + np.linspace(-reach, reach, 9)[:, None] * along * CELL
            wide = np.full(9, 2 * reach)
            far = _reach(edge, rule, bases, ahead, -wide, wide, 3 + (reach < 0.1))
            points = _inside(bases + far[:, None] * ahead * CELL)
            found = self.values(points, [rule])[0].sum(0)
            best = int(found.argmax())
            if found[best] > value:
                at, value = points[best], float(found[best])
            center = points[best]
            turned = (points[min(best + 1, 8)] - points[max(best - 1, 0)]) / CELL
            if turned.any():
                along = turned / np.abs(turned).max()
                ahead = np.array([along[1], -along[0]])
        return at, value

    def given_lambda(self, alphas: Floats, rule: Rule) -> Floats:
        """The profile log-likelihood of each λ = α/(1 − α): the best over κ."""

        def at(logs: Floats) -> Floats:
            return np.stack([np.broadcast_to(alphas[:, None], logs.shape), logs], axis=-1)

        return self._profile(at, np.zeros(len(alphas)), np.full(len(alphas), LOGS[-1]), rule)[0]

    def given_beta(self, betas: Floats, rule: Rule) -> Floats:
        """The profile log-likelihood of each β: the best over α, with κ = β/(1 − α) in range."""
        at, most = _lines_of_beta(betas)
        found, _ = self._profile(at, np.zeros(len(betas)), most, rule)
        if (betas == 0).any():
            welfare = self.given_lambda(np.ones(1), rule)[0]
            found = np.where(betas == 0, np.maximum(found, welfare), found)
        return found

    def is_cut(self, beta: float, rule: Rule) -> bool:
        """Whether at this β the best play is free of error: it ends where κ does."""
        at, most = _lines_of_beta(np.array([beta]))
        _, where = self._profile(at, np.zeros(1), most, rule)
        return bool(where[0] >= most[0] - 0.01)

    def _profile(
        self, at: Callable[[Floats], Floats], low: Floats, high: Floats, rule: Rule
    ) -> tuple[Floats, Floats]:
        """The best on each line from low to high, on finer and finer grids, and where it is."""
        own, top, count = np.arange(len(low)), np.full(len(low), -np.inf), len(LOGS)
        where = low
        for _ in range(5):
            line = np.linspace(low, high, count, axis=1)
            found = self.values(at(line).reshape(-1, 2), [rule])[0].sum(0).reshape(line.shape)
            best, width = found.argmax(1), (high - low) / (count - 1)
            where = np.where(found[own, best] > top, line[own, best], where)
            top = np.maximum(top, found[own, best])
            low, high = (
                np.maximum(low, line[own, best] - width),
                np.minimum(high, line[own, best] + width),
            )
            count = 9
        return top, where

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
        named = [tuple(np.array(self.names)[some].tolist()) for some in (many, folds, off)]
        return named[0], named[1], named[2]


def _reach(
    edge: Edge, rule: Rule, bases: Floats, ahead: Floats, low: Floats, high: Floats, rounds: int
) -> Floats:
    """How far ahead of each base point, in cells, the edge's game keeps its equilibrium."""
    own, shares = np.arange(len(bases)), np.linspace(0, 1, 17)
    for _ in range(rounds):
        steps = low[:, None] + (high - low)[:, None] * shares
        points = _inside(bases[:, None] + steps[:, :, None] * ahead * CELL)
        off = edge.game.sides(points.reshape(-1, 2), rule).reshape(steps.shape) != edge.side
        off[:, -1] = True
        first = np.maximum(off.argmax(1), 1)
        low, high = steps[own, first - 1], steps[own, first]
    return low


def _lines_of_beta(betas: Floats) -> tuple[Callable[[Floats], Floats], Floats]:
    """On the line of each β the points by α, and the largest α in range."""

    def at(alphas: Floats) -> Floats:
        kappas = betas[:, None] / np.maximum(1 - alphas, 1e-12)
        return np.stack([alphas, np.log1p(kappas)], axis=-1)

    return at, np.maximum(0, 1 - betas / KAPPA_MAX)


def _uphill(at: Floats, slope: Floats, curve: Floats) -> Floats:
    """Newton steps from points of shape (starts, 2).

    They lead upwards also where the surface is not concave, and along the border where the
    gradient points across it.
    """
    held = ((at <= BOX[0]) & (slope < 0)) | ((at >= BOX[1]) & (slope > 0))
    slope = np.where(held, 0, slope)
    curve = (curve + curve.transpose(0, 2, 1)) / 2
    curve = np.where(held[:, :, None] | held[:, None, :], 0, curve)
    eigen, axes = np.linalg.eigh(curve)
    along = np.einsum("sij,si->sj", axes, slope) / np.maximum(np.abs(eigen), 1e-6)
    return np.asarray(np.einsum("sij,sj->si", axes, along))


def _inside(points: Floats) -> Floats:
    return points.clip(*BOX)


def _spread(games: qre.Games, points: Floats) -> tuple[qre.Games, Floats, Floats]:
    """Each game at each point."""
    every = games.chosen(np.repeat(np.arange(len(games)), len(points)))
    alpha, kappa = (np.tile(each, len(games)) for each in (points[:, 0], np.expm1(points[:, 1])))
    return every, alpha, kappa


def _hills(table: Floats) -> list[tuple[int, int]]:
    """Where the table has its highest local maxima."""
    rows, columns = table.shape
    padded = np.pad(table, 1, constant_values=-np.inf)
    around = [padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    tops = [(int(a), int(k)) for a, k in np.argwhere(table >= np.max(around, axis=0))]
    ranked = sorted(tops, key=lambda at: -table[at])
    return [at for at in ranked[:HILLS] if table[at] > table[ranked[0]] - 5]
