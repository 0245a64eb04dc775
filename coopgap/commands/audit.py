"""``coopgap audit``: datasets of table games."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopgap.commands.options import Json, MaxBytes, Timeout, require_duration
from coopgap.outcomes import HOLDS, REFUTED, UNDECIDED, Outcome, one_or_all
from coopgap.theory.readers.files import MAX_BYTES

if TYPE_CHECKING:
    from rich.console import RenderableType


def audit(
    files: Annotated[list[Path], typer.Argument(metavar="CSV", help="Table-game datasets.")],
    json: Json = False,
    timeout: Timeout = None,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Check table-game datasets row by row."""
    from coopgap.proofs.audit.rows import audit as examine
    from coopgap.terminal.output import progress

    require_duration(timeout)
    with progress() as tell:
        audits = [
            examine(path, max_bytes=max_bytes or MAX_BYTES, timeout=timeout, progress=tell)
            for path in files
        ]
    documents = [each.document() for each in audits]
    if any(each.problems for each in audits):
        status = REFUTED
    else:
        status = UNDECIDED if any(each.skipped for each in audits) else HOLDS

    def stories() -> Sequence[RenderableType]:
        from coopgap.terminal.audits import story

        return [story(document) for document in documents]

    return Outcome(status, one_or_all("coopgap.audits/1", "audits", documents), stories, json)
