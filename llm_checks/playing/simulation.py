"""Simulated agents, whose λ and β are known: what ``play`` concludes is tested on them.

Their names begin with ``simulated:`` wherever they appear; no language model is behind them. They
read no prompt and are asked to want nothing: their λ is their own, whatever the disposition of the
condition. They see the state and the contract that binds. Where a contract is negotiated, they
propose the best one of the language and accept it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from coopgap.llm_checks.fitting import qre
from coopgap.llm_checks.fitting.binary import Floats
from coopgap.llm_checks.negotiating.negotiation import ACCEPT
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.scenarios import Play, Question
from coopgap.llm_checks.predicting.regimes import allowed_actions, material
from coopgap.theory.errors import InputError
from coopgap.theory.exact import parse_number

MAX_NUMBER = 10**6
"""The largest λ and β of simulated agents: their play is free of error long before."""


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
        strategies = []
        for agent, own in enumerate(utility):
            mean = own.mean(tuple(j for j in range(len(payoffs)) if j != agent))
            strategies.append(np.eye(len(mean))[mean.argmax()])
        return tuple(strategies)


@dataclass(frozen=True)
class PlaceTakers:
    """Agents who ignore the game: with probability ``rate`` they take the option listed first.

    Else they take each of the others equally often.
    """

    rate: float

    @property
    def name(self) -> str:
        """How they are shown."""
        return f"simulated: takes what is listed first at a rate of {self.rate:g}"

    def places(self, count: int) -> list[float]:
        """The probability of each place of so many options."""
        share = (1 - self.rate) / max(count - 1, 1)
        return [self.rate, *[share] * (count - 1)]


Agents = LogitAgents | BestResponders
"""Those who look at payoffs."""


def named_agents(model: str) -> Agents | PlaceTakers:
    """Reads ``simulated/logit:LAMBDA,BETA``, ``/best-response:LAMBDA`` or ``/first:RATE``.

    The λ of best responders is 0 if left out. Raises InputError, its field being ``--model``.
    """
    kind, colon, numbers = model.partition("/")[2].partition(":")
    try:
        exact = [parse_number(text) for text in numbers.split(",")] if colon else []
    except InputError:
        exact = [Fraction(-1)]
    if all(0 <= value <= MAX_NUMBER for value in exact):
        values = list(map(float, exact))
        if kind == "logit" and len(values) == 2:
            return LogitAgents(*values)
        if kind == "best-response" and len(values) < 2:
            return BestResponders(*values)
        if kind == "first" and len(values) == 1 and values[0] <= 1:
            return PlaceTakers(values[0])
    raise InputError(
        f"there are no simulated agents {model!r}",
        fix="write simulated/logit:LAMBDA,BETA, with numbers from 0 to "
        f"{MAX_NUMBER}, simulated/best-response or "
        "simulated/first:RATE",
        field="--model",
    )


def simulated_answer(model: str, play: Play, question: Question, seed: int) -> Answer:
    """A simulated agent's answer, a function of its name, the seed and the question."""
    agents = named_agents(model)
    if question.kind == "message":
        return Answer(question.id, "", "answered")
    order = question.layout.order
    if isinstance(agents, PlaceTakers):
        shares = agents.places(len(order))
    elif question.kind == "menu":
        shares = [float(option == len(order) - 1) for option in order]
    elif question.kind == "acceptance":
        shares = [float(option == ACCEPT) for option in order]
    else:
        mix = _mix(agents, play, question.agent)
        shares = [float(mix[action]) for action in order]
    chance = random.Random(f"{seed}|{question.id}|simulated")
    return answer_at(question, chance.choices(range(len(order)), shares)[0])


def answer_at(question: Question, place: int) -> Answer:
    """The answer of who takes the option there.

    No probabilities are told: what judges choices is to be tested by them.
    """
    code, option = question.layout.codes[place], question.layout.order[place]
    return Answer(question.id, code, "answered", option, option, place, code)


def _mix(agents: Agents, play: Play, agent: int) -> Floats:
    """The agent's mixed strategy over all actions of the game that binds in the state."""
    environment = play.scene.environment
    enforced = material(environment, play.binding)
    allowed = allowed_actions(environment, play.binding, play.state)
    own = enforced.payoffs[:, play.state].astype(float) / enforced.denominator
    raw = environment.payoffs[:, play.state].astype(float) / environment.denominator
    table = np.stack([of_agent[np.ix_(*allowed)] for of_agent in own])
    # λ weighs points before payments; agents weigh the sum of what they are given here.
    money = table.sum(0) - np.stack([of_agent[np.ix_(*allowed)] for of_agent in raw]).sum(0)
    table = table - agents.lambda_ / (1 + len(own) * agents.lambda_) * money
    mix = np.zeros(environment.shape[agent])
    mix[list(allowed[agent])] = _strategies(agents, table.shape, table.tobytes())[agent]
    return mix


@lru_cache(maxsize=4096)
def _strategies(agents: Agents, shape: tuple[int, ...], payoffs: bytes) -> tuple[Floats, ...]:
    return agents.strategies(np.frombuffer(payoffs).reshape(shape))
