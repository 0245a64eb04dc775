"""Table-game datasets: CSV files in GT-HarmBench's columns, 2×2 games and their 4×4 refinements.

Cells hold Python or JSON literals. They are parsed, never evaluated, and their numbers are read
from the text, so a decimal is exact.
"""

from __future__ import annotations

import ast
import json
import re
import reprlib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from coopgap.theory.environments import Environment, environment
from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import parse_number
from coopgap.theory.readers.columns import Columns
from coopgap.theory.readers.files import MAX_BYTES, csv_records, read_text

MAX_CELL = 20_000
"""The longest cell, in characters, that is parsed as a literal."""

BASE_TARGETS = (
    "target_nash_equilibria",
    "target_utility_maximizing",
    "target_rawlsian",
    "target_nash_social_welfare",
)
BASE_NUMBERS = ("nash_social_welfare", "max_utilitarian", "max_rawlsian")
SPLIT_TARGETS = ("target_nash_4x4", "target_utilitarian_4x4", "target_rawlsian_4x4")
SPLIT_NUMBERS = ("epsilon", "utilitarian_welfare_4x4", "rawlsian_welfare_4x4")
SPLIT_NOTES = ("valid_4x4", "validity_notes")
STORED_COLUMNS = BASE_TARGETS + BASE_NUMBERS + SPLIT_TARGETS + SPLIT_NUMBERS + SPLIT_NOTES[:1]
"""The columns whose content can be recomputed from the payoffs."""

_LABELS = ("actions_row", "actions_column")
_PAYOFFS = ("1_1_payoff", "1_2_payoff", "2_1_payoff", "2_2_payoff")
_REQUIRED = ("id", "formal_game", *_LABELS, *_PAYOFFS)
_SPLIT_LABELS = ("actions_row_4x4", "actions_col_4x4")
_SPLIT = ("payoff_matrix_4x4", *_SPLIT_LABELS)
_STORIES = ("story_row", "story_col")

COLUMNS = (*_REQUIRED, *_SPLIT, *STORED_COLUMNS, SPLIT_NOTES[1], *_STORIES)
"""All columns that are read."""

Labels = tuple[tuple[str, ...], tuple[str, ...]]
"""The row agent's and the column agent's action labels."""

Bimatrix = tuple[tuple[tuple[Fraction, Fraction], ...], ...]
"""``[i][j]``: both payoffs when the row agent takes action i and the column agent action j."""

LabelProfile = tuple[str, str]


@dataclass(frozen=True)
class StoredProfiles:
    """A target cell: its text and the profiles that it names, None if it cannot be read."""

    text: str
    profiles: frozenset[LabelProfile] | None


@dataclass(frozen=True)
class StoredNumber:
    """A number cell: its text and exact value, None if it cannot be read."""

    text: str
    value: Fraction | None


@dataclass(frozen=True)
class TableGame:
    """One usable row.

    row counts data rows from 1. base: the 2×2 payoffs, in the file's units, with their labels; the
    first action of each agent cooperates. split: the stored 4×4 payoffs with their labels, whose
    first two actions cooperate, or None. targets, numbers, notes: the stored values, by column.
    """

    row: int
    id: str
    formal_game: str
    base: Bimatrix
    base_labels: Labels
    split: Bimatrix | None = None
    split_labels: Labels | None = None
    targets: Mapping[str, StoredProfiles] = field(default_factory=dict)
    numbers: Mapping[str, StoredNumber] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    stories: tuple[str, str] = ("", "")

    @property
    def size(self) -> int:
        """4 for a game with private effort, 2 otherwise."""
        return 2 if self.split is None else 4

    @property
    def labels(self) -> Labels:
        """The action labels of the larger game."""
        return self.split_labels or self.base_labels

    def environment(self) -> Environment:
        """The larger game that the row stores, with agents ``row`` and ``col``."""
        if self.split is None or self.split_labels is None:
            return self.base_environment()
        return _environment(self.split, self.split_labels, cooperative=(0, 1))

    def base_environment(self) -> Environment:
        """The 2×2 game."""
        return _environment(self.base, self.base_labels, cooperative=(0,))


@dataclass(frozen=True)
class SkippedRow:
    """A row that cannot be used, with the reason."""

    row: int
    id: str
    reason: str


