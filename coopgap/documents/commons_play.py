"""What ``coopgap predict`` and ``coopgap play`` print of a commons with ``--json``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from coopgap.documents.base import NonEmptyList, Part
from coopgap.documents.shared import Between, Exact, FromSpec

Measured = Annotated[list[float], Field(min_length=3, max_length=3)]


class PredictedPlay(Part):
    """What an equilibrium gives."""

    catch: Exact
    """The expected total catch, in units."""
    prosocial_payoff: Exact | None
    """What each prosocial agent can expect, in units; `null` if there is none."""
    selfish_payoff: Exact | None
    """What each selfish agent can expect, in units; `null` if there is none."""
    survival: Exact | None
    """The expected share of the months at whose beginning the resource is there; `null` if it is
    not known."""
    share_of_gap: Exact | None
    """The share of the gap between selfish play and the first best that is closed; `null` if there
    is no gap, no selfish equilibrium, or a first best between bounds."""


class PredictedKind(Part):
    """Play of so many prosocial agents."""

    prosocial: NonNegativeInt
    """How many are prosocial."""
    several: bool | None
    """Whether some month has several equilibria given what follows; `null` if that is not known,
    and all give the same."""
    reason: str | None
    """Why there is no equilibrium of the class, or none is known; otherwise `null`."""
    best: PredictedPlay | None
    """Under the best stagewise selection; `null` without one."""
    worst: PredictedPlay | None
    """Under the worst stagewise selection; `null` without one."""


class CommonsPredictions(FromSpec, title="Predictions for a commons"):
    """What `coopgap predict --json` prints of a spec with a commons."""

    schema_: Literal["coopgap.commons-prediction/1"]
    """The name and version of this document."""
    first_best: Exact | Between
    """The expected total catch of the first best, in units; no play has more."""
    value_of_information: Exact | None
    """What seeing growth before the harvest would add to it, in units; `null` where growth has
    regimes, which agents see."""
    populations: NonEmptyList[PredictedKind]
    """Play by the number of prosocial agents."""


class RunsCell(Part):
    """One line of a summary."""

    model: str
    """The model."""
    condition: str
    """The condition; numbered if several lines are about the same."""
    prosocial: NonNegativeInt
    """How many agents are prosocial."""
    catch: Measured
    """The mean total catch and the ends of its 95 % interval, in units."""
    survival: Measured
    """The mean share of the months that the resource lasts, and the ends of its interval."""
    share_of_gap: float | None
    """The share of the gap that the mean catch closes; `null` if there is no gap."""
    full_horizon: NonNegativeInt
    """Runs that lasted all months."""
    below_horizon: NonNegativeInt
    """Runs that did not."""
    n_parent_runs: NonNegativeInt
    """Batches of runs."""
    total_runs: NonNegativeInt
    """Runs."""


class RunsJudged(Part):
    """A prediction about one line, or about two of a model."""

    prediction: str
    """The prediction's id."""
    model: str
    """The model."""
    condition: str
    """The condition."""
    prosocial: str
    """The number of prosocial agents, or two of them."""
    quantity: Literal["catch", "lasting"]
    """The total catch, in units, or the rate of runs that last all months."""
    predicted: Annotated[list[Exact | None], Field(min_length=2, max_length=2)]
    """Its bounds; `null` without one."""
    measured: Measured
    """The estimate and the ends of its 95 % interval."""
    runs: NonNegativeInt
    """How many runs there are."""
    parents: NonNegativeInt
    """In how many batches."""
    verdict: Literal["consistent", "contradicted", "inconclusive"] | None
    """The verdict; `null` for a reason."""
    cautious: Literal["consistent", "contradicted", "inconclusive"] | None
    """The verdict if only batches count; `null` for catches."""
    reason: str
    """Why there is no verdict, else empty."""


