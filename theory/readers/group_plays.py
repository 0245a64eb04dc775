"""Plays of groups in spec files: how many agents of each group take which action."""

from __future__ import annotations

from coopgap.theory.aggregates import Counts, GroupGame
from coopgap.theory.errors import InputError, inside
from coopgap.theory.nearest import require_known
from coopgap.theory.readers.by_name import in_order
from coopgap.theory.readers.group_shape import Play
from coopgap.theory.readers.values import key


def plays_of(
    listing: list[Play] | dict[str, list[Play]], game: GroupGame
) -> tuple[tuple[Counts, ...], ...]:
    """The plays that a claim lists, by state of positive probability."""
    likely = [game.states[s] for s in game.support]
    if isinstance(listing, list):
        if len(likely) > 1:
            raise InputError(
                "there are several states", fix=f"write {{ {key(likely[0])} = […], … }}"
            )
        listing = {likely[0]: listing}
    for name in listing:
        if name in game.states and name not in likely:
            raise InputError(f"the state {name!r} has probability 0", fix="leave it out")
    by_state = []
    for name, listed in zip(likely, in_order(listing, likely, "state"), strict=True):
        with inside(key(name)):
            plays = [_play(play, game) for play in listed]
            if len(set(plays)) < len(plays):
                raise InputError("a play is listed twice", fix="list each once")
            by_state.append(tuple(sorted(plays)))
    return tuple(by_state)


def _play(play: Play, game: GroupGame) -> Counts:
    """How many agents of each group take each action."""
    counts = []
    named = in_order(play, [group.name for group in game.groups], "group")
    for group, own in zip(game.groups, named, strict=True):
        with inside(key(group.name)):
            for label, number in own.items():
                require_known(label, group.actions, "action")
                if number < 1:
                    raise InputError(f"{number} agents take {label!r}", fix="list who does only")
            if sum(own.values()) != group.size:
                raise InputError(
                    f"the numbers of agents add up to {sum(own.values()):,}",
                    fix=f"the group has {group.size:,}",
                )
            counts.append(tuple(own.get(label, 0) for label in group.actions))
    return tuple(counts)
