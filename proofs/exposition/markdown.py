"""A document as Markdown, with mathematics between dollar signs: for repositories and notebooks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coopgap.proofs.exposition import documents, latex, tex
from coopgap.proofs.exposition.formulas import Formula
from coopgap.proofs.exposition.notation import Notation


def markdown(document: documents.Document, notation: Notation) -> str:
    """The whole document."""
    parts = [f"# {escaped(document.title)}\n"]
    for section in document.sections:
        parts.append(f"## {escaped(section.title)}\n")
        parts += _blocks(section.blocks, notation)
    return "\n".join(parts)


def escaped(text: str) -> str:
    """Plain text as Markdown text."""
    markup = "".join(c if c.isprintable() else " " for c in text)
    markup = re.sub(r"([\\`*_{}\[\]<>#|$~^])", r"\\\1", markup.replace("&", "&amp;"))
    return markup.replace(r"\<", "&lt;").replace(r"\>", "&gt;")


def _blocks(blocks: Sequence[documents.Block], notation: Notation) -> list[str]:
    return [_block(block, notation) for block in blocks]


def _block(block: documents.Block, notation: Notation) -> str:
    match block:
        case documents.Paragraph(parts, lead):
            start = f"**{escaped(lead)}** " if lead else ""
            return f"{start}{_inlines(parts, notation)}\n"
        case documents.Display(formulas):
            return "".join(f"$$\n{_math(formula, notation)}\n$$\n\n" for formula in formulas)
        case documents.Cases(symbol, pieces):
            lines = (
                rf"{_math(value, notation)} & \text{{if }}{_math(when, notation)}"
                for value, when in pieces
            )
            body = "\\\\\n".join(lines)
            start = _math(symbol, notation)
            return f"$$\n{start}=\\begin{{cases}}\n{body}\n\\end{{cases}}\n$$\n"
        case documents.Table(caption, top, rows):
            table = [_row(top, notation), "|" + " --- |" * len(top)]
            table += [_row(cells, notation) for cells in rows]
            return "\n".join([*([f"*{escaped(caption)}*\n"] if caption else []), *table, ""])
        case documents.Grid(caption, columns, labels, fields_):
            head = "|  | " + " | ".join(map(escaped, columns)) + " |"
            grid = [f"*{escaped(caption)}*\n", head, "|" + " --- |" * (len(columns) + 1)]
            for label, own in zip(labels, fields_, strict=True):
                letters = (latex.letter(part) if part >= 0 else "" for part in own)
                grid.append(f"| {escaped(label)} | " + " | ".join(letters) + " |")
            return "\n".join([*grid, ""])
        case documents.Items(items, numbered):
            listed = []
            for number, entry in enumerate(items, start=1):
                mark = f"{number}. " if numbered else "- "
                text = "\n".join(_blocks(entry, notation)).strip("\n")
                listed.append(mark + text.replace("\n", "\n" + " " * len(mark)))
            return re.sub(r"^ +$", "", "\n\n".join(listed), flags=re.MULTILINE) + "\n"
        case documents.Statement(kind, body, proof):
            text = "\n".join(_blocks(body, notation))
            statement = f"**{kind.capitalize()}.** {text}"
            if proof:
                statement += "\n*Proof.* " + "\n".join(_blocks(proof, notation)) + "\n∎\n"
            return statement
    raise TypeError(f"{block!r} is no block")


def _row(cells: Sequence[documents.Cell], notation: Notation) -> str:
    return "| " + " | ".join(_cell(cell, notation) for cell in cells) + " |"


def _cell(cell: documents.Cell, notation: Notation) -> str:
    text = _inlines(cell.parts, notation)
    text = f"<u>{text}</u>" if cell.stable else text
    return f"{text} ★" if cell.best else text


def _inlines(parts: Sequence[documents.Inline], notation: Notation) -> str:
    return documents.inlines(
        parts,
        escaped,
        lambda text: f"`{text.replace('`', chr(39))}`",
        lambda formula: f"${_math(formula, notation)}$",
    )


def _math(formula: Formula, notation: Notation) -> str:
    """LaTeX that notebooks and repositories show: no breaks, amsmath's text, no bar of a table."""
    text = re.sub(r"\\allowbreak(\{\}| )", "", tex.math(formula, notation))
    text = re.sub(r"\\coopgapchar\{(.)\}\{[0-9A-F]+\}", r"\1", text)
    text = text.replace(r"\mbox{\scriptsize ", r"\text{").replace(r"\mbox{", r"\text{")
    text = re.sub(r" +(?=[=<>,)}^_+-]|$)", "", text)
    return text.replace("|", r"\vert ")
