"""How values are displayed in notebooks: tables as HTML, Markdown and LaTeX."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class TextTable:
    """A caption, a head and rows, all plain text."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Shown:
    """A value that notebooks display as its ``tables``."""

    def tables(self) -> Sequence[TextTable]:
        """The tables to display."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return "".join(map(_html, self.tables()))

    def _repr_markdown_(self) -> str:
        return "\n".join(map(_markdown, self.tables()))

    def _repr_latex_(self) -> str:
        return "\n".join(map(_latex, self.tables()))


def _html(table: TextTable) -> str:
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in table.head)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(first)}</th>'
        + "".join(f"<td>{html.escape(text)}</td>" for text in rest)
        + "</tr>"
        for first, *rest in table.rows
    )
    return (
        f"<table><caption>{html.escape(table.caption)}</caption>"
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
