"""Certificates of families in the words of ``Cases.v``: claims about parameters, in cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coopgap.proofs.export.coq_data import contracts, tables
from coopgap.proofs.export.coq_selections import bound, part
from coopgap.proofs.export.coq_words import (
    Uncovered,
    each,
    index,
    indices,
    listed,
    option,
    present,
    record,
    truth,
)
from coopgap.proofs.trusted.documents import (
    LARGE,
    Budget,
    fields,
    integer,
    listing,
    require,
    text_of,
    truth_of,
)
from coopgap.proofs.trusted.polynomials import RELATIONS, Polynomial, number, ratio
from coopgap.proofs.trusted.problems import EPSILON

PLAIN = {"gap-positive": "gap_positive", "gap-zero": "gap_zero", "closes": "closes"}
"""Claims without a number."""

FINITE = {
    "gap-at-least": "gap_at_least",
    "gap-at-most": "gap_at_most",
    "threshold-at-most": "threshold_at_most",
    "optimum": "optimum_is",
}
"""Claims with a finite number."""

INFINITE = {
    "gap": ("gap", "inf"),
    "value": ("value_is", "-inf"),
    "threshold": ("threshold", "inf"),
}
"""Claims with a number that may be infinite, and how that is written in certificates."""

IN_STATE = {"first-best": "first_best_are", "equilibria": "equilibria_are"}
"""Claims about one state."""

NAMED = dict(zip(RELATIONS, ("above", "at_least", "equal"), strict=True))
"""Relations to 0, in Coq."""

Json = Mapping[str, Any]


def family(claim: Json, data: Json, proof: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about parameters."""
    if data.get("game") is None:
        raise Uncovered("its claim is about parameters alone")
    if "mechanism" in data:
        raise Uncovered("what its agents see is not covered with parameters")
    parameters, assumptions, *_ = fields(
        data,
        "the problem",
        *("parameters", "assumptions", "game", "records", "contracts", "prosociality"),
    )
    names = [text_of(name) for name in listing(parameters)]
    plain = len(set(names)) == len(names) and all(map(str.isidentifier, names))
    require(plain, "parameters must be distinct identifiers")
    return _Family(names, data).written(claim, assumptions, proof)


