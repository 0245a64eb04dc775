"""Standard output and standard error: JSON documents, stories, messages, progress."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from coopgap.words import count, listed, plain

PROBLEMS = 20
"""How many problems of a dataset are printed; the JSON has all."""


def console(**options: Any) -> Console:
    """A console that takes text as it is: no markup, no emoji codes, nothing coloured by guess."""
    return Console(markup=False, emoji=False, highlight=False, **options)


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document on standard output."""
    # JSON is UTF-8, whatever the locale; a name of undecodable bytes becomes an escape.
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def print_stories(stories: Sequence[RenderableType]) -> None:
    """Stories on standard output, a rule between two."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    # Written here and not by rich, which would end the process itself if nobody reads.
    sys.stdout.write(drawn(stories, console()))
    sys.stdout.flush()


def drawn(stories: Sequence[RenderableType], terminal: Console) -> str:
    """Stories as a terminal would show them, without the spaces that pad its lines."""
    with terminal.capture() as captured:
        for index, each in enumerate(stories):
            if index:
                terminal.rule()
                terminal.print()
            terminal.print(each)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


@contextmanager
def progress() -> Iterator[Callable[[str], None] | None]:
    """Shows what is being done on standard error, if someone watches."""
    if not sys.stderr.isatty():
        yield None
        return
    with console(stderr=True).status(Text("reading")) as status:
        yield lambda message: status.update(Text(plain(message)))


def entries_table(entries: Sequence[Mapping[str, str]]) -> RenderableType:
    """Entries that have the same fields."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in entries[0]:
        table.add_column(Text(name), overflow="fold")
    for entry in entries:
        table.add_row(*(Text(plain(each)) for each in entry.values()))
    return table


def audit(document: Mapping[str, Any]) -> RenderableType:
    """What the audit of one dataset found."""
    games, skipped = document["games"], document["skipped"]
    wrong = [game for game in games if not game["ok"]]
    parts: list[RenderableType] = [Text(plain(document["source"]), style="bold")]
    sound = len(games) - len(wrong)
    parts.append(
        Text(
            f"{count(document['rows'], 'row')}: {document['checked']} checked, "
            f"{sound} without a problem, {len(wrong)} with problems, {len(skipped)} skipped."
        )
    )
    if document["not_stored"]:
        lacking = listed([plain(column) for column in document["not_stored"]])
        parts.append(Text(f"Not compared, as the file has no column of that name: {lacking}."))
    problems = [
        f"{game['id']}, {problem['field']}: {problem['message']}"
        for game in wrong
        for problem in game["problems"]
    ]
    parts += _items("Problems", problems, "red")
    reasons = [f"row {each['row']} ({each['id']}): {each['reason']}" for each in skipped]
    parts += _items("Skipped", reasons, "yellow")
    parts += _spread(games)
    return Group(*parts)


def _items(title: str, lines: Sequence[str], style: str) -> list[RenderableType]:
    if not lines:
        return []
    shown = [Text(f"  {plain(line)}") for line in lines[:PROBLEMS]]
    hidden = len(lines) - PROBLEMS
    more = [Text(f"  … {hidden} more; --json lists all")] if hidden > 0 else []
    return [Text(title, style=style), *shown, *more]


def _spread(games: Sequence[Mapping[str, Any]]) -> list[RenderableType]:
    """The prosocial thresholds that occur, by formal game and size."""
    kinds: dict[str, Counter[str]] = {}
    for game in games:
        threshold = game["prosocial_threshold"]
        text = threshold if isinstance(threshold, str) else "unknown"
        kinds.setdefault(f"{game['formal_game']} {game['size']}×{game['size']}", Counter())[
            text
        ] += 1
    return [
        Text(f"{plain(kind)}: prosocial threshold without a contract {_tally(found)}.")
        for kind, found in kinds.items()
    ]


def _tally(found: Counter[str]) -> str:
    return listed([f"{text} ({count(games, 'game')})" for text, games in found.most_common()])
