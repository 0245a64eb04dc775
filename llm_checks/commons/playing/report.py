"""The report of a played commons: a page, the same in Markdown, a figure and a summary as CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from textwrap import shorten

from coopgap.llm_checks.commons.page import FIGURE
from coopgap.llm_checks.commons.playing.results import CommonsFindings, Measured, Outcome, cells
from coopgap.llm_checks.commons.published import COLUMNS, Cell
from coopgap.llm_checks.judging import pages
from coopgap.llm_checks.judging.pages import Part, Report, by_verdict, drawing, with_interval
from coopgap.llm_checks.playing.models import is_simulated

SHOWN = 200
"""The longest proposal, in characters, that is shown whole."""

CAPTION = (
    "By the number of altruistic agents, the others being selfish. Lines: the equilibrium of the "
    "best stagewise selection; dots and bars: means of plays with 95 % intervals."
)


def files(findings: CommonsFindings) -> dict[str, str]:
    """All files of the report by name."""
    svg = _figure(findings)
    texts = pages.files(report(findings, svg)) | {"summary.csv": summary_csv(cells(findings))}
    return texts | ({FIGURE: svg} if svg else {})


def report(findings: CommonsFindings, svg: str = "") -> Report:
    """All that a run shows, as a document; svg: its figure."""
    run = findings.run
    question = next((q for play in run.plays for q in play.questions), None)
    prompt = "" if question is None else f"{question.system}\n\n{question.prompt}"
    return Report(
        f"{run.study.specification.title}: played by {run.header['model']}",
        [conclusion(findings), _explained(findings)],
        [
            drawing("Catch and survival", FIGURE, svg, CAPTION),
            Part("Predictions and verdicts", VERDICTS, verdicts(findings)),
            Part(
                "What was caught",
                (
                    *("condition", "plays", "broken off", "total catch [95 %]"),
                    *("share of the gap", "lasted", "survival [95 %]", "an agent, by kind"),
                ),
                [_row(outcome) for outcome in findings.outcomes],
            ),
            Part(
                "What was asked for in all, month by month",
                ("condition", "units, on average over the plays that came so far"),
                [
                    [str(own.expected.condition), ", ".join(f"{v:.1f}" for v in own.by_month)]
                    for own in findings.outcomes
                    if own.by_month
                ],
            ),
            Part(
                "Not predicted",
                ("condition", "why"),
                [
                    [str(outcome.expected.condition), outcome.expected.reason]
                    for outcome in findings.outcomes
                    if outcome.expected.reason
                ],
            ),
            Part(
                "Quotas that were proposed",
                ("condition", "proposal", "plays", "agreed"),
                _proposals(findings),
            ),
            Part("One prompt in full", text=prompt),
        ],
        notes(findings),
    )


VERDICTS = ("verdict", "condition", "prediction", "measured [95 %]", "plays", "method")


def verdicts(findings: CommonsFindings) -> list[list[str]]:
    """The rows of the table of verdicts."""
    return [
        [
            result.judgement.verdict,
            result.condition,
            result.statement,
            measured(result.judgement.ends),
            str(result.plays),
            result.judgement.method
            + (f"; about {result.judgement.needed} needed" if result.judgement.needed else ""),
        ]
        for result in findings.judged
    ]


def notes(findings: CommonsFindings) -> list[str]:
    """What a reader must know first."""
    run = findings.run
    remarks = []
    if is_simulated(str(run.header["model"])):
        remarks.append("Simulated agents: no language model is behind these numbers.")
    if findings.changed:
        remarks.append(findings.changed)
    if run.incomplete:
        remarks.append(f"Incomplete: {run.incomplete}. Only plays that ended count.")
    broken = sum(outcome.broken for outcome in findings.outcomes)
    if broken:
        reason = "as replies could not be read; none counts."
        remarks.append(f"{broken} plays were broken off, {reason}")
    if any(play.menu for play in run.plays):
        remarks.append(
            "These agents cannot write numbers: they choose among a few demands, so that a "
            "prediction about all demands is tested only roughly."
        )
    return remarks


def conclusion(findings: CommonsFindings) -> str:
    """What the run says of the predictions, in one paragraph of words."""
    ended = sum(outcome.plays for outcome in findings.outcomes)
    judged = findings.judged
    statements = [(own.judgement.verdict, f"{own.condition}: {own.statement}") for own in judged]
    return " ".join([f"{ended} plays came to their end.", *by_verdict(statements)])


def _explained(findings: CommonsFindings) -> str:
    study = findings.run.study
    return (
        f"The first best is {study.prediction.best} units. Observations are plays, never agents or "
        f"months; verdicts are at 95 % with Holm's correction over {len(findings.judged)}. "
        f"Registered before the first answer: {study.sha256[:16]}…"
    )


def _row(outcome: Outcome) -> list[str]:
    kinds = ", ".join(f"{kind} {value:.1f}" for kind, value in outcome.by_kind.items())
    return [
        str(outcome.expected.condition),
        str(outcome.plays),
        str(outcome.broken),
        measured(outcome.catch, 1),
        "–" if outcome.closed is None else f"{outcome.closed:.2f}".replace("-", "−"),
        f"{outcome.lasting} of {outcome.plays}",
        measured(outcome.survival),
        kinds,
    ]


def measured(values: Measured | None, digits: int = 2) -> str:
    """A mean with its interval, if there is one."""
    return "–" if values is None else with_interval(values, digits)


def _proposals(findings: CommonsFindings) -> list[list[str]]:
    """By condition what was proposed, in how many plays, and in how many of them agreed."""
    proposed: Counter[tuple[str, str]] = Counter()
    accepted: Counter[tuple[str, str]] = Counter()
    for play in findings.run.plays:
        if play.proposal is not None:
            lines = "; ".join(line.written(play.commons) for line in play.proposal.lines)
            text = shorten(lines, SHOWN, placeholder=" …") or play.proposal.reason
            key = str(play.condition), text or play.proposal.status
            proposed[key] += 1
            accepted[key] += play.quota is not None
    return [[*key, str(count), str(accepted[key])] for key, count in proposed.items()]


def _figure(findings: CommonsFindings) -> str:
    """The figure of published runs, with these; empty without a cell."""
    plotted = cells(findings)
    if not plotted:
        return ""
    from coopgap.llm_checks.commons.figure import runs
    from coopgap.proofs.exposition.figures.style import rendered

    svg = rendered(runs(findings.run.study.prediction, plotted), "svg").decode()
    return svg[svg.index("<svg") :]


def summary_csv(cells: Sequence[Cell]) -> str:
    """Cells as the summary that ``play --replay`` reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for cell in cells:
        measured = map(float, (*cell.catch, *cell.lasting))
        counts = cell.full, cell.below, cell.parents, cell.runs
        writer.writerow([cell.model, cell.prosocial, cell.condition, *measured, *counts])
    return text.getvalue()
