"""Worked examples: every entry of the gallery, its numbers looked up and its pages opened."""

import html
import json
import math
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from browser import frame_widths
from checked import checked
from games import load_game
from html5lib import HTMLParser
from html5lib.html5parser import ParseError

from coopgap.api import example
from coopgap.commands.example import TEX, engine, formats, name_of, require_tex, typeset
from coopgap.main import run
from coopgap.proofs.algebra.polynomials import ONE, parameter
from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.values import Bounds, Expression, Extremum, Where, Written
from coopgap.proofs.exposition import commons, group_proofs, latex, markdown, tex
from coopgap.proofs.exposition import html as web
from coopgap.proofs.exposition.documents import Document, Grid, Section, numerals, prose
from coopgap.proofs.exposition.example import FORMATS, files, in_brief
from coopgap.proofs.exposition.example import document as document_of
from coopgap.proofs.exposition.formulas import polynomial, row
from coopgap.proofs.exposition.game_proofs import cover
from coopgap.proofs.exposition.notation import NOTATION, read_notation
from coopgap.proofs.exposition.sources import Place, looked_up, sources
from coopgap.proofs.exposition.telling import exposition
from coopgap.proofs.trusted.polynomials import Condition
from coopgap.theory.aggregates import GroupSpecification
from coopgap.theory.commons.specification import CommonsSpecification
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import environment
from coopgap.theory.errors import InputError
from coopgap.theory.languages import blind, complete
from coopgap.theory.notebooks import Tabulated
from coopgap.theory.parsing import parse_expression
from coopgap.theory.readers.load import games, groups, load, load_listed
from coopgap.theory.readers.spec import any_spec_from_text, spec_from_text
from coopgap.theory.specification import FamilySpecification, NamedLanguage, Specification

SLUGS = list(games())
NUMBER = re.compile(r"\d+")
WARNINGS = re.compile(
    r"^(?:Overfull|.*undefined|!|LaTeX Warning|Missing character).*", re.MULTILINE
)
DOLLARS = r"\$\$\n(.*?)\n *\$\$|(?<![\\$])\$(?!\$)((?:\\.|[^$\\])*)\$"
NAMES = re.compile(r"\\(?:mathrm|mathit|text|mbox)\{(?:[^{}\\]|\\.|\{\})*\}")
WIDTHS = (390, 1280)


def document_and_place(slug: str) -> tuple[Document, Place]:
    specification, report = load_listed(slug), checked(slug)
    document = document_of(slug, report, specification, f"coopgap example {slug} --to html")
    return document, exposition(report, specification)[0]


@pytest.mark.parametrize("slug", SLUGS)
def test_gallery(slug: str, tmp_path: Path):
    document, place = document_and_place(slug)
    require_numbers(document, place)
    require_same_game(load_listed(slug), place)
    texts = files(document, FORMATS, NOTATION, "0")
    require_tokens(document, texts)
    require_prose(document)
    page = texts[f"{slug}.html"]
    require_valid(page)
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    require_clean_tex(tmp_path, slug)


@pytest.mark.parametrize("slug", ["unnamed-growth", "pollution", "pond-regimes"])
def test_commons(slug: str, tmp_path: Path):
    specification = load(slug)
    assert isinstance(specification, CommonsSpecification)
    report = checked(slug)
    place = sources(report.document(), report.texts, commons.source(report))
    document = document_of(slug, report, specification, f"coopgap example {slug} --to latex")
    require_numbers(document, place)
    texts = files(document, FORMATS, NOTATION, "0")
    require_tokens(document, texts)
    require_prose(document)
    require_valid(texts[f"{slug}.html"])
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    require_clean_tex(tmp_path, slug)


def test_the_plan_of_a_commons_by_hand():
    """Of 12 units 8 are best left in a slow month, which become 12, and 4 in a fast one."""
    text = example("unnamed-growth", "markdown", name="lake")["lake.md"]
    assert "| $1$ | $12$ | $4$ | $8$ | $18$ |" in text
    assert "the language growth unnamed the best rule has $V=17$ and $\\Delta=1$" in text
    with pytest.raises(InputError, match="of a commons has no brief form; leave --brief out"):
        example("unnamed-growth", brief=True)


