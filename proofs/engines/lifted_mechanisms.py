"""The best mechanism, and the multipliers that bound it, as expressions in parameters.

At a point a linear programme is solved exactly. Where the same rows bind and the same variables
vanish, the optimum solves a system of equations whose coefficients are polynomials: this solution
is the mechanism all around the point, and that of the dual programme the multipliers (Gal and
Nedoma 1972). Among the best mechanisms one of least payments is taken.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.algebra.exact_lp import Infeasible, Optimum
from coopgap.proofs.algebra.lifting import around
from coopgap.proofs.algebra.linear_systems import TooLarge
from coopgap.proofs.algebra.polynomials import Polynomial, plain
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.questions.mechanism_programme import (
    NOT_SOLVED,
    Column,
    Programme,
    Rows,
    Terms,
    columns_of,
    solved_exactly,
)
from coopgap.proofs.questions.mechanisms import Drawn, Lifted, Society
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.trusted import mechanisms as trusted
from coopgap.proofs.trusted.certificates import AtPoint
from coopgap.proofs.trusted.polynomials import lifted
from coopgap.proofs.trusted.problems import Case, Plays, Problem
from coopgap.theory.exact import common_denominator
from coopgap.theory.json_values import Json

MAX_UNKNOWNS = 400
"""The largest system of equations in parameters that is solved."""

NO_MECHANISM = "the programme's optimum pays after what it never recommends"


def lifted_mechanism(
    society: Society, problem: Problem, point: Point, seconds: float = 60.0
) -> Lifted | Unanswered:
    """The best mechanism around a point and the proof that it is best; Unanswered with the reason.

    society: the question at the point. problem: the same with parameters.
    """
    try:
        return _Lifting(society, problem, point, time.monotonic() + seconds).found()
    except TimeoutError:
        return Unanswered(NOT_SOLVED)
    except TooLarge as reason:
        return Unanswered(str(reason))
    except _Stuck as reason:
        return Unanswered(str(reason))


class _Stuck(Exception):
    """No basis was found; the message says why."""


class _Symbolic(Programme):
    """The programme with polynomials for numbers, in the units of the trusted core's rule."""

    def __init__(self, society: Society, problem: Problem, point: Point) -> None:
        super().__init__(society)
        if self.too_large:
            raise _Stuck(self.too_large)
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


