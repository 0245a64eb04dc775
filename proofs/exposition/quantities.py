"""What a report's values are: in a sentence, or by region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from coopgap.proofs.exposition.documents import (
    Block,
    Cases,
    Display,
    Inline,
    prose,
    table,
)
from coopgap.proofs.exposition.formulas import Formula, Label, extent, joined, row
from coopgap.proofs.exposition.prose import by_state, plays
from coopgap.proofs.exposition.sources import Place

SHORT = 58
"""How many letters wide the cases of a formula are that are set as such."""


def quantity(place: Place) -> Inline:
    """A number, its bounds, ``unknown``, or a dash for what does not apply."""
    if place.value is None:
        return "–"
    return "unknown" if place.unknown is not None else formula(place)


def formula(place: Place) -> Formula:
    """A number, or its bounds."""
    if place.between:
        return row("[", place["low"].formula, ",", place["high"].formula, "]")
    return place.formula


def equation(symbol: Formula, place: Place) -> Formula:
    """``V = 3``, or between which bounds it is."""
    return row(symbol, "∈" if place.between else "=", formula(place))


def valued(words: Sequence[Inline], symbol: Formula, place: Place) -> Iterator[Block]:
    """What a quantity is: a sentence, or its values by region."""
    if place.unknown is not None:
        yield prose("{} is unknown: {}.", words, place.unknown)
    elif place.pieces is None:
        yield prose("{} is {}.", words, equation(symbol, place))
    else:
        yield prose("{} is:", words)
        yield from cases(symbol, place)


def cases(symbol: Formula, place: Place) -> Iterator[Block]:
    """What a symbol stands for, by region."""
    if place.pieces is None:
        yield Display((equation(symbol, place),))
        return
    alike: dict[str, list[tuple[Place, Place]]] = {}
    for when, value in place.pieces:
        alike.setdefault(value.text, []).append((when, value))
    pieces = tuple(
        (
            Label("none") if group[0][1].value is None else group[0][1].formula,
            joined([when.condition for when, _ in group], "or"),
        )
        for group in alike.values()
    )
    if max(extent(value) for value, _ in pieces) + max(extent(w) for _, w in pieces) <= SHORT:
        yield Cases(symbol, pieces)
        return
    yield Display(tuple(row(symbol, "=", value, "for", when) for value, when in pieces))


def by_region(
    lead: str, caption: str, place: Place, words: Callable[[Place], list[Inline]]
) -> Iterator[Block]:
    """What holds, after its lead, or a table of what holds where; nothing of what is unknown."""
    if place.unknown is not None:
        return
    if place.pieces is None:
        yield prose("{} {}.", lead, words(place))
        return
    yield prose("{}:", lead)
    yield table({caption: words(value), "where": when.condition} for when, value in place.pieces)


def sets(lead: str, caption: str, place: Place) -> Iterator[Block]:
    """Sets of profiles: in one sentence, or state by state and by region."""
    if place.unknown is not None:
        yield prose("What is played is unknown: {}.", place.unknown)
        return
    if all(profiles.pieces is None and profiles.unknown is None for _, profiles in place.items()):
        yield prose(
            "{} {}.", lead, by_state([(s, _profiles(profiles)) for s, profiles in place.items()])
        )
        return
    for state, profiles in place.items():
        where = "" if len(place) == 1 else f" in state {state}"
        if profiles.unknown is not None:
            yield prose("What is played{} is unknown: {}.", where, profiles.unknown)
        else:
            yield from by_region(f"{lead}{where}", caption, profiles, _profiles)


def _profiles(place: Place) -> list[Inline]:
    return ["never played"] if place.value is None else plays(place, "none")
