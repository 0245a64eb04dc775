"""Spec files of a fishery in closed form: its numbers, levels of λ, claims to decide."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pydantic import Field

from coopgap.theory.commons.fishery import Fishery, FisherySpecification
from coopgap.theory.commons.specification import CommonsQuestion
from coopgap.theory.errors import InputError, inside, read_entries
from coopgap.theory.readers.claim_fields import require_fields
from coopgap.theory.readers.commons_shape import MOST_AGENTS, Claim, Number, Prosociality, Whole
from coopgap.theory.readers.shape import Shape, Titled, validated

CLAIMS = ("closes", "threshold-at-most")
"""The claim ids that make sense for a fishery."""


class FisheryTable(Shape):
    """The fishery."""

    agents: Whole
    power: Number
    discount: Number


class FisherySpec(Titled):
    """A whole spec file of a fishery."""

    fishery: FisheryTable
    prosociality: Prosociality | None = None
    claim: list[Claim] = Field(default=[])


def fishery_specification(document: Mapping[str, object], origin: str) -> FisherySpecification:
    """The specification in a parsed file with a [fishery].

    Raises InputError, naming the field, for content that breaks the rules of such files.
    """
    spec = validated(FisherySpec, document)
    table = spec.fishery
    with inside("fishery"):
        if not 2 <= table.agents <= MOST_AGENTS:
            raise InputError(
                f"{table.agents} is too few agents, or too many",
                fix=f"write 2 to {MOST_AGENTS}",
                field="agents",
            )
        for name, value in (("power", table.power), ("discount", table.discount)):
            if not 0 < value < 1:
                raise InputError(
                    f"{value} is not between 0 and 1", fix='write "1/2", say', field=name
                )
    return FisherySpecification(
        fishery=Fishery(table.agents, Fraction(table.power), Fraction(table.discount)),
        levels=tuple(spec.prosociality.levels) if spec.prosociality else (),
        questions=read_entries("claim", spec.claim, _question),
        title=spec.title,
        source=spec.source,
        origin=origin,
    )


def _question(claim: Claim) -> CommonsQuestion:
    if claim.id not in CLAIMS:
        raise InputError(
            f"the claim {claim.id!r} is about other games",
            fix=f"a fishery has {' and '.join(CLAIMS)}",
            field="id",
        )
    require_fields(claim.id, claim.present_keys)
    if claim.language is not None:
        raise InputError("a fishery has no languages", fix="leave it out", field="language")
    return CommonsQuestion(claim.id, None, claim.value, claim.prosociality)
