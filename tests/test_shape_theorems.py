"""The theorems about bounded shapes: they settle as expected, break where an assumption is taken
away, and are about all that they say they are about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from math import prod
from random import Random
from typing import Any

import pytest
from brute_force import implementable
from random_environments import BASE_SEED, random_language

from proofs.cases import verify_family
from proofs.goals import Goal, Settled, settle
from proofs.prover import Prover
from proofs.theorems.obstructions import simple_cycles
from proofs.theorems.shapes import SHAPES
from proofs.theorems.situations import (
    Situation,
    product_languages,
    product_refinements,
    product_situations,
    record_refinements,
    record_situations,
)
from proofs.theorems.symbols import (
    Shape,
    Symbols,
    at_least,
    digits,
    goal,
    partitions,
    payoff,
    replaced,
)
from proofs.theorems.theorem import Means
from proofs.theorems.transfers import BOUND, RULES, liability, payoff_names, strengths
from proofs.worker import Worker
from theory.contracts import Budget, Transfers
from theory.environments import Environment, environment
from theory.languages import Language, record_of

THEOREMS = {theorem.id: theorem for theorem in SHAPES}
SAMPLE = 25
"""The goals of a theorem that are settled here; ``prove`` settles them all."""

SMALL = Shape(2, 2, 2)


@pytest.fixture(scope="module")
def means() -> Iterator[Means]:
    provers: dict[tuple[str, ...], Prover] = {}
    with Worker(20) as worker:

        def prover(names: tuple[str, ...]) -> Prover:
            return provers.setdefault(names, Prover(len(names), worker))

        yield Means(worker, prover)


def settled(each: Goal, means: Means) -> Settled:
    return settle(each, means.prover(each.problem.parameters))


def goals_of(name: str, means: Means) -> list[tuple[str, Goal]]:
    found = []
    for label, each in THEOREMS[name].goals(means):
        assert isinstance(each, Goal), label
        found.append((label, each))
    return found


# ---------------------------------------------------------------------------------- evaluation


def value_of(polynomial: Mapping[str, str], point: Mapping[str, Fraction]) -> Fraction:
    """A polynomial as certificates carry it, at a point, by nothing but its text."""
    return sum(
        (
            Fraction(coefficient) * prod(point[name] for name in monomial.split("*") if name != "1")
            for monomial, coefficient in polynomial.items()
        ),
        Fraction(0),
    )


def is_true(formula: Sequence[Any], point: Mapping[str, Fraction]) -> bool:
    match formula[0]:
        case "and":
            return all(is_true(part, point) for part in formula[1:])
        case "or":
            return any(is_true(part, point) for part in formula[1:])
        case "not":
            return not is_true(formula[1], point)
    value, relation = value_of(formula[0], point), formula[1]
    return value > 0 if relation == ">" else value == 0 if relation == "==" else value >= 0


def require_counterexample(each: Goal, found: Settled) -> dict[str, Fraction]:
    """The goal is refuted at a point that satisfies the assumptions and not the conclusion."""
    assert found.status == "refuted", found.reason
    assert found.counterexample is not None
    point = dict(zip(each.problem.parameters, found.counterexample, strict=True))
    assert all(condition.holds(found.counterexample) for condition in each.problem.assumptions)
    assert not is_true(each.claim["conclusion"], point)
    accepted, certificate = verify_family(found.text)
    assert accepted.accepted, accepted.reason
    assert certificate is not None
    assert certificate.kind == "counterexample"
    return point


# ---------------------------------------------------------------------------------- settling


def test_ids_are_distinct_and_name_their_claims():
    assert len(THEOREMS) == len(SHAPES)
    claims = {name.split("-")[0] for name in THEOREMS}
    assert claims == {"t1", "t2", "t3", "t4", "t5", "t6", "t8", "t9"}
    for name, theorem in THEOREMS.items():
        assert theorem.source == f"theory.md {name.split('-')[0].upper()}"
        assert theorem.expected in ("proved", "refuted")
        assert theorem.statement.endswith((".", ")"))


@pytest.mark.parametrize("name", THEOREMS)
def test_theorems_settle_as_expected(name: str, means: Means):
    found = goals_of(name, means)
    labels = [label for label, _ in found]
    assert len(set(labels)) == len(labels) > 0
    if len(found) > SAMPLE:
        print(f"{SAMPLE} of {len(found)} goals, seed {BASE_SEED}")
        found = Random(BASE_SEED).sample(found, SAMPLE)
    for label, each in found:
        answer = settled(each, means)
        assert answer.status == THEOREMS[name].expected, (label, answer.reason)
        if answer.status == "refuted":
            require_counterexample(each, answer)
        else:
            assert verify_family(answer.text)[0].accepted


# ---------------------------------------------------------------------------------- mutations

DROPPED = [
    # theorem, part of the label, what of the assumptions is dropped one by one, refuted how often
    ("t1-2x2x2", "a>a|b b>b|a, coarser: b→a; free money, no", None),
    ("t2-2x4", "best 01: nothing is lost", None),
    ("t2-2x4", "best 01: contractible by 2", None),
    ("t2-2x4", "cells 01", None),
    ("t3-2x2x2", "a>b|c d>c|b; balanced money, no liability bound: contracts leave", None),
    ("t3-2x2x2", "a>b|c d>c|b; burnt money, liability B: contracts leave", None),
    ("t3-2x2x2", "a>b|c d>c|b: (b) every flow", None),
    ("t4-2x2x2", "a>a|b b>b|a", None),
    ("t5-2x2x2", "00·00·01", None),
    ("t5-2x2x2", "classes 00·01", None),
    ("t6-2x2x2", "where none is lost", None),
    ("t6-2x2x2", "agent 1 from 00 to 10 in state 1", None),
    ("t8-2x2x2", "one outcome", None),
    ("t8-two-outcomes-2", "what is left", None),
    ("t9-2x2x2", "never played", None),
]
