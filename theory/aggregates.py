"""Games of groups of identical agents, stored by group and aggregate (theory.md §4).

Payoffs depend on one's own action, the totals of groups and the state. Functions of one's own
action that occur in payoffs become *marks* of actions, integers ≥ 0; the *aggregate* of a play is
the list of the sums of marks of each group. Given state and aggregate a payoff is affine in one's
own marks, so welfare depends on the aggregate alone, and no table of profiles is ever needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, reduce
from operator import or_

import numpy as np

from coopgap.theory.contracts import ContractClass
from coopgap.theory.errors import InputError
from coopgap.theory.evaluation import compiled, payoff_of
from coopgap.theory.exact import IntArray, integer_array, narrow, scaled
from coopgap.theory.expressions import Tree, names_in
from coopgap.theory.marks import (
    OWN,
    Term,
    columns_of,
    indicators,
    of_actions,
    solved,
    terms_of,
)
from coopgap.theory.notebooks import Tabulated, TextTable

TOTAL = "total"

MAX_CODES = 1 << 22
"""The largest product, over all marks, of the largest sum plus 1."""

MAX_STEPS = 10_000_000
"""The most work that finding all aggregates may be: agents × actions × codes/128."""

MAX_ENTRIES = 1 << 21
"""The largest number of stored payoffs."""

Counts = tuple[tuple[int, ...], ...]
"""For each group, how many of its agents take each action."""

Choices = tuple[tuple[int, tuple[int, ...]], ...]
"""For each group its size, and the indices of the actions among which its agents choose."""


@dataclass(frozen=True)
class Group:
    """Identical agents. actions: labels; numbers: the number that each label spells."""

    name: str
    size: int
    actions: tuple[str, ...]
    numbers: tuple[Fraction, ...]


def tally(counts: Counts) -> Iterator[tuple[int, int, int]]:
    """The group and number of each action that is taken, and by how many agents."""
    for group, own in enumerate(counts):
        for action, number in enumerate(own):
            if number:
                yield group, action, number


@dataclass(frozen=True, eq=False)
class GroupGame:
    """A game of groups.

    marks: for each group and action its marks. payoffs: for each group and state an array of shape
    (1 + marks of the group, aggregates): a payoff in utils is the first row plus the product of
    one's own marks with the others, over ``denominator``. prior: one probability per state.
    """

    groups: tuple[Group, ...]
    marks: tuple[tuple[tuple[int, ...], ...], ...]
    states: tuple[str, ...]
    prior: tuple[Fraction, ...]
    payoffs: tuple[tuple[IntArray, ...], ...]
    denominator: int

    @cached_property
    def support(self) -> tuple[int, ...]:
        """The indices of the states of positive probability."""
        return tuple(index for index, p in enumerate(self.prior) if p > 0)

    @cached_property
    def space(self) -> Space:
        """The aggregates."""
        return Space(tuple(group.size for group in self.groups), self.marks)

    @cached_property
    def welfare(self) -> tuple[IntArray, ...]:
        """W by state and aggregate, over ``denominator``."""
        sums = [self.space.sums(g) for g in range(len(self.groups))]
        return tuple(
            np.array(
                sum(
                    group.size * own[state][0].astype(object)
                    + (columns * own[state][1:].astype(object)).sum(axis=0)
                    for group, own, columns in zip(self.groups, self.payoffs, sums, strict=True)
                )
            )
            for state in range(len(self.states))
        )

    def totals(self, place: int) -> dict[str, Fraction]:
        """The total of each group's actions at an aggregate, by its index."""
        by_name = {}
        for g, group in enumerate(self.groups):
            constant, *slopes = solved(_columns(self.marks[g]), group.numbers)
            sums = self.space.sums(g)[:, place].tolist()
            moved = (slope * x for slope, x in zip(slopes, sums, strict=True))
            by_name[group.name] = group.size * constant + sum(moved)
        return by_name

    def paid(self, state: int, group: int, action: int, place: int) -> int:
        """What an action pays at an aggregate, itself included, over ``denominator``."""
        base, *slopes = self.payoffs[group][state][:, place].tolist()
        marks = self.marks[group][action]
        return int(base + sum(m * x for m, x in zip(marks, slopes, strict=True)))

    def place(self, counts: Counts) -> int:
        """The index of a play's aggregate."""
        return self.space.places[sum(n * self.space.codes[g][a] for g, a, n in tally(counts))]

    def named(self, counts: Counts) -> dict[str, dict[str, int]]:
        """For each group how many agents take each action that is taken, by name."""
        return {
            group.name: {label: n for label, n in zip(group.actions, own, strict=True) if n}
            for group, own in zip(self.groups, counts, strict=True)
        }

    @property
    def every(self) -> Choices:
        """All actions of each group."""
        return tuple((group.size, tuple(range(len(group.actions)))) for group in self.groups)

    @property
    def agents(self) -> int:
        """The number of agents of all groups."""
        return sum(group.size for group in self.groups)


