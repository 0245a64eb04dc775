"""Contracts that approach a correlated bound without attaining it.

They are rare random audits with large stakes (theory.md N1; Legros and Matthews 1993 for teams).
For every ε in (0, 1) the transfers fixed + growing / ε are to make the play (1 − ε) x + ε y a
correlated equilibrium. The gain of a deviation is then c₋₁/ε + c₀ + c₁ ε, which is at most 0 if all
three coefficients are; these are linear in the transfers for given x and tremble y.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgap.proofs.algebra.exact_lp import least_size
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import common_denominator
from coopgap.theory.languages import Language, records_in

Distribution = Mapping[int, Fraction]
"""Probabilities by flat index of the profile, the last agent's action varying fastest."""

ENTRY_LIMIT = 200_000
"""The largest number of coefficients of the programme."""

_Row = tuple[dict[int, Fraction], Fraction]
"""Coefficients by column, and the lower bound of their sum."""


@dataclass(frozen=True)
class Approach:
    """The trembles by state, and the two parts of the transfers in utils by record."""

    trembles: Mapping[int, Distribution]
    fixed: Mapping[int, tuple[Fraction, ...]]
    growing: Mapping[int, tuple[Fraction, ...]]


def approaching_transfers(
    environment: Environment,
    language: Language,
    contracts: Transfers,
    distributions: Mapping[int, Distribution],
) -> Approach | None:
    """Transfers that approach the distributions; None if the search finds none.

    ``distributions``: probabilities by state and flat index of the profile. The actions of one
    agent at a time tremble, then those of all. Contracts with a liability bound cannot grow, so
    they get None.
    """
    agents, profiles = len(environment.players), math.prod(environment.shape)
    entries = 12 * len(distributions) * profiles * sum(environment.shape)
    if contracts.liability is not None or entries > ENTRY_LIMIT:
        return None
    records = {s: records_in(language, environment, s).tolist() for s in distributions}
    listed = sorted({record for of_state in records.values() for record in of_state})
    column = {record: k * agents for k, record in enumerate(listed)}
    for trembling in ([i] for i in range(agents)):
        approach = _solved(environment, contracts, distributions, trembling, records, column)
        if approach is not None:
            return approach
    return _solved(environment, contracts, distributions, range(agents), records, column)


def _solved(
    environment: Environment,
    contracts: Transfers,
    distributions: Mapping[int, Distribution],
    trembling: range | list[int],
    records: Mapping[int, list[int]],
    column: Mapping[int, int],
) -> Approach | None:
    agents, width = len(environment.players), len(column) * len(environment.players)
    trembles = {s: _tremble(environment, x, trembling) for s, x in distributions.items()}
    rows: list[_Row] = []
    for state, play in distributions.items():
        at = [column[record] for record in records[state]]
        rows += _incentives(environment, state, play, trembles[state], at, width)
    incentives = len(rows)
    if contracts.budget is not Budget.FREE:
        every = range(0, 2 * width, agents)
        rows += [({k + i: Fraction(-1) for i in range(agents)}, Fraction(0)) for k in every]
    amounts = _least(rows, incentives, 2 * width, contracts.budget is Budget.BALANCED)
    if amounts is None:
        return None
    fixed, growing = (
        {
            record: tuple(amounts[start + k : start + k + agents])
            for record, k in column.items()
            if any(amounts[start + k : start + k + agents])
        }
        for start in (0, width)
    )
    return Approach(trembles, fixed, growing)


def _tremble(
    environment: Environment, play: Distribution, trembling: range | list[int]
) -> dict[int, Fraction]:
    """The play with the action of one of the trembling agents, each as likely, drawn at random."""
    shape = environment.shape
    chances: dict[int, Fraction] = {}
    for flat, probability in play.items():
        for agent in trembling:
            stride = math.prod(shape[agent + 1 :])
            first = flat - flat // stride % shape[agent] * stride
            share = probability / (len(trembling) * shape[agent])
            for action in range(shape[agent]):
                other = first + action * stride
                chances[other] = chances.get(other, Fraction(0)) + share
    return chances


def _incentives(
    environment: Environment,
    state: int,
    play: Distribution,
    tremble: Distribution,
    at: list[int],
    width: int,
) -> Iterator[_Row]:
    """The rows −c₋₁, −c₀, −c₁ ≥ 0 for every agent and deviation from a played action.

    An action is played if the play or the tremble gives it a positive probability.
    """
    for agent, size in enumerate(environment.shape):
        stride = math.prod(environment.shape[agent + 1 :])
        own = environment.payoffs[agent, state].ravel().tolist()
        for action in range(size):
            told = [a for a in {*play, *tremble} if a // stride % size == action]
            for other in set(range(size)) - {action} if told else ():
                coefficients: list[dict[int, Fraction]] = [{}, {}, {}]
                bounds = [Fraction(0)] * 3
                for a in told:
                    b = a + (other - action) * stride
                    x = play.get(a, Fraction(0))
                    shift = tremble.get(a, Fraction(0)) - x
                    gain = Fraction(own[b] - own[a], environment.denominator)
                    bounds[1] += x * gain
                    bounds[2] += shift * gain
                    for order, start, weight in (
                        (0, width, x),
                        (1, 0, x),
                        (1, width, shift),
                        (2, 0, shift),
                    ):
                        row = coefficients[order]
                        for place, sign in ((at[a], 1), (at[b], -1)):
                            k = start + place + agent
                            row[k] = row.get(k, Fraction(0)) + sign * weight
                yield from zip(coefficients, bounds, strict=True)


def _least(rows: list[_Row], incentives: int, width: int, balanced: bool) -> list[Fraction] | None:
    """The solution of least Σ |t|, with each amount as a difference of nonnegative columns."""
    entries = [
        (number, k, value)
        for number, (row, bound) in enumerate(rows)
        for scale in [common_denominator([*row.values(), bound])]
        for k, value in ((k, int(v * scale)) for k, v in row.items())
        if value
    ]
    bounds = [int(bound * common_denominator([*row.values(), bound])) for row, bound in rows]
    numbers, columns, values = (
        np.array([entry[k] for entry in entries], dtype=object if k == 2 else np.int64)
        for k in range(3)
    )
    equality = np.arange(len(rows)) >= (incentives if balanced else len(rows))
    return least_size(numbers, columns, values, np.array(bounds, dtype=object), equality, width)