class _Family:
    """Writes what depends on parameters, which are known by their indices."""

    def __init__(self, names: list[str], data: Json) -> None:
        self.names, self.data = names, data
        self.index = {name: k for k, name in enumerate(names)}

    def written(self, claim: Json, assumptions: Any, proof: Any) -> tuple[str, str, str]:
        name = text_of(claim.get("id"))
        own = {key: value for key, value in claim.items() if key not in ("id", "holds", "at")}
        pieces = [self._piece(name, each) for each in _pieces(own, "at" in claim)]
        at = claim.get("at")
        point = None if "at" not in claim else list(fields(at, "the point", *self.names))
        witness = self._everywhere if point is None else self._here
        return (
            self._problem(assumptions),
            record(
                at_point=option(point, each(self._value)),
                pieces="[" + "; ".join(pieces) + "]",
                holds=truth(truth_of(claim["holds"])),
            ),
            witness(name, proof),
        )

    # --- data and claim ---------------------------------------------------------------------------

    def _problem(self, assumptions: Any) -> str:
        own, chosen = tables(self.data), self.data["prosociality"]
        return record(
            parameters=str(len(self.names)),
            assumptions=each(self._condition)(assumptions),
            family=record(
                actions=listed(own.sizes, index),
                chances=each(self._number)(own.prior),
                over=self._number(own.unit),
                utilities=each(each(each(self._number)))(own.payoffs),
                recorded=own.records,
            ),
            **{"class": contracts(self.data, self._fraction)},
            levels=option(chosen, self._levels),
        )

    def _levels(self, value: Any) -> str:
        levels, scale = fields(value, "prosociality", "levels", "scale")
        return f"({each(self._number)(levels)}, {self._number(scale)})"

    def _piece(self, name: str, piece: Json) -> str:
        own = dict(piece)
        when = each(self._condition)(own.pop("when", []))
        return f"({when}, {self._name(name, own)})"

    def _name(self, name: str, own: Json) -> str:
        if name in PLAIN:
            fields(own, "the claim")
            return PLAIN[name]
        if name in FINITE:
            return f"{FINITE[name]} {self._fraction(*fields(own, 'the claim', 'value'))}"
        if name in INFINITE:
            (value,) = fields(own, "the claim", "value")
            return f"{INFINITE[name][0]} {self._extended(name, value)}"
        if name in IN_STATE:
            state, profiles = fields(own, "the claim", "state", "profiles")
            return f"{IN_STATE[name]} {index(state)} {option(profiles, each(index))}"
        if name == "implementable":
            return f"implementable {each(index)(*fields(own, 'the claim', 'selection'))}"
        if name == "nash":
            return f"nash_are {each(each(index))(*fields(own, 'the claim', 'profiles'))}"
        if name == "unique-nash":
            fields(own, "the claim", *["profiles"] * bool(own))
            return f"unique_nash {present(own, 'profiles', each(each(index)))}"
        raise Uncovered(f"there is no rule for the claim {name} of a family")

    # --- numbers ----------------------------------------------------------------------------------

    def _number(self, value: Any) -> str:
        if isinstance(value, dict) and any(EPSILON in text.split("*") for text in value):
            raise Uncovered("its numbers depend on an ε")
        read = number(value, self.index, Budget())
        terms = read.terms if isinstance(read, Polynomial) else {(): read}
        return listed(terms.items(), lambda term: f"(({term[1]})%Z, {listed(term[0], index)})")

    def _fraction(self, value: Any) -> str:
        above, below = ratio(value, self.index, Budget())
        parts = [value, value] if isinstance(value, str) else listing(value, 2)
        if isinstance(value, str):
            parts = [above, below]
        return f"({self._number(parts[0])}, {self._number(parts[1])})"

    def _extended(self, name: str, value: Any) -> str:
        infinite = name in INFINITE and value == INFINITE[name][1]
        return "None" if infinite else f"(Some {self._fraction(value)})"

    def _value(self, value: Any) -> str:
        above, below = ratio(text_of(value), {}, Budget())
        return f"(Qmake ({above})%Z {below}%positive)"

    def _condition(self, value: Any) -> str:
        polynomial, relation = listing(value, 2)
        return f"({self._number(polynomial)}, {NAMED[text_of(relation, *RELATIONS)]})"

    def _refutation(self, value: Any) -> str:
        products, multipliers = fields(value, "a refutation", "products", "multipliers")
        return record(
            products=listed(listing(products), lambda entry: self._product(*listing(entry, 3))),
            multipliers=listed(
                listing(multipliers), lambda entry: self._multiplier(*listing(entry, 2))
            ),
        )

    def _product(self, coefficient: Any, conditions: Any, bases: Any) -> str:
        positive = f"{integer(coefficient, 1, LARGE)}%positive"
        return f"({positive}, {each(index)(conditions)}, {each(self._number)(bases)})"

    def _multiplier(self, place: Any, multiplier: Any) -> str:
        return f"({index(place)}, {self._number(multiplier)})"

    # --- proofs -----------------------------------------------------------------------------------

    def _everywhere(self, name: str, proof: Any) -> str:
        apart, cases = fields(proof, "the proof", "apart", "cases")
        return f"Everywhere {each(self._refutation)(apart)} {self._cases(name, cases)}"

    def _here(self, name: str, proof: Any) -> str:
        instead, witness = fields(proof, "the proof", "instead", "witness")
        other = option(instead, lambda value: self._extended(name, value))
        return f"Here {other} {self._shown(name, witness)}"

    def _cases(self, name: str, node: Any) -> str:
        names = set(node) if isinstance(node, dict) else set()
        if names == {"if", "then", "else"}:
            return self._distinction(name, *(node[key] for key in ("if", "then", "else")))
        if names == {"refuted"}:
            return f"(Refuted {self._refutation(node['refuted'])})"
        known, piece, point, witness = fields(node, "a case", "known", "piece", "point", "witness")
        facts = listed(listing(known), lambda entry: self._fact(*listing(entry, 2)))
        hint = each(self._value)(point)
        return f"(Decided {facts} {index(piece)} {hint} {self._shown(name, witness)})"

    def _distinction(self, name: str, condition: Any, holding: Any, failing: Any) -> str:
        polynomial, relation = listing(condition, 2)
        equation = relation == "=="
        branches = [holding, *listing(failing, 2 if equation else 1)]
        head = (
            f"Distinguish_sign {self._number(polynomial)}"
            if equation
            else f"Distinguish {self._condition(condition)}"
        )
        return f"({head} {' '.join(self._cases(name, branch) for branch in branches)})"

    def _fact(self, condition: Any, refutations: Any) -> str:
        return f"({self._condition(condition)}, {each(self._refutation)(refutations)})"

    def _shown(self, name: str, witness: Any) -> str:
        require(isinstance(witness, dict), "expected an object")
        own, below = dict(witness), "below" if name == "threshold" else "bound"
        if name == "implementable":
            own = {"reached" if "transfers" in witness else "excluded": witness}
        require(set(own) <= {"reached", below, "excluded"}, "the witness has other fields")
        return record(
            reached=present(own, "reached", self._reached),
            bound=present(own, below, bound),
            excluded=present(own, "excluded", part),
        )

    def _reached(self, value: Any) -> str:
        paying = self.data["contracts"]["kind"] == "transfers"
        selection, transfers = fields(value, "a play", "selection", "transfers")
        entries = listing(transfers, 1 if paying else 0)
        unit, amounts = (
            fields(entries[0], "transfers", "denominator", "amounts") if paying else (1, [])
        )
        return record(
            played=each(index)(selection),
            denominator=self._number(unit),
            amounts=listed(listing(amounts), lambda entry: self._row(*listing(entry, 2))),
        )

    def _row(self, place: Any, amounts: Any) -> str:
        return f"({index(place)}, {each(self._number)(amounts)})"


def _pieces(own: Json, at_point: bool) -> list[Json]:
    """The fields of each piece; of a claim without pieces, its own."""
    if "pieces" not in own:
        require("when" not in own, "a claim without pieces has no conditions")
        return [own]
    pieces: list[Json] = listing(own["pieces"])
    plain = len(own) == 1 and len(pieces) > 0 and not at_point
    require(plain, "a claim in pieces has no other fields, and no point")
    require(all(isinstance(each, dict) and "when" in each for each in pieces), "no conditions")
    return pieces
