"""Questions about play: between which values an expectation lies in every equilibrium.

Payoffs are what agents want, each in a unit of its own; values are what is measured of play.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import Deviation
from coopgap.theory.exact import IntArray

Bounds = tuple[Fraction, Fraction]
"""The least and the greatest expectation, in the values' unit."""


@dataclass(frozen=True, eq=False)
class ExpectedValue:
    """The expectation of ``values`` over states and play.

    By state: prior, the probability; payoffs, integers of shape (agents, actions…); values,
    integers of shape (actions…); deviations, those that may not pay, or None for all of them.
    """

    prior: Mapping[int, Fraction]
    payoffs: Mapping[int, IntArray]
    values: Mapping[int, IntArray]
    deviations: Mapping[int, Sequence[Deviation]] | None = None


@dataclass(frozen=True, eq=False)
class TableRates:
    """Rates in table games, as means over the games.

    games: all 2×2, or all 4×4 with actions CH, CL, DH, DL. enforced: by a contract that is not
    known, and that verifies base actions alone; else there is none that changes payoffs. level: the
    λ of all agents, None for λ → ∞.
    """

    games: tuple[Environment, ...]
    enforced: bool
    level: Fraction | None
