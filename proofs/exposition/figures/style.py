"""How figures look: one column of print, 7-point type, colours for colour-blind readers.

The colours are those of Okabe and Ito (2008), and cividis (Nuñez et al. 2018).
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, fontManager, get_font
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text

P = ParamSpec("P")

Point = tuple[float, float]

WIDTH = 3.3
"""One column, in inches."""

LINE = 0.135
"""A line of small type, in inches."""

BLUE, ORANGE, GREEN, RED, PURPLE, SKY, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
)
INK, GREY, PALE = "#222222", "#777777", "#DDDDDD"
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW, RED)
HEAT = "cividis_r"

TITLE = "title"
"""How the text is labelled that is a figure's title."""

FONT = "DejaVu Sans"

FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Arial Unicode MS",
)
"""Fonts with other scripts, of which those are used that are installed."""

_SETTINGS = {
    "font.size": 7,
    "axes.titlesize": 7.5,
    "axes.labelsize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    # Names are the user's: a $ is a $.
    "text.parse_math": False,
    "svg.hashsalt": "coopgap",
    "savefig.dpi": 300,
    "hatch.linewidth": 0.5,
}

_METADATA: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


@contextmanager
def _style() -> Iterator[None]:
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)  # type: ignore[arg-type]
        mpl.rcParams["font.family"] = _families()
        # A font without a normal weight serves as well.
        fonts = logging.getLogger("matplotlib.font_manager")
        before = fonts.level
        fonts.setLevel(logging.ERROR)
        try:
            yield
        finally:
            fonts.setLevel(before)


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """The drawing function, in this style whatever the user's settings."""

    @wraps(draw)
    def wrapped(*arguments: P.args, **options: P.kwargs) -> Figure:
        with _style():
            return draw(*arguments, **options)

    return wrapped


def rendered(figure: Figure, form: str) -> bytes:
    """The figure as ``svg``, ``pdf`` or ``png``, without dates."""
    buffer = io.BytesIO()
    with _style(), warnings.catch_warnings():
        # ``without_glyph`` says it, once.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing")
        figure.savefig(buffer, format=form, metadata=_METADATA[form])
    return buffer.getvalue()


def untitled(figure: Figure) -> Figure:
    """The figure without its title; what names a panel stays."""
    for text in figure.findobj(Text):
        if text.get_label() == TITLE:
            text.set_visible(False)
    return figure


def without_glyph(figure: Figure) -> str:
    """The characters for which no font of this style has a glyph, in order."""
    with _style():
        fonts = [get_font(findfont(family)).get_charmap() for family in _families()]
    used = dict.fromkeys("".join(text.get_text() for text in figure.findobj(Text)))
    return "".join(c for c in used if c.isprintable() and not any(ord(c) in f for f in fonts))


def _families() -> list[str]:
    """The font of this style, and those that are installed of the ones that have other scripts."""
    installed = {font.name for font in fontManager.ttflist}
    return [FONT, *(family for family in FALLBACKS if family in installed)]


class Sheet:
    """A figure one column wide, filled from the top in inches."""

    def __init__(self, height: float) -> None:
        self.height = height
        self.figure = Figure(figsize=(WIDTH, height))
        self.used = 0.0

    def axes(self, height: float, left: float = 0.4, right: float = 0.08, top: float = 0.2) -> Axes:
        """Axes of that height below what is there, ``top`` above them."""
        self.used += top + height
        box = (
            left / WIDTH,
            1 - self.used / self.height,
            (WIDTH - left - right) / WIDTH,
            height / self.height,
        )
        return self.figure.add_axes(box)

    def skip(self, height: float) -> None:
        """Leaves room, for the labels of axes."""
        self.used += height

    def line(self, left: float, text: str, colour: str = INK) -> None:
        """Small type on the line that was begun last, from the left as a share of the width."""
        height = 1 - (self.used - 0.03) / self.height
        self.figure.text(left, height, text, color=colour, va="baseline")

    def lines(self, texts: Sequence[str]) -> None:
        """Lines of small type."""
        for text in texts:
            self.used += LINE
            self.line(0.08 / WIDTH, text)

    def swatches(self, keys: Sequence[tuple[str, str]], columns: int = 1) -> None:
        """What colours mean, so many to a line: names with their colours."""
        for place, (name, colour) in enumerate(keys):
            self.used += 0 if place % columns else LINE
            left = 0.025 + place % columns * 0.245
            self.line(left, "■", colour)
            self.line(left + 0.035, name)


def wrapped_lines(text: str, width: int = 58) -> list[str]:
    """A text in lines that fit the column; what continues is indented."""
    words, lines, line = text.split(" "), [], ""
    for word in words:
        while len(word) > width:
            head, word = word[:width], word[width:]
            if line.strip():
                lines.append(line)
            lines.append(head)
            line = "    "
        joined = f"{line} {word}" if line.strip() else f"{line}{word}"
        if len(joined) > width and line.strip():
            lines.append(line)
            line = f"    {word}"
        else:
            line = joined
    return [*lines, line]


def letters(count: int) -> list[str]:
    """Names of panels: a, b, …, z, a1, b1 and so on."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    return [alphabet[k % 26] + (str(k // 26) if k >= 26 else "") for k in range(count)]


def arrow(
    axes: Axes, start: Point, end: Point, colour: str, head: int, shrink: float = 0, **look: Any
) -> None:
    """An arrow, whose head has that size and which ends so far from its ends, in points."""
    ends: dict[str, Any] = {
        "shrinkA": shrink,
        "shrinkB": shrink,
        "mutation_scale": head,
        "arrowstyle": "-|>",
    }
    axes.add_patch(FancyArrowPatch(start, end, color=colour, **ends, **look))


def centred(axes: Axes, x: float, y: float, text: str, **look: Any) -> None:
    """A text around a point."""
    axes.text(x, y, text, ha="center", va="center", **look)


def bare(axes: Axes) -> None:
    """Axes without frame and ticks."""
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)
