"""All logit equilibria of games of two actions, and which of them play reaches.

The first agent's first action is played with logit x = κ(a + bq), the second's with
y = κ(c + dp), where p and q are the probabilities of these actions; where one role is played by
both, q = p. So equilibria are the fixed points of G(x) = κ(a + b q(x)).

G is a sigmoid of a sigmoid: its Schwarzian derivative is negative, its slope has one extremum, the
*crest*. Hence there are at most three equilibria, and each is reached by Newton's method without
a bracket: left and right of the crest G − x is convex or concave, so that the steps from the crest,
or from the least and the greatest value of G, go one way only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int_]

LOW, MIDDLE, HIGH = 0, 1, 2
"""The equilibria of a game by their x; one that is alone is anywhere."""

STEPS = 60
"""Newton's steps at most; close to a fold each halves the error."""

CREST_STEPS = 14
"""Halvings of an interval for p of at most 1/2."""

RUNGS, CLIMBS = 12, 4
"""At how many values below κ a branch is looked at, and how often again between two of these."""

RESPONSES = 60
"""Damped responses at most, until it is plain where they lead."""


@dataclass(frozen=True, eq=False)
class Binary:
    """Games, one per entry of the arrays; one_role: both agents play it."""

    kappa: Floats
    a: Floats
    b: Floats
    c: Floats
    d: Floats
    one_role: bool

    def __len__(self) -> int:
        return len(self.kappa)

    def select(self, index: Any) -> Binary:
        """Some of the games, or games repeated."""
        a, b, c, d = (line[index] for line in (self.a, self.b, self.c, self.d))
        return Binary(self.kappa[index], a, b, c, d, self.one_role)

    def at(self, kappa: Floats) -> Binary:
        """The same games with another precision."""
        return Binary(kappa, self.a, self.b, self.c, self.d, self.one_role)

    def response(self, x: Floats) -> tuple[Floats, Floats]:
        """q, and its derivative in x."""
        p = expit(x)
        if self.one_role:
            return p, p * (1 - p)
        q = expit(self.kappa * (self.c + self.d * p))
        return q, self.kappa * self.d * q * (1 - q) * p * (1 - p)

    def second_logit(self, x: Floats) -> Floats:
        """y, of shape (…, games) as x."""
        return x if self.one_role else self.kappa * (self.c + self.d * expit(x))

    def excess(self, x: Floats) -> tuple[Floats, Floats]:
        """G(x) − x, and its derivative."""
        q, slope = self.response(x)
        return self.kappa * (self.a + self.b * q) - x, self.kappa * self.b * slope - 1

    @cached_property
    def crest(self) -> Floats:
        """The x where the slope of G is greatest in size."""
        if self.one_role:
            return np.zeros(len(self))
        # The slope's two factors have their peaks at p = 1/2 and where y = 0: it lies between.
        at = np.divide(-self.c, self.d, out=np.full(len(self), 0.5), where=self.d != 0)
        low, high = np.minimum(0.5, at).clip(0, 1), np.maximum(0.5, at).clip(0, 1)
        base, steep = self.kappa * self.c, self.kappa * self.d
        width = (high - low) / 2
        for _ in range(CREST_STEPS):
            p = low + width
            rising = 1 - 2 * p > steep * p * (1 - p) * np.tanh((base + steep * p) / 2)
            low += np.where(rising, width, 0)
            width /= 2
        return np.asarray(logit((low + width).clip(1e-16, 1 - 1e-16)))

    @cached_property
    def equilibria(self) -> Floats:
        """The low, middle and high equilibrium as x: (3, games), NaN where there is none."""
        roots = np.full((3, len(self)), np.nan)
        rising = self.b > 0 if self.one_role else self.b * self.d > 0
        excess, slope = self.excess(self.crest)
        folds = rising & (slope > 0)
        ends = self.kappa * self.a, self.kappa * (self.a + self.b)
        low = np.flatnonzero(rising & ((excess <= 0) | folds))
        high = np.flatnonzero(rising & ((excess > 0) | folds))
        roots[LOW, low] = self._fixed_points(low, np.minimum(*ends)[low], -1)
        roots[HIGH, high] = self._fixed_points(high, np.maximum(*ends)[high], 1)
        between = np.flatnonzero(~rising | ~np.isnan(roots[LOW] + roots[HIGH]))
        roots[MIDDLE, between] = self._fixed_points(between, self.crest[between], 0)
        return roots

    def _fixed_points(self, index: Ints, start: Floats, side: int) -> Floats:
        """The fixed point that Newton's method reaches.

        side: the iteration starts below (−1) or above (1) the crest, or at it (0). NaN where there
        is no fixed point on that side of the crest.
        """
        roots = np.full(len(index), np.nan)
        active, x = np.arange(len(index)), start
        games, crest = self.select(index), self.crest[index]
        for _ in range(STEPS):
            excess, slope = games.excess(x)
            step = excess / np.where(slope == 0, 1, slope)
            x = x - step
            if side:
                astray = (slope >= 0) | ((x - crest) * side < -1e-9 * (1 + np.abs(crest)))
                x = np.where(astray, np.nan, x)
            size = 1 + np.abs(x)
            open_ = (np.abs(step) > 1e-12 * size) & (np.abs(excess) > 1e-15 * size)
            remaining = np.count_nonzero(open_)
            if not remaining:
                break
            if 2 * remaining < len(active):
                roots[active[~open_]] = x[~open_]
                active, x, crest, games = active[open_], x[open_], crest[open_], games.select(open_)
        roots[active] = x
        return roots

    @property
    def several(self) -> Bools:
        """Whether a game has three equilibria, by game."""
        return np.asarray(~np.isnan(self.equilibria[LOW] + self.equilibria[HIGH]))

    @cached_property
    def principal(self) -> Ints:
        """Which equilibrium is on the branch that begins at uniform play with κ = 0."""
        choice, open_ = self._agreed
        # Where the same game with a κ a little smaller came just before, its side is known.
        same = np.ones(len(self), bool)
        for line in (self.a, self.b, self.c, self.d, self.several):
            same[1:] &= line[1:] == line[:-1]
        same[1:] &= self.kappa[1:] >= self.kappa[:-1]
        same[:1] = False
        new = open_[~same[open_]]
        choice[new] = self.select(new)._continued()
        first = np.maximum.accumulate(np.where(same, 0, np.arange(len(self))))
        choice[open_] = choice[first[open_]]
        return choice

    @cached_property
    def responding(self) -> Ints:
        """Which equilibrium damped responses, (play + response)/2, reach from uniform play.

        Where they cycle, the principal one.
        """
        choice, open_ = self._agreed
        choice[open_] = self.select(open_)._attracting(self.equilibria[MIDDLE, open_])
        return choice

    @property
    def _agreed(self) -> tuple[Ints, Ints]:
        """Which equilibrium both rules choose, and the games that this leaves open.

        Where uniform play moves both agents towards the same corner, both rules stay on its side
        of uniform play, where G is concave and so has one fixed point.
        """
        choice = np.asarray(np.argmax(~np.isnan(self.equilibria), axis=0))
        several = np.flatnonzero(self.several)
        games = self.select(several)
        first = games.a + games.b / 2
        second = first if self.one_role else (games.c + games.d / 2) * np.sign(games.d)
        first, second = (np.where(np.abs(v) < 1e-12, 0, v) for v in (first, second))
        # Nothing tells the sides apart if to exchange agents and actions changes nothing.
        even = np.abs(first + second) + np.abs(np.abs(games.b) - np.abs(games.d)) < 1e-12
        choice[several] = np.where(even, MIDDLE, MIDDLE + np.sign(first + second)).astype(int)
        return choice, several[(first * second < 0) & ~even]

    def _continued(self) -> Ints:
        """Which of three equilibria is on the principal branch.

        As κ grows from 0 there is one equilibrium until two more appear together, at a fold: the
        principal branch is the one that already existed. κ is refined around the fold. The middle
        equilibrium where no κ separates it from the pair, as in symmetric games.
        """
        choice = np.full(len(self), MIDDLE)
        active, games, least = np.arange(len(self)), self, 4 / np.sqrt(self.b * self.d)
        for _ in range(CLIMBS):
            if not len(active):
                break
            own = np.arange(len(active))
            kappa = least * (games.kappa / least) ** (np.arange(RUNGS + 1) / RUNGS)[:, None]
            ladder = games.select(np.tile(own, RUNGS + 1)).at(kappa.ravel())
            several = ladder.several.reshape(kappa.shape)
            several[0] = False
            below = RUNGS - 1 - np.argmax(~several[-2::-1], axis=0)
            at = below * len(own) + own, (below + 1) * len(own) + own
            before, after = (ladder.select(place) for place in at)
            alone = np.nanmax(ladder.equilibria[:, at[0]], axis=0)
            excess, slope = before.excess(ladder.crest[at[0]])
            to_low, to_high = (
                np.abs(expit(alone) - expit(x))
                + np.abs(expit(before.second_logit(alone)) - expit(after.second_logit(x)))
                for x in ladder.equilibria[[LOW, HIGH]][:, at[1]]
            )
            # Where the crest is steep the pair can only appear beyond it.
            low = np.where(slope > 0, excess < 0, 4 * to_low < to_high)
            high = np.where(slope > 0, excess > 0, 4 * to_high < to_low)
            choice[active[low]], choice[active[high]] = LOW, HIGH
            open_ = ~(low | high)
            active, games, least = active[open_], after.select(open_), before.kappa[open_]
        return choice

    def _attracting(self, middle: Floats) -> Ints:
        """Which of three equilibria damped responses reach from uniform play.

        Responses preserve the order of plays: they lead from above the middle equilibrium to the
        high one, and from below it to the low one.
        """
        choice = np.full(len(self), MIDDLE)
        active, games = np.arange(len(self)), self
        p = q = np.full(len(self), 0.5)
        bounds = expit(middle), expit(self.second_logit(middle))
        for _ in range(RESPONSES):
            above, beyond = p > bounds[0], (q > bounds[1]) == (games.d > 0)
            done = above == beyond
            choice[active[done]] = np.where(above[done], HIGH, LOW)
            if done.all():
                return choice
            keep = ~done
            active, games, p, q = active[keep], games.select(keep), p[keep], q[keep]
            bounds = bounds[0][keep], bounds[1][keep]
            p, q = (
                (p + expit(games.kappa * (games.a + games.b * q))) / 2,
                (q + expit(games.kappa * (games.c + games.d * p))) / 2,
            )
        choice[active] = games._continued()
        return choice
