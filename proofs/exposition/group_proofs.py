"""Why no contract does better in a game of groups: plain values that a worked example tells."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from coopgap.proofs.aggregates import bounded_fines as fined
from coopgap.proofs.aggregates.certificates import Levels, Setting, alone, setting
from coopgap.proofs.aggregates.equilibria import Equilibria, play, plays
from coopgap.proofs.aggregates.findings import Findings, Reached
from coopgap.proofs.aggregates.shared_fines import MANY_PLAYS, best_play, joint_gain
from coopgap.proofs.deciding.values import Written
from coopgap.theory.aggregates import Counts, GroupGame, GroupSpecification, reached, tally
from coopgap.theory.json_values import Fields, Plain

LISTED = 16
"""How many aggregates, and how many plays, are told of a state."""


def source(specification: GroupSpecification) -> dict[str, Plain]:
    """The payoffs, and what excludes better plays.

    languages: for each what deviations inside classes gain from what is played (``inside``), the
    better aggregates or plays with who leaves them (``better``; ``more``: how many others there
    are), the loss of directives in cells of several states (``cells``), and where fines are bounded
    the sum of them (``fines``) and of all temptations in what is played (``tempted``). binding: the
    deviation on which the threshold rests.
    """
    findings = Findings(specification.game, lambda _: None)
    return {
        **game(specification),
        "languages": [
            _language(findings, setting(specification.game, language))
            for language in specification.languages
        ],
        "binding": binding(findings),
    }


def game(specification: GroupSpecification) -> dict[str, Plain]:
    """The payoffs, and nothing of what excludes better plays."""
    return {
        "prior": [str(p) for p in specification.game.prior],
        "payoffs": [[Written(tree) for tree in own] for own in specification.formulas],
        "languages": [_nothing_excluded() for _ in specification.languages],
        "binding": None,
    }


def _nothing_excluded() -> dict[str, Any]:
    return {"inside": [], "better": [], "more": 0, "cells": [], "tempted": [], "fines": None}


def _language(findings: Findings, where: Setting) -> dict[str, Plain]:
    fines = findings.fines(where)
    reasons = _nothing_excluded() | {"fines": None if fines is None else str(fines)}
    reached = findings.reached(where, findings.selfish)
    if not isinstance(reached, Reached):
        return reasons
    cells: dict[int, list[int]] = {}
    for state in findings.game.support:
        cells.setdefault(where.cells[state], []).append(state)
    several = where.kind != "none" and any(len(cell) > 1 for cell in cells.values())
    if where.kind == "directive" and several:
        assert reached.selection is not None
        reasons["cells"] = [
            [_lost(findings, state, reached.selection[state]) for state in cell]
            for cell in cells.values()
            if len(cell) > 1
        ]
        return reasons
    equilibria = findings.equilibria(where, findings.selfish)
    if reached.selection is not None and where.kind == "transfers":
        reasons["inside"] = [
            deviation
            for state, counts in reached.selection.items()
            for deviation in _inside(equilibria, state, counts)
        ]
    if reached.selection is not None and fines is not None:
        reasons["tempted"] = [
            {
                "state": findings.game.states[state],
                "sum": _tempted(equilibria, state, findings.game.place(counts), counts),
            }
            for state, counts in reached.selection.items()
        ]
    pooled = where.total and where.budget == "balanced"
    for state in findings.game.support:
        if pooled:
            rows, more = _better_plays(findings, where, state)
        else:
            rows, more = _better(equilibria, state)
        reasons["better"] += rows
        reasons["more"] += more
    return reasons


def _lost(findings: Findings, state: int, counts: Counts) -> dict[str, str]:
    game = findings.game
    welfare = game.welfare[state].tolist()
    own = welfare[game.place(counts)]
    return {
        "state": game.states[state],
        "welfare": _utils(game, own),
        "best": _utils(game, max(welfare)),
        "lost": str(game.prior[state] * Fraction(max(welfare) - own, game.denominator)),
    }


def _inside(equilibria: Equilibria, state: int, counts: Counts) -> Iterator[dict[str, str]]:
    """What each deviation inside a class gains from a play."""
    game = equilibria.game
    for g, a, _ in tally(counts):
        for b, gain in gains(equilibria, state, g, a, game.place(counts)).items():
            yield _move(game, state, g, a, b, gain)


def gains(
    equilibria: Equilibria, state: int, group: int, action: int, place: int
) -> dict[int, Fraction]:
    """What an agent gains by each other action of its class, in utils; λ counts.

    place: the index of the aggregate from which it deviates, its own action included.
    """
    game, kinds = equilibria.game, equilibria.classes[group]
    codes, places = game.space.codes[group], game.space.places
    rest = int(game.space.order[place]) - codes[action]
    by_action = {}
    for alternative, kind in enumerate(kinds):
        moved = places.get(rest + codes[alternative])
        if alternative != action and kind == kinds[action] and moved is not None:
            gain = _worth(equilibria, state, group, alternative, moved)
            by_action[alternative] = gain - _worth(equilibria, state, group, action, place)
    return by_action


def _worth(equilibria: Equilibria, state: int, group: int, action: int, place: int) -> Fraction:
    game = equilibria.game
    paid, welfare = game.paid(state, group, action, place), int(game.welfare[state][place])
    return (paid + equilibria.levels[group] * welfare) / game.denominator


def _better(equilibria: Equilibria, state: int) -> tuple[list[dict[str, Plain]], int]:
    """The aggregates of more welfare than any that is played, with who stays and who leaves.

    Of many the first ones, and how many more there are.
    """
    game, best = equilibria.game, equilibria.best(state)
    welfare = game.welfare[state].tolist()
    larger = [p for p, own in enumerate(welfare) if best is None or own > welfare[best]]
    larger.sort(key=lambda p: (-welfare[p], p))
    rest = [_codes_without_one(game, g) for g in range(len(game.groups))] if larger else []
    rows = []
    for place in larger[:LISTED]:
        code, leaving, stays = int(game.space.order[place]), [], dict[str, list[str]]()
        choices = equilibria.choices(state, place)
        for g, (group, (_, stable)) in enumerate(zip(game.groups, choices, strict=True)):
            own = game.space.codes[g]
            possible = [a for a, of in enumerate(own) if of <= code and rest[g] >> (code - of) & 1]
            stays[group.name] = [group.actions[a] for a in possible if a in stable]
            for a in possible:
                pays = gains(equilibria, state, g, a, place)
                if a not in stable and pays:
                    most = max(pays, key=lambda b: pays[b])
                    leaving.append(_move(game, state, g, a, most, pays[most]))
        row = {
            "state": game.states[state],
            **_at(game, place),
            "welfare": _utils(game, welfare[place]),
            "stays": stays,
            "leaves": leaving,
        }
        if equilibria.fines is not None:
            row["least"] = _least(equilibria, state, place)
        rows.append(row)
    return rows, len(larger[LISTED:])


def _tempted(equilibria: Equilibria, state: int, place: int, counts: Counts) -> str:
    game = equilibria.game
    total = fined.tempted(game, equilibria.levels, state, place, counts)
    return str(total / game.denominator)


def _least(equilibria: Equilibria, state: int, place: int) -> str | None:
    """The least sum of temptations in plays of an aggregate that deviations inside classes leave.

    None where there is no such play.
    """
    game, choices = equilibria.game, equilibria.choices(state, place)
    costs = fined.options(game, choices, state, place, fined.at(equilibria.levels))
    counts = fined.cheapest(game, costs, place, None)
    return None if counts is None else _tempted(equilibria, state, place, counts)


def _better_plays(
    findings: Findings, where: Setting, state: int
) -> tuple[list[dict[str, Plain]], int]:
    """The plays of more welfare than balanced transfers that see the total reach.

    Each with a change of the total that all can bring about and from which all together gain.
    """
    game, levels = findings.game, findings.selfish
    best = best_play(game, where.classes, levels, state, findings.fines(where))
    if isinstance(best, str):
        return [], 0
    welfare = game.welfare[state].tolist()
    larger = [p for p, own in enumerate(welfare) if best is None or own > welfare[best[0]]]
    rows = []
    for place in sorted(larger, key=lambda p: (-welfare[p], p)):
        for counts in plays(game, game.every, place, MANY_PLAYS) or ():
            change, gain = joint_gain(game, where.classes, levels, state, place, counts)
            rows.append(
                {
                    "state": game.states[state],
                    "play": game.named(counts),
                    "welfare": _utils(game, welfare[place]),
                    "change": str(change),
                    "gain": str(gain / game.denominator),
                    "tempted": str(
                        fined.tempted(game, levels, state, place, counts) / game.denominator
                    ),
                }
            )
    return rows[:LISTED], len(rows[LISTED:])


def binding(findings: Findings) -> dict[str, Plain] | None:
    """The deviation on which the least λ rests at which a first best is an equilibrium."""
    game, free = findings.game, alone(findings.game)
    level = findings.threshold(free, Fraction(0))
    if not isinstance(level, Fraction) or level <= 0:
        return None
    levels: Levels = (level,) * len(game.groups)
    mixed, plain = findings.equilibria(free, levels), findings.equilibria(free, findings.selfish)
    for state in game.support:
        place = mixed.best(state)
        assert place is not None, "at the threshold a first best is an equilibrium"
        counts = play(game, mixed.choices(state, place), place)
        for g, a, _ in tally(counts):
            for b, gain in gains(plain, state, g, a, place).items():
                rest = game.space.order[place] - game.space.codes[g][a]
                moved = int(rest) + game.space.codes[g][b]
                after = game.welfare[state][game.space.places[moved]]
                lost = Fraction(int(game.welfare[state][place] - after), game.denominator)
                if gain == level * lost and lost > 0:
                    move = _move(game, state, g, a, b, gain)
                    return {**move, "lost": str(lost), "play": game.named(counts)}
    return None


def _at(game: GroupGame, place: int) -> Fields:
    """An aggregate by its totals, where these determine it, else by a play of it."""
    if all(len(rows[0]) <= 1 for rows in game.marks):
        return {"totals": {name: str(total) for name, total in game.totals(place).items()}}
    return {"play": game.named(play(game, game.every, place))}


def _codes_without_one(game: GroupGame, group: int) -> int:
    """The codes that all agents but one of a group reach, as bits of a number."""
    sizes = [own.size - (g == group) for g, own in enumerate(game.groups)]
    return reached([(n, list(own)) for n, own in zip(sizes, game.space.codes, strict=True)])


def _move(
    game: GroupGame, state: int, group: int, action: int, deviation: int, gain: Fraction
) -> dict[str, str]:
    labels = game.groups[group].actions
    return {
        "state": game.states[state],
        "group": game.groups[group].name,
        "from": labels[action],
        "to": labels[deviation],
        "gain": str(gain),
    }


def _utils(game: GroupGame, welfare: int) -> str:
    return str(Fraction(int(welfare), game.denominator))
