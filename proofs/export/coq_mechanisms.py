"""Claims about mechanisms and their witnesses, in the words of ``Mechanisms.v``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.export import coq_words as coq
from coopgap.proofs.export.coq_data import claimed, game, levels, limits, row
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
        coq.record(
            data=game(data),
            **limits(data, "mechanism"),
            **levels(data),
            information=coq.lists(coq.lists(coq.index))(information),
            options=coq.option(options, coq.lists(coq.fraction)),
        ),
        claimed(claim, lambda name, own: coq.claim_words(name, own, NAMES, INFINITE)),
        coq.record(
            reached=coq.present(witness, "reached", _point),
            bound=coq.present(witness, "bound", _steps),
        ),
    )


# --- what mechanisms reach ------------------------------------------------------------------------


def _point(value: Any) -> str:
    (points,) = fields(value, "the witness", "points")
    if len(listing(points)) > 1:
        raise coq.Uncovered("its mechanism is only approached")
    total, unit, replies = fields(*points, "a point", "total", "denominator", "reports")
    return coq.record(
        sum=coq.positive(total), over=coq.positive(unit), replies=coq.lists(_reply)(replies)
    )


def _reply(value: Any) -> str:
    reports, draws = listing(value, 2)
    return f"({coq.lists(coq.index)(reports)}, {coq.lists(_draw)(draws)})"


def _draw(value: Any) -> str:
    profile, weight, paid = listing(value, 3)
    rows = coq.listed(listing(paid), lambda pair: row(*listing(pair, 2)))
    return coq.record(recommended=coq.index(profile), weighing=coq.whole(weight), paid_at=rows)


# --- what they do not -----------------------------------------------------------------------------


def _steps(value: Any) -> str:
    return coq.lists(_step)(*fields(value, "the bound", "steps"))


def _step(value: Any) -> str:
    names = ("aim", "denominator", "incentives", "participation", "floor")
    aim, unit, incentives, participation, least = fields(value, "a step", *names)
    return coq.record(
        aim=_aim(aim),
        under=coq.positive(unit),
        incentives=coq.lists(coq.weighted(6))(incentives),
        participation=coq.lists(coq.weighted(3))(participation),
        floor=coq.whole(least),
    )


def _aim(value: Any) -> str:
    if isinstance(value, str):
        require(value in AIMS, "the step aims at something else")
        return AIMS[value]
    return f"for_draws {coq.lists(_aimed)(value)}"


def _aimed(value: Any) -> str:
    reports, profile = listing(value, 2)
    return f"({coq.lists(coq.index)(reports)}, {coq.index(profile)})"
