"""Transfers that implement a selection, as linear systems: their obstructions, and their
elimination one transfer at a time (theory.md T3).

The systems are written down here in full for every budget, with or without a liability bound, and
share nothing with the short cuts of ``proofs.elimination.transfer_rows``, which they justify.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from proofs.conditions import Condition
from proofs.elimination import obstructions
from proofs.polynomials import Polynomial, parameter
from proofs.theorems.situations import Situation
from proofs.theorems.symbols import Symbols, at_least, equal, gain, payoff, total

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
    """Σ transfers[v] v + rest ≥ 0, or = 0."""

    transfers: Mapping[int, int]
    rest: Polynomial
    relation: str = ">="

    @property
    def condition(self) -> Condition:
        """The row as a condition."""
        parts = (parameter(v).scaled(a) for v, a in self.transfers.items())
        return Condition(total(parts) + self.rest, self.relation)


def payoff_names(situation: Situation) -> tuple[str, ...]:
    """The payoffs that matter to incentives."""
    names = (
        payoff(agent, play) for agent, *plays, _, _ in situation.arcs for play in plays
    )
    return tuple(dict.fromkeys(names))


def transfer_names(situation: Situation) -> tuple[str, ...]:
    """t_i(y) for each agent and record."""
    count = 1 + max(map(max, situation.records))
    return tuple(
        f"t{i + 1}_{y}" for y in range(count) for i in range(situation.shape.agents)
    )


def symbols_of(situation: Situation) -> Symbols:
    """Payoffs, the bound, and transfers last."""
    return Symbols((*payoff_names(situation), BOUND, *transfer_names(situation)))


def system(situation: Situation, rule: Rule, symbols: Symbols) -> list[Row]:
    """All that a contract of the class obeys if it implements the selection."""
    agents = situation.shape.agents
    first = symbols.names.index(transfer_names(situation)[0])
    records = sorted({y for row in situation.records for y in row})

    def t(agent: int, record: int) -> int:
        return first + record * agents + agent

    rows = [
        Row(
            {} if source == target else {t(i, source): 1, t(i, target): -1},
            -gain(symbols, i, play, other),
        )
        for i, play, other, source, target in situation.arcs
    ]
    nothing = Polynomial({})
    if rule.budget != "free":
        relation = "==" if rule.budget == "balanced" else ">="
        rows += [
            Row({t(i, y): -1 for i in range(agents)}, nothing, relation) for y in records
        ]
    if rule.liable:
        rows += [Row({t(i, y): 1}, symbols[BOUND]) for y in records for i in range(agents)]
    return rows


def variables_of(rows: Iterable[Row]) -> list[int]:
    """The transfers that rows are about."""
    return sorted({v for row in rows for v in row.transfers})


def cancelling(rows: Sequence[Row], variables: Sequence[int]) -> list[Mapping[int, int]]:
    """The weighted sums of rows in which these transfers cancel, of as few rows as possible each
    (Farkas 1902)."""
    equations = [k for k, row in enumerate(rows) if row.relation == "=="]
    parts = [{v: row.transfers.get(v, 0) for v in variables} for row in rows]
    return list(obstructions(parts, equations))


def eliminated(rows: Sequence[Row], variables: Sequence[int]) -> list[Row]:
    """What the rows say about everything but these transfers."""
    return [
        _sum((rows[k], weight) for k, weight in ray.items()) for ray in cancelling(rows, variables)
    ]


def strengths(situation: Situation, rule: Rule, symbols: Symbols) -> list[Condition]:
    """The conditions on payoffs and B under which no obstruction has positive strength."""
    rows = system(situation, rule, symbols)
    found = (row.condition for row in eliminated(rows, variables_of(rows)) if row.rest.terms)
    return list(dict.fromkeys(found))


def liability(rule: Rule, symbols: Symbols) -> list[Condition]:
    """B ≥ 0, where there is a bound."""
    return [at_least(symbols[BOUND])] if rule.liable else []


@dataclass(frozen=True)
class Step:
    """A transfer is eliminated. after: what is left to obey. before: what that must imply for there
    to be an amount: its lower bounds are at most its upper bounds, and what is not about it."""

    variable: int
    after: tuple[Condition, ...]
    before: tuple[Condition, ...]


def steps(situation: Situation, rule: Rule, symbols: Symbols) -> Iterator[Step]:
    """Eliminates transfer after transfer. If each step's ``after`` implies its ``before``, then
    whenever what is left at last holds of the payoffs, amounts can be chosen in the opposite order:
    each between the largest of its lower bounds and the least of its upper bounds."""
    rows = before = system(situation, rule, symbols)
    order = _cheapest_first(rows)
    for count, variable in enumerate(order, start=1):
        after = eliminated(rows, order[:count])
        needed = _without(before, variable)
        if needed:
            yield Step(variable, tuple(row.condition for row in after), needed)
        before = after


def _cheapest_first(rows: Sequence[Row]) -> list[int]:
    """The transfers, those with few pairs of a lower and an upper bound first."""

    def pairs(variable: int) -> int:
        signs = [row.transfers.get(variable, 0) for row in rows]
        both = sum(row.relation == "==" and variable in row.transfers for row in rows)
        return (sum(s > 0 for s in signs) + both) * (sum(s < 0 for s in signs) + both)

    return sorted(variables_of(rows), key=pairs)


def _without(rows: Sequence[Row], variable: int) -> tuple[Condition, ...]:
    """The rows that are not about a transfer, and that each of its lower bounds is at most each of
    its upper bounds."""
    halves = [half for row in rows for half in _halves(row)]
    others = [row for row in halves if variable not in row.transfers]
    lower = [row for row in halves if row.transfers.get(variable, 0) > 0]
    upper = [row for row in halves if row.transfers.get(variable, 0) < 0]
    between = (
        _sum([(low, -high.transfers[variable]), (high, low.transfers[variable])])
        for low, high in product(lower, upper)
    )
    conditions = (row.condition for row in (*others, *between))
    return tuple(dict.fromkeys(each for each in conditions if each.polynomial.terms))


def _halves(row: Row) -> tuple[Row, ...]:
    if row.relation == ">=":
        return (row,)
    opposite = Row({v: -a for v, a in row.transfers.items()}, -row.rest)
    return Row(row.transfers, row.rest), opposite


def _sum(weighted: Iterable[tuple[Row, int]]) -> Row:
    """The inequality that a weighted sum of rows is."""
    left: dict[int, int] = {}
    rest = Polynomial({})
    for row, weight in weighted:
        rest += row.rest.scaled(weight)
        for v, a in row.transfers.items():
            left[v] = left.get(v, 0) + weight * a
    return Row({v: a for v, a in left.items() if a}, rest)
