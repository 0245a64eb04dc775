"""A second checker of certificates about groups, written from docs/certificates.md alone.

It keeps plays as counts of who takes which action and sums of marks as tuples, and shares nothing
with the trusted core but the claims' meaning. It is slow.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, product
from typing import Any

Json = Any
Sums = tuple[int, ...]

IDS = {
    "optimum": ("value",),
    "value": ("value",),
    "gap": ("value",),
    "gap-positive": (),
    "gap-zero": (),
    "closes": (),
    "gap-at-least": ("value",),
    "gap-at-most": ("value",),
    "equilibria": ("state", "aggregates"),
    "threshold": ("value", "loss"),
    "nash": ("plays",),
    "unique-nash": ("plays",),
    "incontractible": (),
}


class Wrong(Exception):
    """The certificate does not show its claim."""


def need(truth: bool) -> None:
    if not truth:
        raise Wrong


def accepts(text: str) -> bool:
    """Whether the certificate in a text shows its claim."""
    try:
        _check(
            json.loads(text, parse_float=_no, parse_constant=_no, object_pairs_hook=_distinct_keys)
        )
    except (Wrong, ValueError, TypeError, LookupError, AttributeError, ZeroDivisionError):
        return False
    return True


def _no(_text: str) -> Any:
    raise Wrong


def _distinct_keys(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    need(len(dict(pairs)) == len(pairs))
    return dict(pairs)


def _object(value: Json, *names: str) -> list[Json]:
    need(type(value) is dict and set(value) == set(names))
    return [value[name] for name in names]


def _whole(value: Json, low: int, high: int | None = None) -> int:
    need(type(value) is int and value >= low and (high is None or value < high))
    return int(value)


def _list(value: Json, length: int | None = None) -> list[Json]:
    need(type(value) is list and length in (None, len(value)))
    return list(value)


def _words(value: Json) -> list[str]:
    need(len(_list(value)) > 0 and all(type(word) is str for word in value))
    need(len(set(value)) == len(value))
    return list(value)


def _fraction(value: Json) -> Fraction:
    """A fraction as text in lowest terms, or a pair of integers, the second one positive."""
    if type(value) is str:
        number = Fraction(value)
        need(str(number) == value)
        return number
    above, below = _list(value, 2)
    need(type(above) is int)
    return Fraction(above, _whole(below, 1))


def _label(text: str) -> Fraction:
    need(re.fullmatch(r"-?[0-9]+([.][0-9]+|/[0-9]+)?", text, re.ASCII) is not None)
    return Fraction(text)


class Groups:
    def __init__(self, value: Json) -> None:
        groups, states, prior, unit, payoffs = _object(
            value, "groups", "states", "prior", "denominator", "payoffs"
        )
        self.states = _words(states)
        self.prior = [_whole(p, 0) for p in _list(prior, len(self.states))]
        need(sum(self.prior) > 0)
        self.unit = _whole(unit, 1)
        self.names, self.sizes, self.marks, self.labels = [], [], [], []
        for group in _list(groups):
            name, size, actions, marks = _object(group, "name", "size", "actions", "marks")
            labels = _words(actions)
            rows = [tuple(_whole(m, 0) for m in _list(row)) for row in _list(marks, len(labels))]
            need(len(set(map(len, rows))) == 1 and len(set(rows)) == len(rows))
            self.names.append(name)
            self.labels.append(labels)
            self.sizes.append(_whole(size, 1))
            self.marks.append(rows)
        _words(self.names)
        codes = 1
        for n, rows in zip(self.sizes, self.marks, strict=True):
            for column in zip(*rows, strict=True):
                codes *= n * max(column) + 1
        need(codes <= 2**22)
        every = [list(range(len(rows))) for rows in self.marks]
        self.sums = sorted(self.reach(every))
        self.place = {sums: k for k, sums in enumerate(self.sums)}
        self.payoffs = []
        for rows, own in zip(self.marks, _list(payoffs, len(self.marks)), strict=True):
            by_state = []
            for table in _list(own, len(self.states)):
                columns = [_list(c, len(self.sums)) for c in _list(table, len(rows[0]) + 1)]
                need(all(type(x) is int for column in columns for x in column))
                by_state.append(columns)
            self.payoffs.append(by_state)
        self.support = [s for s, p in enumerate(self.prior) if p]

    def reach(self, chosen: Sequence[Sequence[int]]) -> set[Sums]:
        """The sums of marks, of all groups, when agents choose among these actions."""
        whole: list[set[Sums]] = []
        for n, rows, allowed in zip(self.sizes, self.marks, chosen, strict=True):
            reached: set[Sums] = {(0,) * len(rows[0])}
            for _ in range(n):
                reached = {
                    tuple(x + y for x, y in zip(sums, rows[a], strict=True))
                    for sums in reached
                    for a in allowed
                }
            whole.append(reached)
        return {tuple(x for part in parts for x in part) for parts in product(*whole)}

    def spread(self, g: int, action: int) -> Sums:
        """The marks of an action among those of all groups."""
        return tuple(
            m
            for k, rows in enumerate(self.marks)
            for m in (rows[action] if k == g else (0,) * len(rows[0]))
        )

    def paid(self, s: int, g: int, action: int, sums: Sums) -> int:
        base, *slopes = self.payoffs[g][s]
        k = self.place[sums]
        pairs = zip(self.marks[g][action], slopes, strict=True)
        return int(base[k] + sum(m * c[k] for m, c in pairs))

    def welfare(self, s: int, sums: Sums) -> int:
        k, total, start = self.place[sums], 0, 0
        for n, rows, own in zip(self.sizes, self.marks, self.payoffs, strict=True):
            base, *slopes = own[s]
            mine = sums[start : start + len(rows[0])]
            start += len(rows[0])
            total += n * base[k] + sum(x * c[k] for x, c in zip(mine, slopes, strict=True))
        return total

    def expected(self, by_state: Mapping[int, int]) -> Fraction:
        total = sum(self.prior[s] * w for s, w in by_state.items())
        return Fraction(total, self.unit * sum(self.prior))

    def best(self) -> Fraction:
        return self.expected({s: max(self.welfare(s, x) for x in self.sums) for s in self.support})


class Setting:
    def __init__(self, value: Json) -> None:
        names = ["game", "kind", "budget", "cells", "classes", "total", "levels", "scale"]
        names += ["liability"] * ("liability" in value)
        game, kind, budget, cells, classes, total, levels, scale, *bound = _object(value, *names)
        self.game = Groups(game)
        n = len(self.game.marks)
        need(type(kind) is str and type(budget) is str and type(total) is bool)
        need(
            (kind, budget) in [("none", ""), ("directive", "")]
            or (kind == "transfers" and budget in ("balanced", "burnt", "free"))
        )
        self.kind, self.budget = kind, budget
        states = len(self.game.states)
        numbers = [_whole(c, 0, states) for c in _list(cells, states)]
        self.cells: list[list[int]] = []
        for cell in sorted(set(numbers)):
            inside = [s for s in self.game.support if numbers[s] == cell]
            if inside:
                self.cells.append(inside)
        self.classes = [
            [_whole(c, 0, len(rows)) for c in _list(own, len(rows))]
            for own, rows in zip(_list(classes, n), self.game.marks, strict=True)
        ]
        self.apart = kind == "none" or all(len(cell) == 1 for cell in self.cells)
        need(not total or (kind == "transfers" and self.apart))
        self.shared = total and budget == "balanced"
        self.numbers = []
        if total:
            self.numbers = [[_label(label) for label in own] for own in self.game.labels]
            need(all(len(set(own)) == len(own) for own in self.numbers))
        if total and not self.shared:
            self.classes = [list(range(len(rows))) for rows in self.game.marks]
        if kind == "none":
            self.classes = [[0] * len(rows) for rows in self.game.marks]
        need(budget != "balanced" or sum(self.game.sizes) > 1)
        self.levels = None if levels is None else [_whole(x, 0) for x in _list(levels, n)]
        self.scale = _whole(scale, 1)
        self.bound: Fraction | None = None
        if bound:
            need(kind == "transfers" and budget != "free")
            above, below = _list(bound[0], 2)
            self.bound = Fraction(_whole(above, 0), _whole(below, 1)) * self.game.unit

    def level(self, g: int) -> Fraction:
        need(self.levels is not None)
        return Fraction((self.levels or [])[g], self.scale)

    def moves(self, g: int, action: int, sums: Sums) -> Iterator[tuple[int, Sums]]:
        """Deviations inside the class, with the sums after each."""
        own_marks = self.game.spread(g, action)
        for b, kind in enumerate(self.classes[g]):
            marks = self.game.spread(g, b)
            after = tuple(x - y + z for x, y, z in zip(sums, own_marks, marks, strict=True))
            if b != action and kind == self.classes[g][action] and after in self.game.place:
                yield b, after

    def stable(self, s: int, g: int, action: int, sums: Sums, level: Fraction) -> bool:
        game = self.game
        own, welfare = game.paid(s, g, action, sums), game.welfare(s, sums)
        return all(
            game.paid(s, g, b, after) - own + level * (game.welfare(s, after) - welfare) <= 0
            for b, after in self.moves(g, action, sums)
        )

    def tempted(self, s: int, g: int, action: int, sums: Sums, level: Fraction) -> Fraction:
        """The most that an agent gains by any other action, inside its class or not."""
        game, most = self.game, Fraction(0)
        own_marks = self.game.spread(g, action)
        for b in range(len(game.marks[g])):
            pairs = zip(sums, own_marks, game.spread(g, b), strict=True)
            after = tuple(x - y + z for x, y, z in pairs)
            gain = game.paid(s, g, b, after) - game.paid(s, g, action, sums)
            most = max(most, gain + level * (game.welfare(s, after) - game.welfare(s, sums)))
        return most

    def paid_for(
        self, s: int, sums: Sums, play: Sequence[tuple[int, int]], levels: Sequence[Fraction]
    ) -> bool:
        """Whether the largest fines of all agents outweigh their temptations in a play."""
        if self.bound is None:
            return True
        costs = [self.tempted(s, g, a, sums, levels[g]) for g, a in play]
        return sum(costs) <= self.bound * len(play)

    def played(self, s: int, sums: Sums, levels: Sequence[Fraction]) -> bool:
        stable = [
            [a for a in range(len(rows)) if self.stable(s, g, a, sums, levels[g])]
            for g, rows in enumerate(self.game.marks)
        ]
        if self.bound is None:
            return all(stable) and sums in self.game.reach(stable)
        return any(
            own == sums
            and all(a in stable[g] for g, a in play)
            and self.paid_for(s, sums, play, levels)
            for own, play in self.all_plays()
        )

    def all_plays(self) -> Iterator[tuple[Sums, list[tuple[int, int]]]]:
        """All plays up to renaming of agents: the sums, and the group and action of each agent."""
        pairs = zip(self.game.marks, self.game.sizes, strict=True)
        choices = [combinations_with_replacement(range(len(rows)), n) for rows, n in pairs]
        for chosen in product(*choices):
            play = [(g, a) for g, own in enumerate(chosen) for a in own]
            parts = [self.game.spread(g, a) for g, a in play]
            yield tuple(map(sum, zip(*parts, strict=True))), play

    def equilibria(self, s: int) -> list[list[list[int]]]:
        """The plays of stable actions, ascending: for each group how many take each action."""
        levels, plays = [self.level(g) for g in range(len(self.game.marks))], []
        for sums, play in self.all_plays():
            if all(self.stable(s, g, a, sums, levels[g]) for g, a in set(play)):
                rows = enumerate(self.game.marks)
                plays.append([[play.count((g, a)) for a in range(len(r))] for g, r in rows])
        return sorted(plays)

    def agreed(self, s: int, sums: Sums, play: Sequence[tuple[int, int]]) -> bool:
        """Whether no change of the total that each agent can bring about pays them all together."""
        changes = {x - y for own in self.numbers for x in own for y in own} - {0}
        for change in changes:
            gains: list[Fraction] = []
            for g, a in play:
                for b, after in self.moves(g, a, sums):
                    if self.numbers[g][b] == self.numbers[g][a] + change:
                        gain = self.game.paid(s, g, b, after) - self.game.paid(s, g, a, sums)
                        welfare = self.game.welfare(s, after) - self.game.welfare(s, sums)
                        gains.append(gain + self.level(g) * welfare)
            if len(gains) == len(play) and sum(gains) > 0:
                return False
        return True

    def bounds(self, profiles: Json) -> tuple[Fraction | None, Fraction | None, bool]:
        """What is reached, what is not exceeded (None: nothing), whether the former is known."""
        game = self.game
        high: dict[int, int] = {}
        nothing = False
        for cell in self.cells:
            if self.kind == "directive" and len(cell) > 1:
                need(all(len(set(own)) == len(own) for own in self.classes))
                best = max(
                    game.sums,
                    key=lambda x: sum(game.prior[s] * game.welfare(s, x) for s in cell),
                )
                high |= {s: game.welfare(s, best) for s in cell}
                continue
            for s in cell:
                levels = [self.level(g) for g in range(len(game.marks))]
                if self.shared:
                    values = [
                        game.welfare(s, x)
                        for x, play in self.all_plays()
                        if self.agreed(s, x, play) and self.paid_for(s, x, play, levels)
                    ]
                else:
                    values = [game.welfare(s, x) for x in game.sums if self.played(s, x, levels)]
                nothing = nothing or not values
                high[s] = max(values, default=0)
        most = None if nothing else game.expected(high)
        if profiles is None:
            return most, most, self.apart or self.kind == "directive"
        return self.reached(profiles), most, True

    def reached(self, profiles: Json) -> Fraction:
        need(self.kind == "transfers")
        game, records, welfare = self.game, {}, {}
        worst: dict[int, list[Fraction]] = {}
        for s, play in zip(game.support, _list(profiles, len(game.support)), strict=True):
            sums = (0,) * len(game.sums[0])
            record: list[tuple[int, int]] = []
            chosen = []
            for g, own in enumerate(_list(play, len(game.marks))):
                for action in _list(own, game.sizes[g]):
                    a = _whole(action, 0, len(game.marks[g]))
                    chosen.append((g, a))
                    record.append((g, self.classes[g][a]))
                    sums = tuple(x + y for x, y in zip(sums, game.spread(g, a), strict=True))
            if self.shared:
                need(self.agreed(s, sums, chosen))
            need(
                self.shared
                or all(self.stable(s, g, a, sums, self.level(g)) for g, a in set(chosen))
            )
            records[s], welfare[s] = record, game.welfare(s, sums)
            if self.bound is not None:
                worst[s] = [self.tempted(s, g, a, sums, self.level(g)) for g, a in chosen]
        for cell in self.cells:
            for state in cell if self.bound is not None else ():
                alike = [worst[s] for s in cell if records[s] == records[state]]
                most = (self.bound or Fraction(0)) * len(worst[state])
                need(sum(map(max, zip(*alike, strict=True))) <= most)
            for first, second in product(cell, cell):
                differ = sum(x != y for x, y in zip(records[first], records[second], strict=True))
                need(differ == 0 or differ >= (3 if self.budget == "balanced" else 2))
        return game.expected(welfare)


def _check(document: Json) -> None:
    schema, claim, data, sha, proof = _object(
        document, "schema", "claim", "data", "data_sha256", "proof"
    )
    need(schema == "coopgap.aggregate-certificate/1")
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    need(sha == hashlib.sha256(text.encode()).hexdigest())
    need(type(claim) is dict and claim.get("id") in IDS)
    name = claim["id"]
    _, holds, *own = _object(claim, "id", "holds", *IDS[name])
    need(type(holds) is bool)
    (profiles,) = _object(proof, "profiles")
    setting = Setting(data)
    if name == "incontractible":
        need(profiles is None and setting.levels is None and setting.kind != "none")
        need(not setting.shared and all(len(set(o)) == len(o) for o in setting.classes))
        need(_lacks_common_best(setting) == holds)
        return
    if name in ("nash", "unique-nash"):
        need(profiles is None and setting.kind == "none")
        need(_are_equilibria(setting, own[0], name == "unique-nash") == holds)
        return
    if name in ("optimum", "equilibria", "threshold"):
        need(holds and profiles is None)
        if name == "optimum":
            need(_fraction(own[0]) == setting.game.best())
        else:
            (_equilibria if name == "equilibria" else _threshold)(setting, *own)
        return
    need(setting.levels is not None)
    low, high, known = setting.bounds(profiles)
    best = setting.game.best()
    if name in ("value", "gap"):
        need(holds and known and low == high)
        if low is None:
            need(own[0] == ("-inf" if name == "value" else "inf"))
        else:
            need(_fraction(own[0]) == (low if name == "value" else best - low))
        return
    target = best - (_fraction(own[0]) if own else 0)
    large = {
        "gap-positive": high is None or high < target,
        "gap-at-least": high is None or high <= target,
        "gap-at-most": high is None or high < target,
    }
    small = {
        "gap-positive": known and low is not None and low >= target,
        "gap-at-least": known and low is not None and low > target,
        "gap-at-most": known and low is not None and low >= target,
    }
    if name in ("gap-positive", "gap-at-least"):
        need(large[name] if holds else small[name])
    else:
        need(small["gap-at-most"] if holds else large["gap-at-most"])


def _lacks_common_best(setting: Setting) -> bool:
    game = setting.game
    best = {s: max(game.welfare(s, x) for x in game.sums) for s in game.support}
    return any(
        all(any(game.welfare(s, x) < best[s] for s in cell) for x in game.sums)
        for cell in setting.cells
    )


def _are_equilibria(setting: Setting, listed: Json, unique: bool) -> bool:
    game = setting.game
    need(unique or listed is not None)
    stated = None if listed is None else _list(listed, len(game.support))
    answer = True
    for k, s in enumerate(game.support):
        equilibria = setting.equilibria(s)
        if stated is not None:
            own = [_counted(game, entry) for entry in _list(stated[k])]
            need(all(x < y for x, y in pairwise(own)))
            answer = answer and equilibria == own
        if unique:
            alone = len(equilibria) == 1 and all(sum(1 for n in o if n) == 1 for o in equilibria[0])
            answer = answer and alone
    return answer


def _counted(game: Groups, play: Json) -> list[list[int]]:
    rows = []
    for size, marks, own in zip(game.sizes, game.marks, _list(play, len(game.sizes)), strict=True):
        rows.append([_whole(n, 0) for n in _list(own, len(marks))])
        need(sum(rows[-1]) == size)
    return rows


def _equilibria(setting: Setting, state: Json, aggregates: Json) -> None:
    need(setting.kind == "none")
    s = _whole(state, 0, len(setting.game.states))
    levels = [setting.level(g) for g in range(len(setting.game.marks))]
    sums = [list(x) for x in setting.game.sums if setting.played(s, x, levels)]
    need(sums == [[_whole(x, 0) for x in _list(entry)] for entry in _list(aggregates)])


def _threshold(setting: Setting, value: Json, loss: Json) -> None:
    need(setting.levels is None)
    game, most = setting.game, _fraction(loss)
    stated = None if value == "inf" else _fraction(value)
    need(most >= 0 and (stated is None or stated >= 0))
    if setting.kind == "directive" and not setting.apart:
        low, _, _ = setting.bounds(None)
        need(stated == 0 if low is not None and low >= game.best() - most else stated is None)
        return
    need(setting.apart and not setting.shared)
    if setting.bound is not None:
        need(most == 0 and stated == _bounded_threshold(setting))
        return
    levels = {Fraction(0)}
    for s in game.support:
        for sums in game.sums:
            for g, rows in enumerate(game.marks):
                for a in range(len(rows)):
                    for b, after in setting.moves(g, a, sums):
                        gain = game.paid(s, g, b, after) - game.paid(s, g, a, sums)
                        lost = game.welfare(s, sums) - game.welfare(s, after)
                        if lost and Fraction(gain, lost) >= 0:
                            levels.add(Fraction(gain, lost))

    def close(level: Fraction) -> bool:
        best = {}
        for s in game.support:
            common = [level] * len(game.marks)
            values = [game.welfare(s, x) for x in game.sums if setting.played(s, x, common)]
            if not values:
                return False
            best[s] = max(values)
        return game.best() - game.expected(best) <= most

    # The set of plays changes at these λ only; a play strictly between two is one at both.
    need(not any(close(x) for x in levels if stated is None or x < stated))
    need(stated is None or close(stated))


def _bounded_threshold(setting: Setting) -> Fraction | None:
    """The least λ at which bounded fines keep agents in a first best in each state."""
    thresholds = []
    for s in setting.game.support:
        best = max(setting.game.welfare(s, sums) for sums in setting.game.sums)
        levels = [
            _least(setting, s, sums, play)
            for sums, play in setting.all_plays()
            if setting.game.welfare(s, sums) == best
        ]
        finite = [level for level in levels if level is not None]
        if not finite:
            return None
        thresholds.append(min(finite))
    return max(thresholds)


def _least(
    setting: Setting, s: int, sums: Sums, play: Sequence[tuple[int, int]]
) -> Fraction | None:
    """The least λ at which a first best is kept: a corner of temptations, or between two."""
    game, corners = setting.game, {Fraction(0)}
    for g, a in play:
        lines = [(0, 0)]
        for b in range(len(game.marks[g])):
            pairs = zip(sums, game.spread(g, a), game.spread(g, b), strict=True)
            after = tuple(x - y + z for x, y, z in pairs)
            gain = game.paid(s, g, b, after) - game.paid(s, g, a, sums)
            lines.append((gain, game.welfare(s, sums) - game.welfare(s, after)))
        for line, crossing in product(lines, lines):
            if line[1] != crossing[1]:
                corners.add(
                    max(Fraction(line[0] - crossing[0], line[1] - crossing[1]), Fraction(0))
                )

    def sustained(level: Fraction) -> bool:
        levels = [level] * len(game.marks)
        inside = all(setting.stable(s, g, a, sums, level) for g, a in play)
        return inside and setting.paid_for(s, sums, play, levels)

    ascending = [*sorted(corners), max(corners) + 1]
    first = next((k for k, level in enumerate(ascending) if sustained(level)), None)
    if first is None:
        return None
    if first == 0:
        return ascending[0]
    low, high = ascending[first - 1], ascending[first]
    if not all(setting.stable(s, g, a, sums, (low + high) / 2) for g, a in play):
        return high
    # Between two corners the sum of temptations is a straight line.
    need(setting.bound is not None)
    most = (setting.bound or Fraction(0)) * len(play)
    at_low = sum(setting.tempted(s, g, a, sums, low) for g, a in play)
    at_high = sum(setting.tempted(s, g, a, sums, high) for g, a in play)
    if at_low <= most:
        return high
    return low + (high - low) * (at_low - most) / (at_low - at_high)
