"""The best mechanism, and the multipliers that bound it, as expressions in parameters.

At a point a linear programme is solved exactly. Where the same rows bind and the same variables
vanish, the optimum solves a system of equations whose coefficients are polynomials: this solution
is the mechanism all around the point, and that of the dual programme the multipliers (Gal and
Nedoma 1972). Among the best mechanisms one of least payments is taken.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence, Set
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.algebra.exact_lp import Infeasible, Optimum
from coopgap.proofs.algebra.lifting import around
from coopgap.proofs.algebra.linear_systems import TooLarge
from coopgap.proofs.algebra.polynomials import Polynomial, plain
from coopgap.proofs.questions.mechanism_programme import NOT_SOLVED, Column
from coopgap.proofs.questions.mechanisms import Drawn, Lifted, Society
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.questions.programme_at_point import ProgrammeAtPoint, Question, Stuck, draws_of
from coopgap.proofs.trusted.polynomials import lifted
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.json_values import Json

MAX_UNKNOWNS = 400
"""The largest system of equations in parameters that is solved."""


def lifted_mechanism(
    society: Society, problem: Problem, point: Point, seconds: float = 60.0
) -> Lifted | Unanswered:
    """The best mechanism around a point and the proof that it is best; Unanswered with the reason.

    society: the question at the point. problem: the same with parameters.
    """
    try:
        return _best(Question(society, problem, point, time.monotonic() + seconds))
    except TimeoutError:
        return Unanswered(NOT_SOLVED)
    except (TooLarge, Stuck) as reason:
        return Unanswered(str(reason))


def _best(question: Question) -> Lifted:
    """The mechanism and the multipliers, or the multipliers alone if there is none."""
    whole = _Lifting(question)
    best, dual = whole.solved(whole.worth)
    if isinstance(best, Infeasible):
        return Lifted(None, {"steps": [whole.step("nothing", dual, {})]})
    values = whole.least_payments(-best.value)
    if whole.pays_outside(values):
        return _stepwise(question)
    points, steps = [whole.reached(values, dual)], [whole.step("welfare", dual, values)]
    return Lifted({"points": points}, {"steps": steps})


def _stepwise(question: Question) -> Lifted:
    """The same where draws are excluded that no mechanism makes, one step after the other.

    What is not excluded some mechanism draws; mixed with it the best point is approached.
    """
    part, steps = _Lifting(question), list[Json]()
    while True:
        full = part.fullest()
        if full is None:
            _, dual = part.solved({})
            return Lifted(None, {"steps": [*steps, part.step("nothing", dual, {})]})
        unused = part.programme.allowed - draws_of(full)
        if not unused:
            break
        _, dual = part.solved({("draw", drawn): Fraction(1) for drawn in unused})
        steps.append(part.step(unused, dual, full))
        part = _Lifting(question, frozenset(draws_of(full)))
    best, dual = part.solved(part.worth)
    assert isinstance(best, Optimum), "the full point is feasible"
    values = part.least_payments(-best.value)
    steps.append(part.step("welfare", dual, values))
    points = [part.reached(values, dual)]
    if part.pays_outside(values):
        points.append(part.reached(full, [Fraction(0)] * len(dual)))
    return Lifted({"points": points}, {"steps": steps})


class _Lifting(ProgrammeAtPoint):
    """One programme, at a point and around it."""

    def _lift(
        self, unknowns: Sequence[Any], equations: Sequence[_Rule], values: Mapping[Any, Fraction]
    ) -> tuple[dict[Any, Polynomial], Polynomial]:
        """The unknowns as numerators and a positive denominator, from equations true at the point.

        Unknowns that the equations do not determine keep their values.
        """
        if len(unknowns) > MAX_UNKNOWNS:
            raise Stuck(f"an optimal mechanism has over {MAX_UNKNOWNS} numbers")
        listed = [(terms, bound) for _, terms, bound in sorted(equations, key=_length)]
        solution = around(listed, {unknown: values[unknown] for unknown in unknowns}, self.point)
        if solution is None:
            raise Stuck("an optimal basis of the point is none around it")
        return solution

    def reached(
        self, values: Mapping[Column, Fraction], dual: Sequence[Fraction]
    ) -> dict[str, Json]:
        """The point as expressions, from the rows that bind."""
        equations = [
            (not y, row.terms, row.bound)
            for row, numeric, y in zip(self.rows, self.rows_at_point, dual, strict=True)
            if sum(v * values[c] for c, v in numeric.terms.items()) == numeric.bound
        ]
        unknowns = [column for column, x in values.items() if x]
        numbers, total = self._lift(unknowns, equations, values)
        reports: dict[Any, dict[int, tuple[Any, list[Any]]]] = {}
        for column, number in sorted(numbers.items(), key=lambda pair: str(pair[0])):
            if column[0] == "draw":
                cells, profile = column[1]
                reports.setdefault(cells, {})[profile] = (self._plain(number), [])
        paid: dict[Any, list[Any]] = {}
        for column, number in numbers.items():
            if column[0] == "pay":
                paid.setdefault(column[2], [0] * self.agents)[column[1]] = number
        for ((cells, profile), record), row in sorted(paid.items()):
            if self.balanced:
                row[-1] = -sum(row[:-1])
            listed = [record, [self._plain(amount) for amount in row]]
            reports.setdefault(cells, {}).setdefault(profile, (0, []))[1].append(listed)
        return {
            "total": self._plain(total),
            "denominator": self._plain(self.programme.unit),
            "reports": [
                [list(cells), [[profile, *draw] for profile, draw in sorted(draws.items())]]
                for cells, draws in sorted(reports.items())
            ],
        }

    def step(
        self, aim: str | Set[Drawn], dual: Sequence[Fraction], values: Mapping[Column, Fraction]
    ) -> dict[str, Json]:
        """The multipliers, from the variables that the mechanism needs and all that are free."""
        sums: dict[Column, dict[int, Any]] = {column: {} for column in self.columns}
        if isinstance(aim, str):
            sought = self.aim if aim == "welfare" else {}
        else:
            sought = {("draw", drawn): 1 for drawn in aim}
        missing = {column: -self.number(sought.get(column, 0)) for column in self.columns}
        for r, (row, numeric) in enumerate(zip(self.rows, self.rows_at_point, strict=True)):
            if dual[r]:
                for column, value in row.terms.items():
                    sums[column][r] = value
                    missing[column] -= dual[r] * numeric.terms.get(column, 0)
        equations: list[_Rule] = [
            (not (values.get(column) or column[0] != "draw"), sums[column], bound)
            for column in self.columns
            if not missing[column]
            for bound in [-sought.get(column, 0)]
        ]
        if aim == "nothing":
            size = sum(
                (y * row.bound for y, row in zip(dual, self.rows_at_point, strict=True)),
                Fraction(0),
            )
            used = {r: self.rows[r].bound for r, y in enumerate(dual) if y}
            equations.append((False, used, size))
        unknowns = [r for r, y in enumerate(dual) if y]
        numbers, below = self._lift(unknowns, equations, dict(enumerate(dual)))
        incentives, participation = [], []
        for r, number in sorted(numbers.items()):
            key = self.rows[r].key
            if key is not None and key[0] == "joins":
                participation.append([*key[1:3], self._plain(number * key[3])])
            elif key is not None:
                incentives.append([*key, self._plain(number)])
        return {
            "aim": aim if isinstance(aim, str) else [[list(m), r] for m, r in sorted(aim)],
            "denominator": self._plain(below),
            "incentives": sorted(incentives, key=lambda row: row[:-1]),
            "participation": sorted(participation, key=lambda row: row[:-1]),
            "floor": 0,
        }

    def _plain(self, number: Any) -> Any:
        return plain(number, self.names)


_Rule = tuple[bool, Mapping[Any, Any], Any]
"""Whether an equation may be left out, its terms by unknown, and what they sum to."""


def _length(equation: _Rule) -> tuple[bool, int, int]:
    spare, terms, bound = equation
    long = sum(len(lifted(value).terms) for value in (*terms.values(), bound))
    return spare, long, len(terms)
