"""Linear systems, solved at once and form by form: by their own answers, and against each other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from random import Random

import pytest

from coopgap.proofs.algebra.conditions import Condition, holding_at, refutes
from coopgap.proofs.algebra.polynomials import ONE, ZERO, Polynomial, number, parameter
from coopgap.proofs.algebra.relaxations import candidate, linear_refutation, relaxed
from coopgap.proofs.algebra.simplex import System

A, B, C = (parameter(k) for k in range(3))
PARAMETERS = 5


def random_conditions(rng: Random, count: int) -> list[Condition]:
    conditions = []
    for _ in range(count):
        polynomial = ZERO
        for _ in range(rng.randint(1, 3)):
            factor = rng.choice([ONE, *map(parameter, range(PARAMETERS))])
            polynomial += factor * number(rng.choice([-3, -2, -1, 1, 2, 3]))
        conditions.append(Condition(polynomial, rng.choice([">", ">", ">=", ">=", "=="])))
    return conditions


def require_answer(system: System, conditions: Sequence[Condition]) -> bool:
    """Whether the conditions hold somewhere; either answer is looked at."""
    refutation = linear_refutation(system, conditions)
    if refutation is None:
        assert all(map(holding_at(candidate(system, PARAMETERS)), conditions))
        return True
    assert refutes(refutation, conditions)
    return False


@pytest.mark.parametrize("count", [1, 3, 5, 8, 12])
def test_a_system_has_a_solution_or_weights_that_show_that_it_has_none(count: int) -> None:
    rng = Random(f"simplex {count}")
    answers = []
    for _ in range(100):
        conditions = random_conditions(rng, count)
        whole, step_by_step = relaxed(conditions), relaxed([])
        for condition in conditions:
            step_by_step = relaxed([condition], step_by_step)
        answers.append(require_answer(whole, conditions))
        assert require_answer(step_by_step, conditions) == answers[-1]
    assert set(answers) == {True, False}


def test_a_larger_system_leaves_the_smaller_one_as_it_was() -> None:
    conditions = [Condition(A - B, ">"), Condition(B - C, ">="), Condition(A + C - ONE, "==")]
    start = relaxed(conditions)
    functional = start.functional()
    contrary = Condition(C - A, ">=")
    assert relaxed([contrary], start).weights
    assert relaxed([Condition(C, ">"), Condition(C - ONE, "==")], start).weights
    assert start.functional() == functional
    assert not start.weights


def test_what_adds_to_a_contradiction_is_not_looked_at() -> None:
    wrong = relaxed([Condition(A, ">"), Condition(-A, ">=")])
    assert relaxed([Condition(B, ">")], wrong) is wrong


def test_monomials_are_parameters_of_their_own() -> None:
    conditions = [Condition(A * B, ">"), Condition(A, "==")]
    system = relaxed(conditions)
    assert linear_refutation(system, conditions) is None
    assert not all(map(holding_at(candidate(system, 2)), conditions))
    contrary = [*conditions, Condition(Polynomial({(0, 1): -1}), ">=")]
    refutation = linear_refutation(relaxed(contrary), contrary)
    assert refutation is not None
    assert refutes(refutation, contrary)


def test_the_deadline_is_kept() -> None:
    with pytest.raises(TimeoutError):
        relaxed([Condition(A, ">")], deadline=time.monotonic() - 1)
