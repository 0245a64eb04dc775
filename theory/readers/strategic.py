"""Strategic games from tables of other formats, as specifications."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import integer_array, scaled
from coopgap.theory.languages import complete
from coopgap.theory.specification import NamedLanguage, Specification


def strategic_game(
    players: Sequence[str],
    actions: Sequence[Sequence[str]],
    payoffs: Sequence[Fraction | int],
    *,
    states: Sequence[str] = ("s",),
    prior: Sequence[Fraction] = (Fraction(1),),
    title: str = "",
    origin: str = "",
) -> Specification:
    """The game with the complete language and balanced transfers.

    payoffs: in utils, by player, state and profile, player 1's strategy varying fastest.
    """
    numbers, denominator = scaled(payoffs)
    counts = [len(labels) for labels in actions]
    table = integer_array(numbers, (len(players), len(states), *reversed(counts)))
    axes = (0, 1, *reversed(range(2, 2 + len(counts))))
    environment = Environment(
        players=tuple(players),
        actions=tuple(map(tuple, actions)),
        states=tuple(states),
        prior=tuple(prior),
        payoffs=np.ascontiguousarray(table.transpose(axes)),
        denominator=denominator,
    )
    language = NamedLanguage("complete", complete(environment), Transfers())
    return Specification(environment, (language,), title=title, origin=origin)
