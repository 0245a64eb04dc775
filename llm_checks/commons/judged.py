"""Published runs of a commons judged by the theory's predictions; no model is run.

The intervals of catches are those of the summary, whose method is not known; where they have no
width nothing is judged. The rate of runs that last all months has the exact interval of its counts:
once as if all runs were independent, and once as if only batches of runs were. One predicted number
counts give or take a margin, as in ``play``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from coopgap.llm_checks.commons.predicted import CommonsPrediction, predicted
from coopgap.llm_checks.commons.published import Cell, doubts, read_cells
from coopgap.llm_checks.judging.evidence import Verdict, bounded, verdict_on, widened
from coopgap.llm_checks.judging.intervals import clopper_pearson
from coopgap.llm_checks.predicting.predictions import MARGIN, plain
from coopgap.theory.commons.specification import CommonsSpecification
from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import MAX_BYTES

REGIMES = {"no-contract": "none", "nl": "announced", "code-law": "enforced"}
"""What conditions mean: no contract; one in words, which nobody enforces; coded and enforced."""

UNBOUND = ("none", "announced")
"""The regimes that bind nobody, by which play is that of equilibrium without a contract."""

MISSING = (
    "the runs themselves: only means and 95 % intervals, by an unknown method, so that nothing can "
    "be corrected for the number of predictions, and no test can pair conditions",
    "n_parent_runs, total_runs: how the runs of a parent are related. The runs of a cell are "
    "total_runs, in n_parent_runs batches; are runs of a batch alike, only batches count",
    "catches by agent and disposition: who is exploited cannot be judged, only equality (e)",
    "the contracts that were agreed: whether one that reaches the first best was available is "
    "proved, whether it was chosen is not known",
    "growth as it was drawn in each month: what was lost to bad luck cannot be told from the rest",
)
"""What such summaries do not contain."""

STATEMENTS = {
    "selfish-collapse": "selfish agents without an enforced contract end it in the first month",
    "prosocial-survival": "prosocial agents alone keep the resource for all months",
    "selfish-catch": "selfish agents without an enforced contract catch what equilibrium gives",
    "first-best-bound": "no play catches more in the mean than the first best",
    "contract-closes": "an enforced contract that may react to everything reaches the first best",
    "monotone": "one more prosocial agent does not lower the catch",
    "prosocial-gain": "prosocial agents alone catch more than selfish ones",
}
"""The predictions, in words. Those of equilibrium are of the best stagewise selection."""


@dataclass(frozen=True)
class Judged:
    """A prediction about one cell, or about two of a model.

    measured: the estimate and the ends of its interval, in units or as a rate. predicted: its
    bounds, None where there is none. cautious: the verdict if only batches of runs count; None
    where counts do not matter. reason: why there is no verdict.
    """

    prediction: str
    model: str
    condition: str
    prosocial: str
    quantity: str
    predicted: tuple[Fraction | None, Fraction | None]
    measured: tuple[float, float, float]
    runs: int
    parents: int
    verdict: Verdict | None = None
    cautious: Verdict | None = None
    reason: str = ""


@dataclass(frozen=True)
class CommonsReplay:
    """A judged summary."""

    summary: str
    prediction: CommonsPrediction
    cells: Sequence[Cell]
    judged: Sequence[Judged]
    doubts: Sequence[str]
    margin: Fraction = MARGIN

    def document(self) -> dict[str, Any]:
        """``coopgap.commons-replay/1``: plain JSON values; bounds as exact text."""
        return {
            "schema": "coopgap.commons-replay/1",
            "summary": self.summary,
            "margin": str(self.margin),
            "predicted": self.prediction.document(),
            "cells": [_cell(self.prediction, cell) for cell in self.cells],
            "judged": plain(self.judged),
            "statements": dict(STATEMENTS),
            "missing": list(MISSING),
            "doubts": list(self.doubts),
        }


def _cell(prediction: CommonsPrediction, cell: Cell) -> dict[str, Any]:
    closed = prediction.closed(cell.catch[0])
    return {
        "model": cell.model,
        "condition": cell.name,
        "prosocial": cell.prosocial,
        "catch": [float(end) for end in cell.catch],
        "survival": [float(end) for end in cell.lasting],
        "share_of_gap": None if closed is None else float(closed),
        "full_horizon": cell.full,
        "below_horizon": cell.below,
        "n_parent_runs": cell.parents,
        "total_runs": cell.runs,
    }


def judged_runs(
    summary: Path,
    specification: CommonsSpecification,
    *,
    max_bytes: int = MAX_BYTES,
    margin: Fraction = MARGIN,
) -> CommonsReplay:
    """Judges a summary of runs by the predictions for a commons.

    margin: how far from one predicted number data may lie that count as that number: of rates in
    hundredths, of catches as a share of the first best. Raises InputError, naming the file, when it
    cannot be used.
    """
    cells = read_cells(summary, max_bytes)
    if not cells:
        raise InputError("there are no runs", fix="name a summary", source=str(summary))
    prediction = predicted(specification)
    judged = [result for cell in cells for result in _of_cell(prediction, cell, margin)]
    judged += list(_orderings(prediction, cells))
    agents = specification.commons.agents
    return CommonsReplay(str(summary), prediction, cells, judged, doubts(cells, agents), margin)


def _regime(condition: str) -> str | None:
    """What a condition of the paper's, or of ``coopgap play``, means; None where it is not known.

    An enforced quota of ours may be of any language, so that nothing is known of it here.
    """
    kind = condition.partition(":")[0]
    return REGIMES.get(condition, kind if kind in UNBOUND else None)


def _of_cell(prediction: CommonsPrediction, cell: Cell, margin: Fraction) -> Iterator[Judged]:
    slack = margin * prediction.best
    agents = prediction.specification.commons.agents
    regime = _regime(cell.condition)
    yield _caught("first-best-bound", cell, (None, prediction.best), slack)
    if regime == "enforced" and cell.prosocial == 0:
        yield _caught("contract-closes", cell, (prediction.attained, prediction.best), slack)
    if regime in UNBOUND and cell.prosocial == 0:
        selfish = prediction.kinds[0]
        if selfish.best is not None and not selfish.several:
            lasts = selfish.best.survival
            if lasts is not None and lasts * prediction.specification.commons.horizon == 1:
                yield _lasted("selfish-collapse", cell, (Fraction(0), Fraction(0)), margin)
            yield _caught("selfish-catch", cell, (None, selfish.best.catch), slack)
    if regime in UNBOUND and cell.prosocial == agents:
        alone = prediction.kinds[agents].best
        if alone is not None and alone.survival == 1:
            yield _lasted("prosocial-survival", cell, (Fraction(1), Fraction(1)), margin)


Bounds = tuple[Fraction | None, Fraction | None]
Ends = tuple[float, float, float]
"""An estimate and the ends of its interval."""

ALIKE = "all runs are alike: the interval has no width"


def _caught(name: str, cell: Cell, bounds: Bounds, slack: Fraction) -> Judged:
    estimate, low, high = map(float, cell.catch)
    if low == high:
        return _judged(name, cell, "catch", bounds, (estimate, low, high), reason=ALIKE)
    verdict = verdict_on(low, high, *bounded(*widened(*bounds, slack)))
    return _judged(name, cell, "catch", bounds, (estimate, low, high), verdict=verdict)


def _lasted(name: str, cell: Cell, bounds: Bounds, margin: Fraction) -> Judged:
    size = cell.full + cell.below
    if size == 0 or cell.parents == 0:
        unknown = (math.nan, 0.0, 1.0)
        return _judged(name, cell, "lasting", bounds, unknown, reason="there are no runs")
    ends = clopper_pearson(cell.full, size)
    # As if each batch were one run: what it then shows at least and at most.
    share = Fraction(cell.full * cell.parents, size)
    low = clopper_pearson(math.floor(share), cell.parents)[0]
    high = clopper_pearson(math.ceil(share), cell.parents)[1]
    near = bounded(*widened(*bounds, margin))
    return _judged(
        name,
        cell,
        "lasting",
        bounds,
        (cell.full / size, *ends),
        verdict=verdict_on(*ends, *near),
        cautious=verdict_on(low, high, *near),
    )


def _judged(
    name: str, cell: Cell, quantity: str, bounds: Bounds, measured: Ends, **fields: Any
) -> Judged:
    subject = cell.model, cell.name, str(cell.prosocial)
    return Judged(name, *subject, quantity, bounds, measured, cell.runs, cell.parents, **fields)


def _orderings(prediction: CommonsPrediction, cells: Sequence[Cell]) -> Iterator[Judged]:
    """Differences of catches within a model and condition, by the intervals of both."""
    agents = prediction.specification.commons.agents
    rows: dict[tuple[str, str], dict[int, Cell]] = {}
    for cell in cells:
        rows.setdefault((cell.model, cell.name), {})[cell.prosocial] = cell
    for row in rows.values():
        for fewer, more in zip(range(agents), range(1, agents + 1), strict=True):
            if fewer in row and more in row:
                yield _difference("monotone", row[fewer], row[more])
        if 0 in row and agents in row and _regime(row[0].condition) in UNBOUND:
            yield _difference("prosocial-gain", row[0], row[agents])


def _difference(name: str, fewer: Cell, more: Cell) -> Judged:
    """Whether the catch is higher with more: two 95 % intervals make one of at least 90 %."""
    low, high = (float(more.catch[i] - fewer.catch[3 - i]) for i in (1, 2))
    measured, bounds = (float(more.catch[0] - fewer.catch[0]), low, high), (Fraction(0), None)
    verdict: Verdict | None = verdict_on(low, high, *bounded(*bounds))
    reason = ""
    if all(cell.catch[1] == cell.catch[2] for cell in (fewer, more)):
        verdict, reason = None, "all runs are alike: the intervals have no width"
    return replace(
        _judged(name, more, "catch", bounds, measured, verdict=verdict, reason=reason),
        prosocial=f"{more.prosocial} over {fewer.prosocial}",
        runs=min(fewer.runs, more.runs),
        parents=min(fewer.parents, more.parents),
    )
