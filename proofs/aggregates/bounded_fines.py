"""Transfers with bounded fines in games of groups (theory.md T3(c)).

A court that sees who left its class fines it as much as it may, and gives the fine to the others;
so what counts is how much each agent could gain by leaving, its *temptation*. On the path agents
may pay each other, at most as much as the fine; so n agents are kept in a play iff their
temptations sum to at most n fines. With free money bounds never bind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from coopgap.theory.aggregates import Choices, Counts, GroupGame, tally
from coopgap.theory.exact import INFINITY, Extended

MANY = 3_000_000
"""How many steps the search for the least temptation may take."""

Number = Fraction | int

Pair = tuple[Number, Number]
"""A number, and how it changes where λ is a little less."""

Weigh = Callable[[int, int, int], Pair]
"""What a deviation is worth: from the group, the gain in payoff and the loss of welfare."""

NOTHING: Pair = (0, 0)


class TooManyError(Exception):
    """The search for the least temptation would take too long."""


def at(levels: Sequence[Fraction]) -> Weigh:
    """At these λ of the groups."""
    return lambda group, gain, lost: (gain - levels[group] * lost, 0)


def just_below(level: Fraction) -> Weigh:
    """At all λ that are a little less than this one."""
    return lambda _, gain, lost: (gain - level * lost, lost)


def at_last(_group: int, gain: int, lost: int) -> Pair:
    """At all large λ, where no deviation raises welfare."""
    return (-1 if lost else gain, 0)


def deviations(
    game: GroupGame, state: int, group: int, action: int, place: int
) -> dict[int, tuple[int, int]] | None:
    """By other action what it gains an agent at an aggregate, and what welfare loses by it.

    Both over the game's denominator. None if the others cannot play so.
    """
    codes, welfare = game.space.codes[group], game.welfare[state]
    rest = int(game.space.order[place]) - codes[action]
    own, moves = game.paid(state, group, action, place), {}
    for deviation, code in enumerate(codes):
        moved = game.space.places.get(rest + code)
        if moved is None:
            return None
        if deviation != action:
            gain = game.paid(state, group, deviation, moved) - own
            moves[deviation] = (gain, int(welfare[place] - welfare[moved]))
    return moves


def temptation(moves: Mapping[int, tuple[int, int]], group: int, weigh: Weigh) -> Pair:
    """The most that a deviation is worth, at least 0."""
    return max([NOTHING, *(weigh(group, *move) for move in moves.values())])


def options(
    game: GroupGame, choices: Choices, state: int, place: int, weigh: Weigh
) -> list[tuple[int, dict[int, Pair]]]:
    """For each group its size, and by action the temptation of who takes it."""
    groups = []
    for group, (size, actions) in enumerate(choices):
        costs = {}
        for action in actions:
            moves = deviations(game, state, group, action, place)
            if moves is not None:
                costs[action] = temptation(moves, group, weigh)
        groups.append((size, costs))
    return groups


def cheapest(
    game: GroupGame, costs: Sequence[tuple[int, Mapping[int, Pair]]], place: int, most: Pair | None
) -> Counts | None:
    """The play of an aggregate of least temptations in sum, if that is at most ``most``, if given.

    Raises TooManyError.
    """
    code, steps = int(game.space.order[place]), 0
    layers: list[dict[int, tuple[Pair, int, int]]] = [{0: (NOTHING, -1, 0)}]
    owners = [group for group, (size, _) in enumerate(costs) for _ in range(size)]
    for group in owners:
        after: dict[int, tuple[Pair, int, int]] = {}
        moves = [(game.space.codes[group][a], a, cost) for a, cost in costs[group][1].items()]
        steps += len(layers[-1]) * len(moves)
        if steps > MANY:
            raise TooManyError
        for reached, (spent, _, _) in layers[-1].items():
            for own, action, cost in moves:
                total = (spent[0] + cost[0], spent[1] + cost[1])
                new = reached + own
                cheaper = new not in after or total < after[new][0]
                if new <= code and (most is None or total <= most) and cheaper:
                    after[new] = (total, action, reached)
        layers.append(after)
    if code not in layers[-1]:
        return None
    counts = [[0] * len(group.actions) for group in game.groups]
    for group, layer in zip(reversed(owners), reversed(layers), strict=False):
        _, action, code = layer[code]
        counts[group][action] += 1
    return tuple(map(tuple, counts))


def tempted(
    game: GroupGame, levels: Sequence[Fraction], state: int, place: int, counts: Counts
) -> Fraction:
    """The sum of all temptations in a play, over the game's denominator."""
    total = Fraction(0)
    for group, action, number in tally(counts):
        moves = deviations(game, state, group, action, place)
        assert moves is not None, "the play is one"
        total += number * Fraction(temptation(moves, group, at(levels))[0])
    return total


