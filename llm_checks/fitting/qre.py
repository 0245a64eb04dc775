"""Logit quantal response equilibria on u + λW, and their likelihood (McKelvey and Palfrey 1995).

Precision times payoff, β(u + λW), is written κ((1 − α)u + αW) with κ = β(1 + λ) and
α = λ/(1 + λ): so λ = ∞, pure concern for welfare, is the ordinary point α = 1. Payoffs are scaled
so that max |u| = 1 in each game. Games of one shape are solved together, as arrays whose first axis
counts games.

The equilibrium meant is the one on the principal branch, which starts at uniform play with κ = 0
(Turocy 2005). Where the branch turns back, and so ends as a function of κ, play goes on at the
equilibrium that damped responses reach from there; such games are counted as folded. Games of two
actions are solved by ``binary``, all their equilibria at once; of others the branch
is traced.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from scipy.special import expit, log_expit, log_softmax, softmax

from coopgap.llm_checks.fitting.binary import MIDDLE, Binary, Bools, Floats, Ints

Rule = Literal["principal", "response"]
"""Which of several equilibria is played: the principal one, or the one to which damped responses
lead from uniform play. They differ, if at all, in games of two actions; others are taken to be at
the principal one."""

RULES: tuple[Rule, Rule] = ("principal", "response")

TOLERANCE = 1e-12
"""How well a fixed point is solved, in probability."""

SETTLING = 200
"""How many damped responses are made where a branch ends, before Newton's method."""

STRIDE = 0.2
"""How far probabilities may move in one step along a branch."""


@dataclass(frozen=True, eq=False)
class Games:
    """Games of one shape.

    own: a tensor of payoffs per role, each of shape (games, own actions, actions of the others …);
    welfare: the same for W, or nothing where both are mixed. Two roles: two agents. One role: a
    symmetric game of ``ndim − 1`` agents who all play one strategy.
    """

    own: tuple[Floats, ...]
    welfare: tuple[Floats, ...]

    def __len__(self) -> int:
        return len(self.own[0])

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of actions of each role."""
        return tuple(tensor.shape[1] for tensor in self.own)

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where each role's probabilities are in a joined vector."""
        ends = np.cumsum([0, *self.sizes]).tolist()
        return tuple(slice(a, b) for a, b in itertools.pairwise(ends))

    def select(self, index: Any) -> Games:
        """Some of the games, or games repeated."""
        return Games(
            tuple(tensor[index] for tensor in self.own),
            tuple(tensor[index] for tensor in self.welfare),
        )

    def uniform(self) -> Floats:
        """Uniform play in every game."""
        return np.concatenate([np.full((len(self), n), 1 / n) for n in self.sizes], axis=1)


def stacked(payoffs: Sequence[Floats]) -> Games:
    """Games of one shape, each scaled to max |u| = 1.

    payoffs: of shape (agents, actions of agent 1, …), all symmetric or all of two agents.

    On the principal branch of a symmetric game all agents play alike. Only there, in one role, is
    the branch free of the bifurcations at which asymmetric equilibria leave it.
    """
    scale = [float(np.abs(game).max()) or 1.0 for game in payoffs]
    table = np.stack([game / size for game, size in zip(payoffs, scale, strict=True)])
    welfare = table.sum(1)
    if not all(is_symmetric(game) for game in payoffs):
        return Games((table[:, 0], table[:, 1].swapaxes(1, 2)), (welfare, welfare.swapaxes(1, 2)))
    return Games((table[:, 0],), (welfare,))


def is_symmetric(payoffs: Floats) -> bool:
    """Whether exchanging agents exchanges their payoffs."""
    agents = len(payoffs)
    if len(set(payoffs.shape[1:])) > 1:
        return False
    for i in range(agents - 1):
        order = list(range(agents))
        order[i], order[i + 1] = i + 1, i
        if not np.array_equal(payoffs[order].transpose(0, *(1 + k for k in order)), payoffs):
            return False
    return True


def solved(games: Games, alpha: Floats, kappa: Floats, rule: Rule = "principal") -> Floats:
    """The equilibria that are played. alpha, kappa: one per game."""
    small = binary(games, alpha, kappa)
    if small is None:
        return traced(games, alpha, kappa)[0]
    x = _logits(small, rule)
    roles = (x, small.second_logit(x))[: len(games.sizes)]
    return np.stack([expit(sign * role) for role in roles for sign in (1, -1)], axis=1)


def traced(games: Games, alpha: Floats, kappa: Floats) -> tuple[Floats, Bools]:
    """The principal equilibria, found along their branches, and which games are folded before κ."""
    return _advanced(_mixed(games, alpha), games.uniform(), kappa)