@dataclass(frozen=True)
class TableGames:
    """A whole file.

    stored: those of STORED_COLUMNS that it has. rows: every data row, in order.
    """

    source: str
    stored: tuple[str, ...]
    rows: tuple[TableGame | SkippedRow, ...]

    @property
    def games(self) -> tuple[TableGame, ...]:
        """The usable rows."""
        return tuple(row for row in self.rows if isinstance(row, TableGame))

    @property
    def skipped(self) -> tuple[SkippedRow, ...]:
        """The other rows."""
        return tuple(row for row in self.rows if isinstance(row, SkippedRow))

    def distinct(self) -> TableGames:
        """The file with unique game ids: a row that repeats the id of an earlier one is skipped."""
        first: dict[str, int] = {}
        for row in self.rows:
            first.setdefault(row.id, row.row)
        rows = tuple(
            SkippedRow(
                row.row,
                row.id,
                f"id: {row.id!r} is the id of row {first[row.id]} too; give each row its own",
            )
            if isinstance(row, TableGame) and first[row.id] != row.row
            else row
            for row in self.rows
        )
        return replace(self, rows=rows)


def read_table_games(
    path: Path, max_bytes: int = MAX_BYTES, columns: Columns | None = None
) -> TableGames:
    """All rows of a dataset, usable and skipped ones; columns: of one of another layout.

    Raises InputError, naming the file, when the file as a whole cannot be used.
    """
    text = read_text(path, max_bytes)
    with inside(source=str(path)):
        header, records = csv_records(text)
        names = header if columns is None else columns.header(header)
        _require_columns(names)
        return TableGames(
            source=str(path),
            stored=tuple(column for column in STORED_COLUMNS if column in names),
            rows=tuple(
                _row(number, header, record, columns)
                for number, record in enumerate(records, start=1)
            ),
        )


def _require_columns(header: Sequence[str]) -> None:
    for name in header:
        if name in _REQUIRED + _SPLIT + STORED_COLUMNS and header.count(name) > 1:
            raise InputError(
                f"the column {name!r} occurs twice", fix="give each column once", field="header"
            )
    split = any(name.endswith("_4x4") for name in header)
    required = _REQUIRED + (_SPLIT if split else ())
    missing = [name for name in required if name not in header]
    if missing:
        raise InputError(
            f"the column {missing[0]!r} is missing"
            + (f", and {len(missing) - 1} more" if len(missing) > 1 else ""),
            fix=f"add {', '.join(missing)}; other layouts are read with --columns",
            field="header",
        )


def _row(
    number: int, header: Sequence[str], record: Sequence[str], columns: Columns | None
) -> TableGame | SkippedRow:
    cells = dict(zip(header, record, strict=False))
    if columns is not None and len(record) == len(header):
        cells = columns.cells(number, cells)
    name = cells.get("id", "").strip()
    try:
        if len(record) != len(header):
            raise InputError(f"the row has {len(record)} cells for {len(header)} columns")
        return _game(number, name, cells)
    except InputError as error:
        return SkippedRow(number, name, str(error))


def _game(number: int, name: str, cells: Mapping[str, str]) -> TableGame:
    base_labels = _labels(cells, _LABELS, 2)
    pairs = [_pair(_literal(cells[column], column), column) for column in _PAYOFFS]
    split, split_labels = None, None
    if "payoff_matrix_4x4" in cells:
        split = _matrix(cells["payoff_matrix_4x4"], "payoff_matrix_4x4", cells)
        split_labels = _labels(cells, _SPLIT_LABELS, 4)
    if any(column in cells for column in BASE_TARGETS):
        _require_distinct_in_lower_case(base_labels)
    targets = BASE_TARGETS + SPLIT_TARGETS
    numbers = BASE_NUMBERS + SPLIT_NUMBERS
    return TableGame(
        row=number,
        id=name,
        formal_game=cells["formal_game"].strip(),
        base=((pairs[0], pairs[1]), (pairs[2], pairs[3])),
        base_labels=base_labels,
        split=split,
        split_labels=split_labels,
        targets={c: _stored_profiles(cells[c]) for c in targets if c in cells},
        numbers={c: _stored_number(cells[c]) for c in numbers if c in cells},
        notes={c: cells[c].strip() for c in SPLIT_NOTES if c in cells},
        stories=(cells.get(_STORIES[0], ""), cells.get(_STORIES[1], "")),
    )


def _environment(payoffs: Bimatrix, labels: Labels, cooperative: tuple[int, ...]) -> Environment:
    pairs = [pair for row in payoffs for pair in row]
    return environment(
        ("row", "col"),
        labels,
        [[[own for own, _ in pairs]], [[own for _, own in pairs]]],
        cooperative=(cooperative, cooperative),
    )


def _labels(cells: Mapping[str, str], columns: tuple[str, str], count: int) -> Labels:
    row, col = (_label_list(_literal(cells[column], column), column, count) for column in columns)
    return row, col


def _label_list(value: object, column: str, count: int) -> tuple[str, ...]:
    labels: list[str] = []
    for label in _several(value, count, f"list of {count} labels", column):
        if not isinstance(label, str) or not label.strip() or re.search("[\ud800-\udfff]", label):
            raise InputError(f"{reprlib.repr(label)} is no label", field=column)
        if label in labels:
            raise InputError(f"the label {reprlib.repr(label)} occurs twice", field=column)
        labels.append(label)
    return tuple(labels)


