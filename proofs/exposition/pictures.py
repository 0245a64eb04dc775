"""What a language cannot tell apart, as a grid of plays and in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

from proofs.exposition.documents import Block, Grid, said
from proofs.exposition.prose import counted, series
from theory.environments import Environment
from theory.languages import Language, ProductLanguage, record_table

COLUMNS, ROWS = 12, 24
"""The largest grid that is drawn."""


def language(name: str, known: Language, environment: Environment) -> Iterator[Block]:
    """Which plays leave the same record: in words, and drawn if some do and they fit."""
    table = record_table(known, environment)
    count = int(table.max()) + 1
    if count == table.size:
        yield said("It tells every play from every other one", _and_states(environment), ".")
        return
    if isinstance(known, ProductLanguage):
        yield said(*_alike(known, environment))
    else:
        yield said(
            f"Its records part the {counted(table.size, 'play')} into "
            f"{counted(count, 'class', 'classes')}: a court sees the record of a play and "
            "nothing else."
        )
    grid = _grid(name, known, environment)
    if grid is not None:
        yield grid


def _and_states(environment: Environment) -> str:
    return ", states included" if len(environment.states) > 1 else ""


def _alike(known: ProductLanguage, environment: Environment) -> list[str]:
    """``It cannot tell state w1 from w2, nor row's CH from CL.``"""
    parts = []
    if len(environment.states) > 1:
        parts += [f"the states {_listed(g)}" for g in _groups(environment.states, known.cells)]
    for player, labels, classes in zip(
        environment.players, environment.actions, known.classes, strict=True
    ):
        parts += [f"{player}’s actions {_listed(g)}" for g in _groups(labels, classes)]
    return ["It cannot tell apart ", _listed(parts, "or"), "."]


def _groups(names: tuple[str, ...], numbers: tuple[int, ...]) -> list[list[str]]:
    pairs = list(zip(names, numbers, strict=True))
    groups = [[n for n, k in pairs if k == number] for number in sorted(set(numbers))]
    return [group for group in groups if len(group) > 1]


def _listed(items: list[str], link: str = "and") -> str:
    return "".join(str(part) for part in series(items, link))


def _grid(name: str, known: Language, environment: Environment) -> Grid | None:
    table = record_table(known, environment)
    states, shape = environment.states, environment.shape
    across = list(product(*map(range, shape[1:])))
    if len(across) > COLUMNS or len(states) * shape[0] > ROWS:
        return None
    columns = tuple(
        ", ".join(labels[a] for labels, a in zip(environment.actions[1:], each, strict=True))
        or environment.players[0]
        for each in across
    )
    if max(map(len, columns)) * len(columns) > 96:
        return None
    rows, parts = [], []
    often = {int(k): int((table == k).sum()) for k in set(table.ravel().tolist())}
    shown = {k: place for place, k in enumerate(k for k in sorted(often) if often[k] > 1)}
    for state, action in product(range(len(states)), range(shape[0])):
        own = environment.actions[0][action]
        rows.append(f"{states[state]}: {own}" if len(states) > 1 else own)
        parts.append(tuple(shown.get(int(table[(state, action, *each)]), -1) for each in across))
    alone = math.prod(table.shape) - sum(often[k] for k in shown)
    caption = f"Plays that leave the same record in {name} share a letter"
    caption += "; plays without one are told from all others" if alone else ""
    alt = (
        f"A grid of {counted(len(rows), 'row')} and {counted(len(columns), 'column')}. "
        + " ".join(
            f"Alike: {_listed(_cells(number, rows, columns, parts))}."
            for number in range(len(shown))
        )
    )
    return Grid(caption, columns, tuple(rows), tuple(parts), alt)


def _cells(
    number: int, rows: list[str], columns: tuple[str, ...], parts: list[tuple[int, ...]]
) -> list[str]:
    return [
        f"({row}, {column})"
        for row, own in zip(rows, parts, strict=True)
        for column, part in zip(columns, own, strict=True)
        if part == number
    ]
