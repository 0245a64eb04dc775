"""What mechanisms reach in families: pieces against concrete games, both checkers, bad input."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import lru_cache
from itertools import product
from random import Random
from typing import Any

import at_points
import pytest
import second_checker

from coopgap.proofs.algebra.conditions import Condition, refutes
from coopgap.proofs.algebra.linear_systems import BOUND, solved
from coopgap.proofs.algebra.polynomials import ONE, parameter
from coopgap.proofs.certificates.certificate import verified
from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import MechanismPart, Report
from coopgap.proofs.parameters.prover import product_refutation
from coopgap.theory.errors import InputError
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification

TRADE = """
[parameters]
names = ["c", "v", "o"]
assume = ["c > 1", "v > c", "o >= 0"]

[game]
players = ["seller", "buyer"]
actions = { seller = ["deliver", "keep"], buyer = ["accept"] }
states = { names = ["ll", "lh", "hl", "hh"], prior = ["1/4", "1/4", "1/4", "1/4"] }

[game.payoffs.ll]
seller = [["-o"], ["-o"]]
buyer = [[1], [0]]

[game.payoffs.lh]
seller = [["-o"], ["-o"]]
buyer = [["v"], [0]]

[game.payoffs.hl]
seller = [["-c - o"], ["-o"]]
buyer = [[1], [0]]

[game.payoffs.hh]
seller = [["-c - o"], ["-o"]]
buyer = [["v"], [0]]

[information]
seller = [["ll", "lh"], ["hl", "hh"]]
buyer = [["ll", "hl"], ["lh", "hh"]]

[contracts]
participation = { seller = 0, buyer = 0 }

[[language]]
name = "delivery"
states = [["ll", "lh", "hl", "hh"]]
"""
"""Trade whose seller must pay o to be there: from some o on no mechanism makes both come."""

TEAM = """
[parameters]
names = ["c", "q"]
assume = ["q > c > q/2", "q > 0"]

[game]
players = ["ann", "bob"]
actions = { ann = [1, 0], bob = [1, 0] }

[game.payoffs]
ann = [["q - c", "q/2 - c"], ["q/2", 0]]
bob = "symmetric"

[[language]]
name = "output"
records = ["ann + bob"]
contracts = { liability = 1 }

[[language]]
name = "told what to do"
contracts = { kind = "directive" }

[prosociality]
lambda = ["1/2"]
"""


UNBOUNDED = TEAM.replace("liability = 1", 'budget = "balanced"')
"""The team without a bound on fines: mechanisms approach the first best."""

OUT_OF_REACH = """
[parameters]
names = ["g", "h"]
assume = ["g > 0", "h > 0"]

[game]
players = ["P1", "P2"]
actions = { P1 = ["a", "a'", "b"], P2 = ["x", "y"] }

[game.payoffs]
P1 = [["g", 0], ["g", "h"], ["g + h", 0]]
P2 = [["g", 0], [0, 0], [0, 0]]

[[language]]
name = "audit"
records = ["P2", "P1 == 'b' and P2 == 'y'"]
"""
"""T10's example: if g > h the programme allows 2g, by money after what is never recommended."""

BOUNDED = TEAM.replace('["c", "q"]', '["c", "q", "o"]').replace('"q > 0"', '"o >= 0"')
BOUNDED = BOUNDED.replace("liability = 1", 'liability = "4*o"')
"""The team with any bound on fines."""


def family(text: str) -> FamilySpecification:
    specification = spec_from_text(text, "here")
    assert isinstance(specification, FamilySpecification)
    return specification


@lru_cache(None)
def report(text: str) -> Report:
    return check(family(text), mechanisms=True)


def plain(text: str) -> list[dict[str, Any]]:
    return list(json.loads(report(text).to_json())["languages"])


def points(text: str, count: int) -> list[dict[str, Fraction]]:
    """Points of the assumptions, on few values so that edges of regions are among them."""
    chance = Random(5)
    points_drawn: list[dict[str, Fraction]] = []
    names = family(text).family.parameters
    while len(points_drawn) < count:
        point = {
            name: Fraction(chance.randrange(0, 13), chance.choice((1, 2, 4))) for name in names
        }
        if "o" in point:
            point["o"] /= 16
        try:
            family(text).at(point)
        except InputError:
            continue
        points_drawn.append(point)
    return points_drawn


def at(value: Any, point: dict[str, Fraction]) -> str:
    chosen = at_points.chosen(value, point)
    return chosen if chosen in ("inf", "-inf") else str(at_points.computed(chosen, point))


@pytest.mark.parametrize("text", [TRADE, TEAM, OUT_OF_REACH, BOUNDED])
def test_pieces_are_the_values_of_concrete_games(text: str):
    mechanism = plain(text)[0]["mechanism"]
    seen = set()
    for point in points(text, 6):
        concrete = check(family(text).at(point), mechanisms=True).languages[0].mechanism
        assert isinstance(concrete, MechanismPart)
        assert at(mechanism["value"], point) == str(concrete.value)
        assert at(mechanism["gap"], point) == str(concrete.gap)
        if mechanism["attained"] is True:
            assert concrete.attained is True
        for ours, theirs in zip(mechanism["prosocial"], concrete.prosocial, strict=True):
            assert at(ours["gap"], point) == str(theirs.gap)
        seen.add((at_points.chosen(mechanism["gap"], point), concrete.gap == 0))
    assert len(seen) > 1, "all points lie in one piece"


