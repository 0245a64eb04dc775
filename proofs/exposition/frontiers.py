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
    prose,
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
"""How many languages are listed."""


def sections(frontier: Frontier | LiabilityFrontier) -> Iterator[Section]:
    """Everything that there is to say of a frontier over λ, or over bounds on fines."""
    best = valued(["The largest expected welfare"], BEST, Place(frontier.first_best))
    yield from section("The first best", best)
    yield from _over_levels(frontier) if isinstance(frontier, Frontier) else _over_bounds(frontier)


def _over_levels(frontier: Frontier) -> Iterator[Section]:
    yield from section("The gap by weight on welfare", _gaps(frontier))
    prices = [_price(price) for price in frontier.prices]
    yield from section("Price of each predicate in λ*", [table(prices)] if prices else [])
    fewest = tuple((prose("{}", _cheapest(cheapest)),) for cheapest in frontier.cheapest)
    yield from section("Fewest predicates that close the gap", [Items(fewest)] if fewest else [])
    worth = tuple(
        (prose("{}: {}.", language.name, _worth(language)),)
        for language in frontier.languages[:LANGUAGES]
        if language.same_as is None and language.worth
    )
    start = prose(
        "Where it falls, contracts and prosociality are substitutes; where it rises, complements."
    )
    yield from section("The worth of contracts", [start, Items(worth)] if worth else [])
    proved = all(language.proved for language in (frontier.without, *frontier.languages))
    yield from section(
        "Certificates", _accepted(frontier, ": V is proved at every λ" if proved else "")
    )


def _over_bounds(frontier: LiabilityFrontier) -> Iterator[Section]:
    rows: list[Row] = []
    for language in frontier.languages:
        name = language.name
        if language.same_as is not None:
            rows.append({"language": name, "with": "", "gap": f"as {language.same_as}"})
            continue
        rows.append({"language": name, "with": "contracts", "gap": _function(language.contract)})
        rows.append({"language": "", "with": "any mechanism", "gap": _function(language.mechanism)})
    title = f"The gap for bounds B on fines from {frontier.low} to {frontier.high}"
    yield from section(title, [table(rows, widths=(25, 15, 60))])
    yield from section("Certificates", _accepted(frontier, ", each of a whole function"))


def _accepted(frontier: Frontier | LiabilityFrontier, more: str) -> Iterator[Block]:
    number = len(frontier.texts)
    sentence = f"The checker accepted {counted(number, 'certificate')}{more}."
    yield prose(sentence if number else "Nothing is certified.")


def _gaps(frontier: Frontier) -> Iterator[Block]:
    """The gap of every language, step by step."""
    rows: list[Row] = []
    for language in (frontier.without, *frontier.languages):
        gaps = [(step.at, shortfall(step.value, frontier.first_best)) for step in language.values]
        cell: list[Inline] = stepped(gaps)
        if language.same_as is not None:
            cell = [f"as {language.same_as}"]
        elif language.unknown is not None:
            cell = [f"unknown: {language.unknown.reason}"]
        threshold = quantity(Place(language.threshold))
        rows.append({"language": language.name, THRESHOLD: threshold, "gap": cell})
    yield table(rows[:LANGUAGES], widths=(30, 10, 60))
    if len(rows) > LANGUAGES:
        yield prose(
            "There are {}; --json lists all.", counted(len(rows) - LANGUAGES, "more language")
        )
    yield prose("Here {} is the least weight that closes the gap.", THRESHOLD)


def span(at: Interval) -> str:
    """An interval in words: ``at 0``, ``in [1, 2)``, ``from 2``, ``above 2``."""
    if at.high == INFINITY:
        return f"{'above' if at.open_low else 'from'} {at.low}"
    return f"at {at.low}" if at.low == at.high else f"in {at}"


def stepped(steps: Iterable[tuple[Interval, object]]) -> list[Inline]:
    """``2 in [0, 1); 0 from 1``."""
    inlines: list[Inline] = []
    for at, value in steps:
        inlines += ["; " if inlines else "", quantity(Place(value)), f" {span(at)}"]
    return inlines


def _function(function: Function | Unknown) -> list[Inline]:
    if isinstance(function, Unknown):
        return [f"unknown: {function.reason}"]
    return stepped((step.at, step.value.gap) for step in function.steps)


def _price(price: Price) -> Row:
    names = {"alone": "alone", "added last": "last", "least": "least", "most": "most"}
    prices = {head: quantity(Place(getattr(price, name))) for head, name in names.items()}
    return {"predicate": price.predicate, **prices}


def _cheapest(cheapest: Cheapest) -> Iterator[Inline]:
    yield row(Symbol("prosociality"))
    yield f" {span(cheapest.at)}: "
    if cheapest.predicates is None:
        yield "none of these languages closes it"
    else:
        yield f"{counted(cheapest.predicates, 'predicate')}: "
        yield from series(cheapest.languages, "or")
        if len(cheapest.excluded) == 1:
            yield "; the smaller one leaves a gap"
        elif cheapest.excluded:
            yield f"; all {counted(len(cheapest.excluded), 'smaller one')} leave a gap"
    if cheapest.undecided:
        yield "; undecided: "
        yield from series(cheapest.undecided)
    yield "."


def _worth(language: LanguageFrontier) -> list[Inline]:
    inlines: list[Inline] = []
    for step in language.worth:
        inlines += ["; " if inlines else "", *stepped([(step.at, step.value.worth)])]
        change = relation(step.value.change)
        inlines += [] if change is None else [f" ({change})"]
    return inlines
