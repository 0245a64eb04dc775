"""The one error that bad input raises, and how it is told where in the input it occurred."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_S = TypeVar("_S")
_T = TypeVar("_T")


class InputError(ValueError):
    """Input that cannot be used; the message says where, what is wrong, and how to mend it.

    ``source`` names the file (or another origin), ``field`` the place inside it; either may be
    empty until a caller that knows it fills it in.
    """

    def __init__(self, problem: str, *, fix: str = "", field: str = "", source: str = "") -> None:
        self.problem = problem
        self.fix = fix
        self.field = field
        self.source = source
        super().__init__(str(self))

    def located(self, *, field: str = "", source: str = "") -> InputError:
        """The same error with the outer part of its place filled in."""
        joined = ".".join(part for part in (field, self.field) if part).replace(".[", "[")
        return InputError(self.problem, fix=self.fix, field=joined, source=self.source or source)

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.source, self.field) if part)
        head = f"{place}: {self.problem}" if place else self.problem
        return f"{head}; {self.fix}" if self.fix else head


@contextmanager
def inside(field: str = "", *, source: str = "") -> Iterator[None]:
    """Adds the place ``field``, or where it is from, to every InputError that the block raises."""
    try:
        yield
    except InputError as error:
        raise error.located(field=field, source=source) from None


def read_entries(field: str, entries: Iterable[_S], read: Callable[[_S], _T]) -> tuple[_T, ...]:
    """What is read of each entry; every InputError says at which place in the field it is."""
    values = []
    for place, entry in enumerate(entries):
        with inside(f"{field}[{place}]"):
            values.append(read(entry))
    return tuple(values)