class _Lifting:
    """One programme, at a point and around it."""

    def __init__(self, society: Society, problem: Problem, point: Point, deadline: float) -> None:
        self.names, self.point, self.deadline = problem.parameters, point, deadline
        self.programme = _Symbolic(society, problem, point)
        self.agents = len(society.environment.players)
        self.balanced = problem.contracts.budget == "balanced"
        self.rows, self.aim = self.programme.rows(), self.programme.welfare_terms()
        self.columns = columns_of(self.rows, self.aim)
        self.here = [self._at(terms) for terms in self.rows.terms]
        self.bounds = [self._number(bound) for bound in self.rows.bounds]
        self.worth = self._at(self.aim)

    def _number(self, value: Any) -> Fraction:
        return Fraction(lifted(value).at(self.point))

    def _at(self, terms: Terms) -> dict[Column, Fraction]:
        values = ((column, self._number(value)) for column, value in terms.items())
        return {column: value for column, value in values if value}

    def found(self) -> Lifted:
        """The mechanism and the multipliers, or the multipliers alone if there is none."""
        best, scales = self._solve(self._rows_here(), self.worth)
        dual = [y * scale for y, scale in zip(best.dual, scales, strict=True)]
        if isinstance(best, Infeasible):
            return Lifted(None, self._step("nothing", dual, {}))
        values = self._least_payments(-best.value)
        return Lifted(self._reached(values, dual), self._step("welfare", dual, values))

    # At the point

    def _rows_here(self) -> Rows:
        return Rows(
            list(self.rows.keys), list(self.here), list(self.bounds), list(self.rows.equality)
        )

    def _solve(
        self, rows: Rows, aim: Mapping[Column, Fraction]
    ) -> tuple[Optimum | Infeasible, list[int]]:
        """The exact answer for rows of fractions, and what each row was multiplied by."""
        scales = []
        whole = Rows()
        for key, terms, bound, equality in zip(
            rows.keys, rows.terms, rows.bounds, rows.equality, strict=True
        ):
            scale = common_denominator((*terms.values(), bound))
            scales.append(scale)
            scaled = {column: int(value * scale) for column, value in terms.items()}
            whole.add(key, scaled, int(bound * scale), equality)
        scale = common_denominator(aim.values())
        found = solved_exactly(whole, {c: int(v * scale) for c, v in aim.items()}, self.deadline)
        if isinstance(found, Infeasible):
            return found, scales
        dual = [y / scale for y in found.dual]
        self.order = columns_of(whole, aim)
        return Optimum(found.value / scale, found.primal, dual), scales

    def _least_payments(self, welfare: Fraction) -> dict[Column, Fraction]:
        """The variables of a best mechanism with the least sum of payments.

        If it would pay after what it does not recommend, only what it recommends is allowed.
        """
        values, drawn = self._cheapest(welfare, None)
        if self._pays_outside(values, drawn):
            values, drawn = self._cheapest(welfare, drawn)
        if self._pays_outside(values, drawn):
            raise _Stuck(NO_MECHANISM)
        self._tighten(values)
        return values

    def _pays_outside(self, values: Mapping[Column, Fraction], drawn: set[Drawn]) -> bool:
        return any(x and c[0] == "pay" and c[2][0] not in drawn for c, x in values.items())

    def _cheapest(
        self, welfare: Fraction, allowed: set[Drawn] | None
    ) -> tuple[dict[Column, Fraction], set[Drawn]]:
        """The variables, and what is drawn; where given, only these draws are allowed."""
        rows = self._rows_here()
        rows.add("floor", dict(self.worth), welfare)
        sizes = {}
        if allowed is not None:
            rows.terms = [
                {c: v for c, v in terms.items() if _drawn(c) is None or _drawn(c) in allowed}
                for terms in rows.terms
            ]
        for column in self.columns:
            if column[0] == "pay" and (allowed is None or column[2][0] in allowed):
                size = ("size", *column[1:])
                sizes[size] = Fraction(-1)
                for sign in (1, -1):
                    rows.add(None, {size: Fraction(1), column: Fraction(sign)}, Fraction(0))
        found, _ = self._solve(rows, sizes)
        if isinstance(found, Infeasible):
            raise _Stuck(NO_MECHANISM)
        values = dict.fromkeys(self.columns, Fraction(0))
        values |= {c: x for c, x in zip(self.order, found.primal, strict=True) if c in values}
        drawn = {column[1] for column, x in values.items() if column[0] == "draw" and x}
        return values, drawn

    def _tighten(self, values: dict[Column, Fraction]) -> None:
        """Sets what an agent gets by its best map to just that."""
        least: dict[Column, Fraction] = {}
        for terms in self.here:
            best = [column for column in terms if column[0] == "best"]
            if len(best) == 1 and terms[best[0]] > 0:
                rest = -sum(v * values[c] for c, v in terms.items() if c != best[0])
                worth = Fraction(rest) / terms[best[0]]
                least[best[0]] = max(least.get(best[0], worth), worth)
        values |= least

    # Around it

    def _lift(
        self, unknowns: Sequence[Any], equations: Sequence[_Rule], values: Mapping[Any, Fraction]
    ) -> tuple[dict[Any, Polynomial], Polynomial]:
        """The unknowns as numerators and a positive denominator, from equations true at the point.

        Unknowns that the equations do not determine keep their values.
        """
        if len(unknowns) > MAX_UNKNOWNS:
            raise _Stuck(f"an optimal mechanism has over {MAX_UNKNOWNS} numbers")
        listed = [(terms, bound) for _, terms, bound in sorted(equations, key=_length)]
        found = around(listed, {each: values[each] for each in unknowns}, self.point)
        if found is None:
            raise _Stuck("an optimal basis of the point is none around it")
        return found

    def _reached(
        self, values: Mapping[Column, Fraction], dual: Sequence[Fraction]
    ) -> dict[str, Json]:
        """The mechanism, from the rows that bind."""
        equations = [
            (not y, terms, bound)
            for terms, here, bound, low, y in zip(
                self.rows.terms, self.here, self.rows.bounds, self.bounds, dual, strict=True
            )
            if sum(v * values[c] for c, v in here.items()) == low
        ]
        unknowns = [column for column, x in values.items() if x]
        numbers, total = self._lift(unknowns, equations, values)
        reports: dict[Any, dict[int, tuple[Any, list[Any]]]] = {}
        for column, number in sorted(numbers.items(), key=lambda each: str(each[0])):
            if column[0] == "draw":
                said, profile = column[1]
                reports.setdefault(said, {})[profile] = (self._plain(number), [])
        paid: dict[Any, list[Any]] = {}
        for column, number in numbers.items():
            if column[0] == "pay":
                paid.setdefault(column[2], [0] * self.agents)[column[1]] = number
        for ((said, profile), record), row in sorted(paid.items()):
            if self.balanced:
                row[-1] = -sum(row[:-1])
            listed = [record, [self._plain(each) for each in row]]
            reports[said][profile][1].append(listed)
        point = {
            "total": self._plain(total),
            "denominator": self._plain(self.programme.unit),
            "reports": [
                [list(said), [[profile, *draw] for profile, draw in sorted(draws.items())]]
                for said, draws in sorted(reports.items())
            ],
        }
        return {"points": [point]}

    def _step(
        self, aim: str, dual: Sequence[Fraction], values: Mapping[Column, Fraction]
    ) -> dict[str, Json]:
        """The multipliers, from the variables that the mechanism needs and all that are free."""
        sums: dict[Column, dict[int, Any]] = {column: {} for column in self.columns}
        wanted = aim == "welfare"
        missing = {column: -self.worth.get(column, 0) * wanted for column in self.columns}
        for r, (terms, here) in enumerate(zip(self.rows.terms, self.here, strict=True)):
            if dual[r]:
                for column, value in terms.items():
                    sums[column][r] = value
                    missing[column] -= dual[r] * here.get(column, 0)
        equations: list[_Rule] = [
            (not (values.get(column) or column[0] != "draw"), sums[column], bound)
            for column in self.columns
            if not missing[column]
            for bound in [-self.aim.get(column, 0) if wanted else 0]
        ]
        if not wanted:
            size = sum((y * low for y, low in zip(dual, self.bounds, strict=True)), Fraction(0))
            used = {r: self.rows.bounds[r] for r, y in enumerate(dual) if y}
            equations.append((False, used, size))
        unknowns = [r for r, y in enumerate(dual) if y]
        numbers, below = self._lift(unknowns, equations, dict(enumerate(dual)))
        incentives, participation = [], []
        for r, number in sorted(numbers.items()):
            key = self.rows.keys[r]
            if key is not None and key[0] == "joins":
                participation.append([*key[1:3], self._plain(number * key[3])])
            elif key is not None:
                incentives.append([*key, self._plain(number)])
        step = {
            "aim": aim,
            "denominator": self._plain(below),
            "incentives": sorted(incentives, key=lambda each: each[:-1]),
            "participation": sorted(participation, key=lambda each: each[:-1]),
            "floor": 0,
        }
        return {"steps": [step]}

    def _plain(self, number: Any) -> Any:
        return plain(number, self.names)


_Rule = tuple[bool, Mapping[Any, Any], Any]
"""Whether an equation may be left out, its terms by unknown, and what they sum to."""


def _length(equation: _Rule) -> tuple[bool, int, int]:
    spare, terms, bound = equation
    long = sum(len(lifted(each).terms) for each in (*terms.values(), bound))
    return spare, long, len(terms)


def _drawn(column: Column) -> Drawn | None:
    """The draw that a variable is the probability of, or a payment after."""
    found: dict[str, Drawn] = {"draw": column[1]}
    if column[0] == "pay":
        found["pay"] = column[2][0]
    return found.get(column[0])
