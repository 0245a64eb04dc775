"""Published summaries judged, as text."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.llm_checks.judging.evidence import Judgement
from coopgap.llm_checks.predicting.quantities import words_for
from coopgap.llm_checks.replaying.replay import Replay
from coopgap.llm_checks.replaying.report import bounds_text, by_claim, counted, lists, unjudged
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import plain

STYLES = {"contradicted": "red", "consistent": "green", "inconclusive": "yellow"}


def story(replay: Replay, out: Path | None = None) -> RenderableType:
    """A judged summary as tables, with what it does not contain."""
    parts: list[RenderableType] = []
    for quantity in dict.fromkeys(row.quantity for row in replay.rows):
        groups: dict[tuple[str, str], list[tuple[str, Judgement]]] = {}
        for row in replay.rows:
            if row.quantity == quantity and row.judgement is not None:
                key = (row.condition, bounds_text(row))
                groups.setdefault(key, []).append((row.model, row.judgement))
        parts += _verdicts(words_for(quantity), groups)
    groups = {}
    for ordering in by_claim(replay):
        if ordering.judgement is not None:
            key = (f"{ordering.claim}:\n{ordering.higher}\n> {ordering.lower}", "> 0")
            groups.setdefault(key, []).append((ordering.model, ordering.judgement))
    parts += _verdicts("orderings: differences of the probability of the first best", groups)
    nothing = [f"{column}: {reason}" for reason, column, _ in unjudged(replay)]
    for title, entries in (("Not judged", nothing), *lists(replay)):
        if entries:
            parts += [Text(title, style="bold"), *(Text(f"- {plain(entry)}") for entry in entries)]
            parts.append(Text())
    parts.append(Text(counted(replay)))
    if out is not None:
        parts.append(Text(plain(f"Report: {out / 'report.html'}")))
    return Group(*parts)


def _verdicts(
    title: str, groups: dict[tuple[str, str], list[tuple[str, Judgement]]]
) -> list[RenderableType]:
    """A line for each condition and prediction: the models by verdict, with what was measured."""
    if not groups:
        return []
    rows = []
    for (condition, predicted), judged in groups.items():
        cell = Text()
        for verdict, style in STYLES.items():
            named = [
                f"{model} {judgement.estimate:.3f}"
                for model, judgement in judged
                if judgement.verdict == verdict
            ]
            if named:
                cell.append("\n" if cell else "").append(verdict, style=style)
                cell.append(plain(f": {', '.join(named)}"))
        lines = "\n".join(plain(line) for line in condition.split("\n"))
        rows.append((lines, predicted, cell))
    table = Columns(("condition", "predicted", "measured"), rows)
    return [Text(title[0].upper() + title[1:], style="bold"), table, Text()]
