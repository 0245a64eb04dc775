"""Whether certificates are true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coopgap.proofs.selftest.oracle.games import Game, Undecided
from coopgap.proofs.selftest.oracle.numbers import ZERO
from coopgap.proofs.selftest.oracle.points import Points
from coopgap.proofs.selftest.oracle.reading import (
    Json,
    Malformed,
    Point,
    compared,
    condition_at,
    fields,
    formula_at,
    items_of,
    malformed,
    point_of,
    polynomial,
    require,
    truth_of,
)
from coopgap.proofs.selftest.oracle.rules import RULES
from coopgap.proofs.selftest.oracle.strategies import STRATEGY_CLAIMS
from coopgap.proofs.selftest.oracle.subjects import Subject

TRUE, FALSE, UNDECIDED, ILL_FORMED = "true", "false", "undecided", "ill-formed"

ENOUGH = 12
"""How many points of a game are tried; of a formula many more."""


def truth(document: Json) -> bool | None:
    """Whether all claims of a certificate or conjunction are true; None where that is undecided."""
    return {TRUE: True, UNDECIDED: None}.get(judgement(document), False)


def judgement(document: Json) -> str:
    """Whether a certificate or conjunction is true, false, undecided or ill-formed."""
    if "goals" in document:
        return joined(judgement(goal["certificate"]) for goal in document["goals"])
    try:
        claim = _Claim(document["claim"], document["data"], document.get("proof"))
        return {True: TRUE, False: FALSE, None: UNDECIDED}[claim.truth()]
    except Malformed:
        return ILL_FORMED
    except Undecided:
        return UNDECIDED


def joined(judgements: Iterable[str]) -> str:
    """The judgement of a conjunction, from those of its goals."""
    listed = list(judgements)
    return next(outcome for outcome in (ILL_FORMED, FALSE, UNDECIDED, TRUE) if outcome in listed)


class _Claim:
    """A claim about data."""

    def __init__(self, claim: Json, data: Json, proof: Json) -> None:
        names = ("parameters", "assumptions", "game", "records", "contracts", "prosociality")
        more = ("mechanism",) if isinstance(data, dict) and "mechanism" in data else ()
        listed, self.assumptions, self.about, *rest = fields(data, *names, *more)
        self.names = [name for name in items_of(listed) if isinstance(name, str) or malformed()]
        require(len(set(self.names)) == len(self.names))
        require(all(name.isidentifier() for name in self.names))
        require(self.about is not None or rest == [None] * 3)
        require(isinstance(claim, dict))
        self.data, self.proof, self.own = data, proof, dict(claim)
        self.name, holds = self.own.pop("id", None), self.own.pop("holds", None)
        self.holds = truth_of(holds)
        self.rule = self.name in (RULES if self.about is not None else ("formula", "inconsistent"))
        require(isinstance(self.name, str) and self.rule)
        for condition in items_of(self.assumptions):
            number, relation = items_of(condition, 2)
            polynomial(number, self.names)
            compared(ZERO, relation)

    def truth(self) -> bool | None:
        """Whether the claim is true; for families, at all points that are tried."""
        if "at" in self.own:
            fixed = point_of(self.own.pop("at"), self.names)
            require("pieces" not in self.own)
            return self._assumed(fixed) and self._at(fixed, self.own)
        pieces: list[Json] = [{"when": [], **self.own}]
        if "pieces" in self.own:
            require(set(self.own) == {"pieces"} and bool(items_of(self.own["pieces"])))
            pieces = self.own["pieces"]
        whens = []
        for piece in pieces:
            require(isinstance(piece, dict) and "when" in piece)
            whens.append(items_of(piece["when"]))
        points = Points(self.names, self.assumptions, whens, self.proof)
        if self.name == "inconsistent":
            require(not self.own)
            return (next(iter(points), None) is None) is self.holds
        verdicts = list[bool | None]()
        for point in points:
            inside = [
                piece for piece in pieces if all(condition_at(w, point) for w in piece["when"])
            ]
            if len(inside) != 1:
                return False
            stated = {name: value for name, value in inside[0].items() if name != "when"}
            verdicts.append(self._at(point, stated))
            if verdicts[-1] is False:
                return False
            if len(verdicts) >= (ENOUGH if self.about is not None else 5 * ENOUGH):
                break
        if not verdicts:
            return True if points.empty else None
        return True if True in verdicts else None

    def _assumed(self, point: Point) -> bool:
        return all(condition_at(condition, point) for condition in self.assumptions)

    def _at(self, point: Point, stated: Mapping[str, Json]) -> bool | None:
        if self.name == "inconsistent":
            raise Malformed
        if self.about is None:
            (conclusion,) = fields(stated, "conclusion")
            return formula_at(conclusion, point) is self.holds
        try:
            game = Game(self.data, point)
            require(str(self.name).startswith("mechanism-") == (game.kind == "mechanism"))
            require(not game.private or self.name in STRATEGY_CLAIMS)
            verdict = RULES[self.name](Subject(self.name, stated, game, point, self.proof))
        except Undecided:
            return None
        return None if verdict is None else verdict is self.holds
