"""The claims about all equilibria at once."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product

from coopgap.proofs.selftest.oracle.correlated import obedience
from coopgap.proofs.selftest.oracle.games import (
    Deviation,
    Gains,
    Game,
    deterred,
    pays_alone,
    sides_of,
)
from coopgap.proofs.selftest.oracle.numbers import ONE, ZERO
from coopgap.proofs.selftest.oracle.programmes import Programme
from coopgap.proofs.selftest.oracle.reading import require
from coopgap.proofs.selftest.oracle.subjects import Subject
from coopgap.proofs.selftest.oracle.welfare import value_of


def all_cooperative(about: Subject) -> bool:
    """Whether all equilibria are cooperative (T9)."""
    about.fields()
    game = about.game
    coop, _ = sides_of(game)
    together = {game.number[profile] for profile in product(*coop)}
    return all(_excluded(game, s, pays_alone(game), together) for s in game.support)


def _excluded(game: Game, state: int, gains: Gains, profiles: Iterable[int]) -> bool:
    """Whether each correlated equilibrium plays only wanted profiles."""
    goal = dict.fromkeys(set(range(len(game.profiles))) - set(profiles), ONE)
    greatest = obedience(game, state, gains, hidden=False).maximum(goal)
    assert greatest is not None
    return bool(greatest[0] == 0)


def full_implementation(about: Subject) -> bool | None:
    """Whether all equilibria are first best (T9)."""
    about.fields()
    game = about.game
    if game.kind == "transfers":
        return _full_by_contract(about)
    require(game.kind == "none")
    verdicts = [_only_first_best(about, state, pays_alone(game)) for state in game.support]
    return False if False in verdicts else None if None in verdicts else True


def _full_by_contract(about: Subject) -> bool | None:
    game = about.game
    require(game.levels is not None)
    for paid in about.transfers():

        def gains(
            state: int, a: int, move: Deviation, paid: Mapping[Hashable, Sequence[Fraction]] = paid
        ) -> Fraction:
            before, after = (
                paid.get(game.record(state, profile), [ZERO] * len(game.agents))[move[0]]
                for profile in (a, move[2])
            )
            return game.pays(move) + after - before

        if all(_only_first_best(about, state, gains) for state in game.support):
            return True
    best = {s: [game.profiles[a] for a in game.first_best(s)] for s in game.support}
    alone = all(
        sum(x != y for x, y in zip(a, b, strict=True)) != 1
        for own in best.values()
        for a, b in combinations(own, 2)
    )
    # An equilibrium among first-best profiles of which no two are neighbours is pure.
    return False if alone and value_of(game) < game.optimum else None


def _only_first_best(about: Subject, state: int, gains: Gains) -> bool | None:
    """Whether each mixed equilibrium of a state plays only first-best profiles."""
    game, best = about.game, set(about.game.first_best(state))
    if _excluded(game, state, gains, best):
        return True
    if len(game.agents) == 1:
        return False
    if len(game.agents) > 2:
        return False if _has_hinted_equilibrium(about, state, gains, best) else None
    subsets = [
        [s for k in range(1, size + 1) for s in combinations(range(size), k)] for size in game.sizes
    ]
    for first, second in product(*subsets):
        reached = any(game.number[pair] not in best for pair in product(first, second))
        if reached and all(_indifferent(game, state, gains, i, (first, second)) for i in (0, 1)):
            return False
    return True


def _indifferent(
    game: Game, state: int, gains: Gains, agent: int, supports: tuple[tuple[int, ...], ...]
) -> bool:
    """Whether the other player can mix so that no deviation from the player's support pays."""
    opponent, programme = 1 - agent, Programme()
    for action in supports[agent]:
        rows: dict[int, dict[Hashable, Fraction]] = {}
        for j in supports[opponent]:
            a = game.number[(action, j) if agent == 0 else (j, action)]
            for move in game.deviations(state, a):
                if move[0] == agent:
                    rows.setdefault(move[1], {})[j] = gains(state, a, move)
        for row in rows.values():
            programme.at_most(row, ZERO)
    for j in supports[opponent]:
        programme.at_most({"least": ONE, j: -ONE}, ZERO)
    programme.equal(dict.fromkeys(supports[opponent], ONE), ONE)
    greatest = programme.maximum({"least": ONE})
    return greatest is not None and bool(greatest[0] > 0)


def _has_hinted_equilibrium(about: Subject, state: int, gains: Gains, best: set[int]) -> bool:
    """Whether a pure profile or a distribution of the proof is a wasteful equilibrium.

    Wasteful: it gives a positive probability to a profile that is not first best.
    """
    game = about.game
    pure: list[Mapping[int, Fraction]] = [{a: ONE} for a in range(len(game.profiles))]
    for weights in [*pure, *about.distributions()]:
        total = sum(weights.values())
        shares: dict[tuple[int, int], Fraction] = {}
        for a, weight in weights.items():
            for own in enumerate(game.profiles[a]):
                shares[own] = shares.get(own, ZERO) + weight / total
        independent = all(
            weights.get(a, ZERO) / total
            == math.prod((shares.get(key, ZERO) for key in enumerate(profile)), start=ONE)
            for a, profile in enumerate(game.profiles)
        )
        if independent and set(weights) - best and deterred(game, state, weights, gains):
            return True
    return False
