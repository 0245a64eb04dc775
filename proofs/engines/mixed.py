"""Mixed equilibria, exactly: all extreme ones of two agents, and some of more."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

import numpy as np
from flint import fmpz_mat

from coopgap.proofs.algebra.vertices import vertices
from coopgap.proofs.questions.mixed import MixedEquilibria
from coopgap.theory.equilibria import Equilibrium, Mix, Mixes, pure_nash
from coopgap.theory.exact import IntArray
from coopgap.theory.welfare import profiles_where

MAX_ACTIONS = 20
"""The largest number of actions of the agent that has fewer of them."""

MAX_COMPARED = 10_000_000
"""The most payoffs, times actions, in which dominated actions are looked for."""

MAX_NUMBERS = 1_000_000
"""The largest number of probabilities in a list of equilibria."""

TIME_IS_UP = "the time was up before all were found"

WIDE = f"two players have more than {MAX_ACTIONS} actions each, and then only pure ones are sought"

PAIRS = "of three players or more those are sought in which at most two mix"


class TooLarge(RuntimeError):
    """The search exceeds a limit of this module; the message gives the reason."""


def equilibria(payoffs: IntArray, deadline: float = math.inf) -> MixedEquilibria:
    """The pure equilibria, and what is found of mixed ones, up to a number of them.

    Of two agents these are all extreme equilibria. Of more agents they are those in which two mix
    and the others do not: there indifference is linear, and what two agents mix are extreme
    equilibria of the game that the others leave them. payoffs: integers of shape (agents,
    actions…), each agent in its own unit. deadline: on the monotonic clock.
    """
    sizes = payoffs.shape[1:]
    most = MAX_NUMBERS // sum(sizes)
    pure = profiles_where(pure_nash(payoffs[:, None])[0])
    listed = {tuple(map(_chosen, profile, sizes)) for profile in pure[:most]}
    actions = _undominated(payoffs)
    missing = PAIRS if sum(len(own) > 1 for own in actions) > 2 else None
    try:
        for mixes in _mixing(payoffs[np.ix_(range(len(payoffs)), *actions)], deadline):
            if len(listed) == most:
                raise TooLarge(f"{most:,} are listed at most")
            listed.add(tuple(map(_placed, mixes, actions, sizes)))
    except TooLarge as reason:
        missing = str(reason)
    except TimeoutError:
        missing = TIME_IS_UP
    return MixedEquilibria(tuple(sorted(listed)), missing)


def _mixing(payoffs: IntArray, deadline: float) -> Iterator[Mixes]:
    if len(payoffs) == 1:
        return iter(())  # all are mixtures of pure ones
    if len(payoffs) == 2:
        return extreme_equilibria(payoffs, deadline)
    return _of_pairs(payoffs, deadline)


def _undominated(payoffs: IntArray) -> list[list[int]]:
    """The actions of each agent that are left when none is strictly dominated by another one.

    No equilibrium plays the others. Of large games all actions are.
    """
    actions = [list(range(size)) for size in payoffs.shape[1:]]
    if payoffs.size * max(payoffs.shape[1:]) > MAX_COMPARED:
        return actions
    while True:
        before = [len(row) for row in actions]
        for agent, own in enumerate(payoffs):
            table = np.moveaxis(own[np.ix_(*actions)], agent, 0).reshape(len(actions[agent]), -1)
            beaten = [(table > row).all(axis=1).any() for row in table]
            actions[agent] = [a for a, bad in zip(actions[agent], beaten, strict=True) if not bad]
        if before == [len(row) for row in actions]:
            return actions


def _placed(values: Mix, places: Sequence[int], size: int) -> Mix:
    whole = [Fraction(0)] * size
    for place, value in zip(places, values, strict=True):
        whole[place] = value
    return tuple(whole)


def _chosen(action: int, size: int) -> Mix:
    return tuple(Fraction(k == action) for k in range(size))


# --- two agents -----------------------------------------------------------------------------------


def extreme_equilibria(payoffs: IntArray, deadline: float = math.inf) -> Iterator[Equilibrium]:
    """All extreme equilibria; every equilibrium is a mixture of them.

    They are the pairs of vertices of the two best-reply polytopes that carry all labels between
    them (Avis, Rosenberg, Savani and von Stengel 2010). The polytope of the agent with fewer
    actions is enumerated; what completes a vertex of it is a face of the other, and mostly a point.

    payoffs: integers of shape (2, actions of agent 1, actions of agent 2), each agent in its own
    unit. Raises TooLarge where both have more than MAX_ACTIONS, and TimeoutError when the deadline
    is past.
    """
    _, m, n = payoffs.shape
    if m > n:
        turned = np.stack([payoffs[1].T, payoffs[0].T])
        yield from ((x, y) for y, x in extreme_equilibria(turned, deadline))
        return
    if m > MAX_ACTIONS:
        raise TooLarge(WIDE)
    # Making all payoffs positive bounds the polytopes and changes no best reply.
    first, second = (own.astype(object) - own.min() + 1 for own in payoffs)
    replies = _Replies(first.tolist(), deadline)
    seen = set[tuple[tuple[int, ...], tuple[int, ...]]]()
    for vertex in vertices(second.T.tolist(), deadline):
        support = tuple(i for i, share in enumerate(vertex.numerators) if share)
        if (support, vertex.tight) not in seen:
            seen.add((support, vertex.tight))
            for y in replies.making(support, vertex.tight):
                if time.monotonic() > deadline:
                    raise TimeoutError
                yield _mix(vertex.numerators), y


class _Replies:
    """The vertices of {y ≥ 0, matrix · y ≤ 1} on its faces."""

    def __init__(self, matrix: list[list[int]], deadline: float) -> None:
        self._matrix, self._deadline = matrix, deadline
        self._faces: dict[tuple[int, ...], list[tuple[Mix, tuple[int, ...]]]] = {}

    def making(self, best: Sequence[int], used: tuple[int, ...]) -> Iterator[Mix]:
        """Those that use no other actions and make all these rows best replies."""
        table = [[*(self._matrix[i][j] for j in used), 1] for i in best]
        reduced, scale, rank = fmpz_mat(table).rref()
        if not any(reduced[rank - 1, k] for k in range(len(used))):
            return  # the rows contradict each other
        if rank < len(used):
            yield from (mix for mix, tight in self._face(used) if set(best) <= set(tight))
            return
        sign = 1 if scale > 0 else -1
        numerators = [sign * int(reduced[k, len(used)]) for k in range(rank)]
        whole = sign * int(scale)
        if min(numerators) >= 0 and all(
            sum(row[j] * z for j, z in zip(used, numerators, strict=True)) <= whole
            for row in self._matrix
        ):
            yield self._mixed(used, numerators)

    def _face(self, used: tuple[int, ...]) -> list[tuple[Mix, tuple[int, ...]]]:
        if used not in self._faces:
            table = [[row[j] for j in used] for row in self._matrix]
            mixes = {
                self._mixed(used, vertex.numerators): vertex.tight
                for vertex in vertices(table, self._deadline)
            }
            self._faces[used] = list(mixes.items())
        return self._faces[used]

    def _mixed(self, used: Sequence[int], numerators: Sequence[int]) -> Mix:
        return _placed(_mix(numerators), used, len(self._matrix[0]))


def _mix(numerators: Sequence[int]) -> Mix:
    total = sum(numerators)
    return tuple(Fraction(value, total) for value in numerators)


# --- more agents ----------------------------------------------------------------------------------


def _of_pairs(payoffs: IntArray, deadline: float) -> Iterator[Mixes]:
    """The equilibria in which at most two agents mix, each an extreme one between the two."""
    sizes = payoffs.shape[1:]
    for pair in combinations(range(len(sizes)), 2):
        rest = [agent for agent in range(len(sizes)) if agent not in pair]
        for chosen in product(*(range(sizes[agent]) for agent in rest)):
            fixed = dict(zip(rest, chosen, strict=True))
            place = tuple(fixed.get(agent, slice(None)) for agent in range(len(sizes)))
            between = np.stack([payoffs[(agent, *place)] for agent in pair])
            for mixes in extreme_equilibria(between, deadline):
                mixing = dict(zip(pair, mixes, strict=True))
                if all(_stays(payoffs[agent], agent, fixed, mixing) for agent in rest):
                    yield tuple(
                        mixing[agent] if agent in mixing else _chosen(fixed[agent], size)
                        for agent, size in enumerate(sizes)
                    )


def _stays(own: IntArray, agent: int, fixed: dict[int, int], mixing: dict[int, Mix]) -> bool:
    """Whether an agent that does not mix plays a best reply.

    own: its payoffs, of shape (actions…).
    """
    place = tuple(
        slice(None) if other == agent or other in mixing else fixed[other]
        for other in range(own.ndim)
    )
    free = sorted([agent, *mixing])
    table = np.moveaxis(own[place].astype(object), free.index(agent), 0)
    first, second = (np.array(mixing[other], dtype=object) for other in sorted(mixing))
    worth = (table @ second) @ first
    return bool(worth[fixed[agent]] == max(worth))
