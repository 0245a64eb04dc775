"""Contract languages: what a contract can tell apart, as record maps ρ: Ω × A → Y (theory.md §1).

``L`` *refines* ``M`` when ρ_M factors through ρ_L. Under this order *complete* is the top and
*blind* the bottom; ``join`` is the coarsest common refinement.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coopgap.theory.environments import Environment, Profile
from coopgap.theory.equilibria import Deviation, all_deviations
from coopgap.theory.errors import InputError
from coopgap.theory.exact import IntArray
from coopgap.theory.notebooks import Tabulated, TextTable


@dataclass(frozen=True)
class ProductLanguage(Tabulated):
    """A language that verifies a cell of states and a class of each agent's actions.

    cells: the cell index of each state. classes: for each agent, the class index of each action.
    Indices count from 0 in order of first appearance. It is a *state language* when every action
    is a class of its own.
    """

    cells: tuple[int, ...]
    classes: tuple[tuple[int, ...], ...]

    @property
    def class_counts(self) -> tuple[int, ...]:
        """The number of classes of each agent's actions."""
        return tuple(max(of_agent) + 1 for of_agent in self.classes)

    @property
    def is_state_language(self) -> bool:
        """Whether all actions are verifiable."""
        return all(len(set(of_agent)) == len(of_agent) for of_agent in self.classes)

    def tables(self) -> Sequence[TextTable]:
        """The cell of each state and the class of each action, by their numbers."""
        axes = [("states", self.cells)]
        axes += [(f"actions of agent {i + 1}", own) for i, own in enumerate(self.classes)]
        rows = tuple((name, ", ".join(map(str, own))) for name, own in axes)
        return [TextTable("What is alike has the same number", ("", "cell or class"), rows)]

    @property
    def record_count(self) -> int:
        """The number of records, numbered from 0."""
        return (max(self.cells) + 1) * math.prod(self.class_counts)

    def records(self, states: IntArray, profiles: IntArray) -> IntArray:
        """The records of k plays: ``states`` of shape (k,), ``profiles`` of shape (k, agents)."""
        cells, *classes = self._arrays
        number = cells[states]
        for agent, of_agent in enumerate(classes):
            number = number * self.class_counts[agent] + of_agent[profiles[:, agent]]
        return np.asarray(number)

    @cached_property
    def _arrays(self) -> tuple[IntArray, ...]:
        return tuple(np.array(axis, dtype=np.int64) for axis in (self.cells, *self.classes))


@dataclass(frozen=True, eq=False)
class RecordLanguage(Tabulated):
    """A language given by an arbitrary record map.

    table: the record of every play, shape (states, actions…), numbered from 0 in order of first
    appearance. names: the meaning of each record, for display.
    """

    table: IntArray
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        self.table.setflags(write=False)

    def tables(self) -> Sequence[TextTable]:
        """Each record and how many plays leave it."""
        plays = np.bincount(self.table.ravel().astype(np.int64), minlength=len(self.names))
        rows = tuple((name, str(count)) for name, count in zip(self.names, plays, strict=True))
        return [TextTable("Records", ("record", "plays"), rows)]

    @property
    def record_count(self) -> int:
        """The number of records."""
        return len(self.names)

    def records(self, states: IntArray, profiles: IntArray) -> IntArray:
        """The records of k plays: ``states`` of shape (k,), ``profiles`` of shape (k, agents)."""
        return np.asarray(self.table[(states, *profiles.T)])


Language = ProductLanguage | RecordLanguage


def complete(environment: Environment) -> ProductLanguage:
    """The finest language: every state and every action is verifiable."""
    return ProductLanguage(
        cells=tuple(range(len(environment.states))),
        classes=tuple(tuple(range(count)) for count in environment.shape),
    )


def blind(environment: Environment) -> ProductLanguage:
    """The coarsest language: one record."""
    return ProductLanguage(
        cells=(0,) * len(environment.states),
        classes=tuple((0,) * count for count in environment.shape),
    )


def state_blind(environment: Environment) -> ProductLanguage:
    """Every action is verifiable, no state is."""
    return ProductLanguage((0,) * len(environment.states), complete(environment).classes)


def product(
    environment: Environment,
    states: Iterable[Iterable[str]] | None = None,
    actions: Mapping[str, Iterable[Iterable[str]]] | None = None,
) -> ProductLanguage:
    """The language that verifies the listed groups; a state or action not listed is its own group.

    ``states`` and each player's ``actions`` are lists of groups of names. Raises InputError for a
    name that is unknown or listed twice, and for an unknown player.
    """
    for player in actions or {}:
        if player not in environment.players:
            raise InputError(
                f"there is no player {player!r}",
                fix=f"choose from {', '.join(environment.players)}",
                field="actions",
            )
    return ProductLanguage(
        cells=partition(environment.states, states or (), "state", "states"),
        classes=tuple(
            partition(labels, (actions or {}).get(player, ()), "action", f"actions.{player}")
            for player, labels in zip(environment.players, environment.actions, strict=True)
        ),
    )


def from_values(
    values: Sequence[Hashable], names: Sequence[str], shape: tuple[int, ...]
) -> RecordLanguage:
    """The record language in which two plays leave the same record when their values are equal.

    ``values`` (and ``names``, the meaning of each value) list all plays in C order of ``shape``,
    that is (states, actions…).
    """
    flat = renumbered(values)
    first: dict[int, str] = {}
    for number, name in zip(flat, names, strict=True):
        first.setdefault(number, name)
    return RecordLanguage(
        np.array(flat, dtype=np.int64).reshape(shape), tuple(first[k] for k in range(len(first)))
    )


