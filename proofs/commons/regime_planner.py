"""The best that can be done where growth has regimes, exactly or between bounds.

Where situations are few, backwards over all of them. Where they are many, merged ones bound every
plan from above, and the best plan among a few harvests in each state is one from below.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from coopgap.proofs.commons.planner import Limits
from coopgap.theory.commons.regimes import Situations, State
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import QuotaLanguage, everything

REACHED = 20_000
"""A plan whose play may come to more states is given up."""

Values = Mapping[State, Fraction]
"""By state, in units."""

Options = Callable[[int, State], Sequence[int]]
"""By month and state the total harvests to choose among."""


@dataclass(frozen=True)
class StatePlan:
    """Total harvests by month and state, and what they are worth from the start, in units."""

    value: Fraction
    totals: Sequence[Mapping[State, int]]


def later_rows(
    situations: Situations, month: int, values: Values
) -> Iterator[tuple[State, Sequence[Fraction]]]:
    """By state of a month, and by what is left there, the expected value from the next month on.

    Of merged situations the largest of what may follow. Where no harvests leave so much, any value.
    """
    if situations.merged:
        full = _later(situations, month, State(0, situations.commons.capacity), values)
        yield from ((state, full[: state.stock + 1]) for state in situations.months[month - 1])
        return
    for state in situations.months[month - 1]:
        yield state, _later(situations, month, state, values)


def _later(situations: Situations, month: int, state: State, values: Values) -> Sequence[Fraction]:
    row, none = [], Fraction(0)
    for rest in range(state.stock + 1):
        after = situations.successors(month, state, state.stock - rest)
        worth = [p * values.get(next_state, none) for p, next_state in after]
        row.append(max(worth, default=none) if situations.merged else sum(worth, start=none))
    return row


def harvests(commons: Commons, stock: int, low: int, high: int) -> Sequence[int]:
    """The harvests by quotas from low to high: the quota, or all that there is."""
    quotas = commons.quotas
    first, last = bisect_left(quotas, low), bisect_right(quotas, high)
    full = max(first, min(bisect_left(quotas, stock), last))
    return [*quotas[first:full], *([stock] if full < last else [])]


def quota_for(commons: Commons, total: int) -> int:
    """The least quota by which a harvest is taken, or more where that is all there is."""
    return commons.quotas[bisect_left(commons.quotas, total)]


def planned_within(
    situations: Situations, language: QuotaLanguage, limits: Limits | None = None
) -> StatePlan:
    """The best plan in which each harvest is what a quota within the limits of its cell allows.

    It may choose anew in each situation, so no rule within the limits is worth more.
    """
    commons = situations.commons
    values: Values = {}
    totals: list[Mapping[State, int]] = []
    for month in range(commons.horizon, 0, -1):
        worth: dict[State, Fraction] = {}
        best: dict[State, int] = {}
        for state, later in later_rows(situations, month, values):
            ends = (limits or {}).get(language.cell_of(month, state), (0, commons.capacity))
            worth[state], least = max(
                (harvest + later[state.stock - harvest], -harvest)
                for harvest in harvests(commons, state.stock, *ends)
            )
            best[state] = -least
        values = worth
        totals.insert(0, best)
    (value,) = values.values()
    return StatePlan(value, totals)


def planned_among(situations: Situations, options: Options) -> StatePlan | None:
    """The best plan among a few harvests, with what its play comes to; None if that is too much."""
    exact = Situations(situations.commons, situations.regimes, (), False)
    months: list[Mapping[State, Sequence[int]]] = []
    states, reached = {State(0, situations.commons.stock)}, 0
    for month in range(1, situations.commons.horizon + 1):
        open_to = {state: options(month, state) for state in states}
        months.append(open_to)
        reached += len(states)
        if reached > REACHED:
            return None
        states = {
            after
            for state, totals in open_to.items()
            for harvest in totals
            for _, after in exact.successors(month, state, harvest)
        }
    values: Values = {}
    best: list[Mapping[State, int]] = []
    for month in range(len(months), 0, -1):
        worth: dict[State, Fraction] = {}
        row: dict[State, int] = {}
        for state, totals in months[month - 1].items():
            worth[state], row[state] = max(
                (
                    sum(
                        (p * values[s] for p, s in exact.successors(month, state, harvest)),
                        Fraction(harvest),
                    ),
                    harvest,
                )
                for harvest in totals
            )
        values = worth
        best.insert(0, row)
    (value,) = values.values()
    return _reaching(exact, StatePlan(Fraction(value), best))


def _reaching(exact: Situations, plan: StatePlan) -> StatePlan:
    """The part of a plan that its play reaches."""
    states, totals = {State(0, exact.commons.stock)}, []
    for month, row in enumerate(plan.totals, 1):
        totals.append({state: row[state] for state in sorted(states)})
        states = {s for state in states for _, s in exact.successors(month, state, row[state])}
    return StatePlan(plan.value, totals)


def best_plan(situations: Situations) -> tuple[StatePlan, Fraction]:
    """A plan as far as its play reaches, and what no plan exceeds: its value, or more if merged."""
    free = planned_within(situations, everything(situations.commons))
    if not situations.merged:
        return _reaching(situations, free), free.value
    commons, regimes = situations.commons, situations.regimes

    def careful(state: State) -> int:
        """The largest harvest at which the mean stays below the threshold of the regime."""
        turn = regimes.recover if state.regime else regimes.shift
        months = len(state.past) + 1
        return max(0, ceil(turn.threshold * months) - 1 - sum(state.past))

    def options(month: int, state: State) -> Sequence[int]:
        wished = free.totals[month - 1].get(State(state.regime, state.stock), state.stock)
        return sorted({_cut(commons, state.stock, harvest) for harvest in (wished, careful(state))})

    def all_too(month: int, state: State) -> Sequence[int]:
        return sorted({*options(month, state), _cut(commons, state.stock, state.stock)})

    def alone(_: int, state: State) -> Sequence[int]:
        return [_cut(commons, state.stock, careful(state))]

    for among in (all_too, options, alone, lambda *_: [0]):
        plan = planned_among(situations, among)
        if plan is not None:
            return plan, free.value
    raise AssertionError("who harvests nothing comes to two states a month")


def _cut(commons: Commons, stock: int, wished: int) -> int:
    """The largest harvest that is possible and no more than wished."""
    return max(
        harvest for harvest in harvests(commons, stock, 0, commons.capacity) if harvest <= wished
    )
