"""Payoffs as tables for people to read, or how large a game is whose tables do not fit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from rich.console import RenderableType
from rich.text import Text

from coopgap.proofs.deciding.reports import Report
from coopgap.proofs.deciding.values import everywhere, shortest
from coopgap.terminal.numbers import number
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import MANY, count, listed, plain, short
from coopgap.theory.environments import Environment
from coopgap.theory.expressions import spelled
from coopgap.theory.families import Family

WIDTH = 76
"""The widest payoff table that is printed; it fits 80 columns."""

MATRICES = 6
"""How many payoff tables are printed."""

BEST, STABLE = "*", "°"


def game(report: Report, environment: Environment) -> Iterator[RenderableType]:
    """The payoffs, if they fit; else how large the game is."""
    states = [environment.states[state] for state in environment.support]
    others = [range(size) for size in environment.shape[2:]]
    if len(states) * math.prod(environment.shape[2:]) > MATRICES or max(environment.shape) > MANY:
        yield Text(_size(environment))
        return
    tables = [
        _matrix(report, environment, state, rest)
        for state in environment.support
        for rest in product(*others)
    ]
    if max(_width(rows) for _, rows in tables) > WIDTH:
        yield Text(_size(environment))
        return
    yield from _grids(environment.players, tables)
    stable = "equilibrium of selfish agents" if isinstance(report.selfish.nash, Mapping) else ""
    yield Text(f"{BEST} first best" + (f"   {STABLE} {stable}" if stable else ""), style="dim")


def _size(environment: Environment) -> str:
    """How large a game is, in words."""
    actions = listed(
        [f"{short(p)} {k}" for p, k in zip(environment.players, environment.shape, strict=True)]
    )
    players = count(len(environment.players), "player")
    states = len(environment.support)
    return (
        f"{players}, {count(states, 'state')}, "
        f"{count(math.prod(environment.shape), 'action profile')} in each (actions: {actions})."
    )


def _matrix(
    report: Report, environment: Environment, state: int, rest: Sequence[int]
) -> tuple[str, list[list[str]]]:
    """A caption, and rows of cells: the first player's actions by the second's."""
    players = [short(player) for player in environment.players]
    labels = [[short(label) for label in of_agent] for of_agent in environment.actions]
    name = environment.states[state]
    best, stable = (
        everywhere(sets.get(name, ())) if isinstance(sets, Mapping) else ()
        for sets in (report.first_best.profiles, report.selfish.nash)
    )

    def cell(play: tuple[int, ...]) -> str:
        paid = [
            number(Fraction(int(own[(state, *play)]), environment.denominator))
            for own in environment.payoffs
        ]
        chosen = environment.labels(play)
        marks = BEST * (chosen in best) + STABLE * (chosen in stable)
        return ", ".join(paid) + (f" {marks}" if marks else "")

    columns: list[tuple[int, ...]] = [(a,) for a in range(len(labels[1]))] if players[1:] else [()]
    corner = " \\ ".join(players[:2])
    head = [corner, *(labels[1] if players[1:] else ["payoff"])]
    rows = [
        [label, *(cell((a, *column, *rest)) for column in columns)]
        for a, label in enumerate(labels[0])
    ]
    fixed = [f"{p}: {of[a]}" for p, of, a in zip(players[2:], labels[2:], rest, strict=True)]
    if len(environment.support) > 1:
        chance = environment.prior[state]
        fixed.insert(0, f"state {short(name)}, probability {number(chance)}")
    return ", ".join(fixed), [head, *rows]


def _width(rows: Sequence[Sequence[str]]) -> int:
    """How wide a grid of these rows is."""
    return sum(max(map(len, column)) + 3 for column in zip(*rows, strict=True))


def _grids(
    players: Sequence[str], tables: Sequence[tuple[str, Sequence[Sequence[str]]]]
) -> Iterator[RenderableType]:
    """Tables of payoffs below their captions."""
    if len(players) > 1:
        yield Text(f"Payoffs of {listed([short(player) for player in players])}, in this order.")
    for caption, rows in tables:
        if caption:
            yield Text(caption, style="italic")
        yield Columns([], rows, gap=3)


def family_game(family: Family) -> Iterator[RenderableType]:
    """The payoffs as expressions, if they fit; else how large the games are."""
    tables = _payoffs(family)
    if tables is None:
        yield Text(_size(family.skeleton))
    else:
        yield from _grids(family.players, tables)


def _payoffs(family: Family) -> list[tuple[str, list[list[str]]]] | None:
    """A caption and rows of cells for each state; None for games that do not fit."""
    labels = [[short(label) for label in of_agent] for of_agent in family.actions]
    if len(labels) != 2 or len(family.states) > 2 or len(labels[1]) > MANY:
        return None
    tables = []
    for state, name in enumerate(family.states):
        cells = [
            ", ".join(
                plain(str(shortest(of_agent[state][place], family.parameters)))
                for of_agent in family.payoffs
            )
            for place in range(len(labels[0]) * len(labels[1]))
        ]
        rows = [[" \\ ".join(map(short, family.players)), *labels[1]]]
        for action, label in enumerate(labels[0]):
            start = action * len(labels[1])
            rows.append([label, *cells[start : start + len(labels[1])]])
        if _width(rows) > WIDTH:
            return None
        likely = f"state {short(name)}, probability {plain(spelled(family.prior[state]))}"
        tables.append((likely if len(family.states) > 1 else "", rows))
    return tables
