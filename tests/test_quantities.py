"""Quantities: fractions of polynomials that compare by known signs, and by nothing else."""

from fractions import Fraction
from random import Random

import pytest

from proofs.certificates import Malformed
from proofs.checker import Rejected
from proofs.conditions import Condition
from proofs.polynomials import ONE, Polynomial, number, parameter
from proofs.quantities import Oracle, Parametric, Quantity, Signs
from proofs.regions import Recorder

X, Y = parameter(0), parameter(1)
INDEX = {"x": 0, "y": 1}


def above_zero(*polynomials: Polynomial) -> Oracle:
    oracle = Oracle((Fraction(2), Fraction(3)))
    for each in polynomials:
        oracle.signs.learn(Condition(each, ">"))
    oracle.spend(1)  # which an oracle need not count
    return oracle


def test_arithmetic_is_that_of_values():
    """At random points, where a recorder knows all signs."""
    rng = Random(2)
    for _ in range(200):
        point = tuple(Fraction(rng.randint(1, 9), rng.randint(1, 5)) for _ in range(2))
        oracle = Recorder(point)
        parts = [X + number(rng.randint(0, 3)), Y, ONE, X * Y - ONE]
        p, q = (
            Quantity(oracle, rng.choice(parts)).over(Quantity(oracle, rng.choice(parts[:3])))
            for _ in range(2)
        )
        left, right = p.at(point), q.at(point)
        assert (p + q).at(point) == left + right
        assert (p - q).at(point) == left - right
        assert (p * q).at(point) == left * right
        assert (1 - p).at(point) == 1 - left
        assert (Fraction(1, 2) + p * 2 + 0).at(point) == Fraction(1, 2) + 2 * left
        assert (2 * p).at(point) == 2 * left
        assert (-p).at(point) == -left
        assert (p**3).at(point) == left**3
        assert ((p < q), (p <= q), (p > q), (p >= q), (p == q), (p != q)) == (
            (left < right), (left <= right), (left > right), (left >= right),
            (left == right), (left != right),
        )  # fmt: skip
        assert (p > 0, p > Fraction(1, 2), p == 1) == (left > 0, 2 * left > 1, left == 1)
        if right != 0:
            assert p.over(q).at(point) == left / right
            assert p.over(-q).at(point) == -left / right


def test_a_quantity_is_no_key_and_no_text():
    x = Quantity(above_zero(X), X)
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)
    assert x != "x"
    assert bool(x)
    assert not x - x


def test_what_is_not_known_is_not_said():
    oracle = above_zero(X)
    x, y = Quantity(oracle, X), Quantity(oracle, Y)
    assert x > 0
    assert x + x > 0
    assert not x <= 0
    for unknown in (
        lambda: y > 0,
        lambda: x > y,
        lambda: x * x > 0,  # it follows, but nobody said so
        lambda: x == 1,
        lambda: x.over(y),
    ):
        with pytest.raises(Rejected, match="sign of a difference"):
            unknown()
    with pytest.raises(Rejected, match="divisor is 0"):
        x.over(0)
    oracle.signs.learn(Condition(Y, "=="))
    with pytest.raises(Rejected, match="divisor is 0"):
        x.over(y)


def test_proportional_parts_cancel():
    oracle = above_zero(X)
    half = Quantity(oracle, X).over(Quantity(oracle, X.scaled(-2)))
    assert (half.numerator, half.denominator) == (number(Fraction(-1, 2)), ONE)


@pytest.mark.parametrize("flip", [1, -3])
def test_signs(flip: int):
    """Whatever positive or negative multiple of a polynomial is asked."""
    p = (X - Y).scaled(flip)
    signs = Signs()
    assert signs.answer(Condition(p, ">")) is None
    signs.learn(Condition(p.scaled(2), ">="))
    assert signs.answer(Condition(p, ">=")) is True
    assert signs.answer(Condition(-p, ">")) is False
    assert signs.answer(Condition(-p, ">=")) is None
    assert signs.answer(Condition(p, ">")) is None
    assert signs.answer(Condition(p, "==")) is None
    signs.learn(Condition(-p, ">="))
    for same in (p, -p):
        assert signs.answer(Condition(same, "==")) is True
        assert signs.answer(Condition(same, ">=")) is True
        assert signs.answer(Condition(same, ">")) is False


def test_numbers_have_signs_of_their_own():
    signs = Signs()
    signs.learn(Condition(number(-1), ">"))  # nothing is learned from what is never so
    signs.learn(Condition(number(0), "=="))
    assert signs.answer(Condition(number(-1), ">")) is False
    assert signs.answer(Condition(number(0), "==")) is True


def test_parametric_numbers():
    oracle = above_zero(X, Y, Y - X)
    numbers = Parametric(oracle, INDEX)
    x, y = Quantity(oracle, X), Quantity(oracle, Y)
    assert numbers.top([0, x, y]) is y
    with pytest.raises(Rejected, match="sign of a difference"):
        numbers.top([x, y * y])
    assert numbers.all_above([y], [x, 0])
    assert not numbers.all_above([x], [y])
    assert [name for _, name in numbers.descending([(0, 1), (y, 2), (x, 3), (0, 4)])] == [
        2,
        3,
        4,
        1,
    ]
    scaled, scale = numbers.scaled([Fraction(1, 2), x])
    assert (scaled[0] * 2 == 1, scaled[1] is x, scale) == (True, True, 1)
    assert numbers.read("3/2") == Fraction(3, 2)
    assert numbers.read([{"x": "2"}, {"x": "1"}]) == 2
    assert numbers.amount(3) == 3
    assert numbers.key(x + y - y) == numbers.key(x) != numbers.key(y)
    for bad in (2, None, [], [{}], "x"):
        with pytest.raises(Malformed):
            numbers.stated(bad)
    with pytest.raises(Rejected, match="not positive"):
        numbers.positive(0)


def test_a_maximum_must_be_one_by_what_is_known():
    """The point guesses; signs that say otherwise win."""
    oracle = above_zero(X - Y)
    numbers = Parametric(oracle, INDEX)
    with pytest.raises(Rejected, match="a maximum is not shown"):
        numbers.top([Quantity(oracle, X), Quantity(oracle, Y)])
