"""The linear programme of all mechanisms (theory.md T10): its variables and rows.

The variables are probabilities μ of draws, payments T by draw and record, and for each false report
and recommendation an agent's best worth Z after it: the best map from recommendations to actions is
best for each recommendation, so maps need not be listed. Utilities, and T, are counted in the unit
of ``prosocial_payoffs``, probabilities of states in that of their common denominator.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from coopgap.proofs.algebra.exact_lp import Infeasible, Optimum, programme, solve
from coopgap.proofs.questions.mechanisms import Drawn, Move, Reports, Society
from coopgap.theory.contracts import Budget
from coopgap.theory.exact import common_denominator
from coopgap.theory.languages import records_in
from coopgap.theory.preferences import prosocial_payoffs

MAX_COLUMNS = 60_000
"""The largest programme: probabilities and payments together."""

TOO_LARGE = f"the linear programme has over {MAX_COLUMNS:,} variables"

NOT_SOLVED = "the linear programme was not solved exactly in time"

Column = Any
"""A variable: (what it is, its indices…)."""

Terms = dict[Column, Any]
"""Coefficients by variable: integers or, in a family, polynomials."""


class Row(NamedTuple):
    """Σ terms ≥ bound, or = bound."""

    key: Any
    terms: Terms
    bound: Any = 0
    equality: bool = False


class Programme:
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
        scale = self.unit // game.denominator
        self.welfare = game.welfare.astype(object).reshape(len(game.states), -1) * scale
        bound = society.contracts.liability
        self.liability = None if bound is None else bound.as_integer_ratio()
        self.options = _options(society, self.unit)
        self.records = {s: records_in(society.language, game, s).tolist() for s in game.support}
        every = frozenset((m, r) for m in society.reports for r in range(self.profiles))
        self.allowed = every if allowed is None else allowed

    @property
    def size(self) -> int:
        """The number of probabilities and payments, at most."""
        reached = sum(self.shape) * len(self.agents)
        return len(self.society.reports) * self.profiles * (1 + reached)

    @property
    def too_large(self) -> str:
        """Why it is too large to be solved; empty if it is not."""
        return TOO_LARGE if self.size > MAX_COLUMNS else ""

    # Rows

    def rows(self, least_welfare: Fraction | None = None, whole: str | None = None) -> list[Row]:
        """All rows. ``whole``: the variable in whose multiples points are counted, else 1."""
        rows: list[Row] = []
        for reports in self.society.reports:
            terms = {("draw", d): 1 for d in self.drawn_after(reports)}
            add_row(rows, None, terms, 1, whole, equality=True)
        for agent in self.agents:
            for cell in self.society.types[agent]:
                self._add_incentives(rows, agent, cell)
                self._add_participation(rows, agent, cell, whole)
        self._add_rules(rows)
        if least_welfare is not None:
            least = least_welfare * self.mass * self.unit
            terms = {
                column: worth * least.denominator for column, worth in self.welfare_terms().items()
            }
            add_row(rows, ("floor", least.denominator), terms, least.numerator, whole)
        return rows

    def drawn_after(self, reports: Reports) -> Iterator[Drawn]:
        """The draws after these reports that are allowed."""
        return (
            (reports, profile)
            for profile in range(self.profiles)
            if (reports, profile) in self.allowed
        )

    def welfare_terms(self) -> Terms:
        """The expected welfare of honest and obedient play."""
        terms: Terms = {}
        for state, prior in self.prior.items():
            for drawn in self.drawn_after(self.society.truth(state)):
                worth = prior * self.welfare[state, drawn[1]]
                put(terms, ("draw", drawn), worth)
        return terms

    def _add_incentives(self, rows: list[Row], agent: int, cell: int) -> None:
        actions = range(self.shape[agent])
        honest: Terms = {}
        for recommended in actions:
            loyal = self._worth((agent, cell, cell, recommended, recommended))
            for column, worth in loyal.items():
                put(honest, column, worth)
            for action in actions:
                if action != recommended:
                    terms = dict(loyal)
                    move = agent, cell, cell, recommended, action
                    for column, worth in self._worth(move).items():
                        put(terms, column, -worth)
                    rows.append(Row(move, terms))
        for report in self.society.types[agent]:
            if report == cell:
                continue
            best = [("best", agent, cell, report, recommended) for recommended in actions]
            rows.append(Row(None, honest | dict.fromkeys(best, -1)))
            for recommended in actions:
                for action in actions:
                    move = agent, cell, report, recommended, action
                    terms = {c: -worth for c, worth in self._worth(move).items()}
                    rows.append(Row(move, terms | {best[recommended]: 1}))

    def _worth(self, move: Move) -> Terms:
        """What an agent gets by a move: by its cell, report, recommended and taken action."""
        agent, cell, report, recommended, action = move
        stride, size = self.strides[agent], self.shape[agent]
        terms: Terms = {}
        for state in self.society.types[agent][cell]:
            prior = self.prior[state]
            for drawn in self.drawn_after(self.society.with_report(state, agent, report)):
                if drawn[1] // stride % size == recommended:
                    played = drawn[1] + (action - recommended) * stride
                    put(terms, ("draw", drawn), prior * self.utility[agent, state, played])
                    self._pay(terms, agent, (drawn, self.records[state][played]), prior)
        return terms

    def _pay(self, terms: Terms, agent: int, place: tuple[Drawn, int], weight: int) -> None:
        """Adds the agent's payment; balanced ones of the last agent are those of the others."""
        last = len(self.agents) - 1
        if self.society.contracts.budget is not Budget.BALANCED or agent != last:
            put(terms, ("pay", agent, place), weight)
            return
        for other in range(last):
            put(terms, ("pay", other, place), -weight)

    def _add_participation(self, rows: list[Row], agent: int, cell: int, whole: str | None) -> None:
        if self.options is None:
            return
        above, below = self.options[agent]
        mass = sum(self.prior[state] for state in self.society.types[agent][cell])
        terms: Terms = {}
        for recommended in range(self.shape[agent]):
            for column, worth in self._worth((agent, cell, cell, recommended, recommended)).items():
                put(terms, column, worth * below)
        add_row(rows, ("joins", agent, cell, below), terms, above * mass, whole)

    def _add_rules(self, rows: list[Row]) -> None:
        """The rows of budget and liability, for all payments that occur in rows."""
        places = dict.fromkeys(
            column[2] for row in rows for column in row.terms if column[0] == "pay"
        )
        budget, bound = self.society.contracts.budget, self.liability
        for place in places:
            if budget is Budget.BURNT:
                rows.append(Row(None, {("pay", agent, place): -1 for agent in self.agents}))
            if bound is None:
                continue
            for agent in self.agents:
                terms: Terms = {}
                self._pay(terms, agent, place, bound[1])
                put(terms, ("draw", place[0]), bound[0] * self.unit)
                rows.append(Row(None, terms))


