"""The report on a game of groups, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from coopgap.proofs.deciding.reports import (
    HIDDEN,
    ClaimPart,
    ContractClassPart,
    LevelPart,
    Parameters,
    Part,
    Reported,
)
from coopgap.proofs.deciding.values import Level, Quantity
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.json_values import Fields
from coopgap.theory.notebooks import Tabulated, TextTable

Play = Mapping[str, Mapping[str, int]]
"""For each group how many agents take each action that is taken."""

Certificates = Mapping[str, str]
"""By the name of a quantity, the hash of its certificate."""

Totals = tuple[Mapping[str, Fraction], ...]


Plays = Mapping[str, tuple[Play, ...] | Unanswered]
"""By state all plays, or why they are not listed."""

TotalsByState = Mapping[str, Totals | Unanswered]


@dataclass(frozen=True, repr=False)
class FirstBestPart(Part):
    """W* in utils, the plays that attain it, and their totals."""

    welfare: Fraction
    profiles: Plays
    totals: TotalsByState


@dataclass(frozen=True, repr=False)
class SelfishPart(Part):
    """The pure equilibria without a contract, the best and worst expected welfare of them."""

    welfare: Quantity
    worst: Quantity
    nash: Plays
    totals: TotalsByState


@dataclass(frozen=True, repr=False)
class ProsocialPart(Part):
    """The same at one λ."""

    lambda_: Level
    welfare: Quantity
    worst: Quantity
    nash: Plays
    totals: TotalsByState


@dataclass(frozen=True, repr=False)
class TolerancePart(Part):
    """The least common λ at which the best equilibrium loses at most ``loss`` utils."""

    loss: Fraction
    lambda_: Quantity


@dataclass(frozen=True, repr=False)
class LanguagePart(Part):
    """What one language reaches."""

    name: str
    contracts: ContractClassPart
    value: Quantity
    gap: Quantity
    selection: Mapping[str, Play] | None
    prosocial_threshold: Quantity
    tolerances: tuple[TolerancePart, ...]
    prosocial: tuple[LevelPart, ...]
    certificates: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, repr=False)
class GroupReport(Reported, Tabulated):
    """Everything that ``check`` found of a game of groups.

    texts: SHA-256 → text of every certificate (no part of the JSON).
    """

    schema: str = field(default="coopgap.report/1", init=False)
    tool: Fields
    source: str
    title: str
    groups: Mapping[str, Fields]
    agents: int
    first_best: FirstBestPart
    selfish: SelfishPart
    languages: tuple[LanguagePart, ...]
    prosocial_threshold: Quantity
    tolerances: tuple[TolerancePart, ...]
    prosocial: tuple[ProsocialPart, ...]
    claims: tuple[ClaimPart, ...]
    certificates: Mapping[str, str]
    parameters: Parameters = field(default_factory=lambda: Parameters(names=(), assume=()))
    texts: Mapping[str, str] = field(
        default_factory=dict, repr=False, compare=False, metadata=HIDDEN
    )
    family: bool = field(default=False, init=False, metadata=HIDDEN)

    def tables(self) -> tuple[TextTable, ...]:
        """The main quantities, and the verdicts."""
        verdicts = tuple((claim.id, claim.status) for claim in self.claims)
        return self.summary(), TextTable("Claims", ("id", "status"), verdicts)
