"""The game of a document: its source, its payoff tables, its states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from coopgap.proofs.deciding.values import Known, shortest
from coopgap.proofs.exposition.documents import Block, Cell, Inline, Items, Table, cell, prose
from coopgap.proofs.exposition.formulas import Formula, Label, Scripted, Sign, Symbol, joined, row
from coopgap.proofs.exposition.prose import counted, sentence, series
from coopgap.proofs.exposition.sources import Place
from coopgap.proofs.questions.obligations import flat_profile
from coopgap.theory.environments import Environment
from coopgap.theory.expressions import Tree
from coopgap.theory.information import Information
from coopgap.theory.specification import FamilySpecification, Specification

TABLES, COLUMNS, WIDTH = 12, 8, 150
"""How many payoff tables are printed, and how wide they may be (columns, characters)."""


Game: TypeAlias = Specification | FamilySpecification

LISTED = 12
"""How many actions of a player are listed."""

Marked = Mapping[str, Sequence[Sequence[str]]]
"""By state the profiles that a table marks."""


class Numbers(Sequence[str]):
    """Numbers over a unit as exact text, each made when it is asked for: games may be large."""

    def __init__(self, array: Any, unit: int) -> None:
        self._array, self._unit = array.ravel(), unit

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, place: Any) -> Any:
        return str(Fraction(int(self._array[place]), self._unit))


def source(specification: Game) -> dict[str, Any]:
    """Prior, payoffs and, of a game, welfare: ``payoffs[agent][state][profile]``.

    Of a game as exact text, of a family as expressions.
    """
    if isinstance(specification, FamilySpecification):
        family = specification.family

        def formulas(trees: Sequence[Tree]) -> list[Known]:
            return [shortest(tree, family.parameters) for tree in trees]

        payoffs = [[formulas(state) for state in own] for own in family.payoffs]
        return {"prior": formulas(family.prior), "payoffs": payoffs}
    environment = specification.environment
    unit = environment.denominator
    return {
        "prior": [str(p) for p in environment.prior],
        "payoffs": [[Numbers(state, unit) for state in own] for own in environment.payoffs],
        "welfare": [Numbers(state, unit) for state in environment.welfare],
    }


def environment_of(specification: Game) -> Environment:
    """The environment; of a family one of the same names."""
    if isinstance(specification, FamilySpecification):
        return specification.family.skeleton
    return specification.environment


def cast(
    environment: Environment,
    game: Place,
    support: Sequence[int],
    information: Information | None = None,
) -> Iterator[Block]:
    """Who plays, what they choose from, and what they know: without information, the state."""
    players: list[list[Inline]] = [
        [Label(p), " from ", _choice(actions)]
        for p, actions in zip(environment.players, environment.actions, strict=True)
    ]
    choose = "chooses an action" if len(players) == 1 else "choose their actions at the same time"
    who = sentence(counted(len(players), "player"))
    yield prose("{} {}: {}.", who, choose, series(players))
    observation = "the state" if information is None else "some of this"
    yield from nature(environment.states, game, support, observation)
    if information is not None:
        yield Items(
            tuple(_sight(environment, player, information) for player in environment.players)
        )


def _choice(actions: Sequence[str]) -> Formula:
    """``{C, D}``; of many actions the first two and the last."""
    labels: list[Formula] = [Label(a) for a in actions]
    if len(labels) > LISTED:
        labels = [*labels[:2], Sign("…"), labels[-1]]
    return row("{", joined(labels, ","), "}")


def nature(
    states: Sequence[str], game: Place, support: Sequence[int], observation: str = "the state"
) -> Iterator[Block]:
    """What is drawn, where there is a choice, and who sees it."""
    if len(support) > 1:
        chances = [
            ["state ", Label(states[s]), " with probability ", game["prior"][s].formula]
            for s in support
        ]
        yield prose(
            "Nature draws {}. The agents observe {} before they act; a court does not "
            "observe it, and a contract can speak of it only as far as its language "
            "verifies it.",
            series(chances, "or"),
            observation,
        )


def _sight(environment: Environment, player: str, information: Information) -> tuple[Block, ...]:
    signals = information.types_of(environment.players.index(player), environment)
    if all(len(states) == 1 for states in signals.values()):
        return (prose("{} sees the state", Label(player)),)
    cells = [
        row("{", joined([Label(environment.states[s]) for s in states], ","), "}")
        for states in signals.values()
    ]
    return (prose("{} sees only whether the state lies in {}", Label(player), series(cells, "or")),)


def payoffs(
    environment: Environment,
    game: Place,
    support: Sequence[int],
    best: Marked | None,
    stable: Marked | None,
) -> Iterator[Block]:
    """Payoff tables with first bests and equilibria marked, or how large the game is."""
    shape = environment.shape
    across = shape[1] if len(shape) > 1 else 1
    tables = len(support) * math.prod(shape[2:])
    if (
        tables > TABLES
        or across > COLUMNS
        or shape[0] > 24
        or across * _longest(game, support) > WIDTH
    ):
        yield prose(
            "There are {} ({}){}, too many for a table here; the certificates list all payoffs.",
            counted(math.prod(environment.shape), "action profile"),
            " × ".join(map(str, environment.shape)),
            " in each state" if len(support) > 1 else "",
        )
        return
    if len(environment.players) > 1:
        order = series([Label(p) for p in environment.players])
        yield prose(
            "Each cell gives the payoffs of {}, in this order.{}", order, _legend(best, stable)
        )
    labels = environment.actions
    columns: list[tuple[int, ...]] = (
        [(a,) for a in range(len(labels[1]))] if len(labels) > 1 else [()]
    )
    corner = " \\ ".join(environment.players[:2])
    head = [cell(corner), *(cell(Label(labels[1][c[0]]) if c else "payoff") for c in columns)]

    def entry(state: int, profile: tuple[int, ...]) -> Cell:
        place, name = flat_profile(environment, profile), environment.states[state]
        paid = [own[state][place].formula for own in game["payoffs"]]
        chosen = environment.labels(profile)
        return cell(
            joined(paid, ","),
            best=best is not None and chosen in best[name],
            stable=stable is not None and chosen in stable[name],
        )

    for state, rest in product(support, product(*map(range, shape[2:]))):
        rows = tuple(
            (cell(Label(label)), *(entry(state, (a, *column, *rest)) for column in columns))
            for a, label in enumerate(labels[0])
        )
        fixed = [
            f"{p} plays {of[a]}"
            for p, of, a in zip(environment.players[2:], labels[2:], rest, strict=True)
        ]
        caption = [f"State {environment.states[state]}"] if len(support) > 1 else []
        yield Table(", ".join([*caption, *fixed]), tuple(head), rows)


def _longest(game: Place, support: Sequence[int]) -> int:
    """How many characters the widest cell has."""
    cells = (zip(*(own[s] for own in game["payoffs"].value), strict=True) for s in support)
    return max(sum(len(str(paid)) + 2 for paid in cell) for state in cells for cell in state)


def _legend(best: Marked | None, stable: Marked | None) -> list[Inline]:
    if best is None:
        return []
    return [
        " A star marks a first best",
        "." if stable is None else "; an equilibrium of selfish agents is underlined.",
    ]


def agent_payoff(player: str) -> Formula:
    """The symbol u with the player below."""
    return Scripted(Symbol("payoff"), below=Label(player))


def at(environment: Environment, of: Formula, profile: Any, state: int) -> Formula:
    """``u(CH, CL)``, with the state behind a semicolon if there are several."""
    labels = joined([Label(label) for label in environment.labels(profile)], ",")
    where: list[Formula | str] = (
        [";", Label(environment.states[state])] if len(environment.states) > 1 else []
    )
    return row(of, "(", labels, *where, ")")


def difference(
    environment: Environment, of: Formula, state: int, first: Any, second: Any
) -> list[Formula | str]:
    """``u(one) − u(other)``."""
    return [at(environment, of, first, state), "−", at(environment, of, second, state)]
