"""Pure and mixed equilibria: what coopgap and its peers find, and who is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from coopgap.proofs.deciding import decide
from coopgap.proofs.fuzzing.situations import Situation
from coopgap.proofs.selftest import arbiter
from coopgap.proofs.selftest.peer_statements import (
    TWO,
    Answer,
    Side,
    Statement,
    gambit_game,
    payoff_tables,
)
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.welfare import profiles_where

LARGEST_DENOMINATOR = 10_000
"""What a float is taken for: the nearest fraction with no larger denominator. Equilibria of the
games drawn have far smaller ones."""


def _pure(case: Situation) -> Answer:
    return frozenset(profiles_where(pure_nash(case.environment.payoffs)[0]))


def _pure_by_z3(case: Situation) -> Answer:
    """Unknown actions, payoffs as a formula of them; each model is an equilibrium."""
    import z3

    payoff, shape = payoff_tables(case), case.environment.shape
    context = z3.Context()
    actions = [z3.Int(f"a{agent}", context) for agent in range(len(shape))]

    def worth(agent: int, at: Sequence[Any]) -> Any:
        value: Any = z3.IntVal(0, context)
        for profile, own in payoff[agent].items():
            matches = z3.And([x == k for x, k in zip(at, profile, strict=True)])
            value = z3.If(matches, z3.IntVal(own, context), value)
        return value

    solver = z3.Solver(ctx=context)
    for agent, size in enumerate(shape):
        solver.add(actions[agent] >= 0, actions[agent] < size)
        for action in range(size):
            deviation = [*actions[:agent], z3.IntVal(action, context), *actions[agent + 1 :]]
            solver.add(worth(agent, actions) >= worth(agent, deviation))
    profiles = set()
    while solver.check() == z3.sat:
        model = solver.model()
        profile = tuple(model.eval(x, model_completion=True).as_long() for x in actions)
        profiles.add(profile)
        solver.add(z3.Or([x != k for x, k in zip(actions, profile, strict=True)]))
    return frozenset(profiles)


def _pure_by_gambit(case: Situation) -> Answer:
    import pygambit

    game = gambit_game(payoff_tables(case))
    equilibria = pygambit.nash.enumpure_solve(game).equilibria
    return frozenset(
        tuple(
            next(k for k, strategy in enumerate(player.strategies) if equilibrium[strategy] == 1)
            for player in game.players
        )
        for equilibrium in equilibria
    )


def _pure_by_definition(case: Situation) -> frozenset[arbiter.Profile]:
    return arbiter.pure_equilibria(arbiter.table(case.environment))


def _judge_pure(case: Situation, answer: Answer) -> str:
    return _difference(answer, _pure_by_definition(case))


def _difference(answer: Answer, truth: frozenset[Any]) -> str:
    if not isinstance(answer, frozenset):
        return str(answer)
    missing, wrong = truth - answer, answer - truth
    parts = []
    if missing:
        parts.append(f"misses {len(missing)} of {len(truth)} equilibria")
    if wrong:
        parts.append(f"lists {len(wrong)} that are none of them")
    return " and ".join(parts)


def _mixed(case: Situation) -> Answer:
    equilibria: Any = decide.mixed_equilibria({0: case.environment.payoffs[:, 0]})
    return frozenset(equilibria[0])


def _mixed_by_gambit(case: Situation) -> Answer:
    import pygambit

    game = gambit_game(payoff_tables(case))
    return _of_gambit(pygambit.nash.enummixed_solve(game, rational=True))


def _lcp_by_gambit(case: Situation) -> Answer:
    import pygambit

    game = gambit_game(payoff_tables(case))
    return _none_of(case, _of_gambit(pygambit.nash.lcp_solve(game, rational=True)))


def _of_gambit(solution: Any) -> frozenset[Any]:
    return frozenset(
        tuple(
            tuple(Fraction(int(p.numerator), int(p.denominator)) for _, p in profile[player])
            for player in profile.game.players
        )
        for profile in solution.equilibria
    )


def _by_nashpy(method: str, *, shifted: bool) -> Side:
    """The equilibria that a method of nashpy lists.

    shifted: payoffs are passed as exact integers, shifted so that each agent's least payoff is 1,
    as vertex enumeration needs bounded polytopes; else as the nearest floats. nashpy computes in
    floats either way.
    """

    def side(case: Situation) -> Answer:
        import nashpy

        own: list[Any] = [table.tolist() for table in case.environment.payoffs[:, 0]]
        if shifted:
            least = [min(map(min, rows)) for rows in own]
            own = [
                np.array([[payoff - low + 1 for payoff in row] for row in rows], dtype=np.int64)
                for rows, low in zip(own, least, strict=True)
            ]
        else:
            own = [np.array(rows, dtype=float) for rows in own]
        pairs = getattr(nashpy.Game(*own), method)()
        return frozenset(
            tuple(
                tuple(Fraction(float(p)).limit_denominator(LARGEST_DENOMINATOR) for p in mix)
                for mix in pair
            )
            for pair in pairs
        )

    return side


NASHPY: Mapping[str, Side] = {
    f"nashpy {method.replace('_', ' ')}, {'shifted' if shifted else 'floats'}": _by_nashpy(
        method, shifted=shifted
    )
    for method in ("support_enumeration", "vertex_enumeration")
    for shifted in (True, False)
}
"""nashpy's methods, by how the payoffs are passed."""


def _equilibria_only(side: Side) -> Side:
    """The listed profiles that are no equilibrium, by the arbiter's judgement."""
    return lambda case: _none_of(case, side(case))


def _none_of(case: Situation, listed: Sequence[Any] | frozenset[Any]) -> Answer:
    game = arbiter.table(case.environment)
    wrong = frozenset(pair for pair in listed if not arbiter.is_equilibrium(game, pair))
    return wrong if listed else "finds no equilibrium"


def _mixed_by_definition(case: Situation) -> frozenset[tuple[arbiter.Mix, arbiter.Mix]]:
    return arbiter.extreme_equilibria(arbiter.table(case.environment))


def _judge_mixed(case: Situation, answer: Answer) -> str:
    return _difference(answer, _mixed_by_definition(case))


def _judge_sound(_drawn: Situation, answer: Answer) -> str:
    if isinstance(answer, frozenset):
        return f"lists {len(answer)} that are no equilibria" if answer else ""
    return str(answer)


EQUILIBRIA: Sequence[Statement] = (
    Statement(
        "pure equilibria",
        "the pure Nash equilibria of a game",
        replace(TWO, agents=(1, 3), actions=(1, 3)),
        _pure,
        _judge_pure,
        {
            "brute force": _pure_by_definition,
            "z3": _pure_by_z3,
            "pygambit enumpure": _pure_by_gambit,
        },
    ),
    Statement(
        "extreme equilibria",
        "the extreme mixed equilibria of a game of two agents",
        TWO,
        _mixed,
        _judge_mixed,
        {
            "brute force": _mixed_by_definition,
            **NASHPY,
            "pygambit enummixed": _mixed_by_gambit,
        },
    ),
    Statement(
        "some equilibrium",
        "what is listed is not nothing, and every pair is an equilibrium",
        TWO,
        _equilibria_only(_mixed),
        _judge_sound,
        {
            **{name: _equilibria_only(side) for name, side in NASHPY.items()},
            "pygambit lcp": _lcp_by_gambit,
        },
    ),
)
