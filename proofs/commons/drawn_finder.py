"""What is found of a commons whose growth is drawn anew each month, with certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.commons import certificates, parts
from coopgap.proofs.commons.caps import sustained
from coopgap.proofs.commons.equilibria import Demands, Missing, symmetric
from coopgap.proofs.commons.planner import Plan, planned
from coopgap.proofs.commons.populations import kinds_of, population
from coopgap.proofs.commons.quotas import BestRule, best_rule
from coopgap.proofs.commons.thresholds import MEASURES, Measure, threshold
from coopgap.proofs.commons.valued import (
    NO_CAPS,
    Accepted,
    cap_part,
    over_all,
    population_part,
    quota_part,
    selections,
)
from coopgap.proofs.commons.words import rule_listed
from coopgap.proofs.deciding.values import Unknown
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import QuotaLanguage, everything


@dataclass(frozen=True)
class DrawnFinder:
    """The first best of a commons, and what is asked beside it."""

    commons: Commons
    plan: Plan
    planner: parts.Figure
    certificate: str | None

    @property
    def policy(self) -> Sequence[Mapping[int, int]]:
        """By what is seen of growth and by stock, the first best's harvest in the first month."""
        return [dict(enumerate(row)) for row in self.plan.totals[0]]

    @property
    def measures(self) -> Sequence[Measure]:
        """The thresholds that can be asked for: fractions of a unit need a grid without holes."""
        grid = self.commons.grid
        whole = grid == tuple(range(len(grid)))
        return [measure for measure in MEASURES if whole or not measure.fractional]

    def play(self, level: Fraction, accepted: Accepted) -> parts.PlayPart:
        """Symmetric play at a common λ."""
        outcomes = selections(
            lambda pick: symmetric(self.commons, level, pick),
            certificates.equilibrium,
            lambda: over_all(self.commons, [(self.commons.agents, level)], False, accepted),
            "symmetric pure equilibrium",
            accepted,
        )
        several, harvests, hashes = None, [], outcomes.certificates
        if not isinstance(outcomes.best, Missing):
            several = outcomes.best.several
            harvests = [_first_month(self.commons, row) for row in outcomes.best.demands[0]]
        return parts.PlayPart(
            level, outcomes.value, outcomes.worst, outcomes.over_all, several, harvests, hashes
        )

    def language(
        self, language: QuotaLanguage, levels: Sequence[Fraction], accepted: Accepted
    ) -> parts.QuotaPart:
        """What quotas of a language reach that prescribe, and at each λ those that cap."""
        commons, plan = self.commons, self.plan
        best = best_rule(commons, language)
        sha = accepted.add(certificates.gap(plan, language, best))
        lost = plan.value - best.high, plan.value - best.low
        caps = [self._caps(language, level, best, accepted) for level in levels]
        listed = rule_listed(commons, language, best.rule)
        return quota_part(language.name, (best.low, best.high), lost, sha, listed, caps)

    def _caps(
        self, language: QuotaLanguage, level: Fraction, best: BestRule, accepted: Accepted
    ) -> parts.CapPart:
        """What the best caps reach that are tried."""
        answer = sustained(self.commons, language, level, best)
        if answer is None:
            return parts.CapPart(level, NO_CAPS, NO_CAPS, {})
        play, chosen = answer
        sha = accepted.add(certificates.equilibrium(play, "some", language, chosen))
        return cap_part(level, play.value, self.plan.value, sha)

    def threshold(self, measure: Measure, accepted: Accepted) -> parts.ThresholdPart:
        """The least λ at which no agent leaves equal shares of the first best."""
        value = threshold(self.plan, measure)
        if value is None:
            reason = "no first best has equal shares of whole units on its path"
            return parts.ThresholdPart(measure, Unknown(reason))
        sha = accepted.add(certificates.threshold(self.plan, measure, value))
        if isinstance(sha, Unknown):
            return parts.ThresholdPart(measure, sha)
        return parts.ThresholdPart(measure, value, sha)

    def population(self, prosocial: int, accepted: Accepted) -> parts.PopulationPart:
        """So many prosocial agents among selfish ones."""
        commons = self.commons
        outcomes = selections(
            lambda pick: population(commons, prosocial, pick),
            certificates.equilibrium,
            lambda: over_all(commons, kinds_of(commons, prosocial), False, accepted),
            "pure equilibrium of the two kinds",
            accepted,
        )
        return population_part(prosocial, outcomes)


def drawn_finder(commons: Commons, accepted: Accepted) -> DrawnFinder:
    """The finder of a commons, whose first best it has found."""
    plan = planned(commons, everything(commons))
    sha = accepted.add(certificates.first_best(plan))
    if isinstance(sha, Unknown):
        return DrawnFinder(commons, plan, sha, None)
    return DrawnFinder(commons, plan, plan.value, sha)


def _first_month(commons: Commons, row: Sequence[Demands]) -> dict[int, int]:
    """By each stock that the first month may have, all demands together, cut to the stock."""
    return {stock: min(stock, commons.agents * row[stock][0]) for stock in commons.reachable[0]}
