"""Counterexamples by z3: payoffs are unknown integers in a box, the negated conjecture is the goal.

A box is a shape of games, a language and one that refines it, a class of contracts, two levels of
λ, a uniform prior and a largest payoff; small shapes come first. What no contract of a class can
deter is a finite list of sums of payoffs for each selection (``elimination``), so that values and
gaps are piecewise linear in the payoffs. What z3 finds is evaluated exactly like any other case;
that it finds nothing in a box is its word alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

import z3

from coopgap.proofs.algebra.elimination import Arc, TooMany, incentive, transfer_obstructions
from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.fuzzing.conjectures import FAILS, Conjecture, conjecture_from_text
from coopgap.proofs.fuzzing.measures import GAPS, Measures, first_only
from coopgap.proofs.fuzzing.quick import PlainGame
from coopgap.proofs.fuzzing.situations import Bounds, Situation, named
from coopgap.proofs.questions.obligations import Levels, Setting, blocks
from coopgap.theory.contracts import ContractClass, Directives, NoContract, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import integer_array
from coopgap.theory.expressions import (
    Arithmetic,
    Comparison,
    Connective,
    Name,
    Negative,
    Not,
    Number,
    Tree,
    names_in,
    parse_predicate,
)
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    cells_of,
    from_values,
    join,
    record_table,
    refines,
)

SECONDS = 10.0
"""The time that z3 has for one box."""

SELECTIONS = 512
"""The most selections of a block of states that are written out."""

PLAYS = 4
"""The number of plays up to which every record map is a box; of larger games none is."""

LEVELS = tuple(Fraction(k, 2) for k in (0, 1, 2, 4))
"""The λ of boxes; the second of two is at least the first."""

GRID = tuple(sorted({Fraction(a, b) for a in range(9) for b in range(1, 4)}))
"""Where two thresholds are compared: one is seen to be smaller if one of these lies between."""

LARGE = 10**9
"""A λ above every threshold of a game in a box."""


@dataclass(frozen=True)
class Synthesis:
    """The verdicts of z3 on boxes.

    clear: of these it says that no payoffs contradict the conjecture; vacuous: of these also that
    none meet its hypotheses. undecided: no answer in time, or one that does not fail when evaluated
    exactly. exhausted: whether every box within the conjecture's bounds was tried.
    """

    boxes: int = 0
    clear: int = 0
    vacuous: int = 0
    undecided: int = 0
    exhausted: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


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


class NotEncodable(Exception):
    """The conjecture, or a box, cannot be put to z3; the message says why."""


def synthesized(
    conjecture: Conjecture,
    cases: int | None,
    seconds: float | None,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Synthesis, Situation | None]:
    """A counterexample, if z3 finds one in a box, and its verdicts. cases: the most boxes.

    Raises NotEncodable for a conjecture with quantities that are not piecewise linear.
    """
    names = _names(conjecture)
    for name in names:
        if name not in _QUANTITIES:
            raise NotEncodable(f"{name} is not piecewise linear in the payoffs")
    deadline = float("inf") if seconds is None else time.monotonic() + seconds
    said = Synthesis()
    with Worker(3 * SECONDS) as worker:
        for box in boxes(conjecture, names):
            if said.boxes == cases or time.monotonic() > deadline:
                return said, None
            try:
                answer = worker.call(_asked, conjecture.text, conjecture.id, box)
            except TimedOut:
                answer = "undecided"
            said = replace(said, boxes=said.boxes + 1)
            if isinstance(answer, list):
                found = box.filled(answer)
                if conjecture.said(Measures(found)) == FAILS:
                    return said, found
                answer = "undecided"
            said = replace(
                said,
                clear=said.clear + (answer != "undecided"),
                vacuous=said.vacuous + (answer == "vacuous"),
                undecided=said.undecided + (answer == "undecided"),
            )
            tell(f"{conjecture.id}: {said.boxes:,} boxes, {said.undecided:,} undecided")
    complete = "record" not in conjecture.bounds.forms or _OF_LANGUAGE.isdisjoint(names)
    return replace(said, exhausted=complete and said.undecided == 0), None


def _names(conjecture: Conjecture) -> tuple[str, ...]:
    texts = (text for text, _ in (*conjecture.suppose, *conjecture.then))
    return tuple(dict.fromkeys(name for text in texts for name in names_in(parse_predicate(text))))


def _asked(text: str, name: str, box: Box) -> list[int] | str:
    """Payoffs in the box that contradict the conjecture, or z3's verdict that there are none.

    The verdict is ``clear``, ``vacuous`` if no payoffs meet the hypotheses, or ``undecided``.
    """
    conjecture = conjecture_from_text(text, name, name)
    symbols = _Symbols(box)
    try:
        suppose = [symbols.truth(parse_predicate(each)) for each, _ in conjecture.suppose]
        then = [symbols.truth(parse_predicate(each)) for each, _ in conjecture.then]
    except NotEncodable:
        return "undecided"
    solver = z3.Solver()
    solver.set("timeout", int(1000 * SECONDS))
    solver.add(*symbols.known, *suppose)
    met = solver.check()
    if met == z3.unsat:
        return "vacuous"
    solver.add(z3.Not(z3.And(*then)))
    answer = solver.check()
    if answer == z3.sat:
        model = solver.model()
        return [
            model.eval(unknown, model_completion=True).as_long() for unknown in symbols.unknowns
        ]
    return "clear" if answer == z3.unsat else "undecided"


# Boxes


def boxes(conjecture: Conjecture, names: Sequence[str]) -> Iterator[Box]:
    """The boxes within a conjecture's bounds, as far as its quantities tell them apart."""
    bounds = conjecture.bounds
    classes = bounds.writable if not _OF_CLASS.isdisjoint(names) else bounds.writable[:1]
    for shape, states in _shapes(bounds, alike=_OF_AN_AGENT.isdisjoint(names)):
        payoffs = [0] * (len(shape) * states * prod(shape))
        game = named(shape, [Fraction(1, states)] * states, payoffs)
        for rules in classes:
            for language in _languages(game, bounds.forms, rules, names):
                for finer in _refining(game, language, bounds.forms, rules, names):
                    for levels, more in _levels(len(shape), bounds.common, names):
                        found = Situation(game, language, finer, rules, levels, more)
                        yield Box(found, bounds.payoff)


