"""Correlated equilibrium under deviations that no contract can punish (theory.md, T5).

An agent's deviation from action a to action b is invisible when it leaves the record unchanged
against all actions of the others. No transfer contract changes its gain, so the best welfare of a
distribution on which no invisible deviation improves bounds what any contract attains.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from coopgap.proofs.algebra.exact_lp import LinearProgram, Optimum, Row, least_size, solve
from coopgap.proofs.questions.correlated import CorrelatedOptimum, flat_profiles
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import Deviation
from coopgap.theory.exact import IntArray, common_denominator, widened
from coopgap.theory.languages import Language, records_in


def best_correlated(
    objective: IntArray, payoffs: IntArray, deviations: Sequence[Deviation]
) -> CorrelatedOptimum | None:
    """The greatest expected objective of a distribution on which none of the deviations improves.

    objective: integers of shape (actions…). payoffs: integers of shape (agents, actions…), each
    agent in its own unit. Such distributions (Aumann 1987) exist (Hart and Schmeidler 1989), so
    None means only that no exact optimum was certified in time.
    """
    size = objective.size
    count = len(deviations) + 1
    wide = widened(payoffs, 2).reshape(len(payoffs), size)
    rows, columns = [np.zeros(size, np.int64)], [np.arange(size)]
    entries: list[IntArray] = [np.ones(size, np.int64)]
    for row, deviation in enumerate(deviations, start=1):
        before, after = flat_profiles(objective.shape, deviation)
        own = wide[deviation[0]]
        rows.append(np.full(before.size, row))
        columns.append(before)
        entries.append(own[before] - own[after])
    optimum = solve(
        LinearProgram(
            objective=-widened(objective, 2).ravel(),
            rows=np.concatenate(rows),
            columns=np.concatenate(columns),
            coefficients=np.concatenate(entries),
            bounds=np.eye(1, count, dtype=np.int64)[0],
            equality=np.arange(count) == 0,
            nonnegative=np.ones(size, dtype=np.bool_),
        )
    )
    if not isinstance(optimum, Optimum):
        return None
    return CorrelatedOptimum(
        value=-optimum.value,
        distribution={flat: p for flat, p in enumerate(optimum.primal) if p},
        multipliers={
            deviation: y for deviation, y in zip(deviations, optimum.dual[1:], strict=True) if y
        },
    )


def attaining_transfers(
    environment: Environment,
    language: Language,
    contracts: Transfers,
    distributions: Mapping[int, Mapping[int, Fraction]],
) -> dict[int, tuple[Fraction, ...]] | None:
    """Transfers under which each state's distribution is a correlated equilibrium.

    Of these contracts it is one of least Σ |t|. ``distributions``: probabilities by state and flat
    index of the profile. Returns amounts in utils by record, one per agent; records not listed pay
    nothing. None if the class has no such contract, or none was certified in time.
    """
    agents = range(len(environment.players))
    records = {s: records_in(language, environment, s).tolist() for s in distributions}
    listed = sorted({record for of_state in records.values() for record in of_state})
    rows = list(_incentives(environment, records, distributions))
    if contracts.budget is not Budget.FREE:
        balanced = contracts.budget is Budget.BALANCED
        rows += [({(record, i): -1 for i in agents}, 0, balanced) for record in listed]
    if contracts.liability is not None:
        bound, unit = contracts.liability.as_integer_ratio()
        rows += [({(record, i): unit}, -bound, False) for record in listed for i in agents]
    amounts = least_size(rows, [(record, i) for record in listed for i in agents])
    if amounts is None:
        return None
    by_record = {record: tuple(amounts[record, i] for i in agents) for record in listed}
    return {record: of_record for record, of_record in by_record.items() if any(of_record)}


def _incentives(
    environment: Environment,
    records: Mapping[int, Sequence[int]],
    distributions: Mapping[int, Mapping[int, Fraction]],
) -> Iterator[Row[tuple[int, int]]]:
    """The rows that make each state's distribution a correlated equilibrium.

    Their columns are transfers by record and agent; records: by state and profile.
    """
    scale = common_denominator(p for x in distributions.values() for p in x.values())
    strides = [math.prod(environment.shape[agent + 1 :]) for agent in range(len(environment.shape))]
    for state, distribution in distributions.items():
        rows: dict[Deviation, tuple[dict[tuple[int, int], int], int]] = {}
        payoffs = environment.payoffs[:, state].reshape(len(strides), -1)
        for before, p in distribution.items():
            mass = int(p * scale)
            for agent, size in enumerate(environment.shape):
                action = before // strides[agent] % size
                for deviation in set(range(size)) - {action} if mass else ():
                    after = before + (deviation - action) * strides[agent]
                    terms, gain = rows.get((agent, action, deviation), ({}, 0))
                    for profile, weight in ((before, mass), (after, -mass)):
                        place = records[state][profile], agent
                        terms[place] = terms.get(place, 0) + weight * environment.denominator
                    gain += mass * (int(payoffs[agent, after]) - int(payoffs[agent, before]))
                    rows[agent, action, deviation] = terms, gain
        yield from ((*rows[deviation], False) for deviation in sorted(rows))
