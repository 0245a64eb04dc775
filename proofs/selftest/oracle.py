"""An oracle for certificates: whether a claim is true of its data, whatever the proof says.

It decides from the definitions on docs/certificates.md, by enumeration and by linear programmes
over fractions. It imports nothing of this project, so that no error of the trusted core
can be one of the oracle. Of a proof it takes hints: points of parameters to look at, and plays and
transfers to try, which it judges itself. A claim or data that are not of the form on the page say
nothing, so they are not true.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise, product
from random import Random
from typing import Any

Json = Any
Extended = Any
"""A fraction, or an infinite float."""

Point = Mapping[str, Fraction]

INF = math.inf
ZERO, ONE = Fraction(0), Fraction(1)

MAX_SELECTIONS = 700
"""How many selections of one block of states are looked at for all λ."""

MAX_TRIED = 5_000
"""How many combinations of anything are looked at."""

TREMBLES = (Fraction(1, 2), Fraction(1, 10), Fraction(1, 1000))
"""The ε at which a play for all ε > 0 is tried."""


class Malformed(Exception):
    """A claim or data are not of the form on the page."""


class Undecided(Exception):
    """Deciding this takes too long."""


def truth(document: Json) -> bool | None:
    """Whether all claims of a certificate or conjunction are true; None where that is undecided."""
    return {TRUE: True, UNDECIDED: None}.get(judgement(document), False)


TRUE, FALSE, UNDECIDED, ILL_FORMED = "true", "false", "undecided", "ill-formed"


def judgement(document: Json) -> str:
    """Whether a certificate or conjunction is true, false, undecided or ill-formed."""
    if "goals" in document:
        return joined(judgement(goal["certificate"]) for goal in document["goals"])
    try:
        claim = _Claim(document["claim"], document["data"], document.get("proof"))
        return {True: TRUE, False: FALSE, None: UNDECIDED}[claim.truth()]
    except Malformed:
        return ILL_FORMED
    except Undecided:
        return UNDECIDED


def joined(said: Iterable[str]) -> str:
    """The judgement of a conjunction, from those of its goals."""
    found = list(said)
    return next(each for each in (ILL_FORMED, FALSE, UNDECIDED, TRUE) if each in found)


# --- linear programmes ----------------------------------------------------------------------------


class Programme:
    """A linear programme: variables are at least 0 or, all of them, free."""

    def __init__(self, free: bool = False) -> None:
        self.free = free
        self.columns: dict[Hashable, int] = {}
        self.rows: list[tuple[dict[int, Fraction], Fraction]] = []

    def at_most(self, terms: Mapping[Any, Fraction], bound: Fraction) -> None:
        """Σ terms ≤ bound."""
        self.rows.append((self._indexed(terms), bound))

    def equal(self, terms: Mapping[Any, Fraction], bound: Fraction) -> None:
        """Σ terms = bound."""
        self.at_most(terms, bound)
        self.at_most({key: -value for key, value in terms.items()}, -bound)

    def _indexed(self, terms: Mapping[Any, Fraction]) -> dict[int, Fraction]:
        return {self.columns.setdefault(k, len(self.columns)): v for k, v in terms.items()}

    def maximum(
        self, objective: Mapping[Any, Fraction]
    ) -> tuple[Extended, dict[Any, Fraction]] | None:
        """The supremum of Σ objective and where it is (nowhere, if infinite).

        None if nothing satisfies the rows.
        """
        goal = self._indexed(objective)
        width = len(self.columns)
        table = [self._row(row, bound, width, -1) for row, bound in self.rows]
        table.append(self._row(goal, ZERO, width, 1))
        found = _crossed(table)
        if found is None:
            return None if not any(goal.values()) or self.maximum({}) is None else (INF, {})
        shift = found.get(width, ZERO) if self.free else ZERO
        solution = {key: found.get(k, ZERO) - shift for key, k in self.columns.items()}
        return sum((v * solution[k] for k, v in objective.items()), ZERO), solution

    def _row(
        self, terms: Mapping[int, Fraction], bound: Fraction, width: int, sign: int
    ) -> list[int]:
        """The slack of a row as a function of the variables, scaled to integers.

        Free variables are all x − z, of x ≥ 0 and one z ≥ 0.
        """
        scale = sign * math.lcm(bound.denominator, *(v.denominator for v in terms.values()))
        row = [0] * width
        for column, value in terms.items():
            row[column] = int(value * scale)
        shift = [-sum(row)] if self.free else []
        return [*row, *shift, int(bound * abs(scale))]


def _crossed(table: list[list[int]]) -> dict[int, Fraction] | None:
    """The values of basic variables at a maximum of the last row; None if there is none.

    The other rows must not become negative. The least-index criss-cross method (Terlaky 1985),
    whose pivots keep integers over a common scale (Edmonds 1967).
    """
    height, width, scale = len(table) - 1, len(table[0]) - 1, 1
    columns, rows = list(range(width)), list(range(width, width + height))
    while True:
        wrong = [(rows[i], i, -1) for i in range(height) if table[i][-1] < 0]
        wrong += [(columns[j], -1, j) for j in range(width) if table[-1][j] > 0]
        if not wrong:
            return {
                name: Fraction(table[i][-1], scale) for i, name in enumerate(rows) if name < width
            }
        _, r, s = min(wrong)
        if r >= 0:
            s = (
                min((columns[j], j) for j in range(width) if table[r][j] > 0)[1]
                if any(table[r][j] > 0 for j in range(width))
                else -1
            )
        else:
            r = (
                min((rows[i], i) for i in range(height) if table[i][s] < 0)[1]
                if any(table[i][s] < 0 for i in range(height))
                else -1
            )
        if r < 0 or s < 0:
            return None
        scale = _exchanged(table, r, s, scale)
        rows[r], columns[s] = columns[s], rows[r]


def _exchanged(table: list[list[int]], r: int, s: int, scale: int) -> int:
    """Exchanges the variables of a row and a column; returns the new scale."""
    pivot, row = table[r][s], table[r]
    for i, other in enumerate(table):
        if i != r and (factor := other[s]):
            table[i] = [(a * pivot - factor * b) // scale for a, b in zip(other, row, strict=True)]
            table[i][s] = factor
        elif i != r:
            table[i] = [a * pivot // scale for a in other]
    table[r] = [-b for b in row]
    table[r][s] = scale
    if pivot < 0:
        for i, other in enumerate(table):
            table[i] = [-a for a in other]
    return abs(pivot)


# --- reading --------------------------------------------------------------------------------------


def _require(condition: bool) -> None:
    if not condition:
        raise Malformed


def _fields(value: Json, *names: str) -> list[Json]:
    _require(isinstance(value, dict) and set(value) == set(names))
    return [value[name] for name in names]


def _list(value: Json, length: int | None = None) -> list[Json]:
    _require(isinstance(value, list) and length in (None, len(value)))
    return list(value)


def _whole(value: Json, below: int) -> int:
    _require(type(value) is int and 0 <= value < below)
    return int(value)


def _wholes(value: Json, below: int, length: int | None = None) -> list[int]:
    return [_whole(each, below) for each in _list(value, length)]


def _ascending(value: Json, below: int) -> list[int]:
    found = _wholes(value, below)
    _require(found == sorted(set(found)))
    return found


def _truth(value: Json) -> bool:
    _require(type(value) is bool)
    return bool(value)


def _names(value: Json) -> list[str]:
    found = _list(value)
    _require(bool(found) and all(isinstance(each, str) for each in found))
    _require(len(set(found)) == len(found))
    return found


def _polynomial(value: Json, names: Sequence[str]) -> dict[tuple[int, ...], int]:
    """Monomials, by indices of parameters, with their coefficients."""
    if type(value) is int:
        return {(): value} if value else {}
    _require(isinstance(value, dict))
    index = {name: k for k, name in enumerate(names)}
    found = {}
    for text, coefficient in value.items():
        factors = [] if text == "1" else text.split("*")
        _require(all(name in index for name in factors))
        monomial = tuple(index[name] for name in factors)
        _require(list(monomial) == sorted(monomial) and type(coefficient) is int)
        _require(coefficient != 0)
        found[monomial] = coefficient
    return found


def _number(value: Json, point: Point) -> Fraction:
    """A number at a point."""
    if type(value) is int:
        return Fraction(value)
    names = list(point)
    terms = _polynomial(value, names)
    return sum(
        (c * math.prod((point[names[k]] for k in m), start=ONE) for m, c in terms.items()), ZERO
    )


def _fraction(value: Json, point: Point, *infinite: str) -> Extended:
    """A fraction at a point, or one of the infinite ones named."""
    if isinstance(value, str):
        if value in infinite:
            return -INF if value == "-inf" else INF
        _require(re.fullmatch(r"-?[0-9]+(/[0-9]*[1-9][0-9]*)?", value) is not None)
        _require(str(Fraction(value)) == value)
        return Fraction(value)
    above, below = (_number(each, point) for each in _list(value, 2))
    _require(below > 0)
    return above / below


def _point(value: Json, names: Sequence[str]) -> dict[str, Fraction]:
    return {
        name: _fraction(each, {})
        for name, each in zip(names, _fields(value, *names), strict=True)
        if isinstance(each, str) or _malformed()
    }


def _malformed() -> bool:
    raise Malformed


def _compared(value: Fraction, relation: str) -> bool:
    _require(relation in (">", ">=", "=="))
    return {">": value > 0, ">=": value >= 0, "==": value == 0}[relation]


def _condition(value: Json, point: Point) -> bool:
    number, relation = _list(value, 2)
    return _compared(_number(number, point), relation)


def _formula(value: Json, point: Point) -> bool:
    parts = _list(value)
    head = parts[0] if parts and isinstance(parts[0], str) else None
    if head in ("and", "or"):
        said = [_formula(each, point) for each in parts[1:]]
        return all(said) if head == "and" else any(said)
    if head == "not":
        return not _formula(_list(parts, 2)[1], point)
    return _condition(value, point)


# --- games ----------------------------------------------------------------------------------------

Deviation = tuple[int, int, int, Fraction, Fraction]
"""Player, its other action, the profile that this leads to, what it gains and what W loses."""

Interval = tuple[Fraction, Extended]
"""Closed, of λ."""

EVERY: Interval = (ZERO, INF)


class Game:
    """The data of a certificate at a point."""

    def __init__(self, data: Json, point: Point) -> None:
        names = ("players", "actions", "states", "prior", "denominator", "payoffs", "cooperative")
        players, actions, states, prior, below, payoffs, cooperative = _fields(data["game"], *names)
        self.agents = range(len(_names(players)))
        self.sizes = [len(_names(own)) for own in _list(actions, len(self.agents))]
        self.profiles = list(product(*map(range, self.sizes)))
        self.number = {profile: k for k, profile in enumerate(self.profiles)}
        self.states = len(_names(states))
        weights = [_number(each, point) for each in _list(prior, self.states)]
        _require(min(weights) >= 0 and sum(weights) > 0)
        self.prior = [each / sum(weights) for each in weights]
        self.support = [s for s, p in enumerate(self.prior) if p > 0]
        unit = _number(below, point)
        _require(unit > 0)
        self.payoffs = [
            [
                [_number(u, point) / unit for u in _list(row, len(self.profiles))]
                for row in _list(own, self.states)
            ]
            for own in _list(payoffs, len(self.agents))
        ]
        self.cooperative = cooperative
        if cooperative is not None:
            sides = zip(_list(cooperative, len(self.agents)), self.sizes, strict=True)
            self.cooperative = [_wholes(own, size) for own, size in sides]
            _require(all(len(set(own)) == len(own) for own in self.cooperative))
        self._read_contracts(data, point)
        self._deviations: dict[tuple[int, int], list[Deviation]] = {}

    def _read_contracts(self, data: Json, point: Point) -> None:
        self.cells: list[int] | None = None
        self.classes: list[list[int]] | None = None
        self.table: list[list[int]] | None = None
        if data["records"] is not None:
            self._read_records(*_fields(data["records"], "cells", "classes", "table"))
        kind, budget, liability, permissive = _fields(
            data["contracts"], "kind", "budget", "liability", "permissive"
        )
        paying = kind in ("transfers", "mechanism") or (kind == "interim" and budget != "")
        budgets = ("balanced", "burnt", "free") if paying else ("",)
        _require((paying or kind in ("none", "directive", "interim")) and budget in budgets)
        _require(liability is None or paying)
        self.sight: list[list[int]] | None = None
        self.options: list[Fraction] | None = None
        seeing = "mechanism" in data
        _require(kind == "directive" or seeing == (kind in ("mechanism", "interim")))
        if seeing:
            sight, options = _fields(data["mechanism"], "information", "options")
            _require(options is None or kind == "mechanism")
            rows = _list(sight, len(self.agents))
            self.sight = [_wholes(row, self.states, self.states) for row in rows]
            if options is not None:
                listed = _list(options, len(self.agents))
                self.options = [_fraction(each, point) for each in listed]
            if kind == "directive":
                assert self.cells is not None
                for row in self.sight:
                    _require(len({*zip(row, self.cells, strict=True)}) == len({*row}))
        _require(not _truth(permissive) or kind == "directive")
        self.kind, self.budget, self.permissive = kind, budget, permissive
        self.private = seeing and kind != "mechanism"
        self.liability = None if liability is None else _fraction(liability, point)
        _require(self.liability is None or self.liability >= 0)
        self.levels: list[Fraction] | None = None
        if data["prosociality"] is not None:
            levels, scale = _fields(data["prosociality"], "levels", "scale")
            over = _number(scale, point)
            _require(over > 0)
            self.levels = [_number(e, point) / over for e in _list(levels, len(self.agents))]
            _require(min(self.levels) >= 0)

    def _read_records(self, cells: Json, classes: Json, table: Json) -> None:
        plays = len(self.profiles)
        if table is not None:
            _require(cells is None and classes is None)
            rows = _list(table, self.states)
            self.table = [_wholes(row, plays * self.states, plays) for row in rows]
            return
        self.cells = _wholes(cells, self.states, self.states)
        listed = zip(_list(classes, len(self.sizes)), self.sizes, strict=True)
        self.classes = [_wholes(own, size, size) for own, size in listed]

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
                there = self.number[(*actions[:i], action, *actions[i + 1 :])]
                gain = self.payoffs[i][state][there] - self.payoffs[i][state][profile]
                yield (
                    i,
                    action,
                    there,
                    gain,
                    self.welfare(state, profile) - self.welfare(state, there),
                )

    def pays(self, move: Deviation) -> Fraction:
        """What a deviation pays at the data's λ."""
        _require(self.levels is not None)
        assert self.levels is not None
        return move[3] - self.levels[move[0]] * move[4]

    def first_best(self, state: int) -> list[int]:
        """The profiles of greatest W."""
        worth = [self.welfare(state, a) for a in range(len(self.profiles))]
        return [a for a, w in enumerate(worth) if w == max(worth)]

    def nash(self, state: int) -> list[int]:
        """The pure equilibria without a contract."""
        every = range(len(self.profiles))
        return [a for a in every if all(self.pays(m) <= 0 for m in self.deviations(state, a))]

    @cached_property
    def optimum(self) -> Fraction:
        """W*."""
        return sum(
            (self.prior[s] * self.welfare(s, self.first_best(s)[0]) for s in self.support), ZERO
        )

    def hidden(self, state: int, agent: int, told: int, taken: int) -> bool:
        """Whether a deviation leaves the record unchanged, whatever the others do."""
        return all(
            self.record(state, a) == self.record(state, move[2])
            for a, profile in enumerate(self.profiles)
            if profile[agent] == told
            for move in self.deviations(state, a)
            if move[:2] == (agent, taken)
        )


