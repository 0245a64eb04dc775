"""``gallery``: what ``coopgap gallery --json`` prints."""

from __future__ import annotations

from typing import Literal

from coopgap.documents.base import Part


class Entry(Part):
    """A built-in spec."""

    name: str
    """Its slug."""
    title: str
    """Its title."""
    source: str
    """Where the game comes from."""


class Gallery(Part, title="Gallery"):
    """What `coopgap gallery --json` prints."""

    schema_: Literal["coopgap.gallery/1"]
    """The name and version of this document."""
    entries: list[Entry]
    """The built-in specs."""