def threshold(
    game: GroupGame, classes: Sequence[Sequence[int]], fines: Fraction
) -> Extended | None:
    """The least common λ at which fines of this sum, in utils, keep agents in a first best.

    At a first best no deviation raises welfare, so temptations fall in λ: from large λ downwards
    each play that is found is followed to its own least λ, until none is left below. None if the
    search would take too long.
    """
    try:
        return max(_of_state(game, classes, state, fines) for state in game.support)
    except TooManyError:
        return None


def _of_state(
    game: GroupGame, classes: Sequence[Sequence[int]], state: int, fines: Fraction
) -> Extended:
    most: Pair = (fines * game.denominator, 0)
    welfare = game.welfare[state].tolist()
    best = [place for place, own in enumerate(welfare) if own == max(welfare)]

    def sustained(weigh: Weigh) -> tuple[int, Counts] | None:
        for place in best:
            choices = _stable(game, classes, state, place, weigh)
            counts = cheapest(game, options(game, choices, state, place, weigh), place, most)
            if counts is not None:
                return place, counts
        return None

    level: Extended = INFINITY
    play = sustained(at_last)
    while play is not None:
        level = _least(game, classes, state, *play, Fraction(most[0]))
        play = sustained(just_below(level)) if level > 0 else None
    return level


def _stable(
    game: GroupGame, classes: Sequence[Sequence[int]], state: int, place: int, weigh: Weigh
) -> Choices:
    """The actions of each group from which no deviation inside its class pays."""

    def stays(g: int, action: int) -> bool:
        moves = deviations(game, state, g, action, place)
        return moves is not None and all(
            weigh(g, *move) <= NOTHING
            for deviation, move in moves.items()
            if classes[g][deviation] == classes[g][action]
        )

    return tuple(
        (size, tuple(action for action in actions if stays(g, action)))
        for g, (size, actions) in enumerate(game.every)
    )


def _least(
    game: GroupGame,
    classes: Sequence[Sequence[int]],
    state: int,
    place: int,
    counts: Counts,
    most: Fraction,
) -> Fraction:
    """The least λ at which a first best is kept, which large λ keep, by Newton's steps from below.

    The sum of temptations is convex in λ, so each step along its tangent goes no too far.
    """
    level, agents = Fraction(0), []
    for g, action, number in tally(counts):
        moves = deviations(game, state, g, action, place)
        assert moves is not None, "the play is one"
        agents.append((number, [(0, 0), *moves.values()]))
        for deviation, (gain, lost) in moves.items():
            if classes[g][deviation] == classes[g][action] and lost:
                level = max(level, Fraction(gain, lost))
    while True:
        # Of equally good deviations that of least loss is best where λ is a little more.
        worst = [(n, max(ways, key=lambda m: (m[0] - level * m[1], -m[1]))) for n, ways in agents]
        over = sum((n * (gain - level * lost) for n, (gain, lost) in worst), Fraction(0)) - most
        if over <= 0:
            return level
        level += over / sum(n * lost for n, (_, lost) in worst)
