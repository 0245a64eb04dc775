"""Equations solved for a parameter: the same solutions, with fewer parameters."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from conditions import condition_holds

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import ONE, Polynomial, number, parameter
from coopgap.proofs.algebra.substitution import eased
from coopgap.proofs.parameters.regions import generic

X, Y, Z = (parameter(k) for k in range(3))


def test_solutions_are_those_of_what_is_left_completed() -> None:
    rng = Random("eased")
    seen: set[bool] = set()
    for _ in range(300):
        conditions = [
            Condition(
                Polynomial({})
                + Polynomial(
                    {
                        tuple(sorted(rng.choices(range(3), k=rng.randint(0, 2)))): rng.choice(
                            [-2, -1, 1, 3]
                        )
                        for _ in range(3)
                    }
                ),
                relation,
            )
            for relation in ("==", rng.choice(["==", ">"]), ">=")
        ]
        substitution = eased(conditions)
        variables = {
            k
            for condition in substitution.conditions
            for m in condition.polynomial.terms
            for k in m
        }
        assert variables.isdisjoint(k for k, _ in substitution.rules)
        for _ in range(10):
            free = [Fraction(rng.randint(-4, 4), 2) for _ in range(3)]
            point = substitution.completed(free)
            inside = all(condition_holds(condition, free) for condition in substitution.conditions)
            assert inside == all(condition_holds(condition, point) for condition in conditions)
            seen.add(inside)
    assert seen == {True, False}


@pytest.mark.parametrize(
    "equations",
    [[X + Y], [X + Y, Y - Z - Z], [Y - X * X], [X + Y - ONE, X - Y * Y - Z]],
    ids=["a line", "two planes", "a parabola", "a curve"],
)
def test_points_move_within_equations(equations: list[Polynomial]) -> None:
    conditions = [Condition(polynomial, "==") for polynomial in equations]
    start = eased(conditions).completed([Fraction(0)] * 3)
    moved = generic(start, conditions)
    assert moved != start
    assert all(condition_holds(condition, moved) for condition in conditions)


def test_what_determines_no_parameter_stays() -> None:
    circle = Condition(X * X + Y * Y - ONE, "==")
    assert eased([circle, Condition(X, ">")]).conditions == (circle, Condition(X, ">"))
    assert eased([Condition(X * Y - ONE, "==")]).rules == ()
    assert eased([Condition(X + Y, "=="), Condition(X + Y - number(1), "==")]).conditions == (
        Condition(-ONE, "=="),
    )
