"""Theorems decided and told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coopgap.main import HOLDS, Outcome
from coopgap.proofs.theorems.prove import TheoremReport, decide_all
from coopgap.proofs.theorems.theorem import Theorem
from coopgap.story import STYLES
from coopgap.words import plain

GOALS = 20
"""How many goals of a theorem are told."""


def listed(theorems: Sequence[Theorem], json: bool) -> Outcome:
    """The theorems with their statements, undecided."""
    entries = [
        {
            "id": each.id,
            "statement": each.statement,
            "assumptions": list(each.assumptions),
            "source": each.source,
        }
        for each in theorems
    ]

    def stories() -> Sequence[Table]:
        table = Table(box=None, pad_edge=False)
        table.add_column("id", no_wrap=True)
        table.add_column("statement")
        for each in theorems:
            table.add_row(Text(each.id), Text(each.statement))
        return [table]

    return Outcome(HOLDS, {"schema": "coopgap.theorems/1", "theorems": entries}, stories, json)


def outcomes(
    theorems: Sequence[Theorem], timeout: float | None, tell: Callable[[str], None] | None
) -> list[TheoremReport]:
    """What becomes of each theorem."""
    return list(decide_all(theorems, timeout=timeout, progress=tell))


def smtlib_of(reports: Sequence[TheoremReport]) -> dict[str, str]:
    """What each certificate rests on, by file name."""
    from coopgap.proofs.export.cases import scripts

    texts = {}
    for report in reports:
        for text in report.texts.values():
            for number, script in enumerate(scripts(text).values(), start=1):
                texts[f"{report.id}-{number}.smt2"] = script
    return texts


def story(reports: Sequence[TheoremReport]) -> Group:
    """What became of the theorems, in words."""
    return Group(*(_told(report) for report in reports))


def _told(report: TheoremReport) -> Group:
    head = Text(report.status, style=STYLES[report.status])
    head.append(f"  {plain(report.id)}", style="default bold")
    if report.statement:
        head.append(f'  "{plain(report.statement)}" (its author\'s words)', style="default")
    lines = []
    if report.assumptions:
        lines.append(f"assuming {', '.join(report.assumptions)}")
    lines += [f"{each.status}: {each.sentence}" for each in report.sentences[:GOALS]]
    if len(report.sentences) > GOALS:
        lines.append(f"… {len(report.sentences) - GOALS} more goals; --json lists all")
    if report.counterexample is not None:
        lines.append(f"fails at {_point(report.counterexample)}: {report.failed}")
    if report.suggestion is not None:
        lines.append(f"holds if also {report.suggestion}")
    if report.reason is not None:
        lines.append(report.reason)
    if report.status == "trusted":
        lines.append(f"no certificate was found; trusted to {' and '.join(report.solvers)}")
    for each in report.conditions:
        said = f"{each.assumption} is {each.status}"
        if each.counterexample is not None:
            said += f": {each.reason} at {_point(each.counterexample)}"
        lines.append(said)
    if report.certificate is not None:
        goals = report.certificate.goals
        said = f" of {goals} goals" if goals > 1 else ""
        lines.append(f"certificate {report.certificate.sha256[:12]}{said}")
    if report.status != "unknown":
        lines.append(f"rests on {report.rests_on}")
    return Group(head, *(Padding(Text(plain(line)), (0, 0, 0, 2)) for line in lines), Text())


def _point(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())
