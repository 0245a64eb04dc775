"""The report on published runs of a commons, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from coopgap.llm_checks.commons.judged import (
    MISSING,
    STATEMENTS,
    CommonsReplay,
    Judged,
)

FIGURE = "runs.svg"

VERDICTS = ("consistent", "contradicted", "inconclusive")


def files(replay: CommonsReplay) -> dict[str, str]:
    """All files of the report by name."""
    from coopgap.llm_checks.commons.figure import runs
    from coopgap.proofs.exposition.figures.style import rendered

    drawn = rendered(runs(replay), "svg").decode()
    return {"report.md": markdown(replay), FIGURE: drawn}


def counts(replay: CommonsReplay) -> list[tuple[str, str, dict[str, list[str]]]]:
    """By prediction its id, its statement, and by verdict the models with how many cells."""
    found = []
    for name, statement in STATEMENTS.items():
        own = [each for each in replay.judged if each.prediction == name]
        if own:
            by_verdict = {}
            for verdict in (*VERDICTS, "not judged"):
                wanted = None if verdict == "not judged" else verdict
                models = [each.model for each in own if each.verdict == wanted]
                by_verdict[verdict] = [
                    f"{model} {models.count(model)}" for model in dict.fromkeys(models)
                ]
            found.append((name, statement, by_verdict))
    return found


def markdown(replay: CommonsReplay) -> str:
    """The report: counts, the figure, every judgement, every cell, and what is not known."""
    name = Path(replay.summary).name
    lines = [f"# {name} against the theory", ""]
    lines += [f"![Catch and survival by the number of prosocial agents]({FIGURE})", ""]
    lines += ["## Predictions", ""]
    lines += _table(
        ("prediction", "consistent", "contradicted", "inconclusive", "not judged"),
        (
            (statement, *(", ".join(models) or "–" for models in by_verdict.values()))
            for _, statement, by_verdict in counts(replay)
        ),
    )
    for name, statement in STATEMENTS.items():
        own = [each for each in replay.judged if each.prediction == name]
        if own:
            lines += [f"## {statement[0].upper()}{statement[1:]}", ""]
            lines += _table(HEAD, (_row(each) for each in own))
    lines += ["## Cells", ""]
    lines += _table(
        CELLS,
        (
            (
                cell.model,
                cell.name,
                str(cell.prosocial),
                _told([float(each) for each in cell.catch], 1),
                _told([float(each) for each in cell.lasting], 3),
                f"{cell.full} of {cell.full + cell.below}",
                str(cell.parents),
                str(cell.runs),
            )
            for cell in replay.cells
        ),
    )
    for title, entries in (("Not in the data", MISSING), ("Doubts", replay.doubts)):
        if entries:
            lines += [f"## {title}", "", *(f"- {each}" for each in entries), ""]
    return "\n".join(lines)


CELLS = (
    *("model", "condition", "prosocial", "R", "q"),
    *("lasting all months", "n_parent_runs", "total_runs"),
)
HEAD = (
    *("model", "condition", "prosocial", "predicted", "measured [95 %]"),
    *("runs", "verdict", "if only batches count"),
)


def _row(each: Judged) -> tuple[str, ...]:
    low, high = each.predicted
    told = f"≥ {low}" if high is None else f"≤ {high}" if low is None else f"= {low}"
    return (
        each.model,
        each.condition,
        each.prosocial,
        told,
        _told(each.measured, 3 if each.quantity == "lasting" else 1),
        f"{each.runs} in {each.parents}",
        each.verdict or each.reason,
        each.cautious or "–",
    )


def _told(values: Sequence[float], digits: int) -> str:
    middle, low, high = (f"{value:.{digits}f}".replace("-", "−") for value in values)
    return f"{middle} [{low}, {high}]"


def _table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> list[str]:
    listed = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*listed, *(f"| {' | '.join(row)} |" for row in rows), ""]
