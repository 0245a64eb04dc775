"""How plays of games are asked: by their questions, in a negotiation or after messages one by one.

See ``Conduct``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from coopgap.llm_checks.negotiating.negotiation import continued, written
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.asking import Conduct
from coopgap.llm_checks.playing.models import writes
from coopgap.llm_checks.playing.replies import Reply, parsed
from coopgap.llm_checks.playing.scenarios import Play, Question, plays, prompts_of
from coopgap.llm_checks.playing.simulation import simulated_answer
from coopgap.llm_checks.predicting.quantities import quantities
from coopgap.llm_checks.predicting.regimes import material
from coopgap.llm_checks.predicting.scenes import Study


def _read(play: Play, question: Question, text: str) -> Reply:
    if question.kind == "proposal":
        assert play.negotiation is not None
        return written(text, play.negotiation.terms)
    if question.kind == "message":
        return Reply("answered" if text.strip() else "unparseable", None, None)
    return parsed(text, question.layout.codes, question.words, question.reasoned)


def _facts(play: Play, answers: Mapping[str, Answer]) -> dict[str, Any]:
    """What a play is of; once it is settled its game, and what was chosen in it.

    Payoffs are in utils, nested by the agents' actions, agents last.
    """
    environment = play.scene.environment
    facts: dict[str, Any] = {
        "scenario": play.scene.name,
        "condition": str(play.condition),
        "state": environment.states[play.state],
    }
    if play.condition.disposition.roles:
        facts["differ"] = True
    if not play.settled:
        return facts
    enforced = material(environment, play.binding)
    table = np.moveaxis(enforced.payoffs[:, play.state], 0, -1).astype(float) / enforced.denominator
    facts["game"] = {"payoffs": table.tolist()}
    profile = play.profile(answers)
    return facts if profile is None else facts | {"choices": list(profile)}


def _measured(play: Play, answers: Mapping[str, Answer]) -> dict[str, float]:
    """By name the quantities of a play with all its decisions, in utils; of another none."""
    profile = play.profile(answers)
    if profile is None:
        return {}
    tables = quantities(play.scene.specification, play.condition.regime.language).items()
    return {name: float(own[(play.state, *profile)]) / unit for name, (own, unit) in tables}


def _class(play: Play, answers: Mapping[str, Answer]) -> str | None:
    """The verifiable class of what was played."""
    measured = _measured(play, answers).items()
    return next((name[6:] for name, value in measured if name.startswith("class:") and value), None)


def _registered(study: Study) -> dict[str, Any]:
    """The hashes of study and predictions, the margin, and the versions of prompts."""
    predictions = study.predictions
    return {
        "study": predictions.study,
        "predictions": predictions.sha256,
        "margin": str(predictions.design.margin),
        "prompts": prompts_of(predictions.design),
    }


def _plays(study: Study, repetitions: int, seed: int, model: str, first: int) -> tuple[Play, ...]:
    return plays(study, repetitions, seed, writes(model), first)


def _logged(study: Study, header: Mapping[str, Any]) -> Study:
    """The study with the protocol of a log: its prompts show how it was asked."""
    prompts = header.get("prompts") or {}
    design = replace(
        study.predictions.design,
        reasoning="reasoned" in prompts,
        talk="message" in prompts,
        wordings=1 + sum(name.startswith("decision-") for name in prompts),
    )
    return replace(study, predictions=replace(study.predictions, design=design))


GAMES = Conduct(
    continued,
    _read,
    simulated_answer,
    _facts,
    _registered,
    _plays,
    _logged,
    scores={
        "first_best": lambda play, answers: _measured(play, answers).get("first-best"),
        "welfare": lambda play, answers: _measured(play, answers).get("welfare"),
    },
    labels={"verified": _class},
)
