"""The linear programme of all mechanisms with parameters, solved at a point of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.algebra.exact_lp import Infeasible, Optimum
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.questions.mechanism_programme import (
    Column,
    Programme,
    Row,
    Terms,
    columns_of,
    solved_exactly,
)
from coopgap.proofs.questions.mechanisms import Drawn, Society
from coopgap.proofs.trusted import mechanisms as trusted
from coopgap.proofs.trusted.certificates import AtPoint
from coopgap.proofs.trusted.polynomials import lifted
from coopgap.proofs.trusted.problems import Case, Plays, Problem
from coopgap.theory.exact import common_denominator


class Stuck(Exception):
    """No basis was found; the message says why."""


class _Symbolic(Programme):
    """The programme with polynomials for numbers, in the units of the trusted core's rule."""

    def __init__(
        self, society: Society, problem: Problem, point: Point, allowed: frozenset[Drawn] | None
    ) -> None:
        super().__init__(society, allowed)
        if self.too_large:
            raise Stuck(self.too_large)
        plays = Plays(problem, Unlimited())
        case = Case(plays, AtPoint(point), ("mechanism-value", True, {}), {})
        known = trusted.Society(case)
        states, profiles = range(plays.states), range(plays.profiles)
        self.prior = {state: plays.game.prior[state] for state in case.support}
        self.unit = known.unit
        self.utility = _table(
            [[known.utility(i, s, a) for a in profiles] for s in states] for i in self.agents
        )
        self.welfare = _table(
            [known.end.scale * plays.welfare(s, a) for a in profiles] for s in states
        )
        self.liability = problem.contracts.liability
        self.options = (
            None if known.options is None else [known.option(agent) for agent in self.agents]
        )


def _table(rows: Iterable[Any]) -> Any:
    return np.array(list(rows), dtype=object)


@dataclass(frozen=True)
class Question:
    """What is asked at a point of parameters, and until when, in seconds of the monotonic clock."""

    society: Society
    problem: Problem
    point: Point
    deadline: float


