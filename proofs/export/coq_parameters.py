"""What depends on parameters, in the words of ``Polynomials.v`` and ``Trees.v``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coopgap.proofs.export import coq_words as coq
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

NAMED = dict(zip(RELATIONS, ("above", "at_least", "equal"), strict=True))
"""Relations to 0, in Coq."""

Json = Mapping[str, Any]

WriteWitness = Callable[[Any], str]
"""Writes the witness of a case."""


class Parameters:
    """Writes numbers, conditions and cases; parameters are known by their indices.

    Its methods raise Rejected for what is not of the form of a certificate.
    """

    def __init__(self, names: Any) -> None:
        self.names = [text_of(name) for name in listing(names)]
        plain = len(set(self.names)) == len(self.names) and all(map(str.isidentifier, self.names))
        require(plain, "parameters must be distinct identifiers")
        self.index = {name: k for k, name in enumerate(self.names)}

    # --- numbers ----------------------------------------------------------------------------------

    def number(self, value: Any) -> str:
        """A number, ``Number`` in Coq."""
        if isinstance(value, dict) and any(EPSILON in text.split("*") for text in value):
            raise coq.Uncovered("its numbers depend on an ε")
        parsed = number(value, self.index, Budget())
        terms = parsed.terms if isinstance(parsed, Polynomial) else {(): parsed}
        return coq.listed(
            terms.items(), lambda term: f"(({term[1]})%Z, {coq.listed(term[0], coq.index)})"
        )

    def fraction(self, value: Any) -> str:
        """A fraction, ``Fraction`` in Coq."""
        pair = ratio(value, self.index, Budget())
        above, below = pair if isinstance(value, str) else value
        return f"({self.number(above)}, {self.number(below)})"

    def point(self, values: Any) -> str:
        """The values of the parameters, from texts."""
        return coq.listed(values, self._value)

    def _value(self, value: Any) -> str:
        above, below = ratio(text_of(value), {}, Budget())
        return f"(Qmake ({above})%Z {below}%positive)"

    def condition(self, value: Any) -> str:
        """A number with its relation to 0."""
        polynomial, relation = listing(value, 2)
        return f"({self.number(polynomial)}, {NAMED[text_of(relation, *RELATIONS)]})"

    # --- claims -----------------------------------------------------------------------------------

    def claim(self, claim: Json, write: Callable[[Json], str]) -> str:
        """A claim in pieces, or at one point; what a piece says is written so."""
        own = {key: value for key, value in claim.items() if key not in ("id", "holds", "at")}
        point = fields(claim["at"], "the point", *self.names) if "at" in claim else None
        pieces = _pieces(own, point is not None)
        return coq.record(
            at_point=coq.option(point, self.point),
            pieces=coq.listed(pieces, lambda piece: self._piece(piece, write)),
            holds=coq.truth(truth_of(claim["holds"])),
        )

    def _piece(self, piece: Json, write: Callable[[Json], str]) -> str:
        own = dict(piece)
        when = coq.lists(self.condition)(own.pop("when", []))
        return f"({when}, {write(own)})"

    # --- proofs -----------------------------------------------------------------------------------

    def everywhere(self, proof: Any, write_witness: WriteWitness) -> str:
        """Cases, and why no two pieces meet."""
        apart, cases = fields(proof, "the proof", "apart", "cases")
        return (
            f"Everywhere {coq.lists(self._refutation)(apart)} {self._cases(cases, write_witness)}"
        )

    def _cases(self, node: Any, write_witness: WriteWitness) -> str:
        names = set(node) if isinstance(node, dict) else set()
        if names == {"if", "then", "else"}:
            return self._distinction(node["if"], node["then"], node["else"], write_witness)
        if names == {"refuted"}:
            return f"(Refuted {self._refutation(node['refuted'])})"
        facts, piece, point, witness = fields(node, "a case", "known", "piece", "point", "witness")
        rows = coq.listed(listing(facts), lambda entry: self._fact(*listing(entry, 2)))
        place = f"{coq.index(piece)} {self.point(listing(point))}"
        return f"(Decided {rows} {place} {write_witness(witness)})"

    def _distinction(
        self, condition: Any, holding: Any, failing: Any, write_witness: WriteWitness
    ) -> str:
        polynomial, relation = listing(condition, 2)
        equation = relation == "=="
        branches = [holding, *listing(failing, 2 if equation else 1)]
        head = f"Distinguish {self.condition(condition)}"
        if equation:
            head = f"Distinguish_sign {self.number(polynomial)}"
        return f"({head} {' '.join(self._cases(branch, write_witness) for branch in branches)})"

    def _fact(self, condition: Any, refutations: Any) -> str:
        return f"({self.condition(condition)}, {coq.lists(self._refutation)(refutations)})"

    def _refutation(self, value: Any) -> str:
        products, multipliers = fields(value, "a refutation", "products", "multipliers")
        return coq.record(
            products=coq.listed(listing(products), lambda entry: self._product(*listing(entry, 3))),
            multipliers=coq.listed(
                listing(multipliers), lambda entry: self._multiplier(*listing(entry, 2))
            ),
        )

    def _product(self, coefficient: Any, conditions: Any, bases: Any) -> str:
        positive = f"{integer(coefficient, 1, LARGE)}%positive"
        return f"({positive}, {coq.lists(coq.index)(conditions)}, {coq.lists(self.number)(bases)})"

    def _multiplier(self, place: Any, multiplier: Any) -> str:
        return f"({coq.index(place)}, {self.number(multiplier)})"


def _pieces(own: Json, at_point: bool) -> list[Json]:
    """The fields of each piece; of a claim without pieces, its own."""
    if "pieces" not in own:
        require("when" not in own, "a claim without pieces has no conditions")
        return [own]
    pieces: list[Json] = list(listing(own["pieces"]))
    plain = len(own) == 1 and len(pieces) > 0 and not at_point
    require(plain, "a claim in pieces has no other fields, and no point")
    require(all(isinstance(piece, dict) and "when" in piece for piece in pieces), "no conditions")
    return pieces
