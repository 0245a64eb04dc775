"""Published summaries judged against what the theory predicts for their games; no model is run.

What the modes of a summary mean is read as the README of the paper's code says (arXiv:2605.08426):
``code_nl`` is a contract in words that nobody enforces, ``code_law`` one that is enforced after the
decisions, ``selfish`` λ = 0, ``cooperative`` λ → ∞, ``base`` no framing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

from coopgap.llm_checks.judging.evidence import (
    Judgement,
    bounded,
    corrected_entries,
    judged_by,
    widened,
)
from coopgap.llm_checks.judging.intervals import ALPHA
from coopgap.llm_checks.predicting.predictions import MARGIN, plain
from coopgap.llm_checks.predicting.regimes import (
    Condition,
    Disposition,
    Regime,
    ordering_claim,
    read_disposition,
)
from coopgap.llm_checks.replaying.summaries import (
    KEYS,
    RATES,
    SCENARIOS,
    Cell,
    Summary,
    SummaryRow,
    interval,
    read_summary,
)
from coopgap.proofs.deciding.table_bounds import QUANTITIES, Bounds, table_rates
from coopgap.proofs.questions.play import TableRates
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import MAX_BYTES
from coopgap.theory.readers.table_games import TableGame, TableGames, read_table_games
from coopgap.theory.welfare import first_best

REGIMES = {
    "none": "none",
    "no_comm": "none",
    "no_communication": "none",
    "announced": "announced",
    "code_nl": "announced",
    "enforced": "enforced",
    "code_law": "enforced",
}
"""What contract modes mean; of others nothing is predicted."""

DISPOSITIONS = {"cooperative": Disposition("altruistic")}
"""What prompt modes mean that are no names of dispositions."""

COLUMNS = dict(zip(RATES, QUANTITIES, strict=True))
ANYTHING = "every rate is possible: nothing could contradict it"
METHOD = "Student t over scenarios, exact near 0 and 1"

ASSUMED = (
    "scenarios are independent, and the sd is that of their means; where games differ the "
    "intervals are too wide rather than too narrow",
    "each agent of a play is prompted separately; what is negotiated before is known to both",
    "an enforced contract verifies base actions and not effort, and leaves the first best open",
    "what is measured is what was played after enforcement",
)
UNJUDGED = {
    "rawlsian_accuracy": "predictions are about the first best, not the Rawlsian optimum",
    "cooperation_rate": "it counts plays in which at least one agent cooperates, of which no "
    "prediction is made, to one decimal",
    "avg_utilitarian_payoff": "games differ in their units, and fines are deducted",
    "avg_rawlsian_payoff": "games differ in their units, and fines are deducted",
}
"""Columns of such summaries that no prediction is about, and why."""

_MISSING: tuple[tuple[tuple[str, ...], str], ...] = (
    (("utilitarian_accuracy",), "how often the first best was played: its rate is not judged"),
    (
        ("nash_accuracy",),
        "how often a pure equilibrium of selfish agents was played: its rate is not judged",
    ),
    (
        ("scenario", "scenario_id", "id"),
        "the results of each scenario: no bootstrap over scenarios, and no test that pairs two "
        "conditions scenario by scenario; orderings are judged whatever their correlation",
    ),
    (
        ("n_scenarios",),
        "how many scenarios there were: as many as the dataset has games are taken",
    ),
    (
        ("n_repetitions", "repetitions"),
        "how often each scenario was repeated: scenarios count, not plays",
    ),
    (
        ("joint_action_matrix", "counts"),
        "how often each profile was played: independent play cannot be told from correlated play, "
        "nor the bound of 1/9 for 4x4 play that is cooperative throughout be judged",
    ),
    (("high_effort_rate",), "how often effort was high, which is where the contract is blind"),
    (
        ("contract_text", "contract"),
        "the contracts that were agreed: the bounds hold for every contract, not for these",
    ),
    (
        ("contract_formation_rate",),
        "how often a contract was agreed: without one the bounds hold too",
    ),
    (
        ("unparseable", "refused", "dropped"),
        "replies that could not be read, and refusals: how they were counted is not known",
    ),
)
"""What summaries may lack: columns, any of which would do, and what is not known without."""


@dataclass(frozen=True)
class Row:
    """A quantity in one line of a summary, against one prediction.

    quantity: ``first-best`` or ``pure-equilibrium``. low, high: None where nothing is predicted.
    basis: what the bounds are of. measured: estimate and ends of the 95 % interval, or None.
    judgement: None for a reason. margin: by how much the predicted interval would have to be wider
    on each side for the data to be consistent with it.
    """

    model: str
    setting: str
    contract: str
    prompt: str
    quantity: str
    low: Fraction | None = None
    high: Fraction | None = None
    basis: str = ""
    measured: tuple[float, float, float] | None = None
    judgement: Judgement | None = None
    reason: str = ""

    @property
    def condition(self) -> str:
        """``4x4/code_law/selfish``."""
        return f"{self.setting}/{self.contract}/{self.prompt}"

    @property
    def subject(self) -> str:
        """What it is about, whatever the model: where nothing is predicted, of all quantities."""
        return self.condition if self.low is None else f"{self.quantity} in {self.condition}"

    @property
    def margin(self) -> float | None:
        """How far the measured interval reaches beyond the predicted one."""
        if self.judgement is None or self.low is None or self.high is None:
            return None
        outside = (float(self.low) - self.judgement.low, self.judgement.high - float(self.high))
        return max(0.0, *outside)


@dataclass(frozen=True)
class Ordering:
    """The first best is likelier in one condition of a model than in another (theory.md, §5).

    certain: whether in all equilibria, or only in the best of each. judgement: of the difference
    of the two rates; None for a reason.
    """

    model: str
    claim: str
    higher: str
    lower: str
    certain: bool
    judgement: Judgement | None = None
    reason: str = ""

    @property
    def subject(self) -> str:
        """What it is about, whatever the model: the claim and the two conditions."""
        return f"{self.claim}: {self.higher} > {self.lower}"


@dataclass(frozen=True)
class Replay:
    """A judged summary. doubts: where its two files contradict each other.

    margin: a rate that is predicted to be one number counts as that number give or take as much.
    """

    summary: str
    dataset: str
    scenarios: int
    rows: tuple[Row, ...]
    orderings: tuple[Ordering, ...]
    missing: tuple[str, ...]
    unjudged: Mapping[str, str]
    doubts: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ASSUMED
    margin: Fraction = MARGIN

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """The family that is corrected together."""
        entries: list[Row | Ordering] = [*self.rows, *self.orderings]
        return tuple(own.judgement for own in entries if own.judgement is not None)

    def document(self) -> dict[str, Any]:
        """``coopgap.replay/1``: plain JSON values; bounds as exact text."""
        values = plain(self)
        values["equivalence_margin"] = values.pop("margin")
        values["rows"] = [plain(row) | {"margin": row.margin} for row in self.rows]
        return {"schema": "coopgap.replay/1", **values}


def replayed(
    summary: Path,
    dataset: Path,
    *,
    max_bytes: int = MAX_BYTES,
    margin: Fraction | None = None,
) -> Replay:
    """Judges a summary: each row, and the orderings of theory.md §5 between the rows of a model.

    Holm's correction is over all that can be judged.

    Raises InputError, naming the file, when a file cannot be used.
    """
    games = _usable(read_table_games(dataset, max_bytes).distinct())
    content = read_summary(summary, max_bytes)
    wide = MARGIN if margin is None else margin
    predicted = _Predicted(games)
    rows = [entry for row in content.rows for entry in _judged_row(row, predicted, wide)]
    orderings = _orderings(content.rows, predicted)
    judged = corrected_entries((*rows, *orderings), lambda entry: entry.judgement is not None)
    return Replay(
        str(summary),
        str(dataset),
        len(games),
        tuple(entry for entry in judged if isinstance(entry, Row)),
        tuple(entry for entry in judged if isinstance(entry, Ordering)),
        tuple(text for names, text in _MISSING if not set(names) & set(content.columns)),
        {
            name: UNJUDGED.get(name, "no prediction is about it")
            for name in content.columns
            if name not in (*KEYS, *RATES, SCENARIOS)
        },
        tuple(_doubts(content, predicted)),
        (*ASSUMED, _margin_note(wide)),
        wide,
    )


def _usable(dataset: TableGames) -> Sequence[TableGame]:
    if not dataset.games:
        raise InputError(
            "no row is a game", fix="name the dataset of the summary", source=dataset.source
        )
    for row in dataset.skipped:
        raise InputError(
            f"row {row.row} ({row.id}) is no game: {row.reason}",
            fix="the summary's means are over all games: mend the row",
            source=dataset.source,
        )
    return dataset.games


class _Predicted:
    """The games of a dataset and what is predicted for them, each computed once."""

    def __init__(self, games: Sequence[TableGame]) -> None:
        self.games = games
        self.environments = cache(self._stored)
        self._rates = cache(self._predicted)

    def _stored(self, setting: str) -> tuple[Environment, ...]:
        """The games that are stored in a setting; none unless every row stores one."""
        if setting == "2x2":
            return tuple(game.base_environment() for game in self.games)
        if setting == "4x4" and all(game.split is not None for game in self.games):
            return tuple(game.environment() for game in self.games)
        return ()

    def _predicted(
        self, setting: str, enforced: bool, level: Fraction | None
    ) -> Mapping[str, tuple[Bounds, ...]]:
        return table_rates(TableRates(self.environments(setting), enforced, level))

    def of(self, row: SummaryRow) -> Mapping[str, tuple[Bounds, ...]] | str:
        """The bounds in a row's condition by quantity, or why there are none."""
        regime = REGIMES.get(row.contract)
        disposition = _disposition(row.prompt)
        if disposition is None:
            return f"what agents want under the prompt mode {row.prompt!r} is not known"
        if regime is None:
            return f"what the contract mode {row.contract!r} does is not known"
        if not self.environments(row.setting):
            return "the dataset stores no games of this setting"
        if disposition.kind == "base":
            return "agents who are told nothing have no known λ"
        level = None if disposition.kind == "altruistic" else disposition.level or Fraction(0)
        # A contract that is only announced changes no payoff.
        return self._rates(row.setting, regime == "enforced", level)


