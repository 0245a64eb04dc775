"""A proof that no mixed equilibrium of two agents reaches a forbidden profile, exactly.

Floats appear only inside ``coopgap.proofs.algebra.exact_lp``, which verifies the bases that they
propose.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from coopgap.proofs.algebra.exact_lp import (
    Infeasible,
    Optimum,
    Row,
    Unbounded,
    programme,
    solve,
)
from coopgap.theory.equilibria import Equilibrium, Mix
from coopgap.theory.exact import IntArray, coprime

MAX_SUPPORT_BITS = 16
"""The largest number of actions of both agents whose pairs of supports are refuted one by one."""

SECONDS = 60.0
"""How long all pairs of supports together may take."""


class TooLarge(RuntimeError):
    """The search exceeds a limit of this module; the message gives the reason."""


@dataclass(frozen=True)
class Shift:
    """A shift of an agent's mix that rules out pairs of its support and its opponent's.

    weights: one integer v_b per action b of ``agent``, with Σ v_b = 0. Let g_j = Σ_b v_b u(b, j) be
    its gain against the opponent's action j. The shift refutes every pair of an own support S and
    an opponent's support T such that

    * v_b < 0 only for b in S,
    * g_j ≥ 0 for all j in T,
    * g_j > 0 for some j in T.

    For at a mix of support S the agent can move a little way along v, and gains by it against every
    mix of support T. By Motzkin's transposition theorem (1936) such a shift exists whenever no
    opponent's mix of support exactly T makes all of S best replies.
    """

    agent: int
    weights: tuple[int, ...]


def absent_equilibria(
    payoffs: IntArray, forbidden: NDArray[np.bool_]
) -> list[Shift] | Equilibrium | None:
    """A proof that no equilibrium plays a forbidden profile with positive probability.

    It is a list of shifts that together refute every pair of supports whose product contains a
    forbidden profile. If there is an equilibrium that does play one, this is returned instead.

    payoffs: integers of shape (2, actions…). forbidden: shape (actions…). Raises TooLarge beyond
    MAX_SUPPORT_BITS actions. None if some pair of supports is not decided within SECONDS.
    """
    m, n = forbidden.shape
    if m + n > MAX_SUPPORT_BITS:
        raise TooLarge(f"the agents have more than {MAX_SUPPORT_BITS} actions together")
    deadline = time.monotonic() + SECONDS
    of_first, of_second = np.arange(1 << m)[:, None], np.arange(1 << n)
    # Supports are sets of bits; True: the pair plays a forbidden profile and is not refuted yet.
    undecided = np.zeros((1 << m, 1 << n), dtype=np.bool_)
    for i, j in np.argwhere(forbidden).tolist():
        undecided |= (of_first >> i & of_second >> j & 1) == 1
    sizes = np.bitwise_count(of_first) + np.bitwise_count(of_second)
    shifts: list[Shift] = []
    # Small supports first: what refutes them refutes many larger ones.
    for pair in np.argsort(sizes, axis=None, kind="stable").tolist():
        supports = divmod(pair, 1 << n)
        if not undecided[supports]:
            continue
        first = _shift(payoffs[0], supports, deadline)
        if isinstance(first, Optimum):
            shifts.append(Shift(0, tuple(coprime(first.primal))))
            undecided &= ~_refuted(payoffs[0], shifts[-1])
            continue
        second = _shift(payoffs[1].T, supports[::-1], deadline)
        if isinstance(second, Optimum):
            shifts.append(Shift(1, tuple(coprime(second.primal))))
            undecided &= ~_refuted(payoffs[1].T, shifts[-1]).T
            continue
        if isinstance(first, Infeasible) and isinstance(second, Infeasible):
            return _mix(second, supports[0], m), _mix(first, supports[1], n)
        return None
    return shifts


def _shift(
    own: IntArray, supports: tuple[int, int], deadline: float
) -> Optimum | Infeasible | Unbounded | None:
    """The programme for a shift v that refutes the supports, solved.

    Σ v = 0, v_b ≥ 0 off the agent's own support, g_j ≥ 0 on the opponent's and Σ g_j ≥ 1 there.
    ``own``: payoffs, shape (own actions, opponent's actions).
    """
    support, against = supports
    faced = own[:, _members(against)].astype(object)
    rows: list[Row[int]] = [(dict.fromkeys(range(len(own)), 1), 0, True)]
    rows += [(dict(enumerate(gains)), 0, False) for gains in faced.T.tolist()]
    rows.append((dict(enumerate(faced.sum(axis=1).tolist())), 1, False))
    problem = programme(rows, {}, range(len(own)), lambda action: not support >> action & 1)
    return solve(problem, deadline - time.monotonic())


def _mix(refusal: Infeasible, support: int, count: int) -> Mix:
    """The opponent's mix against which all of an agent's support are best replies.

    It is the Farkas certificate that no shift exists; it is positive on all of ``support``.
    """
    *multipliers, together = refusal.dual[1:]
    weights = dict(zip(_members(support), (y + together for y in multipliers), strict=True))
    total = sum(weights.values())
    return tuple(weights.get(j, Fraction(0)) / total for j in range(count))


def _refuted(own: IntArray, shift: Shift) -> NDArray[np.bool_]:
    """The pairs of supports that the shift refutes, the agent's own support first.

    ``own`` as in ``_shift``.
    """
    gains = np.array(shift.weights, dtype=object) @ own.astype(object)
    sources = _bits(weight < 0 for weight in shift.weights)
    gain, loss = _bits(g > 0 for g in gains), _bits(g < 0 for g in gains)
    supports, against = np.arange(1 << own.shape[0]), np.arange(1 << own.shape[1])
    movable: NDArray[np.bool_] = supports & sources == sources
    gainful: NDArray[np.bool_] = (against & loss == 0) & (against & gain != 0)
    return movable[:, None] & gainful


def _members(support: int) -> list[int]:
    return [bit for bit in range(support.bit_length()) if support >> bit & 1]


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << bit for bit, flag in enumerate(flags) if flag)
