"""Moves from strategies of agents who do not all see the state.

A type moves to another action in all states of its cell.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

from coopgap.proofs.algebra.exact_lp import Column, Infeasible, Optimum, Row, programme, solve
from coopgap.proofs.questions.private import Excluded, PrivateSetting, Strategies, Type
from coopgap.theory.contracts import Budget, Directives, Transfers
from coopgap.theory.exact import common_denominator
from coopgap.theory.languages import record_table

MAX_PROFILES = 20_000
"""The largest number of profiles of strategies."""

Term = tuple[int, int]
"""A record and an agent."""

StrategyMove = tuple[int, int, int, int, int, dict[Term, int]]
"""Agent, cell and new action; gain and lost welfare; what transfers before less after count for.

All are sums over the states of the cell; payoffs are over ``StrategyMoves.unit``, transfers over
the denominator of payoffs.
"""


class Stopped(Exception):
    """There is no answer; the message says why."""


class StrategyMoves:
    """The strategies in a setting, the moves from them, and programmes of payments, in time."""

    def __init__(self, setting: PrivateSetting, seconds: float) -> None:
        self.setting = setting
        self.deadline = time.monotonic() + seconds
        game = self.game = setting.environment
        self.types = list(setting.types)
        self.mass = common_denominator(game.prior)
        self.prior = {s: int(game.prior[s] * self.mass) for s in game.support}
        self.unit = self.mass * game.denominator
        self.records = None
        if setting.language is not None and isinstance(setting.contracts, Transfers):
            self.records = record_table(setting.language, game)

    def profiles(self) -> list[tuple[int, Strategies]]:
        """All profiles of strategies with their welfare over ``unit``, the best first.

        Raises Stopped for too many.
        """
        sizes = [self.game.shape[agent] for agent, _ in self.types]
        if math.prod(sizes) > MAX_PROFILES:
            raise Stopped(f"players have over {MAX_PROFILES:,} profiles of strategies")
        valued = [(self.welfare(profile), profile) for profile in product(*map(range, sizes))]
        return sorted(valued, key=lambda pair: (-pair[0], pair[1]))

    def welfare(self, chosen: Strategies) -> int:
        """Their welfare, over ``unit``."""
        actions = self.actions(chosen)
        return sum(
            prior * int(self.game.welfare[(s, *self.setting.played(actions, s))])
            for s, prior in self.prior.items()
        )

    def actions(self, chosen: Strategies) -> dict[Type, int]:
        """The action of each type."""
        return dict(zip(self.types, chosen, strict=True))

    def moves(self, actions: Mapping[Type, int]) -> Iterator[StrategyMove]:
        """All moves from strategies; under a directive those that it allows."""
        payoffs, welfare = self.game.payoffs, self.game.welfare
        for (agent, cell), states in self.setting.types.items():
            for action in range(self.game.shape[agent]):
                move = agent, cell, action
                if action == actions[agent, cell] or self.user(actions, move) is None:
                    continue
                gain = lost = 0
                terms: dict[Term, int] = {}
                for s in states:
                    profile = self.setting.played(actions, s)
                    moved = (*profile[:agent], action, *profile[agent + 1 :])
                    prior = self.prior[s]
                    gain += prior * int(payoffs[(agent, s, *moved)] - payoffs[(agent, s, *profile)])
                    lost += prior * int(welfare[(s, *profile)] - welfare[(s, *moved)])
                    if self.records is not None:
                        for play, sign in ((profile, prior), (moved, -prior)):
                            place = int(self.records[(s, *play)]), agent
                            terms[place] = terms.get(place, 0) + sign
                yield agent, cell, action, gain, lost, terms

    # Programmes

    def limits(self, paid: Sequence[Column], draw: Column | None = None) -> list[Row[Column]]:
        """Budget and liability of what agents are paid at a record, over payoffs' denominator.

        draw: the column of a probability by which payments are multiplied.
        """
        contracts, rows = self.setting.contracts, list[Row[Column]]()
        if not isinstance(contracts, Transfers):
            return rows
        if contracts.budget is not Budget.FREE:
            rows.append((dict.fromkeys(paid, -1), 0, contracts.budget is Budget.BALANCED))
        if contracts.liability is not None:
            above, below = contracts.liability.as_integer_ratio()
            fine = above * self.game.denominator
            for column in paid:
                if draw is None:
                    rows.append(({column: below}, -fine, False))
                else:
                    rows.append(({column: below, draw: fine}, 0, False))
        return rows

    def solved(
        self,
        rows: Sequence[Row[Column]],
        aim: Mapping[Column, int],
        nonnegative: Callable[[Column], bool],
        idle: Column,
    ) -> tuple[Optimum | Infeasible, list[Column]]:
        """The programme's answer, with its columns; idle: the one that it has if it needs none.

        Raises Stopped where it is not solved exactly in time.
        """
        columns = list(dict.fromkeys([*aim, *(c for terms, *_ in rows for c in terms)])) or [idle]
        lp = programme(rows, aim, columns, nonnegative)
        answer = solve(lp, self.deadline - time.monotonic())
        if not isinstance(answer, Optimum | Infeasible):
            raise Stopped("a linear programme was not solved exactly in time")
        return answer, columns

    # Directives

    def used(self, actions: Mapping[Type, int]) -> dict[tuple[int, int, int], Type]:
        """A type that plays each class that is in use, by agent, cell of the language and class."""
        if not isinstance(self.setting.contracts, Directives):
            return {}
        cells, classes = self.setting.verified
        users: dict[tuple[int, int, int], Type] = {}
        for (agent, cell), action in actions.items():
            place = cells[self.setting.types[agent, cell][0]]
            users.setdefault((agent, place, classes[agent][action]), (agent, cell))
        return users

    def torn(self, actions: Mapping[Type, int]) -> Excluded | None:
        """Two types of whom a complete directive would have to allow two classes."""
        contracts = self.setting.contracts
        if not isinstance(contracts, Directives) or contracts.permissive:
            return None
        users: dict[tuple[int, int], Type] = {}
        for (agent, place, _), type_ in self.used(actions).items():
            earlier = users.setdefault((agent, place), type_)
            if earlier != type_:
                return Excluded({user: actions[user] for user in sorted((earlier, type_))}, {})
        return None

    def user(self, actions: Mapping[Type, int], move: tuple[int, int, int]) -> Type | None:
        """A type by which a directive allows the action of a deviation; None if it does not."""
        agent, cell, action = move
        if not isinstance(self.setting.contracts, Directives):
            return agent, cell
        cells, classes = self.setting.verified
        place = cells[self.setting.types[agent, cell][0]]
        return self.used(actions).get((agent, place, classes[agent][action]))
