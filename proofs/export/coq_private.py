"""Certificates about agents who do not all see the state, in the words of ``Privately.v``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export import coq_words as coq
from coopgap.proofs.export.coq_data import BUDGETS, PARTS
from coopgap.proofs.export.coq_families import FINITE, INFINITE, PLAIN, Family
from coopgap.proofs.export.coq_parameters import Parameters
from coopgap.proofs.trusted.documents import fields, listing, require, text_of, truth_of

CLAIMS = frozenset((*PLAIN, *FINITE, *INFINITE)) - {"optimum"}
"""The claims about strategies that are covered."""

Json = Mapping[str, Any]


def strategies(claim: Json, data: Json, proof: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about strategies."""
    parameters, assumptions, *_, mechanism = fields(data, "the problem", *PARTS, "mechanism")
    information, options = fields(mechanism, "the mechanism", "information", "options")
    require(options is None, "nobody may refuse")
    family = _Private(Parameters(parameters), text_of(claim.get("id")), data)
    base, claim_words, witness = family.in_coq(claim, assumptions, proof)
    return (
        coq.record(base=base, seen=coq.lists(coq.lists(coq.index))(information)),
        claim_words,
        witness,
    )


class _Private(Family):
    """Writes the claims of one id about strategies, and their witnesses."""

    covered = CLAIMS

    def contracts(self) -> str:
        kind, budget, liability, permissive = fields(
            self.data["contracts"], "contracts", "kind", "budget", "liability", "permissive"
        )
        require(kind == "interim" and truth_of(permissive) is False, "there is no such class")
        if budget == "":
            require(liability is None, "nobody is fined")
            return "no_contract"
        bound = coq.option(liability, self.parameters.fraction)
        return f"transfers {text_of(budget, *BUDGETS)} {bound}"

    def at_point(self, instead: Any, witness: Any) -> str:
        if instead is not None:
            raise coq.Uncovered("it denies a number about strategies")
        return f"Here {self.case_witness(witness)}"

    def case_witness(self, witness: Any) -> str:
        require(isinstance(witness, dict), "expected an object")
        below = "below" if self.name == "threshold" else "bound"
        require(set(witness) <= {"reached", below}, "the witness has other fields")
        return coq.record(
            gets=coq.present(witness, "reached", lambda play: self.reached(play, "strategies")),
            limit=coq.present(witness, below, self._limit),
        )

    def _limit(self, value: Any) -> str:
        names = "obstructions", "best", "strict", "tree"
        obstructions, best, strict, tree = fields(value, "a bound", *names)
        return coq.record(
            hindrances=coq.lists(self._hindrance)(obstructions),
            finest=coq.option(best, coq.lists(coq.index)),
            under=coq.truth(truth_of(strict)),
            parting=_branching(tree),
        )

    def _hindrance(self, value: Any) -> str:
        part, deviations = fields(value, "an obstruction", "strategies", "deviations")
        return coq.record(
            fixed=coq.listed(listing(part), lambda entry: coq.indices(listing(entry, 3))),
            moves=coq.lists(coq.weighted(4, self.parameters.number))(deviations),
        )


def _branching(node: Any) -> str:
    if node is None:
        return "Enough"
    if isinstance(node, int):
        return f"(Hindered {coq.index(node)})"
    return f"(Each {coq.lists(_branching)(node)})"
