"""Quantities of a situation, each computed when it is first needed.

Small situations, of which campaigns decide thousands a second, are decided by obstruction bases:
for a language, a class of contracts and a selection they do not depend on payoffs, so each is found
once and kept; then a case is a few sums of integers. Other questions go to the engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from heapq import heappop, heappush
from itertools import product
from math import lcm
from typing import Any

from proofs import decide
from proofs.elimination import incentive, transfer_obstructions
from proofs.engines.domination import domination_threshold
from proofs.fuzzing.situations import Situation, strides
from proofs.obligations import BestSelection, Reached, Setting, Threshold, Unanswered, Value, blocks
from theory.contracts import Budget, ContractClass, Directives, NoContract, Transfers
from theory.environments import Environment
from theory.exact import INFINITY, MINUS_INFINITY, Extended
from theory.languages import Language, ProductLanguage, record_table, refines
from theory.welfare import incontractible_cells

SELECTIONS = 4_096
"""The selections of a block up to which the bases are used."""

Levels = tuple[Fraction, ...]


class Undecided(Exception):
    """A quantity was not found; the message says why."""


@dataclass(frozen=True)
class _Plain:
    """A situation's game in plain integers. gains and losses: for each state and profile, the
    unilateral deviations (agent, profile reached, gain, welfare lost)."""

    welfare: tuple[tuple[int, ...], ...]
    moves: tuple[tuple[tuple[tuple[int, int, int, int], ...], ...], ...]
    weights: tuple[int, ...]
    unit: int


Arc = tuple[int, int, int]
"""An agent, the record of a play and the record that its deviation leaves."""


@lru_cache(maxsize=200_000)
def _basis(agents: int, arcs: tuple[Arc, ...], budget: str, liable: bool) -> Any:
    """The minimal obstructions to some plays, as (arc, weight) pairs and what fines can pay."""
    found = transfer_obstructions(agents, [incentive(arc) for arc in arcs], budget, liable)
    return tuple((tuple(weights.items()), fines) for weights, fines in found)


class Measures:
    """The quantities of a situation by name; ``conjectures`` lists the names."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.environment = situation.environment
        self._known: dict[Any, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = QUANTITIES[name](self)
        return self._known[name]

    @cached_property
    def selfish(self) -> Levels:
        """λ = 0 for all."""
        return (Fraction(0),) * len(self.environment.players)

    @cached_property
    def plain(self) -> _Plain:
        """The game in plain integers."""
        game = self.environment
        states = range(len(game.states))
        payoffs = game.payoffs.reshape(len(game.players), len(game.states), -1).tolist()
        profiles = range(len(payoffs[0][0]))
        welfare = tuple(tuple(sum(own[s][a] for own in payoffs) for a in profiles) for s in states)
        steps = strides(game.shape)
        moves = tuple(
            tuple(tuple(_moves(payoffs, welfare, game.shape, steps, s, a)) for a in profiles)
            for s in states
        )
        scale = lcm(*(p.denominator for p in game.prior))
        weights = tuple(int(p * scale) for p in game.prior)
        return _Plain(welfare, moves, weights, scale * game.denominator)

    @cached_property
    def first_best(self) -> Fraction:
        """W*."""
        plain = self.plain
        total = sum(
            plain.weights[state] * max(plain.welfare[state]) for state in self.environment.support
        )
        return Fraction(total, plain.unit)

    def value(
        self, language: Language | None, contracts: ContractClass, levels: Levels
    ) -> Extended:
        """V(λ, L) under a class of contracts, or without a contract."""
        key = ("value", id(language), contracts, levels)
        if key not in self._known:
            self._known[key] = self._value(language, contracts, levels)
        return self._known[key]  # type: ignore[no-any-return]

    def _value(
        self, language: Language | None, contracts: ContractClass, levels: Levels
    ) -> Extended:
        setting = Setting(self.environment, language, contracts)
        if isinstance(contracts, Directives) or not self._small(setting):
            return self._asked_value(setting, levels)
        pull = self._pulls(levels)
        total = 0
        for block in blocks(setting):
            best = self._best(setting, block, pull)
            if best is None:
                return MINUS_INFINITY
            total += best
        return Fraction(total, self.plain.unit)

    def _asked_value(self, setting: Setting, levels: Levels) -> Extended:
        found = decide.ask(Value(setting, levels))
        if isinstance(found, Unanswered):
            raise Undecided(found.reason)
        assert isinstance(found, BestSelection)
        return found.welfare

    def _small(self, setting: Setting) -> bool:
        profiles = len(self.plain.welfare[0])
        return all(profiles ** len(block) <= SELECTIONS for block in blocks(setting))

    def _pulls(self, levels: Levels) -> tuple[list[Fraction | int], int]:
        """λ_i as integers over a common scale."""
        scale = lcm(*(level.denominator for level in levels))
        return [int(level * scale) for level in levels], scale

    def _best(
        self, setting: Setting, block: Sequence[int], pull: tuple[Sequence[Any], int]
    ) -> int | None:
        """The best weighted welfare of an implementable selection of a block."""
        plain = self.plain
        options = [
            sorted(
                (-plain.weights[s] * plain.welfare[s][a], a)
                for a in range(len(plain.welfare[s]))
                if not self._aliased(setting, s, a, pull)
            )
            for s in block
        ]
        if not all(options):
            return None
        for value, chosen in _cheapest_first(options):
            if self._implementable(setting, block, chosen, pull):
                return -value
        return None

    def _aliased(
        self, setting: Setting, state: int, profile: int, pull: tuple[Sequence[Any], int]
    ) -> bool:
        """Whether some deviation pays that no record shows."""
        levels, scale = pull
        row = self._records(setting.language)[state] if setting.language else None
        return any(
            scale * gain > levels[agent] * lost and (row is None or row[reached] == row[profile])
            for agent, reached, gain, lost in self.plain.moves[state][profile]
        )

    def _implementable(
        self,
        setting: Setting,
        block: Sequence[int],
        chosen: Sequence[int],
        pull: tuple[Sequence[Any], int],
    ) -> bool:
        levels, scale = pull
        strengths = [
            scale * gain - levels[agent] * lost
            for agent, _, gain, lost in self._deviations(block, chosen)
        ]
        if all(strength <= 0 for strength in strengths):
            return True
        contracts = setting.contracts
        if not isinstance(contracts, Transfers):
            return False
        bound = contracts.liability
        allowed = 0 if bound is None else bound * self.environment.denominator * scale
        return all(
            sum(weight * strengths[arc] for arc, weight in weights) <= fines * allowed
            for weights, fines in self._obstructions(setting, block, chosen)
        )

    def _deviations(
        self, block: Sequence[int], chosen: Sequence[int]
    ) -> Iterator[tuple[int, int, int, int]]:
        for state, profile in zip(block, chosen, strict=True):
            yield from self.plain.moves[state][profile]

    def _obstructions(self, setting: Setting, block: Sequence[int], chosen: Sequence[int]) -> Any:
        records = self._records(setting.language)
        contracts = setting.contracts
        assert isinstance(contracts, Transfers)
        names: dict[int, int] = {}
        arcs = []
        for state, profile in zip(block, chosen, strict=True):
            row = records[state]
            for agent, reached, _, _ in self.plain.moves[state][profile]:
                # Records by order of appearance: more situations share a basis.
                here, there = (
                    names.setdefault(row[play], len(names)) for play in (profile, reached)
                )
                arcs.append((agent, here, there))
        return _basis(
            len(self.environment.players),
            tuple(arcs),
            str(contracts.budget),
            contracts.liability is not None,
        )

    def _records(self, language: Language | None) -> Sequence[Sequence[int]]:
        assert language is not None
        key = ("records", id(language))
        if key not in self._known:
            table = record_table(language, self.environment)
            self._known[key] = table.reshape(len(self.environment.states), -1).tolist()
        return self._known[key]  # type: ignore[no-any-return]

    def threshold(self, language: Language | None, contracts: ContractClass) -> Extended:
        """λ*(L), or the one without a contract."""
        key = ("threshold", id(language), contracts)
        if key not in self._known:
            self._known[key] = self._threshold(Setting(self.environment, language, contracts))
        return self._known[key]  # type: ignore[no-any-return]

    def _threshold(self, setting: Setting) -> Extended:
        if isinstance(setting.contracts, Directives) or not self._small(setting):
            found = decide.ask(Threshold(setting))
            if isinstance(found, Unanswered):
                raise Undecided(found.reason)
            assert isinstance(found, Reached)
            return found.level
        top: Extended = Fraction(0)
        for block in blocks(setting):
            best = [
                [a for a, w in enumerate(row) if w == max(row)]
                for row in (self.plain.welfare[state] for state in block)
            ]
            levels = (self._selection_threshold(setting, block, each) for each in product(*best))
            least = min(levels)
            top = least if least > top else top
        return top

    def _selection_threshold(
        self, setting: Setting, block: Sequence[int], chosen: Sequence[int]
    ) -> Extended:
        moves = list(self._deviations(block, chosen))
        if not isinstance(setting.contracts, Transfers):
            ratios = [([(k, 1)], 0) for k in range(len(moves))]
        else:
            ratios = self._obstructions(setting, block, chosen)
            bound = setting.contracts.liability
        allowed: Any = 0
        if isinstance(setting.contracts, Transfers) and bound is not None:
            allowed = bound * self.environment.denominator
        level: Extended = Fraction(0)
        for weights, fines in ratios:
            gain = sum(weight * moves[k][2] for k, weight in weights) - fines * allowed
            lost = sum(weight * moves[k][3] for k, weight in weights)
            if gain > 0:
                if lost == 0:
                    return INFINITY
                level = max(level, Fraction(gain) / lost)
        return level

    def gap(self, language: Language | None, contracts: ContractClass, levels: Levels) -> Extended:
        """Δ(λ, L)."""
        value = self.value(language, contracts, levels)
        return self.first_best - value if isinstance(value, Fraction) else INFINITY

    def nash(self, levels: Levels) -> list[list[int]]:
        """The pure equilibria without a contract in each state that matters."""
        pulls, scale = self._pulls(levels)
        return [
            [
                profile
                for profile, moves in enumerate(self.plain.moves[state])
                if all(scale * gain <= pulls[agent] * lost for agent, _, gain, lost in moves)
            ]
            for state in self.environment.support
        ]


def _cheapest_first(
    options: Sequence[Sequence[tuple[int, int]]],
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Choices of one (cost, name) from each list of ascending costs, in order of their sums."""
    start = (0,) * len(options)
    heap = [(sum(listed[0][0] for listed in options), start)]
    seen = {start}
    while heap:
        cost, places = heappop(heap)
        chosen = tuple(listed[k][1] for listed, k in zip(options, places, strict=True))
        yield cost, chosen
        for which, listed in enumerate(options):
            k = places[which]
            following = (*places[:which], k + 1, *places[which + 1 :])
            if k + 1 < len(listed) and following not in seen:
                seen.add(following)
                heappush(heap, (cost - listed[k][0] + listed[k + 1][0], following))


class Asked(Measures):
    """The same quantities, all from the engines: what was found quickly is confirmed by them."""

    def _small(self, setting: Setting) -> bool:
        return False


def _moves(
    payoffs: Any, welfare: Any, shape: Sequence[int], steps: Sequence[int], s: int, a: int
) -> Iterator[tuple[int, int, int, int]]:
    for agent, (size, step) in enumerate(zip(shape, steps, strict=True)):
        current = a // step % size
        own = payoffs[agent][s]
        for action in range(size):
            if action != current:
                reached = a + (action - current) * step
                yield agent, reached, own[reached] - own[a], welfare[s][a] - welfare[s][reached]


# --- the names of conjectures ---------------------------------------------------------------------


def _of(budget: Budget) -> Callable[[Measures], Extended]:
    return lambda m: m.gap(m.situation.language, Transfers(budget), m.selfish)


def _directive_gap(m: Measures) -> Extended:
    if not isinstance(m.situation.language, ProductLanguage):
        raise Undecided("a language given by records has no directives")
    return m.gap(m.situation.language, Directives(), m.selfish)


def _incontractible(m: Measures) -> bool:
    language = m.situation.language
    if not isinstance(language, ProductLanguage):
        raise Undecided("a language given by records has no cells")
    return bool(incontractible_cells(m.environment, language))


def _correlated(m: Measures) -> Any:
    language, contracts = m.situation.language, m.situation.contracts
    if not isinstance(contracts, Transfers):
        raise Undecided("directives have no correlated gap")
    setting = Setting(m.environment, language, contracts)
    pure = decide.ask(Value(setting, m.selfish))
    found = decide.correlated(setting, pure if isinstance(pure, BestSelection) else None)
    if isinstance(found, Unanswered):
        raise Undecided(found.reason)
    return found


def _correlated_bound(m: Measures) -> Fraction:
    return m.first_best - Fraction(m["_correlated"].bound)


def _correlated_gap(m: Measures) -> Fraction:
    if not m["_correlated"].primal:
        raise Undecided("no transfers that attain the bound were found")
    return m["correlated_bound"]  # type: ignore[no-any-return]


def _strict(m: Measures) -> bool:
    """Whether each state has a first best that is a strict unilateral maximiser of welfare."""
    return all(
        any(
            m.plain.welfare[s][a] == max(m.plain.welfare[s])
            and all(lost > 0 for _, _, _, lost in moves)
            for a, moves in enumerate(m.plain.moves[s])
        )
        for s in m.environment.support
    )


def _all_first_best(m: Measures) -> bool:
    """Whether at a very large λ every pure equilibrium is first best."""
    large = (Fraction(10**9),) * len(m.environment.players)
    return all(
        m.plain.welfare[s][a] == max(m.plain.welfare[s])
        for s, found in zip(m.environment.support, m.nash(large), strict=True)
        for a in found
    )


def _payoff(m: Measures, levels: Levels) -> Extended:
    """The first agent's best expected payoff in a pure equilibrium."""
    own = m.environment.payoffs[0].reshape(len(m.environment.states), -1)
    total = Fraction(0)
    for s, found in zip(m.environment.support, m.nash(levels), strict=True):
        if not found:
            return MINUS_INFINITY
        total += m.environment.prior[s] * max(int(own[s][a]) for a in found)
    return total / m.environment.denominator


def _worst_payoff(m: Measures, levels: Levels) -> Extended:
    own = m.environment.payoffs[0].reshape(len(m.environment.states), -1)
    total = Fraction(0)
    for s, found in zip(m.environment.support, m.nash(levels), strict=True):
        if not found:
            return MINUS_INFINITY
        total += m.environment.prior[s] * min(int(own[s][a]) for a in found)
    return total / m.environment.denominator


def _first_only(m: Measures) -> Levels:
    return (m.situation.more[0], *m.selfish[1:])


def _cross_difference(m: Measures) -> Extended:
    """V(λ, L) − V(λ, ∅) − V(0, L) + V(0, ∅) at λ = the threshold without a contract."""
    level = m["threshold_alone"]
    if not isinstance(level, Fraction):
        raise Undecided("no λ closes the gap")
    levels = (level,) * len(m.environment.players)
    return _cross(m, levels)


def _cross(m: Measures, levels: Levels) -> Extended:
    language, contracts = m.situation.language, m.situation.contracts
    four = (
        m.value(language, contracts, levels),
        m.value(None, NoContract(), levels),
        m.value(language, contracts, m.selfish),
        m.value(None, NoContract(), m.selfish),
    )
    if not all(isinstance(each, Fraction) for each in four):
        raise Undecided("a value is infinite")
    a, b, c, d = four
    return a - b - c + d  # type: ignore[operator]


def _side_payments(m: Measures) -> bool:
    """Whether the payments v_i − f_i + (W* − Σ v) / n do what T8 says of every selfish outcome."""
    game = m.environment
    own = [of_agent.reshape(len(game.states), -1).tolist() for of_agent in game.payoffs]

    def vectors(options: Sequence[Sequence[int]]) -> Iterator[tuple[Fraction, ...]]:
        for chosen in product(*options):
            plays = list(zip(game.support, chosen, strict=True))
            yield tuple(
                sum((game.prior[s] * row[s][a] for s, a in plays), Fraction(0)) for row in own
            )

    rows = [m.plain.welfare[s] for s in game.support]
    good = next(vectors([[row.index(max(row))] for row in rows]))
    for bad in vectors(m.nash(m.selfish)):
        lost = sum(good) - sum(bad)
        paid = [v - f + lost / len(good) for f, v in zip(good, bad, strict=True)]
        better = all(f + t > v for f, t, v in zip(good, paid, bad, strict=True))
        if lost > 0 and not (sum(paid) == 0 and better):
            return False
    return True


def _sided(m: Measures) -> Environment:
    """The game in which the first action of each agent is the cooperating one."""
    if min(m.environment.shape) < 2:
        raise Undecided("an agent has no action to defect by")
    return replace(m.environment, cooperative=((0,),) * len(m.environment.players))


def _domination_threshold(m: Measures) -> Extended:
    found = domination_threshold(_sided(m))
    if isinstance(found, Unanswered):
        raise Undecided(found.reason)
    return INFINITY if found is None else found


def _defection_dominated(m: Measures) -> bool:
    """Whether at the larger λ the first action of each agent strictly dominates all others."""
    shape = m.environment.shape
    return all(
        level * lost < gain
        for agent, level in enumerate(m.situation.more)
        for moves in (m.plain.moves[s] for s in m.environment.support)
        for a, listed in enumerate(moves)
        if a // strides(shape)[agent] % shape[agent] != 0
        for who, reached, gain, lost in listed
        if who == agent and reached // strides(shape)[agent] % shape[agent] == 0
    )


QUANTITIES: Mapping[str, Callable[[Measures], Any]] = {
    "first_best": lambda m: m.first_best,
    "value": lambda m: m.value(m.situation.language, m.situation.contracts, m.selfish),
    "gap": lambda m: m.gap(m.situation.language, m.situation.contracts, m.selfish),
    "gap_at": lambda m: m.gap(m.situation.language, m.situation.contracts, m.situation.levels),
    "gap_more": lambda m: m.gap(m.situation.language, m.situation.contracts, m.situation.more),
    "finer_gap": lambda m: m.gap(m.situation.finer, m.situation.contracts, m.selfish),
    "finer_gap_at": lambda m: m.gap(m.situation.finer, m.situation.contracts, m.situation.levels),
    "alone": lambda m: m.gap(None, NoContract(), m.selfish),
    "alone_at": lambda m: m.gap(None, NoContract(), m.situation.levels),
    "alone_more": lambda m: m.gap(None, NoContract(), m.situation.more),
    "balanced_gap": _of(Budget.BALANCED),
    "burnt_gap": _of(Budget.BURNT),
    "free_gap": _of(Budget.FREE),
    "directive_gap": _directive_gap,
    "incontractible": _incontractible,
    "threshold": lambda m: m.threshold(m.situation.language, m.situation.contracts),
    "finer_threshold": lambda m: m.threshold(m.situation.finer, m.situation.contracts),
    "threshold_alone": lambda m: m.threshold(None, NoContract()),
    "_correlated": _correlated,
    "correlated_bound": _correlated_bound,
    "correlated_gap": _correlated_gap,
    "strict_first_best": _strict,
    "unique_first_best": lambda m: all(
        m.plain.welfare[s].count(max(m.plain.welfare[s])) == 1 for s in m.environment.support
    ),
    "all_first_best": _all_first_best,
    "common": lambda m: len({*m.situation.levels}) == len({*m.situation.more}) == 1,
    "level": lambda m: m.situation.levels[0],
    "level_more": lambda m: m.situation.more[0],
    "own_selfish": lambda m: _payoff(m, m.selfish),
    "own_prosocial": lambda m: _worst_payoff(m, _first_only(m)),
    "alone_one": lambda m: m.gap(None, NoContract(), _first_only(m)),
    "cross_difference": _cross_difference,
    "cross_difference_at": lambda m: _cross(m, m.situation.levels),
    "side_payments": _side_payments,
    "domination_threshold": _domination_threshold,
    "defection_dominated_more": _defection_dominated,
    "refines": lambda m: refines(m.situation.finer, m.situation.language, m.environment),
    "infinity": lambda m: INFINITY,
    "agents": lambda m: Fraction(len(m.environment.players)),
}
"""Every name that a conjecture may use: λ = 0 unless it ends in ``_at`` (λ) or ``_more`` (a larger
one), the drawn class of contracts unless it names another."""
