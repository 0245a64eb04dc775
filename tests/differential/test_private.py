"""Strategies under private information, against the definitions (theory.md §1, Information)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
import second_checker
from random_environments import BASE_SEED
from scipy.optimize import linprog

from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import PooledBestPart, ProsocialPart, SelfishPart
from coopgap.proofs.fuzzing.situations import Bounds, Situation, generator
from coopgap.proofs.fuzzing.situations import situation as random_situation
from coopgap.proofs.selftest.oracle import judging
from coopgap.proofs.trusted.certificates import verified
from coopgap.theory.contracts import Budget, Directives, Transfers
from coopgap.theory.exact import INFINITY, MINUS_INFINITY
from coopgap.theory.information import unfollowed
from coopgap.theory.languages import ProductLanguage, record_table
from coopgap.theory.specification import NamedLanguage, Specification

CLASSES = (
    Transfers(Budget.BALANCED),
    Transfers(Budget.BURNT),
    Transfers(Budget.FREE),
    Transfers(Budget.BALANCED, Fraction(1)),
    Transfers(Budget.BURNT, Fraction(1, 2)),
)

Type = tuple[int, int]
"""An agent and a cell."""

Chosen = Mapping[Type, int]
"""An action for each agent and cell."""


class Definitions:
    """Everything from the definitions: all strategies, floats for transfers."""

    def __init__(self, situation: Situation) -> None:
        assert situation.information is not None
        assert isinstance(situation.contracts, Transfers)
        self.game, self.cells = situation.environment, situation.information.cells
        self.contracts = situation.contracts
        self.records = record_table(situation.language, self.game)
        self.types = sorted({(i, own[s]) for i, own in enumerate(self.cells) for s in self.states})

    @property
    def states(self) -> list[int]:
        return [s for s, p in enumerate(self.game.prior) if p]

    def strategies(self) -> Iterator[Chosen]:
        sizes = [range(self.game.shape[i]) for i, _ in self.types]
        for chosen in product(*sizes):
            yield dict(zip(self.types, chosen, strict=True))

    def played(self, chosen: Chosen, s: int) -> tuple[int, ...]:
        return tuple(chosen[i, own[s]] for i, own in enumerate(self.cells))

    def worth(self, s: int, play: tuple[int, ...]) -> Fraction:
        return self.game.prior[s] * int(self.game.welfare[(s, *play)])

    def welfare(self, chosen: Chosen) -> Fraction:
        return sum((self.worth(s, self.played(chosen, s)) for s in self.states), Fraction(0))

    def least_level(self, chosen: Chosen, level: float | None) -> float:
        """The least λ at which transfers support the strategies; at a level 0 or ∞."""
        size, agents = int(self.records.max()) + 1, len(self.game.players)
        width = size * agents + 1
        rows, bounds = [], []
        for i, cell in self.types:
            for action in range(self.game.shape[i]):
                row, bound = np.zeros(width), 0.0
                for s in (s for s in self.states if self.cells[i][s] == cell):
                    profile = self.played(chosen, s)
                    deviation = (*profile[:i], action, *profile[i + 1 :])
                    p = float(self.game.prior[s])
                    own, all_ = self.game.payoffs[i], self.game.welfare
                    gain = p * float(own[(s, *deviation)] - own[(s, *profile)])
                    welfare_loss = p * float(all_[(s, *profile)] - all_[(s, *deviation)])
                    row[self.records[(s, *deviation)] * agents + i] += p
                    row[self.records[(s, *profile)] * agents + i] -= p
                    if level is None:
                        row[-1] -= welfare_loss
                    bound -= gain - (level or 0.0) * welfare_loss
                rows.append(row)
                bounds.append(bound)
        sums = [
            np.array([1.0 if k // agents == y and k < width - 1 else 0.0 for k in range(width)])
            for y in range(size)
        ]
        equal: dict[str, object] = {}
        if self.contracts.budget is Budget.BALANCED:
            equal = {"A_eq": np.array(sums), "b_eq": np.zeros(size)}
        if self.contracts.budget is Budget.BURNT:
            rows, bounds = [*rows, *sums], [*bounds, *[0.0] * size]
        least = None if self.contracts.liability is None else -float(self.contracts.liability)
        aim = np.zeros(width)
        aim[-1] = 1.0
        solution = linprog(
            aim,
            A_ub=np.array(rows),
            b_ub=np.array(bounds) + 1e-9,
            bounds=[(least, None)] * (width - 1) + [(0, None)],
            **equal,
        )
        return float(solution.fun) if solution.status == 0 else math.inf

    def gain(
        self, chosen: Chosen, type_: tuple[int, int], action: int, level: Fraction
    ) -> Fraction:
        """What a type gains in u + λW by another action, in sum over its cell."""
        i, cell = type_
        total = Fraction(0)
        for s in (s for s in self.states if self.cells[i][s] == cell):
            profile = self.played(chosen, s)
            deviation = (*profile[:i], action, *profile[i + 1 :])
            own, all_ = self.game.payoffs[i], self.game.welfare
            alone = int(own[(s, *deviation)]) - int(own[(s, *profile)])
            total += self.game.prior[s] * (
                alone + level * (int(all_[(s, *deviation)]) - int(all_[(s, *profile)]))
            )
        return total

    def equilibria(self, level: Fraction) -> list[Chosen]:
        """All strategies from which no type gains without a contract."""
        moves = [(t, b) for t in self.types for b in range(self.game.shape[t[0]])]
        return [
            chosen
            for chosen in self.strategies()
            if all(self.gain(chosen, t, b, level) <= 0 for t, b in moves)
        ]

    def best_under_directives(
        self, language: ProductLanguage, permissive: bool, level: Fraction
    ) -> Fraction | None:
        """The best welfare of strategies under a directive, of which all are tried."""
        places = sorted({(i, language.cells[s]) for i, _ in self.types for s in self.states})
        options = []
        for i, _ in places:
            own = sorted(set(language.classes[i]))
            sizes = range(1, len(own) + 1) if permissive else (1,)
            options.append([set(some) for k in sizes for some in combinations(own, k)])
        best: Fraction | None = None
        for directive in product(*options):
            allowed = dict(zip(places, directive, strict=True))

            def permitted(type_: Type, action: int, allowed: Any = allowed) -> bool:
                i, cell = type_
                s = next(s for s in self.states if self.cells[i][s] == cell)
                return language.classes[i][action] in allowed[i, language.cells[s]]

            for chosen in self.strategies():
                obeyed = all(permitted(t, a) for t, a in chosen.items()) and all(
                    self.gain(chosen, t, b, level) <= 0
                    for t in self.types
                    for b in range(self.game.shape[t[0]])
                    if permitted(t, b)
                )
                if obeyed and (best is None or self.welfare(chosen) > best):
                    best = self.welfare(chosen)
        return best

    def correlated_welfare(self) -> float:
        """The most that draws reach if payments could depend on what is drawn, in floats."""
        every, size, agents = list(self.strategies()), int(self.records.max()) + 1, len(self.cells)
        block = 1 + size * agents
        rows: dict[Any, Any] = {}
        for k, chosen in enumerate(every):
            for i, cell in self.types:
                actions = tuple(a for (agent, _), a in chosen.items() if agent == i)
                for b in range(self.game.shape[i]):
                    row = rows.setdefault((i, actions, cell, b), np.zeros(block * len(every)))
                    row[k * block] += float(self.gain(chosen, (i, cell), b, Fraction(0)))
                    for s in (s for s in self.states if self.cells[i][s] == cell):
                        profile = self.played(chosen, s)
                        deviation = (*profile[:i], b, *profile[i + 1 :])
                        for play, sign in ((deviation, 1), (profile, -1)):
                            place = k * block + 1 + self.records[(s, *play)] * agents + i
                            row[place] += sign * float(self.game.prior[s])
        upper, equal = list(rows.values()), [np.zeros(block * len(every))]
        equal[0][::block] = 1
        for k in range(len(every)):
            for y in range(size):
                paid = np.zeros(block * len(every))
                start = k * block + 1 + y * agents
                paid[start : start + agents] = 1
                if self.contracts.budget is Budget.BALANCED:
                    equal.append(paid)
                if self.contracts.budget is Budget.BURNT:
                    upper.append(paid)
                if self.contracts.liability is not None:
                    for column in range(start, start + agents):
                        fine = np.zeros(block * len(every))
                        fine[column], fine[k * block] = (
                            -1,
                            -float(self.contracts.liability) * self.game.denominator,
                        )
                        upper.append(fine)
        aim = np.zeros(block * len(every))
        aim[::block] = [-float(self.welfare(chosen)) for chosen in every]
        free = [(0 if column % block == 0 else None, None) for column in range(len(aim))]
        solution = linprog(
            aim,
            A_ub=np.array(upper),
            b_ub=np.zeros(len(upper)),
            A_eq=np.array(equal),
            b_eq=np.array([1.0] + [0.0] * (len(equal) - 1)),
            bounds=free,
        )
        return -float(solution.fun)

    def value(self, level: float) -> Fraction | None:
        values = [
            self.welfare(c) for c in self.strategies() if self.least_level(c, level) < math.inf
        ]
        return max(values, default=None)

    def pooled(self) -> Fraction:
        groups: dict[tuple[int, ...], list[int]] = {}
        for s in self.states:
            groups.setdefault(tuple(own[s] for own in self.cells), []).append(s)
        plays = list(product(*map(range, self.game.shape)))
        return sum(
            (
                max(
                    sum(
                        (self.game.prior[s] * int(self.game.welfare[(s, *a)]) for s in g),
                        Fraction(0),
                    )
                    for a in plays
                )
                for g in groups.values()
            ),
            Fraction(0),
        )

    def threshold(self) -> float:
        best = self.pooled()
        levels = (self.least_level(c, None) for c in self.strategies() if self.welfare(c) == best)
        return min(levels, default=math.inf)


@pytest.mark.parametrize("case", range(24))
def test_values_and_thresholds_are_those_of_the_definitions(case: int):
    bounds = Bounds(
        agents=(2, 3) if case % 6 == 0 else (2, 2),
        states=(2, 3),
        contracts=CLASSES,
        information=True,
        common=True,
    )
    situation = random_situation(generator(BASE_SEED, "private", case), bounds)
    assert situation.information is not None
    if situation.information.is_complete:
        cells = (*situation.information.cells[:-1], (0,) * len(situation.environment.states))
        situation = replace(situation, information=type(situation.information)(cells))
    assert isinstance(situation.contracts, Transfers)
    named = NamedLanguage("L", situation.language, situation.contracts)
    game = Specification(
        situation.environment,
        (named,),
        levels=(situation.levels,),
        information=situation.information,
    )
    report, by_hand = check(game), Definitions(situation)
    assert isinstance(report.first_best, PooledBestPart)
    assert report.first_best.welfare == by_hand.pooled()
    (part,) = report.languages
    for value, level in ((part.value, 0.0), (part.prosocial[0].value, float(situation.levels[0]))):
        expected = by_hand.value(level)
        assert value == (MINUS_INFINITY if expected is None else expected)
    least = by_hand.threshold()
    assert (part.prosocial_threshold == INFINITY) == (least == math.inf)
    if isinstance(part.prosocial_threshold, Fraction):
        assert math.isclose(part.prosocial_threshold, least, abs_tol=1e-6)
    for text in report.texts.values():
        document = json.loads(text)
        assert verified(text).accepted
        if document["data"]["contracts"]["kind"] == "interim":
            assert second_checker.verdict(text) == "accepted"
            unsure = (True, None) if "correlated" in document["claim"]["id"] else (True,)
            assert judging.truth(document) in unsure


def private_situation(seed: str, case: int, **more: Any) -> Situation:
    """A game of two players who do not all see the state."""
    bounds = Bounds(agents=(2, 2), states=(2, 2), information=True, common=True, **more)
    situation = random_situation(generator(BASE_SEED, seed, case), bounds)
    assert situation.information is not None
    if situation.information.is_complete:
        cells = (situation.information.cells[0], (0, 0))
        situation = replace(situation, information=type(situation.information)(cells))
    return situation


def exact(value: object, welfare: Fraction | None) -> bool:
    return value == (MINUS_INFINITY if welfare is None else welfare)


@pytest.mark.parametrize("case", range(12))
def test_equilibria_and_correlated_play_are_those_of_the_definitions(case: int):
    situation = private_situation("drawn", case, contracts=CLASSES)
    assert isinstance(situation.contracts, Transfers)
    named = NamedLanguage("L", situation.language, situation.contracts)
    levels = ((Fraction(0),) * 2, situation.levels)
    game = Specification(situation.environment, (named,), levels, information=situation.information)
    report, by_hand = check(game), Definitions(situation)
    parts: list[SelfishPart | ProsocialPart] = [report.selfish, *report.prosocial]
    for part, level in zip(parts, (Fraction(0), Fraction(0), situation.levels[0]), strict=True):
        stable = by_hand.equilibria(level)
        assert isinstance(part.nash, tuple)
        assert len(part.nash) == len(stable)
        for play, chosen in zip(part.nash, stable, strict=True):
            acts = [action for own in play.values() for action in own.values()]
            pairs = chosen.items()
            assert acts == [situation.environment.actions[i][action] for (i, _), action in pairs]
        worth = [
            by_hand.welfare(strategies) / situation.environment.denominator for strategies in stable
        ]
        if worth:
            assert (part.welfare, part.worst) == (max(worth), min(worth))
    (language,) = report.languages
    bound = by_hand.pooled() - Fraction(by_hand.correlated_welfare()).limit_denominator(10**6)
    low = language.correlated_bound
    assert isinstance(low, Fraction)
    gap = float(bound) / situation.environment.denominator
    assert math.isclose(low, gap, abs_tol=1e-6) or (low == 0 and not language.certificates)
    for text in report.texts.values():
        assert verified(text).accepted
        assert second_checker.verdict(text) == "accepted"
        assert judging.truth(json.loads(text)) in (True, None)


@pytest.mark.parametrize("case", range(24))
def test_directives_are_those_of_the_definitions(case: int):
    forms = ("state", "product")
    contracts = (Directives(case % 2 == 1),)
    situation = private_situation("orders", case, contracts=contracts, forms=forms)
    environment, language = situation.environment, situation.language
    information = situation.information
    assert isinstance(language, ProductLanguage)
    assert information is not None
    if unfollowed(language, information):
        language = ProductLanguage((0, 0), language.classes)
    assert isinstance(situation.contracts, Directives)
    named = NamedLanguage("L", language, situation.contracts)
    game = Specification(environment, (named,), (situation.levels,), information=information)
    report, by_hand = check(game), Definitions(replace(situation, contracts=Transfers()))
    (part,) = report.languages
    for value, level in ((part.value, Fraction(0)), (part.prosocial[0].value, situation.levels[0])):
        expected = by_hand.best_under_directives(language, situation.contracts.permissive, level)
        assert exact(value, expected and expected / environment.denominator)
    if isinstance(part.directive_gap, Fraction):
        most = by_hand.best_under_directives(language, permissive=False, level=Fraction(0))
        assert most is not None
        assert part.directive_gap == (by_hand.pooled() - most) / environment.denominator
    for text in report.texts.values():
        assert verified(text).accepted
        assert second_checker.verdict(text) == "accepted"
        assert judging.truth(json.loads(text)) is True
