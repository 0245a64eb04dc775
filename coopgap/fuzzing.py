"""Conjectures tried and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coopgap.main import HOLDS, Outcome
from proofs.fuzzing.campaigns import Budget, Journal, Verdict, campaign
from proofs.fuzzing.conjectures import Conjecture

STYLES = {"refuted": "red", "survived": "green", "hardly-tested": "yellow"}


def campaign_of(
    conjectures: Sequence[Conjecture],
    cases: int | None,
    seconds: float | None,
    seed: int,
    workers: int,
    journal: Path | None,
    resume: bool,
    tell: Callable[[str], None] | None,
) -> list[Verdict]:
    """What becomes of each conjecture."""
    return campaign(
        conjectures,
        budget=Budget(cases, seconds),
        seed=seed,
        workers=workers,
        journal=Journal(journal, resume),
        progress=tell,
    )


def listed(conjectures: Sequence[Conjecture], json: bool) -> Outcome:
    """The conjectures with their statements, untried."""
    entries = [
        {"id": each.id, "statement": each.statement, "source": each.source} for each in conjectures
    ]

    def stories() -> Sequence[Table]:
        table = Table(box=None, pad_edge=False)
        table.add_column("id", no_wrap=True)
        table.add_column("statement")
        for each in conjectures:
            table.add_row(Text(each.id), Text(each.statement))
        return [table]

    return Outcome(
        HOLDS, {"schema": "coopgap.conjectures/1", "conjectures": entries}, stories, json
    )


def story(verdicts: Sequence[Verdict]) -> Group:
    """What became of the conjectures, in words."""
    return Group(*(_told(each) for each in verdicts))


def _told(verdict: Verdict) -> Group:
    head = Text(verdict.status, style=STYLES[verdict.status])
    head.append(f"  {verdict.id}", style="default bold")
    head.append(f"  {verdict.statement}", style="default not bold")
    counts = [f"{verdict.cases:,} cases in {verdict.seconds:.1f} s"]
    if verdict.vacuous:
        counts.append(f"{verdict.vacuous:,} do not meet the hypotheses")
    if verdict.unknown:
        counts.append(f"{verdict.unknown:,} undecided")
    parts: list[Text | Padding] = [head, Padding(Text("; ".join(counts)), (0, 0, 0, 2))]
    if verdict.counterexample is not None:
        parts.append(Padding(Text(verdict.counterexample.rstrip(), style="dim"), (0, 0, 0, 4)))
    return Group(*parts, Text())
