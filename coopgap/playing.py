"""Language models at play, told."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from coopgap.files import prepare_directory, write_all
from coopgap.llm_checks.bargains import Bargains
from coopgap.llm_checks.judging import Findings, decided, document_of, judge
from coopgap.llm_checks.playing import Options, Run, recorded, require_usable, run
from coopgap.llm_checks.predictions import Predictions
from coopgap.llm_checks.report import html, markdown, notes, summary, title
from coopgap.llm_checks.scenes import Study
from coopgap.main import HOLDS, UNDECIDED, Outcome
from coopgap.predicting import registered as read_registered
from coopgap.predicting import skipped
from coopgap.theory.errors import InputError
from coopgap.words import listed, plain


def prices(text: str | None) -> tuple[float, float] | None:
    """Dollars per million tokens from ``IN,OUT``. Raises InputError."""
    if text is None:
        return None
    try:
        one, other = (float(part) for part in text.split(","))
    except ValueError:
        one = other = -1.0
    if not (0 <= one < float("inf") and 0 <= other < float("inf")):
        raise InputError(
            f"{text!r} is no pair of prices", fix="write IN,OUT, as in 2.5,10", field="--prices"
        )
    return one, other


def outcome(
    found: Study,
    out: Path,
    log: Path | None,
    registration: Path | None,
    json: bool,
    sequential: bool = False,
    given: Collection[str] = (),
    **settings: Any,
) -> Outcome:
    """Plays a study, or reads what was played, judges it and writes the report. given: the names
    of the settings that were not left to their defaults."""
    predictions = found.predictions
    if registration is not None:
        predictions = read_registered(registration)
        if predictions.study != found.predictions.study:
            raise InputError(
                "these predictions were registered for another spec",
                fix="register predictions for this one",
                field="--registered",
                source=str(registration),
            )
        _require_shared(predictions, found, registration)
    options = Options(
        **settings,
        predictions=predictions.sha256,
        progress=_progress,
        stop=(lambda so_far: decided(so_far, predictions)) if sequential else None,
    )
    if log is not None:
        finished = recorded(found, options, log)
        _require_agreement(finished, settings | {"sequential": sequential}, given, log)
    else:
        require_usable(options)
        prepare_directory(out, "--out")
        finished = run(found, options, out)
    seed = finished.header["seed"]
    seen = judge(finished, predictions, seed if isinstance(seed, int) else options.seed)
    prepare_directory(out, "--out")
    texts = {
        "report.html": html(finished, predictions, seen),
        "report.md": markdown(finished, predictions, seen),
    }
    write_all(out, texts, "--out")

    def stories() -> Sequence[RenderableType]:
        return [_told(finished, seen, out)]

    return Outcome(
        UNDECIDED if found.skipped else HOLDS, document_of(finished, seen), stories, json
    )


def _require_shared(registered: Predictions, found: Study, registration: Path) -> None:
    """Refuses a registration that no play of the study could speak of."""
    played = {str(each) for each in found.conditions}
    needed = [{f"{each.regime}/{each.disposition}"} for each in registered.intervals]
    needed += [{each.higher, each.lower} for each in registered.orderings]
    if not any(each <= played for each in needed):
        known = listed(dict.fromkeys(name for each in needed for name in sorted(each)))
        raise InputError(
            f"predictions are registered for {known or 'no condition'}; "
            f"what is played is {listed(sorted(played))}",
            fix="name the registered conditions with --regime and --disposition",
            field="--registered",
            source=str(registration),
        )


def _require_agreement(
    finished: Run, settings: Mapping[str, Any], given: Collection[str], log: Path
) -> None:
    """Refuses options that contradict the log that is judged: the log decides."""
    for name in ("model", "seed", "sequential"):
        if name in given and settings[name] != finished.header.get(name):
            played = {
                "model": f"the log is of the model {finished.header.get(name)}",
                "seed": f"the log has the seed {finished.header.get(name)}",
                "sequential": "the log is of a run without it",
            }
            raise InputError(
                played[name],
                fix="leave the option out: the log decides",
                field=f"--{name}",
                source=str(log),
            )


def _told(finished: Run, seen: Findings, out: Path) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("verdict", "prediction", "statement"):
        table.add_column(name, overflow="fold")
    for each in seen.judged:
        if each.observations:
            table.add_row(
                *(
                    Text(plain(text))
                    for text in (
                        each.judgement.verdict,
                        each.prediction.id,
                        each.prediction.statement,
                    )
                )
            )
    biased = [each.what for each in seen.biases if each.found]
    return Group(
        Text(plain(title(finished)), style="bold"),
        *(Text(plain(note), style="yellow") for note in notes(finished)),
        *skipped(finished.study),
        Text(),
        table,
        Text(),
        Text(summary(seen)),
        Text(
            f"{len(finished.answers)} decisions answered of {finished.asked}; "
            f"{seen.statuses['unparseable']} unparseable, {seen.statuses['refused']} refused."
        ),
        *(Text(_bargained(each)) for each in seen.bargains),
        Text(f"Bias shown: {'; '.join(biased) or 'none'}."),
        Text(plain(f"Report: {out / 'report.html'}")),
    )


def _bargained(one: Bargains) -> str:
    return (
        f"{one.condition}: {one.plays} proposals, {one.read} read, "
        f"{one.readings.get('writable', 0)} writable, {one.accepted} accepted."
    )


def _progress(done: int, total: int) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        end = "\n" if done == total else ""
        filled = 30 * done // max(total, 1)
        bar = "█" * filled + "·" * (30 - filled)
        print(f"\r{bar} {done}/{total} decisions", end=end, file=sys.stderr, flush=True)