# --- selections -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Common:
    """All common λ. levels: None; or those of the data, which are then the only ones."""

    game: Game
    levels: Sequence[Fraction] | None = None

    def split(self, move: Deviation) -> tuple[Fraction, Fraction]:
        """A deviation's gain and welfare loss: it pays the first minus λ times the second."""
        if self.levels is None:
            return move[3], move[4]
        return move[3] - self.levels[move[0]] * move[4], ZERO

    def blocks(self) -> list[list[int]]:
        """The states of positive probability, grouped by the contracts that they share."""
        game, found = self.game, list[tuple[set[Hashable], list[int]]]()
        for state in game.support:
            marks: set[Hashable] = {(state,)}
            if game.kind == "transfers":
                marks = {("record", game.record(state, a)) for a in range(len(game.profiles))}
            elif game.kind == "directive":
                _require(game.cells is not None)
                marks = {("cell", game.cells[state])}  # type: ignore[index]
            touched = [each for each in found if each[0] & marks]
            found = [each for each in found if not each[0] & marks]
            states = [*(s for _, own in touched for s in own), state]
            found.append((marks.union(*(own for own, _ in touched)), states))
        return [states for _, states in found]

    def intervals(self, chosen: Mapping[int, int]) -> list[Interval]:
        """The λ at which contracts make a part of a selection, of a whole block, an equilibrium."""
        if self.game.kind == "directive":
            return _directed(self, chosen)
        moves = [(s, a, m) for s, a in chosen.items() for m in self.game.deviations(s, a)]
        if self.game.kind == "none":
            return _held(self.split(move) for _, _, move in moves)
        play = {state: {profile: ONE} for state, profile in chosen.items()}
        hidden = _held(
            self.split(move)
            for s, a, move in moves
            if self.game.record(s, a) == self.game.record(s, move[2])
        )
        return hidden and _paid(self, play)


