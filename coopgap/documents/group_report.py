"""``group-report``: what ``coopgap check --json`` prints of groups of identical agents."""

from __future__ import annotations

from typing import Literal

from pydantic import NonNegativeInt, PositiveInt

from coopgap.documents.base import NonEmptyList, NonEmptyTable, Part
from coopgap.documents.concrete_report import AtLevel, Claim, NoParameters
from coopgap.documents.shared import (
    Between,
    Certificates,
    ContractClass,
    Decided,
    Exact,
    Level,
    Quantity,
    Unknown,
)

Play = NonEmptyTable[NonEmptyTable[PositiveInt]]
PlaysByState = NonEmptyTable[list[Play] | Unknown]
TotalsByState = NonEmptyTable[list[NonEmptyTable[Exact]] | Unknown]


class Group(Part):
    """Identical agents."""

    size: PositiveInt
    """How many there are."""
    actions: NonEmptyList[str]
    """The labels of their actions."""


class GroupFirstBest(Part):
    """The greatest expected welfare, and the plays that attain it."""

    welfare: Exact
    """The greatest expected welfare W*, in utils."""
    profiles: PlaysByState
    """By state, the plays that attain it: by group, how many agents take which action."""
    totals: TotalsByState
    """By state, the totals of each group's actions in these plays."""


class GroupEquilibria(Part):
    """Pure equilibria without a contract."""

    welfare: Exact | None
    """The best expected welfare of them, in utils; `null` if a state has none."""
    worst: Exact | None
    """The worst expected welfare of them, in utils; `null` if a state has none."""
    nash: PlaysByState
    """By state, all of them: by group, how many agents take which action."""
    totals: TotalsByState
    """By state, the totals of each group's actions in them."""


class GroupProsocial(GroupEquilibria):
    """Pure equilibria without a contract at one level."""

    lambda_: Level
    """The level of λ, a pure number, for all groups or by group."""


class Tolerance(Part):
    """What it takes to lose little."""

    loss: Exact
    """The expected welfare that may be lost, in utils."""
    lambda_: Quantity
    """The least common λ at which the best equilibrium loses no more, a pure number."""


class GroupLanguage(Part):
    """What one language can reach."""

    name: str
    """The language's name."""
    contracts: ContractClass
    """Its class of contracts."""
    value: Quantity | Between
    """The greatest expected welfare of a contract's pure equilibria, in utils; `-inf` if nothing is
    implementable."""
    gap: Quantity | Between
    """W* less the value, in utils."""
    selection: NonEmptyTable[Play] | None
    """By state, a play that an optimal contract implements; `null` if there is none."""
    prosocial_threshold: Quantity
    """The least common λ at which a contract implements a first best, a pure number."""
    tolerances: list[Tolerance]
    """The same for the losses that the spec lists."""
    prosocial: list[AtLevel]
    """What the language reaches at the spec's levels of λ."""
    certificates: Certificates
    """The certificates of its quantities."""


class GroupReport(Decided, title="Report on groups of identical agents"):
    """What `coopgap check --json` prints of a game of groups of identical agents."""

    schema_: Literal["coopgap.report/1"]
    """The name and version of this document."""
    groups: NonEmptyTable[Group]
    """The groups by name."""
    agents: NonNegativeInt
    """The number of agents of all groups."""
    first_best: GroupFirstBest
    """The first best."""
    selfish: GroupEquilibria
    """Selfish play without a contract."""
    languages: list[GroupLanguage]
    """What each language can reach, in the order of the spec."""
    prosocial_threshold: Quantity
    """The least common λ at which a first best is an equilibrium without a contract, a pure number
    (claim `threshold-at-most`)."""
    tolerances: list[Tolerance]
    """The same for the losses that the spec lists."""
    prosocial: list[GroupProsocial]
    """Play without a contract at the spec's levels of λ."""
    claims: list[Claim]
    """The spec's claims."""
    certificates: Certificates
    """The certificates of quantities that belong to no language."""
    parameters: NoParameters
    """None."""
