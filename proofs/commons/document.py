"""The report on a commons as a JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgap.proofs.commons.parts import (
    CapPart,
    Decided,
    Figure,
    Findings,
    PlayPart,
    PopulationPart,
    QuotaPart,
    ThresholdPart,
    share_of_gap,
)
from coopgap.proofs.deciding.values import Unknown
from coopgap.theory.commons.resource import Commons
from coopgap.theory.json_values import Json


def document(report: Findings) -> dict[str, Any]:
    """``coopgap.commons/1``."""
    spec = report.specification
    commons = spec.commons
    selfish = report.selfish
    return {
        "schema": "coopgap.commons/1",
        "tool": dict(report.tool),
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
        "claims": [claim_document(each) for each in report.claims],
    }


def figure(value: Figure) -> Any:
    """A number, bounds, or why it is unknown."""
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, tuple):
        low, high = value
        return str(low) if low == high else {"low": str(low), "high": str(high)}
    return str(value)


def _named(name: str, sha: str | None) -> dict[str, str]:
    return {} if sha is None else {name: sha}


def _policy(commons: Commons, rows: Sequence[Mapping[int, int]]) -> dict[str, Json]:
    """By stock the total harvest of the first month; by what is seen of growth, if it is."""
    listed = [{str(stock): total for stock, total in row.items()} for row in rows]
    if len(listed) < 2:
        return {stock: total for row in listed for stock, total in row.items()}
    return {each.name: row for each, row in zip(commons.signals, listed, strict=True)}


def _figures(part: PlayPart | PopulationPart) -> dict[str, Json]:
    return {name: figure(getattr(part, name)) for name in ("value", "worst", "over_all")}


def _play(commons: Commons, part: PlayPart) -> dict[str, Json]:
    return {
        **_figures(part),
        "several": part.several,
        "policy": _policy(commons, part.policy),
        "certificates": dict(part.certificates),
    }


def _level(part: PlayPart) -> dict[str, Json]:
    return {
        "lambda": str(part.level),
        **_figures(part),
        "several": part.several,
        "certificates": dict(part.certificates),
    }


def _language(part: QuotaPart) -> dict[str, Json]:
    return {
        "name": part.name,
        "value": figure(part.value),
        "gap": figure(part.gap),
        "rule": [dict(each) for each in part.rule],
        "prosocial": [_cap(each) for each in part.caps],
        "certificates": dict(part.certificates),
    }


def _cap(part: CapPart) -> dict[str, Json]:
    return {
        "lambda": str(part.level),
        "value": figure(part.value),
        "gap": figure(part.gap),
        "certificates": dict(part.certificates),
    }


def _threshold(part: ThresholdPart) -> dict[str, Json]:
    measure = part.measure
    return {
        "shares": "fractional" if measure.fractional else "whole",
        "stocks": "all" if measure.everywhere else "path",
        "over_demand": measure.over_demand,
        "value": figure(part.value),
        "certificates": _named("value", part.certificate),
    }


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _population(report: Findings, part: PopulationPart) -> dict[str, Json]:
    return {
        "prosocial": part.prosocial,
        **_figures(part),
        "prosocial_payoff": _text(part.prosocial_payoff),
        "selfish_payoff": _text(part.selfish_payoff),
        "survival": _text(part.survival),
        "share_of_gap": _text(share_of_gap(report, part.value)),
        "several": part.several,
        "certificates": dict(part.certificates),
    }


def claim_document(each: Decided) -> dict[str, Any]:
    """A claim as plain JSON values."""
    certificate = None
    if each.sha256 is not None:
        certificate = {"kind": each.kind, "checked": True, "sha256": each.sha256}
    return {
        "id": each.question.id,
        "language": each.question.language,
        "status": each.status,
        "certificate": certificate,
        "value": _text(each.question.value),
        "lambda": _text(each.question.level),
        "theorem": each.theorem,
        "reason": each.reason,
        "statement": each.statement,
    }
