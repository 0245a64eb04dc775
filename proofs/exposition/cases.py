"""A family's certificate in steps: distinctions, refutations, and what is shown in each case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coopgap.proofs.exposition.documents import Block, Display, Items, prose
from coopgap.proofs.exposition.formulas import (
    Formula,
    Row,
    Scripted,
    Sign,
    joined,
    number,
    polynomial,
    row,
)
from coopgap.proofs.exposition.prose import counted, series
from coopgap.proofs.exposition.sources import Place

CASES, FACTS = 12, 8
"""How many cases and facts are written out."""

TWO = number("2", "=2")

Tell = Callable[[Place, Place], Iterator[Block]]
"""What a case shows, from the case with its witness and the piece of the claim."""


@dataclass(frozen=True)
class Condition:
    """A condition with its polynomial's terms, relation, and name (``A1``, ``C2``)."""

    terms: Mapping[str, int]
    relation: str
    name: str
    pointer: str

    @property
    def formula(self) -> Formula:
        """The condition itself."""
        sign = {">=": "≥", "==": "="}.get(self.relation, self.relation)
        return row(polynomial(self.terms, self.pointer), sign, "0")


def condition_at(place: Place, name: str) -> Condition:
    """The condition at a place of a certificate."""
    terms = place.value[0] if isinstance(place.value[0], dict) else {"1": place.value[0]}
    return Condition(terms, place.value[1], name, f"{place.pointer}/0")


def negated(condition: Condition, name: str) -> list[Condition]:
    """The conditions of which one holds where this one fails."""
    minus = {monomial: -c for monomial, c in condition.terms.items()}
    if condition.relation == "==":
        return [
            Condition(condition.terms, ">", name, condition.pointer),
            Condition(minus, ">", name, condition.pointer),
        ]
    relation = ">=" if condition.relation == ">" else ">"
    return [Condition(minus, relation, name, condition.pointer)]


def steps(
    certificate: Place, tell: Tell, cases: int = CASES, facts: int = FACTS
) -> Iterator[Block]:
    """The proof of a certificate of the kind ``cases``: so many of them, with so many facts."""
    path = [
        condition_at(assumption, f"A{number}")
        for number, assumption in enumerate(certificate["data"]["assumptions"], start=1)
    ]
    pieces = certificate["claim"].value.get("pieces")
    blocks: list[tuple[Block, ...]] = []
    leaves = list(_leaves(certificate["proof"]["cases"], path))
    for place, conditions in leaves:
        blocks.append(tuple(_case(certificate, place, conditions, len(path), pieces, tell, facts)))
    if facts and any(place.value.get("known") for place, _ in leaves):
        yield prose(
            "Where a comparison follows from conditions, its contrary (N) is refuted by a sum of "
            "conditions, read as expressions that are positive or at least zero: the sum would be "
            "positive, and it is zero."
        )
    if len(blocks) == 1:
        yield from blocks[0]
    else:
        yield prose("There are {}.", counted(len(blocks), "case"))
        yield Items(tuple(blocks[:cases]), numbered=True)
        if len(blocks) > cases:
            more = counted(len(blocks) - cases, "more case")
            yield prose("The certificate holds {}, treated in the same way.", more)


def _leaves(node: Place, path: list[Condition]) -> Iterator[tuple[Place, list[Condition]]]:
    if "if" not in node.value:
        yield node, path
        return
    name = f"C{sum(1 for condition in path if condition.name.startswith('C')) + 1}"
    condition = condition_at(node["if"], name)
    yield from _leaves(node["then"], [*path, condition])
    for branch, negation in zip(node["else"], negated(condition, name), strict=True):
        yield from _leaves(branch, [*path, negation])


def _case(
    certificate: Place,
    place: Place,
    path: list[Condition],
    assumed: int,
    pieces: Any,
    tell: Tell,
    most: int,
) -> Iterator[Block]:
    own = path[assumed:]
    if own:
        conditions = [[condition.formula, f" ({condition.name})"] for condition in own]
        yield prose("{}.", series(conditions), lead="Case")
    if "refuted" in place.value:
        yield prose("This case is impossible:")
        yield Display((sum_of(place["refuted"], path),))
        return
    claim = certificate["claim"]
    piece = claim if pieces is None else claim["pieces"][place["piece"].value]
    yield from tell(place, piece)
    facts = list(place["known"])
    if facts and most:
        yield prose("The comparisons behind this follow:")
    lines: list[Formula] = []
    for fact in facts[:most]:
        stated = condition_at(fact[0], "N")
        for refutation, contrary in zip(fact[1], negated(stated, "N"), strict=True):
            contradiction = sum_of(refutation, [*path, contrary])
            lines.append(row(stated.formula, ":", contradiction))
    if lines:
        yield Display(tuple(lines))
    if len(facts) > most:
        more = "more " if most else ""
        yield prose(
            "The certificate refutes {}.",
            counted(len(facts) - most, f"{more}contrary", f"{more}contraries"),
        )


def sum_of(refutation: Place, path: list[Condition]) -> Formula:
    """``2 (A1) + (A2)(N) = 0`` with a strict product: so 0 > 0."""
    terms: list[Formula] = []
    for product in refutation["products"]:
        factors = _powers([f"({path[k].name})" for k in product.value[1]])
        squares = [Scripted(row("(", base.polynomial, ")"), above=TWO) for base in product[2]]
        factors += squares
        coefficient = product[0]
        if coefficient.text != "1" or not factors:
            factors.insert(0, coefficient.formula)
        terms.append(Row(tuple(factors)))
    for multiplier in refutation["multipliers"]:
        name = Sign(f"({path[multiplier.value[0]].name})")
        terms.append(row("(", multiplier[1].polynomial, ")", name))
    return row("0", "<", joined(terms, "+"), "=", "0")


def _powers(names: list[str]) -> list[Formula]:
    factors: list[Formula] = []
    for name in dict.fromkeys(names):
        count = names.count(name)
        factors.append(
            Sign(name)
            if count == 1
            else Scripted(Sign(name), above=number(str(count), f"={count}"))
        )
    return factors
