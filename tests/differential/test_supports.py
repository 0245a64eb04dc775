"""Proofs that no mixed equilibrium of two agents plays a profile, against the definition."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_players import HUGE, fractions, game, is_nash

from coopgap.proofs.engines import supports
from coopgap.proofs.engines.mixed import extreme_equilibria
from coopgap.proofs.engines.supports import Shift, TooLarge, absent_equilibria
from coopgap.theory.dilemmas import moral_hazard_game
from coopgap.theory.exact import integer_array
from coopgap.theory.preferences import prosocial_payoffs


def nonempty(count):
    return [set(s) for size in range(1, count + 1) for s in combinations(range(count), size)]


def refutes(payoffs, shift, rows, columns):
    """What the docstring of Shift says, by the definition."""
    own, actions, replies = (
        (payoffs[0], rows, columns) if shift.agent == 0 else (payoffs[1].T, columns, rows)
    )
    assert sum(shift.weights) == 0
    gains = [sum(v * int(own[b, j]) for b, v in enumerate(shift.weights)) for j in replies]
    abandoned = {b for b, v in enumerate(shift.weights) if v < 0}
    return abandoned <= actions and min(gains) >= 0 and max(gains) > 0


def all_refuted(payoffs, forbidden, shifts):
    m, n = forbidden.shape
    return all(
        any(refutes(payoffs, shift, rows, columns) for shift in shifts)
        for rows, columns in product(nonempty(m), nonempty(n))
        if any(forbidden[i, j] for i in rows for j in columns)
    )


def touches(equilibrium, forbidden):
    x, y = equilibrium
    return any(x[i] and y[j] for i, j in np.argwhere(forbidden))


@st.composite
def games(draw):
    m, n = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    high = draw(st.sampled_from([1, 2, 9]))
    cells = st.lists(st.integers(0, high), min_size=2 * m * n, max_size=2 * m * n)
    scale = draw(st.sampled_from([1, HUGE]))
    return integer_array([scale * value for value in draw(cells)], (2, m, n))


@settings(max_examples=50)
@given(games(), st.data())
def test_forbidden_profiles_are_reached_or_refuted(payoffs, data):
    extreme = sorted(extreme_equilibria(payoffs))
    assert extreme
    assert all(is_nash(payoffs, x, y) for x, y in extreme)
    shape = payoffs.shape[1:]
    size = shape[0] * shape[1]
    flags = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    forbidden = np.array(flags).reshape(shape)
    answer = absent_equilibria(payoffs, forbidden)
    if isinstance(answer, tuple):
        assert is_nash(payoffs, *answer)
        assert touches(answer, forbidden)
    else:
        assert all_refuted(payoffs, forbidden, answer)
        assert not any(touches(equilibrium, forbidden) for equilibrium in extreme)


@settings(max_examples=50)
@given(games())
def test_exactly_what_no_equilibrium_plays_can_be_refuted(payoffs):
    played = np.zeros(payoffs.shape[1:], dtype=np.bool_)
    for x, y in sorted(extreme_equilibria(payoffs)):
        played |= np.outer([p > 0 for p in x], [p > 0 for p in y])
    shifts = absent_equilibria(payoffs, ~played)
    assert isinstance(shifts, list)
    assert all_refuted(payoffs, ~played, shifts)


def test_domination_is_one_shift_for_each_agent():
    """A prisoner's dilemma: every deviation to defection gains."""
    payoffs = game([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    cooperation = np.array([[True, True], [True, False]])
    assert absent_equilibria(payoffs, cooperation) == [Shift(0, (-1, 1)), Shift(1, (-1, 1))]
    equilibrium = absent_equilibria(payoffs, np.ones((2, 2), dtype=np.bool_))
    assert equilibrium == (fractions(0, 1), fractions(0, 1))


def test_prosocial_agents_never_defect():
    """T9's example: λ̄ = 9/14, and at λ = 37/28 the pure equilibria are (CH, CL) and (CL, CH)."""
    effort = moral_hazard_game(*fractions(12, -5, 18, 0))
    payoffs, _ = prosocial_payoffs(effort, [Fraction(37, 28)] * 2)
    defection = np.ones((4, 4), dtype=np.bool_)
    defection[:2, :2] = False
    shifts = absent_equilibria(payoffs[:, 0], defection)
    assert all_refuted(payoffs[:, 0], defection, shifts)
    extreme = sorted(extreme_equilibria(payoffs[:, 0]))
    assert [e for e in extreme if max(e[0]) == max(e[1]) == 1] == [
        (fractions(0, 1, 0, 0), fractions(1, 0, 0, 0)),
        (fractions(1, 0, 0, 0), fractions(0, 1, 0, 0)),
    ]


def test_limits_are_named():
    wide = np.zeros((2, 17, 17), dtype=np.int64)
    with pytest.raises(TooLarge, match="more than 16 actions"):
        absent_equilibria(wide, wide[0] == 0)


def test_an_uncertified_pair_is_none(monkeypatch):
    monkeypatch.setattr(supports, "solve", lambda *_: None)
    payoffs = game([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    assert absent_equilibria(payoffs, payoffs[0] > 4) is None
