"""A fishery in closed form: what each agent takes of the stock, and who would have to care."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coopgap.proofs.commons.fishery import FisheryReport
from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.exposition.documents import Block, Row, Section, prose, section, table
from coopgap.proofs.exposition.formulas import THRESHOLD, Symbol, row
from coopgap.proofs.exposition.prose import counted, sentence
from coopgap.proofs.exposition.quantities import quantity
from coopgap.proofs.exposition.sources import Place, computed


def values(report: FisheryReport) -> dict[str, Any]:
    """The report on a fishery, as values."""
    fishery, content = report.specification.fishery, report.values()
    names = ("agents", "power", "discount", "best")
    content |= {name: getattr(fishery, name) for name in names}
    return {**content, "languages": (), "planner": {"certificates": {}}}


def sections(root: Place) -> Iterator[Section]:
    """Everything that there is to say of a fishery."""
    report = root["report"]
    yield from section("The fishery", _resource(report))
    yield from section("What each agent takes of the stock", _shares(report))


def _resource(report: Place) -> Iterator[Block]:
    yield prose(
        "{} fish a stock for ever. What is left, to the power {}, is the next stock; "
        "utility is the logarithm of the own catch, and the next period's counts {} of "
        "it.",
        sentence(counted(report["agents"].value, "agent")),
        report["power"].formula,
        report["discount"].formula,
    )


def _shares(report: Place) -> Iterator[Block]:
    best = report["best"]
    rows: list[Row] = [{"": "first best", "share": best.formula, "beyond the first best": ""}]
    if all(level["lambda"].value for level in report["prosocial"]):
        rows.append({"": "selfish agents", **_share(report["selfish"]["share"], best)})
    for level in report["prosocial"]:
        weight = row(Symbol("prosociality"), "=", level["lambda"].formula)
        rows.append({"": weight, **_share(level["share"], best)})
    yield table(rows)
    threshold = report["prosocial_threshold"]
    if threshold.unknown is not None:
        yield prose("The weight that makes the first best an equilibrium: {}.", threshold.unknown)
    else:
        least = row(THRESHOLD, "=", threshold.formula)
        yield prose("The first best asks for {}: at every finite weight too much is taken.", least)
    yield prose("This rests on {}.", report["rests_on"].text)


def _share(share: Place, best: Place) -> Row:
    excess = share if isinstance(share.value, Unknown) else None
    return {
        "share": quantity(share),
        "beyond the first best": f"{excess.unknown}" if excess else computed("-", share, best),
    }