class CommonsReplay(Part, title="Runs of a commons judged"):
    """What `coopgap play SPEC --replay --json` prints for a commons; estimates are floats."""

    schema_: Literal["coopgap.commons-replay/1"]
    """The name and version of this document."""
    summary: str
    """The summary's file."""
    margin: Exact
    """How far from one predicted number data may lie that count as that number: of rates in
    hundredths, of catches as a share of the first best."""
    predicted: CommonsPredictions
    """What is predicted."""
    cells: NonEmptyList[RunsCell]
    """The lines of the summary."""
    judged: list[RunsJudged]
    """Each prediction about each line."""
    statements: dict[str, str]
    """By id, what a prediction says."""
    missing: list[str]
    """What the summary does not contain."""
    doubts: list[str]
    """What in it does not fit together."""


class ExpectedPlay(Part):
    """What equilibrium gives in a condition."""

    catch: Annotated[list[Exact], Field(min_length=2, max_length=2)] | None
    """The expected total catch under the stagewise selections, in units, the lower one first;
    `null` for a reason."""
    survival: Annotated[list[Exact], Field(min_length=2, max_length=2)] | None
    """The same of the share of the months at whose beginning the resource is there; `null` where it
    is not predicted."""
    reason: str | None
    """Why nothing is predicted; otherwise `null`."""


class PlayedCondition(Part):
    """What a condition shows."""

    condition: str
    """The regime and the dispositions."""
    plays: NonNegativeInt
    """Plays that came to their end."""
    broken: NonNegativeInt
    """Plays that were broken off, as replies could not be read."""
    catch: Measured | None
    """The mean total catch and the ends of its 95 % interval, in units; `null` without plays."""
    survival: Measured | None
    """The same of the share of the months at whose beginning the resource was there."""
    lasting: NonNegativeInt
    """Plays in which the resource lasted all months."""
    share_of_gap: float | None
    """The share of the gap between selfish play and the first best that the mean catch closes."""
    by_kind: dict[str, float]
    """An agent's mean catch by its disposition, in units."""
    by_month: list[float]
    """What was asked for in all by month, in units, on average over plays that came so far."""
    expected: ExpectedPlay
    """What equilibrium gives."""


class PlayedPrediction(Part):
    """A prediction and its verdict."""

    id: Literal["catch", "survival", "exploited", "prosocial-gain"]
    """What it is about."""
    condition: str
    """The condition, or two of them."""
    statement: str
    """The prediction in words."""
    predicted: Annotated[list[Exact], Field(min_length=2, max_length=2)] | None
    """Its exact bounds; `null` for a comparison."""
    verdict: Literal["consistent", "contradicted", "inconclusive"]
    """The verdict, after Holm's correction over all of them."""
    estimate: float
    """The mean, or the difference of means."""
    low: float
    """The lower end of its 95 % interval."""
    high: float
    """The upper end."""
    needed: int | None
    """About how many plays would decide; `null` where it is decided, or where none would."""
    p_value: float
    """Of the hypothesis that the prediction is true, corrected."""
    method: str
    """The statistical method."""
    plays: NonNegativeInt
    """How many plays are observed."""


class CommonsPlay(FromSpec, title="A commons played"):
    """What `coopgap play --json` prints of a spec with a commons; estimates are floats."""

    schema_: Literal["coopgap.commons-play/1"]
    """The name and version of this document."""
    model: str
    """Who played; names that begin with `simulated` have no language model behind them."""
    sha256: str
    """The hash of what was registered before the first answer."""
    exploratory: str | None
    """Why every verdict is exploratory; otherwise `null`."""
    incomplete: str | None
    """Why answers are missing; otherwise `null`."""
    answers: NonNegativeInt
    """How many replies there are."""
    first_best: Exact
    """The expected total catch of the first best, in units."""
    conditions: NonEmptyList[PlayedCondition]
    """What every condition shows."""
    judged: list[PlayedPrediction]
    """The predictions on which there are data."""
