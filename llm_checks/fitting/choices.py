"""Recorded choices: count matrices as JSON, a CSV of choices, Inspect's logs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from coopgap.llm_checks.fitting.binary import Floats
from coopgap.llm_checks.fitting.qre import is_symmetric
from coopgap.llm_checks.playing.answers import files_of, read_log
from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import parse_number
from coopgap.theory.readers.files import MAX_BYTES, csv_records, read_text
from coopgap.theory.readers.table_games import TableGame, read_table_games

T = TypeVar("T")

CHOICES = "choices.json"
"""What ``coopgap play`` calls the joint choices of a run."""


DIFFER = "agents who differ have no common λ"


@dataclass(frozen=True, eq=False)
class PlayedGame:
    """A game and how often each profile was chosen.

    payoffs: (agents, actions of agent 1, …) in utils; counts: (actions of agent 1, …). condition:
    what agents were told and who they are, or empty. Raises InputError for more than two agents
    whose game is not symmetric.
    """

    name: str
    payoffs: Floats
    counts: Floats
    condition: str = ""

    def __post_init__(self) -> None:
        if self.counts.ndim > 2 and not is_symmetric(self.payoffs):
            raise InputError("a game of more than two agents must be symmetric", field="payoffs")

    def marginals(self) -> Floats:
        """How often each action was chosen: by agent, or together in symmetric games."""
        agents = self.counts.ndim
        sums = [self.counts.sum(tuple(j for j in range(agents) if j != i)) for i in range(agents)]
        return np.sum(sums, axis=0) if is_symmetric(self.payoffs) else np.concatenate(sums)


@dataclass(frozen=True)
class Dropped:
    """A row that is not used, and why."""

    row: int
    name: str
    reason: str


@dataclass(frozen=True)
class Choices:
    """The games with choices, and what was left out."""

    games: tuple[PlayedGame, ...]
    dropped: tuple[Dropped, ...] = ()

    def by_condition(self) -> dict[str, Choices]:
        """The choices of each condition: agents who are told other things have other λ."""
        names = dict.fromkeys(game.condition for game in self.games)
        return {
            name: Choices(tuple(game for game in self.games if game.condition == name))
            for name in names
        }


def read_all(
    paths: Sequence[Path], dataset: Path | None = None, max_bytes: int = MAX_BYTES
) -> Choices:
    """Reads files as ``read_choices`` does, and the folders of runs; counts of one game add up.

    A folder is read by the ``choices.json`` that ``coopgap play`` wrote there, else by all logs of
    Inspect's below it. Raises InputError for a folder without either.
    """
    files = [file for path in paths for file in files_of(path, CHOICES)]
    if len(files) == 1:
        return read_choices(files[0], dataset, max_bytes)
    # A run that was resumed may have been cut short before any play was complete.
    return _required(_merged([_read(file, dataset, max_bytes) for file in files]))


def choices_text(choices: Choices) -> str:
    """Choices as the JSON that is read."""
    games = [
        {
            "name": game.name,
            "condition": game.condition,
            "payoffs": np.moveaxis(game.payoffs, 0, -1).tolist(),
            "counts": game.counts.astype(int).tolist(),
        }
        for game in choices.games
    ]
    return json.dumps({"games": games}, ensure_ascii=False) + "\n"


def read_choices(path: Path, dataset: Path | None = None, max_bytes: int = MAX_BYTES) -> Choices:
    """Reads recorded choices from a .json, .csv or .eval file.

    A CSV has the columns id, row, col and optionally count; its payoffs are those of the games in
    ``dataset``. Raises InputError, naming the file.
    """
    choices = _read(path, dataset, max_bytes)
    with inside(source=str(path)):
        return _required(choices)


def _read(path: Path, dataset: Path | None, max_bytes: int) -> Choices:
    """The choices in a file, perhaps none."""
    with inside(source=str(path)):
        if dataset is not None and path.suffix != ".csv":
            raise InputError(
                "a dataset is for a CSV of choices, and this is none: its payoffs are its own",
                fix="leave the option out",
                field="--dataset",
            )
        if path.suffix == ".eval":
            return _from_log(path, max_bytes)
        if path.suffix == ".csv":
            return _from_csv(path, dataset, max_bytes)
        return _from_json(read_text(path, max_bytes))


def _from_json(text: str) -> Choices:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        if text.startswith('{"play"'):
            raise InputError(
                "this is a journal of coopgap play, which holds no payoffs",
                fix=f"name its folder, or the {CHOICES} beside it",
            ) from None
        reason = str(error) if isinstance(error, json.JSONDecodeError) else "it is too large"
        raise InputError(f"this is no JSON: {reason}", fix='give {"games": [...]}') from None
    games = data.get("games") if isinstance(data, dict) else None
    if not isinstance(games, list):
        raise InputError("there is no list of games", fix='give {"games": [...]}', field="games")
    rows = [
        (str(game.get("name", row) if isinstance(game, dict) else row), game)
        for row, game in enumerate(games, start=1)
    ]
    return _collected(rows, _game)


def _collected(rows: Sequence[tuple[str, T]], read: Callable[[str, T], PlayedGame]) -> Choices:
    """The games that named rows are read as; those that are none are dropped."""
    games, dropped = [], []
    for number, (name, row) in enumerate(rows, start=1):
        try:
            games.append(read(name, row))
        except InputError as error:
            dropped.append(Dropped(number, name, str(error)))
    return Choices(tuple(games), tuple(dropped))


def _merged(parts: Sequence[Choices]) -> Choices:
    """Choices together: counts of one game in one condition add up."""
    merged: dict[tuple[str, str, bytes], PlayedGame] = {}
    for game in (game for part in parts for game in part.games):
        key = game.condition, game.name, game.payoffs.tobytes()
        total = game.counts + (merged[key].counts if key in merged else 0)
        merged[key] = replace(game, counts=total)
    return Choices(tuple(merged.values()), tuple(row for part in parts for row in part.dropped))


def _required(choices: Choices) -> Choices:
    """Raises InputError if there is no choice at all."""
    if not choices.games:
        problem = "no game has choices"
        for dropped in choices.dropped[:1]:
            name = "" if dropped.name == str(dropped.row) else f" ({dropped.name})"
            problem += f": game {dropped.row}{name}: {dropped.reason}"
        raise InputError(problem, fix="give payoffs and counts", field="games")
    return choices


def _game(name: str, game: Any) -> PlayedGame:
    if not isinstance(game, Mapping) or not {"payoffs", "counts"} <= set(game):
        raise InputError("this is no table with payoffs and counts")
    table = _array(game["payoffs"], "payoffs")
    counts = _array(game["counts"], "counts")
    agents = table.shape[-1] if table.ndim > 1 else 0
    if table.ndim != agents + 1 or agents < 2 or min(table.shape) < 2:
        raise InputError("these are no payoffs per profile, one per agent", field="payoffs")
    if counts.shape != table.shape[:-1]:
        raise InputError("there must be one count per profile", field="counts")
    wrong = counts[(counts < 0) | (counts != np.round(counts))]
    if wrong.size:
        raise InputError(f"{wrong[0]:g} is no count, which is a whole number ≥ 0", field="counts")
    if counts.sum() == 0:
        raise InputError("no choice was recorded", field="counts")
    return PlayedGame(name, np.moveaxis(table, -1, 0), counts, str(game.get("condition") or ""))


def _array(value: object, field: str) -> Floats:
    def numbers(part: object) -> object:
        if isinstance(part, np.ndarray):
            return part
        if isinstance(part, list | tuple):
            return [numbers(entry) for entry in part]
        if isinstance(part, float):
            return part
        return float(parse_number(part))

    try:
        with inside(field):
            array = np.array(numbers(value), float)
    except InputError:
        raise
    except (ValueError, OverflowError, RecursionError):
        raise InputError("this is no table of numbers", field=field) from None
    if not np.isfinite(array).all():
        raise InputError("a number is not finite", field=field)
    return array


def _from_csv(path: Path, dataset: Path | None, max_bytes: int) -> Choices:
    header, records = csv_records(read_text(path, max_bytes))
    if dataset is None:
        raise InputError("choices need payoffs", fix="name the games' file", field="--dataset")
    for name in ("id", "row", "col", "count", "condition"):
        if header.count(name) > 1:
            raise InputError(
                f"the column {name!r} stands twice", fix="leave one out", field="header"
            )
        if name in ("id", "row", "col") and name not in header:
            raise InputError(f"the column {name!r} is missing", fix="add it", field="header")
    table = read_table_games(dataset, max_bytes)
    occurrences = Counter(row.id for row in table.rows)
    games = {row.id: row for row in table.rows}
    environments = {game.id: game.environment() for game in table.games}

    def read(name: str, cells: Sequence[str]) -> PlayedGame:
        if len(cells) != len(header):
            raise InputError(
                f"the row has {len(cells)} cells, and the header {len(header)}",
                fix="quote cells that contain commas",
            )
        record = dict(zip(header, cells, strict=True))
        if occurrences[name] > 1:
            raise InputError(
                f"{occurrences[name]} rows of the dataset have the id {name!r}",
                fix="give each row its own",
                field="id",
            )
        game = games.get(name)
        if not isinstance(game, TableGame):
            raise InputError(game.reason if game else "no game of the dataset has this id")
        environment = environments[name]
        counts = np.zeros(environment.shape)
        sides = zip(("row", "col"), game.labels, strict=True)
        place = tuple(_index(record[side], labels, side) for side, labels in sides)
        counts[place] = _array(record.get("count") or "1", "count")
        utilities = np.moveaxis(environment.payoffs[:, 0], 0, -1)
        payoffs = utilities.astype(float) / environment.denominator
        condition = (record.get("condition") or "").strip()
        return _game(name, {"payoffs": payoffs, "counts": counts, "condition": condition})

    place = header.index("id")
    rows = [("".join(cells[place : place + 1]).strip(), cells) for cells in records]
    choices = _collected(rows, read)
    if not choices.games:
        problem = "no row is a choice in a game of the dataset"
        for dropped in choices.dropped[:1]:
            problem += f": row {dropped.row}: {dropped.reason}"
        raise InputError(problem, fix="check the ids")
    return _merged([choices])


def _index(label: str, labels: tuple[str, ...], side: str) -> int:
    target = label.strip().lower()
    for index, candidate in enumerate(labels):
        if candidate.strip().lower() == target:
            return index
    raise InputError(f"{label!r} is no action", fix=f"use one of {', '.join(labels)}", field=side)


def _from_log(path: Path, max_bytes: int) -> Choices:
    log = read_log(path, max_bytes)
    model = log.eval.model
    plays = [(sample, {"model": model} | (sample.metadata or {})) for sample in log.samples or ()]
    rows = [(str(meta.get("scenario", sample.id)), meta) for sample, meta in plays]
    return _merged([_collected(rows, _of_play)])


def _of_play(name: str, play: Mapping[str, Any]) -> PlayedGame:
    """The game of a play in a log, with the profile that was chosen in it."""
    game, choices = play.get("game") or {}, play.get("choices") or ()
    if play.get("differ"):
        raise InputError(DIFFER)
    try:
        counts = np.zeros(_array(game["payoffs"], "payoffs").shape[:-1])
        places = map(range, counts.shape)
        counts[tuple(place[own] for place, own in zip(places, choices, strict=True))] = 1
    except (KeyError, IndexError, TypeError, ValueError):
        return _game(name, None)
    condition = f"{play['model']}: {play['condition']}" if "condition" in play else ""
    return _game(name, {**game, "counts": counts, "condition": condition})
