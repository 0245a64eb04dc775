"""Every minimal reason why linear inequalities have no solution, whatever their bounds are.

The system Σ_v ``rows[r][v]`` x_v ≥ c_r (= c_r for equations) has a solution iff y·c ≤ 0 for all y
with Σ_r y_r rows[r] = 0 and y_r ≥ 0 on inequalities (Farkas 1902). These y form a cone that does
not depend on c; its extreme rays, of which there are finitely many, are enough: what remains
when all variables are eliminated (Fourier 1827, Motzkin 1936) and a sum of rows is kept only if
no other sum needs fewer of them (Chernikov 1960; Imbert 1993). Standard library only: the checker
runs it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

LIMIT = 20_000
"""The largest number of sums of rows that are kept at a time."""

Row = Mapping[int, int]
Ray = dict[int, int]
Spend = Callable[[int], None]


class TooMany(OverflowError):
    """There are more sums of rows than the limit allows."""


def obstructions(
    rows: Sequence[Row],
    equations: Collection[int] = (),
    limit: int = LIMIT,
    spend: Spend | None = None,
) -> list[Ray]:
    """The extreme rays {r: y_r ≠ 0}, in coprime integers, in ascending order.

    Positive on inequalities. Equations that depend on each other give lines: both directions are
    listed, and the other rays are determined up to adding lines. An empty row is a ray by itself.
    Raises TooMany rather than return a part. ``spend`` is told of the steps as they are taken; what
    it raises ends the search.
    """
    spend = spend or (lambda steps: None)
    equations = frozenset(equations)
    alike: dict[object, list[int]] = {}
    for r, row in enumerate(rows):
        entries = frozenset((v, a) for v, a in row.items() if a)
        alike.setdefault((entries, r) if r in equations else entries, []).append(r)
    # No ray needs two identical inequalities: one stands for all, and is replaced by each.
    copies = {same[0]: same for same in alike.values()}
    distinct = {r: {v: a for v, a in rows[r].items() if a} for r in copies}
    found: list[Ray] = []
    for part in _parts(distinct, spend):
        for ray in _rays(part, equations, limit, spend):
            count = math.prod(len(copies[r]) for r in ray)
            _bound(len(found) + count, limit)
            spend(count * len(ray))
            for chosen in product(*(copies[r] for r in ray)):
                found.append(dict(sorted(zip(chosen, ray.values(), strict=True))))
    return sorted(found, key=lambda ray: list(ray.items()))


@dataclass(frozen=True, slots=True)
class _Sum:
    """Σ_r weights[r] rows[r] = Σ_v left[v] x_v. support: a bit for each inequality in it."""

    weights: Row
    left: Row
    support: int

    @property
    def size(self) -> int:
        """The steps that arithmetic with it takes."""
        return sum(
            1 + (number.bit_length() // 256) ** 2
            for numbers in (self.weights, self.left)
            for number in numbers.values()
        )

    def plus(self, scale: int, other: _Sum, factor: int) -> _Sum:
        """scale × self + factor × other, in coprime weights."""
        weights, left = (
            {k: scale * one.get(k, 0) + factor * two.get(k, 0) for k in {**one, **two}}
            for one, two in ((self.weights, other.weights), (self.left, other.left))
        )
        common = math.gcd(*weights.values())
        return _Sum(
            {r: y // common for r, y in weights.items() if y},
            {v: a // common for v, a in left.items() if a},
            self.support | other.support,
        )


def _parts(rows: Mapping[int, Row], spend: Spend) -> list[dict[int, Row]]:
    """The rows, parted so that no variable is in two parts."""
    parts: list[tuple[set[int], dict[int, Row]]] = []
    for r, row in rows.items():
        spend(1 + len(parts))
        variables, members = set(row), {r: row}
        apart = []
        for part in parts:
            if variables.isdisjoint(part[0]):
                apart.append(part)
            else:
                variables |= part[0]
                members |= part[1]
        parts = [*apart, (variables, members)]
    return [members for _, members in parts]


def _rays(
    rows: Mapping[int, Row], equations: Collection[int], limit: int, spend: Spend
) -> Iterator[Ray]:
    """Always all extreme rays (``sums``), up to adding lines, of the cone of those y for which
    Σ_r y_r rows[r] vanishes on the variables that are eliminated: at first on none.
    """
    sums, lines = [], []
    for bit, (r, row) in enumerate(sorted(rows.items())):
        if r in equations:
            lines.append(_Sum({r: 1}, row, 0))
        else:
            sums.append(_Sum({r: 1}, row, 1 << bit))
    _bound(len(sums) + len(lines), limit)
    while any(line.left for line in lines):
        sums, lines = _substituted(sums, lines, spend)
    steps = 0
    while any(each.left for each in sums):
        steps += 1
        sums = _eliminated(_cheapest(sums, spend), sums, steps + 1, limit, spend)
    for each in sums:
        yield dict(each.weights)
    for line in lines:
        yield dict(line.weights)
        yield {r: -y for r, y in line.weights.items()}


def _substituted(
    sums: Sequence[_Sum], lines: Sequence[_Sum], spend: Spend
) -> tuple[list[_Sum], list[_Sum]]:
    """An equation is solved for the variable that the fewest inequalities have."""
    spend(sum(each.size for each in (*sums, *lines)))
    uses = Counter(v for each in sums for v in each.left)
    solved, variable = min(
        ((line, v) for line in lines for v in line.left), key=lambda pair: uses[pair[1]]
    )
    pivot = solved.left[variable]
    sign = 1 if pivot > 0 else -1

    def without(each: _Sum) -> _Sum:
        entry = each.left.get(variable, 0)
        return each.plus(abs(pivot), solved, -sign * entry) if entry else each

    return [without(each) for each in sums], [without(each) for each in lines if each is not solved]


def _cheapest(sums: Sequence[_Sum], spend: Spend) -> int:
    """The variable whose elimination adds the fewest pairs, and removes the most rows if none."""
    spend(sum(1 + len(each.left) for each in sums))
    above = Counter(v for each in sums for v, a in each.left.items() if a > 0)
    below = Counter(v for each in sums for v, a in each.left.items() if a < 0)
    return min({**above, **below}, key=lambda v: (above[v] * below[v], -above[v] - below[v], v))


def _eliminated(
    variable: int, sums: Sequence[_Sum], largest: int, limit: int, spend: Spend
) -> list[_Sum]:
    """The extreme rays on which the variable vanishes too: those that it is not in, and one for
    each pair of a positive and a negative that span a face of dimension 2.

    They do iff no third ray has its support within theirs; and a ray of such a face has at most
    ``largest`` rows, one more than there are equations Σ_r y_r rows[r][v] = 0 (Kohler 1967).
    """
    kept = [each for each in sums if variable not in each.left]
    negative = [each for each in sums if each.left.get(variable, 0) < 0]
    for one in sums:
        entry = one.left.get(variable, 0)
        if entry <= 0 or not negative:
            continue
        for other in _adjacent(one, negative, sums, largest, spend):
            kept.append(one.plus(-other.left[variable], other, entry))
            spend(kept[-1].size)
            _bound(len(kept), limit)
    return kept


def _adjacent(
    one: _Sum, others: Sequence[_Sum], sums: Sequence[_Sum], largest: int, spend: Spend
) -> Iterator[_Sum]:
    """Those of the others that span a face with ``one``: what they add to its support contains
    nothing that a third adds. (As text: the hashes of integers can be made to collide.)
    """
    room = largest - one.support.bit_count()
    width = 1 + max(each.support for each in sums).bit_length() // 1024
    spend(len(sums) * width)
    outside = ~one.support
    added = Counter(hex(each.support & outside) for each in sums if each is not one)
    minimal: list[int] = []
    for support in sorted(int(text, 16) for text in added):  # subsets come first
        if support.bit_count() > room:
            continue
        spend(1 + len(minimal) * width // 8)  # comparing supports is quick
        unlike = ~support
        if all(smaller & unlike for smaller in minimal):
            minimal.append(support)
    alone = {hex(support) for support in minimal if added[hex(support)] == 1}
    return (other for other in others if hex(other.support & outside) in alone)


def _bound(count: int, limit: int) -> None:
    if count > limit:
        raise TooMany(f"over {limit:,} sums of rows")


# --- transfers ------------------------------------------------------------------------------------

Arc = tuple[int, int, int]
"""A deviation: an agent, the record of the play and the record that the deviation leaves."""

Incentive = Mapping[tuple[int, int], int]
"""Σ coefficient × t_agent(record) ≥ a gain, by (record, agent); each agent's sum to 0."""


