"""The data of a certificate in the words of ``Games.v`` and ``Reading.v``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from coopgap.proofs.export import coq_words as coq
from coopgap.proofs.trusted.documents import (
    fields,
    integer,
    listing,
    names_of,
    require,
    text_of,
    truth_of,
)

PARTS = ("parameters", "assumptions", "game", "records", "contracts", "prosociality")
"""The fields of the data where agents see the state."""

BUDGETS = ("balanced", "burnt", "free")


class Tables(NamedTuple):
    """The sizes of the agents' sets of actions, the game's numbers, and the records in Coq."""

    sizes: list[int]
    prior: Any
    unit: Any
    payoffs: Any
    records: str


def game(data: Mapping[str, Any]) -> str:
    """The numbers of the game and of the records, ``Data`` in Coq."""
    own = tables(data)
    return coq.record(
        sizes=coq.listed(own.sizes, coq.index),
        weights=coq.lists(coq.whole)(own.prior),
        unit=coq.positive(own.unit),
        payoffs=coq.lists(coq.lists(coq.lists(coq.whole)))(own.payoffs),
        records=own.records,
    )


def tables(data: Mapping[str, Any]) -> Tables:
    """The game's numbers as they are in the data."""
    names = ("players", "actions", "states", "prior", "denominator", "payoffs", "cooperative")
    players, actions, states, prior, unit, payoffs, cooperative = fields(
        data["game"], "game", *names
    )
    sizes = [len(names_of(labels)) for labels in listing(actions, len(names_of(players)))]
    listing(prior, len(names_of(states)))
    if cooperative is not None:
        for own, size in zip(listing(cooperative, len(sizes)), sizes, strict=True):
            chosen = [integer(action, 0, size) for action in listing(own)]
            require(len(set(chosen)) == len(chosen), "an action is listed twice")
    records = "own" if data["records"] is None else _records(data["records"])
    return Tables(sizes, prior, unit, payoffs, records)


def _records(value: Any) -> str:
    cells, classes, table = fields(value, "records", "cells", "classes", "table")
    if table is not None:
        require(cells is None and classes is None, "records are given twice")
        return f"by_table {coq.lists(coq.lists(coq.index))(table)}"
    return f"by_classes {coq.lists(coq.index)(cells)} {coq.lists(coq.lists(coq.index))(classes)}"


def contracts(data: Mapping[str, Any], bound: Callable[[Any], str] = coq.fraction) -> str:
    """The class of contracts, ``Kind`` in Coq; the liability bound is written so."""
    kind, budget, liability, permissive = fields(
        data["contracts"], "contracts", "kind", "budget", "liability", "permissive"
    )
    require(truth_of(permissive) <= (kind == "directive"), "there is no such class of contracts")
    if kind == "transfers":
        return f"transfers {text_of(budget, *BUDGETS)} {coq.option(liability, bound)}"
    require(budget == "" and liability is None, "there is no such class of contracts")
    if kind == "directive":
        return f"directives {coq.truth(not permissive)}"
    require(kind == "none", "there is no such class of contracts")
    return "no_contract"


def limits(data: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Budget and liability bound of contracts of a kind, as fields of a problem in Coq."""
    stated, budget, liability, permissive = fields(
        data["contracts"], "contracts", "kind", "budget", "liability", "permissive"
    )
    require(stated == kind and truth_of(permissive) is False, "the claim is about other contracts")
    return {"budget": text_of(budget, *BUDGETS), "liability": coq.option(liability, coq.fraction)}


def levels(data: Mapping[str, Any]) -> dict[str, str]:
    """λ of each agent, as fields of a problem in Coq."""
    own, scale = fields(data["prosociality"], "prosociality", "levels", "scale")
    return {"levels": coq.lists(coq.whole)(own), "scale_of_levels": coq.positive(scale)}


def claimed(claim: Mapping[str, Any], name_of: Callable[[str, Mapping[str, Any]], str]) -> str:
    """The claim, named from its id and its own fields."""
    own = {key: value for key, value in claim.items() if key not in ("id", "holds")}
    return coq.record(name=name_of(claim["id"], own), holds=coq.truth(truth_of(claim["holds"])))


def payments(value: Any) -> str:
    """Transfers by record, ``Payments`` in Coq."""
    unit, paid = fields(value, "transfers", "denominator", "amounts")
    rows = coq.listed(listing(paid), lambda pair: row(*listing(pair, 2)))
    return coq.record(denominator=coq.positive(unit), amounts=rows)


def row(place: Any, amounts: Any) -> str:
    """A record with the amounts of all agents."""
    return f"({coq.index(place)}, {coq.lists(coq.whole)(amounts)})"
