"""The question what mechanisms reach (theory.md T10), and its answer.

Agents report the cell of the state that they see, hear a recommendation and act. By the revelation
principle (Myerson 1982) reports are honest and recommendations obeyed. ``Drawn`` is a profile of
reports with a profile that is recommended after it; μ is its probability, and its payments are
T = μ · t.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from coopgap.proofs.questions.obligations import Levels, Setting, Unanswered, problem
from coopgap.proofs.trusted.problems import Contracts, Mechanism, Problem
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import Extended
from coopgap.theory.information import Information
from coopgap.theory.json_values import JsonObject
from coopgap.theory.languages import Language

Reports = tuple[int, ...]
"""For each agent the number of the cell that it reports."""

Drawn = tuple[Reports, int]
"""Reports, and the flat index of the recommended profile, the last agent's action fastest."""

Move = tuple[int, int, int, int, int]
"""Agent, the cell that it sees, its report, the action recommended, and the action taken."""


@dataclass(frozen=True)
class Society:
    """What mechanisms are about: agents with what they see, a language, a class and λ."""

    environment: Environment
    information: Information
    language: Language
    contracts: Transfers
    levels: Levels

    @cached_property
    def types(self) -> tuple[Mapping[int, Sequence[int]], ...]:
        """For each agent the states of positive probability by cell."""
        agents = range(len(self.environment.players))
        return tuple(self.information.types_of(agent, self.environment) for agent in agents)

    def truth(self, state: int) -> Reports:
        """The honest reports in a state."""
        return self.information.joined[state]

    def with_report(self, state: int, agent: int, report: int) -> Reports:
        """The reports in a state if all are honest but perhaps one agent."""
        reports = list(self.truth(state))
        reports[agent] = report
        return tuple(reports)

    @cached_property
    def reports(self) -> tuple[Reports, ...]:
        """Those that are true in some state, or differ from such ones in one agent's report."""
        return tuple(
            dict.fromkeys(
                self.with_report(state, agent, report)
                for state in self.environment.support
                for agent, types in enumerate(self.types)
                for report in types
            )
        )

    def problem(self) -> Problem:
        """The plain data of the question, in the form of certificates."""
        plain = problem(Setting(self.environment, self.language, self.contracts), self.levels)
        options = self.contracts.participation
        pairs = None if options is None else tuple(option.as_integer_ratio() for option in options)
        kinds = plain.contracts
        return replace(
            plain,
            contracts=Contracts("mechanism", kinds.budget, kinds.liability),
            mechanism=Mechanism(self.information.cells, pairs),
        )


@dataclass(frozen=True)
class Point:
    """Probabilities μ of draws, and payments T to each agent in utils by draw and record."""

    draws: Mapping[Drawn, Fraction]
    payments: Mapping[tuple[Drawn, int], tuple[Fraction, ...]]

    @property
    def is_mechanism(self) -> bool:
        """Whether payments vanish where nothing is drawn."""
        return all(self.draws.get(drawn) for drawn, _ in self.payments)


@dataclass(frozen=True)
class Step:
    """Multipliers on rows of honesty, obedience and participation, and on a welfare floor.

    aim: draws whose probability is thereby 0; or ``welfare``, which is thereby bounded; or
    ``nothing``, since there is no point at all. incentives: a false report's multipliers have the
    same sum over actions taken for each recommendation.
    """

    aim: frozenset[Drawn] | str
    incentives: Mapping[Move, Fraction]
    participation: Mapping[tuple[int, int], Fraction]
    floor: Fraction = Fraction(0)


@dataclass(frozen=True)
class MechanismBounds(Unanswered):
    """No exact answer in time: U by ``bounding``, and the welfare of a mechanism, if one is known.

    Both in utils; worth: −∞ without a mechanism.
    """

    bound: Fraction
    bounding: tuple[Step, ...]
    worth: Extended
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Mechanisms:
    """What mechanisms reach, in utils.

    bound: U, the value of the programme, shown by ``bounding``; −∞ if no mechanism satisfies its
    rules. value: V, which no mechanism exceeds by ``limiting`` and which ``points`` reach: a
    mechanism, or a point that mechanisms approach by mixing it with the second one. attained: None
    if it is not known; unattained: why it is not. by_state: whether T11 was used, by which each
    state is a problem of its own.
    """

    bound: Extended
    bounding: tuple[Step, ...]
    value: Extended
    limiting: tuple[Step, ...]
    points: tuple[Point, ...] = ()
    attained: bool | None = None
    unattained: tuple[Step, ...] = ()
    by_state: bool = False


@dataclass(frozen=True)
class Lifted:
    """Parts of a witness whose numbers are polynomials.

    reached: a mechanism, None if there is none. bound: why there is no better one.
    """

    reached: JsonObject | None
    bound: JsonObject
