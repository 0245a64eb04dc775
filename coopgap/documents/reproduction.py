"""``reproduction``: what ``coopgap reproduce --json`` prints."""

from __future__ import annotations

from typing import Literal

from coopgap.documents.base import Part


class Item(Part):
    """Something that the paper states or publishes."""

    where: str
    """Its place in the paper."""
    says: str
    """The statement."""
    claims: list[str]
    """The ids of claims of this kind in specs."""
    command: str
    """The command that shows it."""
    status: Literal["reproduced", "differs", "unknown", "skipped"]
    """What became of it."""
    result: str
    """What the command says."""


class Reproduction(Part, title="Reproduction"):
    """What `coopgap reproduce --json` prints."""

    schema_: Literal["coopgap.reproduction/1"]
    """The name and version of this document."""
    items: list[Item]
    """What the paper states and publishes."""
