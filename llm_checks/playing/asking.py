"""Questions that are still open, and the budget for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.replies import Reply
from coopgap.llm_checks.playing.scenarios import Question

MAX_TOKENS = 1024
"""The longest reply that is asked for, unless another length is."""


@dataclass(frozen=True)
class Generation:
    """How a model is to reply; None: as its provider does.

    timeout: seconds after which a question counts as unanswered, retries included. logprobs:
    whether the probabilities of tokens are asked for.
    """

    max_tokens: int = MAX_TOKENS
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    reasoning_effort: str | None = None
    max_retries: int | None = None
    timeout: float = 300.0
    logprobs: bool = False


@dataclass
class Budget:
    """The limits of a run, and what was used of them.

    prices: dollars per million input and output tokens. decisions, dollars: limits, or None;
    ``spent`` and ``asked`` count up. pending: what calls in flight may cost, by question. largest:
    what a call cost at most.
    """

    prices: tuple[float, float] = (0.0, 0.0)
    decisions: int | None = None
    dollars: float | None = None
    spent: float = 0.0
    asked: int = 0
    pending: dict[str, float] = field(default_factory=dict)
    largest: float = 0.0

    @property
    def exhausted(self) -> str:
        """Why nothing more may be asked, or nothing."""
        if self.decisions is not None and self.asked >= self.decisions:
            return f"--max-samples {self.decisions} is reached"
        if self.dollars is not None and self.spent >= self.dollars:
            return f"--max-cost {self.dollars:g} is reached"
        return ""

    @property
    def waiting(self) -> bool:
        """Whether calls in flight may use up all that is left."""
        if self.dollars is None or not self.pending:
            return False
        return self.spent + sum(self.pending.values()) >= self.dollars

    def begin(self, question: str, tokens: tuple[int, int]) -> None:
        """Counts a call, which may cost as much as the dearest so far, or so many tokens."""
        self.asked += 1
        self.pending[question] = self.largest or self.cost(tokens)

    def end(self, question: str, cost: float) -> None:
        """Counts what a call cost."""
        self.pending.pop(question, None)
        self.spent += cost
        self.largest = max(self.largest, cost)

    def cost(self, tokens: tuple[int, int]) -> float:
        """Dollars for so many input and output tokens."""
        return sum(n * price for n, price in zip(tokens, self.prices, strict=True)) / 1e6


class Asked(Protocol):
    """What is asked about: a play of a game, or of a commons."""

    @property
    def id(self) -> str:
        """Its name, with which the names of its questions begin."""

    @property
    def repetition(self) -> int:
        """Which repetition it belongs to, from 0."""

    @property
    def players(self) -> Sequence[str]:
        """The agents' names."""

    @property
    def questions(self) -> Sequence[Question]:
        """The questions that the answers so far lead to."""

    @property
    def settled(self) -> bool:
        """Whether all its questions are known."""

    @property
    def expected(self) -> int:
        """How many questions it has, or may come to have."""


P = TypeVar("P", bound=Asked)


@dataclass(frozen=True)
class Conduct(Generic[P]):
    """How plays of a kind are asked.

    after: the play with all questions that answers lead to. read: a reply to a question. answered:
    what simulated agents, by their model's name, reply to it by a seed. facts: what logs say of a
    play that has come so far. registered: what a study fixes before the first answer, by name.
    plays: those of a study from a repetition on, for a model, by repetitions and seed. logged: a
    study as a log's header says that it was played. scores: what Inspect shows of a play and
    averages, by name, None where it has no value; labels: what it shows in words.
    """

    after: Callable[[P, Mapping[str, Answer]], P]
    read: Callable[[P, Question, str], Reply]
    answered: Callable[[str, P, Question, int], Answer]
    facts: Callable[[P, Mapping[str, Answer]], dict[str, Any]]
    registered: Callable[[Any], dict[str, Any]]
    plays: Callable[[Any, int, int, str, int], tuple[P, ...]]
    logged: Callable[[Any, Mapping[str, Any]], Any]
    scores: Mapping[str, Callable[[P, Mapping[str, Answer]], float | None]]
    labels: Mapping[str, Callable[[P, Mapping[str, Answer]], str | None]] = field(
        default_factory=dict
    )

    def is_open(self, play: P, answers: Mapping[str, Answer]) -> bool:
        """Whether a question of the play has no answer, or is not known yet."""
        whole = self.after(play, answers)
        return not whole.settled or any(each.id not in answers for each in whole.questions)


@dataclass
class Asking(Generic[P]):
    """The plays to ask, the answers so far, and the function that receives new ones.

    failed: why nothing more is asked, once a question was not answered. begun: called when a
    question is put. open: the questions that wait for a reply.
    """

    conduct: Conduct[P]
    plays: Mapping[str, P]
    seed: int
    header: Mapping[str, Any] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    tell: Callable[[Answer], None] = lambda _: None
    generation: Generation = field(default_factory=Generation)
    failed: str = ""
    epochs: Callable[[str, int], P] | None = None
    begun: Callable[[], None] = lambda: None
    open: list[str] = field(default_factory=list)

    @property
    def waiting_for(self) -> str:
        """The question that waits longest for its reply, and how many others do; or nothing."""
        others = len(self.open) - 1
        return "" if others < 0 else self.open[0] + (f" and {others} more" if others else "")

    def play(self, name: str, epoch: int) -> P:
        """The play of a sample; that of a later epoch is another repetition."""
        if epoch == 1 or self.epochs is None:
            return self.plays[name]
        return self.epochs(name, epoch)
