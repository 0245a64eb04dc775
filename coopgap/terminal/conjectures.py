"""Conjectures tried, inputs mutated and peers asked, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import indent
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.terminal.blocks import indented
from coopgap.terminal.tables import Columns, Verbatim

if TYPE_CHECKING:
    from coopgap.proofs.fuzzing.campaigns import Verdict
    from coopgap.proofs.selftest.inputs import Tally
    from coopgap.proofs.selftest.peers import Comparison

SHAPES = 6
"""How many shapes of games are told; the JSON has all."""

STYLES = {"refuted": "red", "survived": "green", "hardly-tested": "yellow"}


def story(verdicts: Sequence[Verdict]) -> Group:
    """What became of the conjectures, in words."""
    stories = [_verdict(verdict) for verdict in verdicts]
    return Group(*stories[:1], *(part for group in stories[1:] for part in (Text(), group)))


def _verdict(verdict: Verdict) -> Group:
    head = Text(verdict.status, style=STYLES[verdict.status])
    head.append(f"  {verdict.id}", style="default bold")
    head.append(f"  {verdict.statement}", style="default not bold")
    parts: list[RenderableType] = [head]
    for line in _account(verdict):
        parts.append(indented(Text(line)))
    if verdict.counterexample is not None:
        parts.append(Verbatim(indent(verdict.counterexample.rstrip(), " " * 4)))
    return Group(*parts)


def _account(verdict: Verdict) -> Iterator[str]:
    """How hard the campaign looked."""
    synthesis = verdict.synthesis
    if synthesis is not None:
        yield (
            f"{synthesis['boxes']:,} boxes in {verdict.seconds:.1f} s; "
            f"z3 finds no counterexample in {synthesis['clear']:,}, "
            f"and does not say in {synthesis['undecided']:,}"
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
        for text, count in verdict.hypotheses.items():
            yield f"{text}: met by {count:,}"
    if verdict.note is not None:
        yield verdict.note


def inputs_story(tallies: Sequence[Tally]) -> list[RenderableType]:
    """What became of mutated inputs: a row a kind, then the finds."""
    rows = []
    for tally in tallies:
        counts = (tally.cases, tally.refused, tally.accepted, tally.undecided, len(tally.finds))
        rows.append((tally.kind, *(f"{n:,}" for n in counts), f"{tally.seconds:.1f}"))
    head = ("kind", "cases", "refused", "accepted", "undecided", "finds", "seconds")
    finds = [find for tally in tallies for find in tally.finds]
    return [
        Columns(head, rows, numbers=True),
        *(Verbatim(f"{f.kind} {f.case}: {f.fault}\n{f.document()['input']}") for f in finds),
    ]


def peers_story(comparisons: Sequence[Comparison]) -> RenderableType:
    """Where peers differ."""
    rows = []
    for comparison in comparisons:
        reason = comparison.skipped or comparison.why or ""
        counts = (f"{comparison.cases:,}", f"{comparison.disagreements:,}")
        rows.append(
            (comparison.statement, comparison.peer, *counts, comparison.right or "", reason)
        )
    return Columns(("statement", "peer", "cases", "differ", "right", "why"), rows)
