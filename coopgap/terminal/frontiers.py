"""Frontiers, as text."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.proofs.deciding.reports import Quantity
from coopgap.proofs.frontier.intervals import Interval
from coopgap.proofs.frontier.report import Cheapest, Frontier, LanguageFrontier, relation
from coopgap.terminal.numbers import number
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import count, listed, plain
from coopgap.theory.exact import INFINITY

LANGUAGES = 64
"""How many languages are listed; the JSON has all."""


def story(found: Frontier) -> RenderableType:
    """A frontier for people to read."""
    parts: list[RenderableType] = [
        Text(plain(found.title or found.source or "Frontier"), style="bold"),
        Text(f"First best: expected welfare {number(found.first_best)}."),
        Text(),
        Text("Gap by λ; λ* is the least λ that closes it", style="bold"),
        _gaps(found),
    ]
    if found.prices:
        parts += [Text(), Text("Price of each predicate in λ*", style="bold"), _prices(found)]
    if found.cheapest:
        parts += [Text(), Text("Fewest predicates that close the gap", style="bold")]
        parts += [Text(f"  {_cheapest(each)}") for each in found.cheapest]
    title = "Worth of contracts; where it falls substitutes, where it rises complements"
    parts += [Text(), Text(title, style="bold")]
    parts += [
        Text(f"  {plain(each.name)}: {_worth(each)}")
        for each in found.languages[:LANGUAGES]
        if each.same_as is None and each.worth
    ]
    kept = count(len(found.texts), "certificate")
    shown = (found.without, *found.languages)
    proved = ": V is proved at every λ" if all(each.proved for each in shown) else ""
    parts += [Text(), Text(f"{kept} accepted by the checker{proved}.")]
    return Group(*parts)


def span(at: Interval) -> str:
    """An interval in words: ``at 0``, ``[1, 2)``, ``from 2``, ``above 2``."""
    if at.high == INFINITY:
        return f"{'above' if at.open_low else 'from'} {at.low}"
    return f"at {at.low}" if at.low == at.high else f"in {at}"


def _gaps(found: Frontier) -> RenderableType:
    rows = []
    for each in (found.without, *found.languages[:LANGUAGES]):
        if each.same_as is None and each.unknown is not None:
            said = f"unknown: {plain(each.unknown.reason)}"
        elif each.same_as is None:
            said = "; ".join(f"{number(gap)} {span(at)}" for at, gap in gaps(each, found))
        else:
            said = f"as {plain(each.same_as)}"
        rows.append((plain(each.name), number(each.threshold), said))
    hidden = len(found.languages) - LANGUAGES
    if hidden > 0:
        rows.append((f"… {hidden} more; --json lists all", "", ""))
    return Columns(("language", "λ*", "gap"), rows, gap=4)


def gaps(each: LanguageFrontier, found: Frontier) -> list[tuple[Interval, Quantity]]:
    """The gap of a language, step by step."""
    return [(step.at, each.gap(step.at.first(), found.first_best)) for step in each.values]


def _prices(found: Frontier) -> RenderableType:
    rows = [
        (plain(each.predicate), *map(number, (each.alone, each.last, each.least, each.most)))
        for each in found.prices
    ]
    head = ("predicate", "alone", "added last", "least", "most")
    return Columns(head, rows, gap=4)


def _cheapest(each: Cheapest) -> str:
    unknown = ""
    if each.undecided:
        unknown = f"; undecided: {listed([plain(name) for name in each.undecided], 'and')}"
    if each.predicates is None:
        return f"λ {span(each.at)}: none of these languages closes it{unknown}"
    names = listed([plain(name) for name in each.languages], "or")
    smaller = len(each.excluded)
    excluded = f"; all {smaller} smaller ones leave a gap" if smaller > 1 else ""
    if smaller == 1:
        excluded = "; the smaller one leaves a gap"
    many = count(each.predicates, "predicate")
    return f"λ {span(each.at)}: {many}: {names}{excluded}{unknown}"


def _worth(each: LanguageFrontier) -> str:
    said = []
    for step in each.worth:
        text = f"{number(step.value.worth)} {span(step.at)}"
        change = relation(step.value.change)
        said.append(text if change is None else f"{text} ({change})")
    return "; ".join(said)
