"""Markov equilibria where growth has regimes and situations are few, backwards (theory.md, §4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from coopgap.proofs.commons import equilibria, populations
from coopgap.proofs.commons.equilibria import Demands, Kinds, Missing, Pick, Play, Solve
from coopgap.proofs.commons.regime_planner import later_rows
from coopgap.theory.commons.regimes import Situations, State


@dataclass(frozen=True)
class RegimePlay(Play):
    """An equilibrium where growth has regimes; demands by month and state."""

    situations: Situations
    demands: Sequence[Mapping[State, Demands]]


RegimeCaps = Callable[[int, State], int]
"""By month and state the place in the grid of the largest demand allowed."""


def symmetric(
    situations: Situations, level: Fraction, pick: Pick = "best", caps: RegimeCaps | None = None
) -> RegimePlay | Missing:
    """Agents who are alike, of one λ."""
    commons = situations.commons
    solve = partial(equilibria.stage_of, commons, level)
    return _backwards(situations, [(commons.agents, level)], solve, pick, caps)


def population(situations: Situations, prosocial: int, pick: Pick = "best") -> RegimePlay | Missing:
    """So many prosocial agents, and others that are selfish."""
    kinds = populations.kinds_of(situations.commons, prosocial)
    solve = partial(populations.stage_of, situations.commons, prosocial)
    return _backwards(situations, kinds, solve, pick)


def _backwards(
    situations: Situations, kinds: Kinds, solve: Solve, pick: Pick, caps: RegimeCaps | None = None
) -> RegimePlay | Missing:
    """The equilibrium picked month by month; or a situation that has none."""
    parts = len(kinds) + 1
    values: Sequence[Mapping[State, Fraction]] = [{}] * parts
    demands: list[Mapping[State, Demands]] = []
    several, order = False, equilibria.ordered(kinds, pick)
    for month in range(situations.commons.horizon, 0, -1):
        worth: Sequence[dict[State, Fraction]] = [{} for _ in range(parts)]
        row: dict[State, Demands] = {}
        for rows in zip(*(later_rows(situations, month, column) for column in values), strict=True):
            state = rows[0][0]
            stage = solve([later for _, later in rows])
            options = stage.equilibria(state.stock, caps(month, state) if caps else -1)
            if not options:
                name = situations.regimes.names[state.regime]
                return Missing(month, name, state.stock, state.past)
            several = several or len(options) > 1
            row[state], expected = min(options, key=order)
            for part, payoff in zip(worth, expected, strict=True):
                part[state] = payoff
        values = worth
        demands.insert(0, row)
    (first,) = situations.months[0]
    start = tuple(part[first] for part in values)
    return RegimePlay(situations.commons, kinds, start, several, situations, demands)
