"""Exact bounds on rates in table games, as means over the games.

Without enforcement the bounds are attained at extreme mixed equilibria, all of which are
enumerated. Under an enforced contract that is not known they hold for every contract of the
language that verifies base actions and not effort: no such contract changes what an agent gains by
changing its effort alone (theory.md, T5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgap.proofs.algebra.exact_lp import Optimum
from coopgap.proofs.deciding.decide import mixed_equilibria
from coopgap.proofs.deciding.expected_play import enumerated
from coopgap.proofs.deciding.independent import best_distribution, likeliest
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.questions.play import ExpectedValue, TableRates
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import Deviation, pure_nash
from coopgap.theory.exact import IntArray
from coopgap.theory.languages import ProductLanguage, complete, indistinguishable
from coopgap.theory.preferences import prosocial_payoffs
from coopgap.theory.welfare import maximisers

QUANTITIES = ("first-best", "pure-equilibrium")
"""The probability of the first best, and that of the pure equilibria of the game that selfish
agents face without a contract."""

ENUMERATED = "all mixed equilibria, enumerated"
INDEPENDENT = "independent play under every contract that verifies base actions"
REPLACING = "correlated play, where the contract may also replace base actions afterwards"
ALTRUISTIC = "all mixed equilibria on W, which no transfer changes"
ANY = "every rate is possible"


@dataclass(frozen=True)
class Bounds:
    """The mean of a probability over games is in [low, high]; basis: what was bounded, and how."""

    low: Fraction
    high: Fraction
    basis: str

    @property
    def vacuous(self) -> bool:
        """Whether no data could leave the interval."""
        return self.low <= 0 and self.high >= 1


def table_rates(question: TableRates) -> Mapping[str, tuple[Bounds, ...]]:
    """The bounds by quantity, the narrowest first; games: at least one."""
    if not question.enforced:
        return _of_all_equilibria(question, ENUMERATED)
    if question.level is None:
        return _of_all_equilibria(question, ALTRUISTIC)
    every = (Bounds(Fraction(0), Fraction(1), ANY),)
    if question.games[0].shape == (2, 2):
        return dict.fromkeys(QUANTITIES, every)
    highest = (
        _mean([(Fraction(0), independent(g, question.level)) for g in question.games], INDEPENDENT),
        _mean([(Fraction(0), replacing(g, question.level)) for g in question.games], REPLACING),
    )
    return {"first-best": highest, "pure-equilibrium": every}


def independent(environment: Environment, level: Fraction) -> Fraction:
    """An upper bound on the probability of the first best in independent play of a 4×4 game.

    It holds under every contract on base actions (theory.md, T5). After public negotiation play is
    independent given the agreement, so the bound holds for the mean too.
    """
    payoffs = _utilities(environment, level)
    return likeliest(_indicator(environment), payoffs, _invisible(environment))


def replacing(environment: Environment, level: Fraction) -> Fraction:
    """An upper bound on the probability of the first best where contracts replace base actions.

    The bound holds in correlated play of a 4×4 game under a contract that may replace base actions
    after effort was chosen. An agent then chooses its effort without knowing the base action that
    goes with it, so only the sum of its gains over base actions is bounded. Independent agents can
    reach 5/9, more than ``independent`` allows; whether 3/5 is attained is open.
    """
    payoffs = _utilities(environment, level)
    gains = []
    # Actions are CH, CL, DH, DL: the other effort with the base action of k is k ^ 1.
    for agent in (0, 1):
        own = np.moveaxis(payoffs[agent], agent, 0)
        for effort in (0, 1):
            gain = np.zeros_like(own)
            for action in (effort, 2 + effort):
                gain[action] = own[action ^ 1] - own[action]
            gains.append(np.moveaxis(gain, 0, agent).ravel())
    optimum = best_distribution(_indicator(environment), [-gain for gain in gains])
    return -optimum.value if isinstance(optimum, Optimum) else Fraction(1)


def _invisible(environment: Environment) -> list[Deviation]:
    """The deviations that leave the record of base actions unchanged."""
    language = ProductLanguage(complete(environment).cells, ((0, 0, 1, 1),) * 2)
    return indistinguishable(language, environment, 0)


def _indicator(environment: Environment) -> IntArray:
    objective = np.zeros(environment.shape, dtype=np.int64)
    for profile in maximisers(environment.welfare[0]):
        objective[profile] = 1
    return objective


def _utilities(environment: Environment, level: Fraction | None) -> IntArray:
    """What agents of this λ want in a game without transfers."""
    if level is None:
        return np.stack([environment.welfare[0]] * 2)
    return prosocial_payoffs(environment, (level, level))[0][:, 0]


def _of_all_equilibria(question: TableRates, basis: str) -> dict[str, tuple[Bounds, ...]]:
    rates: dict[str, list[tuple[Fraction, Fraction]]] = {name: [] for name in QUANTITIES}
    for game in question.games:
        payoffs = {0: _utilities(game, question.level)}
        mixes = mixed_equilibria(payoffs)
        assert not isinstance(mixes, Unanswered), "no table game has too many actions"
        stable = pure_nash(game.payoffs)[0].astype(np.int64)
        for name, counted in zip(QUANTITIES, (_indicator(game), stable), strict=True):
            expected = ExpectedValue({0: Fraction(1)}, payoffs, {0: counted})
            rates[name].append(enumerated(expected, mixes))
    return {name: (_mean(parts, basis),) for name, parts in rates.items()}


def _mean(parts: Sequence[tuple[Fraction, Fraction]], basis: str) -> Bounds:
    count = len(parts)
    lows, highs = zip(*parts, strict=True)
    return Bounds(sum(lows, Fraction(0)) / count, sum(highs, Fraction(0)) / count, basis)
