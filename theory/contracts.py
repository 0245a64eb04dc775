"""Contract classes and concrete contracts (theory.md §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import numpy as np

from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import common_denominator, integer_array, widened
from coopgap.theory.languages import Language, ProductLanguage, own_records


class Budget(StrEnum):
    """The rule that Σ_i t_i(y) obeys at every record y."""

    BALANCED = "balanced"  # = 0
    BURNT = "burnt"  # ≤ 0: waste allowed, no outside money
    FREE = "free"  # no rule


@dataclass(frozen=True)
class Transfers:
    """The class of transfer contracts.

    ``liability`` is B ≥ 0 in utils in the bound t_i(y) ≥ −B on fines, or None without such a bound.
    ``participation``: the outside option of each agent, in utils, or None where nobody may refuse;
    it binds mechanisms only.
    """

    budget: Budget = Budget.BALANCED
    liability: Fraction | None = None
    participation: tuple[Fraction, ...] | None = None

    def __post_init__(self) -> None:
        if self.liability is not None and self.liability < 0:
            raise InputError(
                f"the liability bound {self.liability} is negative",
                fix="give a number ≥ 0",
                field="liability",
            )


@dataclass(frozen=True)
class Directives:
    """The class of directive contracts: complete ones, or permissive ones."""

    permissive: bool = False


@dataclass(frozen=True)
class NoContract:
    """The class whose only contract leaves the game unchanged."""


ContractClass = Transfers | Directives | NoContract


@dataclass(frozen=True)
class TransferContract:
    """A transfer contract t: Y → ℝ^N.

    ``transfers`` maps a record to one amount in utils per agent; a record that it does not list
    pays nothing.
    """

    language: Language
    transfers: Mapping[int, tuple[Fraction, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class DirectiveContract:
    """For each cell of states, for each agent, the action classes that it allows."""

    language: ProductLanguage
    allowed: Mapping[int, tuple[frozenset[int], ...]]

    def permits(self, state: int, agent: int, action: int) -> bool:
        """Whether the agent may take the action in the state."""
        classes = self.allowed[self.language.cells[state]][agent]
        return self.language.classes[agent][action] in classes


def breach(contract: TransferContract, rules: Transfers) -> tuple[int, str] | None:
    """The first record at which a contract breaks the rules of its class, and how; None if at none.

    Amounts are compared exactly.
    """
    for record, amounts in sorted(contract.transfers.items()):
        total = sum(amounts, Fraction(0))
        if rules.budget is Budget.BALANCED and total != 0:
            return record, f"payments sum to {total}, not to 0"
        if rules.budget is Budget.BURNT and total > 0:
            return record, f"payments sum to {total}, which is outside money"
        if rules.liability is not None and min(amounts) < -rules.liability:
            return record, f"a fine of {-min(amounts)} is above the liability of {rules.liability}"
    return None


def with_transfers(environment: Environment, contract: TransferContract) -> Environment:
    """The environment that agents face under the contract: payoffs u_i + t_i(ρ(ω, a))."""
    table = own_records(contract.language, environment)
    amounts = [amount for row in contract.transfers.values() for amount in row]
    scale = common_denominator([*amounts, Fraction(1, environment.denominator)])
    factor = scale // environment.denominator
    payoffs = widened(environment.payoffs, factor) * factor
    agents, records = len(environment.players), list(contract.transfers)
    paid = integer_array([int(amount * scale) for amount in amounts], (len(records), agents))
    of_record = np.zeros((contract.language.record_count, agents), dtype=paid.dtype)
    of_record[records] = paid
    # Both are below a bound whose double fits.
    payoffs = payoffs + np.moveaxis(of_record[table], -1, 0)
    return Environment(
        environment.players,
        environment.actions,
        environment.states,
        environment.prior,
        integer_array(payoffs.ravel().tolist(), payoffs.shape),
        scale,
        environment.cooperative,
    )
