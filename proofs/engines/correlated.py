"""Correlated equilibrium under deviations that no contract can punish (theory.md, T5).

An agent's deviation from action a to action b is invisible when it leaves the record unchanged
against all actions of the others. No transfer contract changes its gain, so the best welfare of a
distribution on which no invisible deviation improves bounds what any contract attains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from coopgap.proofs.algebra.exact_lp import LinearProgram, Optimum, least_size, solve
from coopgap.proofs.questions.correlated import CorrelatedOptimum, flat_profiles
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import Deviation, all_deviations
from coopgap.theory.exact import IntArray, common_denominator, distinct, widened
from coopgap.theory.languages import Language, records_in


def best_correlated(
    objective: IntArray,
    payoffs: IntArray,
    deviations: Sequence[Deviation],
    seconds: float = 60.0,
) -> CorrelatedOptimum | None:
    """The greatest expected objective of a distribution on which none of the deviations improves.

    objective: integers of shape (actions…). payoffs: integers of shape (agents, actions…), each
    agent in its own unit. Such distributions (Aumann 1987) exist (Hart and Schmeidler 1989), so
    None means only that no exact optimum was certified within ``seconds``.
    """
    size = objective.size
    count = len(deviations) + 1
    wide = widened(payoffs, 2).reshape(len(payoffs), size)
    rows, columns = [np.zeros(size, np.int64)], [np.arange(size)]
    entries: list[IntArray] = [np.ones(size, np.int64)]
    for row, deviation in enumerate(deviations, start=1):
        told, taken = flat_profiles(objective.shape, deviation)
        own = wide[deviation[0]]
        rows.append(np.full(told.size, row))
        columns.append(told)
        entries.append(own[told] - own[taken])
    optimum = solve(
        LinearProgram(
            objective=-widened(objective, 2).ravel(),
            rows=np.concatenate(rows),
            columns=np.concatenate(columns),
            coefficients=np.concatenate(entries),
            bounds=np.eye(1, count, dtype=np.int64)[0],
            equality=np.arange(count) == 0,
            nonnegative=np.ones(size, dtype=np.bool_),
        ),
        seconds,
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
    seconds: float = 60.0,
) -> dict[int, tuple[Fraction, ...]] | None:
    """Transfers under which each state's distribution is a correlated equilibrium.

    Of these contracts it is one of least Σ |t|. ``distributions``: probabilities by state and flat
    index of the profile. Returns amounts in utils by record, one per agent; records not listed pay
    nothing. None if the class has no such contract, or none was certified within ``seconds``.
    """
    agents = len(environment.players)
    records = {state: records_in(language, environment, state) for state in distributions}
    listed = distinct(np.concatenate([np.empty(0, np.int64), *records.values()]))
    # The transfer of agent i at listed[k] is variable k · agents + i.
    count = listed.size * agents
    rows = _incentives(
        environment,
        {state: np.searchsorted(listed, of_state) * agents for state, of_state in records.items()},
        distributions,
    )
    incentives = len(rows)
    if contracts.budget is not Budget.FREE:
        budgets = np.arange(count).reshape(-1, agents)
        rows += [(of_record, np.full(agents, -1), 0) for of_record in budgets]
    budgeted = len(rows)
    if contracts.liability is not None:
        bound, unit = contracts.liability.as_integer_ratio()
        rows += [(np.array([variable]), np.array([unit]), -bound) for variable in range(count)]
    lengths = [variables.size for variables, _, _ in rows]
    variables = np.concatenate([np.empty(0, np.int64), *(row[0] for row in rows)])
    weights = np.concatenate([np.empty(0, np.int64), *(row[1] for row in rows)])
    amounts = least_size(
        np.repeat(np.arange(len(rows)), lengths),
        variables,
        weights,
        np.array([row[2] for row in rows], dtype=object),
        np.repeat(
            [False, contracts.budget is Budget.BALANCED, False],
            [incentives, budgeted - incentives, len(rows) - budgeted],
        ),
        count,
        seconds,
    )
    if amounts is None:
        return None
    by_record = {
        record: tuple(amounts[agents * k : agents * (k + 1)])
        for k, record in enumerate(listed.tolist())
    }
    return {record: of_record for record, of_record in by_record.items() if any(of_record)}


_Row = tuple[IntArray, IntArray, int]
"""Σ weights · variables ≥ bound: the variables, the weights, the bound."""


def _incentives(
    environment: Environment,
    places: Mapping[int, IntArray],
    distributions: Mapping[int, Mapping[int, Fraction]],
) -> list[_Row]:
    """The rows that make each state's distribution a correlated equilibrium.

    ``places``: by state, the index of the first agent's variable at every profile.
    """
    scale = common_denominator(p for x in distributions.values() for p in x.values())
    rows = []
    for state, distribution in distributions.items():
        place, mass = places[state], np.zeros(places[state].size, dtype=object)
        for profile, p in distribution.items():
            mass[profile] = int(p * scale)
        for deviation in all_deviations(environment.shape):
            agent = deviation[0]
            own = environment.payoffs[agent, state].astype(object).ravel()
            told, taken = flat_profiles(environment.shape, deviation)
            told, taken = told[mass[told] != 0], taken[mass[told] != 0]
            if told.size:
                weights = mass[told] * environment.denominator
                variables = np.concatenate([place[told], place[taken]]) + agent
                gain = int((mass[told] * (own[taken] - own[told])).sum())
                rows.append((variables, np.concatenate([weights, -weights]), gain))
    return rows
