"""Worked examples: every entry of the gallery, its numbers looked up and its pages opened."""

import html
import re
import shutil
import subprocess
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from html5lib import HTMLParser

from coopgap.examples import TEX, formats, name_of, require_tex, typeset
from proofs.check import check
from proofs.exposition import html as web
from proofs.exposition import latex, markdown
from proofs.exposition.documents import Document, Grid, Section, numerals, said
from proofs.exposition.example import FORMATS, document, files, root
from proofs.exposition.formulas import expression
from proofs.exposition.notation import NOTATION, read_notation
from proofs.exposition.sources import Place, looked_up
from theory.errors import InputError
from theory.readers.load import gallery, load
from theory.readers.spec import spec_from_text
from theory.specification import FamilySpecification

SLUGS = [slug for slug, _, _ in gallery()]
NUMBER = re.compile(r"\d+")
WARNINGS = re.compile(r"^(?:Overfull|.*undefined|!|LaTeX Warning|Missing character).*", re.MULTILINE)
DOLLARS = r"\$\$\n(.*?)\n *\$\$|(?<![\\$])\$(?!\$)((?:\\.|[^$\\])*)\$"
NAMES = re.compile(r"\\(?:mathrm|mathit|text|mbox)\{(?:[^{}\\]|\\.|\{\})*\}")
WIDTHS = (390, 1280)


def made(slug: str) -> tuple[Document, Place]:
    specification = load(slug)
    report = check(specification)
    shown = document(slug, report, specification, f"coopgap example {slug} --to html")
    return shown, root(report, specification)


@pytest.mark.parametrize("slug", SLUGS)
def test_gallery(slug: str, tmp_path: Path):
    shown, place = made(slug)
    require_numbers(shown, place)
    require_same_game(load(slug), place)
    texts = files(shown, FORMATS, NOTATION, "0")
    require_tokens(shown, texts)
    require_prose(shown)
    page = texts[f"{slug}.html"]
    require_valid(page)
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    require_clean_tex(tmp_path, slug)
    require_no_overflow(tmp_path, page)


def require_numbers(shown: Document, place: Place) -> None:
    """Every number of the document stands where it says that it comes from."""
    found = list(numerals(shown))
    assert found
    for each in found:
        assert each.origin, each
        value = looked_up(place, each.origin)
        texts = [str(value)] if not isinstance(value, dict) else [*value, *value.values()]
        known = {part for text in texts for part in re.findall(r"\d+/\d+|\d+", text)}
        known |= {part for text in texts for part in NUMBER.findall(text)}
        assert each.text in known | {"1"} if isinstance(value, dict) else each.text in known, each


def require_same_game(specification: Any, place: Place) -> None:
    """The payoffs of the document are those of its certificates."""
    if isinstance(specification, FamilySpecification):
        return
    for certificate in place["certificates"].value.values():
        game = certificate["data"]["game"]
        unit = game["denominator"]
        stored = [[[str(Fraction(v, unit)) for v in s] for s in own] for own in game["payoffs"]]
        assert stored == place["game"]["payoffs"].value
        assert game["prior"] == place["game"]["prior"].value


def require_tokens(shown: Document, texts: dict[str, str]) -> None:
    """The formulas of each format hold the document's numbers and no others."""
    wanted = Counter(part for each in numerals(shown) for part in NUMBER.findall(each.text))
    page = texts[f"{shown.name}.html"]
    assert Counter(re.findall(r"<mn>(\d+)</mn>", page)) == wanted
    for text, pattern in (
        (re.sub(r"`[^`]*`", "", texts[f"{shown.name}.md"]), DOLLARS),
        (texts[f"{shown.name}-fragment.tex"], r"\\\((.*?)\\\)"),
    ):
        found = " ".join("".join(match) for match in re.findall(pattern, text, re.DOTALL))
        assert Counter(NUMBER.findall(NAMES.sub("", found))) == wanted


def require_prose(shown: Document) -> None:
    """No empty sections, no articles or plurals gone wrong."""
    assert all(section.blocks for section in shown.sections)
    text = re.sub(r"`[^`]*`", "x", markdown.markdown(shown, NOTATION))
    text = re.sub(DOLLARS, "x", text, flags=re.DOTALL)
    assert not re.search(r"\bone (?!is\b|of\b)\w+s\b|\b(?:two|three|four) (?:player|case|state)\b", text)
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
    found = [line for line in WARNINGS.findall(log) if "Label(s) may have" not in line]
    assert (done.returncode, found) == (0, [])


def require_no_overflow(directory: Path, page: str) -> None:
    if shutil.which("chromium") is None:
        pytest.skip("no chromium")
    assert set(scroll_widths(directory, page)) == {(width, width) for width in WIDTHS}


def scroll_widths(directory: Path, page: str) -> list[tuple[int, int]]:
    """How wide the page is in frames of each width."""
    frames = "".join(
        f'<iframe width="{width}" height="800" style="border:0" srcdoc="{html.escape(page)}">'
        "</iframe>"
        for width in WIDTHS
    )
    script = (
        "<script>onload = () => { document.title = [...document.querySelectorAll('iframe')].map("
        "f => f.clientWidth + ':' + f.contentDocument.documentElement.scrollWidth).join(' ') }"
        "</script>"
    )
    wrapper = directory / "wrapper.html"
    wrapper.write_text(f"<!DOCTYPE html><meta charset='utf-8'><title></title>{script}{frames}")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--user-data-dir={directory / 'profile'}", "--dump-dom", wrapper.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    found = re.search(r"<title>([\d: ]+)</title>", done.stdout)
    assert found, done.stderr[-2000:]
    return [(int(a), int(b)) for a, b in (pair.split(":") for pair in found[1].split())]


def test_overflow_is_noticed(tmp_path: Path):
    if shutil.which("chromium") is None:
        pytest.skip("no chromium")
    wide = '<!DOCTYPE html><title>x</title><div style="width: 900px">wide</div>'
    assert dict(scroll_widths(tmp_path, wide))[390] > 390


def test_wrong_html_is_noticed():
    with pytest.raises(Exception, match="."):
        HTMLParser(strict=True).parse("<!DOCTYPE html><title>x</title><p></b>")


def test_a_wrong_number_is_noticed():
    place = Place({"report": {"gap": "3/2"}})
    shown = Document("x", "x", (Section("x", (said(Place("5/2", "/report/gap").formula),)),))
    with pytest.raises(AssertionError):
        require_numbers(shown, place)
