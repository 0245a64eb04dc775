"""The best strategies of agents who do not all see the state, under contracts without messages.

Profiles of strategies are tried from the best down. A linear programme finds transfers for one, or
an obstruction, which excludes all others that it is part of (theory.md T3, with sums over cells).
The strictest directive that allows strategies leaves the deviations to classes that they use.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from fractions import Fraction

from coopgap.proofs.algebra.exact_lp import Infeasible, Optimum, Row
from coopgap.proofs.questions.obligations import Levels, unanswered_on
from coopgap.proofs.questions.private import (
    Amounts,
    BestStrategies,
    Excluded,
    LeastLevel,
    Strategies,
    Type,
)
from coopgap.proofs.questions.strategy_moves import Stopped, StrategyMove, StrategyMoves, Term
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, common_denominator, coprime

LEVEL: Term = (-1, -1)
"""The column of λ."""


class StrategySearch(StrategyMoves):
    """The search of profiles for an answer; Unanswered with the reason if there is none in time."""

    # Questions

    @unanswered_on(Stopped)
    def best(self, levels: Levels) -> BestStrategies:
        """V at these λ."""
        excluded: list[Excluded] = []
        for welfare, chosen in self.profiles():
            actions = self.actions(chosen)
            if any(known.part.items() <= actions.items() for known in excluded):
                continue
            answer = self.transfers(actions, levels)
            if isinstance(answer, Excluded):
                excluded.append(answer)
            else:
                value = Fraction(welfare, self.unit)
                return BestStrategies(value, chosen, answer, tuple(excluded))
        return BestStrategies(MINUS_INFINITY, None, {}, tuple(excluded))

    @unanswered_on(Stopped)
    def least(self, target: Fraction) -> LeastLevel:
        """The least common λ at which strategies of this welfare, in utils, are an equilibrium."""
        least: tuple[Fraction, Strategies, Amounts] | None = None
        excluded: list[Excluded] = []
        for welfare, chosen in self.profiles():
            if Fraction(welfare, self.unit) < target:
                break
            level, amounts, exclusion = self.level(self.actions(chosen))
            excluded += [exclusion] if exclusion is not None else []
            if isinstance(level, Fraction) and (least is None or level < least[0]):
                least = level, chosen, amounts
        else:
            chosen = ()
        below = chosen or None
        if least is None:
            return LeastLevel(INFINITY, None, {}, tuple(excluded), below)
        return LeastLevel(*least, tuple(excluded), below)

    @unanswered_on(Stopped)
    def equilibria(self, levels: Levels) -> tuple[Strategies, ...]:
        """All strategies that are an equilibrium without a contract, in ascending order."""
        assert self.setting.contracts is None
        stable = []
        for _, chosen in self.profiles():
            if time.monotonic() > self.deadline:
                raise Stopped("there was no time to try all strategies")
            moves = self.moves(self.actions(chosen))
            if all(gain <= levels[agent] * lost for agent, _, _, gain, lost, _ in moves):
                stable.append(chosen)
        return tuple(sorted(stable))

    # Linear programmes

    def transfers(self, actions: Mapping[Type, int], levels: Levels) -> Amounts | Excluded:
        """Transfers that deter all deviations, or deviations that none deter."""
        torn = self.torn(actions)
        if torn is not None:
            return torn
        scale = common_denominator(levels)
        moves = list(self.moves(actions))
        rows: list[Row[Term]] = []
        for agent, _, _, gain, lost, terms in moves:
            level = int(levels[agent] * scale)
            paid = {term: value * scale for term, value in terms.items()}
            rows.append((paid, scale * gain - level * lost, False))
        answer, columns = self.answered(rows, {})
        if isinstance(answer, Infeasible):
            return self.obstruction(actions, moves, answer.dual)
        return self.amounts(columns, answer)

    def level(
        self, actions: Mapping[Type, int]
    ) -> tuple[Fraction | None, Amounts, Excluded | None]:
        """The least λ of a profile, its transfers, and why no smaller λ suffices."""
        torn = self.torn(actions)
        if torn is not None:
            return None, {}, torn
        moves = list(self.moves(actions))
        rows = [({**terms, LEVEL: lost}, gain, False) for *_, gain, lost, terms in moves]
        answer, columns = self.answered(rows, {LEVEL: 1})
        if isinstance(answer, Infeasible):
            return None, {}, self.obstruction(actions, moves, answer.dual)
        exclusion = self.obstruction(actions, moves, answer.dual) if answer.value else None
        return answer.value, self.amounts(columns, answer), exclusion

    def answered(
        self, rows: Sequence[Row[Term]], aim: Mapping[Term, int]
    ) -> tuple[Optimum | Infeasible, list[Term]]:
        """The programme with the rows of budget and liability.

        Transfers are over the denominator of payoffs, so that they count prior for prior.
        """
        listed, agents = list(rows), range(len(self.game.players))
        for place in sorted({record for terms, *_ in rows for record, _ in terms if record >= 0}):
            listed += self.limits([(place, agent) for agent in agents])
        return self.solved(listed, aim, lambda column: column == LEVEL, LEVEL)

    def amounts(self, columns: Sequence[Term], optimum: Optimum) -> Amounts:
        """The transfers in utils, which are not zero, by record and agent."""
        pairs = zip(columns, optimum.primal, strict=True)
        return {c: x / self.game.denominator for c, x in pairs if c != LEVEL and x}

    def obstruction(
        self,
        actions: Mapping[Type, int],
        moves: Sequence[StrategyMove],
        dual: Sequence[Fraction],
    ) -> Excluded:
        """The deviations that weights of their rows exclude, and who must do what for them."""
        weights = [(move[:3], y) for move, y in zip(moves, dual, strict=False) if y]
        involved = {
            (i, own[s])
            for (agent, cell, _), _ in weights
            for s in self.setting.types[agent, cell]
            for i, own in enumerate(self.setting.information.cells)
        }
        involved |= {user for move, _ in weights if (user := self.user(actions, move)) is not None}
        part = {type_: actions[type_] for type_ in sorted(involved)}
        whole = coprime(y for _, y in weights)
        return Excluded(part, {move: y for (move, _), y in zip(weights, whole, strict=True)})
