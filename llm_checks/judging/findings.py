"""What a run shows, as values and as the document that is printed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

from coopgap.llm_checks.judging.evidence import Judgement
from coopgap.llm_checks.judging.revealed import Revealed
from coopgap.llm_checks.negotiating.bargains import Bargains
from coopgap.llm_checks.playing.models import is_simulated
from coopgap.llm_checks.playing.run import Run
from coopgap.llm_checks.predicting.predictions import Design, OrderingPrediction, Prediction


@dataclass(frozen=True)
class Judged:
    """A prediction and its judgement.

    observations: plays used, by condition summed. measured_by: ``choices``, or ``probabilities``
    where the model gave those of all options. primary: whether it was so registered.
    """

    prediction: Prediction | OrderingPrediction
    judgement: Judgement
    observations: int
    measured_by: str = "choices"
    primary: bool = True

    def document(self) -> dict[str, Any]:
        """As plain JSON; NaN and infinity are null."""
        prediction, judgement = self.prediction, asdict(self.judgement)
        return {
            "id": prediction.id,
            "claim": prediction.claim,
            "statement": prediction.statement,
            **{name: _finite(value) for name, value in judgement.items()},
            "observations": self.observations,
            "primary": self.primary,
            "measured_by": self.measured_by,
        }


@dataclass(frozen=True)
class Bias:
    """How often an option was chosen by a feature that should not matter.

    expected: its share if it did not matter; low, high: the exact interval of ``share``, at 95 %
    for all biases of a run together.
    """

    what: str
    chosen: int
    decisions: int
    expected: Fraction
    low: float
    high: float

    @property
    def share(self) -> float:
        """How often it was chosen, as a share."""
        return self.chosen / self.decisions if self.decisions else math.nan

    @property
    def significant(self) -> bool:
        """Whether the interval excludes what was expected."""
        return not self.low <= self.expected <= self.high

    def document(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self) | {"expected": str(self.expected), "found": self.significant}


@dataclass(frozen=True)
class Outcome:
    """What was played in a condition.

    plays: the complete ones. first_best: in how many it was played. welfare: its mean, in utils;
    points: each player's, payments included; None without a play. joint: how often each profile was
    played; choices: by player each action, those of incomplete plays too.
    """

    condition: str
    plays: int
    first_best: int
    welfare: Fraction | None
    points: Mapping[str, Fraction]
    joint: Mapping[str, int]
    choices: dict[str, dict[str, int]]

    def document(self) -> dict[str, Any]:
        """As plain JSON."""
        welfare = None if self.welfare is None else float(self.welfare)
        points = {player: float(value) for player, value in self.points.items()}
        entry = asdict(self) | {"welfare": welfare, "points": points}
        del entry["choices"]
        return entry


@dataclass(frozen=True)
class Findings:
    """All that a run shows.

    statuses: decisions answered, refused, ambiguous, unparseable or cut by their limit. strict:
    those that strict parsing reads. dropped: plays in which some decision is missing. changed: why
    no verdict is more than exploratory, or empty. wordings: how often an action of a first best was
    chosen, by the wording of the question, where there are several. revealed: λ̂ by
    condition, if it was estimated.
    """

    design: Design
    changed: str
    judged: tuple[Judged, ...]
    biases: tuple[Bias, ...]
    statuses: Mapping[str, int]
    strict: int
    dropped: int
    complete: int
    input_tokens: int
    output_tokens: int
    cost: float
    conditions: tuple[Outcome, ...]
    bargains: tuple[Bargains, ...]
    wordings: tuple[Bias, ...] = ()
    revealed: Mapping[str, Revealed] = field(default_factory=dict)

    @property
    def measured(self) -> list[Judged]:
        """The predictions on which there are data."""
        return [result for result in self.judged if result.observations]

    @property
    def leading(self) -> list[Judged]:
        """Those that are primary; where none is, as the registration was changed, all of them."""
        return [result for result in self.measured if result.primary or self.changed]

    @property
    def choices(self) -> dict[str, dict[str, dict[str, int]]]:
        """How often each action was chosen: by condition and player."""
        return {own.condition: own.choices for own in self.conditions if own.choices}


def document_of(run: Run, findings: Findings) -> dict[str, Any]:
    """The JSON document of ``play``; NaN and infinity are null, numbers of the theory exact."""
    return {
        "schema": "coopgap.play/1",
        "source": run.study.at_values(run.study.source),
        "model": run.header.get("model"),
        "registered": run.header.get("predictions"),
        "exploratory": findings.changed or None,
        "margin": str(findings.design.margin),
        "provenance": dict(run.header),
        "simulated": is_simulated(str(run.header.get("model"))),
        "reasoning": findings.design.reasoning,
        "talk": findings.design.talk,
        "incomplete": run.incomplete or None,
        "sequential": run.sequential,
        "stopped": run.stopped or None,
        "decisions": {
            "designed": run.design_size,
            **findings.statuses,
            "unanswered": run.unanswered,
            "strictly_parsed": findings.strict,
        },
        "plays": {"complete": findings.complete, "dropped": findings.dropped},
        "tokens": {"input": findings.input_tokens, "output": findings.output_tokens},
        "cost": findings.cost,
        "choices": findings.choices,
        "judged": [result.document() for result in findings.judged],
        "biases": [bias.document() for bias in findings.biases],
        "wordings": [bias.document() for bias in findings.wordings],
        "conditions": [outcome.document() for outcome in findings.conditions],
        "revealed": {name: revealed.document() for name, revealed in findings.revealed.items()},
        "negotiations": [bargain.document() for bargain in findings.bargains],
        "skipped": [asdict(row) for row in run.study.skipped],
    }


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
