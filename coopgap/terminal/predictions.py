"""Predictions as text."""

from __future__ import annotations

from fractions import Fraction

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.llm_checks.predicting.scenes import Study
from coopgap.terminal.output import table
from coopgap.terminal.words import count, plain


def story(study: Study) -> RenderableType:
    """The predictions in words."""
    intervals = [
        (
            f"{prediction.regime}/{prediction.disposition}",
            prediction.quantity,
            interval(prediction.low, prediction.high),
            prediction.claim,
        )
        for prediction in study.predictions.intervals
    ]
    parts: list[RenderableType] = [
        Text(f"Predictions for {plain(study.at_values(study.source))}", style="bold"),
        Text(f"sha256 {study.predictions.sha256}", style="dim"),
        Text(),
        table(("condition", "quantity", "prediction", "claim"), intervals),
        Text(),
    ]
    parts += [
        Text(
            plain(f"{ordering.claim}: {ordering.higher} > {ordering.lower} in {ordering.quantity}")
        )
        for ordering in study.predictions.orderings
    ]
    parts += [
        Text(plain(f"unknown: {reason}"), style="yellow") for reason in study.predictions.unknown
    ]
    parts += skipped(study)
    counted = count(len(study.predictions.intervals), "interval")
    parts.append(
        Text(f"{counted} and {count(len(study.predictions.orderings), 'ordering')} predicted.")
    )
    return Group(*parts)


def skipped(study: Study) -> list[Text]:
    """The rows that are not used, with the reasons."""
    return [
        Text(plain(f"skipped: row {row.row} ({row.id}): {row.reason}"), style="yellow")
        for row in study.skipped
    ]


def interval(low: Fraction | None, high: Fraction | None) -> str:
    """Bounds as people write them."""
    if low == high:
        return f"= {low}"
    if high is None:
        return f"≥ {low}"
    return f"≤ {high}" if low is None else f"[{low}, {high}]"
