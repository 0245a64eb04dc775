"""Best replies, equilibria and dominance by their definitions, in fractions.

The arbiter between coopgap and its peers, and the peer that is called brute force. It reads an
environment's payoffs and nothing else of this project: no engine, no checker, no function of
coopgap's side of a comparison.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, product

from coopgap.theory.environments import Environment

Profile = tuple[int, ...]
Mix = tuple[Fraction, ...]


@dataclass(frozen=True)
class Table:
    """The payoffs of one state in utils, by agent and profile. sizes: each agent's actions."""

    sizes: tuple[int, ...]
    payoffs: tuple[Mapping[Profile, Fraction], ...]


def table(game: Environment, levels: Sequence[Fraction] = ()) -> Table:
    """The game of the first state; with levels, in u_i + λ_i W."""
    sizes = tuple(map(len, game.actions))
    profiles = list(product(*map(range, sizes)))
    own = [
        {a: Fraction(int(values[(0, *a)]), game.denominator) for a in profiles}
        for values in game.payoffs
    ]
    if levels:
        welfare = {a: sum((utilities[a] for utilities in own), Fraction(0)) for a in profiles}
        own = [
            {a: u + level * welfare[a] for a, u in utilities.items()}
            for utilities, level in zip(own, levels, strict=True)
        ]
    return Table(sizes, tuple(own))


def mixed_payoffs(game: Table, agent: int, mixes: Sequence[Mix]) -> list[Fraction]:
    """The expected payoff of each action of the agent against the others' mixes, in utils."""
    worth = [Fraction(0)] * game.sizes[agent]
    for profile, payoff in game.payoffs[agent].items():
        chance = Fraction(1)
        for opponent, action in enumerate(profile):
            if opponent != agent:
                chance *= mixes[opponent][action]
        worth[profile[agent]] += chance * payoff
    return worth


def is_equilibrium(game: Table, mixes: Sequence[Mix]) -> bool:
    """Whether all mixes are distributions on best replies alone."""
    if tuple(map(len, mixes)) != game.sizes:
        return False
    for agent, mix in enumerate(mixes):
        worth = mixed_payoffs(game, agent, mixes)
        best = max(worth)
        if min(mix) < 0 or sum(mix) != 1:
            return False
        if any(share and value < best for share, value in zip(mix, worth, strict=True)):
            return False
    return True


def pure_equilibria(game: Table) -> frozenset[Profile]:
    """The profiles that are equilibria as mixes of probability 1."""
    profiles = []
    for profile in product(*map(range, game.sizes)):
        mixes = [
            tuple(Fraction(k == action) for k in range(size))
            for action, size in zip(profile, game.sizes, strict=True)
        ]
        if is_equilibrium(game, mixes):
            profiles.append(profile)
    return frozenset(profiles)


def extreme_equilibria(game: Table) -> frozenset[tuple[Mix, Mix]]:
    """The extreme equilibria of two agents: those that are no mixture of others (Winkels 1979).

    In them either mix is the only one on its support that leaves the opponent indifferent between
    some set of actions.
    """
    sides = [list(_determined(game, agent)) for agent in range(2)]
    return frozenset((x, y) for x, y in product(*sides) if is_equilibrium(game, (x, y)))


def _determined(game: Table, agent: int) -> Iterator[Mix]:
    """The agent's mixes that are determined by their support and the opponent's best replies.

    As many best replies as actions in the support determine a mix, by Cramer's rule.
    """
    size, opponent = game.sizes[agent], 1 - agent
    pure = [tuple(Fraction(k == a) for k in range(size)) for a in range(size)]
    against = [
        mixed_payoffs(game, opponent, (mix, ()) if agent == 0 else ((), mix)) for mix in pure
    ]
    mixes = set()
    for support in _subsets(size):
        for replies in combinations(range(game.sizes[opponent]), len(support)):
            rows = [[*(against[k][j] for k in support), Fraction(-1)] for j in replies]
            rows.append([Fraction(1)] * len(support) + [Fraction(0)])
            determinant = _determinant(rows)
            if not determinant:
                continue
            shares = dict.fromkeys(range(size), Fraction(0))
            for place, action in enumerate(support):
                changed = [
                    [*row[:place], Fraction(k == len(replies)), *row[place + 1 :]]
                    for k, row in enumerate(rows)
                ]
                shares[action] = _determinant(changed) / determinant
            worth = [
                sum((shares[k] * against[k][j] for k in support), Fraction(0))
                for j in range(game.sizes[opponent])
            ]
            if min(shares.values()) >= 0 and worth[replies[0]] == max(worth):
                mixes.add(tuple(shares.values()))
    yield from mixes


def _subsets(size: int) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(range(size), k) for k in range(1, size + 1))


def _determinant(rows: Sequence[Sequence[Fraction]]) -> Fraction:
    """The determinant, by Laplace's expansion along the first row."""
    if not rows:
        return Fraction(1)
    return sum(
        (
            (-1) ** k * entry * _determinant([[*row[:k], *row[k + 1 :]] for row in rows[1:]])
            for k, entry in enumerate(rows[0])
            if entry
        ),
        Fraction(0),
    )


def dominates(game: Table, agent: int, better: int, worse: int) -> bool:
    """Whether one action strictly dominates the other."""
    own = game.payoffs[agent]
    return all(
        own[(*profile[:agent], better, *profile[agent + 1 :])] > payoff
        for profile, payoff in own.items()
        if profile[agent] == worse
    )


def defections_dominated(game: Table, cooperative: Sequence[Sequence[int]]) -> bool:
    """Whether every other action is strictly dominated by a cooperating one."""
    return all(
        action in inside
        or any(dominates(game, agent, cooperating, action) for cooperating in inside)
        for agent, inside in enumerate(cooperative)
        for action in range(game.sizes[agent])
    )
