"""Correlated play of agents who do not all see the state: a mediator draws strategies.

The mediator knows no state and tells each agent a strategy (Forges 1993, strategic form). Payments
that may depend on what was drawn give a linear programme whose dual bounds all contracts; contracts
that attain it are a second one (theory.md T5, with sums over cells).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.exact_lp import Optimum, Row
from coopgap.proofs.questions.obligations import unanswered_on
from coopgap.proofs.questions.private import (
    CorrelatedStrategies,
    PrivateSetting,
    Strategies,
    StrategyDeviation,
)
from coopgap.proofs.questions.strategy_moves import Stopped, StrategyMoves
from coopgap.theory.exact import common_denominator

MAX_MOVES = 6_000
"""The largest number of moves from all strategies together."""

Column = tuple[Any, ...]

DRAW = "draw"
"""Columns (DRAW, strategies): probabilities; others (strategies, record, agent): payments."""


IDLE: Column = (DRAW, ("contract",))
"""The column of a programme that needs none."""


def _is_draw(column: Column) -> bool:
    return bool(column[0] == DRAW)


@unanswered_on(Stopped)
def correlated_strategies(setting: PrivateSetting, seconds: float) -> CorrelatedStrategies:
    """The best correlated play of selfish agents if payments could depend on the draw."""
    return _Drawn(setting, seconds).optimum()


class _Drawn(StrategyMoves):
    def __init__(self, setting: PrivateSetting, seconds: float) -> None:
        super().__init__(setting, seconds)
        self.every = [chosen for _, chosen in self.profiles()]
        per_profile = sum(self.game.shape[agent] - 1 for agent, _ in self.types)
        if len(self.every) * per_profile > MAX_MOVES:
            raise Stopped(f"players have over {MAX_MOVES:,} deviations of strategies")

    def optimum(self) -> CorrelatedStrategies:
        rows, keys = self.incentives(self.every)
        listed: list[Row[Column]] = [(row, 0, False) for row in rows]
        agents = range(len(self.game.players))
        for chosen in self.every:
            for place in sorted({c[1] for row in rows for c in row if c[0] == chosen}):
                listed += self.limits([(chosen, place, i) for i in agents], (DRAW, chosen))
        listed.append(({(DRAW, chosen): 1 for chosen in self.every}, 1, True))
        aim = {(DRAW, chosen): -self.welfare(chosen) for chosen in self.every}
        best, columns = self.solved(listed, aim, _is_draw, IDLE)
        assert isinstance(best, Optimum), "every game has an equilibrium, and payoffs are bounded"
        drawn = {
            column[1]: share
            for column, share in zip(columns, best.primal, strict=True)
            if column[0] == DRAW and share
        }
        # The solver's rows were negated gains over the unit; so are multipliers on utils.
        multipliers = {key: y for key, y in zip(keys, best.dual, strict=False) if y}
        return CorrelatedStrategies(
            -best.value / self.unit, multipliers, drawn, self.attaining(drawn)
        )

    def incentives(
        self, every: Sequence[Strategies]
    ) -> tuple[list[dict[Column, int]], list[StrategyDeviation]]:
        """What each type loses by each move from each strategy that its agent may be told."""
        rows: dict[StrategyDeviation, dict[Column, int]] = {}
        for chosen in every:
            actions = self.actions(chosen)
            for agent, cell, action, gain, _, terms in self.moves(actions):
                own = tuple(a for (i, _), a in actions.items() if i == agent)
                row = rows.setdefault((agent, own, cell, action), {})
                row[DRAW, chosen] = -gain
                for (record, payee), count in terms.items():
                    if count:
                        column = chosen, record, payee
                        row[column] = row.get(column, 0) + count
        return list(rows.values()), list(rows)

    def attaining(
        self, drawn: Mapping[Strategies, Fraction]
    ) -> dict[tuple[int, int], Fraction] | None:
        """Transfers, which no draw changes, under which these draws are obeyed; None if none."""
        scale = common_denominator(drawn.values())
        rows, _ = self.incentives(list(drawn))
        contract, merged = ("contract",), list[Row[Column]]()
        for row in rows:
            terms: dict[Column, int] = {}
            lost = 0
            for column, count in row.items():
                chosen = column[1] if column[0] == DRAW else column[0]
                weight = int(drawn[chosen] * scale) * count
                if column[0] == DRAW:
                    lost += weight
                else:
                    key = contract, *column[1:]
                    terms[key] = terms.get(key, 0) + weight
            merged.append((terms, -lost, False))
        agents = range(len(self.game.players))
        for record in sorted({column[1] for row, *_ in merged for column in row}):
            merged += self.limits([(contract, record, agent) for agent in agents])
        answer, columns = self.solved(merged, {}, _is_draw, IDLE)
        if not isinstance(answer, Optimum):
            return None
        pairs = zip(columns, answer.primal, strict=True)
        return {(c[1], c[2]): x / self.game.denominator for c, x in pairs if c != IDLE and x}
