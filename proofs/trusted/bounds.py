"""What certificates show of all equilibria of a commons: between which bounds agents get what.

After each month any equilibrium of what is left may follow. An agent surely gains by another demand
if the least that then follows gives it more than the greatest that follows otherwise; demands from
which nobody surely gains are all that an equilibrium can ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from coopgap.proofs.trusted.documents import fields, listing, require, truth_of
from coopgap.proofs.trusted.playing import Later, Month, Play
from coopgap.proofs.trusted.situations import Situations
from coopgap.proofs.trusted.stages import Stages, State, number_of

Box = list[tuple[Fraction, Fraction]]
"""The least and the greatest value of each kind's payoff, then of the months that the resource
lasts, then of the total catch."""

Boxes = Mapping[State, Box]
"""By situation, which without regimes is a stock alone."""


def bounds(source: Stages | Situations, play: Play) -> Box | None:
    """What agents of each kind get at least and at most in any equilibrium; None without one."""
    boxes: Boxes = {}
    parts = len(play.counts) + 2
    for month in range(source.commons.horizon, 0, -1):
        current: dict[State, Box] = {}
        least, most = (
            [{key: box[part][end] for key, box in boxes.items()} for part in range(parts)]
            for end in (0, 1)
        )
        views = source.views(month, least, min), source.views(month, most, max)
        for low, high in zip(*views, strict=True):
            stage = _Stage(play, low.later, high.later)
            for key, state in low.states:
                box = stage.box(state[1])
                if box is None:
                    return None
                before = current.get(key, [(Fraction(0), Fraction(0))] * parts)
                current[key] = [
                    (a + low.weight * first, b + low.weight * last)
                    for (a, b), (first, last) in zip(before, box, strict=True)
                ]
        boxes = current
        source.budget.measure(end for box in boxes.values() for ends in box for end in ends)
    return boxes[source.first]


class _Stage:
    """A month in which the most may follow the demands foreseen, and the least any others."""

    def __init__(self, play: Play, low: Later, high: Later) -> None:
        self.counts, self.low, self.high = play.counts, low, high
        self.least = Month(play, low[:-1])
        self.most = Month(play, high[:-1], low[:-1])
        self.box = cache(self._box)

    def _box(self, stock: int) -> Box | None:
        """The ends of the values of demands from which nobody surely gains; None without any."""
        equilibria = list(self.most.equilibria(stock))
        if not equilibria:
            return None
        box: Box = []
        least, most = (
            [month.payoffs(stock, demands) for demands in equilibria]
            for month in (self.least, self.most)
        )
        for lows, highs in zip(zip(*least, strict=True), zip(*most, strict=True), strict=True):
            box.append((min(lows), max(highs)))
        catches = {
            min(stock, sum(n * demand for n, demand in zip(self.counts, demands, strict=True)))
            for demands in equilibria
        }
        total = [
            [catch + rows[-1][stock - catch] for catch in catches] for rows in (self.low, self.high)
        ]
        return [*box, (min(total[0]), max(total[1]))]


def stocks_of(source: Stages | Situations) -> set[int]:
    """The stocks that some harvests lead to."""
    if isinstance(source, Situations):
        return {state[1] for row in source.months for state in row}
    return {stock for month in source.months for stock in source.reached(month)}


def emptied(source: Stages | Situations) -> bool:
    """Whether it is always an equilibrium that all demand the most, as the others leave nothing."""
    n, most = source.commons.agents, source.commons.grid[-1]
    return all((n - 1) * min(most, stock) >= stock for stock in stocks_of(source))


def show_bounds(source: Stages | Situations, claim: Mapping[str, Any], witness: Any) -> None:
    """In every equilibrium agents of each kind get no less and no more; or there is none."""
    names = ("kinds", "exists", "payoffs", "months", "total")
    kinds, exists, payoffs, months, total = fields(claim, "the claim", *names)
    fields(witness, "the witness")
    play = Play(source, kinds)
    require(not truth_of(exists) or emptied(source), "an equilibrium is not sure to exist")
    box = bounds(source, play)
    if payoffs is None:
        exact = isinstance(source, Stages) or not source.merged
        require(box is None and exact, "there may be an equilibrium")
        require(months is None and total is None, "without an equilibrium nothing is bounded")
        return
    require(box is not None, "there is no equilibrium, or merged situations do not tell")
    stated = [*listing(payoffs, len(play.counts)), months, total]
    for (low, high), ends in zip(box or [], stated, strict=True):
        first, last = (number_of(end) for end in listing(ends, 2))
        require(first <= low and high <= last, "an equilibrium may give another payoff")
