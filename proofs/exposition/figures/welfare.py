"""Welfare and each agent's payoff against λ, with the equilibria named."""

from __future__ import annotations

from fractions import Fraction

from matplotlib.figure import Figure

from coopgap.proofs.exposition.figures import style
from coopgap.proofs.exposition.figures.frontier import exact_ticks
from coopgap.proofs.frontier.intervals import Step, merged
from coopgap.proofs.frontier.values import Best, best_selections
from coopgap.proofs.questions.obligations import Setting
from coopgap.theory.environments import Environment
from coopgap.theory.exact import INFINITY, MINUS_INFINITY
from coopgap.theory.welfare import expected_payoffs

BOX = 1.7
"""The height of the plot, in inches."""


@style.styled
def draw(setting: Setting, name: str | None) -> Figure:
    """The best equilibrium at every common λ: its welfare, each agent's material payoff (utils).

    name: the language, None for play without a contract. Raises Undecided.
    """
    environment = setting.environment
    steps = steady(best_selections(setting))
    keys = dict(
        zip(dict.fromkeys(s.value.selection for s in steps), style.letters(99), strict=False)
    )
    texts = [
        line
        for selection, key in keys.items()
        for line in style.wrapped_lines(f"{key}: {_selection_text(environment, selection)}")
    ]
    payoffs = [f"u({player})" for player in environment.players]
    sheet = style.Sheet(
        0.36 + BOX + 0.36 + style.LINE * (len(texts) + 1 + len(payoffs) // 4) + 0.06
    )
    axes = sheet.axes(BOX, left=0.42, top=0.36)
    ends = sorted({step.at.low for step in steps})
    right = float(ends[-1]) * 1.25 if ends[-1] > 0 else 1.0
    lines = [
        ("welfare", style.INK, 2.2),
        *((n, c, 1.2) for n, c in zip(payoffs, style.CYCLE * 9, strict=False)),
    ]
    levels: list[float] = []
    for step in steps:
        low = float(step.at.low)
        high = right if step.at.high == INFINITY else float(step.at.high)  # type: ignore[arg-type]
        middle = (low + high) / 2
        axes.text(
            middle,
            1.02,
            keys[step.value.selection],
            ha="center",
            va="bottom",
            transform=axes.get_xaxis_transform(),
        )
        if step.value.selection is None:
            axes.axvspan(
                low, high, facecolor="white", edgecolor=style.PALE, hatch="////", linewidth=0
            )
            continue
        numbers = expected_payoffs(environment, dict(step.value.selection))
        heights = [float(sum(numbers)), *map(float, numbers)]
        levels += heights
        for number, (height, (_, colour, width)) in enumerate(zip(heights, lines, strict=True)):
            # Agents of equal payoff are dashed out of step, so that both are seen.
            dash = (0, ()) if number == 0 else (2.5 * (number - 1), (2.5, 2.5 * (len(lines) - 2)))
            if len(lines) == 2:
                dash = (0, ())
            axes.plot([low, high], [height] * 2, color=colour, linewidth=width, linestyle=dash)
        for end, open_end in ((step.at.low, step.at.open_low), (step.at.high, step.at.open_high)):
            if isinstance(end, Fraction) and (end > 0 or open_end):
                face = "white" if open_end else style.INK
                axes.plot(float(end), heights[0], "o", ms=3.2, mfc=face, mec=style.INK, mew=0.7)
    for end in ends[1:]:
        axes.axvline(float(end), color=style.PALE, linewidth=0.6, zorder=0)
    axes.set_xlim(0, right)
    spread = (max(levels) - min(levels)) or 1.0 if levels else 1.0
    if levels:
        axes.set_ylim(min(levels) - 0.08 * spread, max(levels) + 0.08 * spread)
    exact_ticks(axes, ends, right)
    axes.set_xlabel("prosociality λ", labelpad=1)
    axes.set_ylabel("expected, in utils", labelpad=1)
    axes.set_title(
        "Best equilibrium " + ("without a contract" if name is None else f"in {name}"),
        pad=12,
    ).set_label(style.TITLE)
    sheet.skip(0.36)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    sheet.swatches([(name[:12], colour) for name, colour, _ in lines], columns=4)
    sheet.lines(texts)
    return sheet.figure


def steady(steps: list[Step[Best]]) -> tuple[Step[Best], ...]:
    """Steps on which not only welfare but the selection stays the same."""
    return merged(
        Step(s.at, s.value if s.value.selection else Best(MINUS_INFINITY, None)) for s in steps
    )


def _selection_text(environment: Environment, selection: object) -> str:
    if selection is None:
        return "no pure equilibrium"
    parts = []
    for state, profile in selection:  # type: ignore[attr-defined]
        play = f"({', '.join(environment.labels(profile))})"
        many = len(environment.states) > 1
        parts.append(f"{play} in {environment.states[state]}" if many else play)
    return "; ".join(parts)
