"""One killable process for work that must end in time, whatever a solver does."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, TypeVar

Result = TypeVar("Result")


class TimedOut(Exception):
    """The work was stopped; the message is the reason to report."""


class Worker:
    """Runs functions with a limit of ``timeout`` seconds each, in a process of its own.

    The process is started when first needed, and replaced only after it was killed. With
    ``timeout`` None the work runs here and may take as long as it likes.
    """

    def __init__(self, timeout: float | None) -> None:
        self._timeout = timeout
        self._context = multiprocessing.get_context("spawn")
        self._process: multiprocessing.process.BaseProcess | None = None
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

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """The function's result; raises TimedOut, or whatever the function raises.

        Function and arguments must be picklable (a module's own functions and values are).
        """
        if self._timeout is None:
            return function(*arguments)
        connection = self._started()
        connection.send((function, arguments))
        try:
            if not connection.poll(self._timeout):
                raise TimedOut(f"stopped after {self._timeout:g} s")
            succeeded, result = connection.recv()
        except (EOFError, ConnectionResetError):
            self.close()
            raise TimedOut("the solver's process died") from None
        except BaseException:
            self.close()
            raise
        if not succeeded:
            raise result
        return result  # type: ignore[no-any-return]

    def close(self) -> None:
        """Ends the process, at once and without leaving a zombie."""
        if self._process is not None and self._connection is not None:
            self._connection.close()
            self._process.kill()
            self._process.join()
        self._process = self._connection = None

    def _started(self) -> Connection:
        if self._connection is None:
            self._connection, theirs = self._context.Pipe()
            self._process = self._context.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        return self._connection


def _serve(connection: Connection) -> None:
    while True:
        try:
            function, arguments = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer = (True, function(*arguments))
        except Exception as error:
            answer = (False, error)
        connection.send(answer)
