"""How a study is to be asked, the questions that are still open, and the budget for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from coopgap.llm_checks.playing.answers import Answer, append
from coopgap.llm_checks.playing.models import EMBEDDED, Cast, cast_of
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


@dataclass(frozen=True)
class Options:
    """How a study is played.

    model: a name of Inspect's, one for each role, or a model itself. prices: dollars per million
    input and output tokens. stop: whether a run that has come so far may end, for runs that are
    judged by intervals that hold at all times; None: all repetitions are played. model_args,
    base_url: for the provider's client. begin: is called before anything is written, once the model
    can be used. progress: is told of answers, of how many, and of what is being waited for.
    """

    model: Any = EMBEDDED
    repetitions: int = 1
    seed: int = 0
    max_samples: int | None = None
    max_cost: float | None = None
    prices: tuple[float, float] | None = None
    concurrency: int = 4
    predictions: str = ""
    stop: Callable[[Any], bool] | None = None
    begin: Callable[[], None] = field(default=lambda: None)
    progress: Callable[[int, int, str], None] = field(default=lambda _answers, _total, _wait: None)
    generation: Generation = field(default_factory=Generation)
    model_args: Mapping[str, Any] = field(default_factory=dict)
    base_url: str | None = None

    def cast(self, players: Sequence[str]) -> Cast:
        """Who plays. Raises InputError for roles that are not the players."""
        client = {"model_args": self.model_args, "base_url": self.base_url}
        return cast_of(self.model, players, **client)


@dataclass
class Budget:
    """The limits of a run, and what was used of them.

    prices: dollars per million input and output tokens. decisions, dollars: limits, or None;
    ``spent`` and ``calls`` count up. pending: what calls in flight may cost, by question. largest:
    what a call cost at most.
    """

    prices: tuple[float, float] = (0.0, 0.0)
    decisions: int | None = None
    dollars: float | None = None
    spent: float = 0.0
    calls: int = 0
    pending: dict[str, float] = field(default_factory=dict)
    largest: float = 0.0

    @property
    def exhausted(self) -> str:
        """Why nothing more may be asked, or nothing."""
        if self.decisions is not None and self.calls >= self.decisions:
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
        self.calls += 1
        self.pending[question] = self.largest or self.cost(tokens)

    def end(self, question: str, cost: float) -> None:
        """Counts what a call cost."""
        self.pending.pop(question, None)
        self.spent += cost
        self.largest = max(self.largest, cost)

    def cost(self, tokens: tuple[int, int]) -> float:
        """Dollars for so many input and output tokens."""
        return sum(n * price for n, price in zip(tokens, self.prices, strict=True)) / 1e6


class AnyPlay(Protocol):
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


P = TypeVar("P", bound=AnyPlay)


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
        current = self.after(play, answers)
        names = {question.id for question in current.questions}
        return not current.settled or not names <= answers.keys()


@dataclass
class Asking(Generic[P]):
    """The plays to ask, and the answers so far.

    journal: where answers are kept besides; None: nowhere. total: how many are expected. failed:
    why nothing more is asked, once a question was not answered. epochs: the play of a name in an
    epoch, where Inspect runs the task by itself. open: the questions that wait for a reply.
    """

    conduct: Conduct[P]
    options: Options
    header: Mapping[str, Any]
    plays: Mapping[str, P] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    journal: Path | None = None
    total: int = 0
    failed: str = ""
    epochs: Callable[[str, int], P] | None = None
    open: list[str] = field(default_factory=list)

    def tell(self) -> None:
        """Says how far it is, which question waits longest for its reply, and how many others."""
        more = len(self.open) - 1
        wait = "" if more < 0 else self.open[0] + (f" and {more} more" if more else "")
        self.options.progress(len(self.answers), self.total, wait)

    def keep(self, answer: Answer) -> None:
        """Adds an answer, which is on disk before the next question."""
        self.answers[answer.id] = answer
        if self.journal is not None:
            append(self.journal, asdict(answer))
        self.tell()

    def play(self, name: str, epoch: int) -> P:
        """The play of a sample; that of a later epoch is another repetition."""
        if epoch == 1 or self.epochs is None:
            return self.plays[name]
        return self.epochs(name, epoch)
