"""Published runs of a commons drawn: catch and survival against the number of prosocial agents."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from coopgap.llm_checks.commons.predicted import CommonsPrediction
from coopgap.llm_checks.commons.published import Cell
from coopgap.proofs.exposition.figures.style import CYCLE, INK, RED, styled

MARKS = ("o", "s", "^", "D", "v", "P", "X")


@styled
def runs(prediction: CommonsPrediction, cells: Sequence[Cell]) -> Figure:
    """Two rows, catch R and survival q; a column for each condition; a line for each model."""
    conditions = list(dict.fromkeys(cell.condition for cell in cells))
    models = list(dict.fromkeys(cell.model for cell in cells))
    width, height = 0.7 + 1.75 * len(conditions), 4.1
    figure = Figure(figsize=(width, height))
    panels = figure.subplots(2, len(conditions), squeeze=False, sharex=True, sharey="row")
    figure.subplots_adjust(
        left=0.5 / width, right=1 - 0.08 / width, top=0.94, bottom=0.29, hspace=0.12, wspace=0.08
    )
    for column, condition in enumerate(conditions):
        top, low = panels[0][column], panels[1][column]
        top.set_title(condition)
        _theory(top, low, prediction)
        for number, model in enumerate(models):
            line = [c for c in cells if (c.model, c.condition) == (model, condition)]
            for copy in sorted({cell.copy for cell in line}):
                series = sorted((c for c in line if c.copy == copy), key=lambda c: c.prosocial)
                _measured(top, low, series, number, len(models), dashed=copy > 1)
        low.set_xlabel("prosocial agents")
        low.xaxis.set_major_locator(MaxNLocator(integer=True))
        low.set_ylim(-0.03, 1.06)
    panels[0][0].set_ylabel("total catch R")
    panels[1][0].set_ylabel("survival q")
    looks = [(CYCLE[n % len(CYCLE)], MARKS[n % len(MARKS)]) for n in range(len(models))]
    lines = [Line2D([], [], color=c, marker=mark, markersize=3, lw=0.8) for c, mark in looks]
    names = list(models)
    lines.append(Line2D([], [], color=INK, lw=1.4))
    names.append("equilibrium, best stagewise selection")
    lines.append(Line2D([], [], color=RED, lw=0.8, ls=":"))
    names.append("first best")
    if any(cell.copy > 1 for cell in cells):
        lines.append(Line2D([], [], color=INK, lw=0.8, ls="--"))
        names.append("a second line of the summary about the same")
    # One narrow panel has no room for two columns.
    columns = min(2, len(conditions))
    figure.legend(
        lines, names, loc="lower left", ncols=columns, frameon=False, bbox_to_anchor=(0.02, 0)
    )
    return figure


def _theory(top: Axes, low: Axes, prediction: CommonsPrediction) -> None:
    kinds = [kind for kind in prediction.kinds if kind.best is not None]
    places = [kind.prosocial for kind in kinds]
    catches = [float(kind.best.catch) for kind in kinds if kind.best is not None]
    lasting = [
        math.nan if kind.best is None or kind.best.survival is None else float(kind.best.survival)
        for kind in kinds
    ]
    top.plot(places, catches, color=INK, lw=1.4, zorder=1)
    low.plot(places, lasting, color=INK, lw=1.4, zorder=1)
    top.axhline(float(prediction.best), color=RED, lw=0.8, ls=":", zorder=1)


def _measured(
    top: Axes, low: Axes, cells: Sequence[Cell], number: int, count: int, *, dashed: bool
) -> None:
    shift = 0.09 * (number - (count - 1) / 2)
    places = [cell.prosocial + shift for cell in cells]
    for axes, triples in (
        (top, [cell.catch for cell in cells]),
        (low, [cell.lasting for cell in cells]),
    ):
        middle, least, most = np.array(triples, float).T
        axes.errorbar(
            places,
            middle,
            yerr=np.maximum(0, [middle - least, most - middle]),
            color=CYCLE[number % len(CYCLE)],
            marker=MARKS[number % len(MARKS)],
            markersize=2.6,
            lw=0.7,
            elinewidth=0.5,
            ls="--" if dashed else "-",
            zorder=2,
        )
