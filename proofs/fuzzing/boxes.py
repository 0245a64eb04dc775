"""The boxes within a conjecture's bounds, as far as its quantities tell them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod

from coopgap.proofs.fuzzing.conjectures import Conjecture
from coopgap.proofs.fuzzing.situations import Bounds, Situation, numbered_game
from coopgap.proofs.fuzzing.symbols import QUANTITIES, Box
from coopgap.theory.contracts import ContractClass, Directives
from coopgap.theory.environments import Environment
from coopgap.theory.languages import Language, ProductLanguage, from_values, join, refines

PLAYS = 4
"""The number of plays up to which every record map is a box; of larger games none is."""

LEVELS = tuple(Fraction(k, 2) for k in (0, 1, 2, 4))
"""The λ of boxes; the second of two is at least the first."""

_FINER = frozenset({"finer_gap", "finer_gap_at", "finer_gap_more", "finer_threshold"})

_OF_CLASS = (
    _FINER
    | {"value", "gap", "gap_at", "gap_more", "threshold"}
    | {
        "cross_difference_at",
        "cross_difference_more",
    }
)
"""Quantities that depend on the class of contracts drawn."""

OF_LANGUAGE = _OF_CLASS | {
    "balanced_gap",
    "burnt_gap",
    "free_gap",
    "directive_gap",
    "incontractible",
}

_OF_LEVELS = frozenset(
    name
    for name in QUANTITIES
    if name.endswith(("_at", "_more"))
    or name in ("level", "common", "alone_one", "own_prosocial", "other_prosocial")
)

_OF_AN_AGENT = frozenset(
    name
    for name in QUANTITIES
    if name.startswith(("own_", "other_")) or name in ("alone_one", "level", "level_more")
)
"""Quantities that single out the first or the last agent."""


def boxes(conjecture: Conjecture, names: Sequence[str]) -> Iterator[Box]:
    """The boxes within a conjecture's bounds, as far as its quantities tell them apart."""
    bounds = conjecture.bounds
    classes = bounds.writable if not _OF_CLASS.isdisjoint(names) else bounds.writable[:1]
    for shape, states in _shapes(bounds, alike=_OF_AN_AGENT.isdisjoint(names)):
        payoffs = [0] * (len(shape) * states * prod(shape))
        game = numbered_game(shape, [Fraction(1, states)] * states, payoffs)
        for rules in classes:
            for language in _languages(game, bounds.forms, rules, names):
                for finer in _refining(game, language, bounds.forms, rules, names):
                    for levels, more in _levels(len(shape), bounds.common, names):
                        situation = Situation(game, language, finer, rules, levels, more)
                        yield Box(situation, bounds.payoff)


def _shapes(bounds: Bounds, *, alike: bool) -> list[tuple[tuple[int, ...], int]]:
    """Numbers of actions, and of states.

    Where no quantity singles out an agent (``alike``), agents in another order are the same shape.
    """
    (fewest, most), (least, greatest), (first, last) = bounds.agents, bounds.actions, bounds.states
    shapes = [
        (shape, count)
        for n in range(fewest, most + 1)
        for shape in product(range(least, greatest + 1), repeat=n)
        for count in range(first, last + 1)
        if not alike or list(shape) == sorted(shape, reverse=True)
    ]
    return sorted(shapes, key=lambda pair: (prod(pair[0]) * pair[1] * len(pair[0]), pair))


def _languages(
    game: Environment, forms: Sequence[str], rules: ContractClass, names: Sequence[str]
) -> Iterator[Language]:
    listed = _every_language(game, forms, rules)
    yield from listed if not OF_LANGUAGE.isdisjoint(names) else [next(listed)]


def _every_language(
    game: Environment, forms: Sequence[str], rules: ContractClass
) -> Iterator[Language]:
    cells = list(_partitions(len(game.states)))
    alone = tuple(tuple(range(size)) for size in game.shape)
    if "product" in forms:
        classes = list(product(*(list(_partitions(size)) for size in game.shape)))
        yield from (ProductLanguage(cell, partition) for cell in cells for partition in classes)
    elif "state" in forms or isinstance(rules, Directives):
        yield from (ProductLanguage(cell, alone) for cell in cells)
    if "record" in forms and not isinstance(rules, Directives):
        shape = (len(game.states), *game.shape)
        plays = prod(shape)
        maps = _partitions(plays) if plays <= PLAYS else [(0,) * plays, tuple(range(plays))]
        for values in maps:
            yield from_values(values, [f"record {value}" for value in values], shape)


def _refining(
    game: Environment,
    language: Language,
    forms: Sequence[str],
    rules: ContractClass,
    names: Sequence[str],
) -> Iterator[Language]:
    if _FINER.isdisjoint(names):
        yield language
        return
    for candidate in _every_language(game, forms, rules):
        if isinstance(candidate, type(language)) and refines(candidate, language, game):
            yield join(language, candidate, game)


def _partitions(size: int) -> Iterator[tuple[int, ...]]:
    """Partitions, coarse ones first: the group of every element, by first appearance."""

    def grown(start: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(start) == size:
            yield start
            return
        for group in range(max(start, default=-1) + 2):
            yield from grown((*start, group))

    return iter(sorted(grown(()), key=lambda groups: (max(groups), groups)))


def _levels(
    agents: int, common: bool, names: Sequence[str]
) -> Iterator[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]:
    selfish = (Fraction(0),) * agents
    if _OF_LEVELS.isdisjoint(names):
        yield selfish, selfish
        return
    profiles = [(level,) * agents for level in LEVELS]
    if not common:
        profiles += [profile for profile in product(LEVELS, repeat=agents) if len({*profile}) > 1]
    for levels, more in product(profiles, repeat=2):
        if all(a <= b for a, b in zip(levels, more, strict=True)):
            yield levels, more
