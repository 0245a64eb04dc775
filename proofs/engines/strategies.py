"""The best strategies of agents who do not all see the state, under transfers without messages.

Profiles of strategies are tried from the best down. A linear programme finds transfers for one, or
an obstruction, which excludes all others that it is part of (theory.md T3, with sums over cells).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

import numpy as np

from coopgap.proofs.algebra.exact_lp import Infeasible, LinearProgram, Optimum, solve
from coopgap.proofs.questions.obligations import Levels, Unanswered
from coopgap.proofs.questions.private import (
    Amounts,
    BestStrategies,
    Excluded,
    LeastLevel,
    PrivateSetting,
    Strategies,
    Type,
)
from coopgap.theory.contracts import Budget
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, common_denominator, integer_array
from coopgap.theory.languages import record_table

MAX_PROFILES = 20_000
"""The largest number of profiles of strategies."""

Term = tuple[int, int]
"""A record and an agent."""

LEVEL: Term = (-1, -1)
"""The column of λ."""

Row = tuple[dict[Term, int], int]
"""Σ terms ≥ bound."""


def best_strategies(
    setting: PrivateSetting, levels: Levels, seconds: float = 60.0
) -> BestStrategies | Unanswered:
    """V at these λ; Unanswered with the reason."""
    search = _Search(setting, seconds)
    try:
        return search.best(levels)
    except _Stopped as reason:
        return Unanswered(str(reason))


def least_level(
    setting: PrivateSetting, target: Fraction, seconds: float = 60.0
) -> LeastLevel | Unanswered:
    """The least common λ at which strategies of this welfare, in utils, are an equilibrium."""
    search = _Search(setting, seconds)
    try:
        return search.least(target)
    except _Stopped as reason:
        return Unanswered(str(reason))


class _Stopped(Exception):
    """There is no answer; the message says why."""


class _Search:
    def __init__(self, setting: PrivateSetting, seconds: float) -> None:
        self.setting, self.deadline = setting, time.monotonic() + seconds
        game = self.game = setting.environment
        self.types = list(setting.types)
        self.mass = common_denominator(game.prior)
        self.prior = {s: int(game.prior[s] * self.mass) for s in game.support}
        self.unit = self.mass * game.denominator
        self.records = None
        if setting.language is not None:
            self.records = record_table(setting.language, game)

    def profiles(self) -> list[tuple[int, Strategies]]:
        """All profiles of strategies with their welfare over ``unit``, the best first."""
        sizes = [self.game.shape[agent] for agent, _ in self.types]
        if math.prod(sizes) > MAX_PROFILES:
            raise _Stopped(f"players have over {MAX_PROFILES:,} profiles of strategies")
        found = [(self.welfare(each), each) for each in product(*map(range, sizes))]
        return sorted(found, key=lambda each: (-each[0], each[1]))

    def welfare(self, chosen: Strategies) -> int:
        actions = self.actions(chosen)
        return sum(
            prior * int(self.game.welfare[(s, *self.setting.played(actions, s))])
            for s, prior in self.prior.items()
        )

    def actions(self, chosen: Strategies) -> dict[Type, int]:
        return dict(zip(self.types, chosen, strict=True))

    # Questions

    def best(self, levels: Levels) -> BestStrategies:
        excluded: list[Excluded] = []
        for welfare, chosen in self.profiles():
            actions = self.actions(chosen)
            if any(each.part.items() <= actions.items() for each in excluded):
                continue
            found = self.transfers(actions, levels)
            if isinstance(found, Excluded):
                excluded.append(found)
            else:
                value = Fraction(welfare, self.unit)
                return BestStrategies(value, chosen, found, tuple(excluded))
        return BestStrategies(MINUS_INFINITY, None, {}, tuple(excluded))

    def least(self, target: Fraction) -> LeastLevel:
        least: tuple[Fraction, Strategies, Amounts] | None = None
        excluded: list[Excluded] = []
        for welfare, chosen in self.profiles():
            if Fraction(welfare, self.unit) < target:
                break
            level, amounts, why = self.level(self.actions(chosen))
            excluded += [why] if why is not None else []
            if isinstance(level, Fraction) and (least is None or level < least[0]):
                least = level, chosen, amounts
        else:
            chosen = ()
        below = chosen or None
        if least is None:
            return LeastLevel(INFINITY, None, {}, tuple(excluded), below)
        return LeastLevel(*least, tuple(excluded), below)

    # Linear programmes

    def transfers(self, actions: Mapping[Type, int], levels: Levels) -> Amounts | Excluded:
        """Transfers that deter all deviations, or deviations that none deter."""
        scale = common_denominator(levels)
        moves = list(self.moves(actions))
        rows: list[Row] = []
        for agent, _, _, gain, lost, terms in moves:
            level = int(levels[agent] * scale)
            paid = {term: value * scale for term, value in terms.items()}
            rows.append((paid, scale * gain - level * lost))
        answer, columns = self.solved(rows, {})
        if isinstance(answer, Infeasible):
            return self.obstruction(actions, moves, answer.dual)
        return self.amounts(columns, answer)

    def level(
        self, actions: Mapping[Type, int]
    ) -> tuple[Fraction | None, Amounts, Excluded | None]:
        """The least λ of a profile, its transfers, and why no smaller λ suffices."""
        moves = list(self.moves(actions))
        rows = [({**terms, LEVEL: lost}, gain) for *_, gain, lost, terms in moves]
        answer, columns = self.solved(rows, {LEVEL: 1})
        if isinstance(answer, Infeasible):
            return None, {}, self.obstruction(actions, moves, answer.dual)
        why = self.obstruction(actions, moves, answer.dual) if answer.value else None
        return answer.value, self.amounts(columns, answer), why

    def moves(
        self, actions: Mapping[Type, int]
    ) -> Iterator[tuple[int, int, int, int, int, dict[Term, int]]]:
        """Agent, cell and new action; gain and lost welfare; what transfers count for.

        Payoffs are over ``unit``, sums over the states of the cell.
        """
        payoffs, welfare = self.game.payoffs, self.game.welfare
        for (agent, cell), states in self.setting.types.items():
            for action in range(self.game.shape[agent]):
                if action == actions[agent, cell]:
                    continue
                gain = lost = 0
                terms: dict[Term, int] = {}
                for s in states:
                    here = self.setting.played(actions, s)
                    there = (*here[:agent], action, *here[agent + 1 :])
                    prior = self.prior[s]
                    gain += prior * int(payoffs[(agent, s, *there)] - payoffs[(agent, s, *here)])
                    lost += prior * int(welfare[(s, *here)] - welfare[(s, *there)])
                    if self.records is not None:
                        for play, sign in ((here, prior), (there, -prior)):
                            place = int(self.records[(s, *play)]), agent
                            terms[place] = terms.get(place, 0) + sign
                yield agent, cell, action, gain, lost, terms

    def solved(
        self, rows: Sequence[Row], aim: Mapping[Term, int]
    ) -> tuple[Optimum | Infeasible, list[Term]]:
        """The programme with the rows of budget and liability.

        Transfers are over the denominator of payoffs, so that they count prior for prior.
        """
        listed, equal = list(rows), [False] * len(rows)
        places = sorted({record for terms, _ in rows for record, _ in terms if record >= 0})
        agents = range(len(self.game.players))
        contracts = self.setting.contracts
        if contracts is not None:
            for record in places:
                if contracts.budget is not Budget.FREE:
                    listed.append(({(record, agent): -1 for agent in agents}, 0))
                    equal.append(contracts.budget is Budget.BALANCED)
                if contracts.liability is not None:
                    bound = contracts.liability
                    for agent in agents:
                        least = -bound.numerator * self.game.denominator
                        listed.append(({(record, agent): bound.denominator}, least))
                        equal.append(False)
        columns = list(dict.fromkeys([*aim, *(t for terms, _ in listed for t in terms)]))
        columns = columns or [LEVEL]
        index = {column: k for k, column in enumerate(columns)}
        entries = [
            (r, index[c], v) for r, (terms, _) in enumerate(listed) for c, v in terms.items()
        ]
        numbers, where, values = zip(*(entries or [(0, 0, 0)]), strict=True)
        found = solve(
            LinearProgram(
                objective=np.array([aim.get(column, 0) for column in columns]),
                rows=np.array(numbers),
                columns=np.array(where),
                coefficients=integer_array(values, (-1,)),
                bounds=integer_array([bound for _, bound in listed] or [0], (-1,)),
                equality=np.array(equal or [True]),
                nonnegative=np.array([column == LEVEL for column in columns]),
            ),
            self.deadline - time.monotonic(),
        )
        if not isinstance(found, Optimum | Infeasible):
            raise _Stopped("a linear programme was not solved exactly in time")
        return found, columns

    def amounts(self, columns: Sequence[Term], found: Optimum) -> Amounts:
        pairs = zip(columns, found.primal, strict=True)
        return {c: x / self.game.denominator for c, x in pairs if c != LEVEL and x}

    def obstruction(
        self,
        actions: Mapping[Type, int],
        moves: Sequence[tuple[int, int, int, int, int, dict[Term, int]]],
        dual: Sequence[Fraction],
    ) -> Excluded:
        weights = [(move[:3], y) for move, y in zip(moves, dual, strict=False) if y]
        scale = common_denominator([y for _, y in weights])
        whole = [int(y * scale) for _, y in weights]
        divisor = math.gcd(*whole)
        involved = {
            (i, own[s])
            for (agent, cell, _), _ in weights
            for s in self.setting.types[agent, cell]
            for i, own in enumerate(self.setting.information.cells)
        }
        part = {each: actions[each] for each in sorted(involved)}
        pairs = zip((move for move, _ in weights), whole, strict=True)
        return Excluded(part, {move: weight // divisor for move, weight in pairs})
