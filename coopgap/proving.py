"""Theorems decided and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from coopgap.main import HOLDS, Outcome
from coopgap.story import STYLES
from proofs.prove import TheoremReport, prove
from proofs.theorems.theorem import Theorem


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
    return [prove(each, timeout=timeout, progress=tell) for each in theorems]


def story(reports: Sequence[TheoremReport]) -> Group:
    """What became of the theorems, in words."""
    return Group(*(line for report in reports for line in _told(report)))


def _told(report: TheoremReport) -> list[Text]:
    head = Text(report.status, style=STYLES[report.status])
    head.append(f"  {report.id}", style="bold")
    head.append(f"  {report.statement}", style="default not bold")
    lines = [head]
    if report.assumptions:
        lines.append(Text(f"  assuming {', '.join(report.assumptions)}"))
    if report.counterexample is not None:
        lines.append(Text(f"  fails at {_point(report.counterexample)}: {report.failed}"))
    if report.suggestion is not None:
        lines.append(Text(f"  holds if also {report.suggestion}"))
    if report.reason is not None:
        lines.append(Text(f"  {report.reason}"))
    for each in report.conditions:
        said = f"  {each.assumption}: {each.status}"
        if each.counterexample is not None:
            said += f" ({each.reason} at {_point(each.counterexample)})"
        lines.append(Text(said))
    if report.certificate is not None:
        goals = report.certificate.goals
        said = f"{goals} goals, " if goals > 1 else ""
        lines.append(Text(f"  {said}certificate {report.certificate.sha256[:12]}", style="dim"))
    return lines


def _point(values: object) -> str:
    assert isinstance(values, dict)
    return ", ".join(f"{name} = {value}" for name, value in values.items())
