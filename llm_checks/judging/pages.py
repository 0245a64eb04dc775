"""Self-contained pages, without scripts or requests, and tables, in HTML and in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from coopgap.llm_checks.judging.evidence import VERDICTS

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
.paper{background:#fff}.scroll.paper svg{width:100%;min-width:40rem}
svg text{fill:var(--ink);font:12px system-ui,sans-serif}
"""


HEADS = {
    "consistent": "As the theory predicts",
    "contradicted": "Against what the theory predicts",
    "inconclusive": "Not decided by these data",
}


@dataclass(frozen=True)
class Part:
    """A part of a report: a table, a list, text as it was, or a figure.

    figure: HTML. image: the name of a file with the same figure.
    """

    title: str
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    entries: Sequence[str] = ()
    text: str = ""
    caption: str = ""
    figure: str = ""
    image: str = ""


@dataclass(frozen=True)
class Report:
    """A report: paragraphs, notes that a reader must know first, and parts, empty ones left out."""

    title: str
    lead: Sequence[str]
    parts: Sequence[Part]
    notes: Sequence[str] = ()


def files(report: Report) -> dict[str, str]:
    """A report as a page and in Markdown, by the names of files."""
    return {"report.html": html(report), "report.md": markdown(report)}


def drawing(title: str, name: str, svg: str, caption: str, frame: str = "paper") -> Part:
    """A figure as SVG, which is a file of that name besides; empty without one.

    frame: the class of what is around it: ``paper``, or ``scroll paper`` where it is too wide to
    be made small.
    """
    if not svg:
        return Part(title)
    body = f'role="img" aria-label="{escape(title)}">{svg[svg.index("<svg") :]}'
    return Part(title, caption=caption, figure=f'<div class="{frame}" {body}</div>', image=name)


def html(report: Report) -> str:
    """The report as one page: no script, no request."""
    opening, *more = report.lead
    body = [f"<h1>{escape(report.title)}</h1>", f"<p>{escape(opening)}</p>"]
    body += [f'<p class="soft">{escape(text)}</p>' for text in more]
    body += [f'<p class="note">{escape(note)}</p>' for note in report.notes]
    for part in report.parts:
        blocks = []
        if part.figure:
            blocks += [f'<p class="soft">{escape(part.caption)}</p>', part.figure]
        if part.rows:
            blocks.append(html_table(part.header, part.rows))
        if part.entries:
            entries = [f"<li>{escape(entry)}</li>" for entry in part.entries]
            blocks.append(f"<ul>{''.join(entries)}</ul>")
        if part.text:
            blocks.append(f"<pre>{escape(part.text)}</pre>")
        if blocks:
            body += [f"<h2>{escape(part.title)}</h2>", *blocks]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.title)}</title><style>{STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    )


def markdown(report: Report) -> str:
    """The report in Markdown, with links to figures beside it."""
    body = [f"# {report.title}", *report.lead, *(f"> {note}" for note in report.notes)]
    for part in report.parts:
        if part.image:
            body.append(f"![{part.title}]({part.image})")
        blocks = []
        if part.rows:
            blocks.append(markdown_table(part.header, part.rows))
        if part.entries:
            blocks.append("\n".join(f"- {entry}" for entry in part.entries))
        if part.text:
            blocks.append(f"```text\n{part.text}\n```")
        if blocks:
            body += [f"## {part.title}", *blocks]
    return "\n\n".join(body) + "\n"


def by_verdict(statements: Sequence[tuple[str, str]]) -> list[str]:
    """Sentences that say what was told with each verdict."""
    return [
        f"{head}: {'; '.join(text for verdict, text in statements if verdict == name)}."
        for name, head in HEADS.items()
        if any(verdict == name for verdict, _ in statements)
    ]


def with_interval(values: Sequence[float], digits: int) -> str:
    """An estimate with its interval."""
    middle, low, high = (f"{value:.{digits}f}".replace("-", "−") for value in values)
    return f"{middle} [{low}, {high}]"


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain text; a cell that is a verdict has its colour.

    On narrow screens the rows of a wide one are lists.
    """
    wide = len(header) > 4
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
    kind = f' class="{text}"' if text in VERDICTS else ""
    body = f"<code>{escape(text)}</code>" if len(text) > 40 and " " not in text else escape(text)
    label = f' data-name="{escape(name)}"' if name else ""
    return f"<td{kind}{label}>{body}</td>"
