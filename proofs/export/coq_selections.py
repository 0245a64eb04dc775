"""Claims about selections and their witnesses, in the words of ``Certificates.v``.

Claims about one λ of each agent, and thresholds (``Thresholds.v``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export.coq_data import claimed, contracts, game, levels, payments
from coopgap.proofs.export.coq_words import (
    Uncovered,
    each,
    fraction,
    index,
    indices,
    listed,
    option,
    record,
    truth,
    whole,
)
from coopgap.proofs.trusted.documents import fields, listing, require, truth_of

NOTHING = {"denominator": 1, "amounts": []}
"""The transfers of no contract."""

NAMES = {"gap-positive": "gap_positive", "gap-zero": "gap_zero", "closes": "closes"}
"""Claims without a number."""

NUMBERS = {"gap-at-least": "gap_at_least", "gap-at-most": "gap_at_most"}
"""Claims with a finite number."""

INFINITE = {"gap": "inf", "value": "-inf"}
"""Claims with a number that may be infinite."""

CLAIMS = frozenset(("implementable", *NAMES, *NUMBERS, *INFINITE))
THRESHOLDS = frozenset(("threshold", "threshold-at-most"))

Json = Mapping[str, Any]


def at_levels(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about one λ of each agent."""
    own = dict(witness)
    if claim["id"] == "implementable":
        own = {"reached" if claim["holds"] else "excluded": witness}
    require(set(own) <= {"reached", "bound", "excluded"}, "the witness has other fields")
    return (
        record(data=game(data), kind=contracts(data), **levels(data)),
        claimed(claim, _name),
        record(
            reached=option(own.get("reached"), lambda play: _reached(play, data)),
            bound=option(own.get("bound"), _bound),
            excluded=option(own.get("excluded"), _part),
        ),
    )


def thresholds(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about a common λ that it names."""
    require(data["prosociality"] is None, "the data fix λ, the claim gives another")
    below = "below" if claim["id"] == "threshold" else "bound"
    require(set(witness) <= {"reached", below}, "the witness has other fields")
    return (
        record(data=game(data), kind=contracts(data)),
        claimed(claim, _level),
        record(
            reached=option(witness.get("reached"), lambda play: _reached(play, data)),
            under=option(witness.get("below"), _bound),
            bound=option(witness.get("bound"), _bound),
        ),
    )


# --- claims ---------------------------------------------------------------------------------------


def _name(name: str, own: Json) -> str:
    if name in NAMES:
        fields(own, "the claim")
        return NAMES[name]
    if name == "implementable":
        return f"implementable {each(index)(*fields(own, 'the claim', 'selection'))}"
    (value,) = fields(own, "the claim", "value")
    if name in NUMBERS:
        return f"{NUMBERS[name]} {fraction(value)}"
    return f"{name} {option(None if value == INFINITE[name] else value, fraction)}"


def _level(name: str, own: Json) -> str:
    (value,) = fields(own, "the claim", "value")
    if name == "threshold":
        return f"threshold {option(None if value == 'inf' else value, fraction)}"
    return f"threshold_at_most {fraction(value)}"


# --- witnesses ------------------------------------------------------------------------------------


def _reached(value: Any, data: Json) -> str:
    paying = data["contracts"]["kind"] == "transfers"
    selection, entries = fields(value, "a play", "selection", "transfers")
    (entry,) = listing(entries, 1) if paying else [*listing(entries, 0), NOTHING]
    return record(played=each(index)(selection), paying=payments(entry))


def _bound(value: Any) -> str:
    if isinstance(value, dict) and "contracts" in value:
        raise Uncovered("its bound parts contracts into cases")
    obstructions, blocks = fields(value, "a bound", "obstructions", "blocks")
    return record(obstructions=each(_part)(obstructions), blocks=each(_block)(blocks))


def _part(value: Any) -> str:
    selection, deviations = fields(value, "an obstruction", "selection", "deviations")
    return record(
        chosen=listed(listing(selection), lambda pair: indices(listing(pair, 2))),
        deviations=listed(listing(deviations), _deviation),
    )


def _deviation(value: Any) -> str:
    *move, weight = listing(value, 4)
    return f"({', '.join(map(index, move))}, {whole(weight)})"


def _block(value: Any) -> str:
    states, best, strict, tree = fields(value, "a block", "states", "best", "strict", "tree")
    return record(
        among=each(index)(states),
        reference=option(best, each(index)),
        below=truth(truth_of(strict)),
        sorted=f"Node {_branches(tree)}",
    )


def _branches(value: Any) -> str:
    return listed(listing(value), lambda pair: _branch(*listing(pair, 2)))


def _branch(profile: Any, after: Any) -> str:
    deeper = f"Node {_branches(after)}" if isinstance(after, list) else f"Cut {index(after)}"
    return f"({index(profile)}, {deeper})"
