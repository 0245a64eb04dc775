"""Why no contract does better: the incentive constraints of an obstruction, added up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofs.exposition.documents import Block, Display, Inline, said
from proofs.exposition.formulas import (
    Formula,
    Label,
    Row,
    Scripted,
    Symbol,
    broken,
    joined,
    listed,
    number,
    row,
)
from proofs.exposition.games import agent_payoff, position
from proofs.exposition.prose import play, series
from proofs.exposition.sources import Place, computed
from theory.environments import Environment
from theory.languages import Language, ProductLanguage, record_of

REASONS = {
    "aliasing": "The two plays leave the same record, so the transfers on the left cancel",
    "cycle": "The constraints form a circle of records, so the transfers on the left cancel",
    "common-divergence-flow": (
        "At every record the same multiple of each agent’s transfer remains on the left, "
        "and balanced transfers sum to zero there, so the left side vanishes"
    ),
    "profitable-deviation": "There are no transfers, so the left side vanishes",
}


@dataclass(frozen=True)
class Deviation:
    """A weighted incentive constraint: the agent's play and deviation as profiles of indices."""

    state: int
    agent: int
    played: tuple[int, ...]
    action: int
    weight: Place

    @property
    def moved(self) -> tuple[int, ...]:
        """The profile after the deviation."""
        return tuple(self.action if i == self.agent else a for i, a in enumerate(self.played))


def deviations(environment: Environment, obstruction: Place) -> list[Deviation]:
    """The constraints of an obstruction of a certificate."""
    selection = {s: unranked(environment, place) for s, place in obstruction["selection"].value}
    return [
        Deviation(each.value[0], each.value[1], selection[each.value[0]], each.value[2], each[3])
        for each in obstruction["deviations"]
    ]


def unranked(environment: Environment, place: int) -> tuple[int, ...]:
    """The profile at a place in the list of all."""
    actions = []
    for size in reversed(environment.shape):
        place, action = divmod(place, size)
        actions.append(action)
    return tuple(reversed(actions))


def prescribed(environment: Environment, obstruction: Place) -> list[Inline]:
    """``(A, A) in state w1 and (B, B) in state w2``."""
    several = len(environment.states) > 1
    parts: list[list[Inline]] = []
    for state, place in obstruction["selection"].value:
        labels = environment.labels(unranked(environment, place))
        where: list[Inline] = [" in state ", Label(environment.states[state])] if several else []
        parts.append([play(labels), *where])
    return series(parts)


def payoff(environment: Environment, game: Place, agent: int, state: int, at: Any) -> Place:
    """Where the payoff of an agent at a profile stands."""
    return game["payoffs"][agent][state][position(environment, at)]


def written_out(
    environment: Environment,
    language: Language | None,
    game: Place,
    obstruction: Place,
    contracts: Place,
) -> Iterator[Block]:
    """The constraints, their multipliers and the sum ``0 ≥ c``."""
    found = deviations(environment, obstruction)
    lines = [
        line for each in found for line in broken(_constraint(environment, language, game, each))
    ]
    single = len(found) == 1 and found[0].weight.value == 1
    yield said(
        "Suppose that a contract made agents play ",
        *prescribed(environment, obstruction),
        ". Then it would satisfy the incentive constraint:"
        if single
        else ". Then it would satisfy the incentive constraints:"
        if all(each.weight.value == 1 for each in found)
        else ". Then it would satisfy the incentive constraints, each with its multiplier:",
    )
    yield Display(tuple(lines))
    gains = [_gain(environment, game, each) for each in found]
    total = sum(
        (gain.number * each.weight.value for gain, each in zip(gains, found, strict=True)),
        Fraction(0),
    )
    origin = "+({})".format(
        " ".join(
            f"*({each.weight.pointer} {gain.pointer})"
            for gain, each in zip(gains, found, strict=True)
        )
    )
    kind = obstruction["kind"].text
    if kind in REASONS:
        reason = REASONS[kind]
        price, where_priced = Fraction(0), ""
    else:
        price, where_priced = _price(environment, language, found, contracts)
        reason = (
            "Whatever the transfers are within the budget and the bound on fines, the left sides "
            "add up to at most "
        )
    parts: list[Inline] = []
    if kind not in REASONS:
        parts = [reason, number(str(price), where_priced), ", and the right sides to "]
        parts += [number(str(total), origin)]
        rest, where = total - price, f"-({origin} {where_priced})"
        link = ". So "
    else:
        parts = [reason]
        rest, where, link = (
            total,
            origin,
            ", and what remains is " if single else (", and the sum of the constraints is "),
        )
    yield said(*parts, link, row("0", "≥", number(str(rest), where)), ", a contradiction.")


