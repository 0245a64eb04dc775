"""The report of a played commons: a page, the same in Markdown, a figure and a summary as CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from textwrap import shorten

from coopgap.llm_checks.commons.page import FIGURE
from coopgap.llm_checks.commons.playing.results import CommonsFindings, Measured, Shown, cells
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
    drawn = _figure(findings)
    texts = pages.files(report(findings, drawn)) | {"summary.csv": summary_csv(cells(findings))}
    return texts | ({FIGURE: drawn} if drawn else {})


def report(findings: CommonsFindings, drawn: str = "") -> Report:
    """All that a run shows, as a document; drawn: its figure as SVG."""
    run = findings.run
    asked = next((q for play in run.plays for q in play.questions), None)
    prompt = "" if asked is None else f"{asked.system}\n\n{asked.prompt}"
    return Report(
        f"{run.study.specification.title}: played by {run.header['model']}",
        [conclusion(findings), _explained(findings)],
        [
            drawing("Catch and survival", FIGURE, drawn, CAPTION),
            Part("Predictions and verdicts", VERDICTS, verdicts(findings)),
            Part(
                "What was caught",
                (
                    *("condition", "plays", "broken off", "total catch [95 %]"),
                    *("share of the gap", "lasted", "survival [95 %]", "an agent, by kind"),
                ),
                [_row(each) for each in findings.shown],
            ),
            Part(
                "What was asked for in all, month by month",
                ("condition", "units, on average over the plays that came so far"),
                [
                    [str(each.expected.condition), ", ".join(f"{v:.1f}" for v in each.by_month)]
                    for each in findings.shown
                    if each.by_month
                ],
            ),
            Part(
                "Not predicted",
                ("condition", "why"),
                [
                    [str(each.expected.condition), each.expected.reason]
                    for each in findings.shown
                    if each.expected.reason
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
            each.judgement.verdict,
            each.condition,
            each.statement,
            measured((each.judgement.estimate, each.judgement.low, each.judgement.high)),
            str(each.plays),
            each.judgement.method
            + (f"; about {each.judgement.needed} needed" if each.judgement.needed else ""),
        ]
        for each in findings.judged
    ]


def notes(findings: CommonsFindings) -> list[str]:
    """What a reader must know first."""
    run = findings.run
    found = []
    if is_simulated(str(run.header["model"])):
        found.append("Simulated agents: no language model is behind these numbers.")
    if findings.changed:
        found.append(findings.changed)
    if run.incomplete:
        found.append(f"Incomplete: {run.incomplete}. Only plays that ended count.")
    broken = sum(each.broken for each in findings.shown)
    if broken:
        found.append(f"{broken} plays were broken off, as replies could not be read; none counts.")
    if any(each.menu for each in run.plays):
        found.append(
            "These agents cannot write numbers: they choose among a few demands, so that a "
            "prediction about all demands is tested only roughly."
        )
    return found


def conclusion(findings: CommonsFindings) -> str:
    """What the run says of the predictions, in one paragraph of words."""
    ended = sum(each.plays for each in findings.shown)
    told = [(e.judgement.verdict, f"{e.condition}: {e.statement}") for e in findings.judged]
    return " ".join([f"{ended} plays came to their end.", *by_verdict(told)])


def _explained(findings: CommonsFindings) -> str:
    study = findings.run.study
    return (
        f"The first best is {study.prediction.best} units. Observations are plays, never agents or "
        f"months; verdicts are at 95 % with Holm's correction over {len(findings.judged)}. "
        f"Registered before the first answer: {study.sha256[:16]}…"
    )


def _row(shown: Shown) -> list[str]:
    kinds = ", ".join(f"{kind} {value:.1f}" for kind, value in shown.by_kind.items())
    return [
        str(shown.expected.condition),
        str(shown.plays),
        str(shown.broken),
        measured(shown.catch, 1),
        "–" if shown.closed is None else f"{shown.closed:.2f}".replace("-", "−"),
        f"{shown.lasting} of {shown.plays}",
        measured(shown.survival),
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
            lines = "; ".join(line.told(play.commons) for line in play.proposal.lines)
            said = shorten(lines, SHOWN, placeholder=" …") or play.proposal.reason
            key = str(play.condition), said or play.proposal.status
            proposed[key] += 1
            accepted[key] += play.quota is not None
    return [[*key, str(count), str(accepted[key])] for key, count in proposed.items()]


def _figure(findings: CommonsFindings) -> str:
    """The figure of published runs, with these; empty without a cell."""
    drawn = cells(findings)
    if not drawn:
        return ""
    from coopgap.llm_checks.commons.figure import runs
    from coopgap.proofs.exposition.figures.style import rendered

    svg = rendered(runs(findings.run.study.prediction, drawn), "svg").decode()
    return svg[svg.index("<svg") :]


def summary_csv(drawn: Sequence[Cell]) -> str:
    """Cells as the summary that ``play --replay`` reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for cell in drawn:
        measured = map(float, (*cell.catch, *cell.lasting))
        counts = cell.full, cell.below, cell.parents, cell.runs
        writer.writerow([cell.model, cell.prosocial, cell.condition, *measured, *counts])
    return text.getvalue()
