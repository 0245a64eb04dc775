"""``coopgap audit``: datasets of table games."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from coopgap.commands.options import Json, MaxBytes, Timeout, argument, option
from coopgap.durations import require_duration
from coopgap.outcomes import Outcome, sole_or_listed, status
from coopgap.theory.readers.files import MAX_BYTES


def audit(
    files: Annotated[list[Path], argument("CSV", "Table-game datasets.")],
    columns: Annotated[
        Path | None,
        option("MAP", "A TOML table of the columns of other layouts.", "the usual columns"),
    ] = None,
    json: Json = False,
    timeout: Timeout = None,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Check table-game datasets row by row."""
    from coopgap.proofs.audit.rows import audit as examine
    from coopgap.terminal.audits import story
    from coopgap.terminal.output import progress
    from coopgap.theory.readers.columns import read_columns
    from coopgap.theory.readers.table_games import COLUMNS

    require_duration(timeout)
    limit = max_bytes or MAX_BYTES
    layout = None if columns is None else read_columns(columns, COLUMNS, limit)
    with progress() as tell:
        audits = [
            examine(path, max_bytes=limit, timeout=timeout, progress=tell, columns=layout)
            for path in files
        ]
    documents = [report.document() for report in audits]
    wrong = any(report.problems for report in audits)
    skipped = any(report.skipped for report in audits)
    return Outcome(
        status(refuted=wrong, undecided=skipped),
        sole_or_listed("coopgap.audits/1", "audits", documents),
        lambda: [story(document) for document in documents],
        json,
    )