SHARED = """
title = "Workers of two kinds, and what they share"
[game]
groups = { fast = { size = 2, actions = "0..2" }, slow = { size = 2, actions = [0, 1] } }
states = { names = ["dull", "busy"], prior = ["1/3", "2/3"] }
[game.values]
dull = { worth = 1 }
busy = { worth = 3 }
[game.payoffs]
fast = "worth*total/4 - own + (total_slow >= 2 and state != 'dull')"
slow = "max(worth*total/4, 1) - 2*own"
[[language]]
name = "total"
actions = { fast = [[0, 1, 2]], slow = [[0, 1]] }
total = true
[[language]]
name = "slow told"
actions = { fast = [[0, 1, 2]] }
states = [["dull", "busy"]]
[[language]]
name = "one rule"
states = [["dull", "busy"]]
contracts = { kind = "directive" }
[[language]]
name = "nothing"
actions = { fast = [[0, 1, 2]], slow = [[0, 1]] }
contracts = { budget = "free" }
[prosociality]
lambda = [0, { fast = 1, slow = "1/2" }]
tolerance = [1]
"""
FINED = """
title = "A team whose fines are bounded"
[game]
groups = { worker = { size = 4, actions = [0, 1] } }
[game.payoffs]
worker = "2*total - 5*own"
[contracts]
liability = 2
[[language]]
name = "effort"
[[language]]
name = "output"
actions = { worker = [[0, 1]] }
total = true
[[language]]
name = "wasted"
actions = { worker = [[0, 1]] }
total = true
contracts = { budget = "burnt", liability = 3 }
"""
NO_PLAY = """
title = "Nobody settles"
[game]
groups = { even = { size = 1, actions = [0, 1] }, odd = { size = 1, actions = [0, 1] } }
[game.payoffs]
even = "(total_even == total_odd)"
odd = "1 - (total_even == total_odd)"
[[language]]
name = "nothing"
actions = { even = [[0, 1]], odd = [[0, 1]] }
"""
GROUPS = {**dict.fromkeys(groups(), ""), "shared": SHARED, "fined": FINED, "no-play": NO_PLAY}


@cache
def document_and_place_of_groups(slug: str) -> tuple[Document, Place]:
    specification = any_spec_from_text(GROUPS[slug], slug) if GROUPS[slug] else load(slug)
    assert isinstance(specification, GroupSpecification)
    report = check(specification)
    place = sources(report.document(), report.texts, group_proofs.source(specification))
    command = f"coopgap example {slug} --to latex"
    return document_of(slug, report, specification, command), place


@pytest.mark.parametrize("slug", GROUPS)
def test_groups(slug: str, tmp_path: Path):
    document, place = document_and_place_of_groups(slug)
    require_numbers(document, place)
    texts = files(document, FORMATS, NOTATION, "0")
    require_tokens(document, texts)
    require_prose(document)
    require_valid(texts[f"{slug}.html"])
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    require_clean_tex(tmp_path, slug)


def test_why_groups_do_no_better_by_hand():
    """At total 8 of Cournot's duopoly who sells 6 gains 1/256 by one more, seen by nobody."""
    text = example("cournot", "markdown", name="market")["market.md"]
    assert "| $8$ | $\\frac{1}{4}$ | $\\{\\mathrm{7},\\mathrm{8}\\}$ | " in text
    assert "$\\mathrm{6}\\to \\mathrm{7}$: $\\frac{1}{256}$" in text
    assert "in $(2\\times \\mathrm{4})$ an agent of firm that takes 5 in place of 4 gains" in text
    team = SHARED.replace("2, actions = [0, 1]", "1, actions = [0, 1]")
    spec = any_spec_from_text(team, "team")
    assert "sum of gains" in example(spec, "markdown")["game.md"]
    fined = example(any_spec_from_text(FINED, "fined"), "markdown")["game.md"]
    assert "each by its best deviation, sums to $6$, and all their fines together to $8$" in fined
    assert "| $4$ | $12$ | $\\{\\mathrm{1}\\}$ | – | $12$ |" in fined
    with pytest.raises(InputError, match="of groups has no brief form; leave --brief out"):
        example("cournot", brief=True)


@pytest.mark.parametrize("slug", SLUGS)
def test_gallery_in_brief(slug: str):
    specification, report = load_listed(slug), checked(slug)
    document, appendix = in_brief(slug, report, specification, "x")
    require_numbers(document, exposition(report, specification)[0])
    require_prose(document)
    texts = files(document, FORMATS, NOTATION, "0", appendix=appendix)
    require_tokens(document, texts)
    require_valid(texts[f"{slug}.html"])
    require_valid(texts[f"{slug}-appendix.html"])
    assert "-appendix-fragment" not in "".join(texts)


TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"


@pytest.mark.parametrize(
    ("slug", "most"),
    [("cleaning", 2), ("hawk-dove", 6), ("public-goods-family", 6), ("delegation", 6)],
)
def test_pages_in_brief(slug: str, most: int, tmp_path: Path):
    """The tutorial's game on two pages, families of two parameters on six; appendices are whole."""
    if slug == "cleaning":
        (text,) = re.findall(
            r"```toml\n# cleaning.toml\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL
        )
        specification: Any = spec_from_text(text, slug)
        report = check(specification)
    else:
        specification, report = load_listed(slug), checked(slug)
    document, appendix = in_brief(slug, report, specification, f"coopgap example {slug}")
    texts = {**files(document, ("latex",), NOTATION, "0", appendix=appendix)}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    require_clean_tex(tmp_path, slug)
    log = (tmp_path / f"{slug}.log").read_text(encoding="utf-8", errors="replace")
    (pages,) = re.findall(r"Output written on \S+ \((\d+) pages?", log)
    assert int(pages) <= most
    whole = texts[f"{slug}.tex"].replace(
        "-fragment}", f"-fragment}}\\appendix\\input{{{slug}-appendix}}"
    )
    (tmp_path / "whole.tex").write_text(whole, encoding="utf-8")
    require_clean_tex(tmp_path, "whole")


