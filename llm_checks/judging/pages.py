"""Self-contained pages, without scripts or requests, and tables, in HTML and in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STYLE = """
:root{color-scheme:light dark;--ink:#1d2430;--soft:#5c6675;--line:#d8dde5;--paper:#fff;
--good:#1b7f4b;--bad:#b3261e;--open:#8a6100;--band:#b9d3f5}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa4b2;--line:#38404c;
--paper:#14181e;--good:#5fd08f;--bad:#ff8a80;--open:#e5b84c;--band:#2f4a6d}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1.5rem 1rem 4rem;background:var(--paper);
color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.2rem 0 .6rem}
p{max-width:46rem}.soft{color:var(--soft)}.note{border-left:4px solid var(--open);
padding:.4rem .9rem}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);
vertical-align:top}th{color:var(--soft);font-weight:500}
.consistent{color:var(--good)}.contradicted{color:var(--bad)}.inconclusive{color:var(--open)}
@media(max-width:40rem){.wide thead{display:none}.wide tr{display:block;padding:.5rem 0;
border-bottom:2px solid var(--line)}.wide td{display:grid;grid-template-columns:7rem minmax(0,1fr);
gap:.6rem;border:0;padding:.1rem 0;overflow-wrap:anywhere}.wide td:empty{display:none}
.wide td::before{content:attr(data-name);color:var(--soft)}}
.framed{border:1px solid var(--line);padding:.4rem}.bar{width:100%}
.what{margin:.5rem 0 0;font-size:.85rem;overflow-wrap:anywhere}
.key{display:inline-block;width:1.6em;height:.8em;border-radius:2px;background:var(--band)}
.keys span{white-space:nowrap;margin-right:1em}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85em;border:1px solid var(--line);
padding:.6rem}code{font-size:.85em;overflow-wrap:anywhere}svg{max-width:100%;height:auto;display:block}
.figure{background:#fff}.figure svg{width:100%;min-width:40rem}
svg text{fill:var(--ink);font:12px system-ui,sans-serif}
"""


def page(title: str, parts: Sequence[str]) -> str:
    """A page of HTML parts."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain text; a cell that is a verdict has its colour.

    On narrow screens the rows of a wide one are lists.
    """
    wide = len(header) > 5
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    kind, names = (' class="wide"', header) if wide else ("", [""] * len(header))
    body = "".join(f"<tr>{''.join(map(_cell, row, names))}</tr>" for row in rows)
    return (
        f'<div class="scroll"><table{kind}><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain text."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(map(_row, lines))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _cell(text: str, name: str) -> str:
    kind = f' class="{text}"' if text in ("consistent", "contradicted", "inconclusive") else ""
    body = f"<code>{escape(text)}</code>" if len(text) > 40 and " " not in text else escape(text)
    named = f' data-name="{escape(name)}"' if name else ""
    return f"<td{kind}{named}>{body}</td>"
