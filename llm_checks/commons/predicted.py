"""What the theory predicts of play in a commons (theory.md, §4 and §5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from coopgap.llm_checks.predicting.predictions import plain
from coopgap.proofs.commons import regime_play
from coopgap.proofs.commons.equilibria import Missing, Pick, Play
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.populations import population
from coopgap.proofs.commons.regime_finder import RegimeFinder, regime_finder
from coopgap.proofs.commons.valued import Accepted
from coopgap.theory.commons.regimes import regimes_of
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import CommonsSpecification, everything


@dataclass(frozen=True)
class Played:
    """What an equilibrium gives: catches in units, survival as an expected share of the months.

    None for a kind that is not there, and for a survival that is not known.
    """

    catch: Fraction
    survival: Fraction | None
    prosocial_payoff: Fraction | None
    selfish_payoff: Fraction | None


@dataclass(frozen=True)
class Kind:
    """Play of so many prosocial agents, by the best and the worst stagewise selection.

    several: whether some month has several equilibria; None where that is not known, and all give
    the same. None where there is no equilibrium of the class, or none is known, with the reason.
    """

    prosocial: int
    best: Played | None
    worst: Played | None
    several: bool | None = None
    reason: str = ""


@dataclass(frozen=True)
class CommonsPrediction:
    """The first best, and play by the number of prosocial agents.

    best: what no play exceeds; attained: what the best plan gives that is known, in units.
    informed: the first best if growth were seen; None where growth has regimes, which are seen.
    """

    specification: CommonsSpecification
    best: Fraction
    attained: Fraction
    informed: Fraction | None
    kinds: Sequence[Kind]

    def closed(self, catch: Fraction) -> Fraction | None:
        """The share of the gap between selfish play and the first best that a catch closes."""
        selfish = self.kinds[0].best
        if selfish is None or selfish.catch == self.best or self.attained < self.best:
            return None
        return (catch - selfish.catch) / (self.best - selfish.catch)

    def document(self) -> dict[str, Any]:
        """``coopgap.commons-prediction/1``: plain JSON values."""
        spec, exact = self.specification, self.attained == self.best
        between = {"low": str(self.attained), "high": str(self.best)}
        return {
            "schema": "coopgap.commons-prediction/1",
            "source": spec.source,
            "title": spec.title,
            "first_best": str(self.best) if exact else between,
            "value_of_information": plain(self.informed and self.informed - self.best),
            "populations": [self._kind(kind) for kind in self.kinds],
        }

    def _kind(self, kind: Kind) -> dict[str, Any]:
        best, worst = (
            None
            if played is None
            else plain(played) | {"share_of_gap": plain(self.closed(played.catch))}
            for played in (kind.best, kind.worst)
        )
        values: dict[str, Any] = plain(kind)
        return values | {"reason": kind.reason or None, "best": best, "worst": worst}


def predicted(specification: CommonsSpecification) -> CommonsPrediction:
    """The predictions for a commons."""
    commons = specification.commons
    numbers = range(commons.agents + 1)
    if regimes_of(commons) is not None:
        finder = regime_finder(commons, Accepted())
        kinds = [_with_regimes(finder, prosocial) for prosocial in numbers]
        return CommonsPrediction(specification, finder.most, finder.plan.value, None, kinds)
    best = planned(commons, everything(commons)).value
    kinds = [_kind(commons, k, partial(population, commons, k)) for k in numbers]
    return CommonsPrediction(specification, best, best, _informed(commons), kinds)


def _informed(commons: Commons) -> Fraction:
    """The first best if agents saw growth before they harvest."""
    informed = replace(commons, growth=replace(commons.growth, seen=True))
    return planned(informed, everything(informed)).value


def _with_regimes(finder: RegimeFinder, prosocial: int) -> Kind:
    """Where there are too many situations to solve each, what all equilibria have in common."""
    commons = finder.situations.commons
    if not finder.situations.merged:
        solve = partial(regime_play.population, finder.situations, prosocial)
        return _kind(commons, prosocial, solve)
    part = finder.population(prosocial, Accepted())
    if isinstance(part.value, Fraction):
        equilibrium = Played(part.value, part.survival, part.prosocial_payoff, part.selfish_payoff)
        return Kind(prosocial, equilibrium, equilibrium)
    if isinstance(part.value, tuple):
        low, high = part.value
        return Kind(prosocial, None, None, reason=f"all that is known is {low} to {high}")
    return Kind(prosocial, None, None, reason=str(part.value))


def _kind(commons: Commons, prosocial: int, solve: Callable[[Pick], Play | Missing]) -> Kind:
    best, worst = solve("best"), solve("worst")
    reason = ""
    for play in (best, worst):
        if isinstance(play, Missing):
            reason = f"there is no pure equilibrium of the two kinds {play}"
    return Kind(
        prosocial,
        None if isinstance(best, Missing) else _played(commons, prosocial, best),
        None if isinstance(worst, Missing) else _played(commons, prosocial, worst),
        False if isinstance(best, Missing) else best.several,
        reason,
    )


def _played(commons: Commons, prosocial: int, play: Play) -> Played:
    prosocial_payoff = play.start[0] if prosocial else None
    selfish_payoff = None if prosocial == commons.agents else play.start[-2]
    return Played(play.value, play.survival, prosocial_payoff, selfish_payoff)
