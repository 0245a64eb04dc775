"""Several models in one run: what each played, and how the predictions fared with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coopgap.llm_checks.judging.findings import Findings, document_of
from coopgap.llm_checks.judging.intervals import clopper_pearson
from coopgap.llm_checks.judging.pages import Part, Report
from coopgap.llm_checks.judging.report import measured, notes, payoffs, prompt, said, title
from coopgap.llm_checks.playing.run import Run

Judged = Sequence[tuple[Run, Findings]]

APART = (
    "Each model is judged for itself, Holm's correction being over its own primary predictions; "
    "nothing is corrected over the models."
)


def comparison(judged: Judged, failed: Mapping[str, str]) -> Report:
    """A report that sets models side by side; failed: why others were not heard."""
    first = judged[0][0]
    told = [note for run, found in judged for note in notes(run, found)]
    lost = [f"{name} was not heard: {reason}" for name, reason in failed.items()]
    return Report(
        f"{len(judged)} models play {first.header.get('source')}",
        [_conclusion(judged), APART],
        [_played(judged), _verdicts(judged), payoffs(first), prompt(first)],
        list(dict.fromkeys([*lost, *told])),
    )


def document(judged: Judged, failed: Mapping[str, str]) -> dict[str, Any]:
    """``coopgap.plays/1``: the documents of all runs."""
    return {
        "schema": "coopgap.plays/1",
        "runs": [document_of(run, found) for run, found in judged],
        "failed": dict(failed),
    }


def name_of(run: Run) -> str:
    """Who plays, as it is shown."""
    return title(run).rpartition(" plays ")[0]


def _conclusion(judged: Judged) -> str:
    """Of each primary prediction, with which models it fared how, in words."""
    by: dict[str, dict[str, list[str]]] = {}
    for run, found in judged:
        for each in found.judged:
            if each.observations and (each.primary or found.changed):
                of = by.setdefault(said(each), {})
                of.setdefault(each.judgement.verdict, []).append(name_of(run))
    if not by:
        return "Nothing that was predicted was measured."
    told = []
    for statement, verdicts in by.items():
        fared = [f"{verdict}: {_listed(who, judged)}" for verdict, who in verdicts.items()]
        told.append(f"{statement[0].upper()}{statement[1:]} ({'; '.join(fared)}).")
    return " ".join(told)


def _listed(who: Sequence[str], judged: Judged) -> str:
    return f"all {len(judged)}" if len(who) == len(judged) else ", ".join(who)


def _played(judged: Judged) -> Part:
    rows = []
    pairs = [(run, found, each) for run, found in judged for each in found.conditions]
    order = list(dict.fromkeys(each.condition for *_, each in pairs))
    for run, found, each in sorted(pairs, key=lambda pair: order.index(pair[2].condition)):
        if each.welfare is not None:
            low, high = clopper_pearson(each.first_best, each.plays)
            rate = f"{each.first_best / each.plays:.2f} [{low:.2f}, {high:.2f}]"
            who = each.condition, name_of(run), str(each.plays)
            told = found.revealed[each.condition].told()
            rows.append([*who, rate, f"{float(each.welfare):.3g}", told])
    header = ["condition", "model", "plays", "first best [95 %]", "mean welfare", "λ̂ [95 %]"]
    return Part("Models compared", header, rows)


def _verdicts(judged: Judged) -> Part:
    rows = [
        [e.prediction.id, e.prediction.claim, name_of(run), measured(e), e.judgement.verdict]
        for run, found in judged
        for e in found.judged
        if e.observations and e.primary
    ]
    order = list(dict.fromkeys(e.prediction.id for _, found in judged for e in found.judged))
    rows.sort(key=lambda row: order.index(row[0]))
    header = ["prediction", "claim", "model", "measured [95 %]", "verdict"]
    return Part("Verdicts by model", header, rows)
