"""Bounds on correlated equilibria from deviations whose fines cancel (theory.md, T10).

A contract can punish a deviation that changes the record, but within its budget a fine for one
agent is paid to others, and tempts them. Deviations of several agents are weighted so that at each
profile all transfers cancel, whatever they are. The best welfare of a distribution on which no such
mixture of deviations improves bounds what any contract attains: this is T10's programme for each
state alone, where transfers may depend on what is recommended.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from coopgap.proofs.algebra.exact_lp import Optimum, Row, programme, solve
from coopgap.proofs.questions.correlated import CorrelatedOptimum, flat_profiles
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import Deviation, all_deviations
from coopgap.theory.languages import Language, records_in

ENTRY_LIMIT = 60_000
"""The largest number of coefficients of the programme."""

SECONDS = 10.0
"""How long the programme may take."""

Column = int | tuple[int, int, int]
"""The probability of a profile; or, times that of the first one, what an agent is then paid at a
record: the profile that is recommended, the record, and the agent."""


def best_within_budget(
    environment: Environment,
    language: Language,
    contracts: Transfers,
    state: int,
) -> CorrelatedOptimum | None:
    """The greatest welfare in a state, with multipliers of deviations whose fines cancel.

    Numbers are as ``best_correlated`` has them for welfare and payoffs over the environment's
    denominator. None if the programme is too large or was not solved exactly in time, and where
    fines from outside never cancel, so that nothing is gained (free money without liability bound).
    """
    agents, size = range(len(environment.players)), math.prod(environment.shape)
    if contracts.budget is Budget.FREE and contracts.liability is None:
        return None
    if len(agents) * size * sum(environment.shape) > ENTRY_LIMIT:
        return None
    rows: list[Row[Column]] = [(dict.fromkeys(range(size), 1), 1, True)]
    deviations = all_deviations(environment.shape)
    records = records_in(language, environment, state).tolist()
    rows += [(_advantage(environment, records, state, move), 0, False) for move in deviations]
    places = sorted({c[:2] for terms, *_ in rows for c in terms if isinstance(c, tuple)})
    if contracts.budget is not Budget.FREE:
        balanced = contracts.budget is Budget.BALANCED
        rows += [({(*place, i): -1 for i in agents}, 0, balanced) for place in places]
    if contracts.liability is not None:
        above, below = contracts.liability.as_integer_ratio()
        fine = above * environment.denominator
        fines = [(profile, record, agent) for profile, record in places for agent in agents]
        rows += [({column: below, column[0]: fine}, 0, False) for column in fines]
    aim = {a: -w for a, w in enumerate(environment.welfare[state].ravel().tolist())}
    columns = [*range(size), *((*place, i) for place in places for i in agents)]
    optimum = solve(programme(rows, aim, columns, lambda column: isinstance(column, int)), SECONDS)
    if not isinstance(optimum, Optimum):
        return None
    return CorrelatedOptimum(
        value=-optimum.value,
        distribution={a: p for a, p in enumerate(optimum.primal[:size]) if p},
        multipliers={
            deviation: y for deviation, y in zip(deviations, optimum.dual[1:], strict=False) if y
        },
    )


def _advantage(
    environment: Environment, records: Sequence[int], state: int, deviation: Deviation
) -> dict[Column, int]:
    """What an agent gets more by not deviating, in terms of the columns."""
    agent, terms = deviation[0], dict[Column, int]()
    own = environment.payoffs[agent, state].ravel().tolist()
    before, after = (profiles.tolist() for profiles in flat_profiles(environment.shape, deviation))
    for a, b in zip(before, after, strict=True):
        terms[a] = own[a] - own[b]
        for played, sign in ((a, 1), (b, -1)):
            column = a, records[played], agent
            terms[column] = terms.get(column, 0) + sign
    return terms
