"""Text and formulas as LaTeX, whatever stands around them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from coopgap.proofs.exposition import formulas
from coopgap.proofs.exposition.notation import Notation

Name = Callable[[str], str]

WIDE = 44
"""From how many letters on a fraction is written on one line, where it can be broken."""

_SIGNS = {
    "≥": r"\ge ",
    "≤": r"\le ",
    "≠": r"\ne ",
    "∈": r"\in ",
    "∉": r"\notin ",
    "¬": r"\neg ",
    "…": r"\ldots ",
    "−": "-",
    "·": r"\cdot ",
    "×": r"\times ",
    "∞": r"\infty ",
    "{": r"\{",
    "}": r"\}",
    ",": r",\allowbreak ",
    "max": r"\max ",
    "min": r"\min ",
    "and": r"\ \mbox{and}\allowbreak{}\ ",
    "or": r"\ \mbox{or}\allowbreak{}\ ",
    "if": r"\mbox{if}\ ",
    "for": r"\allowbreak{}\quad\mbox{for}\ ",
    "∑": r"\sum ",
    "→": r"\to ",
    "ε": r"\varepsilon ",
    " ": r"\quad ",
    ":": r"\colon\quad ",
}

_SPECIAL = {
    **{sign: rf"\({_SIGNS[sign].strip()}\)" for sign in "×·−≥≤≠→∞"},
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
    "`": r"\textasciigrave{}",
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
    if plain != character and all(letter.isascii() for letter in plain):
        return escaped(plain)
    return rf"\coopgapchar{{{character}}}{{{ord(character):04X}}}"


def math(
    formula: formulas.Formula,
    notation: Notation,
    small: bool = False,
    name: Name = lambda text: escaped(text),
) -> str:
    """A formula as what stands between two ``$``.

    small: in a script. name: how labels are escaped.
    """
    match formula:
        case formulas.Numeral(text):
            above, _, below = text.partition("/")
            if not below:
                return above
            return f"{above}/{below}" if small else rf"\frac{{{above}}}{{{below}}}"
        case formulas.Symbol(key):
            return rf"{notation[key].latex} "
        case formulas.Label(text):
            if re.fullmatch(r"[A-Za-z0-9]+", text):
                return rf"\mathrm{{{text}}}"
            return rf"\mbox{{\scriptsize {name(text)}}}" if small else rf"\mbox{{{name(text)}}}"
        case formulas.Variable(text):
            return _variable(text)
        case formulas.Sign(text) if len(text) > 1 and text.startswith("("):
            return rf"\mathrm{{{text}}}"
        case formulas.Sign(text):
            return _SIGNS.get(text, text)
        case formulas.Ratio(above, below):
            over, under = (math(part, notation, small, name) for part in (above, below))
            if max(formulas.extent(above), formulas.extent(below)) > WIDE:
                return rf"({over})/\allowbreak{{}}({under})"
            return rf"\frac{{{over}}}{{{under}}}"
        case formulas.Scripted(base, below, above):
            text = f"{{{math(base, notation, small, name)}}}"
            text += f"_{{{math(below, notation, True, name)}}}" if below else ""
            return text + (f"^{{{math(above, notation, True, name)}}}" if above else "")
        case formulas.Row((formulas.Sign("("), *inner, formulas.Sign(")"))) if (
            not small and _is_high(inner)
        ):
            inside = "".join(math(part, notation, small, name) for part in inner)
            return rf"\Bigl({inside}\Bigr)"
        case formulas.Row(parts):
            return "".join(math(part, notation, small, name) for part in parts)
    raise TypeError(f"{formula!r} is no formula")


def _is_high(parts: Sequence[formulas.Formula]) -> bool:
    return any(
        isinstance(p, formulas.Ratio) or (isinstance(p, formulas.Row) and _is_high(p.parts))
        for p in parts
    )


_GREEK_NAMES = {name.removeprefix("var") for name in _GREEK.values()} - {"upsilon"}


def _variable(name: str) -> str:
    stem, _, subscript = name.partition("_")
    base = rf"\{stem} " if stem in _GREEK_NAMES else stem if len(stem) == 1 else None
    if base is not None and base.isascii():
        return (
            rf"{base}_{{\mathrm{{{escaped(subscript)}}}}}"
            if subscript.isascii() and subscript
            else (base if not subscript else _boxed(name))
        )
    if name.isascii() and name.isalnum():
        return rf"\mathit{{{name}}}"
    return rf"\{_GREEK[name]} " if name in _GREEK else _boxed(name)


def _boxed(name: str) -> str:
    return rf"\mbox{{\textit{{{escaped(name)}}}}}"
