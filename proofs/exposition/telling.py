"""What there is to tell of a report, section by section: to readers of examples and of terminals.

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
"""The reports that are told."""


def root(
    report: Decided,
    specification: Anything,
    texts: Mapping[str, str] | None = None,
) -> Place:
    """All sources of what is told. texts: certificates by hash; by default all of the report."""
    texts = report.texts if texts is None else texts
    if isinstance(specification, FamilySpecification):
        return sources(report, texts, games.family_source(specification.family))
    if isinstance(specification, Specification):
        return sources(report, texts, games.source(specification.environment))
    # Each kind lazily: telling of one needs nothing of the others.
    from coopgap.theory.commons.fishery import FisherySpecification

    if isinstance(specification, FisherySpecification):
        from coopgap.proofs.commons.fishery import FisheryReport
        from coopgap.proofs.exposition import fishery

        assert isinstance(report, FisheryReport), "it is the report on the fishery"
        return sources(fishery.values(report), texts, None)
    from coopgap.proofs.commons.parts import Findings

    if isinstance(report, Findings):
        from coopgap.proofs.commons.document import values
        from coopgap.proofs.exposition.commons import source

        return sources(values(report), texts, source(report))
    from coopgap.proofs.exposition import group_proofs
    from coopgap.theory.aggregates import GroupSpecification

    assert isinstance(specification, GroupSpecification)
    told = group_proofs.source if texts else group_proofs.game
    return sources(report, texts, told(specification))


def sections(specification: Anything, place: Place) -> Iterator[Section]:
    """Everything that there is to say of a report, from its sources."""
    if isinstance(specification, Specification | FamilySpecification):
        from coopgap.proofs.exposition import plays

        return plays.sections(specification, place)
    from coopgap.theory.commons.fishery import FisherySpecification
    from coopgap.theory.commons.specification import CommonsSpecification

    if isinstance(specification, FisherySpecification):
        from coopgap.proofs.exposition import fishery

        return fishery.sections(place)
    if isinstance(specification, CommonsSpecification):
        from coopgap.proofs.exposition import commons

        return commons.sections(specification.commons, place)
    from coopgap.proofs.exposition import groups

    return groups.sections(specification, place)
