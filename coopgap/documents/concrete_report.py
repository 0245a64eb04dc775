"""``concrete-report``: what ``coopgap check --json`` prints of one game."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from coopgap.documents.base import NonEmptyList, NonEmptyTable, Part
from coopgap.documents.shared import (
    Between,
    Certificates,
    ContractClass,
    Decided,
    DecidedClaim,
    Exact,
    Extended,
    Level,
    ObstructionKind,
    ProfilesByState,
    Quantity,
    Selection,
    Unknown,
    WeightedDeviation,
)

Strategies = dict[str, dict[str, str]]
"""By player and cell, which is named by its states, joined with `|`: an action."""


class FirstBest(Part):
    """The greatest expected welfare, and the profiles that attain it."""

    welfare: Exact
    """The greatest expected welfare W*, in utils."""
    profiles: ProfilesByState
    """By state, the profiles that attain it."""


class PooledBest(Part):
    """The first best of players who do not see the state but tell each other what they see."""

    welfare: Exact
    """The greatest expected welfare W*, in utils."""
    profiles: ProfilesByState
    """By the states that they cannot tell apart together, joined by `|`, the profiles that attain
    it."""
    team: Exact | Unknown
    """The greatest expected welfare without communication, in utils."""


class SelfishPlay(Part):
    """The equilibria at λ = 0 without a contract."""

    welfare: Exact | Unknown | None
    """The best expected welfare of pure equilibria, in utils; `null` if a state has none."""
    nash: ProfilesByState | list[Strategies] | Unknown
    """By state, the pure equilibria; with `[information]` those in strategies (claims `nash`,
    `unique-nash`)."""
    mixed: NonEmptyTable[list[NonEmptyTable[NonEmptyTable[Exact]]]] | Unknown
    """By state, mixed equilibria, pure ones among them: by player, the probabilities (pure numbers)
    of the actions in use; all extreme ones unless `mixed_others` says otherwise."""
    mixed_others: str | None
    """Why there may be other mixed equilibria than mixtures of those listed; `null` if there are
    none."""
    certificates: Certificates
    """By state, the certificate that the mixed equilibria listed are equilibria."""
    worst: Exact | Unknown | None
    """The worst expected welfare of pure equilibria, in utils; `null` if a state has none."""


class Record(Part):
    """What a contract pays at one record."""

    record: str
    """What is verified, in words."""
    transfers: NonEmptyTable[Exact]
    """By player, the transfer in utils."""


class Directive(Part):
    """What a directive allows in one cell of states."""

    states: list[str]
    """The states of the cell."""
    allowed: dict[str, list[str]]
    """By player, the actions that are allowed."""


class Deviation(WeightedDeviation):
    """One weighted incentive constraint of an obstruction, with what the deviation gains."""

    gain: Exact
    """What the deviation gains without a contract, in utils of u + λW."""
    weight: PositiveInt
    """How often the constraint is counted, a pure number."""


class Obstruction(Part):
    """Why nothing better than the value is implementable."""

    kind: ObstructionKind
    """Which constraints cannot hold together; `farkas` is any combination."""
    words: str
    """The obstruction in words."""
    deviations: NonEmptyList[Deviation]
    """Its constraints, which cannot hold together."""
    count: NonNegativeInt
    """How many obstructions were needed to exclude every better selection."""


class AtLevel(Part):
    """What a language reaches at one level."""

    lambda_: Level
    """The level of λ, a pure number."""
    value: Quantity | Between
    """V(λ, L), in utils."""
    gap: Quantity | Between
    """Δ(λ, L), in utils (claim `closes`)."""


class Lottery(Part):
    """One recommendation of a mechanism after some reports."""

    reports: NonEmptyTable[str]
    """By player, the states between which it says that it cannot tell, joined by `|`."""
    profile: list[str]
    """The profile that is recommended, to each player its own action."""
    probability: Exact
    """How likely this recommendation is after these reports, a pure number."""
    transfers: list[Record]
    """What is paid after it, by record."""


class Loss(Part):
    """A part of the gap that every mechanism leaves."""

    cause: Literal["information", "actions", "participation", "liability"]
    """What it is due to: private information, actions that no court sees, the right to refuse, or
    the bound on fines."""
    loss: Exact
    """How much it is, in utils."""


class Mechanism(Part):
    """What mechanisms reach: messages, a mediator and transfers."""

    value: Quantity | Between
    """The supremum of the expected welfare of mechanisms and their equilibria, in utils; `-inf` if
    none makes everybody take part."""
    bound: Quantity
    """What the linear programme of all mechanisms allows at most, in utils."""
    gap: Quantity | Between
    """W* less the value, in utils (claims `mechanism-gap-positive`, `mechanism-gap-zero`,
    `mechanism-gap-at-least`, `mechanism-gap-at-most`)."""
    attained: bool | None
    """Whether some mechanism reaches the value; `null` if undecided, or if there is none."""
    method: Literal["programme", "state-by-state"]
    """How it was decided: by the linear programme of all mechanisms, or state by state, since all
    see the state and nothing bounds fines or lets players refuse (T11)."""
    lotteries: list[Lottery] | None
    """A mechanism that reaches the value or, where it is not attained, is approached by others;
    after reports that are true in some state."""
    prosocial: list[AtLevel]
    """What mechanisms reach at the spec's levels of λ."""
    losses: list[Loss] | Unknown | None
    """What the gap is due to, from the first best down; `null` where there is no mechanism."""
    restored: Quantity | None
    """What messages and a mediator reach beyond contracts without them, in utils; `null` where
    players may refuse, of which such contracts do not know."""
    certificates: Certificates
    """The certificates of the values (also of those without a rule that causes a loss), of the
    bound, and of whether the value is attained."""