def _held(rows: Iterable[tuple[Fraction, Fraction]]) -> list[Interval]:
    """The λ ≥ 0 at which gain ≤ λ lost for all rows."""
    low: Fraction = ZERO
    high: Extended = INF
    for gain, lost in rows:
        if lost > 0:
            low = max(low, gain / lost)
        elif lost < 0:
            high = min(high, gain / lost)
        elif gain > 0:
            return []
    return [(low, high)] if low <= high else []


def _directed(common: Common, chosen: Mapping[int, int]) -> list[Interval]:
    """The λ at which directives make the plays of one cell equilibria.

    They allow each player a set of classes with those that it plays, within which no deviation
    pays.
    """
    game = common.game
    _require(game.classes is not None)
    assert game.classes is not None
    found = {EVERY}
    for agent in game.agents:
        own = game.classes[agent]
        played = {own[game.profiles[a][agent]] for a in chosen.values()}
        if not game.permissive and len(played) > 1:
            return []
        others = sorted(set(own) - played) if game.permissive else []
        mine = set[Interval]()
        for size in range(len(others) + 1):
            for more in combinations(others, size):
                allowed = played.union(more)
                mine |= set(
                    _held(
                        common.split(move)
                        for state, a in chosen.items()
                        for move in game.deviations(state, a)
                        if move[0] == agent and own[move[1]] in allowed
                    )
                )
        met = {(max(a, c), min(b, d)) for (a, b), (c, d) in product(found, mine)}
        found = {(low, high) for low, high in met if low <= high}
    return list(found)


Play = Mapping[int, Mapping[int, Fraction]]
"""By state the weights of profiles."""


def _paid(common: Common, play: Play) -> list[Interval]:
    """The λ at which some transfers of the class make a play an equilibrium."""
    game, limit = common.game, common.game.liability
    programme = Programme(free=limit is None)
    # Below a liability bound amounts are x − bound, of x ≥ 0.
    records = dict[Hashable, None]()
    depends = False
    for state, weights in play.items():
        rows: dict[tuple[int, int, int], dict[Hashable, Fraction]] = {}
        gains: dict[tuple[int, int, int], Fraction] = {}
        for a, weight in weights.items():
            here = game.record(state, a)
            for move in game.deviations(state, a):
                key, there = (
                    (move[0], game.profiles[a][move[0]], move[1]),
                    game.record(state, move[2]),
                )
                records |= dict.fromkeys((here, there))
                row = rows.setdefault(key, {})
                for place, sign in ((there, weight), (here, -weight)):
                    row[place, move[0]] = row.get((place, move[0]), ZERO) + sign
                gain, lost = common.split(move)
                gains[key] = gains.get(key, ZERO) + weight * gain
                if lost:
                    depends = True
                    row["λ"] = row.get("λ", ZERO) - weight * lost
        for key, row in rows.items():
            programme.at_most(row, -gains[key])
    for record in records:
        sums = {(record, agent): ONE for agent in game.agents}
        room = ZERO if limit is None else limit * len(game.agents)
        if game.budget != "free":
            programme.at_most(sums, room)
        if game.budget == "balanced":
            programme.at_most(dict.fromkeys(sums, -ONE), -room)
    if not depends:
        return [] if programme.maximum({}) is None else [EVERY]
    programme.at_most({"λ": -ONE}, ZERO)
    low, high = programme.maximum({"λ": -ONE}), programme.maximum({"λ": ONE})
    return [] if low is None or high is None else [(-low[0], high[0])]


def _selections(game: Game, states: Sequence[int]) -> list[tuple[Fraction, dict[int, int]]]:
    """All selections of a block with their weighted welfare, the best first."""
    every = range(len(game.profiles))
    if len(every) ** len(states) > MAX_SELECTIONS:
        raise Undecided
    found = []
    for profiles in product(every, repeat=len(states)):
        chosen = dict(zip(states, profiles, strict=True))
        worth = sum((game.prior[s] * game.welfare(s, a) for s, a in chosen.items()), ZERO)
        found.append((worth, chosen))
    return sorted(found, key=lambda each: each[0], reverse=True)


