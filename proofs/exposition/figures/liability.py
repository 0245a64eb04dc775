"""The gap against the bound on fines: of contracts dashed, of mechanisms in full."""

from __future__ import annotations

from fractions import Fraction

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.exposition.figures import style
from coopgap.proofs.exposition.figures.frontier import exact_ticks
from coopgap.proofs.frontier.intervals import Step
from coopgap.proofs.frontier.liability import Function, LiabilityFrontier, Piece, valued

BOX = 1.7
"""The height of the plot, in inches."""

POINTS = 200
"""How many points of a curve are joined."""


@style.styled
def draw(frontier: LiabilityFrontier) -> Figure:
    """Gaps in utils over B; languages that are like an earlier one are drawn once."""
    languages = [language for language in frontier.languages if language.same_as is None]
    texts = [style.wrapped_lines(language.name)[0] for language in languages]
    sheet = style.Sheet(0.2 + BOX + 0.36 + style.LINE * (len(texts) + 1) + 0.06)
    axes = sheet.axes(BOX, left=0.42, top=0.2)
    ends = {frontier.low, frontier.high}
    for language, colour in zip(languages, style.CYCLE * len(languages), strict=False):
        for function, dashed in ((language.contract, True), (language.mechanism, False)):
            if not isinstance(function, Unknown):
                _curve(axes, function, colour, dashed)
                ends |= {step.at.low for step in function.steps}
    for end in ends - {frontier.low, frontier.high}:
        axes.axvline(float(end), color=style.PALE, linewidth=0.6, zorder=0)
    axes.set_xlim(float(frontier.low), float(frontier.high))
    axes.set_ylim(bottom=0)
    axes.margins(y=0.08)
    exact_ticks(axes, sorted(ends), float(frontier.high - frontier.low))
    axes.set_xlabel("bound on fines B, in utils", labelpad=1)
    axes.set_ylabel("gap, in utils", labelpad=1)
    axes.set_title("Gap of contracts (dashed) and of any mechanism", pad=3).set_label(style.TITLE)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    sheet.skip(0.36)
    sheet.swatches(list(zip(texts, style.CYCLE * len(texts), strict=False)))
    return sheet.figure


def _curve(axes: Axes, function: Function, colour: str, dashed: bool) -> None:
    for step in function.steps:
        low, high = step.at.low, step.at.high
        assert isinstance(high, Fraction)
        places = [low + (high - low) * k / POINTS for k in range(POINTS + 1)]
        heights = [_gap(step, place) for place in places]
        if None not in heights:
            axes.plot(
                list(map(float, places)),
                heights,  # type: ignore[arg-type]
                color=colour,
                linewidth=1.2,
                linestyle=(0, (2.5, 2.5)) if dashed else "-",
            )


def _gap(step: Step[Piece], place: Fraction) -> float | None:
    value = valued(step.value.gap, place)
    return float(value) if isinstance(value, Fraction) else None