def binary(games: Games, alpha: Floats, kappa: Floats) -> Binary | None:
    """The games as games of two actions, if they are that."""
    if games.sizes not in ((2,), (2, 2)) or games.own[0].ndim != 3:
        return None
    utility = _mixed(games, alpha).own
    gaps = [tensor[:, 0] - tensor[:, 1] for tensor in (utility[0], utility[-1])]
    a, b, c, d = (line for gap in gaps for line in (gap[:, 1], gap[:, 0] - gap[:, 1]))
    return Binary(kappa, a, b, c, d, len(utility) == 1)


def folded(games: Games, alpha: Floats, kappa: Floats) -> Bools:
    """Which principal branches turn back before κ."""
    folds = traced(games, alpha, kappa)[1]
    small = binary(games, alpha, kappa)
    # The tracer takes a fork for a fold; the branch of a symmetric game goes straight on there.
    return folds if small is None else folds & ~(small.several & (small.principal == MIDDLE))


def played(small: Binary, rule: Rule) -> Ints:
    """Which equilibrium a rule chooses."""
    return small.principal if rule == "principal" else small.responding


def _logits(small: Binary, rule: Rule) -> Floats:
    return np.asarray(small.equilibria[played(small, rule), np.arange(len(small))])


def log_likelihoods(
    games: Games, alpha: Floats, kappa: Floats, counts: Floats, rules: Sequence[Rule] = RULES
) -> Floats:
    """Of choice counts, of shape (rules, games). counts: (games, actions of all roles)."""
    small = binary(games, alpha, kappa)
    if small is None:
        play = traced(games, alpha, kappa)[0]
        row = (counts * _logs(games, alpha, kappa, play)).sum(1)
        return np.stack([row] * len(rules))
    rows = []
    for rule in rules:
        x = _logits(small, rule)
        logs = [log_expit(sign * role) for role in (x, small.second_logit(x)) for sign in (1, -1)]
        rows.append(sum(counts[:, i] * logs[i] for i in range(counts.shape[1])))
    return np.stack(rows)


def equilibria_found(
    games: Games, alpha: float, kappa: float, starts: int = 24, seed: int = 0
) -> list[int]:
    """How many equilibria are found in each game.

    In games of two actions these are all; in others, searched from random starts, at least so many
    exist.
    """
    small = binary(games, np.full(len(games), alpha), np.full(len(games), kappa))
    if small is not None:
        return [int(n) for n in (~np.isnan(small.equilibria)).sum(0)]
    generator = np.random.default_rng(seed)
    repeated = games.select(np.repeat(np.arange(len(games)), starts))
    repeated = _mixed(repeated, np.full(len(repeated), alpha))
    play = np.concatenate(
        [generator.dirichlet(np.full(n, 0.5), len(repeated)) for n in games.sizes], axis=1
    )
    kappas = np.full(len(repeated), kappa)
    damped = _damped(repeated, play, kappas, 60)
    ends = []
    for start in (play, damped):
        fixed, good = _newton(repeated, start, kappas, 40)
        ends.append(np.where(good[:, None], fixed, np.nan))
    principal = solved(games, np.full(len(games), alpha), kappas[: len(games)])
    counts = []
    for game in range(len(games)):
        distinct: list[Floats] = [principal[game]]
        rows = np.concatenate([end[game * starts : (game + 1) * starts] for end in ends])
        for row in rows[~np.isnan(rows[:, 0])]:
            if all(np.abs(row - earlier).max() > 1e-6 for earlier in distinct):
                distinct.append(row)
        counts.append(len(distinct))
    return counts


def _mixed(games: Games, alpha: Floats) -> Games:
    """The games in (1 − α)u + αW."""
    tensors = []
    for own, welfare in zip(games.own, games.welfare, strict=True):
        weight = alpha.reshape(-1, *(1,) * (own.ndim - 1))
        tensors.append((1 - weight) * own + weight * welfare)
    return Games(tuple(tensors), ())


def _values(games: Games, play: Floats) -> tuple[Floats, Floats]:
    """Expected utilities of all actions of all roles, and their derivatives in play."""
    size = play.shape[1]
    if len(games.own) == 2:
        row, col = games.slices
        slope = np.zeros((len(play), size, size))
        slope[:, row, col], slope[:, col, row] = games.own
        return (slope @ play[:, :, None])[:, :, 0], slope
    tensor = games.own[0]
    for _ in range(tensor.ndim - 3):
        tensor = np.einsum("g...a,ga->g...", tensor, play)
    opponents = games.own[0].ndim - 2
    # The others are alike: each of them moves the value by the same.
    return np.einsum("gab,gb->ga", tensor, play), opponents * tensor


