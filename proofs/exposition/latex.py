r"""A document as LaTeX: a fragment for ``\input``, an article around it, and a bibliography."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from string import Template

from coopgap.proofs.exposition import documents
from coopgap.proofs.exposition.formulas import extent
from coopgap.proofs.exposition.notation import Notation
from coopgap.proofs.exposition.tex import escaped, math

CHARACTERS = r"""\ifdefined\pdfoutput\ifdefined\directlua\else
  \providecommand\coopgapchar[2]{\texttt{[U+#2]}}\fi\fi
\ifdefined\coopgapfont\else\let\coopgapfont\relax\fi
\providecommand\coopgapchar[2]{\iffontchar\font"#2 #1\else{\coopgapfont #1}\fi}
"""
"""How characters are set that pdfTeX has no glyph for: there by their number, elsewhere as such."""

FONTS = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "FandolSong-Regular.otf",
    "Songti SC",
    "SimSun",
    "WenQuanYi Zen Hei",
)
"""Fonts with other scripts, of which the first that XeLaTeX or LuaLaTeX finds is used."""

ARTICLE = Template(r"""\documentclass[11pt]{article}
\usepackage{iftex}
\ifPDFTeX
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\else
\usepackage{fontspec}
$fonts
\fi
$characters\usepackage{amsmath}
\usepackage{amsthm}
\usepackage{booktabs}
\usepackage[margin=1in]{geometry}
\usepackage{tikz}
$theorems
\title{$title}
\author{}
\date{}
\begin{document}
\maketitle
\input{$name-fragment}
\begin{thebibliography}{9}
\bibitem{coopgap-paper} $paper
\bibitem{coopgap-tool} $tool
\end{thebibliography}
\end{document}
""")

FRAGMENT = Template(r"""% Needs amsmath, amsthm, booktabs and tikz, and the environments $kinds.
% Other scripts need XeLaTeX or LuaLaTeX and \coopgapfont, a font that has them: pdfLaTeX prints
% numbers.
$characters\ifdefined\coopgapbox\else\newsavebox\coopgapbox\fi
\providecommand\coopgapfit[1]{\sbox\coopgapbox{#1}%
  \ifdim\wd\coopgapbox>\linewidth\resizebox{\linewidth}{!}{\usebox\coopgapbox}%
  \else\usebox\coopgapbox\fi}
\providecommand\coopgapline[1]{\par\vskip 1pt{\advance\leftskip by 4em\rightskip=0pt plus 1fil\relax
  \lineskiplimit=2pt\lineskip=4pt\noindent\hskip-2em\relax#1\par}\vskip 3pt plus 1pt\relax}
\providecommand\coopgapcell{\raggedright\lineskiplimit=2pt\lineskip=3pt\relax}
\providecommand\coopgapstrut{\rule[-1.4ex]{0pt}{4.4ex}}
\begingroup\sloppy\emergencystretch=4em\relax
""")

STATEMENTS = ("proposition", "theorem")

ENVIRONMENTS = {kind: kind for kind in (*STATEMENTS, "proof")}
"""The names of environments, unless others are chosen."""

AUTHORS = ("Huang", "Tharas", "Marro", "Truong", "Schölkopf", "La Malfa", "Jin")
PAPER = "Mechanism Design Is Not Enough: Prosocial Agents for Cooperative AI"
ARXIV = "2605.08426"

LINE = 74
"""How many letters stand in a line of a table without widths, before its columns are broken."""

FEW = 4
"""How many columns a table has at most whose columns are broken: wider ones are scaled."""

ROWS = 28
"""How many lines of a table stand on one page."""

LETTERS = 66
"""How many letters stand in one of its lines."""


def fragment(
    document: documents.Document, notation: Notation, environments: Mapping[str, str] = ENVIRONMENTS
) -> str:
    r"""What another LaTeX document can ``\input``.

    environments: the names of the environments proposition, theorem and proof. Statements have the
    labels ``coopgap:NAME:1``, ``coopgap:NAME:2`` and so on.
    """
    body = "\n".join(_section(section, notation) for section in document.sections)
    kinds = " and ".join(environments[kind] for kind in STATEMENTS)
    head = FRAGMENT.substitute(kinds=kinds, characters=CHARACTERS)
    return f"{head}{_labelled(body, document.name, environments)}\n\\endgroup\n"


def _labelled(text: str, name: str, environments: Mapping[str, str]) -> str:
    """The text with these names of environments, and a label for each statement."""
    numbers = count(1)

    def begun(match: re.Match[str]) -> str:
        end, kind = match.groups()
        opened = rf"\{end}{{{environments[kind]}}}"
        if end == "begin" and kind in STATEMENTS:
            opened += rf"\label{{coopgap:{name}:{next(numbers)}}}"
        return opened

    return re.sub(rf"\\(begin|end)\{{({'|'.join(ENVIRONMENTS)})\}}", begun, text)


def article(
    document: documents.Document, version: str, environments: Mapping[str, str] = ENVIRONMENTS
) -> str:
    """A complete document around the fragment, which is a file beside it."""
    names = ", ".join(AUTHORS[:-1])
    return ARTICLE.substitute(
        characters=CHARACTERS,
        fonts=_fonts(),
        title=escaped(document.title),
        theorems="\n".join(
            rf"\newtheorem{{{environments[kind]}}}{{{kind.capitalize()}}}" for kind in STATEMENTS
        )
        + _proofs(environments["proof"]),
        name=document.name,
        paper=rf"{names} and {AUTHORS[-1]}. \emph{{{PAPER}}}. arXiv:{ARXIV}, 2026.",
        tool=rf"coopgap {escaped(version)}. \emph{{Decides theorems about incomplete contracts "
        r"and prosocial agents, exactly}.",
    )


def _fonts() -> str:
    """The choice of a font with other scripts."""
    chosen = ""
    for font in reversed(FONTS):
        chosen = rf"\IfFontExistsTF{{{font}}}{{\newfontfamily\coopgapfont{{{font}}}}}{{{chosen}}}"
    return chosen


def _proofs(name: str) -> str:
    """The definition of the environment of proofs, if it is not that of amsthm."""
    return (
        ""
        if name == "proof"
        else f"\n\\newenvironment{{{name}}}{{\\begin{{proof}}}}{{\\end{{proof}}}}"
    )


def bibliography(version: str) -> str:
    """The paper and the tool as BibTeX entries."""
    names = " and ".join(f"{{{name}}}" if " " in name else name for name in AUTHORS)
    names = names.replace("ö", r"{\"o}")
    return (
        f"@misc{{coopgap-paper,\n  author = {{{names}}},\n  title = {{{{{PAPER}}}}},\n"
        f"  year = {{2026}},\n  eprint = {{{ARXIV}}},\n  archiveprefix = {{arXiv}},\n"
        f"  url = {{https://arxiv.org/abs/{ARXIV}}}\n}}\n\n"
        "@misc{coopgap-tool,\n  author = {{the coopgap authors}},\n  title = {{coopgap: Decides "
        "theorems about incomplete contracts and prosocial agents, exactly}},\n"
        f"  year = {{2026}},\n  note = {{Version {version}}}\n}}\n"
    )


# --- blocks ---------------------------------------------------------------------------------------


def _section(section: documents.Section, notation: Notation) -> str:
    return f"\\section*{{{escaped(section.title)}}}\n{_blocks(section.blocks, notation)}"


def _blocks(blocks: Sequence[documents.Block], notation: Notation) -> str:
    return "\n".join(_block(block, notation) for block in blocks) + "\n"


def _block(block: documents.Block, notation: Notation) -> str:
    match block:
        case documents.Paragraph(parts, lead):
            start = rf"\textbf{{{escaped(lead)}}} " if lead else ""
            return f"{start}{_inlines(parts, notation)}\\par\n"
        case documents.Display(lines):
            return "\n".join(_line(math(line, notation)) for line in lines)
        case documents.Cases(symbol, pieces):
            rows = (
                rf"\displaystyle {math(value, notation)} & \mbox{{if }}{math(when, notation)}"
                for value, when in pieces
            )
            body = "\\\\[\\jot] ".join(rows)
            return _line(rf"{math(symbol, notation)}=\begin{{cases}}{body}\end{{cases}}")
        case documents.Table():
            return _table(block, notation)
        case documents.Grid():
            return _grid(block)
        case documents.Items(items, numbered):
            kind = "enumerate" if numbered else "itemize"
            listed = "".join(rf"\item {_blocks(entry, notation)}" for entry in items)
            return f"\\begin{{{kind}}}\n{listed}\\end{{{kind}}}"
        case documents.Statement(kind, body, proof):
            text = f"\\begin{{{kind}}}\n{_blocks(body, notation)}\\end{{{kind}}}\n"
            if proof:
                text += f"\\begin{{proof}}\n{_blocks(proof, notation)}\\end{{proof}}\n"
            return text
    raise TypeError(f"{block!r} is no block")


def _line(formula: str) -> str:
    """A formula on lines of its own, at the size of the text, broken where it is too long."""
    return rf"\coopgapline{{\(\displaystyle {formula}\)}}"


def _inlines(parts: Sequence[documents.Inline], notation: Notation) -> str:
    return documents.inlines(
        parts,
        escaped,
        # Two hyphens would become a dash.
        lambda text: rf"\texttt{{{escaped(text).replace('--', '-{}-')}}}",
        lambda formula: rf"\({math(formula, notation)}\)",
    )


def _table(table: documents.Table, notation: Notation) -> str:
    widths = table.widths or _shares(table)
    if widths:
        columns = "".join(
            rf"p{{\dimexpr 0.{width:02d}\linewidth-2\tabcolsep\relax}}" for width in widths
        )
        start = r"\coopgapcell "
    else:
        columns, start = "l" + "c" * (len(table.head) - 1), ""

    def line(cells: Sequence[documents.Cell]) -> str:
        text = " & ".join(start + _cell(cell, notation) for cell in cells)
        strut = r"\coopgapstrut" if r"\frac" in text else ""
        return rf"{text}{strut} \tabularnewline"

    head = f"{line(table.head)}\n\\midrule\n" if any(cell.parts for cell in table.head) else ""
    tabulars = []
    for rows in _pages(table, widths):
        body = "\n".join(map(line, rows))
        tabulars.append(
            f"\\coopgapfit{{\\small\\renewcommand\\arraystretch{{1.2}}\\begin{{tabular}}{{{columns}}}\n\\toprule\n{head}{body}\n"
            "\\bottomrule\n\\end{tabular}}"
        )
    caption = rf"\textit{{{escaped(table.caption)}}}\\*[3pt]" + "\n" if table.caption else ""
    return "\\begin{center}\n" + caption + "\\par\\smallskip\n".join(tabulars) + "\n\\end{center}"


def _shares(table: documents.Table) -> tuple[int, ...]:
    """The percentages of the line for the columns of a table that is wider; none for others."""
    rows = (table.head, *table.rows)
    wide = [max(_letters(row[k]) for row in rows) + 2 for k in range(len(table.head))]
    if len(wide) > FEW or sum(wide) <= LINE:
        return ()
    # Square roots: a long column is broken, and short ones stay on their lines.
    roots = [wide_**0.5 for wide_ in wide]
    shares = [int(100 * root / sum(roots)) for root in roots]
    return (*shares[:-1], 100 - sum(shares[:-1]))


def _letters(cell: documents.Cell) -> int:
    return sum(
        len(part)
        if isinstance(part, str)
        else len(part.text)
        if isinstance(part, documents.Code)
        else extent(part)
        for part in cell.parts
    )


def _pages(
    table: documents.Table, widths: Sequence[int]
) -> Iterator[list[Sequence[documents.Cell]]]:
    """The rows, in parts of at most ROWS lines: a box higher than a page is cut off."""
    part: list[Sequence[documents.Cell]] = []
    height = 0
    for row in table.rows:
        lines = 1
        for cell, width in zip(row, widths, strict=bool(widths)):
            lines = max(lines, -(-100 * _letters(cell) // (LETTERS * width)))
        if part and height + lines > ROWS:
            yield part
            part, height = [], 0
        part.append(row)
        height += lines
    if part:
        yield part


def _cell(cell: documents.Cell, notation: Notation) -> str:
    text = _inlines(cell.parts, notation)
    if cell.stable:
        text = rf"\underline{{{text}}}"
    return rf"{text}\(^{{\star}}\)" if cell.best else text


_TINTS = (
    "cyan!25",
    "orange!35",
    "green!25",
    "magenta!20",
    "yellow!45",
    "blue!20",
    "red!20",
    "gray!30",
)


def _grid(grid: documents.Grid) -> str:
    # A character without a glyph takes the room of its number.
    printed = (re.sub(r"\\coopgapchar\{.\}", "[U+]", escaped(column)) for column in grid.columns)
    wide = max([3, *(len(re.sub(r"\\[a-z]+|[\\{}()]", "", text)) for text in printed)])
    step = min(0.28 + 0.2 * wide, 3.4)
    lines = []
    for place, label in enumerate(grid.columns):
        middle = (place + 0.5) * step
        lines.append(rf"\node[anchor=south] at ({middle:.2f},0.02) {{\strut {escaped(label)}}};")
    for number, (label, parts) in enumerate(zip(grid.rows, grid.parts, strict=True)):
        top = -0.6 * number
        lines.append(rf"\node[anchor=east] at (-0.05,{top - 0.3:.2f}) {{\strut {escaped(label)}}};")
        for place, part in enumerate(parts):
            fill = "" if part < 0 else f"[fill={_TINTS[part % len(_TINTS)]}]"
            left, right = place * step, (place + 1) * step
            lines.append(
                rf"\draw{fill} ({left:.2f},{top:.2f}) rectangle ({right:.2f},{top - 0.6:.2f});"
            )
            if part >= 0:
                lines.append(
                    rf"\node at ({(left + right) / 2:.2f},{top - 0.3:.2f}) "
                    rf"{{\strut\small {letter(part)}}};"
                )
    body = "\n".join(lines)
    return (
        f"\\begin{{center}}\n\\textit{{{escaped(grid.caption)}}}\\\\*[3pt]\n"
        f"\\coopgapfit{{\\begin{{tikzpicture}}[font=\\small]\n{body}\n\\end{{tikzpicture}}}}\n"
        "\\end{center}"
    )


def letter(part: int) -> str:
    """The letter of a part of a partition: a, b, …, z, aa, ab and so on."""
    text = ""
    part += 1
    while part:
        part, digit = divmod(part - 1, 26)
        text = chr(ord("a") + digit) + text
    return text
