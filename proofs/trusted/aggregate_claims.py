"""Claims about games of groups: what contracts reach, equilibria, and thresholds of λ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from coopgap.proofs.trusted.aggregates import Case, Pair
from coopgap.proofs.trusted.documents import (
    Budget,
    fields,
    integer,
    listing,
    require,
    text_of,
    truth_of,
)
from coopgap.proofs.trusted.polynomials import ratio

Interval = tuple[Fraction, Fraction | None]
"""The λ from a least to a greatest one; None is ∞."""

Play = tuple[tuple[int, ...], ...]
"""For each group how many agents take each action."""

Near = tuple[Fraction, int, Sequence[Sequence[tuple[int, Interval]]]]
"""What an aggregate loses, its code, and for each group codes of actions with their λ."""


def require_shown_of_groups(
    claim: Mapping[str, Any], data: Any, proof: Any, budget: Budget
) -> None:
    """Raises Rejected unless the proof shows the claim about the game of groups in the data."""
    own = dict(claim)
    name, holds = text_of(own.pop("id", None)), truth_of(own.pop("holds", None))
    require(name in RULES, "there is no such claim about groups")
    (profiles,) = fields(proof, "the proof", "profiles")
    require(RULES[name](Case(data, budget), own, profiles, holds), "the claim does not hold")


def _optimum(case: Case) -> Fraction:
    game = case.game
    best = sum(game.prior[s] * max(game.welfare[s]) for s in game.support)
    return Fraction(best, game.unit * sum(game.prior))


def _number(case: Case, value: Any) -> Fraction:
    above, below = ratio(value, {}, case.budget)
    require(type(above) is int is type(below) and below > 0, "expected a number")
    return Fraction(above, below)


def _value_range(case: Case, profiles: Any) -> tuple[Fraction | None, Fraction | None, bool]:
    """V at least, V at most (None: −∞), and whether the former is known."""
    mass = case.game.unit * sum(case.game.prior)
    low = None if profiles is None else Fraction(case.reached(profiles), mass)
    if low is not None and low == _optimum(case):
        return low, low, True
    most = case.most()
    high = None if most is None else Fraction(most, mass)
    if low is not None:
        return low, high, True
    return high, high, case.alone or case.kind == "directive"


def _gap(case: Case, own: Mapping[str, Any], profiles: Any, holds: bool, relation: str) -> bool:
    """Whether the gap stands in the relation to the value of the claim, 0 if it has none."""
    value = Fraction(0)
    if relation in ("at least", "at most"):
        value = _number(case, *fields(own, "the claim", "value"))
    else:
        fields(own, "the claim")
    require(case.levels is not None, "the claim is about no λ")
    low, high, known = _value_range(case, profiles)
    target, equal = _optimum(case) - value, relation == "at least"
    if (relation in ("positive", "at least")) is holds:
        return high is None or high < target or (equal and high == target)
    return known and low is not None and (low > target or (low == target and not equal))


def _equal(case: Case, own: Mapping[str, Any], profiles: Any, holds: bool, gap: bool) -> bool:
    (value,) = fields(own, "the claim", "value")
    require(case.levels is not None, "the claim is about no λ")
    low, high, known = _value_range(case, profiles)
    require(holds and known and low == high, "V is known between bounds only")
    if low is None:
        return bool(value == ("inf" if gap else "-inf"))
    return _number(case, value) == (_optimum(case) - low if gap else low)


def _welfare(case: Case, own: Mapping[str, Any], profiles: Any, holds: bool) -> bool:
    (value,) = fields(own, "the claim", "value")
    require(profiles is None and holds, "the optimum is shown")
    return _number(case, value) == _optimum(case)


def _equilibria(case: Case, own: Mapping[str, Any], profiles: Any, holds: bool) -> bool:
    """In a state exactly these aggregates are those of pure equilibria without a contract."""
    state, aggregates = fields(own, "the claim", "state", "aggregates")
    require(profiles is None and holds and case.kind == "none", "equilibria are shown")
    require(case.levels is not None, "the claim is about no λ")
    place = integer(state, 0, len(case.game.states))
    equilibria = [code for code in case.game.order if case.playable(place, code)]
    columns = [column for group in case.game.groups for column in group.columns]
    stated = []
    for row in listing(aggregates):
        pairs = zip(listing(row, len(columns)), columns, strict=True)
        stated.append(sum(integer(x, 0, radix) * weight for x, (weight, radix) in pairs))
    return equilibria == stated


def _nash(case: Case, own: Mapping[str, Any], profiles: Any, holds: bool, unique: bool) -> bool:
    """In each likely state exactly these plays are pure equilibria, or exactly one profile is.

    A play is one profile if all agents of each group do the same.
    """
    (plays,) = fields(own, "the claim", "plays")
    require(profiles is None and case.kind == "none", "equilibria without a contract are shown")
    require(unique or plays is not None, "the plays are listed")
    support, same = case.game.support, True
    listed = [None] * len(support) if plays is None else listing(plays, len(support))
    for state, row in zip(support, listed, strict=True):
        known = None if plays is None else [_counts(case, play) for play in listing(row)]
        require(known is None or known == sorted(set(known)), "plays ascend")
        equilibria = _plays(case, state, 1 if known is None else len(known))
        same = same and (known is None or sorted(equilibria) == known)
        if unique:
            single = len(equilibria) == 1 and all(sum(map(bool, c)) == 1 for c in equilibria[0])
            same = same and single
    return same is holds


def _plays(case: Case, state: int, most: int) -> list[Play]:
    """The plays that are pure equilibria in a state; of more than so many, one more."""
    groups, plays = case.game.groups, list[Play]()
    sizes = [group.size for group in groups]
    for code in case.game.order:
        if not case.playable(state, code):
            continue
        replies = enumerate(case.stable(state, code))
        moves = [(g, groups[g].codes.index(own)) for g, (_, codes) in replies for own in codes]
        for play in case.plays(moves, sizes, code):
            pairs = enumerate(groups)
            plays.append(
                tuple(tuple(play.get((g, a), 0) for a in range(len(e.codes))) for g, e in pairs)
            )
            if len(plays) > most:
                return plays
    return plays


def _counts(case: Case, play: Any) -> Play:
    """How many agents of each group take each action."""
    read = []
    for group, own in zip(case.game.groups, listing(play, len(case.game.groups)), strict=True):
        counts = [integer(n, 0, group.size + 1) for n in listing(own, len(group.codes))]
        require(sum(counts) == group.size, "a play is of all agents")
        case.budget.spend(len(counts))
        read.append(tuple(counts))
    return tuple(read)


def _incontractible(case: Case, own: Mapping[str, Any], profiles: Any, holds: bool) -> bool:
    """Some cell has no aggregate that is first best in all its states."""
    fields(own, "the claim")
    require(profiles is None and case.levels is None, "the claim is about no play and no λ")
    plain = case.kind != "none" and all(len(set(kinds)) == len(kinds) for kinds in case.classes)
    require(plain and not case.pooled, "cells are those of languages that verify all actions")
    empty = False
    for cell in case.cells:
        case.budget.spend(len(cell) * len(case.game.order))
        rows = [case.game.welfare[state] for state in cell]
        tops = list(map(max, rows))
        empty = empty or not any(list(column) == tops for column in zip(*rows, strict=True))
    return empty is holds


def _threshold(case: Case, own: Mapping[str, Any], profiles: Any, holds: bool) -> bool:
    """The least common λ at which the best equilibrium loses at most ``loss``."""
    stated, loss = fields(own, "the claim", "value", "loss")
    require(profiles is None and holds and case.levels is None, "a threshold is about all λ")
    least, most = _number(case, loss), None if stated == "inf" else _number(case, stated)
    require(least >= 0 and (most is None or most >= 0), "λ and losses are not negative")
    if case.kind == "directive" and not case.alone:
        # With verifiable actions nobody has a choice, so λ does not matter.
        low, _, _ = _value_range(case, None)
        close = low is not None and low >= _optimum(case) - least
        return most == 0 if close else most is None
    require(case.alone and not case.pooled, "a threshold is known where states are verified")
    if case.fines is not None:
        require(least == 0, "where fines are bounded, thresholds are known for no loss only")
        return _bounded_threshold(case, most)
    near = [list(_near(case, state, least)) for state in case.game.support]
    ends = {lo for rows in near for _, _, sets in rows for own in sets for _, (lo, _) in own}
    below = [x for x in sorted({Fraction(0), *ends}) if most is None or x < most]
    lost = (_least_loss(case, near, level) for level in below)
    first = all(loss is None or loss > least for loss in lost)
    if most is None:
        return first
    last = _least_loss(case, near, most)
    return first and last is not None and last <= least


def _bounded_threshold(case: Case, least: Fraction | None) -> bool:
    """The least common λ at which bounded fines keep agents in a first best; None: ∞.

    At a first best no deviation raises welfare, so what is kept at some λ is kept at all larger
    ones: it is enough that nothing is kept a little below. There ``gain − λ lost`` is larger by a
    little times ``lost``.
    """
    if least is None:
        return not _keeps_first_best(case, lambda gain, lost: (-1 if lost else gain, 0))
    level = least
    if not _keeps_first_best(case, lambda gain, lost: (gain - level * lost, 0)):
        return False
    return level == 0 or not _keeps_first_best(case, lambda gain, lost: (gain - level * lost, lost))


def _keeps_first_best(case: Case, weigh: Callable[[int, int], Pair]) -> bool:
    """Whether in each state bounded fines keep agents in some first best."""
    game, most = case.game, (Fraction(case.fines or 0, case.scale), 0)
    for state in game.support:
        welfare = game.welfare[state]
        most_welfare = max(welfare)
        pairs = zip(game.order, welfare, strict=True)
        best = [code for code, worth in pairs if worth == most_welfare]
        if not any(case.affordable(_costs(case, state, code, weigh), code, most) for code in best):
            return False
    return True


def _costs(
    case: Case, state: int, code: int, weigh: Callable[[int, int], Pair]
) -> list[tuple[int, dict[int, Pair]]]:
    """By action from which no deviation inside its class pays, the most that any is worth."""
    game, options = case.game, []
    total = game.welfare[state][game.place[code]]
    for g, group in enumerate(game.groups):
        costs: dict[int, Pair] = {}
        for action, own in enumerate(group.codes):
            case.budget.spend(len(group.codes))
            moves = [game.place.get(code - own + target) for target in group.codes]
            if None in moves:
                continue
            paid = game.paid(state, g, action, game.place[code])
            worth = [
                weigh(game.paid(state, g, b, p or 0) - paid, total - game.welfare[state][p or 0])
                for b, p in enumerate(moves)
            ]
            kinds = case.classes[g]
            if all(x <= (0, 0) for b, x in enumerate(worth) if kinds[b] == kinds[action]):
                costs[own] = max((0, 0), *worth)
        options.append((group.size, costs))
    return options


def _near(case: Case, state: int, loss: Fraction) -> Iterator[Near]:
    """The aggregates that lose at most so much in a state, with each action's stable λ."""
    game = case.game
    welfare, best = game.welfare[state], max(game.welfare[state])
    weight = Fraction(game.prior[state], sum(game.prior) * game.unit)
    for place, code in enumerate(game.order):
        lost = weight * (best - welfare[place])
        if lost <= loss:
            sets = []
            for g, group in enumerate(game.groups):
                spans = [_stable(case, state, g, a, code) for a in range(len(group.codes))]
                pairs = zip(group.codes, spans, strict=True)
                sets.append([(own, span) for own, span in pairs if span is not None])
            yield lost, code, sets


