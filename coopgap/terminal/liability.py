"""The gap over all bounds on fines, as text."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.frontier.liability import Function, LiabilityFrontier
from coopgap.terminal.frontiers import span
from coopgap.terminal.numbers import number
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import count, plain


def story(found: LiabilityFrontier) -> RenderableType:
    """The functions for people to read."""
    rows = []
    for each in found.languages:
        if each.same_as is not None:
            rows.append((plain(each.name), "", f"as {plain(each.same_as)}"))
            continue
        rows.append((plain(each.name), "contracts", _said(each.contract)))
        rows.append(("", "any mechanism", _said(each.mechanism)))
    kept = count(len(found.texts), "certificate")
    accepted = f"{kept} accepted by the checker, each of a whole function."
    return Group(
        Text(plain(found.title or found.source or "Frontier"), style="bold"),
        Text(f"First best: expected welfare {number(found.first_best)}."),
        Text(),
        Text(f"Gap for bounds B on fines from {found.low} to {found.high}", style="bold"),
        Columns(("language", "with", "gap"), rows, gap=4),
        Text(),
        Text(accepted if found.texts else "Nothing is certified."),
    )


def _said(found: Function | Unknown) -> str:
    if isinstance(found, Unknown):
        return f"unknown: {plain(found.reason)}"
    return "; ".join(f"{number(step.value.gap)} {span(step.at)}" for step in found.steps)
