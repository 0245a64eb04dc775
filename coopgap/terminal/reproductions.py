"""The paper's statements, decided again, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.terminal.blocks import indented
from coopgap.terminal.words import count, plain
from coopgap.theory.json_values import Fields

STYLES = {"reproduced": "green", "differs": "red", "unknown": "yellow", "skipped": "yellow"}


def story(entries: Sequence[Fields]) -> Group:
    """What became of each statement, the command that shows it, and how many there are of each."""
    parts: list[RenderableType] = []
    place = ""
    for entry in entries:
        if entry["where"] != place:
            place = entry["where"]
            parts.append(Text(plain(place), style="bold"))
        line = Text(entry["status"], style=STYLES[entry["status"]])
        account = f"  {entry['says']} ({entry['command']}: {entry['result']})"
        line.append(plain(account), style="default")
        parts.append(indented(line))
    counts = Counter(entry["status"] for entry in entries)
    total = ", ".join(f"{times} {status}" for status, times in counts.items())
    return Group(*parts, Text(f"{count(len(entries), 'statement')}: {total}."))
