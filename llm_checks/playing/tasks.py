"""Inspect tasks: plays put to a model, one sample per play.

Agents of a play are asked in conversations of their own. ``inspect_play`` is the task by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial

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
from inspect_ai.scorer import Metric, Score, Scorer, Target, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.asking import Asking, Budget, P
from coopgap.llm_checks.playing.embedded import EmbeddedModel
from coopgap.llm_checks.playing.models import names_in, one_line
from coopgap.llm_checks.playing.replies import Reply
from coopgap.llm_checks.playing.scenarios import WRITTEN, Question

__all__ = ["EmbeddedModel", "decide", "task_of"]

TOP_LOGPROBS = 20
"""Of how many tokens the probabilities are asked for; providers give no more."""


def task_of(asking: Asking[P]) -> Task:
    """The task of asking all open questions."""
    conduct, header = asking.conduct, asking.header
    several = len(names_in(str(header.get("model")))) > 1
    samples = [
        Sample(
            id=play.id,
            input="\n\n".join(question.prompt for question in play.questions) or "no choice",
            metadata={"differ": several, **conduct.facts(play, asking.answers), **header},
        )
        for play in (conduct.after(bare, asking.answers) for bare in asking.plays.values())
    ]
    numbers: dict[str, Callable[[P, Mapping[str, Answer]], float | None]] = {
        **conduct.scores,
        "parsed_share": partial(_share, status="answered"),
        "refused_share": partial(_share, status="refused"),
    }
    return Task(
        dataset=MemoryDataset(samples, name=header.get("source")),
        solver=decide(asking),
        scorer=[
            *(_scorer(asking, name, value, [mean()]) for name, value in numbers.items()),
            *(_scorer(asking, name, value, []) for name, value in conduct.labels.items()),
        ],
        name="play",
        metadata={name: header.get(name) for name in ("study", "predictions")},
    )


@solver
def decide(asking: Asking[P]) -> Solver:
    """Asks the open questions of a play, one conversation each, and records the answers.

    After a question that was not answered nothing more is asked.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate  # It would ask all agents in one conversation.
        conduct = asking.conduct
        play = conduct.after(asking.play(str(state.sample_id), state.epoch), asking.answers)
        while question := next((q for q in play.questions if q.id not in asking.answers), None):
            while asking.budget.waiting:
                await sleep(0.05)
            if asking.failed or asking.budget.exhausted:
                state.metadata["unasked"] = asking.failed or asking.budget.exhausted
                break
            length = len(question.system) + len(question.prompt)
            asking.budget.begin(question.id, (length // 3, asking.options.generation.max_tokens))
            asking.open.append(question.id)
            asking.tell()
            try:
                player = play.players[question.agent]
                state.output = await _output(question, asking, get_model(role=player))
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
            reply = conduct.read(play, question, state.output.completion)
            answer = _answer(question, state.output, asking.budget, reply)
            asking.budget.end(question.id, answer.cost)
            asking.keep(answer)
            play = conduct.after(play, asking.answers)
        answers = [asking.answers[q.id] for q in play.questions if q.id in asking.answers]
        state.metadata["answers"] = [asdict(answer) for answer in answers]
        state.metadata |= conduct.facts(play, asking.answers)
        return state

    return solve


def _scorer(
    asking: Asking[P],
    name: str,
    measure: Callable[[P, Mapping[str, Answer]], str | float | None],
    metrics: list[Metric],
) -> Scorer:
    """A scorer of plays; a play without a value is left unscored."""

    @scorer(metrics=metrics, name=name)
    def build() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score | None:
            del target
            play = asking.play(str(state.sample_id), state.epoch)
            value = measure(asking.conduct.after(play, asking.answers), asking.answers)
            return None if value is None else Score(value=value)

        return score

    return build()


def _share(play: P, answers: Mapping[str, Answer], status: str) -> float:
    """The share of a play's questions whose replies have a status."""
    questions = play.questions
    statuses = [answers[own.id].status for own in questions if own.id in answers]
    return statuses.count(status) / max(len(questions), 1)


async def _output(question: Question, asking: Asking[P], model: Model) -> ModelOutput:
    """The model's output. Raises TimeoutError, and whatever the provider's client raises."""
    generation = asking.options.generation
    messages: list[ChatMessage] = [
        ChatMessageSystem(content=question.system),
        ChatMessageUser(content=question.prompt),
    ]
    if getattr(model.api, "draws_by_seed", False):
        # Its draw is a function of the seed: two runs of a design give the same answers.
        config = GenerateConfig(seed=_number(f"{asking.options.seed}|{question.id}"))
    else:
        settings = asdict(generation)
        del settings["timeout"], settings["logprobs"]
        if generation.logprobs:
            settings |= {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
        config = GenerateConfig(**settings)
    try:
        with fail_after(generation.timeout):
            output = await model.generate(messages, config=config)
    except TimeoutError:
        raise TimeoutError(f"no answer within {generation.timeout:g} s (--timeout)") from None
    if output.error:
        raise RuntimeError(output.error)
    return output


def _number(text: str) -> int:
    from hashlib import sha256

    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") >> 1


def _answer(question: Question, output: ModelOutput, budget: Budget, reply: Reply) -> Answer:
    layout = question.layout
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
        strict=None if reply.strict is None or option is None else layout.order[reply.strict],
        tolerant=None if option is None else layout.order[option],
        place=place,
        code=None if place is None else layout.codes[place],
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
    codes = question.layout.codes
    end = 0
    for token in logs.content:
        end += len(token.token)
        if end <= reply.start:
            continue
        if token.token.strip() != codes[reply.tolerant] or not token.top_logprobs:
            return None
        probabilities = {top.token.strip(): math.exp(top.logprob) for top in token.top_logprobs}
        total = math.fsum(probabilities.get(code, 0.0) for code in codes)
        if any(code not in probabilities for code in codes) or total <= 0:
            return None
        return tuple(probabilities[code] / total for code in codes)
    return None
