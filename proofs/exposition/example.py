"""A worked example: the document of a report, and its files in each format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from coopgap.proofs.deciding.reports import Report, as_it_is
from coopgap.proofs.exposition import concrete, families, games, html, latex, markdown
from coopgap.proofs.exposition.documents import (
    Block,
    Code,
    Document,
    Inline,
    Section,
    Table,
    cell,
    said,
    section,
    symbols,
)
from coopgap.proofs.exposition.formulas import Symbol
from coopgap.proofs.exposition.notation import MEANINGS, Notation
from coopgap.proofs.exposition.prose import counted, in_words, sentence, series
from coopgap.proofs.exposition.sources import Place, sources
from coopgap.theory.specification import FamilySpecification, Specification

if TYPE_CHECKING:
    from coopgap.proofs.deciding.reports import Report

FORMATS = ("latex", "html", "markdown")


def root(report: Report, specification: Specification | FamilySpecification) -> Place:
    """All sources of an example's numbers."""
    if isinstance(specification, FamilySpecification):
        game = games.family_source(specification.family)
    else:
        game = games.source(specification.environment)
    return sources(report.document(as_it_is), report.texts, game)


def document(
    name: str,
    report: Report,
    specification: Specification | FamilySpecification,
    command: str,
) -> Document:
    """The worked example. name: a file's stem. command: what makes it again."""
    place = root(report, specification)
    if isinstance(specification, FamilySpecification):
        told = list(families.sections(specification, place))
    else:
        told = list(concrete.sections(specification, place))
    told += section("The claims", claims(place["report"]))
    told += section("Symbols", _symbols(told))
    told += section("How to reproduce this", _reproduction(place["report"], command))
    title = report.document()["title"] or name
    return Document(name, title, tuple(told))


def files(
    document: Document, formats: tuple[str, ...], notation: Notation, version: str
) -> Mapping[str, str]:
    """File names and texts."""
    texts = {}
    if "latex" in formats:
        texts[f"{document.name}.tex"] = latex.article(document, version)
        texts[f"{document.name}-fragment.tex"] = latex.fragment(document, notation)
        texts["coopgap.bib"] = latex.bibliography(version)
    if "html" in formats:
        texts[f"{document.name}.html"] = html.page(document, notation)
    if "markdown" in formats:
        texts[f"{document.name}.md"] = markdown.markdown(document, notation)
    return texts


def claims(report: Place) -> Iterator[Block]:
    """All claims of a report with their verdicts."""
    listed = list(report["claims"])
    if not listed:
        return
    found = dict.fromkeys(("proved", "refuted", "trusted", "unknown"), 0)
    for each in listed:
        found[each["status"].text] += 1
    told = [f"{in_words(k)} {'is' if k == 1 else 'are'} {s}" for s, k in found.items() if k]
    checked = [c["certificate"]["checked"].value for c in listed if c["certificate"].value]
    whose = (
        "The independent checker has accepted every certificate."
        if (checked and all(checked))
        else ""
    )
    yield (
        said(f"Of {counted(len(listed), 'claim')} ", *series(list(told)), f". {whose}".rstrip())
        if len(listed) > 1
        else said(f"The claim {told[0].split(' ', 1)[1]}. {whose}".rstrip())
    )
    shared = _shared([each["statement"].text for each in listed])
    if shared:
        yield said(sentence(shared))
    rows = []
    for each in listed:
        status = each["status"].text
        certificate = each["certificate"]
        shown: list[Inline] = ["–"]
        if certificate.value is not None:
            shown = [f"{certificate['kind'].text} ", Code(certificate["sha256"].text[:8])]
        rows.append(
            (
                cell(Code(each["id"].text)),
                cell(*_statement(each, shared)),
                cell(status),
                cell(*shown),
            )
        )
    yield Table(
        "",
        (cell("claim"), cell("statement"), cell("verdict"), cell("certificate")),
        tuple(rows),
        widths=(24, 36, 15, 25),
    )


def _shared(statements: list[str]) -> str:
    """``for all …:``, if all statements begin with the same one: it is said once."""
    starts = {each.partition(": ")[0] for each in statements}
    (start,) = starts if len(starts) == 1 else ("",)
    return f"{start}:" if start.startswith("for all ") else ""


def _statement(claim: Place, shared: str) -> Iterator[Inline]:
    """What is claimed, without the quantifier that all claims of the table share."""
    yield sentence(claim["statement"].text.removeprefix(shared).lstrip())
    yield "."
    point = claim.value.get("counterexample")
    if point:
        yield " It fails at "
        yield from series(
            [_equation(name, own) for name, own in claim["counterexample"].items()], "and"
        )
        yield "."
    if claim.value.get("suggestion"):
        yield " It holds if also "
        yield claim["suggestion"].condition
        yield "."
    if claim["reason"].value:
        yield f" Unknown: {claim['reason'].text}."


def _equation(name: str, own: Place) -> Inline:
    from coopgap.proofs.exposition.formulas import Variable, row

    return row(Variable(name), "=", own.formula)


def _symbols(told: list[Section]) -> Iterator[Block]:
    used = symbols(tuple(told))
    if used:
        yield Table(
            "",
            (cell("symbol"), cell("meaning")),
            tuple((cell(Symbol(key)), cell(MEANINGS[key])) for key in MEANINGS if key in used),
            widths=(20, 80),
        )


def _reproduction(report: Place, command: str) -> Iterator[Block]:
    tool = report["tool"]
    yield said(
        "This example is the output of ",
        Code(command),
        ", version ",
        Code(tool["version"].text),
        ", with ",
        *series([[f"{n} ", Code(v.text)] for n, v in tool["solvers"].items()]),
        ". The solvers only find; every certificate is accepted by a checker that uses none "
        "of them. ",
        *([f"Source of the game: {report['source'].text}."] if report["source"].text else []),
    )
    rows = [
        (cell(f"{name.replace('_', ' ')}{where}"), cell(Code(sha.text)))
        for where, part in [
            ("", report["certificates"]),
            *((f", {e['name'].text}", e["certificates"]) for e in report["languages"]),
        ]
        for name, sha in part.items()
        if " at lambda " not in name
    ]
    if rows:
        yield Table(
            "Certificates by SHA-256",
            (cell("quantity"), cell("certificate")),
            tuple(rows),
            widths=(35, 65),
        )
