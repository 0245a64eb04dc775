"""``coopgap fit``: λ and β from choices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from coopgap.commands.options import Json, MaxBytes, argument, flag, option
from coopgap.outcomes import HOLDS, Outcome
from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import MAX_BYTES


def fit(
    files: Annotated[list[Path], argument("FILE...", "Counts, choices, logs, or folders of runs.")],
    json: Json = False,
    dataset: Annotated[
        Path | None, option("CSV", "The games that a CSV of choices is about.", "none")
    ] = None,
    bootstrap: Annotated[int, option("N", "Refits; 0: profile likelihood.", min=0)] = 0,
    threshold: Annotated[
        str | None, option("LAMBDA", "Test the estimate against it.", "none")
    ] = None,
    pool: Annotated[bool, flag("--pool", "One estimate for all conditions together.")] = False,
    seed: Annotated[int, option("K", "Where the refits come from.")] = 0,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Estimate prosociality and precision from choices."""
    from coopgap.llm_checks.fitting.choices import read_all
    from coopgap.llm_checks.fitting.fit import document
    from coopgap.llm_checks.fitting.fit import fit as fitted
    from coopgap.terminal.estimates import story
    from coopgap.terminal.output import progress

    level = _level(threshold)
    choices = read_all(files, dataset, max_bytes or MAX_BYTES)
    apart = choices.by_condition()
    parts = [choices] if pool or len(apart) == 1 else list(apart.values())
    with progress() as tell:
        fits = [
            fitted(part, bootstrap=bootstrap, threshold=level, seed=seed, progress=tell)
            for part in parts
        ]
    return Outcome(HOLDS, document(fits, choices), lambda: [story(fits, choices.dropped)], json)


def _level(text: str | None) -> float | None:
    """A level of λ for statistics, from an exact number."""
    from coopgap.theory.errors import inside
    from coopgap.theory.exact import parse_number

    if text is None:
        return None
    with inside("--threshold"):
        try:
            return float(parse_number(text))
        except OverflowError:
            raise InputError(f"{text!r} is too large", fix="λ is below 1e308") from None
