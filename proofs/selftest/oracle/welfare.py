"""The claims about gaps, values, thresholds and selections."""

from __future__ import annotations

from coopgap.proofs.selftest.oracle.games import Game
from coopgap.proofs.selftest.oracle.numbers import INF, ZERO, Extended, difference, stands
from coopgap.proofs.selftest.oracle.reading import require, required, truth_of, wholes
from coopgap.proofs.selftest.oracle.selections import Common, Values, ranked
from coopgap.proofs.selftest.oracle.strategies import Strategies
from coopgap.proofs.selftest.oracle.subjects import Subject


def value_of(game: Game) -> Extended:
    """V at the data's λ."""
    levels = required(game.levels)
    if game.private:
        return Strategies(game).value(levels)
    common, total = Common(game, levels), ZERO
    for states in common.blocks():
        worth = (w for w, chosen in ranked(game, states) if common.intervals(chosen))
        best = next(worth, None)
        if best is None:
            return -INF
        total += best
    return total


def gap_is(about: Subject, relation: str, number: Extended) -> bool:
    """Whether the gap stands in a relation to a number."""
    game = about.game
    best = game.pooled if game.private else game.optimum
    return stands(difference(best, value_of(game)), relation, number)


def value_between(about: Subject) -> bool:
    """Whether V is one number at all λ of an interval."""
    value, low, high, first, last = about.fields(
        "value", "from", "to", "from_included", "to_included"
    )
    start, end = about.fraction(low), about.fraction(high, "inf")
    included = truth_of(first), truth_of(last) and end != INF
    require(start < end or (start == end and all(included)))
    require(start >= 0 and not (last and end == INF))
    values = Values(about.game).between(start, end, *included)
    return values == {about.fraction(value, "-inf")}


def threshold(game: Game) -> Extended:
    """The least common λ at which a first best is implementable."""
    if game.private:
        require(game.levels is None)
        return Strategies(game).threshold()
    values = Values(game)
    return min((level for level in values.breaks if values.at(level) == game.optimum), default=INF)


def threshold_at_most(about: Subject) -> bool:
    """Whether the first best is reached at some λ."""
    (stated,) = about.fields("value")
    level = about.fraction(stated)
    require(level >= 0)
    if about.game.private:
        require(about.game.levels is None)
        common = [level] * len(about.game.agents)
        return bool(Strategies(about.game).value(common) == about.game.pooled)
    return bool(Values(about.game).at(level) == about.game.optimum)


def implementable(about: Subject) -> bool:
    """Whether contracts make a selection an equilibrium."""
    (listed,) = about.fields("selection")
    game = about.game
    require(game.levels is not None)
    profiles = wholes(listed, len(game.profiles), len(game.support))
    chosen = dict(zip(game.support, profiles, strict=True))
    common = Common(game, game.levels)
    return all(common.intervals({s: chosen[s] for s in states}) for states in common.blocks())
