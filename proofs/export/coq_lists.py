"""Claims that enumeration decides, in the words of ``Enumerated.v``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export.coq_data import claimed, contracts, game, levels
from coopgap.proofs.export.coq_words import each, fraction, index, option, present, record
from coopgap.proofs.trusted.documents import fields

IN_STATE = {"first-best": "first_best_are", "equilibria": "equilibria_are"}
"""Claims about one state."""

CLAIMS = frozenset(
    ("optimum", "nash", "unique-nash", "incontractible", "incontractible-cells", *IN_STATE)
)

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
        "nothing_to_show",
    )


def _name(name: str, own: Json) -> str:
    if name in IN_STATE:
        state, profiles = fields(own, "the claim", "state", "profiles")
        return f"{IN_STATE[name]} {index(state)} {option(profiles, each(index))}"
    if name == "optimum":
        return f"optimum_is {fraction(*fields(own, 'the claim', 'value'))}"
    if name == "nash":
        return f"nash_are {each(each(index))(*fields(own, 'the claim', 'profiles'))}"
    if name == "unique-nash":
        fields(own, "the claim", *["profiles"] * bool(own))
        return f"unique_nash {present(own, 'profiles', each(each(index)))}"
    if name == "incontractible-cells":
        return f"incontractible_are {each(index)(*fields(own, 'the claim', 'cells'))}"
    fields(own, "the claim")
    return "incontractible_some"
