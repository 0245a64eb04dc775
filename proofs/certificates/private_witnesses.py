"""What agents with private information implement, and why nothing better, as parts of a proof."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from coopgap.proofs.certificates.witnesses import TooLarge
from coopgap.proofs.questions.private import (
    Amounts,
    CorrelatedStrategies,
    Excluded,
    PrivateSetting,
    Strategies,
    Type,
)
from coopgap.theory.contracts import Transfers
from coopgap.theory.exact import common_denominator
from coopgap.theory.json_values import Json, Plain

MAX_NODES = 100_000
"""The largest tree of a bound."""


def reached(setting: PrivateSetting, chosen: Strategies, amounts: Amounts) -> dict[str, Json]:
    """Strategies, and the transfers that make them an equilibrium."""
    paying = isinstance(setting.contracts, Transfers)
    return {
        "strategies": list(chosen),
        "transfers": [_entry(setting, amounts)] if paying else [],
    }


def _entry(setting: PrivateSetting, amounts: Amounts) -> dict[str, Json]:
    """Transfers over their common denominator."""
    scale = common_denominator(amounts.values())
    paid: dict[int, list[int]] = {}
    for (record, agent), amount in sorted(amounts.items()):
        row = paid.setdefault(record, [0] * len(setting.environment.players))
        row[agent] = int(amount * scale)
    return {"denominator": scale, "amounts": [list(row) for row in paid.items()]}


def drawn(setting: PrivateSetting, play: CorrelatedStrategies) -> dict[str, Json]:
    """A mediator's draw of strategies, and the transfers that make it obeyed."""
    assert play.amounts is not None
    scale = common_denominator(play.drawn.values())
    weights: list[Json] = [
        [list(strategies), int(share * scale)] for strategies, share in sorted(play.drawn.items())
    ]
    return {"distribution": weights, "transfers": [_entry(setting, play.amounts)]}


def multipliers(play: CorrelatedStrategies) -> dict[str, Json]:
    """Why no correlated play has more welfare."""
    scale = common_denominator(play.multipliers.values())
    listed: list[Json] = [
        [agent, list(strategy), cell, action, int(y * scale)]
        for (agent, strategy, cell, action), y in sorted(play.multipliers.items())
    ]
    return {"denominator": scale, "multipliers": listed}


def bound(
    setting: PrivateSetting, excluded: Sequence[Excluded], best: Strategies | None
) -> dict[str, Json]:
    """Why strategies have at most the welfare of these, or why none are implementable.

    Raises TooLarge.
    """
    return _Tree(setting, excluded, best).bound()


class _Tree:
    def __init__(
        self, setting: PrivateSetting, excluded: Sequence[Excluded], best: Strategies | None
    ) -> None:
        self.setting, self.excluded, self.best = setting, excluded, best
        self.types, self.game = list(setting.types), setting.environment
        self.nodes = 0
        self.most: Fraction | None = None
        if best is not None:
            chosen = dict(zip(self.types, best, strict=True))
            self.most = sum(
                (self.worth(s, setting.played(chosen, s)) for s in self.game.support), Fraction(0)
            )

    def bound(self) -> dict[str, Json]:
        return {
            "obstructions": [
                {
                    "strategies": [[*key, action] for key, action in known.part.items()],
                    "deviations": [[*move, w] for move, w in sorted(known.deviations.items())],
                }
                for known in self.excluded
            ],
            "best": None if self.best is None else list(self.best),
            "strict": False,
            "tree": self.tree({}),
        }

    def tree(self, path: dict[Type, int]) -> Plain:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise TooLarge(f"the proof has over {MAX_NODES:,} cases")
        for place, known in enumerate(self.excluded):
            if known.part.items() <= path.items():
                return place
        if self.most is not None and self.above(path) <= self.most:
            return None
        type_ = self.types[len(path)]
        return [self.tree({**path, type_: a}) for a in range(self.game.shape[type_[0]])]

    def above(self, path: dict[Type, int]) -> Fraction:
        """The sum over states of the largest p W that agrees with the path."""
        total = Fraction(0)
        for s in self.game.support:
            place: list[Plain] = [s]
            for agent, own in enumerate(self.setting.information.cells):
                place.append(path.get((agent, own[s]), slice(None)))
            total += self.game.prior[s] * int(np.max(self.game.welfare[tuple(place)]))
        return total

    def worth(self, state: int, profile: tuple[int, ...]) -> Fraction:
        return self.game.prior[state] * int(self.game.welfare[(state, *profile)])
