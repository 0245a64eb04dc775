"""T5 of theory.md for all payoffs: constraints that no contract changes, in correlated equilibria.

A distribution over profiles is a symbol for each (``x01`` for the profile (0,1)), and a contract
one for each agent and play, equal on plays of the same record: nothing else is assumed of it, so
that any budget and any fines are included. Mixed and pure equilibria are correlated ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, product

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import ONE, ZERO, Polynomial
from coopgap.proofs.theorems.situations import Partition, product_languages
from coopgap.proofs.theorems.symbols import (
    Profile,
    Shape,
    Symbols,
    at_least,
    at_most,
    digits,
    equal,
    gain,
    goal,
    partitions,
    payoff,
    replaced,
    total,
    welfare,
)
from coopgap.proofs.theorems.theorem import Goals

Classes = tuple[Partition, ...]
"""The classes of each agent's actions."""


def constraints(shape: Shape) -> Goals:
    """Under every contract correlated equilibria satisfy the raw constraints within classes (T5).

    By formula, for every product language in which actions 0 and 1 of agent 1 are in one class: if
    under the contract agent 1, recommended to play 0 in state 1, does not gain by 1, then neither
    without the contract. By construction: agents, actions and states are named such that this is
    the constraint; each constraint of each state is a case of it.
    """
    plays = {play: f"t_{digits(play[1])}_{play[0] + 1}" for play in shape.plays}
    own = tuple(payoff(0, play) for play in shape.plays)
    symbols = Symbols((*own, *plays.values(), *map(_weight, shape.profiles)))
    for cells, *classes in product_languages(shape):
        if classes[0][0] != classes[0][1]:
            continue
        first: dict[object, str] = {}
        alike = []
        for (state, profile), name in plays.items():
            record = (cells[state], *(of[a] for of, a in zip(classes, profile, strict=True)))
            alike.append(equal(symbols[name], symbols[first.setdefault(record, name)]))
        told = [profile for profile in shape.profiles if profile[0] == 0]
        raw = _expected_gain(symbols, 0, told, 1)
        paid = total(
            symbols[_weight(a)] * (symbols[plays[0, replaced(a, 0, 1)]] - symbols[plays[0, a]])
            for a in told
        )
        known = [*alike, *(at_least(symbols[_weight(a)]) for a in shape.profiles)]
        label = f"cells {_told((cells,))}, classes {_told(tuple(classes))}: raw constraints"
        yield label, goal(symbols, [*known, at_most(raw + paid)], at_most(raw))


def bounds(shape: Shape) -> Goals:
    """The programme of the best welfare under the constraints within classes bounds V^ce (T5).

    V^ce ≤ U(L), the programme's value, under every contract. By formula, in one state: a
    distribution that satisfies the programme's constraints has at most the welfare ``v`` of any
    solution (v, ``y``) of its dual. By construction: that the programme's optimum is that of its
    dual (linear programming duality), and the sum over states.
    """
    for classes in _kinds(shape):
        inside = {
            f"y{i + 1}_{a}{b}": (i, a, b)
            for i, partition in enumerate(classes)
            for a, b in product(range(shape.actions), repeat=2)
            if a != b and partition[a] == partition[b]
        }
        payoffs = tuple(payoff(i, (0, a)) for i in range(shape.agents) for a in shape.profiles)
        symbols = Symbols((*payoffs, *map(_weight, shape.profiles), *inside, "v"))
        weights = {a: symbols[_weight(a)] for a in shape.profiles}
        known = [at_least(x) for x in weights.values()]
        known.append(equal(total(weights.values()), ONE))
        costs = dict.fromkeys(shape.profiles, symbols["v"])
        for name, (i, told, other) in inside.items():
            concerned = [a for a in shape.profiles if a[i] == told]
            known.append(at_least(symbols[name]))
            known.append(at_most(_expected_gain(symbols, i, concerned, other)))
            for a in concerned:
                costs[a] += symbols[name] * gain(symbols, i, (0, a), (0, replaced(a, i, other)))
        got = {a: welfare(symbols, shape, (0, a)) for a in shape.profiles}
        known += [at_least(costs[a], got[a]) for a in shape.profiles]
        reached = total(weights[a] * got[a] for a in shape.profiles)
        yield (
            f"classes {_told(classes)}: a bound",
            goal(symbols, known, at_most(reached, symbols["v"])),
        )


def attained(shape: Shape) -> Goals:
    """Balanced transfers with large fines attain a distribution within one class profile (T5).

    It must satisfy the constraints within classes; then it is a correlated equilibrium. By formula:
    an agent that alone leaves its class pays ``F`` to the others, in equal parts, where F is at
    least the gain from leaving; then no deviation gains, and the payments sum to 0. By
    construction: the class profile is that of (0, …, 0).
    """
    for classes in _kinds(shape):
        inside = [a for a in shape.profiles if not _leavers(classes, a)]
        payoffs = tuple(payoff(i, (0, a)) for i in range(shape.agents) for a in shape.profiles)
        symbols = Symbols((*payoffs, *map(_weight, inside), "F"))
        known = [at_least(symbols[_weight(a)]) for a in inside]
        shown: list[Condition] = [
            equal(total(_paid(symbols["F"], classes, i, a) for i in range(shape.agents)))
            for a in shape.profiles
        ]
        for i, told, other in product(range(shape.agents), *[range(shape.actions)] * 2):
            concerned = [a for a in inside if a[i] == told]
            if told == other or not concerned:
                continue
            raw = _expected_gain(symbols, i, concerned, other)
            if classes[i][told] == classes[i][other]:
                known.append(at_most(raw))
            for a in concerned if classes[i][told] != classes[i][other] else ():
                gained = gain(symbols, i, (0, a), (0, replaced(a, i, other)))
                known.append(at_least(symbols["F"], gained))
            paid = total(
                symbols[_weight(a)]
                * (
                    _paid(symbols["F"], classes, i, replaced(a, i, other))
                    - _paid(symbols["F"], classes, i, a)
                )
                for a in concerned
            )
            shown.append(at_most(raw + paid))
        yield f"classes {_told(classes)}: attained", goal(symbols, known, *shown)


def _weight(profile: Profile) -> str:
    return f"x{digits(profile)}"


def _told(classes: Classes) -> str:
    return "·".join("".join(map(str, partition)) for partition in classes)


def _expected_gain(
    symbols: Symbols, agent: int, concerned: Sequence[Profile], other: int
) -> Polynomial:
    """An agent's expected gain in state 1 from another action than the recommended one."""
    return total(
        symbols[_weight(a)] * gain(symbols, agent, (0, a), (0, replaced(a, agent, other)))
        for a in concerned
    )


def _kinds(shape: Shape) -> list[Classes]:
    """Classes of each agent's actions, up to relabelling agents and actions.

    They are runs of actions; that of action 0 may have any size.
    """
    runs = [each for each in partitions(shape.actions) if list(each) == sorted(each)]
    return list(combinations_with_replacement(runs, shape.agents))


def _leavers(classes: Classes, profile: Profile) -> list[int]:
    """The agents whose action is not in the class of action 0."""
    return [i for i, a in enumerate(profile) if classes[i][a] != classes[i][0]]


def _paid(fine: Polynomial, classes: Classes, agent: int, profile: Profile) -> Polynomial:
    """The contract's payment to an agent: an agent that leaves alone pays a fine to the others."""
    leavers = _leavers(classes, profile)
    if len(leavers) != 1:
        return ZERO
    return -fine if leavers == [agent] else fine * (Fraction(1, len(classes) - 1))
