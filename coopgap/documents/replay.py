"""``replay``: what ``coopgap play --replay --json`` prints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from coopgap.documents.base import Part
from coopgap.documents.shared import Exact


class Judgement(Part):
    """A verdict, with the estimate and its confidence interval."""

    verdict: Literal["consistent", "contradicted", "inconclusive"]
    """What the data say of it."""
    estimate: float
    """The estimate."""
    low: float
    """The lower end of its interval."""
    high: float
    """The upper end of its interval."""
    needed: int | None
    """About how many scenarios would decide; `null` if decided, or if none would."""
    method: str
    """How it was tested."""
    p_value: float
    """The p-value of the prediction, corrected; low means contradicted."""


class ReplayRow(Part):
    """A quantity in one line of a summary, against one prediction."""

    model: str
    """The model."""
    setting: str
    """The size of the games."""
    contract: str
    """The contract mode."""
    prompt: str
    """The prompt mode."""
    quantity: Literal["first-best", "pure-equilibrium"]
    """The rate of the first best, or of pure equilibria."""
    low: Exact | None
    """The lower bound predicted, a pure number; `null` without one."""
    high: Exact | None
    """The upper bound predicted, a pure number; `null` without one."""
    basis: str
    """What the bounds are of."""
    measured: Annotated[list[float], Field(min_length=3, max_length=3)] | None
    """The estimate and the ends of its 95 % interval, pure numbers; `null` if the summary has
    none."""
    judgement: Judgement | None
    """The verdict; `null` for a reason."""
    reason: str
    """Why there is no verdict, else empty."""
    margin: float | None
    """By how much the predicted interval would have to be wider on each side, a pure number; `null`
    without a verdict."""


class ReplayOrdering(Part):
    """The first best is likelier in one condition of a model than in another."""

    model: str
    """The model."""
    claim: str
    """What of the theory it rests on."""
    higher: str
    """The condition in which it is likelier."""
    lower: str
    """The other one."""
    certain: bool
    """Whether in all equilibria, or only in the best of each."""
    judgement: Judgement | None
    """The verdict on the difference of the two rates; `null` for a reason."""
    reason: str
    """Why there is no verdict, else empty."""


class Replay(Part, title="Summary judged"):
    """What `coopgap play --replay --json` prints; estimates are floats: statistics, no verdicts."""

    schema_: Literal["coopgap.replay/1"]
    """The name and version of this document."""
    summary: str
    """The summary's file."""
    dataset: str
    """The dataset's file."""
    scenarios: NonNegativeInt
    """How many games the dataset has."""
    equivalence_margin: Exact
    """A rate predicted to be one number counts as that number give or take as much."""
    rows: list[ReplayRow]
    """Each quantity of each line, against each prediction."""
    orderings: list[ReplayOrdering]
    """Each ordering of two conditions of a model."""
    missing: list[str]
    """What the summary does not contain."""
    unjudged: dict[str, str]
    """By column of which no prediction is made, why."""
    doubts: list[str]
    """What in the two files does not fit together."""
    assumed: list[str]
    """What is assumed of how the summary was made."""
