"""``play``: what ``coopgap play --json`` prints."""

from __future__ import annotations

from typing import Literal

from pydantic import NonNegativeFloat, NonNegativeInt

from coopgap.documents.base import NonEmptyTable, Part
from coopgap.documents.fit import Estimate
from coopgap.documents.shared import Exact, Sha256, SkippedRow


class Provenance(Part):
    """What a run's answers are about."""

    study: Sha256
    """The hash of the games and languages."""
    predictions: Sha256 | None
    """The hash of the predictions that were registered before the first answer; `null` if a log
    does not say."""
    margin: Exact | None
    """The margin that was registered with them; `null` if a log does not say."""
    prompts: dict[str, str]
    """By name, the version of each prompt."""
    seed: int | None
    """The seed from which the order of presentation is drawn; `null` if a log does not say."""
    repetitions: int
    """How often each game was to be played in each condition; at most so often in a sequential
    run."""
    model: str | None
    """The model that was asked; `null` if a log does not say."""
    sequential: bool | None
    """Whether the run could stop when the data had decided; `null` if a log does not say."""
    source: str
    """The name of the spec or dataset."""
    versions: dict[str, str] | None
    """By name, the versions of what was used; `null` if a log does not say."""


class Decisions(Part):
    """What became of the questions, those of negotiations included."""

    designed: NonNegativeInt
    """How many the design has."""
    answered: NonNegativeInt
    """How many were answered."""
    refused: NonNegativeInt
    """How many were refused."""
    ambiguous: NonNegativeInt
    """How many replies name options and do not say which is chosen."""
    unparseable: NonNegativeInt
    """How many replies cannot be read."""
    cut: NonNegativeInt
    """How many replies that cannot be read were cut by the limit of their length."""
    unanswered: NonNegativeInt
    """How many were not asked, or got no reply."""
    strictly_parsed: NonNegativeInt
    """How many replies are exactly what was asked for."""


class PlaysUsed(Part):
    """How many plays can be used."""

    complete: NonNegativeInt
    """How many have all their decisions."""
    dropped: NonNegativeInt
    """How many lack some."""


class Tokens(Part):
    """How many tokens a model read and wrote."""

    input: NonNegativeInt
    """How many were read."""
    output: NonNegativeInt
    """How many were written."""


class JudgedPrediction(Part):
    """What data say of a prediction."""

    id: str
    """The prediction's id."""
    claim: str
    """What of the theory it rests on."""
    statement: str
    """What it says, in words."""
    verdict: Literal["consistent", "contradicted", "inconclusive"]
    """What the data say of it."""
    estimate: float | None
    """The estimate, in the quantity's units; `null` if there is none."""
    low: float | None
    """The lower end of its interval; `null` if unbounded."""
    high: float | None
    """The upper end of its interval; `null` if unbounded."""
    needed: int | None
    """About how many observations would decide; `null` if decided, or if none would."""
    method: str
    """How it was tested."""
    p_value: float | None
    """The p-value of the prediction, corrected; low means contradicted."""
    observations: NonNegativeInt
    """How many plays were used; 0 where the run has no data on it."""
    primary: bool
    """Whether it was registered as one of the family that is judged together."""
    measured_by: Literal["choices", "probabilities"]
    """Whether by choices, or by the probabilities of all options."""


class Bias(Part):
    """How often something that ought not matter was chosen."""

    what: str
    """What it is."""
    chosen: NonNegativeInt
    """How often it was chosen."""
    decisions: NonNegativeInt
    """In how many decisions."""
    expected: Exact
    """Its share if it did not matter, a pure number."""
    low: float
    """The lower end of the exact 95 % interval of its share."""
    high: float
    """The upper end of it."""
    found: bool
    """Whether the interval excludes what was expected."""


class ConditionPlayed(Part):
    """What was played in a condition."""

    condition: str
    """The condition."""
    plays: NonNegativeInt
    """How many complete plays it has."""
    first_best: NonNegativeInt
    """In how many of them the first best was played."""
    welfare: float | None
    """Mean welfare, in utils; `null` without a play."""
    points: dict[str, float]
    """By player, the mean of what it earned, payments included, in utils."""
    joint: dict[str, NonNegativeInt]
    """How often each profile was played."""


