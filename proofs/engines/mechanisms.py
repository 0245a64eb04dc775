"""The best mechanism, by the linear programme of theory.md T10.

The variables are probabilities μ of draws, payments T by draw and record, and for each false report
and recommendation an agent's best worth Z after it: the best map from recommendations to actions is
best for each recommendation, so maps need not be listed. Utilities, and T, are counted in the unit
of ``prosocial_payoffs``, probabilities of states in that of their common denominator.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from coopgap.proofs.algebra.exact_lp import Infeasible, LinearProgram, Optimum, solve
from coopgap.proofs.questions.mechanisms import (
    Drawn,
    MechanismBounds,
    Mechanisms,
    Move,
    Point,
    Reports,
    Society,
    Step,
)
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.contracts import Budget
from coopgap.theory.exact import MINUS_INFINITY, common_denominator, integer_array
from coopgap.theory.preferences import prosocial_payoffs

NOT_SOLVED = "the linear programme was not solved exactly in time"

MAX_COLUMNS = 60_000
"""The largest programme: probabilities and payments together."""

Column = Any
"""A variable: (what it is, its indices…)."""

Terms = dict[Column, int]
"""Coefficients by variable."""


def best_mechanism(society: Society, seconds: float = 60.0) -> Mechanisms | Unanswered:
    """U and V of theory.md T10 with their proofs; Unanswered with the reason."""
    whole = _Programme(society)
    if whole.size > MAX_COLUMNS:
        return Unanswered(f"the linear programme has over {MAX_COLUMNS:,} variables")
    deadline = time.monotonic() + seconds
    try:
        best = whole.best(deadline)
    except TimeoutError:
        return Unanswered(NOT_SOLVED)
    if isinstance(best, Step):
        return Mechanisms(MINUS_INFINITY, (best,), MINUS_INFINITY, (best,))
    known: list[Point] = []
    try:
        return _best(whole, best, known, deadline)
    except TimeoutError:
        worth = whole.worth(known[0]) if known else MINUS_INFINITY
        return MechanismBounds(NOT_SOLVED, best[0], (best[1],), worth, tuple(known))


def linear_programme(society: Society) -> tuple[Rows, Terms] | Unanswered:
    """The rows of the programme and the welfare that it makes greatest."""
    whole = _Programme(society)
    if whole.size > MAX_COLUMNS:
        return Unanswered(f"the linear programme has over {MAX_COLUMNS:,} variables")
    return whole.rows(), whole.welfare_terms()


def _best(
    whole: _Programme, best: tuple[Fraction, Step, Point], known: list[Point], deadline: float
) -> Mechanisms:
    """U and V, of which U is known; a mechanism that is found on the way is added to ``known``."""
    bound, step, point = best
    if point.is_mechanism:
        return Mechanisms(bound, (step,), bound, (step,), (point,), attained=True)
    attaining, _ = _stable(whole, deadline, bound)
    if isinstance(attaining, Point):
        return Mechanisms(bound, (step,), bound, (step,), (attaining,), attained=True)
    full, limiting = _stable(whole, deadline)
    if not isinstance(full, Point):
        return Mechanisms(bound, (step,), MINUS_INFINITY, limiting)
    known.append(full)
    rest = whole.within(frozenset(full.draws))
    found = rest.best(deadline)
    assert not isinstance(found, Step), "the full point is feasible"
    value, last, point = found
    attaining, unattained = _stable(rest, deadline, value)
    limiting = *limiting, last
    if isinstance(attaining, Point):
        return Mechanisms(bound, (step,), value, limiting, (attaining,), attained=True)
    unattained = *limiting[:-1], *unattained
    return Mechanisms(bound, (step,), value, limiting, (point, full), False, unattained)


def _stable(
    programme: _Programme, deadline: float, floor: Fraction | None = None
) -> tuple[Point | None, tuple[Step, ...]]:
    """A mechanism that draws all that any mechanism draws, or None if there is none; with steps.

    ``floor``: among mechanisms of this welfare or more. Where nothing can be drawn nothing is paid,
    which may leave still less to draw, until that is stable.
    """
    steps: list[Step] = []
    while True:
        point = programme.fullest(deadline, floor)
        if point is None:
            return None, (*steps, programme.contradiction(deadline, floor))
        unused = programme.allowed - frozenset(point.draws)
        if not unused:
            return point, tuple(steps)
        steps.append(programme.exclusion(unused, deadline, floor))
        programme = programme.within(frozenset(point.draws))


@dataclass
class Rows:
    """Rows Σ terms ≥ bound, or = bound, by key: a move, or (``joins``, agent, cell, unit)."""

    keys: list[Any] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    bounds: list[int] = field(default_factory=list)
    equality: list[bool] = field(default_factory=list)

    def add(self, key: Any, terms: Terms, bound: int = 0, equality: bool = False) -> None:
        """Adds a row."""
        self.keys.append(key)
        self.terms.append(terms)
        self.bounds.append(bound)
        self.equality.append(equality)


class _Programme:
    """The programme with only some draws allowed; after the others nothing is paid."""

    def __init__(self, society: Society, allowed: frozenset[Drawn] | None = None) -> None:
        self.society = society
        game = society.environment
        self.shape, self.agents = game.shape, range(len(game.players))
        self.profiles = math.prod(game.shape)
        self.strides = [math.prod(game.shape[i + 1 :]) for i in self.agents]
        self.mass = common_denominator(game.prior)
        self.prior = {s: int(game.prior[s] * self.mass) for s in game.support}
        payoffs, self.unit = prosocial_payoffs(game, society.levels)
        self.utility = payoffs.astype(object).reshape(len(payoffs), len(game.states), -1)
        self.scale = self.unit // game.denominator
        self.welfare = game.welfare.astype(object).reshape(len(game.states), -1) * self.scale
        plays = np.indices(game.shape).reshape(len(game.shape), -1).T
        self.records = {
            s: society.language.records(np.full(len(plays), s), plays).tolist()
            for s in game.support
        }
        every = frozenset((m, r) for m in society.reports for r in range(self.profiles))
        self.allowed = every if allowed is None else allowed

    @property
    def size(self) -> int:
        """The number of probabilities and payments, at most."""
        reached = sum(self.shape) * len(self.agents)
        return len(self.society.reports) * self.profiles * (1 + reached)

    def within(self, allowed: frozenset[Drawn]) -> _Programme:
        """The programme in which only these draws are allowed."""
        return _Programme(self.society, allowed)

    # Questions

    def best(self, deadline: float) -> tuple[Fraction, Step, Point] | Step:
        """The greatest welfare in utils, why it is not exceeded, and a point that reaches it."""
        rows, aim = self.rows(), self.welfare_terms()
        found = _solved(rows, aim, deadline)
        if isinstance(found, Infeasible):
            return self._step("nothing", rows, found.dual)
        value = -found.value / (self.mass * self.unit)
        return value, self._step("welfare", rows, found.dual), self._point(rows, aim, found)

    def worth(self, point: Point) -> Fraction:
        """The expected welfare of a point, in utils."""
        terms = self.welfare_terms().items()
        drawn = (point.draws.get(column[1], Fraction(0)) * worth for column, worth in terms)
        total = sum(drawn, Fraction(0))
        return total / (self.mass * self.unit)

    def fullest(self, deadline: float, floor: Fraction | None) -> Point | None:
        """A point with the largest support, None if there is no point.

        In multiples τ of points each μ is at least some s ≤ 1, of which the sum is greatest.
        """
        rows = self.rows(floor, "whole")
        for drawn in self.allowed:
            rows.add(None, {("share", drawn): -1}, -1)
            rows.add(None, {("draw", drawn): 1, ("share", drawn): -1})
        aim: Terms = {("share", drawn): 1 for drawn in self.allowed}
        found = _solved(rows, aim, deadline)
        assert isinstance(found, Optimum), "0 is a point"
        return self._point(rows, aim, found) if found.value else None

    def exclusion(self, unused: frozenset[Drawn], deadline: float, floor: Fraction | None) -> Step:
        """Why these draws have probability 0 at all points."""
        rows = self.rows(floor)
        found = _solved(rows, {("draw", drawn): 1 for drawn in unused}, deadline)
        assert isinstance(found, Optimum), "there is a point"
        return self._step(unused, rows, found.dual)

    def contradiction(self, deadline: float, floor: Fraction | None) -> Step:
        """Why there is no point."""
        rows = self.rows(floor)
        found = _solved(rows, {}, deadline)
        assert isinstance(found, Infeasible), "there is no point"
        return self._step("nothing", rows, found.dual)

    # Rows

    def rows(self, floor: Fraction | None = None, whole: str | None = None) -> Rows:
        """All rows. ``whole``: the variable in whose multiples points are counted, else 1."""
        rows = Rows()
        for reports in self.society.reports:
            terms = {("draw", d): 1 for d in self._drawn(reports)}
            _add(rows, None, terms, 1, whole, equality=True)
        for agent in self.agents:
            for cell in self.society.types[agent]:
                self._add_incentives(rows, agent, cell)
                self._add_participation(rows, agent, cell, whole)
        self._add_rules(rows)
        if floor is not None:
            least = floor * self.mass * self.unit
            terms = {
                column: worth * least.denominator for column, worth in self.welfare_terms().items()
            }
            _add(rows, ("floor", least.denominator), terms, least.numerator, whole)
        return rows

    def _drawn(self, reports: Reports) -> Iterator[Drawn]:
        return (
            (reports, profile)
            for profile in range(self.profiles)
            if (reports, profile) in self.allowed
        )

    def welfare_terms(self) -> Terms:
        terms: Terms = {}
        for state, prior in self.prior.items():
            for drawn in self._drawn(self.society.truth(state)):
                worth = prior * int(self.welfare[state, drawn[1]])
                _put(terms, ("draw", drawn), worth)
        return terms

    def _add_incentives(self, rows: Rows, agent: int, cell: int) -> None:
        actions = range(self.shape[agent])
        honest: Terms = {}
        for told in actions:
            loyal = self._worth((agent, cell, cell, told, told))
            for column, worth in loyal.items():
                _put(honest, column, worth)
            for taken in actions:
                if taken != told:
                    terms = dict(loyal)
                    move = agent, cell, cell, told, taken
                    for column, worth in self._worth(move).items():
                        _put(terms, column, -worth)
                    rows.add(move, terms)
        for report in self.society.types[agent]:
            if report == cell:
                continue
            best = [("best", agent, cell, report, told) for told in actions]
            rows.add(None, honest | dict.fromkeys(best, -1))
            for told in actions:
                for taken in actions:
                    move = agent, cell, report, told, taken
                    terms = {c: -worth for c, worth in self._worth(move).items()}
                    rows.add(move, terms | {best[told]: 1})

    def _worth(self, move: Move) -> Terms:
        """What an agent gets that is told an action, by report and action taken."""
        agent, cell, report, told, taken = move
        stride, size = self.strides[agent], self.shape[agent]
        terms: Terms = {}
        for state in self.society.types[agent][cell]:
            prior = self.prior[state]
            for drawn in self._drawn(self.society.told(state, agent, report)):
                if drawn[1] // stride % size == told:
                    there = drawn[1] + (taken - told) * stride
                    _put(terms, ("draw", drawn), prior * int(self.utility[agent, state, there]))
                    self._pay(terms, agent, (drawn, self.records[state][there]), prior)
        return terms

    def _pay(self, terms: Terms, agent: int, place: tuple[Drawn, int], weight: int) -> None:
        """Adds the agent's payment; balanced ones of the last agent are those of the others."""
        last = len(self.agents) - 1
        if self.society.contracts.budget is not Budget.BALANCED or agent != last:
            _put(terms, ("pay", agent, place), weight)
            return
        for other in range(last):
            _put(terms, ("pay", other, place), -weight)

    def _add_participation(self, rows: Rows, agent: int, cell: int, whole: str | None) -> None:
        options = self.society.contracts.participation
        if options is None:
            return
        level = self.society.levels[agent]
        mass = sum(self.prior[state] for state in self.society.types[agent][cell])
        least = (options[agent] + level * sum(options)) * mass * self.unit
        terms: Terms = {}
        for told in range(self.shape[agent]):
            for column, worth in self._worth((agent, cell, cell, told, told)).items():
                _put(terms, column, worth * least.denominator)
        _add(rows, ("joins", agent, cell, least.denominator), terms, least.numerator, whole)

    def _add_rules(self, rows: Rows) -> None:
        """The rows of budget and liability, for all payments that occur in rows."""
        places = dict.fromkeys(
            column[2] for terms in rows.terms for column in terms if column[0] == "pay"
        )
        budget, bound = self.society.contracts.budget, self.society.contracts.liability
        for place in places:
            if budget is Budget.BURNT:
                rows.add(None, {("pay", agent, place): -1 for agent in self.agents})
            for agent in self.agents if bound is not None else ():
                terms: Terms = {}
                self._pay(terms, agent, place, bound.denominator)  # type: ignore[union-attr]
                _put(terms, ("draw", place[0]), bound.numerator * self.unit)  # type: ignore[union-attr]
                rows.add(None, terms)

    # Answers

    def _step(self, aim: frozenset[Drawn] | str, rows: Rows, dual: list[Fraction]) -> Step:
        incentives: dict[Move, Fraction] = {}
        participation: dict[tuple[int, int], Fraction] = {}
        floor = Fraction(0)
        for key, multiplier in zip(rows.keys, dual, strict=True):
            if key is None or not multiplier:
                continue
            if key[0] == "joins":
                participation[key[1:3]] = multiplier * key[3]
            elif key[0] == "floor":
                floor = multiplier * key[1]
            else:
                incentives[key] = multiplier
        return Step(aim, incentives, participation, floor)

    def _point(self, rows: Rows, aim: Terms, found: Optimum) -> Point:
        values = dict(zip(_columns(rows, aim), found.primal, strict=True))
        whole = values.get("whole", Fraction(1))
        draws = {c[1]: x / whole for c, x in values.items() if c[0] == "draw" and x}
        paid: dict[tuple[Drawn, int], list[Fraction]] = {}
        for column, x in values.items():
            if column[0] == "pay" and x:
                row = paid.setdefault(column[2], [Fraction(0)] * len(self.agents))
                row[column[1]] = x / (whole * self.unit)
        if self.society.contracts.budget is Budget.BALANCED:
            for row in paid.values():
                row[-1] = -sum(row[:-1], Fraction(0))
        return Point(draws, {place: tuple(row) for place, row in paid.items()})


