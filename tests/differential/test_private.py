"""Strategies under private information, against the definitions (theory.md §1, Information)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import second_checker
from random_environments import BASE_SEED
from scipy.optimize import linprog

from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import PooledBestPart
from coopgap.proofs.fuzzing.situations import Bounds, Situation, generator, situation
from coopgap.proofs.selftest.oracle import judging
from coopgap.proofs.trusted.certificates import verified
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.exact import INFINITY, MINUS_INFINITY
from coopgap.theory.languages import record_table
from coopgap.theory.specification import NamedLanguage, Specification

CLASSES = (
    Transfers(Budget.BALANCED),
    Transfers(Budget.BURNT),
    Transfers(Budget.FREE),
    Transfers(Budget.BALANCED, Fraction(1)),
    Transfers(Budget.BURNT, Fraction(1, 2)),
)

Chosen = Mapping[tuple[int, int], int]
"""An action for each agent and cell."""


class Definitions:
    """Everything from the definitions: all strategies, floats for transfers."""

    def __init__(self, drawn: Situation) -> None:
        assert drawn.information is not None
        assert isinstance(drawn.contracts, Transfers)
        self.game, self.cells = drawn.environment, drawn.information.cells
        self.contracts = drawn.contracts
        self.records = record_table(drawn.language, self.game)
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

    def least(self, chosen: Chosen, level: float | None) -> float:
        """The least λ at which transfers support the strategies; at a level 0 or ∞."""
        size, agents = int(self.records.max()) + 1, len(self.game.players)
        width = size * agents + 1
        rows, bounds = [], []
        for i, cell in self.types:
            for action in range(self.game.shape[i]):
                row, bound = np.zeros(width), 0.0
                for s in (s for s in self.states if self.cells[i][s] == cell):
                    here = self.played(chosen, s)
                    there = (*here[:i], action, *here[i + 1 :])
                    p = float(self.game.prior[s])
                    own, all_ = self.game.payoffs[i], self.game.welfare
                    gain = p * float(own[(s, *there)] - own[(s, *here)])
                    lost = p * float(all_[(s, *here)] - all_[(s, *there)])
                    row[self.records[(s, *there)] * agents + i] += p
                    row[self.records[(s, *here)] * agents + i] -= p
                    if level is None:
                        row[-1] -= lost
                    bound -= gain - (level or 0.0) * lost
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
        found = linprog(
            aim,
            A_ub=np.array(rows),
            b_ub=np.array(bounds) + 1e-9,
            bounds=[(least, None)] * (width - 1) + [(0, None)],
            **equal,
        )
        return float(found.fun) if found.status == 0 else math.inf

    def value(self, level: float) -> Fraction | None:
        found = [self.welfare(c) for c in self.strategies() if self.least(c, level) < math.inf]
        return max(found, default=None)

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
        found = (self.least(c, None) for c in self.strategies() if self.welfare(c) == best)
        return min(found, default=math.inf)


@pytest.mark.parametrize("case", range(24))
def test_values_and_thresholds_are_those_of_the_definitions(case: int):
    bounds = Bounds(
        agents=(2, 3) if case % 6 == 0 else (2, 2),
        states=(2, 3),
        contracts=CLASSES,
        information=True,
        common=True,
    )
    drawn = situation(generator(BASE_SEED, "private", case), bounds)
    assert drawn.information is not None
    if drawn.information.is_complete:
        cells = (*drawn.information.cells[:-1], (0,) * len(drawn.environment.states))
        drawn = replace(drawn, information=type(drawn.information)(cells))
    assert isinstance(drawn.contracts, Transfers)
    named = NamedLanguage("L", drawn.language, drawn.contracts)
    game = Specification(
        drawn.environment, (named,), levels=(drawn.levels,), information=drawn.information
    )
    report, by_hand = check(game), Definitions(drawn)
    assert isinstance(report.first_best, PooledBestPart)
    assert report.first_best.welfare == by_hand.pooled()
    (part,) = report.languages
    for found, level in ((part.value, 0.0), (part.prosocial[0].value, float(drawn.levels[0]))):
        wanted = by_hand.value(level)
        assert found == (MINUS_INFINITY if wanted is None else wanted)
    least = by_hand.threshold()
    assert (part.prosocial_threshold == INFINITY) == (least == math.inf)
    if isinstance(part.prosocial_threshold, Fraction):
        assert math.isclose(part.prosocial_threshold, least, abs_tol=1e-6)
    for text in report.texts.values():
        document = json.loads(text)
        assert verified(text).accepted
        if document["data"]["contracts"]["kind"] == "interim":
            assert second_checker.verdict(text) == "accepted"
            assert judging.truth(document) is True
