"""Contracts that approach a correlated bound without attaining it.

They are rare random audits with large stakes (theory.md N1; Legros and Matthews 1993 for teams).
For every ε in (0, 1) the transfers fixed + growing / ε are to make the play (1 − ε) x + ε y a
correlated equilibrium. The gain of a deviation is then c₋₁/ε + c₀ + c₁ ε, which is at most 0 if all
three coefficients are; these are linear in the transfers for given x and tremble y.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from coopgap.proofs.algebra.exact_lp import least_size
from coopgap.proofs.questions.correlated import flat_profiles
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import all_deviations
from coopgap.theory.languages import Language, records_in

Distribution = Mapping[int, Fraction]
"""Probabilities by flat index of the profile, the last agent's action varying fastest."""

ENTRY_LIMIT = 200_000
"""The largest number of coefficients of the programme."""

Column = tuple[int, int, int]
"""A part of the transfers, a record and an agent."""

PARTS = FIXED, GROWING = (0, 1)


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
    profiles = math.prod(environment.shape)
    entries = 12 * len(distributions) * profiles * sum(environment.shape)
    if contracts.liability is not None or entries > ENTRY_LIMIT:
        return None
    agents = range(len(environment.players))
    for trembling in (*([agent] for agent in agents), agents):
        trembles = {s: _tremble(environment, x, trembling) for s, x in distributions.items()}
        approach = _solved(environment, language, contracts, distributions, trembles)
        if approach is not None:
            return approach
    return None


def _solved(
    environment: Environment,
    language: Language,
    contracts: Transfers,
    distributions: Mapping[int, Distribution],
    trembles: Mapping[int, Distribution],
) -> Approach | None:
    agents = range(len(environment.players))
    records = {s: records_in(language, environment, s).tolist() for s in distributions}
    listed = sorted({record for of_state in records.values() for record in of_state})
    rows = [
        row
        for state, play in distributions.items()
        for row in _incentives(environment, state, play, trembles[state], records[state])
    ]
    if contracts.budget is not Budget.FREE:
        balanced = contracts.budget is Budget.BALANCED
        for part, y in product(PARTS, listed):
            rows.append(({(part, y, i): Fraction(-1) for i in agents}, Fraction(0), balanced))
    amounts = least_size(rows, list(product(PARTS, listed, agents)))
    if amounts is None:
        return None
    fixed, growing = (
        {y: row for y in listed if any(row := tuple(amounts[part, y, i] for i in agents))}
        for part in PARTS
    )
    return Approach(trembles, fixed, growing)


def _tremble(
    environment: Environment, play: Distribution, trembling: Sequence[int]
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
                profile = first + action * stride
                chances[profile] = chances.get(profile, Fraction(0)) + share
    return chances


def _incentives(
    environment: Environment,
    state: int,
    play: Distribution,
    tremble: Distribution,
    records: Sequence[int],
) -> Iterator[tuple[dict[Column, Fraction], Fraction, bool]]:
    """The rows −c₋₁, −c₀, −c₁ ≥ 0 for every agent and deviation from a played action.

    An action is played if the play or the tremble gives it a positive probability.
    """
    for deviation in all_deviations(environment.shape):
        agent = deviation[0]
        own = environment.payoffs[agent, state].ravel().tolist()
        coefficients: list[dict[Column, Fraction]] = [{}, {}, {}]
        bounds = [Fraction(0)] * 3
        before, after = (p.tolist() for p in flat_profiles(environment.shape, deviation))
        for a, b in zip(before, after, strict=True):
            if a not in play and a not in tremble:
                continue
            x = play.get(a, Fraction(0))
            shift = tremble.get(a, Fraction(0)) - x
            gain = Fraction(own[b] - own[a], environment.denominator)
            bounds[1] += x * gain
            bounds[2] += shift * gain
            for order, part, weight in (
                (0, GROWING, x),
                (1, FIXED, x),
                (1, GROWING, shift),
                (2, FIXED, shift),
            ):
                row = coefficients[order]
                for record, sign in ((records[a], 1), (records[b], -1)):
                    column = part, record, agent
                    row[column] = row.get(column, Fraction(0)) + sign * weight
        for row, bound in zip(coefficients, bounds, strict=True):
            yield row, bound, False
