"""Claims about mixed and correlated play and their witnesses, in the words of Coq.

Their modules are ``Correlated.v``, ``Mixed.v``, and ``Cooperative.v`` for what all such play has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export import coq_words as coq
from coopgap.proofs.export.coq_data import claimed, contracts, game, levels, limits, payments
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
        coq.record(data=game(data), **limits(data, "transfers"), **levels(data)),
        claimed(claim, _name),
        coq.record(
            reached=coq.present(parts, "reached", _reached),
            bound=coq.present(parts, "bound", _bound),
        ),
    )


def cooperative(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about all correlated play without a contract."""
    fields(claim, "the claim", "id", "holds")
    if claim["holds"]:
        (lists,) = fields(witness, "the witness", "multipliers")
        parts = {
            "multipliers": f"(Some {coq.lists(coq.lists(coq.weighted(4)))(lists)})",
            "distribution": "None",
        }
    else:
        state, mix = fields(witness, "the witness", "state", "distribution")
        distribution = f"(Some ({coq.index(state)}, {coq.lists(coq.weighted(2))(mix)}))"
        parts = {"multipliers": "None", "distribution": distribution}
    sides = coq.lists(coq.lists(coq.index))(data["game"]["cooperative"])
    problem = coq.record(data=game(data), kind=contracts(data), **levels(data), cooperative=sides)
    return problem, claimed(claim, lambda *_: "all_cooperative"), coq.record(**parts)


def _name(name: str, own: Json) -> str:
    if name == "play-at-most":
        state, profile, within, value = fields(
            own, "the claim", "state", "profile", "within", "value"
        )
        only = coq.option(within, coq.lists(coq.index))
        return f"play_at_most {coq.index(state)} {coq.index(profile)} {only} {coq.fraction(value)}"
    return coq.claim_words(name, own, ("correlated-gap-positive",), {})


def _reached(value: Any) -> str:
    way = "selection" if "selection" in value else "distributions"
    played, transfers = fields(value, "a play", way, "transfers")
    (entry,) = listing(transfers, 1)
    if way == "selection":
        played = [[[profile, 1]] for profile in listing(played)]
    return coq.record(mixes=coq.lists(coq.lists(coq.weighted(2)))(played), paying=payments(entry))


def _bound(value: Any) -> str:
    unit, multipliers = fields(value, "the bound", "denominator", "multipliers")
    rows = coq.listed(listing(multipliers), coq.lists(coq.weighted(4)))
    return coq.record(over=coq.positive(unit), multipliers=rows)


def mixed(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate that lists mixed equilibria."""
    fields(witness, "the witness")
    problem = coq.record(data=game(data), kind=contracts(data), **levels(data))
    return problem, claimed(claim, _mixed), "nothing_to_show"


def _mixed(_: str, own: Json) -> str:
    state, plays = fields(own, "the claim", "state", "plays")
    listed = coq.lists(coq.lists(coq.lists(coq.weighted(2))))(plays)
    return f"mixed_equilibria {coq.index(state)} {listed}"