def _shapes(bounds: Bounds, *, alike: bool) -> list[tuple[tuple[int, ...], int]]:
    """Numbers of actions, and of states.

    Where no quantity singles out an agent (``alike``), agents in another order are the same shape.
    """
    (fewest, most), (least, greatest), (first, last) = bounds.agents, bounds.actions, bounds.states
    found = [
        (shape, count)
        for n in range(fewest, most + 1)
        for shape in product(range(least, greatest + 1), repeat=n)
        for count in range(first, last + 1)
        if not alike or list(shape) == sorted(shape, reverse=True)
    ]
    return sorted(found, key=lambda each: (prod(each[0]) * each[1] * len(each[0]), each))


def _languages(
    game: Environment, forms: Sequence[str], rules: ContractClass, names: Sequence[str]
) -> Iterator[Language]:
    listed = _every_language(game, forms, rules)
    yield from listed if not _OF_LANGUAGE.isdisjoint(names) else [next(listed)]


def _every_language(
    game: Environment, forms: Sequence[str], rules: ContractClass
) -> Iterator[Language]:
    cells = list(_partitions(len(game.states)))
    alone = tuple(tuple(range(size)) for size in game.shape)
    if "product" in forms:
        classes = list(product(*(list(_partitions(size)) for size in game.shape)))
        yield from (ProductLanguage(cell, each) for cell in cells for each in classes)
    elif "state" in forms or isinstance(rules, Directives):
        yield from (ProductLanguage(cell, alone) for cell in cells)
    if "record" in forms and not isinstance(rules, Directives):
        shape = (len(game.states), *game.shape)
        plays = prod(shape)
        maps = _partitions(plays) if plays <= PLAYS else [(0,) * plays, tuple(range(plays))]
        for values in maps:
            yield from_values(values, [f"record {value}" for value in values], shape)


def _refining(
    game: Environment,
    language: Language,
    forms: Sequence[str],
    rules: ContractClass,
    names: Sequence[str],
) -> Iterator[Language]:
    if _FINER.isdisjoint(names):
        yield language
        return
    for other in _every_language(game, forms, rules):
        if isinstance(other, type(language)) and refines(other, language, game):
            yield join(language, other, game)


