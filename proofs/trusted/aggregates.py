"""Games of groups of identical agents, by aggregates and never by profiles.

Each action of a group has marks, integers ≥ 0; the aggregate of a play is the list of the sums of
marks of each group. A payoff is affine in the marks of one's own action, with coefficients that
depend on state and aggregate, so welfare depends on these alone. Everything is tried: the
aggregates that can be played, and at each one the actions from which no deviation pays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import combinations
from operator import mul, or_
from typing import Any

from coopgap.proofs.trusted.documents import (
    LARGE,
    Budget,
    fields,
    integer,
    listing,
    names_of,
    require,
    text_of,
    truth_of,
)

MAX_CODES = 1 << 22
"""The largest product, over all marks, of the largest sum plus 1."""

Sets = tuple[tuple[int, tuple[int, ...]], ...]
"""How many agents, and the codes of the actions among which each of them chooses."""


Move = tuple[int, int]
"""A group and one of its actions, by indices."""

Counts = Mapping[Move, int]
"""How many agents of a group take an action, where any do."""

Pair = tuple[Fraction | int, Fraction | int]
"""A number, and how it changes where λ is a little less."""


@dataclass(frozen=True)
class Group:
    """Identical agents. codes: the marks of each action as one number.

    columns: for each mark its weight in a code, and the number that its sums stay below.
    """

    size: int
    labels: Sequence[str]
    marks: Sequence[Sequence[int]]
    codes: Sequence[int]
    columns: Sequence[tuple[int, int]]


class Game:
    """A game of groups, and its aggregates in ascending order of their codes.

    A code is an aggregate read as digits, the first mark of the first group counting most.
    """

    def __init__(self, value: Any, budget: Budget) -> None:
        names = ("groups", "states", "prior", "denominator", "payoffs")
        groups, states, prior, denominator, payoffs = fields(value, "a game", *names)
        self.budget, self.states = budget, names_of(states)
        self.prior = [integer(p, 0, LARGE) for p in listing(prior, len(self.states))]
        self.support = [s for s, p in enumerate(self.prior) if p > 0]
        require(bool(self.support), "no state has a probability")
        self.unit = integer(denominator, 1, LARGE)
        self.codes = 1
        read = [fields(e, "a group", "name", "size", "actions", "marks") for e in listing(groups)]
        names_of([name for name, *_ in read])
        self.groups = [self._group(*parts) for _, *parts in reversed(read)][::-1]
        self._sums: dict[Sets, int] = {}
        bits = bin(self.sums(tuple((group.size, tuple(group.codes)) for group in self.groups)))
        budget.spend(len(bits) >> 3)
        self.order = [code for code, bit in enumerate(reversed(bits)) if bit == "1"]
        self.place = {code: place for place, code in enumerate(self.order)}
        pairs = zip(listing(payoffs, len(self.groups)), self.groups, strict=True)
        self.payoffs = [
            [self._rows(row, len(group.columns) + 1) for row in listing(own, len(self.states))]
            for own, group in pairs
        ]
        self.welfare = [self._welfare(state) for state in range(len(self.states))]

    def _group(self, size: Any, actions: Any, marks: Any) -> Group:
        agents, labels = integer(size, 1, LARGE), names_of(actions)
        first, *_ = rows = listing(marks, len(labels))
        table = [[integer(m, 0, MAX_CODES) for m in listing(row, len(first))] for row in rows]
        require(len(set(map(tuple, table))) == len(table), "two actions have the same marks")
        columns = []
        for column in reversed(list(zip(*table, strict=True))):
            columns.append((self.codes, agents * max(column) + 1))
            self.codes *= columns[-1][1]
            require(self.codes <= MAX_CODES, "too large to check: there are too many aggregates")
        columns.reverse()
        codes = [sum(m * w for m, (w, _) in zip(row, columns, strict=True)) for row in table]
        self.budget.spend(len(labels) * (1 + len(columns)))
        return Group(agents, labels, table, codes, columns)

    def _rows(self, value: Any, count: int) -> list[Sequence[int]]:
        rows = [listing(row, len(self.order)) for row in listing(value, count)]
        self.budget.spend(count * len(self.order))
        require(all(set(map(type, row)) == {int} for row in rows), "a payoff is no integer")
        return rows

    def _welfare(self, state: int) -> list[int]:
        total = [0] * len(self.order)
        rows = [own[state] for own in self.payoffs]
        for group, (base, *slopes) in zip(self.groups, rows, strict=True):
            total = [w + group.size * b for w, b in zip(total, base, strict=True)]
            for (weight, radix), slope in zip(group.columns, slopes, strict=True):
                sums = (code // weight % radix for code in self.order)
                total = [w + x * b for w, x, b in zip(total, sums, slope, strict=True)]
        return total

    def sums(self, sets: Sets) -> int:
        """The codes of the sums of what the agents choose, as the bits of a number."""
        bits = self._sums.get(sets)
        if bits is None:
            bits = 1
            for agents, codes in sets:
                self.budget.spend(agents * len(codes) * (1 + (self.codes >> 7)))
                for _ in range(agents):
                    bits = reduce(or_, [bits << code for code in codes], 0)
            self._sums[sets] = bits
        return bits

    def paid(self, state: int, group: int, action: int, place: int) -> int:
        """What an agent gets for an action at an aggregate that includes it, over the unit."""
        base, *slopes = self.payoffs[group][state]
        marks = self.groups[group].marks[action]
        self.budget.spend(1 + len(marks))
        return base[place] + sum(m * s[place] for m, s in zip(marks, slopes, strict=True))


def _number(label: str) -> Fraction:
    """The number that a label spells."""
    known = re.fullmatch(r"-?[0-9]+([.][0-9]+|/[0-9]*[1-9][0-9]*)?", label, re.ASCII)
    require(known is not None, "an action is no number, so there is no total")
    return Fraction(label)


class Case:
    """A game with a language, a class of contracts, and λ for each group, or none.

    kind: ``none``, ``transfers`` or ``directive``. A deviation counts if it is inside a class.
    """

    def __init__(self, value: Any, budget: Budget) -> None:
        names = ("game", "kind", "budget", "cells", "classes", "total", "levels", "scale")
        bounded = isinstance(value, dict) and "liability" in value
        more = ("liability",) if bounded else ()
        read = fields(value, "the data", *names, *more)
        game, kind, money, cells, classes, total, levels, scale, *liability = read
        self.budget, self.game = budget, Game(game, budget)
        groups, states = self.game.groups, len(self.game.states)
        self.kind = text_of(kind, "none", "transfers", "directive")
        self.money = text_of(
            money, *(("balanced", "burnt", "free") if kind == "transfers" else [""])
        )
        own = [integer(c, 0, states) for c in listing(cells, states)]
        likely = self.game.support
        self.cells = [[s for s in likely if own[s] == c] for c in sorted({own[s] for s in likely})]
        self.classes = [
            [integer(c, 0, len(g.codes)) for c in listing(row, len(g.codes))]
            for row, g in zip(listing(classes, len(groups)), groups, strict=True)
        ]
        self.alone = kind == "none" or all(len(cell) == 1 for cell in self.cells)
        self.pooled = truth_of(total) and money == "balanced"
        if total:
            usable = kind == "transfers" and self.alone
            require(usable, "the total is used by transfers, where states are verified")
        # Of each group and action, where transfers see their sum.
        self.numbers = [list(map(_number, g.labels)) if total else [] for g in groups]
        distinct = all(len(set(own)) == len(own) for own in self.numbers)
        require(distinct, "two actions are the same number")
        if total and not self.pooled:
            self.classes = [list(range(len(g.codes))) for g in groups]
        if kind == "none":
            self.classes = [[0] * len(g.codes) for g in groups]
        agents = sum(group.size for group in groups)
        require(money != "balanced" or agents > 1, "one agent alone pays nobody")
        self.levels = (
            None if levels is None else [integer(x, 0, LARGE) for x in listing(levels, len(groups))]
        )
        self.scale = integer(scale, 1, LARGE)
        self.fines = self._fines(*liability) if liability else None
        self._stable: dict[int, list[list[list[int]]]] = {}

    def _fines(self, liability: Any) -> Fraction:
        """The sum of the largest fines of all agents, over the unit and the scale of λ."""
        above, below = listing(liability, 2)
        bound = Fraction(integer(above, 0, LARGE), integer(below, 1, LARGE))
        usable = self.kind == "transfers" and self.money != "free"
        require(usable, "fines are bounded where transfers are not free")
        agents = sum(group.size for group in self.game.groups)
        return agents * bound * self.game.unit * self.scale

    def stable(self, state: int, code: int) -> Sets:
        """The actions at an aggregate from which no deviation inside their class pays."""
        if state not in self._stable:
            self._stable[state] = [self._replies(state, g) for g in range(len(self.game.groups))]
        place = self.game.place[code]
        pairs = zip(self.game.groups, self._stable[state], strict=True)
        return tuple((group.size, tuple(replies[place])) for group, replies in pairs)

    def _replies(self, state: int, group: int) -> list[list[int]]:
        """For each aggregate the codes of a group's actions that are best replies in their class.

        Added to the aggregate of all other agents, each action leads to an aggregate. One that is
        out of reach is no reply, but then the other agents never play so.
        """
        codes, order = self.game.groups[group].codes, self.game.order
        self.budget.spend(2 * len(codes) * len(order))
        paid = [self._utility(state, group, action) for action in range(len(codes))]
        best: dict[int, dict[int, int]] = {kind: {} for kind in self.classes[group]}
        moves = list(zip(codes, self.classes[group], paid, strict=True))
        for own, kind, row in moves:
            most = best[kind]
            for code, value in zip(order, row, strict=True):
                if most.get(code - own, value) <= value:
                    most[code - own] = value
        replies: list[list[int]] = [[] for _ in order]
        for own, kind, row in moves:
            most = best[kind]
            for code, value, inside in zip(order, row, replies, strict=True):
                if most[code - own] == value:
                    inside.append(own)
        return replies

    def _utility(self, state: int, group: int, action: int) -> list[int]:
        """U + λ W for an action by aggregate, over the unit and the scale of λ."""
        require(self.levels is not None, "the claim is about no λ")
        level = (self.levels or [])[group]
        base, *slopes = self.game.payoffs[group][state]
        row = list(base)
        for mark, slope in zip(self.game.groups[group].marks[action], slopes, strict=True):
            if mark:
                row = [x + mark * y for x, y in zip(row, slope, strict=True)]
        welfare = self.game.welfare[state]
        return [self.scale * x + level * w for x, w in zip(row, welfare, strict=True)]

    def playable(self, state: int, code: int) -> bool:
        """Whether some play of this aggregate is an equilibrium inside the classes."""
        sets = self.stable(state, code)
        if not (all(replies for _, replies in sets) and self.game.sums(sets) >> code & 1):
            return False
        if self.fines is None:
            return True
        options = []
        for g, (agents, replies) in enumerate(sets):
            codes = self.game.groups[g].codes
            costs = {own: self.tempted(state, g, codes.index(own), code) for own in replies}
            options.append((agents, {own: (cost, 0) for own, cost in costs.items()}))
        return self.affordable(options, code, (self.fines, 0))

    def tempted(self, state: int, group: int, action: int, code: int) -> int:
        """The most that an agent gains by another action, at least 0.

        Whoever leaves its class is seen, so it is fined and the others get the fine. On the path
        agents pay each other at most as much; so temptations must sum to at most n fines.
        """
        codes = self.game.groups[group].codes
        self.budget.spend(len(codes))
        rest = code - codes[action]
        moves = [b for b, own in enumerate(codes) if rest + own in self.game.place]
        worth = self.worth(state, group, action, code)
        return max(self.worth(state, group, b, rest + codes[b]) for b in moves) - worth

    def affordable(
        self, options: Sequence[tuple[int, Mapping[int, Pair]]], code: int, most: Pair
    ) -> bool:
        """Whether choices sum to a code at a cost of at most so much.

        options: of each group its size, and by code of an action what it costs, at least (0, 0).
        """
        cheapest: dict[int, Pair] = {0: (0, 0)}
        for agents, costs in options:
            for _ in range(agents):
                self.budget.spend(1 + len(cheapest) * len(costs))
                after: dict[int, Pair] = {}
                for before, spent in cheapest.items():
                    for own, cost in costs.items():
                        total, new = (spent[0] + cost[0], spent[1] + cost[1]), before + own
                        least = after.get(new)
                        if new <= code and total <= most and (least is None or total < least):
                            after[new] = total
                cheapest = after
        return code in cheapest

    def attained(self, state: int) -> int | None:
        """The most welfare of an equilibrium inside the classes in a state."""
        welfare, groups = self.game.welfare[state], self.game.groups
        moves = [(g, a) for g, own in enumerate(groups) for a in range(len(own.codes))]
        sizes = [group.size for group in groups]
        for place in sorted(range(len(welfare)), key=welfare.__getitem__, reverse=True):
            code = self.game.order[place]
            if self.pooled:
                if any(self.shared(state, play) for play in self.plays(moves, sizes, code)):
                    return int(welfare[place])
            elif self.playable(state, code):
                return int(welfare[place])
        return None

    def plays(self, moves: Sequence[Move], agents: list[int], rest: int) -> Iterator[Counts]:
        """How many agents take each action, in all plays that sum to a code.

        moves: the actions that remain; agents: how many of each group remain.
        """
        self.budget.spend(1 + len(agents) + len(moves) // 8)
        if not moves:
            if rest == 0 and not any(agents):
                yield {}
            return
        (group, action), *remaining = moves
        code = self.game.groups[group].codes[action]
        for number in range(agents[group] + 1):
            if number * code <= rest:
                after = [n - number * (g == group) for g, n in enumerate(agents)]
                for play in self.plays(remaining, after, rest - number * code):
                    yield {(group, action): number, **play} if number else play

    def shared(self, state: int, play: Counts) -> bool:
        """Whether balanced transfers that see classes and the total make a play an equilibrium.

        A record after a deviation inside a class shows only the change of the total. If some agent
        cannot bring it about, all others are fined for it in its favour; else what all of them
        would gain by it must not be positive.
        """
        code = sum(n * self.game.groups[g].codes[a] for (g, a), n in play.items())
        if self.fines is not None:
            costs = (n * self.tempted(state, g, a, code) for (g, a), n in play.items())
            if sum(costs) > self.fines:
                return False
        (first, played), *_ = play
        own = self.numbers[first]
        for change in {x - own[played] for x in own} - {0}:
            total: int | None = 0
            for (g, a), n in play.items():
                self.budget.spend(len(self.numbers[g]))
                gain = self._gain(state, (g, a), self.numbers[g][a] + change, code)
                total = None if gain is None or total is None else total + n * gain
            if total is not None and total > 0:
                return False
        return True

    def _gain(self, state: int, move: Move, number: Fraction, code: int) -> int | None:
        """What an agent gains by another action of its class, of this number; None without one."""
        group, action = move
        codes, kinds = self.game.groups[group].codes, self.classes[group]
        for deviation, value in enumerate(self.numbers[group]):
            if value == number and kinds[deviation] == kinds[action]:
                after = self.worth(state, group, deviation, code - codes[action] + codes[deviation])
                return after - self.worth(state, group, action, code)
        return None

    def worth(self, state: int, group: int, action: int, code: int) -> int:
        """U + λ W for an action at an aggregate, over the unit and the scale of λ."""
        require(self.levels is not None, "the claim is about no λ")
        place = self.game.place[code]
        paid = self.scale * self.game.paid(state, group, action, place)
        return paid + (self.levels or [])[group] * self.game.welfare[state][place]

    def most(self) -> int | None:
        """A bound on welfare, over unit and mass: V itself but for transfers in cells of several.

        A complete directive in a cell of several states needs verifiable actions.
        """
        weigh, values = self.game.prior, []
        for cell in self.cells:
            if self.kind == "directive" and len(cell) > 1:
                plain = all(len(set(own)) == len(own) for own in self.classes)
                require(plain, "a directive in a cell of several states needs verifiable actions")
                self.budget.spend(len(cell) * len(self.game.order))
                rows = zip(*(self.game.welfare[s] for s in cell), strict=True)
                weights = [weigh[s] for s in cell]
                values.append(max(sum(map(mul, weights, row)) for row in rows))
                continue
            for state in cell:
                best = self.attained(state)
                if best is None:
                    return None
                values.append(weigh[state] * best)
        return int(sum(values))

    def reached(self, profiles: Any) -> int:
        """The welfare of a selection that transfers make an equilibrium, over unit and mass.

        It gives the action of each agent by state and group. In a cell the plays of two states
        leave the same record or so many agents apart that who deviated can be fined for it.
        """
        require(self.kind == "transfers", "only transfers are shown by a selection")
        groups, support = self.game.groups, self.game.support
        total, records, tempted = 0, {}, dict[int, list[int]]()
        for state, play in zip(support, listing(profiles, len(support)), strict=True):
            chosen = [
                [integer(a, 0, len(group.codes)) for a in listing(own, group.size)]
                for own, group in zip(listing(play, len(groups)), groups, strict=True)
            ]
            self.budget.spend(sum(group.size for group in groups))
            moves = [[g.codes[a] for a in own] for own, g in zip(chosen, groups, strict=True)]
            code = sum(map(sum, moves))
            if self.pooled:
                counts = Counter((g, a) for g, own in enumerate(chosen) for a in own)
                inside = self.shared(state, counts)
            else:
                replies = [set(codes) for _, codes in self.stable(state, code)]
                inside = all(set(own) <= best for own, best in zip(moves, replies, strict=True))
            require(inside, "a deviation that leaves the same record pays")
            total += self.game.prior[state] * self.game.welfare[state][self.game.place[code]]
            pairs = zip(chosen, self.classes, strict=True)
            records[state] = [kinds[a] for own, kinds in pairs for a in own]
            if self.fines is not None:
                tempted[state] = [
                    self.tempted(state, g, a, code) for g, own in enumerate(chosen) for a in own
                ]
        least = 3 if self.money == "balanced" else 2
        for first, second in (pair for cell in self.cells for pair in combinations(cell, 2)):
            self.budget.spend(len(records[first]))
            apart = sum(a != b for a, b in zip(records[first], records[second], strict=True))
            require(apart == 0 or apart >= least, "it is not clear who deviated")
        for cell in self.cells if self.fines is not None else ():
            for state in cell:
                # What is given to an agent at a record must do in all states that leave it.
                alike = [tempted[s] for s in cell if records[s] == records[state]]
                self.budget.spend(len(alike) * len(records[state]))
                worst = sum(map(max, zip(*alike, strict=True)))
                require(worst <= (self.fines or 0), "fines of at most so much do not suffice")
        return total
