"""Plays of a commons: what is asked month by month, and what the answers and chance make of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from coopgap.llm_checks.commons.playing.conditions import CommonsCondition
from coopgap.llm_checks.commons.playing.quotas import ProposedQuota
from coopgap.llm_checks.playing.scenarios import Question
from coopgap.llm_checks.predicting.regimes import Disposition
from coopgap.proofs.commons.equilibria import Caps
from coopgap.theory.commons.rationing import drawn
from coopgap.theory.commons.regimes import Situations, State, regimes_of
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import QuotaLanguage

BROKEN = "a reply could not be read, nor the one after it"


@dataclass(frozen=True)
class Month:
    """A month that is over. Units; proportional catches may be fractions."""

    number: int
    stock: int
    signal: int
    demands: tuple[int, ...]
    caught: tuple[Fraction, ...]
    remainder: int


@dataclass(frozen=True)
class CommonsPlay:
    """One play, as far as it has come.

    dispositions: what each agent is asked to want. language: of its quota, None without one. quota:
    what is announced or enforced, None while there is none. proposer: an agent, None where nothing
    is negotiated. months: those that are over. stock: now; None when play has ended. regime: that
    of growth, if it has regimes, and past: the totals before that it still depends on. broken: why
    it ended too soon, or empty. menu: whether agents choose among few demands, as those who cannot
    write must. reasoning: whether agents may reason before they answer.
    """

    id: str
    commons: Commons
    condition: CommonsCondition
    repetition: int
    seed: int
    dispositions: tuple[Disposition, ...]
    stock: int | None
    language: QuotaLanguage | None = None
    quota: Caps | None = None
    proposer: int | None = None
    proposal: ProposedQuota | None = None
    months: tuple[Month, ...] = ()
    regime: int = 0
    past: tuple[int, ...] = ()
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
        negotiating = sum(question.kind != "decision" for question in self.questions)
        return negotiating + self.commons.agents * self.commons.horizon

    @property
    def month(self) -> int:
        """The number of the month that is played, from 1."""
        return 1 + len(self.months)

    @property
    def signal(self) -> int:
        """What agents see of this month's growth, by number.

        What is drawn of it is the same in every condition.
        """
        if regimes_of(self.commons) is not None:
            return self.regime
        weights = [float(signal.probability) for signal in self.commons.signals]
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

    def chance(self, purpose: str) -> random.Random:
        """Chance in this month, the same in every condition."""
        return random.Random(f"{self.seed}|{purpose}|{self.repetition}|{self.month}")

    def demands(self) -> list[int]:
        """What an agent can ask for this month."""
        most = self.most
        return [demand for demand in self.commons.grid if demand <= most]


def players_of(commons: Commons) -> tuple[str, ...]:
    """The agents' names."""
    return tuple(f"player {number}" for number in range(1, commons.agents + 1))


def harvested(play: CommonsPlay, demands: Sequence[int]) -> CommonsPlay:
    """The play after this month, in which agents ask for so much."""
    assert play.stock is not None
    commons, generator = play.commons, random.Random(f"{play.seed}|{play.id}|{play.month}")
    caught = drawn(commons.rationing, play.stock, demands, generator)
    remainder = play.stock - min(play.stock, sum(demands))
    month = Month(play.month, play.stock, play.signal, tuple(demands), caught, remainder)
    outcomes = _after(play, remainder)
    finished = replace(play, months=(*play.months, month))
    if not outcomes or play.month == commons.horizon:
        return replace(finished, stock=None)
    weights = [float(p) for p, _ in outcomes]
    ((_, state),) = play.chance("growth").choices(outcomes, weights)
    return replace(finished, stock=state.stock, regime=state.regime, past=state.past)


def _after(play: CommonsPlay, remainder: int) -> list[tuple[Fraction, State]]:
    """What may follow this month, by what its harvest leaves, with probabilities."""
    assert play.stock is not None
    commons, regimes = play.commons, regimes_of(play.commons)
    if regimes is not None:
        state = State(play.regime, play.stock, play.past)
        total = play.stock - remainder
        return Situations(commons, regimes, (), False).successors(play.month, state, total)
    if remainder < commons.collapse:
        return []
    signal = commons.signals[play.signal]
    return [(p, State(0, commons.grown(remainder, r, play.month))) for p, r in signal.outcomes]
