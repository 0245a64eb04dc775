"""All minimal reasons why linear inequalities have no solution, for all right-hand sides at once.

The system Σ_v ``rows[r][v]`` x_v ≥ c_r (= c_r for equations) has a solution iff y·c ≤ 0 for all y
with Σ_r y_r rows[r] = 0 and y_r ≥ 0 on inequalities (Farkas 1902). These y form a cone that does
not depend on c, and its finitely many extreme rays suffice. They are computed by eliminating all
variables (Fourier 1827, Motzkin 1936), keeping a sum of rows only if no other sum needs fewer of
them (Chernikov 1960; Imbert 1993). Standard library only: the checker runs it.
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
    """The number of sums of rows exceeds the limit."""


def obstructions(
    rows: Sequence[Row],
    equations: Collection[int] = (),
    limit: int = LIMIT,
    spend: Spend | None = None,
) -> list[Ray]:
    """The extreme rays {r: y_r ≠ 0}, in coprime integers, in ascending order.

    y is positive on inequalities. Linearly dependent equations give lines: both directions are
    listed, and the other rays are determined up to adding lines. An empty row is a ray by itself.
    Raises TooMany if there are more than ``limit``. ``spend`` receives the number of steps as they
    are taken; an exception that it raises ends the search.
    """
    spend = spend or (lambda _steps: None)
    equations = frozenset(equations)
    alike: dict[object, list[int]] = {}
    for r, row in enumerate(rows):
        entries = frozenset((v, a) for v, a in row.items() if a)
        alike.setdefault((entries, r) if r in equations else entries, []).append(r)
    # No ray needs two identical inequalities: one represents all, and is then replaced by each.
    copies = {same[0]: same for same in alike.values()}
    distinct = {r: {v: a for v, a in rows[r].items() if a} for r in copies}
    rays: list[Ray] = []
    for part in _parts(distinct, spend):
        for ray in _rays(part, equations, limit, spend):
            count = math.prod(len(copies[r]) for r in ray)
            _bound(len(rays) + count, limit)
            spend(count * len(ray))
            for chosen in product(*(copies[r] for r in ray)):
                rays.append(dict(sorted(zip(chosen, ray.values(), strict=True))))
    return sorted(rays, key=lambda ray: list(ray.items()))


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum of rows: Σ_r weights[r] rows[r] = Σ_v left[v] x_v.

    support: the inequalities in it, a bit for each one.
    """

    weights: Row
    left: Row
    support: int

    @property
    def size(self) -> int:
        """The number of steps that arithmetic with it takes."""
        return sum(
            1 + (number.bit_length() // 256) ** 2
            for numbers in (self.weights, self.left)
            for number in numbers.values()
        )

    def plus(self, scale: int, other: _Sum, factor: int) -> _Sum:
        """The combination scale × self + factor × other, in coprime weights."""
        weights, left = (
            {k: scale * first.get(k, 0) + factor * second.get(k, 0) for k in {**first, **second}}
            for first, second in ((self.weights, other.weights), (self.left, other.left))
        )
        common = math.gcd(*weights.values())
        return _Sum(
            {r: y // common for r, y in weights.items() if y},
            {v: a // common for v, a in left.items() if a},
            self.support | other.support,
        )


def _parts(rows: Mapping[int, Row], spend: Spend) -> list[dict[int, Row]]:
    """The rows divided into parts that share no variable."""
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
    """The extreme rays, up to adding lines, of the cone of all y with Σ_r y_r rows[r] = 0.

    Variables are eliminated one after another: ``sums`` always has the extreme rays of the cone of
    those y for which the sum vanishes on the variables eliminated so far.
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
    while any(total.left for total in sums):
        steps += 1
        sums = _eliminated(_cheapest(sums, spend), sums, steps + 1, limit, spend)
    for total in sums:
        yield dict(total.weights)
    for line in lines:
        yield dict(line.weights)
        yield {r: -y for r, y in line.weights.items()}


def _substituted(
    sums: Sequence[_Sum], lines: Sequence[_Sum], spend: Spend
) -> tuple[list[_Sum], list[_Sum]]:
    """Solves an equation for the variable in the fewest inequalities, and eliminates it."""
    spend(sum(total.size for total in (*sums, *lines)))
    uses = Counter(v for total in sums for v in total.left)
    solved, variable = min(
        ((line, v) for line in lines for v in line.left), key=lambda pair: uses[pair[1]]
    )
    pivot = solved.left[variable]
    sign = 1 if pivot > 0 else -1

    def without(total: _Sum) -> _Sum:
        entry = total.left.get(variable, 0)
        return total.plus(abs(pivot), solved, -sign * entry) if entry else total

    lines = [line for line in lines if line is not solved]
    return list(map(without, sums)), list(map(without, lines))


def _cheapest(sums: Sequence[_Sum], spend: Spend) -> int:
    """The variable whose elimination adds the fewest pairs, in a tie the one in the most rows."""
    spend(sum(1 + len(total.left) for total in sums))
    above = Counter(v for total in sums for v, a in total.left.items() if a > 0)
    below = Counter(v for total in sums for v, a in total.left.items() if a < 0)
    return min({**above, **below}, key=lambda v: (above[v] * below[v], -above[v] - below[v], v))


def _eliminated(
    variable: int, sums: Sequence[_Sum], largest: int, limit: int, spend: Spend
) -> list[_Sum]:
    """The extreme rays on which the variable vanishes too.

    They are the rays without the variable, and one for each pair of a positive and a negative ray
    that spans a face of dimension 2. A pair spans one iff no third ray has its support within
    theirs; a ray of such a face has at most ``largest`` rows, one more than there are equations Σ_r
    y_r rows[r][v] = 0 (Kohler 1967).
    """
    rays = [total for total in sums if variable not in total.left]
    negative = [total for total in sums if total.left.get(variable, 0) < 0]
    for positive in sums:
        entry = positive.left.get(variable, 0)
        if entry <= 0 or not negative:
            continue
        for opposite in _adjacent(positive, negative, sums, largest, spend):
            rays.append(positive.plus(-opposite.left[variable], opposite, entry))
            spend(rays[-1].size)
            _bound(len(rays), limit)
    return rays


def _adjacent(
    ray: _Sum, candidates: Sequence[_Sum], sums: Sequence[_Sum], largest: int, spend: Spend
) -> Iterator[_Sum]:
    """The candidates that span a face of dimension 2 with the ray.

    A candidate does iff the rows that it adds to the support of the ray contain no set of rows that
    a third ray adds. Such sets are counted as text, because the hashes of integers can be made to
    collide.
    """
    room = largest - ray.support.bit_count()
    width = 1 + max(total.support for total in sums).bit_length() // 1024
    spend(len(sums) * width)
    outside = ~ray.support
    added = Counter(hex(total.support & outside) for total in sums if total is not ray)
    minimal: list[int] = []
    for support in sorted(int(text, 16) for text in added):  # subsets come first
        if support.bit_count() > room:
            continue
        spend(1 + len(minimal) * width // 8)  # comparing supports is quick
        unlike = ~support
        if all(smaller & unlike for smaller in minimal):
            minimal.append(support)
    alone = {hex(support) for support in minimal if added[hex(support)] == 1}
    return (candidate for candidate in candidates if hex(candidate.support & outside) in alone)


def _bound(count: int, limit: int) -> None:
    if count > limit:
        raise TooMany(f"over {limit:,} sums of rows")


# --- transfers ------------------------------------------------------------------------------------

Arc = tuple[int, int, int]
"""A deviation: an agent, the record of the play and the record that the deviation leaves."""

Incentive = Mapping[tuple[int, int], int]
"""Σ coefficient × t_agent(record) ≥ a gain, by (record, agent); each agent's sum to 0."""


def incentive(arc: Arc) -> Incentive:
    """The row of a deviation: t_i(source) − t_i(target), which must be at least its gain."""
    agent, source, target = arc
    return {} if source == target else {(source, agent): 1, (target, agent): -1}


def transfer_rows(
    agents: int, incentives: Sequence[Incentive], budget: str, liable: bool
) -> tuple[list[Row], range]:
    """The constraints on transfers as rows over variables t_i(y), and which rows are equations.

    First the incentives. Then, with records y in ascending order, for each y that they touch,
    Σ_i t_i(y) = 0 (balanced) or −Σ_i t_i(y) ≥ 0 (burnt). Then, if liable, for each such y and each
    agent i, t_i(y) ≥ −B. Other records pay nothing. With free money, and with burnt money without
    liability bound, there are only the incentives: adding a constant to all transfers meets any
    liability bound, subtracting one meets the budget (theory.md T3).
    """
    records = sorted({record for row in incentives for record, _ in row})
    number = {record: k * agents for k, record in enumerate(records)}
    rows: list[Row] = [
        {number[record] + agent: a for (record, agent), a in row.items()} for row in incentives
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
    """All minimal obstructions: weights of incentives, and the weight of the liability bound.

    Transfers exist iff Σ weight × gain ≤ B × (weight of the bound) for each of them.
    """
    rows, equations = transfer_rows(agents, incentives, budget, liable)
    fines = len(incentives) + len({record for row in incentives for record, _ in row})
    minimal = []
    for ray in obstructions(rows, equations, limit, spend):
        weights = {r: y for r, y in ray.items() if r < len(incentives)}
        if weights:  # without incentives: 0 ≤ B × (number of agents)
            minimal.append((weights, sum(y for r, y in ray.items() if r >= fines)))
    return minimal
