"""The quantities of games whose payoffs are unknown integers, as z3's terms.

What no contract of a class can deter is a finite list of sums of payoffs for each selection
(``elimination``), so that values and gaps are piecewise linear in the payoffs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any, TypeAlias

import z3

from coopgap.proofs.algebra.elimination import Arc, TooMany, incentive, transfer_obstructions
from coopgap.proofs.fuzzing.measures import GAPS, first_only
from coopgap.proofs.fuzzing.quick import PlainGame
from coopgap.proofs.fuzzing.situations import Situation
from coopgap.proofs.questions.obligations import Levels, Setting, blocks
from coopgap.theory import expressions as nodes
from coopgap.theory.contracts import ContractClass, Directives, NoContract, Transfers
from coopgap.theory.exact import integer_array
from coopgap.theory.expressions import Tree
from coopgap.theory.languages import Language, ProductLanguage, cells_of, record_table

Term: TypeAlias = Any
"""A term of z3, whose terms have no types."""

SELECTIONS = 512
"""The most selections of a block of states that are written out."""

GRID = tuple(sorted({Fraction(a, b) for a in range(9) for b in range(1, 4)}))
"""Where two thresholds are compared: one is seen to be smaller if one of these lies between."""

LARGE = 10**9
"""A λ above every threshold of a game in a box."""


class NotEncodable(Exception):
    """The conjecture, or a box, cannot be put to z3; the message says why."""


@dataclass(frozen=True)
class Box:
    """Situations that differ only in integer payoffs, of at most ``payoff`` in absolute value.

    The payoffs in ``situation`` are placeholders.
    """

    situation: Situation
    payoff: int

    def filled(self, payoffs: Sequence[int]) -> Situation:
        """The situation with these payoffs."""
        game = self.situation.environment
        table = integer_array(payoffs, game.payoffs.shape)
        return replace(self.situation, environment=replace(game, payoffs=table))


@dataclass(frozen=True)
class _Number:
    """A number in z3's terms, which may be infinite where ``plus`` or ``minus`` holds."""

    value: Term
    plus: Term = False
    minus: Term = False

    def below(self, other: _Number) -> Term:
        """Whether it is less than another."""
        finite = z3.Not(z3.Or(self.plus, self.minus, other.plus, other.minus))
        return z3.Or(
            z3.And(self.minus, z3.Not(other.minus)),
            z3.And(other.plus, z3.Not(self.plus)),
            z3.And(finite, self.value < other.value),
        )


@dataclass(frozen=True)
class _Least:
    """A least λ.

    at_most, under: whether it is at most, and below, a given one; finite: whether there is one.
    """

    at_most: Callable[[Fraction], Term]
    under: Callable[[Fraction], Term]
    finite: Term

    def below(self, other: _Least) -> Term:
        """Whether a λ of the grid is enough for it and not for another."""
        return z3.Or([z3.And(self.at_most(c), z3.Not(other.at_most(c))) for c in GRID])


Sum = tuple[tuple[tuple[int, int], ...], int]
"""Weighted deviations (its place among those of the plays, weight), and what fines can pay."""


@lru_cache(maxsize=100_000)
def _sums(agents: int, arcs: tuple[Arc, ...], budget: str, liable: bool) -> tuple[Sum, ...]:
    incentives = [incentive(arc) for arc in arcs]
    try:
        obstructions = transfer_obstructions(agents, incentives, budget, liable)
    except TooMany as error:
        raise NotEncodable(str(error)) from None
    return tuple((tuple(weights.items()), fines) for weights, fines in obstructions)


