"""Games as grids of profiles: which plays a language tells apart, and best replies."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coopgap.proofs.exposition.figures import style
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.errors import InputError
from coopgap.theory.languages import Language, describe_record, record_table

NAME = 0.14
"""The room for the name of a player beside a grid, in inches."""

CELL_LIMIT = 144
"""The number of profiles of a state up to which they are drawn."""


@style.styled
def partition(environment: Environment, language: Language, name: str) -> Figure:
    """Every play in the colour and letter of its record."""
    _require_small(environment)
    table = record_table(language, environment)
    rows, columns = _axes_of(environment)
    flat = table.reshape(len(environment.states), len(rows), len(columns))
    count = int(table.max()) + 1
    keys = style.letters(count)
    texts = []
    if count <= 12:
        shape = (len(environment.states), *environment.shape)
        grid = np.indices(shape).reshape(len(shape), -1)
        own = language.records(grid[0], grid[1:].T)
        for number in range(count):
            record = int(own[np.flatnonzero(table.ravel() == number)[0]])
            words = describe_record(language, environment, record)
            texts += style.wrapped_lines(f"{keys[number]}: {words}")
    else:
        texts = [f"{count} records"]

    def cell(axes: Axes, state: int, row: int, column: int) -> None:
        number = int(flat[state, row, column])
        _box(axes, row, column, facecolor=_colour(number, count), alpha=0.45)
        style.centred(axes, column, row, keys[number])

    return _grid(environment, f"What {name} tells apart", cell, texts)


@style.styled
def replies(environment: Environment) -> Figure:
    """Payoffs of two players, in utils, with arrows to best replies.

    Equilibria are framed, the first best is shaded. Raises InputError for more or fewer players.
    """
    if len(environment.players) != 2:
        raise InputError(
            f"best replies are drawn for two players, not {len(environment.players)}",
            fix="choose another kind of figure",
        )
    _require_small(environment)
    stable = pure_nash(environment.payoffs)
    first, second = environment.players
    texts = style.wrapped_lines(f"blue arrows, up and down: best replies of {first}")
    texts += style.wrapped_lines(f"orange arrows, across: best replies of {second}")
    texts += ["framed: equilibria; shaded: first best; payoffs in utils"]

    def cell(axes: Axes, state: int, row: int, column: int) -> None:
        welfare = environment.welfare[state]
        best = welfare[row, column] == welfare.max()
        shade = "#EFE7C8" if best else "white"
        _box(axes, row, column, facecolor=shade, edgecolor=style.INK, linewidth=0.4)
        if stable[state, row, column]:
            _box(axes, row, column, 0.44, 0.42, fill=False, edgecolor=style.INK, lw=1.5)
        unit = environment.denominator
        numbers = [_number(int(own[state, row, column]), unit) for own in environment.payoffs]
        style.centred(axes, column, row, ", ".join(numbers), zorder=4)
        own, theirs = environment.payoffs[0, state], environment.payoffs[1, state]
        up = [k for k in np.flatnonzero(own[:, column] == own[:, column].max()) if k != row]
        if up and own[row, column] < own[:, column].max():
            _arrow(axes, (column - 0.3, row), (column - 0.3, _nearest(up, row)), style.BLUE)
        across = [k for k in np.flatnonzero(theirs[row] == theirs[row].max()) if k != column]
        if across and theirs[row, column] < theirs[row].max():
            _arrow(axes, (column, row + 0.3), (_nearest(across, column), row + 0.3), style.ORANGE)

    return _grid(environment, "Best replies", cell, texts)


def _box(
    axes: Axes, row: int, column: int, across: float = 0.5, up: float = 0.5, **look: Any
) -> None:
    """A rectangle around the middle of a cell, so far to each side."""
    axes.add_patch(Rectangle((column - across, row - up), 2 * across, 2 * up, **look))


def _nearest(places: Sequence[Any], to: int) -> int:
    return int(min(places, key=lambda place: abs(place - to)))


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    """From next to the middle of one cell to just inside another."""
    (x, y), (u, v) = start, end
    length = math.hypot(u - x, v - y)
    dx, dy = (u - x) / length, (v - y) / length
    tail, head = (x + 0.25 * dx, y + 0.25 * dy), (u - 0.25 * dx, v - 0.25 * dy)
    style.arrow(axes, tail, head, colour, 6, linewidth=1, zorder=3)


def _number(value: int, unit: int) -> str:
    return str(Fraction(value, unit)).replace("-", "−")


def _grid(
    environment: Environment,
    title: str,
    cell: Callable[[Axes, int, int, int], None],
    texts: list[str],
) -> Figure:
    """One grid for each state: the first player's actions down, all others' across."""
    rows, columns = _axes_of(environment)
    size = min(0.75, (style.WIDTH - 0.7) / len(columns))
    high = min(size, 0.42) * len(rows)
    label = 0.12 + NAME + 0.065 * max(map(len, rows))
    turned = max(map(len, columns)) * 0.065 > size
    head = (0.09 + 0.065 * max(map(len, columns)) if turned else 0.2) + NAME
    many = len(environment.states) > 1
    panel = high + head + 0.16 + (0.16 if many else 0)
    sheet = style.Sheet(0.2 + panel * len(environment.states) + style.LINE * len(texts) + 0.12)
    sheet.used = 0.2
    sheet.figure.text(
        0.5, 1 - 0.14 / sheet.height, title, ha="center", fontsize=7.5, label=style.TITLE
    )
    for state, name in enumerate(environment.states):
        width = size * len(columns)
        axes = sheet.axes(
            high,
            left=label,
            right=max(0.05, style.WIDTH - label - width),
            top=head + (0.16 if many else 0),
        )
        style.bare(axes)
        for row in range(len(rows)):
            for column in range(len(columns)):
                cell(axes, state, row, column)
        axes.set_xlim(-0.52, len(columns) - 0.48)
        axes.set_ylim(len(rows) - 0.48, -0.52)
        axes.set_xticks(range(len(columns)), columns, rotation=90 if turned else 0)
        axes.set_yticks(range(len(rows)), rows)
        axes.tick_params(length=0, pad=2, top=True, labeltop=True, bottom=False, labelbottom=False)
        first, *others = environment.players
        axes.set_ylabel(first, labelpad=2)
        axes.set_xlabel(", ".join(others), labelpad=2)
        axes.xaxis.set_label_position("top")
        if many:
            probability = environment.prior[state]
            axes.set_title(f"{name}, probability {probability}", pad=3)
        sheet.skip(0.16)
    sheet.lines(texts)
    return sheet.figure


def _axes_of(environment: Environment) -> tuple[list[str], list[str]]:
    first, *others = environment.actions
    columns = [""]
    for labels in others:
        columns = [f"{head}, {label}" if head else label for head in columns for label in labels]
    return list(first), columns


def _colour(number: int, count: int) -> object:
    if count <= len(style.CYCLE):
        return style.CYCLE[number]
    return mpl.colormaps["turbo"]((number + 0.5) / count)


def _require_small(environment: Environment) -> None:
    size = math.prod(environment.shape)
    if size > CELL_LIMIT:
        raise InputError(f"a state has {size:,} profiles", fix=f"at most {CELL_LIMIT} are drawn")
