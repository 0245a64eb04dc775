"""What a family's certificate rests on, as SMT-LIB: systems of conditions that have no solution, or
a counterexample that has one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

from proofs.cases import FamilyCertificate, decode_family
from proofs.conditions import Condition, decoded_condition
from proofs.export.smtlib import systems_to_smtlib
from proofs.polynomials import number, parameter

System = tuple[str, tuple[Condition, ...]]
"""What a system is for, and its conditions beside the assumptions."""


def scripts(text: str) -> dict[str, str]:
    """The scripts of a certificate of a family, or of each part of a conjunction, by their labels.

    Every system of a script has the status that the script says: unsat for what a proof refutes,
    sat for a counterexample."""
    document = json.loads(text)
    if "goals" not in document:
        return {"": _script(decode_family(text))}
    return {
        each["goal"]: _script(decode_family(json.dumps(each["certificate"])))
        for each in document["goals"]
    }


def _script(certificate: FamilyCertificate) -> str:
    problem = certificate.problem
    if certificate.kind == "counterexample":
        point = certificate.witness["counterexample"]["point"]
        fixed = tuple(
            Condition(parameter(k) - number(Fraction(value)), "==") for k, value in enumerate(point)
        )
        systems: list[System] = [("the counterexample satisfies the assumptions", fixed)]
        return systems_to_smtlib(problem.assumptions, systems, problem.parameters, "sat")
    systems = list(dict.fromkeys(_systems(certificate)))
    return systems_to_smtlib(problem.assumptions, systems, problem.parameters, "unsat")


def _systems(certificate: FamilyCertificate) -> Iterator[System]:
    index = certificate.problem.index
    stack: list[tuple[Any, tuple[Condition, ...]]] = [(certificate.witness["cases"], ())]
    while stack:
        node, path = stack.pop()
        if "if" in node:
            condition = decoded_condition(node["if"], index)
            stack.append((node["then"], (*path, condition)))
            branches = zip(node["else"], condition.negations(), strict=True)
            stack.extend((branch, (*path, negation)) for branch, negation in branches)
        elif "refuted" in node:
            yield "no parameters are in this case", path
        else:
            for stated, _ in node["facts"]:
                for negation in decoded_condition(stated, index).negations():
                    yield "what follows in this case cannot fail", (*path, negation)
    pieces = _pieces(certificate.claim, index)
    for one, other in combinations(pieces, 2):
        yield "no parameters are in two pieces", (*one, *other)


def _pieces(claim: Mapping[str, Any], index: Mapping[str, int]) -> list[tuple[Condition, ...]]:
    return [
        tuple(decoded_condition(each, index) for each in piece["when"])
        for piece in claim.get("pieces", ())
    ]
