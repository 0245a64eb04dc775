"""Frontiers: the gap over all λ, or over all bounds on fines, language by language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.exposition.documents import (
    Block,
    Inline,
    Items,
    Row,
    Section,
    said,
    section,
    table,
)
from coopgap.proofs.exposition.formulas import BEST, THRESHOLD, Symbol, row
from coopgap.proofs.exposition.prose import counted, series
from coopgap.proofs.exposition.quantities import quantity, valued
from coopgap.proofs.exposition.sources import Place
from coopgap.proofs.frontier.intervals import Interval
from coopgap.proofs.frontier.liability import Function, LiabilityFrontier
from coopgap.proofs.frontier.report import (
    Cheapest,
    Frontier,
    LanguageFrontier,
    Price,
    relation,
    shortfall,
)
from coopgap.theory.exact import INFINITY

LANGUAGES = 64
"""How many languages are told."""


def sections(found: Frontier | LiabilityFrontier) -> Iterator[Section]:
    """Everything that there is to say of a frontier over λ, or over bounds on fines."""
    best = valued(["The largest expected welfare"], BEST, Place(found.first_best))
    yield from section("The first best", best)
    yield from _over_levels(found) if isinstance(found, Frontier) else _over_bounds(found)


def _over_levels(found: Frontier) -> Iterator[Section]:
    yield from section("The gap by weight on welfare", _gaps(found))
    prices = [_price(each) for each in found.prices]
    yield from section("Price of each predicate in λ*", [table(prices)] if prices else [])
    fewest = tuple((said("{}", _cheapest(each)),) for each in found.cheapest)
    yield from section("Fewest predicates that close the gap", [Items(fewest)] if fewest else [])
    worth = tuple(
        (said("{}: {}.", each.name, _worth(each)),)
        for each in found.languages[:LANGUAGES]
        if each.same_as is None and each.worth
    )
    start = said(
        "Where it falls, contracts and prosociality are substitutes; where it rises, complements."
    )
    yield from section("The worth of contracts", [start, Items(worth)] if worth else [])
    every = all(each.proved for each in (found.without, *found.languages))
    yield from section(
        "Certificates", _accepted(found, ": V is proved at every λ" if every else "")
    )


def _over_bounds(found: LiabilityFrontier) -> Iterator[Section]:
    rows: list[Row] = []
    for each in found.languages:
        name = each.name
        if each.same_as is not None:
            rows.append({"language": name, "with": "", "gap": f"as {each.same_as}"})
            continue
        rows.append({"language": name, "with": "contracts", "gap": _function(each.contract)})
        rows.append({"language": "", "with": "any mechanism", "gap": _function(each.mechanism)})
    title = f"The gap for bounds B on fines from {found.low} to {found.high}"
    yield from section(title, [table(rows, widths=(25, 15, 60))])
    yield from section("Certificates", _accepted(found, ", each of a whole function"))


def _accepted(found: Frontier | LiabilityFrontier, more: str) -> Iterator[Block]:
    number = len(found.texts)
    kept = f"The checker accepted {counted(number, 'certificate')}{more}."
    yield said(kept if number else "Nothing is certified.")


def _gaps(found: Frontier) -> Iterator[Block]:
    """The gap of every language, step by step."""
    rows: list[Row] = []
    for each in (found.without, *found.languages):
        gaps = [(step.at, shortfall(step.value, found.first_best)) for step in each.values]
        told: list[Inline] = stepped(gaps)
        if each.same_as is not None:
            told = [f"as {each.same_as}"]
        elif each.unknown is not None:
            told = [f"unknown: {each.unknown.reason}"]
        threshold = quantity(Place(each.threshold))
        rows.append({"language": each.name, THRESHOLD: threshold, "gap": told})
    yield table(rows[:LANGUAGES], widths=(30, 10, 60))
    if len(rows) > LANGUAGES:
        yield said(
            "There are {}; --json lists all.", counted(len(rows) - LANGUAGES, "more language")
        )
    yield said("Here {} is the least weight that closes the gap.", THRESHOLD)


def span(at: Interval) -> str:
    """An interval in words: ``at 0``, ``in [1, 2)``, ``from 2``, ``above 2``."""
    if at.high == INFINITY:
        return f"{'above' if at.open_low else 'from'} {at.low}"
    return f"at {at.low}" if at.low == at.high else f"in {at}"


def stepped(steps: Iterable[tuple[Interval, object]]) -> list[Inline]:
    """``2 in [0, 1); 0 from 1``."""
    told: list[Inline] = []
    for at, value in steps:
        told += ["; " if told else "", quantity(Place(value)), f" {span(at)}"]
    return told


def _function(found: Function | Unknown) -> list[Inline]:
    if isinstance(found, Unknown):
        return [f"unknown: {found.reason}"]
    return stepped((step.at, step.value.gap) for step in found.steps)


def _price(each: Price) -> Row:
    names = {"alone": "alone", "added last": "last", "least": "least", "most": "most"}
    prices = {head: quantity(Place(getattr(each, name))) for head, name in names.items()}
    return {"predicate": each.predicate, **prices}


def _cheapest(each: Cheapest) -> Iterator[Inline]:
    yield row(Symbol("prosociality"))
    yield f" {span(each.at)}: "
    if each.predicates is None:
        yield "none of these languages closes it"
    else:
        yield f"{counted(each.predicates, 'predicate')}: "
        yield from series(each.languages, "or")
        if len(each.excluded) == 1:
            yield "; the smaller one leaves a gap"
        elif each.excluded:
            yield f"; all {counted(len(each.excluded), 'smaller one')} leave a gap"
    if each.undecided:
        yield "; undecided: "
        yield from series(each.undecided)
    yield "."


def _worth(each: LanguageFrontier) -> list[Inline]:
    told: list[Inline] = []
    for step in each.worth:
        told += ["; " if told else "", *stepped([(step.at, step.value.worth)])]
        change = relation(step.value.change)
        told += [] if change is None else [f" ({change})"]
    return told
