"""``coopgap gallery``: the built-in specs."""

from __future__ import annotations

from coopgap.commands.options import Json
from coopgap.outcomes import HOLDS, Outcome


def gallery(json: Json = False) -> Outcome:
    """List the built-in specs."""
    from coopgap.terminal.output import entries_table
    from coopgap.theory.readers.load import gallery as built_in

    entries = [
        {"name": slug, "title": title, "source": source} for slug, title, source in built_in()
    ]
    document = {"schema": "coopgap.gallery/1", "entries": entries}
    return Outcome(HOLDS, document, lambda: [entries_table(entries)], json)
