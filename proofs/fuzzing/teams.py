"""Processes that decide batches of cases: this one, workers here, or a Dask cluster."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.fuzzing.conjectures import UNKNOWN, Conjecture
from coopgap.proofs.fuzzing.tallies import Tally, tallied, tallied_text
from coopgap.theory.errors import InputError

BATCH_SECONDS = 120.0
"""The time after which a batch is taken from its worker."""

ATTEMPTS = 3
"""How often a batch is run whose worker dies or hangs, before its cases count as unknown."""

CONNECT_SECONDS = 10
"""The time to reach a cluster, at first and after it was lost."""


@dataclass(frozen=True)
class Batch:
    """The cases of a conjecture from ``start`` up to ``stop``."""

    conjecture: Conjecture
    seed: int
    start: int
    stop: int

    @property
    def text(self) -> tuple[str, str, int, int, int]:
        """The text from which another process decides the batch."""
        return self.conjecture.text, self.conjecture.id, self.seed, self.start, self.stop

    @property
    def undecided(self) -> Tally:
        """Its tally when nobody could decide it."""
        return Tally({UNKNOWN: self.stop - self.start})


class Team(Protocol):
    """Decides batches, ``size`` at a time."""

    size: int

    def start(self, batch: Batch) -> Callable[[], Tally]:
        """Starts to decide a batch; calling the result waits for the tally."""
        ...


class Alone:
    """This process, one batch after the other."""

    size = 1

    def start(self, batch: Batch) -> Callable[[], Tally]:
        """The batch is decided when its tally is called for."""
        return lambda: tallied(batch.conjecture, batch.seed, batch.start, batch.stop)


class Workers:
    """Processes on this machine. One that dies or hangs is replaced, and its batch run again."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._threads = ThreadPoolExecutor(size)
        self._idle: queue.Queue[Worker] = queue.Queue()
        for _ in range(size):
            self._idle.put(Worker(BATCH_SECONDS))

    def close(self) -> None:
        """Ends the processes."""
        self._threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().close()

    def start(self, batch: Batch) -> Callable[[], Tally]:
        """The first worker that is idle decides the batch."""
        return self._threads.submit(self._run, batch).result

    def _run(self, batch: Batch) -> Tally:
        worker = self._idle.get()
        try:
            for _ in range(ATTEMPTS):
                try:
                    return Tally.of(worker.call(tallied_text, *batch.text))
                except TimedOut:
                    continue
            return batch.undecided
        finally:
            self._idle.put(worker)


class Cluster:
    """The workers of a Dask cluster, which must have the same coopgap installed.

    Raises InputError when the cluster cannot be reached, has no worker, or goes away.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        try:
            from distributed import Client as Connected
        except ImportError:
            raise InputError(
                "this needs Dask, which is not installed",
                fix="pip install 'coopgap[cluster]'",
                field="--scheduler",
            ) from None
        try:
            connect: Any = Connected
            self._client = connect(
                address, timeout=CONNECT_SECONDS, set_as_default=False, direct_to_workers=False
            )
            self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except (OSError, ValueError, TimeoutError, RuntimeError) as error:
            raise self._gone(f"the cluster was not reached: {error or 'no worker'}") from None
        self.size = max(1, sum(self._client.nthreads().values()))

    def close(self) -> None:
        """Leaves the cluster as it was."""
        self._client.close(timeout=1)

    def start(self, batch: Batch) -> Callable[[], Tally]:
        """Some worker of the cluster decides the batch; if it dies, another does."""
        from distributed import KilledWorker

        try:
            future = self._client.submit(
                tallied_text, *batch.text, pure=False, retries=ATTEMPTS - 1
            )
        except Exception as error:
            raise self._gone(f"the cluster went away: {error}") from None

        def result() -> Tally:
            try:
                return Tally.of(future.result(timeout=BATCH_SECONDS * ATTEMPTS))
            except InputError:
                raise
            except KilledWorker:
                return batch.undecided
            except Exception as error:
                message = str(error) or type(error).__name__
                raise self._gone(f"the cluster went away: {message}") from None

        return result

    def _gone(self, problem: str) -> InputError:
        return InputError(
            problem.splitlines()[0],
            fix="start it and go on: with --journal and --resume no recorded case runs again",
            field="--scheduler",
            source=self._address,
        )


@contextmanager
def team(workers: int, scheduler: str | None) -> Iterator[Team]:
    """The workers of a cluster if one is named, else as many as asked on this machine."""
    if scheduler is None and workers == 1:
        yield Alone()
        return
    members = Workers(workers) if scheduler is None else Cluster(scheduler)
    try:
        yield members
    finally:
        members.close()
