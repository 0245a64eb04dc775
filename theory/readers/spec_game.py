"""The table [game] of a spec: a game, or a family of games."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import chain
from typing import TypeVar

import numpy as np

from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError, inside, read_entries
from coopgap.theory.exact import integer_array, scaled
from coopgap.theory.expressions import Number, Tree
from coopgap.theory.families import Family
from coopgap.theory.json_values import Fields
from coopgap.theory.parsing import parse_formula
from coopgap.theory.readers import shape
from coopgap.theory.readers.by_name import in_order, number_of, numbered
from coopgap.theory.readers.formulas import SYMMETRIC, Formulas, constants_of, require_values_used
from coopgap.theory.readers.parameters import (
    RESERVED,
    Expression,
    Scope,
    require_usable,
    require_used,
)
from coopgap.theory.readers.tables import flattened, require_table
from coopgap.theory.readers.values import DECLARED, exact, key, there_are

_T = TypeVar("_T")

SINGLE_STATE = "s"
"""The name of the state of a game without contingencies."""


def constant(tree: Tree) -> Fraction:
    """The number that an expression without parameters is."""
    assert isinstance(tree, Number), "without parameters an expression is a number"
    return tree.value


def skeleton_of(game: shape.Game) -> Environment:
    """The names of the game, with payoffs 0 and a uniform prior."""
    players = tuple(game.players)
    read_entries("game.players", players, _require_usable)
    states = tuple(game.states.names) if game.states else (SINGLE_STATE,)
    with inside("game.actions"):
        actions = tuple(tuple(labels) for labels in in_order(game.actions, players, "player"))
    counts = tuple(len(labels) for labels in actions)
    with inside("game.payoffs"):
        require_table(len(players), len(states), counts)
    with inside("game.cooperative"):
        cooperative = _cooperative(game.cooperative, players, actions)
    return Environment(
        players=players,
        actions=actions,
        states=states,
        prior=(Fraction(1, len(states)),) * len(states),
        payoffs=np.zeros((len(players), len(states), *counts), dtype=np.int64),
        cooperative=cooperative,
    )


def environment_of(game: shape.Game, skeleton: Environment) -> Environment:
    """The game with its payoffs and prior."""
    formulas = Formulas(skeleton, constants_of(game.values, skeleton.states), Scope())

    def formula_table(text: str, player: int, state: int) -> list[Fraction | int]:
        return [constant(expression.tree) for expression in formulas.table(text, player, state)]

    with inside("game.payoffs"):
        payoffs = _payoffs(game.payoffs, skeleton, _declared, formula_table)
        entries = chain.from_iterable(chain.from_iterable(payoffs))
        whole, denominator = scaled(list(entries))
    with inside("game.states"):
        return replace(
            skeleton,
            prior=tuple(constant(expression.tree) for expression in _prior(game.states)),
            payoffs=integer_array(whole, skeleton.payoffs.shape),
            denominator=denominator,
        )


def family_of(
    spec: shape.Spec,
    skeleton: Environment,
    scope: Scope,
    assumed: Sequence[str],
    uses: Sequence[Expression],
) -> Family:
    """The family of games."""
    formulas = Formulas(skeleton, constants_of(spec.game.values, skeleton.states), scope)
    with inside("game.payoffs"):
        payoffs = _payoffs(spec.game.payoffs, skeleton, scope.read, formulas.table)
        cells = list(chain.from_iterable(chain.from_iterable(payoffs)))
        scaled([cell.tree.value for cell in cells if isinstance(cell.tree, Number)])
    with inside("game.states"):
        prior = _prior(spec.game.states)
    assumptions = scope.assumptions(assumed)
    require_used(scope, [*cells, *prior, *_expressions(spec), *uses], assumed)
    with inside("game.states"):
        return Family(
            parameters=scope.parameters,
            assumptions=assumptions,
            players=skeleton.players,
            actions=skeleton.actions,
            states=skeleton.states,
            prior=tuple(expression.tree for expression in prior),
            payoffs=tuple(
                tuple(tuple(cell.tree for cell in of_state) for of_state in of_player)
                for of_player in payoffs
            ),
            cooperative=skeleton.cooperative,
        )


def _expressions(spec: shape.Spec) -> Iterator[Expression]:
    """The levels of λ, the values of claims, the bounds on fines and the outside options."""
    levels = spec.prosociality.levels if spec.prosociality else []
    for level in [*levels, *(claim.prosociality or {} for claim in spec.claim)]:
        yield from level.values()
    yield from (claim.value for claim in spec.claim if claim.value is not None)
    for contracts in (spec.contracts, *(language.contracts for language in spec.language)):
        yield from contracts.expressions


def game_names(game: shape.Game) -> dict[str, str]:
    """What each name of the game stands for: a state, an action or a player."""
    actions = chain.from_iterable(game.actions.values())
    return {
        **dict.fromkeys(game.states.names if game.states else (), "a state"),
        **dict.fromkeys(actions, "an action"),
        **dict.fromkeys(chain.from_iterable(game.values.values()), "a value of states"),
        **dict.fromkeys(game.players, "a player"),
    }


def require_values_usable(game: shape.Game, scope: Scope) -> None:
    """Raises InputError for values of states whose names mean something else."""
    for state, values in game.values.items():
        with inside(f"game.values.{key(state)}"):
            for name in values:
                require_usable(name, "value")
                if name in game.players:
                    raise InputError(f"{name!r} is a player", fix="rename the value")
                if name in scope.known:
                    raise InputError(f"{name!r} is a parameter or let", fix="rename the value")
    with inside("game.payoffs"):
        formulas = list(_formulas(game.payoffs))
    require_values_used(game.values, formulas)


def _formulas(payoffs: Fields) -> Iterator[Tree]:
    """The formulas among payoffs. Raises InputError for text that is none."""
    for name, payoff in payoffs.items():
        with inside(key(name)):
            if isinstance(payoff, dict):
                yield from _formulas(payoff)
            elif isinstance(payoff, str) and payoff != SYMMETRIC:
                yield parse_formula(payoff)


def _require_usable(player: str) -> None:
    if player == "":
        raise InputError("the name is empty", fix="give the player a name")
    if player in RESERVED or keyword.iskeyword(player):
        owner = "the records language" if player in RESERVED else "Python"
        raise InputError(
            f"no player can be called {player!r}, a word of {owner}", fix="rename the player"
        )


def _declared(value: object) -> Fraction | int:
    """A number in a spec that could have parameters."""
    return exact(value, DECLARED)


def _prior(states: shape.States | None) -> list[Expression]:
    if states is None or (states.prior is None and len(states.names) == 1):
        return [Expression(Number(Fraction(1)))]
    if states.prior is None:
        raise InputError("'prior' is missing", fix="give each state a probability")
    with inside("prior"):
        if len(states.prior) != len(states.names):
            raise InputError(
                f"{there_are(len(states.prior), 'probability', 'probabilities')} for "
                f"{len(states.names)} states",
                fix="give each state one",
            )
        scaled([entry.tree.value for entry in states.prior if isinstance(entry.tree, Number)])
    return states.prior


def _cooperative(
    chosen: Mapping[str, Sequence[str]] | None,
    players: Sequence[str],
    actions: Sequence[Sequence[str]],
) -> tuple[tuple[int, ...], ...] | None:
    if chosen is None:
        return None
    rows = zip(players, in_order(chosen, players, "player"), actions, strict=True)
    indices = []
    for player, cooperating, labels in rows:
        with inside(key(player)):
            known = numbered(labels)
            indices.append(tuple(number_of(label, known, "action") for label in cooperating))
    return tuple(indices)


def _payoffs(
    tables: Fields,
    skeleton: Environment,
    read: Callable[[object], _T],
    formula_table: Callable[[str, int, int], list[_T]],
) -> list[list[list[_T]]]:
    """All payoffs, as ``read`` reads them: by player, state and profile.

    ``formula_table`` gives the table of a player's formula in a state.
    """
    states = skeleton.states
    nested = tables and all(isinstance(table, dict) for table in tables.values())
    common = set(map(type, tables.values())) == {str}
    if common or (len(states) == 1 and not nested):
        by_state = [
            _state_payoffs(tables, skeleton, read, partial(_at_state, formula_table, state))
            for state in range(len(states))
        ]
    else:
        by_state = []
        rows = zip(states, in_order(tables, states, "state"), strict=True)
        for index, (state, of_state) in enumerate(rows):
            with inside(key(state)):
                if not isinstance(of_state, dict):
                    raise InputError(
                        "each state has tables of its own",
                        fix=f"write them under [game.payoffs.{key(state)}]",
                    )
                of_player = partial(_at_state, formula_table, index)
                by_state.append(_state_payoffs(of_state, skeleton, read, of_player))
    return [[of_state[player] for of_state in by_state] for player in range(len(skeleton.players))]


def _at_state(
    formula_table: Callable[[str, int, int], list[_T]], state: int, text: str, player: int
) -> list[_T]:
    return formula_table(text, player, state)


def _state_payoffs(
    tables: Fields,
    skeleton: Environment,
    read: Callable[[object], _T],
    formula_table: Callable[[str, int], list[_T]],
) -> list[list[_T]]:
    """The payoffs of each player in one state, the last player's action varying fastest."""
    players, counts = skeleton.players, skeleton.shape
    by_player: dict[str, list[_T]] = {}
    for place, table in enumerate(in_order(tables, players, "player")):
        player = players[place]
        if table != SYMMETRIC:
            with inside(key(player)):
                by_player[player] = (
                    formula_table(table, place)
                    if isinstance(table, str)
                    else flattened(table, players, counts, read)
                )
    for player in players:
        if player not in by_player:
            with inside(key(player)):
                by_player[player] = _transposed(list(by_player.values()), counts)
    return [by_player[player] for player in players]


def _transposed(tables: Sequence[list[_T]], counts: Sequence[int]) -> list[_T]:
    if len(counts) != 2 or counts[0] != counts[1] or not tables:
        raise InputError(
            '"symmetric" is the transpose of the other player\'s square table, and there is none',
            fix="write the payoffs out",
        )
    (table,), size = tables, counts[0]
    return [table[j * size + i] for i in range(size) for j in range(size)]
