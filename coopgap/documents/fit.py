"""``fit``: what ``coopgap fit --json`` prints."""

from __future__ import annotations

from typing import Literal

from pydantic import NonNegativeFloat, NonNegativeInt

from coopgap.documents.base import Part


class Range(Part):
    """From `low` to `high`."""

    low: NonNegativeFloat
    """The lower end."""
    high: float | None
    """The upper end; `null` if unbounded."""


class Estimate(Part):
    """A number and its 95 % interval."""

    estimate: float | None
    """The estimate; `null` if infinite."""
    low: float | None
    """The lower end; `null` if unbounded."""
    high: float | None
    """The upper end; `null` if unbounded."""


class PrincipalBest(Part):
    """A maximum of the likelihood on the principal branch."""

    lambda_: float | None
    """λ, a pure number; `null` if infinite."""
    beta: float | None
    """β, a pure number since each game is scaled to payoffs of at most 1; `null` if infinite."""
    log_likelihood: float
    """The log-likelihood there."""


class ThresholdTest(Part):
    """A likelihood-ratio test of λ against a level."""

    lambda_: float
    """The level, a pure number."""
    statistic: NonNegativeFloat
    """The statistic."""
    p_value: float
    """Its p-value."""
    verdict: Literal["above", "below", "inconclusive"]
    """On which side of the level λ is."""


class Influence(Part):
    """What one game does."""

    game: str
    """The game."""
    lambda_without: float | None
    """The estimate of λ without it, a pure number; `null` if infinite."""


class DroppedRow(Part):
    """A row that is not used."""

    row: NonNegativeInt
    """The row's number."""
    name: str
    """What it is called."""
    reason: str
    """Why it is not used."""


class Fit(Part, title="Fit"):
    """What `coopgap fit --json` prints; floats, which are statistics and not verdicts."""

    schema_: Literal["coopgap.fit/1"]
    """The name and version of this document."""
    lambda_: Estimate
    """λ, a pure number."""
    beta: Estimate
    """β, a pure number since each game is scaled to payoffs of at most 1."""
    precision: float | None
    """β(1 + λ), the precision on (u + λW)/(1 + λ), which says how far play is from uniform where λ
    is infinite; `null` if infinite."""
    log_likelihood: float
    """The log-likelihood at the estimate."""
    selection: Literal["principal", "response"]
    """Which equilibrium is played where there are several: that of the principal branch, or the one
    that damped responses from uniform play lead to."""
    principal: PrincipalBest | None
    """The best on the principal branch, where the other selection has a higher likelihood; else
    `null`."""
    games: NonNegativeInt
    """How many games are fitted."""
    choices: NonNegativeInt
    """How many choices are fitted."""
    identified: bool
    """Whether the choices tell the estimate of λ from others."""
    equally_likely: Range | None
    """The λ around the estimate that are as likely, where it is not identified; else `null`."""
    intervals: str
    """How intervals were made."""
    threshold: ThresholdTest | None
    """The test of the estimate against a level; `null` unless asked for."""
    multiplicity: list[str]
    """The games in which several equilibria were found at the estimate."""
    folded: list[str]
    """The games whose principal branch ends before it."""
    off_branch: list[str]
    """The games at another equilibrium than that of the principal branch."""
    influence: list[Influence]
    """The estimate of λ without each game in turn."""
    dropped: list[DroppedRow]
    """The rows that are not used."""
    conditions: list[str]
    """The conditions whose choices are fitted, several if they were pooled; empty if the input
    names none."""


class Fits(Part, title="Fits"):
    """What `coopgap fit --json` prints of choices in several conditions: a fit of each."""

    schema_: Literal["coopgap.fits/1"]
    """The name and version of this document."""
    fits: list[Fit]
    """A fit for each condition."""
    dropped: list[DroppedRow]
    """The rows that are not used."""
