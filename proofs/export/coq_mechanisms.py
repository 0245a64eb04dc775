"""Claims about mechanisms and their witnesses, in the words of ``Mechanisms.v``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export.coq_data import claimed, game, levels, limits, row
from coopgap.proofs.export.coq_words import (
    Uncovered,
    each,
    fraction,
    index,
    listed,
    option,
    positive,
    record,
    whole,
)
from coopgap.proofs.trusted.documents import fields, listing, require

NAMES = {
    "mechanism-gap-positive": "mechanism_gap_positive",
    "mechanism-gap-zero": "mechanism_gap_zero",
}
"""Claims without a number."""

NUMBERS = {
    "mechanism-gap-at-least": "mechanism_gap_at_least",
    "mechanism-gap-at-most": "mechanism_gap_at_most",
    "mechanism-attains": "mechanism_attains",
}
"""Claims with a finite number."""

INFINITE = {"mechanism-gap": "inf", "mechanism-value": "-inf"}
"""Claims with a number that may be infinite."""

CLAIMS = frozenset((*NAMES, *NUMBERS, *INFINITE))

AIMS = {"welfare": "for_welfare", "nothing": "for_nothing"}

Json = Mapping[str, Any]


def mechanisms(claim: Json, data: Json, witness: Any) -> tuple[str, str, str]:
    """Problem, claim and witness of a certificate about mechanisms."""
    information, options = fields(data.get("mechanism"), "the mechanism", "information", "options")
    require(set(witness) <= {"reached", "bound"}, "the witness has other fields")
    return (
        record(
            data=game(data),
            **limits(data, "mechanism"),
            **levels(data),
            information=each(each(index))(information),
            options=option(options, each(fraction)),
        ),
        claimed(claim, _name),
        record(
            reached=option(witness.get("reached"), _point),
            bound=option(witness.get("bound"), _steps),
        ),
    )


def _name(name: str, own: Json) -> str:
    if name in NAMES:
        fields(own, "the claim")
        return NAMES[name]
    (value,) = fields(own, "the claim", "value")
    if name in NUMBERS:
        return f"{NUMBERS[name]} {fraction(value)}"
    written = option(None if value == INFINITE[name] else value, fraction)
    return f"{name.replace('-', '_')} {written}"


# --- what mechanisms reach ------------------------------------------------------------------------


def _point(value: Any) -> str:
    (points,) = fields(value, "the witness", "points")
    if len(listing(points)) > 1:
        raise Uncovered("its mechanism is only approached")
    total, unit, replies = fields(*points, "a point", "total", "denominator", "reports")
    return record(
        sum=positive(total),
        over=positive(unit),
        replies=listed(listing(replies), lambda pair: _reply(*listing(pair, 2))),
    )


def _reply(reports: Any, draws: Any) -> str:
    return f"({each(index)(reports)}, {each(_draw)(draws)})"


def _draw(value: Any) -> str:
    profile, weight, paid = listing(value, 3)
    rows = listed(listing(paid), lambda pair: row(*listing(pair, 2)))
    return record(recommended=index(profile), weighing=whole(weight), paid_at=rows)


# --- what they do not -----------------------------------------------------------------------------


def _steps(value: Any) -> str:
    return each(_step)(*fields(value, "the bound", "steps"))


def _step(value: Any) -> str:
    names = ("aim", "denominator", "incentives", "participation", "floor")
    aim, unit, incentives, participation, floor = fields(value, "a step", *names)
    return record(
        aim=_aim(aim),
        under=positive(unit),
        incentives=listed(listing(incentives), lambda move: _multiplied(move, 6)),
        participation=listed(listing(participation), lambda move: _multiplied(move, 3)),
        floor=whole(floor),
    )


def _aim(value: Any) -> str:
    if isinstance(value, str):
        require(value in AIMS, "the step aims at something else")
        return AIMS[value]
    draws = listed(listing(value), lambda pair: _aimed(*listing(pair, 2)))
    return f"for_draws {draws}"


def _aimed(reports: Any, profile: Any) -> str:
    return f"({each(index)(reports)}, {index(profile)})"


def _multiplied(value: Any, length: int) -> str:
    *move, number = listing(value, length)
    return f"({', '.join(map(index, move))}, {whole(number)})"
