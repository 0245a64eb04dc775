"""Other layouts of table-game datasets: a TOML file says which of their columns hold what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coopgap.theory.errors import InputError, inside
from coopgap.theory.nearest import require_known, suggestion
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.readers.toml import toml_table

PARTS = {
    **dict.fromkeys(("actions_row", "actions_column"), 2),
    **dict.fromkeys(("1_1_payoff", "1_2_payoff", "2_1_payoff", "2_2_payoff"), 2),
    **dict.fromkeys(("actions_row_4x4", "actions_col_4x4"), 4),
}
"""The columns that several may stand for, one for each label or each agent's payoff, and how many.
"""

OPTIONAL = ("id", "formal_game")
"""The columns that a dataset of another layout may lack: its rows are numbered."""


@dataclass(frozen=True)
class Columns:
    """For each column the column, or columns, of the dataset that it is made of, by name."""

    sources: Mapping[str, str | tuple[str, ...]]
    origin: str = ""

    def header(self, header: Sequence[str]) -> list[str]:
        """The names of the columns that the dataset then has.

        Raises InputError for one that the map names and the dataset lacks.
        """
        for name, source in self.sources.items():
            for column in (source,) if isinstance(source, str) else source:
                if header.count(column) != 1:
                    problem = "is missing" if column not in header else "occurs twice"
                    raise InputError(
                        f"the column {column!r} of the map {problem}",
                        fix=suggestion(column, list(header)),
                        field=name,
                        source=self.origin,
                    )
        return list(dict.fromkeys([*header, *self.sources, *OPTIONAL]))

    def cells(self, number: int, cells: Mapping[str, str]) -> dict[str, str]:
        """The cells of a row by the names of these columns; number: of the row, from 1."""
        row = {"id": str(number), "formal_game": "", **cells}
        return row | {name: _joined(name, source, cells) for name, source in self.sources.items()}


def _joined(name: str, source: str | tuple[str, ...], cells: Mapping[str, str]) -> str:
    if isinstance(source, str):
        return cells[source]
    parts = [cells[column].strip() for column in source]
    return json.dumps(parts) if name.startswith("actions") else f"[{', '.join(parts)}]"


def read_columns(path: Path, known: Sequence[str], max_bytes: int = MAX_BYTES) -> Columns:
    """The map of a TOML file; known: the columns that there are.

    Raises InputError, naming the file and the column, for what is no map.
    """
    with inside(source=str(path)):
        table = toml_table(read_text(path, max_bytes))
        return Columns(
            {name: _source(name, source, known) for name, source in table.items()}, str(path)
        )


def _source(name: str, source: object, known: Sequence[str]) -> str | tuple[str, ...]:
    require_known(name, known, "column")
    if isinstance(source, str):
        return source
    count = PARTS.get(name)
    if count is None:
        raise InputError(f"{source!r} names no column", fix=f'write {name} = "COLUMN"', field=name)
    parts = source if isinstance(source, list) else []
    texts = tuple(part for part in parts if isinstance(part, str))
    if not len(texts) == len(parts) == count:
        raise InputError(
            f"{source!r} names neither one column nor {count}",
            fix=f"name one column, or list {count}, one for each of its parts",
            field=name,
        )
    return texts
