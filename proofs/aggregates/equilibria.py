"""Which aggregates of a game of groups are played in equilibrium, and by whom (theory.md §4).

At an aggregate an action is *stable* if no deviation inside its class pays; the aggregate is played
in equilibrium iff stable actions, one for each agent, sum to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from operator import or_

import numpy as np

from coopgap.proofs.aggregates import bounded_fines as fined
from coopgap.theory.aggregates import Choices, Counts, GroupGame, reached
from coopgap.theory.exact import IntArray, magnitude

MANY_STEPS = 20_000
"""How many steps the listing of plays may take."""


@dataclass
class Equilibria:
    """Equilibria in which agents deviate inside classes only, at one λ for each group.

    classes: for each group and action the number of its class. levels: λ of each group. fines: the
    sum of the largest fines of all agents, in utils, where they are bounded.
    """

    game: GroupGame
    classes: Sequence[Sequence[int]]
    levels: Sequence[Fraction]
    fines: Fraction | None = None
    _stable: dict[int, list[IntArray]] = field(default_factory=dict)
    _reached: dict[Choices, int] = field(default_factory=dict)

    def stable(self, state: int) -> list[IntArray]:
        """For each group whether each action is stable: Booleans (actions, aggregates)."""
        if state not in self._stable:
            self._stable[state] = [
                self._of_group(state, group) for group in range(len(self.game.groups))
            ]
        return self._stable[state]

    def _of_group(self, state: int, group: int) -> IntArray:
        game, space = self.game, self.game.space
        level = Fraction(self.levels[group])
        welfare, own = game.welfare[state], game.payoffs[group][state]
        marks = game.marks[group]
        largest = 1 + max((m for row in marks for m in row), default=0) * len(own)
        size = level.denominator * largest * magnitude(own) + level.numerator * magnitude(welfare)
        kind = np.int64 if size < 1 << 62 else object
        base, *slopes = own.astype(kind)
        shared = level.denominator * base + level.numerator * welfare.astype(kind)
        utilities = [
            shared + level.denominator * sum((m * s for m, s in zip(row, slopes, strict=True)), 0)
            for row in marks
        ]
        stable = np.zeros((len(marks), len(space.order)), dtype=bool)
        codes, classes = space.codes[group], self.classes[group]
        for number in set(classes):
            inside = [a for a, kind_of in enumerate(classes) if kind_of == number]
            rests = [space.order - codes[a] for a in inside]
            best: IntArray = np.zeros(space.bound, dtype=kind)
            counts = np.zeros(space.bound, dtype=np.int64)
            for a, rest in zip(inside, rests, strict=True):
                possible = rest >= 0
                places, new = rest[possible], utilities[a][possible]
                first = counts[places] == 0
                best[places] = np.where(first, new, np.maximum(best[places], new))
                counts[places] += 1
            for a, rest in zip(inside, rests, strict=True):
                places = np.maximum(rest, 0)
                complete = (rest >= 0) & (counts[places] == len(inside))
                stable[a] = complete & (best[places] == utilities[a])
        return stable

    def choices(self, state: int, place: int) -> Choices:
        """The stable actions of each group at an aggregate, by its index."""
        return tuple(
            (group.size, tuple(np.flatnonzero(stable[:, place]).tolist()))
            for group, stable in zip(self.game.groups, self.stable(state), strict=True)
        )

    def playable(self, state: int, place: int) -> bool:
        """Whether stable actions sum to the aggregate, and bounded fines keep some such play.

        Raises TooManyError where fines are bounded.
        """
        choices = self.choices(state, place)
        if not (all(actions for _, actions in choices) and self.sums(choices, place)):
            return False
        return self.fines is None or self._affordable(state, place) is not None

    def play(self, state: int, place: int) -> Counts:
        """Some play of an aggregate that is played; raises TooManyError where fines are bounded."""
        if self.fines is None:
            return play(self.game, self.choices(state, place), place)
        counts = self._affordable(state, place)
        assert counts is not None, "the aggregate is played"
        return counts

    def _affordable(self, state: int, place: int) -> Counts | None:
        """The play of stable actions of least temptations, if fines keep agents in it."""
        assert self.fines is not None
        game, choices = self.game, self.choices(state, place)
        costs = fined.options(game, choices, state, place, fined.at(self.levels))
        return fined.cheapest(game, costs, place, (self.fines * game.denominator, 0))

    def sums(self, choices: Choices, place: int) -> bool:
        """Whether choices among these actions can sum to an aggregate."""
        if choices not in self._reached:
            self._reached[choices] = reached(coded(self.game, choices))
        return bool(self._reached[choices] >> int(self.game.space.order[place]) & 1)

    def candidates(self, state: int) -> IntArray:
        """The indices of aggregates at which each group has a stable action."""
        some = [stable.any(axis=0) for stable in self.stable(state)]
        return np.flatnonzero(np.logical_and.reduce(some))

    def all(self, state: int) -> list[int]:
        """The indices of all aggregates that are played in equilibrium, ascending."""
        return [p for p in self.candidates(state).tolist() if self.playable(state, p)]

    def best(self, state: int) -> int | None:
        """The index of a playable aggregate of most welfare, the first of equal ones."""
        welfare, places = self.game.welfare[state], self.candidates(state).tolist()
        for place in sorted(places, key=lambda p: (-welfare[p], p)):
            if self.playable(state, place):
                return int(place)
        return None


def coded(game: GroupGame, choices: Choices) -> list[tuple[int, list[int]]]:
    """The choices by codes of actions."""
    return [
        (size, [codes[a] for a in actions])
        for (size, actions), codes in zip(choices, game.space.codes, strict=True)
    ]


def play(game: GroupGame, choices: Choices, place: int) -> Counts:
    """Some play of an aggregate in which agents choose among these actions."""
    prefixes, owners = [1], []
    for group, (size, actions) in enumerate(coded(game, choices)):
        for _ in range(size):
            prefixes.append(reduce(or_, [prefixes[-1] << code for code in actions], 0))
            owners.append(group)
    counts = [[0] * len(group.actions) for group in game.groups]
    rest = int(game.space.order[place])
    for step in reversed(range(len(owners))):
        group = owners[step]
        codes = game.space.codes[group]
        action = next(
            a
            for a in choices[group][1]
            if rest >= codes[a] and prefixes[step] >> (rest - codes[a]) & 1
        )
        counts[group][action] += 1
        rest -= codes[action]
    return tuple(map(tuple, counts))


def plays(game: GroupGame, choices: Choices, place: int, limit: int) -> list[Counts] | None:
    """All plays of an aggregate among these actions, by counts; None if there are too many."""
    moves = [
        (group, a, game.space.codes[group][a])
        for group, (_, actions) in enumerate(choices)
        for a in actions
    ]
    listed: list[Counts] = []
    steps = 0
    unplaced = [size for size, _ in choices]
    counts = [[0] * len(group.actions) for group in game.groups]

    def extend(move: int, rest: int) -> Iterator[Counts]:
        nonlocal steps
        steps += 1
        if steps > MANY_STEPS:
            raise _TooMany
        if move == len(moves):
            if rest == 0 and not any(unplaced):
                yield tuple(map(tuple, counts))
            return
        group, action, code = moves[move]
        last = move + 1 == len(moves) or moves[move + 1][0] != group
        most = unplaced[group] if code == 0 else min(unplaced[group], rest // code)
        for number in range(unplaced[group] if last else 0, most + 1):
            counts[group][action] = number
            unplaced[group] -= number
            yield from extend(move + 1, rest - number * code)
            unplaced[group] += number
        counts[group][action] = 0

    try:
        for candidate in extend(0, int(game.space.order[place])):
            listed.append(candidate)
            if len(listed) > limit:
                return None
    except _TooMany:
        return None
    return sorted(listed, reverse=True)


class _TooMany(Exception):
    pass
