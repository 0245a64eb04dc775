"""The best implementable selection of many states, by cases of what contracts pay.

A profile needs an agent's transfers at its record and at that of a deviation to differ by some
amount. States share records, so contracts are parted, not selections: where the difference is at
most some amount, all profiles that need more are out in every state at once; elsewhere it is at
least that amount. Where the best remaining profiles contradict each other, their obstruction says
where to part. A case ends when its best profiles are implementable or worth no more than the best
selection known, or when its rows contradict each other.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopgap.proofs.questions.obligations import (
    Answer,
    BestSelection,
    Bracket,
    ContractCases,
    Excluded,
    Implementability,
    Levels,
    Obstruction,
    Reached,
    Selection,
    Setting,
    Unanswered,
    Value,
    blocks,
    incentives,
    reached_everywhere,
)
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Profile
from coopgap.theory.exact import MINUS_INFINITY, common_denominator
from coopgap.theory.welfare import expected_welfare

SELECTION_LIMIT = 1_000_000
"""The number of selections of a block up to which they are tried."""

PLAY_LIMIT = 20_000
"""The number of profiles of all states up to which contracts are parted."""

LONGEST = 2**35
"""The largest weighted welfare, and need, of which floats add a few thousand exactly."""

NODE_LIMIT = 3_000
"""The number of cases of one block that are looked at."""

DIVES, DEPTH = 40, 400
"""A case in so many is followed to an implementable selection, through so many cases."""

TRIES = 12
"""The number of amounts at which parting is tried, for each difference of payments."""

Key = tuple[int, int, int]
"""An agent and two records, the first of the smaller number: what it is paid more at the first."""

Row = tuple[int, int, Fraction]
"""The place of a key, a sign, and the least sign × difference of payments, in units of needs."""


_Reach = tuple[float, tuple[int, int], "Case"]
"""The negative of what a case may be worth, its place among equals, and the case."""


@dataclass(eq=False)
class Case:
    """Contracts of which the rows say something, and which options they leave.

    part: where the case is parted, with the cases below and above; refuted: multipliers of rows
    that contradict each other.
    """

    alive: NDArray[np.bool_]
    rows: tuple[Row, ...] = ()
    part: tuple[int, Fraction, Case, Case] | None = None
    refuted: list[list[int]] | None = None


@dataclass(frozen=True)
class ContractEngine:
    """Answers ``Value`` for transfers where a block of states has too many selections to try.

    ``ask`` answers the questions about one selection. most: the number of selections of a block up
    to which they are tried instead.
    """

    ask: Callable[[Implementability], Answer]
    most: int = SELECTION_LIMIT
    name: str = "contract cases"
    answers: frozenset[type] = frozenset({Value})

    def solve(self, question: Any) -> Answer:
        """BestSelection or, at a limit, a Bracket; Unanswered for other questions."""
        setting, levels = question.setting, question.levels
        game, parts = setting.environment, blocks(setting)
        profiles = math.prod(game.shape)
        if not isinstance(setting.contracts, Transfers) or question.target is not None:
            return Unanswered("contracts are parted for the best welfare under transfers")
        if len(game.support) * profiles > PLAY_LIMIT:
            return Unanswered(f"there are over {PLAY_LIMIT:,} plays")
        few = "there are few selections, which are tried one by one"
        if profiles ** max(map(len, parts)) <= self.most:
            return Unanswered(few)
        mass = common_denominator(game.prior)
        options = {state: _options(setting, levels, state, mass) for state in game.support}
        if all(math.prod(len(options[s]) for s in part) <= self.most for part in parts):
            return Unanswered(few)

        if any(map(_is_long, options.values())):
            return Unanswered("the numbers are too long for the search, which adds them as floats")

        def implement(selection: Selection) -> Answer:
            return self.ask(Implementability(setting, levels, selection))

        searches = [BlockSearch(setting, levels, part, options, implement) for part in parts]
        return _joined(setting, searches, mass)


def _is_long(options: Sequence[Option]) -> bool:
    numbers = [option.worth for option in options]
    numbers += [need for option in options for *_, need in option.needs]
    return max(map(abs, numbers), default=0) > LONGEST


def _joined(setting: Setting, searches: Sequence[BlockSearch], mass: int) -> Answer:
    """What the searches in all blocks say together."""
    cases = tuple(search.run() for search in searches)
    reached = [search.best for search in searches if search.best is not None]
    best = reached_everywhere(reached) if len(reached) == len(searches) else None
    game, parts = setting.environment, blocks(setting)
    bounds = [case.most for case in cases if case.most is not None]
    if len(bounds) < len(cases):
        return BestSelection(None, MINUS_INFINITY, (), parts, cases)
    high = Fraction(sum(bounds), mass * game.denominator)
    low = MINUS_INFINITY if best is None else expected_welfare(game, best.selection)
    if low == high:
        return BestSelection(best, low, (), parts, cases)
    nodes = sum(search.nodes for search in searches)
    return Bracket(f"the search ended after {nodes:,} cases of contracts", best, low, high, cases)


@dataclass(frozen=True)
class Option:
    """A profile, its weighted welfare, and by agent, record and record what it needs between them.

    It needs t_i(record) − t_i(other record) ≥ need, in the units of ``Incentives.pull``.
    """

    worth: int
    profile: Profile
    needs: Sequence[tuple[int, int, int, int]]


def _options(setting: Setting, levels: Levels, state: int, mass: int) -> list[Option]:
    """The profiles of a state from which no deviation pays that leaves the record as it is."""
    game, options = setting.environment, []
    weight = int(game.prior[state] * mass)
    for profile in np.ndindex(*game.shape):
        rows = incentives(setting, {state: profile})
        columns = (rows.agent, rows.source, rows.target, rows.pull(levels)[0])
        needs = list(zip(*(column.tolist() for column in columns), strict=True))
        if all(need <= 0 for _, source, target, need in needs if source == target):
            binding = [need for need in needs if need[1] != need[2]]
            options.append(Option(int(game.welfare[(state, *profile)]) * weight, profile, binding))
    return options


class _Stuck(Exception):
    """An engine gave no answer about a selection."""


@dataclass
class BlockSearch:
    """The search in one block of states.

    options: by state the profiles that may be played. ask: whether a selection is implementable.
    best: the best selection known; welfare: Σ prior × W of it, in whole weights.
    """

    setting: Setting
    levels: Levels
    states: Sequence[int]
    options: Mapping[int, Sequence[Option]]
    ask: Callable[[Selection], Answer]
    best: Reached | None = None
    welfare: float = -math.inf
    nodes: int = 0
    keys: dict[Key, int] = field(default_factory=dict)
    _answers: dict[tuple[int, ...], Answer] = field(default_factory=dict)
    _pushed: int = 0

    def __post_init__(self) -> None:
        listed = [option for state in self.states for option in self.options[state]]
        self._profiles = [option.profile for option in listed]
        self._worth = np.array([option.worth for option in listed], dtype=np.float64)
        self._starts = np.cumsum([0, *(len(self.options[state]) for state in self.states)])
        self.unit = incentives(self.setting, {}).pull(self.levels)[1]
        rows = [[(*self._place(*arc), need) for *arc, need in option.needs] for option in listed]
        # Each option needs its differences to be at least `least`, and at most `most`.
        shape = len(listed), len(self.keys)
        self._least, self._most = np.full(shape, -np.inf), np.full(shape, np.inf)
        for k, needs in enumerate(rows):
            for key, sign, need in needs:
                if sign > 0:
                    self._least[k, key] = max(self._least[k, key], need)
                else:
                    self._most[k, key] = min(self._most[k, key], -need)

    def _place(self, agent: int, first: int, second: int) -> tuple[int, int]:
        """The place of a difference, and the sign of it in t_i(one) − t_i(other)."""
        key = agent, min(first, second), max(first, second)
        return self.keys.setdefault(key, len(self.keys)), 1 if first < second else -1

    def run(self) -> ContractCases:
        """Searches; what it returns bounds the block, by ``welfare`` if it has come to an end."""
        root = Case(np.ones(len(self._worth), dtype=np.bool_))
        heap: list[_Reach] = []
        self._push(heap, root)
        try:
            while heap and -heap[0][0] > self.welfare and self.nodes < NODE_LIMIT:
                case = heapq.heappop(heap)[2]
                self.nodes += 1
                if self.nodes % DIVES == 1:
                    self._dive(case)
                parted = self._parted(case)
                for branch in parted:
                    self._push(heap, branch)
                if not parted and case.refuted is None:
                    self._push(heap, case)
        except _Stuck:
            self._push(heap, root)
        open_ = max((-reach for reach, _, _ in heap), default=-math.inf)
        most = max(self.welfare, open_)
        return self._listed(root, None if most == -math.inf else int(most))

    def _push(self, heap: list[_Reach], case: Case) -> None:
        reach = self._reach(case)
        if reach > self.welfare:
            # Of equal ones the deepest first, then the latest.
            self._pushed += 1
            heapq.heappush(heap, (-reach, (-len(case.rows), -self._pushed), case))

    def _reach(self, case: Case) -> float:
        """What the best profiles left of the states are worth together; −∞ if a state has none."""
        if (self._starts[:-1] == self._starts[1:]).any():
            return -math.inf
        worth = np.where(case.alive, self._worth, -np.inf)
        return float(np.maximum.reduceat(worth, self._starts[:-1]).sum())

    def _chosen(self, case: Case) -> NDArray[np.int64]:
        """The best profile left of each state."""
        worth = np.where(case.alive, self._worth, -np.inf)
        spans = zip(self._starts[:-1], self._starts[1:], strict=True)
        return np.array([a + int(worth[a:b].argmax()) for a, b in spans])

    def _parted(self, case: Case) -> tuple[Case, ...]:
        """The cases below and above; none if the case is refuted, or its best is implementable."""
        reach, chosen = self._reach(case), self._chosen(case)
        conflict = self._conflict(chosen)
        if conflict is not None:
            return self._part(case, *self._even(case, *conflict))
        answer = self._answer(chosen)
        if isinstance(answer, Reached):
            if reach > self.welfare:
                self.best, self.welfare = answer, reach
            return ()
        if not isinstance(answer, Excluded) or not answer.obstructions:
            raise _Stuck
        division = self._along(case, answer.obstructions[0])
        return () if division is None else self._part(case, *division)

    def _answer(self, chosen: NDArray[np.int64]) -> Answer:
        key = tuple(chosen.tolist())
        if key not in self._answers:
            profiles = [self._profiles[k] for k in key]
            self._answers[key] = self.ask(dict(zip(self.states, profiles, strict=True)))
        return self._answers[key]

    def _conflict(self, chosen: NDArray[np.int64]) -> tuple[int, float, float] | None:
        """A difference that is to be at least and at most what contradicts each other, if any."""
        least, most = self._least[chosen].max(axis=0), self._most[chosen].min(axis=0)
        if not least.size or (least - most).max() <= 0:
            return None
        key = int((least - most).argmax())
        return key, float(most[key]), float(least[key])

    def _even(self, case: Case, key: int, low: float, high: float) -> tuple[int, Fraction]:
        """The amount between two at which parting leaves least in the better of both cases."""
        needs = np.unique(np.concatenate([self._least[:, key], self._most[:, key], [low]]))
        within = needs[(needs >= low) & (needs < high)]
        within = within[:: max(1, len(within) // TRIES)]
        amounts = [Fraction(2 * int(need) + 1, 2) for need in within.tolist()]
        return key, min(amounts, key=lambda amount: self._reaches(case, key, amount))

    def _reaches(self, case: Case, key: int, amount: Fraction) -> tuple[float, float]:
        low, high = map(self._reach, self._halves(case, key, amount))
        return max(low, high), min(low, high)

    def _halves(self, case: Case, key: int, amount: Fraction) -> tuple[Case, Case]:
        limit = float(amount)
        return (
            Case(case.alive & (self._least[:, key] <= limit), (*case.rows, (key, -1, -amount))),
            Case(case.alive & (self._most[:, key] >= limit), (*case.rows, (key, 1, amount))),
        )

    def _part(self, case: Case, key: int, amount: Fraction) -> tuple[Case, Case]:
        low, high = self._halves(case, key, amount)
        case.part = key, amount, low, high
        return low, high

    def _along(self, case: Case, obstruction: Obstruction) -> tuple[int, Fraction] | None:
        """Where to part by an obstruction; None if the rows of the case contradict each other."""
        arcs = self._arcs(obstruction)
        fines = self._fines({arc: weight for arc, (weight, _) in arcs.items()})
        strength = sum(weight * need for weight, need in arcs.values()) - fines
        multipliers: list[list[int]] = []
        reached, candidates = -fines, []
        for (agent, source, target), (weight, need) in arcs.items():
            key, sign = self._place(agent, source, target)
            amount = need - strength / (2 * len(arcs) * weight)
            row = self._known(case, key, sign)
            if row is None or case.rows[row][2] < amount:
                candidates.append((key, sign * amount))
            if row is not None:
                multipliers.append([row, weight])
                reached += weight * case.rows[row][2]
        if len(multipliers) == len(arcs) and reached > 0:
            case.refuted = multipliers
            return None
        if not candidates:
            raise _Stuck
        return min(candidates, key=lambda candidate: self._reaches(case, *candidate))

    def _arcs(self, obstruction: Obstruction) -> dict[Key, tuple[int, Fraction]]:
        """By agent, record and record of the deviation: its weight, and its mean need."""
        rows = incentives(self.setting, obstruction.part)
        pull, _ = rows.pull(self.levels)
        columns = (rows.state, rows.agent, rows.action, rows.source, rows.target, pull)
        needs = {
            (state, agent, action): ((agent, source, target), need)
            for state, agent, action, source, target, need in zip(
                *(column.tolist() for column in columns), strict=True
            )
        }
        arcs: dict[Key, tuple[int, Fraction]] = {}
        for *move, weight in obstruction.deviations:
            arc, need = needs[move[0], move[1], move[2]]
            if arc[1] != arc[2]:
                before, mean = arcs.get(arc, (0, Fraction(0)))
                total = before + weight
                arcs[arc] = total, (before * mean + weight * need) / total
        return arcs

    def _fines(self, arcs: Mapping[Key, int]) -> Fraction:
        """What fines within the liability bound make good of an obstruction, in units of needs."""
        contracts = self.setting.contracts
        assert isinstance(contracts, Transfers)
        if contracts.liability is None:
            return Fraction(0)
        agents = len(self.setting.environment.players)
        divergence: dict[int, list[int]] = {}
        for (agent, source, target), weight in arcs.items():
            for record, sign in ((source, 1), (target, -1)):
                divergence.setdefault(record, [0] * agents)[agent] += sign * weight
        slack = 0
        for own in divergence.values():
            top = {"balanced": max(own), "burnt": max(0, *own), "free": 0}[contracts.budget.value]
            slack += sum(top - value for value in own)
        return slack * contracts.liability * self.unit

    def _known(self, case: Case, key: int, sign: int) -> int | None:
        """The row of the case that says most of the difference in this direction."""
        rows = [k for k, row in enumerate(case.rows) if row[:2] == (key, sign)]
        return max(rows, key=lambda k: case.rows[k][2], default=None)

    def _dive(self, case: Case) -> None:
        """Follows the better cases, which stay out of the tree, to an implementable selection."""
        stack = [Case(case.alive, case.rows)]
        for _ in range(DEPTH):
            if not stack:
                return
            current = stack.pop()
            parted = self._parted(current)
            if not parted and current.refuted is None:
                return
            better = [branch for branch in parted if self._reach(branch) > self.welfare]
            stack += sorted(better, key=self._reach)

    def _listed(self, root: Case, most: int | None) -> ContractCases:
        """The tree as certificates have it."""
        amounts = [case.part[1] / self.unit for case in _tree_cases(root) if case.part is not None]
        scale, keys = common_denominator(amounts), list(self.keys)

        def listed(case: Case) -> object:
            if case.part is None:
                return None if case.refuted is None else {"refuted": case.refuted}
            key, amount, low, high = case.part
            return [*keys[key], int(amount / self.unit * scale), listed(low), listed(high)]

        return ContractCases(tuple(self.states), most, scale, listed(root))


def _tree_cases(case: Case) -> Iterator[Case]:
    stack = [case]
    while stack:
        case = stack.pop()
        yield case
        stack += case.part[2:] if case.part is not None else ()
