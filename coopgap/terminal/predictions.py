"""Predictions as text."""

from __future__ import annotations

from fractions import Fraction

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.llm_checks.predicting.scenes import Study
from coopgap.terminal.output import table
from coopgap.terminal.words import count, plain


def story(found: Study) -> RenderableType:
    """The predictions in words."""
    intervals = [
        (
            f"{each.regime}/{each.disposition}",
            each.quantity,
            interval(each.low, each.high),
            each.claim,
        )
        for each in found.predictions.intervals
    ]
    parts: list[RenderableType] = [
        Text(f"Predictions for {plain(found.at_values(found.source))}", style="bold"),
        Text(f"sha256 {found.predictions.sha256}", style="dim"),
        Text(),
        table(("condition", "quantity", "prediction", "claim"), intervals),
        Text(),
    ]
    parts += [
        Text(plain(f"{each.claim}: {each.higher} > {each.lower} in {each.quantity}"))
        for each in found.predictions.orderings
    ]
    parts += [
        Text(plain(f"unknown: {reason}"), style="yellow") for reason in found.predictions.unknown
    ]
    parts += skipped(found)
    made = count(len(found.predictions.intervals), "interval")
    parts.append(
        Text(f"{made} and {count(len(found.predictions.orderings), 'ordering')} predicted.")
    )
    return Group(*parts)


def skipped(found: Study) -> list[Text]:
    """The rows that are not used, with the reasons."""
    return [
        Text(plain(f"skipped: row {each.row} ({each.id}): {each.reason}"), style="yellow")
        for each in found.skipped
    ]


def interval(low: Fraction | None, high: Fraction | None) -> str:
    """Bounds as people write them."""
    if low == high:
        return f"= {low}"
    if high is None:
        return f"≥ {low}"
    return f"≤ {high}" if low is None else f"[{low}, {high}]"