def _partitions(size: int) -> Iterator[tuple[int, ...]]:
    """Partitions, coarse ones first: the group of every element, by first appearance."""

    def grown(start: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(start) == size:
            yield start
            return
        for group in range(max(start, default=-1) + 2):
            yield from grown((*start, group))

    return iter(sorted(grown(()), key=lambda groups: (max(groups), groups)))


def _levels(
    agents: int, common: bool, names: Sequence[str]
) -> Iterator[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]:
    selfish = (Fraction(0),) * agents
    if _OF_LEVELS.isdisjoint(names):
        yield selfish, selfish
        return
    profiles = [(level,) * agents for level in LEVELS]
    if not common:
        profiles += [each for each in product(LEVELS, repeat=agents) if len({*each}) > 1]
    for levels, more in product(profiles, repeat=2):
        if all(a <= b for a, b in zip(levels, more, strict=True)):
            yield levels, more


# Quantities of unknown payoffs


@dataclass(frozen=True)
class _Number:
    """A number in z3's terms, which may be infinite where ``plus`` or ``minus`` holds."""

    value: Any
    plus: Any = False
    minus: Any = False

    def below(self, other: _Number) -> Any:
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

    at_most: Callable[[Fraction], Any]
    under: Callable[[Fraction], Any]
    finite: Any

    def below(self, other: _Least) -> Any:
        """Whether a λ of the grid is enough for it and not for another."""
        return z3.Or([z3.And(self.at_most(c), z3.Not(other.at_most(c))) for c in GRID])


Sum = tuple[tuple[tuple[int, int], ...], int]
"""Weighted deviations (its place among those of the plays, weight), and what fines can pay."""


@lru_cache(maxsize=100_000)
def _sums(agents: int, arcs: tuple[Arc, ...], budget: str, liable: bool) -> tuple[Sum, ...]:
    incentives = [incentive(arc) for arc in arcs]
    try:
        found = transfer_obstructions(agents, incentives, budget, liable)
    except TooMany as error:
        raise NotEncodable(str(error)) from None
    return tuple((tuple(weights.items()), fines) for weights, fines in found)


class _Symbols:
    """The quantities of a box. unknowns: the payoffs; known: what holds of all that is named."""

    def __init__(self, box: Box) -> None:
        self.situation = box.situation
        self.game = box.situation.environment
        size = self.game.payoffs.size
        self.unknowns = [z3.Int(f"u{k}") for k in range(size)]
        self.known: list[Any] = [z3.And(-box.payoff <= u, u <= box.payoff) for u in self.unknowns]
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

    def _variable(self) -> Any:
        self._fresh += 1
        return z3.Int(f"v{self._fresh}")

    def _greatest(self, terms: Sequence[Any]) -> Any:
        found = self._variable()
        self.known += [z3.And([each <= found for each in terms])]
        self.known += [z3.Or([each == found for each in terms])]
        return found

    def moves(self, state: int, profile: int) -> list[tuple[int, int, int, Any, Any]]:
        """The deviations (agent, action, profile reached, gain, welfare lost)."""
        return [
            (
                agent,
                action,
                there,
                self.own[agent][state][there] - self.own[agent][state][profile],
                self.welfare[state][profile] - self.welfare[state][there],
            )
            for agent, action, there, _, _ in self._plain.moves(state, profile)
        ]

    def sums(self, setting: Setting, plays: Sequence[tuple[int, int]]) -> list[Sum] | None:
        """The sums of deviations that must not pay for a contract to exist; None if none exists."""
        moves = [(s, a, *move) for s, a in plays for move in self._plain.moves(s, a)]
        every: list[Sum] = [(((k, 1),), 0) for k in range(len(moves))]
        rules, language = setting.contracts, setting.language
        if language is None or isinstance(rules, NoContract):
            return every
        if isinstance(rules, Directives):
            assert isinstance(language, ProductLanguage)
            plain = self._plain
            allowed = [
                {language.classes[i][a // plain.steps[i] % size] for _, a in plays}
                for i, size in enumerate(plain.shape)
            ]
            if not rules.permissive and any(len(each) > 1 for each in allowed):
                return None
            return [
                each
                for each, (_, _, agent, action, *_) in zip(every, moves, strict=True)
                if language.classes[agent][action] in allowed[agent]
            ]
        table = record_table(language, self.game).reshape(len(self.game.states), -1).tolist()
        names: dict[int, int] = {}
        arcs = []
        for s, a, agent, _, there, *_ in moves:
            here, reached = (names.setdefault(table[s][b], len(names)) for b in (a, there))
            arcs.append((agent, here, reached))
        agents = len(self.game.players)
        return list(_sums(agents, tuple(arcs), str(rules.budget), rules.liability is not None))

    def selections(
        self, setting: Setting
    ) -> Iterator[list[tuple[list[tuple[int, int]], list[Sum] | None]]]:
        """For each block of states its plays, with the sums of deviations that must not pay."""
        for block in blocks(setting):
            if len(self.profiles) ** len(block) > SELECTIONS:
                raise NotEncodable("there are too many selections to write out")
            every = product(self.profiles, repeat=len(block))
            listed = [list(zip(block, each, strict=True)) for each in every]
            yield [(plays, self.sums(setting, plays)) for plays in listed]

    def sides(
        self, setting: Setting, plays: Sequence[tuple[int, int]], sums: Sequence[Sum]
    ) -> Iterator[tuple[Any, Any]]:
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
    ) -> Any:
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
                [self.implementable(setting, levels, *each) for each in listed],
                [z3.Sum([self.welfare[s][a] for s, a in plays]) for plays, _ in listed],
            )
            for listed in self.selections(setting)
        ]
        return self._expected(parts)

    def _best(self, possible: Sequence[Any], worth: Sequence[Any]) -> tuple[Any, Any]:
        """The greatest worth of what is possible, and whether anything is."""
        found, some = self._variable(), z3.Or(list(possible))
        for each, number in zip(possible, worth, strict=True):
            self.known.append(z3.Implies(each, number <= found))
        pairs = zip(possible, worth, strict=True)
        best = z3.Or([z3.And(each, number == found) for each, number in pairs])
        self.known.append(z3.If(some, best, found == 0))
        return found, some

    def _expected(self, parts: Sequence[tuple[Any, Any]]) -> _Number:
        total = z3.ToReal(z3.Sum([found for found, _ in parts]))
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

        def some(test: Callable[[Any, Any], Any]) -> Any:
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

    def nash(self, state: int, profile: int, levels: Levels) -> Any:
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
            found, some = self._best(
                possible, [sign * self.own[agent][s][a] for a in self.profiles]
            )
            parts.append((sign * found, some))
        return self._expected(parts)

    def incontractible(self) -> Any:
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

    def each_state(self, test: Callable[[int], Any]) -> Any:
        """Whether something holds in every state."""
        return z3.And([test(s) for s in range(len(self.game.states))])

    def strict(self, state: int) -> Any:
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

    def unique(self, state: int) -> Any:
        """Whether one profile alone is first best."""
        row = self.welfare[state]
        return z3.PbEq([(each == self.top[state], 1) for each in row], 1)

    def only_first_best(self, state: int) -> Any:
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
        self.known += [z3.Not(each.minus) for each in four]
        a, b, c, d = (each.value for each in four)
        return _Number(a - b - c + d)

    # Trees

    def truth(self, tree: Tree) -> Any:
        """A predicate in z3's terms."""
        match tree:
            case Connective(symbol, operands):
                joined = z3.And if symbol == "and" else z3.Or
                return joined([self.truth(each) for each in operands])
            case Not(operand):
                return z3.Not(self.truth(operand))
            case Comparison(operands, operators):
                found = [self.term(each) for each in operands]
                pairs = zip(found, found[1:], operators, strict=False)
                return z3.And([_compared(a, b, symbol) for a, b, symbol in pairs])
            case _:
                return self.term(tree)

    def term(self, tree: Tree) -> Any:
        """A quantity, a number or a truth value in z3's terms."""
        match tree:
            case Number(value):
                return _Number(_rational(value))
            case Name(name):
                return _QUANTITIES[name](self)
            case Negative(operand):
                found = self._finite(operand)
                return _Number(-found)
            case Arithmetic("+", left, right):
                return _Number(self._finite(left) + self._finite(right))
            case Arithmetic("-", left, right):
                return _Number(self._finite(left) - self._finite(right))
            case Arithmetic("*", Number(value), right):
                return _Number(_rational(value) * self._finite(right))
            case Comparison() | Connective() | Not():
                return self.truth(tree)
            case _:
                raise NotEncodable("this arithmetic is not linear")

    def _finite(self, tree: Tree) -> Any:
        found = self.term(tree)
        if not isinstance(found, _Number):
            raise NotEncodable("this arithmetic is not linear")
        self.known += [z3.Not(z3.Or(found.plus, found.minus))]
        return found.value


