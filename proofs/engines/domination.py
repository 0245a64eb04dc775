"""Strict domination of defecting actions, and the prosociality above which it holds (T9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgap.proofs.questions.obligations import Answer, Dominated, Domination, Excluded
from coopgap.theory.dilemmas import require_cooperative
from coopgap.theory.environments import Environment
from coopgap.theory.exact import IntArray
from coopgap.theory.preferences import prosocial_payoffs


@dataclass(frozen=True)
class DominationEngine:
    """Answers ``Domination``."""

    name: str = "domination"
    answers: frozenset[type] = frozenset({Domination})

    def solve(self, question: Domination) -> Answer:
        """Dominated, or Excluded without obstructions. Raises InputError without cooperating and
        defecting actions for every agent."""
        environment = question.setting.environment
        payoffs, _ = prosocial_payoffs(environment, question.levels)
        moves = []
        for state, agent, defect, cooperating in _defecting(environment):
            own = np.moveaxis(payoffs[agent, state], agent, 0)
            better = (c for c in cooperating if np.all(own[c] > own[defect]))
            move = next(better, None)
            if move is None:
                return Excluded(())
            moves.append((state, agent, defect, move))
        return Dominated(tuple(moves))


def domination_threshold(environment: Environment) -> Fraction | None:
    """λ̄ of T9, above which every defecting action is strictly dominated; None where its hypothesis
    fails: some defecting action has no cooperating one that always strictly raises welfare.

    Raises InputError without cooperating and defecting actions for every agent.
    """
    worst = Fraction(0)
    for state, agent, defect, cooperating in _defecting(environment):
        own = np.moveaxis(environment.payoffs[agent, state], agent, 0)
        welfare = np.moveaxis(environment.welfare[state], agent, 0)
        ratios = [
            max(_ratios(np.asarray(own[defect] - own[c]), np.asarray(welfare[c] - welfare[defect])))
            for c in cooperating
            if np.all(welfare[c] > welfare[defect])
        ]
        if not ratios:
            return None
        worst = max(worst, min(ratios))
    return worst


def _ratios(gain: IntArray, lost: IntArray) -> Iterator[Fraction]:
    for g, d in zip(gain.ravel().tolist(), lost.ravel().tolist(), strict=True):
        yield Fraction(g, d)


def _defecting(environment: Environment) -> Iterator[tuple[int, int, int, tuple[int, ...]]]:
    """Every state of positive probability, agent, its defecting action, its cooperating ones."""
    cooperating = require_cooperative(environment)
    for state in environment.support:
        for agent, size in enumerate(environment.shape):
            for action in range(size):
                if action not in cooperating[agent]:
                    yield state, agent, action, cooperating[agent]