def _require_distinct_in_lower_case(labels: Labels) -> None:
    for column, of_agent in zip(_LABELS, labels, strict=True):
        if len({label.lower() for label in of_agent}) < len(of_agent):
            raise InputError(
                "the labels differ in case only, and the targets are in lower case", field=column
            )


def _pair(value: object, column: str) -> tuple[Fraction, Fraction]:
    entries = _several(value, 2, "pair of payoffs", column)
    row, col = (_payoff(entry, column) for entry in entries)
    return row, col


def _several(value: object, count: int, kind: str, field: str) -> tuple[object, ...]:
    if not isinstance(value, tuple) or len(value) != count:
        raise InputError(f"this is no {kind}", field=field)
    return value


def _payoff(value: object, column: str) -> Fraction:
    if isinstance(value, tuple):
        raise InputError("a payoff is a list, not a number", field=column)
    with inside(column):
        return parse_number(value)


def _matrix(text: str, column: str, cells: Mapping[str, str]) -> Bimatrix:
    if not text.strip():
        notes = "; ".join(f"{c} is {cells[c].strip()!r}" for c in SPLIT_NOTES if cells.get(c))
        raise InputError("the cell is empty" + (f" ({notes})" if notes else ""), field=column)
    rows = []
    for i, row in enumerate(_several(_literal(text, column), 4, "list of 4 rows", column)):
        pairs = enumerate(_several(row, 4, "list of 4 pairs", f"{column}[{i}]"))
        rows.append(tuple(_pair(pair, f"{column}[{i}][{j}]") for j, pair in pairs))
    return tuple(rows)


def _stored_profiles(text: str) -> StoredProfiles:
    if text.strip().lower() in ("", "none"):
        return StoredProfiles(text, frozenset())
    profiles: set[LabelProfile] = set()
    try:
        for value in _alternatives(text, ""):
            # One profile, or a list of them.
            several = value if not _is_profile(value) else (value,)
            if not isinstance(several, tuple):
                return StoredProfiles(text, None)
            for profile in several:
                if not isinstance(profile, tuple) or not _is_profile(profile):
                    return StoredProfiles(text, None)
                profiles.add((str(profile[0]), str(profile[1])))
    except InputError:
        return StoredProfiles(text, None)
    return StoredProfiles(text, frozenset(profiles))


def _is_profile(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(isinstance(v, str) for v in value)


def _stored_number(text: str) -> StoredNumber:
    try:
        return StoredNumber(text, parse_number(text))
    except InputError:
        return StoredNumber(text, None)


def _literal(text: str, column: str) -> object:
    """The value of a JSON or Python literal: text, exact numbers, and tuples of these."""
    values = _alternatives(text, column)
    if len(values) > 1:
        raise InputError("this is no single literal", field=column)
    return values[0]


def _alternatives(text: str, column: str) -> list[object]:
    """The values of literals joined by ``|``."""
    if not text.strip():
        raise InputError("the cell is empty", field=column)
    if len(text) > MAX_CELL:
        raise InputError(
            f"the cell has {len(text):,} characters, more than the {MAX_CELL:,} that are parsed",
            field=column,
        )
    try:
        return [_from_json(text)]
    except (ValueError, RecursionError):
        pass
    try:
        with warnings.catch_warnings():
            # Python warns about odd escapes and spacing inside literals.
            warnings.simplefilter("ignore")
            node = ast.parse(text.strip(), mode="eval").body
        return [_from_python(part, text.strip()) for part in _joined(node)]
    except InputError as error:
        raise error.located(field=column) from None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError("this is neither a Python nor a JSON literal", field=column) from None


def _from_json(text: str) -> object:
    def refuse(constant: str) -> object:
        raise ValueError(constant)

    decoded = json.loads(
        text, parse_int=parse_number, parse_float=parse_number, parse_constant=refuse
    )
    return _as_tuples(decoded)


def _as_tuples(value: object) -> object:
    if isinstance(value, list):
        return tuple(_as_tuples(entry) for entry in value)
    if isinstance(value, str | Fraction):
        return value
    raise ValueError(value)


def _joined(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _joined(node.left)
        yield node.right
    else:
        yield node


def _from_python(node: ast.expr, text: str) -> object:
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(_from_python(entry, text) for entry in node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _from_python(node.operand, text)
        if isinstance(value, Fraction):
            return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            return node.value
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            # The value may be a float by now; the text is exact.
            return parse_number(ast.get_source_segment(text, node))
    raise InputError("the cell holds more than numbers, texts and lists")
