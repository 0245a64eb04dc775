"""Certificates about parameters alone, in the words of ``Formulas.v``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from coopgap.proofs.export.coq_data import PARTS
from coopgap.proofs.export.coq_parameters import Parameters
from coopgap.proofs.export.coq_words import lists, record
from coopgap.proofs.trusted.certificates import FORMULA, INCONSISTENT
from coopgap.proofs.trusted.documents import fields, listing, require, text_of

JOINED = {"and": ("And", "Truth true"), "or": ("Or", "Truth false")}
"""How several formulas are joined, and what none of them says."""

Json = Mapping[str, Any]


def formula(claim: Json, data: Json, proof: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about parameters alone."""
    names, assumptions, *rest = fields(data, "the problem", *PARTS)
    require(rest == [None] * 4, "records, contracts and prosociality need a game")
    parameters = Parameters(names)
    problem = record(
        parameters=str(len(parameters.names)), assumptions=lists(parameters.condition)(assumptions)
    )
    if text_of(claim.get("id"), FORMULA, INCONSISTENT) == INCONSISTENT:
        plain = claim == {"id": INCONSISTENT, "holds": True}
        require(plain, "a contradiction is shown")
        claim_words = record(at_point="None", pieces="[]", holds="true")
    else:
        claim_words = parameters.claim(
            claim, lambda own: _formula_of(parameters, *fields(own, "the claim", "conclusion"))
        )
    if "at" in claim:
        instead, witness = fields(proof, "the proof", "instead", "witness")
        require(instead is None, "only numbers are shown to be others")
        fields(witness, "the witness")
        return problem, claim_words, "Here"
    return problem, claim_words, parameters.everywhere(proof, _nothing)


def _formula_of(parameters: Parameters, value: Any) -> str:
    """A formula, ``Formula`` in Coq."""
    parts = listing(value)
    head = parts[0] if parts and isinstance(parts[0], str) else None
    if head in JOINED:
        join, none = JOINED[head]
        inner = [_formula_of(parameters, part) for part in parts[1:]]
        return reduce(lambda tail, part: f"({join} {part} {tail})", reversed(inner), f"({none})")
    if head == "not":
        return f"(Not {_formula_of(parameters, listing(parts, 2)[1])})"
    return f"(Holds {parameters.condition(value)})"


def _nothing(witness: Any) -> str:
    fields(witness, "the witness")
    return "tt"
