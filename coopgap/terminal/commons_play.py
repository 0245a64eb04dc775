"""Predictions for a commons and published runs judged by them, as text."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.llm_checks.commons.judged import MISSING, CommonsReplay
from coopgap.llm_checks.commons.page import counts
from coopgap.llm_checks.commons.playing.report import measured, notes
from coopgap.llm_checks.commons.playing.results import CommonsFindings
from coopgap.llm_checks.commons.predicted import CommonsPrediction
from coopgap.proofs.commons.document import figure
from coopgap.terminal.numbers import number
from coopgap.terminal.output import table as rows
from coopgap.terminal.words import plain


def prediction_story(prediction: CommonsPrediction) -> Group:
    """What is predicted, by the number of prosocial agents."""
    spec = prediction.specification
    lines: list[RenderableType] = [Text(plain(spec.title), style="bold")] if spec.title else []
    lines.append(
        Text(f"First best: {number(figure((prediction.attained, prediction.best)))} units.")
    )
    more = None if prediction.informed is None else prediction.informed - prediction.best
    if more:
        lines.append(Text(f"Seeing growth before the harvest would be worth {number(more)} more."))
    body = []
    for kind in prediction.kinds:
        numbers = [kind.reason, "", "", ""]
        if kind.best is not None and kind.worst is not None:
            best, worst = kind.best, kind.worst.catch
            closed = prediction.closed(best.catch)
            numbers = list(map(number, (best.catch, best.survival, closed, worst)))
        body.append((str(kind.prosocial), *numbers))
    heads = ("prosocial", "catch", "survival", "gap closed", "worst selection")
    return Group(*lines, Text(), rows(heads, body))


def played_story(findings: CommonsFindings, out: Path) -> Group:
    """A played commons: how predictions fared, what was caught, and where the report is."""
    run = findings.run
    title = f"{run.study.specification.title}: played by {run.header['model']}"
    caught = [
        (
            str(row.expected.condition),
            str(row.plays),
            measured(row.catch, 1),
            "–" if row.closed is None else f"{row.closed:.2f}".replace("-", "−"),
            f"{row.lasting} of {row.plays}",
        )
        for row in findings.outcomes
    ]
    judged = [(line.judgement.verdict, line.condition, line.statement) for line in findings.judged]
    parts: list[RenderableType] = [Text(plain(title), style="bold")]
    parts += [Text(plain(note), style="yellow") for note in notes(findings)]
    parts += [
        Text(),
        rows(("condition", "plays", "total catch [95 %]", "gap closed", "lasted"), caught),
    ]
    if judged:
        parts += [Text(), rows(("verdict", "condition", "prediction"), judged)]
    return Group(*parts, Text(), Text(plain(f"Report: {out / 'report.html'}")))


def runs_story(replay: CommonsReplay, out: Path | None = None) -> Group:
    """A judged summary: how many cells of which models bear out each prediction."""
    parts: list[RenderableType] = []
    for _, statement, by_verdict in counts(replay):
        parts.append(Text(statement[0].upper() + statement[1:], style="bold"))
        for verdict, models in by_verdict.items():
            if models:
                parts.append(Text(plain(f"  {verdict}: {', '.join(models)}")))
    for title, entries in (("Not in the data", MISSING), ("Doubts", replay.doubts)):
        if entries:
            parts += [Text(), Text(title, style="bold")]
            parts += [Text(plain(f"- {entry}")) for entry in entries]
    if out is not None:
        parts += [Text(), Text(plain(f"Report: {out / 'report.html'}"))]
    return Group(*parts)