class Revealed(Part):
    """λ and β of a condition's choices."""

    lambda_: Estimate | None
    """λ, a pure number; `null` for a reason."""
    beta: Estimate | None
    """β, per unit of scaled payoff; `null` for a reason."""
    reason: str | None
    """Why there is no estimate; `null` if there is one."""


class ProposedContract(Part):
    """A contract that was proposed."""

    game: str
    """The game."""
    contract: str
    """Its clauses, in words."""
    proposed: NonNegativeInt
    """In how many plays it was proposed."""
    accepted: NonNegativeInt
    """In how many it was accepted."""
    value: Exact | None
    """The best expected welfare of its pure equilibria, in utils; `null` without one."""
    bound: Exact | None
    """V(λ, L), the best of any writable contract, in utils; `null` if unknown."""


class Negotiation(Part):
    """All negotiations of a condition."""

    condition: str
    """The condition."""
    proposals: NonNegativeInt
    """How many were made."""
    parsed: NonNegativeInt
    """How many could be read."""
    writable: NonNegativeInt
    """How many were contracts of the language."""
    none: NonNegativeInt
    """How many proposed no contract."""
    unwritable: NonNegativeInt
    """How many the language cannot write."""
    unparseable: NonNegativeInt
    """How many cannot be read."""
    refused: NonNegativeInt
    """How many were refused."""
    accepted: NonNegativeInt
    """How many contracts were accepted."""
    reasons: dict[str, NonNegativeInt]
    """By the reason why some were no contracts, how many."""
    without_contract: NonEmptyTable[Exact | None]
    """By game, the welfare without a contract, in utils; `null` without a pure equilibrium."""
    contracts: list[ProposedContract]
    """The contracts that were proposed."""


class Play(Part, title="Play judged"):
    """What `coopgap play --json` prints; estimates are floats: statistics, not verdicts."""

    schema_: Literal["coopgap.play/1"]
    """The name and version of this document."""
    source: str
    """The spec or dataset."""
    model: str | None
    """The model that was asked; `null` if a log does not say."""
    registered: Sha256 | None
    """The hash of the predictions that were registered before the first answer; `null` if none
    were."""
    exploratory: str | None
    """Why no verdict is more than exploratory; `null` if what is judged was registered."""
    margin: Exact
    """A prediction of one number counts as that number give or take this share of its range."""
    provenance: Provenance
    """What the answers are about."""
    simulated: bool
    """Whether no model was asked at all."""
    incomplete: str | None
    """Why not all was asked; `null` if all was."""
    sequential: bool
    """Whether the run could stop when the data had decided."""
    reasoning: bool
    """Whether agents could give reasons before they answered."""
    talk: bool
    """Whether each sent the others a message before."""
    stopped: str | None
    """Where and why a sequential run ended; `null` if it did not."""
    decisions: Decisions
    """What became of the questions."""
    plays: PlaysUsed
    """What became of the plays."""
    tokens: Tokens
    """How many tokens were used."""
    cost: NonNegativeFloat
    """What they cost, in dollars."""
    choices: dict[str, dict[str, dict[str, NonNegativeInt]]]
    """By condition, player and action, how often it was chosen."""
    judged: list[JudgedPrediction]
    """What the data say of each registered prediction, those without data among them."""
    biases: list[Bias]
    """How often something that ought not matter was chosen."""
    wordings: list[Bias]
    """How often an action of a first best was chosen, by the wording of the question; empty if
    there is one wording."""
    conditions: list[ConditionPlayed]
    """What was played, by condition."""
    revealed: dict[str, Revealed]
    """By condition, the λ and β that choices reveal."""
    negotiations: list[Negotiation]
    """What was negotiated, by condition."""
    skipped: list[SkippedRow]
    """The rows of the dataset that are not used."""


class Plays(Part, title="Plays compared"):
    """What `coopgap play --json` prints of several models."""

    schema_: Literal["coopgap.plays/1"]
    """The name and version of this document."""
    runs: list[Play]
    """What each played."""
    failed: dict[str, str]
    """By model that was not heard, why."""
