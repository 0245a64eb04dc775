"""Simulated agents, whose λ and β are known: the statistics are tested on them.

Their names begin with ``simulated:`` wherever they appear; no language model is behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coopgap.llm_checks.fitting import qre
from coopgap.llm_checks.fitting.choices import Choices, PlayedGame
from coopgap.theory.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LogitAgents:
    """Agents who play the principal logit equilibrium at prosociality λ and precision β."""

    lambda_: float
    beta: float

    @property
    def name(self) -> str:
        """How they are shown."""
        return f"simulated: logit, λ = {self.lambda_:g}, β = {self.beta:g}"

    def strategies(self, payoffs: Floats) -> tuple[Floats, ...]:
        """Each agent's mixed strategy.

        payoffs: (agents, actions of agent 1, …), of two agents or symmetric. Raises InputError for
        other games.
        """
        agents = len(payoffs)
        if agents != 2 and not qre.is_symmetric(payoffs):
            raise InputError(
                "logit equilibria are solved for two agents, and for more in symmetric games",
                fix="play simulated/best-response, or another game",
                field="--model",
            )
        games = qre.stacked([payoffs])
        alpha = np.array([self.lambda_ / (1 + self.lambda_)])
        play = qre.solved(games, alpha, np.array([self.beta * (1 + self.lambda_)]))
        parts = [play[0, part] for part in games.slices]
        return tuple(parts[min(agent, len(parts) - 1)] for agent in range(agents))


@dataclass(frozen=True)
class BestResponders:
    """Agents who maximise u + λW against uniform play of the other, the first action of ties."""

    lambda_: float = 0.0

    @property
    def name(self) -> str:
        """How they are shown."""
        return f"simulated: best response to uniform play, λ = {self.lambda_:g}"

    def strategies(self, payoffs: Floats) -> tuple[Floats, ...]:
        """Each agent's pure strategy as probabilities; payoffs: (agents, actions of agent 1, …)."""
        utility = payoffs + self.lambda_ * payoffs.sum(0)
        found = []
        for agent, own in enumerate(utility):
            mean = own.mean(tuple(j for j in range(len(payoffs)) if j != agent))
            found.append(np.eye(len(mean))[mean.argmax()])
        return tuple(found)


@dataclass(frozen=True)
class PlaceTakers:
    """Agents who ignore the game: with probability ``first`` they take the option listed first.

    Else they take each of the others equally often.
    """

    first: float

    @property
    def name(self) -> str:
        """How they are shown."""
        return f"simulated: takes what is listed first at a rate of {self.first:g}"

    def places(self, count: int) -> list[float]:
        """The probability of each place of so many options."""
        rest = (1 - self.first) / max(count - 1, 1)
        return [self.first, *[rest] * (count - 1)]


Agents = LogitAgents | BestResponders
"""Those who look at payoffs."""


def simulated(
    agents: Agents,
    games: Sequence[tuple[str, Floats]],
    repetitions: int,
    seed: int,
) -> Choices:
    """The choices of agents in independent plays of each named two-agent game."""
    generator = np.random.default_rng(seed)
    # Many games are one game under several names.
    solved: dict[tuple[object, bytes], tuple[Floats, ...]] = {}
    played = []
    for name, payoffs in games:
        key = payoffs.shape, payoffs.tobytes()
        if key not in solved:
            solved[key] = agents.strategies(payoffs)
        row, col = solved[key]
        counts = generator.multinomial(repetitions, np.outer(row, col).ravel())
        played.append(PlayedGame(name, payoffs, counts.reshape(payoffs.shape[1:]).astype(float)))
    return Choices(tuple(played))