class Strategies:
    """All strategies of players who do not all see the state, and say nothing."""

    def __init__(self, game: Game) -> None:
        assert game.sight is not None
        self.game, self.sight = game, game.sight
        self.types = sorted({(i, own[s]) for i, own in enumerate(game.sight) for s in game.support})
        sizes = [range(game.sizes[i]) for i, _ in self.types]
        if math.prod(map(len, sizes)) > MAX_STRATEGIES:
            raise Undecided
        self.every = [dict(zip(self.types, chosen, strict=True)) for chosen in product(*sizes)]

    def played(self, chosen: Mapping[tuple[int, int], int], state: int) -> int:
        """The profile of a state."""
        return self.game.number[tuple(chosen[i, own[state]] for i, own in enumerate(self.sight))]

    def welfare(self, chosen: Mapping[tuple[int, int], int]) -> Fraction:
        """Σ p W."""
        worth = ((s, self.game.welfare(s, self.played(chosen, s))) for s in self.game.support)
        return sum((self.game.prior[s] * w for s, w in worth), ZERO)

    def together(self) -> list[tuple[list[int], list[Fraction]]]:
        """States that players cannot tell apart together, and the worth of each profile there."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for s in self.game.support:
            groups.setdefault(tuple(own[s] for own in self.sight), []).append(s)
        every = range(len(self.game.profiles))
        return [
            (
                g,
                [
                    sum((self.game.prior[s] * self.game.welfare(s, a) for s in g), ZERO)
                    for a in every
                ],
            )
            for g in groups.values()
        ]

    def pooled(self) -> Fraction:
        """W* of players who pool what they see."""
        return sum((max(worth) for _, worth in self.together()), ZERO)

    def first_best(self) -> dict[int, set[int]]:
        """By state what players would play who pool what they see."""
        return {
            s: {a for a, each in enumerate(worth) if each == max(worth)}
            for states, worth in self.together()
            for s in states
        }

    def level(
        self, chosen: Mapping[tuple[int, int], int], levels: Sequence[Fraction] | None
    ) -> Extended:
        """The least common λ at which they are an equilibrium; at given λ 0, or ∞ if they are not.

        Variables are all free: λ is one of them, bounded below by a row.
        """
        game, programme = self.game, Programme(free=True)
        places, used = set[Hashable](), self.used(chosen)
        if used is not None and not game.permissive and any(len(v) > 1 for v in used.values()):
            return INF
        for i, cell in self.types:
            for action in range(game.sizes[i]):
                if used is not None and game.classes[i][action] not in used[self.place(i, cell)]:  # type: ignore[index]
                    continue
                row: dict[Any, Fraction] = {}
                bound = ZERO
                for s in game.support:
                    if self.sight[i][s] != cell:
                        continue
                    here = self.played(chosen, s)
                    for agent, other, there, gain, lost in game.deviations(s, here):
                        if (agent, other) != (i, action):
                            continue
                        level = None if levels is None else levels[i]
                        bound -= game.prior[s] * (gain - (level or ZERO) * lost)
                        if levels is None:
                            row["λ"] = row.get("λ", ZERO) - game.prior[s] * lost
                        for play, sign in ((there, ONE), (here, -ONE)) if game.budget else ():
                            key = game.record(s, play), i
                            row[key] = row.get(key, ZERO) + sign * game.prior[s]
                            places.add(key[0])
                programme.at_most(row, bound)
        for record in places:
            paid = {(record, i): ONE for i in game.agents}
            if game.budget == "balanced":
                programme.equal(paid, ZERO)
            if game.budget == "burnt":
                programme.at_most(paid, ZERO)
            if game.liability is not None:
                for key in paid:
                    programme.at_most({key: -ONE}, game.liability)
        programme.at_most({"λ": -ONE}, ZERO)
        found = programme.maximum({"λ": -ONE} if levels is None else {})
        return INF if found is None else -found[0] if levels is None else ZERO

    def place(self, agent: int, cell: int) -> tuple[int, int]:
        """An agent, and the cell of the language in which its own lies."""
        state = next(s for s in self.game.support if self.sight[agent][s] == cell)
        assert self.game.cells is not None
        return agent, self.game.cells[state]

    def used(self, chosen: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], set[int]] | None:
        """The classes that a directive must allow; None without directives."""
        if self.game.kind != "directive":
            return None
        assert self.game.classes is not None
        found: dict[tuple[int, int], set[int]] = {}
        for (i, cell), action in chosen.items():
            found.setdefault(self.place(i, cell), set()).add(self.game.classes[i][action])
        return found

    def gains(
        self, chosen: Mapping[tuple[int, int], int]
    ) -> Iterator[tuple[int, int, int, Fraction, dict[tuple[Hashable, int], Fraction]]]:
        """Agent, cell, action: what it pays by itself, and the payments after less before."""
        game = self.game
        for i, cell in self.types:
            for action in range(game.sizes[i]):
                gain, paid = ZERO, dict[tuple[Hashable, int], Fraction]()
                for s in (s for s in game.support if self.sight[i][s] == cell):
                    here = self.played(chosen, s)
                    for move in game.deviations(s, here):
                        if move[:2] == (i, action):
                            gain += game.prior[s] * game.pays(move)
                            for play, sign in ((move[2], ONE), (here, -ONE)):
                                key = game.record(s, play), i
                                paid[key] = paid.get(key, ZERO) + sign * game.prior[s]
                if action != chosen[i, cell]:
                    yield i, cell, action, gain, paid

    def equilibria(self) -> list[list[int]]:
        """The strategies that are an equilibrium without a contract."""
        _require(self.game.kind == "interim")
        return [
            list(c.values()) for c in self.every if all(gain <= 0 for *_, gain, _ in self.gains(c))
        ]

    def drawn(self) -> tuple[Extended, Fraction]:
        """Bounds on V of a mediator who draws strategies, from below and from above.

        From above with payments that may depend on the draw; from below with the same payments
        after all draws, at the best such draw and at each profile of strategies.
        """
        game, programme = self.game, Programme(free=True)
        rows: dict[Hashable, dict[Hashable, Fraction]] = {}
        for k, chosen in enumerate(self.every):
            programme.at_most({("draw", k): -ONE}, ZERO)
            places = set()
            for i, cell, action, gain, paid in self.gains(chosen):
                told = tuple(a for (agent, _), a in chosen.items() if agent == i)
                row = rows.setdefault((i, told, cell, action), {})
                row["draw", k] = gain
                for (place, agent), count in paid.items():
                    row["paid", k, place, agent] = count
                    places.add(place)
            for record in places:
                own = {("paid", k, record, i): ONE for i in game.agents}
                if game.budget == "balanced":
                    programme.equal(own, ZERO)
                if game.budget == "burnt":
                    programme.at_most(own, ZERO)
                if game.liability is not None:
                    for key in own:
                        programme.at_most({key: -ONE, ("draw", k): -game.liability}, ZERO)
        for row in rows.values():
            programme.at_most(row, ZERO)
        every = {("draw", k): ONE for k in range(len(self.every))}
        programme.equal(every, ONE)
        if len(programme.rows) * len(programme.columns) > MAX_DRAWN:
            raise Undecided
        found = programme.maximum(
            {("draw", k): self.welfare(chosen) for k, chosen in enumerate(self.every)}
        )
        assert found is not None
        assert isinstance(found[0], Fraction)
        weights = {k: w for key in every if (k := key[1]) is not None and (w := found[1][key])}
        lower: Extended = found[0] if self._paid(weights) else -INF
        assert game.levels is not None
        return max(lower, self.value(game.levels)), found[0]

    def _paid(self, weights: Mapping[Any, Fraction]) -> bool:
        """Whether payments that depend on records alone make a draw obeyed."""
        game, programme = self.game, Programme(free=True)
        rows: dict[Hashable, tuple[Fraction, dict[tuple[Hashable, int], Fraction]]] = {}
        for k, weight in weights.items():
            for i, cell, action, gain, paid in self.gains(self.every[k]):
                told = tuple(a for (agent, _), a in self.every[k].items() if agent == i)
                total, row = rows.get((i, told, cell, action), (ZERO, {}))
                for key, count in paid.items():
                    row[key] = row.get(key, ZERO) + weight * count
                rows[i, told, cell, action] = total + weight * gain, row
        places = set()
        for total, row in rows.values():
            programme.at_most(row, -total)
            places |= {key[0] for key in row}
        for record in places:
            own = {(record, i): ONE for i in game.agents}
            if game.budget == "balanced":
                programme.equal(own, ZERO)
            if game.budget == "burnt":
                programme.at_most(own, ZERO)
            if game.liability is not None:
                for key in own:
                    programme.at_most({key: -ONE}, game.liability)
        return programme.maximum({}) is not None

    def value(self, levels: Sequence[Fraction]) -> Extended:
        """V."""
        found = (self.welfare(c) for c in self.every if self.level(c, levels) == 0)
        return max(found, default=-INF)

    def threshold(self) -> Extended:
        """λ*."""
        best = self.pooled()
        found = (self.level(c, None) for c in self.every if self.welfare(c) == best)
        return min(found, default=INF)


MAX_STRATEGIES = 300
"""The largest number of profiles of strategies."""

MAX_DRAWN = 3_000
"""The largest programme of drawn strategies, in variables times rows."""

STRATEGY_CLAIMS = (
    *("gap-positive", "gap-zero", "gap-at-least", "gap-at-most", "gap", "closes"),
    *("value", "threshold", "threshold-at-most", "nash", "unique-nash"),
    *("incontractible", "incontractible-cells", "correlated-gap-positive", "correlated-gap"),
    *("correlated-gap-at-least", "correlated-gap-at-most"),
)
"""The claims that mean something of strategies."""


def _value(game: Game) -> Extended:
    """V at the data's λ."""
    _require(game.levels is not None)
    if game.private:
        assert game.levels is not None
        return Strategies(game).value(game.levels)
    common, total = Common(game, game.levels), ZERO
    for states in common.blocks():
        worth = (w for w, chosen in _selections(game, states) if common.intervals(chosen))
        best = next(worth, None)
        if best is None:
            return -INF
        total += best
    return total


class Values:
    """V at all common λ."""

    def __init__(self, game: Game) -> None:
        _require(game.levels is None)
        common = Common(game)
        self.blocks = [
            [
                (w, each)
                for w, chosen in _selections(game, states)
                for each in common.intervals(chosen)
            ]
            for states in common.blocks()
        ]

    def at(self, level: Extended) -> Extended:
        """V at one λ."""
        total = ZERO
        for block in self.blocks:
            worth = [w for w, (low, high) in block if low <= level <= high]
            if not worth:
                return -INF
            total += max(worth)
        return total

    @property
    def breaks(self) -> list[Fraction]:
        """The λ at which V may change."""
        ends = {end for block in self.blocks for _, interval in block for end in interval}
        return sorted({ZERO, *(end for end in ends if end != INF)})

    def between(self, low: Fraction, high: Extended, first: bool, last: bool) -> set[Extended]:
        """All values in an interval: at each break and end in it, and between them."""
        inside = [low, *(each for each in self.breaks if low < each < high)]
        inside += [high] if high != INF else [max(inside) + 1]
        middles = [(a + b) / 2 for a, b in pairwise(inside) if a < b]
        ends = [low] * first + [high] * (last and high != INF) + inside[1:-1]
        beyond = [inside[-1]] if high == INF else []
        return {self.at(level) for level in (*ends, *middles, *beyond)}


# --- the claims: gaps, values, thresholds ---------------------------------------------------------


def _difference(one: Fraction, other: Extended) -> Extended:
    return INF if other == -INF else one - other


def _gap_is(game: Game, relation: str, number: Extended) -> bool:
    best = Strategies(game).pooled() if game.private else game.optimum
    gap = _difference(best, _value(game))
    return _stands(gap, relation, number)


def _stands(value: Extended, relation: str, number: Extended) -> bool:
    return bool(
        {">": value > number, ">=": value >= number, "<=": value <= number, "==": value == number}[
            relation
        ]
    )


def _value_between(about: Subject) -> bool:
    value, low, high, first, last = about.fields(
        "value", "from", "to", "from_included", "to_included"
    )
    start, end = about.fraction(low), about.fraction(high, "inf")
    included = _truth(first), _truth(last) and end != INF
    _require(start < end or (start == end and all(included)))
    _require(start >= 0 and not (last and end == INF))
    found = Values(about.game).between(start, end, *included)
    return found == {about.fraction(value, "-inf")}


def _threshold(game: Game) -> Extended:
    """The least common λ at which a first best is implementable."""
    if game.private:
        _require(game.levels is None)
        return Strategies(game).threshold()
    values = Values(game)
    return min((each for each in values.breaks if values.at(each) == game.optimum), default=INF)


def _threshold_at_most(about: Subject) -> bool:
    (stated,) = about.fields("value")
    level = about.fraction(stated)
    _require(level >= 0)
    if about.game.private:
        _require(about.game.levels is None)
        strategies = Strategies(about.game)
        common = [level] * len(about.game.agents)
        return bool(strategies.value(common) == strategies.pooled())
    return bool(Values(about.game).at(level) == about.game.optimum)


def _implementable(about: Subject) -> bool:
    (listed,) = about.fields("selection")
    game = about.game
    _require(game.levels is not None)
    profiles = _wholes(listed, len(game.profiles), len(game.support))
    chosen = dict(zip(game.support, profiles, strict=True))
    common = Common(game, game.levels)
    return all(common.intervals({s: chosen[s] for s in states}) for states in common.blocks())


