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


def story(finished: Run, seen: Findings, out: Path) -> RenderableType:
    """What was played, and how predictions fared."""
    judged = [
        (each.judgement.verdict, each.prediction.id, each.prediction.statement)
        for each in seen.judged
        if each.observations and (each.primary or seen.changed)
    ]
    biased = [each.what for each in seen.biases if each.significant]
    return Group(
        Text(plain(title(finished)), style="bold"),
        *(Text(plain(note), style="yellow") for note in notes(finished, seen)),
        *skipped(finished.study),
        Text(),
        table(("verdict", "prediction", "statement"), judged),
        Text(),
        Text(summary(seen)),
        Text(
            f"{len(finished.answers)} replies of {finished.design_size}, {finished.unanswered} "
            "unanswered; "
            f"{seen.statuses['ambiguous']} ambiguous, {seen.statuses['unparseable']} unparseable, "
            f"{seen.statuses['cut']} cut at --max-tokens, "
            f"{seen.statuses['refused']} refused."
        ),
        *(Text(_bargained(each)) for each in seen.bargains),
        Text(f"Bias shown: {'; '.join(biased) or 'none'}."),
        Text(plain(f"Report: {out / 'report.html'}")),
    )


def compared(judged: Judged, failed: Mapping[str, str], out: Path) -> RenderableType:
    """What several models played, and how predictions fared with each."""
    rows = sorted(
        (each.prediction.id, name_of(finished), str(each.judgement.verdict))
        for finished, seen in judged
        for each in seen.judged
        if each.observations and (each.primary or seen.changed)
    )
    told = dict.fromkeys(note for finished, seen in judged for note in notes(finished, seen))
    return Group(
        Text(f"{len(judged)} models compared", style="bold"),
        *(Text(plain(f"{name} was not heard: {why}")) for name, why in failed.items()),
        *(Text(plain(note), style="yellow") for note in told),
        Text(),
        table(("prediction", "model", "verdict"), rows),
        Text(),
        Text(APART),
        Text(plain(f"Report: {out / 'report.html'}")),
    )


def _bargained(one: Bargains) -> str:
    return (
        f"{one.condition}: {one.plays} proposals, {one.parsed} read, "
        f"{one.readings.get('writable', 0)} writable, {one.accepted} accepted."
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
