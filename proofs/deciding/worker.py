"""One killable process for work that must end in time and memory, whatever a solver does."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    import subprocess

    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection as Connection
    else:
        from multiprocessing.connection import Connection

Result = TypeVar("Result")
Ts = TypeVarTuple("Ts")


SOLVER_SECONDS = 30.0
"""How long a solver may think about one nonlinear question, unless the caller says."""

SOLVER_BYTES = 2 << 30
"""The address space of its process."""


TIME_IS_UP = "stopped: the time is up"
"""Why there is no answer after a deadline."""


class TimedOut(Exception):
    """The work was stopped; the message is the reason to report."""


class Worker:
    """Runs functions with a limit of ``timeout`` seconds each, in a process of its own.

    The process is started when first needed, and replaced only after it was killed. It is a fresh
    interpreter that imports what it is asked to call, so a script that uses it needs no guard. With
    ``timeout`` None the work runs here and may take as long as it likes. memory: a hard limit on
    the bytes of address space of the process, where the platform can set one; the interpreter and
    the libraries count, and what is mapped but never touched. deadline: when, in seconds of the
    monotonic clock, all work ends.
    """

    def __init__(
        self, timeout: float | None, memory: int | None = None, deadline: float = math.inf
    ) -> None:
        self._timeout = math.inf if timeout is None else timeout
        self._memory = memory
        self._deadline = deadline
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def seconds(self) -> float:
        """How long work that begins now may take."""
        return min(self._timeout, self._deadline - time.monotonic())

    def call(self, function: Callable[[*Ts], Result], *arguments: *Ts) -> Result:
        """The function's result; raises TimedOut, or whatever the function raises.

        Function and arguments must be picklable (a module's own functions and values are).
        """
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimedOut(TIME_IS_UP)
        seconds = self.seconds
        if seconds == math.inf:
            return function(*arguments)
        connection = self._started()
        try:
            connection.send((function, arguments))
            if not connection.poll(seconds):
                raise TimedOut(
                    TIME_IS_UP if remaining < self._timeout else f"stopped after {seconds:g} s"
                )
            succeeded, result = connection.recv()
        except (EOFError, ConnectionResetError, BrokenPipeError):
            self.close()
            raise TimedOut("the solver's process died") from None
        except BaseException:
            self.close()
            raise
        if isinstance(result, MemoryError) and self._memory is not None:
            # What it still holds would leave the next call with less.
            self.close()
            raise TimedOut(f"stopped at {self._memory // 10**6:,} MB of memory")
        if not succeeded:
            raise result
        return result  # type: ignore[no-any-return]

    def close(self) -> None:
        """Ends the process, at once and without leaving a zombie."""
        if self._process is not None and self._connection is not None:
            self._connection.close()
            self._process.kill()
            self._process.wait()
        self._process = self._connection = None

    def _started(self) -> Connection:
        if self._connection is None:
            # Lazily, for most commands need no second process.
            import subprocess
            from multiprocessing.connection import Pipe

            _let_rows_be_sent()
            ours, theirs = Pipe()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", _SERVE, str(theirs.fileno()), str(self._memory or 0)],
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    **_inheriting(theirs.fileno()),
                )
            self._connection = ours
        return self._connection


def solvers_of(timeout: float | None, deadline: float = math.inf) -> Worker:
    """The worker for solvers' answers to nonlinear questions; timeout: seconds for each."""
    return Worker(timeout or SOLVER_SECONDS, SOLVER_BYTES, deadline)


_SERVE = (
    "import sys; from coopgap.proofs.deciding.worker import serve; serve(*map(int, sys.argv[1:]))"
)


def _inheriting(end: int) -> dict[str, Any]:
    """How a process is started that inherits this end of a pipe, and no interrupts.

    An interrupt is for the command, which then ends its workers.
    """
    if sys.platform != "win32":
        return {"pass_fds": [end], "start_new_session": True}
    import subprocess

    os.set_handle_inheritable(end, True)
    only = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [end]})
    return {"startupinfo": only, "creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}


def serve(descriptor: int, memory: int) -> None:
    """Answers calls that arrive at an open file descriptor until it is closed.

    Memory as in ``Worker``, 0 for no limit.
    """
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection as Connection
    else:
        from multiprocessing.connection import Connection

    _let_rows_be_sent()
    connection = Connection(descriptor)
    if memory:
        _limit(memory)
    while True:
        try:
            function, arguments = connection.recv()
        except EOFError:
            return
        try:
            answer = (True, function(*arguments))
        except MemoryError:
            # A new one: the traceback of the old one holds what filled the memory.
            answer = (False, MemoryError())
        except Exception as error:
            answer = (False, error)
        connection.send(answer)


def _let_rows_be_sent() -> None:
    """Rows of payoffs and records have no form of their own for another process."""
    from multiprocessing.reduction import ForkingPickler

    ForkingPickler.register(memoryview, lambda row: (tuple, (row.tolist(),)))


def _limit(memory: int) -> None:
    """Limits this process's address space, unless the platform has no such limit or a lower one."""
    if sys.platform == "win32":
        return
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except (OSError, OverflowError, ValueError):
        pass
