"""What reports and verdicts show of themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgap.proofs.exposition import (
    html,
    latex,
    markdown,
    mechanisms,
    plays,
    prosociality,
    reached,
)
from coopgap.proofs.exposition.claims_table import claims
from coopgap.proofs.exposition.documents import Block, Document, Section, section
from coopgap.proofs.exposition.notation import NOTATION
from coopgap.proofs.exposition.sources import Place


def report_shown(values: object, kind: str) -> str:
    """A report as ``html``, ``markdown`` or ``latex``, unframed."""
    report = Place(values)
    return _rendered(report["title"].text or "Report", tuple(_sections(report)), kind)


def claim_shown(verdict: object, kind: str) -> str:
    """A verdict, as ``report_shown``."""
    place = Place({"claims": [verdict]})
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
    parts: list[tuple[str, Iterable[Block]]] = []
    if report["parameters"].value.get("consistent", True):
        parts = [
            ("The first best", plays.first_best(report)),
            ("What selfish agents do", plays.selfish(report)),
            ("What contracts reach", reached.summary(report)),
            ("What mechanisms reach", mechanisms.summary(report)),
            ("How prosocial agents must be", prosociality.summary(report)),
            ("Who benefits", plays.benefit(report)),
        ]
    for title, blocks in (*parts, ("The claims", claims(report))):
        yield from section(title, blocks)
