"""Standard output and standard error: JSON documents, stories, messages, progress."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console, RenderableType
from rich.text import Text

from coopgap.outcomes import Unwritable
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import plain
from coopgap.theory.json_values import Fields


def console(**options: Any) -> Console:
    """A console that takes text as it is: no markup, no emoji codes, nothing coloured by guess."""
    return Console(markup=False, emoji=False, highlight=False, **options)


def print_json(document: Mapping[str, object]) -> None:
    """One JSON document on standard output."""
    # JSON is UTF-8, whatever the locale; a name of undecodable bytes becomes an escape.
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")
    with _output() as file:
        file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def print_stories(stories: Sequence[RenderableType]) -> None:
    """Stories on standard output, a rule between two."""
    # Written here and not by rich, which would end the process itself if nobody reads; but rich
    # writes nothing, which fails on a full disk, too.
    with _output() as file:
        file.write(drawn(stories, console()))


def print_line(line: str, *, errors: bool = False) -> None:
    """A line that is not folded, on standard output or, for errors, on standard error."""
    if errors:
        print(plain(line), file=sys.stderr)
    else:
        with _output() as file:
            file.write(f"{plain(line)}\n")


@contextmanager
def _output() -> Iterator[TextIO]:
    """Standard output, flushed at the end. Raises Unwritable where it takes nothing."""
    if sys.stdout is None:
        raise Unwritable("standard output is closed")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except OSError as error:
        # Python would try again to write what is left when it ends, and change the status.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):
            raise Unwritable from None
        raise Unwritable(f"standard output cannot be written: {error.strerror}") from None


def drawn(stories: Sequence[RenderableType], terminal: Console) -> str:
    """Stories as a terminal would show them, without the spaces that pad its lines."""
    with terminal.capture() as captured:
        for index, story in enumerate(stories):
            if index:
                terminal.rule()
                terminal.print()
            # What is not to be folded, such as TOML, goes beyond the edge.
            terminal.print(story, crop=False)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


@contextmanager
def progress() -> Iterator[Callable[[str], None] | None]:
    """Shows what is being done on standard error, if someone watches."""
    if not sys.stderr.isatty():
        yield None
        return
    with console(stderr=True).status(Text("reading")) as status:
        yield lambda message: status.update(Text(plain(message)))


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> RenderableType:
    """Rows of text under their heads."""
    return Columns(list(head), [[plain(cell) for cell in row] for row in rows])


def entries_table(entries: Sequence[Mapping[str, str]]) -> RenderableType:
    """Entries that have the same fields."""
    return table(entries[0], (entry.values() for entry in entries))


def statements_table(entries: Sequence[Fields]) -> RenderableType:
    """Entries that have an id and a statement."""
    return table(("id", "statement"), ((entry["id"], entry["statement"]) for entry in entries))