@dataclass(frozen=True)
class Space:
    """The aggregates that agents can reach, each as one number, its *code*.

    sizes: of the groups; marks: of their actions. The sums of marks are the digits of a code, the
    first mark of the first group counting most.
    """

    sizes: tuple[int, ...]
    marks: tuple[tuple[tuple[int, ...], ...], ...]

    @cached_property
    def radices(self) -> tuple[tuple[int, ...], ...]:
        """For each group and mark the largest sum plus 1."""
        return tuple(
            tuple(size * max(column) + 1 for column in zip(*rows, strict=True))
            for size, rows in zip(self.sizes, self.marks, strict=True)
        )

    @cached_property
    def weights(self) -> tuple[tuple[int, ...], ...]:
        """For each group and mark what 1 of it adds to a code."""
        flat = [radix for of_group in self.radices for radix in of_group]
        tail = [math.prod(flat[i + 1 :]) for i in range(len(flat))]
        rest = iter(tail)
        return tuple(tuple(next(rest) for _ in of_group) for of_group in self.radices)

    @property
    def bound(self) -> int:
        """A number above all codes."""
        return math.prod(radix for of_group in self.radices for radix in of_group)

    @cached_property
    def codes(self) -> tuple[tuple[int, ...], ...]:
        """For each group the code of each action."""
        return tuple(
            tuple(sum(m * w for m, w in zip(row, weights, strict=True)) for row in rows)
            for rows, weights in zip(self.marks, self.weights, strict=True)
        )

    @cached_property
    def order(self) -> IntArray:
        """The codes of all aggregates that agents can reach, ascending."""
        choices = [(size, list(own)) for size, own in zip(self.sizes, self.codes, strict=True)]
        return bits_of(reached(choices))

    @cached_property
    def places(self) -> Mapping[int, int]:
        """The index of each aggregate by its code."""
        return {code: place for place, code in enumerate(self.order.tolist())}

    def sums(self, group: int) -> IntArray:
        """The sums of the group's marks, of shape (marks, aggregates)."""
        pairs = zip(self.weights[group], self.radices[group], strict=True)
        return np.array([self.order // weight % radix for weight, radix in pairs])


def reached(choices: Sequence[tuple[int, Sequence[int]]]) -> int:
    """The codes that so many agents reach with these codes of actions, as bits of a number."""
    bits = 1
    for agents, codes in choices:
        for _ in range(agents):
            bits = reduce(or_, [bits << code for code in codes], 0)
    return bits


def bits_of(bits: int) -> IntArray:
    """The positions of the bits that are 1, ascending."""
    raw = np.frombuffer(bits.to_bytes(bits.bit_length() // 8 + 1, "little"), dtype=np.uint8)
    return np.flatnonzero(np.unpackbits(raw, bitorder="little"))


@dataclass(frozen=True)
class GroupLanguage:
    """What a contract can tell apart.

    cells: for each state the number of its cell; classes: for each group and action the number of
    its class, which is verified for each agent; total: whether the total is verified too.
    """

    name: str
    cells: tuple[int, ...]
    classes: tuple[tuple[int, ...], ...]
    total: bool
    contracts: ContractClass


@dataclass(frozen=True)
class GroupQuestion:
    """A claim to decide. value, prosociality: as far as the id needs them; λ for each group.

    plays: for each state of positive probability the plays that the claim lists, ascending.
    """

    id: str
    language: str | None = None
    value: Fraction | None = None
    prosociality: tuple[Fraction, ...] | None = None
    plays: tuple[tuple[Counts, ...], ...] | None = None


@dataclass(frozen=True, repr=False)
class GroupSpecification(Tabulated):
    """A spec of groups. levels: λ for each group; tolerances: losses in utils.

    formulas: the payoffs by group and state as they are written, in ``own`` and names of totals.
    """

    game: GroupGame
    languages: tuple[GroupLanguage, ...]
    levels: tuple[tuple[Fraction, ...], ...] = ()
    tolerances: tuple[Fraction, ...] = ()
    questions: tuple[GroupQuestion, ...] = ()
    formulas: tuple[tuple[Tree, ...], ...] = ()
    title: str = ""
    source: str = ""
    origin: str = field(default="", compare=False)

    def tables(self) -> Sequence[TextTable]:
        """The groups of agents."""
        rows = [
            (group.name, str(group.size), f"{group.actions[0]} to {group.actions[-1]}")
            for group in self.game.groups
        ]
        return [TextTable(self.title or "Groups", ("group", "agents", "actions"), tuple(rows))]


def group_game(
    groups: Sequence[Group],
    states: Sequence[str],
    prior: Sequence[Fraction],
    formulas: Sequence[Sequence[Tree]],
) -> GroupGame:
    """The game with these payoff formulas, by group and state, in ``own`` and names of totals.

    Raises InputError for games with too many aggregates, and for formulas without a value.
    """
    terms = [[terms_of(tree) for tree in of_group] for of_group in formulas]
    columns = [
        columns_of(group.numbers, [own for products in of_group for own, _ in products or ()])
        if None not in of_group
        else indicators(len(group.actions))
        for group, of_group in zip(groups, terms, strict=True)
    ]
    marks = tuple(
        tuple(tuple(column[a] for column in own) for a in range(len(group.actions)))
        for group, own in zip(groups, columns, strict=True)
    )
    space = Space(tuple(group.size for group in groups), marks)
    count = _require_storable(groups, space, len(states))
    totals = _totals(groups, space)
    values = [
        [
            _rows(group, own, products, tree, totals)
            for products, tree in zip(of_group, trees, strict=True)
        ]
        for group, own, of_group, trees in zip(groups, columns, terms, formulas, strict=True)
    ]
    flat = [x for of_group in values for rows in of_group for row in rows for x in row]
    whole, denominator = scaled(flat)
    rest = iter(whole)
    payoffs = tuple(
        tuple(
            integer_array([next(rest) for _ in range(len(rows) * count)], (len(rows), count))
            for rows in of_group
        )
        for of_group in values
    )
    return GroupGame(tuple(groups), marks, tuple(states), tuple(prior), payoffs, denominator)


def _require_storable(groups: Sequence[Group], space: Space, states: int) -> int:
    """The number of aggregates; raises InputError if there are too many."""
    fix = "use fewer agents or actions, or payoffs in which own occurs in fewer ways"
    if space.bound > MAX_CODES:
        raise InputError(
            f"the payoffs of {sum(group.size for group in groups)} agents depend on up to "
            f"{space.bound:,} aggregates; at most {MAX_CODES:,} are supported",
            fix=fix,
        )
    moves = sum(group.size * len(group.actions) for group in groups)
    if moves * (1 + (space.bound >> 7)) > MAX_STEPS:
        raise InputError(
            f"{moves:,} agents × actions reach too many of {space.bound:,} aggregates", fix=fix
        )
    marks = sum(1 + len(rows[0]) for rows in space.marks)
    if len(space.order) * marks * states > MAX_ENTRIES:
        raise InputError(
            f"there are {len(space.order):,} aggregates × {marks} × {states} states to store; at "
            f"most {MAX_ENTRIES:,} are supported",
            fix=fix,
        )
    return len(space.order)


def _totals(groups: Sequence[Group], space: Space) -> dict[str, list[Fraction | int]]:
    """The totals of each group, and of all, by aggregate."""
    totals: dict[str, list[Fraction | int]] = {}
    whole: list[Fraction | int] = [0] * len(space.order)
    for g, group in enumerate(groups):
        constant, *slopes = solved(_columns(space.marks[g]), group.numbers)
        sums = space.sums(g).tolist()
        own: list[Fraction | int] = [group.size * constant] * len(space.order)
        for slope, column in zip(slopes, sums, strict=True):
            own = [x + slope * y for x, y in zip(own, column, strict=True)]
        own = [narrow(x) for x in own]
        totals[f"{TOTAL}_{group.name}"] = own
        whole = [x + y for x, y in zip(whole, own, strict=True)]
    return {**totals, TOTAL: whole}


def _rows(
    group: Group,
    columns: Sequence[Sequence[int]],
    terms: Sequence[Term] | None,
    tree: Tree,
    totals: Mapping[str, list[Fraction | int]],
) -> list[list[Fraction | int]]:
    """A formula as coefficients by aggregate: of 1, then of each mark."""
    if terms is None:
        by_action = [_evaluated(tree, totals, number) for number in group.numbers]
        first = by_action[0]
        return [first, *([x - y for x, y in zip(row, first, strict=True)] for row in by_action[1:])]
    count = len(totals[TOTAL])
    rows: list[list[Fraction | int]] = [[0] * count for _ in range(len(columns) + 1)]
    for own, rest in terms:
        factors = solved(columns, of_actions(own, group.numbers))
        values = _evaluated(rest, totals, None)
        for row, factor in zip(rows, factors, strict=True):
            if factor:
                row[:] = [x + factor * y for x, y in zip(row, values, strict=True)]
    return [[narrow(x) for x in row] for row in rows]


def _evaluated(
    tree: Tree, totals: Mapping[str, list[Fraction | int]], own: Fraction | None
) -> list[Fraction | int]:
    """A formula's values by aggregate."""
    used = [name for name in names_in(tree) if name != OWN]
    run = compiled(tree, [*used, OWN])
    known: dict[tuple[Fraction | int, ...], Fraction | int] = {}
    values = []
    rows = zip(*(totals[name] for name in used), strict=True) if used else [()] * len(totals[TOTAL])
    for row in rows:
        if row not in known:
            known[row] = payoff_of(run([*row, 0 if own is None else narrow(own)]))
        values.append(known[row])
    return values


def _columns(rows: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    return list(zip(*rows, strict=True))
