"""What a play shows of a quantity: as it was chosen, and as expected where mixes are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.run import Run
from coopgap.llm_checks.playing.scenarios import Play
from coopgap.llm_checks.predicting.quantities import POINTS, quantities
from coopgap.llm_checks.predicting.regimes import Condition, material
from coopgap.llm_checks.predicting.scenes import Scene
from coopgap.theory.exact import IntArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Whole:
    """A play with all its decisions.

    mixes: by agent the probabilities of its actions, where the model gave them for every decision.
    """

    play: Play
    profile: tuple[int, ...]
    mixes: tuple[Floats, ...] | None

    @property
    def scene(self) -> Scene:
        """What was played."""
        return self.play.scene

    @property
    def condition(self) -> Condition:
        """What agents were told."""
        return self.play.condition


@dataclass(frozen=True)
class Seen:
    """A quantity in one play: as chosen, and as expected from the probabilities if known."""

    scene: str
    chosen: Fraction
    expected: float | None


def whole(run: Run) -> tuple[list[Whole], int]:
    """The plays with all their decisions, and how many were begun and lack some."""
    played, dropped = [], 0
    for each in run.plays:
        profile = each.profile(run.answers)
        if profile is not None:
            played.append(Whole(each, profile, _mixes(each, run.answers)))
        else:
            dropped += any(one.id in run.answers for one in each.questions)
    return played, dropped


def seen_in(played: Sequence[Whole], condition: str, quantity: str) -> list[Seen]:
    """A quantity in the plays of a condition in which it is defined."""
    found = [_seen(each, quantity) for each in played if str(each.condition) == condition]
    return [each for each in found if each is not None]


def range_of(played: Sequence[Whole], quantity: str) -> tuple[float, float]:
    """The least and the largest welfare, or points of a player, that any play could have."""
    ends: list[float] = []
    for each in {(one.scene.name, repr(one.play.binding)): one for one in played}.values():
        environment = each.scene.environment
        table = environment.welfare
        if quantity.startswith(POINTS):
            environment = material(environment, each.play.binding)
            table = environment.payoffs[environment.players.index(quantity.removeprefix(POINTS))]
        ends += [float(Fraction(int(end), environment.denominator)) for end in _ends(table)]
    return min(ends), max(ends)


def _ends(table: IntArray) -> tuple[int, int]:
    return int(table.min()), int(table.max())


def _mixes(play: Play, answers: Mapping[str, Answer]) -> tuple[Floats, ...] | None:
    shape = play.scene.environment.shape
    found = [np.zeros(count) for count in shape]
    for agent, action in play.forced.items():
        found[agent][action] = 1
    for question in play.decisions:
        shares = answers[question.id].probabilities
        if shares is None or len(shares) != len(question.presentation.order):
            return None
        found[question.agent][list(question.presentation.order)] = shares
    return tuple(found)


@lru_cache(maxsize=256)
def _tables(scene: Scene, language: str | None) -> Mapping[str, IntArray]:
    return quantities(scene.specification, language)


def _seen(played: Whole, quantity: str) -> Seen | None:
    """A quantity in a play; None if it is not defined there."""
    environment, state, unit = played.scene.environment, played.play.state, Fraction(1)
    if quantity.startswith(POINTS):
        paid = material(environment, played.play.binding)
        table = paid.payoffs[environment.players.index(quantity.removeprefix(POINTS))][state]
        unit = Fraction(1, paid.denominator)
    else:
        tables = _tables(played.scene, played.condition.regime.language)
        if quantity not in tables:
            return None
        table = tables[quantity][state]
        if quantity == "welfare":
            unit = Fraction(1, environment.denominator)
    chosen = Fraction(int(table[played.profile])) * unit
    expected = None
    if played.mixes is not None:
        left = table.astype(float) * float(unit)
        for mix in reversed(played.mixes):
            left = left @ mix
        expected = float(left)
    return Seen(played.scene.name, chosen, expected)
