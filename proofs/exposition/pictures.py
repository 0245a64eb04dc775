"""What a language cannot tell apart, as a grid of plays and in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

from coopgap.proofs.exposition.documents import Block, Grid, prose
from coopgap.proofs.exposition.formulas import Label
from coopgap.proofs.exposition.prose import contract_class, counted, series
from coopgap.proofs.exposition.sources import Place
from coopgap.theory.environments import Environment
from coopgap.theory.languages import Language, ProductLanguage, record_table
from coopgap.theory.specification import NamedLanguage

COLUMNS, ROWS = 12, 24
"""The largest grid that is drawn."""


def languages(
    listed: Sequence[NamedLanguage], environment: Environment, report: Place
) -> Iterator[Block]:
    """Each language: who uses it, which plays leave the same record, drawn where that fits.

    Languages that verify the same are described together.
    """
    groups: dict[bytes, list[int]] = {}
    for number, named in enumerate(listed):
        key = record_table(named.language, environment).tobytes()
        groups.setdefault(key, []).append(number)
    for numbers in groups.values():
        users = [
            [Label(listed[k].name), " (", *contract_class(report["languages"][k]["contracts"]), ")"]
            for k in numbers
        ]
        single = len(numbers) == 1
        yield prose(
            "The language{} {} {}",
            "" if single else "s",
            series(users),
            _description(listed[numbers[0]].language, environment, single),
        )
        grid = _grid(listed[numbers[0]].language, environment)
        if grid is not None:
            yield grid


def _description(language: Language, environment: Environment, single: bool) -> list[str]:
    table = record_table(language, environment)
    count = int(table.max()) + 1
    if count == table.size:
        tell = "tells" if single else "tell"
        return [f"{tell} every play from every other one", _and_states(environment), "."]
    if isinstance(language, ProductLanguage):
        return _alike(language, environment)
    part = "parts" if single else "part"
    return [
        f"{part} the {counted(table.size, 'play')} into {counted(count, 'record')}: a court sees "
        "the record of a play and nothing else."
    ]


def _and_states(environment: Environment) -> str:
    return ", states included" if len(environment.states) > 1 else ""


def _alike(language: ProductLanguage, environment: Environment) -> list[str]:
    """A sentence such as ``It cannot tell state w1 from w2, nor row's CH from CL.``."""
    parts = []
    if len(environment.states) > 1:
        parts += [f"the states {_listed(g)}" for g in _groups(environment.states, language.cells)]
    for player, labels, classes in zip(
        environment.players, environment.actions, language.classes, strict=True
    ):
        parts += [f"{player}’s actions {_listed(g)}" for g in _groups(labels, classes)]
    return ["cannot tell apart ", _listed(parts, "or"), "."]


def _groups(names: tuple[str, ...], numbers: tuple[int, ...]) -> list[list[str]]:
    pairs = list(zip(names, numbers, strict=True))
    groups = [[n for n, k in pairs if k == number] for number in sorted(set(numbers))]
    return [group for group in groups if len(group) > 1]


def _listed(texts: list[str], link: str = "and") -> str:
    return "".join(str(part) for part in series(texts, link))


def _grid(language: Language, environment: Environment) -> Grid | None:
    table = record_table(language, environment)
    if int(table.max()) + 1 == table.size:
        return None
    states, shape = environment.states, environment.shape
    if math.prod(shape[1:]) > COLUMNS or len(states) * shape[0] > ROWS:
        return None
    across = list(product(*map(range, shape[1:])))
    columns = tuple(
        ", ".join(labels[a] for labels, a in zip(environment.actions[1:], profile, strict=True))
        or environment.players[0]
        for profile in across
    )
    if max(map(len, columns)) * len(columns) > 96:
        return None
    rows, parts = [], []
    often = Counter(table.ravel().tolist())
    letters = {k: place for place, k in enumerate(k for k in sorted(often) if often[k] > 1)}
    for state, action in product(range(len(states)), range(shape[0])):
        own = environment.actions[0][action]
        rows.append(f"{states[state]}: {own}" if len(states) > 1 else own)
        parts.append(
            tuple(letters.get(int(table[(state, action, *profile)]), -1) for profile in across)
        )
    alone = math.prod(table.shape) - sum(often[k] for k in letters)
    caption = "Plays that leave the same record share a letter"
    caption += "; plays without one are told from all others" if alone else ""
    alt = (
        f"A grid of {counted(len(rows), 'row')} and {counted(len(columns), 'column')}. "
        + " ".join(
            f"Alike: {_listed(_cells(number, rows, columns, parts))}."
            for number in range(len(letters))
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
