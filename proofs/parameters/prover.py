"""Decides conditions on parameters: by certificates where it can, else by solvers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence

from coopgap.proofs.algebra.conditions import Condition, Point, Refutation, holding_at, normal
from coopgap.proofs.algebra.polynomials import ONE, power
from coopgap.proofs.algebra.rational import factors
from coopgap.proofs.algebra.relaxations import NO_CONDITIONS, linear_refutation, relaxed
from coopgap.proofs.algebra.simplex import System
from coopgap.proofs.deciding.worker import TIME_IS_UP, TimedOut, Worker
from coopgap.proofs.engines.handelman import refute_by_products
from coopgap.proofs.engines.points import ask_solvers, find_point, guessed_point, some_point
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.trusted.polynomials import Known, Polynomial

DEGREE = 3
"""The largest number of conditions that a refutation multiplies."""

QUICK = 2
"""The same where a solver has not been asked yet."""

REFUTING, SEARCHING = 10.0, 10.0
"""The seconds for one refutation, and for a point of linear conditions."""


class _Signs(Known):
    """What conditions tell by themselves."""

    def unknown(self, value: Polynomial, relation: str) -> bool:
        return False


class Prover:
    """Answers questions about systems of conditions, each found once.

    worker: where nonlinear questions are asked, so that they end in time. deadline: when, in
    seconds of the monotonic clock, every question but ``implies`` raises TimedOut.
    """

    def __init__(
        self, parameters: int, worker: Worker, degree: int = DEGREE, deadline: float = math.inf
    ) -> None:
        self._parameters, self._worker, self._degree = parameters, worker, degree
        self._deadline = deadline
        self._points: list[tuple[Point, Callable[[Condition], bool]]] = []
        self._last: tuple[tuple[tuple[Condition, ...], int], int] = ((), 0), 0
        self._holding: dict[Condition, tuple[int, int]] = {}
        self._refuted: dict[tuple[Condition, ...], tuple[Refutation | None, int]] = {}
        self._systems: dict[tuple[Condition, ...], System] = {}
        self._signs: tuple[tuple[Condition, ...], _Signs] | None = None

    def refute(
        self, conditions: Sequence[Condition], degree: int | None = None
    ) -> Refutation | None:
        """Why the conditions contradict each other, if that is found with products of so many."""
        key, degree = tuple(conditions), degree or self._degree
        known, tried_degree = self._refuted.get(key, (None, 0))
        if known is None and tried_degree < degree:
            self._require_time()
            system = self._relaxed(key)
            known = linear_refutation(system, key)
            if known is None and degree > 1 and not self._guessed(key, system):
                seconds = min(REFUTING, self._seconds())
                known = refute_by_products(key, degree, seconds=seconds)
            self._refuted[key] = known, degree
        return known

    def point(self, conditions: Sequence[Condition]) -> Point | Unanswered | None:
        """A point at which they hold; None if a solver says that there is none."""
        key = tuple(conditions)
        if not self._points_where(key):
            system = self._relaxed(key)
            if system.weights:
                return None
            if not self._guessed(key, system):
                answer = self._searched(some_point, key)
                if isinstance(answer, Unanswered) and self.refute(key) is not None:
                    return None
                if not isinstance(answer, tuple):
                    return answer
                self._keep(answer)
        known = self._points_where(key)
        return self._points[(known & -known).bit_length() - 1][0]

    def _relaxed(self, conditions: tuple[Condition, ...]) -> System:
        """The relaxation of the conditions.

        That of all but the last is kept: the next question is often about the same ones and another
        one.
        """
        most, last = conditions[:-1], conditions[-1:]
        try:
            start = self._systems.get(most)
            if start is None:
                shorter = self._systems.get(most[:-1])
                known = (most, NO_CONDITIONS) if shorter is None else (most[-1:], shorter)
                start = self._systems[most] = relaxed(*known, self._deadline)
            return relaxed(last, start, self._deadline)
        except TimeoutError:
            raise TimedOut(TIME_IS_UP) from None

    def _guessed(self, conditions: tuple[Condition, ...], system: System) -> bool:
        """Whether a point at which the conditions hold is known, or easily found."""
        if self._points_where(conditions):
            return True
        guess = guessed_point(conditions, self._parameters, system)
        if guess is not None:
            self._keep(guess)
        return guess is not None

    def _keep(self, point: Point) -> None:
        self._points.append((point, holding_at(point)))

    def _points_where(self, conditions: Iterable[Condition]) -> int:
        """The known points at which the conditions hold, as bits.

        Kept for the next question, which is often about the same conditions.
        """
        key = tuple(conditions), len(self._points)
        if key != self._last[0]:
            mask = (1 << len(self._points)) - 1
            for condition in conditions:
                if not mask:
                    break
                mask &= self._mask(condition)
            self._last = key, mask
        return self._last[1]

    def _mask(self, condition: Condition) -> int:
        """The known points at which a condition holds; each is tried once."""
        mask, tried = self._holding.get(condition, (0, 0))
        if tried < len(self._points):
            for k in range(tried, len(self._points)):
                mask |= self._points[k][1](condition) << k
            self._holding[condition] = (mask, len(self._points))
        return mask

    def simplest(self, conditions: Sequence[Condition]) -> Point | Unanswered | None:
        """A point with small numerators and denominators at which they hold."""
        return self._searched(find_point, conditions)

    def solvers(self, conditions: Sequence[Condition], names: Sequence[str]) -> tuple[str, ...]:
        """The solvers that say that the conditions have no solution.

        Raises Disagreement if one says that they have one.
        """
        try:
            return self._worker.call(ask_solvers, tuple(conditions), tuple(names))
        except TimedOut:
            return ()

    def _seconds(self) -> float:
        return self._deadline - time.monotonic()

    def _require_time(self) -> None:
        if self._seconds() < 0:
            raise TimedOut(TIME_IS_UP)

    def _searched(
        self,
        search: Callable[..., Point | Unanswered | None],
        conditions: Sequence[Condition],
    ) -> Point | Unanswered | None:
        """z3 ends in time where everything is linear; elsewhere the worker sees to that."""
        self._require_time()
        if _linear(conditions):
            return search(conditions, self._parameters, seconds=min(SEARCHING, self._seconds()))
        try:
            return self._worker.call(search, tuple(conditions), self._parameters)
        except TimedOut as reason:
            return Unanswered(str(reason))

    def implies(self, conditions: Sequence[Condition], conclusion: Condition) -> bool:
        """Whether the conclusion is shown to follow; where that is hard or too late, rather not."""
        if self._points_where(conditions) & ~self._mask(conclusion):
            return False
        try:
            return self.proof(conditions, conclusion, QUICK) is not None
        except TimedOut:
            return False

    def simplified(self, conditions: Sequence[Condition], condition: Condition) -> Condition:
        """An equivalent of the condition without the factors whose signs are known."""
        if condition.polynomial.degree < 2 or condition.polynomial.constant is not None:
            return condition
        rest = ONE
        for factor, exponent in factors(condition.polynomial):
            if self.implies(conditions, Condition(factor, ">")):
                continue
            if self.implies(conditions, Condition(-factor, ">")):
                rest = rest if exponent % 2 == 0 else -rest
            else:
                rest = rest * power(factor, exponent)
        return Condition(rest.primitive, condition.relation)

    def signs_of_factors(
        self, conditions: Sequence[Condition], condition: Condition
    ) -> list[Condition]:
        """The signs of the factors of a product that are shown to follow, and are not yet said."""
        following = []
        for factor, exponent in factors(condition.polynomial):
            if factor.constant is not None or (exponent % 2 == 0 and condition.relation == ">="):
                continue
            relations = (">",) if condition.relation == ">" else (">", ">=")
            signs = [Condition(side, r) for r in relations for side in (factor, -factor)]
            if not any(
                self._signs_of(tuple(conditions)).holds(s.polynomial, s.relation) for s in signs
            ):
                following += next(([s] for s in signs if self._follows(conditions, s)), [])
        return following

    def _follows(self, conditions: Sequence[Condition], sign: Condition) -> bool:
        """Whether a sign holds everywhere and is shown to follow."""
        never = self.point((*conditions, *sign.negations())) is None
        return never and self.proof(conditions, sign) is not None

    def proof(
        self, conditions: Sequence[Condition], conclusion: Condition, degree: int | None = None
    ) -> list[Refutation] | None:
        """Refutations of each way in which the conclusion could fail.

        None are needed for what the conditions say themselves.
        """
        if self._signs_of(tuple(conditions)).holds(conclusion.polynomial, conclusion.relation):
            return []
        refutations = []
        for negation in conclusion.negations():
            refutation = self.refute((*conditions, negation), degree)
            refutation = refutation or product_refutation(conditions, conclusion)
            if refutation is None:
                return None
            refutations.append(refutation)
        return refutations

    def _signs_of(self, conditions: tuple[Condition, ...]) -> _Signs:
        """What conditions tell by themselves; kept for the next question about the same ones."""
        if self._signs is None or self._signs[0] != conditions:
            signs = _Signs()
            for condition in conditions:
                signs.learn(condition)
            self._signs = conditions, signs
        return self._signs[1]


def _linear(conditions: Iterable[Condition]) -> bool:
    return all(condition.polynomial.degree <= 1 for condition in conditions)


def product_refutation(conditions: Sequence[Condition], conclusion: Condition) -> Refutation | None:
    """Why the conclusion cannot fail, if it is the sign of a product of what conditions say.

    None if some factor has no sign there, or if there is one factor only.
    """
    if conclusion.relation == "==" or conclusion.polynomial.degree < 2:
        return None
    weak = conclusion.relation == ">="
    places = {
        normal(condition).polynomial: k
        for k, condition in reversed(list(enumerate(conditions)))
        if condition.relation == ">" or (weak and condition.relation == ">=")
    }
    used: list[int] = []
    bases: list[Polynomial] = []
    sign, zero = 1, False
    for factor, exponent in factors(conclusion.polynomial):
        plain = factor.primitive
        if plain in places and -plain in places and not zero:
            # It is 0, and of the sign that is wanted.
            zero, used = True, used + [places[plain]] * (exponent - 1)
            sides = places[plain], places[-plain]
            continue
        if factor.constant is not None:
            sign = -sign
        elif plain in places:
            used += [places[plain]] * exponent
        elif -plain in places:
            used += [places[-plain]] * exponent
            sign *= (-1) ** exponent
        elif weak and exponent % 2 == 0:
            bases += [plain] * (exponent // 2)
        else:
            return None
    if zero:
        used.append(sides[sign < 0])
        sign = 1
    if sign < 0 or len(used) + len(bases) < 2 - bool(bases):
        return None
    contrary = (1, (len(conditions),), ())
    return Refutation((contrary, (1, tuple(sorted(used)), tuple(bases))))
