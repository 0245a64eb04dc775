"""The data of a certificate: a game in parameters, a language, a class of contracts, and λ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from coopgap.proofs.trusted.documents import (
    Budget,
    Rejected,
    fields,
    integer,
    listing,
    names_of,
    require,
    text_of,
    truth_of,
)
from coopgap.proofs.trusted.polynomials import (
    TREMBLE,
    Condition,
    Known,
    Number,
    Ratio,
    condition_of,
    number,
    ratio,
)

Table = tuple[Sequence[Number], ...]
"""For each state a number for each profile, the last agent's action varying fastest."""


@dataclass(frozen=True)
class Game:
    """The environment.

    prior: weights of the states, relative to their sum. ``payoffs[agent]``: over ``denominator``
    they are utils. cooperative: for each agent the indices of its cooperating actions.
    """

    players: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    states: tuple[str, ...]
    prior: Sequence[Number]
    denominator: Number
    payoffs: tuple[Table, ...]
    cooperative: tuple[tuple[int, ...], ...] | None = None


@dataclass(frozen=True)
class Records:
    """What a contract can tell apart.

    Cells of states and classes of each agent's actions, or a table of the record of each profile in
    each state.
    """

    cells: tuple[int, ...] | None = None
    classes: tuple[tuple[int, ...], ...] | None = None
    table: Table | None = None


@dataclass(frozen=True)
class Contracts:
    """The class of contracts.

    kind: ``none``, ``transfers``, ``directive``, ``mechanism``, or ``interim``: transfers without
    messages (of no budget: play alone) among agents who do not all see the state.
    """

    kind: str = "none"
    budget: str = ""
    liability: Ratio | None = None
    permissive: bool = False


class Mechanism(NamedTuple):
    """What agents see, and what they get if one refuses to take part.

    information: for each agent the number of the cell of each state. options: for each agent its
    outside option in utils, or None where nobody may refuse.
    """

    information: tuple[tuple[int, ...], ...]
    options: tuple[Ratio, ...] | None


@dataclass(frozen=True)
class Prosociality:
    """λ_i = ``levels[i] / scale`` for each agent.

    scale 0: the limit of large λ, where only W counts of payoffs, and of transfers only the part
    that grows with λ; utilities are then over λ.
    """

    levels: Sequence[Number]
    scale: Number

    def pull(self, agent: int, gain: Number, lost: Number) -> Number:
        """The gain of a deviation in u_i + λ_i W, over denominator × scale."""
        level = self.levels[agent]
        own = gain if self.scale == 1 else self.scale * gain
        return own if level == 0 else own - level * lost


@dataclass(frozen=True)
class Problem:
    """All data that a claim depends on.

    game None: the claim is about the parameters alone. prosociality None: λ is part of the claim.
    mechanism: given with mechanisms and contracts of kind ``interim``, and with directives if
    agents do not all see the state.
    """

    parameters: tuple[str, ...] = ()
    assumptions: tuple[Condition, ...] = ()
    game: Game | None = None
    records: Records | None = None
    contracts: Contracts = Contracts()
    prosociality: Prosociality | None = None
    mechanism: Mechanism | None = None

    @property
    def private(self) -> bool:
        """Whether agents do not all see the state, and say nothing."""
        return self.mechanism is not None and self.contracts.kind != "mechanism"

    @property
    def information(self) -> tuple[tuple[int, ...], ...]:
        """For each agent the number of the cell that it sees in each state."""
        assert self.mechanism is not None
        return self.mechanism.information

    def product(self) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
        """The cells of states and the classes of actions; raises Rejected if there are none."""
        records = self.records or Records()
        if records.cells is None or records.classes is None:
            raise Rejected("the language has no cells")
        return records.cells, records.classes

    @cached_property
    def index(self) -> dict[str, int]:
        """The position of each parameter, by name."""
        return {name: k for k, name in enumerate(self.parameters)}


def _parts(value: Any, of: type) -> list[Any]:
    """The values of an object's fields, which must be those of a class of this module."""
    return fields(value, of.__name__.lower(), *of.__annotations__)


