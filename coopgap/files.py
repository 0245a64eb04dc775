"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from coopgap.theory.errors import InputError


def prepare_directory(path: Path, option: str) -> None:
    """Makes the directory if it is missing, and checks that files can be written there.

    Raises InputError if not, before any long work.
    """
    with _explained(path, option):
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()


def require_writable(**options: Path | None) -> None:
    """Raises InputError if one of the options' directories cannot be written to.

    A directory that is missing is made when something is written.
    """
    for name, path in options.items():
        if path is not None:
            with _explained(path, f"--{name}"):
                folder = next(ancestor for ancestor in (path, *path.parents) if ancestor.exists())
                tempfile.TemporaryFile(dir=folder).close()


def write_certificates(directory: Path | None, *texts: Mapping[str, str]) -> None:
    """Writes texts under their hashes to the directory of ``--certificates``, if given."""
    if directory is not None:
        named = {f"{sha}.json": text for by_hash in texts for sha, text in by_hash.items()}
        write_all(directory, named, "--certificates")


def write_coq(directory: Path | None, *texts: Mapping[str, str]) -> str:
    """Writes certificates by hash as Coq files to the directory of ``--coq``, if given.

    Returns how many are covered, and where the others are listed; nothing without a directory.
    """
    if directory is None:
        return ""
    from coopgap.proofs.export.coq_folder import UNCOVERED, coq_folder

    whole = {sha: text for by_hash in texts for sha, text in by_hash.items()}
    files = coq_folder(whole)
    write_all(directory, files, "--coq")
    uncovered = len(files[UNCOVERED].splitlines())
    summary = f"Coq files: {len(whole) - uncovered} of {len(whole)} certificates are covered"
    return f"{summary}, {uncovered} not: see {directory / UNCOVERED}" if uncovered else summary


def write_all(directory: Path, texts: Mapping[str, str], option: str) -> None:
    """Writes texts under their file names; raises InputError when one cannot be written."""
    write_bytes(directory, {name: text.encode() for name, text in texts.items()}, option)


def write_bytes(directory: Path, contents: Mapping[str, bytes], option: str) -> None:
    """Writes contents under their file names; raises InputError when one cannot be written."""
    with _explained(directory, option):
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            write_whole(directory / name, content)


def write_file(path: Path, content: bytes, option: str) -> None:
    """Writes a file; raises InputError when it cannot be written."""
    with _explained(path, option):
        write_whole(path, content)


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file (text as UTF-8): a reader finds the old content or the new, never a part."""
    # A name of its own: another process may be writing the same file.
    handle, draft = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp lets nobody else read; a result is an ordinary file.
        os.chmod(draft, 0o666 & ~_umask())
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def require_file(path: Path, option: str) -> None:
    """Raises InputError for a directory where a file is to be written, and for a name too long."""
    with _explained(path, option):
        is_directory = path.is_dir()
    if is_directory:
        raise InputError(
            "this is a directory", fix="name a file to write", field=option, source=str(path)
        )


@contextmanager
def _explained(path: Path, option: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"files cannot be written there: {reason}",
            fix="name a directory that you may write to",
            field=option,
            source=str(path),
        ) from None
