"""``coopgap schema``: the JSON Schemas of the documents."""

from __future__ import annotations

from typing import Annotated

from coopgap.commands.options import Json, argument
from coopgap.outcomes import HOLDS, Outcome


def schema(
    name: Annotated[
        str | None, argument("[NAME]", "A document or kind of spec file; none: list them.")
    ] = None,
    json: Json = False,
) -> Outcome:
    """Print the JSON Schema of a document that --json prints, or of spec files."""
    from coopgap.documents import DOCUMENTS, SPECS, description
    from coopgap.documents import schema as complete
    from coopgap.terminal.output import entries_table

    if name is not None:
        return Outcome(HOLDS, complete(name), lambda: (), json=True)
    entries = [{"name": title, "description": description(title)} for title in (*DOCUMENTS, *SPECS)]
    document = {"schema": "coopgap.schemas/1", "schemas": entries}
    return Outcome(HOLDS, document, lambda: [entries_table(entries)], json)
