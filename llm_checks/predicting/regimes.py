"""Conditions of play: contract regimes and dispositions.

A *condition* is a contract regime with a disposition. It turns an environment into the game that
theory expects to be played.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.play import prescribed
from coopgap.proofs.questions.obligations import BestSelection, Setting, Value
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

    kind: base (told nothing), selfish, prosocial at ``level`` λ, altruistic (λ → ∞), or mixed:
    ``roles`` then says of every player what it is asked to want.
    """

    kind: str
    level: Fraction | None = None
    roles: tuple[tuple[str, Disposition], ...] = ()

    def __str__(self) -> str:
        if self.roles:
            return ",".join(f"{player}={disposition}" for player, disposition in self.roles)
        return self.kind if self.level is None else f"{self.kind}:{self.level}"

    def of(self, player: str) -> Disposition:
        """What this player is asked to want."""
        return dict(self.roles).get(player, self)

    def levels(self, players: Sequence[str]) -> tuple[Fraction, ...] | None:
        """Every player's λ; None if one is altruistic, which is no level."""
        own = [self.of(player) for player in players]
        if any(disposition.kind == "altruistic" for disposition in own):
            return None
        return tuple(disposition.level or Fraction(0) for disposition in own)

    @property
    def known(self) -> bool:
        """Whether every agent's λ is known."""
        return all(own.kind != "base" for own in (self, *dict(self.roles).values()))

    @property
    def is_prosocial(self) -> bool:
        """Whether λ is above 0, of all agents."""
        return self.kind == "altruistic" or bool(self.level)


@dataclass(frozen=True)
class Condition:
    """A regime with a disposition."""

    regime: Regime
    disposition: Disposition

    def __str__(self) -> str:
        return f"{self.regime}/{self.disposition}"


def ordering_claim(higher: Condition, lower: Condition) -> str | None:
    """The claim of theory.md §5 by which the first best is likelier in ``higher``, if any.

    Whether it holds is for the bounds of the two to say.
    """
    if lower.disposition != Disposition("selfish"):
        return None
    kinds = higher.regime.kind, lower.regime.kind
    if higher.disposition == lower.disposition:
        claims = {("enforced", "none"): "specificity", ("enforced", "enforced"): "irreducibility"}
        return claims.get(kinds)
    if higher.disposition.kind in ("prosocial", "altruistic") and higher.regime == lower.regime:
        return {"none": "realisability", "enforced": "persistence"}.get(higher.regime.kind)
    return None


def read_regime(text: str, languages: Sequence[NamedLanguage]) -> Regime:
    """Reads ``none``, or ``announced:``, ``enforced:``, ``negotiated:`` or ``mechanism:LANGUAGE``.

    A sole language need not be named. Raises InputError, its field being ``--regime``.
    """
    kind, _, name = text.partition(":")
    of_transfers = [named.name for named in languages if isinstance(named.contracts, Transfers)]
    names = [named.name for named in languages]
    if kind in PAYING and name in names and name not in of_transfers:
        only = "only payments are negotiated" if kind == "negotiated" else "mechanisms pay"
        raise InputError(
            f"the contracts of {name!r} are directives; {only}",
            fix="name a language whose contracts are transfers",
            field="--regime",
        )
    return named_regime(text, KINDS, of_transfers if kind in PAYING else names)


def named_regime(text: str, kinds: Sequence[str], names: Sequence[str]) -> Regime:
    """Reads a regime of one of the kinds, with one of the languages unless it is ``none``.

    A sole language need not be named. Raises InputError, its field being ``--regime``.
    """
    kind, _, name = text.partition(":")
    with inside("--regime"):
        if kind not in kinds or (kind == "none" and name):
            raise InputError(f"{text!r} is no regime", fix=suggestion(kind, kinds))
        if kind == "none":
            return Regime("none")
        if not name and len(names) == 1:
            name = names[0]
        if not name:
            raise InputError(
                f"{text!r} lacks a language",
                fix=f"write {kind}:LANGUAGE; {suggestion('', names)}",
            )
        if name not in names:
            raise InputError(f"there is no language {name!r}", fix=suggestion(name, names))
        return Regime(kind, name)


