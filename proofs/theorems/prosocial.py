"""T6 and T9 of theory.md for all payoffs: prosocial play of the first best, and of cooperation.

An agent with prosociality λ_i gets u_i + λ_i W, and W sums material payoffs. A ratio of a gain to a
loss is a symbol whose product with the loss is the gain.
"""

from __future__ import annotations

from itertools import product

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.theorems.symbols import (
    Play,
    Shape,
    Symbols,
    above,
    at_least,
    at_most,
    digits,
    equal,
    gain,
    goal,
    iff,
    payoff,
    replaced,
    total,
    welfare,
)
from coopgap.proofs.theorems.theorem import Goals


def thresholds(shape: Shape) -> Goals:
    """The λ_i from which a first best is Nash among prosocial agents (T6).

    It is Nash iff each λ_i is at least the largest of its ratios of gain to loss, and no deviation
    that loses no welfare gains.

    By formula, for a deviation of agent 1 from (0, …, 0), which is first best: if it loses welfare,
    it does not pay iff λ_1 is at least its ratio ``r``; if it loses none, iff it gains nothing. By
    construction: names, and that being Nash is a condition on each deviation in each state.
    """
    start, other = _first_deviation(shape)
    symbols = Symbols((*_payoffs(shape), "l1", "r"))
    level, ratio = symbols["l1"], symbols["r"]
    lost = welfare(symbols, shape, start) - welfare(symbols, shape, other)
    gained = gain(symbols, 0, start, other)
    known = [at_least(level), *_first_best(symbols, shape)]
    pays_not = at_least(_better(symbols, shape, start, other))
    yield (
        "where welfare is lost",
        goal(
            symbols,
            [*known, above(lost), equal(ratio * lost, gained)],
            iff(pays_not, at_least(level, ratio)),
        ),
    )
    yield "where none is lost", goal(symbols, [*known, equal(lost)], iff(pays_not, at_most(gained)))


def finite(shape: Shape) -> Goals:
    """Strict first bests have a finite common threshold: the largest of the ratios, or 0 (T6).

    By formula, for the selection (0, …, 0): if every deviation loses welfare and ``l`` is at least
    each ratio ``r1``, ``r2``, …, then with prosociality l or more no deviation of any agent in any
    state pays. By construction: that finitely many quotients by positive numbers have a maximum.
    """
    start = (0,) * shape.agents
    moves = [
        (agent, (s, start), other)
        for s in range(shape.states)
        for agent, other in shape.deviations((s, start))
    ]
    names = tuple(f"r{k + 1}" for k in range(len(moves)))
    levels = tuple(f"l{i + 1}" for i in range(shape.agents))
    symbols = Symbols((*shape.payoffs, *names, *levels, "l"))
    known = [at_least(symbols["l"])]
    known += [at_least(symbols[level], symbols["l"]) for level in levels]
    for name, (agent, play, other) in zip(names, moves, strict=True):
        lost = welfare(symbols, shape, play) - welfare(symbols, shape, other)
        known += [above(lost), at_least(symbols["l"], symbols[name])]
        known.append(equal(symbols[name] * lost, gain(symbols, agent, play, other)))
    for agent, play, other in moves:
        told = f"{digits(play[1])} to {digits(other[1])}"
        yield (
            f"agent {agent + 1} from {told} in state {play[0] + 1}",
            goal(
                symbols,
                known,
                at_least(
                    _utility(symbols, shape, agent, play), _utility(symbols, shape, agent, other)
                ),
            ),
        )


def ties(shape: Shape) -> Goals:
    """Without strictness the ratios do not suffice: a deviation that loses nothing may gain (T6).

    By formula, to be refuted, for a deviation of agent 1 from (0, …, 0), which is first best: if
    λ_1 is at least the ratio wherever welfare is lost, then the deviation does not pay.
    """
    start, other = _first_deviation(shape)
    symbols = Symbols((*_payoffs(shape), "l1"))
    lost = welfare(symbols, shape, start) - welfare(symbols, shape, other)
    pays_not = at_least(_better(symbols, shape, start, other))
    known = [at_least(symbols["l1"]), *_first_best(symbols, shape)]
    yield "ties", goal(symbols, known, ("or", ("and", above(lost), ("not", pays_not)), pays_not))


def domination(shape: Shape) -> Goals:
    """With λ_i above λ̄ defecting is strictly dominated; no correlated equilibrium uses it (T9).

    λ̄ is the largest ratio of gain to welfare added, against all plays of the others, or 0.

    By formula, for agent 1 whose action 1 defects and whose action 0 cooperates, in one state: if
    cooperating adds welfare against every ``a_-1``, and λ_1 exceeds every ratio ``r``, then 1 is
    strictly dominated by 0; and a distribution under which agent 1, recommended to play 1, does not
    gain by 0, never recommends it. By construction: names, and that λ̄ is the largest such ratio,
    or 0.
    """
    pairs = [(a, replaced(a, 0, 1)) for a in shape.profiles if a[0] == 0]
    ratios = {a: f"r{digits(a)}" for a, _ in pairs}
    weights = {b: f"x{digits(b)}" for _, b in pairs}
    symbols = Symbols((*_payoffs(shape), "l1", *ratios.values()))
    known = [at_least(symbols["l1"])]
    better = []
    for a, b in pairs:
        added = welfare(symbols, shape, (0, a)) - welfare(symbols, shape, (0, b))
        ratio = symbols[ratios[a]]
        known += [above(added), equal(ratio * added, gain(symbols, 0, (0, a), (0, b)))]
        known.append(above(symbols["l1"], ratio))
        better.append(_better(symbols, shape, (0, a), (0, b)))
    yield "strictly dominated", goal(symbols, known, *map(above, better))
    symbols = Symbols((*_payoffs(shape), "l1", *weights.values()))
    better = [_better(symbols, shape, (0, a), (0, b)) for a, b in pairs]
    told = [symbols[weights[b]] for _, b in pairs]
    gained = total(x * more for x, more in zip(told, better, strict=True))
    yield (
        "never played",
        goal(
            symbols,
            [*map(at_least, told), *map(above, better), at_most(gained)],
            *map(equal, told),
        ),
    )


def _first_deviation(shape: Shape) -> tuple[Play, Play]:
    start = (0,) * shape.agents
    return (0, start), (0, replaced(start, 0, 1))


def _payoffs(shape: Shape) -> tuple[str, ...]:
    """The names of the payoffs of one state."""
    return tuple(payoff(i, (0, a)) for i, a in product(range(shape.agents), shape.profiles))


def _first_best(symbols: Symbols, shape: Shape) -> list[Condition]:
    start = (0,) * shape.agents
    best = welfare(symbols, shape, (0, start))
    return [at_least(best, welfare(symbols, shape, (0, a))) for a in shape.profiles if a != start]


def _utility(symbols: Symbols, shape: Shape, agent: int, play: Play) -> Polynomial:
    """u_i + λ_i W."""
    own = symbols[payoff(agent, play)]
    return own + symbols[f"l{agent + 1}"] * welfare(symbols, shape, play)


def _better(symbols: Symbols, shape: Shape, one: Play, other: Play) -> Polynomial:
    """Agent 1's utility of one play minus that of another."""
    return _utility(symbols, shape, 0, one) - _utility(symbols, shape, 0, other)
