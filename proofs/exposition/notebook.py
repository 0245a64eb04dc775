"""What reports and verdicts show of themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterator

from coopgap.proofs.exposition import (
    concrete,
    families,
    html,
    latex,
    markdown,
    mechanisms,
    private,
    prosociality,
    reached,
)
from coopgap.proofs.exposition.claims_table import claims
from coopgap.proofs.exposition.documents import Block, Document, Section, said, section
from coopgap.proofs.exposition.notation import NOTATION
from coopgap.proofs.exposition.prose import weighed
from coopgap.proofs.exposition.sources import Place


def report_shown(found: object, kind: str) -> str:
    """A report as ``html``, ``markdown`` or ``latex``, unframed."""
    report = Place(found)
    return _rendered(report["title"].text or "Report", tuple(_sections(report)), kind)


def claim_shown(found: object, kind: str) -> str:
    """A verdict, as ``report_shown``."""
    place = Place({"claims": [found]})
    title = place["claims"][0]["id"].text
    return _rendered(title, tuple(section("The claim", claims(place))), kind)


def _rendered(title: str, sections: tuple[Section, ...], kind: str) -> str:
    if kind == "html":
        return html.body(sections, NOTATION)
    document = Document("report", title, sections)
    if kind == "markdown":
        return markdown.markdown(document, NOTATION)
    return latex.fragment(document, NOTATION)


def _sections(report: Place) -> Iterator[Section]:
    parts: list[tuple[str, Iterator[Block]]] = []
    if hasattr(report["first_best"].value, "team"):
        parts = [
            ("The first best", private.first_best(report)),
            ("What mechanisms reach", iter([mechanisms.values(report)])),
        ]
    elif not report["family"]:
        parts = [
            ("The first best", concrete.first_best(report)),
            ("What selfish agents do", concrete.selfish(report)),
            ("What contracts reach", _reached(report)),
            ("How prosocial agents must be", _needed(report)),
            ("Who benefits", concrete.benefit(report["benefit"])),
        ]
    elif report["parameters"]["consistent"]:
        parts = [
            ("The first best", families.first_best(report["first_best"])),
            ("What selfish agents do", families.selfish(report["selfish"])),
            ("How prosocial agents must be", _prosocial(report)),
            ("Who benefits", families.benefit(report)),
        ]
    for title, blocks in (*parts, ("The claims", claims(report))):
        yield from section(title, blocks)


def _reached(report: Place) -> Iterator[Block]:
    """Each language with the contract that reaches its value, and why none is better."""
    yield from reached.values(report)
    for part in report["languages"]:
        if part["value"].between:
            yield reached.between(part)
        elif part["value"].unknown is None:
            yield reached.stated(part)
            if part["value"].text != "-inf":
                yield from reached.contract(part)
        found = part["obstruction"]
        if found.value and found.unknown is None:
            more = "The first obstruction" if found["count"].value > 1 else "The obstruction"
            yield said(f"{more}: {found['words'].text}.", lead="Nothing better exists.")


def _needed(report: Place) -> Iterator[Block]:
    yield weighed()
    yield from prosociality.without_contract(report)
    yield from prosociality.levels(report)


def _prosocial(report: Place) -> Iterator[Block]:
    yield weighed()
    yield from families.thresholds(report)
    yield from families.levels(report)