@pytest.mark.parametrize("engine_", ["xelatex", "lualatex"])
def test_other_scripts_in_other_engines(engine_: str, tmp_path: Path):
    """Every character has a glyph, from the first of the fonts that is installed."""
    if shutil.which(engine_) is None or shutil.which("fc-list") is None:
        pytest.skip(f"no {engine_} (Debian: texlive-xetex, texlive-luatex) or no fc-list")
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True)
    if not any(font in listed.stdout for font in latex.FONTS):
        pytest.skip("no font with Chinese characters, such as fonts-wqy-zenhei")
    specification = spec_from_text(ODD.replace("ﬁ", "Кот"), "odd")
    document, _ = in_brief("odd", check(specification), specification, "x")
    texts = files(document, ("latex",), NOTATION, "0")
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [engine_, "-interaction=nonstopmode", "-halt-on-error", "odd.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    log = (tmp_path / "odd.log").read_text(encoding="utf-8", errors="replace")
    assert (done.returncode, re.findall("Missing character.*", log)) == (0, [])
    assert engine("pdflatex", texts) != "pdflatex"
    assert engine("pdflatex", {"x.tex": "plain"}) == "pdflatex"


@pytest.mark.xdist_group("families")
def test_no_page_is_wider_than_its_frame(tmp_path: Path):
    """All of them in one browser, whose start takes longer than the pages do."""
    if shutil.which("chromium") is None:
        pytest.skip("no chromium")
    documents = {
        **{slug: document_and_place(slug)[0] for slug in SLUGS},
        **{slug: document_and_place_of_groups(slug)[0] for slug in GROUPS},
    }
    pages = {
        slug: files(document, ("html",), NOTATION, "0")[f"{slug}.html"]
        for slug, document in documents.items()
    }
    widths = iter(scroll_widths(tmp_path, *pages.values()))
    for slug in pages:
        assert [next(widths) for _ in WIDTHS] == [(width, width) for width in WIDTHS], slug


def require_numbers(document: Document, place: Place) -> None:
    """Every number of the document stands where it says that it comes from."""
    numbers = list(numerals(document))
    assert numbers
    for numeral in numbers:
        assert numeral.origin, numeral
        value = looked_up(place, numeral.origin)
        # No terms are the polynomial 0.
        parts = [*value, *value.values()] or [0] if isinstance(value, dict) else [value]
        texts = list(map(str, parts))
        known = {part for text in texts for part in re.findall(r"\d+/\d+|\d+", text)}
        known |= {part for text in texts for part in NUMBER.findall(text)}
        if isinstance(value, dict):
            known.add("1")
        assert numeral.text in known, numeral


def require_same_game(specification: Any, place: Place) -> None:
    """The payoffs of the document are those of its certificates."""
    if isinstance(specification, FamilySpecification):
        return
    for certificate in place["certificates"].value.values():
        game = certificate["data"]["game"]
        unit = game["denominator"]
        stored = [[[str(Fraction(v, unit)) for v in s] for s in own] for own in game["payoffs"]]
        assert stored == [[list(s) for s in own] for own in place["game"]["payoffs"].value]
        mass = sum(game["prior"])
        assert [str(Fraction(p, mass)) for p in game["prior"]] == place["game"]["prior"].value


def require_tokens(document: Document, texts: Mapping[str, str]) -> None:
    """The formulas of each format hold the document's numbers and no others."""
    expected = Counter(
        part for numeral in numerals(document) for part in NUMBER.findall(numeral.text)
    )
    page = texts[f"{document.name}.html"]
    assert Counter(re.findall(r"<mn>(\d+)</mn>", page)) == expected
    for text, pattern in (
        (re.sub(r"`[^`]*`", "", texts[f"{document.name}.md"]), DOLLARS),
        (texts[f"{document.name}-fragment.tex"], r"\\\((.*?)\\\)"),
    ):
        formulas = " ".join("".join(match) for match in re.findall(pattern, text, re.DOTALL))
        assert Counter(NUMBER.findall(NAMES.sub("", formulas))) == expected


def require_prose(document: Document) -> None:
    """No empty sections, no articles or plurals gone wrong."""
    assert all(section.blocks for section in document.sections)
    text = re.sub(r"`[^`]*`", "x", markdown.markdown(document, NOTATION))
    text = re.sub(DOLLARS, "x", text, flags=re.DOTALL)
    assert not re.search(
        r"\bone (?!is\b|of\b)\w+s\b|\b(?:two|three|four) (?:player|case|state)\b", text
    )
    assert not re.search(r"\S  +\w|\bNone\b|\.\.|,\.| \.|\ba [aeio]\w", text)


def require_valid(page: str) -> None:
    HTMLParser(strict=True).parse(page)
    assert page.count("<h1>") == 1
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="', page)
    assert page.count("<svg") == page.count('role="img" aria-label=')


def require_clean_tex(directory: Path, slug: str) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip(f"no pdflatex: {TEX}")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{slug}.tex"]
    for _ in range(2 if slug == SLUGS[0] else 1):
        done = subprocess.run(command, cwd=directory, capture_output=True, check=False)
    log = (directory / f"{slug}.log").read_text(encoding="utf-8", errors="replace")
    warnings = [line for line in WARNINGS.findall(log) if "Label(s) may have" not in line]
    assert (done.returncode, warnings) == (0, [])


def scroll_widths(directory: Path, *pages: str) -> list[tuple[int, int]]:
    """How wide each page is in frames of each width."""
    return frame_widths(directory, [f'srcdoc="{html.escape(page)}"' for page in pages], WIDTHS)


def test_overflow_is_noticed(tmp_path: Path):
    if shutil.which("chromium") is None:
        pytest.skip("no chromium")
    wide = '<!DOCTYPE html><title>x</title><div style="width: 900px">wide</div>'
    assert dict(scroll_widths(tmp_path, wide))[390] > 390


def test_wrong_html_is_noticed():
    with pytest.raises(ParseError):
        HTMLParser(strict=True).parse("<!DOCTYPE html><title>x</title><p></b>")


def test_a_wrong_number_is_noticed():
    place = Place({"report": {"gap": "3/2"}})
    document = Document(
        "x", "x", (Section("x", (prose("{}", Place("5/2", "/report/gap").formula),)),)
    )
    with pytest.raises(AssertionError):
        require_numbers(document, place)


# --- the command ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["n44", "--to", "html"], "the gallery has no spec 'n44'"),
        (["n4", "--to", "hmtl"], "there is no format 'hmtl'; did you mean 'html'?"),
        (["n4"], "no format is chosen; choose from latex, html, markdown"),
        ([], "one spec is needed, or --all"),
        (["n4", "--all"], "one spec is needed, or --all"),
        (["n4", "--to", "html", "--pdf"], "a PDF is made from latex, not from html"),
        (["n4", "--to", "html", "--out", "a-file"], "files cannot be written there"),
        (["n4", "--to", "html", "--notation", "missing.toml"], "missing.toml"),
        (["n4", "--to", "html", "--notation", "a-file"], "there is no symbol 'gapp'"),
        (["n4", "--to", "html", "--set", "x=1"], "the spec has no parameters to set"),
    ],
)
def test_bad_usage(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
):
    monkeypatch.chdir(tmp_path)
    Path("a-file").write_text('gapp = "G"')
    with pytest.raises(SystemExit) as ended:
        run(["example", *arguments])
    output = capsys.readouterr()
    assert (ended.value.code, output.out) == (2, "")
    assert message in output.err
    assert [path.name for path in tmp_path.iterdir()] == ["a-file"]


