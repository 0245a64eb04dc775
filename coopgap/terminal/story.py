"""A report as a story for people: its document without proofs, its certificates, its claims.

Whatever comes from a file is a ``Text`` or goes into one, so no label is ever read as markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.proofs.exposition.claims_table import kept, tally
from coopgap.proofs.exposition.sources import Place
from coopgap.proofs.exposition.telling import Told, root, sections
from coopgap.terminal.blocks import blocks
from coopgap.terminal.story_parts import claims, heading, section, story_of
from coopgap.terminal.words import listed, plain, short

if TYPE_CHECKING:
    from coopgap.proofs.aggregates.parts import GroupReport
    from coopgap.proofs.commons.report import CommonsReport
    from coopgap.proofs.deciding.reports import Report


def story(report: Report | GroupReport | CommonsReport, specification: Told) -> Group:
    """Everything a report says, in the order in which one would tell it."""
    place = root(report, specification, {})
    found = place["report"]
    parts = [
        heading(found["title"].text, found["source"].text),
        *(section(each.title, *blocks(each.blocks)) for each in sections(specification, place)),
        section("Certificates", *certificates(found)),
        section("Claims", *claims(report.claims)),
    ]
    return story_of(parts, tally(found))


def certificates(report: Place) -> Iterator[RenderableType]:
    """The certificates of quantities by name, and what they are of."""
    for where, hashes in kept(report):
        named = [
            f"{plain(name).replace('_', ' ')} {sha.text[:8]}"
            for name, sha in hashes.items()
            if " at lambda " not in name
        ]
        if levels := len(hashes) - len(named):
            named.append(f"{levels} for levels of λ")
        if named:
            yield Text(f"{short(where or 'without a contract')}: {listed(named)}.", style="dim")
