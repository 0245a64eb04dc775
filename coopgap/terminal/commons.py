"""The report on a commons as a story for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from coopgap.proofs.commons.parts import Figure, Findings, QuotaPart
from coopgap.proofs.deciding.reports import ClaimPart
from coopgap.proofs.deciding.values import Unknown
from coopgap.terminal.story_parts import STYLES, heading, section, story_of
from coopgap.terminal.words import count, listed, plain, short
from coopgap.theory.commons.regimes import Regimes, Turn, regimes_of
from coopgap.theory.exact import INFINITY

QUOTAS = 6
"""How many quotas of a rule are printed."""

GIVEN = {"one-at-a-time": "one unit at a time", "proportional": "in proportion to demands"}
"""How units are rationed."""

SHORT = 14
"""The longest number that is printed in full; of longer ones so many digits of a decimal."""


def commons_story(report: Findings) -> Group:
    """Everything that a report says of a commons, in the order in which one would tell it."""
    spec = report.specification
    sections = [
        heading(spec.title, spec.source),
        section("The commons", *_resource(report)),
        section("First best and selfish agents", *_ends(report)),
        section("What quotas reach", *_languages(report)),
        section("Prosocial agents", *_prosocial(report)),
        section("Prosocial agents among selfish ones", _populations(report)),
        section("Claims", *claims(report.claims)),
    ]
    return story_of(sections)


def figure(value: Figure) -> str:
    """A number, bounds, or that it is unknown."""
    if isinstance(value, Unknown):
        return "unknown"
    if isinstance(value, tuple):
        low, high = (_number(each) for each in value)
        return low if low == high else f"{low} to {high}"
    return "∞" if value is INFINITY else _number(value)


def _number(value: object) -> str:
    text = str(value)
    if len(text) <= SHORT:
        return text
    exact = Fraction(text)
    return f"≈ {Decimal(exact.numerator) / Decimal(exact.denominator):.6g}"


def _resource(report: Findings) -> Iterator[RenderableType]:
    commons = report.specification.commons
    growth = commons.growth
    regimes = regimes_of(commons)
    grows = _regimes(regimes) if regimes else f"grows by {growth.factors[0]}"
    if regimes is None and len(growth.factors) > 1:
        draws = [
            f"{short(name)} {factor} ({p})"
            for name, factor, p in zip(growth.names, growth.factors, growth.prior, strict=True)
        ]
        seen = "seen before the harvest" if growth.seen else "not seen before the harvest"
        grows = f"grows by {listed(draws, 'or')}, {seen}"
    gone = f"; gone if less than {commons.collapse} is left" if commons.collapse else ""
    yield Text(
        f"{count(commons.agents, 'agent')} share {commons.stock} of at most {commons.capacity} "
        f"units for {count(commons.horizon, 'month')}. What is left {grows}{gone}. "
        f"What is scarce is given {GIVEN[commons.rationing]}."
    )


def _regimes(regimes: Regimes) -> str:
    """How growth turns, in words."""
    names = [short(name) for name in regimes.names]
    mean = "the harvest"
    if regimes.window > 1:
        mean = f"the mean harvest of the last {count(regimes.window, 'month')}"
    shift, recover = regimes.shift, regimes.recover
    return (
        f"grows by {regimes.factors[0]} while {names[0]} and by {regimes.factors[1]} while "
        f"{names[1]}; what is {names[0]} turns when {mean} is at least {shift.threshold} "
        f"({_chance(shift)}), and back when it is below {recover.threshold} ({_chance(recover)})"
    )


def _chance(turn: Turn) -> str:
    slope = f", {turn.slope} more for each unit beyond" if turn.slope else ""
    most = f", at most {turn.most}" if turn.slope and turn.most < 1 else ""
    return f"with probability {turn.probability}{slope}{most}"


def _ends(report: Findings) -> Iterator[RenderableType]:
    yield Text(f"First best: {figure(report.planner)} units.")
    selfish = report.selfish
    if isinstance(selfish.value, Unknown):
        yield Text(f"Selfish agents: {selfish.value.reason}.")
        return
    if selfish.several is None:
        yield Text(f"Selfish agents: {figure(selfish.value)} in every symmetric equilibrium.")
        return
    if not selfish.several:
        yield Text(f"Selfish agents: {figure(selfish.value)}, the only symmetric equilibrium.")
        return
    yield Text(
        f"Selfish agents: {figure(selfish.value)} under the best stagewise selection, "
        f"{figure(selfish.worst)} under the worst, {figure(selfish.over_all)} over all."
    )


def _languages(report: Findings) -> Iterator[RenderableType]:
    table = _table("language", "prescribes", "loses", *_headings(report))
    for part in report.languages:
        caps = [figure(each.value) for each in part.caps]
        table.add_row(short(part.name), figure(part.value), figure(part.gap), *caps)
    yield table
    for part in report.languages:
        if part.rule:
            yield Text(f"Best rule found of {short(part.name)}: {_rule(part)}.")


def _headings(report: Findings) -> list[str]:
    return [f"caps, λ = {level}" for level in report.specification.levels]


def _rule(part: QuotaPart) -> str:
    told = []
    for each in part.rule[:QUOTAS]:
        places = [f"month {each['month']}"] if each["month"] is not None else []
        places += [f"stock {each['stock']}"] if each["stock"] is not None else []
        places += [f"growth {short(each['growth'])}"] if each["growth"] is not None else []
        places += [short(each["regime"])] if each["regime"] is not None else []
        places += [f"after {', '.join(map(str, each['past']))}"] if each["past"] else []
        told.append(f"{', '.join(places)}: {each['quota']}" if places else f"{each['quota']}")
    more = len(part.rule) - QUOTAS
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")


def _prosocial(report: Findings) -> Iterator[RenderableType]:
    first = report.thresholds[0].value
    if isinstance(first, Unknown):
        yield Text(f"Threshold on the first-best path: {first.reason}.")
    else:
        yield Text(f"Threshold on the first-best path: λ* = {figure(first)}.")
    for part in report.thresholds[1:]:
        measure = part.measure
        shares = "fractional" if measure.fractional else "whole"
        stocks = "at every stock" if measure.everywhere else "on the path"
        over = ", over-demand allowed" if measure.over_demand else ""
        yield Text(f"With {shares} shares {stocks}{over}: {figure(part.value)}.")
    if not report.prosocial:
        return
    table = _table("λ", "best", "worst", "over all")
    for each in report.prosocial:
        shown = (each.value, each.worst, each.over_all)
        table.add_row(str(each.level), *map(figure, shown))
    yield Text()
    yield Text("Symmetric equilibria without a quota, by stagewise selection and over all:")
    yield table


def _populations(report: Findings) -> RenderableType:
    told = ("each prosocial", "each selfish", "survival")
    table = _table("prosocial", "best", "worst", "over all", *told)
    for part in report.populations:
        own = [part.prosocial_payoff, part.selfish_payoff, part.survival]
        shown = [figure(each) for each in (part.value, part.worst, part.over_all)]
        rest = ["–" if each is None else figure(each) for each in own]
        table.add_row(str(part.prosocial), *shown, *rest)
    return table


def claims(decided: Iterable[ClaimPart]) -> Iterator[RenderableType]:
    """What became of claims, a line each."""
    for each in decided:
        line = Text(f"{each.status:<9}", style=STYLES[each.status])
        line.append(plain(f"{each.statement}"), style="default")
        if each.reason is not None:
            line.append(plain(f": {each.reason}"), style="default")
        yield line


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in names:
        table.add_column(name, overflow="fold")
    return table
