"""Contracts under which correlated play is good, by ascent in the transfers.

For given transfers the best correlated equilibrium is a linear programme, whose multipliers say
which fines would help. The best welfare is not concave in the transfers, so what is found is good,
not best: a certified bound from one side.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from coopgap.proofs.questions.correlated import Best, flat_profiles
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import all_deviations
from coopgap.theory.exact import IntArray, common_denominator, distinct
from coopgap.theory.languages import Language, records_in

TRIALS = 60
"""The largest number of contracts that are tried."""

WORK = 20_000
"""The largest number of contracts × plays × agents."""

GRAIN = 256
"""The largest denominator of an amount that is tried, in units of the greatest payoff."""

SLACK = 1e-9
"""What a bound in floats may be above the welfare that it bounds, in units of the payoffs."""

_STEPS = (1.0, 0.25, 0.0625, 0.0156)
"""Steps along a direction, in units of the greatest payoff."""

Amounts = Mapping[int, Sequence[Fraction]]


@dataclass(frozen=True)
class Played:
    """A correlated equilibrium in each state under transfers, by record.

    welfare: in utils. uphill: by record and agent, how welfare changes with the amount.
    """

    welfare: Fraction
    distributions: Mapping[int, Mapping[int, Fraction]]
    amounts: Mapping[int, tuple[Fraction, ...]]
    uphill: NDArray[np.float64]


class Ascent:
    """The search for transfers of one language and class of contracts.

    best: finds the best correlated equilibrium of given payoffs. The search is by floats, which
    payoffs may exceed: it raises OverflowError, or FloatingPointError if NumPy is told to.
    """

    def __init__(
        self, environment: Environment, language: Language, contracts: Transfers, best: Best
    ) -> None:
        self._environment, self._contracts, self._best = environment, contracts, best
        self._agents, size = len(environment.players), math.prod(environment.shape)
        records = [records_in(language, environment, state) for state in environment.support]
        self._listed = distinct(np.concatenate(records))
        self._places = [np.searchsorted(self._listed, row) for row in records]
        self._moves = [
            (move, *flat_profiles(environment.shape, move))
            for move in all_deviations(environment.shape)
        ]
        self._unit = max(int(np.abs(environment.payoffs).max()) / environment.denominator, 1.0)
        self._known: dict[tuple[tuple[Fraction, ...], ...], Played | None] = {}
        # By state the payoffs of plays in utils, in floats, and the multipliers of each
        # programme that was solved, in the order of the moves.
        self._utils = [
            (environment.payoffs[:, state] / environment.denominator)
            .astype(np.float64)
            .reshape(self._agents, size)
            for state in environment.support
        ]
        self._multipliers: dict[int, list[list[float]]] = {s: [] for s in environment.support}
        self._trials = min(TRIALS, WORK // (len(records) * size * self._agents))

    def best(self, starts: Iterable[Amounts], enough: Fraction) -> Played | None:
        """The best play that is found, from these contracts on; more than enough is not sought."""
        tables = [self._table(start) for start in starts]
        best: Played | None = None
        for table in (np.zeros((self._listed.size, self._agents)), *tables):
            best = self._better(best, table)
        while best is not None and best.welfare < enough and self._trials > 0:
            start, centre = best, self._table(best.amounts)
            for direction in self._directions(best):
                plays = [
                    self._better(best, centre + step * self._unit * direction) for step in _STEPS
                ]
                best = max(
                    (play for play in plays if play is not None), key=lambda play: play.welfare
                )
                if best is not start:
                    break
            if best is start:
                break
        return best

    def _table(self, amounts: Amounts) -> NDArray[np.float64]:
        nothing = (0,) * self._agents
        return np.array([[*map(float, amounts.get(k, nothing))] for k in self._listed.tolist()])

    def _directions(self, best: Played) -> Iterator[NDArray[np.float64]]:
        """Where to go: uphill, then one amount at a time."""
        height = np.abs(best.uphill).max()
        if height > 0:
            yield best.uphill / height
        for place in range(best.uphill.size):
            for sign in (1.0, -1.0):
                single = np.zeros(best.uphill.size)
                single[place] = sign
                yield single.reshape(best.uphill.shape)

    def _better(self, best: Played | None, table: NDArray[np.float64]) -> Played | None:
        """The better of a play and of what an allowed contract near these amounts leads to."""
        if self._trials <= 0:
            return best
        self._trials -= 1
        rows = self._allowed(table)
        # Budget and liability often lead from several directions to one contract.
        contract = tuple(map(tuple, rows))
        if contract not in self._known:
            helps = best is None or (self._most(rows) > float(best.welfare) + SLACK * self._unit)
            self._known[contract] = self._played(rows) if helps else None
        play = self._known[contract]
        return play if best is None or (play and play.welfare > best.welfare) else best

    def _allowed(self, table: NDArray[np.float64]) -> list[list[Fraction]]:
        """Amounts near these that keep the budget and the liability bound."""
        grain, budget = max(1, round(GRAIN / self._unit)), self._contracts.budget
        rows: list[list[Fraction]] = []
        for row in table.tolist():
            whole = [round(amount * grain) for amount in row]
            excess = sum(whole)
            if budget is Budget.FREE or (budget is Budget.BURNT and excess <= 0):
                excess = 0
            share = self._agents * grain
            rows.append([Fraction(self._agents * amount - excess, share) for amount in whole])
        bound, lowest = self._contracts.liability, min(min(row) for row in rows)
        if bound is not None and lowest < -bound:
            rows = [[amount * bound / -lowest for amount in row] for row in rows]
        return rows

    def _most(self, rows: list[list[Fraction]]) -> float:
        """A bound on the welfare under these amounts, by weak duality: what cannot help is skipped.

        Multipliers that are optimal under some transfers give a bound under all others as well.
        """
        game, total = self._environment, 0.0
        fines = np.array(rows, dtype=np.float64)
        for state, places, own in zip(game.support, self._places, self._utils, strict=True):
            payoffs = own + fines[places].T
            gains = np.zeros((len(self._moves), places.size))
            for gain, ((agent, *_), before, after) in zip(gains, self._moves, strict=True):
                gain[before] = payoffs[agent, after] - payoffs[agent, before]
            worth = own.sum(axis=0) - np.array(self._multipliers[state]) @ gains
            total += float(game.prior[state]) * float(worth.max(axis=1).min())
        return total

    def _played(self, rows: list[list[Fraction]]) -> Played | None:
        game, deviations = self._environment, [move for move, _, _ in self._moves]
        scale = common_denominator(amount for row in rows for amount in row)
        fines = np.array(
            [[int(v * scale) * game.denominator for v in row] for row in rows], dtype=object
        )
        welfare, distributions = Fraction(0), dict[int, Mapping[int, Fraction]]()
        uphill = np.zeros(fines.shape)
        for state, places in zip(game.support, self._places, strict=True):
            transfers = fines[places].T.reshape(self._agents, *game.shape)
            payoffs: IntArray = game.payoffs[:, state].astype(object) * scale + transfers
            optimum = self._best(game.welfare[state], payoffs, deviations)
            if optimum is None:
                return None
            welfare += game.prior[state] * optimum.value / game.denominator
            distributions[state] = optimum.distribution
            multipliers = [float(optimum.multipliers.get(move, 0) * scale) for move in deviations]
            self._multipliers[state].append(multipliers)
            mass = np.zeros(places.size)
            mass[list(optimum.distribution)] = [*map(float, optimum.distribution.values())]
            pairs = zip(self._moves, multipliers, strict=True)
            for (move, before, after), multiplier in pairs:
                weight = multiplier * float(game.prior[state])
                if weight:
                    np.add.at(uphill[:, move[0]], places[before], weight * mass[before])
                    np.add.at(uphill[:, move[0]], places[after], -weight * mass[before])
        if self._contracts.budget is Budget.BALANCED:
            uphill -= uphill.mean(axis=1, keepdims=True)
        amounts = {
            record: tuple(row)
            for record, row in zip(self._listed.tolist(), rows, strict=True)
            if any(row)
        }
        return Played(welfare, distributions, amounts, uphill)
