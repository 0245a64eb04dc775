"""A document as one HTML file: MathML, drawings as SVG, no script and no network."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from string import Template

from coopgap.proofs.exposition import documents, formulas
from coopgap.proofs.exposition.latex import letter
from coopgap.proofs.exposition.notation import Notation

PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>
$style</style>
</head>
<body>
<main>
<h1>$title</h1>
$body</main>
</body>
</html>
""")

STYLE = (
    """\
:root { --ink: #1d1d22; --paper: #fffefb; --soft: #5b5b66; --line: #c9c7bf; --best: #d8efe3;
  --t0: #cde8f7; --t1: #fbdcb4; --t2: #cdeedd; --t3: #f3d3e6; --t4: #f6efae; --t5: #cfd8f4;
  --t6: #f8d2c5; --t7: #dcdcdc; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #17181c; --soft: #a5a4ad;
  --line: #44454e; --best: #1f4a37; --t0: #1d4a63; --t1: #6b4715; --t2: #1d5a3f; --t3: #5f2f4c;
  --t4: #5a5415; --t5: #2f3d70; --t6: #6a3423; --t7: #4a4a4f; } }
html { font: 1.05rem/1.55 Charter, "Bitstream Charter", Cambria, Georgia, serif;
  -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: var(--paper); }
main { max-width: 44rem; margin: 0 auto; padding: 1rem 1.1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .5rem; border-bottom: 1px solid var(--line); }
p { margin: .6rem 0; }
code { font-size: .85em; }
.scroll { overflow-x: auto; margin: .9rem 0; }
.scroll:focus-visible { outline: 2px solid currentColor; }
table { border-collapse: collapse; margin: 0 auto; font-size: .95em;
  border-top: 1.5px solid; border-bottom: 1.5px solid; overflow-wrap: normal; }
caption { font-style: italic; color: var(--soft); padding: .2rem 0 .4rem; }
th, td { padding: .22rem .6rem; text-align: center; font-weight: normal; }
thead th { border-bottom: 1px solid; }
th[scope=row], thead th:first-child { text-align: left; }
table.text th, table.text td { text-align: left; vertical-align: top; overflow-wrap: anywhere; }
table.text { width: 100%; }
.best { background: var(--best); }
.stable > span { border-bottom: 1.5px solid; }
.kept { white-space: nowrap; }
.display { text-align: center; overflow-x: auto; overflow-y: hidden; margin: .5rem 0;
  padding: .15rem 0; }
.cases mtd { text-align: left; padding: .15em .5em; }
.statement { border-left: 3px solid var(--line); padding-left: .9rem; margin: 1.1rem 0; }
.statement > .body { font-style: italic; }
.statement > .body table, .statement > .body math { font-style: normal; }
figure { margin: .9rem 0; text-align: center; }
figure svg { max-width: 100%; height: auto; }
figcaption { font-style: italic; color: var(--soft); }
svg text { fill: currentColor; font-size: 14px; }
svg rect { stroke: currentColor; fill: none; }
"""
    + "".join(f"svg .t{k} {{ fill: var(--t{k}); }}\n" for k in range(8))
    + """\
@media (max-width: 30rem) { th, td { padding: .2rem .35rem; } table { font-size: .88em; }
  ol, ul { padding-left: 1.3rem; } p { overflow-x: auto; overflow-y: hidden; } }
@media print { :root { --ink: #000; --paper: #fff; --best: #e4e4e4; } main { max-width: none; }
  .scroll, .display { overflow: visible; } figure, table, .display { break-inside: avoid; }
  h2 { break-after: avoid; } }
"""
)


def page(document: documents.Document, notation: Notation) -> str:
    """The whole page."""
    markup = body(document.sections, notation)
    return PAGE.substitute(title=escaped(document.title), style=STYLE, body=markup)


def body(sections: Sequence[documents.Section], notation: Notation) -> str:
    """Sections without a page around them."""
    return "".join(_section(section, notation) for section in sections)


def escaped(text: str) -> str:
    """Plain text as HTML text."""
    return html.escape("".join(c if c.isprintable() else " " for c in text))


def _section(section: documents.Section, notation: Notation) -> str:
    return (
        f"<section>\n<h2>{escaped(section.title)}</h2>\n"
        f"{blocks(section.blocks, notation)}</section>\n"
    )


def blocks(parts: Sequence[documents.Block], notation: Notation) -> str:
    """Blocks one after the other."""
    return "".join(_block(block, notation) for block in parts)


