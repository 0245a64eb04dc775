"""Growth in two regimes, which turn with what was harvested before (theory.md, §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from coopgap.theory.commons.resource import Commons, Growth


@dataclass(frozen=True)
class Turn:
    """When a regime turns: at a mean harvest, in units, that reaches or passes a threshold.

    Then with ``probability``, and ``slope`` more for each unit beyond the threshold, ``most`` at
    most; pure numbers but for the slope, which is per unit.
    """

    threshold: Fraction
    probability: Fraction
    slope: Fraction = Fraction(0)
    most: Fraction = Fraction(1)

    def chance(self, beyond: Fraction) -> Fraction:
        """The probability if the mean is so far beyond the threshold, in units."""
        return min(self.most, self.probability + self.slope * beyond)


@dataclass(frozen=True)
class Regimes(Growth):
    """Growth by the regime, which agents see; names and factors are those of the two regimes.

    The first regime, in which the first month begins, turns (``shift``) when the mean total harvest
    of the last ``window`` months, this one included, is at least a threshold; the second
    (``recover``) when it is below one. Of fewer months the mean is over those that there are. A
    turn comes after the harvest and before growth. There is no prior: nothing is drawn anew.
    """

    window: int = 1
    shift: Turn = Turn(Fraction(0), Fraction(0))
    recover: Turn = Turn(Fraction(0), Fraction(0))

    def chance(self, regime: int, totals: tuple[int, ...]) -> Fraction:
        """The probability that a regime turns after these months' total harvests."""
        mean = Fraction(sum(totals), len(totals))
        if regime == 0:
            beyond = mean - self.shift.threshold
            return self.shift.chance(beyond) if beyond >= 0 else Fraction(0)
        beyond = self.recover.threshold - mean
        return self.recover.chance(beyond) if beyond > 0 else Fraction(0)


class State(NamedTuple):
    """What a month begins with: the regime, the stock, and the totals before that still count.

    past: in units, the latest last.
    """

    regime: int
    stock: int
    past: tuple[int, ...] = ()


def regimes_of(commons: Commons) -> Regimes | None:
    """The regimes of a commons' growth, if it has any."""
    return commons.growth if isinstance(commons.growth, Regimes) else None


def signal_names(commons: Commons) -> tuple[str, ...]:
    """The names of what agents may see of growth, regimes too; none where they see nothing."""
    regimes = regimes_of(commons)
    if regimes is not None:
        return regimes.names
    return tuple(signal.name for signal in commons.signals) if len(commons.signals) > 1 else ()


@dataclass(frozen=True)
class Situations:
    """The states of a commons with regimes, by month, that some harvests lead to.

    merged: what is past is forgotten, and any regime may follow any other. Then what a state is
    worth at best bounds what it is worth with any past.
    """

    commons: Commons
    regimes: Regimes
    months: tuple[tuple[State, ...], ...]
    merged: bool

    def successors(self, month: int, state: State, harvest: int) -> list[tuple[Fraction, State]]:
        """The states that may follow a harvest, with probabilities; of merged ones, without."""
        commons = self.commons
        rest = state.stock - harvest
        if rest < commons.collapse or month == commons.horizon:
            return []
        stocks = [commons.grown(rest, factor, month) for factor in self.regimes.factors]
        if self.merged:
            return [(Fraction(1), State(regime, stock)) for regime, stock in enumerate(stocks)]
        totals = (*state.past, harvest)
        turned = self.regimes.chance(state.regime, totals)
        past = totals[max(0, len(totals) - self.regimes.window + 1) :]
        after = ((1 - turned, state.regime), (turned, 1 - state.regime))
        return [(p, State(regime, stocks[regime], past)) for p, regime in after if p]


def situations(commons: Commons, most: int) -> Situations:
    """All situations; merged ones if there are over ``most`` harvests in them.

    Raises ValueError for a commons without regimes.
    """
    regimes = regimes_of(commons)
    if regimes is None:
        raise ValueError("the growth has no regimes")
    for merged in (False, True):
        dynamics = Situations(commons, regimes, (), merged)
        months: list[tuple[State, ...]] = []
        harvests = 0
        for states in _months(dynamics):
            months.append(tuple(sorted(states)))
            harvests += sum(1 + state.stock for state in states)
            if harvests > most and not merged:
                break
        else:
            return Situations(commons, regimes, tuple(months), merged)
    raise AssertionError("merged situations are always few")


def _months(dynamics: Situations) -> Iterator[set[State]]:
    states = {State(0, dynamics.commons.stock)}
    yield states
    for month in range(1, dynamics.commons.horizon):
        states = {
            after
            for state in states
            for harvest in dynamics.commons.totals(state.stock)
            for _, after in dynamics.successors(month, state, harvest)
        }
        yield states
