"""Audits of datasets, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.terminal.words import count, listed, plain
from coopgap.theory.json_values import Fields

PROBLEMS = 20
"""How many problems of a dataset are printed; the JSON has all."""


def story(document: Fields) -> RenderableType:
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
    reasons = [f"row {row['row']} ({row['id']}): {row['reason']}" for row in skipped]
    parts += _items("Skipped", reasons, "yellow")
    parts += _spread(games)
    return Group(*parts)


def _items(title: str, lines: Sequence[str], style: str) -> list[RenderableType]:
    if not lines:
        return []
    entries = [Text(f"  {plain(line)}") for line in lines[:PROBLEMS]]
    hidden = len(lines) - PROBLEMS
    more = [Text(f"  … {hidden} more; --json lists all")] if hidden > 0 else []
    return [Text(title, style=style), *entries, *more]


def _spread(games: Sequence[Mapping[str, object]]) -> list[RenderableType]:
    """The prosocial thresholds that occur, by formal game and size."""
    kinds: dict[str, Counter[str]] = {}
    for game in games:
        threshold = game["prosocial_threshold"]
        text = threshold if isinstance(threshold, str) else "unknown"
        kinds.setdefault(f"{game['formal_game']} {game['size']}×{game['size']}", Counter())[
            text
        ] += 1
    return [
        Text(f"{plain(kind)}: prosocial threshold without a contract {_tally(thresholds)}.")
        for kind, thresholds in kinds.items()
    ]


def _tally(thresholds: Counter[str]) -> str:
    return listed([f"{text} ({count(games, 'game')})" for text, games in thresholds.most_common()])
