"""Certificates as values, and their canonical text (docs/certificates.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from coopgap.proofs.algebra.conditions import plain_condition
from coopgap.proofs.algebra.polynomials import common_denominator, number, plain, whole
from coopgap.proofs.trusted.certificates import (
    CONJUNCTION,
    INCONSISTENT,
    SCHEMA,
    claims_digest,
    verified,
)
from coopgap.proofs.trusted.documents import (
    AGGREGATES,
    COMMONS,
    Budget,
    Rejected,
    canonical,
    digest,
)
from coopgap.proofs.trusted.polynomials import Polynomial, Ratio, ratio
from coopgap.proofs.trusted.problems import Game, Problem
from coopgap.theory.json_values import Fields, Json, JsonObject, Plain

__all__ = ["canonical", "claims_digest", "digest", "verified"]

Number = Plain
"""An integer or a polynomial."""


@dataclass(frozen=True)
class Certificate:
    """A claim, the problem that it is about, and the proof that shows it.

    The claim has ``id``, ``holds`` and the fields of its id.
    """

    claim: Mapping[str, object]
    problem: Problem
    proof: JsonObject

    @property
    def kind(self) -> str:
        """The kind of the proof, in one word."""
        return kind_of(self.claim, self.proof)


def concrete(claim: Mapping[str, object], problem: Problem, witness: JsonObject) -> Certificate:
    """The certificate of a game without parameters, which has one case."""
    leaf: JsonObject = {"known": [], "piece": 0, "point": [], "witness": witness}
    return Certificate(claim, problem, {"apart": [], "cases": leaf})


def encode(certificate: Certificate) -> str:
    """The certificate's canonical text; its file is named by the ``digest`` of this text."""
    # Data may be millions of numbers: they are written once, for their hash and in their place.
    data = canonical(data_of(certificate.problem))
    claim, proof = canonical(certificate.claim), canonical(certificate.proof)
    written = f'"data":{data},"data_sha256":"{digest(data)}"'
    return f'{{"claim":{claim},{written},"proof":{proof},"schema":"{SCHEMA}"}}'


def encode_conjunction(name: str, parts: Sequence[tuple[str, str]]) -> str:
    """Certificates, each under the label of its goal, as one text; of equal ones only the first."""
    labels = {text: label for label, text in reversed(parts)}
    goals = ",".join(
        f'{{"certificate":{text},"goal":{canonical(label)}}}'
        for label, text in parts
        if labels[text] == label
    )
    return f'{{"goals":[{goals}],"schema":"{CONJUNCTION}","theorem":{canonical(name)}}}'


def data_of(problem: Problem) -> dict[str, Json]:
    """The data of a certificate."""
    names, game, prosociality = problem.parameters, problem.game, problem.prosociality
    records, contracts = problem.records, problem.contracts
    return _mechanism(problem) | {
        "parameters": list(names),
        "assumptions": [plain_condition(condition, names) for condition in problem.assumptions],
        "game": None if game is None else _game(game, names),
        "records": None
        if records is None
        else {
            "cells": records.cells,
            "classes": records.classes,
            "table": records.table and [list(row) for row in records.table],
        },
        "contracts": None
        if game is None
        else {
            **vars(contracts),
            "liability": contracts.liability and plain_ratio(contracts.liability, names),
        },
        "prosociality": None
        if prosociality is None
        else {
            "levels": [plain(level, names) for level in prosociality.levels],
            "scale": plain(prosociality.scale, names),
        },
    }


def _mechanism(problem: Problem) -> dict[str, Json]:
    """What agents see and their outside options, where the data are about mechanisms."""
    if problem.mechanism is None:
        return {}
    cells, options = problem.mechanism
    listed = options and [plain_ratio(option, problem.parameters) for option in options]
    return {"mechanism": {"information": cells, "options": listed}}


def described(problem: Problem) -> dict[str, Json]:
    """The data without payoffs, which suffice to state a claim in words."""
    game = None if problem.game is None else replace(problem.game, payoffs=())
    return data_of(replace(problem, game=game))


