"""Values and thresholds of small games in plain integers, for campaigns that decide thousands.

The answers are exact, and the same as those of the engines, which tests and every counterexample
confirm. This saves the time to set up arrays and programmes for a dozen numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Protocol

from coopgap.proofs.algebra.polynomials import Monomial
from coopgap.proofs.algebra.simplex import Form, System
from coopgap.proofs.fuzzing.situations import strides
from coopgap.proofs.questions.obligations import Levels, Setting, blocks
from coopgap.theory.contracts import Budget, Directives, NoContract, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended, common_denominator
from coopgap.theory.languages import ProductLanguage, record_table

Move = tuple[int, int, int, int, int]
"""A unilateral deviation: agent, action, profile reached, gain, welfare lost."""

Arc = tuple[int, int, int]
"""An agent, the record of a play and the record that a deviation leaves."""

Play = tuple[int, int]
"""A state and a profile."""


class PlainGame:
    """A game in plain integers, over one unit.

    welfare: by state and profile, the last agent's action varying fastest; weights: the prior as
    integers.
    """

    def __init__(self, game: Environment) -> None:
        self.shape = game.shape
        self.support = game.support
        self.steps = strides(game.shape)
        self.payoffs: list[list[list[int]]] = game.payoffs.reshape(
            len(game.players), len(game.states), -1
        ).tolist()
        self.welfare: list[list[int]] = game.welfare.reshape(len(game.states), -1).tolist()
        self.profiles = len(self.welfare[0])
        scale = common_denominator(game.prior)
        self.weights = [int(p * scale) for p in game.prior]
        self.denominator = game.denominator
        self.unit = scale * game.denominator
        self._moves: dict[Play, list[Move]] = {}

    def moves(self, state: int, profile: int) -> list[Move]:
        """The unilateral deviations from a profile."""
        moves = self._moves.get((state, profile))
        if moves is None:
            moves = self._moves[state, profile] = list(self._deviations(state, profile))
        return moves

    def _deviations(self, state: int, profile: int) -> Iterator[Move]:
        total = self.welfare[state]
        for agent, (size, step) in enumerate(zip(self.shape, self.steps, strict=True)):
            own = self.payoffs[agent][state]
            current = profile // step % size
            for action in range(size):
                if action != current:
                    after = profile + (action - current) * step
                    gain, lost = own[after] - own[profile], total[profile] - total[after]
                    yield agent, action, after, gain, lost

    def first_best(self, state: int) -> list[int]:
        """The profiles of greatest welfare."""
        row = self.welfare[state]
        best = max(row)
        return [profile for profile, welfare in enumerate(row) if welfare == best]


@dataclass(frozen=True)
class Excess:
    """A sum of deviations that pays: gain − λ · lost is above 0, in the game's unit."""

    gain: Fraction | int
    lost: int


Pull = tuple[Sequence[int], int]
"""λ_i as integers over a common scale."""


class Rules(Protocol):
    """The deviations that a class of contracts cannot deter."""

    def excess(self, plays: Sequence[Play], pull: Pull) -> Excess | None:
        """Some deviations that no contract deters from the plays at λ, or None if one does.

        A superset of the plays is no easier to implement.
        """
        ...


