"""The report on a commons as a JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coopgap.proofs.commons.parts import (
    CapPart,
    Figure,
    Findings,
    PlayPart,
    PopulationPart,
    QuotaPart,
    ThresholdPart,
    share_of_gap,
)
from coopgap.proofs.deciding.reports import ClaimPart, as_document
from coopgap.proofs.deciding.values import Bounds, Unknown
from coopgap.theory.commons.resource import Commons
from coopgap.theory.exact import Extended
from coopgap.theory.json_values import Plain

Values = Mapping[str, object]
"""What a part of the document is made from: numbers, bounds, what is unknown, more parts."""


def document(report: Findings) -> dict[str, Plain]:
    """``coopgap.commons/1``."""
    return {**as_document(values(report)), "claims": claim_documents(report.claims)}


def values(report: Findings) -> Values:
    """What the document says, as values."""
    spec = report.specification
    commons = spec.commons
    selfish = report.selfish
    return {
        "schema": "coopgap.commons/1",
        "tool": report.tool,
        "source": spec.source,
        "title": spec.title,
        "planner": {
            "value": figure(report.planner),
            "policy": _policy(commons, report.policy),
            "certificates": _named("value", report.planner_certificate),
        },
        "selfish": None if isinstance(selfish.value, Unknown) else _play(commons, selfish),
        "selfish_reason": selfish.value.reason if isinstance(selfish.value, Unknown) else None,
        "languages": [_language(each) for each in report.languages],
        "prosocial_threshold": figure(report.thresholds[0].value),
        "thresholds": [_threshold(each) for each in report.thresholds],
        "prosocial": [_level(each) for each in report.prosocial],
        "populations": [_population(report, each) for each in report.populations],
        "claims": report.claims,
    }


def figure(value: Figure) -> Extended | Bounds | Unknown:
    """A number, bounds, or why it is unknown."""
    if not isinstance(value, tuple):
        return value
    low, high = value
    return low if low == high else Bounds(low, high)


def _named(name: str, sha: str | None) -> dict[str, str]:
    return {} if sha is None else {name: sha}


def _policy(commons: Commons, rows: Sequence[Mapping[int, int]]) -> Values:
    """By stock the total harvest of the first month; by what is seen of growth, if it is."""
    listed = [{str(stock): total for stock, total in row.items()} for row in rows]
    if len(listed) < 2:
        return {stock: total for row in listed for stock, total in row.items()}
    return {each.name: row for each, row in zip(commons.signals, listed, strict=True)}


def _figures(part: PlayPart | PopulationPart) -> Values:
    return {name: figure(getattr(part, name)) for name in ("value", "worst", "over_all")}


def _play(commons: Commons, part: PlayPart) -> Values:
    return {
        **_figures(part),
        "several": part.several,
        "policy": _policy(commons, part.policy),
        "certificates": part.certificates,
    }


def _level(part: PlayPart) -> Values:
    return {
        "lambda": part.level,
        **_figures(part),
        "several": part.several,
        "certificates": part.certificates,
    }


def _language(part: QuotaPart) -> Values:
    return {
        "name": part.name,
        "value": figure(part.value),
        "gap": figure(part.gap),
        "rule": part.rule,
        "prosocial": [_cap(each) for each in part.caps],
        "certificates": part.certificates,
    }


def _cap(part: CapPart) -> Values:
    return {
        "lambda": part.level,
        "value": figure(part.value),
        "gap": figure(part.gap),
        "certificates": part.certificates,
    }


def _threshold(part: ThresholdPart) -> Values:
    measure = part.measure
    return {
        "shares": "fractional" if measure.fractional else "whole",
        "stocks": "all" if measure.everywhere else "path",
        "over_demand": measure.over_demand,
        "value": figure(part.value),
        "certificates": _named("value", part.certificate),
    }


def _population(report: Findings, part: PopulationPart) -> Values:
    return {
        "prosocial": part.prosocial,
        **_figures(part),
        "prosocial_payoff": part.prosocial_payoff,
        "selfish_payoff": part.selfish_payoff,
        "survival": part.survival,
        "share_of_gap": share_of_gap(report, part.value),
        "several": part.several,
        "certificates": part.certificates,
    }


def claim_documents(claims: Sequence[ClaimPart]) -> list[dict[str, object]]:
    """Claims as plain JSON values, without the time that they took."""
    return [
        {name: own for name, own in as_document(each).items() if name != "seconds"}
        for each in claims
    ]
