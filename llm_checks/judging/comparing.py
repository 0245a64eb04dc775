"""Several models in one run: what each played, and how the predictions fared with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coopgap.llm_checks.judging.findings import Findings, document_of
from coopgap.llm_checks.judging.intervals import clopper_pearson
from coopgap.llm_checks.judging.pages import Part, Report
from coopgap.llm_checks.judging.report import in_brief, interval_text, notes, payoffs, prompt, title
from coopgap.llm_checks.playing.run import Run

Judged = Sequence[tuple[Run, Findings]]

APART = (
    "Each model is judged for itself, Holm's correction being over its own primary predictions; "
    "nothing is corrected over the models."
)


def comparison(judged: Judged, failed: Mapping[str, str]) -> Report:
    """A report that sets models side by side; failed: why others were not heard."""
    first_run = judged[0][0]
    remarks = [note for run, findings in judged for note in notes(run, findings)]
    failures = [f"{name} was not heard: {reason}" for name, reason in failed.items()]
    return Report(
        f"{len(judged)} models play {first_run.header.get('source')}",
        [_conclusion(judged), APART],
        [_played(judged), _verdicts(judged), payoffs(first_run), prompt(first_run)],
        list(dict.fromkeys([*failures, *remarks])),
    )


def document(judged: Judged, failed: Mapping[str, str]) -> dict[str, Any]:
    """``coopgap.plays/1``: the documents of all runs."""
    return {
        "schema": "coopgap.plays/1",
        "runs": [document_of(run, findings) for run, findings in judged],
        "failed": dict(failed),
    }


def name_of(run: Run) -> str:
    """Who plays, as it is shown."""
    return title(run).rpartition(" plays ")[0]


def _conclusion(judged: Judged) -> str:
    """Of each primary prediction, with which models it fared how, in words."""
    by_statement: dict[str, dict[str, list[str]]] = {}
    for run, findings in judged:
        for result in findings.leading:
            entries = by_statement.setdefault(in_brief(result), {})
            entries.setdefault(result.judgement.verdict, []).append(name_of(run))
    if not by_statement:
        return "Nothing that was predicted was measured."
    sentences = []
    for statement, verdicts in by_statement.items():
        outcomes = [f"{verdict}: {_listed(models, judged)}" for verdict, models in verdicts.items()]
        sentences.append(f"{statement[0].upper()}{statement[1:]} ({'; '.join(outcomes)}).")
    return " ".join(sentences)


def _listed(models: Sequence[str], judged: Judged) -> str:
    return f"all {len(judged)}" if len(models) == len(judged) else ", ".join(models)


def _played(judged: Judged) -> Part:
    rows = []
    for run, findings in judged:
        for outcome in findings.conditions:
            if outcome.welfare is not None:
                low, high = clopper_pearson(outcome.first_best, outcome.plays)
                rate = f"{outcome.first_best / outcome.plays:.2f} [{low:.2f}, {high:.2f}]"
                labels = outcome.condition, name_of(run), str(outcome.plays)
                revealed = findings.revealed[outcome.condition].in_words()
                rows.append([*labels, rate, f"{float(outcome.welfare):.3g}", revealed])
    names = [outcome.condition for _, findings in judged for outcome in findings.conditions]
    header = ["condition", "model", "plays", "first best [95 %]", "mean welfare", "λ̂ [95 %]"]
    return Part("Models compared", header, _sorted(rows, names))


def _verdicts(judged: Judged) -> Part:
    rows = [
        [
            result.prediction.id,
            result.prediction.claim,
            name_of(run),
            interval_text(result),
            result.judgement.verdict,
        ]
        for run, findings in judged
        for result in findings.judged
        if result.observations and result.primary
    ]
    header = ["prediction", "claim", "model", "measured [95 %]", "verdict"]
    names = [result.prediction.id for _, findings in judged for result in findings.judged]
    return Part("Verdicts by model", header, _sorted(rows, names))


def _sorted(rows: list[list[str]], names: list[str]) -> list[list[str]]:
    """The rows in the order in which their first cells are named first."""
    return sorted(rows, key=lambda row: names.index(row[0]))
