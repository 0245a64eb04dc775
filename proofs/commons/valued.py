"""Play that is valued and certified: by stagewise selections, and over all equilibria."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Generic, TypeVar

from coopgap.proofs.commons import certificates, parts
from coopgap.proofs.commons.equilibria import Kinds, Missing, Pick, Play
from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.trusted.certificates import verified
from coopgap.proofs.trusted.documents import digest
from coopgap.theory.commons.resource import Commons

TOO_MUCH = Unknown("bounds over all equilibria take too many steps to check")

NO_CAPS = Unknown("no caps were found under which there is a symmetric pure equilibrium")

NONE_AT_ALL = Unknown("there is none, whatever agents expect to follow")


_E = TypeVar("_E", bound=Play)


class Accepted:
    """The certificates that the core accepted, by their hash."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def add(self, text: str) -> str | Unknown:
        """The hash of a certificate, or why the core does not accept it."""
        verdict = verified(text)
        if not verdict.accepted:
            return Unknown(f"the checker rejected it: {verdict.reason}")
        sha = digest(text)
        self.texts[sha] = text
        return sha


def cap_part(level: Fraction, low: Fraction, most: Fraction, sha: str | Unknown) -> parts.CapPart:
    """What caps reach at a λ that an equilibrium of so much shows, if its certificate is accepted.

    most: what no plan exceeds.
    """
    if isinstance(sha, Unknown):
        return parts.CapPart(level, sha, sha, {})
    return parts.CapPart(level, (low, most), (Fraction(0), most - low), {"value": sha})


def quota_part(
    name: str,
    worth: parts.Between,
    lost: parts.Between,
    sha: str | Unknown,
    rule: Sequence[parts.QuotaEntry],
    caps: Sequence[parts.CapPart],
) -> parts.QuotaPart:
    """What the best quota of a language is worth and loses, if its certificate is accepted."""
    value, gap = (sha, sha) if isinstance(sha, Unknown) else (worth, lost)
    return parts.QuotaPart(name, value, gap, rule, caps, certified([("gap", sha)]))


def certified(pairs: Iterable[tuple[str, str | Unknown | None]]) -> dict[str, str]:
    """The certificates that there are, by name."""
    return {name: sha for name, sha in pairs if isinstance(sha, str)}


@dataclass(frozen=True)
class OverAll:
    """What agents get in every equilibrium, in units and by kind.

    exists: whether there is an equilibrium for sure.
    """

    figure: parts.Figure
    exists: bool = False
    payoffs: tuple[parts.Between, ...] = ()
    months: parts.Between | None = None
    sha256: str | None = None


def over_all(commons: Commons, kinds: Kinds, merged: bool, accepted: Accepted) -> OverAll:
    """Bounds over all pure subgame-perfect equilibria in which agents of a kind do the same."""
    bounded, texts = _bounded(commons, tuple(kinds), merged)
    accepted.texts |= texts
    return bounded


@lru_cache(maxsize=256)
def _bounded(commons: Commons, kinds: Kinds, merged: bool) -> tuple[OverAll, Mapping[str, str]]:
    """The bounds with their certificate; they are asked for by several parts of a report."""
    accepted, text = Accepted(), certificates.bounds(commons, kinds, merged)
    sha = TOO_MUCH if text is None else accepted.add(text)
    if text is None or isinstance(sha, Unknown):
        return OverAll(sha if isinstance(sha, Unknown) else TOO_MUCH), {}
    claim = json.loads(text)["claim"]
    if claim["payoffs"] is None:
        return OverAll(NONE_AT_ALL, sha256=sha), accepted.texts
    payoffs, months = tuple(map(_ends, claim["payoffs"])), _ends(claim["months"])
    bounded = OverAll(_ends(claim["total"]), claim["exists"], payoffs, months, sha)
    return bounded, accepted.texts


def _ends(pair: tuple[str, str]) -> parts.Between:
    return Fraction(pair[0]), Fraction(pair[1])


@dataclass(frozen=True)
class Selections(Generic[_E]):
    """The equilibria of the best and of the worst stagewise selection, and all others."""

    best: _E | Missing
    value: parts.Figure
    worst: parts.Figure
    over_all: parts.Figure
    certificates: Mapping[str, str]


def selections(
    find: Callable[[Pick], _E | Missing],
    certificate: Callable[[_E, str], str],
    bounds: Callable[[], OverAll],
    missing: str,
    accepted: Accepted,
) -> Selections[_E]:
    """Valued and certified; bounds: over all equilibria, asked for where there are several.

    missing: what there is none of where nothing is found.
    """

    def valued(play: _E | Missing, pick: Pick) -> tuple[parts.Figure, str | Unknown]:
        if isinstance(play, Missing):
            none = Unknown(f"there is no {missing} {play}")
            return none, none
        sha = accepted.add(certificate(play, pick if play.several else "only"))
        return (play.value if isinstance(sha, str) else sha), sha

    best = find("best")
    value, sha = valued(best, "best")
    several = isinstance(best, Missing) or best.several
    worst, worst_sha = valued(find("worst"), "worst") if several else (value, sha)
    all_of_them = bounds() if several else _only(value, sha)
    hashes = certified([("value", sha), ("worst", worst_sha), ("over_all", all_of_them.sha256)])
    return Selections(best, value, worst, all_of_them.figure, hashes)


def population_part(prosocial: int, outcomes: Selections[_E]) -> parts.PopulationPart:
    """What is told of so many prosocial agents among selfish ones."""
    best, own = outcomes.best, dict[int, Fraction]()
    play = best if isinstance(best, Play) and "value" in outcomes.certificates else None
    if play is not None:
        kinds = [level is not None for _, level in play.kinds]
        own = dict(zip(kinds, play.start, strict=False))
    return parts.PopulationPart(
        prosocial,
        outcomes.value,
        outcomes.worst,
        outcomes.over_all,
        own.get(False),
        own.get(True),
        None if play is None else play.survival,
        best.several if isinstance(best, Play) else None,
        outcomes.certificates,
    )


def _only(value: parts.Figure, sha: str | Unknown) -> OverAll:
    """If each month has one equilibrium given what follows, there is only one in all."""
    return OverAll(value, sha256=sha if isinstance(sha, str) else None)
