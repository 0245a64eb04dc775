"""Social dilemmas: the classical 2×2 games, 4×4 moral-hazard games and axioms (theory.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from coopgap.theory.environments import Environment, environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import IntArray

AXIOMS = ("axiom-i", "axiom-ii", "axiom-iii", "axiom-iv-strict", "axiom-iv-partial")

EFFORTS = ("CH", "CL", "DH", "DL")


def moral_hazard_rows(
    reward: Fraction, sucker: Fraction, temptation: Fraction, punishment: Fraction
) -> list[list[Fraction]]:
    """The row agent's 4×4 payoffs in utils from R, S, T, P, actions in the order of ``EFFORTS``."""
    r, s, t, p = reward, sucker, temptation, punishment
    e, h = (r - p) / 6, (r - p) / 12
    return [
        [r - e, r - 2 * e - h, s - e, s - e],
        [r, (r + p) / 2, s - 3 * e, s - 3 * e],
        [t - e, t - e, p - e, p],
        [t - 2 * e, t - 2 * e, p - 2 * e, p - 3 * e],
    ]


def symmetric_game(
    rows: Sequence[Sequence[Fraction]],
    actions: Sequence[str],
    cooperative: Sequence[int],
) -> Environment:
    """The one-state symmetric two-agent game with the given row payoffs."""
    size = range(len(actions))
    row = [rows[i][j] for i in size for j in size]
    col = [rows[j][i] for i in size for j in size]
    players = ("row", "col")
    return environment(players, [actions, actions], [[row], [col]], cooperative=[cooperative] * 2)


def moral_hazard_game(
    reward: Fraction, sucker: Fraction, temptation: Fraction, punishment: Fraction
) -> Environment:
    """The 4×4 game in which each base action splits into high and low effort."""
    rows = moral_hazard_rows(reward, sucker, temptation, punishment)
    return symmetric_game(rows, EFFORTS, cooperative=(0, 1))


def axioms(game: Environment) -> Mapping[str, bool]:
    """Which axioms of a generalised social dilemma hold, in every state of positive probability.

    Raises InputError unless every agent has both a cooperating and a defecting action.
    """
    cooperating = require_cooperative(game)
    defecting = [
        tuple(a for a in range(count) if a not in of_agent)
        for count, of_agent in zip(game.shape, cooperating, strict=True)
    ]
    return {
        "axiom-i": _everywhere(game, _raises_welfare, cooperating, defecting),
        "axiom-ii": _everywhere(game, _unique_maximiser, cooperating, defecting),
        "axiom-iii": _everywhere(game, _pareto_dominates, cooperating, defecting),
        "axiom-iv-strict": _everywhere(game, _defection_dominates, cooperating, defecting),
        "axiom-iv-partial": _everywhere(game, _defection_tempts, cooperating, defecting),
    }


def require_cooperative(game: Environment) -> tuple[tuple[int, ...], ...]:
    """The cooperating actions; raises InputError unless each agent has some and lacks some."""
    if game.cooperative is None:
        raise InputError(
            "the game does not say which actions cooperate",
            fix="add game.cooperative with a list of actions for each player",
            field="game.cooperative",
        )
    for player, of_agent, count in zip(game.players, game.cooperative, game.shape, strict=True):
        if not 0 < len(of_agent) < count:
            raise InputError(
                f"{player!r} needs both cooperating and defecting actions",
                fix="list some, not all, of its actions",
                field=f"game.cooperative.{player}",
            )
    return game.cooperative


def defecting(environment: Environment) -> Iterator[tuple[int, int, int, tuple[int, ...]]]:
    """Each state of positive probability, agent, defecting action, and all its cooperating actions.

    Raises InputError as ``require_cooperative``.
    """
    cooperating = require_cooperative(environment)
    for state in environment.support:
        for agent, size in enumerate(environment.shape):
            for action in range(size):
                if action not in cooperating[agent]:
                    yield state, agent, action, cooperating[agent]


def domination_threshold(environment: Environment) -> Fraction | None:
    """λ̄ of T9, a pure number above which every defecting action is strictly dominated.

    None where T9 does not apply: some defecting action has no cooperating one that strictly raises
    welfare against all actions of the others. Raises InputError unless every agent has cooperating
    and defecting actions.
    """
    worst = Fraction(0)
    for state, agent, defect, cooperating in defecting(environment):
        own = np.moveaxis(environment.payoffs[agent, state], agent, 0)
        welfare = np.moveaxis(environment.welfare[state], agent, 0)
        ratios = [
            max(_ratios(np.asarray(own[defect] - own[c]), np.asarray(welfare[c] - welfare[defect])))
            for c in cooperating
            if np.all(welfare[c] > welfare[defect])
        ]
        if not ratios:
            return None
        worst = max(worst, min(ratios))
    return worst


def _ratios(gain: IntArray, lost: IntArray) -> Iterator[Fraction]:
    for g, d in zip(gain.ravel().tolist(), lost.ravel().tolist(), strict=True):
        yield Fraction(g, d)


Actions = Sequence[Sequence[int]]
Axiom = Callable[[Environment, int, Actions, Actions], bool]


def _everywhere(game: Environment, axiom: Axiom, cooperating: Actions, defecting: Actions) -> bool:
    return all(axiom(game, state, cooperating, defecting) for state in game.support)


def _sides(
    tables: Iterable[IntArray], coop: Actions, defect: Actions
) -> Iterator[tuple[IntArray, IntArray]]:
    """For each agent its table at its cooperating actions, and at its others."""
    for agent, table in enumerate(tables):
        own = np.moveaxis(table, agent, 0)
        yield own[list(coop[agent])], own[list(defect[agent])]


def _raises_welfare(game: Environment, state: int, coop: Actions, defect: Actions) -> bool:
    tables = [game.welfare[state]] * len(game.players)
    return all((c.min(axis=0) > d.max(axis=0)).all() for c, d in _sides(tables, coop, defect))


def _unique_maximiser(game: Environment, state: int, coop: Actions, _defect: Actions) -> bool:
    welfare = game.welfare[state]
    best = welfare == welfare.max()
    return bool(best[tuple(of_agent[0] for of_agent in coop)] and best.sum() == 1)


def _pareto_dominates(game: Environment, state: int, coop: Actions, defect: Actions) -> bool:
    return all(
        own[np.ix_(*coop)].min() > own[np.ix_(*defect)].max() for own in game.payoffs[:, state]
    )


def _defection_dominates(game: Environment, state: int, coop: Actions, defect: Actions) -> bool:
    sides = _sides(game.payoffs[:, state], coop, defect)
    return all((d.min(axis=0) > c.max(axis=0)).all() for c, d in sides)


def _defection_tempts(game: Environment, state: int, coop: Actions, defect: Actions) -> bool:
    sides = _sides(game.payoffs[:, state], coop, defect)
    return all((d.max(axis=0) > c.min(axis=0)).any() for c, d in sides)
