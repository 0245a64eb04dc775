r"""A document as LaTeX: a fragment for ``\input``, an article around it, and a bibliography."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from string import Template

from coopgap.proofs.exposition.documents import (
    Block,
    Cell,
    Code,
    Display,
    Document,
    Grid,
    Inline,
    Items,
    Paragraph,
    Section,
    Statement,
    Table,
)
from coopgap.proofs.exposition.formulas import (
    Formula,
    Label,
    Numeral,
    Ratio,
    Row,
    Scripted,
    Sign,
    Symbol,
    Variable,
)
from coopgap.proofs.exposition.notation import Notation

CHARACTERS = r"""\ifdefined\pdfoutput\ifdefined\directlua\else
  \providecommand\coopgapchar[2]{\texttt{[U+#2]}}\fi\fi
\providecommand\coopgapchar[2]{#1}
"""
"""How characters are set that pdfTeX has no glyph for: there by their number, elsewhere as such."""

ARTICLE = Template(r"""\documentclass[11pt]{article}
\usepackage{iftex}
\ifPDFTeX
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\else
\usepackage{fontspec}
\fi
$characters\usepackage{amsthm}
\usepackage{booktabs}
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

FRAGMENT = Template(r"""% Needs amsthm, booktabs and tikz, and the environments $kinds.
% Other scripts need XeLaTeX or LuaLaTeX and a font that has them: pdfLaTeX prints numbers.
$characters\ifdefined\coopgapbox\else\newsavebox\coopgapbox\fi
\providecommand\coopgapfit[1]{\sbox\coopgapbox{#1}%
  \ifdim\wd\coopgapbox>\linewidth\resizebox{\linewidth}{!}{\usebox\coopgapbox}%
  \else\usebox\coopgapbox\fi}
\begingroup\sloppy\emergencystretch=4em\relax
""")

STATEMENTS = ("proposition", "theorem")

ENVIRONMENTS = {kind: kind for kind in (*STATEMENTS, "proof")}
"""The names of environments, unless others are chosen."""

AUTHORS = ("Huang", "Tharas", "Marro", "Truong", "Schölkopf", "La Malfa", "Jin")
PAPER = "Mechanism Design Is Not Enough: Prosocial Agents for Cooperative AI"
ARXIV = "2605.08426"

ROWS = 28
"""How many lines of a table stand on one page."""

LETTERS = 66
"""How many letters stand in one of its lines."""

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": "'",
    "`": r"\textasciigrave{}",
    "-": "-",
    "–": "--",
    "—": "---",
    "’": "'",
    "\u2018": "`",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
    "§": r"\S{}",
    "°": r"\(^{\circ}\)",
    "★": r"\(^{\star}\)",
    "×": r"\(\times\)",
    "·": r"\(\cdot\)",
    "−": r"\(-\)",
    "≥": r"\(\ge\)",
    "≤": r"\(\le\)",
    "≠": r"\(\ne\)",
    "→": r"\(\to\)",
    "∞": r"\(\infty\)",
    "∅": r"\(\emptyset\)",
    "′": r"\('\)",
    "✓": r"\(\surd\)",
    "²": r"\(^2\)",
    "³": r"\(^3\)",
    "\u00a0": "~",
}

_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        (
            *("alpha", "beta", "gamma", "delta", "varepsilon", "zeta", "eta", "theta", "iota"),
            *("kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon"),
            *("varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi"),
            *("Sigma", "Upsilon", "Phi", "Psi", "Omega"),
        ),
        strict=True,
    )
)

_SIGNS = {
    "≥": r"\ge ",
    "≤": r"\le ",
    "≠": r"\ne ",
    "−": "-",
    "·": r"\cdot ",
    "×": r"\times ",
    "∞": r"\infty ",
    "{": r"\{",
    "}": r"\}",
    ",": r",\allowbreak ",
    "max": r"\max ",
    "min": r"\min ",
    "and": r"\ \mbox{and}\ ",
    "for": r"\quad\mbox{for}\ ",
    "∑": r"\sum ",
    "→": r"\to ",
    "ε": r"\varepsilon ",
    " ": r"\quad ",
    ":": r"\colon\quad ",
}


def fragment(
    document: Document, notation: Notation, environments: Mapping[str, str] = ENVIRONMENTS
) -> str:
    r"""What another LaTeX document can ``\input``.

    environments: the names of the environments proposition, theorem and proof. Statements have the
    labels ``coopgap:NAME:1``, ``coopgap:NAME:2`` and so on.
    """
    told = "\n".join(_section(each, notation) for each in document.sections)
    kinds = " and ".join(environments[kind] for kind in STATEMENTS)
    head = FRAGMENT.substitute(kinds=kinds, characters=CHARACTERS)
    return f"{head}{_named(told, document.name, environments)}\n\\endgroup\n"


def _named(text: str, name: str, environments: Mapping[str, str]) -> str:
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
    document: Document, version: str, environments: Mapping[str, str] = ENVIRONMENTS
) -> str:
    """A complete document around the fragment, which is a file beside it."""
    names = ", ".join(AUTHORS[:-1])
    return ARTICLE.substitute(
        characters=CHARACTERS,
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


def escaped(text: str) -> str:
    """Plain text as LaTeX text that may be broken where a name may."""
    return "".join(map(_character, re.sub(r"([-_/.+])(?=\w)", "\\1\u200b", _breakable(text))))


def _breakable(text: str) -> str:
    return re.sub(r"\S{24,}", lambda word: "\u200b".join(re.findall(r".{1,8}", word[0])), text)


def _character(character: str) -> str:
    if character == "\u200b":
        return r"\allowbreak{}"
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in _GREEK:
        return rf"\(\{_GREEK[character]}\)"
    if character.isascii():
        return character if character.isprintable() else " "
    if "\u00c0" <= character <= "\u017f":
        return character
    plain = unicodedata.normalize("NFKD", character)
    if plain != character and all(each.isascii() for each in plain):
        return escaped(plain)
    return rf"\coopgapchar{{{character}}}{{{ord(character):04X}}}"


# --- blocks ---------------------------------------------------------------------------------------


def _section(section: Section, notation: Notation) -> str:
    return f"\\section*{{{escaped(section.title)}}}\n{_blocks(section.blocks, notation)}"


def _blocks(blocks: Sequence[Block], notation: Notation) -> str:
    return "\n".join(_block(each, notation) for each in blocks) + "\n"


def _block(block: Block, notation: Notation) -> str:
    match block:
        case Paragraph(parts, lead):
            start = rf"\textbf{{{escaped(lead)}}} " if lead else ""
            return f"{start}{_inlines(parts, notation)}\\par\n"
        case Display(lines):
            shown = (rf"\coopgapfit{{\(\displaystyle {math(each, notation)}\)}}" for each in lines)
            return "\\begin{center}\n" + "\\\\[2pt]\n".join(shown) + "\n\\end{center}"
        case Table():
            return _table(block, notation)
        case Grid():
            return _grid(block)
        case Items(items, numbered):
            kind = "enumerate" if numbered else "itemize"
            listed = "".join(rf"\item {_blocks(each, notation)}" for each in items)
            return f"\\begin{{{kind}}}\n{listed}\\end{{{kind}}}"
        case Statement(kind, body, proof):
            text = f"\\begin{{{kind}}}\n{_blocks(body, notation)}\\end{{{kind}}}\n"
            if proof:
                text += f"\\begin{{proof}}\n{_blocks(proof, notation)}\\end{{proof}}\n"
            return text
    raise TypeError(f"{block!r} is no block")


def _inlines(parts: Sequence[Inline], notation: Notation) -> str:
    return "".join(_inline(part, notation) for part in parts)


def _inline(part: Inline, notation: Notation) -> str:
    match part:
        case str():
            return escaped(part)
        case Code(text):
            return rf"\texttt{{{escaped(text)}}}"
        case Label(text):
            return escaped(text)
        case _:
            return rf"\({math(part, notation)}\)"


def _table(table: Table, notation: Notation) -> str:
    if table.widths:
        columns = "".join(
            rf"p{{\dimexpr 0.{width:02d}\linewidth-2\tabcolsep\relax}}" for width in table.widths
        )
        start = r"\raggedright "
    else:
        columns, start = "l" + "c" * (len(table.head) - 1), ""

    def line(cells: Sequence[Cell]) -> str:
        return " & ".join(start + _cell(each, notation) for each in cells) + r" \tabularnewline"

    drawn = []
    for rows in _pages(table):
        body = "\n".join(map(line, rows))
        head = (
            "" if not any(each.parts for each in table.head) else f"{line(table.head)}\n\\midrule\n"
        )
        drawn.append(
            f"\\coopgapfit{{\\small\\begin{{tabular}}{{{columns}}}\n\\toprule\n{head}{body}\n"
            "\\bottomrule\n\\end{tabular}}"
        )
    caption = rf"\textit{{{escaped(table.caption)}}}\\*[3pt]" + "\n" if table.caption else ""
    return "\\begin{center}\n" + caption + "\\par\\smallskip\n".join(drawn) + "\n\\end{center}"


def _pages(table: Table) -> Iterator[list[Sequence[Cell]]]:
    """The rows, in parts of at most ROWS lines: a box higher than a page is cut off."""
    part: list[Sequence[Cell]] = []
    height = 0
    for row in table.rows:
        lines = 1
        for each, width in zip(row, table.widths, strict=bool(table.widths)):
            texts = (text.text if isinstance(text, Code) else text for text in each.parts)
            letters = sum(len(text) for text in texts if isinstance(text, str))
            lines = max(lines, -(-100 * letters // (LETTERS * width)))
        if part and height + lines > ROWS:
            yield part
            part, height = [], 0
        part.append(row)
        height += lines
    if part:
        yield part


def _cell(cell: Cell, notation: Notation) -> str:
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


def _grid(grid: Grid) -> str:
    # A character without a glyph takes the room of its number.
    printed = (re.sub(r"\\coopgapchar\{.\}", "[U+]", escaped(each)) for each in grid.columns)
    wide = max([3, *(len(re.sub(r"\\[a-z]+|[\\{}()]", "", each)) for each in printed)])
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
        part, rest = divmod(part - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


Name = Callable[[str], str]


# --- mathematics ----------------------------------------------------------------------------------


def math(
    formula: Formula,
    notation: Notation,
    small: bool = False,
    name: Name = lambda text: escaped(text),
) -> str:
    """A formula as what stands between two ``$``.

    small: in a script. name: how labels are escaped.
    """
    match formula:
        case Numeral(text):
            above, _, below = text.partition("/")
            if not below:
                return above
            return f"{above}/{below}" if small else rf"\frac{{{above}}}{{{below}}}"
        case Symbol(key):
            return rf"{notation[key].latex} "
        case Label(text):
            if re.fullmatch(r"[A-Za-z0-9]+", text):
                return rf"\mathrm{{{text}}}"
            return rf"\mbox{{\scriptsize {name(text)}}}" if small else rf"\mbox{{{name(text)}}}"
        case Variable(text):
            return _variable(text)
        case Sign(text) if len(text) > 1 and text.startswith("("):
            return rf"\mathrm{{{text}}}"
        case Sign(text):
            return _SIGNS.get(text, text)
        case Ratio(above, below):
            over, under = (math(part, notation, small, name) for part in (above, below))
            return rf"\frac{{{over}}}{{{under}}}"
        case Scripted(base, below, above):
            text = f"{{{math(base, notation, small, name)}}}"
            text += f"_{{{math(below, notation, True, name)}}}" if below else ""
            return text + (f"^{{{math(above, notation, True, name)}}}" if above else "")
        case Row(parts):
            return "".join(math(part, notation, small, name) for part in parts)
    raise TypeError(f"{formula!r} is no formula")


_GREEK_NAMES = {name.removeprefix("var") for name in _GREEK.values()} - {"upsilon"}


def _variable(name: str) -> str:
    stem, _, rest = name.partition("_")
    base = rf"\{stem} " if stem in _GREEK_NAMES else stem if len(stem) == 1 else None
    if base is not None and base.isascii():
        return (
            rf"{base}_{{\mathrm{{{escaped(rest)}}}}}"
            if rest.isascii() and rest
            else (base if not rest else _boxed(name))
        )
    if name.isascii() and name.isalnum():
        return rf"\mathit{{{name}}}"
    return rf"\{_GREEK[name]} " if name in _GREEK else _boxed(name)


def _boxed(name: str) -> str:
    return rf"\mbox{{\textit{{{escaped(name)}}}}}"
