"""``frontier``: what ``coopgap frontier --json`` prints."""

from __future__ import annotations

from typing import Literal

from pydantic import NonNegativeInt

from coopgap.documents.base import Part
from coopgap.documents.shared import ContractClass, Decided, Exact, Extended, Quantity, Sha256


class GapAt(Part):
    """A language at one level."""

    lambda_: Exact
    """The level of λ, a pure number."""
    value: Quantity
    """V(λ, L), in utils."""
    gap: Quantity
    """Δ(λ, L), in utils (claim `closes`)."""
    certificate: Sha256 | None
    """The certificate of the value; `null` without one."""


class Interval(Part):
    """An interval of λ."""

    from_: Exact
    """The interval's lower end, a pure number."""
    to: Extended
    """Its upper end, a pure number or `inf`."""
    from_included: bool
    """Whether the lower end belongs to it."""
    to_included: bool
    """Whether the upper end belongs to it."""


class Piece(Interval):
    """The certificate of a value on an interval of λ."""

    certificate: Sha256 | None
    """The certificate of the value there; `null` without one."""


class ValueStep(Interval):
    """An interval of λ on which the value does not change."""

    value: Extended
    """V(λ, L), in utils; `-inf` if nothing is implementable."""
    gap: Extended
    """Δ(λ, L), in utils."""
    certificates: list[Piece]
    """The certificates of the value, piece by piece."""


class WorthStep(Interval):
    """An interval of λ on which a contract's worth does not change."""

    worth: Exact | None
    """What a contract adds, V(λ, L) − V(λ, ∅), in utils; `null` where a value is −∞."""
    cross: Exact | None
    """Its difference from λ = 0, in utils; `null` where a value is −∞."""
    relation: Literal["complements", "substitutes", "neither"] | None
    """What the sign of that says of contracts and prosociality; `null` where a value is −∞."""
    change: Exact | None
    """Its difference from the step before, in utils; `null` at the first, and where a value is
    −∞."""


class ThresholdCertificate(Part):
    """The certificate of a threshold."""

    threshold: Sha256 | None
    """The certificate of λ*; `null` without one."""


class FrontierLanguage(Part):
    """A language over all λ."""

    name: str
    """The language's name, or `no contract`."""
    predicates: list[str]
    """The predicates that it adds to the base."""
    contracts: ContractClass | None
    """Its class of contracts; `null` without a contract."""
    same_as: str | None
    """The language that verifies the same; `null` if there is none before it."""
    refines: list[str]
    """The languages right below it."""
    threshold: Quantity
    """λ*(L), a pure number (claim `threshold-at-most`)."""
    proved: bool
    """Whether the checker accepted the value at every λ."""
    gap_at: list[GapAt]
    """The language at the listed levels."""
    steps: list[ValueStep]
    """The value for all λ; empty if it is unknown."""
    worth: list[WorthStep]
    """What contracts add for all λ; empty if it is unknown."""
    certificates: ThresholdCertificate
    """The certificate of λ*."""


class Price(Part):
    """What a predicate saves in λ*, pure numbers; `null` where both thresholds are infinite."""

    predicate: str
    """The predicate."""
    alone: Quantity | None
    """Added to the base alone."""
    last: Quantity | None
    """Added as the last of all."""
    least: Quantity | None
    """The least that it saves in any language."""
    most: Quantity | None
    """The most that it saves in any language."""


class Excluded(Part):
    """A smaller language that leaves a gap."""

    name: str
    """The language."""
    threshold: Extended
    """Its λ*, a pure number."""
    certificate: Sha256 | None
    """The certificate of that λ*; `null` without one."""


class Cheapest(Interval):
    """The cheapest languages on an interval of λ."""

    predicates: NonNegativeInt | None
    """How many predicates they have; `null` if no language closes the gap."""
    languages: list[str]
    """The languages of fewest predicates that close the gap."""
    excluded: list[Excluded]
    """All smaller ones."""
    undecided: list[str]
    """Smaller ones of unknown λ*, which may close it too."""


class Frontier(Decided, title="Frontier"):
    """What `coopgap frontier --json` prints: values over languages and all λ."""

    schema_: Literal["coopgap.frontier/1"]
    """The name and version of this document."""
    first_best: Exact
    """The greatest expected welfare W*, in utils."""
    base: str | None
    """The language that predicates add to; `null` if the spec's languages are taken as they are."""
    predicates: list[str]
    """The candidate predicates."""
    levels: list[Exact]
    """The levels of λ at which gaps are listed, pure numbers."""
    no_contract: FrontierLanguage
    """Play without a contract."""
    languages: list[FrontierLanguage]
    """Every language."""
    prices: list[Price]
    """What each predicate saves."""
    cheapest: list[Cheapest]
    """For every λ, the languages of fewest predicates that close the gap; empty without
    predicates."""
