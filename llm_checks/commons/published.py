"""Published summaries of runs of a commons: one line for a model, a population and a condition.

The columns are those of the paper's fishing experiment (arXiv:2605.08426): ``R`` is the total
catch, ``q`` the share of the months that the resource lasts, each with the ends of a 95 % interval;
``full_horizon`` and ``below_horizon`` count runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import parse_number
from coopgap.theory.readers.files import MAX_BYTES, csv_records, read_text

COLUMNS = (
    *("model", "prosocial", "condition", "R", "R_lo", "R_hi", "q", "q_lo", "q_hi"),
    *("full_horizon", "below_horizon", "n_parent_runs", "total_runs"),
)
"""The columns that are read; others may be there."""

Ends = tuple[Fraction, Fraction, Fraction]
"""An estimate and the ends of its interval."""


@dataclass(frozen=True)
class Cell:
    """One line: how so many prosocial agents among selfish ones did in a condition.

    catch, lasting: the estimate and the ends of its interval, in units and as a share of months.
    full, below: runs that lasted all months, and those that did not. parents: batches of runs.
    copy: 0, or which of several lines about the same this is, from 1. number: of the condition, as
    the file has it, if it has one.
    """

    model: str
    prosocial: int
    condition: str
    catch: Ends
    lasting: Ends
    full: int
    below: int
    parents: int
    runs: int
    copy: int = 0
    number: str = ""

    @property
    def name(self) -> str:
        """The condition, with the number of the line if there are several."""
        return f"{self.condition} ({self.copy})" if self.copy else self.condition


def read_cells(path: Path, max_bytes: int = MAX_BYTES) -> tuple[Cell, ...]:
    """The lines of a summary.

    Raises InputError, naming file, line and column, for a file that cannot be used.
    """
    with inside(source=str(path)):
        return _numbered([_cell(number, row) for number, row in _lines(path, max_bytes)])


def _lines(path: Path, max_bytes: int) -> list[tuple[int, Mapping[str, str]]]:
    header, records = csv_records(read_text(path, max_bytes))
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise InputError(
            f"the column {missing[0]!r} is missing",
            fix=f"a summary of runs of a commons has the columns {', '.join(COLUMNS)}",
        )
    return [
        (line, dict(zip_longest(header, record[: len(header)], fillvalue="")))
        for line, record in enumerate(records, start=2)
    ]


def _cell(line: int, row: Mapping[str, str]) -> Cell:
    def number(name: str) -> Fraction:
        with inside(f"line {line}.{name}"):
            return parse_number(row[name])

    def count(name: str) -> int:
        value = number(name)
        if value.denominator != 1 or value < 0:
            raise InputError(f"{row[name]} is no count", field=f"line {line}.{name}")
        return int(value)

    def estimate(name: str) -> Ends:
        middle, low, high = number(name), number(f"{name}_lo"), number(f"{name}_hi")
        if low > high:
            raise InputError(
                f"{row[f'{name}_lo']} to {row[f'{name}_hi']} is no interval",
                fix="give its lower end first",
                field=f"line {line}.{name}_lo",
            )
        return middle, low, high

    return Cell(
        model=row["model"],
        prosocial=count("prosocial"),
        condition=row["condition"],
        catch=estimate("R"),
        lasting=estimate("q"),
        full=count("full_horizon"),
        below=count("below_horizon"),
        parents=count("n_parent_runs"),
        runs=count("total_runs"),
        number=row.get("cond_id") or "",
    )


def _numbered(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The lines, those about the same numbered."""
    totals = Counter((cell.model, cell.prosocial, cell.condition) for cell in cells)
    copies: Counter[tuple[str, int, str]] = Counter()
    numbered = []
    for cell in cells:
        key = (cell.model, cell.prosocial, cell.condition)
        copies[key] += 1
        numbered.append(replace(cell, copy=copies[key] if totals[key] > 1 else 0))
    return tuple(numbered)


def doubts(cells: Sequence[Cell], agents: int) -> list[str]:
    """What in a summary does not fit together, or is not said."""
    remarks = []
    copies: dict[tuple[str, str], set[int]] = {}
    for cell in cells:
        if cell.copy:
            copies.setdefault((cell.model, cell.condition), set()).add(cell.prosocial)
        if cell.full + cell.below != cell.runs:
            remarks.append(
                f"{cell.model}, {cell.condition}, {cell.prosocial} prosocial: "
                f"{cell.full} + {cell.below} runs are not total_runs = {cell.runs}"
            )
        if cell.prosocial > agents:
            remarks.append(f"{cell.model}: {cell.prosocial} of {agents} agents are prosocial")
    numbers: dict[str, set[str]] = {}
    for cell in cells:
        numbers.setdefault(cell.number, set()).add(cell.condition)
    for name, conditions in numbers.items():
        if name and len(conditions) > 1:
            listed = " and ".join(sorted(conditions))
            remarks.append(f"the conditions {listed} have one number, cond_id {name}")
    for (model, condition), kinds in copies.items():
        listed = ", ".join(str(number) for number in sorted(kinds))
        remarks.append(
            f"{model}, {condition}: two lines or more for each of {listed} prosocial agents, and "
            "nothing says how they differ; they are numbered and judged apart"
        )
    return remarks
