"""What a rule is asked about."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TypeVar

from coopgap.proofs.selftest.oracle.games import Game
from coopgap.proofs.selftest.oracle.numbers import ONE, ZERO, Extended
from coopgap.proofs.selftest.oracle.reading import (
    Json,
    Malformed,
    Point,
    fields,
    fraction_at,
    items_of,
    number_at,
    objects,
    require,
    whole,
)
from coopgap.proofs.selftest.oracle.selections import Play

T = TypeVar("T")

TREMBLES = (Fraction(1, 2), Fraction(1, 10), Fraction(1, 1000))
"""The ε at which a play for all ε > 0 is tried."""


@dataclass
class Subject:
    """A claim at a point. hints: the proof."""

    name: str
    claim: Mapping[str, Json]
    game: Game
    point: Point
    hints: Json = field(repr=False, default=None)

    def fields(self, *names: str) -> list[Json]:
        """The claim's own fields, which are these."""
        return fields(self.claim, *names)

    def fraction(self, value: Json, *infinite: str) -> Extended:
        """A fraction of the claim."""
        return fraction_at(value, self.point, *infinite)

    def _hinted(self, parse: Callable[[Mapping[str, Json]], T], name: str) -> Iterator[T]:
        """What is read of the objects of the proof that have this field, but for malformed ones."""
        for part in objects(self.hints):
            if name in part:
                with suppress(Malformed, TypeError, ValueError):
                    yield parse(part)

    def plays(self) -> Iterator[list[Play]]:
        """Plays of the proof at some ε, and in the limit."""
        return self._hinted(self._plays, "transfers")

    def _plays(self, value: Json) -> list[Play]:
        require("selection" in value or "distributions" in value)
        return [self._play(value, e) for e in (*TREMBLES, ZERO)]

    def _play(self, value: Json, epsilon: Fraction) -> Play:
        if "selection" in value:
            rows = [[[profile, 1]] for profile in items_of(value["selection"])]
        else:
            rows = items_of(value["distributions"])
        require(len(rows) == len(self.game.support))
        states = zip(self.game.support, rows, strict=True)
        return {s: self._weights(row, epsilon) for s, row in states}

    def _weights(self, row: Json, epsilon: Fraction) -> dict[int, Fraction]:
        at = {**self.point, "0+": epsilon}
        shares = {whole(a, len(self.game.profiles)): number_at(weight, at) for a, weight in row}
        require(all(w > 0 or (w == 0 and not epsilon) for w in shares.values()))
        require(len(shares) == len(row) and sum(shares.values()) > 0)
        return {a: w for a, w in shares.items() if w}

    def distributions(self) -> Iterator[Mapping[int, Fraction]]:
        """Distributions of the proof."""
        return self._hinted(lambda part: self._weights(part["distribution"], ONE), "distribution")

    def transfers(self) -> Iterator[Mapping[Hashable, Sequence[Fraction]]]:
        """Transfers of the proof, if they obey their class."""
        return self._hinted(self._amounts, "amounts")

    def _amounts(self, value: Json) -> Mapping[Hashable, Sequence[Fraction]]:
        game, below = self.game, number_at(value["denominator"], self.point)
        require(below > 0)
        numbered = self._numbered()
        amounts: dict[Hashable, Sequence[Fraction]] = {}
        for record, listed in value["amounts"]:
            row = [number_at(amount, self.point) / below for amount in listed]
            require(len(row) == len(game.agents) and record not in amounts)
            require(game.budget == "free" or sum(row) <= 0)
            require(game.budget != "balanced" or sum(row) == 0)
            require(game.liability is None or min(row) >= -game.liability)
            amounts[numbered.get(record, ("never", record))] = row
        return amounts

    def _numbered(self) -> Mapping[int, Hashable]:
        """The numbers of records, as docs/certificates.md defines them."""
        game = self.game
        records: dict[int, Hashable] = {}
        for state, a in product(range(game.states), range(len(game.profiles))):
            record = game.record(state, a)
            number = record if game.table is not None else state * len(game.profiles) + a
            if game.cells is not None and game.classes is not None:
                number = game.cells[state]
                for own, action in zip(game.classes, game.profiles[a], strict=True):
                    number = number * (max(own) + 1) + own[action]
            records[number] = record  # type: ignore[index]
        return records
