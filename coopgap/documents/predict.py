"""``predict``: what ``coopgap predict --json`` prints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from coopgap.documents.base import NonEmptyTable, Part
from coopgap.documents.shared import Exact, ProfilesByState, Sha256, SkippedRow, Unknown

Bounds = Annotated[list[Exact], Field(min_length=2, max_length=2)]


class Predicted(Part):
    """What is predicted of a quantity."""

    id: str
    """The prediction's id."""
    claim: str
    """What of the theory it rests on."""
    statement: str
    """What it says, in words."""
    quantity: Annotated[str, Field(pattern=r"^(first-best|class:.*|welfare|points:.*|lambda)$")]
    """`first-best`, `class:NAMES`, `welfare` or `points:PLAYER` (both in utils) or `lambda` (a pure
    number)."""
    test: str
    """How it is tested."""
    fails_if: str
    """What would contradict it."""
    primary: bool
    """Whether it is of the family that is judged together, not exploratory."""


class Prediction(Predicted):
    """A quantity's interval in one condition."""

    low: Exact | None
    """The lower bound, in the quantity's units; `null` if there is none."""
    high: Exact | None
    """The upper bound, in the quantity's units; `null` if there is none."""
    regime: str
    """The condition's regime."""
    disposition: str
    """The condition's disposition."""


class Ordering(Predicted):
    """A quantity that is higher in one condition than in another."""

    higher: str
    """The condition in which it is higher."""
    lower: str
    """The condition in which it is lower."""


class Design(Part):
    """How the predictions are to be tested, fixed with them."""

    margin: Exact
    """A prediction of one number counts as that number give or take this share of its range."""
    repetitions: PositiveInt
    """Plays of each game in each condition; at most so many in a sequential run."""
    sequential: bool
    """Whether the run may stop as soon as the data have decided."""
    reasoning: bool
    """Whether agents may give reasons before they answer."""
    talk: bool
    """Whether each sends the others a message before."""
    wordings: PositiveInt
    """In how many wordings decisions are asked for."""


class Equilibria(Part):
    """What a condition allows."""

    regime: str
    """The condition's regime."""
    disposition: str
    """The condition's disposition."""
    pure: ProfilesByState
    """By state, the pure equilibria."""
    mixed: NonEmptyTable[list[list[list[Exact]]]] | Unknown
    """By state, the extreme mixed equilibria: for each player, the probability (a pure number) of
    each action."""
    independent: dict[str, Bounds]
    """By quantity, its bounds when agents choose independently; welfare and points are in utils."""
    correlated: dict[str, Bounds]
    """By quantity, its bounds in correlated equilibrium; welfare and points are in utils."""


class Predict(Part, title="Predictions"):
    """What `coopgap predict --json` prints."""

    schema_: Literal["coopgap.predict/1"]
    """The name and version of this document."""
    source: str
    """The spec or dataset."""
    games: list[str]
    """The names of the games."""
    sha256: Sha256
    """The hash of what is predicted."""
    study: Sha256
    """The hash of the games and languages."""
    design: Design
    """How they are to be tested."""
    predictions: list[Prediction]
    """The intervals predicted."""
    orderings: list[Ordering]
    """The orderings predicted."""
    equilibria: list[Equilibria]
    """What each condition allows; empty for several games."""
    vacuous: list[str]
    """The ids of intervals that no data could leave, which are not registered."""
    unknown: list[str]
    """What could not be predicted, and why."""
    skipped: list[SkippedRow]
    """The rows that are not used."""
