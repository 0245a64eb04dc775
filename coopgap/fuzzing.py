"""Conjectures tried and told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coopgap.files import prepare_directory, write_all, write_bytes
from coopgap.main import HOLDS, REFUTED, Outcome
from coopgap.proofs.fuzzing.campaigns import Verdict
from coopgap.proofs.fuzzing.conjectures import Conjecture
from coopgap.terminal import progress

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
    told = [_told(each) for each in verdicts]
    return Group(*told[:1], *(part for each in told[1:] for part in (Text(), each)))


def _told(verdict: Verdict) -> Group:
    head = Text(verdict.status, style=STYLES[verdict.status])
    head.append(f"  {verdict.id}", style="default bold")
    head.append(f"  {verdict.statement}", style="default not bold")
    parts: list[Text | Padding] = [head]
    for line in _account(verdict):
        parts.append(Padding(Text(line), (0, 0, 0, 2)))
    if verdict.counterexample is not None:
        parts.append(Padding(Text(verdict.counterexample.rstrip(), style="dim"), (0, 0, 0, 4)))
    return Group(*parts)


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


# --- inputs and peers -----------------------------------------------------------------------------


def of_inputs(
    kinds: Sequence[str],
    cases: int | None,
    seconds: float | None,
    seed: int,
    keep: Path | None,
    json: bool,
) -> Outcome:
    """What becomes of mutated inputs; status 1 if there is a find."""
    from coopgap.proofs.selftest import inputs

    if keep is not None:
        prepare_directory(keep, "--keep")
    with progress() as tell:
        tallies = inputs.campaign(kinds, cases, seconds, seed, progress=tell)
    finds = [find for tally in tallies for find in tally.finds]
    if keep is not None:
        names = {f"{f.kind}-{f.case}{inputs.KINDS[f.kind].suffix}": f.data for f in finds}
        write_bytes(keep, names, "--keep")

    def stories() -> Sequence[Table | Text]:
        table = Table(box=None, pad_edge=False)
        for name in ("kind", "cases", "refused", "accepted", "undecided", "finds", "seconds"):
            table.add_column(name, justify="left" if name == "kind" else "right")
        for each in tallies:
            counts = (each.cases, each.refused, each.accepted, each.undecided, len(each.finds))
            table.add_row(each.kind, *(f"{n:,}" for n in counts), f"{each.seconds:.1f}")
        told = [Text(f"{f.kind} {f.case}: {f.what}\n{f.document()['input']}") for f in finds]
        return [table, *told]

    documents = [each.document() for each in tallies]
    document = {"schema": "coopgap.fuzz-inputs/1", "seed": seed, "kinds": documents}
    return Outcome(REFUTED if finds else HOLDS, document, stories, json)


def of_peers(cases: int | None, seed: int, keep: Path | None, json: bool) -> Outcome:
    """Where peers differ; status 1 if coopgap is wrong anywhere."""
    from coopgap.proofs.selftest.peers import compare

    if keep is not None:
        prepare_directory(keep, "--keep")
    with progress() as tell:
        found = compare(cases or 100, seed, progress=tell)
    if keep is not None:
        named = {f"{each.statement}-{each.peer}": each.example for each in found}
        texts = {f"{n.replace(' ', '-')}.toml": text for n, text in named.items() if text}
        write_all(keep, texts, "--keep")

    def stories() -> Sequence[Table]:
        table = Table(box=None, pad_edge=False)
        for name in ("statement", "peer", "cases", "differ", "right", "why"):
            table.add_column(name)
        for each in found:
            why = each.skipped or each.why or ""
            counts = (f"{each.cases:,}", f"{each.disagreements:,}")
            table.add_row(each.statement, each.peer, *counts, each.right or "", why)
        return [table]

    wrong = any(each.right not in (None, "coopgap") for each in found)
    document = {
        "schema": "coopgap.fuzz-peers/1",
        "seed": seed,
        "comparisons": [each.document() for each in found],
    }
    return Outcome(REFUTED if wrong else HOLDS, document, stories, json)
