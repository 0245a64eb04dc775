"""The report on a fishery in closed form, as text."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.proofs.commons.fishery import FisheryReport
from coopgap.proofs.deciding.values import Unknown
from coopgap.terminal.numbers import number
from coopgap.terminal.story_parts import claims, heading, section, story_of
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import count, plain


def fishery_story(report: FisheryReport) -> Group:
    """Everything that a report says of a fishery."""
    spec = report.specification
    sections = [
        heading(spec.title, spec.source),
        section("The fishery", *_resource(report)),
        section("What each agent takes of the stock", *_shares(report)),
        section("Claims", *claims(report.claims)),
        Text(f"Rests on {plain(report.rests_on)}."),
    ]
    return story_of(sections)


def _resource(report: FisheryReport) -> Iterator[RenderableType]:
    fishery = report.specification.fishery
    yield Text(
        f"{count(fishery.agents, 'agent')} fish a stock for ever. What is left, to the power "
        f"{fishery.power}, is the next stock; utility is the logarithm of the own catch, and the "
        f"next period's counts {fishery.discount} of it."
    )


def _shares(report: FisheryReport) -> Iterator[RenderableType]:
    best = report.specification.fishery.best
    rows: list[tuple[str, str, str]] = [("first best", str(best), "")]
    if all(each.level for each in report.prosocial):
        rows.append(("selfish agents", *_taken(report.selfish.share, best)))
    rows += [(f"λ = {each.level}", *_taken(each.share, best)) for each in report.prosocial]
    yield Columns(("", "share", "beyond the first best"), rows)
    if isinstance(report.threshold, Unknown):
        yield Text(f"λ for the first best: {plain(report.threshold.reason)}.")
    else:
        yield Text(f"λ for the first best: {number(report.threshold)}. At every finite λ too much.")


def _taken(share: Fraction | Unknown, best: Fraction) -> tuple[str, str]:
    if isinstance(share, Unknown):
        return "unknown", plain(share.reason)
    return number(share), number(share - best)