# --- the claims: correlated play ------------------------------------------------------------------

Gains = Callable[[int, int, Deviation], Fraction]
"""What a deviation pays, by state and profile."""


def _told(
    game: Game, state: int, gains: Gains, hidden: bool, within: Iterable[int] | None = None
) -> Programme:
    """The programme of correlated equilibria: distributions without profitable deviations.

    hidden: only deviations count that leave every record unchanged.
    """
    programme = Programme()
    every = range(len(game.profiles)) if within is None else within
    rows: dict[tuple[int, int, int], dict[Hashable, Fraction]] = {}
    for a in every:
        for move in game.deviations(state, a):
            key = move[0], game.profiles[a][move[0]], move[1]
            rows.setdefault(key, {})[a] = gains(state, a, move)
    for key, row in rows.items():
        if not hidden or game.hidden(state, *key):
            programme.at_most(row, ZERO)
    programme.equal(dict.fromkeys(every, ONE), ONE)
    return programme


def _alone(game: Game) -> Gains:
    return lambda _state, _profile, move: game.pays(move)


def _correlated(about: Subject) -> tuple[Extended, Fraction]:
    """Bounds on V of correlated equilibria, from below and from above."""
    game = about.game
    _require(game.kind == "transfers")
    upper, best = ZERO, dict[int, dict[int, Fraction]]()
    for state in game.support:
        programme = _told(game, state, _alone(game), hidden=True)
        goal = {a: game.welfare(state, a) for a in range(len(game.profiles))}
        found = programme.maximum(goal)
        assert found is not None
        upper += game.prior[state] * found[0]
        best[state] = {a: v for a, v in found[1].items() if v}
    plays: list[Sequence[Play]] = [[best] * len(TREMBLES), _trembling(game, best), *about.plays()]
    lower = max((_limit(game, each) for each in plays), default=-INF)
    if lower < upper:
        lower = max(lower, _value(game))
    return lower, upper


def _trembling(game: Game, best: Play) -> list[Play]:
    """Mixtures of a play with distributions of the greatest least probability."""
    inner = dict[int, dict[int, Fraction]]()
    for state in best:
        programme = _told(game, state, _alone(game), hidden=True)
        for a in range(len(game.profiles)):
            programme.at_most({"least": ONE, a: -ONE}, ZERO)
        found = programme.maximum({"least": ONE})
        assert found is not None
        inner[state] = {a: v for a, v in found[1].items() if a != "least"}
    every = range(len(game.profiles))
    return [
        {
            s: {
                a: weight
                for a in every
                if (weight := (1 - e) * best[s].get(a, ZERO) + e * inner[s].get(a, ZERO))
            }
            for s in best
        }
        for e in (*TREMBLES, ZERO)
    ]


def _limit(game: Game, plays: Sequence[Play]) -> Extended:
    """The welfare of the last play, if contracts make the other plays equilibria; else −∞."""
    common = Common(game, game.levels)
    if not all(_paid(common, play) for play in plays[: len(TREMBLES)]):
        return -INF
    total = ZERO
    for state, weights in plays[-1].items():
        mass = sum(weights.values())
        worth = sum((w * game.welfare(state, a) for a, w in weights.items()), ZERO)
        total += game.prior[state] * worth / mass
    return total


def _correlated_gap(about: Subject, relation: str, number: Extended) -> bool | None:
    if about.game.private:
        _require(about.game.budget != "" and about.game.levels is not None)
        strategies = Strategies(about.game)
        (lower, upper), optimum = strategies.drawn(), strategies.pooled()
    else:
        (lower, upper), optimum = _correlated(about), about.game.optimum
    said = {_stands(_difference(optimum, each), relation, number) for each in (lower, upper)}
    if relation == "==" and lower != upper:
        return None if optimum - upper <= number <= _difference(optimum, lower) else False
    return said.pop() if len(said) == 1 else None


def _play_at_most(about: Subject) -> bool | None:
    state, profile, within, value = about.fields("state", "profile", "within", "value")
    game, stated = about.game, about.fraction(value)
    _require(game.kind == "transfers" and _whole(state, game.states) in game.support)
    target = _whole(profile, len(game.profiles))
    played = range(len(game.profiles)) if within is None else _ascending(within, len(game.profiles))
    # Distributions on some profiles only are compared with what is possible beyond them, too.
    found = _told(game, state, _alone(game), True, played).maximum({target: ONE})
    if target not in played:
        return bool(stated >= 0) or found is None
    if found is None or found[0] <= stated:
        return True
    play = {state: {a: v for a, v in found[1].items() if v}}
    return False if _paid(Common(game, game.levels), play) else None


# --- the claims: mechanisms -----------------------------------------------------------------------

MAX_PROGRAMME = 5_000
"""The largest programme of mechanisms, in variables times rows."""

Told = tuple[tuple[int, ...], int]
"""Reports, and the number of the profile that is recommended."""


class Mechanisms:
    """All mechanisms of a game (theory.md T10), with every map that a liar may follow."""

    def __init__(self, game: Game) -> None:
        _require(game.sight is not None and game.levels is not None)
        assert game.sight is not None
        assert game.levels is not None
        self.game, self.levels, self.sight = game, game.levels, game.sight
        self.types = [sorted({own[s] for s in game.support}) for own in game.sight]
        self.every: set[Told] = {
            (self.said(s, i, cell), a)
            for s in game.support
            for i in game.agents
            for cell in self.types[i]
            for a in range(len(game.profiles))
        }
        maps = sum(
            len(own) ** 2 * size**size for own, size in zip(self.types, game.sizes, strict=True)
        )
        reached = 2 * len(game.agents) * (1 + sum(game.sizes) - len(game.sizes))
        if len(self.every) * (1 + reached) * (maps + 2 * len(self.every)) > MAX_PROGRAMME:
            raise Undecided

    def said(self, state: int, agent: int, report: int) -> tuple[int, ...]:
        """The reports in a state if one agent reports so and the others what they see."""
        return tuple(report if i == agent else own[state] for i, own in enumerate(self.sight))

    def pooled(self) -> Fraction:
        """W* of agents who pool what they see."""
        game, groups = self.game, dict[tuple[int, ...], list[int]]()
        for s in game.support:
            groups.setdefault(tuple(own[s] for own in self.sight), []).append(s)
        return sum(
            (
                max(
                    sum((game.prior[s] * game.welfare(s, a) for s in states), ZERO)
                    for a in range(len(game.profiles))
                )
                for states in groups.values()
            ),
            ZERO,
        )

    def welfare(self) -> dict[Any, Fraction]:
        """Expected welfare, in terms of the probabilities of draws."""
        found: dict[Any, Fraction] = {}
        for s in self.game.support:
            for a in range(len(self.game.profiles)):
                key = (self.said(s, 0, self.sight[0][s]), a), None, None
                found[key] = found.get(key, ZERO) + self.game.prior[s] * self.game.welfare(s, a)
        return found

    def worth(
        self, agent: int, cell: int, report: int, mapped: Sequence[int]
    ) -> dict[Any, Fraction]:
        """What an agent of a type gets that reports so and plays a map of what it is told."""
        game, found = self.game, dict[Any, Fraction]()
        last = game.agents[-1]
        for s in game.support:
            if self.sight[agent][s] != cell:
                continue
            reports = self.said(s, agent, report)
            for a, told in enumerate(game.profiles):
                taken = (*told[:agent], mapped[told[agent]], *told[agent + 1 :])
                there = game.number[taken]
                own = game.payoffs[agent][s][there] + self.levels[agent] * game.welfare(s, there)
                place = (reports, a), game.record(s, there)
                terms: dict[Any, Fraction] = {((reports, a), None, None): own}
                if game.budget == "balanced" and agent == last:
                    terms |= {(*place, i): -ONE for i in game.agents if i != last}
                else:
                    terms[(*place, agent)] = ONE
                for key, value in terms.items():
                    found[key] = found.get(key, ZERO) + game.prior[s] * value
        return found

    def programme(self, allowed: Iterable[Told], floor: Fraction | None) -> Programme:
        """The rules, where nothing is paid after draws that are not allowed."""
        game, programme, possible = self.game, Programme(free=True), set(allowed)
        rows: list[tuple[dict[Any, Fraction], Fraction]] = []
        for i in game.agents:
            obey = range(game.sizes[i])
            for cell in self.types[i]:
                honest = self.worth(i, cell, cell, obey)
                for report, mapped in product(self.types[i], product(obey, repeat=len(obey))):
                    row = self.worth(i, cell, report, mapped)
                    for key, value in honest.items():
                        row[key] = row.get(key, ZERO) - value
                    rows.append((row, ZERO))
                if game.options is not None:
                    weights = (game.prior[s] for s in game.support if self.sight[i][s] == cell)
                    least = game.options[i] + self.levels[i] * sum(game.options, ZERO)
                    lost = {key: -value for key, value in honest.items()}
                    rows.append((lost, -least * sum(weights, ZERO)))
        if floor is not None:
            rows.append(({key: -value for key, value in self.welfare().items()}, -floor))
        places = dict[tuple[Told, Hashable], None]()
        for row, bound in rows:
            kept = {key: value for key, value in row.items() if key[0] in possible}
            programme.at_most(kept, bound)
            places |= dict.fromkeys(key[:2] for key in kept if key[2] is not None)
        self._add_rules(programme, places)
        for told in possible:
            programme.at_most({(told, None, None): -ONE}, ZERO)
        for reports in {reports for reports, _ in self.every}:
            drawn = {(told, None, None): ONE for told in possible if told[0] == reports}
            programme.equal(drawn, ONE)
        return programme

    def _add_rules(self, programme: Programme, places: Iterable[tuple[Told, Hashable]]) -> None:
        game, last = self.game, self.game.agents[-1]
        for told, record in places:
            paid: dict[int, dict[Any, Fraction]] = {
                i: {(told, record, i): ONE} for i in game.agents
            }
            if game.budget == "balanced":
                paid[last] = {(told, record, i): -ONE for i in game.agents if i != last}
            if game.budget == "burnt":
                programme.at_most({(told, record, i): ONE for i in game.agents}, ZERO)
            for row in paid.values() if game.liability is not None else ():
                fine = {key: -value for key, value in row.items()}
                programme.at_most(fine | {(told, None, None): -(game.liability or ZERO)}, ZERO)

    def value(self, floor: Fraction | None = None) -> Extended:
        """V, or −∞ if there is no mechanism (of this welfare or more)."""
        allowed = self.every
        while True:
            programme = self.programme(allowed, floor)
            if programme.maximum({}) is None:
                return -INF
            left = self._drawn(programme, allowed)
            if left == allowed:
                goal = {key: v for key, v in self.welfare().items() if key[0] in allowed}
                return programme.maximum(goal)[0]  # type: ignore[index]
            allowed = left

    def _drawn(self, programme: Programme, allowed: Iterable[Told]) -> set[Told]:
        """What has a positive probability at some point of the programme."""
        found = set[Told]()
        for told in sorted(allowed):
            if told not in found:
                point = programme.maximum({(told, None, None): ONE})
                assert point is not None
                found |= {key[0] for key, x in point[1].items() if key[2] is None and x > 0}
        return found


