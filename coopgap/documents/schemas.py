"""``schemas``: what ``coopgap schema --json`` prints."""

from __future__ import annotations

from typing import Literal

from coopgap.documents.base import Part


class ListedSchema(Part):
    """A schema."""

    name: str
    """Its name."""
    description: str
    """What prints such a document."""


class Schemas(Part, title="Schemas listed"):
    """What `coopgap schema --json` prints without a name."""

    schema_: Literal["coopgap.schemas/1"]
    """The name and version of this document."""
    schemas: list[ListedSchema]
    """The schemas that `coopgap schema NAME` prints."""
