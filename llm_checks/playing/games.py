"""How plays of games are asked: by their questions, in a negotiation or after messages one by one.

See ``Conduct``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coopgap.llm_checks.negotiating.negotiation import settled, written
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.asking import Conduct
from coopgap.llm_checks.playing.replies import Reply, parsed
from coopgap.llm_checks.playing.scenarios import Play, Question
from coopgap.llm_checks.playing.simulation import simulated_answer
from coopgap.llm_checks.predicting.regimes import material


def _read(play: Play, question: Question, text: str) -> Reply:
    if question.kind == "proposal":
        assert play.negotiation is not None
        return written(text, play.negotiation.terms)
    if question.kind == "message":
        return Reply("answered" if text.strip() else "unparseable", None, None)
    return parsed(text, question.presentation.codes, question.words, question.reasoned)


def _facts(play: Play, answers: Mapping[str, Answer]) -> dict[str, Any]:
    """The game of a settled play, and what was chosen in it.

    Its payoffs are in utils, nested by the agents' actions, agents last.
    """
    if not play.settled:
        return {}
    paid = material(play.scene.environment, play.binding)
    table = np.moveaxis(paid.payoffs[:, play.state], 0, -1).astype(float) / paid.denominator
    facts: dict[str, Any] = {"game": {"payoffs": table.tolist()}}
    profile = play.profile(answers)
    return facts if profile is None else facts | {"choices": list(profile)}


GAMES = Conduct(settled, _read, simulated_answer, _facts)
