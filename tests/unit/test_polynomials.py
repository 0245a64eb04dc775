"""Polynomials as plain values: arithmetic against evaluation, the text form, the limits."""

import math
from fractions import Fraction
from random import Random

import pytest

from coopgap.proofs.algebra.conditions import holding_at
from coopgap.proofs.algebra.polynomials import (
    ONE,
    ZERO,
    Polynomial,
    Rejected,
    common_denominator,
    number,
    parameter,
    plain,
    power,
    scaled,
    sign_at,
    whole,
)
from coopgap.proofs.trusted import polynomials
from coopgap.proofs.trusted.documents import STEPS, Budget
from coopgap.proofs.trusted.polynomials import MAX_DEGREE, Condition, lifted
from coopgap.proofs.trusted.polynomials import number as decoded

NAMES = ("x", "y", "z")
INDEX = {name: k for k, name in enumerate(NAMES)}
HASH = 2**61 - 1
"""The hash of an integer is its remainder by this."""


def random_polynomial(rng: Random) -> Polynomial:
    total = ZERO
    for _ in range(rng.randrange(5)):
        term = number(Fraction(rng.randint(-4, 4), rng.randint(1, 4)))
        for _ in range(rng.randrange(4)):
            term = term * parameter(rng.randrange(len(NAMES)))
        total += term
    return total


def paid(polynomial: Polynomial, budget: Budget | None = None) -> Polynomial:
    """The same, its arithmetic being paid for."""
    return Polynomial(polynomial.terms, budget or Budget())


def steps(act: object) -> int:
    """What an operation on two polynomials of one budget costs."""
    budget = Budget()
    act(budget)  # type: ignore[operator]
    return STEPS - budget.steps


def test_arithmetic_is_that_of_values():
    rng = Random(1)
    for _ in range(300):
        p, q = random_polynomial(rng), random_polynomial(rng)
        point = [Fraction(rng.randint(-9, 9), rng.randint(1, 5)) for _ in NAMES]
        at_p, at_q = p.at(point), q.at(point)
        assert (p + q).at(point) == (paid(p) + q).at(point) == at_p + at_q
        assert (p - q).at(point) == at_p - at_q
        assert (3 - p).at(point) == 3 - at_p
        assert (p + 3).at(point) == (3 + p).at(point) == at_p + 3
        assert (-p).at(point) == -at_p
        assert (p * q).at(point) == (p * paid(q)).at(point) == at_p * at_q
        assert (2 * p).at(point) == (p * 2).at(point) == 2 * at_p
        assert power(p, 3).at(point) == at_p**3
        assert scaled(p, Fraction(2, 3)).at(point) == at_p * Fraction(2, 3)
        assert paid(p).at(point) == at_p
        primitive = p.primitive
        assert all(c.denominator == 1 for c in primitive.terms.values())
        assert math.gcd(*(int(c) for c in primitive.terms.values())) in (0, 1)
        assert (primitive.at(point) > 0, primitive.at(point) < 0) == (at_p > 0, at_p < 0)
        scale = 60
        assert sign_at(p, [int(v * scale) for v in point], scale) == (at_p > 0) - (at_p < 0)
        unit = common_denominator([p, q])
        assert whole(p, unit).at(point) == unit * at_p
        assert lifted(decoded(plain(whole(p, unit), NAMES), INDEX, Budget())) == whole(p, unit)
        parts = p.coefficients(1).items()
        assert sum(part.at(point) * point[1] ** k for k, part in parts) == at_p


def test_equal_polynomials_are_equal_values():
    x, y = parameter(0), parameter(1)
    assert x * y + x == x + y * x
    assert hash(x * y + x) == hash(x + y * x)
    assert (x - x) == ZERO
    assert number(Fraction(4, 2)) == number(2) == 2
    assert number(0) == ZERO == 0
    assert x != 0
    assert x != "x"


def test_hashes_cannot_be_made_to_collide():
    alike = {hash(parameter(0) + number(HASH * k)) for k in range(1, 50)}
    assert len(alike) == 49
    assert len({(parameter(0) + number(HASH * k)).line for k in range(1, 50)}) == 49


def test_conditions_hold_at_points():
    line = parameter(0) - ONE
    holding = {
        relation: [holding_at((Fraction(x),))(Condition(line, relation)) for x in (0, 1, 2)]
        for relation in (">", ">=", "==")
    }
    assert holding == {
        ">": [False, False, True],
        ">=": [False, True, True],
        "==": [False, True, False],
    }


def test_constants_and_degrees():
    assert (ZERO.constant, ONE.constant, parameter(0).constant) == (0, 1, None)
    assert (parameter(0) + ONE).constant is None
    assert (ZERO.degree, ONE.degree, (parameter(0) * parameter(1)).degree) == (0, 0, 2)
    assert plain(number(-3) + power(parameter(2), 2), NAMES) == {"1": -3, "z*z": 1}
    assert [plain(polynomial, NAMES) for polynomial in (number(-3), ZERO, 7)] == [-3, 0, 7]


def test_bits_are_those_of_the_largest_coefficient():
    assert ZERO.bits == 1
    assert (number(Fraction(8, 3)) + scaled(parameter(0), Fraction(1, 5))).bits == 4 + 2
    assert (parameter(0) * 8).bits == 4 + 1


def test_steps_are_charged_before_the_work():
    """More terms and longer numbers cost more steps."""
    x = parameter(0) + ONE
    long = scaled(x, 10**400)
    products = [
        steps(lambda budget, p=p, q=q: paid(p, budget) * q)
        for p, q in ((x, x), (x, x + parameter(1)), (long, x), (long, long))
    ]
    assert products == sorted(set(products))
    sums = [
        steps(lambda budget, p=p, q=q: paid(p, budget) + q)
        for p, q in ((x, x), (x, x + parameter(1)), (long, x), (long, long))
    ]
    assert sums == sorted(set(sums))
    values = [
        steps(lambda budget, v=v: paid(x, budget).at([Fraction(v)])) for v in (1, 10**400, 10**800)
    ]
    assert values == sorted(set(values))
    spent = Budget()
    for act in (lambda p: p * x, lambda p: p + x, lambda p: p.at([Fraction(1)])):
        spent.steps = 1
        with pytest.raises(Rejected, match="budget"):
            act(paid(x, spent))


def test_limits(monkeypatch: pytest.MonkeyPatch):
    x = parameter(0)
    with pytest.raises(Rejected, match="degree"):
        power(x, MAX_DEGREE) * x
    monkeypatch.setattr(polynomials, "MAX_TERMS", 2)
    with pytest.raises(Rejected, match="terms"):
        x + parameter(1) + ONE
    with pytest.raises(Rejected, match="from monomials"):
        decoded({"x": 1, "y": 1, "z": 1}, INDEX, Budget())
    monkeypatch.setattr(polynomials, "MAX_TERMS", 1)
    with pytest.raises(Rejected, match="too large"):
        paid(x + ONE) * (x + ONE)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        True,
        1.0,
        "1",
        {"x": "1"},
        {"x": 0},
        {"x": True},
        {"x": 1.5},
        {"w": 1},
        {"": 1},
        {"y*x": 1},
        {"x*": 1},
        {"1*1": 1},
        {"x**2": 1},
        {"*".join(["x"] * (MAX_DEGREE + 1)): 1},
    ],
)
def test_what_is_no_polynomial(value: object):
    with pytest.raises(Rejected):
        decoded(value, INDEX, Budget())
