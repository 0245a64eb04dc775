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
    present,
    record,
    said,
    weighted,
    whole,
)
from coopgap.proofs.trusted.documents import fields, listing, require

NAMES = ("mechanism-gap-positive", "mechanism-gap-zero")
"""Claims without a number."""

NUMBERS = ("mechanism-gap-at-least", "mechanism-gap-at-most", "mechanism-attains")
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
            reached=present(witness, "reached", _point),
            bound=present(witness, "bound", _steps),
        ),
    )


def _name(name: str, own: Json) -> str:
    return said(name, own, NAMES, INFINITE)


# --- what mechanisms reach ------------------------------------------------------------------------


def _point(value: Any) -> str:
    (points,) = fields(value, "the witness", "points")
    if len(listing(points)) > 1:
        raise Uncovered("its mechanism is only approached")
    total, unit, replies = fields(*points, "a point", "total", "denominator", "reports")
    return record(
        sum=positive(total),
        over=positive(unit),
        replies=each(_reply)(replies),
    )


def _reply(value: Any) -> str:
    reports, draws = listing(value, 2)
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
        incentives=each(weighted(6))(incentives),
        participation=each(weighted(3))(participation),
        floor=whole(floor),
    )


def _aim(value: Any) -> str:
    if isinstance(value, str):
        require(value in AIMS, "the step aims at something else")
        return AIMS[value]
    return f"for_draws {each(_aimed)(value)}"


def _aimed(value: Any) -> str:
    reports, profile = listing(value, 2)
    return f"({each(index)(reports)}, {index(profile)})"