def record_table(language: Language, environment: Environment) -> IntArray:
    """The record of every play, shape (states, actions…), canonically numbered."""
    if isinstance(language, RecordLanguage):
        return language.table
    table = own_records(language, environment)
    return _canonical(table).reshape(table.shape)


def refines(fine: Language, coarse: Language, environment: Environment) -> bool:
    """Whether ``fine`` tells apart everything that ``coarse`` tells apart."""
    if isinstance(fine, ProductLanguage) and isinstance(coarse, ProductLanguage):
        pairs = zip(_axes(fine), _axes(coarse), strict=True)
        return all(len(set(zip(f, c, strict=True))) == len(set(f)) for f, c in pairs)
    f = record_table(fine, environment).ravel().tolist()
    c = record_table(coarse, environment).ravel().tolist()
    return len(set(zip(f, c, strict=True))) == len(set(f))


def join(first: Language, second: Language, environment: Environment) -> Language:
    """The coarsest language that refines both: everything that either verifies."""
    if isinstance(first, ProductLanguage) and isinstance(second, ProductLanguage):
        pairs = zip(_axes(first), _axes(second), strict=True)
        axes = [renumbered(zip(a, b, strict=True)) for a, b in pairs]
        return ProductLanguage(axes[0], tuple(axes[1:]))
    a, b = record_table(first, environment), record_table(second, environment)
    values = list(zip(a.ravel().tolist(), b.ravel().tolist(), strict=True))
    return from_values(values, [f"{x} and {y}" for x, y in values], a.shape)


def indistinguishable(language: Language, environment: Environment, state: int) -> list[Deviation]:
    """The deviations that leave the record unchanged in the state for all actions of the others."""
    if isinstance(language, ProductLanguage):
        return [
            (agent, action, alternative)
            for agent, action, alternative in all_deviations(environment.shape)
            if language.classes[agent][action] == language.classes[agent][alternative]
        ]
    table = language.table[state]
    return [
        (agent, action, alternative)
        for agent, action, alternative in all_deviations(environment.shape)
        if (table.take(action, axis=agent) == table.take(alternative, axis=agent)).all()
    ]


def describe_record(language: Language, environment: Environment, record: int) -> str:
    """What a record says, in words."""
    if isinstance(language, RecordLanguage):
        return language.names[record]
    parts = []
    for player, labels, of_agent, count in reversed(
        list(
            zip(
                environment.players,
                environment.actions,
                language.classes,
                language.class_counts,
                strict=True,
            )
        )
    ):
        record, number = divmod(record, count)
        alike = [label for label, c in zip(labels, of_agent, strict=True) if c == number]
        parts.append(f"{player}: {' or '.join(alike)}")
    parts.reverse()
    if len(environment.states) > 1:
        cell = [s for s, c in zip(environment.states, language.cells, strict=True) if c == record]
        parts.insert(0, f"state: {' or '.join(cell)}")
    return ", ".join(parts)


def cells_of(language: ProductLanguage, environment: Environment) -> list[list[int]]:
    """The cells as lists of states of positive probability; cells without one are left out."""
    cells: dict[int, list[int]] = {}
    for state in environment.support:
        cells.setdefault(language.cells[state], []).append(state)
    return [cells[number] for number in sorted(cells)]


def record_of(language: Language, state: int, profile: Profile) -> int:
    """The record of one play."""
    return int(language.records(np.array([state]), np.array([profile]))[0])


def records_in(language: Language, environment: Environment, state: int) -> IntArray:
    """The records of a state's profiles, shape (profiles,), the last action varying fastest."""
    plays = np.indices(environment.shape).reshape(len(environment.shape), -1).T
    return language.records(np.full(len(plays), state), plays)


def own_records(language: Language, environment: Environment) -> IntArray:
    """The record of every play, shape (states, actions…), as the language itself numbers it."""
    shape = (len(environment.states), *environment.shape)
    grid = np.indices(shape).reshape(len(shape), -1)
    return language.records(grid[0], grid[1:].T).reshape(shape)


def partition(
    names: Sequence[str], groups: Iterable[Iterable[str]], kind: str, field: str
) -> tuple[int, ...]:
    """The number of the group of each name, from 0 in order of first appearance.

    A name that no group lists is its own group. Raises InputError, with the field, for a name that
    is unknown or listed twice, and for a group without names.
    """
    group_of: dict[str, Hashable] = {}
    for number, listed in enumerate(groups):
        group = tuple(listed)
        if not group:
            raise InputError(f"a group of {kind}s is empty", fix="leave it out", field=field)
        for name in group:
            if name not in names:
                raise InputError(
                    f"there is no {kind} {name!r}",
                    fix=f"choose from {', '.join(names)}",
                    field=field,
                )
            if name in group_of:
                raise InputError(
                    f"the {kind} {name!r} is listed twice",
                    fix="list each one in one group only",
                    field=field,
                )
            group_of[name] = number
    return renumbered(group_of.get(name, name) for name in names)


def renumbered(values: Iterable[Hashable]) -> tuple[int, ...]:
    """A number for each value, equal ones the same, from 0 in order of first appearance."""
    numbers: dict[Hashable, int] = {}
    return tuple(numbers.setdefault(value, len(numbers)) for value in values)


def _axes(language: ProductLanguage) -> list[tuple[int, ...]]:
    return [language.cells, *language.classes]


def _canonical(records: IntArray) -> IntArray:
    _, first, inverse = np.unique(records, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return np.asarray(order[inverse])
