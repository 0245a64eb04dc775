"""Strategies of players who do not all see the state."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from coopgap.proofs.selftest.oracle.games import Game, Undecided
from coopgap.proofs.selftest.oracle.numbers import INF, ONE, ZERO, Extended
from coopgap.proofs.selftest.oracle.programmes import Programme

MAX_STRATEGIES = 300
"""The largest number of profiles of strategies."""

STRATEGY_CLAIMS = (
    *("gap-positive", "gap-zero", "gap-at-least", "gap-at-most", "gap", "closes"),
    *("value", "threshold", "threshold-at-most"),
)
"""The claims that mean something of strategies."""


class Strategies:
    """All strategies of players who do not all see the state, and say nothing."""

    def __init__(self, game: Game) -> None:
        assert game.sight is not None
        self.game, self.sight = game, game.sight
        self.types = sorted({(i, own[s]) for i, own in enumerate(game.sight) for s in game.support})
        sizes = [range(game.sizes[i]) for i, _ in self.types]
        if math.prod(map(len, sizes)) > MAX_STRATEGIES:
            raise Undecided
        self.every = [dict(zip(self.types, chosen, strict=True)) for chosen in product(*sizes)]

    def played(self, chosen: Mapping[tuple[int, int], int], state: int) -> int:
        """The profile of a state."""
        return self.game.number[tuple(chosen[i, own[state]] for i, own in enumerate(self.sight))]

    def welfare(self, chosen: Mapping[tuple[int, int], int]) -> Fraction:
        """Σ p W."""
        worth = ((s, self.game.welfare(s, self.played(chosen, s))) for s in self.game.support)
        return sum((self.game.prior[s] * w for s, w in worth), ZERO)

    def level(
        self, chosen: Mapping[tuple[int, int], int], levels: Sequence[Fraction] | None
    ) -> Extended:
        """The least common λ at which they are an equilibrium; at given λ 0, or ∞ if they are not.

        Variables are all free: λ is one of them, bounded below by a row.
        """
        game, programme = self.game, Programme(free=True)
        places = set[Hashable]()
        for i, cell in self.types:
            for action in range(game.sizes[i]):
                row: dict[Any, Fraction] = {}
                bound = ZERO
                for s in game.support:
                    if self.sight[i][s] != cell:
                        continue
                    here = self.played(chosen, s)
                    for agent, other, there, gain, lost in game.deviations(s, here):
                        if (agent, other) != (i, action):
                            continue
                        level = None if levels is None else levels[i]
                        bound -= game.prior[s] * (gain - (level or ZERO) * lost)
                        if levels is None:
                            row["λ"] = row.get("λ", ZERO) - game.prior[s] * lost
                        for play, sign in ((there, ONE), (here, -ONE)) if game.budget else ():
                            key = game.record(s, play), i
                            row[key] = row.get(key, ZERO) + sign * game.prior[s]
                            places.add(key[0])
                programme.at_most(row, bound)
        for record in places:
            paid = {(record, i): ONE for i in game.agents}
            if game.budget == "balanced":
                programme.equal(paid, ZERO)
            if game.budget == "burnt":
                programme.at_most(paid, ZERO)
            if game.liability is not None:
                for key in paid:
                    programme.at_most({key: -ONE}, game.liability)
        programme.at_most({"λ": -ONE}, ZERO)
        found = programme.maximum({"λ": -ONE} if levels is None else {})
        return INF if found is None else -found[0] if levels is None else ZERO

    def value(self, levels: Sequence[Fraction]) -> Extended:
        """V."""
        found = (self.welfare(c) for c in self.every if self.level(c, levels) == 0)
        return max(found, default=-INF)

    def threshold(self) -> Extended:
        """λ*."""
        best = self.game.pooled
        found = (self.level(c, None) for c in self.every if self.welfare(c) == best)
        return min(found, default=INF)
