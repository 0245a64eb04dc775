"""Strict domination of defecting actions (T9)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coopgap.proofs.questions.obligations import Answer, Dominated, Domination, Excluded
from coopgap.theory.dilemmas import defecting
from coopgap.theory.preferences import prosocial_payoffs


@dataclass(frozen=True)
class DominationEngine:
    """Answers ``Domination``."""

    name: str = "domination"
    answers: frozenset[type] = frozenset({Domination})

    def solve(self, question: Domination) -> Answer:
        """Dominated, or Excluded without obstructions.

        Raises InputError unless every agent has cooperating and defecting actions.
        """
        environment = question.setting.environment
        payoffs, _ = prosocial_payoffs(environment, question.levels)
        moves = []
        for state, agent, defect, cooperating in defecting(environment):
            own = np.moveaxis(payoffs[agent, state], agent, 0)
            better = (c for c in cooperating if np.all(own[c] > own[defect]))
            move = next(better, None)
            if move is None:
                return Excluded(())
            moves.append((state, agent, defect, move))
        return Dominated(tuple(moves))
