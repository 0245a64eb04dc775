"""The best mechanism, by the linear programme of theory.md T10."""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction

from coopgap.proofs.algebra.exact_lp import Infeasible, Optimum
from coopgap.proofs.questions.mechanism_programme import (
    NOT_SOLVED,
    Programme,
    Row,
    Terms,
    columns_of,
    solved_exactly,
)
from coopgap.proofs.questions.mechanisms import (
    Drawn,
    MechanismBounds,
    Mechanisms,
    Move,
    Point,
    Society,
    Step,
)
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.contracts import Budget
from coopgap.theory.exact import MINUS_INFINITY


def best_mechanism(society: Society, seconds: float = 60.0) -> Mechanisms | Unanswered:
    """U and V of theory.md T10 with their proofs; Unanswered with the reason."""
    whole = _Programme(society)
    if whole.too_large:
        return Unanswered(whole.too_large)
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
    result = rest.best(deadline)
    assert not isinstance(result, Step), "the full point is feasible"
    value, last, point = result
    attaining, unattained = _stable(rest, deadline, value)
    limiting = *limiting, last
    if isinstance(attaining, Point):
        return Mechanisms(bound, (step,), value, limiting, (attaining,), attained=True)
    unattained = *limiting[:-1], *unattained
    return Mechanisms(bound, (step,), value, limiting, (point, full), False, unattained)


def _stable(
    programme: _Programme, deadline: float, target: Fraction | None = None
) -> tuple[Point | None, tuple[Step, ...]]:
    """A mechanism that draws all that any mechanism draws, or None if there is none; with steps.

    ``floor``: among mechanisms of this welfare or more. Where nothing can be drawn nothing is paid,
    which may leave still less to draw, until that is stable.
    """
    steps: list[Step] = []
    while True:
        point = programme.fullest(deadline, target)
        if point is None:
            return None, (*steps, programme.contradiction(deadline, target))
        unused = programme.allowed - frozenset(point.draws)
        if not unused:
            return point, tuple(steps)
        steps.append(programme.exclusion(unused, deadline, target))
        programme = programme.within(frozenset(point.draws))


class _Programme(Programme):
    """The programme, asked about what it allows."""

    def within(self, allowed: frozenset[Drawn]) -> _Programme:
        """The programme in which only these draws are allowed."""
        return _Programme(self.society, allowed)

    # Questions

    def best(self, deadline: float) -> tuple[Fraction, Step, Point] | Step:
        """The greatest welfare in utils, why it is not exceeded, and a point that reaches it."""
        rows, aim = self.rows(), self.welfare_terms()
        answer = solved_exactly(rows, aim, deadline)
        if isinstance(answer, Infeasible):
            return self._step("nothing", rows, answer.dual)
        value = -answer.value / (self.mass * self.unit)
        return value, self._step("welfare", rows, answer.dual), self._point(rows, aim, answer)

    def worth(self, point: Point) -> Fraction:
        """The expected welfare of a point, in utils."""
        terms = self.welfare_terms().items()
        drawn = (point.draws.get(column[1], Fraction(0)) * worth for column, worth in terms)
        total = sum(drawn, Fraction(0))
        return total / (self.mass * self.unit)

    def fullest(self, deadline: float, target: Fraction | None) -> Point | None:
        """A point with the largest support, None if there is no point.

        In multiples τ of points each μ is at least some s ≤ 1, of which the sum is greatest.
        """
        rows = self.rows(target, "whole")
        for drawn in self.allowed:
            rows.append(Row(None, {("share", drawn): -1}, -1))
            rows.append(Row(None, {("draw", drawn): 1, ("share", drawn): -1}))
        aim: Terms = {("share", drawn): 1 for drawn in self.allowed}
        answer = solved_exactly(rows, aim, deadline)
        assert isinstance(answer, Optimum), "0 is a point"
        return self._point(rows, aim, answer) if answer.value else None

    def exclusion(self, unused: frozenset[Drawn], deadline: float, target: Fraction | None) -> Step:
        """Why these draws have probability 0 at all points."""
        rows = self.rows(target)
        answer = solved_exactly(rows, {("draw", drawn): 1 for drawn in unused}, deadline)
        assert isinstance(answer, Optimum), "there is a point"
        return self._step(unused, rows, answer.dual)

    def contradiction(self, deadline: float, target: Fraction | None) -> Step:
        """Why there is no point."""
        rows = self.rows(target)
        answer = solved_exactly(rows, {}, deadline)
        assert isinstance(answer, Infeasible), "there is no point"
        return self._step("nothing", rows, answer.dual)

    # Answers

    def _step(self, aim: frozenset[Drawn] | str, rows: Sequence[Row], dual: list[Fraction]) -> Step:
        incentives: dict[Move, Fraction] = {}
        participation: dict[tuple[int, int], Fraction] = {}
        target = Fraction(0)
        for (key, *_), multiplier in zip(rows, dual, strict=True):
            if key is None or not multiplier:
                continue
            if key[0] == "joins":
                participation[key[1:3]] = multiplier * key[3]
            elif key[0] == "floor":
                target = multiplier * key[1]
            else:
                incentives[key] = multiplier
        return Step(aim, incentives, participation, target)

    def _point(self, rows: Sequence[Row], aim: Terms, optimum: Optimum) -> Point:
        values = dict(zip(columns_of(rows, aim), optimum.primal, strict=True))
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
