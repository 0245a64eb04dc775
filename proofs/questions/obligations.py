"""Questions in solver-neutral form, the answers of engines, and the data of certificates.

A question is about an environment, a language, a class of contracts and levels of prosociality.
``Incentives`` turns plays into difference constraints on transfers (theory.md T3):

    t_i(source) − t_i(target) ≥ gain − λ_i · lost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

import numpy as np

from coopgap.proofs.trusted.problems import Contracts, Game, Problem, Prosociality, Records
from coopgap.theory.contracts import ContractClass, Directives, NoContract, Transfers
from coopgap.theory.environments import Environment, Profile
from coopgap.theory.exact import (
    INFINITY,
    Extended,
    IntArray,
    common_denominator,
    magnitude,
    widened,
)
from coopgap.theory.languages import Language, ProductLanguage, cells_of

Ps = ParamSpec("Ps")
Result = TypeVar("Result")

Selection = Mapping[int, Profile]
"""A profile for each state of positive probability, or for some of them."""

Levels = tuple[Fraction, ...]
"""One λ_i per agent."""


@dataclass(frozen=True)
class Setting:
    """The environment, language and contracts of a question.

    ``language`` None: every play leaves its own record.
    """

    environment: Environment
    language: Language | None
    contracts: ContractClass

    @property
    def selfish(self) -> Levels:
        """λ = 0 for every agent."""
        return (Fraction(0),) * len(self.environment.players)


@dataclass(frozen=True)
class Implementability:
    """Does some contract make the selection an equilibrium at these levels?"""

    setting: Setting
    levels: Levels
    selection: Selection


@dataclass(frozen=True)
class SelectionThreshold:
    """What is the least common λ at which some contract makes the selection an equilibrium?

    Asked of first-best selections only: there no deviation raises welfare.
    """

    setting: Setting
    selection: Selection


@dataclass(frozen=True)
class SelectionSpan:
    """At which common λ does some contract make the selection an equilibrium?

    The constraints are jointly linear in transfers and λ, so the λ form a closed interval.
    """

    setting: Setting
    selection: Selection


@dataclass(frozen=True)
class DominantSelection:
    """Does some contract make each agent's part of the selection strictly dominant at these levels?

    That is sufficient, not necessary, for the selection to be the only equilibrium.
    """

    setting: Setting
    levels: Levels
    selection: Selection


@dataclass(frozen=True)
class Value:
    """What is the best welfare of an implementable selection at these levels?

    With ``target``, in utils, only: is there an implementable selection of at least that welfare?
    """

    setting: Setting
    levels: Levels
    target: Fraction | None = None


@dataclass(frozen=True)
class Threshold:
    """What is the least common λ at which some contract implements a first-best selection?"""

    setting: Setting


Question = (
    Implementability | SelectionThreshold | SelectionSpan | DominantSelection | Value | Threshold
)


@dataclass(frozen=True)
class Contract:
    """Transfers as integers over ``denominator`` utils, one per agent; other records pay none."""

    denominator: int = 1
    transfers: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def amounts(self) -> dict[int, tuple[Fraction, ...]]:
        """The transfers in utils."""
        return {
            record: tuple(Fraction(amount, self.denominator) for amount in paid)
            for record, paid in self.transfers.items()
        }


@dataclass(frozen=True)
class Obstruction:
    """Why no contract implements ``part`` of a selection.

    The incentive constraints of the deviations (state, agent, action, weight), multiplied by their
    weights, contradict each other.
    """

    kind: str
    part: Selection
    deviations: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True)
class Reached:
    """A contract implements the selection, at λ = ``level`` where the question is about λ.

    The obstructions of ``below`` exclude every smaller λ.
    """

    selection: Selection
    contract: Contract
    level: Extended = Fraction(0)
    below: tuple[Obstruction, ...] = ()


@dataclass(frozen=True)
class Span:
    """The selection is implementable exactly at the common λ of [low, high].

    At none if low > high or low is infinite. ``below`` obstructs it at every λ < low, ``above`` at
    every λ > high.
    """

    selection: Selection
    low: Extended = Fraction(0)
    high: Extended = INFINITY
    below: Obstruction | None = None
    above: Obstruction | None = None


@dataclass(frozen=True)
class Excluded:
    """By these obstructions no contract implements a selection of the kind in question."""

    obstructions: tuple[Obstruction, ...]


@dataclass(frozen=True)
class ContractCases:
    """A tree of cases of contracts, in each of which the plays of some states are worth ``most``.

    most: the largest Σ prior × W in whole weights, or None if nothing is implementable. tree and
    denominator: as certificates have them.
    """

    states: tuple[int, ...]
    most: int | None
    denominator: int
    tree: Any


@dataclass(frozen=True)
class BestSelection:
    """The answer to ``Value``; the obstructions exclude every selection better than ``best``.

    ``best`` is None if no selection (of the target's welfare) is implementable. cases: if not
    empty, these exclude them instead, block by block.
    """

    best: Reached | None
    welfare: Extended
    obstructions: tuple[Obstruction, ...]
    blocks: tuple[tuple[int, ...], ...]
    cases: tuple[ContractCases, ...] = ()


@dataclass(frozen=True)
class Unanswered:
    """No answer, with the reason."""

    reason: str


def unanswered_on(
    *reasons: type[Exception],
) -> Callable[[Callable[Ps, Result]], Callable[Ps, Result | Unanswered]]:
    """Makes a function answer with the message of these exceptions where it raises one."""

    def answering(function: Callable[Ps, Result]) -> Callable[Ps, Result | Unanswered]:
        @wraps(function)
        def answer(*arguments: Ps.args, **named: Ps.kwargs) -> Result | Unanswered:
            try:
                return function(*arguments, **named)
            except reasons as reason:
                return Unanswered(str(reason))

        return answer

    return answering


@dataclass(frozen=True)
class Bracket(Unanswered):
    """No exact answer to ``Value``: the best selection found, and what none exceeds, in utils."""

    best: Reached | None
    welfare: Extended
    most: Extended
    cases: tuple[ContractCases, ...]


Answer = Reached | Span | Excluded | BestSelection | Unanswered


class Engine(Protocol):
    """A finder of answers, which are then checked without it."""

    @property
    def name(self) -> str:
        """The name in a verdict that rests on the engine's word."""
        ...

    @property
    def answers(self) -> frozenset[type]:
        """The types of the questions that it answers."""
        ...

    def solve(self, question: Any) -> Answer:
        """Answers a question of a type in ``answers``, or is Unanswered with the reason."""
        ...


@dataclass(frozen=True)
class Incentives:
    """One row per unilateral deviation from the plays of a selection.

    state, agent, action: where the deviation is, whose it is, and to which action. source, target:
    the records of the play and of the deviation. gain: what the deviation adds to the agent's
    payoff; lost: what it takes from welfare; both integers over ``unit`` utils.
    """

    state: IntArray
    agent: IntArray
    action: IntArray
    source: IntArray
    target: IntArray
    gain: IntArray
    lost: IntArray
    unit: int
    agents: int

    def pull(self, levels: Levels) -> tuple[IntArray, int]:
        """The net gain, gain − λ_i · lost, of every row, in integers.

        Also returns the number by which to divide them to get utils.
        """
        scale = common_denominator(levels)
        weights = np.array([int(level * scale) for level in levels], dtype=object)
        if not weights.any():
            return self.gain, self.unit
        top = int(max(weights))
        small = max(magnitude(self.gain), magnitude(self.lost)) * (scale + top) < 1 << 61
        dtype = np.int64 if small else object
        weight = weights.astype(dtype)[self.agent]
        pull = self.gain.astype(dtype) * scale - weight * self.lost.astype(dtype)
        return pull, self.unit * scale


def incentives(setting: Setting, selection: Selection) -> Incentives:
    """The incentive constraints of a selection, in whole-array operations."""
    agents = len(setting.environment.players)
    states = np.fromiter(selection, dtype=np.int64, count=len(selection))
    plays = np.array(list(selection.values()), dtype=np.int64).reshape(len(states), agents)
    everyone = np.ones((agents, len(states)), dtype=np.bool_)
    return _deviations(setting, states, plays, everyone)


def dominance_rows(setting: Setting, selection: Selection) -> Incentives:
    """The constraints that make each agent's part of a selection at least as good as other actions.

    They hold against all actions of the other agents.
    """
    shape = setting.environment.shape
    grid = np.indices(shape).reshape(len(shape), -1).T
    states = np.repeat(np.fromiter(selection, dtype=np.int64, count=len(selection)), len(grid))
    plays = np.tile(grid, (len(selection), 1))
    chosen = np.repeat(np.array(list(selection.values()), dtype=np.int64), len(grid), axis=0)
    return _deviations(setting, states, plays, (plays == chosen).T)


def _deviations(
    setting: Setting, states: IntArray, plays: IntArray, deviates: IntArray
) -> Incentives:
    """The deviations of agent i from play k wherever ``deviates[i, k]``."""
    environment = setting.environment
    play = (states, *plays.T)
    source = records(setting, states, plays)
    welfare = environment.welfare[play]
    columns: list[tuple[IntArray, ...]] = []
    for agent, size in enumerate(environment.shape):
        payoffs = environment.payoffs[agent]
        to = np.broadcast_to(np.arange(size), (len(states), size))
        row, action = np.nonzero((to != plays[:, agent, None]) & deviates[agent, :, None])
        moved = plays[row].copy()
        moved[:, agent] = action
        move = (states[row], *moved.T)
        columns.append(
            (
                states[row],
                np.full(len(row), agent),
                action,
                source[row],
                records(setting, states[row], moved),
                _difference(payoffs[move], payoffs[play][row]),
                _difference(welfare[row], environment.welfare[move]),
            )
        )
    state, deviator, action, before, after, gain, lost = (
        np.concatenate(parts) for parts in zip(*columns, strict=True)
    )
    return Incentives(
        state, deviator, action, before, after, gain, lost, environment.denominator, len(plays.T)
    )


def _difference(minuend: IntArray, subtrahend: IntArray) -> IntArray:
    """The difference one − other.

    Only the selected entries are scanned for their size, so that the cost of a question about one
    block of states does not depend on the whole environment.
    """
    return np.asarray(widened(minuend, 2) - widened(subtrahend, 2))


def records(setting: Setting, states: IntArray, profiles: IntArray) -> IntArray:
    """The records of plays, as numbers; without a language each play has its own.

    states: shape (k,). profiles: shape (k, agents).
    """
    if setting.language is not None:
        return setting.language.records(states, profiles)
    number = states
    for agent, size in enumerate(setting.environment.shape):
        number = number * size + profiles[:, agent]
    return number


def blocks(setting: Setting) -> tuple[tuple[int, ...], ...]:
    """The states of positive probability, divided into blocks that no contract links."""
    environment, language = setting.environment, setting.language
    if language is None or isinstance(setting.contracts, NoContract):
        return tuple((state,) for state in environment.support)
    if isinstance(language, ProductLanguage):
        return tuple(tuple(cell) for cell in cells_of(language, environment))
    merged: list[tuple[set[int], list[int]]] = []
    for state in environment.support:
        seen, states = set(language.table[state].ravel().tolist()), [state]
        apart = []
        for block in merged:
            if block[0] & seen:
                seen |= block[0]
                states += block[1]
            else:
                apart.append(block)
        merged = [*apart, (seen, states)]
    return tuple(sorted(tuple(sorted(states)) for _, states in merged))


def problem(setting: Setting, levels: Levels | None) -> Problem:
    """The plain data of a question, in the form of certificates; ``levels`` None: no λ is fixed."""
    environment, language, contracts = setting.environment, setting.language, setting.contracts
    mass = common_denominator(environment.prior)
    game = Game(
        players=environment.players,
        actions=environment.actions,
        states=environment.states,
        prior=tuple(int(p * mass) for p in environment.prior),
        denominator=environment.denominator,
        payoffs=tuple(_plain_rows(own) for own in environment.payoffs),
        cooperative=environment.cooperative,
    )
    if language is None:
        records = None
    elif isinstance(language, ProductLanguage):
        records = Records(cells=language.cells, classes=language.classes)
    else:
        records = Records(table=_plain_rows(language.table))
    match contracts:
        case Transfers():
            bound = contracts.liability
            liability = None if bound is None else bound.as_integer_ratio()
            plain = Contracts("transfers", str(contracts.budget), liability)
        case Directives():
            plain = Contracts("directive", permissive=contracts.permissive)
        case NoContract():
            plain = Contracts()
    prosociality = None
    if levels is not None:
        scale = common_denominator(levels)
        prosociality = Prosociality([int(level * scale) for level in levels], scale)
    return Problem(game=game, records=records, contracts=plain, prosociality=prosociality)


def flat_profile(environment: Environment, profile: Profile) -> int:
    """The index of a profile when the last agent's action varies fastest."""
    number = 0
    for action, size in zip(profile, environment.shape, strict=True):
        number = number * size + action
    return number


def reached_everywhere(parts: Sequence[Reached]) -> Reached:
    """One contract made of contracts for separate blocks, at the largest of their levels."""
    selection = {state: a for part in parts for state, a in part.selection.items()}
    denominator = math.lcm(1, *(part.contract.denominator for part in parts))
    transfers = {
        record: tuple(amount * (denominator // part.contract.denominator) for amount in paid)
        for part in parts
        for record, paid in part.contract.transfers.items()
    }
    top = max((part.level for part in parts), default=Fraction(0))
    below = tuple(
        reason for part in parts if part.level == top != Fraction(0) for reason in part.below
    )
    return Reached(dict(sorted(selection.items())), Contract(denominator, transfers), top, below)


def _plain_rows(array: IntArray) -> tuple[Sequence[int], ...]:
    rows = array.reshape(array.shape[0], -1)
    if array.dtype == object:
        return tuple(rows.tolist())
    return tuple(memoryview(row) for row in rows)  # type: ignore[arg-type]


def obstruction(
    selection: Selection,
    rows: Incentives,
    weights: Sequence[tuple[int, int]],
    kind: str | None = None,
) -> Obstruction:
    """An obstruction from weighted rows of a selection's incentives.

    ``kind`` is derived from its shape unless given.
    """
    deviations = sorted(
        (int(rows.state[row]), int(rows.agent[row]), int(rows.action[row]), weight)
        for row, weight in weights
    )
    part = {state: selection[state] for state in sorted({deviation[0] for deviation in deviations})}
    arcs = [
        (int(rows.agent[row]), int(rows.source[row]), int(rows.target[row]), weight)
        for row, weight in weights
    ]
    return Obstruction(kind or shape(arcs, rows.agents), part, tuple(deviations))


def aliasing(selection: Selection, rows: Incentives, pull: IntArray) -> tuple[Obstruction, ...]:
    """For each state the deviation of largest net gain that leaves the record of the play.

    Each is an obstruction by itself; states without such a deviation of positive net gain have
    none.
    """
    return strongest(selection, rows, pull, rows.source == rows.target, "aliasing")


def strongest(
    selection: Selection, rows: Incentives, pull: IntArray, among: IntArray | bool, kind: str
) -> tuple[Obstruction, ...]:
    """For each state the deviation of largest net gain among some, if that is positive.

    pull: the net gain of every row, as ``Incentives.pull`` has it. among: which rows count.
    """
    tempting = np.flatnonzero(among & (pull > 0))
    ordered = tempting[np.argsort(-pull[tempting], kind="stable")]
    _, first = np.unique(rows.state[ordered], return_index=True)
    return tuple(obstruction(selection, rows, [(row, 1)], kind) for row in ordered[first].tolist())


def shape(arcs: Sequence[tuple[int, int, int, int]], agents: int) -> str:
    """The kind of an obstruction, for display.

    arcs: its deviations as agent, record of the play, record of the deviation, weight.
    """
    if len({agent for agent, *_ in arcs}) == 1 and all(weight == 1 for *_, weight in arcs):
        if len(arcs) == 1 and arcs[0][1] == arcs[0][2]:
            return "aliasing"
        follow = {source: target for _, source, target, _ in arcs}
        at, steps = arcs[0][1], 0
        while at in follow:
            at, steps = follow.pop(at), steps + 1
        if steps == len(arcs) > 1 and at == arcs[0][1]:
            return "cycle"
    divergence: dict[int, dict[int, int]] = {}
    for agent, source, target, weight in arcs:
        for record, sign in ((source, weight), (target, -weight)):
            at_record = divergence.setdefault(record, {})
            at_record[agent] = at_record.get(agent, 0) + sign
    common = all(
        len({of_agent.get(agent, 0) for agent in range(agents)}) == 1
        for of_agent in divergence.values()
    )
    return "common-divergence-flow" if common else "farkas"