class Language(Part):
    """What one language can reach."""

    name: str
    """The language's name."""
    contracts: ContractClass
    """Its class of contracts."""
    value: Quantity | Between
    """The greatest expected welfare of a contract's pure equilibria, in utils; `-inf` if nothing is
    implementable."""
    gap: Quantity | Between
    """W* less the value, in utils (claims `gap-positive`, `gap-zero`, `gap-at-least`,
    `gap-at-most`)."""
    correlated_gap: Exact | Between | Unknown | None
    """The gap of correlated equilibria, in utils, exactly or between bounds; `null` for directives
    (claim `correlated-gap-positive`)."""
    correlated_bound: Exact | Unknown | None
    """The gap that every correlated equilibrium leaves at least, in utils; `null` for directives
    (claim `correlated-gap-positive`)."""
    directive_gap: Exact | Unknown | None
    """The gap of complete directives, in utils; `null` unless this is a state language."""
    incontractible_cells: list[list[str]] | Unknown | None
    """The cells of states without a common first-best profile; `null` unless this is a state
    language (claim `incontractible`)."""
    selection: Selection | Unknown | None
    """By state, the profile that an optimal contract implements; `null` if there is none."""
    contract: list[Record] | Unknown | None
    """The transfers that implement the selection; `null` for directives, or if there is no
    selection."""
    directive: list[Directive] | Unknown | None
    """The directive that implements the selection; `null` for transfers, or if there is no
    selection."""
    obstruction: Obstruction | Unknown | None
    """Why nothing better is implementable; `null` if the gap is 0, and for directives, which have
    none."""
    mechanism: Mechanism | Unknown | None
    """What mechanisms of its class reach, if it was asked for; `null` for directives."""
    prosocial_threshold: Quantity | Between
    """The least common λ at which a contract implements a first-best selection, a pure number
    (claim `threshold-at-most`)."""
    prosocial: list[AtLevel]
    """What the language reaches at the spec's levels of λ."""
    certificates: Certificates
    """The certificates of its quantities."""
    worst: Exact | Unknown | None
    """The expected welfare of the worst pure equilibria that the contract listed leaves, in utils;
    `null` if nothing is implementable; the value is that of the best ones."""
    worst_gap: Exact | Unknown | None
    """W* less `worst`, in utils."""


class AgentThresholds(Part):
    """The levels at which one first-best selection is an equilibrium without a contract."""

    selection: Selection
    """By state, the profile."""
    lambda_: NonEmptyTable[Extended]
    """By player, the least λ, a pure number."""


class Prosocial(Part):
    """Play without a contract at one level."""

    lambda_: Level
    """The level of λ, a pure number."""
    welfare: Exact | Unknown | None
    """The best expected welfare of pure equilibria, in utils; `null` if a state has none."""
    nash: ProfilesByState | list[Strategies] | Unknown
    """By state, the pure equilibria; with `[information]` those in strategies."""
    worst: Exact | Unknown | None
    """The worst expected welfare of pure equilibria, in utils; `null` if a state has none."""


class Benefit(Part):
    """Who gains from the first best over selfish pure play."""

    plain: bool | Unknown | None
    """Whether each agent gains as it is; `null` if no selfish outcome has smaller welfare (claim
    `beneficial`)."""
    side_payments: bool | Unknown | None
    """Whether each gains with side payments that may depend on the outcome; `null` as above (claim
    `beneficial-with-side-payments`)."""
    one_payment: bool | Unknown | None
    """Whether each gains with one payment for all outcomes; `null` as above."""


class Claim(DecidedClaim):
    """One claim about a game, decided."""

    seconds: NonNegativeFloat
    """How long it took, in seconds."""
    lambda_: Level | None
    """The level of λ that it names, a pure number; `null` if it names none."""


class NoParameters(Part):
    """A concrete game has no parameters."""

    names: Annotated[list[str], Field(max_length=0)]
    """None."""
    assume: Annotated[list[str], Field(max_length=0)]
    """None."""


class ConcreteReport(Decided, title="Report on a game"):
    """What `coopgap check --json` prints of one game."""

    schema_: Literal["coopgap.report/1"]
    """The name and version of this document."""
    first_best: FirstBest | PooledBest
    """The first best, with `[information]` that of players who pool what they see."""
    selfish: SelfishPlay
    """Selfish play without a contract."""
    languages: list[Language]
    """What each language can reach, in the order of the spec."""
    prosocial_threshold: Quantity | Between
    """The least common λ at which a first-best selection is an equilibrium without a contract, a
    pure number (claim `threshold-at-most`)."""
    agent_thresholds: list[AgentThresholds] | Unknown
    """The least λ of each player, for each first-best selection."""
    domination_threshold: Quantity | None
    """The λ above which cooperative actions dominate all others, a pure number; `null` if none are
    listed (claim `all-cooperative`)."""
    prosocial: list[Prosocial]
    """Play without a contract at the spec's levels of λ."""
    benefit: Benefit
    """Who gains from the first best."""
    claims: list[Claim]
    """The spec's claims, or else the instances of theorems that apply."""
    certificates: Certificates
    """The certificates of quantities that belong to no language."""
    parameters: NoParameters
    """None."""
