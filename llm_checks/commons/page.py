"""The report on published runs of a commons: one HTML page, the same in Markdown, a figure."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from coopgap.llm_checks.commons.judged import (
    MISSING,
    STATEMENTS,
    CommonsReplay,
    Judged,
)
from coopgap.llm_checks.commons.published import Cell
from coopgap.llm_checks.judging import pages
from coopgap.llm_checks.judging.evidence import VERDICTS
from coopgap.llm_checks.judging.pages import Part, Report, drawing, with_interval

FIGURE = "runs.svg"


def files(replay: CommonsReplay) -> dict[str, str]:
    """All files of the report by name."""
    from coopgap.llm_checks.commons.figure import runs
    from coopgap.proofs.exposition.figures.style import rendered

    svg = rendered(runs(replay.prediction, replay.cells), "svg").decode()
    return {**pages.files(report(replay, svg)), FIGURE: svg}


def counts(replay: CommonsReplay) -> list[tuple[str, str, dict[str, list[str]]]]:
    """By prediction its id, its statement, and by verdict the models with how many cells."""
    rows = []
    for name, statement in STATEMENTS.items():
        results = [result for result in replay.judged if result.prediction == name]
        if results:
            by_verdict = {}
            for verdict in (*VERDICTS, "not judged"):
                judged = [own for own in results if (own.verdict or "not judged") == verdict]
                models = Counter(result.model for result in judged)
                by_verdict[verdict] = [f"{model} {count}" for model, count in models.items()]
            rows.append((name, statement, by_verdict))
    return rows


def report(replay: CommonsReplay, svg: str = "") -> Report:
    """Counts, the figure, every judgement, every cell, and what is not known; svg: the figure."""
    verdicts = [
        Part(
            statement[0].upper() + statement[1:],
            HEAD,
            [_row(result) for result in replay.judged if result.prediction == name],
        )
        for name, statement in STATEMENTS.items()
    ]
    return Report(
        f"{Path(replay.summary).name} against the theory",
        [
            "No model was run: the summary's means and intervals are judged.",
            f"One predicted number counts give or take {replay.margin}: of rates in hundredths, of "
            "catches as a share of the first best.",
        ],
        [
            drawing("Catch and survival", FIGURE, svg, CAPTION),
            Part(
                "Predictions",
                ("prediction", *VERDICTS, "not judged"),
                [
                    [statement, *(", ".join(models) or "–" for models in by_verdict.values())]
                    for _, statement, by_verdict in counts(replay)
                ],
            ),
            *verdicts,
            Part("Cells", CELLS, [_cell(cell) for cell in replay.cells]),
            Part("Not in the data", entries=MISSING),
            Part("Doubts", entries=replay.doubts),
        ],
    )


CAPTION = (
    "By the number of prosocial agents. Lines: the equilibrium of the best stagewise selection, "
    "and the first best; marks and bars: means with 95 % intervals."
)
CELLS = (
    *("model", "condition", "prosocial", "R", "q"),
    *("lasting all months", "n_parent_runs", "total_runs"),
)
HEAD = (
    *("model", "condition", "prosocial", "predicted", "measured [95 %]"),
    *("runs", "verdict", "if only batches count"),
)


def _row(result: Judged) -> tuple[str, ...]:
    low, high = result.predicted
    bounds = f"≥ {low}" if high is None else f"≤ {high}" if low is None else f"= {low}"
    return (
        result.model,
        result.condition,
        result.prosocial,
        bounds,
        with_interval(result.measured, 3 if result.quantity == "lasting" else 1),
        f"{result.runs} in {result.parents}",
        result.verdict or result.reason,
        result.cautious or "–",
    )


def _cell(cell: Cell) -> tuple[str, ...]:
    return (
        cell.model,
        cell.name,
        str(cell.prosocial),
        with_interval([float(end) for end in cell.catch], 1),
        with_interval([float(end) for end in cell.lasting], 3),
        f"{cell.full} of {cell.full + cell.below}",
        str(cell.parents),
        str(cell.runs),
    )