def _disposition(prompt: str) -> Disposition | None:
    if prompt in DISPOSITIONS:
        return DISPOSITIONS[prompt]
    try:
        return read_disposition(prompt)
    except InputError:
        return None


def _margin_note(margin: Fraction) -> str:
    origin = "which is coopgap's default" if margin == MARGIN else "which was chosen after the data"
    return (
        f"a rate that is predicted to be one number counts as that number within {margin}, "
        f"{origin}; nobody registered it before these data were collected, so that verdicts on "
        "such predictions are exploratory"
    )


def _judged_row(row: SummaryRow, predicted: _Predicted, margin: Fraction) -> list[Row]:
    bounds = predicted.of(row)
    size = row.scenarios or len(predicted.games)
    entries: list[Row] = []
    for column, quantity in COLUMNS.items():
        if column not in row.rates:
            continue
        cell = row.rates[column]
        entry = Row(row.model, row.setting, row.contract, row.prompt, quantity)
        if cell is not None:
            ends = interval(cell, size, ALPHA)
            entry = replace(entry, measured=(float(cell.mean), *ends))
        if isinstance(bounds, str):
            entries.append(replace(entry, reason=bounds))
            continue
        for bound in bounds[quantity]:
            entry = replace(entry, low=bound.low, high=bound.high, basis=bound.basis)
            if bound.vacuous:
                entries.append(replace(entry, reason=ANYTHING))
            elif cell is None:
                entries.append(replace(entry, reason=f"the summary has no {column} here"))
            else:
                entries.append(replace(entry, judgement=_judged(cell, size, bound, margin)))
    return entries


