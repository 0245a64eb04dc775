"""A frontier: a heat map of the gap over languages and λ, and the lattice as a Hasse diagram."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coopgap.proofs.deciding.reports import Quantity, Unknown
from coopgap.proofs.exposition.figures import style
from coopgap.proofs.frontier.report import Frontier, LanguageFrontier
from coopgap.theory.exact import INFINITY

ROW, LOW_ROW, MANY = 0.145, 0.107, 30
"""The height of a language in the heat map, in inches, of 7-point type; of one among many."""

WIDE = 6
"""How many languages of one rank stand side by side; of more, ranks are columns."""


@style.styled
def draw(frontier: Frontier) -> Figure:
    """The figure of a frontier; languages that tell apart the same plays are drawn once."""
    languages = [language for language in frontier.languages if language.same_as is None]
    keys, legend = _keys(frontier, languages)
    rows = [frontier.without, *languages]
    names = ["no contract", *(keys[language.name] for language in languages)]
    ranks = _ranks(languages)
    widest = max(map(len, ranks))
    lying = widest > WIDE
    tall = widest * LOW_ROW * 1.1 if lying else 0.42 * len(ranks)
    heat = (ROW if len(rows) <= MANY else LOW_ROW) * len(rows)
    texts = [line for text in legend for line in style.wrapped_lines(text)]
    sheet = style.Sheet(0.2 + heat + 0.73 + 0.2 + tall + 0.05 + style.LINE * len(texts) + 0.06)
    left = 0.14 + 0.062 * max(map(len, names))
    axes = sheet.axes(heat, left=left, right=0.12)
    _heat(axes, rows, names, frontier.first_best)
    sheet.skip(0.2)
    _bar(sheet, frontier, rows, left)
    sheet.skip(0.26)
    lattice = sheet.axes(tall, left=0.1, right=0.1, top=0.2)
    title = "Finer languages to the right" if lying else "λ* of each language, finer ones above"
    lattice.set_title(title, pad=3).set_label(style.TITLE)
    _hasse(lattice, ranks, keys, lying)
    sheet.skip(0.05)
    sheet.lines(texts)
    return sheet.figure


def _keys(
    frontier: Frontier, languages: list[LanguageFrontier]
) -> tuple[dict[str, str], list[str]]:
    """A short key for each language, and lines that say what the keys mean."""
    if frontier.predicates:
        of = dict(zip(frontier.predicates, style.letters(len(frontier.predicates)), strict=True))
        ground = "nothing" if frontier.base is None else frontier.base
        keys = {
            language.name: "".join(of[p] for p in language.predicates) or "∅"
            for language in languages
        }
        return keys, [f"∅: {ground}", *(f"{key}: {text}" for text, key in of.items())]
    keys = dict(
        zip((language.name for language in languages), style.letters(len(languages)), strict=True)
    )
    return keys, [f"{key}: {name}" for name, key in keys.items()]


def _ranks(languages: list[LanguageFrontier]) -> list[list[LanguageFrontier]]:
    """The languages by the length of the longest chain below them."""
    by_name = {language.name: language for language in languages}
    rank: dict[str, int] = {}

    def of(name: str) -> int:
        if name not in rank:
            rank[name] = 1 + max(map(of, by_name[name].refines), default=-1)
        return rank[name]

    ranks: list[list[LanguageFrontier]] = [
        [] for _ in range(1 + max(of(e.name) for e in languages))
    ]
    for language in languages:
        ranks[rank[language.name]].append(language)
    return ranks


def _colours(largest: Fraction) -> tuple[Colormap, Normalize]:
    return mpl.colormaps[style.HEAT], Normalize(0, float(largest) or 1)


def _largest(rows: list[LanguageFrontier], optimum: Fraction) -> Fraction:
    values = (step.value for language in rows for step in language.values)
    finite = (optimum - value for value in values if isinstance(value, Fraction))
    return max(finite, default=Fraction(0))


def _heat(axes: Axes, rows: list[LanguageFrontier], names: list[str], optimum: Fraction) -> None:
    ends = sorted({Fraction(0)} | {step.at.low for language in rows for step in language.values})
    right = float(ends[-1]) * 1.15 if ends[-1] > 0 else 1.0
    colours, scale = _colours(_largest(rows, optimum))
    for place, language in enumerate(rows):
        for step in language.values:
            low = float(step.at.low)
            high = right if step.at.high == INFINITY else float(step.at.high)  # type: ignore[arg-type]
            known = isinstance(step.value, Fraction)
            colour = colours(scale(float(optimum - step.value))) if known else "white"  # type: ignore[operator]
            edge, hatch = ("none", None) if known else (style.GREY, "////")
            look: Any = {"facecolor": colour, "edgecolor": edge, "hatch": hatch, "linewidth": 0}
            axes.add_patch(Rectangle((low, place - 0.5), high - low, 1, **look))
        if language.unknown is not None:
            style.centred(axes, right / 2, place, "unknown", fontsize=6)
        axes.axhline(place - 0.5, color="white", linewidth=0.6)
        if isinstance(language.threshold, Fraction):
            at = float(language.threshold)
            axes.plot([at, at], [place - 0.5, place + 0.5], color=style.RED, linewidth=1.6)
    for place, (upper, lower) in enumerate(pairwise(rows)):
        levels = [float(e.threshold) for e in (upper, lower) if isinstance(e.threshold, Fraction)]
        if len(levels) == 2:
            axes.plot(levels, [place + 0.5] * 2, color=style.RED, linewidth=1.6)
    axes.set_xlim(-right * 0.01, right)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), names)
    axes.tick_params(axis="y", length=0, pad=2)
    exact_ticks(axes, ends, right)
    axes.set_xlabel("prosociality λ", labelpad=1)
    axes.set_title("Welfare gap; red: the least λ that closes it", pad=3).set_label(style.TITLE)


def exact_ticks(axes: Axes, levels: list[Fraction], right: float) -> None:
    """Ticks at exact λ; labels that would overlap are left out, the last ones kept."""
    spaced: list[Fraction] = []
    per_inch = 2.6 / right
    for level in reversed(levels):
        room = 0.06 * max(len(str(level)), 2) + 0.04
        if all(abs(float(level - neighbour)) * per_inch > room for neighbour in spaced):
            spaced.append(level)
    labelled = spaced[::-1]
    axes.set_xticks([float(level) for level in labelled], [str(level) for level in labelled])
    axes.set_xticks([float(level) for level in levels], minor=True)
    axes.tick_params(axis="x", length=2.5, pad=1.5)
    axes.tick_params(axis="x", which="minor", length=2.5)


def _bar(sheet: style.Sheet, frontier: Frontier, rows: list[LanguageFrontier], left: float) -> None:
    largest = _largest(rows, frontier.first_best)
    colours, scale = _colours(largest)
    axes = sheet.axes(0.09, left=left, right=0.12, top=0.18)
    bar = sheet.figure.colorbar(ScalarMappable(scale, colours), cax=axes, orientation="horizontal")
    ends: list[Fraction] = [Fraction(0), largest] if largest else [Fraction(0)]
    bar.set_ticks([float(end) for end in ends], labels=[str(end) for end in ends])
    axes.tick_params(length=2, pad=1)
    bar.outline.set_linewidth(0.4)
    hatched = any(not isinstance(s.value, Fraction) for language in rows for s in language.values)
    axes.set_xlabel("gap" + ("; hatched: no equilibrium" if hatched else ""), labelpad=-4)


def _hasse(
    axes: Axes,
    ranks: list[list[LanguageFrontier]],
    keys: dict[str, str],
    lying: bool,
) -> None:
    places: dict[str, tuple[float, float]] = {}
    for depth, rank in enumerate(ranks):
        for k, node in enumerate(rank):
            along = (depth + 0.5) / len(ranks)
            across = (k + 0.5) / len(rank)
            places[node.name] = (along, 1 - across) if lying else (across, along)
    for node in (node for rank in ranks for node in rank):
        for under in node.refines:
            (x, y), (u, v) = places[node.name], places[under]
            axes.plot(
                [x, u], [y, v], color=style.PALE if lying else style.GREY, linewidth=0.5, zorder=1
            )
    for node in (node for rank in ranks for node in rank):
        x, y = places[node.name]
        text = keys[node.name] if lying else f"{keys[node.name]}: {level_text(node.threshold)}"
        look = {"facecolor": "white", "edgecolor": "none" if lying else style.INK, "linewidth": 0.5}
        box = {"boxstyle": f"round,pad={0.05 if lying else 0.3}", **look}
        style.centred(axes, x, y, text, zorder=2, fontsize=7, bbox=box)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    style.bare(axes)


def level_text(level: Quantity) -> str:
    """A λ, ∞, or a question mark for what is unknown."""
    if isinstance(level, Unknown):
        return "?"
    return "∞" if level == INFINITY else str(level)