def require_playable(conditions: Sequence[Condition]) -> None:
    """Raises InputError for a regime that is predicted only, its field being ``--regime``."""
    for condition in conditions:
        if condition.regime.kind == "mechanism":
            raise InputError(
                f"'{condition.regime}' is predicted and not played: a mechanism may be anything",
                fix="write negotiated:LANGUAGE, or use predict",
                field="--regime",
            )


def read_disposition(text: str, players: Sequence[str] = ()) -> Disposition:
    """Reads ``base``, ``selfish``, ``altruistic``, ``prosocial:λ`` or ``PLAYER=…,PLAYER=…``.

    players: those who may have dispositions of their own. Raises InputError, its field being
    ``--disposition``.
    """
    with inside("--disposition"):
        if "=" not in text:
            return _of_all(text)
        texts = by_role(text, players)
        roles = tuple((player, _of_all(texts[player])) for player in players)
        alike = len({disposition for _, disposition in roles}) == 1
        return roles[0][1] if alike else Disposition("mixed", roles=roles)


def by_role(text: str, players: Sequence[str]) -> dict[str, str]:
    """Reads ``PLAYER=…,PLAYER=…``, each player once. Raises InputError."""
    by_player: dict[str, str] = {}
    fix = f"write {','.join(f'{player}=…' for player in players)}"
    for part in re.split(rf",\s*(?=(?:{'|'.join(map(re.escape, players))})=)", text):
        player, _, value = part.strip().partition("=")
        if player not in players or player in by_player:
            problem = "is named twice" if player in by_player else "is no player"
            raise InputError(f"{player!r} {problem}", fix=fix)
        by_player[player] = value.strip()
    if missing := [player for player in players if player not in by_player]:
        raise InputError(f"{missing[0]!r} is left out of {text!r}", fix=fix)
    return by_player


def _of_all(text: str) -> Disposition:
    kind, _, level = text.partition(":")
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
    named = specification.named(language)
    setting = Setting(specification.environment, named.language, named.contracts)
    answer = decide.ask(Value(setting, setting.selfish))
    if not isinstance(answer, BestSelection) or answer.best is None:
        return None
    if isinstance(named.contracts, Directives):
        assert isinstance(named.language, ProductLanguage)
        return prescribed(named.language, answer.best)
    return TransferContract(named.language, answer.best.contract.amounts())


@dataclass(frozen=True, eq=False)
class Faced:
    """The game that agents face in one state.

    payoffs: integers of shape (agents, allowed actions…), each agent in its own unit. allowed: the
    indices of the allowed actions, by agent.
    """

    payoffs: IntArray
    allowed: tuple[tuple[int, ...], ...]

    def restricted(self, values: IntArray) -> IntArray:
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
    environment: Environment, contract: AnyContract | None, disposition: Disposition, state: int
) -> Faced:
    """The game of a state under an enforced contract (None: none) for agents who want u + t + λW.

    W counts material payoffs, not transfers.
    """
    enforced = material(environment, contract)
    dispositions = [disposition.of(player) for player in environment.players]
    # Transfers move money, not welfare: λW is added to what the raw game makes of it.
    levels = [own.level or Fraction(0) for own in dispositions]
    social, unit = prosocial_payoffs(environment, levels)
    gained = social.astype(object) * enforced.denominator * environment.denominator
    raw = environment.payoffs.astype(object) * unit * enforced.denominator
    money = enforced.payoffs.astype(object) * unit * environment.denominator
    payoffs = gained - raw + money
    for agent, own in enumerate(dispositions):
        if own.kind == "altruistic":
            payoffs[agent] = environment.welfare
    allowed = allowed_actions(environment, contract, state)
    restricted = np.stack([of_agent[state][np.ix_(*allowed)] for of_agent in payoffs])
    return Faced(restricted, allowed)
