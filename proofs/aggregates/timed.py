"""Parts of a report on groups, each in its time, and what stands in their place without it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from coopgap.proofs.aggregates.certificates import Levels, Setting
from coopgap.proofs.aggregates.findings import Findings
from coopgap.proofs.aggregates.parts import (
    Certificates,
    FirstBestPart,
    SelfishPart,
)
from coopgap.proofs.deciding.values import Level, common
from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.aggregates import GroupGame, GroupSpecification

_T = TypeVar("_T")


class UnknownFindings(Findings):
    """Findings that are all unknown, since the time is over."""

    def __init__(self, game: GroupGame, why: Unanswered) -> None:
        super().__init__(game, lambda _: None)
        self.why = why

    def reached(self, where: Setting, levels: Levels) -> Unanswered:
        """No value."""
        return self.why

    def threshold(self, where: Setting, loss: Fraction) -> Unanswered:
        """No λ."""
        return self.why


class Timed:
    """Parts of a report, each in its time."""

    def __init__(
        self, specification: GroupSpecification, findings: Findings, worker: Worker
    ) -> None:
        self.specification, self.findings, self.worker = specification, findings, worker

    def part(
        self, of: Callable[..., _T], unknown: Callable[..., _T] | None, *arguments: object
    ) -> _T:
        """What a function makes of the specification, or what is said where there is no time.

        unknown: None where the function says so itself, when nothing is found.
        """
        if self.worker.seconds == math.inf:
            return of(self.specification, self.findings, *arguments)
        try:
            part: _T
            part, texts = self.worker.call(_alone, of, self.specification, arguments)
        except TimedOut as error:
            why = Unanswered(str(error))
            if unknown is None:
                return of(
                    self.specification, UnknownFindings(self.specification.game, why), *arguments
                )
            return unknown(self.specification, self.findings, *arguments, why)
        self.findings.texts |= texts
        return part


def _alone(
    of: Callable[..., _T], specification: GroupSpecification, arguments: Sequence[object]
) -> tuple[_T, Mapping[str, str]]:
    """A part found in a process of its own, with its certificates."""
    findings = Findings(specification.game, lambda _: None)
    return of(specification, findings, *arguments), findings.texts


def level_of(game: GroupGame, levels: Levels) -> Level:
    """A common λ as a number, or that of each group by name."""
    return common([group.name for group in game.groups], levels)


def no_first_best(
    _: GroupSpecification, findings: Findings, why: Unanswered
) -> tuple[FirstBestPart, Certificates]:
    """The first best's welfare without what attains it."""
    unknown = _of_states(findings.game, why)
    return FirstBestPart(findings.optimum(), unknown, unknown), {}


def _of_states(game: GroupGame, why: Unanswered) -> dict[str, Unanswered]:
    return {game.states[state]: why for state in game.support}


def no_play(
    _: GroupSpecification, findings: Findings, _levels: Levels, why: Unanswered
) -> tuple[SelfishPart, Certificates]:
    """Equilibria that are not decided."""
    unknown = _of_states(findings.game, why)
    return SelfishPart(why, why, unknown, unknown), {}
