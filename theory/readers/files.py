"""Reading text files up to a limit of bytes."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from stat import S_ISDIR

from coopgap.theory.errors import InputError

MAX_BYTES = 16 << 20
"""The largest file that is read unless the caller allows more: 16 MiB."""


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> str:
    """The text of a UTF-8 file; raises InputError as ``read_bytes``, and if it is not UTF-8."""
    data = read_bytes(path, max_bytes)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte {error.start} is not UTF-8", fix="save the file as UTF-8 text", source=str(path)
        ) from None


def csv_records(text: str) -> tuple[list[str], list[list[str]]]:
    """The header of a CSV, without the spaces around its names, and all lines that are not empty.

    Raises InputError for text that is no CSV, and for one without text.
    """
    if "\0" in text:
        raise InputError("the file contains a NUL character", fix="save it as CSV text")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        records = [record for record in reader if record]
    except csv.Error as error:
        raise InputError(
            f"line {reader.line_num} is no CSV: {error}",
            fix="quote cells that contain commas, quotes or line breaks; keep cells short",
        ) from None
    if not any(cell.strip() for record in records for cell in record):
        raise InputError("the file is empty", fix="give it a header, and a row for each entry")
    return [name.strip() for name in records[0]], records[1:]


def read_bytes(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """The content of a file.

    Raises InputError, naming the file, for a directory, a file that is missing or unreadable, and
    one of more than ``max_bytes`` bytes, which is not read.
    """
    origin = str(path)
    try:
        status = os.stat(path)
        if S_ISDIR(status.st_mode):
            raise InputError("this is a directory", fix="name a file", source=origin)
        if status.st_size > max_bytes:
            raise _too_large(f"{status.st_size:,} bytes", max_bytes, origin)
        with path.open("rb") as file:
            # A device or a pipe does not tell its size in advance.
            data = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", fix="check its path", source=origin) from None
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise InputError(
            f"the file cannot be read: {reason}",
            fix="check its path and permissions",
            source=origin,
        ) from None
    except InputError:
        raise
    except ValueError:
        raise InputError(
            "this is no path", fix="leave out null characters", source=repr(origin)
        ) from None
    if len(data) > max_bytes:
        raise _too_large(f"more than {max_bytes:,} bytes", max_bytes, origin)
    return data


def _too_large(size: str, max_bytes: int, origin: str) -> InputError:
    return InputError(
        f"the file has {size}, more than the {max_bytes:,} that are read",
        fix="raise --max-bytes to read it all the same",
        source=origin,
    )
