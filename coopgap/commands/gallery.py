"""``coopgap gallery``: the built-in specs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coopgap.commands.options import Json
from coopgap.outcomes import HOLDS, Outcome

if TYPE_CHECKING:
    from rich.console import RenderableType


def gallery(json: Json = False) -> Outcome:
    """List the built-in specs."""
    from coopgap.theory.readers.load import gallery as built_in

    entries = [
        {"name": slug, "title": title, "source": source} for slug, title, source in built_in()
    ]

    def stories() -> Sequence[RenderableType]:
        from coopgap.terminal.output import entries_table

        return [entries_table(entries)]

    return Outcome(HOLDS, {"schema": "coopgap.gallery/1", "entries": entries}, stories, json)
