"""Inspect tasks: plays of a study put to a model, one sample per play.

Agents of a play are asked in conversations of their own. ``inspect_play`` is the task by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from anyio import fail_after, sleep
from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    get_model,
)
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from coopgap.llm_checks.negotiating.negotiation import settled, written
from coopgap.llm_checks.playing.answers import Answer, answer_line
from coopgap.llm_checks.playing.asking import Asking, Budget
from coopgap.llm_checks.playing.embedded import EmbeddedModel
from coopgap.llm_checks.playing.models import differ, one_line
from coopgap.llm_checks.playing.replies import Reply, parsed
from coopgap.llm_checks.playing.scenarios import WRITTEN, Play, Question
from coopgap.llm_checks.predicting.quantities import classes, quantities
from coopgap.llm_checks.predicting.regimes import material
from coopgap.llm_checks.predicting.scenes import Study

__all__ = ["EmbeddedModel", "task_of"]

TOP_LOGPROBS = 20
"""Of how many tokens the probabilities are asked for; providers give no more."""


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
                "differ": differ(each.condition, str(asking.header.get("model"))),
                **asking.header,
            },
        )
        for each in (settled(one, asking.answers) for one in asking.plays.values())
    ]
    return Task(
        dataset=MemoryDataset(samples, name=found.source),
        solver=decide(asking),
        scorer=[each(asking) for each in SCORERS],
        name="play",
        metadata={"study": found.predictions.study, "predictions": found.predictions.sha256},
    )


@solver
def decide(asking: Asking) -> Solver:
    """Asks the open questions of a play, one conversation each, and records the answers.

    After a question that was not answered nothing more is asked.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate  # It would ask all agents in one conversation.
        each = settled(asking.play(str(state.sample_id), state.epoch), asking.answers)
        while question := next((q for q in each.questions if q.id not in asking.answers), None):
            while asking.budget.waiting:
                await sleep(0.05)
            if asking.failed or asking.budget.exhausted:
                state.metadata["unasked"] = asking.failed or asking.budget.exhausted
                break
            length = len(question.system) + len(question.prompt)
            asking.budget.begin(question.id, (length // 3, asking.generation.max_tokens))
            asking.open.append(question.id)
            asking.begun()
            try:
                player = each.scene.environment.players[question.agent]
                state.output = await _asked(question, asking, get_model(role=player))
            except Exception as error:
                asking.budget.end(question.id, 0.0)
                if asking.epochs is not None:
                    # A task by itself: errors are for Inspect to retry, count and show.
                    raise
                asking.failed = asking.failed or one_line(error)
                state.metadata["unasked"] = asking.failed
                break
            finally:
                asking.open.remove(question.id)
            answer = _answer(question, state.output, asking.budget, each)
            asking.budget.end(question.id, answer.cost)
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


@scorer(metrics=[mean()])
def first_best(asking: Asking) -> Scorer:
    """Whether the first best was played."""
    return _scored(asking, lambda seen: _quantity(seen, "first-best"))


@scorer(metrics=[mean()])
def welfare(asking: Asking) -> Scorer:
    """Welfare, in utils."""
    return _scored(asking, lambda seen: _quantity(seen, "welfare"))


@scorer(metrics=[])
def verified(asking: Asking) -> Scorer:
    """The verifiable class of what was played."""
    return _scored(asking, _class)


@scorer(metrics=[mean()])
def parsed_share(asking: Asking) -> Scorer:
    """The share of a play's questions whose replies were read."""
    return _scored(asking, lambda seen: _share(seen, "answered"))


@scorer(metrics=[mean()])
def refused_share(asking: Asking) -> Scorer:
    """The share of a play's questions that were refused."""
    return _scored(asking, lambda seen: _share(seen, "refused"))


SCORERS = (first_best, welfare, verified, parsed_share, refused_share)
Scored = tuple[Play, Mapping[str, Answer]]


def _scored(asking: Asking, value: Callable[[Scored], str | float | None]) -> Scorer:
    """A scorer of plays; a play without a value is left unscored."""

    async def score(state: TaskState, target: Target) -> Score | None:
        del target
        each = settled(asking.play(str(state.sample_id), state.epoch), asking.answers)
        found = value((each, asking.answers))
        return None if found is None else Score(value=found)

    return score


def _quantity(seen: Scored, name: str) -> float | None:
    play, profile = seen[0], seen[0].profile(seen[1])
    if profile is None:
        return None
    environment = play.scene.environment
    table = quantities(play.scene.specification, play.condition.regime.language)[name]
    unit = environment.denominator if name == "welfare" else 1
    return int(table[(play.state, *profile)]) / unit


def _class(seen: Scored) -> str | None:
    play, profile = seen[0], seen[0].profile(seen[1])
    if profile is None:
        return None
    found = classes(play.scene.specification, play.condition.regime.language)
    return next((name for name, mask in found.items() if mask[(play.state, *profile)]), None)


def _share(seen: Scored, status: str) -> float:
    asked = seen[0].questions
    return sum(each.id in seen[1] and seen[1][each.id].status == status for each in asked) / max(
        len(asked), 1
    )


async def _asked(question: Question, asking: Asking, model: Model) -> ModelOutput:
    """The model's output. Raises TimeoutError, and whatever the provider's client raises."""
    wanted = asking.generation
    messages: list[ChatMessage] = [
        ChatMessageSystem(content=question.system),
        ChatMessageUser(content=question.prompt),
    ]
    if getattr(model.api, "draws_by_seed", False):
        # Its draw is a function of the seed: two runs of a design give the same answers.
        config = GenerateConfig(seed=_number(f"{asking.seed}|{question.id}"))
    else:
        given = asdict(wanted)
        del given["timeout"], given["logprobs"]
        if wanted.logprobs:
            given |= {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
        config = GenerateConfig(**given)
    try:
        with fail_after(wanted.timeout):
            output = await model.generate(messages, config=config)
    except TimeoutError:
        raise TimeoutError(f"no answer within {wanted.timeout:g} s (--timeout)") from None
    if output.error:
        raise RuntimeError(output.error)
    return output


def _number(text: str) -> int:
    from hashlib import sha256

    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") >> 1


def _answer(question: Question, output: ModelOutput, budget: Budget, play: Play) -> Answer:
    shown = question.presentation
    if question.kind == "proposal":
        assert play.negotiation is not None
        reply = written(output.completion, play.negotiation.terms)
    elif question.kind == "message":
        reply = Reply("answered" if output.completion.strip() else "unparseable", None, None)
    else:
        reply = parsed(output.completion, shown.codes, question.words, question.reasoned)
    usage = output.usage
    tokens = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
    status = reply.status
    if output.stop_reason == "content_filter":
        status = "refused"
    elif status != "answered" and output.stop_reason in ("max_tokens", "model_length"):
        status = "cut"
    option = reply.tolerant if status == "answered" else None
    # What is written has no place among options.
    place = None if question.kind in WRITTEN else option
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
        cost=budget.cost(tokens),
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
    if reply.start is None or reply.tolerant is None or not logs:
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
