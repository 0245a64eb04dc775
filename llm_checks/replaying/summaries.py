"""Published summaries, and confidence intervals for the rates in their cells.

A summary is a CSV file with one row per condition, whose cells are ``mean ± sd`` over scenarios.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from coopgap.llm_checks.judging.intervals import clopper_pearson
from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import parse_number
from coopgap.theory.readers.files import MAX_BYTES, csv_records, read_text

KEYS = ("model_display", "setting", "contract_mode", "prompt_mode")
RATES = ("utilitarian_accuracy", "nash_accuracy")
"""The columns that are read, each a rate: of the first best, of pure equilibria of the raw game."""

WELFARE = "avg_utilitarian_payoff"

SCENARIOS = "n_scenarios"
"""A column that may say how many scenarios a row's means are over."""

FEW = 5
"""With fewer scenarios' worth of plays of either outcome, means are too skewed for Student's t."""

_CELL = re.compile(r"\s*([^\s±+(]+)\s*(?:±|\+/-|\+-|\()\s*([^\s)]+)\s*\)?\s*")
_DECIMALS = re.compile(r"[+-]?\d*\.(\d+)")


@dataclass(frozen=True)
class Cell:
    """A rate's mean and standard deviation over scenarios, and the rounding error of either."""

    mean: Fraction
    spread: Fraction
    mean_rounding: Fraction
    spread_rounding: Fraction


@dataclass(frozen=True)
class SummaryRow:
    """A condition.

    number counts data rows from 1; rates: by column, None where a cell is empty; scenarios, welfare
    (in the dataset's units): None where the row does not say.
    """

    number: int
    model: str
    setting: str
    contract: str
    prompt: str
    rates: Mapping[str, Cell | None]
    scenarios: int | None = None
    welfare: Cell | None = None

    @property
    def condition(self) -> str:
        """``4x4/code_law/selfish``."""
        return f"{self.setting}/{self.contract}/{self.prompt}"


@dataclass(frozen=True)
class Summary:
    """A file: its columns, in order, and its rows."""

    source: str
    columns: tuple[str, ...]
    rows: tuple[SummaryRow, ...]


def read_summary(path: Path, max_bytes: int = MAX_BYTES) -> Summary:
    """Reads a summary. Raises InputError, naming file, row and column, for what cannot be used."""
    text = read_text(path, max_bytes)
    rows: dict[tuple[str, str], SummaryRow] = {}
    with inside(source=str(path)):
        header, records = _table(text)
        for number, record in enumerate(records, start=1):
            with inside(f"row {number}"):
                row = _row(number, header, record)
                earlier = rows.setdefault((row.model, row.condition), row)
                if earlier is not row:
                    raise InputError(
                        f"{row.model} in {row.condition} was in row {earlier.number} already",
                        fix="give each condition once",
                    )
    return Summary(str(path), tuple(header), tuple(rows.values()))


def interval(cell: Cell, scenarios: int, level: float) -> tuple[float, float]:
    """The confidence interval of the rate behind a cell, of coverage 1 − level.

    Student's t over scenarios. Where fewer than FEW scenarios' worth of plays had one of the two
    outcomes it is joined with the exact interval (Clopper and Pearson 1934) of as many trials as
    there are scenarios: a scenario's mean varies at most as much as a single trial. Both are taken
    at every value that rounds to the cell. One scenario says nothing.
    """
    from scipy.special import stdtrit

    if scenarios < 2:
        return 0.0, 1.0
    error = float(cell.spread + cell.spread_rounding) / math.sqrt(scenarios)
    half = float(stdtrit(scenarios - 1, 1 - level / 2)) * error
    ends: list[float] = []
    for shift in {-cell.mean_rounding, cell.mean_rounding}:
        mean = min(1.0, max(0.0, float(cell.mean + shift)))
        ends += [mean - half, mean + half]
        if min(mean, 1 - mean) * scenarios < FEW:
            ends += clopper_pearson(round(mean * scenarios), scenarios, level)
    return max(0.0, min(ends)), min(1.0, max(ends))


