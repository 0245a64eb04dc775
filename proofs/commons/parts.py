"""The parts of the report on a commons, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, TypedDict

from coopgap.proofs.commons.thresholds import Measure
from coopgap.proofs.deciding.reports import CertificatePart, ClaimPart
from coopgap.proofs.deciding.values import Unknown
from coopgap.theory.commons.specification import CommonsQuestion, CommonsSpecification
from coopgap.theory.exact import Extended
from coopgap.theory.json_values import JsonObject

Between = tuple[Fraction, Fraction]
"""Certified bounds, the same twice for a number that is known."""

Figure = Between | Extended | Unknown
"""A number, bounds, or why it is not known."""


class Planned(Protocol):
    """A plan."""

    @property
    def value(self) -> Fraction:
        """The expected total catch from the start, in units."""
        ...


@dataclass(frozen=True)
class PlayPart:
    """Symmetric play at one λ: the equilibrium of the best stagewise selection, and of the worst.

    policy: by signal and stock the total harvest of the first month. several: whether some month
    has several equilibria. over_all: what every symmetric pure equilibrium gives.
    """

    level: Fraction
    value: Figure
    worst: Figure
    over_all: Figure
    several: bool | None = None
    policy: Sequence[Mapping[int, int]] = ()
    certificates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CapPart:
    """What caps of a language reach at one λ, between bounds."""

    level: Fraction
    value: Figure
    gap: Figure
    certificates: Mapping[str, str]


class QuotaEntry(TypedDict):
    """A quota of a rule, and when it holds; None where something does not matter."""

    month: str | None
    growth: str | None
    regime: str | None
    past: list[int] | None
    stock: str | None
    quota: int


@dataclass(frozen=True)
class QuotaPart:
    """A language: what its best quota is worth if it prescribes, and at each λ if it caps."""

    name: str
    value: Figure
    gap: Figure
    rule: Sequence[QuotaEntry]
    caps: Sequence[CapPart]
    certificates: Mapping[str, str]


@dataclass(frozen=True)
class ThresholdPart:
    """A threshold, with what it is about."""

    measure: Measure
    value: Figure
    certificate: str | None = None


@dataclass(frozen=True)
class PopulationPart:
    """So many prosocial agents among selfish ones."""

    prosocial: int
    value: Figure
    worst: Figure
    over_all: Figure
    prosocial_payoff: Fraction | None = None
    selfish_payoff: Fraction | None = None
    survival: Fraction | None = None
    several: bool | None = None
    certificates: Mapping[str, str] = field(default_factory=dict)


def claim_part(
    question: CommonsQuestion,
    status: str,
    statement: str,
    reason: str | None = None,
    certificate: CertificatePart | None = None,
    theorem: str | None = None,
) -> ClaimPart:
    """A claim, and what became of it."""
    return ClaimPart(
        question.id,
        question.language,
        status,
        certificate,
        0.0,
        value=question.value,
        lambda_=question.level,
        theorem=theorem,
        reason=reason,
        statement=statement,
    )


@dataclass(frozen=True, repr=False)
class Findings:
    """Everything that a specification with a commons asks, decided; values in units.

    plan: the first best, or the best plan that is known. policy: by what is seen of growth and by
    stock, its total harvest in the first month.
    """

    specification: CommonsSpecification
    plan: Planned
    planner: Figure
    planner_certificate: str | None
    policy: Sequence[Mapping[int, int]]
    selfish: PlayPart
    languages: Sequence[QuotaPart]
    thresholds: Sequence[ThresholdPart]
    prosocial: Sequence[PlayPart]
    populations: Sequence[PopulationPart]
    claims: Sequence[ClaimPart]
    texts: Mapping[str, str]
    tool: JsonObject

    @property
    def statuses(self) -> set[str]:
        """What became of the claims."""
        return {claim.status for claim in self.claims}


def share_of_gap(report: Findings, value: Figure) -> Fraction | None:
    """The share of the gap between selfish play and the first best that a value closes."""
    figures = (report.planner, report.selfish.value, value)
    if not all(isinstance(figure, Fraction) for figure in figures):
        return None
    best, least, own = (figure for figure in figures if isinstance(figure, Fraction))
    return None if best == least else (own - least) / (best - least)
