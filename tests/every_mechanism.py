"""The programme of theory.md T10, written from its words alone, in floats.

It lists every joint deviation: each false report with each map from an agent's recommendation to
actions. Slow and inexact, but plain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from coopgap.theory.environments import Environment
from coopgap.theory.information import Information
from coopgap.theory.languages import Language, record_of

NOTHING = 1e-5
"""Probabilities below are 0: those of the programme are larger, the solver's errors smaller."""

Draw = tuple[tuple[int, ...], tuple[int, ...]]
"""Reports m and recommendations r."""


@dataclass(frozen=True)
class World:
    """An environment with information, a language, a class of mechanisms, and λ."""

    environment: Environment
    information: Information
    language: Language
    budget: str
    liability: Fraction | None
    options: Sequence[Fraction] | None
    levels: Sequence[Fraction]

    @property
    def agents(self) -> range:
        return range(len(self.environment.players))

    def payoff(self, agent: int, profile: Sequence[int], state: int) -> Fraction:
        """u_i + λ_i W, in utils."""
        game = self.environment
        own = [Fraction(int(table[(state, *profile)]), game.denominator) for table in game.payoffs]
        return own[agent] + self.levels[agent] * sum(own)

    def truth(self, state: int) -> tuple[int, ...]:
        return tuple(own[state] for own in self.information.cells)

    def types(self, agent: int) -> list[int]:
        cells = self.information.cells[agent]
        return sorted({cells[state] for state in self.environment.support})

    def states(self, agent: int, cell: int) -> list[int]:
        cells = self.information.cells[agent]
        return [state for state in self.environment.support if cells[state] == cell]

    def reports(self) -> list[tuple[int, ...]]:
        """Those that are true somewhere, or differ from such ones in one agent's report."""
        reports = {self.truth(state) for state in self.environment.support}
        for true in list(reports):
            for agent in self.agents:
                reports |= {(*true[:agent], cell, *true[agent + 1 :]) for cell in self.types(agent)}
        return sorted(reports)

    def profiles(self) -> list[tuple[int, ...]]:
        return list(product(*map(range, self.environment.shape)))


Terms = dict[Any, float]


class Programme:
    """Rows Σ terms ≤ bound on ("mu", m, r) ≥ 0 and free ("T", i, m, r, y)."""

    def __init__(self, world: World, allowed: Iterable[Draw]) -> None:
        self.world, self.allowed = world, set(allowed)
        self.at_most: list[tuple[Terms, float]] = []
        self.equal: list[tuple[Terms, float]] = []
        self._incentives()
        self._rules()
        for m in world.reports():
            self.equal.append(({("mu", m, r): 1.0 for r in self._drawn(m)}, 1.0))

    def _drawn(self, m: tuple[int, ...]) -> list[tuple[int, ...]]:
        return [r for r in self.world.profiles() if (m, r) in self.allowed]

    def worth(self, agent: int, cell: int, report: int, follow: Mapping[int, int]) -> Terms:
        """What an agent that sees a cell expects if it reports so and plays a map."""
        world, terms = self.world, Terms()
        for state in world.states(agent, cell):
            p = float(world.environment.prior[state])
            m = list(world.truth(state))
            m[agent] = report
            for r in self._drawn(tuple(m)):
                played = list(r)
                played[agent] = follow[r[agent]]
                y = record_of(world.language, state, tuple(played))
                mu, paid = ("mu", tuple(m), r), ("T", agent, tuple(m), r, y)
                own = p * float(world.payoff(agent, played, state))
                terms[mu] = terms.get(mu, 0.0) + own
                terms[paid] = terms.get(paid, 0.0) + p
        return terms

    def _incentives(self) -> None:
        world = self.world
        for agent in world.agents:
            actions = range(world.environment.shape[agent])
            obey = {a: a for a in actions}
            for cell in world.types(agent):
                honest = self.worth(agent, cell, cell, obey)
                for report in world.types(agent):
                    for map_ in product(actions, repeat=len(actions)):
                        lie = self.worth(agent, cell, report, dict(enumerate(map_)))
                        row = {k: -v for k, v in honest.items()}
                        for key, value in lie.items():
                            row[key] = row.get(key, 0.0) + value
                        self.at_most.append((row, 0.0))
                if world.options is not None:
                    mass = sum(world.environment.prior[s] for s in world.states(agent, cell))
                    outside = world.options[agent] + world.levels[agent] * sum(world.options)
                    row = {k: -v for k, v in honest.items()}
                    self.at_most.append((row, -float(mass * outside)))

    def _rules(self) -> None:
        """Budget and liability, where an honest play or one deviation may lead."""
        world = self.world
        keys = {k for row, _ in self.at_most for k in row if k[0] == "T"}
        for m, r, y in sorted({k[2:] for k in keys}):
            total = {("T", i, m, r, y): 1.0 for i in world.agents}
            if world.budget == "balanced":
                self.equal.append((total, 0.0))
            elif world.budget == "burnt":
                self.at_most.append((total, 0.0))
            if world.liability is not None:
                for i in world.agents:
                    fine = {("T", i, m, r, y): -1.0, ("mu", m, r): -float(world.liability)}
                    self.at_most.append((fine, 0.0))

    def maximum(self, aim: Terms) -> float | None:
        """The greatest value of the aim; None if nothing satisfies the rows."""
        rows = [*self.at_most, *self.equal]
        columns = list(dict.fromkeys(k for row, _ in rows for k in row))
        index = {key: k for k, key in enumerate(columns)}
        solution = linprog(
            [-aim.get(key, 0.0) for key in columns],
            bounds=[(0, None) if key[0] == "mu" else (None, None) for key in columns],
            method="highs",
            **_matrix("ub", self.at_most, index),
            **_matrix("eq", self.equal, index),
        )
        if solution.status == 2:
            return None
        assert solution.status == 0, solution.message
        return -float(solution.fun)

    def welfare(self) -> Terms:
        terms, game = Terms(), self.world.environment
        for state in game.support:
            m = self.world.truth(state)
            for r in self._drawn(m):
                worth = Fraction(int(game.welfare[(state, *r)]), game.denominator)
                key = ("mu", m, r)
                terms[key] = terms.get(key, 0.0) + float(game.prior[state] * worth)
        return terms


def _matrix(
    kind: str, rows: Sequence[tuple[Terms, float]], index: Mapping[Any, int]
) -> dict[str, Any]:
    entries = [(n, index[k], v) for n, (row, _) in enumerate(rows) for k, v in row.items()]
    numbers, places, values = zip(*entries, strict=True)
    matrix = coo_matrix((values, (numbers, places)), shape=(len(rows), len(index)))
    return {f"A_{kind}": matrix.tocsr(), f"b_{kind}": np.array([bound for _, bound in rows])}


def bound(world: World) -> float:
    """U^M, or −∞."""
    every = product(world.reports(), world.profiles())
    programme = Programme(world, every)
    maximum = programme.maximum(programme.welfare())
    return -np.inf if maximum is None else maximum


def value(world: World) -> float:
    """V^M by the iteration of T10, or −∞."""
    allowed: set[Draw] = set(product(world.reports(), world.profiles()))
    while True:
        programme = Programme(world, allowed)
        used = set[Draw]()
        for m, r in allowed:
            most = programme.maximum({("mu", m, r): 1.0})
            if most is None:
                return -np.inf
            if most > NOTHING:
                used.add((m, r))
        if used == allowed:
            maximum = programme.maximum(programme.welfare())
            assert maximum is not None
            return maximum
        allowed = used
