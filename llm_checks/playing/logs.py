"""Logs of Inspect's, read with its own reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import MAX_BYTES, read_bytes

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog


def read_log(path: Path, max_bytes: int = MAX_BYTES) -> EvalLog:
    """A log, complete or not.

    Raises InputError without inspect-ai, for a file that cannot be read or is too large, and for
    one that is no log.
    """
    content = read_bytes(path, max_bytes)
    try:
        from inspect_ai.log import read_eval_log
    except ImportError:
        raise InputError(
            "Inspect's logs need inspect-ai", fix="pip install 'coopgap[llm]'", source=str(path)
        ) from None
    try:
        return read_eval_log(str(path))
    except Exception:
        why = ", or it was cut short" if content else ": the file is empty"
        raise InputError(
            f"this is no log of Inspect's{why}", fix="name a file in logs/", source=str(path)
        ) from None


def files_of(path: Path, own: str) -> list[Path]:
    """The files that a path stands for: itself, or of a folder those named ``own``, else its logs.

    Raises InputError for a folder with neither.
    """
    if not path.is_dir():
        return [path]
    # A folder of several runs has one of each.
    logs = sorted(path.rglob(own)) or sorted(path.rglob("*.eval"))
    if not logs:
        raise InputError(
            f"this folder holds neither {own} nor a log of Inspect's",
            fix="name one that coopgap play or inspect eval wrote",
            source=str(path),
        )
    return logs
