"""What contracts without messages implement among agents who do not all see the state.

A strategy has an action for each *type* of an agent, a cell that it may see; incentives hold in
expectation over the cell (theory.md §1, Information).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from coopgap.proofs.questions.obligations import Levels, Setting, problem
from coopgap.proofs.trusted.problems import Contracts, Mechanism, Problem
from coopgap.theory.contracts import Directives, NoContract, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import Extended
from coopgap.theory.information import Information
from coopgap.theory.languages import Language, ProductLanguage

Type = tuple[int, int]
"""An agent and the number of a cell."""

Strategies = tuple[int, ...]
"""An action for each type, in order."""

Amounts = Mapping[tuple[int, int], Fraction]
"""Transfers in utils by record and agent; others are 0."""


@dataclass(frozen=True)
class PrivateSetting:
    """Agents with what they see, a language and contracts; without these they play alone."""

    environment: Environment
    information: Information
    language: Language | None = None
    contracts: Transfers | Directives | None = None

    @cached_property
    def types(self) -> dict[Type, tuple[int, ...]]:
        """The types with their states of positive probability, by agent and cell in order."""
        return self.information.types(self.environment.support)

    def played(self, chosen: Mapping[Type, int], state: int) -> tuple[int, ...]:
        """The profile of a state."""
        return tuple(chosen[agent, own[state]] for agent, own in enumerate(self.information.cells))

    def problem(self, levels: Levels | None) -> Problem:
        """The plain data, in the form of certificates; ``levels`` None: no λ is fixed."""
        contracts = self.contracts or NoContract()
        plain = problem(Setting(self.environment, self.language, contracts), levels)
        kinds = plain.contracts
        if not isinstance(contracts, Directives):
            kinds = Contracts("interim", kinds.budget, kinds.liability)
        return replace(plain, contracts=kinds, mechanism=Mechanism(self.information.cells, None))

    @property
    def verified(self) -> tuple[Sequence[int], Sequence[Sequence[int]]]:
        """The cell of each state and the classes of each agent's actions, under directives."""
        assert isinstance(self.language, ProductLanguage)
        return self.language.cells, self.language.classes


def private_setting(setting: Setting, information: Information) -> PrivateSetting:
    """The setting of agents who see what they see; nobody may refuse what takes no reports."""
    contracts = setting.contracts
    if isinstance(contracts, NoContract):
        return PrivateSetting(setting.environment, information)
    if isinstance(contracts, Transfers):
        contracts = replace(contracts, participation=None)
    return PrivateSetting(setting.environment, information, setting.language, contracts)


@dataclass(frozen=True)
class Excluded:
    """Deviations of types, with positive weights, that no contract deters all at once.

    part: the actions of the types that they involve. No deviations: a complete directive would
    have to allow an agent two classes.
    """

    part: Mapping[Type, int]
    deviations: Mapping[tuple[int, int, int], int]


@dataclass(frozen=True)
class BestStrategies:
    """The best strategies that contracts make an equilibrium, and why there are no better ones.

    welfare: in utils, −∞ if there are none. amounts: the transfers.
    """

    welfare: Extended
    strategies: Strategies | None
    amounts: Amounts
    excluded: tuple[Excluded, ...]


@dataclass(frozen=True)
class LeastLevel:
    """The least common λ at which strategies of the pooled first best are an equilibrium.

    best: the best strategies of less welfare, None if all are first best.
    """

    level: Extended
    strategies: Strategies | None
    amounts: Amounts
    excluded: tuple[Excluded, ...]
    best: Strategies | None


StrategyDeviation = tuple[int, Strategies, int, int]
"""An agent, the strategy that it is told, its cell, and another action there."""


@dataclass(frozen=True)
class CorrelatedStrategies:
    """Why no correlated play of selfish agents has more welfare under any contract.

    bound: in utils. multipliers: positive weights of what was told, pure numbers. drawn: the
    probabilities of strategies that would attain it. amounts: transfers that make it obeyed, None
    if there are none.
    """

    bound: Fraction
    multipliers: Mapping[StrategyDeviation, Fraction]
    drawn: Mapping[Strategies, Fraction]
    amounts: Amounts | None
