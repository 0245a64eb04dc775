"""Bounds of what independent agents can do in equilibrium."""

from fractions import Fraction as F
from itertools import product
from math import prod

import numpy as np
import pytest
from games import load_game
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopgap.llm_checks.predicting.regimes import Disposition, faced
from coopgap.proofs.deciding.independent import likeliest, most
from coopgap.proofs.deciding.table_bounds import independent
from coopgap.proofs.engines.correlated import best_correlated
from coopgap.proofs.engines.mixed import extreme_equilibria
from coopgap.theory.dilemmas import moral_hazard_game
from coopgap.theory.equilibria import all_deviations
from coopgap.theory.languages import indistinguishable
from coopgap.theory.languages import product as product_language


@st.composite
def plays(draw, profiles):
    """A game of two to four agents with two or three actions, and a mix of each."""
    sizes = st.lists(st.integers(2, 3), min_size=2, max_size=4)
    shape = tuple(draw(sizes.filter(lambda sizes: prod(sizes) <= profiles)))
    size = len(shape) * prod(shape)
    numbers = draw(st.lists(st.integers(-5, 5), min_size=size, max_size=size))
    mixes = []
    for count in shape:
        weights = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
        assume(any(weights))
        mixes.append([F(weight, sum(weights)) for weight in weights])
    return np.array(numbers).reshape(len(shape), *shape), mixes


SELFISH = Disposition("selfish")
GROUPS = [["CH", "CL"], ["DH", "DL"]]


def gain(payoffs, mixes, deviation):
    agent, recommended, action = deviation
    total = F(0)
    for profile in product(*(range(len(mix)) for mix in mixes)):
        if profile[agent] == recommended:
            moved = (*profile[:agent], action, *profile[agent + 1 :])
            chance = prod(mix[a] for mix, a in zip(mixes, profile, strict=True))
            total += chance * int(payoffs[(agent, *moved)] - payoffs[(agent, *profile)])
    return total


@settings(max_examples=15)
@given(plays(27), st.randoms(use_true_random=False))
def test_no_play_exceeds_the_bounds(play, random):
    require_no_play_above(play, random)


# The bounds of some of them take half a minute.
@pytest.mark.deep
@settings(max_examples=30)
@given(plays(81), st.randoms(use_true_random=False))
def test_no_play_of_large_games_exceeds_the_bounds(play, random):
    require_no_play_above(play, random)


def require_no_play_above(play, random):
    """Any independent play satisfies the constraints of the deviations that do not improve it."""
    payoffs, mixes = play
    shape = payoffs.shape[1:]
    unprofitable = [
        deviation for deviation in all_deviations(shape) if gain(payoffs, mixes, deviation) <= 0
    ]
    chances = {
        profile: prod(mix[a] for mix, a in zip(mixes, profile, strict=True))
        for profile in product(*(range(count) for count in shape))
    }
    objective = np.array([random.randint(-3, 3) for _ in chances]).reshape(shape)
    value = sum(chance * int(objective[profile]) for profile, chance in chances.items())
    assert value <= most(objective, payoffs, unprofitable)
    if len(shape) == 2:
        event = (objective > 1).astype(np.int64)
        chance = sum(chance for profile, chance in chances.items() if event[profile])
        assert chance <= likeliest(event, payoffs, unprofitable) <= 1


def effort_unseen(environment):
    return indistinguishable(
        product_language(environment, actions=dict.fromkeys(("row", "col"), GROUPS)), environment, 0
    )


@pytest.mark.parametrize("slug", ["stag-hunt", "battle-of-the-sexes", "chicken", "moral-hazard-pd"])
@pytest.mark.parametrize("sign", [1, -1])
def test_for_two_agents_enumeration_agrees(slug, sign):
    environment = load_game(slug).environment
    game = faced(environment, None, SELFISH, 0)
    values = sign * environment.welfare[0]
    best = max(
        np.array(x, dtype=object) @ values.astype(object) @ np.array(y, dtype=object)
        for x, y in extreme_equilibria(game.payoffs)
    )
    bound = most(values, game.payoffs, all_deviations(values.shape))
    assert best <= bound <= best + F(1, 100)


def volunteers(agents):
    """Each gets 3 if anybody volunteers, and pays 1 for doing so."""
    shape = (2,) * agents
    payoffs = np.zeros((agents, *shape), dtype=np.int64)
    for profile in product(range(2), repeat=agents):
        for agent in range(agents):
            payoffs[(agent, *profile)] = 3 * (0 in profile) - (profile[agent] == 0)
    return payoffs


def test_three_volunteers():
    """All three mix alike, each volunteering as long as nobody else does with chance 1/3: the one
    equilibrium in which all may volunteer."""
    payoffs = volunteers(3)
    deviations = all_deviations((2, 2, 2))
    alone, everybody = np.zeros((2, 2, 2, 2), dtype=np.int64)[:2]
    alone[0, 1, 1] = everybody[0, 0, 0] = 1
    assert most(alone, payoffs, deviations) == 1
    chance = (1 - (1 / 3) ** 0.5) ** 3
    bound = float(most(everybody, payoffs, deviations))
    assert chance <= bound < chance + 0.003
    correlated = best_correlated(everybody, payoffs, deviations)
    assert correlated is not None
    assert correlated.value == F(2, 5)


def test_what_contracts_cannot_see_bounds_independent_play():
    """theory.md, §3: 4/9."""
    environment = load_game("moral-hazard-pd").environment
    best = environment.welfare[0] == environment.welfare.max()
    bound = most(best.astype(np.int64), environment.payoffs[:, 0], effort_unseen(environment))
    assert independent(environment, F(0)) == F(4, 9) < bound < F(4, 9) + F(1, 10**5)


GAMES = [(12, -5, 18, 0), (5, -5, 9, 0), (7, 1, 9, 3), (16, -5, 18, 9), (11, -9, 19, 8)]
HUNTS = [(12, -1, 8, 0), (5, -9, 4, 0), (19, 7, 14, 13), (18, -4, 14, 11)]


@pytest.mark.parametrize("numbers", GAMES + HUNTS)
def test_agents_who_mix_independently_have_the_gap_of_pure_play(numbers):
    """(R − P)/12, and not the (R − P)/15 of correlated play (theory.md, §3)."""
    environment = moral_hazard_game(*map(F, numbers))
    unseen = effort_unseen(environment)
    bound = most(environment.welfare[0], environment.payoffs[:, 0], unseen)
    gap = (int(environment.welfare.max()) - bound) / environment.denominator
    assert gap == F(numbers[0] - numbers[3], 12)


def test_chances_of_several_profiles_add_up_to_at_most_1():
    payoffs = np.zeros((2, 2, 2), dtype=np.int64)
    assert likeliest(np.ones((2, 2), dtype=np.int64), payoffs, all_deviations((2, 2))) == 1


def test_large_games_and_programmes_without_an_answer_leave_the_trivial_bound(monkeypatch):
    payoffs = volunteers(3)
    objective, deviations = payoffs[0], all_deviations((2, 2, 2))
    monkeypatch.setattr("coopgap.proofs.deciding.independent.solve", lambda _: None)
    assert most(objective, payoffs, deviations) == 3
    monkeypatch.setattr("coopgap.proofs.deciding.independent.MAX_PROFILES", 7)
    assert most(objective, payoffs, deviations) == 3
