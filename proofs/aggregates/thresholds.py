"""The least common λ at which the best equilibrium of a game of groups loses little enough.

At an aggregate an action is stable for an interval of λ, each deviation's gain being linear in λ;
so what is played in equilibrium at some λ is so at the largest lower end of an interval below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.aggregates.equilibria import coded
from coopgap.theory.aggregates import Choices, GroupGame, reached
from coopgap.theory.exact import INFINITY, Extended

MANY = 4_000_000
"""How many deviations are compared at most."""

Interval = tuple[Fraction, Fraction | None]
"""The λ from a least to a greatest one; None is ∞."""


@dataclass(frozen=True)
class Near:
    """An aggregate that loses little: its index, its expected loss, each action's stable λ."""

    place: int
    lost: Fraction
    spans: Sequence[Sequence[Interval | None]]


def threshold(game: GroupGame, classes: Sequence[Sequence[int]], loss: Fraction) -> Extended | None:
    """The least λ ≥ 0 at which equilibria lose at most ``loss`` utils, ∞ if there is none.

    Deviations inside classes count. None if it would take too long to find.
    """
    few = [_places(game, state, loss) for state in game.support]
    if sum(map(len, few)) * max(map(len, classes)) ** 2 > MANY:
        return None
    near = [
        [
            Near(
                place,
                lost,
                [
                    [_span(game, own, state, g, a, place) for a in range(len(own))]
                    for g, own in enumerate(classes)
                ],
            )
            for place, lost in places
        ]
        for state, places in zip(game.support, few, strict=True)
    ]
    spans = [span for of in near for aggregate in of for own in aggregate.spans for span in own]
    ends = sorted({Fraction(0), *(span[0] for span in spans if span is not None)})
    codes: dict[Choices, int] = {}
    for level in ends:
        lost = [_least(game, of_state, level, codes) for of_state in near]
        finite = [least for least in lost if least is not None]
        if len(finite) == len(lost) and sum(finite) <= loss:
            return level
    return INFINITY


def _places(game: GroupGame, state: int, loss: Fraction) -> list[tuple[int, Fraction]]:
    """The indices of the aggregates of which each loses little in the state, and what it loses."""
    welfare = game.welfare[state].tolist()
    weight, best = game.prior[state] / game.denominator, max(welfare)
    losses = ((place, weight * (best - own)) for place, own in enumerate(welfare))
    return [(place, lost) for place, lost in losses if lost <= loss]


def _span(
    game: GroupGame, classes: Sequence[int], state: int, group: int, action: int, place: int
) -> Interval | None:
    codes, welfare = game.space.codes[group], game.welfare[state]
    rest = int(game.space.order[place]) - codes[action]
    alternatives = [b for b, own in enumerate(classes) if own == classes[action]]
    places = [game.space.places.get(rest + codes[b], -1) for b in alternatives]
    if min(places) < 0:
        return None
    before = game.paid(state, group, action, place)
    least, most = Fraction(0), None
    for alternative, moved in zip(alternatives, places, strict=True):
        gain = game.paid(state, group, alternative, moved) - before
        lost = int(welfare[place] - welfare[moved])
        if lost > 0:
            least = max(least, Fraction(gain, lost))
        elif lost < 0:
            bound = Fraction(gain, lost)
            most = bound if most is None else min(most, bound)
        elif gain > 0:
            return None
    return (least, most) if most is None or least <= most else None


def _least(
    game: GroupGame, near: Sequence[Near], level: Fraction, codes: dict[Choices, int]
) -> Fraction | None:
    """The least loss of an equilibrium at a λ in a state."""

    def holds(span: Interval | None) -> bool:
        return span is not None and span[0] <= level and (span[1] is None or level <= span[1])

    for aggregate in sorted(near, key=lambda candidate: candidate.lost):
        choices = tuple(
            (group.size, tuple(a for a, span in enumerate(spans) if holds(span)))
            for group, spans in zip(game.groups, aggregate.spans, strict=True)
        )
        if not all(actions for _, actions in choices):
            continue
        if choices not in codes:
            codes[choices] = reached(coded(game, choices))
        if codes[choices] >> int(game.space.order[aggregate.place]) & 1:
            return aggregate.lost
    return None
