"""The paper's statements and data, item by item, decided again."""

from __future__ import annotations

import importlib.resources
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from coopgap.proofs.audit.rows import AuditReport, audit
from coopgap.proofs.deciding.check import check
from coopgap.proofs.theorems.registry import prove
from coopgap.theory.json_values import Plain
from coopgap.theory.readers.load import load

DIFFERS, REPRODUCED, SKIPPED, UNKNOWN = "differs", "reproduced", "skipped", "unknown"


@dataclass(frozen=True)
class Statement:
    """Something that the paper states or publishes, and what decides it here.

    where: its place in the paper. says: the statement. claims: the ids that claims of this kind
    have in specs. Then one of: theorem, the id of a registered theorem; spec, a built-in spec with
    the path to a value in its report (entries of lists by their name or λ) and that value; dataset,
    the name of a published file of table games.
    """

    where: str
    says: str
    claims: tuple[str, ...] = ()
    theorem: str = ""
    spec: str = ""
    path: tuple[str, ...] = ()
    value: str = ""
    dataset: str = ""

    @property
    def command(self) -> str:
        """The command that shows it."""
        if self.theorem:
            return f"coopgap prove {self.theorem}"
        return f"coopgap check {self.spec}" if self.spec else f"coopgap audit {self.dataset}"


@dataclass(frozen=True)
class Reproduction:
    """What became of a statement.

    status: ``reproduced``, ``differs``, ``unknown`` or ``skipped``. result: what the command says,
    or why there is nothing.
    """

    statement: Statement
    status: str
    result: str

    def document(self) -> dict[str, Plain]:
        """As plain JSON values."""
        statement = self.statement
        return {
            "where": statement.where,
            "says": statement.says,
            "claims": list(statement.claims),
            "command": statement.command,
            "status": self.status,
            "result": self.result,
        }


def statements() -> tuple[Statement, ...]:
    """All statements, in the paper's order."""
    file = importlib.resources.files("coopgap.proofs.reproduction").joinpath("paper.toml")
    listed: list[dict[str, Plain]] = tomllib.loads(file.read_text(encoding="utf-8"))["item"]
    lists = ("claims", "path")
    return tuple(
        Statement(**{**fields, **{name: tuple(fields.get(name, ())) for name in lists}})
        for fields in listed
    )


def reproduce(
    data: Path | None = None, *, progress: Callable[[str], None] | None = None
) -> Iterator[Reproduction]:
    """What becomes of each statement.

    data: the folder of the published datasets, without which these are skipped. Raises InputError
    for a dataset that cannot be read.
    """
    reported = cache(lambda spec: check(load(spec)).document())
    listed = statements()
    # First: the folder may be the wrong one, and the rest takes a while.
    audited = (
        {}
        if data is None
        else {name: audit(data / name) for statement in listed if (name := statement.dataset)}
    )
    for statement in listed:
        if progress is not None:
            progress(statement.command)
        if statement.theorem:
            yield _theorem(statement)
        elif statement.spec:
            yield _value(statement, reported(statement.spec))
        elif statement.dataset not in audited:
            yield Reproduction(
                statement, SKIPPED, f"give --data, the folder of {statement.dataset}"
            )
        else:
            yield _dataset(statement, audited[statement.dataset])


def _theorem(statement: Statement) -> Reproduction:
    report = prove(statement.theorem)
    status = {"proved": REPRODUCED, "refuted": DIFFERS}.get(report.status, UNKNOWN)
    return Reproduction(statement, status, report.reason or report.status)


def _value(statement: Statement, report: Any) -> Reproduction:
    value = report
    for step in statement.path:
        value = value[step] if isinstance(value, dict) else _entry(value, step)
    if isinstance(value, dict):
        return Reproduction(statement, UNKNOWN, str(value.get("unknown", value)))
    return Reproduction(statement, REPRODUCED if value == statement.value else DIFFERS, str(value))


def _entry(entries: Sequence[dict[str, Plain]], name: str) -> dict[str, Plain]:
    return next(entry for entry in entries if name in (entry.get("name"), entry.get("lambda")))


def _dataset(statement: Statement, report: AuditReport) -> Reproduction:
    problems = sum(bool(game.problems) for game in report.games)
    rows = f"{len(report.games)} rows checked, {problems} with problems"
    if report.skipped:
        return Reproduction(statement, UNKNOWN, f"{rows}, {len(report.skipped)} skipped")
    return Reproduction(statement, DIFFERS if problems else REPRODUCED, rows)
