"""The report on a commons as a JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from coopgap.proofs.commons.parts import (
    Findings,
    PopulationPart,
    ThresholdPart,
    share_of_gap,
)
from coopgap.proofs.deciding.reports import ClaimPart, as_document
from coopgap.proofs.deciding.values import Bounds, Unknown
from coopgap.theory.commons.resource import Commons
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
            "certificates": _certificate("value", report.planner_certificate),
        },
        "selfish": None
        if isinstance(selfish.value, Unknown)
        else {**_values(selfish, "level"), "policy": _policy(commons, selfish.policy)},
        "selfish_reason": selfish.value.reason if isinstance(selfish.value, Unknown) else None,
        "languages": [_values(part) for part in report.languages],
        "prosocial_threshold": figure(report.thresholds[0].value),
        "thresholds": [_threshold(part) for part in report.thresholds],
        "prosocial": [_values(part, "policy") for part in report.prosocial],
        "populations": [_population(report, part) for part in report.populations],
        "claims": report.claims,
    }


def figure(value: Any) -> Any:
    """A value, of certified ends the bounds or the number that both are."""
    if not isinstance(value, tuple):
        return value
    low, high = value
    return low if low == high else Bounds(low, high)


def _certificate(name: str, sha: str | None) -> dict[str, str]:
    return {} if sha is None else {name: sha}


def _policy(commons: Commons, rows: Sequence[Mapping[int, int]]) -> Values:
    """By stock the total harvest of the first month; by what is seen of growth, if it is."""
    listed = [{str(stock): total for stock, total in row.items()} for row in rows]
    if len(listed) < 2:
        return {stock: total for row in listed for stock, total in row.items()}
    return {signal.name: row for signal, row in zip(commons.signals, listed, strict=True)}


NAMES = {"level": "lambda", "caps": "prosocial"}
"""What fields are called in the document where it has other names."""


def _values(part: Any, *left_out: str) -> dict[str, object]:
    """A part by its fields."""
    return {
        NAMES.get(field.name, field.name): _value(getattr(part, field.name))
        for field in fields(part)
        if field.name not in left_out
    }


def _value(value: Any) -> object:
    if isinstance(value, list):
        return [_values(entry) if is_dataclass(entry) else entry for entry in value]
    return figure(value)


def _threshold(part: ThresholdPart) -> Values:
    measure = part.measure
    return {
        "shares": "fractional" if measure.fractional else "whole",
        "stocks": "all" if measure.everywhere else "path",
        "over_demand": measure.over_demand,
        "value": figure(part.value),
        "certificates": _certificate("value", part.certificate),
    }


def _population(report: Findings, part: PopulationPart) -> Values:
    content = _values(part)
    last = {name: content.pop(name) for name in ("several", "certificates")}
    return {**content, "share_of_gap": share_of_gap(report, part.value), **last}


def claim_documents(claims: Sequence[ClaimPart]) -> list[dict[str, object]]:
    """Claims as plain JSON values, without the time that they took."""
    return [
        {name: own for name, own in as_document(claim).items() if name != "seconds"}
        for claim in claims
    ]