def _put(terms: Terms, column: Column, value: int) -> None:
    terms[column] = terms.get(column, 0) + value


def _add(
    rows: Rows, key: Any, terms: Terms, bound: int, whole: str | None, equality: bool = False
) -> None:
    """Adds a row whose bound is for points, counted in multiples of ``whole`` if it is named."""
    if whole is None:
        rows.add(key, terms, bound, equality)
    else:
        rows.add(key, {**terms, whole: -bound}, 0, equality)


def _columns(rows: Rows, aim: Mapping[Column, int]) -> list[Column]:
    named: Iterable[Column] = (column for terms in (*rows.terms, aim) for column in terms)
    return list(dict.fromkeys(named))


def _solved(rows: Rows, aim: Terms, deadline: float) -> Optimum | Infeasible:
    """The greatest value of the aim, as the least of its negative."""
    columns = _columns(rows, aim)
    index = {column: k for k, column in enumerate(columns)}
    entries = [
        (number, index[column], value)
        for number, terms in enumerate(rows.terms)
        for column, value in terms.items()
        if value
    ]
    numbers, places, values = zip(*entries, strict=True)
    found = solve(
        LinearProgram(
            objective=integer_array([-aim.get(column, 0) for column in columns], (-1,)),
            rows=np.array(numbers),
            columns=np.array(places),
            coefficients=integer_array(values, (-1,)),
            bounds=integer_array(rows.bounds, (-1,)),
            equality=np.array(rows.equality),
            nonnegative=np.array([c[0] not in ("pay", "best") for c in columns]),
        ),
        deadline - time.monotonic(),
    )
    if not isinstance(found, Optimum | Infeasible):
        raise TimeoutError
    return found
