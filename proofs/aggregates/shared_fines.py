"""Balanced transfers that see classes of actions and the total (theory.md N5; Holmström 1982).

Who deviates inside a class is one of those who can have changed the total so. If some agent cannot
have, the others are fined in its favour. Else nothing can be taken from all of them at once, and
what all of them would gain must not be positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from coopgap.proofs.aggregates.bounded_fines import tempted
from coopgap.proofs.aggregates.equilibria import plays
from coopgap.theory.aggregates import Counts, GroupGame, tally

MANY_PLAYS = 2_000
"""How many plays of an aggregate are tried."""


def best_play(
    game: GroupGame,
    classes: Sequence[Sequence[int]],
    levels: Sequence[Fraction],
    state: int,
    fines: Fraction | None = None,
) -> tuple[int, Counts] | str | None:
    """The aggregate, by its index, and the play of most welfare that such transfers implement.

    fines: the sum of the largest fines of all agents, in utils, where they are bounded. None if
    there is none; why it is not known if there are too many plays to try.
    """
    welfare = game.welfare[state].tolist()
    budget = MANY_PLAYS
    for place in sorted(range(len(welfare)), key=lambda p: (-welfare[p], p)):
        listed = plays(game, game.every, place, budget)
        if listed is None:
            return "there are too many plays to try for balanced transfers that see the total"
        budget -= len(listed)
        for counts in listed:
            if joint_gain(game, classes, levels, state, place, counts)[1] <= 0 and (
                fines is None
                or tempted(game, levels, state, place, counts) <= fines * game.denominator
            ):
                return place, counts
    return None


def joint_gain(
    game: GroupGame,
    classes: Sequence[Sequence[int]],
    levels: Sequence[Fraction],
    state: int,
    place: int,
    counts: Counts,
) -> tuple[Fraction, Fraction]:
    """The change of the total by which all agents together gain most, and that gain.

    Only changes count that every agent can bring about inside its class; without any both are 0.
    The gain is in utils times the game's denominator.
    """
    order = game.space.order
    best = (Fraction(0), Fraction(0))

    def worth(group: int, action: int, at: int) -> Fraction:
        welfare = int(game.welfare[state][at])
        return game.paid(state, group, action, at) + levels[group] * welfare

    for change in {x - y for own in game.groups for x in own.numbers for y in own.numbers} - {0}:
        gains = Fraction(0)
        for g, a, n in tally(counts):
            numbers, kinds = game.groups[g].numbers, classes[g]
            moved = [
                b
                for b, x in enumerate(numbers)
                if x == numbers[a] + change and kinds[b] == kinds[a]
            ]
            if not moved:
                break
            codes = game.space.codes[g]
            after = game.space.places[int(order[place]) - codes[a] + codes[moved[0]]]
            gains += n * (worth(g, moved[0], after) - worth(g, a, place))
        else:
            best = max(best, (change, gains), key=lambda pair: pair[1])
    return best
