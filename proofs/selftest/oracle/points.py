"""Points that satisfy the assumptions of a claim."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from coopgap.proofs.selftest.oracle.numbers import ONE, ZERO
from coopgap.proofs.selftest.oracle.programmes import Programme
from coopgap.proofs.selftest.oracle.reading import Json, Point, condition_at, objects, polynomial


class Points:
    """Points that satisfy the assumptions.

    They are those of the proof, solutions of linear programmes, drawn points, and points on the
    boundaries of pieces. empty: whether there are certainly none.
    """

    DRAWN = 600

    def __init__(
        self, names: Sequence[str], assumptions: Json, whens: Sequence[Json], proof: Json
    ) -> None:
        self.names, self.assumptions, self.proof = names, assumptions, proof
        self.conditions = [condition for when in whens for condition in when]
        self.random = Random(0)
        self.empty = False

    def __iter__(self) -> Iterator[Point]:
        seen = set[tuple[Fraction, ...]]()
        for values in self._candidates():
            point = dict(zip(self.names, values, strict=True))
            if values not in seen and all(condition_at(e, point) for e in self.assumptions):
                seen.add(values)
                yield point

    def _candidates(self) -> Iterator[tuple[Fraction, ...]]:
        count = len(self.names)
        if not count:
            yield ()
            return
        hinted = list(self._hinted())
        yield from hinted[:4]
        yield from self._linear()
        for number in range(self.DRAWN):
            base = hinted[number % len(hinted)] if hinted and number % 3 == 0 else None
            yield from self._random_point(base, number)
        yield from hinted[4:]

    def _hinted(self) -> Iterator[tuple[Fraction, ...]]:
        for entry in objects(self.proof):
            listed = entry.get("point")
            if isinstance(listed, list) and len(listed) == len(self.names):
                try:
                    yield tuple(map(Fraction, listed))
                except (TypeError, ValueError, ZeroDivisionError):
                    continue

    def _random_point(
        self, base: tuple[Fraction, ...] | None, number: int
    ) -> Iterator[tuple[Fraction, ...]]:
        rng, count = self.random, len(self.names)
        if base is None:
            over = rng.choice((1, 1, 2, 3, 10))
            reach = rng.choice((2, 6, 20))
            low = rng.choice((0, -reach))
            values = [Fraction(rng.randint(low, reach), over) for _ in range(count)]
        else:
            values = list(base)
            values[rng.randrange(count)] += rng.choice((-1, 1)) * Fraction(
                1, rng.choice((1, 2, 10))
            )
        equations = [assumption[0] for assumption in self.assumptions if assumption[1] == "=="]
        if self.conditions and number % 2:
            equations.append(rng.choice(self.conditions)[0])
        for equation in equations:
            self._solve(values, equation)
        yield tuple(values)

    def _solve(self, values: list[Fraction], equation: Json) -> None:
        """The point with one parameter changed so that the number is 0, if one occurs linearly."""
        terms = polynomial(equation, self.names)
        linear = [
            k
            for k in range(len(values))
            if any(k in m for m in terms) and all(m.count(k) <= 1 for m in terms)
        ]
        self.random.shuffle(linear)
        for k in linear:
            slope, rest = ZERO, ZERO
            for monomial, coefficient in terms.items():
                factor = math.prod((values[j] for j in monomial if j != k), start=ONE)
                if k in monomial:
                    slope += coefficient * factor
                else:
                    rest += coefficient * factor
            if slope:
                values[k] = -rest / slope
                return

    def _linear(self) -> Iterator[tuple[Fraction, ...]]:
        """Points of linear programmes over those conditions that are linear."""
        first = self._inner([])
        if first is None:
            linear = [e for e in self.assumptions if self._is_linear(e[0])]
            self.empty = self._inner([], linear) is None
            return
        yield first
        for condition in self.conditions:
            if self._is_linear(condition[0]):
                for relation in ("==", ">"):
                    point = self._inner([[condition[0], relation]])
                    if point is not None:
                        yield point
        for _ in range(3):
            corner = self._inner([], direction=True)
            if corner is not None:
                yield corner
                yield tuple((a + b) / 2 for a, b in zip(first, corner, strict=True))

    def _is_linear(self, number: Json) -> bool:
        return all(len(m) <= 1 for m in polynomial(number, self.names))

    def _inner(
        self, more: Sequence[Json], over: Sequence[Json] | None = None, direction: bool = False
    ) -> tuple[Fraction, ...] | None:
        """A point inside linear conditions (the others are left out), or in a corner of them."""
        programme = Programme(free=True)
        for number, relation in [*(over or self.assumptions), *more]:
            terms = polynomial(number, self.names)
            if any(len(m) > 1 for m in terms):
                continue
            row: dict[Any, Fraction] = {m[0]: -Fraction(c) for m, c in terms.items() if m}
            bound = Fraction(terms.get((), 0))
            if relation == "==":
                programme.equal(row, bound)
            else:
                slack = {"slack": ONE} if relation == ">" or not direction else {}
                programme.at_most({**row, **slack} if relation == ">" else row, bound)
        programme.at_most({"slack": ONE}, ONE)
        goal: dict[Any, Fraction] = {"slack": ONE}
        if direction:
            programme.at_most({"slack": -ONE}, Fraction(-1, 50))
            goal = {k: Fraction(self.random.randint(-3, 3)) for k in range(len(self.names))}
            for k in range(len(self.names)):
                programme.at_most({k: ONE}, Fraction(20))
                programme.at_most({k: -ONE}, Fraction(20))
        solution = programme.maximum(goal)
        if solution is None or (not direction and solution[0] <= 0):
            return None
        return tuple(solution[1].get(k, ZERO) for k in range(len(self.names)))
