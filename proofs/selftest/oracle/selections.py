"""Selections of profiles, the λ at which contracts make them equilibria, and V."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise, product

from coopgap.proofs.selftest.oracle.games import EVERY, Deviation, Game, Interval, Undecided
from coopgap.proofs.selftest.oracle.numbers import INF, ONE, ZERO, Extended
from coopgap.proofs.selftest.oracle.programmes import Programme
from coopgap.proofs.selftest.oracle.reading import require, required

MAX_SELECTIONS = 700
"""How many selections of one block of states are looked at for all λ."""

Play = Mapping[int, Mapping[int, Fraction]]
"""By state the weights of profiles."""


@dataclass(frozen=True)
class Common:
    """All common λ. levels: None; or those of the data, which are then the only ones."""

    game: Game
    levels: Sequence[Fraction] | None = None

    def split(self, move: Deviation) -> tuple[Fraction, Fraction]:
        """A deviation's gain and welfare loss: it pays the first minus λ times the second."""
        if self.levels is None:
            return move[3], move[4]
        return move[3] - self.levels[move[0]] * move[4], ZERO

    def blocks(self) -> list[list[int]]:
        """The states of positive probability, grouped by the contracts that they share."""
        game, blocks = self.game, list[tuple[set[Hashable], list[int]]]()
        for state in game.support:
            marks: set[Hashable] = {(state,)}
            if game.kind == "transfers":
                marks = {("record", game.record(state, a)) for a in range(len(game.profiles))}
            elif game.kind == "directive":
                marks = {("cell", required(game.cells)[state])}
            touched = [block for block in blocks if block[0] & marks]
            blocks = [block for block in blocks if not block[0] & marks]
            states = [*(s for _, own in touched for s in own), state]
            blocks.append((marks.union(*(own for own, _ in touched)), states))
        return [states for _, states in blocks]

    def intervals(self, chosen: Mapping[int, int]) -> list[Interval]:
        """The λ at which contracts make a part of a selection, of a whole block, an equilibrium."""
        if self.game.kind == "directive":
            return _directed(self, chosen)
        moves = [(s, a, m) for s, a in chosen.items() for m in self.game.deviations(s, a)]
        if self.game.kind == "none":
            return held_at(self.split(move) for _, _, move in moves)
        play = {state: {profile: ONE} for state, profile in chosen.items()}
        hidden = held_at(
            self.split(move)
            for s, a, move in moves
            if self.game.record(s, a) == self.game.record(s, move[2])
        )
        return hidden and paid_at(self, play)


def held_at(rows: Iterable[tuple[Fraction, Fraction]]) -> list[Interval]:
    """The λ ≥ 0 at which gain ≤ λ lost for all rows."""
    low: Fraction = ZERO
    high: Extended = INF
    for gain, lost in rows:
        if lost > 0:
            low = max(low, gain / lost)
        elif lost < 0:
            high = min(high, gain / lost)
        elif gain > 0:
            return []
    return [(low, high)] if low <= high else []


def _directed(common: Common, chosen: Mapping[int, int]) -> list[Interval]:
    """The λ at which directives make the plays of one cell equilibria.

    They allow each player a set of classes with those that it plays, within which no deviation
    pays.
    """
    game, classes = common.game, required(common.game.classes)
    intervals = {EVERY}
    for agent in game.agents:
        own = classes[agent]
        played = {own[game.profiles[a][agent]] for a in chosen.values()}
        if not game.permissive and len(played) > 1:
            return []
        further = sorted(set(own) - played) if game.permissive else []
        mine = set[Interval]()
        for size in range(len(further) + 1):
            for more in combinations(further, size):
                allowed = played.union(more)
                mine |= set(
                    held_at(
                        common.split(move)
                        for state, a in chosen.items()
                        for move in game.deviations(state, a)
                        if move[0] == agent and own[move[1]] in allowed
                    )
                )
        met = {(max(a, c), min(b, d)) for (a, b), (c, d) in product(intervals, mine)}
        intervals = {(low, high) for low, high in met if low <= high}
    return list(intervals)


