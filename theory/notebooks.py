"""How values are displayed: tables as text, HTML, Markdown, LaTeX and frames."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Plain


@dataclass(frozen=True)
class TextTable:
    """A caption, a head and rows, all plain text."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Documented:
    """A value with a JSON document."""

    def document(self) -> dict[str, Plain]:
        """The value as plain JSON values."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Plain]:
        """The value as plain JSON values, numbers as exact text."""
        return self.document()

    def to_json(self) -> str:
        """The JSON document, as the command prints it."""
        return json.dumps(self.document(), ensure_ascii=False, indent=2)


def frame(table: TextTable) -> Any:
    """The table as a pandas frame, its first column the index, numbers as exact text.

    Raises InputError where pandas is not installed.
    """
    try:
        import pandas
    except ModuleNotFoundError:
        raise InputError(
            "pandas is not installed", fix="pip install pandas, or use to_dict()"
        ) from None
    index = [first for first, *_ in table.rows]
    return pandas.DataFrame([row[1:] for row in table.rows], index, list(table.head[1:]))


class Displayed:
    """A value that shells and notebooks display."""

    def rendered(self, kind: str) -> str:
        """The value as ``text``, ``html``, ``markdown`` or ``latex``."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.rendered("text")

    def _repr_html_(self) -> str:
        return self.rendered("html")

    def _repr_markdown_(self) -> str:
        return self.rendered("markdown")

    def _repr_latex_(self) -> str:
        return self.rendered("latex")


class Tabulated(Displayed):
    """A value that shells and notebooks display as its ``tables``."""

    def tables(self) -> Sequence[TextTable]:
        """The tables to display."""
        raise NotImplementedError

    def to_frame(self) -> Any:
        """The first table as a pandas frame. Raises InputError where pandas is not installed."""
        return frame(self.tables()[0])

    def rendered(self, kind: str) -> str:
        """The tables one after the other."""
        render = {"text": text, "html": _html, "markdown": _markdown, "latex": _latex}[kind]
        return ("" if kind == "html" else "\n").join(map(render, self.tables()))


def text(table: TextTable) -> str:
    """The table in columns of plain text."""
    rows = [table.head, *table.rows] if table.head else list(table.rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join([table.caption, *(f"  {line}" for line in lines)])


def _html(table: TextTable) -> str:
    # Lazily, for commands print no HTML.
    from html import escape

    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.head)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(text)}</td>" for text in rest)
        + "</tr>"
        for first, *rest in table.rows
    )
    return (
        f"<table><caption>{escape(table.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>\n"
    )


def _markdown(table: TextTable) -> str:
    def row(cells: Sequence[str]) -> str:
        return "| " + " | ".join(re.sub(r"([\\`*_|<>$#])", r"\\\1", text) for text in cells) + " |"

    lines = [f"*{table.caption}*", "", row(table.head), "|" + " --- |" * len(table.head)]
    return "\n".join([*lines, *map(row, table.rows), ""])


def _latex(table: TextTable) -> str:
    def row(cells: Sequence[str]) -> str:
        return " & ".join(map(_escaped, cells)) + r" \\"

    columns = "l" + "c" * (len(table.head) - 1)
    body = "\n".join([row(table.head), r"\hline", *map(row, table.rows)])
    return f"\\begin{{tabular}}{{{columns}}}\n{body}\n\\end{{tabular}}"


def _escaped(text: str) -> str:
    special = {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
    return "".join(
        special.get(c, rf"\{c}" if c in "_&%$#{}" else c) for c in text if c.isprintable()
    )
