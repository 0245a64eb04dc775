"""The report on a commons: every quantity with the certificate that the core accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Generic, TypeVar

from coopgap.proofs.commons import certificates
from coopgap.proofs.commons.caps import sustained
from coopgap.proofs.commons.claims import decided
from coopgap.proofs.commons.document import document
from coopgap.proofs.commons.equilibria import Missing, Pick, Symmetric, symmetric
from coopgap.proofs.commons.parts import (
    CapPart,
    Figure,
    Findings,
    PlayPart,
    PopulationPart,
    QuotaPart,
    ThresholdPart,
)
from coopgap.proofs.commons.planner import Plan, planned
from coopgap.proofs.commons.populations import Population, population
from coopgap.proofs.commons.quotas import best_rule
from coopgap.proofs.commons.thresholds import MEASURES, Measure, threshold
from coopgap.proofs.commons.words import rule_listed
from coopgap.proofs.deciding.reports import tool
from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.trusted.certificates import verified
from coopgap.proofs.trusted.documents import digest
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import CommonsSpecification, QuotaLanguage, everything
from coopgap.theory.notebooks import Documented, Shown, TextTable

_E = TypeVar("_E", Symmetric, Population)


class CommonsReport(Shown, Findings, Documented):
    """Everything that a specification with a commons asks, decided."""

    def tables(self) -> tuple[TextTable, ...]:
        """What each language's best quota reaches, between selfish play and the first best."""
        rows = [
            ("first best", _told(self.planner), "0"),
            ("selfish agents", _told(self.selfish.value), ""),
            *((each.name, _told(each.value), _told(each.gap)) for each in self.languages),
        ]
        thresholds = _told(self.thresholds[0].value) if self.thresholds else "none"
        claims = tuple((each.question.id, each.status) for each in self.claims)
        return (
            TextTable(
                f"{self.specification.title or 'A commons'}; λ* = {thresholds}",
                ("quota", "units", "gap"),
                tuple(rows),
            ),
            *([TextTable("Claims", ("id", "status"), claims)] if claims else []),
        )

    def document(self) -> dict[str, Any]:
        """``coopgap.commons/1``: plain JSON values."""
        return document(self)


def _told(value: Figure) -> str:
    """A number, certified bounds of one, or that it is unknown."""
    if isinstance(value, Unknown):
        return "unknown"
    low, high = value if isinstance(value, tuple) else (value, value)
    return str(low) if low == high else f"{low} to {high}"