def _judged(cell: Cell, scenarios: int, bounds: Bounds, margin: Fraction) -> Judgement:
    return judged_by(
        float(cell.mean),
        scenarios,
        partial(interval, cell, scenarios),
        bounded(*widened(bounds.low, bounds.high, margin)),
        METHOD,
        lambda size: interval(cell, size, ALPHA),
    )


def _orderings(rows: Sequence[SummaryRow], predicted: _Predicted) -> list[Ordering]:
    """Orderings of theory.md §5, in the order of the file.

    Those that the bounds do not imply carry the reason.
    """
    of_model: dict[str, list[SummaryRow]] = {}
    for row in rows:
        of_model.setdefault(row.model, []).append(row)
    return [
        _ordering(claim, higher, lower, predicted)
        for own in of_model.values()
        for higher, lower in product(own, own)
        if (claim := _claim(higher, lower)) is not None
    ]


def _claim(higher: SummaryRow, lower: SummaryRow) -> str | None:
    """The claim by which the first best is likelier in ``higher`` than in ``lower``, if any."""
    conditions = []
    for row in (higher, lower):
        disposition = _disposition(row.prompt)
        if disposition is None:
            return None
        regime = Regime(REGIMES.get(row.contract, "unknown"), row.setting)
        conditions.append(Condition(regime, disposition))
    claim, settings = ordering_claim(*conditions), (higher.setting, lower.setting)
    fits = settings == ("2x2", "4x4") if claim == "irreducibility" else len(set(settings)) == 1
    return claim if fits else None


