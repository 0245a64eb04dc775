"""Selections in contract languages, up to relabelling.

Whether contracts in a language implement a selection depends only on which of the plays of the
selection, and of the unilateral deviations from them, leave the same record. Relabelling agents,
states, and in each state the actions of each agent, only relabels the payoffs, which are symbols.
So the selection may be called (0, …, 0) in every state, and all selections in all languages of a
shape reduce to few *situations*. The record map is relabelled too, so it does not matter whether
the language could still tell the relabelled actions apart.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, count, permutations, product
from string import ascii_letters

from coopgap.proofs.theorems.symbols import Play, Profile, Shape, partitions, replaced

Partition = tuple[int, ...]
Axes = tuple[Partition, ...]
"""A product language: cells of states, then the classes of each agent's actions."""

Move = tuple[int, int]
"""An agent and the action that it deviates to."""


@dataclass(frozen=True)
class Situation:
    """The selection that plays (0, …, 0) in every state, in a language.

    records: for each state the record of the play, then, agent by agent, those of its deviations to
    1, 2, …; numbered in order of appearance. coarse: for a refinement, the record of each record in
    the coarser language.
    """

    shape: Shape
    records: tuple[tuple[int, ...], ...]
    coarse: tuple[int, ...] = ()

    @property
    def arcs(self) -> tuple[tuple[int, Play, Play, int, int], ...]:
        """Each deviation: the agent, both plays, and the records of both."""
        start = (0,) * self.shape.agents
        return tuple(
            (i, (s, start), (s, replaced(start, i, b)), row[0], row[1 + k])
            for s, row in enumerate(self.records)
            for k, (i, b) in enumerate(moves(self.shape))
        )

    @property
    def numbers(self) -> range:
        """The records."""
        return range(1 + max(map(max, self.records)))

    @property
    def finer(self) -> Situation:
        """The same selection, without the coarser language."""
        return Situation(self.shape, self.records)

    @property
    def coarser(self) -> Situation:
        """The same selection in the coarser language."""
        rows = tuple(tuple(self.coarse[y] for y in row) for row in self.records)
        return Situation(self.shape, _numbered(rows))

    def __str__(self) -> str:
        """Text such as ``a>bc|d``: the play leaves a, agent 1's deviations b and c, agent 2's d."""
        size = self.shape.actions - 1
        told = [ascii_letters[y] for y in self.numbers]
        texts = []
        for first, *rest in self.records:
            own = ["".join(told[y] for y in rest[k : k + size]) for k in range(0, len(rest), size)]
            texts.append(f"{told[first]}>{'|'.join(own)}")
        merged = "".join(f" {told[y]}→{told[to]}" for y, to in enumerate(self.coarse) if y != to)
        return " ".join(texts) + (f", coarser:{merged}" if self.coarse else "")


def moves(shape: Shape) -> tuple[Move, ...]:
    """The deviations from (0, …, 0)."""
    return tuple((i, b) for i in range(shape.agents) for b in range(1, shape.actions))


def product_languages(shape: Shape) -> list[Axes]:
    """All state and product languages of a shape."""
    return [
        (cells, *classes)
        for cells in partitions(shape.states)
        for classes in product(partitions(shape.actions), repeat=shape.agents)
    ]


@cache
def product_situations(shape: Shape) -> tuple[Situation, ...]:
    """All selections in all product languages (state languages are some of them)."""
    return _distinct(_stars(shape, [(each,) for each in product_languages(shape)]), shape)


@cache
def product_refinements(shape: Shape) -> tuple[Situation, ...]:
    """All selections in all pairs of product languages of which one properly refines the other."""
    pairs = [
        (fine, coarse)
        for fine, coarse in product(product_languages(shape), repeat=2)
        if fine != coarse and all(map(refines, fine, coarse))
    ]
    return _distinct(_stars(shape, pairs), shape)


@cache
def record_situations(shape: Shape) -> tuple[Situation, ...]:
    """All selections in all record languages: all partitions of the plays that matter."""
    width = 1 + len(moves(shape))
    parted = partitions(width * shape.states)
    return _distinct((_rows([(y,) for y in each], width) for each in parted), shape)


@cache
def record_refinements(shape: Shape) -> tuple[Situation, ...]:
    """All selections in all pairs of record languages of which one properly refines the other."""
    width = 1 + len(moves(shape))
    pairs = (
        tuple((y, merged[y]) for y in fine)
        for fine in partitions(width * shape.states)
        for merged in partitions(max(fine) + 1)
        if max(merged) < max(fine)
    )
    return _distinct((_rows(pair, width) for pair in pairs), shape)


