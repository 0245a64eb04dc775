"""The best mechanism state by state, where messages restore what a court does not see (T11).

Agents who all see the state, in a product language without a liability bound and without
participation, reach what agents reach whose hidden effort alone matters, in each state apart. They
are asked for the state. Agreement is answered by the best distribution of that state, disagreement
by a punishment, and whoever leaves the recommended class pays a fine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from coopgap.proofs.algebra.exact_lp import Optimum, programme, solve
from coopgap.proofs.questions.mechanisms import Drawn, Point, Reports, Society
from coopgap.theory.contracts import Budget
from coopgap.theory.languages import ProductLanguage, record_of
from coopgap.theory.preferences import prosocial_payoffs

Distribution = Mapping[int, Fraction]
"""Probabilities by flat index of the profile."""

Play = tuple[int, ...]


def applies(society: Society) -> bool:
    """Whether theorem T11 says what mechanisms reach."""
    contracts = society.contracts
    plain = contracts.liability is None and contracts.participation is None
    several = len(society.environment.players) > 1
    informed = all(len(states) == 1 for types in society.types for states in types.values())
    return plain and several and informed and isinstance(society.language, ProductLanguage)


def mechanism(society: Society, best: Mapping[int, Distribution]) -> Point | None:
    """The mechanism that plays these distributions after agreement, by state.

    In each of them no deviation within a class may pay. None if a punishment was not found exactly.
    """
    two = len(society.environment.players) == 2
    if two and society.contracts.budget is Budget.BALANCED:
        return _Pair(society, best).point()
    return _Fined(society, best).point()


class _Restored:
    """What both kinds of mechanisms share; utilities are in utils."""

    def __init__(self, society: Society, best: Mapping[int, Distribution]) -> None:
        assert isinstance(society.language, ProductLanguage)
        self.society, self.language, self.best = society, society.language, best
        game = society.environment
        self.agents = range(len(game.players))
        self.plays: list[Play] = list(product(*map(range, game.shape)))
        payoffs, unit = prosocial_payoffs(game, society.levels)
        table = payoffs.astype(object).reshape(len(payoffs), len(game.states), -1)
        self.utility = [[[Fraction(u, unit) for u in row] for row in own] for own in table.tolist()]
        spans = (max(row) - min(row) for own in self.utility for row in own)
        self.span = max(spans) + 1
        self.strides = [math.prod(game.shape[i + 1 :]) for i in self.agents]
        self.draws: dict[Drawn, Fraction] = {}
        self.payments: dict[tuple[Drawn, int], tuple[Fraction, ...]] = {}

    def expected(self, agent: int, state: int) -> Fraction:
        """The utility of an agent after agreement, without transfers."""
        own = self.utility[agent][state]
        return sum((p * own[a] for a, p in self.best[state].items()), Fraction(0))

    def reached(self, state: int, profile: int, agent: int) -> Iterator[tuple[int, bool]]:
        """The records after an agent's actions, and whether it leaves its class."""
        classes, actions = self.language.classes[agent], self.plays[profile]
        for action in range(self.society.environment.shape[agent]):
            deviated = (*actions[:agent], action, *actions[agent + 1 :])
            leaves = classes[action] != classes[actions[agent]]
            yield record_of(self.language, state, deviated), leaves

    def draw(self, reports: Reports, weights: Distribution) -> None:
        self.draws |= {((reports, a)): p for a, p in weights.items() if p}

    def pay(self, reports: Reports, profile: int, record: int, paid: Sequence[Fraction]) -> None:
        drawn = reports, profile
        if any(paid):
            chance = self.draws[drawn]
            self.payments[drawn, record] = tuple(amount * chance for amount in paid)

    def agree(self, fine: Fraction, paid: Mapping[int, Sequence[Fraction]]) -> None:
        """Plays the best distribution of the state on which all agree, and fines who leaves it."""
        for state, weights in self.best.items():
            reports = self.society.truth(state)
            self.draw(reports, weights)
            for profile, agent in product(weights, self.agents):
                for record, leaves in self.reached(state, profile, agent):
                    row = list(paid[state])
                    if leaves:
                        row = [a + b for a, b in zip(row, self.fined(agent, fine), strict=True)]
                    self.pay(reports, profile, record, row)

    def fined(self, agent: int, fine: Fraction) -> list[Fraction]:
        """A fine for one agent, which the others receive if money is balanced."""
        balanced = self.society.contracts.budget is Budget.BALANCED
        share = fine / (len(self.agents) - 1) if balanced else Fraction(0)
        return [-fine if other == agent else share for other in self.agents]


