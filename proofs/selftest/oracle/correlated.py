"""The claims about correlated play."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction

from coopgap.proofs.selftest.oracle.games import Gains, Game, pays_alone
from coopgap.proofs.selftest.oracle.numbers import INF, ONE, ZERO, Extended, difference, stands
from coopgap.proofs.selftest.oracle.programmes import Programme
from coopgap.proofs.selftest.oracle.reading import ascending, require, whole
from coopgap.proofs.selftest.oracle.selections import Common, Play, paid_at
from coopgap.proofs.selftest.oracle.strategies import Strategies
from coopgap.proofs.selftest.oracle.subjects import TREMBLES, Subject
from coopgap.proofs.selftest.oracle.welfare import value_of


def obedience(
    game: Game, state: int, gains: Gains, hidden: bool, within: Iterable[int] | None = None
) -> Programme:
    """The programme of correlated equilibria: distributions without profitable deviations.

    hidden: only deviations count that leave every record unchanged.
    """
    programme = Programme()
    profiles = range(len(game.profiles)) if within is None else within
    rows: dict[tuple[int, int, int], dict[Hashable, Fraction]] = {}
    for a in profiles:
        for move in game.deviations(state, a):
            key = move[0], game.profiles[a][move[0]], move[1]
            rows.setdefault(key, {})[a] = gains(state, a, move)
    for key, row in rows.items():
        if not hidden or game.hidden(state, *key):
            programme.at_most(row, ZERO)
    programme.equal(dict.fromkeys(profiles, ONE), ONE)
    return programme


def _correlated(about: Subject) -> tuple[Extended, Fraction]:
    """Bounds on V of correlated equilibria, from below and from above."""
    game = about.game
    require(game.kind == "transfers")
    upper, best = ZERO, dict[int, dict[int, Fraction]]()
    for state in game.support:
        programme = obedience(game, state, pays_alone(game), hidden=True)
        goal = {a: game.welfare(state, a) for a in range(len(game.profiles))}
        solution = programme.maximum(goal)
        assert solution is not None
        upper += game.prior[state] * solution[0]
        best[state] = {a: v for a, v in solution[1].items() if v}
    plays: list[Sequence[Play]] = [[best] * len(TREMBLES), _trembling(game, best), *about.plays()]
    lower = max((_limit(game, trial) for trial in plays), default=-INF)
    if lower < upper:
        lower = max(lower, value_of(game))
    return lower, upper


def _trembling(game: Game, best: Play) -> list[Play]:
    """Mixtures of a play with distributions of the greatest least probability."""
    inner = dict[int, dict[int, Fraction]]()
    for state in best:
        programme = obedience(game, state, pays_alone(game), hidden=True)
        for a in range(len(game.profiles)):
            programme.at_most({"least": ONE, a: -ONE}, ZERO)
        solution = programme.maximum({"least": ONE})
        assert solution is not None
        inner[state] = {a: v for a, v in solution[1].items() if a != "least"}
    profiles = range(len(game.profiles))
    return [
        {
            s: {
                a: weight
                for a in profiles
                if (weight := (1 - e) * best[s].get(a, ZERO) + e * inner[s].get(a, ZERO))
            }
            for s in best
        }
        for e in (*TREMBLES, ZERO)
    ]


def _limit(game: Game, plays: Sequence[Play]) -> Extended:
    """The welfare of the last play, if contracts make the other plays equilibria; else −∞."""
    common = Common(game, game.levels)
    if not all(paid_at(common, play) for play in plays[: len(TREMBLES)]):
        return -INF
    total = ZERO
    for state, weights in plays[-1].items():
        mass = sum(weights.values())
        worth = sum((w * game.welfare(state, a) for a, w in weights.items()), ZERO)
        total += game.prior[state] * worth / mass
    return total


def correlated_gap(about: Subject, relation: str, number: Extended) -> bool | None:
    """Whether the gap of correlated play stands in a relation to a number."""
    if about.game.private:
        require(about.game.budget != "" and about.game.levels is not None)
        (lower, upper), optimum = Strategies(about.game).mediated_bounds(), about.game.pooled
    else:
        (lower, upper), optimum = _correlated(about), about.game.optimum
    verdicts = {stands(difference(optimum, end), relation, number) for end in (lower, upper)}
    if relation == "==" and lower != upper:
        return None if optimum - upper <= number <= difference(optimum, lower) else False
    return verdicts.pop() if len(verdicts) == 1 else None


def play_at_most(about: Subject) -> bool | None:
    """Whether correlated equilibria play a profile with at most some probability."""
    state, profile, within, value = about.fields("state", "profile", "within", "value")
    game, stated = about.game, about.fraction(value)
    require(game.kind == "transfers" and whole(state, game.states) in game.support)
    target = whole(profile, len(game.profiles))
    played = range(len(game.profiles)) if within is None else ascending(within, len(game.profiles))
    # Distributions on some profiles only are compared with what is possible beyond them, too.
    solution = obedience(game, state, pays_alone(game), True, played).maximum({target: ONE})
    if target not in played:
        return bool(stated >= 0) or solution is None
    if solution is None or solution[0] <= stated:
        return True
    play = {state: {a: v for a, v in solution[1].items() if v}}
    return False if paid_at(Common(game, game.levels), play) else None
