"""Small inputs that once got no answer, a late one, or one without a certificate."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

import pytest

from coopgap.proofs.certificates.certificate import verified
from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import Report
from coopgap.proofs.deciding.values import Bounds
from coopgap.theory.errors import InputError
from coopgap.theory.readers.spec import spec_from_text

FAMILY = """
[parameters]
names = ["x", "y"]
assume = {assume}
[game]
players = ["r", "c"]
actions = {{ r = ["C", "D"], c = ["C", "D"] }}
[game.payoffs]
r = {payoffs}
c = "symmetric"
[[language]]
name = "nothing"
records = []
[[claim]]
id = "gap-zero"
language = "nothing"
"""

BOUNDED = """
[game]
players = ["a", "b"]
actions = { a = ["2", "3", "4", "5"], b = ["2", "3", "4", "5"] }
[game.payoffs]
a = [["2", "4", "4", "4"], ["0", "3", "5", "5"], ["0", "1", "4", "6"], ["0", "1", "2", "5"]]
b = [["2", "0", "0", "0"], ["4", "3", "1", "1"], ["4", "5", "4", "2"], ["4", "5", "6", "5"]]
[[language]]
name = "sum"
records = ["a + b"]
[[language]]
name = "max"
records = ["a >= b"]
[[language]]
name = "nothing"
records = []
[[claim]]
id = "correlated-gap-positive"
language = "max"
"""

LINEAR, SQUARES = '[["x", 0], [1, "y"]]', '[["x**2 + y**2", 0], ["x**2 - x*y", "x*y"]]'


def reported(assume: str, payoffs: str, within: float | None = None) -> Report:
    text = FAMILY.format(assume=assume, payoffs=payoffs)
    report = check(spec_from_text(text, "family"), within=within)
    assert all(verified(text).accepted for text in report.texts.values())
    return report


@pytest.mark.parametrize(
    ("assume", "equation"),
    [
        ('["x > 0", "x + y == 0"]', lambda x, y: x > 0 and x + y == 0),
        ('["y == x"]', lambda x, y: y == x),
        ('["2*y == 3*x - 1"]', lambda x, y: 2 * y == 3 * x - 1),
        ('["y == x**2"]', lambda x, y: y == x**2),
    ],
)
def test_equations_between_parameters_are_no_harder_than_one_parameter(
    assume: str, equation: Callable[[Fraction, Fraction], bool]
) -> None:
    report = reported(assume, LINEAR)
    (claim,) = report.claims
    assert claim.status == "refuted"
    assert claim.counterexample is not None
    x, y = (claim.counterexample[name] for name in "xy")
    assert equation(x, y)
    # Of welfare 2x, 1, 1 and 2y the greatest is of no profile that both want to keep.
    stable = {2 * x: x >= 1, Fraction(1): x <= 1 and y <= 0, 2 * y: y >= 0}
    assert not stable[max(stable)]


def test_an_assumption_that_a_square_is_negative_is_refuted_with_a_certificate() -> None:
    report = reported('["x*x < 0"]', SQUARES)
    assert report.parameters["consistent"] is False
    assert report.parameters["certificate"] in report.texts


@pytest.mark.parametrize("assume", ["x**2*y**2 > 0", "x != 0", "x**2 > 0", "x*y != 0"])
def test_squares_have_signs(assume: str) -> None:
    report = reported(f'["{assume}", "x + y == 0"]', SQUARES)
    (claim,) = report.claims
    assert claim.status == "proved"
    assert report.languages[0].gap == 0


def test_bounds_of_a_correlated_gap_are_certified_and_close() -> None:
    """By theory the gap of the second language is 2√3 − 2 (not proved here): no fraction."""
    report = check(spec_from_text(BOUNDED, "bounded"))
    assert all(verified(text).accepted for text in report.texts.values())
    exact, between, nothing = (language.correlated_gap for language in report.languages)
    assert exact == 0
    assert nothing == 6
    assert isinstance(between, Bounds)
    assert between.low == 1
    assert Fraction("1.4641") < Fraction(str(between.high)) < Fraction("1.465")
    (claim,) = report.claims
    assert claim.status == "proved"


def test_the_whole_report_has_one_time_limit() -> None:
    # Its first bests change on a circle, on which few points are rational.
    begun = time.monotonic()
    report = reported('["x > 0", "x**2 + y**2 == 1"]', LINEAR, within=0.5)
    assert time.monotonic() - begun < 5
    assert {claim.status for claim in report.claims} == {"unknown"}
    with pytest.raises(InputError, match="do not suffice to read the family"):
        reported('["x > 0", "x**2 + y**2 == 1"]', LINEAR, within=1e-9)
