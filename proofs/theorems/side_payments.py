"""T8 of theory.md: constant payments with which every agent gains from the first best.

For all payoffs and priors. Expected payoffs are symbols: ``f1`` is agent 1's from the first best,
``v1`` and ``e1`` are those from outcomes that it replaces.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.theorems.symbols import (
    Shape,
    Symbols,
    above,
    at_least,
    at_most,
    digits,
    equal,
    gain,
    goal,
    payoff,
    replaced,
    total,
    welfare,
)
from coopgap.proofs.theorems.theorem import Goals


def one_outcome(shape: Shape) -> Goals:
    """Payments with which every agent gains strictly from the first best over one outcome (T8).

    For every outcome of welfare below W* they are v_i − f_i + (Σf − Σv)/n, and sum to 0.

    By formula, on the expected payoffs of the selection (0, …, 0), and of an outcome that plays
    each profile with a probability of its own in each state (``x01_2``: (0,1) in state 2). That the
    outcome is an equilibrium does not matter. By construction: payments that do not depend on play
    change no incentives, and every language can write them.
    """
    weights = {play: f"x{digits(play[1])}_{play[0] + 1}" for play in shape.plays}
    symbols = Symbols((*shape.payoffs, *shape.prior, *weights.values()))
    agents, start = range(shape.agents), (0,) * shape.agents
    prior = [symbols[p] for p in shape.prior]
    best = [total(p * symbols[payoff(i, (s, start))] for s, p in enumerate(prior)) for i in agents]
    outcome = [
        total(
            prior[play[0]] * symbols[weight] * symbols[payoff(i, play)]
            for play, weight in weights.items()
        )
        for i in agents
    ]
    lost = total(best) - total(outcome)
    share = lost * (Fraction(1, shape.agents))
    paid = [v - f + share for v, f in zip(outcome, best, strict=True)]
    gains = [above(f + t, v) for f, t, v in zip(best, paid, outcome, strict=True)]
    yield "one outcome", goal(symbols, [above(lost)], equal(total(paid)), *gains)


def several_outcomes(agents: int) -> Goals:
    """One payment serves two outcomes iff their agentwise maxima sum to less than W* (T8).

    By formula: payments ``s1``, … that sum to 0 and with which every agent gains over both leave
    every sum of v_i or e_i below Σf; and if such sums are (``m1``, … being at least v1 and e1, …,
    and their sum below Σf), then m_i − f_i + (Σf − Σm)/n are such payments. By construction: that
    m_i may be the larger of v_i and e_i.
    """
    everyone = range(agents)
    symbols = Symbols(tuple(f"{letter}{i + 1}" for letter in "fvesm" for i in everyone))
    f, v, e, s, m = ([symbols[f"{letter}{i + 1}"] for i in everyone] for letter in "fvesm")
    over = [above(f[i] + s[i], other[i]) for i in everyone for other in (v, e)]
    below = [
        above(total(f), total(pick[i] for i, pick in enumerate(picks)))
        for picks in product((v, e), repeat=agents)
    ]
    yield "payments leave something", goal(symbols, [equal(total(s)), *over], *below)
    share = (total(f) - total(m)) * (Fraction(1, agents))
    paid = [m[i] - f[i] + share for i in everyone]
    gains = [above(f[i] + paid[i], other[i]) for i in everyone for other in (v, e)]
    known = [at_least(m[i], other[i]) for i in everyone for other in (v, e)]
    yield (
        "what is left makes payments",
        goal(symbols, [*known, above(total(f), total(m))], equal(total(paid)), *gains),
    )


def all_outcomes() -> Goals:
    """One payment for all selfish outcomes need not exist (T8).

    By formula, to be refuted: two agents and two actions, (0,0) and (1,1) Nash, (0,1) first best
    and of more welfare than both; then the agentwise maxima of the two sum to less.
    """
    shape = Shape(2, 2, 1)
    symbols = Symbols(shape.payoffs)
    best, outcomes = (0, 1), ((0, 0), (1, 1))
    known = _first_best(symbols, shape, best)
    for outcome in outcomes:
        known += _nash(symbols, outcome)
        known.append(above(_welfare(symbols, shape, best), _welfare(symbols, shape, outcome)))
    below = [
        above(
            _welfare(symbols, shape, best),
            total(symbols[payoff(i, (0, liked))] for i, liked in enumerate(picks)),
        )
        for picks in product(outcomes, repeat=2)
    ]
    yield "one payment for two equilibria", goal(symbols, known, *below)


def no_payment() -> Goals:
    """Without side payments even one outcome can fail (T8).

    By formula, to be refuted: two agents and two actions, (1,1) Nash and of less welfare than the
    first best (0,0); then every agent gains from the first best.
    """
    shape = Shape(2, 2, 1)
    symbols = Symbols(shape.payoffs)
    best, outcome = (0, 0), (1, 1)
    known = [*_first_best(symbols, shape, best), *_nash(symbols, outcome)]
    known.append(above(_welfare(symbols, shape, best), _welfare(symbols, shape, outcome)))
    gains = [above(gain(symbols, i, (0, outcome), (0, best))) for i in range(2)]
    yield "no payment", goal(symbols, known, *gains)


def _welfare(symbols: Symbols, shape: Shape, profile: tuple[int, ...]) -> Polynomial:
    return welfare(symbols, shape, (0, profile))


def _first_best(symbols: Symbols, shape: Shape, best: tuple[int, ...]) -> list[Condition]:
    own = _welfare(symbols, shape, best)
    return [at_least(own, _welfare(symbols, shape, a)) for a in shape.profiles if a != best]


def _nash(symbols: Symbols, profile: tuple[int, ...]) -> list[Condition]:
    """The profile is Nash, for two agents with two actions."""
    return [
        at_most(gain(symbols, i, (0, profile), (0, replaced(profile, i, 1 - profile[i]))))
        for i in range(2)
    ]
