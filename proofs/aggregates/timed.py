"""Parts of a report on groups, each in its time, and what is said where there is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from coopgap.proofs.aggregates.certificates import Levels
from coopgap.proofs.aggregates.findings import Findings
from coopgap.proofs.aggregates.parts import (
    Certificates,
    FirstBestPart,
    LanguagePart,
    SelfishPart,
    TolerancePart,
)
from coopgap.proofs.deciding.reports import LevelPart, contract_class
from coopgap.proofs.deciding.values import Quantity
from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.aggregates import GroupGame, GroupSpecification

_T = TypeVar("_T")


class Timed:
    """Parts of a report, each in its time."""

    def __init__(self, specification: GroupSpecification, found: Findings, worker: Worker) -> None:
        self.specification, self.found, self.worker = specification, found, worker

    def part(self, of: Callable[..., _T], unknown: Callable[..., _T], *arguments: object) -> _T:
        """What a function makes of the specification, or what is said where there is no time."""
        if self.worker.seconds == math.inf:
            return of(self.specification, self.found, *arguments)
        try:
            part: _T
            part, texts = self.worker.call(_alone, of, self.specification, arguments)
        except TimedOut as error:
            return unknown(self.specification, self.found, *arguments, Unanswered(str(error)))
        self.found.texts |= texts
        return part


def _alone(
    of: Callable[..., _T], specification: GroupSpecification, arguments: Sequence[object]
) -> tuple[_T, Mapping[str, str]]:
    """A part found in a process of its own, with its certificates."""
    found = Findings(specification.game, lambda _: None)
    return of(specification, found, *arguments), found.texts


def level_of(game: GroupGame, levels: Levels) -> Fraction | Mapping[str, Fraction]:
    """A common λ as a number, or that of each group by name."""
    if len(set(levels)) == 1:
        return levels[0]
    return {group.name: level for group, level in zip(game.groups, levels, strict=True)}


def no_first_best(
    _: GroupSpecification, found: Findings, why: Unanswered
) -> tuple[FirstBestPart, Certificates]:
    """The first best's welfare without what attains it."""
    unknown = _of_states(found.game, why)
    return FirstBestPart(found.optimum(), unknown, unknown), {}


def _of_states(game: GroupGame, why: Unanswered) -> dict[str, Unanswered]:
    return {game.states[state]: why for state in game.support}


def no_play(
    _: GroupSpecification, found: Findings, _levels: Levels, why: Unanswered
) -> tuple[SelfishPart, Certificates]:
    """Equilibria that are not decided."""
    unknown = _of_states(found.game, why)
    return SelfishPart(why, why, unknown, unknown), {}


def no_language(
    specification: GroupSpecification, _: Findings, place: int, why: Unanswered
) -> LanguagePart:
    """A language of which nothing is decided."""
    language, game = specification.languages[place], specification.game
    return LanguagePart(
        name=language.name,
        contracts=contract_class(language.contracts, ()),
        value=why,
        gap=why,
        selection=None,
        prosocial_threshold=why,
        tolerances=tuple(TolerancePart(loss, why) for loss in specification.tolerances),
        prosocial=tuple(
            LevelPart(level_of(game, levels), why, why) for levels in specification.levels
        ),
        certificates={},
    )


def no_thresholds(
    specification: GroupSpecification, _: Findings, why: Unanswered
) -> tuple[Quantity, tuple[TolerancePart, ...], Certificates]:
    """Thresholds that are not decided."""
    return why, tuple(TolerancePart(loss, why) for loss in specification.tolerances), {}
