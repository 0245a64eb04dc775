"""What ``check`` and ``frontier`` say in words: the document of a report, and its certificates.

Whatever comes from a file is a ``Text`` or goes into one, so no label is ever read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.proofs.exposition.claims_table import claims, quantity_certificates
from coopgap.proofs.exposition.documents import Section
from coopgap.proofs.exposition.documents import section as document_section
from coopgap.proofs.exposition.sources import Place
from coopgap.proofs.exposition.telling import Decided, exposition
from coopgap.terminal.blocks import blocks, indented
from coopgap.terminal.words import listed, plain, short
from coopgap.theory.readers.load import Anything


def story(report: Decided, specification: Anything) -> Group:
    """Everything a report says, in the order in which one would tell it."""
    place, sections = exposition(report, specification, {})
    values = place["report"]
    return titled(
        values["title"].text,
        values["source"].text,
        sections,
        section("Certificates", *certificates(values)),
        *map(_section, document_section("Claims", claims(values))),
    )


def titled(
    title: str, source: str, listed: Iterable[Section], *more: RenderableType | None
) -> Group:
    """A title, the sections of a document, and what else there is, blank lines between them."""
    lines = [Text(plain(title), style="bold")] if title else []
    lines += [Text(plain(source), style="dim")] if source else []
    heading = Group(*lines) if lines else None
    parts = [part for part in (heading, *map(_section, listed), *more) if part is not None]
    return Group(*parts[:1], *(block for part in parts[1:] for block in (Text(), part)))


def _section(part: Section) -> RenderableType | None:
    return section(part.title, *blocks(part.blocks))


def section(title: str, *parts: RenderableType) -> RenderableType | None:
    """The parts under their title; nothing if there are no parts."""
    return Group(Text(title, style="bold"), indented(*parts)) if parts else None


def certificates(report: Place) -> Iterator[RenderableType]:
    """The certificates of quantities by name, and what they are of."""
    for language, hashes in quantity_certificates(report):
        named = [
            f"{plain(name).replace('_', ' ')} {sha.text[:8]}"
            for name, sha in hashes.items()
            if " at lambda " not in name
        ]
        if levels := len(hashes) - len(named):
            named.append(f"{levels} for levels of λ")
        if named:
            yield Text(f"{short(language or 'without a contract')}: {listed(named)}.", style="dim")
