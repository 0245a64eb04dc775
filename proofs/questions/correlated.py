"""What engines are asked and answer about correlated equilibria."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgap.theory.equilibria import Deviation
from coopgap.theory.exact import IntArray


@dataclass(frozen=True)
class CorrelatedOptimum:
    """The best correlated distribution and its proof.

    value: Σ x(a) objective(a), in units of the objective. distribution: x, the positive
    probabilities by flat index of the profile (last agent's action fastest). multipliers: the
    positive weights y of deviations, in units of the objective per unit of payoff: at every profile
    a, value + Σ y(i, a_i, b) (u_i(b, a_-i) − u_i(a)) ≥ objective(a), the sum being over all
    deviations from an action of a.
    """

    value: Fraction
    distribution: dict[int, Fraction]
    multipliers: dict[Deviation, Fraction]


Best = Callable[[IntArray, IntArray, Sequence[Deviation]], CorrelatedOptimum | None]
"""Finds the best distribution for an objective and payoffs on which no deviation improves."""


def flat_profiles(shape: Sequence[int], deviation: Deviation) -> tuple[IntArray, IntArray]:
    """The flat indices of the profiles with the deviation's old action, and those with its new one.

    Both list the other agents' actions in the same order.
    """
    agent, action, alternative = deviation
    flat = np.arange(math.prod(shape)).reshape(shape)
    return flat.take(action, axis=agent).ravel(), flat.take(alternative, axis=agent).ravel()
