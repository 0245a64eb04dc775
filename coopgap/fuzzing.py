"""Conjectures tried and told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coopgap.main import HOLDS, Outcome
from proofs.fuzzing.campaigns import Verdict
from proofs.fuzzing.conjectures import Conjecture

SHAPES = 6
"""How many shapes of games are told; the JSON has all."""

STYLES = {"refuted": "red", "survived": "green", "hardly-tested": "yellow"}


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
    parts: list[Text | Padding] = [head]
    for line in _account(verdict):
        parts.append(Padding(Text(line), (0, 0, 0, 2)))
    if verdict.counterexample is not None:
        parts.append(Padding(Text(verdict.counterexample.rstrip(), style="dim"), (0, 0, 0, 4)))
    return Group(*parts, Text())


def _account(verdict: Verdict) -> Iterator[str]:
    """How hard the campaign looked."""
    said = verdict.synthesis
    if said is not None:
        yield (
            f"{said['boxes']:,} boxes in {verdict.seconds:.1f} s; z3 finds no counterexample in "
            f"{said['clear']:,}, and does not say in {said['undecided']:,}"
        )
    else:
        counts = [f"{verdict.cases:,} cases in {verdict.seconds:.1f} s"]
        if verdict.vacuous:
            counts.append(f"{verdict.vacuous:,} do not meet the hypotheses")
        if verdict.unknown:
            counts.append(f"{verdict.unknown:,} undecided")
        yield "; ".join(counts)
    if verdict.counterexample is None:
        if len(verdict.shapes) > 1:
            listed = [f"{shape}: {cases:,}" for shape, cases in verdict.shapes.items()]
            more = f", and {len(listed) - SHAPES} more" if len(listed) > SHAPES else ""
            yield f"shapes {'; '.join(listed[:SHAPES])}{more}"
        for text, met in verdict.hypotheses.items():
            yield f"{text}: met by {met:,}"
    if verdict.note is not None:
        yield verdict.note
