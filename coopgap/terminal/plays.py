"""Language models at play, as text."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.llm_checks.judging.comparing import APART, Judged, name_of
from coopgap.llm_checks.judging.findings import Findings
from coopgap.llm_checks.judging.report import notes, summary, title
from coopgap.llm_checks.negotiating.bargains import Bargains
from coopgap.llm_checks.playing.run import Run
from coopgap.terminal.output import table
from coopgap.terminal.predictions import skipped
from coopgap.terminal.words import plain


def story(finished: Run, findings: Findings, out: Path) -> RenderableType:
    """What was played, and how predictions fared."""
    judged = [
        (prediction.judgement.verdict, prediction.prediction.id, prediction.prediction.statement)
        for prediction in findings.judged
        if prediction.observations and (prediction.primary or findings.changed)
    ]
    biased = [bias.what for bias in findings.biases if bias.significant]
    return Group(
        Text(plain(title(finished)), style="bold"),
        *(Text(plain(note), style="yellow") for note in notes(finished, findings)),
        *skipped(finished.study),
        Text(),
        table(("verdict", "prediction", "statement"), judged),
        Text(),
        Text(summary(findings)),
        Text(
            f"{len(finished.answers)} replies of {finished.design_size}, {finished.unanswered} "
            f"unanswered; {findings.statuses['ambiguous']} ambiguous, "
            f"{findings.statuses['unparseable']} unparseable, "
            f"{findings.statuses['cut']} cut at --max-tokens, "
            f"{findings.statuses['refused']} refused."
        ),
        *(Text(_bargained(bargains)) for bargains in findings.bargains),
        Text(f"Bias shown: {'; '.join(biased) or 'none'}."),
        Text(plain(f"Report: {out / 'report.html'}")),
    )


def compared(judged: Judged, failed: Mapping[str, str], out: Path) -> RenderableType:
    """What several models played, and how predictions fared with each."""
    rows = sorted(
        (prediction.prediction.id, name_of(run), str(prediction.judgement.verdict))
        for run, findings in judged
        for prediction in findings.judged
        if prediction.observations and (prediction.primary or findings.changed)
    )
    lines = dict.fromkeys(note for run, findings in judged for note in notes(run, findings))
    return Group(
        Text(f"{len(judged)} models compared", style="bold"),
        *(Text(plain(f"{name} was not heard: {reason}")) for name, reason in failed.items()),
        *(Text(plain(note), style="yellow") for note in lines),
        Text(),
        table(("prediction", "model", "verdict"), rows),
        Text(),
        Text(APART),
        Text(plain(f"Report: {out / 'report.html'}")),
    )


def _bargained(bargains: Bargains) -> str:
    return (
        f"{bargains.condition}: {bargains.plays} proposals, {bargains.parsed} read, "
        f"{bargains.readings.get('writable', 0)} writable, {bargains.accepted} accepted."
    )


def show_progress(done: int, total: int, waiting_for: str = "") -> None:
    """A bar on standard error and what is being waited for, if someone watches."""
    if sys.stderr is not None and sys.stderr.isatty():
        end = "\n" if done == total else ""
        filled = 30 * done // max(total, 1)
        bar = "█" * filled + "·" * (30 - filled)
        wait = f", waiting for {plain(waiting_for)}" if waiting_for else ""
        # The line is written over the one before, whatever its length.
        line = f"\r{bar} {done}/{total} decisions{wait}\033[K"
        print(line, end=end, file=sys.stderr, flush=True)
