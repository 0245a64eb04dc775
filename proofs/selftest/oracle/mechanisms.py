"""The claims about mechanisms."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any

from coopgap.proofs.selftest.oracle.games import Game, Undecided
from coopgap.proofs.selftest.oracle.numbers import INF, ONE, ZERO, Extended, difference, stands
from coopgap.proofs.selftest.oracle.programmes import Programme
from coopgap.proofs.selftest.oracle.reading import required
from coopgap.proofs.selftest.oracle.subjects import Subject

MAX_PROGRAMME = 30_000
"""The largest programme of mechanisms, in variables times rows."""

Draw = tuple[tuple[int, ...], int]
"""Reports, and the number of the profile that is recommended."""


def _maps(size: int, is_honest: bool) -> Iterator[tuple[int, ...]]:
    """The maps of what one is told that a liar may follow.

    After an honest report those suffice that change one answer: there the gains of changes add up.
    """
    if not is_honest:
        yield from product(range(size), repeat=size)
        return
    for recommended, action in product(range(size), repeat=2):
        yield *range(recommended), action, *range(recommended + 1, size)


class Mechanisms:
    """All mechanisms of a game (theory.md T10), with every map that a liar may follow."""

    def __init__(self, game: Game) -> None:
        self.game, self.levels, self.sight = game, required(game.levels), required(game.sight)
        self.types = [sorted({own[s] for s in game.support}) for own in self.sight]
        self.every: set[Draw] = {
            (self.reports(s, i, cell), a)
            for s in game.support
            for i in game.agents
            for cell in self.types[i]
            for a in range(len(game.profiles))
        }
        maps = sum(
            len(own) * ((len(own) - 1) * size**size + size**2)
            for own, size in zip(self.types, game.sizes, strict=True)
        )
        reached = 2 * len(game.agents) * (1 + sum(game.sizes) - len(game.sizes))
        if len(self.every) * (1 + reached) * (maps + 2 * len(self.every)) > MAX_PROGRAMME:
            raise Undecided

    def reports(self, state: int, agent: int, report: int) -> tuple[int, ...]:
        """The reports in a state if one agent reports so and the others what they see."""
        return tuple(report if i == agent else own[state] for i, own in enumerate(self.sight))

    def welfare(self) -> dict[Any, Fraction]:
        """Expected welfare, in terms of the probabilities of draws."""
        terms: dict[Any, Fraction] = {}
        for s in self.game.support:
            for a in range(len(self.game.profiles)):
                key = (self.reports(s, 0, self.sight[0][s]), a), None, None
                terms[key] = terms.get(key, ZERO) + self.game.prior[s] * self.game.welfare(s, a)
        return terms

    def worth(
        self, agent: int, cell: int, report: int, mapped: Sequence[int]
    ) -> dict[Any, Fraction]:
        """What an agent of a type gets that reports so and plays a map of what it is told."""
        game, sums = self.game, dict[Any, Fraction]()
        last = game.agents[-1]
        for s in game.support:
            if self.sight[agent][s] != cell:
                continue
            reports = self.reports(s, agent, report)
            for a, profile in enumerate(game.profiles):
                played = (*profile[:agent], mapped[profile[agent]], *profile[agent + 1 :])
                after = game.number[played]
                own = game.payoffs[agent][s][after] + self.levels[agent] * game.welfare(s, after)
                place = (reports, a), game.record(s, after)
                terms: dict[Any, Fraction] = {((reports, a), None, None): own}
                if game.budget == "balanced" and agent == last:
                    terms |= {(*place, i): -ONE for i in game.agents if i != last}
                else:
                    terms[(*place, agent)] = ONE
                for key, value in terms.items():
                    sums[key] = sums.get(key, ZERO) + game.prior[s] * value
        return sums

    def programme(self, allowed: Iterable[Draw], welfare_bound: Fraction | None) -> Programme:
        """The rules, where nothing is paid after draws that are not allowed."""
        game, programme, possible = self.game, Programme(free=True), set(allowed)
        rows: list[tuple[dict[Any, Fraction], Fraction]] = []
        for i in game.agents:
            size = game.sizes[i]
            for cell in self.types[i]:
                honest = self.worth(i, cell, cell, range(size))
                for report in self.types[i]:
                    for mapped in _maps(size, report == cell):
                        row = self.worth(i, cell, report, mapped)
                        for key, value in honest.items():
                            row[key] = row.get(key, ZERO) - value
                        rows.append((row, ZERO))
                if game.options is not None:
                    weights = (game.prior[s] for s in game.support if self.sight[i][s] == cell)
                    least = game.options[i] + self.levels[i] * sum(game.options, ZERO)
                    lost = {key: -value for key, value in honest.items()}
                    rows.append((lost, -least * sum(weights, ZERO)))
        if welfare_bound is not None:
            rows.append(({key: -value for key, value in self.welfare().items()}, -welfare_bound))
        places = dict[tuple[Draw, Hashable], None]()
        for row, bound in rows:
            terms = {key: value for key, value in row.items() if key[0] in possible}
            programme.at_most(terms, bound)
            places |= dict.fromkeys(key[:2] for key in terms if key[2] is not None)
        self._add_rules(programme, places)
        for draw in possible:
            programme.at_most({(draw, None, None): -ONE}, ZERO)
        for reports in {reports for reports, _ in self.every}:
            chances = {(draw, None, None): ONE for draw in possible if draw[0] == reports}
            programme.equal(chances, ONE)
        return programme

    def _add_rules(self, programme: Programme, places: Iterable[tuple[Draw, Hashable]]) -> None:
        game, last = self.game, self.game.agents[-1]
        for draw, record in places:
            paid: dict[int, dict[Any, Fraction]] = {
                i: {(draw, record, i): ONE} for i in game.agents
            }
            if game.budget == "balanced":
                paid[last] = {(draw, record, i): -ONE for i in game.agents if i != last}
            if game.budget == "burnt":
                programme.at_most({(draw, record, i): ONE for i in game.agents}, ZERO)
            for row in paid.values() if game.liability is not None else ():
                fine = {key: -value for key, value in row.items()}
                programme.at_most(fine | {(draw, None, None): -(game.liability or ZERO)}, ZERO)

    def value(self, welfare_bound: Fraction | None = None) -> Extended:
        """V, or −∞ if there is no mechanism (of this welfare or more)."""
        allowed = self.every
        while True:
            programme = self.programme(allowed, welfare_bound)
            if programme.maximum({}) is None:
                return -INF
            possible = self._possible(programme, allowed)
            if possible == allowed:
                goal = {key: v for key, v in self.welfare().items() if key[0] in allowed}
                return programme.maximum(goal)[0]  # type: ignore[index]
            allowed = possible

    def _possible(self, programme: Programme, allowed: Iterable[Draw]) -> set[Draw]:
        """What has a positive probability at some point of the programme."""
        waiting, likely = sorted(allowed), set[Draw]()
        while waiting:
            point = programme.maximum({(draw, None, None): ONE for draw in waiting})
            assert point is not None
            if point[0] == 0:
                break
            likely |= {key[0] for key, x in point[1].items() if key[2] is None and x > 0}
            waiting = [draw for draw in waiting if draw not in likely]
        return likely


def mechanism_value(game: Game) -> Extended:
    """V. It is remembered: certificates that are forged of one have the same data, mostly."""
    return _value(json.dumps(game.data, sort_keys=True), tuple(game.point.items()))


@lru_cache(maxsize=10_000)
def _value(data: str, point: tuple[tuple[str, Fraction], ...]) -> Extended:
    return Mechanisms(Game(json.loads(data), dict(point))).value()


def mechanism_gap(about: Subject, relation: str, number: Extended) -> bool:
    """Whether the gap of mechanisms stands in a relation to a number."""
    gap = difference(about.game.pooled, mechanism_value(about.game))
    return stands(gap, relation, number)


def attains(about: Subject) -> bool:
    """Whether some mechanism reaches a welfare."""
    (value,) = about.fields("value")
    return bool(Mechanisms(about.game).value(about.fraction(value)) != -INF)
