"""Directives: the best complete or permissive ones, by trying every restriction (T2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np

from coopgap.proofs.questions.obligations import (
    Answer,
    BestSelection,
    Contract,
    Excluded,
    Implementability,
    Levels,
    Reached,
    SelectionThreshold,
    Setting,
    Threshold,
    Unanswered,
    Value,
    blocks,
    incentives,
)
from coopgap.theory.contracts import Directives
from coopgap.theory.environments import Profile
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended, IntArray
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.preferences import prosocial_payoffs
from coopgap.theory.welfare import expected_welfare, first_best, maximisers

RESTRICTION_LIMIT = 200_000


@dataclass(frozen=True)
class DirectiveEngine:
    """Answers ``Value`` and ``Threshold`` for directives, and the same about one selection."""

    name: str = "directives"
    answers: frozenset[type] = frozenset({Value, Threshold, Implementability, SelectionThreshold})

    def solve(self, question: Any) -> Answer:
        """The answer, without obstructions; Unanswered for other contracts and above the limit."""
        setting = question.setting
        if not isinstance(setting.contracts, Directives):
            return Unanswered("these are no directives")
        assert isinstance(setting.language, ProductLanguage)
        if isinstance(question, Implementability | SelectionThreshold):
            return _of_selection(question)
        restrictions = _restrictions(setting, setting.language, setting.contracts.permissive)
        if restrictions is None:
            return Unanswered(f"over {RESTRICTION_LIMIT:,} restrictions in each cell")
        if isinstance(question, Value):
            best = _best(setting, question.levels, restrictions)
            if question.target is not None and best.welfare < question.target:
                return BestSelection(None, MINUS_INFINITY, (), best.blocks)
            return best
        return _threshold(setting, restrictions)


Restriction = tuple[tuple[int, ...], ...]
"""The actions that each agent may take."""


def _restrictions(
    setting: Setting, language: ProductLanguage, permissive: bool
) -> list[Restriction] | None:
    """Those that allow no more classes than there are states in which to play them.

    What is an equilibrium where more are allowed is one where the classes in use are.
    """
    counts = language.class_counts
    most = max(map(len, blocks(setting))) if permissive else 1
    numbers = (sum(math.comb(count, k) for k in range(1, most + 1)) for count in counts)
    if math.prod(numbers) > RESTRICTION_LIMIT:
        return None
    choices: list[list[tuple[int, ...]]] = []
    for of_agent, count in zip(language.classes, counts, strict=True):
        sizes = range(1, min(count, most) + 1)
        choices.append(
            [
                tuple(action for action, number in enumerate(of_agent) if number in chosen)
                for size in sizes
                for chosen in combinations(range(count), size)
            ]
        )
    return list(product(*choices))


def _of_selection(question: Implementability | SelectionThreshold) -> Reached | Excluded:
    """By the directive that allows the classes in use alone, which leaves the fewest deviations."""
    setting, selection = question.setting, question.selection
    language, contracts, rows = setting.language, setting.contracts, incentives(setting, selection)
    assert isinstance(language, ProductLanguage)
    assert isinstance(contracts, Directives)
    used: dict[tuple[int, int], set[int]] = {}
    for state, profile in selection.items():
        for agent, action in enumerate(profile):
            place = language.cells[state], agent
            used.setdefault(place, set()).add(language.classes[agent][action])
    torn = not contracts.permissive and any(len(classes) > 1 for classes in used.values())
    columns = (rows.state, rows.agent, rows.action, rows.gain, rows.lost)
    stakes = [
        (i, gain, lost)
        for s, i, a, gain, lost in zip(*(column.tolist() for column in columns), strict=True)
        if language.classes[i][a] in used[language.cells[s], i]
    ]
    if isinstance(question, Implementability):
        pays = torn or any(gain > question.levels[i] * lost for i, gain, lost in stakes)
        return Excluded(()) if pays else Reached(selection, Contract())
    needed = [Fraction(g, k) if k > 0 else INFINITY for _, g, k in stakes if g > 0]
    level: Extended = INFINITY if torn else max(needed, default=Fraction(0))
    return Reached(selection, Contract(), level)


def _best(setting: Setting, levels: Levels, restrictions: Sequence[Restriction]) -> BestSelection:
    environment = setting.environment
    payoffs, _ = prosocial_payoffs(environment, levels)
    selection: dict[int, Profile] = {}
    parts = blocks(setting)
    for cell in parts:
        best: tuple[Fraction, dict[int, Profile]] | None = None
        for allowed in restrictions:
            candidate = _best_restricted(environment.welfare, payoffs, cell, allowed)
            if candidate is None:
                continue
            value = expected_welfare(environment, candidate)
            if best is None or value > best[0]:
                best = (value, candidate)
        if best is None:
            return BestSelection(None, MINUS_INFINITY, (), parts)
        selection |= best[1]
    selection = dict(sorted(selection.items()))
    welfare = expected_welfare(environment, selection)
    return BestSelection(Reached(selection, Contract()), welfare, (), parts)


def _best_restricted(
    welfare: IntArray, payoffs: IntArray, cell: Sequence[int], allowed: Restriction
) -> dict[int, Profile] | None:
    """The best equilibrium of the restricted game in each state of a cell.

    None if some state has none.
    """
    index = np.ix_(*allowed)
    selection: dict[int, Profile] = {}
    for state in cell:
        game = np.stack([own[state][index] for own in payoffs])
        stable = pure_nash(game[:, None])[0]
        if not stable.any():
            return None
        worth = welfare[state][index]
        top = worth[stable].max()
        place = np.argwhere(stable & (worth == top))[0].tolist()
        selection[state] = tuple(actions[k] for actions, k in zip(allowed, place, strict=True))
    return selection


def _threshold(setting: Setting, restrictions: Sequence[Restriction]) -> Answer:
    """The least λ, by bisection over the finitely many λ at which some deviation stops paying.

    At a first best no deviation raises welfare, so what is reached at one λ is reached above it.
    """
    environment = setting.environment
    optimum = first_best(environment).welfare
    ratios = {Fraction(0)}
    for state in environment.support:
        for profile in maximisers(environment.welfare[state]):
            rows = incentives(setting, {state: profile})
            for gain, lost in zip(rows.gain.tolist(), rows.lost.tolist(), strict=True):
                if gain > 0 and lost > 0:
                    ratios.add(Fraction(gain, lost))
    candidates = sorted(ratios)

    def at(level: Fraction) -> BestSelection:
        return _best(setting, (level,) * len(environment.players), restrictions)

    top = at(candidates[-1])
    if top.welfare != optimum or top.best is None:
        none: Extended = INFINITY
        return Reached({}, Contract(), none)
    low, high, best = 0, len(candidates) - 1, top.best
    while low < high:
        middle = (low + high) // 2
        trial = at(candidates[middle])
        if trial.welfare == optimum and trial.best is not None:
            high, best = middle, trial.best
        else:
            low = middle + 1
    return Reached(best.selection, best.contract, candidates[high])
