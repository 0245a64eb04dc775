"""Why no contract does better: the incentive constraints of an obstruction, added up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import zip_longest
from typing import Any

from coopgap.proofs.exposition.documents import Block, Display, Inline, Items, prose
from coopgap.proofs.exposition.formulas import (
    Formula,
    Label,
    Numeral,
    Row,
    Scripted,
    Symbol,
    broken,
    joined,
    listed,
    over,
    row,
)
from coopgap.proofs.exposition.games import agent_payoff, at, difference
from coopgap.proofs.exposition.prose import counted, play, series
from coopgap.proofs.exposition.sources import Place, computed, derived
from coopgap.proofs.questions.obligations import flat_profile, shape
from coopgap.theory.environments import Environment
from coopgap.theory.languages import Language, ProductLanguage, record_of

REASONS = {
    "aliasing": "The two plays leave the same record, so the transfers on the left cancel",
    "cycle": "The constraints form a circle of records, so the transfers on the left cancel",
    "common-divergence-flow": (
        "At every record the same multiple of each agent’s transfer remains on the left, "
        "and balanced transfers sum to zero there, so the left side vanishes"
    ),
    "profitable-deviation": "There are no transfers, so the left side vanishes",
}

WITHIN = "Whatever the transfers are within the budget and the bound on fines"


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
        return moved(self.played, self.agent, self.action)


def moved(played: Sequence[int], agent: int, action: int) -> tuple[int, ...]:
    """The profile in which an agent takes another action."""
    return (*played[:agent], action, *played[agent + 1 :])


def unranked(environment: Environment, place: int) -> tuple[int, ...]:
    """The profile at a place in the list of all."""
    actions = []
    for size in reversed(environment.shape):
        place, action = divmod(place, size)
        actions.append(action)
    return tuple(reversed(actions))


@dataclass(frozen=True)
class Strength:
    """What is left of an obstruction when its transfers cancel: ``0 ≥ gain − λ lost``.

    lost is None where deviations cost no welfare, so that no λ deters them. least: the quotient as
    a number.
    """

    gain: Formula
    lost: Formula | None
    least: Formula | None = None


@dataclass(frozen=True)
class Obstruction:
    """Deviations that no contract of a language deters all at once, at a place of a certificate.

    language: None for play without a contract.
    """

    environment: Environment
    language: Language | None
    place: Place

    @cached_property
    def deviations(self) -> list[Deviation]:
        """Its constraints."""
        chosen = self.place["selection"].value
        played = {s: unranked(self.environment, place) for s, place in chosen}
        deviations = []
        for place in self.place["deviations"]:
            state, agent, action, _ = place.value
            deviations.append(Deviation(state, agent, played[state], action, place[3]))
        return deviations

    @cached_property
    def reason(self) -> str | None:
        """Why nothing is left of transfers, whatever they are; None where fines make good some."""
        if self.language is None:
            return REASONS["profitable-deviation"]
        arcs = [
            (
                deviation.agent,
                record_of(self.language, deviation.state, deviation.played),
                record_of(self.language, deviation.state, deviation.moved),
                int(deviation.weight.value),
            )
            for deviation in self.deviations
        ]
        return REASONS.get(shape(arcs, len(self.environment.players)))

    def prescribed(self) -> list[Inline]:
        """``(A, A) in state w1 and (B, B) in state w2``."""
        states = self.environment.states
        parts: list[list[Inline]] = []
        for state, place in self.place["selection"].value:
            labels = self.environment.labels(unranked(self.environment, place))
            where: list[Inline] = [" in state ", Label(states[state])] if len(states) > 1 else []
            parts.append([play(labels), *where])
        return series(parts)

    def constraints(self, amounts: Sequence[Formula | None] = (), **how: bool) -> Display:
        """All constraints; amounts: what their right sides are; how: as ``constraint``."""
        rows = (
            constraint(self.environment, self.language, deviation, amount, **how)
            for deviation, amount in zip_longest(self.deviations, amounts)
        )
        return Display(tuple(line for formula in rows for line in broken(formula)))

    def written_out(self, game: Place, contracts: Place) -> Iterator[Block]:
        """The constraints, their multipliers and the sum ``0 ≥ c``."""
        deviations = self.deviations
        gains = [gain_of(self.environment, game, deviation) for deviation in deviations]
        single = len(deviations) == 1 and deviations[0].weight.value == 1
        yield prose(
            "Suppose that a contract made agents play {}{}",
            self.prescribed(),
            ". Then it would satisfy the incentive constraint:"
            if single
            else ". Then it would satisfy the incentive constraints:"
            if all(deviation.weight.value == 1 for deviation in deviations)
            else ". Then it would satisfy the incentive constraints, each with its multiplier:",
        )
        yield self.constraints([gain.formula for gain in gains])
        total = self._weighted(gains)
        if self.reason is not None:
            subject = "what remains is" if single else "the sum of the constraints is"
            contradiction = row("0", "≥", total.formula)
            yield prose("{}, and {} {}, a contradiction.", self.reason, subject, contradiction)
            return
        price = self.fines(contracts)
        yield prose(
            "{}, the left sides add up to at most {}, and the right sides to {}. So {}, "
            "a contradiction.",
            WITHIN,
            price.formula,
            total.formula,
            row("0", "≥", derived("-", total, price).formula),
        )

    def _weighted(self, amounts: Sequence[Place]) -> Place:
        """The sum of amounts by the weights of deviations."""
        pairs = zip(self.deviations, amounts, strict=True)
        return derived(
            "+", *(derived("*", deviation.weight, amount) for deviation, amount in pairs)
        )

    def bounded(self, strength: Strength | None) -> Iterator[Block]:
        """The weight on welfare that it asks for."""
        weight = Symbol("prosociality")
        yield prose(
            "To play {}, agents of a common weight {}{}",
            self.prescribed(),
            weight,
            " need:" if self.language is None else " need a contract that satisfies:",
        )
        yield self.constraints(prosocial=True)
        if self.language is None:
            start = "That is "
        elif self.reason is None:
            start = f"{WITHIN}, what remains is "
        else:
            start = f"{self.reason}, and what remains is "
        if strength is None:
            yield prose("The constraints add up to a bound on the weight, at least the one stated.")
        elif strength.lost is None:
            yield prose("{}{}, whatever the weight.", start, row("0", "≥", strength.gain))
        else:
            lost, least = strength.lost, strength.least
            single = isinstance(lost, Numeral) and lost.text == "1"
            cost = row("(", lost, ")") if isinstance(lost, Row) else lost
            between = ["·"] if isinstance(cost, Numeral) else []
            bound = strength.gain if single else over(strength.gain, lost)
            yield prose(
                "{}{}, so {}.",
                start,
                row("0", "≥", strength.gain, "−", weight, *([] if single else [*between, cost])),
                row(weight, "≥", bound, *([] if least is None else ["=", least])),
            )

    def strength(self, game: Place, contracts: Place) -> Strength:
        """What it asks of λ in one game."""
        gains, losses = (
            [of(self.environment, game, deviation) for deviation in self.deviations]
            for of in (gain_of, loss_of)
        )
        gain, lost = self._weighted(gains), self._weighted(losses)
        if self.reason is None:
            gain = derived("-", gain, self.fines(contracts))
        if lost.number <= 0:
            return Strength(gain.formula, None)
        least = gain.number / lost.number
        same = str(least) in (gain.text, f"{gain.text}/{lost.text}")
        return Strength(gain.formula, lost.formula, None if same else computed(":", gain, lost))

    def fines(self, contracts: Place) -> Place:
        """What a liability bound makes good: B for each unit of net weight."""
        assert self.language is not None
        net: dict[int, list[Fraction]] = {}
        for deviation in self.deviations:
            for profile, sign in ((deviation.played, 1), (deviation.moved, -1)):
                record = record_of(self.language, deviation.state, profile)
                own = net.setdefault(record, [Fraction(0)] * len(self.environment.players))
                own[deviation.agent] += sign * deviation.weight.value
        units = Fraction(0)
        for weights in net.values():
            top = max(weights)
            if contracts["budget"].value == "burnt":
                top = max(top, Fraction(0))
            units += sum((top - weight for weight in weights), Fraction(0))
        if units == 0:
            return Place("0", "=0")
        bound = contracts["liability"]
        return Place(str(bound.number * units), f"*({bound.pointer} ={units})")


def gain_of(environment: Environment, game: Place, deviation: Deviation) -> Place:
    """What the deviation gains its agent."""
    own = game["payoffs"][deviation.agent][deviation.state]
    return derived(
        "-", *(own[flat_profile(environment, p)] for p in (deviation.moved, deviation.played))
    )


def loss_of(environment: Environment, game: Place, deviation: Deviation) -> Place:
    """What the deviation costs welfare."""
    welfare = game["welfare"][deviation.state]
    return derived(
        "-", *(welfare[flat_profile(environment, p)] for p in (deviation.played, deviation.moved))
    )


def constraint(
    environment: Environment,
    language: Language | None,
    deviation: Deviation,
    amount: Formula | None = None,
    *,
    prosocial: bool = False,
) -> Row:
    """``t(ρ) − t(ρ′) ≥ u(after) − u(before)``, with its weight.

    amount: what the right side is. prosocial: for agents with a common weight λ, who mind the
    welfare that is lost.
    """
    player = environment.players[deviation.agent]
    weight = [] if deviation.weight.value == 1 else [deviation.weight.formula, "·"]
    left: list[Formula | str] = ["0"]
    if language is not None:
        transfer = Scripted(Symbol("transfer"), below=Label(player))
        before, after = (
            recorded(environment, language, deviation.state, p)
            for p in (deviation.played, deviation.moved)
        )
        left = [transfer, "(", before, ")", "−", transfer, "(", after, ")"]
        if weight:
            left = ["(", *left, ")"]
    right = difference(
        environment, agent_payoff(player), deviation.state, deviation.moved, deviation.played
    )
    if prosocial:
        lost = difference(
            environment, Symbol("welfare"), deviation.state, deviation.played, deviation.moved
        )
        right = [*right, "−", Symbol("prosociality"), "(", *lost, ")"]
    if weight:
        right = ["(", *right, ")"]
    total = [] if amount is None else ["=", *weight, amount]
    return row(*weight, *left, "≥", *weight, *right, *total)


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


def first_ones(
    listed: Sequence[Place],
    tell: Callable[[Place], Iterator[Block]],
    *,
    numbered: bool,
    most: int,
) -> Iterator[Block]:
    """What ``tell`` says of each obstruction; of many the first, and how many more there are."""
    blocks = [tuple(tell(obstruction)) for obstruction in listed[:most]]
    if len(blocks) == 1:
        yield from blocks[0]
    else:
        yield Items(tuple(blocks), numbered)
    if len(listed) > most:
        more = len(listed) - most
        yield prose("The certificate holds {} of the same form.", counted(more, "more obstruction"))


def misdirected(contracts: Place, pronoun: str) -> str:
    """Why no directive allows a play, ``what``, and leaves it alone."""
    pays = (
        f"whatever directive allows {pronoun} in a cell also allows an agent a deviation that pays"
    )
    if contracts["permissive"].value:
        return f"{pays} there."
    return f"{pays} there, or would have to allow an agent actions of two classes."
