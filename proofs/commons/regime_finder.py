"""What is found of a commons whose growth has regimes, with certificates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.commons import parts
from coopgap.proofs.commons import regime_certificates as certificates
from coopgap.proofs.commons.caps import place
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
        return [{state.stock: total for state, total in self.plan.totals[0].items()}]

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
        bounds = self._bounds([(commons.agents, level)], accepted)
        if self.situations.merged:
            bounded = bounds()
            value = _of_all(bounded)
            return parts.PlayPart(
                level, value, value, bounded.figure, None, [], _certificates(bounded)
            )
        outcomes = selections(
            lambda pick: symmetric(self.situations, level, pick),
            certificates.equilibrium,
            bounds,
            "symmetric pure equilibrium",
            accepted,
        )
        several, harvests = None, []
        if not isinstance(outcomes.best, Missing):
            several = outcomes.best.several
            first = outcomes.best.demands[0].items()
            harvests = [{s.stock: min(s.stock, commons.agents * d[0]) for s, d in first}]
        hashes = outcomes.certificates
        return parts.PlayPart(
            level, outcomes.value, outcomes.worst, outcomes.over_all, several, harvests, hashes
        )

    def population(self, prosocial: int, accepted: Accepted) -> parts.PopulationPart:
        """So many prosocial agents among selfish ones."""
        commons = self.situations.commons
        kinds = kinds_of(commons, prosocial)
        bounds = self._bounds(kinds, accepted)
        if self.situations.merged:
            bounded = bounds()
            value = _of_all(bounded)
            listed = zip([level is None for _, level in kinds], bounded.payoffs, strict=False)
            ends = dict(listed) if bounded.exists else {}
            months = _number(bounded.months) if bounded.exists else None
            return parts.PopulationPart(
                prosocial,
                value,
                value,
                bounded.figure,
                _number(ends.get(True)),
                _number(ends.get(False)),
                None if months is None else months / commons.horizon,
                None,
                _certificates(bounded),
            )
        outcomes = selections(
            lambda pick: population(self.situations, prosocial, pick),
            certificates.equilibrium,
            bounds,
            "pure equilibrium of the two kinds",
            accepted,
        )
        return population_part(prosocial, outcomes)

    def _bounds(self, kinds: Kinds, accepted: Accepted) -> Callable[[], OverAll]:
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
            bounded = self._bounds([(self.situations.commons.agents, level)], accepted)()
            if not bounded.exists or not isinstance(bounded.figure, tuple):
                return parts.CapPart(level, NOT_SURE, NOT_SURE, {})
            assert bounded.sha256 is not None, "its certificate says so"
            return cap_part(level, bounded.figure[0], self.most, bounded.sha256)
        plays = [
            (play, caps)
            for caps in self._candidates(language, best)
            if isinstance(play := symmetric(self.situations, level, "best", caps), RegimePlay)
        ]
        if not plays:
            return parts.CapPart(level, NO_CAPS, NO_CAPS, {})
        play, caps = max(plays, key=lambda pair: pair[0].value)
        sha = accepted.add(certificates.equilibrium(play, "some", language, caps))
        return cap_part(level, play.value, self.most, sha)

    def _candidates(self, language: QuotaLanguage, best: BestRule) -> Sequence[RegimeCaps]:
        """No caps, and each agent's equal part of what the best rule prescribes."""
        commons = self.situations.commons
        last = len(commons.grid) - 1
        shares = [
            {
                cell: place(commons, (quota + extra) // commons.agents)
                for cell, quota in best.rule.items()
            }
            for extra in (0, commons.agents - 1)
        ]

        def by_cell(places: Mapping[tuple[int, ...], int]) -> RegimeCaps:
            return lambda month, state: places.get(language.cell_of(month, state), 0)

        return [lambda *_: last, *(by_cell(places) for places in shares)]


def regime_finder(commons: Commons, accepted: Accepted, exact: int = EXACT) -> RegimeFinder:
    """The finder of a commons, whose first best it has found or bounded.

    exact: the most harvests in all situations for which each situation is solved.
    """
    graph = situations(commons, exact)
    plan, most = best_plan(graph)
    sha = accepted.add(certificates.first_best(graph, plan, most))
    if isinstance(sha, Unknown):
        return RegimeFinder(graph, plan, most, sha, None)
    value: parts.Figure = most if plan.value == most else (plan.value, most)
    return RegimeFinder(graph, plan, most, value, sha)


def _of_all(bounded: OverAll) -> parts.Figure:
    """What every selection gives, if there is one."""
    if not isinstance(bounded.figure, tuple):
        return bounded.figure
    low, high = bounded.figure
    if not bounded.exists:
        return NOT_SURE
    return low if low == high else bounded.figure


def _number(ends: parts.Between | None) -> Fraction | None:
    return ends[0] if ends is not None and ends[0] == ends[1] else None


def _certificates(bounded: OverAll) -> dict[str, str]:
    pairs = [("over_all", bounded.sha256)]
    return certified([*pairs, ("value", bounded.sha256)] if bounded.exists else pairs)