@pytest.mark.parametrize("text", [TRADE, TEAM, UNBOUNDED, OUT_OF_REACH, BOUNDED])
def test_both_checkers_accept_every_certificate(text: str):
    mechanisms = report(text).languages[0].mechanism
    shas = mechanisms.certificates.values()  # type: ignore[union-attr]
    assert len(shas) == 2
    for sha in shas:
        text_of = report(text).texts[sha]
        assert verified(text_of).accepted
        assert second_checker.verdict(text_of) == "accepted"
        assert not verified(text_of.replace('"total":', '"totals":')).accepted


def test_where_no_mechanism_makes_all_take_part_it_is_said():
    value = plain(TRADE)[0]["mechanism"]["value"]
    assert "-inf" in {piece["value"] for piece in value}


def test_directives_have_no_mechanisms():
    assert plain(TEAM)[1]["mechanism"] is None
    claim = '[[claim]]\nid = "mechanism-gap-zero"\nlanguage = "told what to do"\n'
    with pytest.raises(InputError, match="claims about mechanisms are about transfers"):
        check(family(TEAM + claim))


def test_claims_are_decided_where_they_hold_and_where_they_fail():
    claims = "".join(
        f'[[claim]]\nid = "mechanism-gap-{id_}"\nlanguage = "output"\n'
        for id_ in ("positive", "zero", 'at-most"\nvalue = "q/9')
    )
    claims_by_id = {claim.id: claim for claim in check(family(TEAM + claims)).claims}
    assert claims_by_id["mechanism-gap-positive"].status == "proved"
    assert claims_by_id["mechanism-gap-zero"].status == "refuted"
    assert claims_by_id["mechanism-gap-at-most"].status == "refuted"


def test_with_information_nothing_is_claimed_of_play_in_each_state():
    with pytest.raises(InputError, match="which some player does not see"):
        check(family(TRADE + '[[claim]]\nid = "beneficial"\n'))


def test_an_optimum_that_is_no_mechanism_is_bounded_by_steps():
    (mechanism,) = [part["mechanism"] for part in plain(OUT_OF_REACH)]
    assert (mechanism["value"], mechanism["gap"], mechanism["attained"]) == (
        "g + h",
        "Max(0, g - h)",
        True,
    )
    text = report(OUT_OF_REACH).texts[mechanism["certificates"]["value"]]
    assert '"aim":[[[' in text, "no draw is excluded"
    weakened = json.loads(text)
    drop_exclusions(weakened)
    assert not verified(json.dumps(weakened)).accepted


def drop_exclusions(part: Any) -> None:
    """Leaves the last step of each bound alone."""
    if isinstance(part, dict) and "steps" in part:
        part["steps"] = part["steps"][-1:]
    for member in (
        part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    ):
        drop_exclusions(member)


def test_what_mechanisms_only_approach_is_said():
    mechanism = plain(UNBOUNDED)[0]["mechanism"]
    assert (mechanism["value"], mechanism["gap"], mechanism["attained"]) == (
        "2*(q - c)",
        "0",
        False,
    )
    point = {"c": Fraction(3, 4), "q": Fraction(1)}
    concrete = check(family(UNBOUNDED).at(point), mechanisms=True).languages[0].mechanism
    assert isinstance(concrete, MechanismPart)
    assert concrete.gap == 0
    assert concrete.attained is False


def test_equations_in_parameters_are_solved():
    chance = Random(3)
    x, y = parameter(0), parameter(1)
    for size in (1, 2, 4):
        rows = [
            {
                k: ONE * chance.randrange(-3, 4) + x * chance.randrange(-2, 3) + y * (k == row)
                for k in (*range(size), BOUND)
            }
            for row in range(size)
        ]
        bounds = solved(rows)
        assert bounds is not None
        above, below = bounds
        for row in rows:
            total = sum((row[k] * above[k] for k in range(size)), start=-below * row[BOUND])
            assert not total.terms
    assert solved([{0: x, BOUND: ONE}, {0: y, BOUND: ONE}]) is None


@pytest.mark.parametrize("relation", [">", ">="])
def test_products_have_the_sign_of_their_factors(relation: str):
    x, y = parameter(0), parameter(1)
    for p, q, r in product((x - y, y - x), (x + y, -x - y), (x, ONE * 2 - x)):
        conditions = [Condition(polynomial, ">") for polynomial in (x - y, x + y, x)]
        conclusion = Condition(p * q * r * r, relation)
        refutation = product_refutation(conditions, conclusion)
        held = (p == x - y) == (q == x + y) and (r == x or relation == ">=")
        assert (refutation is not None) == held
        if refutation is not None:
            assert refutes(refutation, (*conditions, *conclusion.negations()))


def test_a_notebook_says_what_is_not_decided_where_players_do_not_see_the_state():
    for shown in (report(TRADE)._repr_markdown_(), report(TRADE)._repr_html_()):
        once = "What is played is unknown: where not every player sees the state"
        assert shown.count(once) == 1
        assert "It is reached by" not in shown
