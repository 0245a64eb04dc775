"""A report on groups of identical agents as a story for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.proofs.aggregates.parts import GroupReport, Play, Plays, TolerancePart, TotalsByState
from coopgap.proofs.deciding.values import Quantity, Unknown
from coopgap.terminal.contracts import contract_class
from coopgap.terminal.numbers import level, number
from coopgap.terminal.story_parts import certificates, claims, heading, section, story_of, summary
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import by_state, count, listed, plain, short


def group_story(report: GroupReport) -> Group:
    """Everything a report says, in the order in which one would tell it."""
    sections = [
        heading(report.title, report.source),
        section("The game", *_game(report)),
        section("First best", *_first_best(report)),
        section("Selfish agents without a contract", *_selfish(report)),
        section("What contracts reach", *_languages(report)),
        section("Prosocial agents", *_prosocial(report)),
        section("Claims", *claims(report)),
    ]
    return story_of(sections, summary(report.claims))


def _game(report: GroupReport) -> Iterator[RenderableType]:
    for name, each in report.groups.items():
        actions = each["actions"]
        ends = f"{short(actions[0])} … {short(actions[-1])}" if len(actions) > 1 else actions[0]
        alike = count(each["size"], "agent")
        yield Text(f"{short(name)}: {alike}, {count(len(actions), 'action')} each ({ends}).")


def _plays(
    welfare: Quantity, plays: Plays, totals: TotalsByState, none: str
) -> Iterator[RenderableType]:
    told = {state: _listed(shown, totals[state], none) for state, shown in plays.items()}
    yield Text(f"Welfare {number(welfare)}: {by_state(told)}.")


def _listed(
    shown: Sequence[Play] | Unknown, totals: Sequence[Mapping[str, object]] | Unknown, none: str
) -> str:
    if not isinstance(shown, Unknown):
        return listed([_play(each) for each in shown], "or") if shown else none
    if isinstance(totals, Unknown):
        return plain(totals.reason)
    each = [", ".join(f"{short(g)} {number(x)}" for g, x in of.items()) for of in totals]
    return f"any play in which totals are {listed(each, 'or')}"


def _play(play: Play) -> str:
    parts = [
        f"{n} × {short(action)}" if len(play) == 1 else f"{n} {short(group)} × {short(action)}"
        for group, own in play.items()
        for action, n in own.items()
    ]
    return f"({', '.join(parts)})"


def _first_best(report: GroupReport) -> Iterator[RenderableType]:
    part = report.first_best
    yield from _plays(part.welfare, part.profiles, part.totals, "none")


def _selfish(report: GroupReport) -> Iterator[RenderableType]:
    part = report.selfish
    yield from _plays(part.welfare, part.nash, part.totals, "no pure equilibrium")
    if part.worst != part.welfare:
        yield Text(f"The worst of these equilibria has welfare {number(part.worst)}.")


def _languages(report: GroupReport) -> Iterator[RenderableType]:
    rows = [
        [
            short(each.name),
            contract_class(each.contracts),
            number(each.value),
            number(each.gap),
            number(each.prosocial_threshold),
        ]
        for each in report.languages
    ]
    head = ["language", "contracts", "value", "gap", "λ for the\nfirst best"]
    yield Columns(head, rows, names=2, numbers=True)
    for each in report.languages:
        yield Text()
        yield Text(short(each.name), style="italic")
        if each.selection is not None:
            plays = {state: _play(play) for state, play in each.selection.items()}
            yield Text(f"  Reached: {by_state(plays)}.")
        for reason in {
            part.reason: None
            for part in (each.value, each.prosocial_threshold)
            if isinstance(part, Unknown)
        }:
            yield Text(f"  Unknown: {plain(reason)}.", style="yellow")
        yield from (Text(f"  {line}") for line in _tolerances(each.tolerances))
        yield from certificates(each.certificates)


def _prosocial(report: GroupReport) -> Iterator[RenderableType]:
    threshold = report.prosocial_threshold
    if isinstance(threshold, Unknown):
        yield Text(f"Unknown threshold: {plain(threshold.reason)}.", style="yellow")
    else:
        least = number(threshold)
        said = f"Without a contract a first best is an equilibrium from λ = {least} on."
        none = "Without a contract no common λ makes a first best an equilibrium."
        yield Text(none if least == "∞" else said)
    yield from map(Text, _tolerances(report.tolerances))
    for each in report.prosocial:
        yield Text(f"At λ = {level(each.lambda_)}, welfare {number(each.welfare)} at best.")
    yield from certificates(report.certificates)


def _tolerances(parts: Sequence[TolerancePart]) -> Iterator[str]:
    for each in parts:
        least = number(each.lambda_)
        lost = f"At most {number(each.loss)} is lost at"
        yield f"{lost} no λ." if least == "∞" else f"{lost} λ = {least}, and at no lower λ."
