"""Transfers that implement a selection, as linear systems, and their obstructions (theory.md T3).

Transfers are eliminated one at a time. The systems are written here in full for every budget, with
or without a liability bound, and share nothing with the shortcuts of ``transfer_rows``
(``coopgap.proofs.algebra.elimination``), which they justify.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.elimination import obstructions
from coopgap.proofs.algebra.polynomials import ZERO, Polynomial
from coopgap.proofs.theorems.situations import Situation
from coopgap.proofs.theorems.symbols import Symbols, at_least, gain, payoff, total

BOUND = "B"
"""The liability bound: t_i(y) ≥ −B."""


@dataclass(frozen=True)
class Rule:
    """A class of transfers."""

    budget: str
    liable: bool

    def __str__(self) -> str:
        return f"{self.budget} money, {'liability B' if self.liable else 'no liability bound'}"


RULES = tuple(
    Rule(budget, liable) for budget in ("free", "burnt", "balanced") for liable in (False, True)
)


@dataclass(frozen=True)
class Row:
    """A constraint Σ transfers[name] t + rest ≥ 0, or = 0."""

    transfers: Mapping[str, int]
    rest: Polynomial
    relation: str = ">="

    def condition(self, symbols: Symbols) -> Condition:
        """The row as a condition."""
        parts = (symbols[name] * (a) for name, a in self.transfers.items())
        return Condition(total(parts) + self.rest, self.relation)

    @property
    def is_evident(self) -> bool:
        """Whether the row is 0 ≥ 0."""
        return not self.transfers and not self.rest.terms


def payoff_names(situation: Situation) -> tuple[str, ...]:
    """The names of the payoffs in incentive constraints."""
    names = (payoff(agent, play) for agent, *plays, _, _ in situation.arcs for play in plays)
    return tuple(dict.fromkeys(names))


def transfer(agent: int, record: int) -> str:
    """The name of t_i(y)."""
    return f"t{agent + 1}_{record + 1}"


def transfer_names(situation: Situation) -> tuple[str, ...]:
    """The names of t_i(y) for each agent and record."""
    agents = range(situation.shape.agents)
    return tuple(transfer(i, y) for y in situation.numbers for i in agents)


def symbols_of(situation: Situation) -> Symbols:
    """The symbols of payoffs, of the bound, and last of transfers."""
    return Symbols((*payoff_names(situation), BOUND, *transfer_names(situation)))


def system(situation: Situation, rule: Rule, symbols: Symbols) -> list[Row]:
    """The constraints on a contract of the class that implements the selection."""
    agents, records = range(situation.shape.agents), situation.numbers
    rows = []
    for i, play, other, source, target in situation.arcs:
        ends = {transfer(i, source): 1, transfer(i, target): -1} if source != target else {}
        rows.append(Row(ends, -gain(symbols, i, play, other)))
    if rule.budget != "free":
        relation = "==" if rule.budget == "balanced" else ">="
        rows += [Row({transfer(i, y): -1 for i in agents}, ZERO, relation) for y in records]
    if rule.liable:
        rows += [Row({transfer(i, y): 1}, symbols[BOUND]) for y in records for i in agents]
    return rows


def transfers_in(rows: Iterable[Row]) -> list[str]:
    """The transfers in the rows."""
    return sorted({name for row in rows for name in row.transfers})


def cancelling(rows: Sequence[Row], transfers: Sequence[str]) -> list[Mapping[int, int]]:
    """The minimal weighted sums of rows in which these transfers cancel (Farkas 1902)."""
    equations = [k for k, row in enumerate(rows) if row.relation == "=="]
    parts = [{v: row.transfers.get(name, 0) for v, name in enumerate(transfers)} for row in rows]
    return list(obstructions(parts, equations))


def eliminated(rows: Sequence[Row], transfers: Sequence[str]) -> list[Row]:
    """The consequences of the rows without these transfers."""
    return [
        _sum((rows[k], weight) for k, weight in ray.items()) for ray in cancelling(rows, transfers)
    ]


def strengths(situation: Situation, rule: Rule, symbols: Symbols) -> list[Condition]:
    """The conditions on payoffs and B under which no obstruction has positive strength."""
    rows = system(situation, rule, symbols)
    sums = (row for row in eliminated(rows, transfers_in(rows)) if not row.is_evident)
    return list(dict.fromkeys(row.condition(symbols) for row in sums))


def liability(rule: Rule, symbols: Symbols) -> list[Condition]:
    """B ≥ 0, if there is a bound."""
    return [at_least(symbols[BOUND])] if rule.liable else []


@dataclass(frozen=True)
class Step:
    """The elimination of a transfer.

    after: the constraints that remain. before: what they must imply for an amount to exist: that
    the transfer's lower bounds are at most its upper bounds, and the constraints without it.
    """

    transfer: str
    after: tuple[Condition, ...]
    before: tuple[Condition, ...]


def steps(situation: Situation, rule: Rule, symbols: Symbols) -> Iterator[Step]:
    """Eliminates transfer after transfer.

    If each step's ``after`` implies its ``before``, then whenever the constraints that remain at
    last hold for the payoffs, amounts can be chosen in the opposite order, each between the largest
    of its lower bounds and the least of its upper bounds. Where ``before`` is part of ``after``
    there is no step to show.
    """
    rows = before = system(situation, rule, symbols)
    order = _cheapest_first(rows)
    for count, name in enumerate(order, start=1):
        after = eliminated(rows, order[:count])
        needed, left = (
            tuple(dict.fromkeys(row.condition(symbols) for row in some if not row.is_evident))
            for some in (_without(before, name), after)
        )
        if not set(needed) <= set(left):
            yield Step(name, left, needed)
        before = after


def _cheapest_first(rows: Sequence[Row]) -> list[str]:
    """The transfers, in order of their number of pairs of a lower and an upper bound."""

    def pairs(name: str) -> int:
        signs = [row.transfers.get(name, 0) for row in rows]
        both = sum(row.relation == "==" and name in row.transfers for row in rows)
        return (sum(s > 0 for s in signs) + both) * (sum(s < 0 for s in signs) + both)

    return sorted(transfers_in(rows), key=pairs)


def _without(rows: Sequence[Row], name: str) -> list[Row]:
    """The rows without a transfer, and the comparisons of its lower with its upper bounds.

    Each lower bound is at most each upper bound.
    """
    halves = [half for row in rows for half in _halves(row)]
    lower = [row for row in halves if row.transfers.get(name, 0) > 0]
    upper = [row for row in halves if row.transfers.get(name, 0) < 0]
    between = [
        _sum([(low, -high.transfers[name]), (high, low.transfers[name])])
        for low, high in product(lower, upper)
    ]
    return [row for row in halves if name not in row.transfers] + between


def _halves(row: Row) -> tuple[Row, ...]:
    if row.relation == ">=":
        return (row,)
    opposite = Row({v: -a for v, a in row.transfers.items()}, -row.rest)
    return Row(row.transfers, row.rest), opposite


def _sum(weighted: Iterable[tuple[Row, int]]) -> Row:
    """A weighted sum of rows, as an inequality."""
    left: dict[str, int] = {}
    rest = ZERO
    for row, weight in weighted:
        rest += row.rest * (weight)
        for v, a in row.transfers.items():
            left[v] = left.get(v, 0) + weight * a
    return Row({v: a for v, a in left.items() if a}, rest)