def _rational(number: Fraction) -> Any:
    return z3.Q(number.numerator, number.denominator)


def _compared(left: Any, right: Any, symbol: str) -> Any:
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


def _less(left: Any, right: Any) -> Any:
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


_QUANTITIES: Mapping[str, Callable[[_Symbols], Any]] = {
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

_FINER = frozenset({"finer_gap", "finer_gap_at", "finer_gap_more", "finer_threshold"})

_OF_CLASS = (
    _FINER
    | {"value", "gap", "gap_at", "gap_more", "threshold"}
    | {
        "cross_difference_at",
        "cross_difference_more",
    }
)
"""Quantities that depend on the class of contracts drawn."""

_OF_LANGUAGE = _OF_CLASS | {
    "balanced_gap",
    "burnt_gap",
    "free_gap",
    "directive_gap",
    "incontractible",
}

_OF_LEVELS = frozenset(
    name
    for name in _QUANTITIES
    if name.endswith(("_at", "_more"))
    or name in ("level", "common", "alone_one", "own_prosocial", "other_prosocial")
)

_OF_AN_AGENT = frozenset(
    name
    for name in _QUANTITIES
    if name.startswith(("own_", "other_")) or name in ("alone_one", "level", "level_more")
)
"""Quantities that single out the first or the last agent."""
