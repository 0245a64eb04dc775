"""What several test files need and takes seconds to make: made once in a run, by whichever process
needs it first.

It is kept in a folder that the run makes and removes, by its name and by the hash of everything
that it could depend on, the checker among it: nothing outlives the run, and within a run no
judgement of other code is believed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any

from coverage import Coverage

ROOT = Path(__file__).parents[1]
FOLDER = "COOPGAP_KEPT"
"""The variable that names the run's folder; where it is not set nothing is kept."""


@cache
def sources() -> str:
    """The hash of the code and of the data that it comes with."""
    folders = ("theory", "proofs", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    code = sorted(path for path in files if path.suffix in (".py", ".toml"))
    digest = hashlib.sha256()
    for path in code:
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def kept(name: str, make: Callable[[], Any]) -> Any:
    """What ``make`` returns, made once in a run."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        return make()
    path = Path(folder) / hashlib.sha256(f"{sources()} {name}".encode()).hexdigest()
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            with untraced():
                path.write_bytes(pickle.dumps(make()))
    return pickle.loads(path.read_bytes())


@contextmanager
def untraced() -> Iterator[None]:
    """Pauses coverage, which would depend on the process that comes first."""
    # In a worker there are two, of the process and of the tests: one goes on when the other stops.
    paused: list[Coverage] = []
    while (running := Coverage.current()) is not None:
        running.stop()
        paused.append(running)
    try:
        yield
    finally:
        for running in reversed(paused):
            running.start()


def keeping(make: Callable[..., Any]) -> Callable[..., Any]:
    """The function, each of whose results is made once in a run."""

    @cache
    @wraps(make)
    def keeper(*arguments: Any) -> Any:
        return kept(f"{make.__module__}.{make.__qualname__}{arguments}", lambda: make(*arguments))

    return keeper


@contextmanager
def folder() -> Iterator[None]:
    """Makes the run's folder, and removes it, unless a longer run has one."""
    if FOLDER in os.environ:
        yield
        return
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="coopgap-kept-")
    try:
        yield
    finally:
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)