class _Reader:
    """Reads numbers in the parameters of a problem."""

    def __init__(self, index: Mapping[str, int], budget: Budget) -> None:
        self.index, self.budget = index, budget

    def numbers(self, value: Any, length: int) -> Sequence[Number]:
        """A list of numbers."""
        self.budget.spend(length)
        row = listing(value, length)
        if set(map(type, row)) == {int}:
            return row
        return [number(entry, self.index, self.budget) for entry in row]

    def prosociality(self, value: Any, agents: int) -> Prosociality:
        """The levels of λ, over their scale."""
        levels, scale = _parts(value, Prosociality)
        return Prosociality(self.numbers(levels, agents), number(scale, self.index, self.budget))


def problem_of(value: Any, budget: Budget) -> Problem:
    """The problem that a certificate's data describe."""
    names = list(Problem.__annotations__)
    has_mechanism = isinstance(value, dict) and "mechanism" in value
    parameters, assumptions, game, records, contracts, levels, *more = fields(
        value, "the data", *(names if has_mechanism else names[:-1])
    )
    listed = tuple(text_of(name) for name in listing(parameters))
    distinct = len(set(listed)) == len(listed) and all(name.isidentifier() for name in listed)
    require(distinct, "parameters must be distinct identifiers")
    reader = _Reader({name: k for k, name in enumerate(listed)}, budget)
    known = tuple(condition_of(entry, reader.index, budget) for entry in listing(assumptions))
    if game is None:
        plain = (records, contracts, levels, more) == (None, None, None, [])
        require(plain, "records, contracts and prosociality need a game")
        return Problem(listed, known)
    read, kinds = _game(game, reader), _contracts(contracts, reader)
    language = None if records is None else _records(records, read)
    fixed = None if levels is None else reader.prosociality(levels, len(read.players))
    mechanism = _mechanism(more[0], read, reader) if has_mechanism else None
    problem = Problem(listed, known, read, language, kinds, fixed, mechanism)
    _require_information(problem)
    return problem


def _require_information(problem: Problem) -> None:
    """Raises Rejected unless what agents see is given exactly where contracts need it."""
    kind, mechanism = problem.contracts.kind, problem.mechanism
    fits = (mechanism is not None) == (kind in ("mechanism", "interim")) or kind == "directive"
    require(fits, "mechanisms and private information are told by what agents see")
    refusing = mechanism is not None and mechanism.options is not None
    require(kind == "mechanism" or not refusing, "only mechanisms can be refused")
    if kind == "directive":
        cells, _ = problem.product()
        for own in problem.information if mechanism else ():
            inside = len(set(zip(own, cells, strict=True))) == len(set(own))
            require(inside, "a directive names what an agent does not see")


def _mechanism(value: Any, game: Game, reader: _Reader) -> Mechanism:
    information, options = fields(value, "a mechanism", *Mechanism._fields)
    rows, states = listing(information, len(game.players)), len(game.states)
    cells = tuple(_places(own, states, states) for own in rows)
    if options is None:
        return Mechanism(cells, None)
    listed = listing(options, len(game.players))
    return Mechanism(cells, tuple(ratio(option, reader.index, reader.budget) for option in listed))


def _game(value: Any, reader: _Reader) -> Game:
    players, actions, states, prior, denominator, payoffs, cooperative = _parts(value, Game)
    agents, named = names_of(players), names_of(states)
    sets = tuple(names_of(own) for own in listing(actions, len(agents)))
    profiles = math.prod(map(len, sets))
    return Game(
        agents,
        sets,
        named,
        reader.numbers(prior, len(named)),
        number(denominator, reader.index, reader.budget),
        tuple(
            tuple(reader.numbers(row, profiles) for row in listing(own, len(named)))
            for own in listing(payoffs, len(agents))
        ),
        None if cooperative is None else _sides(cooperative, sets),
    )


def _sides(value: Any, sets: Sequence[Sequence[str]]) -> tuple[tuple[int, ...], ...]:
    pairs = zip(listing(value, len(sets)), sets, strict=True)
    sides = tuple(_places(own, None, len(labels)) for own, labels in pairs)
    require(all(len(set(own)) == len(own) for own in sides), "an action is listed twice")
    return sides


