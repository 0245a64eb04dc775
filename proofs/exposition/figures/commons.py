"""A commons drawn: policies and values by stock, what quotas reach, prosocial among selfish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coopgap.proofs.commons.equilibria import Missing, symmetric
from coopgap.proofs.commons.parts import Figure as Number
from coopgap.proofs.commons.parts import Findings
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.regime_finder import EXACT
from coopgap.proofs.commons.regime_planner import StatePlan, best_plan
from coopgap.proofs.commons.report import check_commons
from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.exposition.figures.style import CYCLE, GREY, INK, WIDTH, styled
from coopgap.theory.commons.regimes import Situations, State, regimes_of, situations
from coopgap.theory.commons.specification import CommonsSpecification, everything
from coopgap.theory.errors import InputError
from coopgap.theory.exact import Infinite
from coopgap.theory.nearest import suggestion

Tell = Callable[[str], None] | None
"""Called with what is being decided."""


def commons_figure(kind: str, specification: CommonsSpecification, tell: Tell = None) -> Figure:
    """A figure of a commons; tell: called with what is being decided.

    Raises InputError for an unknown kind.
    """
    if kind not in COMMONS_KINDS:
        raise InputError(
            f"a commons has no figure {kind!r}",
            fix=suggestion(str(kind), COMMONS_KINDS),
            field="KIND",
        )
    return COMMONS_KINDS[kind](specification, tell)


def policy(specification: CommonsSpecification, _: Tell = None) -> Figure:
    """What the first best takes."""
    if regimes_of(specification.commons) is not None:
        return _month_by_month(specification)
    return _by_stock(specification)


@styled
def _month_by_month(specification: CommonsSpecification) -> Figure:
    """By month the harvests of the best plan that is known, and below the stocks that it meets."""
    commons = specification.commons
    graph = situations(commons, EXACT)
    plan, most = best_plan(graph)
    figure, top, low = _panels(0.2)
    met = reached(plan, graph)
    for regime, name in enumerate(graph.regimes.names):
        points = [
            (month, state, chance)
            for month, states in enumerate(met, start=1)
            for state, chance in states.items()
            if state.regime == regime
        ]
        if not points:
            continue
        months = [month for month, _, _ in points]
        sizes = [4 + 36 * float(chance) for _, _, chance in points]
        harvests = [plan.totals[month - 1][state] for month, state, _ in points]
        style = {"color": CYCLE[regime], "alpha": 0.6, "lw": 0}
        top.scatter(months, harvests, s=sizes, label=f"while {name}", **style)
        low.scatter(months, [state.stock for _, state, _ in points], s=sizes, **style)
    subject = "first best" if plan.value == most else "best plan known"
    top.set_ylabel(f"harvest, {subject}")
    low.set_ylabel("stock")
    low.set_ylim(0, 1.06 * commons.capacity)
    low.set_xlabel("month")
    low.set_xticks(range(1, commons.horizon + 1))
    figure.legend(*top.get_legend_handles_labels(), loc="lower left", ncols=2, frameon=False)
    return figure


def reached(plan: StatePlan, graph: Situations) -> list[dict[State, Fraction]]:
    """By month the states that a plan's play may come to, with their probabilities."""
    exact = replace(graph, merged=False)
    states = {State(0, graph.commons.stock): Fraction(1)}
    months = []
    for month in range(1, graph.commons.horizon + 1):
        months.append(states)
        after: dict[State, Fraction] = {}
        for state, chance in states.items():
            for p, then in exact.successors(month, state, plan.totals[month - 1][state]):
                after[then] = after.get(then, Fraction(0)) + p * chance
        states = after
    return months


@styled
def _by_stock(specification: CommonsSpecification) -> Figure:
    """First month: harvests by stock, and below what each stock is worth from then on."""
    commons = specification.commons
    plan = planned(commons, everything(commons))
    selfish = symmetric(commons, Fraction(0))
    figure, top, low = _panels(0.24)
    stocks = range(commons.capacity + 1)
    for number, signal in enumerate(commons.signals):
        name = f"first best, growth {signal.name}" if signal.name else "first best"
        style = {"color": CYCLE[number % len(CYCLE)], "lw": 1.2}
        top.step(stocks, plan.totals[0][number], where="mid", label=name, **style)
    low.plot(stocks, [float(worth) for worth in plan.values[0]], color=INK, lw=1.2)
    if not isinstance(selfish, Missing):
        harvests = [min(s, commons.agents * selfish.demands[0][0][s][0]) for s in stocks]
        top.step(stocks, harvests, where="mid", color=GREY, lw=0.9, ls="--", label="selfish agents")
        worth = [float(commons.agents * payoff) for payoff, _ in selfish.payoffs[0]]
        low.plot(stocks, worth, color=GREY, lw=0.9, ls="--")
    top.set_ylabel("harvest, month 1")
    low.set_ylabel("expected catch")
    low.set_xlabel("stock")
    figure.legend(*top.get_legend_handles_labels(), loc="lower left", ncols=2, frameon=False)
    return figure


