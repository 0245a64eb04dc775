"""Questions as SMT-LIB 2.6 text (QF_LRA): the whole contract space in one formula.

The unknowns: a Boolean ``|s …|`` for every play (a profile in a state), exactly one true in every
state; a real ``|t …|`` for every agent and record, or a Boolean ``|allow …|`` for every class of
actions that a directive may allow; and ``prosociality``, if the question is about λ. The partition
of a language is expressed by equality of records alone: plays that leave the same record share
transfers.

No engine works with it, so a solver that reads the file decides the question on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product

from coopgap.proofs.export.terms import joined, label_text, number_term
from coopgap.proofs.questions.obligations import (
    Levels,
    Setting,
    Threshold,
    Value,
)
from coopgap.theory.contracts import Budget, Directives, NoContract, Transfers
from coopgap.theory.environments import Environment, Profile
from coopgap.theory.errors import InputError
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    RecordLanguage,
    complete,
    describe_record,
    record_of,
)
from coopgap.theory.welfare import first_best

WELFARE = "welfare"
"""The symbol of Σ p W(σ(ω), ω), in utils."""

PROSOCIALITY = "prosociality"
"""The symbol of the common λ; ``lambda`` itself is a word of SMT-LIB."""

Plays = Mapping[int, Sequence[Profile]]
"""The profiles that may be played in each state."""


@dataclass(frozen=True)
class Part:
    """Assertions under one heading: pairs of a label (or an empty one) and the term."""

    heading: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Encoding:
    """A question as one formula.

    asks: the question in words, line by line. declared: symbol → sort. plays: symbol → (state,
    profile).
    """

    asks: tuple[str, ...]
    declared: Mapping[str, str]
    parts: tuple[Part, ...]
    plays: Mapping[str, tuple[int, Profile]]

    @property
    def text(self) -> str:
        """The script."""
        lines = [
            *(f"; {line}" for line in self.asks),
            "(set-info :smt-lib-version 2.6)",
            "(set-info :status unknown)",
            "(set-logic QF_LRA)",
            *(f"(declare-const |{symbol}| {sort})" for symbol, sort in self.declared.items()),
        ]
        for part in self.parts:
            lines.append(f"; {part.heading}")
            for label, term in part.rows:
                lines.append(f"(assert {f'(! {term} :named |{label}|)' if label else term})")
        return "\n".join([*lines, "(check-sat)", ""])


def to_smtlib(question: Value | Threshold) -> str:
    """The question as a script with one ``(check-sat)``.

    - ``Value``: sat iff some contract implements a selection of welfare at least ``target`` (of any
      welfare, without one).
    - ``Threshold``: sat iff some common λ ≥ 0 will do.

    Raises InputError for directives in a language without cells.
    """
    if isinstance(question, Value):
        return _welfare(question).text
    asks = "Does some contract implement a first-best selection at some common prosociality?"
    setting = question.setting
    return _contract_space(asks, setting, first_best(setting.environment).profiles, None).text


def _welfare(question: Value) -> Encoding:
    """The contract space over all plays, with welfare as a sum over the selected ones."""
    environment, target = question.setting.environment, question.target
    profiles = tuple(product(*map(range, environment.shape)))
    asks = "Does some contract implement a selection"
    space = _contract_space(
        f"{asks}{'' if target is None else f' of welfare at least {target}'}?",
        question.setting,
        dict.fromkeys(environment.support, profiles),
        question.levels,
    )
    worth = [
        f"(ite |{symbol}| {number_term(environment.prior[state] * utils)} 0)"
        for symbol, (state, profile) in space.plays.items()
        if (utils := Fraction(int(environment.welfare[(state, *profile)]), environment.denominator))
    ]
    terms = [f"(= |{WELFARE}| {joined('+', worth, '0')})"]
    if target is not None:
        terms.append(f"(>= |{WELFARE}| {number_term(target)})")
    return replace(
        space,
        declared={**space.declared, WELFARE: "Real"},
        parts=(*space.parts, _part("expected welfare", terms)),
    )


def _contract_space(asks: str, setting: Setting, plays: Plays, levels: Levels | None) -> Encoding:
    """The contracts of a class, and the selections out of ``plays`` that they implement.

    At fixed levels, or with None at a common λ ≥ 0 that is an unknown too.
    """
    space = _Space(setting, levels)
    symbols = {
        space.play(state, profile): (state, profile)
        for state, profiles in plays.items()
        for profile in profiles
    }
    parts = [_part("one play in every state", _one_play_each(symbols))]
    transfers: dict[str, tuple[int, int]] = {}
    allowed: list[str] = []
    match setting.contracts:
        case Transfers() as contracts:
            transfers = space.transfers(symbols.values())
            parts += _money_rules(transfers, contracts)
        case Directives(permissive=permissive):
            choices = space.choices(plays)
            allowed = [symbol for choice in choices for symbol in choice]
            rule = _some if permissive else _exactly_one
            terms = [term for choice in choices for term in rule(choice)]
            terms += [
                f"(=> |{symbol}| |{space.allow(state, agent, action)}|)"
                for symbol, (state, profile) in symbols.items()
                for agent, action in enumerate(profile)
            ]
            parts.append(_part("what a directive allows, the play among it", terms))
    if levels is None:
        parts.append(_part("nobody is spiteful", [f"(>= |{PROSOCIALITY}| 0)"]))
    rows = tuple(
        (
            f"{symbol[2:]}; {space.move(agent, action)}",
            f"(=> |{symbol}| {space.stays(state, profile, agent, moved)})",
        )
        for symbol, (state, profile) in symbols.items()
        for agent, action, moved in _deviations(setting.environment, profile)
    )
    unknown = [] if levels is not None else [PROSOCIALITY]
    return Encoding(
        asks=(asks, *_circumstances(setting, levels)),
        declared={
            **dict.fromkeys([*symbols, *allowed], "Bool"),
            **dict.fromkeys([*transfers, *unknown], "Real"),
        },
        parts=(*parts, Part("no deviation from a play pays", rows)),
        plays=symbols,
    )


@dataclass(frozen=True)
class _Space:
    """The names and terms of a contract space; symbols and labels are without their bars."""

    setting: Setting
    levels: Levels | None

    @cached_property
    def language(self) -> Language:
        """The language; if there is none, one in which every play leaves its own record."""
        return self.setting.language or complete(self.setting.environment)

    @cached_property
    def cellular(self) -> ProductLanguage:
        """The language as cells and classes; raises InputError if it has none."""
        if isinstance(self.language, RecordLanguage):
            raise InputError("directives need a language of cells and classes")
        return self.language

    def play(self, state: int, profile: Profile) -> str:
        """The symbol of a play."""
        environment = self.setting.environment
        labels = ", ".join(map(label_text, environment.labels(profile)))
        return f"s {label_text(environment.states[state])}: {labels}"

    def move(self, agent: int, action: int) -> str:
        """An agent's action, by name."""
        environment = self.setting.environment
        return (
            label_text(environment.players[agent])
            + ": "
            + label_text(environment.actions[agent][action])
        )

    def transfer(self, agent: int, record: int) -> str:
        """The symbol of a transfer."""
        says = describe_record(self.language, self.setting.environment, record)
        player = label_text(self.setting.environment.players[agent])
        return f"t {player}, record {record}: {label_text(says, ',:;()')}"

    def allow(self, state: int, agent: int, action: int) -> str:
        """The symbol for: the state's cell allows the agent the class of the action."""
        environment = self.setting.environment
        cells, classes = self.cellular.cells, self.cellular.classes[agent]
        states = _members(environment.states, cells, cells[state])
        actions = _members(environment.actions[agent], classes, classes[action])
        return f"allow {states}: {label_text(environment.players[agent])}: {actions}"

    def transfers(self, plays: Iterable[tuple[int, Profile]]) -> dict[str, tuple[int, int]]:
        """The transfers at all records of the plays and of the deviations from them."""
        environment = self.setting.environment
        records = {
            record_of(self.language, state, play)
            for state, profile in plays
            for play in (profile, *(moved for *_, moved in _deviations(environment, profile)))
        }
        return {
            self.transfer(agent, record): (record, agent)
            for record in sorted(records)
            for agent in range(len(environment.players))
        }

    def choices(self, plays: Plays) -> list[list[str]]:
        """For every cell of states and every agent, the classes that a directive may allow."""
        shape = self.setting.environment.shape
        first = {self.cellular.cells[state]: state for state in plays}
        return [
            list(dict.fromkeys(self.allow(state, agent, action) for action in range(count)))
            for state in first.values()
            for agent, count in enumerate(shape)
        ]

    def stakes(self, state: int, profile: Profile, agent: int, moved: Profile) -> tuple[str, str]:
        """The agent's gain from moving the play to ``moved``, and λ times the welfare lost by it.

        The second term is for an unknown λ; at fixed levels it is empty and the gain is net of it.
        """
        environment = self.setting.environment
        own, welfare = environment.payoffs[agent][state], environment.welfare[state]
        gain = Fraction(int(own[moved]) - int(own[profile]), environment.denominator)
        lost = Fraction(int(welfare[profile]) - int(welfare[moved]), environment.denominator)
        if self.levels is None:
            return number_term(gain), f"(* {number_term(lost)} |{PROSOCIALITY}|)"
        return number_term(gain - self.levels[agent] * lost), ""

    def stays(self, state: int, profile: Profile, agent: int, moved: Profile) -> str:
        """The constraint that the agent does not gain by moving the play to ``moved``."""
        gain, given_up = self.stakes(state, profile, agent, moved)
        terms = [given_up] if given_up else []
        if isinstance(self.setting.contracts, Transfers):
            before, after = (record_of(self.language, state, play) for play in (profile, moved))
            if before != after:
                paid, forgone = self.transfer(agent, before), self.transfer(agent, after)
                terms += [f"|{paid}|", f"(- |{forgone}|)"]
        term = f"(>= {joined('+', terms, '0')} {gain})"
        if isinstance(self.setting.contracts, Directives):
            return f"(=> |{self.allow(state, agent, moved[agent])}| {term})"
        return term


