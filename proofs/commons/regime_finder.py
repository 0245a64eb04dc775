"""What is found of a commons whose growth has regimes, with certificates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.commons import parts
from coopgap.proofs.commons import regime_certificates as certificates
from coopgap.proofs.commons.equilibria import Kinds, Missing
from coopgap.proofs.commons.populations import kinds_of
from coopgap.proofs.commons.quotas import BestRule
from coopgap.proofs.commons.regime_planner import StatePlan, best_plan
from coopgap.proofs.commons.regime_play import RegimeCaps, RegimePlay, population, symmetric
from coopgap.proofs.commons.regime_quotas import best_regime_rule
from coopgap.proofs.commons.thresholds import Measure
from coopgap.proofs.commons.valued import (
    NO_CAPS,
    Accepted,
    OverAll,
    cap_part,
    certified,
    over_all,
    population_part,
    quota_part,
    selections,
)
from coopgap.proofs.commons.words import regime_rule_listed
from coopgap.proofs.deciding.values import Unknown
from coopgap.theory.commons.regimes import Situations, situations
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import QuotaLanguage

EXACT = 15_000
"""The most harvests in all situations together for which each situation is solved."""

NO_THRESHOLD = Unknown("thresholds are decided where growth is drawn, not where it has regimes")

NOT_SURE = Unknown(
    "there are too many situations to solve each, and whether there is an equilibrium is open"
)


@dataclass(frozen=True)
class RegimeFinder:
    """The first best of a commons, or bounds of it, and what is asked beside it.

    plan: the first best, or the best plan that is known. most: what no plan exceeds, in units.
    """

    situations: Situations
    plan: StatePlan
    most: Fraction
    planner: parts.Figure
    certificate: str | None

    @property
    def policy(self) -> Sequence[Mapping[int, int]]:
        """The plan's harvest in the first month, by its stock."""
        return [{state.stock: taken for state, taken in self.plan.totals[0].items()}]

    @property
    def measures(self) -> Sequence[Measure]:
        """The thresholds that can be asked for."""
        return [Measure()]

    def threshold(self, measure: Measure, accepted: Accepted) -> parts.ThresholdPart:
        """Not decided."""
        return parts.ThresholdPart(measure, NO_THRESHOLD)

    def play(self, level: Fraction, accepted: Accepted) -> parts.PlayPart:
        """Symmetric play at a common λ."""
        commons = self.situations.commons
        every = self._every([(commons.agents, level)], accepted)
        if self.situations.merged:
            bounded = every()
            value = _of_all(bounded)
            return parts.PlayPart(level, value, value, bounded.figure, None, [], _named(bounded))
        found = selections(
            lambda pick: symmetric(self.situations, level, pick),
            certificates.equilibrium,
            every,
            "symmetric pure equilibrium",
            accepted,
        )
        several, harvests = None, []
        if not isinstance(found.best, Missing):
            several = found.best.several
            first = found.best.demands[0].items()
            harvests = [{s.stock: min(s.stock, commons.agents * d[0]) for s, d in first}]
        named = found.certificates
        return parts.PlayPart(
            level, found.value, found.worst, found.over_all, several, harvests, named
        )

    def population(self, prosocial: int, accepted: Accepted) -> parts.PopulationPart:
        """So many prosocial agents among selfish ones."""
        commons = self.situations.commons
        kinds = kinds_of(commons, prosocial)
        every = self._every(kinds, accepted)
        if self.situations.merged:
            bounded = every()
            value = _of_all(bounded)
            listed = zip([level is None for _, level in kinds], bounded.payoffs, strict=False)
            ends = dict(listed) if bounded.exists else {}
            months = _one(bounded.months) if bounded.exists else None
            return parts.PopulationPart(
                prosocial,
                value,
                value,
                bounded.figure,
                _one(ends.get(True)),
                _one(ends.get(False)),
                None if months is None else months / commons.horizon,
                None,
                _named(bounded),
            )
        found = selections(
            lambda pick: population(self.situations, prosocial, pick),
            certificates.equilibrium,
            every,
            "pure equilibrium of the two kinds",
            accepted,
        )
        return population_part(prosocial, found)

    def _every(self, kinds: Kinds, accepted: Accepted) -> Callable[[], OverAll]:
        commons, merged = self.situations.commons, self.situations.merged
        return lambda: over_all(commons, kinds, merged, accepted)

    def language(
        self, language: QuotaLanguage, levels: Sequence[Fraction], accepted: Accepted
    ) -> parts.QuotaPart:
        """What quotas of a language reach that prescribe, and at each λ those that cap."""
        best = best_regime_rule(self.situations, language, self.plan, self.most)
        sha = accepted.add(certificates.gap(self.situations, self.plan, self.most, language, best))
        lost = certificates.lost(self.plan, self.most, language, best)
        caps = [self._caps(language, level, best, accepted) for level in levels]
        listed = regime_rule_listed(self.situations.regimes, language, best.rule)
        return quota_part(language.name, (best.low, best.high), lost, sha, listed, caps)

    def _caps(
        self, language: QuotaLanguage, level: Fraction, best: BestRule, accepted: Accepted
    ) -> parts.CapPart:
        """What the best caps reach that are tried; where situations are many, no caps are."""
        if self.situations.merged:
            bounded = self._every([(self.situations.commons.agents, level)], accepted)()
            if not bounded.exists or not isinstance(bounded.figure, tuple):
                return parts.CapPart(level, NOT_SURE, NOT_SURE, {})
            assert bounded.sha256 is not None, "its certificate says so"
            return cap_part(level, bounded.figure[0], self.most, bounded.sha256)
        known = [
            (play, caps)
            for caps in self._tried(language, best)
            if isinstance(play := symmetric(self.situations, level, "best", caps), RegimePlay)
        ]
        if not known:
            return parts.CapPart(level, NO_CAPS, NO_CAPS, {})
        play, caps = max(known, key=lambda each: each[0].value)
        sha = accepted.add(certificates.equilibrium(play, "some", language, caps))
        return cap_part(level, play.value, self.most, sha)

    def _tried(self, language: QuotaLanguage, best: BestRule) -> Sequence[RegimeCaps]:
        """No caps, and each agent's equal part of what the best rule prescribes."""
        grid, agents = self.situations.commons.grid, self.situations.commons.agents
        last = len(grid) - 1
        shares = [
            {
                cell: max(p for p, each in enumerate(grid) if each <= (quota + extra) // agents)
                for cell, quota in best.rule.items()
            }
            for extra in (0, agents - 1)
        ]

        def by_cell(places: Mapping[tuple[int, ...], int]) -> RegimeCaps:
            return lambda month, state: places.get(language.cell_of(month, state), 0)

        return [lambda *_: last, *(by_cell(each) for each in shares)]


def regime_finder(commons: Commons, accepted: Accepted, exact: int = EXACT) -> RegimeFinder:
    """The finder of a commons, whose first best it has found or bounded.

    exact: the most harvests in all situations for which each situation is solved.
    """
    found = situations(commons, exact)
    plan, most = best_plan(found)
    sha = accepted.add(certificates.first_best(found, plan, most))
    if isinstance(sha, Unknown):
        return RegimeFinder(found, plan, most, sha, None)
    value: parts.Figure = most if plan.value == most else (plan.value, most)
    return RegimeFinder(found, plan, most, value, sha)


def _of_all(bounded: OverAll) -> parts.Figure:
    """What every selection gives, if there is one."""
    if not isinstance(bounded.figure, tuple):
        return bounded.figure
    low, high = bounded.figure
    if not bounded.exists:
        return NOT_SURE
    return low if low == high else bounded.figure


def _one(ends: parts.Between | None) -> Fraction | None:
    return ends[0] if ends is not None and ends[0] == ends[1] else None


def _named(bounded: OverAll) -> dict[str, str]:
    pairs = [("over_all", bounded.sha256)]
    return certified([*pairs, ("value", bounded.sha256)] if bounded.exists else pairs)
