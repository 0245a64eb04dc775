"""The data of a certificate at a point: the game, its contracts and λ."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import product

from coopgap.proofs.selftest.oracle.numbers import INF, ZERO, Extended
from coopgap.proofs.selftest.oracle.reading import (
    Json,
    Point,
    distinct,
    fields,
    fraction_at,
    items_of,
    number_at,
    require,
    required,
    truth_of,
    wholes,
)

Deviation = tuple[int, int, int, Fraction, Fraction]
"""Player, its other action, the profile that this leads to, what it gains and what W loses."""

Gains = Callable[[int, int, Deviation], Fraction]
"""What a deviation pays, by state and profile."""

Interval = tuple[Fraction, Extended]
"""Closed, of λ."""

EVERY: Interval = (ZERO, INF)


class Undecided(Exception):
    """Deciding this takes too long."""


class Game:
    """The data of a certificate at a point."""

    def __init__(self, data: Json, point: Point) -> None:
        self.data, self.point = data, point
        names = ("players", "actions", "states", "prior", "denominator", "payoffs", "cooperative")
        players, actions, states, prior, below, payoffs, cooperative = fields(data["game"], *names)
        self.agents = range(len(distinct(players)))
        self.sizes = [len(distinct(own)) for own in items_of(actions, len(self.agents))]
        self.profiles = list(product(*map(range, self.sizes)))
        self.number = {profile: k for k, profile in enumerate(self.profiles)}
        self.states = len(distinct(states))
        weights = [number_at(weight, point) for weight in items_of(prior, self.states)]
        require(min(weights) >= 0 and sum(weights) > 0)
        self.prior = [weight / sum(weights) for weight in weights]
        self.support = [s for s, p in enumerate(self.prior) if p > 0]
        unit = number_at(below, point)
        require(unit > 0)
        self.payoffs = [
            [
                [number_at(u, point) / unit for u in items_of(row, len(self.profiles))]
                for row in items_of(own, self.states)
            ]
            for own in items_of(payoffs, len(self.agents))
        ]
        self.cooperative = cooperative
        if cooperative is not None:
            sides = zip(items_of(cooperative, len(self.agents)), self.sizes, strict=True)
            self.cooperative = [wholes(own, size) for own, size in sides]
            require(all(len(set(own)) == len(own) for own in self.cooperative))
        self._read_contracts(data, point)
        self._deviations: dict[tuple[int, int], list[Deviation]] = {}

    def _read_contracts(self, data: Json, point: Point) -> None:
        self.cells: list[int] | None = None
        self.classes: list[list[int]] | None = None
        self.table: list[list[int]] | None = None
        if data["records"] is not None:
            self._read_records(*fields(data["records"], "cells", "classes", "table"))
        kind, budget, liability, permissive = fields(
            data["contracts"], "kind", "budget", "liability", "permissive"
        )
        paying = kind in ("transfers", "mechanism") or (kind == "interim" and budget != "")
        budgets = ("balanced", "burnt", "free") if paying else ("",)
        require((paying or kind in ("none", "directive", "interim")) and budget in budgets)
        require(liability is None or paying)
        self.sight: list[list[int]] | None = None
        self.options: list[Fraction] | None = None
        seeing = "mechanism" in data
        require(kind == "directive" or seeing == (kind in ("mechanism", "interim")))
        if seeing:
            sight, options = fields(data["mechanism"], "information", "options")
            require(options is None or kind == "mechanism")
            rows = items_of(sight, len(self.agents))
            self.sight = [wholes(row, self.states, self.states) for row in rows]
            if options is not None:
                listed = items_of(options, len(self.agents))
                self.options = [fraction_at(option, point) for option in listed]
            if kind == "directive":
                assert self.cells is not None
                for row in self.sight:
                    require(len({*zip(row, self.cells, strict=True)}) == len({*row}))
        require(not truth_of(permissive) or kind == "directive")
        self.kind, self.budget, self.permissive = kind, budget, permissive
        self.private = seeing and kind != "mechanism"
        self.liability = None if liability is None else fraction_at(liability, point)
        require(self.liability is None or self.liability >= 0)
        self.levels: list[Fraction] | None = None
        if data["prosociality"] is not None:
            levels, scale = fields(data["prosociality"], "levels", "scale")
            over = number_at(scale, point)
            require(over > 0)
            self.levels = [number_at(e, point) / over for e in items_of(levels, len(self.agents))]
            require(min(self.levels) >= 0)

    def _read_records(self, cells: Json, classes: Json, table: Json) -> None:
        plays = len(self.profiles)
        if table is not None:
            require(cells is None and classes is None)
            rows = items_of(table, self.states)
            self.table = [wholes(row, plays * self.states, plays) for row in rows]
            return
        self.cells = wholes(cells, self.states, self.states)
        listed = zip(items_of(classes, len(self.sizes)), self.sizes, strict=True)
        self.classes = [wholes(own, size, size) for own, size in listed]

    def record(self, state: int, profile: int) -> Hashable:
        """The record of a play.

        By cells and classes these are told apart as tuples, which are distinct exactly if the
        page's numbers are.
        """
        if self.table is not None:
            return self.table[state][profile]
        if self.cells is None or self.classes is None:
            return state, profile
        played = zip(self.classes, self.profiles[profile], strict=True)
        return self.cells[state], *(own[a] for own, a in played)

    def welfare(self, state: int, profile: int) -> Fraction:
        """W."""
        return sum((own[state][profile] for own in self.payoffs), ZERO)

    def deviations(self, state: int, profile: int) -> list[Deviation]:
        """All from a profile."""
        if (state, profile) not in self._deviations:
            self._deviations[state, profile] = list(self._deviating(state, profile))
        return self._deviations[state, profile]

    def _deviating(self, state: int, profile: int) -> Iterator[Deviation]:
        actions = self.profiles[profile]
        for i, action in product(self.agents, range(max(self.sizes))):
            if action < self.sizes[i] and action != actions[i]:
                after = self.number[(*actions[:i], action, *actions[i + 1 :])]
                gain = self.payoffs[i][state][after] - self.payoffs[i][state][profile]
                yield (
                    i,
                    action,
                    after,
                    gain,
                    self.welfare(state, profile) - self.welfare(state, after),
                )

    def pays(self, move: Deviation) -> Fraction:
        """What a deviation pays at the data's λ."""
        return move[3] - required(self.levels)[move[0]] * move[4]

    def first_best(self, state: int) -> list[int]:
        """The profiles of greatest W."""
        worth = [self.welfare(state, a) for a in range(len(self.profiles))]
        return [a for a, w in enumerate(worth) if w == max(worth)]

    def nash(self, state: int) -> list[int]:
        """The pure equilibria without a contract."""
        profiles = range(len(self.profiles))
        return [a for a in profiles if all(self.pays(m) <= 0 for m in self.deviations(state, a))]

    @cached_property
    def optimum(self) -> Fraction:
        """W*."""
        return sum(
            (self.prior[s] * self.welfare(s, self.first_best(s)[0]) for s in self.support), ZERO
        )

    @cached_property
    def pooled(self) -> Fraction:
        """W* of agents who do not all see the state and pool what they see."""
        return sum((max(worth) for _, worth in self.together()), ZERO)

    def together(self) -> list[tuple[list[int], list[Fraction]]]:
        """States that players cannot tell apart together, and the worth of each profile there."""
        assert self.sight is not None
        groups: dict[tuple[int, ...], list[int]] = {}
        for s in self.support:
            groups.setdefault(tuple(own[s] for own in self.sight), []).append(s)
        profiles = range(len(self.profiles))
        return [
            (g, [sum((self.prior[s] * self.welfare(s, a) for s in g), ZERO) for a in profiles])
            for g in groups.values()
        ]

    def hidden(self, state: int, agent: int, recommended: int, action: int) -> bool:
        """Whether a deviation leaves the record unchanged, whatever the others do."""
        return all(
            self.record(state, a) == self.record(state, move[2])
            for a, profile in enumerate(self.profiles)
            if profile[agent] == recommended
            for move in self.deviations(state, a)
            if move[:2] == (agent, action)
        )


def deterred(game: Game, state: int, weights: Mapping[int, Fraction], gains: Gains) -> bool:
    """Whether no deviation from an action that an agent is told pays, given weights of profiles."""
    rows: dict[tuple[int, int, int], Fraction] = {}
    for a, weight in weights.items():
        for move in game.deviations(state, a):
            key = move[0], game.profiles[a][move[0]], move[1]
            rows[key] = rows.get(key, ZERO) + weight * gains(state, a, move)
    return all(row <= 0 for row in rows.values())


def pays_alone(game: Game) -> Gains:
    """What deviations pay at the data's λ, without contracts."""
    return lambda _state, _profile, move: game.pays(move)


def sides_of(game: Game) -> tuple[list[list[int]], list[list[int]]]:
    """Each player's cooperative actions, and its others."""
    coop = game.cooperative
    require(coop is not None)
    defecting = [
        [a for a in range(size) if a not in own] for size, own in zip(game.sizes, coop, strict=True)
    ]
    require(all([*coop, *defecting]))
    return coop, defecting