def refines(fine: Partition, coarse: Partition) -> bool:
    """Whether the first partition tells apart all that the second one does."""
    return len(set(zip(fine, coarse, strict=True))) == len(set(fine))


Star = tuple[tuple[tuple[Hashable, ...], ...], ...]
"""The records of a situation under any names: by state and relevant play, one per language."""

Layer = tuple[tuple[int, ...], ...]
"""The records of a situation in one language."""


def _rows(records: Sequence[tuple[Hashable, ...]], width: int) -> Star:
    return tuple(tuple(records[k : k + width]) for k in range(0, len(records), width))


def _stars(shape: Shape, languages: Iterable[Sequence[Axes]]) -> Iterator[Star]:
    """The records around each selection.

    In the first state the selection is (0, …, 0): actions can be relabelled in all states and
    languages at once.
    """
    start = (0,) * shape.agents
    for several in languages:
        for rest in product(shape.profiles, repeat=shape.states - 1):
            yield tuple(
                tuple(_told(several, state, profile) for profile in _around(shape, played))
                for state, played in enumerate((start, *rest))
            )


def _around(shape: Shape, played: Profile) -> Iterator[Profile]:
    yield played
    for agent in range(shape.agents):
        for action in range(shape.actions):
            if action != played[agent]:
                yield replaced(played, agent, action)


def _told(languages: Sequence[Axes], state: int, profile: Profile) -> tuple[Hashable, ...]:
    return tuple(
        (cells[state], *(of_agent[a] for of_agent, a in zip(classes, profile, strict=True)))
        for cells, *classes in languages
    )


def _distinct(stars: Iterable[Star], shape: Shape) -> tuple[Situation, ...]:
    """One situation of each kind up to relabelling."""
    kinds = {_canonical(layers, shape) for layers in {_layers(star) for star in stars}}
    return tuple(sorted(kinds, key=lambda each: (each.records, each.coarse)))


def _layers(star: Star) -> tuple[Layer, ...]:
    """The star in each language."""
    languages = range(len(star[0][0]))
    return tuple(_numbered([[record[k] for record in row] for row in star]) for k in languages)


def _canonical(layers: Sequence[Layer], shape: Shape) -> Situation:
    """The least of all relabellings."""
    orders, best = _orders(shape), []
    for layer in layers:
        flat = [*chain.from_iterable(layer)]
        told = [_in_order([flat[k] for k in order]) for order in orders]
        best.append(min(told))
        # Later records are compared only among the relabellings that are least so far.
        orders = tuple(o for o, each in zip(orders, told, strict=True) if each == best[-1])
    width = len(layers[0][0])
    fine = tuple(best[0][k : k + width] for k in range(0, len(best[0]), width))
    if len(best) == 1:
        return Situation(shape, fine)
    merged = dict(zip(*best, strict=True))
    return Situation(shape, fine, tuple(merged[y] for y in range(len(merged))))


@cache
def _orders(shape: Shape) -> tuple[tuple[int, ...], ...]:
    """The relabellings as orders of all records, state after state."""
    width = 1 + len(moves(shape))
    return tuple(
        tuple(s * width + c for s, row in zip(states, columns, strict=True) for c in row)
        for states, columns in _relabellings(shape)
    )


def _in_order(records: Sequence[int]) -> tuple[int, ...]:
    """The records numbered by order of appearance."""
    names = dict(zip(dict.fromkeys(records), count(), strict=False))
    return tuple(map(names.__getitem__, records))


def _relabellings(
    shape: Shape,
) -> Iterator[tuple[Sequence[int], Sequence[Sequence[int]]]]:
    """All orders of the states, and of the columns of each state.

    Agents come in one order for all states, their deviations in any.
    """
    blocks = [
        [1 + i * (shape.actions - 1) + k for k in range(shape.actions - 1)]
        for i in range(shape.agents)
    ]
    for states in permutations(range(shape.states)):
        for agents in permutations(blocks):
            orders = [
                [0, *(c for block in row for c in block)]
                for row in product(*(list(permutations(block)) for block in agents))
            ]
            for columns in product(orders, repeat=shape.states):
                yield states, columns


def _numbered(rows: Iterable[Iterable[Hashable]]) -> Layer:
    """The records numbered by order of appearance, over all rows."""
    names: dict[Hashable, int] = {}
    return tuple(tuple(names.setdefault(y, len(names)) for y in row) for row in rows)
