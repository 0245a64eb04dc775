"""The report of a judged summary: one HTML page without further files, the same in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from coopgap.llm_checks.judging import pages
from coopgap.llm_checks.judging.evidence import VERDICTS, Judgement
from coopgap.llm_checks.judging.pages import Part, Report, drawing, with_interval
from coopgap.llm_checks.predicting.quantities import words_for
from coopgap.llm_checks.replaying.replay import Ordering, Replay, Row

FIGURES = {
    "first-best.svg": "Predicted and measured rates of the first best",
    "pure-equilibrium.svg": "Predicted and measured rates of selfish agents' pure equilibria",
    "orderings.svg": "Orderings: differences of the rates of the first best",
}
_CAPTION = (
    "Bands: predicted. Marks and lines: measured, with the 95 % interval. Filled circles are "
    "consistent, crosses contradicted, open circles inconclusive, dots not judged."
)


def counted(replay: Replay) -> str:
    """The verdicts counted, and what can be said of exact predictions."""
    verdicts = [judgement.verdict for judgement in replay.judgements]
    counts = [f"{verdicts.count(name)} {name}" for name in VERDICTS]
    text = f"{len(verdicts)} predictions judged: {', '.join(counts)}."
    margins = [
        row.margin
        for row in replay.rows
        if row.judgement and row.judgement.verdict == "inconclusive" and row.low == row.high
    ]
    ends = [margin for margin in margins if margin is not None]
    if ends:
        text += (
            f" Of the inconclusive, {len(ends)} say exactly 0 or 1, give or take {replay.margin}: "
            f"the intervals reach {min(ends):.2f} to {max(ends):.2f} beyond."
        )
    return text


def bounds_text(row: Row) -> str:
    """``= 0``, ``≤ 4/9``, ``[1/3, 14/15]``, or nothing; long fractions rounded."""
    if row.low is None or row.high is None:
        return ""
    if row.low == row.high:
        return f"= {_short(row.low)}"
    if row.low <= 0:
        return f"≤ {_short(row.high)}"
    if row.high >= 1:
        return f"≥ {_short(row.low)}"
    return f"[{_short(row.low)}, {_short(row.high)}]"


def _measured(judgement: Judgement) -> str:
    return with_interval(judgement.ends, 3)


def within(row: Row) -> str:
    """How far an inconclusive interval reaches beyond the predicted one."""
    open_still = row.judgement is not None and row.judgement.verdict == "inconclusive"
    return f"{row.margin:.3f}" if open_still and row.margin is not None else ""


def tables(replay: Replay) -> list[Part]:
    """The report's tables."""
    parts: list[Part] = []
    header = ["model", "setting", "contract", "prompt", "predicted", "measured [95 %]", "verdict"]
    for quantity in dict.fromkeys(row.quantity for row in replay.rows):
        rows = [
            [
                row.model,
                row.setting,
                row.contract,
                row.prompt,
                bounds_text(row),
                _measured(row.judgement),
                row.judgement.verdict,
                within(row),
                row.basis,
            ]
            for row in replay.rows
            if row.quantity == quantity and row.judgement is not None
        ]
        title = words_for(quantity)
        columns = [*header, "open within", "bounds of"]
        parts.append(Part(title[0].upper() + title[1:], columns, rows))
    parts.append(
        Part(
            "Orderings",
            ["claim", "model", "likelier in", "than in", "difference [95 %]", "verdict", "so in"],
            [
                [
                    ordering.claim,
                    ordering.model,
                    ordering.higher,
                    ordering.lower,
                    _measured(ordering.judgement),
                    ordering.judgement.verdict,
                    "all equilibria" if ordering.certain else "the best equilibria",
                ]
                for ordering in by_claim(replay)
                if ordering.judgement is not None
            ],
        )
    )
    parts.append(Part("Not judged", ["why", "what", "models"], unjudged(replay)))
    return parts


def by_claim(replay: Replay) -> list[Ordering]:
    """The orderings, those of one claim and one pair of conditions together."""
    subjects = list(dict.fromkeys(ordering.subject for ordering in replay.orderings))
    return sorted(replay.orderings, key=lambda ordering: subjects.index(ordering.subject))


def unjudged(replay: Replay) -> list[list[str]]:
    """The rows that are not judged: reason, subjects and models."""
    models: dict[tuple[str, str], dict[str, None]] = {}
    entries: list[Row | Ordering] = [*replay.rows, *replay.orderings]
    for entry in entries:
        if entry.judgement is None:
            models.setdefault((entry.reason, entry.subject), {})[entry.model] = None
    subjects: dict[tuple[str, str], list[str]] = {}
    for (reason, subject), names in models.items():
        subjects.setdefault((reason, ", ".join(names)), []).append(subject)
    return [[reason, ", ".join(group), names] for (reason, names), group in subjects.items()]


def lists(replay: Replay) -> list[tuple[str, list[str]]]:
    """The report's lists: title, entries."""
    columns = [f"{name}: {reason}" for name, reason in replay.unjudged.items()]
    return [
        ("What does not fit together", list(replay.doubts)),
        ("What the summary does not contain", list(replay.missing)),
        ("Columns that are not judged", columns),
        ("Assumed", list(replay.assumed)),
    ]


def report(replay: Replay, figures: Mapping[str, str]) -> Report:
    """The report; figures: SVG documents by name."""
    drawings = [
        drawing(FIGURES[name], name, svg, _CAPTION, "scroll paper") for name, svg in figures.items()
    ]
    names = [Path(file).name for file in (replay.summary, replay.dataset)]
    entries = [Part(heading, entries=items) for heading, items in lists(replay)]
    parts = [*drawings, *tables(replay), *entries]
    return Report(f"{names[0]} against the theory of {names[1]}", [counted(replay)], parts)


def files(replay: Replay) -> dict[str, str]:
    """All files of the report by name; figures only of what there is to draw."""
    from coopgap.llm_checks.replaying.figure import orderings, rates
    from coopgap.proofs.exposition.figures.style import rendered

    measured = {f"{row.quantity}.svg" for row in replay.rows if row.measured}
    drawings = {
        name: rates(replay, name.removesuffix(".svg")) for name in FIGURES if name in measured
    }
    if any(ordering.judgement for ordering in replay.orderings):
        drawings["orderings.svg"] = orderings(replay)
    figures = {name: rendered(figure, "svg").decode() for name, figure in drawings.items()}
    return {**pages.files(report(replay, figures)), **figures}


def _short(value: Fraction) -> str:
    return str(value) if len(str(value)) <= 7 else f"{float(value):.4f}"