def incentive(arc: Arc) -> Incentive:
    """t_i(source) − t_i(target) ≥ the gain of the deviation."""
    agent, source, target = arc
    return {} if source == target else {(source, agent): 1, (target, agent): -1}


def transfer_rows(
    agents: int, incentives: Sequence[Incentive], budget: str, liable: bool
) -> tuple[list[Row], range]:
    """The constraints that transfers obey, as rows over the variables t_i(y), and which of them are
    equations (theory.md T3).

    First the incentives. Then, with records y in ascending order, for each y that they touch,
    Σ_i t_i(y) = 0 (balanced) or −Σ_i t_i(y) ≥ 0 (burnt). Then, if liable, for each such y and each
    agent i, t_i(y) ≥ −B. Other records pay nothing. Where agents have no limit in common only the
    incentives matter: adding a constant to all transfers obeys any liability bound with free money,
    and with burnt money, if there is no bound, subtracting one obeys the budget.
    """
    records = sorted({record for each in incentives for record, _ in each})
    number = {record: k * agents for k, record in enumerate(records)}
    rows: list[Row] = [
        {number[record] + agent: a for (record, agent), a in each.items()} for each in incentives
    ]
    if budget == "free" or (budget == "burnt" and not liable):
        return rows, range(0)
    sign = 1 if budget == "balanced" else -1
    rows += [{number[record] + agent: sign for agent in range(agents)} for record in records]
    equations = range(len(incentives), len(rows)) if budget == "balanced" else range(0)
    if liable:
        rows += [{variable: 1} for variable in range(len(records) * agents)]
    return rows, equations


def transfer_obstructions(
    agents: int,
    incentives: Sequence[Incentive],
    budget: str,
    liable: bool,
    limit: int = LIMIT,
    spend: Spend | None = None,
) -> list[tuple[Ray, int]]:
    """All minimal obstructions: weights of incentives, and what they leave to the liability bound.

    Transfers exist iff for each of them Σ weight × gain ≤ B × that number.
    """
    rows, equations = transfer_rows(agents, incentives, budget, liable)
    fines = len(incentives) + len({record for each in incentives for record, _ in each})
    found = []
    for ray in obstructions(rows, equations, limit, spend):
        weights = {r: y for r, y in ray.items() if r < len(incentives)}
        if weights:  # without incentives: 0 ≤ B × (number of agents)
            found.append((weights, sum(y for r, y in ray.items() if r >= fines)))
    return found
