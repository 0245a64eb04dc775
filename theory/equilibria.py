"""Pure Nash equilibria of a finite game, state by state."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coopgap.theory.exact import IntArray


def pure_nash(payoffs: IntArray) -> NDArray[np.bool_]:
    """Which profiles are pure Nash equilibria in which states.

    ``payoffs``: integers of shape (agents, states, actions…), each agent in its own unit. Returns
    Booleans of shape (states, actions…).
    """
    stable = np.ones(payoffs.shape[1:], dtype=np.bool_)
    for agent, own in enumerate(payoffs):
        stable &= own == own.max(axis=agent + 1, keepdims=True)
    return stable
