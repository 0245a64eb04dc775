"""Exact bounds on what play is worth in expectation (theory.md §5).

Agents who are prompted separately act independently: what they can do in equilibrium is the set of
Nash equilibria. For two agents that set is the union of products of polytopes whose vertices are
the extreme equilibria, so the bounds of an expectation, which is linear in each agent's mix, are
attained there. Elsewhere the bounds of correlated equilibrium hold too, and are exact linear
programmes, and independence bounds by branch and bound besides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from coopgap.proofs.algebra.exact_lp import MAX_TABLEAU
from coopgap.proofs.deciding.decide import best_correlated
from coopgap.proofs.deciding.independent import likeliest, most
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.questions.play import Bounds, ExpectedValue
from coopgap.theory.equilibria import Deviation, Equilibrium, all_deviations
from coopgap.theory.exact import IntArray

MAX_PROFILES = MAX_TABLEAU // 10
"""The largest number of profiles of a state whose play is bounded by linear programmes."""


def enumerated(question: ExpectedValue, mixed: Mapping[int, Sequence[Equilibrium]]) -> Bounds:
    """The bounds over all mixed equilibria of two agents, attained at the extreme ones."""
    low = high = Fraction(0)
    for state, chance in question.prior.items():
        values = question.values[state].astype(object)
        reached = [
            Fraction(np.array(x, dtype=object) @ values @ np.array(y, dtype=object))
            for x, y in mixed[state]
        ]
        low += chance * min(reached)
        high += chance * max(reached)
    return low, high


def correlated(question: ExpectedValue) -> Bounds | Unanswered:
    """The bounds over all correlated play."""

    def best(
        values: IntArray, payoffs: IntArray, deviations: Sequence[Deviation]
    ) -> Fraction | None:
        optimum = best_correlated(values, payoffs, deviations)
        return None if isinstance(optimum, Unanswered) else optimum.value

    return _bounded(question, best)


def independent(question: ExpectedValue) -> Bounds | Unanswered:
    """Bounds over all play of agents who act independently; they need not be attained."""
    return _bounded(question, _upper)


def _upper(values: IntArray, payoffs: IntArray, deviations: Sequence[Deviation]) -> Fraction:
    """The least of several exact upper bounds on the value in independent play."""
    optimum = best_correlated(values, payoffs, deviations)
    bounds = [most(values, payoffs, deviations)]
    if not isinstance(optimum, Unanswered):
        bounds.append(optimum.value)
    if len(payoffs) == 2 and set(values.ravel().tolist()) <= {0, 1}:
        bounds.append(likeliest(values, payoffs, deviations))
    return min(bounds)


def _bounded(
    question: ExpectedValue,
    best: Callable[[IntArray, IntArray, Sequence[Deviation]], Fraction | None],
) -> Bounds | Unanswered:
    low = high = Fraction(0)
    for state, chance in question.prior.items():
        values, payoffs = question.values[state], question.payoffs[state]
        if values.size > MAX_PROFILES:
            return Unanswered("the game is too large for exact bounds")
        deviations = (
            question.deviations[state] if question.deviations else all_deviations(values.shape)
        )
        greatest, least = best(values, payoffs, deviations), best(-values, payoffs, deviations)
        if greatest is None or least is None:
            return Unanswered("the linear programme was not solved exactly")
        low -= chance * least
        high += chance * greatest
    return low, high
