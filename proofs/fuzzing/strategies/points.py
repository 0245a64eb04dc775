"""Strategies of a family's points: walks along what its assumptions allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from coopgap.proofs.algebra.conditions import Condition, holding_at, normal
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.frontier.intervals import simplest
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.errors import InputError
from coopgap.theory.families import Family

SECONDS = 10.0
"""The time that one nonlinear question about a family's assumptions may take."""


STEPS = 4
"""The most steps of a walk through a family's parameters."""


PARTS = 8
"""Into so many parts is divided how far a step could go."""


Point = tuple[Fraction, ...]
"""One value per parameter."""


def points(family: Family) -> SearchStrategy[dict[str, Fraction]]:
    """Points that satisfy the family's assumptions: a value for each parameter.

    They shrink to a simple point, found by z3. Others are reached from a point inside by a few
    steps along random rational directions, each as far as the linear assumptions allow
    (hit-and-run, Smith 1984); a step that breaks a nonlinear one is halved until it does not, or
    not taken. So what nonlinear equations describe is seen at few points. Raises InputError for
    assumptions that contradict each other or that no point is found for, where the prior may be no
    distribution, and where something may be divided by 0.
    """
    region = _region(family)
    return _walks(region).map(lambda point: dict(zip(family.parameters, point, strict=True)))


@dataclass(frozen=True)
class _Region:
    """Where conditions hold.

    simple, within: points of it, the latter off the edges as far as found. directions: a basis of
    those along which the linear equations go on to hold.
    """

    conditions: tuple[Condition, ...]
    simple: Point
    within: Point
    directions: tuple[tuple[int, ...], ...]

    def reach(self, point: Point, direction: Point) -> tuple[Fraction | None, bool]:
        """How many times the direction can be taken until a linear condition ends; None for ever.

        And whether the end belongs to the region.
        """
        ends: list[tuple[Fraction, bool]] = []
        for condition in self.conditions:
            if condition.polynomial.degree <= 1:
                value = condition.polynomial.at(point)
                falls = value - condition.polynomial.at(_moved(point, direction, Fraction(1)))
                if falls > 0:
                    ends.append((value / falls, condition.relation == ">="))
        return min(ends, default=(None, False))

    def step(self, point: Point, direction: Point, length: Fraction) -> Point:
        """The point after a step, halved where it leaves the region, or the same point."""
        for _ in range(PARTS):
            moved = _moved(point, direction, length)
            if _holds(self.conditions, moved):
                return moved
            length /= 2
        return point


@st.composite
def _walks(draw: DrawFn, region: _Region) -> Point:
    steps = draw(st.integers(0, STEPS if region.directions else 0))
    point = region.within if steps else region.simple
    for remaining in reversed(range(steps)):
        weights = [draw(st.integers(-2, 2)) for _ in region.directions]
        direction = tuple(
            Fraction(sum(weight * part for weight, part in zip(weights, parts, strict=True)))
            for parts in zip(*region.directions, strict=True)
        )
        far, closed = region.reach(point, direction)
        if far is None:
            length = Fraction(draw(st.integers(1, 2 * PARTS)), draw(st.integers(1, 3)))
        else:
            # Only a last step ends at an edge: from there most directions lead nowhere.
            part = draw(st.integers(0, PARTS + (closed and remaining == 0)))
            low, high = (min(k, PARTS) * far / PARTS for k in (part - 1, part))
            if part == 0:
                low, high = Fraction(0), far
            length = simplest(low, high) if low < high else high
        point = region.step(point, direction, length)
    return point


def _moved(point: Point, direction: Point, length: Fraction) -> Point:
    return tuple(x + length * d for x, d in zip(point, direction, strict=True))


def _region(family: Family) -> _Region:
    from coopgap.proofs.families.problem import base_problem
    from coopgap.proofs.parameters.prover import Prover

    with Worker(SECONDS) as worker:
        prover = Prover(len(family.parameters), worker)
        assumptions = base_problem(family, prover).assumptions
        simple = _point(prover.simplest(assumptions))
        inner = [simple]
        equations = [condition for condition in assumptions if condition.relation == "=="]
        for condition in assumptions:
            if condition.relation == ">=":
                answer = prover.point((*assumptions, Condition(condition.polynomial, ">")))
                if answer is None or isinstance(answer, Unanswered):
                    equations.append(condition)
                else:
                    inner.append(tuple(answer))
    # A mean is strict wherever one of its points is, if all conditions are linear.
    centre = tuple(sum(values) / len(inner) for values in zip(*inner, strict=True))
    within = max(
        (p for p in (centre, *inner) if _holds(assumptions, p)),
        key=lambda p: _strict(assumptions, p),
    )
    return _Region(assumptions, simple, within, _directions(equations, len(family.parameters)))


def _point(answer: Sequence[Fraction] | Unanswered | None) -> Point:
    """The point of an answer. Raises InputError if it has none."""
    if answer is None:
        raise InputError(
            "no point satisfies the assumptions", fix="mend the assumptions", field="family"
        )
    if isinstance(answer, Unanswered):
        raise InputError(
            f"no point of the assumptions was found: {answer.reason}",
            fix="assume something simpler",
            field="family",
        )
    return tuple(answer)


def _holds(conditions: Iterable[Condition], point: Point) -> bool:
    return all(map(holding_at(point), conditions))


def _strict(conditions: Iterable[Condition], point: Point) -> int:
    """How many conditions hold with room to spare."""
    return sum(condition.polynomial.at(point) > 0 for condition in conditions)


def _directions(equations: Iterable[Condition], parameters: int) -> tuple[tuple[int, ...], ...]:
    """A basis of the directions along which the linear ones of the equations go on to hold."""
    rows = [
        [int(normal(equation).polynomial.terms.get((k,), 0)) for k in range(parameters)]
        for equation in equations
        if equation.polynomial.degree == 1
    ]
    if not rows:
        rows = [[0] * parameters]
    basis, count = flint.fmpz_mat(rows).nullspace()
    columns = basis.transpose().tolist()[: int(count)]
    return tuple(tuple(int(entry) for entry in column) for column in columns)
