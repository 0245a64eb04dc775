"""Intervals of λ with rational ends, open or closed, and functions constant on such intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Generic, TypeVar

from coopgap.theory.exact import INFINITY, Extended
from coopgap.theory.json_values import Plain

T = TypeVar("T")


@dataclass(frozen=True)
class Interval:
    """The λ between ``low`` and ``high``, including the ends that are not open; ∞ is open."""

    low: Fraction = Fraction(0)
    high: Extended = INFINITY
    open_low: bool = False
    open_high: bool = False

    @property
    def ends(self) -> dict[str, Plain]:
        """The ends as plain JSON values."""
        return {
            "from": str(self.low),
            "to": str(self.high),
            "from_included": not self.open_low,
            "to_included": not self.open_high and self.high != INFINITY,
        }

    @property
    def empty(self) -> bool:
        """Whether no λ is inside."""
        return not (
            self.low < self.high
            or (self.low == self.high and not self.open_low and not self.open_high)
        )

    def __contains__(self, level: Fraction) -> bool:
        above = level > self.low or (level == self.low and not self.open_low)
        return above and (level < self.high or (level == self.high and not self.open_high))

    def __and__(self, other: Interval) -> Interval:
        low, open_low = self.low, self.open_low
        if other.low > low or (other.low == low and other.open_low):
            low, open_low = other.low, other.open_low
        high, open_high = self.high, self.open_high
        if other.high < high or (other.high == high and other.open_high):
            high, open_high = other.high, other.open_high
        return Interval(low, high, open_low, open_high)

    def within(self) -> Fraction:
        """The simplest λ strictly inside; for a single point, that point."""
        return self.low if self.low == self.high else simplest(self.low, self.high)

    def first(self) -> Fraction:
        """An end if one belongs to the interval, else a λ between the ends."""
        if not self.open_low:
            return self.low
        if not self.open_high and isinstance(self.high, Fraction):
            return self.high
        return self.within()

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{{{self.low}}}"
        left = "(" if self.open_low else "["
        right = ")" if self.open_high or self.high == INFINITY else "]"
        return f"{left}{self.low}, {'∞' if self.high == INFINITY else self.high}{right}"


@dataclass(frozen=True)
class Step(Generic[T]):
    """A value that is constant on an interval of λ."""

    at: Interval
    value: T


def spread(part: Any) -> dict[str, object]:
    """The fields of a part that has an interval ``at``, the ends of which stand in its place."""
    return {**part.at.ends, **{name: value for name, value in vars(part).items() if name != "at"}}


def simplest(low: Fraction, high: Extended) -> Fraction:
    """The fraction of least denominator strictly between (Stern 1858, Brocot 1861); low < high."""
    whole = math.floor(low)
    if high > Fraction(whole + 1):
        return Fraction(whole + 1)
    assert isinstance(high, Fraction)
    top: Extended = INFINITY if low == whole else 1 / (low - whole)
    return whole + 1 / simplest(1 / (high - whole), top)


def swept(look: Callable[[Fraction], Step[T]]) -> list[Step[T]]:
    """The steps of a function that is constant on finitely many intervals.

    ``look`` returns one step that holds at a given λ.
    """
    steps, waiting = [], [Interval()]
    while waiting:
        rest = waiting.pop()
        if rest.empty:
            continue
        step = look(rest.first())
        part = step.at & rest
        steps.append(replace(step, at=part))
        waiting.append(Interval(rest.low, part.low, rest.open_low, not part.open_low))
        if isinstance(part.high, Fraction):
            waiting.append(Interval(part.high, rest.high, not part.open_high, rest.open_high))
    return sorted(steps, key=lambda step: (step.at.low, step.at.open_low))


def merged(steps: Iterable[Step[T]]) -> tuple[Step[T], ...]:
    """The steps, with adjacent ones of equal value merged."""
    joined: list[Step[T]] = []
    for step in steps:
        if joined and joined[-1].value == step.value:
            last = joined[-1].at
            whole = Interval(last.low, step.at.high, last.open_low, step.at.open_high)
            joined[-1] = Step(whole, step.value)
        else:
            joined.append(step)
    return tuple(joined)


def value_at(steps: Iterable[Step[T]], level: Fraction) -> T:
    """The value at λ."""
    return next(step.value for step in steps if level in step.at)


def combined(first: Iterable[Step[T]], second: Iterable[Step[T]]) -> list[Step[tuple[T, T]]]:
    """Two functions as one of pairs, on the common refinement of their steps."""
    pairs = ((a, b, a.at & b.at) for a in first for b in second)
    return [Step(at, (a.value, b.value)) for a, b, at in pairs if not at.empty]
