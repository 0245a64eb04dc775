"""Where in the plane of two parameters the gap of a family is what."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import Quantity
from coopgap.proofs.deciding.values import (
    Absent,
    Bounds,
    Extremum,
    Known,
    Pieces,
    Unknown,
)
from coopgap.proofs.exposition.figures import style
from coopgap.proofs.exposition.figures.languages import language_named
from coopgap.theory import expressions
from coopgap.theory.errors import InputError
from coopgap.theory.families import Family
from coopgap.theory.specification import FamilySpecification

KIND = "regions"
"""The name of this kind of figure."""

HEIGHT, DOTS, COARSE = 2.2, 500, 80
"""The height of the plane in inches, its dots a side, and the dots by which a window is chosen."""

SCALES = (1, 2, 4, 8, 16, 32)
"""How far from 0 a window may reach."""

SMALL = 0.06
"""The share of the plane that a region should have at least."""

Grid = NDArray[np.float64]
Mask = NDArray[np.bool_]
Point = Mapping[str, Grid]


@dataclass(frozen=True)
class Region:
    """Where the gap has a value: ``holds`` says of points whether they lie in it.

    lines: the equations that it needs, if it is thin.
    """

    value: Known | Absent
    holds: Callable[[Point], Mask]
    lines: tuple[expressions.Comparison, ...] = ()

    @property
    def text(self) -> str:
        """The value as the key has it."""
        lines = " and ".join(_plain(expressions.spelled(line)) for line in self.lines)
        on = f", on the line {lines}" if lines else ""
        if isinstance(self.value, Absent):
            return f"without a value, {self.value.reason}{on}"
        return _plain(str(self.value)) + on


@style.styled
def draw(specification: FamilySpecification, language: str | None) -> Figure:
    """The regions of the gap in one language, by their exact pieces.

    Raises InputError for a family of more or fewer than two parameters, for an unknown language
    and for a gap that is not known.
    """
    family = specification.family
    if len(family.parameters) != 2:
        raise InputError(
            f"regions are drawn for two parameters, not {len(family.parameters)}",
            fix="give others a value: --set NAME=NUMBER"
            if len(family.parameters) > 2
            else "choose another family",
            source=specification.origin,
        )
    name = language_named(specification, language).name
    (part,) = (part for part in check(specification).languages if part.name == name)
    pieces = regions(part.gap, f"the gap in {name}")
    window = _window(family, pieces)
    keys = style.letters(len(pieces))
    texts = [
        line
        for key, region in zip(keys, pieces, strict=True)
        for line in style.wrapped_lines(f"{key}: gap {region.text}")
    ]
    assumed = ", ".join(_plain(assumption.text) for assumption in family.assumptions)
    texts += style.wrapped_lines(f"white: outside the assumptions {assumed}")
    sheet = style.Sheet(0.2 + HEIGHT + 0.38 + style.LINE * len(texts) + 0.08)
    axes = sheet.axes(HEIGHT, left=0.5, right=0.12)
    _fill(axes, family, pieces, keys, window)
    axes.set_title(f"The gap in {name}", pad=3).set_label(style.TITLE)
    sheet.skip(0.38)
    sheet.lines(texts)
    return sheet.figure


# --- what the pieces say --------------------------------------------------------------------------


def regions(gap: Quantity, subject: str) -> list[Region]:
    """The regions of a gap. Raises InputError for one that is not known."""
    if isinstance(gap, Unknown | Absent | Bounds):
        reason = "known between bounds only" if isinstance(gap, Bounds) else gap.reason
        raise InputError(f"{subject} cannot be drawn: {reason}")
    if isinstance(gap, Extremum):
        return [_attained(gap, place) for place in range(len(gap.terms))]
    if not isinstance(gap, Pieces):
        return [Region(gap, lambda point: np.full(_shape(point), True))]
    alike: dict[Known | Absent, list[list[expressions.Comparison]]] = {}
    for piece in gap.pieces:
        alike.setdefault(piece.value, []).append(piece.when.trees)
    listed = []
    for value, conditions in alike.items():
        thin = [[t for t in trees if "==" in t.operators] for trees in conditions]
        lines = tuple(t for own in thin for t in own) if all(thin) else ()
        listed.append(Region(value, _any(conditions), lines))
    return listed


def _any(conditions: list[list[expressions.Comparison]]) -> Callable[[Point], Mask]:
    def holds(point: Point) -> Mask:
        parts = [_all([t for t in trees if "==" not in t.operators], point) for trees in conditions]
        solid = [
            part
            for part, trees in zip(parts, conditions, strict=True)
            if not any("==" in t.operators for t in trees)
        ]
        return np.asarray(np.logical_or.reduce(solid or parts))

    return holds


def _attained(gap: Extremum, place: int) -> Region:
    """Where one of several terms is the largest or the least."""
    compare = operator.le if gap.head == "Min" else operator.ge

    def holds(point: Point) -> Mask:
        values = [_at(_tree(term), point) for term in gap.terms]
        return np.asarray(np.logical_and.reduce([compare(values[place], v) for v in values]))

    return Region(gap.terms[place], holds)


def _tree(value: Known) -> expressions.Tree:
    if isinstance(value, Extremum | float):
        raise InputError("a region whose gap is itself a largest or least one cannot be drawn")
    return value.tree if hasattr(value, "tree") else expressions.Number(value)  # type: ignore[arg-type]


def _plain(text: str) -> str:
    text = text.replace("**2", "²").replace("**3", "³").replace("*", "·").replace("-", "−")
    return text.replace(">=", "≥").replace("<=", "≤").replace("==", "=")


# --- points of the plane --------------------------------------------------------------------------

_RELATIONS: Mapping[str, Callable[[Grid, Grid], Mask]] = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "!=": np.not_equal,
    "==": np.equal,
}
_SIGNS: Mapping[str, Callable[[Grid, Grid], Grid]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


def _at(tree: expressions.Tree, point: Point) -> Grid:
    """An expression at every dot, as a float: a dot is drawn by it and nothing decided."""
    match tree:
        case expressions.Number(value):
            return np.full(_shape(point), float(value))
        case expressions.Name(name):
            return point[name]
        case expressions.Negative(operand):
            return -_at(operand, point)
        case expressions.Arithmetic(sign, left, right):
            with np.errstate(divide="ignore", invalid="ignore"):
                return _SIGNS[sign](_at(left, point), _at(right, point))
        case expressions.Power(base, exponent):
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.asarray(_at(base, point) ** float(exponent))
    raise TypeError(f"{tree!r} is no expression of a report")


def _shape(point: Point) -> tuple[int, ...]:
    return next(iter(point.values())).shape


def _all(trees: Sequence[expressions.Comparison], point: Point) -> Mask:
    """Whether all comparisons hold, at every dot."""
    mask = np.full(_shape(point), True)
    for tree in trees:
        values = [_at(operand, point) for operand in tree.operands]
        for relation, left, right in zip(tree.operators, values[:-1], values[1:], strict=True):
            mask &= _RELATIONS[relation](left, right)
    return mask


def _assumptions(family: Family, point: Point) -> Mask:
    return _all([assumption.tree for assumption in family.assumptions], point)


Window = tuple[tuple[float, float], tuple[float, float]]


def _points(family: Family, window: Window, dots: int) -> Point:
    """The middles of the dots of a window."""
    sides = [low + (high - low) * (np.arange(dots) + 0.5) / dots for low, high in window]
    across, up = np.meshgrid(*sides)
    return dict(zip(family.parameters, (across, up), strict=True))


def _window(family: Family, regions: Sequence[Region]) -> Window:
    """The least window that cuts nothing bounded and in which every region has some room."""
    best, chosen = -1.0, ((0.0, 1.0), (0.0, 1.0))
    for scale, left, down in product(SCALES, (0, 1), (0, 1)):
        window = ((-left * scale, scale), (-down * scale, scale))
        point = _points(family, window, COARSE)
        inside = _assumptions(family, point)
        needless = not inside.any() or any(
            negative and not inside[point[name] < 0].any()
            for name, negative in zip(family.parameters, (left, down), strict=True)
        )
        if needless or _reach(family, scale) != _reach(family, 2 * scale):
            continue
        room = min(
            ((region.holds(point) & inside).mean() for region in regions if not region.lines),
            default=0.0,
        )
        if min(room, SMALL) > best:
            best, chosen = min(room, SMALL), window
    return _trimmed(family, chosen)


def _reach(family: Family, scale: int) -> list[bool]:
    """Whether the assumptions allow each parameter to be about as large as that."""
    point = _points(family, ((-scale, scale), (-scale, scale)), 2 * COARSE)
    inside = _assumptions(family, point)
    return [bool(inside[abs(point[name]) > 0.97 * scale].any()) for name in family.parameters]


def _trimmed(family: Family, window: Window) -> Window:
    """The window without what no assumption allows."""
    point = _points(family, window, DOTS)
    inside = _assumptions(family, point)
    sides = []
    for name, (low, high) in zip(family.parameters, window, strict=True):
        values = point[name][inside]
        margin = 0.04 * (high - low)
        sides.append(
            (max(low, values.min() - margin), min(high, values.max() + margin))
            if values.size
            else (low, high)
        )
    return sides[0], sides[1]


# --- the drawing ----------------------------------------------------------------------------------


def _fill(
    axes: Axes, family: Family, regions: Sequence[Region], keys: Sequence[str], window: Window
) -> None:
    point = _points(family, window, DOTS)
    across, up = (point[name] for name in family.parameters)
    inside = _assumptions(family, point)
    for number, (region, key) in enumerate(zip(regions, keys, strict=True)):
        mask = region.holds(point) & inside
        colour = style.CYCLE[number % len(style.CYCLE)]
        if region.lines:
            for line in region.lines:
                left, right = (_at(operand, point) for operand in line.operands)
                level = np.where(mask, left - right, np.nan)
                axes.contour(across, up, level, levels=[0], colors=[colour], linewidths=1.6)
            continue
        pale = tuple(0.5 + 0.5 * part for part in to_rgb(colour))
        axes.imshow(
            np.ma.masked_where(~mask, np.ones(mask.shape)),
            extent=(*window[0], *window[1]),
            origin="lower",
            aspect="auto",
            cmap=ListedColormap([pale]),
            interpolation="nearest",
        )
        if 0 < mask.mean() < 1:
            axes.contour(
                across, up, mask.astype(float), levels=[0.5], colors=[style.INK], linewidths=0.6
            )
        if mask.any():
            style.centred(axes, *_middle(across, up, mask), key)
    axes.set_xlim(*window[0])
    axes.set_ylim(*window[1])
    axes.set_xticks([tick for tick in axes.get_xticks() if window[0][0] <= tick <= window[0][1]])
    axes.set_yticks([tick for tick in axes.get_yticks() if window[1][0] <= tick <= window[1][1]])
    axes.set_xlabel(family.parameters[0], labelpad=1)
    axes.set_ylabel(family.parameters[1], labelpad=2)
    axes.tick_params(length=2.5, pad=1.5)


def _middle(across: Grid, up: Grid, mask: Mask) -> tuple[float, float]:
    """The dot of a region that is farthest from its edges."""
    from scipy.ndimage import distance_transform_edt

    depth = distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    place = np.unravel_index(int(np.argmax(depth)), mask.shape)
    return float(across[place]), float(up[place])