def _stable(case: Case, state: int, group: int, action: int, code: int) -> Interval | None:
    """The λ ≥ 0 at which no deviation from an action inside its class pays, if any."""
    game, codes, classes = case.game, case.game.groups[group].codes, case.classes[group]
    place, least, most = game.place[code], Fraction(0), None
    case.budget.spend(len(codes))
    for deviation, own in enumerate(codes):
        after = game.place.get(code - codes[action] + own)
        if classes[deviation] != classes[action] or after is None:
            continue
        gain = game.paid(state, group, deviation, after) - game.paid(state, group, action, place)
        lost = game.welfare[state][place] - game.welfare[state][after]
        if lost > 0:
            least = max(least, Fraction(gain, lost))
        elif lost < 0:
            most = min(Fraction(gain, lost), Fraction(gain, lost) if most is None else most)
        elif gain > 0:
            return None
    return (least, most) if most is None or least <= most else None


def _least_loss(case: Case, near: Sequence[Sequence[Near]], level: Fraction) -> Fraction | None:
    """The least expected loss of equilibria at a λ, among the aggregates that lose little."""
    total = Fraction(0)
    for of_state in near:
        least: Fraction | None = None
        for lost, code, listed in of_state:
            pairs = zip(case.game.groups, listed, strict=True)
            sets = tuple((group.size, tuple(_stable_codes(spans, level))) for group, spans in pairs)
            case.budget.spend(sum(map(len, listed)))
            better = least is None or lost < least
            if better and all(codes for _, codes in sets) and case.game.sums(sets) >> code & 1:
                least = lost
        if least is None:
            return None
        total += least
    return total


def _stable_codes(spans: Sequence[tuple[int, Interval]], level: Fraction) -> Iterator[int]:
    """The codes of actions that are stable at a λ."""
    for own, (low, high) in spans:
        if low <= level and (high is None or level <= high):
            yield own


RULES: Mapping[str, Callable[[Case, Mapping[str, Any], Any, bool], bool]] = {
    "optimum": _welfare,
    "value": partial(_equal, gap=False),
    "gap": partial(_equal, gap=True),
    "gap-positive": partial(_gap, relation="positive"),
    "gap-zero": partial(_gap, relation="zero"),
    "closes": partial(_gap, relation="zero"),
    "gap-at-least": partial(_gap, relation="at least"),
    "gap-at-most": partial(_gap, relation="at most"),
    "equilibria": _equilibria,
    "nash": partial(_nash, unique=False),
    "unique-nash": partial(_nash, unique=True),
    "incontractible": _incontractible,
    "threshold": _threshold,
}
"""By the id of a claim, whether it is shown of a case."""
