"""A report section by section, for worked examples and for the terminal.

Without certificates proofs are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from coopgap.proofs.exposition import games
from coopgap.proofs.exposition.documents import Section
from coopgap.proofs.exposition.sources import Place, sources
from coopgap.theory.specification import FamilySpecification, Specification

if TYPE_CHECKING:
    from coopgap.proofs.aggregates.parts import GroupReport
    from coopgap.proofs.commons.fishery import FisheryReport
    from coopgap.proofs.commons.parts import Findings
    from coopgap.proofs.deciding.reports import Report
    from coopgap.theory.readers.load import Anything

Decided: TypeAlias = "Report | GroupReport | Findings | FisheryReport"
"""The reports that have sections."""


def exposition(
    report: Decided, specification: Anything, texts: Mapping[str, str] | None = None
) -> tuple[Place, Iterator[Section]]:
    """The sources of a report, and its sections.

    texts: certificates by hash; by default all of the report.
    """
    texts = report.texts if texts is None else texts
    # Each kind lazily: the sections of one need nothing of the others.
    if isinstance(specification, Specification | FamilySpecification):
        from coopgap.proofs.exposition import plays

        place = sources(report, texts, games.source(specification))
        return place, plays.sections(specification, place)
    from coopgap.theory.aggregates import GroupSpecification
    from coopgap.theory.commons.specification import CommonsSpecification

    if isinstance(specification, GroupSpecification):
        from coopgap.proofs.exposition import group_proofs, groups

        source = group_proofs.source if texts else group_proofs.game
        place = sources(report, texts, source(specification))
        return place, groups.sections(specification, place)
    if isinstance(specification, CommonsSpecification):
        from coopgap.proofs.commons.document import values
        from coopgap.proofs.commons.parts import Findings
        from coopgap.proofs.exposition import commons

        assert isinstance(report, Findings), "it is the report on the commons"
        place = sources(values(report), texts, commons.source(report))
        return place, commons.sections(specification.commons, place)
    from coopgap.proofs.commons.fishery import FisheryReport
    from coopgap.proofs.exposition import fishery

    assert isinstance(report, FisheryReport), "it is the report on the fishery"
    place = sources(fishery.values(report), texts, None)
    return place, fishery.sections(place)
