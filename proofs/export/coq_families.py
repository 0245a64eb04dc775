"""Certificates of families in the words of ``Cases.v``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export import coq_words as coq
from coopgap.proofs.export.coq_data import PARTS, contracts, tables
from coopgap.proofs.export.coq_parameters import Parameters
from coopgap.proofs.export.coq_selections import bound, part
from coopgap.proofs.export.coq_tried import ENUMERATED, PROFILES, TRIED, of_profiles, tried_claim
from coopgap.proofs.trusted.documents import fields, listing, require, text_of

PLAIN = {"gap-positive": "gap_positive", "gap-zero": "gap_zero", "closes": "closes"}
"""Claims without a number."""

FINITE = {
    "gap-at-least": "gap_at_least",
    "gap-at-most": "gap_at_most",
    "threshold-at-most": "threshold_at_most",
    "optimum": "optimum_is",
}
"""Claims with a finite number."""

INFINITE = {
    "gap": ("gap", "inf"),
    "value": ("value_is", "-inf"),
    "threshold": ("threshold", "inf"),
}
"""Claims with a number that may be infinite, and how that is written in certificates."""

CLAIMS = frozenset((*PLAIN, *FINITE, *INFINITE, *ENUMERATED, "implementable"))
"""The claims of families that are covered."""

Json = Mapping[str, Any]


def family(claim: Json, data: Json, proof: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate of a family."""
    if "mechanism" in data:
        raise coq.Uncovered("what its agents see is not covered for such claims")
    parameters, assumptions, *_ = fields(data, "the problem", *PARTS)
    return Family(Parameters(parameters), text_of(claim.get("id")), data).in_coq(
        claim, assumptions, proof
    )


class Family:
    """Writes the claims of one id about the data, and their witnesses.

    covered: the ids that have a rule.
    """

    covered = CLAIMS

    def __init__(self, parameters: Parameters, name: str, data: Json) -> None:
        if name not in self.covered:
            raise coq.Uncovered(f"there is no rule for the claim {name} of a family")
        self.parameters, self.name, self.data = parameters, name, data

    def in_coq(self, claim: Json, assumptions: Any, proof: Any) -> tuple[str, str, str]:
        """Problem, claim and witness."""
        witness = (
            self.at_point(*fields(proof, "the proof", "instead", "witness"))
            if "at" in claim
            else self.parameters.everywhere(proof, self.case_witness)
        )
        return self._problem(assumptions), self.parameters.claim(claim, self._claim), witness

    def _problem(self, assumptions: Any) -> str:
        own, number = tables(self.data), self.parameters.number
        parts = {
            "parameters": str(len(self.parameters.names)),
            "assumptions": coq.lists(self.parameters.condition)(assumptions),
            "family": coq.record(
                actions=coq.listed(own.sizes, coq.index),
                chances=coq.lists(number)(own.prior),
                over=number(own.unit),
                utilities=coq.lists(coq.lists(coq.lists(number)))(own.payoffs),
                recorded=own.records,
            ),
            "class": self.contracts(),
            "levels": coq.option(self.data["prosociality"], self._levels),
            "cooperative": coq.lists(coq.lists(coq.index))(self.data["game"]["cooperative"] or []),
        }
        return coq.record(**parts)

    def contracts(self) -> str:
        """The class of contracts."""
        return contracts(self.data, self.parameters.fraction)

    def _levels(self, value: Any) -> str:
        levels, scale = fields(value, "prosociality", "levels", "scale")
        return f"({coq.lists(self.parameters.number)(levels)}, {self.parameters.number(scale)})"

    def _claim(self, own: Json) -> str:
        name, fraction = self.name, self.parameters.fraction
        if name in PLAIN:
            fields(own, "the claim")
            return PLAIN[name]
        if name in FINITE:
            return f"{FINITE[name]} {fraction(*fields(own, 'the claim', 'value'))}"
        if name in INFINITE:
            return f"{INFINITE[name][0]} {self._extended(*fields(own, 'the claim', 'value'))}"
        if name in PROFILES:
            return of_profiles(name, own)
        if name in TRIED:
            return tried_claim(name, own, fraction)
        return f"implementable {coq.lists(coq.index)(*fields(own, 'the claim', 'selection'))}"

    def _extended(self, value: Any) -> str:
        infinite = self.name in INFINITE and value == INFINITE[self.name][1]
        return "None" if infinite else f"(Some {self.parameters.fraction(value)})"

    # --- witnesses --------------------------------------------------------------------------------

    def at_point(self, instead: Any, witness: Any) -> str:
        """A proof at one point."""
        return f"Here {coq.option(instead, self._extended)} {self.case_witness(witness)}"

    def case_witness(self, witness: Any) -> str:
        """The witness of a case."""
        require(isinstance(witness, dict), "expected an object")
        own, below = dict(witness), "below" if self.name == "threshold" else "bound"
        if self.name == "implementable":
            own = {"reached" if "transfers" in witness else "excluded": witness}
        require(set(own) <= {"reached", below, "excluded"}, "the witness has other fields")
        return coq.record(
            reached=coq.present(own, "reached", self.reached),
            bound=coq.present(own, below, bound),
            excluded=coq.present(own, "excluded", part),
        )

    def reached(self, value: Any, way: str = "selection") -> str:
        """A play with its transfers, ``Reached`` in Coq."""
        paying = self.data["contracts"]["budget"] != ""
        selection, transfers = fields(value, "a play", way, "transfers")
        unit, amounts = 1, []
        for entry in listing(transfers, 1 if paying else 0):
            unit, amounts = fields(entry, "transfers", "denominator", "amounts")
        return coq.record(
            played=coq.lists(coq.index)(selection),
            denominator=self.parameters.number(unit),
            amounts=coq.listed(listing(amounts), lambda entry: self._row(*listing(entry, 2))),
        )

    def _row(self, place: Any, amounts: Any) -> str:
        return f"({coq.index(place)}, {coq.lists(self.parameters.number)(amounts)})"
