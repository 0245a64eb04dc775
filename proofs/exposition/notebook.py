"""What reports and verdicts show of themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coopgap.proofs.exposition import (
    concrete,
    families,
    html,
    latex,
    markdown,
    mechanisms,
    private,
    reached,
)
from coopgap.proofs.exposition.claims_table import claims
from coopgap.proofs.exposition.documents import Block, Document, Section, section
from coopgap.proofs.exposition.notation import NOTATION
from coopgap.proofs.exposition.prose import weighed
from coopgap.proofs.exposition.sources import Place
from coopgap.theory.notebooks import Shown, TextTable, text


def report_shown(found: object, kind: str) -> str:
    """A report as ``text``, ``html``, ``markdown`` or ``latex``, unframed."""
    report = Place(found)
    if kind == "text":
        verdicts = (f"  {_claim(each)}" for each in report["claims"])
        return "\n".join([text(_table(report)), *verdicts])
    return _rendered(report["title"].text or "Report", tuple(_sections(report)), kind)


def claim_shown(found: object, kind: str) -> str:
    """A verdict, as ``report_shown``."""
    claim = Place({"claims": [found]})["claims"][0]
    if kind == "text":
        return _claim(claim)
    return _rendered(claim["id"].text, tuple(section("The claim", claims(claim.root))), kind)


def groups_shown(found: object, kind: str) -> str:
    """A report on groups, as ``report_shown``."""
    report = Place(found)
    listed = _Tables((_table(report), _verdicts(report)))
    shows = {"html": listed._repr_html_, "markdown": listed._repr_markdown_}
    return {**shows, "text": listed.__repr__, "latex": listed._repr_latex_}[kind]()


def _rendered(title: str, sections: tuple[Section, ...], kind: str) -> str:
    if kind == "html":
        return html.body(sections, NOTATION)
    document = Document("report", title, sections)
    if kind == "markdown":
        return markdown.markdown(document, NOTATION)
    return latex.fragment(document, NOTATION)


@dataclass(frozen=True, repr=False)
class _Tables(Shown):
    """Tables that show themselves."""

    listed: tuple[TextTable, ...]

    def tables(self) -> tuple[TextTable, ...]:
        return self.listed


def _table(report: Place) -> TextTable:
    """What is lost without a contract and in each language."""
    alone = report["selfish"]["welfare"], Place(None), report["prosocial_threshold"]
    listed = [("no contract", *map(_quantity, alone))]
    listed += [
        (e["name"].text, *(_quantity(e[q]) for q in QUANTITIES)) for e in report["languages"]
    ]
    best = _quantity(report["first_best"]["welfare"])
    return TextTable(
        f"{report['title'].text or 'Report'}: first best {best}",
        ("language", "value", "gap", "λ*"),
        tuple(listed),
    )


QUANTITIES = ("value", "gap", "prosocial_threshold")


def _verdicts(report: Place) -> TextTable:
    rows = tuple((each["id"].text, each["status"].text) for each in report["claims"])
    return TextTable("Claims", ("id", "status"), rows)


def _claim(claim: Place) -> str:
    where = f" for {claim['language'].text}" if claim["language"].value is not None else ""
    return f"{claim['status'].text}: {claim['id'].text}{where}"


def _quantity(place: Place) -> str:
    """A number, an expression, bounds, values by region, or a word for what is not there."""
    if place.value is None:
        return "–"
    if place.unknown is not None:
        return "unknown"
    if place.between:
        return f"{place['low'].text} to {place['high'].text}"
    if place.pieces is not None:
        return "; ".join(f"{_quantity(value)} if {when.text}" for when, value in place.pieces)
    return "∞" if place.text == "inf" else place.text


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
            ("What contracts reach", reached.values(report)),
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


def _prosocial(report: Place) -> Iterator[Block]:
    yield weighed()
    yield from families.thresholds(report)
    yield from families.levels(report)
