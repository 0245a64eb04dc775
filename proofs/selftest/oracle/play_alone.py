"""The claims about games and selfish play."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

from coopgap.proofs.selftest.oracle.games import Game, Undecided, deterred, pays_alone, sides_of
from coopgap.proofs.selftest.oracle.numbers import INF, ONE, ZERO
from coopgap.proofs.selftest.oracle.reading import (
    Json,
    ascending,
    items_of,
    number_at,
    require,
    whole,
    wholes,
)
from coopgap.proofs.selftest.oracle.selections import held_at
from coopgap.proofs.selftest.oracle.strategies import Strategies, incontractible
from coopgap.proofs.selftest.oracle.subjects import Subject

MAX_TRIED = 5_000
"""How many combinations of anything are looked at."""


def optimum_is(about: Subject) -> bool:
    """Whether W* is a number; of agents who do not all see the state, what they reach pooled."""
    (value,) = about.fields("value")
    best = about.game.pooled if about.game.private else about.game.optimum
    return bool(best == about.fraction(value))


def in_state(about: Subject, find: Callable[[Game, int], list[int]]) -> bool:
    """Whether these are the profiles of a state that ``find`` finds."""
    state, listed = about.fields("state", "profiles")
    profiles = None if listed is None else ascending(listed, len(about.game.profiles))
    if whole(state, about.game.states) not in about.game.support:
        return profiles is None
    return find(about.game, state) == profiles


def mixed_equilibria(about: Subject) -> bool:
    """Whether each of some mixed plays is an equilibrium."""
    state, plays = about.fields("state", "plays")
    game = about.game
    require(game.kind == "none" and bool(items_of(plays)))
    require(whole(state, game.states) in game.support)
    return all(_is_mixed_equilibrium(about, state, play) for play in plays)


def _is_mixed_equilibrium(about: Subject, state: int, listed: Json) -> bool:
    game, mixes = about.game, []
    for agent, own in enumerate(items_of(listed, len(game.sizes))):
        mix: dict[int, Fraction] = {}
        for entry in items_of(own):
            action, weight = items_of(entry, 2)
            require(whole(action, game.sizes[agent]) not in mix)
            mix[action] = number_at(weight, about.point)
            require(mix[action] > 0)
        require(bool(mix))
        mixes.append(mix)
    weights = {
        a: math.prod((mix.get(k, ZERO) for mix, k in zip(mixes, profile, strict=True)), start=ONE)
        for a, profile in enumerate(game.profiles)
    }
    return deterred(game, state, weights, pays_alone(game))


def nash(about: Subject) -> bool:
    """Whether these are the pure equilibria of each state."""
    (lists,) = about.fields("profiles")
    game = about.game
    if game.private:
        strategies = Strategies(game)
        sizes = [game.sizes[agent] for agent, _ in strategies.types]
        rows = [items_of(row, len(sizes)) for row in items_of(lists)]
        for row in rows:
            for action, size in zip(row, sizes, strict=True):
                whole(action, size)
        return rows == strategies.equilibria()
    listed = [ascending(e, len(game.profiles)) for e in items_of(lists, len(game.support))]
    return [game.nash(state) for state in game.support] == listed


def unique_nash(about: Subject) -> bool:
    """Whether each state has one pure equilibrium."""
    if about.game.private:
        unique = len(Strategies(about.game).equilibria()) == 1
    else:
        unique = all(len(about.game.nash(state)) == 1 for state in about.game.support)
    if "profiles" in about.claim:
        return nash(about) and unique
    return not about.fields() and unique


def agent_thresholds(about: Subject) -> bool:
    """Whether these are each agent's least λ for each first best."""
    (listed,) = about.fields("thresholds")
    game = about.game
    expected = []
    options = [game.first_best(state) for state in game.support]
    if math.prod(map(len, options)) > MAX_TRIED:
        raise Undecided
    for profiles in product(*options):
        levels = []
        for agent in game.agents:
            rows = [
                (move[3], move[4])
                for state, a in zip(game.support, profiles, strict=True)
                for move in game.deviations(state, a)
                if move[0] == agent
            ]
            interval = held_at(rows)
            levels.append(interval[0][0] if interval else INF)
        expected.append((list(profiles), levels))
    stated = []
    for entry in items_of(listed):
        selection, own = items_of(entry, 2)
        stated_levels = [about.fraction(level, "inf") for level in items_of(own, len(game.agents))]
        stated.append((wholes(selection, len(game.profiles), len(game.support)), stated_levels))
    return stated == expected


def incontractible_cells(about: Subject) -> bool:
    """Whether these are the incontractible cells."""
    (cells,) = about.fields("cells")
    return incontractible(about.game) == ascending(cells, about.game.states)


def beneficial(about: Subject) -> bool:
    """Whether some first best is better for all agents than any selfish outcome below W* (T8)."""
    about.fields()
    game = about.game

    def expected(profiles: Sequence[int]) -> list[Fraction]:
        played = list(zip(game.support, profiles, strict=True))
        return [sum((game.prior[s] * own[s][a] for s, a in played), ZERO) for own in game.payoffs]

    best = [game.first_best(s) for s in game.support]
    selfish = [
        [a for a in range(len(game.profiles)) if all(m[3] <= 0 for m in game.deviations(s, a))]
        for s in game.support
    ]
    if math.prod(map(len, best)) * math.prod(map(len, selfish)) > MAX_TRIED:
        raise Undecided
    good = [expected(profiles) for profiles in product(*best)]
    bad = [e for e in map(expected, product(*selfish)) if sum(e, ZERO) < game.optimum]
    return all(
        any(all(f > v for f, v in zip(first, own, strict=True)) for first in good) for own in bad
    )


def axiom(about: Subject) -> bool:
    """Whether an axiom of cooperation and defection holds in each state."""
    about.fields()
    return all(_axiom_in(about, state) for state in about.game.support)


def _axiom_in(about: Subject, state: int) -> bool:
    game, name = about.game, about.name
    coop, defecting = sides_of(game)
    if name == "axiom-ii":
        first = tuple(own[0] for own in coop)
        return [game.profiles[a] for a in game.first_best(state)] == [first]
    if name == "axiom-iii":
        pairs = list(product(product(*coop), product(*defecting)))
        return all(
            own[state][game.number[c]] > own[state][game.number[d]]
            for own in game.payoffs
            for c, d in pairs
        )
    verdicts = []
    for agent in game.agents:
        moves = [
            (a, move)
            for a, profile in enumerate(game.profiles)
            if profile[agent] in coop[agent]
            for move in game.deviations(state, a)
            if move[0] == agent and move[1] in defecting[agent]
        ]
        tempted = [move[4] > 0 if name == "axiom-i" else move[3] > 0 for _, move in moves]
        verdicts.append(any(tempted) if name == "axiom-iv-partial" else all(tempted))
    return all(verdicts)
