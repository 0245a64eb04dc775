"""A document as a terminal shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grille
from rich.text import Text

from coopgap.proofs.exposition import documents, formulas
from coopgap.proofs.exposition.notation import NOTATION
from coopgap.terminal.numbers import digits
from coopgap.terminal.tables import Columns, Records
from coopgap.terminal.words import count, plain, short

ROWS = 16
"""How many rows of a table of numbers are printed."""

STYLES = {"proved": "green", "refuted": "red", "trusted": "yellow", "unknown": "yellow"}
"""The colours of verdicts."""


def blocks(listed: Iterable[documents.Block]) -> Iterator[RenderableType]:
    """The parts of a document, each below the one before. Drawings are left out."""
    for place, block in enumerate(listed):
        if place and (
            isinstance(block, documents.Statement)
            or (isinstance(block, documents.Table) and block.caption)
        ):
            yield Text()
        yield from _block(block)


def _block(block: documents.Block) -> Iterator[RenderableType]:
    match block:
        case documents.Paragraph(parts, lead):
            yield Text.assemble((f"{lead} " if lead else "", "italic"), _inlines(parts))
        case documents.Display(lines):
            yield indented(*(Text(as_text(line)) for line in lines))
        case documents.Cases(symbol, pieces):
            rows = [(as_text(value), "if", as_text(condition)) for value, condition in pieces]
            yield Text(f"{as_text(symbol)} =")
            yield indented(Columns([], _cut(rows)))
        case documents.Table(caption, head, rows, widths):
            if caption:
                yield Text(plain(caption), style="italic")
            heads, *cells = [[_cell(cell) for cell in row] for row in (head, *rows)]
            if widths:
                yield Records([heads, *cells], widths.index(max(widths)))
            else:
                yield Columns(list(map(str, heads)), _cut(cells), numbers=True)
        case documents.Items(items, numbered):
            grille = Grille.grid(padding=(0, 1, 0, 0))
            for place, entry in enumerate(items, start=1):
                grille.add_row(f"{place}." if numbered else "–", Group(*blocks(entry)))
            yield grille
        case documents.Statement(_, body, proof):
            yield from blocks(body)
            if proof:
                yield indented(*blocks(proof))


def indented(*parts: RenderableType) -> RenderableType:
    """Two columns further to the right."""
    return Padding(Group(*parts), (0, 0, 0, 2))


def _cut(rows: Sequence[Sequence[str | Text]]) -> Sequence[Sequence[str | Text]]:
    """The first rows, and how many more there are."""
    hidden = len(rows) - ROWS
    if hidden <= 1:
        return rows
    more = f"… {count(hidden, 'more row')}; --json lists all"
    return [*rows[:ROWS], [more, *("" for _ in rows[0][1:])]]


def _cell(cell: documents.Cell) -> Text:
    text = _inlines(cell.parts)
    marked = f"{f'_{text}_' if cell.stable else text}{' *' if cell.best else ''}"
    return Text(marked, style=STYLES.get(text, ""))


def _inlines(parts: Iterable[documents.Inline]) -> str:
    return "".join(
        plain(part)
        if isinstance(part, str)
        else plain(part.text)
        if isinstance(part, documents.Code)
        else as_text(part)
        for part in parts
    )


def as_text(formula: formulas.Formula) -> str:
    """A formula in a line of text; what a file may hold is as_text as there."""
    return re.sub(" +", " ", _raw_text(formula)).strip()


def _raw_text(formula: formulas.Formula) -> str:
    match formula:
        case formulas.Quoted(text=text):
            return plain(text)
        case formulas.Numeral(text):
            return digits(text)
        case formulas.Symbol(key):
            return NOTATION[key].text
        case formulas.Label(text) | formulas.Variable(text):
            return short(text)
        case formulas.Sign(text) if text in formulas.WORDY:
            return f" {text} "
        case formulas.Sign("," | ";" | ":" as text):
            return f"{text} "
        case formulas.Sign(text):
            return text
        case formulas.Ratio(above, below):
            return f"{_bracketed(above)}/{_bracketed(below)}"
        case formulas.Scripted(base, below, above):
            low = f"_{_raw_text(below)}" if below else ""
            mark = "" if above == formulas.Sign("*") else "^"
            return f"{_raw_text(base)}{low}{f'{mark}{_raw_text(above)}' if above else ''}"
        case formulas.Row(parts):
            return "".join(map(_raw_text, parts))


def _bracketed(formula: formulas.Formula) -> str:
    text = _raw_text(formula)
    return text if isinstance(formula, formulas.Numeral | formulas.Variable) else f"({text})"
