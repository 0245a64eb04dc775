"""The gallery's expected values: derived from brute force, and what theory.md states."""

import json
import random
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import brute_force
import pytest
from games import load_game

from coopgap.proofs.questions.registry import MECHANISM_CLAIMS
from coopgap.theory.contracts import Budget, ContractClass, Directives, NoContract, Transfers
from coopgap.theory.environments import Environment, environment
from coopgap.theory.exact import INFINITY
from coopgap.theory.languages import (
    ProductLanguage,
    RecordLanguage,
    complete,
    from_values,
    state_blind,
)
from coopgap.theory.readers.load import games
from coopgap.theory.specification import Specification

EXPECTED = Path(__file__).parents[1] / "expected"
SLUGS = sorted(file.stem for file in EXPECTED.glob("*.json"))


def expected(slug: str) -> dict[str, Any]:
    return dict(json.loads((EXPECTED / f"{slug}.json").read_text(encoding="utf-8")))


def test_every_entry_has_expected_values():
    """Those of families are in test_family_gallery, of mechanisms in test_mechanism_gallery."""
    plain = [
        slug
        for slug, game in games().items()
        if isinstance(game, Specification)
        and not any(question.id in MECHANISM_CLAIMS for question in game.questions)
    ]
    assert sorted(plain) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_the_expected_values_are_those_of_brute_force(slug: str):
    data = expected(slug)
    stated = data.pop("stated")
    assert brute_force.settled(brute_force.report(load_game(slug)), stated) == data


@pytest.mark.parametrize("slug", SLUGS)
def test_the_stated_values_agree(slug: str):
    data = expected(slug)
    assert data["stated"]
    for entry in data["stated"]:
        assert brute_force.at(data, entry["path"]) == entry["value"], entry
        assert entry["source"]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_claim_is_settled(slug: str):
    assert {claim["status"] for claim in expected(slug)["claims"]} <= {"proved", "refuted"}


# Numbers of theory.md that no field of the report holds


def test_n1_audits_approach_the_first_best():
    """(a; (1 − ε)x + εy) is an equilibrium of welfare 4(1 − ε), for balanced transfers."""
    game = load_game("n1").environment
    language = load_game("n1").languages[0].language
    for e in (Fraction(1, 2), Fraction(1, 10), Fraction(1, 1000)):
        fine = {(0, 1): Fraction(2), (1, 1): 1 / e + 1}

        def utility(
            agent: int, a: tuple[int, int], fine: dict[tuple[int, int], Fraction] = fine
        ) -> Fraction:
            sign = -1 if agent == 0 else 1
            return brute_force.game_of(game).payoff[agent, 0, a] + sign * fine.get(a, Fraction(0))

        mix = {0: 1 - e, 1: e}
        inspectee = [sum(mix[b] * utility(0, (a, b)) for b in mix) for a in (0, 1)]
        inspector = [utility(1, (0, b)) for b in (0, 1)]
        assert inspectee[0] >= inspectee[1]
        assert inspector[0] == inspector[1]
        welfare = sum(mix[b] * brute_force.game_of(game).welfare[0, (0, b)] for b in mix)
        assert welfare == 4 * (1 - e)
    records = {a: brute_force.record_of(language, 0, a) for a in product(range(2), repeat=2)}
    assert records[0, 0] == records[1, 0]
    assert len(set(records.values())) == 3


@pytest.mark.parametrize("level", [0, 1, 1_000_000])
def test_n2_has_the_uniform_mixture_only(level: int):
    game = load_game("n2").environment
    supports = brute_force.equilibrium_supports(game, 0, [Fraction(level)] * 2)
    assert list(supports) == [({0, 1, 2}, {0, 1, 2})]
    plain = brute_force.game_of(game)
    assert sum(plain.welfare[0, a] for a in plain.profiles) / 9 == Fraction(2, 3)


def test_n7_the_prosocial_agent_earns_less():
    plain = brute_force.game_of(load_game("n7").environment)
    assert plain.payoff[0, 0, (0, 1)] == -1 < plain.payoff[0, 0, (1, 1)] == 0


def test_n8_the_contract_is_worth_less_and_more_again():
    data = expected("n8")
    (language,) = data["languages"]
    worth = [
        Fraction(signed["value"]) - Fraction(alone["welfare"])
        for signed, alone in zip(language["prosocial"], data["prosocial"], strict=True)
    ]
    assert worth == [Fraction(23, 12), Fraction(5, 12), Fraction(1, 2), 0]


def test_the_efficiency_gap_of_the_dilemma_is_twice_its_stake():
    data = expected("moral-hazard-pd")
    loss = Fraction(data["first_best"]["welfare"]) - Fraction(data["selfish"]["welfare"])
    assert loss == 2 * (12 - 0)


def test_the_domination_bound_of_the_dilemma():
    assert brute_force.domination_bound(load_game("moral-hazard-pd").environment) == Fraction(9, 14)
    assert brute_force.domination_bound(load_game("n7").environment) == Fraction(1, 2)
    assert brute_force.domination_bound(load_game("chicken").environment) == Fraction(1, 3)
    assert brute_force.domination_bound(load_game("stag-hunt").environment) is None


