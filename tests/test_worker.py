"""The killable worker."""

from __future__ import annotations

import os
import time

import pytest

from proofs.worker import TimedOut, Worker


def _double(value: int) -> int:
    return 2 * value


def _fail(message: str) -> None:
    raise ValueError(message)


def _die() -> None:
    os._exit(9)


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
