"""Mixed equilibria: against other programs, against the definition, and against their limits."""

import time
import warnings
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_players import HUGE, fractions, game, is_nash

from coopgap.proofs.algebra.vertices import vertices
from coopgap.proofs.engines import mixed
from coopgap.proofs.engines.mixed import (
    PAIRS,
    TIME_IS_UP,
    WIDE,
    TooLarge,
    equilibria,
    extreme_equilibria,
)
from coopgap.proofs.selftest import arbiter
from coopgap.theory.exact import integer_array


def test_matching_pennies():
    payoffs = game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    half = fractions("1/2", "1/2")
    assert sorted(extreme_equilibria(payoffs)) == [(half, half)]


def test_chicken():
    payoffs = game([[6, 2], [7, 0]], [[6, 7], [2, 0]])
    assert sorted(extreme_equilibria(payoffs)) == [
        (fractions(0, 1), fractions(1, 0)),
        (fractions("2/3", "1/3"), fractions("2/3", "1/3")),
        (fractions(1, 0), fractions(0, 1)),
    ]


@pytest.mark.parametrize("level", [Fraction(0), Fraction(1, 3), Fraction(1000)])
def test_shapleys_game_mixes_uniformly_at_every_prosociality(level):
    """N2."""
    first = np.eye(3, dtype=np.int64)
    payoffs = game(first, np.roll(first, 1, axis=1))
    social = level.denominator * payoffs + level.numerator * payoffs.sum(axis=0)
    third = fractions("1/3", "1/3", "1/3")
    assert sorted(extreme_equilibria(social)) == [(third, third)]


def test_a_degenerate_game():
    """Agent 2 is indifferent against a; agent 1 prefers a unless y is certain."""
    payoffs = game([[1, 1], [0, 1]], [[0, 0], [0, 1]])
    assert sorted(extreme_equilibria(payoffs)) == [
        (fractions(0, 1), fractions(0, 1)),
        (fractions(1, 0), fractions(0, 1)),
        (fractions(1, 0), fractions(1, 0)),
    ]


def test_where_everything_is_indifferent_every_vertex_is_an_equilibrium():
    constant = game(np.zeros((3, 2)).astype(int), np.ones((3, 2)).astype(int))
    assert len(set(extreme_equilibria(constant))) == 6


def test_eight_actions_each():
    payoffs = game(np.eye(8, dtype=int), HUGE * np.eye(8, dtype=object))
    assert len(list(extreme_equilibria(payoffs))) == 255


SHAPES = [(1, 40), (2, 25), (25, 2), (3, 12), (6, 6), (7, 5)]


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(80))
def test_gambit_finds_the_same(seed):
    pygambit = pytest.importorskip("pygambit", reason="pygambit is an extra: GPL")
    rng = np.random.default_rng(seed)
    small = tuple(rng.integers(1, 5, size=2))
    shape = SHAPES[seed % len(SHAPES)] if seed >= 60 else small
    high = rng.choice([2, 3, 10])
    payoffs = rng.integers(0, high, size=(2, *shape))
    solution = pygambit.nash.enummixed_solve(pygambit.Game.from_arrays(*payoffs), rational=True)
    theirs = {
        tuple(
            tuple(Fraction(int(p.numerator), int(p.denominator)) for _, p in profile[player])
            for player in profile.game.players
        )
        for profile in solution.equilibria
    }
    assert sorted(extreme_equilibria(payoffs)) == sorted(theirs)


