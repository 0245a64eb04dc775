"""Certificates about agents who do not all see the state, in the words of ``Privately.v``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export.coq_data import BUDGETS, PARTS
from coopgap.proofs.export.coq_families import FINITE, INFINITE, PLAIN, Family
from coopgap.proofs.export.coq_parameters import Parameters
from coopgap.proofs.export.coq_words import (
    Uncovered,
    each,
    index,
    indices,
    listed,
    option,
    present,
    record,
    truth,
    weighted,
)
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
    base, said, witness = family.written(claim, assumptions, proof)
    return record(base=base, seen=each(each(index))(information)), said, witness


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
        return f"transfers {text_of(budget, *BUDGETS)} {option(liability, self.known.fraction)}"

    def here(self, instead: Any, witness: Any) -> str:
        if instead is not None:
            raise Uncovered("it denies a number about strategies")
        return f"Here {self.shown(witness)}"

    def shown(self, witness: Any) -> str:
        require(isinstance(witness, dict), "expected an object")
        below = "below" if self.name == "threshold" else "bound"
        require(set(witness) <= {"reached", below}, "the witness has other fields")
        return record(
            gets=present(witness, "reached", lambda play: self.reached(play, "strategies")),
            limit=present(witness, below, self._limit),
        )

    def _limit(self, value: Any) -> str:
        names = "obstructions", "best", "strict", "tree"
        obstructions, best, strict, tree = fields(value, "a bound", *names)
        return record(
            hindrances=each(self._hindrance)(obstructions),
            finest=option(best, each(index)),
            under=truth(truth_of(strict)),
            parting=_branching(tree),
        )

    def _hindrance(self, value: Any) -> str:
        part, deviations = fields(value, "an obstruction", "strategies", "deviations")
        return record(
            fixed=listed(listing(part), lambda entry: indices(listing(entry, 3))),
            moves=each(weighted(4, self.known.number))(deviations),
        )


def _branching(node: Any) -> str:
    if node is None:
        return "Enough"
    if isinstance(node, int):
        return f"(Hindered {index(node)})"
    return f"(Each {each(_branching)(node)})"