def _mechanism_gap(relation: str, valued: bool) -> Callable[[Subject], bool]:
    def said(about: Subject) -> bool:
        stated = about.fields("value") if valued else about.fields()
        number = about.fraction(stated[0], "inf") if stated else ZERO
        mechanisms = Mechanisms(about.game)
        return _stands(_difference(mechanisms.pooled(), mechanisms.value()), relation, number)

    return said


def _attains(about: Subject) -> bool:
    (value,) = about.fields("value")
    return bool(Mechanisms(about.game).value(about.fraction(value)) != -INF)


# --- the claims: play alone -----------------------------------------------------------------------


def _optimum(about: Subject) -> bool:
    (value,) = about.fields("value")
    return bool(about.game.optimum == about.fraction(value))


def _in_state(about: Subject, find: Callable[[Game, int], list[int]]) -> bool:
    state, listed = about.fields("state", "profiles")
    named = None if listed is None else _ascending(listed, len(about.game.profiles))
    if _whole(state, about.game.states) not in about.game.support:
        return named is None
    return find(about.game, state) == named


def _mixed_equilibria(about: Subject) -> bool:
    state, plays = about.fields("state", "plays")
    game = about.game
    _require(game.kind == "none" and bool(_list(plays)))
    _require(_whole(state, game.states) in game.support)
    return all(_is_mixed_equilibrium(about, state, each) for each in plays)


def _is_mixed_equilibrium(about: Subject, state: int, listed: Json) -> bool:
    game, mixes = about.game, []
    for agent, own in enumerate(_list(listed, len(game.sizes))):
        mix: dict[int, Fraction] = {}
        for entry in _list(own):
            action, weight = _list(entry, 2)
            _require(_whole(action, game.sizes[agent]) not in mix)
            mix[action] = _number(weight, about.point)
            _require(mix[action] > 0)
        _require(bool(mix))
        mixes.append(mix)
    rows: dict[tuple[int, int, int], Fraction] = {}
    for a, profile in enumerate(game.profiles):
        weight = math.prod(
            (mix.get(action, ZERO) for mix, action in zip(mixes, profile, strict=True)), start=ONE
        )
        for move in game.deviations(state, a):
            key = move[0], profile[move[0]], move[1]
            rows[key] = rows.get(key, ZERO) + weight * game.pays(move)
    return all(row <= 0 for row in rows.values())


def _nash(about: Subject) -> bool:
    (lists,) = about.fields("profiles")
    game = about.game
    if game.private:
        strategies = Strategies(game)
        sizes = [game.sizes[agent] for agent, _ in strategies.types]
        rows = [_list(each, len(sizes)) for each in _list(lists)]
        for each in rows:
            for action, size in zip(each, sizes, strict=True):
                _whole(action, size)
        return rows == strategies.equilibria()
    listed = [_ascending(e, len(game.profiles)) for e in _list(lists, len(game.support))]
    return [game.nash(state) for state in game.support] == listed


def _unique_nash(about: Subject) -> bool:
    if about.game.private:
        unique = len(Strategies(about.game).equilibria()) == 1
    else:
        unique = all(len(about.game.nash(state)) == 1 for state in about.game.support)
    if "profiles" in about.claim:
        return _nash(about) and unique
    return not about.fields() and unique


def _agent_thresholds(about: Subject) -> bool:
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
            held = _held(rows)
            levels.append(held[0][0] if held else INF)
        expected.append((list(profiles), levels))
    found = []
    for entry in _list(listed):
        selection, own = _list(entry, 2)
        read = [about.fraction(each, "inf") for each in _list(own, len(game.agents))]
        found.append((_wholes(selection, len(game.profiles), len(game.support)), read))
    return found == expected


def _incontractible(game: Game) -> list[int]:
    _require(game.cells is not None)
    assert game.cells is not None
    found = []
    pooled = Strategies(game).first_best() if game.private else {}
    for cell in sorted({game.cells[s] for s in game.support}):
        own = [s for s in game.support if game.cells[s] == cell]
        best = [pooled[s] if game.private else set(game.first_best(s)) for s in own]
        if not set.intersection(*best):
            found.append(cell)
    return found


def _incontractible_cells(about: Subject) -> bool:
    (cells,) = about.fields("cells")
    return _incontractible(about.game) == _ascending(cells, about.game.states)


def _beneficial(about: Subject) -> bool:
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
    good = [expected(each) for each in product(*best)]
    bad = [e for e in map(expected, product(*selfish)) if sum(e, ZERO) < game.optimum]
    return all(
        any(all(f > v for f, v in zip(first, own, strict=True)) for first in good) for own in bad
    )


def _sides(game: Game) -> tuple[list[list[int]], list[list[int]]]:
    coop = game.cooperative
    _require(coop is not None)
    defecting = [
        [a for a in range(size) if a not in own] for size, own in zip(game.sizes, coop, strict=True)
    ]
    _require(all([*coop, *defecting]))
    return coop, defecting


def _axiom(about: Subject) -> bool:
    about.fields()
    return all(_axiom_in(about, state) for state in about.game.support)


def _axiom_in(about: Subject, state: int) -> bool:
    game, name = about.game, about.name
    coop, defecting = _sides(game)
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
    said = []
    for agent in game.agents:
        moves = [
            (a, move)
            for a, profile in enumerate(game.profiles)
            if profile[agent] in coop[agent]
            for move in game.deviations(state, a)
            if move[0] == agent and move[1] in defecting[agent]
        ]
        tempted = [move[4] > 0 if name == "axiom-i" else move[3] > 0 for _, move in moves]
        said.append(any(tempted) if name == "axiom-iv-partial" else all(tempted))
    return all(said)


# --- the claims: all equilibria -------------------------------------------------------------------


def _all_cooperative(about: Subject) -> bool:
    about.fields()
    game = about.game
    coop, _ = _sides(game)
    together = {game.number[each] for each in product(*coop)}
    return all(_excluded(game, s, _alone(game), together) for s in game.support)


def _excluded(game: Game, state: int, gains: Gains, wanted: Iterable[int]) -> bool:
    """Whether each correlated equilibrium plays only wanted profiles."""
    other = dict.fromkeys(set(range(len(game.profiles))) - set(wanted), ONE)
    found = _told(game, state, gains, hidden=False).maximum(other)
    assert found is not None
    return bool(found[0] == 0)


