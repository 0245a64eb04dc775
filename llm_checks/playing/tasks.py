"""Inspect tasks: plays of a study put to a model, one sample per play.

Agents of a play are asked in conversations of their own. ``inspect_play`` is the task by itself.
"""

from __future__ import annotations

from typing import Any

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    get_model,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver

from coopgap.llm_checks.negotiating.negotiation import settled, written
from coopgap.llm_checks.playing.answers import Answer, answer_line
from coopgap.llm_checks.playing.asking import Asking, Budget
from coopgap.llm_checks.playing.embedded import EmbeddedModel
from coopgap.llm_checks.playing.replies import Reply, parsed
from coopgap.llm_checks.playing.scenarios import Play, Question
from coopgap.llm_checks.predicting.regimes import material
from coopgap.llm_checks.predicting.scenes import Study

__all__ = ["EmbeddedModel", "task_of"]

MAX_TOKENS = 1024
"""The longest reply that is asked for."""


def task_of(found: Study, asking: Asking) -> Task:
    """The task of asking all open questions."""
    samples = [
        Sample(
            id=each.id,
            input="\n\n".join(question.prompt for question in each.questions) or "no choice",
            metadata={
                "scenario": each.scene.name,
                "condition": str(each.condition),
                "state": each.scene.environment.states[each.state],
                **_game(each),
                **asking.header,
            },
        )
        for each in (settled(one, asking.answers) for one in asking.plays.values())
    ]
    return Task(
        dataset=MemoryDataset(samples, name=found.source),
        solver=decide(asking),
        name="play",
        metadata={"study": found.predictions.study, "predictions": found.predictions.sha256},
    )


@solver
def decide(asking: Asking) -> Solver:
    """Asks the open questions of a play, one conversation each, and records the answers."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate  # It would ask all agents in one conversation.
        each = settled(asking.plays[str(state.sample_id)], asking.answers)
        while question := next((q for q in each.questions if q.id not in asking.answers), None):
            if asking.budget.exhausted:
                state.metadata["unasked"] = asking.budget.exhausted
                break
            asking.budget.asked += 1
            state.output = await _asked(question, asking.seed)
            answer = _answer(question, state.output, asking.budget, each)
            asking.answers[question.id] = answer
            asking.tell(answer)
            each = settled(each, asking.answers)
        given = [asking.answers[q.id] for q in each.questions if q.id in asking.answers]
        state.metadata["answers"] = [answer_line(one) for one in given]
        state.metadata |= _game(each)
        profile = each.profile(asking.answers)
        if profile is not None:
            state.metadata["choices"] = list(profile)
        return state

    return solve


async def _asked(question: Question, seed: int) -> ModelOutput:
    model = get_model()
    messages: list[ChatMessage] = [
        ChatMessageSystem(content=question.system),
        ChatMessageUser(content=question.prompt),
    ]
    config = GenerateConfig(max_tokens=MAX_TOKENS)
    if getattr(model.api, "draws_by_seed", False):
        # Its draw is a function of the seed: two runs of a design give the same answers.
        config = GenerateConfig(seed=_number(f"{seed}|{question.id}"))
    return await model.generate(messages, config=config)


def _number(text: str) -> int:
    from hashlib import sha256

    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") >> 1


def _answer(question: Question, output: ModelOutput, budget: Budget, play: Play) -> Answer:
    shown = question.presentation
    if question.kind == "proposal":
        assert play.negotiation is not None
        reply = written(output.completion, play.negotiation.terms)
    else:
        reply = parsed(output.completion, shown.codes, question.words)
    usage = output.usage
    tokens = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
    cost = budget.cost(tokens)
    budget.spent += cost
    status = "refused" if output.stop_reason == "content_filter" else reply.status
    option = reply.tolerant if status == "answered" else None
    # What is written has no place among options.
    place = None if question.kind == "proposal" else option
    return Answer(
        id=question.id,
        text=output.completion,
        status=status,
        strict=None if reply.strict is None or option is None else shown.order[reply.strict],
        tolerant=None if option is None else shown.order[option],
        place=place,
        code=None if place is None else shown.codes[place],
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        cost=cost,
        probabilities=_probabilities(question, output, reply),
    )


def _probabilities(
    question: Question, output: ModelOutput, reply: Reply
) -> tuple[float, ...] | None:
    """By place, the normalised probabilities of the codes where the answer's code stands.

    None where the answer is no code, where its token is not that code alone, or where another code
    has no probability there.
    """
    import math

    logs = output.choices[0].logprobs if output.choices else None
    if question.kind == "proposal" or reply.start is None or reply.tolerant is None or not logs:
        return None
    codes = question.presentation.codes
    end = 0
    for token in logs.content:
        end += len(token.token)
        if end <= reply.start:
            continue
        if token.token.strip() != codes[reply.tolerant] or not token.top_logprobs:
            return None
        found = {each.token.strip(): math.exp(each.logprob) for each in token.top_logprobs}
        total = math.fsum(found.get(code, 0.0) for code in codes)
        if any(code not in found for code in codes) or total <= 0:
            return None
        return tuple(found[code] / total for code in codes)
    return None


def _game(play: Play) -> dict[str, Any]:
    """The game of a settled play: payoffs in utils, nested by the agents' actions, agents last."""
    import numpy as np

    if not play.settled:
        return {}
    paid = material(play.scene.environment, play.binding)
    table = np.moveaxis(paid.payoffs[:, play.state], 0, -1).astype(float) / paid.denominator
    return {"game": {"payoffs": table.tolist()}}
