"""The report on a commons: every quantity with the certificate that the core accepted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TypeVar

from coopgap.proofs.commons import parts
from coopgap.proofs.commons.claims import decided
from coopgap.proofs.commons.document import document, figure
from coopgap.proofs.commons.drawn_finder import DrawnFinder, drawn_finder
from coopgap.proofs.commons.regime_finder import RegimeFinder, regime_finder
from coopgap.proofs.commons.valued import Accepted
from coopgap.proofs.deciding.reports import tool
from coopgap.proofs.deciding.values import Unknown, quantity_text
from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.theory.commons.regimes import regimes_of
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import CommonsSpecification, QuotaLanguage
from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Plain
from coopgap.theory.notebooks import Documented, Tabulated, TextTable

_T = TypeVar("_T")

Finder = DrawnFinder | RegimeFinder
"""What is found of a commons, with certificates."""


class CommonsReport(Tabulated, parts.Findings, Documented):
    """Everything that a specification with a commons asks, decided."""

    def tables(self) -> tuple[TextTable, ...]:
        """What each language's best quota reaches, between selfish play and the first best."""
        rows = [
            ("first best", quantity_text(figure(self.planner)), "0"),
            ("selfish agents", quantity_text(figure(self.selfish.value)), ""),
            *(
                (part.name, *(quantity_text(figure(own)) for own in (part.value, part.gap)))
                for part in self.languages
            ),
        ]
        thresholds = quantity_text(figure(self.thresholds[0].value)) if self.thresholds else "none"
        claims = tuple((claim.id, claim.status) for claim in self.claims)
        return (
            TextTable(
                f"{self.specification.title or 'A commons'}; λ* = {thresholds}",
                ("quota", "units", "gap"),
                tuple(rows),
            ),
            *([TextTable("Claims", ("id", "status"), claims)] if claims else []),
        )

    def document(self) -> dict[str, Plain]:
        """``coopgap.commons/1``: plain JSON values."""
        return document(self)


def check_commons(
    specification: CommonsSpecification,
    progress: Callable[[str], None] | None = None,
    timeout: float | None = None,
    deadline: float = math.inf,
) -> CommonsReport:
    """Decides all quantities of a commons' report and its claims.

    timeout: seconds for each quantity; deadline: when, in seconds of the monotonic clock, all end.
    What is not decided then is unknown. Raises InputError for numbers that become too long, and if
    the time does not suffice to find a first best.
    """
    with Worker(timeout, deadline=deadline) as worker:
        return _report(specification, Timed(worker, progress or (lambda _: None)))


class Timed:
    """Quantities, each in its time, with the certificates of all."""

    def __init__(self, worker: Worker, tell: Callable[[str], None]) -> None:
        self.worker, self.tell = worker, tell
        self.texts: dict[str, str] = {}

    def find(self, name: str, of: Callable[..., _T], *arguments: object) -> _T:
        """What a function finds that takes certificates last; raises TimedOut."""
        self.tell(name)
        answer: tuple[_T, dict[str, str]] = self.worker.call(_with_certificates, of, arguments)
        self.texts |= answer[1]
        return answer[0]

    def part(
        self, name: str, unknown: Callable[[Unknown], _T], of: Callable[..., _T], *arguments: object
    ) -> _T:
        """The same; ``unknown`` makes the part where the time does not suffice."""
        try:
            return self.find(name, of, *arguments)
        except TimedOut as error:
            return unknown(Unknown(str(error)))


def _with_certificates(
    of: Callable[..., _T], arguments: Sequence[object]
) -> tuple[_T, dict[str, str]]:
    accepted = Accepted()
    return of(*arguments, accepted), accepted.texts


def _finder(commons: Commons, accepted: Accepted) -> Finder:
    if regimes_of(commons) is None:
        return drawn_finder(commons, accepted)
    return regime_finder(commons, accepted)


def _report(specification: CommonsSpecification, timed: Timed) -> CommonsReport:
    try:
        finder = timed.find("planner", _finder, specification.commons)
    except TimedOut as error:
        raise InputError(
            f"there is no first best in the time given: {error}", fix="give a longer time"
        ) from None
    return reported(specification, finder, timed)


def reported(specification: CommonsSpecification, finder: Finder, timed: Timed) -> CommonsReport:
    """The report where the first best has been found."""
    commons, levels = specification.commons, specification.levels
    selfish = _play(timed, finder, Fraction(0))
    languages = [
        timed.part(
            f"language {language.name}",
            partial(_no_language, language, levels),
            finder.language,
            language,
            levels,
        )
        for language in specification.languages
    ]
    thresholds = [
        timed.part("thresholds", partial(parts.ThresholdPart, measure), finder.threshold, measure)
        for measure in finder.measures
    ]
    prosocial = [selfish if level == 0 else _play(timed, finder, level) for level in levels]
    kinds = range(commons.agents + 1) if commons.prosocial is None else [commons.prosocial]
    populations = [
        timed.part(
            f"{kind} prosocial agents",
            lambda why, kind=kind: parts.PopulationPart(kind, why, why, why),  # type: ignore[misc]
            finder.population,
            kind,
        )
        for kind in kinds
    ]
    by_level = {part.level: part for part in (selfish, *prosocial)}
    report = CommonsReport(
        specification,
        finder.plan,
        finder.planner,
        finder.certificate,
        finder.policy,
        selfish,
        languages,
        thresholds,
        prosocial,
        populations,
        (),
        timed.texts,
        tool(),
    )
    timed.tell("claims")
    claims = decided(report, lambda level: by_level.get(level) or _play(timed, finder, level))
    return replace(report, claims=claims)


def _play(timed: Timed, finder: Finder, level: Fraction) -> parts.PlayPart:
    name = f"prosocial play at λ = {level}" if level else "selfish play"
    return timed.part(name, lambda why: parts.PlayPart(level, why, why, why), finder.play, level)


def _no_language(
    language: QuotaLanguage, levels: Sequence[Fraction], why: Unknown
) -> parts.QuotaPart:
    caps = [parts.CapPart(level, why, why, {}) for level in levels]
    return parts.QuotaPart(language.name, why, why, [], caps, {})