def _table(text: str) -> tuple[list[str], list[list[str]]]:
    header, lines = csv_records(text)
    records = [line for line in lines if any(cell.strip() for cell in line)]
    with inside("header"):
        missing = [name for name in KEYS if name not in header]
        if missing:
            raise InputError(
                f"the column {missing[0]!r} is missing", fix=f"add {', '.join(missing)}"
            )
        if not set(RATES) & set(header):
            raise InputError(
                "there is no column of rates", fix=f"give {' or '.join(RATES)}, as mean ± sd"
            )
        for name in (*KEYS, *RATES, SCENARIOS):
            if header.count(name) > 1:
                raise InputError(f"the column {name!r} occurs twice", fix="give each column once")
    if not records:
        raise InputError("the summary has no row", fix="give one row per condition")
    return header, records


def _row(number: int, header: list[str], record: list[str]) -> SummaryRow:
    if len(record) != len(header):
        raise InputError(
            f"the row has {len(record)} cells for {len(header)} columns",
            fix="give one cell per column, and quote cells that contain commas",
        )
    cells = {name: text.strip() for name, text in zip(header, record, strict=True)}
    for name in KEYS:
        if not cells[name]:
            raise InputError("the cell is empty", fix="name the condition", field=name)
    scenarios = None
    if cells.get(SCENARIOS):
        with inside(SCENARIOS):
            count = parse_number(cells[SCENARIOS])
            if count.denominator != 1 or count < 1:
                raise InputError(f"{count} is no number of scenarios", fix="give 1, 2, 3 …")
            scenarios = int(count)
    rates = {}
    for name in RATES:
        if name in header:
            with inside(name):
                rates[name] = _cell(cells[name]) if cells[name] else None
    welfare = None
    # It is not judged: what cannot be read is left out.
    with suppress(InputError):
        welfare = parsed_cell(cells.get(WELFARE, ""))
    model, setting, contract, prompt = (cells[name] for name in KEYS)
    return SummaryRow(number, model, setting, contract, prompt, rates, scenarios, welfare)


def parsed_cell(text: str) -> Cell:
    """Reads ``0.95 ± 0.11``, ``0.95 +/- 0.11`` or ``0.95 (0.11)``, of any mean.

    Raises InputError.
    """
    match = _CELL.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is no mean ± sd", fix="write it as in 0.95 ± 0.11")
    mean, spread = (parse_number(part) for part in match.groups())
    if spread < 0:
        raise InputError(f"{text!r} has a negative sd", fix="give a mean ± sd, sd ≥ 0")
    return Cell(mean, spread, *(_rounding(part) for part in match.groups()))


def _cell(text: str) -> Cell:
    cell = parsed_cell(text)
    if not 0 <= cell.mean <= 1:
        raise InputError(f"{text!r} is no rate", fix="give a mean between 0 and 1")
    # Of numbers between 0 and 1 with this mean the sd is at most √(m(1−m)·n/(n−1)), n ≥ 2.
    worst = min(max(cell.mean - cell.mean_rounding, Fraction(0)), Fraction(1))
    best = min(cell.mean + cell.mean_rounding, Fraction(1))
    peak = min(max(Fraction(1, 2), worst), best)
    if (cell.spread - cell.spread_rounding) > 0 and (
        (cell.spread - cell.spread_rounding) ** 2 > 2 * peak * (1 - peak)
    ):
        raise InputError(
            f"{text!r}: no rates between 0 and 1 of this mean have so large an sd",
            fix="give the standard deviation over scenarios, not a percentage",
        )
    return cell


def _rounding(text: str) -> Fraction:
    """Half a unit in the last place."""
    match = _DECIMALS.fullmatch(text)
    return Fraction(1, 2 * 10 ** len(match[1])) if match else Fraction(0)