class _Fined(_Restored):
    """Who may have lied is fined: both of two, one of more."""

    def point(self) -> Point:
        """The mechanism."""
        nothing = dict.fromkeys(self.best, [Fraction(0)] * len(self.agents))
        self.agree(self.span, nothing)
        truths = {self.society.truth(state) for state in self.best}
        two = len(self.agents) == 2
        for state, liar in product(self.best, self.agents):
            for report in self.society.types[liar]:
                reports = self.society.with_report(state, liar, report)
                if reports in truths:
                    continue
                self.draw(reports, {0: Fraction(1)})
                row = [-self.span] * 2 if two else self.fined(liar, self.span)
                for record, _ in self.reached(state, 0, liar):
                    self.pay(reports, 0, record, row)
        return Point(self.draws, self.payments)


class _Pair(_Restored):
    """Two agents, balanced money: each is held to its minmax, and agreement is paid for."""

    def point(self) -> Point | None:
        """The mechanism, or None if a minmax was not found exactly."""
        self.inside = [
            [a for a, own in enumerate(classes) if own == classes[0]]
            for classes in self.language.classes
        ]
        held = {(i, s): self._minmax(i, s) for i in self.agents for s in self.best}
        if None in held.values():
            return None
        self.held = {key: value for key, value in held.items() if value is not None}
        spare = {(i, s): self.expected(i, s) - worth for (i, s), (worth, _) in self.held.items()}
        paid = self._agreed(spare)
        lies = {
            (first, second): spare[0, second] + paid[second]
            for first, second in product(self.best, self.best)
            if first != second
        }
        largest = max(map(abs, [*lies.values(), *paid.values()]), default=Fraction(0))
        fine = 2 * (self.span + largest)
        self.agree(fine, {s: [paid[s], -paid[s]] for s in self.best})
        for (first, second), bonus in lies.items():
            self._disagree(first, second, bonus, fine)
        return Point(self.draws, self.payments)

    def _minmax(self, agent: int, state: int) -> tuple[Fraction, Distribution] | None:
        """What the other can hold an agent to inside the class profile, and by which mixture."""
        own, stride, step = self.utility[agent][state], self.strides[agent], self.strides[1 - agent]
        mine, theirs = self.inside[agent], self.inside[1 - agent]
        rows = [[own[a * stride + b * step] for b in theirs] for a in mine]
        scale = math.lcm(*(u.denominator for row in rows for u in row))
        # The last column is the agent's worth; each row says that no action is worth more.
        size = len(theirs)
        listed: list[tuple[dict[int, int], int, bool]] = [
            ({**{j: -int(u * scale) for j, u in enumerate(row)}, size: 1}, 0, False) for row in rows
        ]
        listed.append((dict.fromkeys(range(size), 1), 1, True))
        optimum = solve(programme(listed, {size: 1}, range(size + 1), lambda k: k < size))
        if not isinstance(optimum, Optimum):
            return None
        return optimum.value / scale, dict(zip(theirs, optimum.primal[:size], strict=True))

    def _agreed(self, spare: Mapping[tuple[int, int], Fraction]) -> dict[int, Fraction]:
        """What the first agent gets after agreement: shortest paths, as no cycle is negative."""
        paid = dict.fromkeys(self.best, Fraction(0))
        for _ in self.best:
            for first, second in product(self.best, self.best):
                if first != second:
                    most = paid[first] + spare[0, first] + spare[1, second]
                    paid[second] = min(paid[second], most)
        return paid

    def _disagree(self, first: int, second: int, bonus: Fraction, fine: Fraction) -> None:
        """After reports of two states: each is held down in the state that the other reports."""
        truths = self.society.truth(first)[0], self.society.truth(second)[1]
        (_, against_second), (_, against_first) = self.held[1, first], self.held[0, second]
        self.draw(
            truths,
            {
                a * self.strides[0] + b * self.strides[1]: p * q
                for (a, p), (b, q) in product(against_second.items(), against_first.items())
            },
        )
        for profile in [a for reports, a in self.draws if reports == truths]:
            for agent, state in ((0, second), (1, first)):
                for record, leaves in self.reached(state, profile, agent):
                    row = [bonus, -bonus]
                    if leaves:
                        row = [x + y for x, y in zip(row, self.fined(agent, fine), strict=True)]
                    self.pay(truths, profile, record, row)
