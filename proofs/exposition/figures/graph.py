"""The contract graph: records, deviations between them, and the obstruction that they hold."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from coopgap.proofs.deciding import decide
from coopgap.proofs.exposition.figures import style
from coopgap.proofs.questions import obligations
from coopgap.theory.contracts import Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.languages import describe_record
from coopgap.theory.welfare import first_best

HEIGHT = 2.6
"""The height of the graph, in inches."""

AGENTS = (
    ("blue", style.BLUE),
    ("orange", style.ORANGE),
    ("green", style.GREEN),
    ("purple", style.PURPLE),
    ("light blue", style.SKY),
    ("yellow", style.YELLOW),
)
"""What the arrows of agents look like; of more than six, colours come again."""

RECORD_LIMIT = 16
"""How many records are drawn; of more, those of the obstruction alone."""


@style.styled
def draw(setting: obligations.Setting, name: str) -> Figure:
    """The contract graph of a first-best selection under selfish play (theory.md T3).

    An arrow leads from the record of a play to that of a deviation, with the gain in utils; the
    obstruction is red. Where the gap is 0, the selection is the one that a contract implements.

    Raises InputError for directives and if nothing is decided.
    """
    if setting.language is None or not isinstance(setting.contracts, Transfers):
        raise InputError(
            "only transfers have a contract graph", fix="choose a language with transfers"
        )
    answer = decide.ask(
        obligations.Value(setting, setting.selfish, first_best(setting.environment).welfare)
    )
    if not isinstance(answer, obligations.BestSelection):
        raise InputError("the obstruction stays undecided")
    obstruction = _chosen(setting, answer)
    selection: obligations.Selection
    if obstruction is not None:
        selection = obstruction.part
    else:
        assert answer.best is not None
        selection = answer.best.selection
    rows = obligations.incentives(setting, selection)
    weights = {} if obstruction is None else _weights(rows, obstruction)
    arrows = list(range(len(rows.gain)))
    if len({*rows.source.tolist(), *rows.target.tolist()}) > RECORD_LIMIT:
        arrows = sorted(weights) or arrows[:RECORD_LIMIT]
    return _figure(setting, name, rows, arrows, weights, obstruction)


def _chosen(
    setting: obligations.Setting, answer: obligations.BestSelection
) -> obligations.Obstruction | None:
    """An obstruction to a first-best selection: of several, the shortest."""
    best = first_best(setting.environment)
    if answer.best is not None:
        return None
    apt = [
        obstruction
        for obstruction in answer.obstructions
        if all(profile in best.profiles[state] for state, profile in obstruction.part.items())
    ]
    return min(apt or answer.obstructions, key=lambda obstruction: len(obstruction.deviations))


def _weights(rows: obligations.Incentives, obstruction: obligations.Obstruction) -> dict[int, int]:
    places = {
        (int(s), int(i), int(a)): k
        for k, (s, i, a) in enumerate(zip(rows.state, rows.agent, rows.action, strict=True))
    }
    return {places[s, i, a]: weight for s, i, a, weight in obstruction.deviations}


def _figure(
    setting: obligations.Setting,
    name: str,
    rows: obligations.Incentives,
    arrows: list[int],
    weights: dict[int, int],
    obstruction: obligations.Obstruction | None,
) -> Figure:
    environment, language = setting.environment, setting.language
    assert language is not None
    records = list(
        dict.fromkeys(
            int(record)
            for k in sorted(arrows, key=lambda k: k not in weights)
            for record in (rows.source[k], rows.target[k])
        )
    )
    keys = dict(zip(records, style.letters(len(records)), strict=True))
    texts = _texts(setting, rows, arrows, weights, keys, obstruction)
    for record, key in keys.items():
        texts += style.wrapped_lines(f"{key}: {describe_record(language, environment, record)}")
    sheet = style.Sheet(0.2 + HEIGHT + style.LINE * len(texts) + 0.1)
    axes = sheet.axes(HEIGHT, left=0.05, right=0.05)
    style.bare(axes)
    axes.set_aspect("equal")
    axes.set_xlim(-1.6, 1.6)
    loops = Counter(int(rows.source[k]) for k in arrows if rows.source[k] == rows.target[k])
    axes.set_ylim(-1.4, 1.4 + 0.24 * max(loops.values(), default=0))
    axes.set_title(f"Contract graph of a first best in {name}", pad=2).set_label(style.TITLE)
    turn = 2 * math.pi / len(records)
    places = {
        record: (math.cos(math.pi / 2 - k * turn), math.sin(math.pi / 2 - k * turn))
        for k, record in enumerate(records)
    }
    if len(records) == 1:
        places = {records[0]: (0.0, 0.0)}
    plays = {int(record) for record in rows.source}
    bends: dict[tuple[int, int], int] = {}
    for k in sorted(arrows, key=lambda k: k in weights):
        source, target = int(rows.source[k]), int(rows.target[k])
        bend = bends.get((source, target), 0)
        bends[source, target] = bend + 1
        strong = k in weights
        colour = (
            style.RED
            if strong
            else AGENTS[int(rows.agent[k]) % len(AGENTS)][1]
            if rows.gain[k] > 0
            else style.GREY
        )
        label = gain_text(rows, k, weights) if strong or rows.gain[k] > 0 else ""
        _arrow(axes, places[source], places[target], bend, colour, label, strong)
    for record, (x, y) in places.items():
        shade = "#EFE7C8" if record in plays else "white"
        look = {"facecolor": shade, "edgecolor": style.INK, "linewidth": 0.8}
        box = {"boxstyle": "circle,pad=0.25", **look}
        style.centred(axes, x, y, keys[record], zorder=5, bbox=box)
    sheet.lines(texts)
    return sheet.figure


def gain_text(rows: obligations.Incentives, row: int, weights: dict[int, int]) -> str:
    """The gain of a deviation in utils, with its weight in the obstruction."""
    gain, weight = Fraction(int(rows.gain[row]), rows.unit), weights.get(row, 1)
    return str(gain) if weight == 1 else f"{weight} × {gain}"


def _texts(
    setting: obligations.Setting,
    rows: obligations.Incentives,
    arrows: list[int],
    weights: dict[int, int],
    keys: dict[int, str],
    obstruction: obligations.Obstruction | None,
) -> list[str]:
    environment = setting.environment
    if obstruction is None:
        texts = ["No obstruction: some contract implements this first best."]
    else:
        texts = [f"Red: {obstruction.kind.replace('-', ' ')}"]
    others = [k for k in arrows if k not in weights]
    tempted = sorted({int(rows.agent[k]) for k in others if rows.gain[k] > 0})
    entries = [
        f"{AGENTS[agent % len(AGENTS)][0]}: {environment.players[agent]}" for agent in tempted
    ]
    entries += ["grey: no gain"] if any(rows.gain[k] <= 0 for k in others) else []
    texts += style.wrapped_lines("; ".join(["Gains from deviations, in utils", *entries]))
    for k in sorted(weights):
        agent = int(rows.agent[k])
        text = (
            f"{environment.players[agent]} to {environment.actions[agent][int(rows.action[k])]}: "
            f"{keys[int(rows.source[k])]} → {keys[int(rows.target[k])]}, "
            f"{gain_text(rows, k, weights)}"
        )
        texts += style.wrapped_lines(text)
    return texts


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    bend: int,
    colour: str,
    label: str,
    strong: bool,
) -> None:
    look = {"linewidth": 1.6 if strong else 0.7, "zorder": 3 if strong else 2}
    if start == end:
        norm = math.hypot(*start) or 1.0
        out = (start[0] / norm, start[1] / norm) if start != (0.0, 0.0) else (0.0, 1.0)
        radius = 0.17 + 0.1 * bend
        centre = (start[0] + radius * out[0], start[1] + radius * out[1])
        axes.add_patch(Circle(centre, radius, fill=False, edgecolor=colour, **look))
        # The head, a quarter of the way round.
        tip = (centre[0] + radius * out[1], centre[1] - radius * out[0])
        back = (tip[0] + 0.06 * out[0], tip[1] + 0.06 * out[1])
        front = (tip[0] - 0.03 * out[0], tip[1] - 0.03 * out[1])
        style.arrow(axes, back, front, colour, 7, **look)
        middle = (start[0] + (2 * radius + 0.1) * out[0], start[1] + (2 * radius + 0.1) * out[1])
    else:
        rad = 0.14 + 0.16 * bend
        style.arrow(axes, start, end, colour, 7, 9, connectionstyle=f"arc3,rad={rad}", **look)
        dx, dy = end[0] - start[0], end[1] - start[1]
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        middle = (x + rad / 2 * dy, y - rad / 2 * dx)
    if label:
        box = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        shade = colour if strong else style.INK
        style.centred(axes, *middle, label, color=shade, zorder=4, bbox=box)