def _block(block: documents.Block, notation: Notation) -> str:
    match block:
        case documents.Paragraph(parts, lead):
            start = f"<strong>{escaped(lead)}</strong> " if lead else ""
            return f"<p>{start}{_inlines(parts, notation)}</p>\n"
        case documents.Display(lines):
            return "".join(
                f'<div class="display" tabindex="0" role="group" aria-label="formula">'
                f'<math display="block">{_row(line, notation)}</math></div>\n'
                for line in lines
            )
        case documents.Cases(symbol, pieces):
            rows = "".join(
                f"<mtr><mtd>{_row(value, notation)}</mtd><mtd><mtext>if\N{NO-BREAK SPACE}</mtext>"
                f"{_row(when, notation)}</mtd></mtr>"
                for value, when in pieces
            )
            return (
                '<div class="display cases" tabindex="0" role="group" aria-label="formula">'
                f'<math display="block">{_row(symbol, notation)}<mo form="infix">=</mo>'
                f'<mo stretchy="true">{{</mo><mtable displaystyle="true">{rows}</mtable>'
                "</math></div>\n"
            )
        case documents.Table():
            return _table(block, notation)
        case documents.Grid():
            return _grid(block)
        case documents.Items(items, numbered):
            kind = "ol" if numbered else "ul"
            listed = "".join(f"<li>{blocks(entry, notation)}</li>\n" for entry in items)
            return f"<{kind}>\n{listed}</{kind}>\n"
        case documents.Statement(kind, body, proof):
            text = f'<div class="body">{_led(f"{kind.capitalize()}.", body, notation)}</div>\n'
            if proof:
                text += f'<div class="proof">{_led("Proof.", proof, notation)}</div>\n'
            return f'<div class="statement">\n{text}</div>\n'
    raise TypeError(f"{block!r} is no block")


def _led(lead: str, parts: Sequence[documents.Block], notation: Notation) -> str:
    match parts:
        case (documents.Paragraph(first, own), *rest):
            start = f"{lead}</strong> <strong>{escaped(own)}" if own else lead
            opening = f"<p><strong>{start}</strong> {_inlines(first, notation)}</p>\n"
            return opening + blocks(rest, notation)
    return f"<p><strong>{lead}</strong></p>\n{blocks(parts, notation)}"


CLOSING = re.compile(r"[.,;:)]+")


def _inlines(parts: Sequence[documents.Inline], notation: Notation) -> str:
    """Text and formulas; a formula keeps the punctuation that follows it on its line."""
    pieces: list[str] = []
    for part, after in zip(parts, (*parts[1:], ""), strict=True):
        if isinstance(part, str):
            skip = CLOSING.match(part) if pieces and pieces[-1].endswith("</span>") else None
            pieces.append(escaped(part[skip.end() :] if skip else part))
        elif isinstance(part, (documents.Code, formulas.Label)):
            pieces.append(_unbroken([part], notation))
        else:
            *first, last = (f"<math>{_row(e, notation)}</math>" for e in _breakable(part))
            closing = CLOSING.match(after) if isinstance(after, str) else None
            if closing:
                last = f'<span class="kept">{last}{closing[0]}</span>'
            pieces.append("<wbr>".join([*first, last]))
    return "".join(pieces)


def _unbroken(parts: Sequence[documents.Inline], notation: Notation) -> str:
    """The same where nothing may be broken."""
    return documents.inlines(
        parts,
        escaped,
        lambda text: f"<code>{escaped(text)}</code>",
        lambda formula: f"<math>{_row(formula, notation)}</math>",
    )


def _breakable(formula: formulas.Formula) -> Iterator[formulas.Formula]:
    """A row cut after its relations: browsers break no formula."""
    if not isinstance(formula, formulas.Row):
        yield formula
        return
    start, depth = 0, 0
    for place, part in enumerate(formula.parts, start=1):
        sign = part.text if isinstance(part, formulas.Sign) else ""
        depth += (sign in "({") - (sign in ")}") if sign else 0
        if depth == 0 and sign in ("=", "≥", "≤", ">", "<", "and", "or", ","):
            yield formulas.Row(formula.parts[start:place])
            start = place
    if start < len(formula.parts):
        yield formulas.Row(formula.parts[start:])


def _table(table: documents.Table, notation: Notation) -> str:
    caption = f"<caption>{escaped(table.caption)}</caption>\n" if table.caption else ""
    head = "".join(
        f'<th scope="col">{_inlines(cell.parts, notation)}</th>' if cell.parts else "<td></td>"
        for cell in table.head
    )
    head = f"<thead><tr>{head}</tr></thead>\n" if any(cell.parts for cell in table.head) else ""
    rows = "".join(
        "<tr>"
        + f'<th scope="row">{_inlines(first.parts, notation)}</th>'
        + "".join(_cell(cell, notation, bool(table.widths)) for cell in rest)
        + "</tr>\n"
        for first, *rest in table.rows
    )
    kind = ' class="text"' if table.widths else ""
    label = escaped(table.caption or "table")
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        f"<table{kind}>\n{caption}{head}<tbody>\n{rows}</tbody>\n</table></div>\n"
    )


