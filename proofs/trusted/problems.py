"""The data of a certificate: a game in parameters, a language, a class of contracts, and λ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proofs.trusted.conditions import Condition, condition_of
from proofs.trusted.documents import (
    Budget,
    fields,
    integer,
    listing,
    names_of,
    require,
    text_of,
    truth_of,
)
from proofs.trusted.polynomials import Number, Ratio, number, ratio

Table = tuple[Sequence[Number], ...]
"""For each state a number for each profile, the last agent's action varying fastest."""


@dataclass(frozen=True)
class Game:
    """The environment. prior: weights of the states, relative to their sum. ``payoffs[agent]``:
    over ``denominator`` they are utils. cooperative: for each agent the indices of actions."""

    players: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    states: tuple[str, ...]
    prior: Sequence[Number]
    denominator: Number
    payoffs: tuple[Table, ...]
    cooperative: tuple[tuple[int, ...], ...] | None = None


@dataclass(frozen=True)
class Records:
    """What a contract can tell apart: by cells of states and classes of each agent's actions, or by
    a table of the record of each profile in each state."""

    cells: tuple[int, ...] | None = None
    classes: tuple[tuple[int, ...], ...] | None = None
    table: Table | None = None


@dataclass(frozen=True)
class Contracts:
    """The class of contracts. kind: ``none``, ``transfers`` or ``directive``."""

    kind: str = "none"
    budget: str = ""
    liability: Ratio | None = None
    permissive: bool = False


@dataclass(frozen=True)
class Prosociality:
    """λ_i = ``levels[i] / scale`` for each agent. scale 0: beyond all bounds, where of payoffs only
    W counts, and of transfers what grows with λ; utilities are then over λ."""

    levels: Sequence[Number]
    scale: Number

    def pull(self, agent: int, gain: Number, lost: Number) -> Number:
        """What a deviation gains in u_i + λ_i W, over denominator × scale."""
        level = self.levels[agent]
        own = gain if self.scale == 1 else self.scale * gain
        return own if level == 0 else own - level * lost


@dataclass(frozen=True)
class Problem:
    """All data that a claim depends on. game None: the claim is about the parameters alone.
    prosociality: None where the claim itself speaks of λ."""

    parameters: tuple[str, ...] = ()
    assumptions: tuple[Condition, ...] = ()
    game: Game | None = None
    records: Records | None = None
    contracts: Contracts = Contracts()
    prosociality: Prosociality | None = None

    @property
    def index(self) -> dict[str, int]:
        """The position of each parameter."""
        return {name: k for k, name in enumerate(self.parameters)}


def _parts(value: Any, of: type) -> list[Any]:
    """The fields of an object, which are those of a class of this module."""
    return fields(value, of.__name__.lower(), *of.__annotations__)


class _Reader:
    """Reads numbers in the parameters of a problem."""

    def __init__(self, index: Mapping[str, int], budget: Budget) -> None:
        self.index, self.budget = index, budget

    def numbers(self, value: Any, length: int) -> Sequence[Number]:
        """A list of numbers."""
        self.budget.spend(length)
        row = listing(value, length)
        return (
            row
            if set(map(type, row)) == {int}
            else [number(each, self.index, self.budget) for each in row]
        )

    def prosociality(self, value: Any, agents: int) -> Prosociality:
        """Levels over their scale."""
        levels, scale = _parts(value, Prosociality)
        return Prosociality(self.numbers(levels, agents), number(scale, self.index, self.budget))


def problem_of(value: Any, budget: Budget) -> Problem:
    """The problem that a certificate's data are."""
    parameters, assumptions, game, records, contracts, levels = _parts(value, Problem)
    listed = tuple(text_of(name) for name in listing(parameters))
    require(
        len(set(listed)) == len(listed) and all(name.isidentifier() for name in listed),
        "parameters must be distinct identifiers",
    )
    reader = _Reader({name: k for k, name in enumerate(listed)}, budget)
    known = tuple(condition_of(each, reader.index, budget) for each in listing(assumptions))
    if game is None:
        plain = (records, contracts, levels) == (None, None, None)
        require(plain, "records, contracts and prosociality need a game")
        return Problem(listed, known)
    read = _game(game, reader)
    return Problem(
        listed,
        known,
        read,
        None if records is None else _records(records, read),
        _contracts(contracts, reader),
        None if levels is None else reader.prosociality(levels, len(read.players)),
    )


def _game(value: Any, reader: _Reader) -> Game:
    players, actions, states, prior, denominator, payoffs, cooperative = _parts(value, Game)
    agents, named = names_of(players), names_of(states)
    sets = tuple(names_of(own) for own in listing(actions, len(agents)))
    profiles = math.prod(map(len, sets))
    return Game(
        agents,
        sets,
        named,
        reader.numbers(prior, len(named)),
        number(denominator, reader.index, reader.budget),
        tuple(
            tuple(reader.numbers(row, profiles) for row in listing(own, len(named)))
            for own in listing(payoffs, len(agents))
        ),
        None if cooperative is None else _cooperative(cooperative, sets),
    )


def _cooperative(value: Any, sets: Sequence[Sequence[str]]) -> tuple[tuple[int, ...], ...]:
    sides = tuple(
        tuple(integer(a, 0, len(labels)) for a in listing(own))
        for own, labels in zip(listing(value, len(sets)), sets, strict=True)
    )
    require(all(len(set(own)) == len(own) for own in sides), "an action is listed twice")
    return sides


def _records(value: Any, game: Game) -> Records:
    """Records are numbered from 0, so none has a number above those of the plays."""
    cells, classes, table = _parts(value, Records)
    if table is not None:
        require(cells is None and classes is None, "records are given twice")
        profiles = math.prod(map(len, game.actions))
        rows = listing(table, len(game.states))
        return Records(table=tuple(_places(row, profiles, profiles * len(rows)) for row in rows))
    sizes = list(map(len, game.actions))
    return Records(
        _places(cells, len(game.states), len(game.states)),
        tuple(
            _places(own, n, n) for own, n in zip(listing(classes, len(sizes)), sizes, strict=True)
        ),
    )


def _places(value: Any, length: int, below: int) -> tuple[int, ...]:
    return tuple(integer(each, 0, below) for each in listing(value, length))


def _contracts(value: Any, reader: _Reader) -> Contracts:
    kind, budget, liability, permissive = _parts(value, Contracts)
    bound = None if liability is None else ratio(liability, reader.index, reader.budget)
    contracts = Contracts(text_of(kind), text_of(budget), bound, truth_of(permissive))
    plain = bound is None and not permissive
    sensible = {
        "none": budget == "" and plain,
        "transfers": budget in ("balanced", "burnt", "free") and not permissive,
        "directive": budget == "" and bound is None,
    }
    require(sensible.get(kind, False), "there is no such class of contracts")
    return contracts