def _full_implementation(about: Subject) -> bool | None:
    about.fields()
    game = about.game
    if game.kind == "transfers":
        return _full_by_contract(about)
    _require(game.kind == "none")
    said = [_only_first_best(about, state, _alone(game)) for state in game.support]
    return False if False in said else None if None in said else True


def _full_by_contract(about: Subject) -> bool | None:
    game = about.game
    _require(game.levels is not None)
    for paid in about.transfers():

        def gains(
            state: int, a: int, move: Deviation, paid: Mapping[Hashable, Sequence[Fraction]] = paid
        ) -> Fraction:
            here, there = (
                paid.get(game.record(state, each), [ZERO] * len(game.agents))[move[0]]
                for each in (a, move[2])
            )
            return game.pays(move) + there - here

        if all(_only_first_best(about, state, gains) for state in game.support):
            return True
    best = {s: [game.profiles[a] for a in game.first_best(s)] for s in game.support}
    alone = all(
        sum(x != y for x, y in zip(a, b, strict=True)) != 1
        for own in best.values()
        for a, b in combinations(own, 2)
    )
    # An equilibrium among first-best profiles of which no two are neighbours is pure.
    return False if alone and _value(game) < game.optimum else None


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
    for one, two in product(*subsets):
        reached = any(game.number[pair] not in best for pair in product(one, two))
        if reached and all(_indifferent(game, state, gains, i, (one, two)) for i in (0, 1)):
            return False
    return True


def _indifferent(
    game: Game, state: int, gains: Gains, agent: int, supports: tuple[tuple[int, ...], ...]
) -> bool:
    """Whether the other player can mix so that no deviation from the player's support pays."""
    other, programme = 1 - agent, Programme()
    for told in supports[agent]:
        rows: dict[int, dict[Hashable, Fraction]] = {}
        for j in supports[other]:
            a = game.number[(told, j) if agent == 0 else (j, told)]
            for move in game.deviations(state, a):
                if move[0] == agent:
                    rows.setdefault(move[1], {})[j] = gains(state, a, move)
        for row in rows.values():
            programme.at_most(row, ZERO)
    for j in supports[other]:
        programme.at_most({"least": ONE, j: -ONE}, ZERO)
    programme.equal(dict.fromkeys(supports[other], ONE), ONE)
    found = programme.maximum({"least": ONE})
    return found is not None and bool(found[0] > 0)


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
        rows: dict[tuple[int, int, int], Fraction] = {}
        for a, weight in weights.items():
            for move in game.deviations(state, a):
                key = move[0], game.profiles[a][move[0]], move[1]
                rows[key] = rows.get(key, ZERO) + weight * gains(state, a, move)
        stable = all(row <= 0 for row in rows.values())
        if independent and stable and set(weights) - best:
            return True
    return False


# --- the table ------------------------------------------------------------------------------------


@dataclass
class Subject:
    """A claim at a point. hints: the proof."""

    name: str
    claim: Mapping[str, Json]
    game: Game
    point: Point
    hints: Json = field(repr=False, default=None)

    def fields(self, *names: str) -> list[Json]:
        """The claim's own fields, which are these."""
        return _fields(self.claim, *names)

    def fraction(self, value: Json, *infinite: str) -> Extended:
        """A fraction of the claim."""
        return _fraction(value, self.point, *infinite)

    def plays(self) -> Iterator[list[Play]]:
        """Plays of the proof at some ε, and in the limit."""
        for each in _objects(self.hints):
            if "transfers" in each and ("selection" in each or "distributions" in each):
                try:
                    yield [self._play(each, e) for e in (*TREMBLES, ZERO)]
                except (Malformed, TypeError, ValueError):
                    continue

    def _play(self, value: Json, epsilon: Fraction) -> Play:
        if "selection" in value:
            rows = [[[profile, 1]] for profile in _list(value["selection"])]
        else:
            rows = _list(value["distributions"])
        _require(len(rows) == len(self.game.support))
        states = zip(self.game.support, rows, strict=True)
        return {s: self._weights(row, epsilon) for s, row in states}

    def _weights(self, row: Json, epsilon: Fraction) -> dict[int, Fraction]:
        at = {**self.point, "0+": epsilon}
        found = {_whole(a, len(self.game.profiles)): _number(weight, at) for a, weight in row}
        _require(all(w > 0 or (w == 0 and not epsilon) for w in found.values()))
        _require(len(found) == len(row) and sum(found.values()) > 0)
        return {a: w for a, w in found.items() if w}

    def distributions(self) -> Iterator[Mapping[int, Fraction]]:
        """Distributions of the proof."""
        for each in _objects(self.hints):
            if "distribution" in each:
                try:
                    yield self._weights(each["distribution"], ONE)
                except (Malformed, TypeError, ValueError):
                    continue

    def transfers(self) -> Iterator[Mapping[Hashable, Sequence[Fraction]]]:
        """Transfers of the proof, if they obey their class."""
        for each in _objects(self.hints):
            if "amounts" in each:
                try:
                    yield self._amounts(each)
                except (Malformed, TypeError, ValueError):
                    continue

    def _amounts(self, value: Json) -> Mapping[Hashable, Sequence[Fraction]]:
        game, below = self.game, _number(value["denominator"], self.point)
        _require(below > 0)
        numbered = self._numbered()
        found: dict[Hashable, Sequence[Fraction]] = {}
        for record, listed in value["amounts"]:
            row = [_number(each, self.point) / below for each in listed]
            _require(len(row) == len(game.agents) and record not in found)
            _require(game.budget == "free" or sum(row) <= 0)
            _require(game.budget != "balanced" or sum(row) == 0)
            _require(game.liability is None or min(row) >= -game.liability)
            found[numbered.get(record, ("never", record))] = row
        return found

    def _numbered(self) -> Mapping[int, Hashable]:
        """The numbers of records, as docs/certificates.md defines them."""
        game = self.game
        found: dict[int, Hashable] = {}
        for state, a in product(range(game.states), range(len(game.profiles))):
            record = game.record(state, a)
            number = record if game.table is not None else state * len(game.profiles) + a
            if game.cells is not None and game.classes is not None:
                number = game.cells[state]
                for own, action in zip(game.classes, game.profiles[a], strict=True):
                    number = number * (max(own) + 1) + own[action]
            found[number] = record  # type: ignore[index]
        return found


def _objects(value: Json) -> Iterator[Mapping[str, Json]]:
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack += node.values()
        elif isinstance(node, list):
            stack += node


def _gaps(relation: str, valued: bool, pure: bool) -> Callable[[Subject], bool | None]:
    def said(about: Subject) -> bool | None:
        number: Extended = ZERO
        stated = about.fields("value") if valued else about.fields()
        if stated:
            number = about.fraction(stated[0], "inf")
        if pure:
            return _gap_is(about.game, relation, number)
        return _correlated_gap(about, relation, number)

    return said


def _values(find: Callable[[Game], Extended], infinite: str) -> Callable[[Subject], bool]:
    def said(about: Subject) -> bool:
        (value,) = about.fields("value")
        return bool(find(about.game) == about.fraction(value, infinite))

    return said


def _fieldless(find: Callable[[Game], bool]) -> Callable[[Subject], bool]:
    def said(about: Subject) -> bool:
        about.fields()
        return find(about.game)

    return said


RULES: Mapping[str, Callable[[Subject], bool | None]] = {
    **{
        f"{kind}gap{name}": _gaps(relation, valued, kind == "")
        for kind in ("", "correlated-")
        for name, relation, valued in (
            ("-positive", ">", False),
            ("-at-least", ">=", True),
            ("-at-most", "<=", True),
            ("", "==", True),
        )
    },
    "mechanism-gap": _mechanism_gap("==", True),
    "mechanism-gap-positive": _mechanism_gap(">", False),
    "mechanism-gap-zero": _mechanism_gap("<=", False),
    "mechanism-gap-at-least": _mechanism_gap(">=", True),
    "mechanism-gap-at-most": _mechanism_gap("<=", True),
    "mechanism-value": _values(lambda game: Mechanisms(game).value(), "-inf"),
    "mechanism-attains": _attains,
    "gap-zero": _gaps("<=", False, True),
    "closes": _gaps("<=", False, True),
    "value": _values(_value, "-inf"),
    "value-between": _value_between,
    "threshold": _values(_threshold, "inf"),
    "threshold-at-most": _threshold_at_most,
    "implementable": _implementable,
    "play-at-most": _play_at_most,
    "optimum": _optimum,
    "first-best": lambda about: _in_state(about, Game.first_best),
    "equilibria": lambda about: _in_state(about, Game.nash),
    "mixed-equilibria": _mixed_equilibria,
    "nash": _nash,
    "unique-nash": _unique_nash,
    "agent-thresholds": _agent_thresholds,
    "incontractible": _fieldless(lambda game: bool(_incontractible(game))),
    "incontractible-cells": _incontractible_cells,
    "beneficial": _beneficial,
    "beneficial-with-side-payments": _fieldless(lambda _: True),
    **{f"axiom-{name}": _axiom for name in ("i", "ii", "iii", "iv-strict", "iv-partial")},
    "all-cooperative": _all_cooperative,
    "full-implementation": _full_implementation,
}
"""Whether a claim is true at a point."""


