"""Claims about selections and their witnesses, in the words of ``Certificates.v``.

Claims about one λ of each agent, and thresholds (``Thresholds.v``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export import coq_words as coq
from coopgap.proofs.export.coq_data import claimed, contracts, game, levels, payments
from coopgap.proofs.trusted.documents import fields, listing, require, truth_of

NOTHING = {"denominator": 1, "amounts": []}
"""The transfers of no contract."""

NAMES = ("gap-positive", "gap-zero", "closes")
"""Claims without a number."""

NUMBERS = ("gap-at-least", "gap-at-most")
"""Claims with a finite number."""

INFINITE = {"gap": "inf", "value": "-inf"}
"""Claims with a number that may be infinite."""

CLAIMS = frozenset(("implementable", *NAMES, *NUMBERS, *INFINITE))
THRESHOLDS = frozenset(("threshold", "threshold-at-most", "value-between"))

ENDS = ("from", "to", "from_included", "to_included")
"""The fields of an interval of λ."""

Json = Mapping[str, Any]


def at_levels(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about one λ of each agent."""
    own = dict(witness)
    if claim["id"] == "implementable":
        own = {"reached" if claim["holds"] else "excluded": witness}
    require(set(own) <= {"reached", "bound", "excluded"}, "the witness has other fields")
    return (
        coq.record(data=game(data), kind=contracts(data), **levels(data)),
        claimed(claim, _name),
        coq.record(
            reached=coq.present(own, "reached", lambda play: _reached(*_play(play, data))),
            bound=coq.present(own, "bound", bound),
            excluded=coq.present(own, "excluded", part),
        ),
    )


def thresholds(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about common λ that it names."""
    require(data["prosociality"] is None, "the data fix λ, the claim gives another")
    below = "below" if claim["id"] == "threshold" else "bound"
    require(set(witness) <= {"reached", below}, "the witness has other fields")
    ends = 2 if claim["id"] == "value-between" else 1
    selection, *entries = _play(witness["reached"], data, ends) if "reached" in witness else [None]
    return (
        coq.record(data=game(data), kind=contracts(data)),
        claimed(claim, _level),
        coq.record(
            reached=coq.option(selection, lambda chosen: _reached(chosen, entries[0])),
            later=coq.option(entries[1] if entries[1:] else None, payments),
            under=coq.present(witness, "below", bound),
            bound=coq.present(witness, "bound", bound),
        ),
    )


# --- claims ---------------------------------------------------------------------------------------


def _name(name: str, own: Json) -> str:
    if name == "implementable":
        return f"implementable {coq.lists(coq.index)(*fields(own, 'the claim', 'selection'))}"
    return coq.claim_words(name, own, NAMES, INFINITE)


def _level(name: str, own: Json) -> str:
    if name == "value-between":
        return _interval(*fields(own, "the claim", "value", *ENDS))
    return coq.claim_words(name, own, (), {"threshold": "inf"})


def _interval(value: Any, low: Any, high: Any, first: Any, last: Any) -> str:
    number, end = coq.extended(value, "-inf"), coq.extended(high, "inf")
    included = f"{coq.truth(truth_of(first))} {coq.truth(truth_of(last))}"
    return f"value_between {number} {coq.fraction(low)} {end} {included}"


# --- witnesses ------------------------------------------------------------------------------------


def _play(value: Any, data: Json, ends: int = 1) -> list[Any]:
    """The selection, and the transfers at each end."""
    paying = data["contracts"]["kind"] == "transfers"
    selection, entries = fields(value, "a play", "selection", "transfers")
    if paying:
        return [listing(selection), *listing(entries, ends)]
    return [listing(selection), *listing(entries, 0), *[NOTHING] * ends]


def _reached(selection: Any, entry: Any) -> str:
    return coq.record(played=coq.lists(coq.index)(selection), paying=payments(entry))


def bound(value: Any) -> str:
    """A bound by obstructions, ``Bound`` in Coq."""
    if isinstance(value, dict) and "contracts" in value:
        raise coq.Uncovered("its bound parts contracts into cases")
    obstructions, blocks = fields(value, "a bound", "obstructions", "blocks")
    return coq.record(obstructions=coq.lists(part)(obstructions), blocks=coq.lists(_block)(blocks))


def part(value: Any) -> str:
    """An obstruction, ``Part`` in Coq."""
    selection, deviations = fields(value, "an obstruction", "selection", "deviations")
    return coq.record(
        chosen=coq.listed(listing(selection), lambda pair: coq.indices(listing(pair, 2))),
        deviations=coq.lists(coq.weighted(4))(deviations),
    )


def _block(value: Any) -> str:
    states, best, strict, tree = fields(value, "a block", "states", "best", "strict", "tree")
    return coq.record(
        among=coq.lists(coq.index)(states),
        reference=coq.option(best, coq.lists(coq.index)),
        below=coq.truth(truth_of(strict)),
        sorted=f"Node {coq.lists(_branch)(tree)}",
    )


def _branch(value: Any) -> str:
    profile, after = listing(value, 2)
    deeper = (
        f"Node {coq.lists(_branch)(after)}"
        if isinstance(after, list)
        else f"Cut {coq.index(after)}"
    )
    return f"({coq.index(profile)}, {deeper})"
