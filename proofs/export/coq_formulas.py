"""Certificates about parameters alone, in the words of ``Formulas.v``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from coopgap.proofs.export.coq_data import PARTS
from coopgap.proofs.export.coq_parameters import Parameters
from coopgap.proofs.export.coq_words import each, record
from coopgap.proofs.trusted.certificates import FORMULA, INCONSISTENT
from coopgap.proofs.trusted.documents import fields, listing, require, text_of

JOINED = {"and": ("And", "Truth true"), "or": ("Or", "Truth false")}
"""How several formulas are joined, and what none of them says."""

Json = Mapping[str, Any]


def formula(claim: Json, data: Json, proof: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about parameters alone."""
    parameters, assumptions, *rest = fields(data, "the problem", *PARTS)
    require(rest == [None] * 4, "records, contracts and prosociality need a game")
    known = Parameters(parameters)
    problem = record(
        parameters=str(len(known.names)), assumptions=each(known.condition)(assumptions)
    )
    if text_of(claim.get("id"), FORMULA, INCONSISTENT) == INCONSISTENT:
        plain = claim == {"id": INCONSISTENT, "holds": True}
        require(plain, "a contradiction is shown")
        said = record(at_point="None", pieces="[]", holds="true")
    else:
        said = known.claim(claim, lambda own: _said(known, *fields(own, "the claim", "conclusion")))
    if "at" in claim:
        instead, witness = fields(proof, "the proof", "instead", "witness")
        require(instead is None, "only numbers are shown to be others")
        fields(witness, "the witness")
        return problem, said, "Here"
    return problem, said, known.everywhere(proof, _nothing)


def _said(known: Parameters, value: Any) -> str:
    """A formula, ``Formula`` in Coq."""
    parts = listing(value)
    head = parts[0] if parts and isinstance(parts[0], str) else None
    if head in JOINED:
        join, none = JOINED[head]
        inner = [_said(known, part) for part in parts[1:]]
        return reduce(lambda rest, part: f"({join} {part} {rest})", reversed(inner), f"({none})")
    if head == "not":
        return f"(Not {_said(known, listing(parts, 2)[1])})"
    return f"(Holds {known.condition(value)})"


def _nothing(witness: Any) -> str:
    fields(witness, "the witness")
    return "tt"
