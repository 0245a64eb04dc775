"""Games of a shape with a symbol for every payoff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import ZERO, Polynomial, parameter

Profile = tuple[int, ...]
Play = tuple[int, Profile]
"""A state and a profile."""


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
    def payoffs(self) -> tuple[str, ...]:
        """The names of all payoffs."""
        plays = product(range(self.agents), range(self.states), self.profiles)
        return tuple(payoff(agent, (state, profile)) for agent, state, profile in plays)

    @property
    def prior(self) -> tuple[str, ...]:
        """The names of the weights of the states: p(ω) times any positive number."""
        return tuple(f"p{s + 1}" for s in range(self.states))


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


def gain(symbols: Symbols, agent: int, play: Play, moved: Play) -> Polynomial:
    """The increase of an agent's payoff from one play to another."""
    return symbols[payoff(agent, moved)] - symbols[payoff(agent, play)]


def total(polynomials: Iterable[Polynomial]) -> Polynomial:
    """The sum of polynomials."""
    return sum(polynomials, start=ZERO)


def at_least(left: Polynomial, right: Polynomial) -> Condition:
    """The condition left ≥ right."""
    return Condition(left - right, ">=")


def positive(polynomial: Polynomial) -> Condition:
    """The condition that a polynomial is above 0."""
    return Condition(polynomial, ">")


def partitions(size: int) -> list[tuple[int, ...]]:
    """All partitions of a set of this size, each as the number of every element's part.

    Parts are numbered in order of appearance.
    """
    listed: Sequence[tuple[int, ...]] = [()]
    for _ in range(size):
        listed = [(*p, k) for p in listed for k in range(max(p, default=-1) + 2)]
    return list(listed)
