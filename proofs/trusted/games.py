"""What follows from a problem: plays, records, deviations, welfare, and the λ of a claim.

Units: payoffs are over ``game.denominator`` utils; λ = level / scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from proofs.trusted.conditions import TREMBLE, Known
from proofs.trusted.documents import Budget, require
from proofs.trusted.polynomials import Number, Ratio, number, ratio
from proofs.trusted.problems import Problem, Prosociality

EPSILON = "0+"
"""What stands in certificates for an ε > 0 that is let go to 0; no parameter is called so."""

Deviation = tuple[int, int, int, Number, Number]
"""Agent, its new action, the record it leaves, its material gain, and the welfare it destroys."""


class Plays:
    """The plays of a problem's game. They are the same in all cases of the parameters."""

    def __init__(self, problem: Problem, budget: Budget) -> None:
        assert problem.game is not None
        self.problem, self.game, self.budget = problem, problem.game, budget
        self.agents, self.states = range(len(self.game.players)), len(self.game.states)
        self.sizes = [len(labels) for labels in self.game.actions]
        self.profiles = math.prod(self.sizes)
        budget.spend(len(self.agents) ** 2)
        self.strides = [math.prod(self.sizes[i + 1 :]) for i in self.agents]
        self.unit = self.game.denominator
        classes = (problem.records and problem.records.classes) or ()
        self._classes = [max(own) + 1 for own in classes]
        self._welfare: dict[tuple[int, int], Number] = {}
        self._deviations: dict[tuple[int, int], list[Deviation]] = {}

    def action(self, profile: int, agent: int) -> int:
        """The agent's action in a profile."""
        return profile // self.strides[agent] % self.sizes[agent]

    def moved(self, profile: int, agent: int, action: int) -> int:
        """The profile in which the agent takes another action."""
        return profile + (action - self.action(profile, agent)) * self.strides[agent]

    def record(self, state: int, profile: int) -> int:
        """ρ(ω, a); without a language each play is a record of its own."""
        records = self.problem.records
        if records is None:
            return state * self.profiles + profile
        if records.table is not None:
            return int(records.table[state][profile])
        assert records.cells is not None
        assert records.classes is not None
        place = records.cells[state]
        for agent, classes in enumerate(records.classes):
            place = place * self._classes[agent] + classes[self.action(profile, agent)]
        return place

    def welfare(self, state: int, profile: int) -> Number:
        """W(a, ω) over the denominator."""
        found = self._welfare.get((state, profile))
        if found is None:
            self.budget.spend(len(self.agents))
            found = sum(own[state][profile] for own in self.game.payoffs)
            self._welfare[state, profile] = found
        return found

    def deviations(self, state: int, profile: int) -> list[Deviation]:
        """All unilateral deviations from a profile."""
        found = self._deviations.get((state, profile))
        if found is None:
            found = list(self._deviating(state, profile))
            if self.problem.parameters:
                self._deviations[state, profile] = found
        return found

    def _deviating(self, state: int, profile: int) -> Iterator[Deviation]:
        here = self.welfare(state, profile)
        for agent, payoffs in enumerate(self.game.payoffs):
            own = payoffs[state]
            self.budget.spend(self.sizes[agent] * (1 + len(self.agents) // 4))
            for action in range(self.sizes[agent]):
                there = self.moved(profile, agent, action)
                if there != profile:
                    record, lost = self.record(state, there), here - self.welfare(state, there)
                    yield agent, action, record, own[there] - own[profile], lost


class Case:
    """A claim about a game in one case of its parameters, and the witness that is to show it.

    fields: the claim's own, beside its id; its rule reads them all."""

    def __init__(
        self, plays: Plays, known: Known, claim: tuple[str, bool, Mapping[str, Any]], witness: Any
    ) -> None:
        self.plays, self.known, self.budget = plays, known, plays.budget
        self.id, self.holds, self.fields = claim
        self.witness = witness
        game, contracts = plays.game, plays.problem.contracts
        require(known.holds(plays.unit, ">"), "the denominator of payoffs is not positive")
        require(all(known.holds(p, ">=") for p in game.prior), "a state's weight is negative")
        self.support = [s for s, p in enumerate(game.prior) if known.holds(p, ">")]
        self.likely = set(self.support)
        self.mass: Number = sum(game.prior[s] for s in self.support)
        require(bool(self.support), "no state has a probability")
        if contracts.liability is not None:
            above, below = contracts.liability
            bounded = known.holds(below, ">") and known.holds(above, ">=")
            require(bounded, "the liability bound is negative")
        self._ends: tuple[Prosociality, ...] = ()
        self.first = self.last = True
        if plays.problem.prosociality is not None:
            require(known.holds(plays.problem.prosociality.scale, ">"), "λ has no denominator")
            self._set(plays.problem.prosociality)

    def _set(self, *ends: Prosociality) -> None:
        nonnegative = all(self.known.holds(each, ">=") for end in ends for each in end.levels)
        require(nonnegative, "λ is negative")
        self._ends = ends

    @property
    def ends(self) -> tuple[Prosociality, ...]:
        """The λ that the claim is about: the only one, or the first and the last of an interval."""
        require(bool(self._ends), "the claim is about no λ")
        return self._ends

    def between(self, *ends: Ratio | None, first: bool = True, last: bool = True) -> Case:
        """The same about all common λ from one end (None: ∞) to the other, themselves included or
        not."""
        require(self.plays.problem.prosociality is None, "the data fix λ, the claim gives another")
        agents = len(self.plays.agents)
        other = copy(self)
        other._set(
            *(
                Prosociality([1] * agents, 0)
                if end is None
                else Prosociality([end[0]] * agents, end[1])
                for end in ends
            )
        )
        other.first, other.last = first, last
        return other

    def part(self, name: str) -> Case:
        """The same with a part of the witness."""
        other = copy(self)
        other.witness = self.witness[name]
        return other

    def ratio(self, value: Any) -> Ratio:
        """A number of the claim."""
        above, below = ratio(value, self.plays.problem.index, self.budget)
        require(self.known.holds(below, ">"), "what a number is over is not positive")
        return above, below

    def number(self, value: Any) -> Number:
        """A number of the witness. It may depend on an ε: whatever it shows, it shows for all
        ε > 0, since a sign is known only if all coefficients agree on it."""
        self.budget.spend()
        if type(value) is int:
            return value
        return number(value, {**self.plays.problem.index, EPSILON: TREMBLE}, self.budget)

    def positive(self, value: Any) -> Number:
        """A number of the witness, which must be positive."""
        read = self.number(value)
        require(self.known.holds(read, ">"), "a number of the witness is not positive")
        return read

    def limit(self, value: Number) -> Number:
        """A number of the witness where ε goes to 0."""
        return value if type(value) is int else value.coefficients(TREMBLE).get(0, 0)

    def excluded(self, strengths: Sequence[Number]) -> bool:
        """Whether what is linear in λ, and this at the ends, is positive at each λ of the claim."""
        signs = [self.known.holds(each, ">") for each in strengths]
        if len(signs) == 1:
            return signs[0]
        ends = all(
            sign or self.known.holds(each, ">=")
            for sign, each in zip(signs, strengths, strict=True)
        )
        return (
            ends
            and (signs[0] or (not self.first and signs[1]))
            and (signs[1] or (not self.last and signs[0]))
        )
