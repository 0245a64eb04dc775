"""Figures of a judged summary: measured rates, and their differences, against predictions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from coopgap.llm_checks.predicting.quantities import words_for
from coopgap.llm_checks.replaying.replay import Replay, Row
from coopgap.proofs.deciding.table_bounds import REPLACING
from coopgap.proofs.exposition.figures.style import BLUE, GREY, INK, PALE, RED, SKY, styled

LINE, PANEL, GAP = 0.135, 1.85, 0.16
"""The height of a line, and the widths of a panel and of what is between panels, in inches."""

T = TypeVar("T")

_LOOKS: dict[str | None, dict[str, Any]] = {
    "consistent": {"marker": "o", "color": BLUE},
    "contradicted": {"marker": "X", "color": RED},
    "inconclusive": {"marker": "o", "color": INK, "markerfacecolor": "white"},
    None: {"marker": ".", "color": GREY},
}
"""How an interval and its estimate are drawn, by verdict: told apart without colour too."""

_BANDS: list[dict[str, Any]] = [
    {"facecolor": SKY, "alpha": 0.5},
    {"facecolor": "white", "edgecolor": BLUE, "alpha": 0.8, "hatch": "//////"},
]
"""How predicted intervals are drawn: the narrower one, and what a wider one adds."""

_SIZES: dict[str, Any] = {"linewidth": 0.9, "markersize": 4.2, "markeredgewidth": 0.8}


@styled
def rates(replay: Replay, quantity: str) -> Figure:
    """One panel for each setting and contract, one line for each prompt mode and model."""
    rows = [row for row in replay.rows if row.quantity == quantity]
    at: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in rows:
        at.setdefault((row.model, row.setting, row.contract, row.prompt), []).append(row)
    settings = _distinct(row.setting for row in rows)
    contracts = _distinct(row.contract for row in rows)
    models = _distinct(row.model for row in rows)
    known = {row.prompt for row in rows if row.low is not None}
    prompts = sorted(_distinct(row.prompt for row in rows), key=lambda name: name not in known)
    names = [line for prompt in prompts for line in (prompt, *models)]
    figure, panels = _sheet(len(settings), len(contracts), names, words_for(quantity))
    heads = range(0, len(names), len(models) + 1)
    for number, (setting, contract) in enumerate(product(settings, contracts)):
        axes = panels[number]
        axes.set_title(f"{setting}, {contract}", pad=3)
        for place, name in enumerate(names):
            if place not in heads:
                prompt = prompts[place // (len(models) + 1)]
                _line(axes, place, at.get((name, setting, contract, prompt), []))
        _label(axes, names if number % len(contracts) == 0 else [], heads)
    looks = [row.judgement.verdict if row.judgement else None for row in rows]
    _legend(figure, looks, wider=any(row.basis == REPLACING for row in rows))
    return figure


@styled
def orderings(replay: Replay) -> Figure:
    """A block for each ordering: by model the difference of rates that should be positive."""
    judged = [ordering for ordering in replay.orderings if ordering.judgement is not None]
    subjects = _distinct(ordering.subject for ordering in judged)
    models = _distinct(ordering.model for ordering in judged)
    names = [line for _ in subjects for line in ("", *models)]
    figure, (axes,) = _sheet(1, 1, names, "difference of the probabilities of the first best", 5.6)
    axes.axvspan(0, 1, facecolor=SKY, alpha=0.3, linewidth=0)
    for number, subject in enumerate(subjects):
        axes.text(
            -1,
            number * (len(models) + 1),
            subject,
            va="center",
            fontweight="bold",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
    for ordering in judged:
        block = subjects.index(ordering.subject) * (len(models) + 1)
        if judgement := ordering.judgement:
            place = block + 1 + models.index(ordering.model)
            _measured(axes, place, judgement.ends, judgement.verdict)
    axes.set_xlim(-1.03, 1.03)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−½", "0", "½", "1"])
    axes.axvline(0, color=INK, linewidth=0.6, zorder=1)
    _label(axes, names, [])
    _legend(figure, [own.judgement.verdict for own in judged if own.judgement], wider=False)
    return figure


def _sheet(
    down: int, across: int, names: Sequence[str], label: str, panel: float = PANEL
) -> tuple[Figure, list[Axes]]:
    """Axes in rows, all alike, with room for a line's name on the left and a legend below."""
    labels = 0.25 + 0.062 * max(map(len, names))
    inner, wide = len(names) * LINE, across * (panel + GAP) - GAP
    width, high = labels + wide + GAP, down * (inner + 0.52) + 0.4
    figure = Figure(figsize=(width, high))
    figure.subplots_adjust(
        left=labels / width,
        right=(labels + wide) / width,
        bottom=0.72 / high,
        top=1 - 0.2 / high,
        wspace=GAP / panel,
        hspace=0.52 / inner,
    )
    panels: list[Axes] = list(figure.subplots(down, across, squeeze=False).flat)
    for axes in panels:
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "¼", "½", "¾", "1"])
        axes.tick_params(axis="x", length=2, pad=2)
        axes.grid(axis="x", color=PALE, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
    if across == 1:
        panels[-1].set_xlabel(label, labelpad=2)
    if across > 1:
        figure.text(0.5, 0.34 / high, label[0].upper() + label[1:], ha="center", va="center")
    return figure, panels


def _label(axes: Axes, names: Sequence[str], heads: Sequence[int]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0, pad=3)
    for place, text in enumerate(axes.get_yticklabels()):
        if place in heads:
            text.set_fontweight("bold")


def _line(axes: Axes, place: int, rows: Sequence[Row]) -> None:
    start: float | None = None
    for row in rows:
        if row.low is None or row.high is None:
            continue
        # Wide enough to be seen where it is a point; a wider interval shows beyond a narrow one.
        left, right = float(row.low) - 0.012, float(row.high) + 0.012
        left = left if start is None else start
        look = _BANDS[start is not None] | ({} if row.judgement else {"alpha": 0.2})
        axes.barh(place, right - left, 0.76, left, linewidth=0, zorder=1, **look)
        start = right
    for row in rows[:1]:
        if row.measured is not None:
            _measured(axes, place, row.measured, row.judgement.verdict if row.judgement else None)


def _measured(
    axes: Axes, place: float, ends: tuple[float, float, float], verdict: str | None
) -> None:
    """An interval, with a mark at its estimate. ends: the estimate, and where it ends."""
    middle, low, high = ends
    look = _LOOKS[verdict] | _SIZES
    axes.plot([low, middle, high], [place] * 3, markevery=[1], zorder=3, clip_on=False, **look)


def _legend(figure: Figure, verdicts: Sequence[str | None], wider: bool) -> None:
    labels = ["predicted", *["and if contracts may replace actions"] * wider]
    handles: list[Patch | Line2D] = [
        Patch(label=label, **look) for label, look in zip(labels, _BANDS, strict=False)
    ]
    handles += [
        Line2D([], [], label=verdict or "not judged", **look, **_SIZES)
        for verdict, look in _LOOKS.items()
        if verdict in verdicts
    ]
    figure.legend(
        handles=handles,
        loc="lower center",
        ncols=len(handles),
        frameon=False,
        borderaxespad=0.1,
        columnspacing=1.1,
        handletextpad=0.5,
    )


def _distinct(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))