# --- all parameters -------------------------------------------------------------------------------

ENOUGH = 12
"""How many points of a game are tried; of a formula many more."""


class _Claim:
    """A claim about data."""

    def __init__(self, claim: Json, data: Json, proof: Json) -> None:
        names = ("parameters", "assumptions", "game", "records", "contracts", "prosociality")
        more = ("mechanism",) if isinstance(data, dict) and "mechanism" in data else ()
        listed, self.assumptions, self.about, *rest = _fields(data, *names, *more)
        self.names = [name for name in _list(listed) if isinstance(name, str) or _malformed()]
        _require(len(set(self.names)) == len(self.names))
        _require(all(name.isidentifier() for name in self.names))
        _require(self.about is not None or rest == [None] * 3)
        _require(isinstance(claim, dict))
        self.data, self.proof, self.own = data, proof, dict(claim)
        self.name, holds = self.own.pop("id", None), self.own.pop("holds", None)
        self.holds = _truth(holds)
        self.rule = self.name in (RULES if self.about is not None else ("formula", "inconsistent"))
        _require(isinstance(self.name, str) and self.rule)
        for each in _list(self.assumptions):
            number, relation = _list(each, 2)
            _polynomial(number, self.names)
            _compared(ZERO, relation)

    def truth(self) -> bool | None:
        """Whether the claim is true; for families, at all points that are tried."""
        if "at" in self.own:
            fixed = _point(self.own.pop("at"), self.names)
            _require("pieces" not in self.own)
            return self._assumed(fixed) and self._at(fixed, self.own)
        pieces: list[Json] = [{"when": [], **self.own}]
        if "pieces" in self.own:
            _require(set(self.own) == {"pieces"} and bool(_list(self.own["pieces"])))
            pieces = self.own["pieces"]
        whens = []
        for piece in pieces:
            _require(isinstance(piece, dict) and "when" in piece)
            whens.append(_list(piece["when"]))
        points = _Points(self.names, self.assumptions, whens, self.proof)
        if self.name == "inconsistent":
            _require(not self.own)
            return (next(iter(points), None) is None) is self.holds
        said = list[bool | None]()
        for point in points:
            inside = [each for each in pieces if all(_condition(w, point) for w in each["when"])]
            if len(inside) != 1:
                return False
            stated = {name: each for name, each in inside[0].items() if name != "when"}
            said.append(self._at(point, stated))
            if said[-1] is False:
                return False
            if len(said) >= (ENOUGH if self.about is not None else 5 * ENOUGH):
                break
        if not said:
            return True if points.empty else None
        return True if True in said else None

    def _assumed(self, point: Point) -> bool:
        return all(_condition(each, point) for each in self.assumptions)

    def _at(self, point: Point, stated: Mapping[str, Json]) -> bool | None:
        if self.name == "inconsistent":
            raise Malformed
        if self.about is None:
            (conclusion,) = _fields(stated, "conclusion")
            return _formula(conclusion, point) is self.holds
        try:
            game = Game(self.data, point)
            _require(str(self.name).startswith("mechanism-") == (game.kind == "mechanism"))
            _require(not game.private or self.name in STRATEGY_CLAIMS)
            said = RULES[self.name](Subject(self.name, stated, game, point, self.proof))
        except Undecided:
            return None
        return None if said is None else said is self.holds


class _Points:
    """Points that satisfy the assumptions.

    They are those of the proof, solutions of linear programmes, drawn points, and points on the
    boundaries of pieces. empty: whether there are certainly none.
    """

    DRAWN = 600

    def __init__(
        self, names: Sequence[str], assumptions: Json, whens: Sequence[Json], proof: Json
    ) -> None:
        self.names, self.assumptions, self.proof = names, assumptions, proof
        self.conditions = [each for when in whens for each in when]
        self.random = Random(0)
        self.empty = False

    def __iter__(self) -> Iterator[Point]:
        seen = set[tuple[Fraction, ...]]()
        for values in self._candidates():
            point = dict(zip(self.names, values, strict=True))
            if values not in seen and all(_condition(e, point) for e in self.assumptions):
                seen.add(values)
                yield point

    def _candidates(self) -> Iterator[tuple[Fraction, ...]]:
        count = len(self.names)
        if not count:
            yield ()
            return
        hinted = list(self._hinted())
        yield from hinted[:4]
        yield from self._linear()
        for number in range(self.DRAWN):
            base = hinted[number % len(hinted)] if hinted and number % 3 == 0 else None
            yield from self._drawn(base, number)
        yield from hinted[4:]

    def _hinted(self) -> Iterator[tuple[Fraction, ...]]:
        for each in _objects(self.proof):
            listed = each.get("point")
            if isinstance(listed, list) and len(listed) == len(self.names):
                try:
                    yield tuple(map(Fraction, listed))
                except (TypeError, ValueError, ZeroDivisionError):
                    continue

    def _drawn(
        self, base: tuple[Fraction, ...] | None, number: int
    ) -> Iterator[tuple[Fraction, ...]]:
        rng, count = self.random, len(self.names)
        if base is None:
            over = rng.choice((1, 1, 2, 3, 10))
            reach = rng.choice((2, 6, 20))
            low = rng.choice((0, -reach))
            values = [Fraction(rng.randint(low, reach), over) for _ in range(count)]
        else:
            values = list(base)
            values[rng.randrange(count)] += rng.choice((-1, 1)) * Fraction(
                1, rng.choice((1, 2, 10))
            )
        equations = [each[0] for each in self.assumptions if each[1] == "=="]
        if self.conditions and number % 2:
            equations.append(rng.choice(self.conditions)[0])
        for equation in equations:
            self._solve(values, equation)
        yield tuple(values)

    def _solve(self, values: list[Fraction], equation: Json) -> None:
        """The point with one parameter changed so that the number is 0, if one occurs linearly."""
        terms = _polynomial(equation, self.names)
        linear = [
            k
            for k in range(len(values))
            if any(k in m for m in terms) and all(m.count(k) <= 1 for m in terms)
        ]
        self.random.shuffle(linear)
        for k in linear:
            slope, rest = ZERO, ZERO
            for monomial, coefficient in terms.items():
                others = math.prod((values[j] for j in monomial if j != k), start=ONE)
                if k in monomial:
                    slope += coefficient * others
                else:
                    rest += coefficient * others
            if slope:
                values[k] = -rest / slope
                return

    def _linear(self) -> Iterator[tuple[Fraction, ...]]:
        """Points of linear programmes over those conditions that are linear."""
        first = self._inner([])
        if first is None:
            linear = [e for e in self.assumptions if self._is_linear(e[0])]
            self.empty = self._inner([], linear) is None
            return
        yield first
        for condition in self.conditions:
            if self._is_linear(condition[0]):
                for relation in ("==", ">"):
                    found = self._inner([[condition[0], relation]])
                    if found is not None:
                        yield found
        for _ in range(3):
            corner = self._inner([], direction=True)
            if corner is not None:
                yield corner
                yield tuple((a + b) / 2 for a, b in zip(first, corner, strict=True))

    def _is_linear(self, number: Json) -> bool:
        return all(len(m) <= 1 for m in _polynomial(number, self.names))

    def _inner(
        self, more: Sequence[Json], over: Sequence[Json] | None = None, direction: bool = False
    ) -> tuple[Fraction, ...] | None:
        """A point inside linear conditions (the others are left out), or in a corner of them."""
        programme = Programme(free=True)
        for number, relation in [*(over or self.assumptions), *more]:
            terms = _polynomial(number, self.names)
            if any(len(m) > 1 for m in terms):
                continue
            row: dict[Any, Fraction] = {m[0]: -Fraction(c) for m, c in terms.items() if m}
            bound = Fraction(terms.get((), 0))
            if relation == "==":
                programme.equal(row, bound)
            else:
                slack = {"slack": ONE} if relation == ">" or not direction else {}
                programme.at_most({**row, **slack} if relation == ">" else row, bound)
        programme.at_most({"slack": ONE}, ONE)
        goal: dict[Any, Fraction] = {"slack": ONE}
        if direction:
            programme.at_most({"slack": -ONE}, Fraction(-1, 50))
            goal = {k: Fraction(self.random.randint(-3, 3)) for k in range(len(self.names))}
            for k in range(len(self.names)):
                programme.at_most({k: ONE}, Fraction(20))
                programme.at_most({k: -ONE}, Fraction(20))
        found = programme.maximum(goal)
        if found is None or (not direction and found[0] <= 0):
            return None
        return tuple(found[1].get(k, ZERO) for k in range(len(self.names)))