def paid_at(common: Common, play: Play) -> list[Interval]:
    """The λ at which some transfers of the class make a play an equilibrium."""
    game, limit = common.game, common.game.liability
    programme = Programme(free=limit is None)
    # Below a liability bound amounts are x − bound, of x ≥ 0.
    records = dict[Hashable, None]()
    depends = False
    for state, weights in play.items():
        rows: dict[tuple[int, int, int], dict[Hashable, Fraction]] = {}
        gains: dict[tuple[int, int, int], Fraction] = {}
        for a, weight in weights.items():
            before = game.record(state, a)
            for move in game.deviations(state, a):
                key, after = (
                    (move[0], game.profiles[a][move[0]], move[1]),
                    game.record(state, move[2]),
                )
                records |= dict.fromkeys((before, after))
                row = rows.setdefault(key, {})
                for place, sign in ((after, weight), (before, -weight)):
                    row[place, move[0]] = row.get((place, move[0]), ZERO) + sign
                gain, lost = common.split(move)
                gains[key] = gains.get(key, ZERO) + weight * gain
                if lost:
                    depends = True
                    row["λ"] = row.get("λ", ZERO) - weight * lost
        for key, row in rows.items():
            programme.at_most(row, -gains[key])
    for record in records:
        sums = {(record, agent): ONE for agent in game.agents}
        room = ZERO if limit is None else limit * len(game.agents)
        if game.budget != "free":
            programme.at_most(sums, room)
        if game.budget == "balanced":
            programme.at_most(dict.fromkeys(sums, -ONE), -room)
    if not depends:
        return [] if programme.maximum({}) is None else [EVERY]
    programme.at_most({"λ": -ONE}, ZERO)
    low, high = programme.maximum({"λ": -ONE}), programme.maximum({"λ": ONE})
    return [] if low is None or high is None else [(-low[0], high[0])]


def ranked(game: Game, states: Sequence[int]) -> list[tuple[Fraction, dict[int, int]]]:
    """All selections of a block with their weighted welfare, the best first."""
    numbers = range(len(game.profiles))
    if len(numbers) ** len(states) > MAX_SELECTIONS:
        raise Undecided
    selections = []
    for profiles in product(numbers, repeat=len(states)):
        chosen = dict(zip(states, profiles, strict=True))
        worth = sum((game.prior[s] * game.welfare(s, a) for s, a in chosen.items()), ZERO)
        selections.append((worth, chosen))
    return sorted(selections, key=lambda pair: pair[0], reverse=True)


class Values:
    """V at all common λ."""

    def __init__(self, game: Game) -> None:
        require(game.levels is None)
        common = Common(game)
        self.blocks = [
            [(w, span) for w, chosen in ranked(game, states) for span in common.intervals(chosen)]
            for states in common.blocks()
        ]

    def at(self, level: Extended) -> Extended:
        """V at one λ."""
        total = ZERO
        for block in self.blocks:
            worth = [w for w, (low, high) in block if low <= level <= high]
            if not worth:
                return -INF
            total += max(worth)
        return total

    @property
    def breaks(self) -> list[Fraction]:
        """The λ at which V may change."""
        ends = {end for block in self.blocks for _, interval in block for end in interval}
        return sorted({ZERO, *(end for end in ends if end != INF)})

    def between(self, low: Fraction, high: Extended, first: bool, last: bool) -> set[Extended]:
        """All values in an interval: at each break and end in it, and between them."""
        inside = [low, *(level for level in self.breaks if low < level < high)]
        inside += [high] if high != INF else [max(inside) + 1]
        middles = [(a + b) / 2 for a, b in pairwise(inside) if a < b]
        ends = [low] * first + [high] * (last and high != INF) + inside[1:-1]
        beyond = [inside[-1]] if high == INF else []
        return {self.at(level) for level in (*ends, *middles, *beyond)}
