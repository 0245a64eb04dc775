"""Bounds on correlated equilibria from deviations whose fines cancel (theory.md, T10).

A contract can punish a deviation that changes the record, but within its budget a fine for one
agent is paid to others, and tempts them. Deviations of several agents are weighted so that at each
profile all transfers cancel, whatever they are. The best welfare of a distribution on which no such
mixture of deviations improves bounds what any contract attains: this is T10's programme for each
state alone, where transfers may depend on what is recommended.
"""

from __future__ import annotations

import math

import numpy as np

from coopgap.proofs.algebra.exact_lp import LinearProgram, Optimum, solve
from coopgap.proofs.questions.correlated import CorrelatedOptimum, flat_profiles
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import all_deviations
from coopgap.theory.exact import IntArray, distinct
from coopgap.theory.languages import Language, records_in

ENTRY_LIMIT = 60_000
"""The largest number of coefficients of the programme."""

_Entries = tuple[IntArray, IntArray, IntArray]
"""Rows, columns, and coefficients."""


def best_within_budget(
    environment: Environment,
    language: Language,
    contracts: Transfers,
    state: int,
    seconds: float = 10.0,
) -> CorrelatedOptimum | None:
    """The greatest welfare in a state, with multipliers of deviations whose fines cancel.

    Numbers are as ``best_correlated`` has them for welfare and payoffs over the environment's
    denominator. None if the programme is too large or was not solved exactly in time, and where
    fines from outside never cancel, so that nothing is gained (free money without liability bound).
    """
    agents, size = len(environment.players), math.prod(environment.shape)
    if contracts.budget is Budget.FREE and contracts.liability is None:
        return None
    if agents * size * sum(environment.shape) > ENTRY_LIMIT:
        return None
    programme = _Programme(environment, language, state)
    first = 1 + len(programme.deviations)
    programme.add_incentives()
    balanced = programme.add_budget(contracts)
    optimum = solve(programme.built(balanced), seconds)
    if not isinstance(optimum, Optimum):
        return None
    duals = zip(programme.deviations, optimum.dual[1:first], strict=True)
    return CorrelatedOptimum(
        value=-optimum.value,
        distribution={a: p for a, p in enumerate(optimum.primal[:size]) if p},
        multipliers={deviation: y for deviation, y in duals if y},
    )


class _Programme:
    """The programme of one state.

    Columns are the profiles' probabilities and, for each profile and each record that it or a
    deviation from it leaves, what each agent is then paid, times the profile's probability.
    """

    def __init__(self, environment: Environment, language: Language, state: int) -> None:
        self._environment, self._state = environment, state
        self._agents, self._size = len(environment.players), math.prod(environment.shape)
        self.deviations = all_deviations(environment.shape)
        self._moved = [flat_profiles(environment.shape, each) for each in self.deviations]
        self._records = records_in(language, environment, state)
        self._count = int(self._records.max()) + 1
        seen = [self._key(told, after) for told, taken in self._moved for after in (told, taken)]
        self._keys = distinct(np.concatenate([np.empty(0, np.int64), *seen]))
        certain = (
            np.zeros(self._size, np.int64),
            np.arange(self._size),
            np.ones(self._size, np.int64),
        )
        self._parts: list[_Entries] = [certain]
        self._height = 1

    def _key(self, told: IntArray, after: IntArray) -> IntArray:
        """Numbers of pairs: a recommended profile, and the record of the one that is played."""
        key: IntArray = told * self._count + self._records[after]
        return key

    def _paid(self, told: IntArray, after: IntArray, agent: int) -> IntArray:
        places = np.searchsorted(self._keys, self._key(told, after))
        return self._size + places * self._agents + agent

    def add_incentives(self) -> None:
        """A row for each deviation: it does not pay."""
        for (agent, *_), (told, taken) in zip(self.deviations, self._moved, strict=True):
            own = self._environment.payoffs[agent, self._state].ravel()
            row, one = np.full(told.size, self._height), np.ones(told.size, np.int64)
            self._parts.append((row, told, own[told] - own[taken]))
            self._parts.append((row, self._paid(told, told, agent), one))
            self._parts.append((row, self._paid(told, taken, agent), -one))
            self._height += 1

    def add_budget(self, contracts: Transfers) -> range:
        """A row for each sum of payments, and for each fine; returns those that are equations."""
        start, columns = self._height, np.arange(self._keys.size * self._agents)
        if contracts.budget is not Budget.FREE:
            rows = start + columns // self._agents
            self._parts.append((rows, self._size + columns, np.full(columns.size, -1)))
            self._height += self._keys.size
        balanced = range(start, self._height if contracts.budget is Budget.BALANCED else start)
        if contracts.liability is not None:
            above, below = contracts.liability.as_integer_ratio()
            rows = self._height + columns
            fine = np.full(columns.size, above * self._environment.denominator)
            told = np.repeat(self._keys // self._count, self._agents)
            self._parts.append((rows, self._size + columns, np.full(columns.size, below)))
            self._parts.append((rows, told, fine))
            self._height += columns.size
        return balanced

    def built(self, balanced: range) -> LinearProgram:
        """The programme for the greatest welfare."""
        rows, columns, entries = (np.concatenate(each) for each in zip(*self._parts, strict=True))
        worth = self._environment.welfare[self._state].ravel()
        unpaid = np.zeros(self._keys.size * self._agents, dtype=worth.dtype)
        equality = np.zeros(self._height, dtype=np.bool_)
        equality[[0, *balanced]] = True
        return LinearProgram(
            objective=np.concatenate([-worth, unpaid]),
            rows=rows,
            columns=columns,
            coefficients=entries,
            bounds=np.eye(1, self._height, dtype=np.int64)[0],
            equality=equality,
            nonnegative=np.arange(worth.size + unpaid.size) < worth.size,
        )