class Accepted:
    """The certificates that the core accepted, by their hash."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def add(self, text: str) -> str | Unknown:
        """The hash of a certificate, or why the core does not accept it."""
        found = verified(text)
        if not found.accepted:
            return Unknown(f"the checker rejected it: {found.reason}")
        sha = digest(text)
        self.texts[sha] = text
        return sha


def check_commons(
    specification: CommonsSpecification, progress: Callable[[str], None] | None = None
) -> CommonsReport:
    """Decides all quantities of a commons' report and its claims.

    Raises InputError for numbers that become too long.
    """
    tell = progress or (lambda _: None)
    commons, accepted = specification.commons, Accepted()
    tell("planner")
    plan = planned(commons, everything(commons))
    best = accepted.add(certificates.first_best(plan))
    tell("selfish play")
    selfish = _play(commons, Fraction(0), accepted)
    languages = []
    for each in specification.languages:
        tell(f"language {each.name}")
        languages.append(_language(plan, each, specification.levels, accepted))
    tell("thresholds")
    thresholds = [_threshold(plan, each, accepted) for each in MEASURES if _applies(commons, each)]
    levels = []
    for level in specification.levels:
        tell(f"prosocial play at λ = {level}")
        levels.append(selfish if level == 0 else _play(commons, level, accepted))
    kinds = range(commons.agents + 1) if commons.prosocial is None else [commons.prosocial]
    populations = []
    for kind in kinds:
        tell(f"{kind} prosocial agents")
        populations.append(_population(commons, kind, accepted))
    known = {each.level: each for each in (selfish, *levels)}
    report = CommonsReport(
        specification,
        plan,
        plan.value if isinstance(best, str) else best,
        best if isinstance(best, str) else None,
        selfish,
        languages,
        thresholds,
        levels,
        populations,
        (),
        accepted.texts,
        tool(),
    )
    tell("claims")
    claims = decided(report, lambda level: known.get(level) or _play(commons, level, accepted))
    return replace(report, claims=claims)


def _applies(commons: Commons, measure: Measure) -> bool:
    """Whether a threshold can be asked for: fractions of a unit need a grid without holes."""
    grid = commons.grid
    return not measure.fractional or grid == tuple(range(len(grid)))


def _certified(pairs: Iterable[tuple[str, str | Unknown]]) -> dict[str, str]:
    return {name: sha for name, sha in pairs if isinstance(sha, str)}


@dataclass(frozen=True)
class _Selections(Generic[_E]):
    """The equilibria of the best and of the worst stagewise selection, valued and certified."""

    best: _E | Missing
    value: Figure
    worst: Figure
    certificates: Mapping[str, str]


def _selections(
    find: Callable[[Pick], _E | Missing],
    certificate: Callable[[_E, str], str],
    missing: str,
    accepted: Accepted,
) -> _Selections[_E]:
    """``missing``: what there is none of where nothing is found."""

    def valued(play: _E | Missing, pick: Pick) -> tuple[Figure, str | Unknown]:
        if isinstance(play, Missing):
            none = Unknown(f"there is no {missing} {play}")
            return none, none
        sha = accepted.add(certificate(play, pick if play.several else "only"))
        return (play.value if isinstance(sha, str) else sha), sha

    best = find("best")
    value, sha = valued(best, "best")
    several = not isinstance(best, Missing) and best.several
    worst, other = valued(find("worst"), "worst") if several else (value, sha)
    return _Selections(best, value, worst, _certified([("value", sha), ("worst", other)]))


def _play(commons: Commons, level: Fraction, accepted: Accepted) -> PlayPart:
    found = _selections(
        lambda pick: symmetric(commons, level, pick),
        certificates.equilibrium,
        "symmetric pure equilibrium",
        accepted,
    )
    best = found.best
    if isinstance(best, Missing):
        return PlayPart(level, found.value, found.worst)
    harvests = [_first_month(commons, row) for row in best.demands[0]]
    return PlayPart(level, found.value, found.worst, best.several, harvests, found.certificates)


def _first_month(commons: Commons, row: Sequence[int]) -> dict[int, int]:
    """By each stock that the first month may have, all demands together, cut to the stock."""
    return {stock: min(stock, commons.agents * row[stock]) for stock in commons.reachable[0]}


def _language(
    plan: Plan, language: QuotaLanguage, levels: Sequence[Fraction], accepted: Accepted
) -> QuotaPart:
    commons = plan.commons
    best = best_rule(commons, language)
    sha = accepted.add(certificates.gap(plan, language, best))
    value: Figure = (best.low, best.high)
    lost: Figure = (plan.value - best.high, plan.value - best.low)
    if isinstance(sha, Unknown):
        value = lost = sha
    caps = []
    for level in levels:
        found = sustained(commons, language, level, best)
        if found is None:
            none = Unknown("no caps were found under which there is a symmetric pure equilibrium")
            caps.append(CapPart(level, none, none, {}))
            continue
        play, chosen = found
        reached = accepted.add(certificates.equilibrium(play, "some", language, chosen))
        if isinstance(reached, Unknown):
            caps.append(CapPart(level, reached, reached, {}))
        else:
            between = (play.value, plan.value)
            rest = (Fraction(0), plan.value - play.value)
            caps.append(CapPart(level, between, rest, {"value": reached}))
    listed = rule_listed(commons, language, best.rule)
    return QuotaPart(language.name, value, lost, listed, caps, _certified([("gap", sha)]))


def _threshold(plan: Plan, measure: Measure, accepted: Accepted) -> ThresholdPart:
    value = threshold(plan, measure)
    if value is None:
        reason = "no first best has equal shares of whole units on its path"
        return ThresholdPart(measure, Unknown(reason))
    sha = accepted.add(certificates.threshold(plan, measure, value))
    if isinstance(sha, Unknown):
        return ThresholdPart(measure, sha)
    return ThresholdPart(measure, value, sha)


def _population(commons: Commons, prosocial: int, accepted: Accepted) -> PopulationPart:
    found = _selections(
        lambda pick: population(commons, prosocial, pick),
        certificates.mixed,
        "pure equilibrium of the two kinds",
        accepted,
    )
    best = found.best
    if isinstance(best, Missing):
        return PopulationPart(prosocial, found.value, found.worst)
    known = "value" in found.certificates
    return PopulationPart(
        prosocial,
        found.value,
        found.worst,
        best.start[0] if known and prosocial else None,
        best.start[1] if known and prosocial < commons.agents else None,
        best.survival if known else None,
        best.several,
        found.certificates,
    )
