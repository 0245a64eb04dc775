"""T1 of theory.md for all payoffs: a finer language does at least as well.

By construction throughout: if the finer language implements whatever the coarser one does, then its
best is at least as good.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, product

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.theorems.situations import (
    Axes,
    Partition,
    Situation,
    product_languages,
    refines,
)
from coopgap.proofs.theorems.symbols import (
    Formula,
    Profile,
    Shape,
    Symbols,
    above,
    at_least,
    at_most,
    gain,
    goal,
    replaced,
    total,
    welfare,
)
from coopgap.proofs.theorems.theorem import Goals
from coopgap.proofs.theorems.transfers import BOUND, RULES, liability, payoff_names, strengths

Plays = Mapping[int, Profile]
"""The profile played in each state."""

Allowed = tuple[frozenset[int], ...]
"""The actions that a directive allows each agent."""


def transfers(refinements: Iterable[Situation]) -> Goals:
    """Transfers in the finer language implement what those in the coarser one do (T1).

    By formula, for every class of transfers: if no obstruction of the coarser language is positive,
    none of the finer language is. By construction: the obstructions of both, by elimination; T3
    shows that there are no others. Situations that lead to the same formula share a goal.
    """
    seen = set()
    found = cache(strengths)
    for situation in refinements:
        symbols = Symbols((*payoff_names(situation), BOUND))
        for rule in RULES:
            coarse = found(situation.coarser, rule, symbols)
            fine = found(situation.finer, rule, symbols)
            known = [*liability(rule, symbols), *coarse]
            same = (symbols, frozenset(known), frozenset(fine))
            if same not in seen:
                seen.add(same)
                yield f"{situation}; {rule}", goal(symbols, known, *fine)


def complete_directives(shape: Shape) -> Goals:
    """Of two state languages the finer has complete directives at least as good (T1).

    By formula, on expected welfare, for each directive of the coarser language.
    """
    symbols = Symbols((*shape.payoffs, *shape.prior))
    known = [above(symbols[p]) for p in shape.prior]
    states = [axes for axes in product_languages(shape) if _is_state_language(axes)]
    for fine, coarse in _refinements(states):
        for written in _prescriptions(shape, coarse[0]):
            expected = _expected(symbols, shape, written)
            better = [
                at_least(_expected(symbols, shape, other), expected)
                for other in _prescriptions(shape, fine[0], written)
            ]
            told = "".join(map(str, coarse[0])), "".join(map(str, fine[0]))
            yield f"cells {told[0]} → {told[1]}: {written}", goal(symbols, known, ("or", *better))


def permissive_directives(shape: Shape) -> Goals:
    """Permissive directives in the finer language implement what those in the coarser one do (T1).

    By formula, for each cell of the coarser language, each of its directives and each selection of
    allowed actions: if it is Nash in the restricted game, then in each part of the cell one of the
    finer language's directives makes it Nash. By construction: that cells are separate, and that
    the selection may be called (0, …, 0).
    """
    symbols = Symbols(shape.payoffs)
    seen = set()
    for fine, coarse in _refinements(product_languages(shape)):
        for cell in _cells(coarse[0]):
            for played in product(shape.profiles, repeat=len(cell)):
                plays = dict(zip(cell, played, strict=True))
                inner = [part for part in _cells(fine[0]) if set(part) <= set(cell)]
                for allowed in _unions(coarse[1:], plays):
                    nash = _nash(symbols, plays, allowed)
                    options = tuple(
                        tuple(_options(symbols, fine[1:], {s: plays[s] for s in part}, allowed))
                        for part in inner
                    )
                    if (nash, options) not in seen:
                        seen.add((nash, options))
                        label = f"{_told(coarse)} → {_told(fine)}: {plays} in {_listed(allowed)}"
                        yield label, goal(symbols, nash, *(("or", *each) for each in options))


def classes_of_complete_directives() -> Goals:
    """Complete directives in product languages: the finer language is not always as good (T1).

    By formula, to be refuted: two states that no contract tells apart, actions unverifiable in the
    coarser language and verifiable in the finer one. If playing (0,0) in one state and (1,1) in the
    other is Nash without prescriptions, some profile in both states is as good.
    """
    shape = Shape(2, 2, 2)
    symbols = Symbols((*shape.payoffs, *shape.prior))
    plays: Plays = {0: (0, 0), 1: (1, 1)}
    nash = [
        at_most(gain(symbols, i, (s, a), (s, replaced(a, i, 1 - a[i]))))
        for s, a in plays.items()
        for i in range(2)
    ]
    positive = [above(symbols[p]) for p in shape.prior]
    expected = _expected(symbols, shape, plays)
    better = [
        at_least(_expected(symbols, shape, dict.fromkeys(plays, a)), expected)
        for a in shape.profiles
    ]
    yield (
        "states blind, actions unverifiable or not",
        goal(symbols, [*positive, *nash], ("or", *better)),
    )


def _is_state_language(axes: Axes) -> bool:
    return all(len(set(classes)) == len(classes) for classes in axes[1:])


def _refinements(languages: Iterable[Axes]) -> Iterator[tuple[Axes, Axes]]:
    """The pairs of languages of which the first properly refines the second."""
    for fine, coarse in product(languages, repeat=2):
        if fine != coarse and all(map(refines, fine, coarse)):
            yield fine, coarse


def _cells(partition: Partition) -> list[tuple[int, ...]]:
    return [
        tuple(k for k, part in enumerate(partition) if part == number)
        for number in range(max(partition) + 1)
    ]


def _prescriptions(shape: Shape, cells: Partition, first: Plays | None = None) -> list[Plays]:
    """One profile per cell, by states; ``first`` comes first."""
    found = [
        {s: chosen[cell] for s, cell in enumerate(cells)}
        for chosen in product(shape.profiles, repeat=max(cells) + 1)
    ]
    return sorted(found, key=lambda each: each != first)


def _expected(symbols: Symbols, shape: Shape, plays: Plays) -> Polynomial:
    """Σ p(ω) W(σ(ω), ω)."""
    return total(
        symbols[shape.prior[s]] * welfare(symbols, shape, (s, a)) for s, a in plays.items()
    )


def _unions(classes: Sequence[Partition], plays: Plays) -> Iterator[Allowed]:
    """The unions of classes, agent by agent, that contain the actions played."""
    own = []
    for agent, partition in enumerate(classes):
        needed = {partition[a[agent]] for a in plays.values()}
        others = [k for k in range(max(partition) + 1) if k not in needed]
        own.append(
            [
                frozenset(b for b, k in enumerate(partition) if k in needed or k in more)
                for size in range(len(others) + 1)
                for more in combinations(others, size)
            ]
        )
    yield from product(*own)


def _options(
    symbols: Symbols, classes: Sequence[Partition], plays: Plays, first: Allowed
) -> Iterator[Formula]:
    """Nash under each directive that can be written; under ``first``, if it can be, first."""
    listed = sorted(_unions(classes, plays), key=lambda each: each != first)
    for each in listed:
        yield "and", *_nash(symbols, plays, each)


def _nash(symbols: Symbols, plays: Plays, allowed: Allowed) -> tuple[Condition, ...]:
    """No agent gains by another allowed action.

    In each state the action that is played is exchanged with action 0.
    """
    found = []
    for state, profile in plays.items():
        start = (0,) * len(profile)
        for agent, own in enumerate(allowed):
            for action in sorted(own - {profile[agent]}):
                called = profile[agent] if action == 0 else action
                other = replaced(start, agent, called)
                found.append(at_most(gain(symbols, agent, (state, start), (state, other))))
    return tuple(found)


def _told(axes: Axes) -> str:
    return "·".join("".join(map(str, axis)) for axis in axes)


def _listed(allowed: Allowed) -> str:
    return "×".join("".join(map(str, sorted(own))) for own in allowed)