def _ordering(claim: str, higher: SummaryRow, lower: SummaryRow, predicted: _Predicted) -> Ordering:
    ordering = Ordering(higher.model, claim, higher.condition, lower.condition, certain=False)
    bounds = [predicted.of(row) for row in (higher, lower)]
    for bound in bounds:
        if isinstance(bound, str):
            return replace(ordering, reason=bound)
    # The widest interval of the lower rate: an order is predicted where even that allows it.
    above, below = (bound["first-best"][-1] for bound in bounds if not isinstance(bound, str))
    if claim == "specificity" and above.high < 1:
        return replace(ordering, reason="not all is verifiable here: contracts need not suffice")
    if above.high <= below.high:
        return replace(
            ordering,
            reason="selfish agents can reach the first best there too: no order is predicted",
        )
    ordering = replace(ordering, certain=above.low > below.high)
    cells = [row.rates.get("utilitarian_accuracy") for row in (higher, lower)]
    sizes = [row.scenarios or len(predicted.games) for row in (higher, lower)]
    if cells[0] is None or cells[1] is None:
        return replace(ordering, reason="the summary has no utilitarian_accuracy there")
    first, second = cells[0], cells[1]

    def difference(level: float) -> tuple[float, float]:
        # Both intervals hold at once with 1 − level, however the two rates are correlated
        # (Bonferroni).
        left, right = interval(first, sizes[0], level / 2), interval(second, sizes[1], level / 2)
        return left[0] - right[1], left[1] - right[0]

    judgement = judged_by(
        float(first.mean - second.mean),
        min(sizes),
        difference,
        (0.0, math.inf),
        f"{METHOD}, Bonferroni over the two rates",
    )
    return replace(ordering, judgement=judgement)


def _doubts(summary: Summary, predicted: _Predicted) -> list[str]:
    """Rows in which only the first best was played, at another welfare than the dataset's."""
    doubts = []
    for row in summary.rows:
        rate, welfare = row.rates.get("utilitarian_accuracy"), row.welfare
        games = predicted.environments(row.setting)
        if REGIMES.get(row.contract) not in ("none", "announced") or not games:
            continue
        if rate is None or welfare is None or rate.mean < 1 or rate.spread > 0:
            continue
        best = sum((first_best(game).welfare for game in games), Fraction(0)) / len(games)
        if abs(welfare.mean - best) > welfare.mean_rounding:
            doubts.append(
                f"row {row.number} ({row.model}, {row.condition}): only the first best was played, "
                f"which is worth {float(best):.4g} on average in the dataset, but the summary says "
                f"{float(welfare.mean):.4g}: another dataset, or a mistake"
            )
    return doubts