def test_one_payment_for_all_outcomes_need_not_exist():
    """T8: in chicken the driver who goes straight has 7, and 7 + 7 > 12."""
    game = load_game("chicken").environment
    assert brute_force.beneficial_with_side_payments(game)
    assert not brute_force.beneficial_with_one_payment(game)
    assert not brute_force.beneficial(game)
    assert brute_force.beneficial_with_one_payment(load_game("prisoners-dilemma").environment)


def test_refining_can_hurt_complete_directives_in_product_languages():
    """T1's counterexample."""
    payoffs = [[[1, 0, 0, 0], [0, 0, 0, 1]]] * 2
    game = environment(("row", "col"), [["A", "B"]] * 2, payoffs, ("w1", "w2"))
    blind = ProductLanguage((0, 0), ((0, 0), (0, 0)))
    assert brute_force.value(game, blind, Directives()) == 2
    assert brute_force.value(game, state_blind(game), Directives()) == 1


# The oracle against itself, on random small environments


def random_game(seed: int, states: int = 2) -> Environment:
    dice = random.Random(seed)
    payoffs = [[[dice.randint(-3, 4) for _ in range(4)] for _ in range(states)] for _ in range(2)]
    prior = [Fraction(dice.randint(1, 3)) for _ in range(states)]
    return environment(
        ("row", "col"),
        [["a", "b"]] * 2,
        payoffs,
        [f"w{w}" for w in range(states)],
        [p / sum(prior) for p in prior],
        cooperative=[[0], [0]],
    )


def random_records(seed: int, game: Environment) -> RecordLanguage:
    dice = random.Random(seed)
    shape = (len(game.states), *game.shape)
    plays = 4 * len(game.states)
    values = [dice.randrange(plays) for _ in range(plays)]
    return from_values(values, [str(value) for value in values], shape)


CLASSES: list[ContractClass] = [
    Transfers(budget, liability)
    for budget in Budget
    for liability in (None, Fraction(0), Fraction(3, 2))
]


@pytest.mark.parametrize("seed", range(8))
def test_z3_and_elimination_agree(seed: int):
    game = random_game(seed, states=1)
    for language in (complete(game), random_records(seed, game)):
        for contracts in CLASSES:
            for a in product(range(2), repeat=2):
                answers = {
                    brute_force.implementable(game, language, contracts, {0: a}, None, decide)
                    for decide in (brute_force.feasible, brute_force.feasible_by_elimination)
                }
                assert len(answers) == 1


@pytest.mark.parametrize("seed", range(4))
def test_elimination_works_across_states(seed: int):
    game = random_game(seed)
    language = state_blind(game)
    free = Transfers(Budget.FREE)
    for selection in brute_force.first_best_selections(game):
        rows = brute_force.transfer_rows(game, language, free, selection, (Fraction(0),) * 2)
        assert brute_force.feasible(rows) == brute_force.feasible_by_elimination(rows)


@pytest.mark.parametrize("seed", range(10))
def test_the_threshold_is_where_the_gap_closes(seed: int):
    game = random_game(seed)
    language = random_records(seed, game)
    for contracts in [*CLASSES, NoContract()]:
        least = brute_force.threshold(game, language, contracts)
        if least is INFINITY:
            assert brute_force.gap(game, language, contracts, [Fraction(1000)] * 2) > 0
            continue
        assert isinstance(least, Fraction)
        assert brute_force.gap(game, language, contracts, [least] * 2) == 0
        if least > 0:
            below = least - min(least, Fraction(1, 10**6))
            assert brute_force.gap(game, language, contracts, [below] * 2) > 0


@pytest.mark.parametrize("seed", range(10))
def test_directives(seed: int):
    game = random_game(seed)
    language = state_blind(game)
    loss = brute_force.directive_gap(game, language)
    assert brute_force.gap(game, language, Directives()) == loss
    assert brute_force.gap(game, language, Directives(permissive=True)) <= loss
    assert (loss > 0) == bool(brute_force.incontractible_cells(game, language))
    for directives in (Directives(), Directives(permissive=True)):
        least = brute_force.threshold(game, language, directives)
        implemented = [
            brute_force.implementable(game, language, directives, selection, [least] * 2)
            for selection in brute_force.first_best_selections(game)
            if isinstance(least, Fraction)
        ]
        assert any(implemented) == (least is not INFINITY)


@pytest.mark.parametrize("seed", range(10))
def test_correlation_never_hurts(seed: int):
    game = random_game(seed)
    for language in (complete(game), random_records(seed, game)):
        for contracts in (Transfers(), Transfers(Budget.FREE), NoContract()):
            bound = brute_force.correlated_bound(game, language)
            gap = brute_force.correlated_gap(game, language, contracts)
            pure = brute_force.gap(game, language, contracts)
            if isinstance(contracts, Transfers):
                assert bound <= pure
            if gap is not None:
                assert bound <= gap <= pure


def test_domination_makes_every_equilibrium_cooperative():
    """T9, which says something about a few of these games."""
    games = [random_game(seed, states=1) for seed in range(150)]
    bounds = [(game, brute_force.domination_bound(game)) for game in games]
    bounded = [(game, bound) for game, bound in bounds if bound is not None]
    assert len(bounded) > 3
    for game, bound in bounded:
        level = [bound + Fraction(1, 100)] * 2
        assert brute_force.all_cooperative(game, level)
        assert brute_force.first_best(game)[1] == {0: [(0, 0)]}
        assert brute_force.fully_implemented(game, level)
