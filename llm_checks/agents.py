"""Simulated agents, models whose truth is known: what the statistics are tested on.

Their names begin with ``simulated:`` wherever they appear; no language model is behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llm_checks import qre
from llm_checks.choices import Choices, PlayedGame

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LogitAgents:
    """Agents who play the principal logit equilibrium with prosociality λ and precision β."""

    lambda_: float
    beta: float

    @property
    def name(self) -> str:
        """How they are shown."""
        return f"simulated: logit, λ = {self.lambda_:g}, β = {self.beta:g}"

    def strategies(self, payoffs: Floats) -> tuple[Floats, Floats]:
        """Each agent's mixed strategy in a game of two; payoffs: (2, actions, actions)."""
        games = qre.stacked([payoffs])
        alpha = np.array([self.lambda_ / (1 + self.lambda_)])
        play, _ = qre.solved(games, alpha, np.array([self.beta * (1 + self.lambda_)]))
        parts = [play[0, part] for part in games.slices]
        return parts[0], parts[-1]


@dataclass(frozen=True)
class BestResponders:
    """Agents who maximise u + λW against uniform play of the other, the first action of ties."""

    lambda_: float = 0.0

    @property
    def name(self) -> str:
        """How they are shown."""
        return f"simulated: best response to uniform play, λ = {self.lambda_:g}"

    def strategies(self, payoffs: Floats) -> tuple[Floats, Floats]:
        """Each agent's pure strategy, as probabilities; payoffs: (2, actions, actions)."""
        utility = payoffs + self.lambda_ * payoffs.sum(0)
        row, col = utility[0].mean(1).argmax(), utility[1].mean(0).argmax()
        return np.eye(payoffs.shape[1])[row], np.eye(payoffs.shape[2])[col]


def simulated(
    agents: LogitAgents | BestResponders,
    games: Sequence[tuple[str, Floats]],
    repetitions: int,
    seed: int,
) -> Choices:
    """The choices of agents who play each named game so often, independently."""
    generator = np.random.default_rng(seed)
    played = []
    for name, payoffs in games:
        row, col = agents.strategies(payoffs)
        counts = generator.multinomial(repetitions, np.outer(row, col).ravel())
        played.append(PlayedGame(name, payoffs, counts.reshape(payoffs.shape[1:]).astype(float)))
    return Choices(tuple(played))