def _options(society: Society, unit: int) -> list[tuple[int, int]] | None:
    """What each agent gets if it refuses, over the unit of utilities: numerator, denominator."""
    options = society.contracts.participation
    if options is None:
        return None
    shared = sum(options)
    pairs = zip(options, society.levels, strict=True)
    return [((option + level * shared) * unit).as_integer_ratio() for option, level in pairs]


def put(terms: Terms, column: Column, value: Any) -> None:
    """Adds to a coefficient."""
    terms[column] = terms.get(column, 0) + value


def add_row(
    rows: list[Row], key: Any, terms: Terms, bound: Any, whole: str | None, equality: bool = False
) -> None:
    """Adds a row whose bound is for points, counted in multiples of ``whole`` if it is named."""
    if whole is not None:
        terms, bound = {**terms, whole: -bound}, 0
    rows.append(Row(key, terms, bound, equality))


def columns_of(rows: Sequence[Row], aim: Mapping[Column, Any]) -> list[Column]:
    """All variables, in the order of an answer's numbers."""
    return list(dict.fromkeys(c for terms in (*(row.terms for row in rows), aim) for c in terms))


def solved_exactly(rows: Sequence[Row], aim: Terms, deadline: float) -> Optimum | Infeasible:
    """The greatest value of the aim, as the least of its negative. Raises TimeoutError."""
    columns = columns_of(rows, aim)
    listed = [(row.terms, row.bound, row.equality) for row in rows]
    least = {column: -value for column, value in aim.items()}
    lp = programme(listed, least, columns, lambda column: column[0] not in ("pay", "best"))
    answer = solve(lp, deadline - time.monotonic())
    if not isinstance(answer, Optimum | Infeasible):
        raise TimeoutError
    return answer
