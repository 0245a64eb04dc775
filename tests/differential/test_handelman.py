"""Refutations by products of conditions: against z3, the checker's rule, and by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
import z3

from coopgap.proofs.algebra.conditions import Condition, Refutation, refutes
from coopgap.proofs.algebra.polynomials import ONE, ZERO, Polynomial, number, parameter, scaled
from coopgap.proofs.engines import handelman
from coopgap.proofs.engines.handelman import refute
from coopgap.proofs.export.conditions import conditions_to_smtlib

A, B, C, D, E, F = (parameter(k) for k in range(6))


def positive(polynomial: Polynomial) -> Condition:
    return Condition(polynomial, ">")


def nonnegative(polynomial: Polynomial) -> Condition:
    return Condition(polynomial, ">=")


def zero(polynomial: Polynomial) -> Condition:
    return Condition(polynomial, "==")


def solvable(conditions: Sequence[Condition], parameters: int) -> bool:
    solver = z3.Solver(ctx=z3.Context())
    solver.set("timeout", 20_000)
    solver.from_string(conditions_to_smtlib(conditions, [f"x{k}" for k in range(parameters)]))
    answer = solver.check()
    assert answer != z3.unknown
    return bool(answer == z3.sat)


def random_system(
    rng: Random, parameters: int, count: int, degree: int, equations: bool = True
) -> list[Condition]:
    """Sparse conditions with small coefficients, fractions among them."""
    conditions = []
    for _ in range(count):
        terms: dict[tuple[int, ...], Fraction | int] = {}
        for _ in range(rng.randint(1, 3)):
            size = rng.randint(0 if terms else 1, degree)
            monomial = tuple(sorted(rng.choices(range(parameters), k=size)))
            terms[monomial] = Fraction(rng.choice([-3, -2, -1, 1, 2, 3]), rng.choice([1, 1, 2, 5]))
        relation = rng.choice([">", ">", ">=", ">=", "=="] if equations else [">", ">="])
        conditions.append(Condition(Polynomial({}) + Polynomial(terms), relation))
    return conditions


EXAMPLES = {
    "scaled negation": (1, [positive(A - B), nonnegative(scaled(B - A, Fraction(1, 12)))]),
    "strict and equation": (1, [zero(A - B), positive(scaled(A - B, 3))]),
    "equation negated": (1, [positive(A - B), zero(B - A)]),
    "transitivity": (1, [positive(A - B), nonnegative(B - C), nonnegative(C - A)]),
    "bounds": (1, [positive(A + A - ONE), nonnegative(number(1) - A - A - A)]),
    "equations alone": (1, [zero(A + B), zero(A + B - ONE)]),
    "negative constant": (1, [positive(A), nonnegative(number(Fraction(-1, 2)))]),
    "nonzero constant": (1, [zero(number(Fraction(1, 2)))]),
    "0 > 0": (1, [positive(ZERO)]),
    "monomials as atoms": (1, [positive(A * B - C), nonnegative(C - A * B - ONE)]),
    "product of signs": (2, [positive(A), positive(B), nonnegative(-(A * B))]),
    "positive factor": (2, [positive(C), positive(A + A - B), nonnegative(C * (B - A - A))]),
    "sum of products of signs": (
        2,
        [
            positive(A),
            positive(B),
            nonnegative(-C),
            nonnegative(-(A * A * A * B) + A * B * C * C * C - A),
        ],
    ),
    "division": (2, [positive(A * B - A * C), positive(A), nonnegative(C - B)]),
    "division on both sides": (
        2,
        [positive(A * B - A * C), positive(A), positive(D), nonnegative((C - B) * D)],
    ),
    "chain under a factor": (
        2,
        [positive(F), positive(A - C), nonnegative(C - B), nonnegative(F * B - F * A)],
    ),
    "squares": (2, [positive(A), positive(B), positive(A - B), nonnegative(B * B - A * A)]),
    "multiplied equation": (
        2,
        [zero(A + B - ONE), zero(A * C + B * C - D), positive(C - D)],
    ),
    "mixture": (
        2,
        [
            *map(positive, (A, ONE - A, B, C)),
            nonnegative(-(A * B + (ONE - A) * C)),
        ],
    ),
    "three factors": (
        3,
        [positive(A), positive(B - ONE), positive(C), nonnegative(A * C - A * B * C)],
    ),
    "only one part matters": (
        2,
        [positive(D * E - F), positive(F), positive(A), positive(B), nonnegative(-(A * B))],
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_refuted(name: str) -> None:
    degree, conditions = EXAMPLES[name]
    refutation = refute(conditions, degree)
    assert refutation is not None
    assert refutes(refutation, conditions)
    if degree > 1:
        assert refute(conditions, degree - 1) is None
    assert refute(list(reversed(conditions)), degree) is not None


def test_coefficients_refer_to_normal_forms_and_are_small() -> None:
    conditions = EXAMPLES["scaled negation"][1]
    assert refute(conditions, 1) == Refutation(((1, (0,), ()), (1, (1,), ())))
    halves = [positive(scaled(A, Fraction(1, 2)) - B), nonnegative(scaled(B, 6) - scaled(A, 3))]
    assert refute(halves, 1) == Refutation(((1, (0,), ()), (1, (1,), ())))
    conditions = EXAMPLES["multiplied equation"][1]
    refutation = refute(conditions, 2)
    assert refutation is not None
    assert refutation.products == ((1, (2,), ()),)


def test_what_holds_somewhere_is_not_refuted() -> None:
    assert refute([], 3) is None
    assert refute([positive(ONE), zero(ZERO), nonnegative(ZERO)], 3) is None
    assert refute([positive(A - B), positive(A * B - C), positive(ONE)], 3) is None
    assert refute([nonnegative(A), nonnegative(-A)], 1) is None
    assert refute([zero(A), nonnegative(-A), nonnegative(A)], 1) is None


def test_the_largest_product_of_shares_needs_a_square() -> None:
    # p q ≤ 1/4 needs (p − q)² ≥ 0.
    conditions = [nonnegative(A), nonnegative(B), zero(A + B - ONE)]
    refutation = refute([*conditions, positive(A * B - number(Fraction(1, 4)))], 2)
    assert refutation is not None
    assert [bases for _, _, bases in refutation.products if bases] == [(A - B,)]
    assert refute([*conditions, nonnegative(A * B - ONE)], 2) is not None


SQUARES = {
    "a sum of squares": [positive(-(A * A) - B * B)],
    "the square of a difference": [nonnegative(-((A - B) * (A - B)) - ONE)],
    "the square of a sum": [positive(-((A + B) * (A + B)))],
    "one square": [positive(-(A * A))],
    "an equation": [zero(A * A + B * B + ONE)],
    "squares of products": [positive(-(A * A * B * B) - (A * C - B * C) * (A * C - B * C))],
    "a condition times a square": [positive(A * A * B * B), zero(A + B), nonnegative(A * B)],
    "times the square of another's parameter": [positive(A * A * B * B), nonnegative(-(A * A))],
    "a completed square": [positive(-(A - B - B + number(3)) * (A - B - B + number(3)))],
    "a completed square of powers": [nonnegative(A * A * A * (ONE - A * A * A) - ONE)],
    "squares beside 1": [nonnegative(-(A * A * A * A) - A * A * A - A * A - A - ONE)],
    "a condition that squares multiply": [  # Motzkin 1967: no sum of squares
        positive(number(3) * A * A * B * B - ONE - A * A * B * B * (A * A + B * B))
    ],
}


@pytest.mark.parametrize("name", SQUARES)
def test_squares_are_not_negative(name: str) -> None:
    conditions = SQUARES[name]
    assert not solvable(conditions, 3)
    refutation = refute(conditions, 2)
    assert refutation is not None
    assert refutes(refutation, conditions)
    assert any(bases for _, _, bases in refutation.products)
    for k, (coefficient, indices, bases) in enumerate(refutation.products):
        for base in bases:
            remaining = [*refutation.products[:k], *refutation.products[k + 1 :]]
            changed = coefficient, indices, (*bases[1:], base + ONE)
            assert not refutes(replace(refutation, products=(*remaining, changed)), conditions)


@pytest.mark.parametrize(
    "conditions",
    [
        [nonnegative(-(A * A) - B * B)],
        [positive(A * A + B * B)],
        [nonnegative(-((A - B) * (A - B)))],
        [positive(A * A * B * B), zero(A - B), nonnegative(A * B)],
        [nonnegative(-((A - B - B + number(3)) * (A - B - B + number(3))))],
    ],
    ids=["at 0", "elsewhere", "where they are equal", "on the diagonal", "on a line"],
)
def test_squares_refute_nothing_that_holds_somewhere(conditions: list[Condition]) -> None:
    assert solvable(conditions, 2)
    assert refute(conditions, 3) is None


@pytest.mark.parametrize("small", [handelman.MAX_SMALL, 0], ids=["pivots", "floats"])
@pytest.mark.parametrize(
    ("parameters", "count"), [(1, 3), (2, 5), (3, 6), (4, 8), (6, 12), (8, 14)]
)
def test_linear_systems_are_refuted_exactly_if_they_have_no_solution(
    parameters: int, count: int, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handelman, "MAX_SMALL", small)
    rng = Random(f"linear {parameters} {count}")
    answers = set()
    for _ in range(40):
        conditions = random_system(rng, parameters, count, 1)
        refutation = refute(conditions, 1)
        assert (refutation is None) == solvable(conditions, parameters)
        assert refutation is None or refutes(refutation, conditions)
        answers.add(refutation is None)
    assert answers == {True, False}


@pytest.mark.parametrize(("parameters", "count"), [(2, 4), (3, 6), (4, 7)])
def test_refuted_nonlinear_systems_have_no_solution(parameters: int, count: int) -> None:
    rng = Random(f"nonlinear {parameters} {count}")
    refuted = 0
    for _ in range(60):
        conditions = random_system(rng, parameters, count, 2)
        refutation = refute(conditions, 2)
        if refutation is not None:
            assert not solvable(conditions, parameters)
            assert refutes(refutation, conditions)
            refuted += 1
    assert refuted >= 10


def test_consequences_of_products_are_found() -> None:
    rng = Random("products")
    for _ in range(40):
        assumed = random_system(rng, 5, 8, 1, equations=False)
        assumed = [condition for condition in assumed if condition.polynomial.constant is None]
        goal = ZERO
        for _ in range(2):
            first, second = rng.sample(assumed, 2)
            goal += scaled(first.polynomial * second.polynomial, rng.randint(1, 3))
        conditions = [*assumed, positive(-goal)]
        rng.shuffle(conditions)
        assert refute(conditions, 2) is not None


def test_altered_refutations_are_rejected() -> None:
    rng = Random("altered")
    altered = 0
    while altered < 200:
        conditions = random_system(rng, 3, 7, rng.choice([1, 2]))
        refutation = refute(conditions, 2)
        if refutation is None:
            continue
        for k, (coefficient, indices, bases) in enumerate(refutation.products):
            if all(not conditions[j].polynomial.terms for j in indices) and indices and not bases:
                continue
            remaining_products = [*refutation.products[:k], *refutation.products[k + 1 :]]
            for changed in (coefficient + 1, -coefficient, 0):
                products = (*remaining_products, (changed, indices, bases))
                assert not refutes(replace(refutation, products=products), conditions)
                altered += 1
            assert not refutes(replace(refutation, products=tuple(remaining_products)), conditions)
        for k, (index, multiplier) in enumerate(refutation.multipliers):
            remaining_multipliers = [*refutation.multipliers[:k], *refutation.multipliers[k + 1 :]]
            for replacement in (multiplier + ONE, -multiplier, ZERO):
                multipliers = (*remaining_multipliers, (index, replacement))
                assert not refutes(replace(refutation, multipliers=multipliers), conditions)
                altered += 1


def test_many_conditions_are_multiplied_as_far_as_the_limits_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = [positive(parameter(k) - parameter(k + 1)) for k in range(5, 60)]
    conditions = [*many, positive(A - D), positive(B), positive(C)]
    conditions.append(nonnegative(-((A - D) * (B + C))))
    conditions += [positive(A + parameter(k)) for k in range(5, 60)]
    assert refute(conditions, 3) is not None
    monkeypatch.setattr(handelman, "MAX_WORK", 0)
    assert refute(conditions, 3) is None


def test_parallel_conditions_and_redundant_equations_do_no_harm() -> None:
    equations = [zero(A - B), zero(B - C), zero(A - C), zero(scaled(A - C, 2))]
    assert refute([*equations, positive(C - D), positive(D - A)], 1) is not None
    assert refute([*equations, positive(C - D), positive(A - D)], 1) is None
    repeated = [positive(A - B), nonnegative(A - B), positive(scaled(A - B, 2))] * 3
    assert refute([*repeated, nonnegative(B - A - C), nonnegative(C)], 1) is not None


def test_without_time_nothing_is_found_but_what_is_evident() -> None:
    chain = EXAMPLES["transitivity"][1]
    assert refute(chain, 1, seconds=0) is None
    assert refute(EXAMPLES["squares"][1], 2, seconds=0) is None
    assert refute(EXAMPLES["scaled negation"][1], 1, seconds=0) is not None


def test_exact_pivots_stand_in_where_floats_certify_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handelman, "MAX_SMALL", 0)
    monkeypatch.setattr(handelman, "solve", lambda *_, **__: None)
    assert refute(EXAMPLES["transitivity"][1], 1) is not None


def test_polynomials_that_grow_too_large_are_left_alone() -> None:
    high = Polynomial({(0,) * 60: 1, (): 1})
    assert refute([positive(high - A), positive(-high + B)], 2) is None
