"""Conditions of play: contract regimes and dispositions.

A *condition* is a contract regime with a disposition. It turns an environment into the game that
theory expects to be played.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgap.proofs.deciding import decide
from coopgap.proofs.questions.obligations import BestSelection, Reached, Setting, Value
from coopgap.theory.contracts import (
    DirectiveContract,
    Directives,
    TransferContract,
    Transfers,
    with_transfers,
)
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import IntArray, parse_number
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.nearest import suggestion
from coopgap.theory.preferences import prosocial_payoffs
from coopgap.theory.specification import NamedLanguage, Specification

AnyContract = TransferContract | DirectiveContract

MAX_LEVEL = 40
"""The longest level of λ, in characters: it is a part of conditions' names."""

KINDS = ("none", "announced", "enforced", "negotiated", "mechanism")

PAYING = ("negotiated", "mechanism")
"""Those that are about payments only."""


@dataclass(frozen=True)
class Regime:
    """Whether agents play under a contract, and which.

    kind: none, announced (agents are told of it, it changes no payoff), enforced, negotiated (what
    agents agree on is enforced), or mechanism (the same of any mechanism: messages and a mediator
    too; it is predicted and not played). language: a listed language, None without a contract.
    """

    kind: str
    language: str | None = None

    def __str__(self) -> str:
        return self.kind if self.language is None else f"{self.kind}:{self.language}"


@dataclass(frozen=True)
class Disposition:
    """What agents are asked to want.

    kind: base (told nothing), selfish, prosocial at ``level`` λ, or altruistic (λ → ∞).
    """

    kind: str
    level: Fraction | None = None

    def __str__(self) -> str:
        return self.kind if self.level is None else f"{self.kind}:{self.level}"


@dataclass(frozen=True)
class Condition:
    """A regime with a disposition."""

    regime: Regime
    disposition: Disposition

    def __str__(self) -> str:
        return f"{self.regime}/{self.disposition}"


def regime(text: str, languages: Sequence[NamedLanguage]) -> Regime:
    """Reads ``none``, or ``announced:``, ``enforced:``, ``negotiated:`` or ``mechanism:LANGUAGE``.

    A sole language need not be named. Raises InputError, its field being ``--regime``.
    """
    kind, _, name = text.partition(":")
    with inside("--regime"):
        if kind not in KINDS or (kind == "none" and name):
            raise InputError(f"{text!r} is no regime", fix=suggestion(kind, KINDS))
        if kind == "none":
            return Regime("none")
        names = [
            each.name
            for each in languages
            if kind not in PAYING or isinstance(each.contracts, Transfers) or each.name == name
        ]
        if not name and len(names) == 1:
            name = names[0]
        if not name:
            raise InputError(
                f"{text!r} lacks a language",
                fix=f"write {kind}:LANGUAGE; {suggestion('', names)}",
            )
        if name not in names:
            raise InputError(f"there is no language {name!r}", fix=suggestion(name, names))
        named = languages[names.index(name)]
        if kind in PAYING and not isinstance(named.contracts, Transfers):
            only = "only payments are negotiated" if kind == "negotiated" else "mechanisms pay"
            raise InputError(
                f"the contracts of {name!r} are directives; {only}",
                fix="name a language whose contracts are transfers",
            )
        return Regime(kind, name)


def require_playable(conditions: Sequence[Condition]) -> None:
    """Raises InputError for a regime that is predicted only, its field being ``--regime``."""
    for each in conditions:
        if each.regime.kind == "mechanism":
            raise InputError(
                f"{str(each.regime)!r} is predicted and not played: a mechanism may be anything",
                fix="write negotiated:LANGUAGE, or use predict",
                field="--regime",
            )


