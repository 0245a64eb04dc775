"""What the theory predicts of play in a commons (theory.md, §4 and §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from coopgap.proofs.commons.equilibria import Missing
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.populations import Population, population
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import CommonsSpecification, everything


@dataclass(frozen=True)
class Kind:
    """Play of so many prosocial agents, by the best and the worst stagewise selection.

    Catches in units, lasting as expected shares of the months. None where there is no equilibrium
    of the class, with the reason.
    """

    prosocial: int
    best: Population | None
    worst: Population | None
    reason: str = ""

    @property
    def several(self) -> bool:
        """Whether some month has several equilibria."""
        return self.best is not None and self.best.several


@dataclass(frozen=True)
class CommonsPrediction:
    """The first best, and play by the number of prosocial agents; informed: if growth were seen."""

    specification: CommonsSpecification
    best: Fraction
    informed: Fraction
    kinds: Sequence[Kind]

    def closed(self, catch: Fraction) -> Fraction | None:
        """The share of the gap between selfish play and the first best that a catch closes."""
        selfish = self.kinds[0].best
        if selfish is None or selfish.value == self.best:
            return None
        return (catch - selfish.value) / (self.best - selfish.value)

    def document(self) -> dict[str, Any]:
        """``coopgap.commons-prediction/1``: plain JSON values."""
        spec = self.specification
        return {
            "schema": "coopgap.commons-prediction/1",
            "source": spec.source,
            "title": spec.title,
            "first_best": str(self.best),
            "value_of_information": str(self.informed - self.best),
            "populations": [self._kind(each) for each in self.kinds],
        }

    def _kind(self, kind: Kind) -> dict[str, Any]:
        return {
            "prosocial": kind.prosocial,
            "several": kind.several,
            "reason": kind.reason or None,
            "best": None if kind.best is None else self._play(kind.best),
            "worst": None if kind.worst is None else self._play(kind.worst),
        }

    def _play(self, play: Population) -> dict[str, Any]:
        closed = self.closed(play.value)
        prosocial, selfish, _ = play.start
        return {
            "catch": str(play.value),
            "prosocial_payoff": str(prosocial) if play.prosocial else None,
            "selfish_payoff": None if play.prosocial == play.commons.agents else str(selfish),
            "survival": str(play.survival),
            "share_of_gap": None if closed is None else str(closed),
        }


def predicted(specification: CommonsSpecification) -> CommonsPrediction:
    """The predictions for a commons."""
    commons = specification.commons
    return CommonsPrediction(
        specification,
        planned(commons, everything(commons)).value,
        _informed(commons),
        [_kind(commons, prosocial) for prosocial in range(commons.agents + 1)],
    )


def _informed(commons: Commons) -> Fraction:
    """The first best if agents saw growth before they harvest."""
    seen = replace(commons, growth=replace(commons.growth, seen=True))
    return planned(seen, everything(seen)).value


def _kind(commons: Commons, prosocial: int) -> Kind:
    best, worst = (population(commons, prosocial, pick) for pick in ("best", "worst"))
    reason = ""
    for found in (best, worst):
        if isinstance(found, Missing):
            reason = f"there is no pure equilibrium of the two kinds {found}"
    return Kind(
        prosocial,
        None if isinstance(best, Missing) else best,
        None if isinstance(worst, Missing) else worst,
        reason,
    )
