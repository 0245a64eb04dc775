"""What an agent can expect to catch when demands exceed the stock, exactly."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import comb, lcm, prod

from coopgap.theory.commons.resource import Rationing

Groups = tuple[tuple[int, int], ...]
"""How many other agents demand how much."""


def catch(rule: Rationing, stock: int, own: int, others: Groups) -> Fraction:
    """The expected catch, in units, of an agent that demands ``own``.

    others: numbers of agents with their demands. If not all can have what they demand, either each
    gets its proportion, or units go one at a time to an agent drawn uniformly from those who still
    want one.
    """
    alike = tuple((count, demand) for count, demand in others if count and demand)
    demanded = own + sum(count * demand for count, demand in alike)
    if demanded <= stock:
        return Fraction(own)
    if rule == "proportional":
        return Fraction(own * stock, demanded)
    return _one_at_a_time(stock, own, alike)


def drawn(
    rule: Rationing, stock: int, demands: Sequence[int], generator: random.Random
) -> tuple[Fraction, ...]:
    """What each agent catches, in units, where the draws of the one-at-a-time rule are made."""
    total = sum(demands)
    if total <= stock:
        return tuple(map(Fraction, demands))
    if rule == "proportional":
        return tuple(Fraction(demand * stock, total) for demand in demands)
    caught = [0] * len(demands)
    for _ in range(stock):
        wanting = [i for i, demand in enumerate(demands) if caught[i] < demand]
        caught[generator.choice(wanting)] += 1
    return tuple(map(Fraction, caught))


@lru_cache(maxsize=1 << 14)
def _one_at_a_time(stock: int, own: int, others: Groups) -> Fraction:
    """The expectation under draws.

    Given how many of a group are not yet satisfied and what these have together, every order of
    their draws is equally likely. So a state needs, for each group, only these two numbers; its
    weight is over the number of orders inside the groups (``_orders``), and an own demand that is
    met does not matter any more: the catch is then ``own`` whatever follows.
    """
    scale = lcm(*range(1, 2 + sum(count for count, _ in others)))
    layer: dict[tuple[tuple[int, int], ...], int] = {tuple((c, 0) for c, _ in others): 1}
    for _ in range(stock):
        after: dict[tuple[tuple[int, int], ...], int] = defaultdict(int)
        for state, weight in layer.items():
            per_agent = weight * (scale // (1 + sum(wanting for wanting, _ in state)))
            after[state] += per_agent
            for place, ((wanting, had), (_, demand)) in enumerate(zip(state, others, strict=True)):
                if wanting and had < wanting * (demand - 1):
                    after[*state[:place], (wanting, had + 1), *state[place + 1 :]] += per_agent
                rest = had - demand + 1
                if wanting and 0 <= rest <= (wanting - 1) * (demand - 1):
                    satisfied = (*state[:place], (wanting - 1, rest), *state[place + 1 :])
                    after[satisfied] += per_agent * wanting * comb(had, rest)
        layer = after
    total = 0
    for state, weight in layer.items():
        ways = [
            _orders(wanting, had, demand)
            for (wanting, had), (_, demand) in zip(state, others, strict=True)
        ]
        caught = stock - _others_catch(state, others)
        total += weight * prod(ways) * min(own, caught)
    return Fraction(total, scale**stock)


def _others_catch(state: Sequence[tuple[int, int]], others: Groups) -> int:
    """What the others have in a state."""
    return sum(
        had + (count - wanting) * demand
        for (wanting, had), (count, demand) in zip(state, others, strict=True)
    )


@lru_cache(maxsize=1 << 14)
def _orders(agents: int, units: int, demand: int) -> int:
    """The orders in which units go to agents, each of whom gets fewer than it demands."""
    if agents == 0:
        return int(units == 0)
    return sum(
        comb(units, own) * _orders(agents - 1, units - own, demand)
        for own in range(min(units, demand - 1) + 1)
    )
