"""Strategies as a spec writes them: by player and cell, an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError, inside
from coopgap.theory.nearest import require_known, suggestion
from coopgap.theory.readers.shape import COMMON, Listed
from coopgap.theory.readers.values import key

Types = Mapping[tuple[int, int], Sequence[int]]
"""The states of positive probability that each type cannot tell apart, by agent and cell."""


def listed_strategies(
    listing: Listed, environment: Environment, types: Types
) -> tuple[tuple[int, ...], ...]:
    """The listed strategies in ascending order, each an action for each type.

    A cell is named by its states, joined with ``|``. Raises InputError for profiles of a state, for
    players, cells and actions that are unknown or missing, and for strategies that are listed
    twice.
    """
    listed: set[tuple[int, ...]] = set()
    if list(listing) != [COMMON]:
        raise _by_state(environment, types)
    for position, by_player in enumerate(listing[COMMON]):
        with inside(f"[{position}]"):
            if not isinstance(by_player, dict):
                raise _by_state(environment, types)
            chosen = _strategies(by_player, environment, types)
            if chosen in listed:
                raise InputError("the strategies are listed twice", fix="list them once")
        listed.add(chosen)
    return tuple(sorted(listed))


def _by_state(environment: Environment, types: Types) -> InputError:
    players: dict[str, str] = {}
    for (agent, _), states in types.items():
        cell, action = key(_name(environment, states)), environment.actions[agent][0]
        players.setdefault(environment.players[agent], f'{cell} = "{action}", …')
    parts = ", ".join(f"{key(player)} = {{ {cells} }}" for player, cells in players.items())
    return InputError(
        "some player does not see the state, so that equilibria are strategies",
        fix=f"write a list of them by player and cell, [{{ {parts} }}]",
    )


def _name(environment: Environment, states: Sequence[int]) -> str:
    return "|".join(environment.states[state] for state in states)


def _strategies(
    by_player: Mapping[str, Mapping[str, str]], environment: Environment, types: Types
) -> tuple[int, ...]:
    players = environment.players
    for player in by_player:
        require_known(player, players, "player")
    chosen = []
    for agent, player in enumerate(players):
        cells = {_name(environment, own): None for (i, _), own in types.items() if i == agent}
        actions = by_player.get(player, {})
        with inside(key(player)):
            for cell in actions:
                if cell not in cells:
                    raise InputError(
                        f"{player!r} sees no cell {cell!r}", fix=suggestion(cell, list(cells))
                    )
            for cell in cells:
                if cell not in actions:
                    raise InputError(
                        f"nothing is played at {cell!r}",
                        fix=f'add {key(cell)} = "{environment.actions[agent][0]}", or another',
                    )
                chosen.append(_action(actions[cell], cell, environment.actions[agent]))
    return tuple(chosen)


def _action(label: str, cell: str, labels: Sequence[str]) -> int:
    with inside(key(cell)):
        require_known(label, labels, "action")
    return labels.index(label)
