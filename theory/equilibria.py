"""Equilibria and deviations of finite games: pure Nash equilibria, state by state."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from coopgap.theory.exact import IntArray

Mix = tuple[Fraction, ...]
"""One probability per action of an agent."""

Mixes = tuple[Mix, ...]
"""One mix per agent."""

Equilibrium = tuple[Mix, Mix]
"""A mixed equilibrium of two agents."""

Deviation = tuple[int, int, int]
"""An agent, the action recommended to it, and the action that it takes instead."""


def pure_nash(payoffs: IntArray) -> NDArray[np.bool_]:
    """Which profiles are pure Nash equilibria in which states.

    ``payoffs``: integers of shape (agents, states, actions…), each agent in its own unit. Returns
    Booleans of shape (states, actions…).
    """
    stable = np.ones(payoffs.shape[1:], dtype=np.bool_)
    for agent, own in enumerate(payoffs):
        stable &= own == own.max(axis=agent + 1, keepdims=True)
    return stable


def all_deviations(shape: Sequence[int]) -> list[Deviation]:
    """Every deviation in a game with these numbers of actions."""
    return [
        (agent, action, alternative)
        for agent, count in enumerate(shape)
        for action, alternative in permutations(range(count), 2)
    ]