def _records(value: Any, game: Game) -> Records:
    """The records of a language.

    Numbers of records count from 0, so each is below the number of plays.
    """
    cells, classes, table = _parts(value, Records)
    sizes, states = list(map(len, game.actions)), len(game.states)
    if table is None:
        pairs = zip(listing(classes, len(sizes)), sizes, strict=True)
        kinds = tuple(_places(own, size, size) for own, size in pairs)
        return Records(_places(cells, states, states), kinds)
    require(cells is None and classes is None, "records are given twice")
    profiles = math.prod(sizes)
    rows = listing(table, states)
    return Records(table=tuple(_places(row, profiles, profiles * states) for row in rows))


def _places(value: Any, length: int | None, below: int) -> tuple[int, ...]:
    return tuple(integer(place, 0, below) for place in listing(value, length))


def _contracts(value: Any, reader: _Reader) -> Contracts:
    kind, budget, liability, permissive = _parts(value, Contracts)
    bound = None if liability is None else ratio(liability, reader.index, reader.budget)
    kinds = ("transfers", "mechanism", "interim") if budget else ("none", "interim", "directive")
    contracts = Contracts(text_of(kind, *kinds), text_of(budget), bound, truth_of(permissive))
    sensible = budget in ("balanced", "burnt", "free") or (budget == "" and bound is None)
    plain = kind == "directive" or not permissive
    require(sensible and plain, "there is no such class of contracts")
    return contracts


EPSILON = "0+"
"""The name in certificates of an ε > 0 that tends to 0; no parameter can have it."""

Deviation = tuple[int, int, int, Number, Number]
"""Agent, new action, record after the deviation, material gain, and welfare lost."""


class Plays:
    """The plays of a problem's game, which are the same in all cases of the parameters."""

    def __init__(self, problem: Problem, budget: Budget) -> None:
        assert problem.game is not None
        self.problem, self.game, self.budget = problem, problem.game, budget
        self.agents, self.states = range(len(self.game.players)), len(self.game.states)
        self.sizes = [len(labels) for labels in self.game.actions]
        self.profiles = math.prod(self.sizes)
        budget.spend(len(self.agents) ** 2)
        self.strides = [math.prod(self.sizes[i + 1 :]) for i in self.agents]
        self.unit = self.game.denominator
        self.names = {**problem.index, EPSILON: TREMBLE}
        self._records = problem.records or Records()
        self._codes, self._code_count = [0], 1
        for own in self._records.classes or ():
            most = max(own) + 1
            self._codes = [code * most + kind for code in self._codes for kind in own]
            self._code_count *= most
        self._welfare: dict[tuple[int, int], Number] = {}
        self._deviations: dict[tuple[int, int], list[Deviation]] = {}

    def action(self, profile: int, agent: int) -> int:
        """The agent's action in a profile, by index."""
        return profile // self.strides[agent] % self.sizes[agent]

    def moved(self, profile: int, agent: int, action: int) -> int:
        """The profile after the agent's change to another action."""
        return profile + (action - self.action(profile, agent)) * self.strides[agent]

    def record(self, state: int, profile: int) -> int:
        """ρ(ω, a); without a language each play has its own record."""
        cells, table = self._records.cells, self._records.table
        if cells is not None:
            return cells[state] * self._code_count + self._codes[profile]
        return state * self.profiles + profile if table is None else int(table[state][profile])

    def welfare(self, state: int, profile: int) -> Number:
        """W(a, ω), over the denominator."""
        if (state, profile) not in self._welfare:
            self.budget.spend(len(self.agents))
            self._welfare[state, profile] = sum(own[state][profile] for own in self.game.payoffs)
        return self._welfare[state, profile]

    def deviations(self, state: int, profile: int) -> list[Deviation]:
        """All unilateral deviations from a profile."""
        deviations = self._deviations.get((state, profile))
        if deviations is None:
            deviations = list(self._deviating(state, profile))
            if self.problem.parameters:
                self._deviations[state, profile] = deviations
        else:
            self.budget.spend(len(deviations))
        return deviations

    def _deviating(self, state: int, profile: int) -> Iterator[Deviation]:
        worth = self.welfare(state, profile)
        for agent, payoffs in enumerate(self.game.payoffs):
            own, stride, played = payoffs[state], self.strides[agent], self.action(profile, agent)
            self.budget.spend(self.sizes[agent])
            for action in range(self.sizes[agent]):
                after = profile + (action - played) * stride
                if after != profile:
                    lost = worth - self.welfare(state, after)
                    yield agent, action, self.record(state, after), own[after] - own[profile], lost


