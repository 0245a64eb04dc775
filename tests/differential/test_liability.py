"""Gaps over all bounds on fines, against the values at single bounds and the definitions."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from random import Random

import every_mechanism
import pytest
from games import load_game
from random_environments import BASE_SEED

from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.algebra.roots import roots
from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import MechanismPart
from coopgap.proofs.frontier.liability import (
    Function,
    LiabilityFrontier,
    bounds_of,
    liability_frontier,
    valued,
)
from coopgap.proofs.fuzzing.situations import Bounds, generator
from coopgap.proofs.fuzzing.situations import situation as random_situation
from coopgap.proofs.trusted.certificates import verified
from coopgap.theory.contracts import Budget, Directives, Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.exact import MINUS_INFINITY, Extended
from coopgap.theory.information import complete_information
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import NamedLanguage, Specification

HALF = Fraction(1, 2)


def value(function: Function, bound: Fraction) -> Extended:
    """The value of the one piece that holds at a bound."""
    (piece,) = [step.value for step in function.steps if bound in step.at]
    return valued(piece.value, bound)


def gaps(frontier: LiabilityFrontier, language: int = 0) -> list[tuple[str, str]]:
    function = frontier.languages[language].mechanism
    assert isinstance(function, Function)
    return [(str(step.at), str(step.value.gap)) for step in function.steps]


def test_the_team_of_t13_for_every_bound():
    frontier = liability_frontier(load_game("mediated-team"), Fraction(0), Fraction(10))
    assert gaps(frontier) == [("[0, 1/2)", "2"), ("[1/2, 10]", "2/(2*B + 1)")]
    contract = frontier.languages[0].contract
    assert isinstance(contract, Function)
    assert [str(step.value.gap) for step in contract.steps] == ["2", "1"]
    assert frontier.languages[1].same_as == "output"
    assert all(verified(text).accepted for text in frontier.texts.values())


def test_fines_help_traders_between_2_and_13_6():
    game = load_game("bilateral-trade")
    game = replace(game, languages=game.languages[:1])
    frontier = liability_frontier(game, Fraction(0), Fraction(3))
    assert gaps(frontier) == [
        ("[0, 2)", "1/4"),
        ("[2, 13/6]", "(7 - 2*B)/32"),
        ("(13/6, 3]", "1/12"),
    ]


def test_no_mechanism_below_a_bound():
    game = load_game("public-project")
    game = replace(game, languages=game.languages[1:])
    frontier = liability_frontier(game, Fraction(0), Fraction(4))
    assert gaps(frontier) == [("[0, 2)", "inf"), ("[2, 4]", "1")]


def test_an_agent_alone():
    game = spec_from_text(
        '[game]\nplayers = ["a"]\nactions = { a = ["x", "y"] }\n[game.payoffs]\na = [0, 1]\n', "one"
    )
    assert isinstance(game, Specification)
    frontier = liability_frontier(game, Fraction(0), Fraction(1))
    assert gaps(frontier) == [("[0, 1]", "0")]


@pytest.mark.parametrize("case", range(12))
def test_values_at_bounds_are_those_of_check_and_of_all_joint_deviations(case: int):
    rules = (Transfers(Budget.BALANCED), Transfers(Budget.BURNT))
    bounds = Bounds(
        states=(1, 2), contracts=rules, information=case % 2 == 0, participation=case % 3 == 0
    )
    situation = random_situation(generator(BASE_SEED, "liability", case), bounds)
    information = situation.information
    assert isinstance(situation.contracts, Transfers)
    game = Specification(
        situation.environment,
        (NamedLanguage("L", situation.language, situation.contracts),),
        information=None if information is None or information.is_complete else information,
    )
    (language,) = liability_frontier(game, Fraction(0), Fraction(6)).languages
    assert isinstance(language.mechanism, Function)
    chance = Random(case)
    breaks = {step.at.low for step in language.mechanism.steps}
    for bound in sorted(breaks | {Fraction(chance.randrange(61), 10) for _ in range(3)}):
        at = replace(situation.contracts, liability=bound)
        part = check(
            replace(game, languages=(NamedLanguage("L", situation.language, at),)), mechanisms=True
        ).languages[0]
        assert isinstance(part.mechanism, MechanismPart)
        assert value(language.mechanism, bound) == part.mechanism.value
        if isinstance(language.contract, Function):
            assert value(language.contract, bound) == part.value
        world = every_mechanism.World(
            situation.environment,
            information or complete_information(situation.environment),
            situation.language,
            str(at.budget),
            at.liability,
            at.participation,
            (Fraction(0),) * len(situation.environment.players),
        )
        expected = every_mechanism.value(world)
        worth = value(language.mechanism, bound)
        if worth is MINUS_INFINITY:
            assert expected == -math.inf
        else:
            assert isinstance(worth, Fraction)
            assert math.isclose(worth, expected, abs_tol=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0-10", "'0-10' is no range"),
        ("3..1", "no range of bounds"),
        ("2..2", "no range of bounds"),
        ("-1..4", "no range of bounds"),
        ("x..1", "not an exact number"),
    ],
)
def test_ranges_that_are_none_are_refused(text: str, message: str):
    with pytest.raises(InputError, match=message):
        bounds_of(text)


@pytest.mark.parametrize(
    ("contracts", "message"),
    [(Directives(), "which know no fines"), (Transfers(Budget.FREE), "binds nothing")],
)
def test_contracts_without_fines_are_refused(contracts: Transfers | Directives, message: str):
    game = load_game("n4")
    named = (NamedLanguage("L", game.languages[0].language, contracts),)
    with pytest.raises(InputError, match=rf"language\[0\]\.contracts: .*{message}"):
        liability_frontier(replace(game, languages=named), Fraction(0), Fraction(1))


def test_roots_of_polynomials():
    # (2x − 1)(x² − 2): one rational root and two others.
    cubic = Polynomial({(0, 0, 0): 2, (0, 0): -1, (0,): -4, (): 2})
    rational, irrational = roots(cubic)
    assert rational == [HALF]
    assert [round(float(root), 3) for root, _ in sorted(irrational)] == [-1.414, 1.414]
    assert roots(Polynomial({(0, 0): 1, (): 1})) == ([], [])


@pytest.mark.parametrize("exponent", [-40, 0, 34])
def test_a_root_lies_in_its_interval_whatever_its_size(exponent: int):
    square = 2 * Fraction(10) ** exponent
    _, intervals = roots(Polynomial({(0, 0): 1, (): -square}))
    low, high = max(intervals)
    assert low > 0
    assert low**2 < square < high**2
