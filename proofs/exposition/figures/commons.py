"""A commons drawn: policies and values by stock, what quotas reach, prosocial among selfish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coopgap.proofs.commons.equilibria import Symmetric, symmetric
from coopgap.proofs.commons.parts import Figure as Number
from coopgap.proofs.commons.parts import Findings
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.report import check_commons
from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.exposition.figures.style import CYCLE, GREY, INK, WIDTH, styled
from coopgap.theory.commons.specification import CommonsSpecification, everything
from coopgap.theory.errors import InputError
from coopgap.theory.exact import Infinite
from coopgap.theory.nearest import suggestion


def commons_figure(kind: str, specification: CommonsSpecification) -> Figure:
    """A figure of a commons; raises InputError for an unknown kind."""
    if kind not in COMMONS_KINDS:
        raise InputError(
            f"a commons has no figure {kind!r}",
            fix=suggestion(str(kind), COMMONS_KINDS),
            field="KIND",
        )
    return COMMONS_KINDS[kind](specification)


@styled
def policy(specification: CommonsSpecification) -> Figure:
    """First month: harvests by stock, and below what each stock is worth from then on."""
    commons = specification.commons
    plan = planned(commons, everything(commons))
    selfish = symmetric(commons, Fraction(0))
    figure = Figure(figsize=(WIDTH, 3.6))
    top, low = figure.subplots(2, 1, sharex=True)
    figure.subplots_adjust(left=0.16, right=0.97, top=0.97, bottom=0.24, hspace=0.12)
    stocks = range(commons.capacity + 1)
    for number, signal in enumerate(commons.signals):
        name = f"first best, growth {signal.name}" if signal.name else "first best"
        style = {"color": CYCLE[number % len(CYCLE)], "lw": 1.2}
        top.step(stocks, plan.totals[0][number], where="mid", label=name, **style)
    low.plot(stocks, [float(each) for each in plan.values[0]], color=INK, lw=1.2)
    if isinstance(selfish, Symmetric):
        taken = [min(s, commons.agents * selfish.demands[0][0][s]) for s in stocks]
        top.step(stocks, taken, where="mid", color=GREY, lw=0.9, ls="--", label="selfish agents")
        worth = [float(commons.agents * each) for each in selfish.values[0]]
        low.plot(stocks, worth, color=GREY, lw=0.9, ls="--")
    top.set_ylabel("harvest, month 1")
    low.set_ylabel("expected catch")
    low.set_xlabel("stock")
    figure.legend(*top.get_legend_handles_labels(), loc="lower left", ncols=2, frameon=False)
    return figure


@styled
def quotas(specification: CommonsSpecification) -> Figure:
    """By language what quotas reach that prescribe, and at each λ those that cap."""
    report = check_commons(specification)
    names = [part.name for part in report.languages]
    figure = Figure(figsize=(WIDTH, 1.35 + 0.34 * len(names)))
    axes = figure.subplots()
    figure.subplots_adjust(left=0.3, right=0.96, top=0.97, bottom=0.9 / (1.35 + 0.34 * len(names)))
    rows = 1 + len(specification.levels)
    for place, part in enumerate(report.languages):
        shown = [part.value, *(each.value for each in part.caps)]
        for number, value in enumerate(shown):
            height = place + 0.6 * (number - (rows - 1) / 2) / max(rows, 2)
            _between(axes, value, height, INK if number == 0 else CYCLE[(number - 1) % len(CYCLE)])
    best = float(report.plan.value)
    axes.axvline(best, color=GREY, lw=0.8, ls=":")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("expected catch (dotted: first best)")
    labels = ["prescribes", *(f"caps, λ = {level}" for level in specification.levels)]
    colours = [INK, *(CYCLE[n % len(CYCLE)] for n in range(len(labels) - 1))]
    handles = [axes.plot([], [], color=c, marker="o", ms=3, lw=1)[0] for c in colours]
    figure.legend(handles, labels, loc="lower left", ncols=2, frameon=False)
    return figure


@styled
def populations(specification: CommonsSpecification) -> Figure:
    """By the number of prosocial agents the total catch, and what an agent of each kind gets."""
    report = check_commons(specification)
    figure = Figure(figsize=(WIDTH, 3.6))
    top, low = figure.subplots(2, 1, sharex=True)
    figure.subplots_adjust(left=0.16, right=0.97, top=0.97, bottom=0.24, hspace=0.12)
    for name, colour, mark, found in _kinds(report):
        axes = top if name.startswith("all") else low
        axes.plot(
            list(found), list(found.values()), color=colour, marker=mark, ms=3.5, lw=0.9, label=name
        )
    top.axhline(float(report.plan.value), color=GREY, lw=0.8, ls=":", label="first best")
    top.set_ylabel("total catch")
    low.set_ylabel("catch of each")
    low.set_xlabel("prosocial agents")
    low.set_xticks(range(specification.commons.agents + 1))
    one, two = top.get_legend_handles_labels(), low.get_legend_handles_labels()
    figure.legend([*one[0], *two[0]], [*one[1], *two[1]], loc="lower left", ncols=2, frameon=False)
    return figure


def _kinds(report: Findings) -> list[tuple[str, str, str, Mapping[int, float]]]:
    """Lines by name, with colour, mark and values by the number of prosocial agents."""
    parts = report.populations
    best = {each.prosocial: _float(each.value) for each in parts}
    worst = {each.prosocial: _float(each.worst) for each in parts}
    one = {e.prosocial: float(e.prosocial_payoff) for e in parts if e.prosocial_payoff is not None}
    other = {e.prosocial: float(e.selfish_payoff) for e in parts if e.selfish_payoff is not None}
    return [
        ("all, best selection", CYCLE[0], "o", _known(best)),
        ("all, worst selection", CYCLE[1], "v", _known(worst)),
        ("each prosocial agent", CYCLE[2], "s", one),
        ("each selfish agent", CYCLE[3], "^", other),
    ]


def _known(values: Mapping[int, float | None]) -> dict[int, float]:
    return {key: value for key, value in values.items() if value is not None}


def _float(value: Number) -> float | None:
    if isinstance(value, Unknown | Infinite | tuple):
        return None
    return float(value)


def _between(axes: Axes, value: Number, height: float, colour: str) -> None:
    """A point for a number that is known, a bar between bounds."""
    if isinstance(value, Unknown | Infinite):
        return
    low, high = value if isinstance(value, tuple) else (value, value)
    axes.plot([float(low), float(high)], [height, height], color=colour, lw=1.2)
    axes.plot([float(low)], [height], color=colour, marker="o", ms=3)


COMMONS_KINDS: Mapping[str, Callable[[CommonsSpecification], Figure]] = {
    "policy": policy,
    "quotas": quotas,
    "populations": populations,
}
"""By name, the figures of a commons."""
