"""Claims that trying everything decides, in the words of Coq.

They have modules of their own: ``Enumerated.v``, ``Dilemmas.v``, ``Beneficial.v``,
``Agent_thresholds.v`` and ``Mixed.v``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export.coq_data import claimed, contracts, game, levels
from coopgap.proofs.export.coq_words import (
    each,
    extended,
    fraction,
    index,
    listed,
    option,
    present,
    record,
    whole,
)
from coopgap.proofs.trusted.documents import fields, listing, require

IN_STATE = {"first-best": "first_best_are", "equilibria": "equilibria_are"}
"""Claims about one state."""

PROFILES = frozenset(("nash", "unique-nash", *IN_STATE))
"""Claims that list profiles."""

CLAIMS = PROFILES | {"optimum", "incontractible", "incontractible-cells"}

AXIOMS = {
    f"axiom-{number}": f"axiom_{number.replace('-', '_')}"
    for number in ("i", "ii", "iii", "iv-strict", "iv-partial")
}
"""Axioms of a social dilemma."""

BENEFICIAL = {
    "beneficial": "beneficial",
    "beneficial-with-side-payments": "beneficial_with_side_payments",
}
"""What agents gain by the first best."""

THRESHOLDS, MIXED = frozenset(("agent-thresholds",)), frozenset(("mixed-equilibria",))

SHOWN = "nothing_to_show"
"""The witness in Coq of what is decided by trying everything."""

Json = Mapping[str, Any]


def enumerated(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate that needs no proof."""
    fields(witness, "the witness")
    chosen = None if data["prosociality"] is None else levels(data)
    return (
        record(
            data=game(data),
            kind=contracts(data),
            levels=option(chosen, lambda own: f"({own['levels']}, {own['scale_of_levels']})"),
        ),
        claimed(claim, _name),
        SHOWN,
    )


def axioms(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about an axiom."""
    fields(witness, "the witness")
    chosen = None if data["prosociality"] is None else levels(data)["levels"]
    problem = record(
        data=game(data),
        kind=contracts(data),
        levels=option(chosen, str),
        cooperative=each(each(index))(data["game"]["cooperative"]),
    )
    return problem, claimed(claim, lambda name, own: _plain(AXIOMS, name, own)), SHOWN


def beneficial(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about what agents gain by the first best."""
    fields(witness, "the witness")
    problem = record(data=game(data), kind=contracts(data), levels=levels(data)["levels"])
    return problem, claimed(claim, lambda name, own: _plain(BENEFICIAL, name, own)), SHOWN


def agent_thresholds(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about thresholds of each agent's own λ."""
    fields(witness, "the witness")
    require(data["prosociality"] is None, "the claim is about all λ")
    problem = record(data=game(data), kind=contracts(data))
    return problem, claimed(claim, _thresholds), SHOWN


def mixed(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate that lists mixed equilibria."""
    fields(witness, "the witness")
    problem = record(data=game(data), kind=contracts(data), **levels(data))
    return problem, claimed(claim, _mixed), SHOWN


def _plain(names: Mapping[str, str], name: str, own: Json) -> str:
    fields(own, "the claim")
    return names[name]


def _thresholds(_: str, own: Json) -> str:
    (entries,) = fields(own, "the claim", "thresholds")
    return f"agent_thresholds {listed(listing(entries), lambda each: _entry(*listing(each, 2)))}"


def _mixed(_: str, own: Json) -> str:
    state, plays = fields(own, "the claim", "state", "plays")
    return f"mixed_equilibria {index(state)} {each(each(each(_weighed)))(plays)}"


def _weighed(pair: Any) -> str:
    action, weight = listing(pair, 2)
    return f"({index(action)}, {whole(weight)})"


def _entry(selection: Any, own: Any) -> str:
    return f"({each(index)(selection)}, {each(lambda level: extended(level, 'inf'))(own)})"


def of_profiles(name: str, own: Json) -> str:
    """A claim of PROFILES."""
    if name in IN_STATE:
        state, profiles = fields(own, "the claim", "state", "profiles")
        return f"{IN_STATE[name]} {index(state)} {option(profiles, each(index))}"
    if name == "nash":
        return f"nash_are {each(each(index))(*fields(own, 'the claim', 'profiles'))}"
    fields(own, "the claim", *["profiles"] * bool(own))
    return f"unique_nash {present(own, 'profiles', each(each(index)))}"


def _name(name: str, own: Json) -> str:
    if name in PROFILES:
        return of_profiles(name, own)
    if name == "optimum":
        return f"optimum_is {fraction(*fields(own, 'the claim', 'value'))}"
    if name == "incontractible-cells":
        return f"incontractible_are {each(index)(*fields(own, 'the claim', 'cells'))}"
    fields(own, "the claim")
    return "incontractible_some"
