"""Exact upper bounds on equilibria of agents who act independently.

Correlated equilibrium puts 1/2 on (CH, CH) where independent agents reach 4/9 (theory.md §3).
Independent play is correlated play x in which one's own action says nothing about the others': with
the probabilities of actions in a box, x(a, o) lies between the ends of a's interval times the sum
of x(·, o), which is linear. Branch and bound over boxes approaches the optimum from above, and
every bound on the way holds.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import count
from math import ceil

import numpy as np
from numpy.typing import NDArray

from coopgap.proofs.algebra.exact_lp import Infeasible, LinearProgram, Optimum, solve
from coopgap.proofs.deciding.decide import best_correlated
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.equilibria import Deviation
from coopgap.theory.exact import IntArray
from coopgap.theory.welfare import profiles_where

MAX_BOXES = 64
"""The largest number of boxes that are split."""

MAX_PROFILES = 81
"""The largest number of profiles of a game whose independent play is bounded."""

UNIT = 10**6
"""A bound that no play was seen to attain is rounded up to a multiple of 1/UNIT."""

Box = tuple[tuple[tuple[Fraction, Fraction], ...], ...]
"""By agent and action, the least and the greatest probability."""


def most(objective: IntArray, payoffs: IntArray, deviations: Sequence[Deviation]) -> Fraction:
    """An upper bound on the expected objective in independent play without profitable deviations.

    It is the maximum where the search ends at such a play. objective: integers of shape
    (actions…). payoffs: integers of shape (agents, actions…), each agent in its own unit. Only
    the listed deviations count. Games of more than MAX_PROFILES profiles are not searched.
    """
    top = Fraction(int(objective.max()))
    if objective.size > MAX_PROFILES:
        return top
    fixed = list(_incentives(payoffs, deviations))
    order = count()
    whole: Box = tuple(((Fraction(0), Fraction(1)),) * size for size in objective.shape)
    heap: list[tuple[Fraction, int, Box, NDArray[np.object_] | None]] = []

    def add(box: Box, above: Fraction) -> None:
        optimum = best_distribution(objective, [*fixed, *_independence(objective.shape, box)])
        if isinstance(optimum, Optimum):
            play = np.array(optimum.primal, dtype=object).reshape(objective.shape)
            heapq.heappush(heap, (optimum.value, next(order), box, play))
        elif optimum is None:
            heapq.heappush(heap, (-above, next(order), box, None))

    add(whole, top)
    for _ in range(MAX_BOXES):
        value, _, box, play = heap[0]
        if play is None:
            break
        place = _most_dependent(play)
        if place is None:
            return -value
        heapq.heappop(heap)
        for half in _halves(box, *place):
            add(half, -value)
    return Fraction(ceil(-heap[0][0] * UNIT), UNIT)


def best_distribution(
    objective: IntArray, constraints: Sequence[NDArray[np.object_]]
) -> Optimum | Infeasible | None:
    """The distribution over profiles with the greatest expected objective under the constraints.

    objective: integers of shape (actions…). constraints: integers by flat profile, whose
    expectation must be ≥ 0. The programme minimises, so its value is minus the greatest
    expectation. None if no answer was certified.
    """
    matrix = np.vstack([np.ones(objective.size, dtype=object), *constraints])
    places = np.nonzero(matrix)
    optimum = solve(
        LinearProgram(
            objective=-objective.ravel(),
            rows=places[0],
            columns=places[1],
            coefficients=matrix[places],
            bounds=np.eye(1, len(matrix), dtype=np.int64)[0],
            equality=np.arange(len(matrix)) == 0,
            nonnegative=np.ones(objective.size, dtype=np.bool_),
        )
    )
    return optimum if isinstance(optimum, (Optimum, Infeasible)) else None


def likeliest(wanted: IntArray, payoffs: IntArray, deviations: Sequence[Deviation]) -> Fraction:
    """An upper bound on the probability of profiles in independent play of two agents.

    Only plays count in which none of the listed deviations is profitable. The incentive
    constraints of each agent bound the probability with which the other plays its part of a
    profile by a linear programme, and the two optima multiply. wanted: 1 at the profiles in
    question, else 0, of shape (actions, actions). payoffs: integers of shape (2, actions, actions).
    """
    total = Fraction(0)
    for profile in profiles_where(wanted == 1):
        objective = np.zeros(wanted.shape, dtype=np.int64)
        objective[profile] = 1
        bound = Fraction(1)
        for part in enumerate(profile):
            # Off the agent's part nothing is asked: the optimum has all its mass there, or is 0.
            own = [deviation for deviation in deviations if deviation[:2] == part]
            optimum = best_correlated(objective, payoffs, own)
            # No certified optimum: a probability is at most 1.
            bound *= Fraction(1) if isinstance(optimum, Unanswered) else optimum.value
        total += bound
    return min(total, Fraction(1))


def _incentives(
    payoffs: IntArray, deviations: Sequence[Deviation]
) -> Iterator[NDArray[np.object_]]:
    """The loss from each deviation, as a row over profiles: 0 where the action is not played."""
    for agent, before, after in deviations:
        own = np.moveaxis(payoffs[agent].astype(object), agent, 0)
        losses = np.zeros_like(own)
        losses[before] = own[before] - own[after]
        yield np.moveaxis(losses, 0, agent).ravel()


def _independence(shape: Sequence[int], box: Box) -> Iterator[NDArray[np.object_]]:
    """Rows that bound x(a, o) by the sum of x(·, o), by agent, action a and others' profile o."""
    flat = np.arange(np.prod(shape)).reshape(shape)
    for agent, sides in enumerate(box):
        for column in np.moveaxis(flat, agent, 0).reshape(shape[agent], -1).T:
            for action, (low, high) in enumerate(sides):
                for end, sign, idle in ((low, 1, 0), (high, -1, 1)):
                    if end != idle:
                        row = np.zeros(flat.size, dtype=object)
                        row[column] = -sign * end.numerator
                        row[column[action]] += sign * end.denominator
                        yield row


def _most_dependent(play: NDArray[np.object_]) -> tuple[int, int] | None:
    """The agent and action most correlated with the others' play; None if play is independent."""
    worst, place = Fraction(0), None
    for agent in range(play.ndim):
        parts = np.moveaxis(play, agent, 0)
        others = parts.sum(axis=0)
        for action, part in enumerate(parts):
            apart = Fraction(np.abs(part - part.sum() * others).sum())
            if apart > worst:
                worst, place = apart, (agent, action)
    return place


def _halves(box: Box, agent: int, action: int) -> Iterator[Box]:
    low, high = box[agent][action]
    middle = (low + high) / 2
    for half in ((low, middle), (middle, high)):
        sides = (*box[agent][:action], half, *box[agent][action + 1 :])
        yield (*box[:agent], sides, *box[agent + 1 :])
