"""The shape of a spec file about groups of identical agents.

``python -m coopgap.theory.readers.group_shape`` prints its JSON Schema.
"""

from __future__ import annotations

import json

from pydantic import Field

from coopgap.theory.json_values import Plain
from coopgap.theory.readers.shape import (
    Actions,
    Claim,
    Contracts,
    PerPlayer,
    Shape,
    States,
    Titled,
    published,
)
from coopgap.theory.readers.shape import Label as LabelShape
from coopgap.theory.readers.shape import Number as NumberShape

SCHEMA_ID = "coopgap.group-spec/1"


class GroupShape(Shape):
    """Identical agents."""

    size: int
    actions: Actions


class GroupGameShape(Shape):
    """A game of groups."""

    groups: dict[str, GroupShape]
    states: States | None = None
    values: dict[LabelShape, dict[str, NumberShape]] = Field(default_factory=dict)
    payoffs: dict[str, Plain]


class GroupLanguageShape(Shape):
    """A contract language: groups of states and of actions, and whether the total is seen."""

    name: LabelShape
    states: list[list[LabelShape]] | None = None
    actions: dict[str, list[list[LabelShape]]] | None = None
    total: bool = False
    contracts: Contracts = Field(default_factory=Contracts)


class GroupProsocialityShape(Shape):
    """Levels of λ to report, and losses for which the least λ is reported."""

    levels: list[PerPlayer] = Field(default_factory=list, alias="lambda")
    tolerance: list[NumberShape] = Field(default_factory=list)


Play = dict[str, dict[str, int]]
"""For each group how many of its agents take which action."""


class GroupClaimShape(Claim):
    """A claim to decide."""

    profiles: list[Play] | dict[LabelShape, list[Play]] | None = None  # type: ignore[assignment]


class GroupSpecShape(Titled):
    """A spec file about groups of identical agents."""

    game: GroupGameShape
    language: list[GroupLanguageShape] = Field(default_factory=list)
    contracts: Contracts = Field(default_factory=Contracts)
    prosociality: GroupProsocialityShape | None = None
    claim: list[GroupClaimShape] = Field(default_factory=list)


def schema() -> dict[str, Plain]:
    """The JSON Schema of a spec file about groups, as published in ``group-spec.schema.json``."""
    document = published(GroupSpecShape, SCHEMA_ID, "coopgap spec file about groups")
    formula = {"type": ["string", "integer"]}
    document["$defs"]["GroupGameShape"]["properties"]["payoffs"] = {
        "type": "object",
        "description": "A formula for each group, or for each state one for each group.",
        "additionalProperties": {
            "anyOf": [formula, {"type": "object", "additionalProperties": formula}]
        },
    }
    return document


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
