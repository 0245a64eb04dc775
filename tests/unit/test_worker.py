"""The killable worker."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time

import pytest

from coopgap.proofs.deciding.worker import TimedOut, Worker


def _double(value: int) -> int:
    return 2 * value


def _fail(message: str) -> None:
    raise ValueError(message)


def _die() -> None:
    os._exit(9)


def _fill(unit: int) -> int:
    """Takes memory in pieces of so many bytes until there is none."""
    pieces = []
    while True:
        pieces.append(bytearray(unit))


def _exhaust() -> None:
    raise MemoryError


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_without_a_limit_work_runs_here() -> None:
    with Worker(None) as worker:
        assert worker.call(os.getpid) == os.getpid()


def test_one_process_serves_all_calls_and_is_gone_afterwards() -> None:
    with Worker(60) as worker:
        pid = worker.call(os.getpid)
        assert pid != os.getpid()
        assert worker.call(_double, 21) == 42
        assert worker.call(os.getpid) == pid
    assert not _alive(pid)


def test_work_that_takes_too_long_is_killed_and_the_process_replaced() -> None:
    with Worker(5) as worker:
        pid = worker.call(os.getpid)
        start = time.monotonic()
        with pytest.raises(TimedOut, match="stopped after 5 s"):
            worker.call(time.sleep, 600)
        assert time.monotonic() - start < 60
        assert not _alive(pid)
        assert worker.call(os.getpid) != pid


def test_errors_come_back_and_the_process_stays() -> None:
    with Worker(60) as worker:
        pid = worker.call(os.getpid)
        with pytest.raises(ValueError, match="so it is"):
            worker.call(_fail, "so it is")
        assert worker.call(os.getpid) == pid


def test_a_process_that_dies_is_a_reason_and_is_replaced() -> None:
    with Worker(60) as worker:
        with pytest.raises(TimedOut, match="died"):
            worker.call(_die)
        assert worker.call(_double, 1) == 2


def test_a_process_that_dies_between_calls_is_a_reason_and_is_replaced() -> None:
    with Worker(60) as worker:
        pid = worker.call(os.getpid)
        os.kill(pid, 9)
        with pytest.raises(TimedOut, match="died"):
            worker.call(_double, 1)
        assert worker.call(_double, 1) == 2


LIMITED = pytest.mark.skipif(sys.platform != "linux", reason="no limit on address space")


@LIMITED
@pytest.mark.parametrize("unit", [1 << 30, 1 << 20, 1 << 12])
def test_work_that_takes_too_much_memory_is_stopped(unit: int) -> None:
    with Worker(60, memory=400_000_000) as worker:
        pid = worker.call(os.getpid)
        with pytest.raises(TimedOut, match="stopped at 400 MB of memory"):
            worker.call(_fill, unit)
        assert not _alive(pid)
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        assert worker.call(_double, 21) == 42
        assert worker.call(os.getpid) != pid
    assert multiprocessing.active_children() == []


@LIMITED
def test_errors_come_back_under_a_limit_of_memory_too() -> None:
    with Worker(60, memory=400_000_000) as worker:
        pid = worker.call(os.getpid)
        with pytest.raises(ValueError, match="so it is"):
            worker.call(_fail, "so it is")
        assert worker.call(os.getpid) == pid


def test_without_a_limit_of_memory_an_error_stays_what_it_is() -> None:
    with Worker(60) as worker, pytest.raises(MemoryError):
        worker.call(_exhaust)


def test_a_limit_that_the_platform_refuses_is_skipped() -> None:
    with Worker(60, memory=1 << 80) as worker:
        assert worker.call(_double, 21) == 42
