"""Strategies of players who do not all see the state."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from coopgap.proofs.selftest.oracle.games import Game, Undecided
from coopgap.proofs.selftest.oracle.numbers import INF, ONE, ZERO, Extended
from coopgap.proofs.selftest.oracle.programmes import Programme
from coopgap.proofs.selftest.oracle.reading import require, required

MAX_STRATEGIES = 300
"""The largest number of profiles of strategies."""

MAX_DRAWN = 30_000
"""The largest programme of drawn strategies, in variables times rows."""

STRATEGY_CLAIMS = (
    *("optimum", "gap-positive", "gap-zero", "gap-at-least", "gap-at-most", "gap", "closes"),
    *("value", "threshold", "threshold-at-most", "nash", "unique-nash"),
    *("incontractible", "incontractible-cells", "correlated-gap-positive", "correlated-gap"),
    *("correlated-gap-at-least", "correlated-gap-at-most"),
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

    def first_best(self) -> dict[int, set[int]]:
        """By state what players would play who pool what they see."""
        return {
            s: {a for a, welfare in enumerate(worth) if welfare == max(worth)}
            for states, worth in self.game.together()
            for s in states
        }

    def level(
        self, chosen: Mapping[tuple[int, int], int], levels: Sequence[Fraction] | None
    ) -> Extended:
        """The least common λ at which they are an equilibrium; at given λ 0, or ∞ if they are not.

        Variables are all free: λ is one of them, bounded below by a row.
        """
        game, programme = self.game, Programme(free=True)
        places, used = set[Hashable](), self.used(chosen)
        if used is not None and not game.permissive and any(len(v) > 1 for v in used.values()):
            return INF
        for i, cell, action, gain, lost, paid in self.moves(chosen):
            if (
                used is not None
                and required(game.classes)[i][action] not in used[self.place(i, cell)]
            ):
                continue
            row: dict[Any, Fraction] = dict(paid) if game.budget else {}
            places |= {record for record, _ in row}
            if levels is None:
                row["λ"] = -lost
            programme.at_most(row, (ZERO if levels is None else levels[i] * lost) - gain)
        self._limit(programme, places)
        programme.at_most({"λ": -ONE}, ZERO)
        least = programme.maximum({"λ": -ONE} if levels is None else {})
        return INF if least is None else -least[0] if levels is None else ZERO

    def _limit(
        self, programme: Programme, places: Iterable[Hashable], draw: Hashable = None
    ) -> None:
        """Keeps payments at places to the budget and the liability bound, times that of a draw."""
        game = self.game
        for place in places:
            paid = {(place, i): ONE for i in game.agents}
            if game.budget == "balanced":
                programme.equal(paid, ZERO)
            if game.budget == "burnt":
                programme.at_most(paid, ZERO)
            if game.liability is not None:
                fine = {} if draw is None else {draw: -game.liability}
                for key in paid:
                    programme.at_most({key: -ONE, **fine}, ZERO if fine else game.liability)

    def place(self, agent: int, cell: int) -> tuple[int, int]:
        """An agent, and the cell of the language in which its own lies."""
        state = next(s for s in self.game.support if self.sight[agent][s] == cell)
        assert self.game.cells is not None
        return agent, self.game.cells[state]

    def used(self, chosen: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], set[int]] | None:
        """The classes that a directive must allow; None without directives."""
        if self.game.kind != "directive":
            return None
        assert self.game.classes is not None
        classes: dict[tuple[int, int], set[int]] = {}
        for (i, cell), action in chosen.items():
            classes.setdefault(self.place(i, cell), set()).add(self.game.classes[i][action])
        return classes

    def moves(
        self, chosen: Mapping[tuple[int, int], int]
    ) -> Iterator[tuple[int, int, int, Fraction, Fraction, dict[tuple[Hashable, int], Fraction]]]:
        """Agent, cell, action: its gain, the welfare lost, the payments after less before."""
        game = self.game
        for i, cell in self.types:
            for action in range(game.sizes[i]):
                gain, lost, paid = ZERO, ZERO, dict[tuple[Hashable, int], Fraction]()
                for s in (s for s in game.support if self.sight[i][s] == cell):
                    before = self.played(chosen, s)
                    for move in game.deviations(s, before):
                        if move[:2] == (i, action):
                            gain += game.prior[s] * move[3]
                            lost += game.prior[s] * move[4]
                            for play, sign in ((move[2], ONE), (before, -ONE)):
                                key = game.record(s, play), i
                                paid[key] = paid.get(key, ZERO) + sign * game.prior[s]
                if action != chosen[i, cell]:
                    yield i, cell, action, gain, lost, paid

    def gains(
        self, chosen: Mapping[tuple[int, int], int]
    ) -> Iterator[tuple[int, int, int, Fraction, dict[tuple[Hashable, int], Fraction]]]:
        """Agent, cell, action: what it pays by itself, and the payments after less before."""
        for i, cell, action, gain, lost, paid in self.moves(chosen):
            yield i, cell, action, gain - required(self.game.levels)[i] * lost, paid

    def equilibria(self) -> list[list[int]]:
        """The strategies that are an equilibrium without a contract."""
        require(self.game.kind == "interim")
        return [
            list(c.values()) for c in self.every if all(gain <= 0 for *_, gain, _ in self.gains(c))
        ]

    def mediated_bounds(self) -> tuple[Extended, Fraction]:
        """Bounds on V of a mediator who draws strategies, from below and from above.

        From above with payments that may depend on the draw; from below with the same payments
        after all draws, at the best such draw and at each profile of strategies.
        """
        game, programme = self.game, Programme(free=True)
        assert game.levels is not None
        alone = self.value(game.levels)
        if alone == self.game.pooled:
            return alone, self.game.pooled
        rows: dict[Hashable, dict[Hashable, Fraction]] = {}
        for k, chosen in enumerate(self.every):
            programme.at_most({("draw", k): -ONE}, ZERO)
            places = set()
            for i, cell, action, gain, paid in self.gains(chosen):
                recommended = tuple(a for (agent, _), a in chosen.items() if agent == i)
                row = rows.setdefault((i, recommended, cell, action), {})
                row["draw", k] = gain
                for (record, agent), count in paid.items():
                    row[(k, record), agent] = count
                    places.add((k, record))
            self._limit(programme, places, ("draw", k))
        for row in rows.values():
            programme.at_most(row, ZERO)
        draws = {("draw", k): ONE for k in range(len(self.every))}
        programme.equal(draws, ONE)
        if len(programme.rows) * len(programme.columns) > MAX_DRAWN:
            raise Undecided
        best = programme.maximum(
            {("draw", k): self.welfare(chosen) for k, chosen in enumerate(self.every)}
        )
        assert best is not None
        assert isinstance(best[0], Fraction)
        weights = {k: w for key in draws if (k := key[1]) is not None and (w := best[1][key])}
        lower: Extended = best[0] if self._paid(weights) else -INF
        return max(lower, alone), best[0]

    def _paid(self, weights: Mapping[Any, Fraction]) -> bool:
        """Whether payments that depend on records alone make a draw obeyed."""
        programme = Programme(free=True)
        rows: dict[Hashable, tuple[Fraction, dict[tuple[Hashable, int], Fraction]]] = {}
        for k, weight in weights.items():
            for i, cell, action, gain, paid in self.gains(self.every[k]):
                recommended = tuple(a for (agent, _), a in self.every[k].items() if agent == i)
                total, row = rows.get((i, recommended, cell, action), (ZERO, {}))
                for key, count in paid.items():
                    row[key] = row.get(key, ZERO) + weight * count
                rows[i, recommended, cell, action] = total + weight * gain, row
        places = set()
        for total, row in rows.values():
            programme.at_most(row, -total)
            places |= {key[0] for key in row}
        self._limit(programme, places)
        return programme.maximum({}) is not None

    def value(self, levels: Sequence[Fraction]) -> Extended:
        """V."""
        reached = (self.welfare(c) for c in self.every if self.level(c, levels) == 0)
        return max(reached, default=-INF)

    def threshold(self) -> Extended:
        """λ*."""
        best = self.game.pooled
        levels = (self.level(c, None) for c in self.every if self.welfare(c) == best)
        return min(levels, default=INF)


def incontractible(game: Game) -> list[int]:
    """The cells in which no profile is first best in all states (T1)."""
    cells, listed = required(game.cells), []
    pooled = Strategies(game).first_best() if game.private else {}
    for cell in sorted({cells[s] for s in game.support}):
        own = [s for s in game.support if cells[s] == cell]
        best = [pooled[s] if game.private else set(game.first_best(s)) for s in own]
        if not set.intersection(*best):
            listed.append(cell)
    return listed