def _gain(environment: Environment, game: Place, each: Deviation) -> Place:
    after = payoff(environment, game, each.agent, each.state, each.moved)
    before = payoff(environment, game, each.agent, each.state, each.played)
    return Place(str(after.number - before.number), f"-({after.pointer} {before.pointer})")


def _constraint(
    environment: Environment, language: Language | None, game: Place, each: Deviation
) -> Row:
    player = environment.players[each.agent]
    after = payoff(environment, game, each.agent, each.state, each.moved)
    before = payoff(environment, game, each.agent, each.state, each.played)
    weight = [] if each.weight.value == 1 else [each.weight.formula, "·"]
    left: list[Formula | str] = []
    if language is not None:
        transfer = Scripted(Symbol("transfer"), below=Label(player))
        left = [
            transfer,
            "(",
            recorded(environment, language, each.state, each.played),
            ")",
            "−",
            transfer,
            "(",
            recorded(environment, language, each.state, each.moved),
            ")",
        ]
        if weight:
            left = ["(", *left, ")"]
    else:
        left = ["0"]
    paid = agent_payoff(player)
    return row(
        *weight,
        *left,
        "≥",
        *weight,
        *(["("] if weight else []),
        at(environment, paid, each.moved, each.state),
        "−",
        at(environment, paid, each.played, each.state),
        *([")"] if weight else []),
        "=",
        *weight,
        computed("-", after, before),
    )


def at(environment: Environment, of: Formula, profile: Any, state: int) -> Formula:
    """``u(CH, CL)``, with the state behind a semicolon if there are several."""
    labels = joined([Label(each) for each in environment.labels(profile)], ",")
    where: list[Formula | str] = (
        [";", Label(environment.states[state])] if len(environment.states) > 1 else []
    )
    return row(of, "(", labels, *where, ")")


def recorded(environment: Environment, language: Language, state: int, profile: Any) -> Formula:
    """What the record of a play says: ``{CH, CL}, DH``, with the cell of states in front."""
    if not isinstance(language, ProductLanguage):
        return at(environment, Symbol("record"), profile, state)
    parts = [
        _class(labels, classes, action)
        for labels, classes, action in zip(
            environment.actions, language.classes, profile, strict=True
        )
    ]
    if len(set(language.cells)) == 1:
        return joined(parts, ",")
    return row(_class(environment.states, language.cells, state), ";", joined(parts, ","))


def _class(names: tuple[str, ...], numbers: tuple[int, ...], place: int) -> Formula:
    alike = [Label(n) for n, k in zip(names, numbers, strict=True) if k == numbers[place]]
    return alike[0] if len(alike) == 1 else listed(alike, "{", "}")


def _price(
    environment: Environment, language: Language | None, found: list[Deviation], contracts: Place
) -> tuple[Fraction, str]:
    """What a liability bound makes good: B for each unit of net weight."""
    assert language is not None
    net: dict[int, list[Fraction]] = {}
    for each in found:
        for profile, sign in ((each.played, 1), (each.moved, -1)):
            row_ = net.setdefault(
                record_of(language, each.state, profile), [Fraction(0)] * len(environment.players)
            )
            row_[each.agent] += sign * each.weight.value
    units = Fraction(0)
    for weights in net.values():
        top = max(weights)
        if contracts["budget"].value == "burnt":
            top = max(top, Fraction(0))
        units += sum((top - weight for weight in weights), Fraction(0))
    if units == 0:
        return Fraction(0), "=0"
    bound = contracts["liability"]
    return bound.number * units, f"*({bound.pointer} ={units})"