def test_command(tmp_path: Path, capsys: Any):
    notation = tmp_path / "symbols.toml"
    notation.write_text('gap = "G"\nprosociality = { latex = "\\\\kappa", text = "κ" }')
    for kind in FORMATS:
        with pytest.raises(SystemExit) as ended:
            run(
                [
                    "example",
                    "n5",
                    "--to",
                    kind,
                    "--out",
                    str(tmp_path / "out"),
                    "--json",
                    "--notation",
                    str(notation),
                ]
            )
        assert ended.value.code == 0
        assert json.loads(capsys.readouterr().out)["schema"] == "coopgap.example/1"
    texts = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert sorted(texts) == ["coopgap.bib", "n5-fragment.tex", "n5.html", "n5.md", "n5.tex"]
    assert "$G=1$" in texts["n5.md"]
    assert "\\kappa" in texts["n5-fragment.tex"]
    assert "<mi>κ</mi>" in texts["n5.html"]
    assert "2605.08426" in texts["coopgap.bib"]


def test_family_at_a_point(tmp_path: Path, capsys: Any):
    with pytest.raises(SystemExit) as ended:
        run(["example", "capped-fines", "--set", "t=2", "--to", "markdown", "--out", str(tmp_path)])
    assert ended.value.code == 0
    assert (
        "coopgap example capped-fines --set t=2 --to markdown"
        in (tmp_path / "capped-fines.md").read_text()
    )
    assert capsys.readouterr().out == f"{tmp_path / 'capped-fines.md'}\n"


def test_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any):
    entries = {slug: game for slug, game in games().items() if slug in ("n1", "n5")}
    monkeypatch.setattr("coopgap.theory.readers.load.games", lambda: entries)
    few = {slug: game for slug, game in groups().items() if slug == "pasture"}
    monkeypatch.setattr("coopgap.theory.readers.load.groups", lambda: few)
    with pytest.raises(SystemExit) as ended:
        run(["example", "--all", "--out", str(tmp_path)])
    assert ended.value.code == 0
    assert {Path(line).stem for line in capsys.readouterr().out.split()} >= {"n1", "n5", "pasture"}


