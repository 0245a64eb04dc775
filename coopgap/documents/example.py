"""``example``: what ``coopgap example --json`` prints."""

from __future__ import annotations

from typing import Literal

from coopgap.documents.base import NonEmptyList, Part


class Example(Part, title="Example"):
    """What `coopgap example --json` prints."""

    schema_: Literal["coopgap.example/1"]
    """The name and version of this document."""
    files: NonEmptyList[str]
    """The files that were written."""
