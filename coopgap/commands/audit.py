"""``coopgap audit``: datasets of table games."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coopgap.commands.options import Json, MaxBytes, Timeout, require_duration
from coopgap.outcomes import Outcome, one_or_all, status
from coopgap.theory.readers.files import MAX_BYTES


def audit(
    files: Annotated[list[Path], typer.Argument(metavar="CSV", help="Table-game datasets.")],
    json: Json = False,
    timeout: Timeout = None,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Check table-game datasets row by row."""
    from coopgap.proofs.audit.rows import audit as examine
    from coopgap.terminal.audits import story
    from coopgap.terminal.output import progress

    require_duration(timeout)
    with progress() as tell:
        audits = [
            examine(path, max_bytes=max_bytes or MAX_BYTES, timeout=timeout, progress=tell)
            for path in files
        ]
    documents = [each.document() for each in audits]
    wrong, skipped = any(each.problems for each in audits), any(each.skipped for each in audits)
    return Outcome(
        status(refuted=wrong, undecided=skipped),
        one_or_all("coopgap.audits/1", "audits", documents),
        lambda: [story(document) for document in documents],
        json,
    )
