"""Published summaries judged against what the theory predicts for their games; no model is run.

A summary has one row per model, setting, contract and prompt mode; a cell is ``mean ± sd`` over
scenarios. Assumed, as the summary does not say: scenarios are independent, and the sd is that of
the scenarios' means; so sd/√n is the standard error of the mean.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from llm_checks.evidence import Judgement, corrected, judged_mean
from proofs.decide import extreme_equilibria
from proofs.engines.correlated import best_correlated, indistinguishable
from proofs.obligations import Unanswered
from theory.environments import Environment, Profile
from theory.errors import InputError
from theory.exact import parse_number
from theory.languages import ProductLanguage, complete
from theory.readers.files import MAX_BYTES, read_text
from theory.readers.table_games import TableGame, read_table_games
from theory.welfare import maximisers

KEYS = ("model_display", "setting", "contract_mode", "prompt_mode")
RATE = "utilitarian_accuracy"
REGIMES = {"code_law": "enforced", "no_comm": "none"}
"""What contract modes mean; of others, as of contracts in words, nothing is predicted."""
CELL = re.compile(r"^\s*([^\s±+(]+)\s*(?:±|\+/-|\+-|\()\s*([^\s)]+)\s*\)?\s*$")

MISSING = (
    "how often each action or profile was chosen: equilibria of agents who act independently "
    "cannot be told from correlated ones",
    "the results of each scenario: no bootstrap over scenarios, and no test that pairs two "
    "conditions scenario by scenario",
    "the contracts that were agreed: the bounds hold for every contract of the language",
)


@dataclass(frozen=True)
class Row:
    """One line of a judged summary. judgement: None where the theory predicts nothing, or the
    summary lacks the number."""

    model: str
    setting: str
    contract: str
    prompt: str
    prediction: str
    low: Fraction | None
    high: Fraction | None
    judgement: Judgement | None
    reason: str


@dataclass(frozen=True)
class Replay:
    """A judged summary."""

    summary: str
    dataset: str
    scenarios: int
    rows: tuple[Row, ...]
    missing: tuple[str, ...] = MISSING

    def document(self) -> dict[str, Any]:
        """``coopgap.replay/1``: plain JSON values; bounds as exact text."""
        rows = [
            asdict(row)
            | {
                side: None if (v := getattr(row, side)) is None else str(v)
                for side in ("low", "high")
            }
            for row in self.rows
        ]
        return {
            "schema": "coopgap.replay/1",
            "summary": self.summary,
            "dataset": self.dataset,
            "scenarios": self.scenarios,
            "rows": rows,
            "missing": list(self.missing),
        }


def replayed(
    summary: Path, dataset: Path, *, alpha: float = 0.05, max_bytes: int = MAX_BYTES
) -> Replay:
    """Judges each row of a summary, Holm-corrected over the rows that can be judged.

    Raises InputError, naming the file, when a file cannot be used.
    """
    games = read_table_games(dataset, max_bytes).games
    if not games:
        raise InputError("no row is a game", fix="name a table-game CSV", source=str(dataset))
    bounds = {setting: _predicted(games, setting) for setting in ("2x2", "4x4")}
    try:
        records = _records(read_text(summary, max_bytes))
        rows = [_row(number, each, bounds, len(games), alpha) for number, each in records]
    except InputError as error:
        raise error.located(source=str(summary)) from None
    judged = [row.judgement for row in rows if row.judgement is not None]
    final = iter(corrected(judged, alpha))
    rows = [row if row.judgement is None else replace(row, judgement=next(final)) for row in rows]
    return Replay(str(summary), str(dataset), len(games), tuple(rows))


def _predicted(games: Sequence[TableGame], setting: str) -> dict[str, tuple[Fraction, Fraction]]:
    """Bounds on the mean probability of the first best for selfish agents, by regime; none where a
    game is not stored in this setting. Without enforcement: over all mixed equilibria. Enforced:
    over all correlated ones, under every contract that verifies base actions and not effort."""
    if setting == "4x4" and any(game.split is None for game in games):
        return {}
    least = most = together = Fraction(0)
    for game in games:
        environment = game.base_environment() if setting == "2x2" else game.environment()
        wanted = maximisers(environment.welfare[0])
        found = extreme_equilibria(environment)
        if isinstance(found, Unanswered):
            return {}
        chances = [sum((row[i] * col[j] for i, j in wanted), Fraction(0)) for row, col in found[0]]
        least, most = least + min(chances), most + max(chances)
        together += _together(environment, wanted) if setting == "4x4" else 1
    count = len(games)
    return {
        "none": (least / count, most / count),
        "enforced": (Fraction(0), together / count),
    }


def _together(environment: Environment, wanted: Sequence[Profile]) -> Fraction:
    """The greatest probability of the first best that deviations unseen by the court allow."""
    cells = complete(environment).cells
    moves = indistinguishable(ProductLanguage(cells, ((0, 0, 1, 1),) * 2), environment, 0)
    objective = np.zeros(environment.shape, dtype=np.int64)
    for profile in wanted:
        objective[profile] = 1
    found = best_correlated(objective, environment.payoffs[:, 0], moves)
    # No certified optimum: a probability is at most 1.
    return Fraction(1) if found is None else Fraction(found.value)


def _records(text: str) -> list[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text))
    header = [name.strip() for name in reader.fieldnames or ()]
    missing = [name for name in KEYS if name not in header]
    if missing:
        raise InputError(
            f"the column {missing[0]!r} is missing", fix=f"add {', '.join(missing)}", field="header"
        )
    reader.fieldnames = header
    records = [(i, {k: v or "" for k, v in row.items() if k}) for i, row in enumerate(reader, 1)]
    if not records:
        raise InputError("the summary has no row", fix="give one row per condition")
    return records


def _cell(text: str, number: int) -> tuple[float, float]:
    match = CELL.match(text)
    field = f"row {number}.{RATE}"
    if match is None:
        raise InputError(f"{text!r} is no mean ± sd", fix="write 0.95 ± 0.11", field=field)
    try:
        mean, spread = (float(parse_number(part)) for part in match.groups())
    except InputError as error:
        raise error.located(field=field) from None
    if not 0 <= mean <= 1 or spread < 0:
        raise InputError(f"{text!r} is no rate", fix="give 0 ≤ mean ≤ 1, sd ≥ 0", field=field)
    return mean, spread


def _row(
    number: int,
    record: dict[str, str],
    bounds: dict[str, dict[str, tuple[Fraction, Fraction]]],
    scenarios: int,
    alpha: float,
) -> Row:
    model, setting, contract, prompt = (record[key].strip() for key in KEYS)
    regime = REGIMES.get(contract, "")

    def row(
        prediction: str,
        low: Fraction | None = None,
        high: Fraction | None = None,
        judgement: Judgement | None = None,
        reason: str = "",
    ) -> Row:
        return Row(model, setting, contract, prompt, prediction, low, high, judgement, reason)

    if prompt != "selfish":
        return row("", reason="the prompt states no λ: the theory predicts no rate")
    interval = bounds.get(setting, {}).get(regime)
    if interval is None:
        return row("", reason="nothing is predicted for this setting and contract mode")
    low, high = interval
    name = {"enforced": "irreducibility" if setting == "4x4" else "specificity"}.get(
        regime, "selfish play without enforcement"
    )
    if low == 0 and high == 1:
        return row(name, low, high, reason="every rate is possible: nothing could contradict it")
    if not record.get(RATE, "").strip():
        return row(name, low, high, reason=f"the summary has no {RATE}")
    mean, spread = _cell(record[RATE], number)
    judgement = judged_mean(mean, spread / scenarios**0.5, scenarios, low, high, alpha=alpha)
    return row(name, low, high, judgement)