Part = TypeVar("Part")
"""What an obstruction is about."""


class Case:
    """A claim about a game in one case of its parameters, and the witness that is to show it.

    fields: those of the claim except its id; the claim's rule reads them all.
    """

    def __init__(
        self, plays: Plays, known: Known, claim: tuple[str, bool, Mapping[str, Any]], witness: Any
    ) -> None:
        self.plays, self.known, self.budget = plays, known, plays.budget
        self.id, self.holds, self.fields = claim
        self.witness = witness
        game, contracts = plays.game, plays.problem.contracts
        self.budget.spend(plays.states + len(plays.agents))
        require(known.holds(plays.unit, ">"), "the denominator of payoffs is not positive")
        require(all(known.holds(p, ">=") for p in game.prior), "a state's weight is negative")
        self.support = [s for s, p in enumerate(game.prior) if known.holds(p, ">")]
        self.likely = set(self.support)
        self.mass: Number = sum(game.prior[s] for s in self.support)
        require(bool(self.support), "no state has a probability")
        above, below = contracts.liability or (0, 1)
        bounded = known.holds(below, ">") and known.holds(above, ">=")
        require(bounded, "the liability bound is negative")
        self._ends: tuple[Prosociality, ...] = ()
        self.first = self.last = True
        if plays.problem.prosociality is not None:
            require(known.holds(plays.problem.prosociality.scale, ">"), "λ has no denominator")
            self._set(plays.problem.prosociality)

    def _set(self, *ends: Prosociality) -> None:
        nonnegative = all(self.known.holds(level, ">=") for end in ends for level in end.levels)
        require(nonnegative, "λ is negative")
        self._ends = ends

    @property
    def ends(self) -> tuple[Prosociality, ...]:
        """The λ of the claim: the only one, or the first and the last of an interval."""
        require(bool(self._ends), "the claim is about no λ")
        return self._ends

    def between(self, *ends: Ratio | None, first: bool = True, last: bool = True) -> Case:
        """The same case for all common λ between the ends; an end None is ∞.

        ``first`` and ``last``: whether the ends are included.
        """
        require(self.plays.problem.prosociality is None, "the data fix λ, the claim gives another")
        agents = len(self.plays.agents)
        case = copy(self)
        levels = (end or (1, 0) for end in ends)
        case._set(*(Prosociality([above] * agents, below) for above, below in levels))
        case.first, case.last = first, last
        return case

    def part(self, name: str) -> Case:
        """The same case with a part of the witness."""
        case = copy(self)
        case.witness = self.witness[name]
        return case

    def ratio(self, value: Any) -> Ratio:
        """A number of the claim, as numerator and denominator."""
        above, below = ratio(value, self.plays.problem.index, self.budget)
        require(self.known.holds(below, ">"), "what a number is over is not positive")
        return above, below

    def number(self, value: Any) -> Number:
        """A number of the witness, which may depend on an ε.

        What it shows, it shows for all ε > 0, since a sign is known only if all coefficients agree
        on it.
        """
        self.budget.spend()
        return number(value, self.plays.names, self.budget)

    def positive(self, value: Any) -> Number:
        """A number of the witness, which must be positive."""
        read = self.number(value)
        require(self.known.holds(read, ">"), "a number of the witness is not positive")
        return read

    def limit(self, value: Number) -> Number:
        """A number of the witness in the limit of ε to 0."""
        return value if type(value) is int else value.coefficients(TREMBLE).get(0, 0)

    def excluded(self, obstruction: tuple[Part, Sequence[Number]]) -> Part:
        """The part of an obstruction, from its strengths at the ends of λ.

        Raises Rejected unless what is linear between them is positive at each λ.
        """
        part, strengths = obstruction
        signs = [self.known.holds(strength, ">") for strength in strengths]
        first, last = signs[0], signs[-1]
        inside = (first or (not self.first and last)) and (last or (not self.last and first))
        known = inside and all(self.known.holds(strength, ">=") for strength in strengths)
        require(known, "an obstruction does not add up to a contradiction")
        return part