@pytest.mark.parametrize("seed", range(20))
def test_what_nashpy_finds_in_generic_games_is_found(seed):
    """The converse fails: nashpy compares floats and loses equilibria."""
    nashpy = pytest.importorskip("nashpy")
    payoffs = np.random.default_rng(seed).integers(-50, 51, size=(2, 4, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        theirs = [np.concatenate(pair) for pair in nashpy.Game(*payoffs).support_enumeration()]
    ours = np.array([[*x, *y] for x, y in extreme_equilibria(payoffs)], dtype=np.float64)
    assert all(np.abs(ours - pair).max(axis=1).min() < 1e-9 for pair in theirs)


def table(payoffs):
    """The game as the arbiter has it, in fractions."""
    own = tuple(
        {profile: Fraction(int(matrix[profile])) for profile in product(*map(range, matrix.shape))}
        for matrix in payoffs
    )
    return arbiter.Table(payoffs.shape[1:], own)


@st.composite
def payoffs_of(draw, agents, most):
    shape = tuple(draw(st.integers(1, most)) for _ in range(agents))
    size = agents * int(np.prod(shape))
    high, scale = draw(st.sampled_from([1, 2, 9])), draw(st.sampled_from([1, HUGE]))
    cells = draw(st.lists(st.integers(0, high), min_size=size, max_size=size))
    return integer_array([scale * value for value in cells], (agents, *shape))


@settings(max_examples=60)
@given(payoffs_of(2, 3))
def test_these_are_all_extreme_equilibria_by_definition(payoffs):
    answer = equilibria(payoffs)
    assert answer.reason is None
    assert set(answer.equilibria) == arbiter.extreme_equilibria(table(payoffs))
    assert len(set(answer.equilibria)) == len(answer.equilibria)
    assert sorted(answer.equilibria) == list(answer.equilibria)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shape", [(2, 30), (30, 2), (1, 80)])
def test_thin_games_by_definition(shape, seed):
    """Against the pairs of vertices of both polytopes that carry all labels."""
    payoffs = np.random.default_rng(seed).integers(-9, 10, size=(2, *shape))
    m, n = shape
    first, second = (own.astype(object) - own.min() + 1 for own in payoffs)

    def corners(matrix):
        for vertex in vertices(matrix.tolist()):
            total = sum(vertex.numerators)
            yield tuple(Fraction(v, total) for v in vertex.numerators), set(vertex.tight)

    expected = {
        (x, y)
        for (x, to_x), (y, to_y) in product(corners(second.T), corners(first))
        if {i for i in range(m) if x[i]} <= to_y and {j for j in range(n) if y[j]} <= to_x
    }
    assert set(equilibria(payoffs).equilibria) == expected
    assert all(is_nash(payoffs, x, y) for x, y in expected)


def test_vertices_of_a_cube_and_of_one_that_is_tight_twice():
    cube = np.eye(3, dtype=int).tolist()
    corners = {vertex.numerators for vertex in vertices([*cube, *cube])}
    assert corners == set(product((0, 1), repeat=3)) - {(0, 0, 0)}
    (tight,) = {
        vertex.tight for vertex in vertices([*cube, *cube]) if vertex.numerators == (1, 0, 0)
    }
    assert tight == (0, 3)


@settings(max_examples=40)
@given(payoffs_of(3, 3))
def test_of_three_players_those_are_found_in_which_two_mix(payoffs):
    answer = equilibria(payoffs)
    game = table(payoffs)
    assert all(arbiter.is_equilibrium(game, mixes) for mixes in answer.equilibria)
    expected = set()
    for pair in combinations(range(3), 2):
        (third,) = {0, 1, 2} - set(pair)
        for action in range(payoffs.shape[third + 1]):
            between = np.take(payoffs[list(pair)], action, axis=third + 1)
            for mixes in arbiter.extreme_equilibria(table(between)):
                whole = dict(zip(pair, mixes, strict=True))
                size = payoffs.shape[third + 1]
                whole[third] = tuple(Fraction(k == action) for k in range(size))
                triple = tuple(whole[agent] for agent in range(3))
                if arbiter.is_equilibrium(game, triple):
                    expected.add(triple)
    assert set(answer.equilibria) == expected


def test_three_players_may_mix_and_that_is_said():
    """Each wants to differ from the next: the equilibrium in which all mix is not sought."""
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    for profile in product(range(2), repeat=3):
        for agent in range(3):
            payoffs[(agent, *profile)] = profile[agent] != profile[(agent + 1) % 3]
    answer = equilibria(payoffs)
    half = fractions("1/2", "1/2")
    assert is_nash_of_many(payoffs, (half, half, half))
    assert (half, half, half) not in answer.equilibria
    assert answer.reason == PAIRS


def is_nash_of_many(payoffs, mixes):
    return arbiter.is_equilibrium(table(payoffs), mixes)


def test_where_domination_leaves_two_who_mix_all_are_found():
    """Matching pennies, and a third player with a dominant action."""
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    payoffs[0] = np.array([[1, -1], [-1, 1]])[:, :, None]
    payoffs[1] = -payoffs[0]
    payoffs[2, :, :, 1] = 1
    answer = equilibria(payoffs)
    half = fractions("1/2", "1/2")
    assert answer.equilibria == ((half, half, fractions(0, 1)),)
    assert answer.reason is None


def test_one_player_does_what_is_best():
    answer = equilibria(np.array([[1, 3, 3]]))
    assert answer.equilibria == ((fractions(0, 0, 1),), (fractions(0, 1, 0),))
    assert answer.reason is None


def test_what_is_found_in_time_is_listed_and_the_rest_said_to_be_missing():
    payoffs = game(np.eye(8, dtype=int), np.eye(8, dtype=int))
    answer = equilibria(payoffs, time.monotonic() - 1)
    assert len(answer.equilibria) == 8
    assert answer.reason == TIME_IS_UP


def test_time_may_be_up_between_two_replies(monkeypatch):
    clock = iter([0.0, 0.0, 2.0, 2.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    constant = game(np.zeros((1, 3)).astype(int), np.zeros((1, 3)).astype(int))
    replies = extreme_equilibria(constant, deadline=1.0)
    with pytest.raises(TimeoutError):
        list(replies)


def test_wide_games_list_pure_equilibria():
    wide = np.random.default_rng(0).integers(0, 9, size=(2, 21, 300))
    with pytest.raises(TooLarge, match="more than 20 actions"):
        list(extreme_equilibria(wide))
    answer = equilibria(np.array([np.eye(21, dtype=int)] * 2))
    assert len(answer.equilibria) == 21
    assert answer.reason == WIDE


def test_long_lists_end(monkeypatch):
    monkeypatch.setattr(mixed, "MAX_NUMBERS", 10 * 16)
    payoffs = game(np.eye(8, dtype=int), np.eye(8, dtype=int))
    answer = equilibria(payoffs)
    assert len(answer.equilibria) == 10
    assert answer.reason == "10 are listed at most"


def test_large_games_are_not_searched_for_domination(monkeypatch):
    dilemma = game([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    expected = equilibria(dilemma)
    monkeypatch.setattr(mixed, "MAX_COMPARED", 0)
    assert equilibria(dilemma) == expected
