"""Theorems decided, as text."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group
from rich.text import Text

from coopgap.proofs.theorems.reports import CertificateOf, TheoremReport
from coopgap.terminal.blocks import STYLES, indented
from coopgap.terminal.words import plain

GOALS = 20
"""How many goals of a theorem are told."""


def story(report: TheoremReport) -> Group:
    """What became of a theorem, in words."""
    head = Text(report.status, style=STYLES[report.status])
    head.append(f"  {plain(report.id)}", style="default bold")
    if report.statement:
        head.append(f'  "{plain(report.statement)}" (its author\'s words)', style="default")
    lines = []
    if report.assumptions:
        lines.append(f"assuming {', '.join(report.assumptions)}")
    lines += [f"{goal.status}: {goal.sentence}" for goal in report.sentences[:GOALS]]
    if len(report.sentences) > GOALS:
        lines.append(f"… {len(report.sentences) - GOALS} more goals; --json lists all")
    if report.counterexample is not None:
        lines.append(f"fails at {_point(report.counterexample)}: {report.failed}")
    if report.suggestion is not None:
        lines.append(f"holds if also {report.suggestion}")
    if report.reason is not None:
        lines.append(report.reason)
    if report.status == "trusted" and report.certificate is None:
        lines.append(f"no certificate was found; trusted to {' and '.join(report.solvers)}")
    for condition in report.conditions:
        account = f"{condition.assumption} is {condition.status}"
        if condition.counterexample is not None:
            account += f": {condition.reason} at {_point(condition.counterexample)}"
        lines.append(account)
    if report.general:
        names = ", ".join(f"{theorem.theorem} ({theorem.file})" for theorem in report.general)
        lines.append(f"in Coq: {names}")
    if report.certificate is not None:
        lines.append(_certificate(report.certificate))
    if report.status != "unknown":
        lines.append(f"rests on {report.rests_on}")
    return Group(head, *(indented(Text(plain(line))) for line in lines), Text())


def _certificate(certificate: CertificateOf) -> str:
    if certificate.kind == "coq":
        done = "checked by Coq in this run" if certificate.checked else "not checked in this run"
        return f"proofs in Coq {certificate.sha256[:12]}, {done}"
    goals = f" of {certificate.goals} goals" if certificate.goals > 1 else ""
    return f"certificate {certificate.sha256[:12]}{goals}"


def _point(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())
