"""What reports and verdicts show of themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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


def shown(report: Mapping[str, Any], kind: str) -> str:
    """A report (or one verdict) as ``text``, ``html``, ``markdown`` or ``latex``, unframed."""
    if "groups" in report:
        listed = _Tables((_table(report), _verdicts(report)))
        shows = {"html": listed._repr_html_, "markdown": listed._repr_markdown_}
        return {**shows, "text": listed.__repr__, "latex": listed._repr_latex_}[kind]()
    if kind == "text":
        return _text(report) if "claims" in report else _claim(report)
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


@dataclass(frozen=True, repr=False)
class _Tables(Shown):
    """Tables that show themselves."""

    listed: tuple[TextTable, ...]

    def tables(self) -> tuple[TextTable, ...]:
        return self.listed


def _text(report: Mapping[str, Any]) -> str:
    """The numbers of a report in a few lines."""
    return "\n".join([text(_table(report)), *(f"  {_claim(each)}" for each in report["claims"])])


def _table(report: Mapping[str, Any]) -> TextTable:
    """What is lost without a contract and in each language."""
    rows = [
        (each["name"], *(_quantity(each.get(key)) for key in QUANTITIES))
        for each in report["languages"]
    ]
    selfish = ("no contract", report["selfish"]["welfare"], None, report["prosocial_threshold"])
    first, *rest = selfish
    rows.insert(0, (str(first), *map(_quantity, rest)))
    best = _quantity(report["first_best"]["welfare"])
    return TextTable(
        f"{report['title'] or 'Report'}: first best {best}",
        ("language", "value", "gap", "λ*"),
        tuple(rows),
    )


def _verdicts(report: Mapping[str, Any]) -> TextTable:
    rows = tuple((each["id"], each["status"]) for each in report["claims"])
    return TextTable("Claims", ("id", "status"), rows)


QUANTITIES = ("value", "gap", "prosocial_threshold")


def _claim(claim: Mapping[str, Any]) -> str:
    where = f" for {claim['language']}" if claim["language"] is not None else ""
    return f"{claim['status']}: {claim['id']}{where}"


def _quantity(value: Any) -> str:
    """A number, an expression, bounds, values by region, or a word for what is not there."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return "unknown" if "unknown" in value else f"{value['low']} to {value['high']}"
    if isinstance(value, list):
        return "; ".join(f"{_quantity(each['value'])} if {each['when']}" for each in value)
    return "∞" if str(value) == "inf" else str(value)


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
            ("What contracts reach", reached.values(report)),
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
