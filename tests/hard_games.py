"""Random games that are hard for their size: many states in few cells, actions in two classes."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np

from coopgap.proofs.questions.obligations import Setting
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.languages import ProductLanguage

SHAPES = ((3, 4, 60), (2, 6, 40), (3, 3, 100))
"""Agents, actions of each, states."""

TOP = 9
"""Payoffs are drawn from −TOP … TOP."""


def hard_game(shape: tuple[int, int, int], seed: str) -> Setting:
    """States in two or three cells, actions in two classes, free, balanced or burnt money."""
    agents, actions, states = shape
    rng = Random(seed)
    grid = (actions,) * agents
    payoffs = np.array([rng.randint(-TOP, TOP) for _ in range(agents * states * actions**agents)])
    environment = Environment(
        tuple(f"player {k}" for k in range(agents)),
        (tuple(map(str, range(actions))),) * agents,
        tuple(f"state {k}" for k in range(states)),
        (Fraction(1, states),) * states,
        payoffs.reshape(agents, states, *grid),
    )
    cells = _partition(rng, states, rng.choice((2, 3)))
    classes = tuple(_partition(rng, actions, 2) for _ in range(agents))
    return Setting(
        environment, ProductLanguage(cells, classes), Transfers(rng.choice(list(Budget)))
    )


def _partition(rng: Random, size: int, parts: int) -> tuple[int, ...]:
    """Numbers of parts, in the order in which they occur; none is empty."""
    blocks = [*range(parts), *(rng.randrange(parts) for _ in range(size - parts))]
    rng.shuffle(blocks)
    names = {part: k for k, part in enumerate(dict.fromkeys(blocks))}
    return tuple(names[part] for part in blocks)


def width(setting: Setting) -> Fraction:
    """The expected difference of the greatest and the least welfare, in utils."""
    game = setting.environment
    spans = [
        game.prior[s] * int(game.welfare[s].max() - game.welfare[s].min()) for s in game.support
    ]
    return sum(spans, Fraction(0)) / game.denominator
