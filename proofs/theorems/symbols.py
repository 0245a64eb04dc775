"""Games of a shape with a symbol for every payoff, and goals over such symbols."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from coopgap.proofs.algebra.conditions import Condition, holding_at
from coopgap.proofs.algebra.polynomials import ZERO, Polynomial, parameter
from coopgap.proofs.parameters.goals import Goal, formula, stated
from coopgap.proofs.trusted.problems import Problem

Profile = tuple[int, ...]
Play = tuple[int, Profile]
"""A state and a profile."""

Formula = Condition | tuple[Any, ...]
"""A condition, or ``("and" | "or", f, …)``, or ``("not", f)``."""


@dataclass(frozen=True)
class Symbols:
    """Names, with their polynomials."""

    names: tuple[str, ...]

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.names)}

    def __getitem__(self, name: str) -> Polynomial:
        return parameter(self._index[name])


@dataclass(frozen=True)
class Shape:
    """The numbers of agents, of actions of each agent, and of states."""

    agents: int
    actions: int
    states: int

    def __str__(self) -> str:
        return f"{self.agents}x{self.actions}x{self.states}"

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """All profiles; the first one is (0, …, 0)."""
        return tuple(product(range(self.actions), repeat=self.agents))

    @property
    def plays(self) -> tuple[Play, ...]:
        """All pairs of a state and a profile."""
        return tuple(product(range(self.states), self.profiles))

    @property
    def payoffs(self) -> tuple[str, ...]:
        """The names of all payoffs."""
        return tuple(payoff(i, play) for i in range(self.agents) for play in self.plays)

    @property
    def prior(self) -> tuple[str, ...]:
        """The names of the weights of the states: p(ω) times any positive number."""
        return tuple(f"p{s + 1}" for s in range(self.states))

    def deviations(self, play: Play) -> Iterator[tuple[int, Play]]:
        """All deviations from a play: the agent and the new play."""
        state, profile = play
        for agent in range(self.agents):
            for action in range(self.actions):
                if action != profile[agent]:
                    yield agent, (state, replaced(profile, agent, action))


def replaced(profile: Profile, agent: int, action: int) -> Profile:
    """The profile (b, a_-i), in which the agent takes another action."""
    return (*profile[:agent], action, *profile[agent + 1 :])


def payoff(agent: int, play: Play) -> str:
    """The name of u_i(a, ω).

    ``u1_01_2`` is agent 1's payoff in state 2 when the first two actions are 0 and 1.
    """
    return f"u{agent + 1}_{digits(play[1])}_{play[0] + 1}"


def digits(profile: Profile) -> str:
    """A profile in names and labels."""
    return "".join(map(str, profile))


def welfare(symbols: Symbols, shape: Shape, play: Play) -> Polynomial:
    """W(a, ω), the sum of the payoffs."""
    return total(symbols[payoff(agent, play)] for agent in range(shape.agents))


def gain(symbols: Symbols, agent: int, play: Play, other: Play) -> Polynomial:
    """The increase of an agent's payoff from one play to another."""
    return symbols[payoff(agent, other)] - symbols[payoff(agent, play)]


def total(polynomials: Iterable[Polynomial]) -> Polynomial:
    """The sum of polynomials."""
    return sum(polynomials, start=ZERO)


def at_least(one: Polynomial, other: Polynomial = ZERO) -> Condition:
    """The condition one ≥ other."""
    return Condition(one - other, ">=")


def at_most(one: Polynomial, other: Polynomial = ZERO) -> Condition:
    """The condition one ≤ other."""
    return Condition(other - one, ">=")


def above(one: Polynomial, other: Polynomial = ZERO) -> Condition:
    """The condition one > other."""
    return Condition(one - other, ">")


def equal(one: Polynomial, other: Polynomial = ZERO) -> Condition:
    """The condition one = other."""
    return Condition(one - other, "==")


def iff(one: Formula, other: Formula) -> Formula:
    """The formula that both hold or neither."""
    return "and", ("or", ("not", one), other), ("or", one, ("not", other))


def goal(symbols: Symbols, assumptions: Iterable[Condition], *conclusions: Formula) -> Goal:
    """The goal that all conclusions hold wherever the assumptions do."""
    said = (each for each in dict.fromkeys(assumptions) if not _is_evident(each))
    problem = Problem(symbols.names, tuple(said))
    return formula(problem, ["and", *(_plain(each, problem) for each in conclusions)])


def _is_evident(each: Condition) -> bool:
    return each.polynomial.constant is not None and holding_at(())(each)


def _plain(each: Formula, problem: Problem) -> list[Any]:
    if isinstance(each, Condition):
        return stated(each, problem)
    connective, *parts = each
    return [connective, *(_plain(part, problem) for part in parts)]


def partitions(size: int) -> list[tuple[int, ...]]:
    """All partitions of this many things, each one as the number of every thing's part.

    Parts are numbered in order of appearance.
    """
    found: Sequence[tuple[int, ...]] = [()]
    for _ in range(size):
        found = [(*p, k) for p in found for k in range(max(p, default=-1) + 2)]
    return list(found)
