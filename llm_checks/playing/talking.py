"""A round of messages before a decision: all write at the same time, and all read all of them.

Messages bind nobody. Given what was written, play is that of an equilibrium; so all that is
predicted of expectations holds on: they are means of those of equilibria.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.scenarios import (
    Play,
    Question,
    blank_question,
    filled,
    prompt_parts,
    with_decisions,
)
from coopgap.llm_checks.predicting.regimes import allowed_actions

LIMIT = 300
"""The longest message, in characters; of a longer one the rest is not read."""

SILENT = "(nothing)"


def with_messages(play: Play, answers: Mapping[str, Answer]) -> Play:
    """The play with its questions: those for messages, and once all are written for actions."""
    questions = tuple(_message(play, agent) for agent in range(len(play.players)))
    replies = [answers.get(question.id) for question in questions]
    texts = [None if reply is None else _read(reply.text) for reply in replies]
    messages = tuple(text for text in texts if text is not None)
    if len(messages) < len(questions):
        return replace(play, questions=questions)
    return with_decisions(replace(play, questions=questions, messages=messages))


def _read(text: str) -> str:
    """A message in one line that cannot be taken for more than one."""
    line = " ".join(text.replace("“", '"').replace("”", '"').split())
    return line[:LIMIT] or SILENT


def _message(play: Play, agent: int) -> Question:
    allowed = allowed_actions(play.scene.environment, play.binding, play.state)
    bare = blank_question(play, agent, "message", 1)
    own = {play.scene.words[agent][action]: action for action in allowed[agent]}
    parts = prompt_parts(play, agent, allowed, own, bare.layout)
    return replace(bare, prompt=filled("message", **parts, limit=str(LIMIT)))