def _game(game: Game, names: Sequence[str]) -> dict[str, Json]:
    return {
        "players": game.players,
        "actions": game.actions,
        "states": game.states,
        "prior": [plain(weight, names) for weight in game.prior],
        "denominator": plain(game.denominator, names),
        "payoffs": [[_row(row, names) for row in own] for own in game.payoffs],
        "cooperative": game.cooperative,
    }


def _row(row: Sequence[Number], names: Sequence[str]) -> list[Plain]:
    return row.tolist() if isinstance(row, memoryview) else [plain(entry, names) for entry in row]


def plain_ratio(value: Ratio, names: Sequence[str]) -> Json:
    """A fraction in the form of certificates: a number as text, else numerator and denominator."""
    above, below = (part.constant if isinstance(part, Polynomial) else part for part in value)
    if above is not None and below is not None:
        return str(Fraction(above) / Fraction(below))
    return [plain(part, names) for part in scaled_whole(value)]


def scaled_whole(parts: Sequence[Number]) -> list[Polynomial]:
    """The polynomials times one positive number that makes their coefficients integers."""
    lifted = [part if isinstance(part, Polynomial) else number(part) for part in parts]
    scale = common_denominator(lifted)
    return [whole(part, scale) for part in lifted]


def value_at(value: Plain, index: Mapping[str, int], point: Sequence[Fraction]) -> Plain:
    """A field of a claim at a point: fractions of polynomials become numbers.

    Raises Rejected for a division by 0.
    """
    if not (
        isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], int | dict)
    ):
        return value
    above, below = (
        part if isinstance(part, int) else part.at(point) for part in ratio(value, index, Budget())
    )
    if below == 0:
        raise Rejected("a denominator is 0 at the point")
    return str(Fraction(above) / below)


KINDS: Mapping[frozenset[str], str] = {
    frozenset[str](): "enumeration",
    frozenset({"reached"}): "contract",
    frozenset({"bound"}): "obstructions",
    frozenset({"below"}): "obstructions",
    frozenset({"reached", "bound"}): "contract-and-obstructions",
    frozenset({"reached", "below"}): "contract-and-obstructions",
    frozenset({"selection", "transfers"}): "contract",
    frozenset({"selection", "deviations"}): "obstruction",
    frozenset({"multipliers"}): "multipliers",
    frozenset({"multipliers", "transfers"}): "multipliers",
    frozenset({"state", "distribution"}): "equilibrium",
    frozenset({"state", "mixes"}): "equilibrium",
    frozenset({"supports"}): "supports",
}
"""Names of proofs of one case, by the parts of their witness."""


def kind_of(claim: Mapping[str, object], proof: Fields) -> str:
    """The name of a proof's kind: ``cases`` for several cases, ``counterexample`` for one point."""
    if "at" in claim:
        return "counterexample"
    leaf = proof.get("cases")
    if claim.get("id") == INCONSISTENT or not isinstance(leaf, dict) or leaf.get("point") != []:
        return "cases"
    witness = leaf["witness"]
    bound = witness.get("bound")
    if "points" in (witness.get("reached") or {}):
        if bound is None:
            return "mechanism"
        return "mechanism-and-multipliers"
    if isinstance(bound, dict) and "steps" in bound:
        return "multipliers"
    if isinstance(bound, dict) and "multipliers" in bound:
        return "distribution-and-multipliers" if "reached" in witness else "multipliers"
    if not {"distributions", "distribution"}.isdisjoint(witness.get("reached") or {}):
        return "distribution"
    return KINDS.get(frozenset(witness), "cases")


def kind_of_text(text: str) -> str | None:
    """The kind of the certificate in a text; None if it is too malformed to have one."""
    try:
        document = json.loads(text)
        if "goals" in document:
            return "conjunction"
        if document["schema"] == AGGREGATES:
            return "aggregates"
        if document["schema"] == COMMONS:
            return "stages"
        return kind_of(document["claim"], document["proof"])
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None
