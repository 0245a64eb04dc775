"""Family certificates as SMT-LIB scripts that a solver can confirm.

A proof becomes systems of conditions without a solution, a counterexample a system with one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import number, parameter
from coopgap.proofs.export.conditions import systems_to_smtlib
from coopgap.proofs.trusted.documents import Budget
from coopgap.proofs.trusted.polynomials import condition_of
from coopgap.proofs.trusted.problems import problem_of

System = tuple[str, tuple[Condition, ...]]
"""The purpose of a system, and its conditions in addition to the assumptions."""


def scripts(text: str) -> dict[str, str]:
    """The scripts of a family's certificate, or of each part of a conjunction, by their labels.

    Every system of a script has the status that the script gives: unsat for the refutations of a
    proof, sat for a counterexample.
    """
    document = json.loads(text)
    if "goals" not in document:
        return {"": _script(document)}
    return {goal["goal"]: _script(goal["certificate"]) for goal in document["goals"]}


def _script(document: Mapping[str, Any]) -> str:
    problem = problem_of(document["data"], Budget())
    if "at" in document["claim"]:
        point = document["claim"]["at"]
        fixed = tuple(
            Condition(parameter(k) - number(Fraction(point[name])), "==")
            for name, k in problem.index.items()
        )
        systems: list[System] = [("the counterexample satisfies the assumptions", fixed)]
        return systems_to_smtlib(problem.assumptions, systems, problem.parameters, "sat")
    systems = list(dict.fromkeys(_systems(document, problem.index)))
    return systems_to_smtlib(problem.assumptions, systems, problem.parameters, "unsat")


def _systems(document: Mapping[str, Any], index: Mapping[str, int]) -> Iterator[System]:
    def parse(value: Any) -> Condition:
        return condition_of(value, index, Budget())

    stack: list[tuple[Any, tuple[Condition, ...]]] = [(document["proof"]["cases"], ())]
    while stack:
        node, path = stack.pop()
        if "if" in node:
            condition = parse(node["if"])
            stack.append((node["then"], (*path, condition)))
            branches = zip(node["else"], condition.negations(), strict=True)
            stack.extend((branch, (*path, negation)) for branch, negation in branches)
        elif "refuted" in node:
            yield "no parameters are in this case", path
        else:
            for stated, _ in node["known"]:
                for negation in parse(stated).negations():
                    yield "what follows in this case cannot fail", (*path, negation)
    pieces = [tuple(map(parse, piece["when"])) for piece in document["claim"].get("pieces", ())]
    for first, second in combinations(pieces, 2):
        yield "no parameters are in two pieces", (*first, *second)
