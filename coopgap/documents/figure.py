"""``figure``: what ``coopgap figure --json`` prints."""

from __future__ import annotations

from typing import Literal

from coopgap.documents.base import NonEmptyList, Part


class Figure(Part, title="Figure"):
    """What `coopgap figure --json` prints."""

    schema_: Literal["coopgap.figure/1"]
    """The name and version of this document."""
    kind: str
    """What was drawn."""
    files: NonEmptyList[str]
    """The files that were written."""
