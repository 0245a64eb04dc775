"""``coopgap reproduce``: the paper's statements and data, decided again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from coopgap.commands.options import Json, option
from coopgap.outcomes import Outcome, status


def reproduce(
    data: Annotated[
        Path | None, option("DIR", "The folder of the published datasets.", "none")
    ] = None,
    json: Json = False,
) -> Outcome:
    """Decide again what the paper states, item by item."""
    from coopgap.proofs.reproduction import reproduce as reproducing
    from coopgap.terminal.output import progress
    from coopgap.terminal.reproductions import story

    with progress() as tell:
        entries = [statement.document() for statement in reproducing.reproduce(data, progress=tell)]
    document = {"schema": "coopgap.reproduction/1", "items": entries}
    statuses = {entry["status"] for entry in entries}
    return Outcome(
        status(refuted=reproducing.DIFFERS in statuses, undecided=reproducing.UNKNOWN in statuses),
        document,
        lambda: [story(entries)],
        json,
    )