class Directing(Rules):
    """Directives that allow just the played classes, which leaves the fewest deviations."""

    def __init__(self, game: PlainGame, classes: Sequence[Sequence[int]], permissive: bool) -> None:
        self._game, self._classes, self._permissive = game, classes, permissive

    def excess(self, plays: Sequence[Play], pull: Pull) -> Excess | None:
        """A deviation that pays and that is allowed where the plays are."""
        levels, scale = pull
        game, classes = self._game, self._classes
        allowed = [
            {classes[agent][profile // step % size] for _, profile in plays}
            for agent, (size, step) in enumerate(zip(game.shape, game.steps, strict=True))
        ]
        if not self._permissive and any(len(permitted) > 1 for permitted in allowed):
            return Excess(1, 0)
        for state, profile in plays:
            for agent, action, _, gain, lost in game.moves(state, profile):
                pays = scale * gain > levels[agent] * lost
                if pays and classes[agent][action] in allowed[agent]:
                    return Excess(gain, lost)
        return None


def alone(game: PlainGame) -> Rules:
    """No contract: as if all actions were of the one class that is allowed."""
    return Directing(game, [(0,) * size for size in game.shape], True)


class Paying(Rules):
    """Transfers.

    A contract exists unless weighted deviations contradict each other within the budget and the
    liability bound (theory.md T3).
    """

    def __init__(self, game: PlainGame, records: Sequence[Sequence[int]], rules: Transfers) -> None:
        self._game, self._records = game, records
        bound = rules.liability
        # With free money a bound never binds, and without a bound burnt money is as good as free.
        free = rules.budget is Budget.FREE or (rules.budget is Budget.BURNT and bound is None)
        self._budget = Budget.FREE if free else rules.budget
        self._bound = None if free or bound is None else bound * game.denominator

    def excess(self, plays: Sequence[Play], pull: Pull) -> Excess | None:
        """Deviations that no transfers deter together."""
        levels, scale = pull
        strongest: dict[Arc, tuple[int, int, int]] = {}
        tempting = False
        for state, profile in plays:
            row = self._records[state]
            before = row[profile]
            for agent, _, reached, gain, lost in self._game.moves(state, profile):
                strength = scale * gain - levels[agent] * lost
                after = row[reached]
                if strength > 0:
                    if after == before:
                        return Excess(gain, lost)
                    tempting = True
                elif after == before:
                    continue
                previous = strongest.get((agent, before, after))
                if previous is None or previous[0] < strength:
                    strongest[agent, before, after] = (strength, gain, lost)
        return self._contradiction(strongest, scale) if tempting else None

    def _contradiction(
        self, strongest: dict[Arc, tuple[int, int, int]], scale: int
    ) -> Excess | None:
        forms: list[Form] = [
            (_at_least({(before, agent): 1, (after, agent): -1}, strength), ">=")
            for (agent, before, after), (strength, _, _) in strongest.items()
        ]
        records = {record for _, *both in strongest for record in both}
        agents = range(len(self._game.shape))
        if self._budget is not Budget.FREE:
            relation = "==" if self._budget is Budget.BALANCED else ">="
            forms += [({(record, i): -1 for i in agents}, relation) for record in records]
        budgeted = len(forms)
        unit = 1
        if self._bound is not None:
            fine, unit = (self._bound * scale).as_integer_ratio()
            forms += [(_at_least({(y, i): unit}, -fine), ">=") for y in records for i in agents]
        weights = System().extended([*forms, ({(): 1}, ">")]).weights
        if not weights:
            return None
        reasons = enumerate(strongest.values())
        pairs = [(weights[k], gain, lost) for k, (_, gain, lost) in reasons if k in weights]
        gain: Fraction | int = sum(weight * gain for weight, gain, _ in pairs)
        if self._bound is not None:
            fines = sum(weight for k, weight in weights.items() if budgeted <= k < len(forms))
            gain -= fines * unit * self._bound
        return Excess(gain, sum(weight * lost for weight, _, lost in pairs))


def _at_least(terms: dict[Monomial, int], bound: int) -> dict[Monomial, int]:
    """Terms less what they must be at least."""
    return {**terms, (): -bound} if bound else terms


def rules_of(setting: Setting, game: PlainGame) -> Rules:
    """The rules of a setting."""
    contracts, language = setting.contracts, setting.language
    if language is None or isinstance(contracts, NoContract):
        return alone(game)
    if isinstance(contracts, Directives):
        if not isinstance(language, ProductLanguage):
            raise TypeError("only state and product languages carry directives")
        return Directing(game, language.classes, contracts.permissive)
    table = record_table(language, setting.environment)
    return Paying(game, table.reshape(len(setting.environment.states), -1).tolist(), contracts)


def pull_of(levels: Levels) -> Pull:
    """λ_i as integers over a common scale."""
    scale = common_denominator(levels)
    return [int(level * scale) for level in levels], scale


def best_value(setting: Setting, game: PlainGame, levels: Levels) -> Extended:
    """V(λ, L): the best expected welfare of an implementable selection, in utils."""
    rules = rules_of(setting, game)
    pull = pull_of(levels)
    total = 0
    for block in blocks(setting):
        best = _best_plays(game, rules, block, pull)
        if best is None:
            return MINUS_INFINITY
        total += best
    return Fraction(total, game.unit)


def _best_plays(game: PlainGame, rules: Rules, block: Sequence[int], pull: Pull) -> int | None:
    """The best weighted welfare of implementable plays in the states of a block."""
    options = [
        _Fitting(
            sorted((-game.weights[s] * w, (s, a)) for a, w in enumerate(game.welfare[s])),
            lambda play: rules.excess([play], pull) is None,
        )
        for s in block
    ]
    tops = [-cost for own in options for cost, _ in islice(own, 1)]
    if len(tops) < len(block):
        return None
    rest = [sum(tops[k:]) for k in range(len(block) + 1)]
    best: int | None = None

    def extend(plays: list[Play], reached: int) -> None:
        nonlocal best
        k = len(plays)
        if k == len(block):
            best = reached
            return
        for cost, play in options[k]:
            if best is not None and reached - cost + rest[k + 1] <= best:
                return
            longer = [*plays, play]
            if k == 0 or rules.excess(longer, pull) is None:
                extend(longer, reached - cost)

    extend([], 0)
    return best


class _Fitting:
    """The listed plays, with their costs, that are implementable on their own.

    A play is tested once, when it is first needed.
    """

    def __init__(self, listed: Sequence[tuple[int, Play]], fits: Callable[[Play], bool]) -> None:
        self._tested: list[tuple[int, Play]] = []
        self._untested = (entry for entry in listed if fits(entry[1]))

    def __iter__(self) -> Iterator[tuple[int, Play]]:
        yield from self._tested
        for following in self._untested:
            self._tested.append(following)
            yield following


def least_threshold(setting: Setting, game: PlainGame) -> Extended:
    """λ*(L): the least common λ at which a contract implements a first-best selection."""
    rules = rules_of(setting, game)
    top: Extended = Fraction(0)
    for block in blocks(setting):
        least = _least_level(game, rules, [game.first_best(state) for state in block], block)
        top = max(top, least)
    return top


def _least_level(
    game: PlainGame, rules: Rules, options: Sequence[Sequence[int]], block: Sequence[int]
) -> Extended:
    best: Extended = INFINITY

    def extend(plays: list[Play], level: Fraction) -> None:
        nonlocal best
        k = len(plays)
        if k == len(block):
            best = level
            return
        for profile in options[k]:
            longer = [*plays, (block[k], profile)]
            raised = _raised(game, rules, longer, level)
            # More plays never need less.
            if isinstance(raised, Fraction) and raised < best:
                extend(longer, raised)

    extend([], Fraction(0))
    return best


def _raised(game: PlainGame, rules: Rules, plays: Sequence[Play], level: Fraction) -> Extended:
    """The least λ from ``level`` on at which a contract makes first-best plays equilibria.

    Newton's method: deviations that pay at λ stop paying at gain / lost, the next λ, so no λ
    occurs twice.
    """
    while True:
        pull = ([level.numerator] * len(game.shape), level.denominator)
        pays = rules.excess(plays, pull)
        if pays is None:
            return level
        if pays.lost == 0:
            return INFINITY
        level = Fraction(pays.gain) / pays.lost
