"""How well the pure equilibria of a game fare: the best of them, and the worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from coopgap.proofs.questions.obligations import Reached
from coopgap.theory.contracts import DirectiveContract, TransferContract, with_transfers
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.languages import Language, ProductLanguage

Stable = NDArray[np.bool_]
"""Which profiles are pure equilibria in which states: Booleans of shape (states, actions…)."""


def best_and_worst(environment: Environment, stable: Stable) -> tuple[Fraction, Fraction] | None:
    """The greatest and the least expected welfare of these equilibria, in utils.

    None if a state of positive probability has none.
    """
    best = worst = Fraction(0)
    for state in environment.support:
        reached = environment.welfare[state][stable[state]]
        if not reached.size:
            return None
        best += environment.prior[state] * int(reached.max())
        worst += environment.prior[state] * int(reached.min())
    return best / environment.denominator, worst / environment.denominator


def under_transfers(
    environment: Environment, language: Language, amounts: Mapping[int, Sequence[Fraction]]
) -> Stable:
    """The pure equilibria of selfish agents under transfers, in utils by record and agent."""
    paid = {record: tuple(row) for record, row in amounts.items() if any(row)}
    if not paid:
        return pure_nash(environment.payoffs)
    return pure_nash(with_transfers(environment, TransferContract(language, paid)).payoffs)


def prescribed(language: ProductLanguage, reached: Reached) -> DirectiveContract:
    """The narrowest directive that allows what is reached."""
    allowed: dict[int, list[set[int]]] = {}
    for state, profile in reached.selection.items():
        of_cell = allowed.setdefault(language.cells[state], [set() for _ in profile])
        for agent, action in enumerate(profile):
            of_cell[agent].add(language.classes[agent][action])
    return DirectiveContract(
        language, {cell: tuple(map(frozenset, classes)) for cell, classes in allowed.items()}
    )


def under_directive(environment: Environment, directive: DirectiveContract) -> Stable:
    """The pure equilibria of selfish agents among what the directive allows them."""
    stable = np.zeros(environment.payoffs.shape[1:], dtype=np.bool_)
    for state in environment.support:
        allowed = [
            [a for a in range(size) if directive.permits(state, agent, a)]
            for agent, size in enumerate(environment.shape)
        ]
        inside = np.ix_(*allowed)
        payoffs = np.stack([own[state][inside] for own in environment.payoffs])
        stable[state][inside] = pure_nash(payoffs[:, None])[0]
    return stable
