"""Games of groups drawn at random, and the same games with every player listed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from coopgap.theory.aggregates import GroupSpecification
from coopgap.theory.readers.spec import any_spec_from_text, spec_from_text
from coopgap.theory.specification import Specification

CLOSED = ["own*(3 - total)", "(total >= 2)*3 - own", "2*total - 3*own", "own*total - own**2"]
OPEN = ["min(own, 2) + max(2 - total, 0)", "own*(total_a - 1) + total", "(total == 2) - own/2"]


def drawn(random: Random) -> dict[str, Any]:
    """A small game of groups as a document: sizes, actions, formulas, a language."""
    names = ["a", "b"][: random.choice([1, 1, 2])]
    sizes = {name: random.choice([1, 2, 2, 3][: 4 if len(names) == 1 else 2]) for name in names}
    actions = {name: sorted(random.sample([0, 1, 2, 3], random.choice([2, 3]))) for name in names}
    states = ["s", "t"][: random.choice([1, 2])]
    payoffs = {state: {name: _formula(random, names) for name in names} for state in states}
    classes = {name: _classes(random, actions[name]) for name in names}
    joined = len(states) == 2 and random.random() < 0.5
    game = {
        "sizes": sizes,
        "actions": actions,
        "states": states,
        "payoffs": payoffs,
        "classes": classes,
        "joined": joined,
        "kind": random.choice(["transfers", "transfers", "directive"]),
        "total": random.random() < 0.25,
        "budget": random.choice(["balanced", "free", "burnt"]),
        "level": random.choice(["0", "1/2", "1", "3"]),
    }
    if game["total"]:
        # The total is decided where states are verified.
        game |= {"joined": False, "kind": "transfers"}
    return game


def bounded(random: Random) -> dict[str, Any]:
    """The same with transfers whose fines are bounded."""
    budget = random.choice(["balanced", "burnt", "burnt", "free"])
    liability = random.choice(["0", "1/4", "1/2", "1"])
    game = drawn(random)
    return {**game, "kind": "transfers", "budget": budget, "liability": liability}


def _formula(random: Random, names: Sequence[str]) -> str:
    parts = [random.choice(CLOSED + OPEN)]
    if random.random() < 0.6:
        parts.append(f"{random.choice([-1, 1, 2])}*({random.choice(CLOSED)})")
    if len(names) == 2:
        parts.append(random.choice(["own*total_b", "total_b - total_a", "0"]))
    return " + ".join(parts)


def _classes(random: Random, actions: Sequence[int]) -> list[list[int]]:
    return [list(actions[:2])] if random.random() < 0.4 else []


def group_text(game: Mapping[str, Any]) -> str:
    """The spec of groups."""
    groups = ", ".join(
        f"{name} = {{ size = {size}, actions = {game['actions'][name]} }}"
        for name, size in game["sizes"].items()
    )
    return f"[game]\ngroups = {{ {groups} }}\n{_rest(game, list(game['sizes']), None)}"


def listed_text(game: Mapping[str, Any]) -> str:
    """The same with every agent a player of its own."""
    players = [f"{name}{i}" for name, size in game["sizes"].items() for i in range(size)]
    actions = ", ".join(f"{p} = {game['actions'][p[0]]}" for p in players)
    return (
        f"[game]\nplayers = {players}\nactions = {{ {actions} }}\n"
        f"{_rest(game, players, game['sizes'])}"
    )


def _rest(game: Mapping[str, Any], owners: Sequence[str], sizes: Mapping[str, int] | None) -> str:
    """States, payoffs, the language and λ, for these groups or players."""
    lines = []
    if len(game["states"]) == 2:
        lines.append('states = { names = ["s", "t"], prior = ["1/3", "2/3"] }')
    for state in game["states"]:
        lines.append(f"[game.payoffs.{state}]")
        for owner in owners:
            text = game["payoffs"][state][owner if sizes is None else owner[0]]
            lines.append(f'{owner} = "{text if sizes is None else _in_players(text, sizes)}"')
    lines += ["[[language]]", 'name = "told"']
    if game["joined"]:
        lines.append('states = [["s", "t"]]')
    grouped = {p: game["classes"][p if sizes is None else p[0]] for p in owners}
    actions = ", ".join(f"{p} = {own}" for p, own in grouped.items() if own)
    if not game["total"] or sizes is None:
        lines.append(f"actions = {{ {actions} }}")
        lines += ["total = true"] * game["total"]
    else:
        lines.append(f"records = {['state', ' + '.join(owners), *_seen(game, owners)]}")
    budget = "" if game["kind"] == "directive" else f', budget = "{game["budget"]}"'
    if "liability" in game:
        budget += f', liability = "{game["liability"]}"'
    lines.append(f'contracts = {{ kind = "{game["kind"]}"{budget} }}')
    lines += ["[prosociality]", f'lambda = ["{game["level"]}"]']
    return "\n".join(lines) + "\n"


def _seen(game: Mapping[str, Any], owners: Sequence[str]) -> list[str]:
    """Of each player whether it takes an action that stands alone in its class."""
    alone = {
        name: [a for a in own if not any(a in label for label in game["classes"][name])]
        for name, own in game["actions"].items()
    }
    return [f"{p} == {a}" for p in owners for a in alone[p[0]]]


def _in_players(text: str, sizes: Mapping[str, int]) -> str:
    def summed(match: re.Match[str]) -> str:
        name = match.group(1)
        return f"({' + '.join(f'{name}{i}' for i in range(sizes[name]))})"

    return re.sub(r"total_([ab])", summed, text)


def grouped(game: Mapping[str, Any]) -> GroupSpecification:
    spec = any_spec_from_text(group_text(game), "groups.toml")
    assert isinstance(spec, GroupSpecification)
    return spec


def listed(game: Mapping[str, Any]) -> Specification:
    spec = spec_from_text(listed_text(game), "players.toml")
    assert isinstance(spec, Specification)
    return spec


def counted(game: Mapping[str, Any], profiles: Sequence[Sequence[str]]) -> set[Any]:
    """Profiles of players as counts by group and action."""
    names = [name for name, size in game["sizes"].items() for _ in range(size)]
    return {frozenset(Counter(zip(names, profile, strict=True)).items()) for profile in profiles}


def flat(plays: Sequence[Mapping[str, Mapping[str, int]]]) -> set[Any]:
    """Plays of a report on groups in the same form."""
    return {
        frozenset(((name, action), n) for name, own in play.items() for action, n in own.items())
        for play in plays
    }
