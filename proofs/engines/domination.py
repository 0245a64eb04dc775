"""Strict domination of defecting actions (T9)."""

from __future__ import annotations

import numpy as np

from coopgap.proofs.questions.obligations import Levels
from coopgap.theory.dilemmas import defecting
from coopgap.theory.environments import Environment
from coopgap.theory.preferences import prosocial_payoffs

Move = tuple[int, int, int, int]
"""A state, an agent, a defecting action and a cooperating one."""


def dominating(environment: Environment, levels: Levels) -> list[Move] | None:
    """For each defecting action a cooperating one that strictly dominates it; None if one has none.

    In every state of positive probability, without a contract. Raises InputError unless every agent
    has cooperating and defecting actions.
    """
    payoffs, _ = prosocial_payoffs(environment, levels)
    moves = []
    for state, agent, defect, cooperating in defecting(environment):
        own = np.moveaxis(payoffs[agent, state], agent, 0)
        better = next((c for c in cooperating if np.all(own[c] > own[defect])), None)
        if better is None:
            return None
        moves.append((state, agent, defect, better))
    return moves