class ProgrammeAtPoint:
    """The programme in which these draws alone are allowed, at a point.

    Raises Stuck if it is too large.
    """

    def __init__(self, question: Question, allowed: frozenset[Drawn] | None = None) -> None:
        society, problem = question.society, question.problem
        self.names, self.point = problem.parameters, question.point
        self.deadline = question.deadline
        self.programme = _Symbolic(society, problem, self.point, allowed)
        self.agents = len(society.environment.players)
        self.balanced = problem.contracts.budget == "balanced"
        self.rows, self.aim = self.programme.rows(), self.programme.welfare_terms()
        self.columns = columns_of(self.rows, self.aim)
        self.rows_at_point = self._rows_at(self.rows)
        self.worth = self._at(self.aim)

    def number(self, value: Any) -> Fraction:
        """A number with parameters, at the point."""
        return Fraction(lifted(value).at(self.point))

    def _at(self, terms: Terms) -> dict[Column, Fraction]:
        values = ((column, self.number(value)) for column, value in terms.items())
        return {column: value for column, value in values if value}

    def _rows_at(self, rows: Sequence[Row]) -> list[Row]:
        return [
            row._replace(terms=self._at(row.terms), bound=self.number(row.bound)) for row in rows
        ]

    def _solve(
        self, rows: Sequence[Row], aim: Mapping[Column, Fraction]
    ) -> tuple[Optimum | Infeasible, list[int]]:
        """The exact answer for rows of fractions, and what each row was multiplied by."""
        scales = [common_denominator((*row.terms.values(), row.bound)) for row in rows]
        whole = []
        for row, scale in zip(rows, scales, strict=True):
            terms = {column: int(value * scale) for column, value in row.terms.items()}
            whole.append(row._replace(terms=terms, bound=int(row.bound * scale)))
        scale = common_denominator(aim.values())
        answer = solved_exactly(whole, {c: int(v * scale) for c, v in aim.items()}, self.deadline)
        if isinstance(answer, Infeasible):
            return answer, scales
        dual = [y / scale for y in answer.dual]
        self.order = columns_of(whole, aim)
        return Optimum(answer.value / scale, answer.primal, dual), scales

    def solved(self, aim: Mapping[Column, Fraction]) -> tuple[Optimum | Infeasible, list[Fraction]]:
        """The exact answer at the point, with multipliers on the rows."""
        best, scales = self._solve(self.rows_at_point, aim)
        return best, [y * scale for y, scale in zip(best.dual, scales, strict=True)]

    def fullest(self) -> dict[Column, Fraction] | None:
        """A point of the programme that draws all that any draws; None if there is no point.

        In multiples of points each μ is at least some share ≤ 1, of which the sum is greatest.
        """
        rows = self._rows_at(self.programme.rows(whole="whole"))
        shares: dict[Column, Fraction] = {}
        chances: dict[Column, Fraction] = {}
        for drawn in self.programme.allowed:
            share, draw = ("share", drawn), ("draw", drawn)
            shares[share], chances[draw] = Fraction(1), Fraction(0)
            rows.append(Row(None, {share: Fraction(-1)}, Fraction(-1)))
            rows.append(Row(None, {draw: Fraction(1), share: Fraction(-1)}))
        answer, _ = self._solve(rows, shares)
        assert isinstance(answer, Optimum), "0 is a point"
        if not answer.value:
            return None
        named = dict(zip(self.order, answer.primal, strict=True))
        chances = {c: Fraction(named[c]) / named["whole"] for c in chances}
        fixed = (Row(None, {c: Fraction(1)}, chance, True) for c, chance in chances.items())
        values = self._cheapest([*self.rows_at_point, *fixed], None)
        assert values is not None, "these chances are those of a point"
        self._tighten(values)
        # Payments first: what the equations leave open are then chances, which know no units.
        return {c: x for c, x in values.items() if c not in chances} | chances

    def least_payments(self, welfare: Fraction) -> dict[Column, Fraction]:
        """The variables of a best mechanism with the least sum of payments.

        If it would pay after what it does not recommend, only what it recommends is allowed, if
        that suffices.
        """
        rows = [*self.rows_at_point, Row("floor", dict(self.worth), welfare)]
        values = self._cheapest(rows, None)
        assert values is not None, "this welfare is reached"
        if self.pays_outside(values):
            values = self._cheapest(rows, draws_of(values)) or values
        self._tighten(values)
        return values

    def pays_outside(self, values: Mapping[Column, Fraction]) -> bool:
        """Whether payments follow what is not drawn."""
        drawn = draws_of(values)
        return any(x and c[0] == "pay" and c[2][0] not in drawn for c, x in values.items())

    def _cheapest(
        self, rows: Sequence[Row], allowed: set[Drawn] | None
    ) -> dict[Column, Fraction] | None:
        """The variables; where given, only these draws are allowed. None if that is too little."""
        rows = list(rows)
        if allowed is not None:
            rows = [row._replace(terms=_within(row.terms, allowed)) for row in rows]
        sizes = {}
        for column in self.columns:
            if column[0] == "pay" and (allowed is None or column[2][0] in allowed):
                size = ("size", *column[1:])
                sizes[size] = Fraction(-1)
                for sign in (1, -1):
                    rows.append(Row(None, {size: Fraction(1), column: Fraction(sign)}))
        answer, _ = self._solve(rows, sizes)
        if isinstance(answer, Infeasible):
            return None
        values = dict.fromkeys(self.columns, Fraction(0))
        values |= {c: x for c, x in zip(self.order, answer.primal, strict=True) if c in values}
        return values

    def _tighten(self, values: dict[Column, Fraction]) -> None:
        """Sets what an agent gets by its best map to just that."""
        least: dict[Column, Fraction] = {}
        for _, terms, *_ in self.rows_at_point:
            best = [column for column in terms if column[0] == "best"]
            if len(best) == 1 and terms[best[0]] > 0:
                rest = -sum(v * values[c] for c, v in terms.items() if c != best[0])
                worth = Fraction(rest) / terms[best[0]]
                least[best[0]] = max(least.get(best[0], worth), worth)
        values |= least


def _within(terms: Terms, allowed: set[Drawn]) -> Terms:
    return {c: v for c, v in terms.items() if _drawn(c) is None or _drawn(c) in allowed}


def _drawn(column: Column) -> Drawn | None:
    """The draw that a variable is the probability of, or a payment after."""
    draws: dict[str, Drawn] = {"draw": column[1]}
    if column[0] == "pay":
        draws["pay"] = column[2][0]
    return draws.get(column[0])


def draws_of(values: Mapping[Column, Fraction]) -> set[Drawn]:
    """What is drawn with a positive probability."""
    return {column[1] for column, x in values.items() if column[0] == "draw" and x}
