"""Claims about mixed and correlated play and their witnesses, in the words of Coq.

Their modules are ``Correlated.v``, ``Mixed.v``, and ``Cooperative.v`` for what all such play has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export.coq_data import claimed, contracts, game, levels, limits, payments
from coopgap.proofs.export.coq_words import (
    each,
    fraction,
    index,
    listed,
    option,
    positive,
    present,
    record,
    said,
    weighted,
)
from coopgap.proofs.trusted.documents import fields, listing, require

NUMBERS = ("correlated-gap-at-least", "correlated-gap-at-most", "correlated-gap")
"""Claims with a number."""

CLAIMS = frozenset(("correlated-gap-positive", "play-at-most", *NUMBERS))
COOPERATIVE = frozenset(("all-cooperative",))
MIXED = frozenset(("mixed-equilibria",))

Json = Mapping[str, Any]


def correlated(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about correlated play."""
    parts = witness
    if claim["id"] == "play-at-most":
        own = fields(witness, "the witness", "denominator", "multipliers")
        parts = {
            "bound": dict(zip(("denominator", "multipliers"), [own[0], [own[1]]], strict=True))
        }
    require(set(parts) <= {"reached", "bound"}, "the witness has other fields")
    return (
        record(data=game(data), **limits(data, "transfers"), **levels(data)),
        claimed(claim, _name),
        record(
            reached=present(parts, "reached", _reached),
            bound=present(parts, "bound", _bound),
        ),
    )


def cooperative(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about all correlated play without a contract."""
    fields(claim, "the claim", "id", "holds")
    if claim["holds"]:
        (lists,) = fields(witness, "the witness", "multipliers")
        shown = {"multipliers": f"(Some {each(each(weighted(4)))(lists)})", "distribution": "None"}
    else:
        state, mix = fields(witness, "the witness", "state", "distribution")
        found = f"(Some ({index(state)}, {each(weighted(2))(mix)}))"
        shown = {"multipliers": "None", "distribution": found}
    sides = each(each(index))(data["game"]["cooperative"])
    problem = record(data=game(data), kind=contracts(data), **levels(data), cooperative=sides)
    return problem, claimed(claim, lambda *_: "all_cooperative"), record(**shown)


def _name(name: str, own: Json) -> str:
    if name == "play-at-most":
        state, profile, within, value = fields(
            own, "the claim", "state", "profile", "within", "value"
        )
        only = option(within, each(index))
        return f"play_at_most {index(state)} {index(profile)} {only} {fraction(value)}"
    return said(name, own, ("correlated-gap-positive",), {})


def _reached(value: Any) -> str:
    way = "selection" if "selection" in value else "distributions"
    played, transfers = fields(value, "a play", way, "transfers")
    (entry,) = listing(transfers, 1)
    if way == "selection":
        played = [[[profile, 1]] for profile in listing(played)]
    return record(mixes=each(each(weighted(2)))(played), paying=payments(entry))


def _bound(value: Any) -> str:
    unit, multipliers = fields(value, "the bound", "denominator", "multipliers")
    rows = listed(listing(multipliers), each(weighted(4)))
    return record(over=positive(unit), multipliers=rows)


def mixed(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate that lists mixed equilibria."""
    fields(witness, "the witness")
    problem = record(data=game(data), kind=contracts(data), **levels(data))
    return problem, claimed(claim, _mixed), "nothing_to_show"


def _mixed(_: str, own: Json) -> str:
    state, plays = fields(own, "the claim", "state", "plays")
    return f"mixed_equilibria {index(state)} {each(each(each(weighted(2))))(plays)}"
