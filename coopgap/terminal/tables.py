"""Tables that show every column, whatever the width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

NUMBER = re.compile(r"[-–∞\d/.≈ ]*|\[[^\]]*\]|unknown|none")
"""What stands in a column of numbers."""

READABLE = 12
"""How many characters of a line of a cell are kept together where space is short."""

Cell = str | Text


@dataclass(frozen=True)
class Columns:
    """Rows of cells in columns, which are all shown.

    Cells fold where space is short. Columns that do not fit even then stand in a further table
    below, beside the first column again. ``numbers``: whether columns of numbers stand to the
    right.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: bool = False
    gap: int = 2

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        natural = [max(map(_width, column)) for column in self._columns()]
        room = options.max_width
        for number, columns in enumerate(self._blocks(natural, room)):
            if number:
                yield Text()
            yield self._table(columns, _fitted([natural[k] for k in columns], room, self.gap))

    def _columns(self) -> list[list[Cell]]:
        lines = [*([self.head] if any(self.head) else []), *self.rows]
        return [list(column) for column in zip(*lines, strict=True)]

    def _blocks(self, natural: Sequence[int], room: int) -> Iterator[list[int]]:
        """The columns of each table: as many as stay readable, the first one in all."""
        columns: list[int] = []
        for column in range(len(natural)):
            extended = [*columns, column]
            least = sum(min(natural[k], READABLE) + self.gap for k in extended) - self.gap
            if least > room and len(columns) > 1:
                yield columns
                extended = [0, column]
            columns = extended
        yield columns

    def _table(self, columns: Sequence[int], widths: Sequence[int]) -> Table:
        head = any(self.head)
        table = Table(
            box=None,
            pad_edge=False,
            padding=(0, self.gap, 0, 0),
            show_header=head,
            header_style="dim",
        )
        for column, width in zip(columns, widths, strict=True):
            texts = [str(row[column]) for row in self.rows]
            right = self.numbers and all(map(NUMBER.fullmatch, texts))
            table.add_column(
                Text(self.head[column] if head else ""),
                width=width,
                justify="right" if right else "left",
                overflow="fold",
            )
        for row in self.rows:
            cells = (row[column] for column in columns)
            table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))
        return table


def _width(cell: Cell) -> int:
    text = cell if isinstance(cell, str) else cell.plain
    return max((cell_len(line) for line in text.split("\n")), default=0)


def _fitted(natural: Sequence[int], room: int, gap: int) -> list[int]:
    """Widths that fit: the widest column gives way first."""
    widths = list(natural)
    available = max(room - gap * (len(widths) - 1), len(widths))
    while sum(widths) > available:
        widest = max(range(len(widths)), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


@dataclass(frozen=True)
class Records:
    """A head and rows of text in columns; where these are too wide, one of them below the others.

    below: the number of that column.
    """

    lines: Sequence[Sequence[Text]]
    below: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = [max(map(_width, column)) for column in zip(*self.lines, strict=True)]
        if sum(wide) + 2 * (len(wide) - 1) <= options.max_width:
            head, *rows = self.lines
            yield Columns(list(map(str, head)), rows, numbers=True)
            return
        for number, line in enumerate(self.lines):
            beside = Text(style="" if number else "dim")
            for place, cell in enumerate(line):
                if place != self.below:
                    beside.append_text(cell).append(" " * (wide[place] + 2 - _width(cell)))
            beside.rstrip()
            yield beside
            yield Padding(Text(line[self.below].plain, style=beside.style), (0, 0, 0, 2))


@dataclass(frozen=True)
class Verbatim:
    """Lines to be copied, which are never folded or cut: TOML. Control characters are dropped."""

    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.text.split("\n"):
            yield Segment("".join(c for c in line if c.isprintable() or c == "\t"))
            yield Segment.line()
