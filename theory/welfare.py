"""Welfare functions, first best, and cells that no single profile serves (theory.md §1, T2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from coopgap.theory.environments import Environment, Profile
from coopgap.theory.exact import IntArray, widened
from coopgap.theory.languages import ProductLanguage, cells_of


@dataclass(frozen=True)
class FirstBest:
    """W* in utils, and for every state of positive probability all profiles that attain it."""

    welfare: Fraction
    profiles: Mapping[int, tuple[Profile, ...]]


def utilitarian(environment: Environment) -> IntArray:
    """Σ_i u_i, shape (states, actions…), over the environment's denominator."""
    return environment.welfare


def rawlsian(environment: Environment) -> IntArray:
    """min_i u_i, shape (states, actions…), over the environment's denominator."""
    return np.asarray(environment.payoffs.min(axis=0))


def nash_product(environment: Environment) -> IntArray:
    """Π_i u_i, shape (states, actions…), over ``denominator`` to the power of the number of agents.

    There is no disagreement point: the product is of the payoffs themselves.
    """
    product = np.ones(environment.payoffs.shape[1:], dtype=object)
    for own in environment.payoffs:
        product = product * own.astype(object)
    return np.asarray(product)


def profiles_where(mask: NDArray[np.bool_]) -> tuple[Profile, ...]:
    """The profiles that a Boolean array over actions marks, in lexicographic order."""
    return tuple(tuple(row) for row in np.argwhere(mask).tolist())


def maximisers(values: IntArray) -> tuple[Profile, ...]:
    """All profiles that maximise an array over actions, in lexicographic order."""
    return profiles_where(values == values.max())


def first_best(environment: Environment) -> FirstBest:
    """FB(ω) for every state of positive probability, and W*."""
    best = {state: maximisers(environment.welfare[state]) for state in environment.support}
    first = {state: profiles[0] for state, profiles in best.items()}
    return FirstBest(expected_welfare(environment, first), best)


def expected_welfare(environment: Environment, selection: Mapping[int, Sequence[int]]) -> Fraction:
    """Σ p(ω) W(σ(ω), ω) in utils for a selection over the states of positive probability."""
    return _expected(environment, environment.welfare, selection)


def expected_payoffs(
    environment: Environment, selection: Mapping[int, Sequence[int]]
) -> tuple[Fraction, ...]:
    """Each agent's expected material payoff in utils under a selection."""
    return tuple(_expected(environment, own, selection) for own in environment.payoffs)


def _expected(
    environment: Environment, values: IntArray, selection: Mapping[int, Sequence[int]]
) -> Fraction:
    worth = (environment.prior[s] * int(values[(s, *a)]) for s, a in selection.items())
    return sum(worth, Fraction(0)) / environment.denominator


def incontractible_cells(environment: Environment, language: ProductLanguage) -> list[list[int]]:
    """The cells in which no profile is first best in every state of positive probability (T2)."""
    welfare = widened(environment.welfare, 2)
    incontractible = []
    for cell in cells_of(language, environment):
        common = np.ones(environment.shape, dtype=np.bool_)
        for state in cell:
            common &= welfare[state] == welfare[state].max()
        if not common.any():
            incontractible.append(cell)
    return incontractible
