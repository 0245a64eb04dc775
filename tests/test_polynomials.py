"""Polynomials as plain values: arithmetic against evaluation, the text form, the limits."""

from fractions import Fraction
from random import Random

import pytest

from proofs import polynomials
from proofs.certificates import MAX_BITS, Malformed
from proofs.polynomials import (
    MAX_DEGREE,
    ONE,
    ZERO,
    Polynomial,
    TooLarge,
    added,
    decoded,
    evaluated,
    multiplied,
    number,
    parameter,
    plain,
    price,
)

NAMES = ("x", "y", "z")
INDEX = {name: k for k, name in enumerate(NAMES)}
HASH = 2**61 - 1
"""The hash of an integer is its remainder by this."""


def some(rng: Random) -> Polynomial:
    total = ZERO
    for _ in range(rng.randrange(5)):
        term = number(Fraction(rng.randint(-4, 4), rng.randint(1, 4)))
        for _ in range(rng.randrange(4)):
            term = term * parameter(rng.randrange(len(NAMES)))
        total += term
    return total


def free(_: int) -> None:
    """Counts nothing."""


def test_arithmetic_is_that_of_values():
    rng = Random(1)
    for _ in range(300):
        p, q = some(rng), some(rng)
        point = [Fraction(rng.randint(-9, 9), rng.randint(1, 5)) for _ in NAMES]
        at_p, at_q = p.at(point), q.at(point)
        assert (p + q).at(point) == added(p, q, free).at(point) == at_p + at_q
        assert (p - q).at(point) == at_p - at_q
        assert (-p).at(point) == -at_p
        assert (p * q).at(point) == multiplied(p, q, free).at(point) == at_p * at_q
        assert (p**3).at(point) == at_p**3
        assert p.scaled(Fraction(2, 3)).at(point) == at_p * Fraction(2, 3)
        assert evaluated(p, point, free) == at_p
        primitive = p.primitive()
        assert all(type(c) is int for c in primitive.terms.values())
        assert (primitive.at(point) > 0, primitive.at(point) < 0) == (at_p > 0, at_p < 0)
        scale = 60
        assert p.sign_at([int(v * scale) for v in point], scale) == (at_p > 0) - (at_p < 0)
        assert decoded(plain(p, NAMES), INDEX) == p


def test_equal_polynomials_are_equal_values():
    x, y = parameter(0), parameter(1)
    assert x * y + x == x + y * x
    assert hash(x * y + x) == hash(x + y * x)
    assert (x - x) == ZERO
    assert number(Fraction(4, 2)) == number(2)
    assert number(0) == ZERO


def test_hashes_cannot_be_made_to_collide():
    alike = {hash(parameter(0) + number(HASH * k)) for k in range(1, 50)}
    assert len(alike) == 49


def test_constants_and_degrees():
    assert (ZERO.constant, ONE.constant, parameter(0).constant) == (0, 1, None)
    assert (parameter(0) + ONE).constant is None
    assert (ZERO.degree, ONE.degree, (parameter(0) * parameter(1)).degree) == (0, 0, 2)
    assert plain(number(Fraction(-3, 2)) + parameter(2) ** 2, NAMES) == {"1": "-3/2", "z*z": "1"}


def test_bits_are_those_of_the_longest_numerator_and_the_common_denominator():
    assert ZERO.bits == 1
    assert (number(Fraction(8, 3)) + parameter(0).scaled(Fraction(1, 5))).bits == 4 + 4


def test_steps_are_told_before():
    """More for more terms, and for longer numbers."""
    x = parameter(0) + ONE
    long = x.scaled(10**400)
    told: list[int] = []
    for one, other in ((x, x), (long, x), (long, long)):
        multiplied(one, other, told.append)
        added(one, other, told.append)
    evaluated(x, [Fraction(1)], told.append)
    evaluated(x, [Fraction(10**400)], told.append)
    assert told == sorted(told[::2] + told[1::2], key=told.index)
    assert told[0] < told[2] < told[4]
    assert told[1] < told[3] < told[5]
    assert told[6] < told[7]
    assert price(10, 0) < price(11, 0) < price(11, 1000)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    for act in (multiplied, added):
        with pytest.raises(KeyboardInterrupt):
            act(x, x, stop)


def test_limits(monkeypatch: pytest.MonkeyPatch):
    x = parameter(0)
    with pytest.raises(TooLarge, match="degree"):
        x**MAX_DEGREE * x
    long = x.scaled(2**MAX_BITS)
    for attempt in (
        lambda: added(long, x, free),
        lambda: multiplied(x, long, free),
        lambda: evaluated(long, [Fraction(1)], free),
    ):
        with pytest.raises(TooLarge, match="bits"):
            attempt()
    monkeypatch.setattr(polynomials, "MAX_TERMS", 2)
    with pytest.raises(TooLarge, match="terms"):
        x + parameter(1) + ONE
    with pytest.raises(Malformed, match="maps monomials"):
        decoded({"x": "1", "y": "1", "z": "1"}, INDEX)
    monkeypatch.setattr(polynomials, "MAX_WORK", 3)
    with pytest.raises(TooLarge, match="terms"):
        (x + ONE) * (x + ONE)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"x": 1},
        {"x": "0"},
        {"x": "1.5"},
        {"x": "2/4"},
        {"w": "1"},
        {"": "1"},
        {"y*x": "1"},
        {"x*": "1"},
        {"1*1": "1"},
        {"*".join(["x"] * (MAX_DEGREE + 1)): "1"},
        {"x": f"1/{10**3990 + 1}", "y": f"1/{10**3990 + 3}"},
    ],
)
def test_what_is_no_polynomial(value: object):
    with pytest.raises(Malformed):
        decoded(value, INDEX)
