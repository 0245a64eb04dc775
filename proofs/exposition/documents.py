"""The neutral form of a worked example: sections of paragraphs, tables, steps and drawings.

Text is plain everywhere; renderers escape it for LaTeX, HTML or Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeAlias

from coopgap.proofs.exposition.formulas import FORMULAS, Formula, Label, Numeral, Symbol, leaves


@dataclass(frozen=True)
class Code:
    """Text set in a fixed width: a command, a hash."""

    text: str


Inline: TypeAlias = "str | Code | Formula"


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``lead`` is a word or two in front of it."""

    parts: tuple[Inline, ...]
    lead: str = ""


@dataclass(frozen=True)
class Display:
    """Formulas on lines of their own."""

    lines: tuple[Formula, ...]


@dataclass(frozen=True)
class Cases:
    """A symbol, and its values with the conditions under which it has them."""

    symbol: Formula
    pieces: tuple[tuple[Formula, Formula], ...]


@dataclass(frozen=True)
class Cell:
    """A table's cell. best: a first best. stable: an equilibrium."""

    parts: tuple[Inline, ...]
    best: bool = False
    stable: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under a head; the first column names them, the others hold numbers.

    widths: of columns that hold text instead, in percent of a line; all 100 together.
    """

    caption: str
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A partition drawn as a grid: each field has the number of its part.

    What has the same number cannot be told apart. ``alt`` says the same in words.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    parts: tuple[tuple[int, ...], ...]
    alt: str


@dataclass(frozen=True)
class Items:
    """A list; the items of a proof are numbered."""

    items: tuple[tuple[Block, ...], ...]
    numbered: bool = False


@dataclass(frozen=True)
class Statement:
    """A proposition and its proof."""

    kind: str
    body: tuple[Block, ...]
    proof: tuple[Block, ...] = ()


Block: TypeAlias = "Paragraph | Display | Cases | Table | Grid | Items | Statement"


@dataclass(frozen=True)
class Section:
    """A heading, and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A whole worked example. ``name`` is a file's stem."""

    name: str
    title: str
    sections: tuple[Section, ...]


def prose(text: str, *parts: Inline | Iterable[Inline], lead: str = "") -> Paragraph:
    """A paragraph: the text with a part, or all parts of a list, in place of each ``{}``.

    Without parts the text is taken as it stands. What a user wrote, which may have braces, is a
    part and never in the text.
    """
    if not parts:
        return Paragraph((text,), lead)
    pieces: list[Inline] = []
    for between, part in zip(text.split("{}"), (*parts, ""), strict=True):
        single = isinstance(part, (str, Code, *FORMULAS))
        pieces += [between, *([part] if single else part)]  # type: ignore[misc]
    return Paragraph(tuple(piece for piece in pieces if piece != ""), lead)


Write: TypeAlias = Callable[[str], str]


def inlines(
    parts: Iterable[Inline], text: Write, code: Write, math: Callable[[Formula], str]
) -> str:
    """Running text in the markup in which these write text and labels, code, and formulas."""

    def markup(part: Inline) -> str:
        if isinstance(part, str | Label):
            return text(part if isinstance(part, str) else part.text)
        return code(part.text) if isinstance(part, Code) else math(part)

    return "".join(map(markup, parts))


def cell(*parts: Inline, best: bool = False, stable: bool = False) -> Cell:
    """A cell."""
    return Cell(parts, best, stable)


ROWS = 16
"""How many rows of a long table are printed."""

Row: TypeAlias = "Mapping[Any, Inline | Sequence[Inline] | None]"
"""What stands under each head of a table: under text or a formula."""


def table(rows: Iterable[Row], caption: str = "", widths: tuple[int, ...] = ()) -> Table:
    """A table of at least one row; columns without anything (None) in any row are left out."""
    listed = list(rows)
    heads = [head for head in listed[0] if any(row[head] is not None for row in listed)]
    cells = (tuple(_filled(row[head]) for head in heads) for row in listed)
    return Table(caption, tuple(map(cell, heads)), tuple(cells), widths)


def _filled(parts: Inline | Sequence[Inline] | None) -> Cell:
    return cell(*parts) if isinstance(parts, list | tuple) else cell(parts or "")  # type: ignore[arg-type]


def cut(whole: Table, noun: str) -> Table:
    """The first rows, and in a last one how many more there are: ``what`` is the noun for one."""
    excess = len(whole.rows) - ROWS
    if excess <= 0:
        return whole
    more = cell(f"and {excess:,} more {noun}{'' if excess == 1 else 's'}")
    last = (more, *(cell("") for _ in whole.head[1:]))
    return replace(whole, rows=(*whole.rows[:ROWS], last))


def section(title: str, blocks: Iterable[Block]) -> Iterator[Section]:
    """The section, if there is anything in it."""
    content = tuple(blocks)
    if content:
        yield Section(title, content)


def numerals(value: Any) -> Iterator[Numeral]:
    """Every number of a document or of a part of it."""
    return (formula for formula in _leaves(value) if isinstance(formula, Numeral))


def symbols(value: Any) -> list[str]:
    """The keys of all symbols used, in order of first appearance."""
    return list(
        dict.fromkeys(formula.key for formula in _leaves(value) if isinstance(formula, Symbol))
    )


def _leaves(value: Any) -> Iterator[Formula]:
    if isinstance(value, FORMULAS):
        yield from leaves(value)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from _leaves(part)