@styled
def quotas(specification: CommonsSpecification, tell: Tell = None) -> Figure:
    """By language what quotas reach that prescribe, and at each λ those that cap."""
    report = check_commons(specification, tell)
    names = [part.name for part in report.languages]
    figure = Figure(figsize=(WIDTH, 1.35 + 0.34 * len(names)))
    axes = figure.subplots()
    figure.subplots_adjust(left=0.3, right=0.96, top=0.97, bottom=0.9 / (1.35 + 0.34 * len(names)))
    rows = 1 + len(specification.levels)
    for place, part in enumerate(report.languages):
        values = [part.value, *(cap.value for cap in part.caps)]
        for number, value in enumerate(values):
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
def populations(specification: CommonsSpecification, tell: Tell = None) -> Figure:
    """By the number of prosocial agents the total catch, and what an agent of each kind gets.

    Where only bounds are known, a bar between them.
    """
    # What languages reach takes longest, and is not drawn.
    alone = replace(specification, languages=(), levels=(), questions=())
    report = check_commons(alone, tell)
    figure, top, low = _panels(0.24)
    for name, colour, mark, curve in _kinds(report):
        axes = top if name.startswith("all") else low
        axes.plot(
            list(curve), list(curve.values()), color=colour, marker=mark, ms=3.5, lw=0.9, label=name
        )
    best = "best plan known" if isinstance(report.planner, tuple) else "first best"
    between = [(e.prosocial, *e.value) for e in report.populations if isinstance(e.value, tuple)]
    if between:
        places, least, largest = zip(*between, strict=True)
        ends = ([float(bound) for bound in side] for side in (least, largest))
        top.vlines(places, *ends, color=GREY, lw=3, alpha=0.5, label="all, between bounds")
    top.axhline(float(report.plan.value), color=GREY, lw=0.8, ls=":", label=best)
    top.set_ylabel("total catch")
    low.set_ylabel("catch of each")
    low.set_xlabel("prosocial agents")
    low.set_xticks(range(specification.commons.agents + 1))
    over, under = top.get_legend_handles_labels(), low.get_legend_handles_labels()
    figure.legend(
        [*over[0], *under[0]], [*over[1], *under[1]], loc="lower left", ncols=2, frameon=False
    )
    return figure


def _panels(bottom: float) -> tuple[Figure, Any, Any]:
    """A figure of two panels over one scale; bottom: the share of the height below them."""
    figure = Figure(figsize=(WIDTH, 3.6))
    top, low = figure.subplots(2, 1, sharex=True)
    figure.subplots_adjust(left=0.16, right=0.97, top=0.97, bottom=bottom, hspace=0.12)
    return figure, top, low


def _kinds(report: Findings) -> list[tuple[str, str, str, Mapping[int, float]]]:
    """Lines by name, with colour, mark and values by the number of prosocial agents."""
    parts = report.populations
    best = {e.prosocial: float(e.value) for e in parts if isinstance(e.value, Fraction)}
    worst = {e.prosocial: float(e.worst) for e in parts if isinstance(e.worst, Fraction)}
    prosocial = {
        e.prosocial: float(e.prosocial_payoff) for e in parts if e.prosocial_payoff is not None
    }
    selfish = {e.prosocial: float(e.selfish_payoff) for e in parts if e.selfish_payoff is not None}
    return [
        ("all, best selection", CYCLE[0], "o", best),
        ("all, worst selection", CYCLE[1], "v", worst),
        ("each prosocial agent", CYCLE[2], "s", prosocial),
        ("each selfish agent", CYCLE[3], "^", selfish),
    ]


def _between(axes: Axes, value: Number, height: float, colour: str) -> None:
    """A point for a number that is known, a bar between bounds."""
    if isinstance(value, Unknown | Infinite):
        return
    low, high = value if isinstance(value, tuple) else (value, value)
    axes.plot([float(low), float(high)], [height, height], color=colour, lw=1.2)
    axes.plot([float(low)], [height], color=colour, marker="o", ms=3)


COMMONS_KINDS: Mapping[str, Callable[[CommonsSpecification, Tell], Figure]] = {
    "policy": policy,
    "quotas": quotas,
    "populations": populations,
}
"""By name, the figures of a commons."""