def test_without_tex(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(InputError, match="apt-get install texlive-latex-base"):
        require_tex()


@pytest.mark.usefixtures("capsys")
def test_pdf(tmp_path: Path):
    if shutil.which("pdflatex") is None:
        pytest.skip(f"no pdflatex: {TEX}")
    with pytest.raises(SystemExit) as ended:
        run(["example", "n5", "--pdf", "--out", str(tmp_path)])
    assert ended.value.code == 0
    assert (tmp_path / "n5.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(InputError, match=r"TeX does not typeset x\.tex: Undefined"):
        typeset("pdflatex", "x", {"x.tex": r"\undefinedmacro"})


def test_formats_and_names():
    assert formats(None, False, True) == FORMATS
    assert formats(None, True, False) == ("latex",)
    assert [name_of(spec) for spec in ("n4", "./a b/my game.toml", "../é.toml")] == [
        "n4",
        "my-game",
        "example",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gap = 3", "a symbol is text, or a table"),
        ("gap = {latex = 'G'}", "a symbol is text, or a table"),
        ("gap = 'G$'", "do not match"),
        ("gap = '{G'", "do not match"),
        ("gap = 'G}{'", "do not match"),
        (r"gap = 'G\\$'", "stand in it"),
        ("gap = ", "not TOML"),
    ],
)
def test_notation_refused(text: str, message: str, tmp_path: Path):
    path = tmp_path / "symbols.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_notation(path)


# --- what users write -----------------------------------------------------------------------------

ODD = r"""
title = "50% of $ & #1 _x_ {a} ~b^ \\ λ 中 é ﬁ"
[game]
players = ["r_w & $", "c{o}l^~\\"]
actions = { "r_w & $" = ["a#1", "50%"], "c{o}l^~\\" = ["x|y", "中é<b>"] }
[game.payoffs]
"r_w & $" = [[3, -2], [4, 2]]
"c{o}l^~\\" = [[3, 4], [-2, 2]]
[[language]]
name = "`one` *two* [three]_averyveryveryveryveryveryverylongword"
actions = { "r_w & $" = [["a#1", "50%"]] }
"""


def test_names_are_escaped(tmp_path: Path):
    specification = spec_from_text(ODD, "odd")
    document = document_of("odd", check(specification), specification, "coopgap example ./odd.toml")
    texts = files(document, FORMATS, NOTATION, "0")
    require_valid(texts["odd.html"])
    assert "中é&lt;b&gt;" in texts["odd.html"]
    assert r"\`one\` \*two\*" in texts["odd.md"]
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    require_clean_tex(tmp_path, "odd")


def test_unknown_is_said():
    specification = load_listed("n5")
    report = check(specification, timeout=1e-9)
    text = markdown.markdown(document_of("n5", report, specification, "x"), NOTATION)
    assert "is unknown: " in text
    assert "Nothing is claimed about it." in text


def test_contradictory_assumptions():
    text = """
[parameters]
names = ["t"]
assume = ["t > 1", "t < 0"]
[game]
players = ["a", "b"]
actions = { a = ["C", "D"], b = ["C", "D"] }
[game.payoffs]
a = [["t", 0], [1, 2]]
b = "symmetric"
"""
    specification = spec_from_text(text, "x")
    document = document_of("x", check(specification), specification, "x")
    assert "The assumptions contradict each other" in [
        section.title for section in document.sections
    ]


@pytest.mark.parametrize("sides", [(1,), (2, 2, 2), (9, 9), (30, 2)])
def test_games_of_any_shape(sides: tuple[int, ...], tmp_path: Path):
    count = math.prod(sides)
    game = environment(
        [f"p{i}" for i in range(len(sides))],
        [[f"a{k}" for k in range(size)] for size in sides],
        [[[(7 * k + i) % 5 for k in range(count)]] for i in range(len(sides))],
    )
    named = NamedLanguage("blind", blind(game), Transfers())
    specification = Specification(game, (named,))
    report = check(specification)
    document = document_of("x", report, specification, "x")
    require_numbers(document, exposition(report, specification)[0])
    require_valid(web.page(document, NOTATION))
    for name, text in files(document, ("latex",), NOTATION, "0").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    require_clean_tex(tmp_path, "x")


def test_expressions():
    names = ("a", "b", "c")
    a, b, c = (parameter(k) for k in range(3))
    larger = Extremum("Max", (Expression((a - b * 2, ONE), names), Fraction(1, 3)))
    conjunction = Where((Condition(a, ">"), Condition(b - c, "==")), names)
    for formula, expected in (
        (Place(larger).formula, r"\max (a-2b,\allowbreak \frac{1}{3})"),
        (Place(Written(parse_expression("-(a + b)**2/c"))).formula, r"-\frac{{(a+b)}^{2}}{c}"),
        (
            Place(Written(parse_expression("x_1*pi*beta2"))).formula,
            r"x_{\mathrm{1}}\pi \mathit{beta2}",
        ),
        (Place(Written(parse_expression("-1/3 - x/-2"))).formula, r"-\frac{1}{3}-\frac{x}{-2}"),
        (
            row("(", Place(Written(parse_expression("a/b"))).formula, ")"),
            r"\Bigl(\frac{a}{b}\Bigr)",
        ),
        (polynomial({"a": "1/6", "b": "-5/6"}, "="), r"\frac{a-5b}{6}"),
        (Place(conjunction).condition, r"a>0\ \mbox{and}\allowbreak{}\ b=c"),
        (polynomial({"ε*été": 6}, "="), r"6\varepsilon \mbox{\textit{été}}"),
    ):
        assert tex.math(formula, NOTATION) == expected


def test_letters():
    assert [latex.letter(k) for k in (0, 25, 26, 51, 52)] == ["a", "z", "aa", "az", "ba"]
    grid = Grid("c", ("x",), ("y",), ((27,),), "alt")
    assert ">ab</text>" in web.blocks((grid,), NOTATION)


# --- notebooks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["n5", "audits-family"])
def test_reports_show_themselves(slug: str):
    report = check(load_listed(slug))
    assert "<h2>The claims</h2>" in report._repr_html_()
    HTMLParser(strict=True).parse(f"<!DOCTYPE html><title>x</title>{report._repr_html_()}")
    assert report._repr_markdown_().startswith("# ")
    assert r"\section*{The claims}" in report._repr_latex_()


def test_values_show_themselves():
    report = check(load_listed("n5"))
    assert "verdict" in report.claims[0]._repr_html_()
    specification = load_game("n5")
    for value, text in (
        (specification.environment, "probability 1"),
        (specification.languages[0].language, "Records"),
        (complete(specification.environment), "What is alike"),
    ):
        HTMLParser(strict=True).parse(f"<!DOCTYPE html><title>x</title>{value._repr_html_()}")
        assert text in value._repr_html_()
        assert text in value._repr_markdown_()
        assert r"\begin{tabular}" in value._repr_latex_()
    with pytest.raises(NotImplementedError):
        Tabulated()._repr_html_()


def test_what_is_known_between_bounds_is_said_so():
    specification = load_game("n4")
    report = check(specification)
    half, two = Fraction(1, 2), Fraction(2)
    languages = tuple(
        replace(
            language,
            value=Bounds(two, Fraction(6)),
            gap=Bounds(Fraction(0), two),
            prosocial_threshold=Bounds(Fraction(0), half),
            certificates={},
        )
        for language in report.languages
    )
    least = Bounds(Fraction(0), half)
    report = replace(report, prosocial_threshold=least, languages=languages)
    whole = document_of("x", report, specification, "coopgap")
    for document in (whole, in_brief("x", report, specification, "coopgap")[0]):
        text = files(document, ("latex", "html", "markdown"), NOTATION, "1")["x.md"]
        assert r"$V \in [2,6]$, so $\Delta \in [0,2]$" in text
        assert r"${\lambda}^{*}\in [0,\frac{1}{2}]$" in text
    assert "certificates show that" in report._repr_html_()


def test_a_bound_by_cases_of_contracts_is_told():
    specification = load_game("n5")
    place = exposition(check(specification), specification)[0]
    (named, *_), part = specification.languages, place["report"]["languages"][0]
    witness: dict[str, Any] = {"bound": {"contracts": []}}
    certificate = Place({"proof": {"cases": {"witness": witness}}})
    (block,) = cover(specification.environment, named, part, certificate, place)
    assert "parts all contracts into cases" in str(block)


def test_language_labels_and_names_of_environments(tmp_path: Path, capsys: Any):
    options = ["--language", "output-free", "--environment", "proposition=prop", "--environment"]
    line = ["example", "n5", "--to", "latex", "--out", str(tmp_path), *options]
    with pytest.raises(SystemExit) as ended:
        run([*line, "proof=beweis"])
    assert ended.value.code == 0
    capsys.readouterr()
    text = (tmp_path / "n5-fragment.tex").read_text(encoding="utf-8")
    assert text.count(r"\begin{prop}\label{coopgap:n5:") == text.count(r"\end{prop}") == 1
    assert r"\begin{beweis}" in text
    assert "output-balanced" not in text.replace(r"\allowbreak{}", "")
    around = (tmp_path / "n5.tex").read_text(encoding="utf-8")
    assert r"\newtheorem{prop}{Proposition}" in around
    assert r"\newenvironment{beweis}" in around
    for wrong, message in (
        (["--language", "output"], "there is no language 'output'"),
        (["--environment", "lemma=prop"], "'lemma=prop' names no environment"),
        (["--environment", "proof="], "'proof=' names no environment"),
    ):
        with pytest.raises(SystemExit) as ended:
            run(["example", "n5", "--to", "latex", *wrong])
        assert ended.value.code == 2
        assert message in capsys.readouterr().err


def test_characters_without_a_glyph_are_themselves_where_there_is_one():
    assert tex.escaped("名") == r"\coopgapchar{名}{540D}"
    texts = files(Document("x", "名", ()), ("latex",), NOTATION, "1")
    for text in (texts["x.tex"], texts["x-fragment.tex"]):
        assert r"\providecommand\coopgapchar[2]{\iffontchar\font" in text
    entry = texts["coopgap.bib"].split("@misc")[2]
    for field in ("author", "title", "year"):
        assert f"  {field} = " in entry
    assert "url = {https://arxiv.org/abs/" in texts["coopgap.bib"]
