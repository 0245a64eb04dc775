"""A worked example: the document of a report, and its files in each format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import Report
from coopgap.proofs.exposition import brief, html, latex, markdown
from coopgap.proofs.exposition.claims_table import claims, quantity_certificates
from coopgap.proofs.exposition.documents import (
    Block,
    Code,
    Document,
    Row,
    Section,
    prose,
    section,
    symbols,
    table,
)
from coopgap.proofs.exposition.formulas import Symbol
from coopgap.proofs.exposition.games import Game
from coopgap.proofs.exposition.notation import MEANINGS, Notation
from coopgap.proofs.exposition.prose import series
from coopgap.proofs.exposition.sources import Place
from coopgap.proofs.exposition.telling import Decided, exposition
from coopgap.theory.aggregates import GroupSpecification
from coopgap.theory.commons.specification import CommonsSpecification
from coopgap.theory.errors import InputError
from coopgap.theory.readers.load import listed

if TYPE_CHECKING:
    from coopgap.theory.readers.load import Anything

FORMATS = ("latex", "html", "markdown")


def document(name: str, report: Decided, specification: Anything, command: str) -> Document:
    """The worked example. name: a file's stem. command: what makes it again."""
    place, sections = exposition(report, specification)
    content, values = list(sections), place["report"]
    content += section("The claims", claims(values))
    content += section("Symbols", _symbols(content))
    content += section("How to reproduce this", _reproduction(values, command))
    return Document(name, values["title"].text or name, tuple(content))


def in_brief(name: str, report: Report, game: Game, command: str) -> tuple[Document, Document]:
    """The worked example in brief, and the whole one as its appendix."""
    place, _ = exposition(report, game)
    short = Document(name, report.title or name, tuple(brief.sections(game, place, command)))
    return short, document(f"{name}-appendix", report, game, command)


def decided(
    name: str, specification: Anything, command: str, brief_: bool, timeout: float | None = None
) -> tuple[Document, Document | None]:
    """Decides what a specification asks, and writes the worked example, or it in brief.

    timeout: seconds for each quantity. Raises InputError for what has no worked example.
    """
    if isinstance(specification, CommonsSpecification | GroupSpecification):
        kind = "a commons" if isinstance(specification, CommonsSpecification) else "groups"
        if brief_:
            raise InputError(
                f"the worked example of {kind} has no brief form", fix="leave --brief out"
            )
        return document(name, check(specification, timeout=timeout), specification, command), None
    game = listed(specification, specification.origin)
    report = check(game, timeout=timeout)
    if brief_:
        return in_brief(name, report, game, command)
    return document(name, report, game, command), None


def files(
    document: Document,
    formats: tuple[str, ...],
    notation: Notation,
    version: str,
    environments: Mapping[str, str] = latex.ENVIRONMENTS,
    appendix: Document | None = None,
) -> Mapping[str, str]:
    """File names and texts; environments: the names of those that the LaTeX uses.

    appendix: what stands in a file of its own, of which the LaTeX is a fragment without an article.
    """
    texts: dict[str, str] = {}
    if appendix is not None:
        own = files(appendix, formats, notation, version, environments)
        texts |= {
            name.replace("-fragment.", "."): text
            for name, text in own.items()
            if name != f"{appendix.name}.tex"
        }
    if "latex" in formats:
        texts[f"{document.name}.tex"] = latex.article(document, version, environments)
        texts[f"{document.name}-fragment.tex"] = latex.fragment(document, notation, environments)
        texts["coopgap.bib"] = latex.bibliography(version)
    if "html" in formats:
        texts[f"{document.name}.html"] = html.page(document, notation)
    if "markdown" in formats:
        texts[f"{document.name}.md"] = markdown.markdown(document, notation)
    return texts


def _symbols(sections: list[Section]) -> Iterator[Block]:
    used = symbols(tuple(sections))
    if used:
        yield table(
            ({"symbol": Symbol(key), "meaning": MEANINGS[key]} for key in MEANINGS if key in used),
            widths=(20, 80),
        )


def _reproduction(report: Place, command: str) -> Iterator[Block]:
    """What makes the example again, and the certificates of its quantities, by what they are of."""
    tool = report["tool"]
    yield prose(
        "This example is the output of {}, version {}, with {}. The solvers only find; "
        "every certificate is accepted by a checker that uses none of them. {}",
        Code(command),
        Code(tool["version"].text),
        series([[f"{n} ", Code(v.text)] for n, v in tool["solvers"].items()]),
        [f"Source of the game: {report['source'].text}."] if report["source"].text else [],
    )
    rows: list[Row] = [
        {
            "quantity": ", ".join(filter(None, (name.replace("_", " "), where))),
            "certificate": Code(sha.text),
        }
        for where, part in quantity_certificates(report)
        for name, sha in part.items()
        if " at lambda " not in name
    ]
    if rows:
        yield table(rows, "Certificates by SHA-256", (35, 65))
