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
class Item:
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
    """What became of an item.

    status: ``reproduced``, ``differs``, ``unknown`` or ``skipped``. result: what the command says,
    or why there is nothing.
    """

    item: Item
    status: str
    result: str

    def document(self) -> dict[str, Plain]:
        """As plain JSON values."""
        item = self.item
        return {
            "where": item.where,
            "says": item.says,
            "claims": list(item.claims),
            "command": item.command,
            "status": self.status,
            "result": self.result,
        }


def items() -> tuple[Item, ...]:
    """All items, in the paper's order."""
    file = importlib.resources.files("coopgap.proofs.reproduction").joinpath("paper.toml")
    listed: list[dict[str, Plain]] = tomllib.loads(file.read_text(encoding="utf-8"))["item"]
    lists = ("claims", "path")
    return tuple(
        Item(**{**each, **{name: tuple(each.get(name, ())) for name in lists}}) for each in listed
    )


def reproduce(
    data: Path | None = None, *, progress: Callable[[str], None] | None = None
) -> Iterator[Reproduction]:
    """What becomes of each item.

    data: the folder of the published datasets, without which these are skipped. Raises InputError
    for a dataset that cannot be read.
    """
    reported = cache(lambda spec: check(load(spec)).document())
    listed = items()
    # First: the folder may be the wrong one, and the rest takes a while.
    audited = (
        {}
        if data is None
        else {each.dataset: audit(data / each.dataset) for each in listed if each.dataset}
    )
    for item in listed:
        if progress is not None:
            progress(item.command)
        if item.theorem:
            yield _theorem(item)
        elif item.spec:
            yield _value(item, reported(item.spec))
        elif item.dataset not in audited:
            yield Reproduction(item, SKIPPED, f"give --data, the folder of {item.dataset}")
        else:
            yield _dataset(item, audited[item.dataset])


def _theorem(item: Item) -> Reproduction:
    report = prove(item.theorem)
    status = {"proved": REPRODUCED, "refuted": DIFFERS}.get(report.status, UNKNOWN)
    return Reproduction(item, status, report.reason or report.status)


def _value(item: Item, report: Any) -> Reproduction:
    value = report
    for step in item.path:
        value = value[step] if isinstance(value, dict) else _entry(value, step)
    if isinstance(value, dict):
        return Reproduction(item, UNKNOWN, str(value.get("unknown", value)))
    return Reproduction(item, REPRODUCED if value == item.value else DIFFERS, str(value))


def _entry(entries: Sequence[dict[str, Plain]], name: str) -> dict[str, Plain]:
    return next(each for each in entries if name in (each.get("name"), each.get("lambda")))


def _dataset(item: Item, report: AuditReport) -> Reproduction:
    problems = sum(bool(each.problems) for each in report.games)
    rows = f"{len(report.games)} rows checked, {problems} with problems"
    if report.skipped:
        return Reproduction(item, UNKNOWN, f"{rows}, {len(report.skipped)} skipped")
    return Reproduction(item, DIFFERS if problems else REPRODUCED, rows)
