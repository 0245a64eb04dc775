"""Markov equilibria where growth has regimes and situations are few, backwards (theory.md, §4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.commons import equilibria, populations
from coopgap.proofs.commons.equilibria import Missing, Pick
from coopgap.proofs.commons.regime_planner import later_rows
from coopgap.theory.commons.regimes import Situations, State

Demands = tuple[int, ...]
"""What each agent of a kind demands, by kind."""

Payoffs = tuple[Fraction, ...]
"""What an agent of each kind can expect, in units, and last for how many months the resource is
there."""

Found = Sequence[tuple[Demands, Payoffs]]
"""The equilibria of a situation."""

Stage = Callable[[int, State, Sequence[Sequence[Fraction]]], Found]
"""The equilibria of a month and state, given by part of the payoffs what is expected later, by what
is left of the stock."""


@dataclass(frozen=True)
class Play:
    """An equilibrium of kinds: how many agents, and their λ, None where W comes first.

    demands: by month and state. several: whether some situation has another one.
    """

    situations: Situations
    kinds: Sequence[tuple[int, Fraction | None]]
    start: Payoffs
    demands: Sequence[Mapping[State, Demands]]
    several: bool

    @property
    def value(self) -> Fraction:
        """The expected total catch from the start, in units."""
        pairs = zip(self.kinds, self.start[:-1], strict=True)
        return sum((count * own for (count, _), own in pairs), start=Fraction(0))

    @property
    def survival(self) -> Fraction:
        """The expected share of the months at whose beginning the resource is there."""
        return self.start[-1] / self.situations.commons.horizon


def symmetric(
    situations: Situations,
    level: Fraction,
    pick: Pick = "best",
    caps: Callable[[int, State], int] | None = None,
) -> Play | Missing:
    """Agents who are alike, of one λ; caps: the place in the grid of the largest demand allowed."""
    commons = situations.commons

    def stage(month: int, state: State, later: Sequence[Sequence[Fraction]]) -> Found:
        own, lasting = later
        here = equilibria.stage_of(commons, level, own)
        found = []
        for demand, got in here.equilibria(state.stock, caps(month, state) if caps else -1):
            left = max(0, state.stock - commons.agents * demand)
            found.append(((demand,), (got, 1 + lasting[left])))
        return found

    return _play(situations, [(commons.agents, level)], stage, pick)


def population(situations: Situations, prosocial: int, pick: Pick = "best") -> Play | Missing:
    """So many prosocial agents, and others that are selfish."""
    commons = situations.commons
    kinds = [(prosocial, None), (commons.agents - prosocial, Fraction(0))]
    there = [place for place, (count, _) in enumerate(kinds) if count]

    def stage(_: int, state: State, later: Sequence[Sequence[Fraction]]) -> Found:
        nothing = [Fraction(0)] * (state.stock + 1)
        rows = dict(zip([*there, 2], later, strict=True))
        here = populations.stage_of(
            commons, prosocial, [rows.get(place, nothing) for place in range(3)]
        )
        return [
            (tuple(pair[place] for place in there), tuple(got[place] for place in (*there, 2)))
            for pair, got in here.equilibria(state.stock)
        ]

    return _play(situations, [kinds[place] for place in there], stage, pick)


def _play(
    situations: Situations,
    kinds: Sequence[tuple[int, Fraction | None]],
    stage: Stage,
    pick: Pick,
) -> Play | Missing:
    """The equilibrium picked month by month; or a situation that has none."""
    parts = len(kinds) + 1
    values: Sequence[Mapping[State, Fraction]] = [{}] * parts
    demands: list[Mapping[State, Demands]] = []
    several = False
    sign = 1 if pick == "worst" else -1
    counts = [count for count, _ in kinds]

    def order(each: tuple[Demands, Payoffs]) -> tuple[Fraction, Demands]:
        own = each[1][:-1]
        welfare = sum((n * a for n, a in zip(counts, own, strict=True)), Fraction(0))
        return sign * welfare, each[0]

    for month in range(situations.commons.horizon, 0, -1):
        made: Sequence[dict[State, Fraction]] = [{} for _ in range(parts)]
        row: dict[State, Demands] = {}
        for rows in zip(*(later_rows(situations, month, each) for each in values), strict=True):
            state = rows[0][0]
            found = stage(month, state, [later for _, later in rows])
            if not found:
                name = situations.regimes.names[state.regime]
                return Missing(month, name, state.stock, state.past)
            several = several or len(found) > 1
            row[state], got = min(found, key=order)
            for part, each in zip(made, got, strict=True):
                part[state] = each
        values = made
        demands.insert(0, row)
    (start,) = situations.months[0]
    return Play(situations, kinds, tuple(part[start] for part in values), demands, several)