def _cell(cell: documents.Cell, notation: Notation, wordy: bool) -> str:
    text = (_inlines if wordy else _unbroken)(cell.parts, notation)
    if cell.stable:
        text = f"<span>{text}</span>"
    if cell.best:
        text += '<sup title="first best">★</sup>'
    names = [name for name in ("best", "stable") if getattr(cell, name)]
    chosen = f' class="{" ".join(names)}"' if names else ""
    return f"<td{chosen}>{text}</td>"


STEP, HIGH, LETTER = 40, 30, 9.5


def _grid(grid: documents.Grid) -> str:
    left = 16 + LETTER * max(map(len, grid.rows))
    step = max(STEP, 14 + LETTER * max(map(len, grid.columns)))
    width, height = left + step * len(grid.columns) + 4, 26 + HIGH * len(grid.rows)
    shapes = []
    for place, label in enumerate(grid.columns):
        x = left + step * (place + 0.5)
        shapes.append(f'<text x="{x:.0f}" y="18" text-anchor="middle">{escaped(label)}</text>')
    for number, (label, parts) in enumerate(zip(grid.rows, grid.parts, strict=True)):
        top = 24 + HIGH * number
        shapes.append(
            f'<text x="{left - 8:.0f}" y="{top + 20}" text-anchor="end">{escaped(label)}</text>'
        )
        for place, part in enumerate(parts):
            x = left + step * place
            tint = f' class="t{part % 8}"' if part >= 0 else ""
            shapes.append(f'<rect{tint} x="{x:.0f}" y="{top}" width="{step:.0f}" height="{HIGH}"/>')
            if part >= 0:
                shapes.append(
                    f'<text x="{x + step / 2:.0f}" y="{top + 20}" text-anchor="middle">'
                    f"{letter(part)}</text>"
                )
    return (
        f'<figure><svg viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" role="img" aria-label="{escaped(grid.alt)}">'
        f"{''.join(shapes)}</svg>\n<figcaption>{escaped(grid.caption)}</figcaption></figure>\n"
    )


# --- mathematics ----------------------------------------------------------------------------------


def math(formula: formulas.Formula, notation: Notation) -> str:
    """A formula as MathML."""
    match formula:
        case formulas.Numeral(text):
            above, _, below = text.partition("/")
            if not below:
                return f"<mn>{above}</mn>"
            return f"<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>"
        case formulas.Symbol(key):
            return f"<mi>{escaped(notation[key].text)}</mi>"
        case formulas.Label(text):
            return f"<mtext>{escaped(text)}</mtext>"
        case formulas.Variable(text):
            stem, _, subscript = text.partition("_")
            if not subscript or not stem:
                return f"<mi>{escaped(text)}</mi>"
            return f"<msub><mi>{escaped(stem)}</mi><mtext>{escaped(subscript)}</mtext></msub>"
        case formulas.Sign(text):
            if text in ("max", "min", "∞"):
                return f"<mi>{text}</mi>"
            if text == " ":
                return '<mspace width="1em"></mspace>'
            if text in ("and", "or", "for"):
                return f"<mtext>\N{NO-BREAK SPACE}{text}\N{NO-BREAK SPACE}</mtext>"
            if len(text) > 1 and text.startswith("("):
                return f"<mtext>{text}</mtext>"
            if text == "-":
                return '<mo form="prefix" lspace="0" rspace="0">−</mo>'
            return f"<mo{_spacing(text)}>{escaped(text)}</mo>"
        case formulas.Ratio(above, below):
            return f"<mfrac>{_element(above, notation)}{_element(below, notation)}</mfrac>"
        case formulas.Scripted(base, below, above):
            inside = "".join(_element(part, notation) for part in (base, below, above) if part)
            name = "msubsup" if below and above else "msub" if below else "msup"
            return f"<{name}>{inside}</{name}>"
        case formulas.Row():
            return _element(formula, notation)
    raise TypeError(f"{formula!r} is no formula")


def _spacing(sign: str) -> str:
    """What browsers would guess wrong where a formula is cut or nested."""
    if sign in ("(", ")", "{", "}"):
        return ' stretchy="false" lspace="0" rspace="0"'
    if sign in (",", ";"):
        return ' form="infix" lspace="0" rspace="0.3em"'
    return ' form="infix"' if sign in ("=", "≥", "≤", ">", "<", ":") else ""


def _element(formula: formulas.Formula, notation: Notation) -> str:
    if isinstance(formula, formulas.Row):
        return f"<mrow>{_row(formula, notation)}</mrow>"
    return math(formula, notation)


def _row(formula: formulas.Formula, notation: Notation) -> str:
    """Rows within rows are flattened: browsers lose the space around operators of inner ones."""
    if isinstance(formula, formulas.Row):
        return "".join(_row(part, notation) for part in formula.parts)
    return math(formula, notation)
