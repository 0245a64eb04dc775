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
    catch: tuple[Fraction, Fraction, Fraction]
    lasting: tuple[Fraction, Fraction, Fraction]
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
        return _numbered([_cell(number, each) for number, each in _lines(path, max_bytes)])


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
        found = number(name)
        if found.denominator != 1 or found < 0:
            raise InputError(f"{row[name]} is no count", field=f"line {line}.{name}")
        return int(found)

    return Cell(
        model=row["model"],
        prosocial=count("prosocial"),
        condition=row["condition"],
        catch=(number("R"), number("R_lo"), number("R_hi")),
        lasting=(number("q"), number("q_lo"), number("q_hi")),
        full=count("full_horizon"),
        below=count("below_horizon"),
        parents=count("n_parent_runs"),
        runs=count("total_runs"),
        number=row.get("cond_id") or "",
    )


def _numbered(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The lines, those about the same numbered."""
    alike = Counter((each.model, each.prosocial, each.condition) for each in cells)
    seen: Counter[tuple[str, int, str]] = Counter()
    found = []
    for each in cells:
        key = (each.model, each.prosocial, each.condition)
        seen[key] += 1
        found.append(replace(each, copy=seen[key] if alike[key] > 1 else 0))
    return tuple(found)


def doubts(cells: Sequence[Cell], agents: int) -> list[str]:
    """What in a summary does not fit together, or is not said."""
    found = []
    copies: dict[tuple[str, str], set[int]] = {}
    for each in cells:
        if each.copy:
            copies.setdefault((each.model, each.condition), set()).add(each.prosocial)
        if each.full + each.below != each.runs:
            found.append(
                f"{each.model}, {each.condition}, {each.prosocial} prosocial: "
                f"{each.full} + {each.below} runs are not total_runs = {each.runs}"
            )
        if each.prosocial > agents:
            found.append(f"{each.model}: {each.prosocial} of {agents} agents are prosocial")
    numbers: dict[str, set[str]] = {}
    for each in cells:
        numbers.setdefault(each.number, set()).add(each.condition)
    for name, conditions in numbers.items():
        if name and len(conditions) > 1:
            listed = " and ".join(sorted(conditions))
            found.append(f"the conditions {listed} have one number, cond_id {name}")
    for (model, condition), kinds in copies.items():
        listed = ", ".join(str(each) for each in sorted(kinds))
        found.append(
            f"{model}, {condition}: two lines or more for each of {listed} prosocial agents, and "
            "nothing says how they differ; they are numbered and judged apart"
        )
    return found
