"""``liability``: what ``coopgap frontier --liability --json`` prints."""

from __future__ import annotations

from typing import Literal

from coopgap.documents.base import NonEmptyList, Part
from coopgap.documents.shared import ContractClass, Decided, Exact, Sha256, Unknown


class BoundPiece(Part):
    """An interval of bounds on fines on which one expression holds."""

    from_: Exact
    """The interval's lower end, in utils."""
    to: Exact
    """Its upper end, in utils."""
    from_included: bool
    """Whether the lower end belongs to it."""
    to_included: bool
    """Whether the upper end belongs to it."""
    value: str
    """What is reached, in utils: an exact number, `-inf`, or an expression in `B`."""
    gap: str
    """What is lost against the first best, in utils: an exact number, `inf`, or an expression in
    `B`."""


class BoundFunction(Part):
    """A value and its gap for every bound in the range."""

    pieces: NonEmptyList[BoundPiece]
    """The pieces, which cover the range."""
    certificate: Sha256
    """The certificate of the value on all of them."""


class BoundLanguage(Part):
    """A language over all bounds on fines."""

    name: str
    """The language's name."""
    contracts: ContractClass
    """Its class of contracts, apart from the bound."""
    same_as: str | None
    """An earlier language that differs in its own bound at most; `null` if there is none."""
    contract: BoundFunction | Unknown
    """What contracts without messages reach in pure equilibria."""
    mechanism: BoundFunction | Unknown
    """What mechanisms reach."""


class Liability(Decided, title="Bounds on fines"):
    """What `coopgap frontier --liability --json` prints: gaps for every bound on fines."""

    schema_: Literal["coopgap.liability/1"]
    """The name and version of this document."""
    first_best: Exact
    """The greatest expected welfare W*, of players who pool what they see, in utils."""
    from_: Exact
    """The least bound, in utils."""
    to: Exact
    """The largest bound, in utils."""
    languages: list[BoundLanguage]
    """Every language of the spec."""