class Symbols:
    """The quantities of a box. unknowns: the payoffs; constraints: what holds of all variables."""

    def __init__(self, box: Box) -> None:
        self.situation = box.situation
        self.game = box.situation.environment
        size = self.game.payoffs.size
        self.unknowns = [z3.Int(f"u{k}") for k in range(size)]
        self.constraints: list[Term] = [
            z3.And(-box.payoff <= u, u <= box.payoff) for u in self.unknowns
        ]
        self._fresh = 0
        agents, states = len(self.game.players), len(self.game.states)
        rows = self.game.payoffs.reshape(agents, states, -1).shape[2]
        self.profiles = range(rows)
        lists = [self.unknowns[k : k + rows] for k in range(0, size, rows)]
        self.own = [lists[i * states : (i + 1) * states] for i in range(agents)]
        self.welfare = [
            [z3.Sum([own[s][a] for own in self.own]) for a in self.profiles] for s in range(states)
        ]
        self.top = [self._greatest(row) for row in self.welfare]
        # Where deviations lead does not depend on payoffs.
        self._plain = PlainGame(self.game)
        self.selfish = (Fraction(0),) * agents

    def _variable(self) -> Term:
        self._fresh += 1
        return z3.Int(f"v{self._fresh}")

    def _greatest(self, terms: Sequence[Term]) -> Term:
        greatest = self._variable()
        self.constraints += [z3.And([term <= greatest for term in terms])]
        self.constraints += [z3.Or([term == greatest for term in terms])]
        return greatest

    def moves(self, state: int, profile: int) -> list[tuple[int, int, int, Term, Term]]:
        """The deviations (agent, action, profile reached, gain, welfare lost)."""
        return [
            (
                agent,
                action,
                after,
                self.own[agent][state][after] - self.own[agent][state][profile],
                self.welfare[state][profile] - self.welfare[state][after],
            )
            for agent, action, after, _, _ in self._plain.moves(state, profile)
        ]

    def sums(self, setting: Setting, plays: Sequence[tuple[int, int]]) -> list[Sum] | None:
        """The sums of deviations that must not pay for a contract to exist; None if none exists."""
        moves = [(s, a, *move) for s, a in plays for move in self._plain.moves(s, a)]
        singles: list[Sum] = [(((k, 1),), 0) for k in range(len(moves))]
        rules, language = setting.contracts, setting.language
        if language is None or isinstance(rules, NoContract):
            return singles
        if isinstance(rules, Directives):
            assert isinstance(language, ProductLanguage)
            plain = self._plain
            allowed = [
                {language.classes[i][a // plain.steps[i] % size] for _, a in plays}
                for i, size in enumerate(plain.shape)
            ]
            if not rules.permissive and any(len(permitted) > 1 for permitted in allowed):
                return None
            return [
                single
                for single, (_, _, agent, action, *_) in zip(singles, moves, strict=True)
                if language.classes[agent][action] in allowed[agent]
            ]
        table = record_table(language, self.game).reshape(len(self.game.states), -1).tolist()
        names: dict[int, int] = {}
        arcs = []
        for s, a, agent, _, after, *_ in moves:
            before, reached = (names.setdefault(table[s][b], len(names)) for b in (a, after))
            arcs.append((agent, before, reached))
        agents = len(self.game.players)
        return list(_sums(agents, tuple(arcs), str(rules.budget), rules.liability is not None))

    def selections(
        self, setting: Setting
    ) -> Iterator[list[tuple[list[tuple[int, int]], list[Sum] | None]]]:
        """For each block of states its plays, with the sums of deviations that must not pay."""
        for block in blocks(setting):
            if len(self.profiles) ** len(block) > SELECTIONS:
                raise NotEncodable("there are too many selections to write out")
            combinations = product(self.profiles, repeat=len(block))
            listed = [list(zip(block, profiles, strict=True)) for profiles in combinations]
            yield [(plays, self.sums(setting, plays)) for plays in listed]

    def sides(
        self, setting: Setting, plays: Sequence[tuple[int, int]], sums: Sequence[Sum]
    ) -> Iterator[tuple[Term, Term]]:
        """The gain, less what fines can pay, and the welfare lost of each sum."""
        moves = [move for s, a in plays for move in self.moves(s, a)]
        rules = setting.contracts
        bound = rules.liability if isinstance(rules, Transfers) else None
        for weights, fines in sums:
            gain = z3.Sum([weight * moves[k][3] for k, weight in weights])
            lost = z3.Sum([weight * moves[k][4] for k, weight in weights])
            yield gain - _rational((bound or Fraction(0)) * fines), lost

    def implementable(
        self,
        setting: Setting,
        levels: Levels,
        plays: Sequence[tuple[int, int]],
        sums: Sequence[Sum] | None,
    ) -> Term:
        """Whether a contract makes the plays equilibria at levels of λ."""
        if sums is None:
            return z3.BoolVal(False)
        moves = [move for s, a in plays for move in self.moves(s, a)]
        rules = setting.contracts
        bound = rules.liability if isinstance(rules, Transfers) else None
        return z3.And(
            [
                z3.Sum(
                    [
                        weight * (moves[k][3] - _rational(levels[moves[k][0]]) * moves[k][4])
                        for k, weight in weights
                    ]
                )
                <= _rational((bound or Fraction(0)) * fines)
                for weights, fines in sums
            ]
        )

    def value(self, language: Language | None, rules: ContractClass, levels: Levels) -> _Number:
        """V(λ, L); the prior is uniform."""
        setting = Setting(self.game, language, rules)
        parts = [
            self._best(
                [self.implementable(setting, levels, *selection) for selection in listed],
                [z3.Sum([self.welfare[s][a] for s, a in plays]) for plays, _ in listed],
            )
            for listed in self.selections(setting)
        ]
        return self._expected(parts)

    def _best(self, possible: Sequence[Term], worth: Sequence[Term]) -> tuple[Term, Term]:
        """The greatest worth of what is possible, and whether anything is."""
        greatest, some = self._variable(), z3.Or(list(possible))
        for option, number in zip(possible, worth, strict=True):
            self.constraints.append(z3.Implies(option, number <= greatest))
        pairs = zip(possible, worth, strict=True)
        best = z3.Or([z3.And(option, number == greatest) for option, number in pairs])
        self.constraints.append(z3.If(some, best, greatest == 0))
        return greatest, some

    def _expected(self, parts: Sequence[tuple[Term, Term]]) -> _Number:
        total = z3.ToReal(z3.Sum([worth for worth, _ in parts]))
        none = z3.Or([z3.Not(some) for _, some in parts])
        return _Number(total / len(self.game.states), minus=none)

    def first_best(self) -> _Number:
        """W*."""
        return _Number(z3.ToReal(z3.Sum(self.top)) / len(self.game.states))

    def gap(self, language: Language | None, rules: ContractClass, levels: Levels) -> _Number:
        """Δ(λ, L)."""
        value = self.value(language, rules, levels)
        return _Number(self.first_best().value - value.value, plus=value.minus)

    def threshold(self, language: Language | None, rules: ContractClass) -> _Least:
        """λ*(L)."""
        setting = Setting(self.game, language, rules)
        listed = list(self.selections(setting))

        def some(test: Callable[[Term, Term], Term]) -> Term:
            return z3.And(
                [
                    z3.Or(
                        [
                            z3.And(
                                *(self.welfare[s][a] == self.top[s] for s, a in plays),
                                *(test(*side) for side in self.sides(setting, plays, sums)),
                            )
                            for plays, sums in block
                            if sums is not None
                        ]
                    )
                    for block in listed
                ]
            )

        return _Least(
            lambda c: some(lambda gain, lost: gain <= _rational(c) * lost),
            lambda c: z3.And(
                c > 0, some(lambda gain, lost: z3.Or(gain <= 0, gain < _rational(c) * lost))
            ),
            some(lambda gain, lost: z3.Or(gain <= 0, lost > 0)),
        )

    def nash(self, state: int, profile: int, levels: Levels) -> Term:
        """Whether a profile is an equilibrium without a contract."""
        return z3.And(
            [
                gain <= _rational(levels[agent]) * lost
                for agent, _, _, gain, lost in self.moves(state, profile)
            ]
        )

    def payoff(self, agent: int, levels: Levels, sign: int) -> _Number:
        """An agent's best (sign 1) or worst (−1) expected payoff in pure equilibria."""
        parts = []
        for s in range(len(self.game.states)):
            possible = [self.nash(s, a, levels) for a in self.profiles]
            greatest, some = self._best(
                possible, [sign * self.own[agent][s][a] for a in self.profiles]
            )
            parts.append((sign * greatest, some))
        return self._expected(parts)

    def incontractible(self) -> Term:
        """Whether a cell has no profile that is first best throughout."""
        language = self.situation.language
        if not isinstance(language, ProductLanguage):
            raise NotEncodable("records have no cells")
        rows, tops = self.welfare, self.top
        return z3.Or(
            [
                z3.And([z3.Or([rows[s][a] < tops[s] for s in cell]) for a in self.profiles])
                for cell in cells_of(language, self.game)
            ]
        )

    def each_state(self, test: Callable[[int], Term]) -> Term:
        """Whether something holds in every state."""
        return z3.And([test(s) for s in range(len(self.game.states))])

    def strict(self, state: int) -> Term:
        """Whether some first best is a strict unilateral maximiser of welfare."""
        return z3.Or(
            [
                z3.And(
                    self.welfare[state][a] == self.top[state],
                    *(lost > 0 for *_, lost in self.moves(state, a)),
                )
                for a in self.profiles
            ]
        )

    def unique(self, state: int) -> Term:
        """Whether one profile alone is first best."""
        row = self.welfare[state]
        return z3.PbEq([(welfare == self.top[state], 1) for welfare in row], 1)

    def only_first_best(self, state: int) -> Term:
        """Whether at a very large λ every pure equilibrium is first best."""
        large = (Fraction(LARGE),) * len(self.game.players)
        return z3.And(
            [
                z3.Implies(self.nash(state, a, large), self.welfare[state][a] == self.top[state])
                for a in self.profiles
            ]
        )

    def cross(self, levels: Levels) -> _Number:
        """V(λ, L) − V(λ, ∅) − V(0, L) + V(0, ∅), where all are finite."""
        language, rules = self.situation.language, self.situation.contracts
        four = (
            self.value(language, rules, levels),
            self.value(None, NoContract(), levels),
            self.value(language, rules, self.selfish),
            self.value(None, NoContract(), self.selfish),
        )
        self.constraints += [z3.Not(number.minus) for number in four]
        a, b, c, d = (number.value for number in four)
        return _Number(a - b - c + d)

    # Trees

    def truth(self, tree: Tree) -> Term:
        """A predicate in z3's terms."""
        match tree:
            case nodes.Connective(symbol, operands):
                joined = z3.And if symbol == "and" else z3.Or
                return joined([self.truth(operand) for operand in operands])
            case nodes.Not(operand):
                return z3.Not(self.truth(operand))
            case nodes.Comparison(operands, operators):
                terms = [self.term(operand) for operand in operands]
                pairs = zip(terms, terms[1:], operators, strict=False)
                return z3.And([_compared(a, b, symbol) for a, b, symbol in pairs])
            case _:
                return self.term(tree)

    def term(self, tree: Tree) -> Term:
        """A quantity, a number or a truth value in z3's terms."""
        match tree:
            case nodes.Number(value):
                return _Number(_rational(value))
            case nodes.Name(name):
                return QUANTITIES[name](self)
            case nodes.Negative(operand):
                number = self._finite(operand)
                return _Number(-number)
            case nodes.Arithmetic("+", left, right):
                return _Number(self._finite(left) + self._finite(right))
            case nodes.Arithmetic("-", left, right):
                return _Number(self._finite(left) - self._finite(right))
            case nodes.Arithmetic("*", nodes.Number(value), right):
                return _Number(_rational(value) * self._finite(right))
            case nodes.Comparison() | nodes.Connective() | nodes.Not():
                return self.truth(tree)
            case _:
                raise NotEncodable("this arithmetic is not linear")

    def _finite(self, tree: Tree) -> Term:
        number = self.term(tree)
        if not isinstance(number, _Number):
            raise NotEncodable("this arithmetic is not linear")
        self.constraints += [z3.Not(z3.Or(number.plus, number.minus))]
        return number.value


def _rational(number: Fraction) -> Term:
    return z3.Q(number.numerator, number.denominator)


def _compared(left: Term, right: Term, symbol: str) -> Term:
    if symbol in (">", ">="):
        return _compared(right, left, {">": "<", ">=": "<="}[symbol])
    if symbol in ("in", "not in"):
        raise NotEncodable("lists are not encoded")
    if symbol == "!=":
        return z3.Not(_compared(left, right, "=="))
    if symbol == "==" and not isinstance(left, _Number | _Least):
        return left == right
    below, above = _less(left, right), _less(right, left)
    if symbol == "<":
        return below
    return z3.Not(above) if symbol == "<=" else z3.Not(z3.Or(below, above))


def _less(left: Term, right: Term) -> Term:
    """The comparison left < right of numbers and thresholds in z3's terms."""
    match left, right:
        case (_Number(), _Number()) | (_Least(), _Least()):
            return left.below(right)
        case _Least(), _Number():
            level = _constant(right)
            return left.finite if level is None else left.under(level)
        case _Number(), _Least():
            level = _constant(left)
            return z3.BoolVal(False) if level is None else z3.Not(right.at_most(level))
    raise NotEncodable("truth values are not ordered")


def _constant(number: _Number) -> Fraction | None:
    """The number that it is, None for infinity."""
    if number.plus is True:
        return None
    if not z3.is_rational_value(number.value):
        raise NotEncodable("a threshold is compared with a quantity that is no constant")
    return Fraction(number.value.numerator_as_long(), number.value.denominator_as_long())


QUANTITIES: Mapping[str, Callable[[Symbols], Term]] = {
    **GAPS,
    "first_best": lambda m: m.first_best(),
    "directive_gap": lambda m: m.gap(m.situation.language, Directives(), m.selfish),
    "incontractible": lambda m: m.incontractible(),
    "strict_first_best": lambda m: m.each_state(m.strict),
    "unique_first_best": lambda m: m.each_state(m.unique),
    "all_first_best": lambda m: m.each_state(m.only_first_best),
    "common": lambda m: z3.BoolVal(len({*m.situation.levels}) == len({*m.situation.more}) == 1),
    "level": lambda m: _Number(_rational(m.situation.levels[0])),
    "level_more": lambda m: _Number(_rational(m.situation.more[0])),
    "own_selfish": lambda m: m.payoff(0, m.selfish, 1),
    "own_prosocial": lambda m: m.payoff(0, first_only(m), -1),
    "other_selfish": lambda m: m.payoff(-1, m.selfish, 1),
    "other_prosocial": lambda m: m.payoff(-1, first_only(m), 1),
    "cross_difference_at": lambda m: m.cross(m.situation.levels),
    "cross_difference_more": lambda m: m.cross(m.situation.more),
    "refines": lambda _: z3.BoolVal(True),
    "infinity": lambda _: _Number(_rational(Fraction(0)), plus=True),
    "agents": lambda m: _Number(_rational(Fraction(len(m.game.players)))),
}
"""The quantities of ``measures`` that are piecewise linear in payoffs."""
