"""Plays of a commons: what is asked month by month, and what the answers and chance make of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from coopgap.llm_checks.commons.playing.conditions import CommonsCondition
from coopgap.llm_checks.commons.playing.quotas import ProposedQuota, read_quota
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.scenarios import Question
from coopgap.llm_checks.predicting.regimes import Disposition
from coopgap.proofs.commons.equilibria import Caps
from coopgap.theory.commons.rationing import drawn
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import QuotaLanguage

BROKEN = "a reply could not be read, nor the one after it"

ACCEPT = 0
"""The option of an acceptance that accepts."""


@dataclass(frozen=True)
class Month:
    """A month that is over. Units; proportional catches may be fractions."""

    number: int
    stock: int
    signal: int
    demands: tuple[int, ...]
    caught: tuple[Fraction, ...]
    left: int


@dataclass(frozen=True)
class CommonsPlay:
    """One play, as far as it has come.

    wanted: what each agent is asked to want. language: of its quota, None without one. quota: what
    is announced or enforced, None while there is none. proposer: an agent, None where nothing is
    negotiated. months: those that are over. stock: now; None when play has ended. broken: why it
    ended too soon, or empty. menu: whether agents choose among few demands, as those who cannot
    write must. reasoning: whether agents may reason before they answer.
    """

    id: str
    commons: Commons
    condition: CommonsCondition
    repetition: int
    seed: int
    wanted: tuple[Disposition, ...]
    stock: int | None
    language: QuotaLanguage | None = None
    quota: Caps | None = None
    proposer: int | None = None
    proposal: ProposedQuota | None = None
    months: tuple[Month, ...] = ()
    questions: tuple[Question, ...] = ()
    broken: str = ""
    menu: bool = False
    reasoning: bool = False

    @property
    def players(self) -> Sequence[str]:
        """The agents' names."""
        return players_of(self.commons)

    @property
    def settled(self) -> bool:
        """Whether it has ended."""
        return self.stock is None

    @property
    def expected(self) -> int:
        """How many questions it has, or has at most if every reply can be read."""
        if self.settled:
            return len(self.questions)
        left = self.commons.horizon - len(self.months)
        asked = sum(len(self.commons.grid) > 1 for _ in self.players)
        done = [q for q in self.questions if q.kind != "decision"]
        return len(done) + asked * (left + len(self.months))

    @property
    def month(self) -> int:
        """The number of the month that is played, from 1."""
        return 1 + len(self.months)

    @property
    def signal(self) -> int:
        """What agents see of this month's growth, by number; the same in every condition."""
        weights = [float(each.probability) for each in self.commons.signals]
        return self.chance("seen").choices(range(len(weights)), weights)[0]

    @property
    def caught(self) -> tuple[Fraction, ...]:
        """What each agent has caught in all, in units."""
        return tuple(
            sum((month.caught[i] for month in self.months), start=Fraction(0))
            for i in range(self.commons.agents)
        )

    @property
    def most(self) -> int:
        """The largest demand that an enforced quota leaves each agent this month, in units."""
        assert self.stock is not None
        largest = self.commons.largest(self.stock)
        if self.quota is None or self.condition.regime.kind == "announced":
            return largest
        return min(largest, self.commons.grid[self.quota(self.month, self.signal, self.stock)])

    def chance(self, what: str) -> random.Random:
        """Chance in this month, the same in every condition."""
        return random.Random(f"{self.seed}|{what}|{self.repetition}|{self.month}")

    def demands(self) -> list[int]:
        """What an agent can ask for this month."""
        return [demand for demand in self.commons.grid if demand <= self.most]


def players_of(commons: Commons) -> tuple[str, ...]:
    """The agents' names."""
    return tuple(f"player {number}" for number in range(1, commons.agents + 1))


def harvested(play: CommonsPlay, demands: Sequence[int]) -> CommonsPlay:
    """The play after this month, in which agents ask for so much."""
    assert play.stock is not None
    commons, generator = play.commons, random.Random(f"{play.seed}|{play.id}|{play.month}")
    caught = drawn(commons.rationing, play.stock, demands, generator)
    left = play.stock - min(play.stock, sum(demands))
    signal = commons.signals[play.signal]
    weights = [float(p) for p, _ in signal.outcomes]
    _, factor = play.chance("growth").choices(signal.outcomes, weights)[0]
    month = Month(play.month, play.stock, play.signal, tuple(demands), caught, left)
    ended = left < commons.collapse or play.month == commons.horizon
    stock = None if ended else commons.grown(left, factor, play.month)
    return replace(play, months=(*play.months, month), stock=stock)


def agreed(play: CommonsPlay, answers: Mapping[str, Answer]) -> CommonsPlay | None:
    """The play with the quota that was negotiated; None while answers are missing."""
    first, *rest = [each for each in play.questions if each.kind != "decision"]
    assert play.language is not None
    answer = answers[first.id]
    proposal = ProposedQuota("refused", reason="the proposer declined")
    if answer.status != "refused":
        proposal = read_quota(answer.text, play.commons, play.language)
    if proposal.status != "writable":
        return replace(play, proposal=proposal)
    replies = [answers.get(each.id) for each in rest]
    if not rest or None in replies:
        return None
    accepted = all(each is not None and each.tolerant == ACCEPT for each in replies)
    quota = proposal.caps(play.commons) if accepted else None
    return replace(play, proposal=proposal, quota=quota)