def _logs(games: Games, alpha: Floats, kappa: Floats, play: Floats) -> Floats:
    """The logarithms of an equilibrium's probabilities, exact where these are too small."""
    logits = kappa[:, None] * _values(_mixed(games, alpha), play)[0]
    return np.concatenate([log_softmax(logits[:, part], 1) for part in games.slices], axis=1)


def _shares(logits: Floats, games: Games) -> Floats:
    return np.concatenate([softmax(logits[:, part], 1) for part in games.slices], axis=1)


def _response(games: Games, shares: Floats) -> Floats:
    """The derivative of the logit choice probabilities in the logits."""
    size = shares.shape[1]
    jacobian = np.zeros((len(shares), size, size))
    for part in games.slices:
        block = shares[:, part]
        jacobian[:, part, part] = -block[:, :, None] * block[:, None, :]
    jacobian[:, np.arange(size), np.arange(size)] += shares
    return jacobian


def _solve(matrix: Floats, right: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(matrix, right), np.float64)
    except np.linalg.LinAlgError:
        # At a fold; what comes out is judged by whoever asked.
        return np.asarray(np.linalg.pinv(matrix) @ right)


def _newton(games: Games, play: Floats, kappa: Floats, steps: int = 8) -> tuple[Floats, Bools]:
    size = play.shape[1]
    identity = np.eye(size)
    scale = kappa[:, None, None]
    point = play
    for _ in range(steps):
        values, slope = _values(games, point)
        shares = _shares(kappa[:, None] * values, games)
        residual = shares - point
        error = np.abs(residual).max(1)
        good = error < TOLERANCE
        if good.all():
            return point, good
        matrix = identity - scale * (_response(games, shares) @ slope)
        point = point + np.clip(_solve(matrix, residual[:, :, None])[:, :, 0], -1, 1)
    values, _ = _values(games, point)
    residual = _shares(kappa[:, None] * values, games) - point
    good = (np.abs(residual).max(1) < 100 * TOLERANCE) & (point.min(1) > -TOLERANCE)
    return point, good


def _oriented(games: Games, play: Floats, kappa: Floats) -> Bools:
    _, slope = _values(games, play)
    matrix = np.eye(play.shape[1]) - kappa[:, None, None] * (_response(games, play) @ slope)
    return np.asarray(np.linalg.slogdet(matrix)[0] > 0)


def _damped(games: Games, play: Floats, kappa: Floats, steps: int) -> Floats:
    for step in range(steps):
        values, _ = _values(games, play)
        play = play + (_shares(kappa[:, None] * values, games) - play) / (2 + step / 20)
    return play


def _advanced(games: Games, play: Floats, kappa: Floats) -> tuple[Floats, Bools]:
    """Euler's step from κ = 0 and Newton's correction, in shorter steps where these go astray."""
    at = np.zeros(len(games))
    step = kappa - at
    folded = np.zeros(len(play), bool)
    active = np.flatnonzero(at != kappa)
    while len(active):
        part, start, reached = games.select(active), play[active], at[active]
        last = np.abs(step[active]) >= np.abs(kappa[active] - reached)
        target = np.where(last, kappa[active], reached + step[active])
        values, slope = _values(part, start)
        response = _response(part, start)
        matrix = np.eye(start.shape[1]) - reached[:, None, None] * (response @ slope)
        tangent = _solve(matrix, response @ values[:, :, None])[:, :, 0]
        move = tangent * (target - reached)[:, None]
        length = np.abs(move).max(1)
        guess = start + np.where(length[:, None] < STRIDE, move, 0.0)
        point, good = _newton(part, guess, target)
        good &= np.abs(point - start).max(1) < STRIDE
        good &= (np.abs(point - guess).max(1) < STRIDE / 4) & (length < STRIDE)
        # Without a fold the determinant keeps the sign that it has at κ = 0.
        good &= _oriented(part, point, target)
        tiny = ~good & (np.abs(step[active]) < 1e-4 * (1 + reached))
        if tiny.any():
            target[tiny] = kappa[active][tiny]
            stuck = part.select(tiny)
            landed = _damped(stuck, start[tiny], target[tiny], SETTLING)
            point[tiny], _ = _newton(stuck, landed, target[tiny], 40)
            folded[active[tiny]] = True
            good |= tiny
        play[active[good]], at[active[good]] = point[good], target[good]
        step[active[good]] *= 2
        step[active[tiny]] = (kappa - at)[active[tiny]]
        step[active[~good]] /= 2
        step[active] = np.where(step[active] == 0, kappa[active] - at[active], step[active])
        active = np.flatnonzero(at != kappa)
    return play, folded
