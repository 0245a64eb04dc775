"""The best implementable selection, and the one of least λ, by search (theory.md T4, T6, T7).

Blocks of states that no contract links are separate problems. Within a block, branch and bound
gives the best selection that contains no known obstruction; an engine for one selection implements
it or names an obstruction, which excludes it from then on. So the search ends with the answer and
with the obstructions that exclude everything better.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgap.proofs.questions.obligations import (
    Answer,
    BestSelection,
    Excluded,
    Implementability,
    Levels,
    Obstruction,
    Reached,
    Selection,
    SelectionThreshold,
    Setting,
    Threshold,
    Unanswered,
    Value,
    aliasing,
    blocks,
    incentives,
    obstruction,
    reached_everywhere,
    unanswered_on,
)
from coopgap.theory.contracts import Directives, NoContract
from coopgap.theory.environments import Profile
from coopgap.theory.exact import (
    MINUS_INFINITY,
    Extended,
    IntArray,
    common_denominator,
    widened,
)
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.preferences import prosocial_payoffs
from coopgap.theory.welfare import expected_welfare, maximisers

QUESTION_LIMIT = 5_000
NODE_LIMIT = 2_000_000

Option = tuple[int, Profile]
"""The weighted welfare of a profile in a state, and the profile."""


class _GivenUp(Exception):
    """The search has reached a limit, or an engine gave no answer."""


@dataclass(frozen=True)
class SelectionEngine:
    """Answers ``Value`` and ``Threshold``, but not for directives.

    ``ask`` answers the questions about one selection.
    """

    ask: Callable[[Implementability | SelectionThreshold], Answer]
    name: str = "selections"
    answers: frozenset[type] = frozenset({Value, Threshold})

    @unanswered_on(_GivenUp)
    def solve(self, question: Any) -> Answer:
        """BestSelection or Reached; Unanswered at a limit, and for directives."""
        if isinstance(question.setting.contracts, Directives):
            return Unanswered("directives are tried one by one instead")
        if isinstance(question, Value):
            return _best(question, self.ask)
        return _cheapest(question.setting, self.ask)


def _best(question: Value, ask: Callable[[Implementability], Answer]) -> Answer:
    setting = question.setting
    environment = setting.environment
    mass = common_denominator(environment.prior)
    weighted = widened(environment.welfare, mass)
    worth = {
        state: weighted[state] * int(environment.prior[state] * mass)
        for state in environment.support
    }
    tempted = within_record_temptations(setting, question.levels)
    options = {state: _options(values, ~tempted[state]) for state, values in worth.items()}
    tops = {state: int(values.max()) for state, values in worth.items()}
    upper_bound = sum(tops.values())
    parts = blocks(setting)
    best: list[Reached] = []
    obstructions: list[Obstruction] = []
    for part in parts:
        top = sum(tops[state] for state in part)
        need: int | None = None
        if question.target is not None:
            target = math.ceil(question.target * mass * environment.denominator)
            need = target - upper_bound + top
        search = _Search(part, options, need)
        answer, total = search.run(
            lambda selection: ask(Implementability(setting, question.levels, selection))
        )
        obstructions += [
            _temptation(question, state, profile)
            for state, profile in _needed(part, options, worth, tops, need, total)
        ]
        obstructions += search.learned
        if answer is None or total is None:
            # One block that falls short settles the question; its obstructions say why.
            return BestSelection(None, MINUS_INFINITY, tuple(obstructions), parts)
        upper_bound += total - top
        best.append(answer)
    reached = reached_everywhere(best)
    welfare = expected_welfare(environment, reached.selection)
    return BestSelection(reached, welfare, tuple(obstructions), parts)


class _Search:
    """Branch and bound over the selections of one block, best welfare first."""

    def __init__(
        self, part: Sequence[int], options: dict[int, list[Option]], need: int | None
    ) -> None:
        self.part = part
        self.options = [options[state] for state in part]
        self.need = need
        self.learned: list[Obstruction] = []
        self.rules: dict[tuple[int, Profile], list[list[tuple[int, Profile]]]] = {}
        self.nodes = 0
        self.ahead = [0] * (len(part) + 1)
        if all(self.options):
            for k in range(len(part) - 1, -1, -1):
                self.ahead[k] = self.ahead[k + 1] + self.options[k][0][0]

    def run(self, ask: Callable[[Selection], Answer]) -> tuple[Reached | None, int | None]:
        """The best implementable selection of the block with its welfare, or None for both."""
        for _ in range(QUESTION_LIMIT):
            candidate = self._next()
            if candidate is None:
                return None, None
            total, profiles = candidate
            answer = ask(dict(zip(self.part, profiles, strict=True)))
            if isinstance(answer, Reached):
                return answer, total
            if not isinstance(answer, Excluded):
                raise _GivenUp(getattr(answer, "reason", "an engine gave no answer"))
            if not answer.obstructions:
                raise _GivenUp("an engine excluded a selection without saying why")
            for hindrance in answer.obstructions:
                self._learn(hindrance)
        raise _GivenUp(f"over {QUESTION_LIMIT} selections were tried in one block of states")

    def _learn(self, hindrance: Obstruction) -> None:
        place = {state: k for k, state in enumerate(self.part)}
        *earlier, last = sorted((place[state], a) for state, a in hindrance.part.items())
        self.rules.setdefault(last, []).append(earlier)
        self.learned.append(hindrance)

    def _next(self) -> tuple[int, list[Profile]] | None:
        """The best selection that contains no learned obstruction."""
        best: tuple[int, list[Profile]] | None = None
        if not all(self.options):
            return None
        chosen: list[Profile] = []
        totals, cursors = [0], [0]
        while cursors:
            k, cursor = len(cursors) - 1, cursors[-1]
            self.nodes += 1
            if self.nodes > NODE_LIMIT:
                raise _GivenUp(f"the search over selections took over {NODE_LIMIT:,} steps")
            bound = (
                totals[k] + self.options[k][cursor][0] + self.ahead[k + 1]
                if cursor < len(self.options[k])
                else None
            )
            if (
                bound is None
                or (best is not None and bound <= best[0])
                or (self.need is not None and bound < self.need)
            ):
                cursors.pop()
                totals.pop()
                if chosen:
                    chosen.pop()
                continue
            cursors[-1] += 1
            value, profile = self.options[k][cursor]
            if any(
                all(chosen[j] == a for j, a in rule) for rule in self.rules.get((k, profile), ())
            ):
                continue
            if k + 1 == len(self.part):
                best = (totals[k] + value, [*chosen, profile])
            else:
                chosen.append(profile)
                totals.append(totals[k] + value)
                cursors.append(0)
        return best


def _needed(
    part: Sequence[int],
    options: dict[int, list[Option]],
    worth: dict[int, IntArray],
    tops: dict[int, int],
    need: int | None,
    total: int | None,
) -> Iterator[tuple[int, Profile]]:
    """The tempted profiles that must be shown to be tempted.

    They are those that could otherwise be part of a selection better than the block's best, or,
    where nothing meets the need, of one that does. Any other profile is worth no more than the best
    survivor of its state, or falls short of the need even with the best profiles elsewhere.
    """
    empty = [state for state in part if not options[state]]
    survivors = sum(options[state][0][0] for state in part) if not empty else 0
    top = sum(tops[state] for state in part)
    for state in empty[:1] or part:
        values = worth[state]
        needed = np.ones(values.shape, dtype=np.bool_)
        if total is not None:
            needed = values + (survivors - options[state][0][0]) > total
        elif need is not None and not empty:
            needed = values + (top - tops[state]) >= need
        alive = {profile for _, profile in options[state]}
        for profile in map(tuple, np.argwhere(needed).tolist()):
            if profile not in alive:
                yield state, profile


def _temptation(question: Value, state: int, profile: Profile) -> Obstruction:
    selection = {state: profile}
    rows = incentives(question.setting, selection)
    pull, _ = rows.pull(question.levels)
    if isinstance(question.setting.contracts, NoContract):
        return obstruction(selection, rows, [(int(pull.argmax()), 1)], "profitable-deviation")
    return aliasing(selection, rows, pull)[0]


def within_record_temptations(setting: Setting, levels: Levels) -> IntArray:
    """Where some agent gains by a deviation that leaves the record unchanged.

    Without a contract, where it gains by any deviation. Booleans of shape (states, actions…).
    """
    environment, language = setting.environment, setting.language
    payoffs, _ = prosocial_payoffs(environment, levels)
    tempted = np.zeros(payoffs.shape[1:], dtype=np.bool_)
    for agent, own in enumerate(payoffs):
        axis = agent + 1
        if language is None or isinstance(setting.contracts, NoContract):
            tempted |= own < own.max(axis=axis, keepdims=True)
            continue
        if isinstance(language, ProductLanguage):
            classes = np.array(language.classes[agent])
            for number in range(int(classes.max()) + 1):
                members = np.flatnonzero(classes == number)
                part = np.take(own, members, axis=axis)
                index = (slice(None),) * axis + (members,)
                tempted[index] |= part < part.max(axis=axis, keepdims=True)
            continue
        table = language.table
        for action in range(environment.shape[agent]):
            same = table == np.take(table, [action], axis=axis)
            tempted |= same & (own < np.take(own, [action], axis=axis))
    return tempted


def _options(values: IntArray, alive: IntArray) -> list[Option]:
    """The surviving profiles, best welfare first, then in lexicographic order."""
    profiles = np.argwhere(alive)
    worth = values[alive]
    order = np.argsort(-worth, kind="stable")
    return [
        (int(value), tuple(profile))
        for value, profile in zip(worth[order].tolist(), profiles[order].tolist(), strict=True)
    ]


def _cheapest(setting: Setting, ask: Callable[[SelectionThreshold], Answer]) -> Answer:
    return reached_everywhere([_cheapest_in_block(setting, part, ask) for part in blocks(setting)])


def _cheapest_in_block(
    setting: Setting, part: Sequence[int], ask: Callable[[SelectionThreshold], Answer]
) -> Reached:
    """The first-best selection of a block with the least λ.

    Other selections are excluded by obstructions whose own bound on λ is at least that λ.
    """
    environment = setting.environment
    options = {state: maximisers(environment.welfare[state]) for state in part}
    best: Reached | None = None
    known: list[tuple[Extended, Obstruction]] = []
    for _ in range(QUESTION_LIMIT):
        search = _Search(part, {s: [(0, a) for a in own] for s, own in options.items()}, None)
        for bound, hindrance in known:
            if best is not None and bound >= best.level:
                search._learn(hindrance)
        candidate = search._next()
        if candidate is None:
            assert best is not None
            if best.level == 0:
                return best
            below = tuple(hindrance for bound, hindrance in known if bound >= best.level)
            return Reached(best.selection, best.contract, best.level, below)
        answer = ask(SelectionThreshold(setting, dict(zip(part, candidate[1], strict=True))))
        if not isinstance(answer, Reached):
            raise _GivenUp(getattr(answer, "reason", "an engine gave no answer"))
        if best is None or answer.level < best.level:
            best = answer
        if answer.level == 0:
            return answer
        known += [(answer.level, hindrance) for hindrance in answer.below]
    raise _GivenUp(f"over {QUESTION_LIMIT} first-best selections were tried in one block of states")