def disposition(text: str) -> Disposition:
    """Reads ``base``, ``selfish``, ``altruistic`` or ``prosocial:λ``.

    Raises InputError, its field being ``--disposition``.
    """
    kind, _, level = text.partition(":")
    with inside("--disposition"):
        if kind == "prosocial" and level:
            value = parse_number(level)
            if value < 0:
                raise InputError(f"{level} is negative", fix="λ is at least 0")
            if len(str(value)) > MAX_LEVEL:
                raise InputError(
                    f"the level {level if len(level) <= MAX_LEVEL else level[:20] + '…'} has "
                    f"{len(str(value))} characters",
                    fix=f"λ has at most {MAX_LEVEL}; altruistic is λ without bound",
                )
            return Disposition(kind, value)
        if kind not in ("base", "selfish", "altruistic") or level:
            kinds = ("base", "selfish", "prosocial:2", "altruistic")
            raise InputError(f"{text!r} is no disposition", fix=suggestion(text, kinds))
        return Disposition(kind)


def best_contract(specification: Specification, language: str) -> AnyContract | None:
    """The contract of a listed language with the best pure equilibrium of selfish agents.

    None if no contract implements anything, or none was found.
    """
    named = next(each for each in specification.languages if each.name == language)
    setting = Setting(specification.environment, named.language, named.contracts)
    found = decide.ask(Value(setting, setting.selfish))
    if not isinstance(found, BestSelection) or found.best is None:
        return None
    if isinstance(named.contracts, Directives):
        assert isinstance(named.language, ProductLanguage)
        return _directive(named.language, found.best)
    return TransferContract(named.language, found.best.contract.amounts())


def _directive(language: ProductLanguage, best: Reached) -> DirectiveContract:
    """The directive that allows in each cell the classes that the selection uses there."""
    allowed: dict[int, list[set[int]]] = {}
    for state, profile in best.selection.items():
        of_cell = allowed.setdefault(language.cells[state], [set() for _ in profile])
        for agent, action in enumerate(profile):
            of_cell[agent].add(language.classes[agent][action])
    return DirectiveContract(
        language, {cell: tuple(map(frozenset, sets)) for cell, sets in allowed.items()}
    )


@dataclass(frozen=True, eq=False)
class Faced:
    """The game that agents face in one state.

    payoffs: integers of shape (agents, allowed actions…), each agent in its own unit. allowed: the
    indices of the allowed actions, by agent.
    """

    payoffs: IntArray
    allowed: tuple[tuple[int, ...], ...]

    def seen(self, values: IntArray) -> IntArray:
        """An array over all actions, restricted to the allowed ones."""
        return np.asarray(values[np.ix_(*self.allowed)])


def material(environment: Environment, contract: AnyContract | None) -> Environment:
    """The environment with the transfers of an enforced contract paid."""
    if isinstance(contract, TransferContract):
        return with_transfers(environment, contract)
    return environment


def allowed_actions(
    environment: Environment, contract: AnyContract | None, state: int
) -> tuple[tuple[int, ...], ...]:
    """For each agent the actions that an enforced contract leaves it in the state."""
    return tuple(
        tuple(
            action
            for action in range(count)
            if not isinstance(contract, DirectiveContract) or contract.permits(state, agent, action)
        )
        for agent, count in enumerate(environment.shape)
    )


def faced(
    environment: Environment, contract: AnyContract | None, wanted: Disposition, state: int
) -> Faced:
    """The game of a state under an enforced contract (None: none) for agents who want u + t + λW.

    W counts material payoffs, not transfers.
    """
    paid = material(environment, contract)
    if wanted.kind == "altruistic":
        payoffs = np.stack([environment.welfare] * len(environment.players))
    else:
        level = wanted.level or Fraction(0)
        levels = (level,) * len(environment.players)
        # Transfers move money, not welfare: λW is added to what the raw game makes of it.
        social, unit = prosocial_payoffs(environment, levels)
        gained = social.astype(object) * paid.denominator * environment.denominator
        raw = environment.payoffs.astype(object) * unit * paid.denominator
        money = paid.payoffs.astype(object) * unit * environment.denominator
        payoffs = gained - raw + money
    allowed = allowed_actions(environment, contract, state)
    own = np.stack([each[state][np.ix_(*allowed)] for each in payoffs])
    return Faced(own, allowed)
