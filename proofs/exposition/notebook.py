"""What reports and verdicts show of themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coopgap.proofs.exposition import (
    concrete,
    families,
    html,
    latex,
    markdown,
    mechanisms,
    private,
)
from coopgap.proofs.exposition.claims_table import claims
from coopgap.proofs.exposition.documents import Block, Document, Section, section
from coopgap.proofs.exposition.notation import NOTATION
from coopgap.proofs.exposition.prose import weighed
from coopgap.proofs.exposition.sources import Place


def shown(report: Mapping[str, Any], kind: str) -> str:
    """A report (or one verdict) as ``html``, ``markdown`` or ``latex`` without a frame."""
    if "claims" not in report:
        place = Place({"claims": [dict(report)]})
        sections: list[Section] = [*section("The claim", claims(place))]
        title = str(report["id"])
    else:
        place = Place(dict(report))
        sections = [*_sections(place)]
        title = str(report["title"]) or "Report"
    if kind == "html":
        return html.body(tuple(sections), NOTATION)
    document = Document("report", title, tuple(sections))
    if kind == "markdown":
        return markdown.markdown(document, NOTATION)
    return latex.fragment(document, NOTATION)


def _sections(report: Place) -> Iterator[Section]:
    parts: list[tuple[str, Iterator[Block]]] = []
    if "team" in report["first_best"].value:
        parts = [
            ("The first best", private.first_best(report)),
            ("What mechanisms reach", iter([mechanisms.values(report)])),
        ]
    elif not report["parameters"]["names"]:
        parts = [
            ("The first best", concrete.first_best(report)),
            ("What selfish agents do", concrete.selfish(report)),
            ("What contracts reach", concrete.values(report)),
            ("Who benefits", concrete.benefit(report["benefit"])),
        ]
    elif report["parameters"]["consistent"].value:
        parts = [
            ("The first best", families.first_best(report["first_best"])),
            ("What selfish agents do", families.selfish(report["selfish"])),
            ("How prosocial agents must be", _prosocial(report)),
            ("Who benefits", families.benefit(report)),
        ]
    for title, blocks in (*parts, ("The claims", claims(report))):
        yield from section(title, blocks)


def _prosocial(report: Place) -> Iterator[Block]:
    yield weighed()
    yield from families.thresholds(report)
    yield from families.levels(report)