def _deviations(environment: Environment, profile: Profile) -> Iterator[tuple[int, int, Profile]]:
    """All unilateral deviations: the agent, its new action, the profile that results."""
    for agent, count in enumerate(environment.shape):
        for action in range(count):
            if action != profile[agent]:
                yield agent, action, (*profile[:agent], action, *profile[agent + 1 :])


def _one_play_each(symbols: Mapping[str, tuple[int, Profile]]) -> list[str]:
    of_state: dict[int, list[str]] = {}
    for symbol, (state, _) in symbols.items():
        of_state.setdefault(state, []).append(symbol)
    return [term for choice in of_state.values() for term in _exactly_one(choice)]


def _some(symbols: Sequence[str]) -> list[str]:
    return [joined("or", [f"|{symbol}|" for symbol in symbols], "false")]


def _exactly_one(symbols: Sequence[str]) -> list[str]:
    if len(symbols) == 1:
        return _some(symbols)
    return [f"(= {joined('+', [f'(ite |{symbol}| 1 0)' for symbol in symbols], '0')} 1)"]


def _money_rules(transfers: Mapping[str, tuple[int, int]], contracts: Transfers) -> list[Part]:
    at: dict[int, list[str]] = {}
    for symbol, (record, _) in transfers.items():
        at.setdefault(record, []).append(f"|{symbol}|")
    parts: list[Part] = []
    if contracts.budget is not Budget.FREE:
        relation = "=" if contracts.budget is Budget.BALANCED else "<="
        sums = [f"({relation} {joined('+', paid, '0')} 0)" for paid in at.values()]
        parts.append(_part(f"the budget is {contracts.budget} at every record", sums))
    if contracts.liability is not None:
        bound = number_term(-contracts.liability)
        fines = [f"(>= |{symbol}| {bound})" for symbol in transfers]
        parts.append(_part(f"no fine is above {contracts.liability}", fines))
    return parts


def _circumstances(setting: Setting, levels: Levels | None) -> list[str]:
    match setting.contracts:
        case Transfers(budget, liability):
            bound = "no liability bound" if liability is None else f"liability bound {liability}"
            contracts = f"{budget} transfers, {bound}"
        case Directives(permissive):
            contracts = f"{'permissive' if permissive else 'complete'} directives"
        case NoContract():
            contracts = "none"
    if levels is None:
        return [f"contracts: {contracts}", "prosociality: common to all, to be found"]
    players = map(label_text, setting.environment.players)
    listed = ", ".join(f"{player}: {level}" for player, level in zip(players, levels, strict=True))
    return [f"contracts: {contracts}", f"prosociality: {listed}"]


def _part(heading: str, terms: Iterable[str]) -> Part:
    return Part(heading, tuple(("", term) for term in terms))


def _members(labels: Sequence[str], groups: Sequence[int], group: int) -> str:
    members = [label for label, number in zip(labels, groups, strict=True) if number == group]
    return ", ".join(map(label_text, members))
