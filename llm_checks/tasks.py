"""Inspect tasks: plays of a study put to a model, one sample per play.

Agents of a play are asked in conversations of their own. ``inspect_play`` is the task by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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

from llm_checks.answers import Answer, answer_line
from llm_checks.embedded import EmbeddedModel
from llm_checks.regimes import best_contract, material
from llm_checks.replies import parsed
from llm_checks.scenarios import PROMPTS, Play, Question
from llm_checks.scenes import Study

__all__ = ["Budget", "EmbeddedModel", "task_of"]

MAX_TOKENS = 1024
"""The longest reply that is asked for."""


@dataclass
class Budget:
    """What may still be asked. prices: dollars per million input and output tokens. decisions,
    dollars: limits, or None; ``spent`` and ``asked`` count up."""

    prices: tuple[float, float] = (0.0, 0.0)
    decisions: int | None = None
    dollars: float | None = None
    spent: float = 0.0
    asked: int = 0

    @property
    def exhausted(self) -> str:
        """Why nothing more may be asked, or nothing."""
        if self.decisions is not None and self.asked >= self.decisions:
            return f"--max-samples {self.decisions} is reached"
        if self.dollars is not None and self.spent >= self.dollars:
            return f"--max-cost {self.dollars:g} is reached"
        return ""

    def cost(self, tokens: tuple[int, int]) -> float:
        """Dollars for so many input and output tokens."""
        return sum(n * price for n, price in zip(tokens, self.prices, strict=True)) / 1e6


@dataclass
class Asking:
    """The plays that are asked, what was answered before, and who is told of each answer."""

    plays: Mapping[str, Play]
    seed: int
    answers: dict[str, Answer] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    tell: Callable[[Answer], None] = lambda _: None


def task_of(found: Study, asking: Asking) -> Task:
    """The task of asking all that is open."""
    scenes = {scene.name: scene for scene in found.scenes}
    payoffs: dict[tuple[str, str, int], Any] = {}
    samples = []
    for each in asking.plays.values():
        scene, regime = scenes[each.scene], each.condition.regime
        key = (each.scene, str(regime), each.state)
        if key not in payoffs:
            contract = (
                best_contract(scene.specification, regime.language)
                if regime.kind == "enforced" and regime.language
                else None
            )
            payoffs[key] = _table(material(scene.environment, contract), each.state)
        samples.append(
            Sample(
                id=each.id,
                input="\n\n".join(question.prompt for question in each.questions) or "no choice",
                metadata={
                    "scenario": each.scene,
                    "condition": str(each.condition),
                    "state": scene.environment.states[each.state],
                    "game": {"payoffs": payoffs[key]},
                    "predictions": found.predictions.sha256,
                    "study": found.predictions.study,
                    "prompts": PROMPTS,
                    "seed": asking.seed,
                },
            )
        )
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
        each = asking.plays[str(state.sample_id)]
        for question in each.questions:
            if question.id in asking.answers:
                continue
            if asking.budget.exhausted:
                state.metadata["unasked"] = asking.budget.exhausted
                return state
            asking.budget.asked += 1
            state.output = await _asked(question, asking.seed)
            answer = _answer(question, state.output, asking.budget)
            asking.answers[question.id] = answer
            asking.tell(answer)
        given = {q.agent: asking.answers[q.id] for q in each.questions}
        state.metadata["answers"] = [answer_line(one) for one in given.values()]
        choices = dict(each.forced) | {i: one.tolerant for i, one in given.items()}
        if None not in choices.values():
            state.metadata["choices"] = [choices[i] for i in sorted(choices)]
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


def _answer(question: Question, output: ModelOutput, budget: Budget) -> Answer:
    shown = question.presentation
    reply = parsed(output.completion, shown.codes, question.words)
    usage = output.usage
    tokens = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
    cost = budget.cost(tokens)
    budget.spent += cost
    status = "refused" if output.stop_reason == "content_filter" else reply.status
    place = reply.tolerant if status == "answered" else None
    return Answer(
        id=question.id,
        text=output.completion,
        status=status,
        strict=None if reply.strict is None or place is None else shown.order[reply.strict],
        tolerant=None if place is None else shown.order[place],
        place=place,
        code=None if place is None else shown.codes[place],
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        cost=cost,
        probabilities=_probabilities(question, output),
    )


def _probabilities(question: Question, output: ModelOutput) -> tuple[float, ...] | None:
    """By place, the normalised probabilities of the codes as first token, where all are given."""
    import math

    logs = output.choices[0].logprobs if output.choices else None
    if logs is None or not logs.content or not logs.content[0].top_logprobs:
        return None
    found = {each.token.strip(): math.exp(each.logprob) for each in logs.content[0].top_logprobs}
    codes = question.presentation.codes
    if any(code not in found for code in codes):
        return None
    total = math.fsum(found[code] for code in codes)
    return tuple(found[code] / total for code in codes) if total > 0 else None


def _table(paid: Any, state: int) -> Any:
    """Payoffs in utils nested by the agents' actions, the agents last."""
    import numpy as np

    return (np.moveaxis(paid.payoffs[:, state], 0, -1).astype(float) / paid.denominator).tolist()
