"""The shape of spec files of a commons: their keys, and the kind of value that each takes.

``python -m coopgap.theory.readers.commons_shape`` prints its JSON Schema.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Plain
from coopgap.theory.readers.shape import (
    ClaimId,
    Label,
    Labels,
    Shape,
    Titled,
    published,
    validated,
)
from coopgap.theory.readers.values import exact, quoted

SCHEMA_ID = "coopgap.commons-spec/1"

MOST_UNITS = 1000
"""The largest capacity."""

MOST_MONTHS = 120
"""The longest horizon."""

MOST_AGENTS = 100
"""The most agents."""

_RANGE = re.compile(r"(\d{1,6})\.\.(\d{1,6})", re.ASCII)


def _whole(value: object) -> int:
    number = exact(value)
    if isinstance(number, Fraction) and number.denominator > 1:
        raise InputError(f"{quoted(value)} is no whole number", fix="write whole units")
    if number < 0:
        raise InputError(f"{quoted(value)} is negative", fix="write a number that is at least 0")
    return int(number)


def _number(value: object) -> Fraction:
    return Fraction(exact(value))


def _level(value: object) -> Fraction:
    if isinstance(value, dict):
        raise InputError("the agents of a commons are alike", fix="write one λ for all of them")
    level = _number(value)
    if level < 0:
        raise InputError(f"{level} is negative", fix="λ is at least 0")
    return level


def _demands(value: object) -> tuple[int, ...]:
    match = _RANGE.fullmatch(value) if isinstance(value, str) else None
    if match is not None:
        low, high = map(int, match.groups())
        _require_units(high)
        return tuple(range(low, high + 1))
    if not isinstance(value, list):
        raise InputError(
            f"{quoted(value)} is no grid of harvests", fix='write "0..100", or a list as [0, 5, 10]'
        )
    demands = tuple(sorted({_whole(demand) for demand in value}))
    _require_units(max(demands, default=0))
    return demands


def _require_units(high: int) -> None:
    if high > MOST_UNITS:
        raise InputError(
            f"there are over {MOST_UNITS} units", fix="count in larger units", field=""
        )


def _cells(value: object) -> Any:
    if value in ("all", "none"):
        return value
    if not isinstance(value, list) or not all(isinstance(interval, list) for interval in value):
        raise InputError(
            f"{quoted(value)} says not what a quota may react to",
            fix='write "none", "all" or intervals such as [[0, 49], [50, 100]]',
        )
    return [[_whole(end) for end in interval] for interval in value]


def _growth(value: object) -> GrowthTable | RegimeTable:
    """A plain factor or a table; one with regimes is of its own shape."""
    if isinstance(value, dict) and "regimes" in value:
        return validated(RegimeTable, value)
    return validated(GrowthTable, value if isinstance(value, dict) else {"factors": [value]})


_NUMBER = {"type": ["integer", "string"], "description": 'An exact number: 3, "1/3", "0.25".'}

Whole = Annotated[int, PlainValidator(_whole), WithJsonSchema({"type": "integer", "minimum": 0})]
Number = Annotated[Fraction, PlainValidator(_number), WithJsonSchema(_NUMBER)]
Level = Annotated[Fraction, PlainValidator(_level), WithJsonSchema(_NUMBER)]
Demands = Annotated[
    tuple[int, ...],
    PlainValidator(_demands),
    WithJsonSchema({"type": ["string", "array"], "description": '"0..100", or whole numbers.'}),
]
Cells = Annotated[
    Any,
    PlainValidator(_cells),
    WithJsonSchema({"description": '"none", "all", or intervals such as [[0, 49], [50, 100]].'}),
]


class GrowthTable(Shape):
    """Growth: one factor, or several with their probabilities."""

    names: Labels | None = None
    factors: list[Number]
    prior: list[Number] | None = None
    seen: bool = False


class ShiftTable(Shape):
    """When the first regime turns: from a mean harvest on."""

    start: Number = Field(alias="from")
    probability: Number
    slope: Number = Fraction(0)
    most: Number = Fraction(1)


class RecoverTable(Shape):
    """When the second regime turns: below a mean harvest."""

    below: Number
    probability: Number
    slope: Number = Fraction(0)
    most: Number = Fraction(1)


class RegimeTable(Shape):
    """Growth in two regimes: their factors, and when the one turns into the other."""

    regimes: dict[Label, Number]
    window: Whole = 1
    shift: ShiftTable
    recover: RecoverTable


class ShockTable(Shape):
    """A loss of units after the growth of a month, down to a floor."""

    after: Whole
    loss: Whole
    floor: Whole = 0


class Resource(Shape):
    """The commons."""

    agents: Whole
    stock: Whole
    capacity: Whole
    harvest: Demands
    growth: Annotated[
        GrowthTable | RegimeTable,
        PlainValidator(_growth, json_schema_input_type=Number | GrowthTable | RegimeTable),
    ]
    horizon: Whole
    collapse: Whole = 0
    rationing: Literal["one-at-a-time", "proportional"] = "one-at-a-time"
    shock: ShockTable | None = None
    prosocial: Whole | None = None


class Language(Shape):
    """What a quota may react to."""

    name: Label
    stock: Cells = "all"
    month: Cells = "all"
    growth: Literal["none", "all"] = "all"
    regime: Literal["none", "all"] = "all"
    past: Literal["none", "all"] = "all"


class Prosociality(Shape):
    """The levels of λ to report."""

    levels: list[Level] = Field(alias="lambda")


class Claim(Shape):
    """A claim to decide."""

    id: ClaimId
    language: Label | None = None
    value: Number | None = None
    prosociality: Level | None = Field(default=None, alias="lambda")


class CommonsSpec(Titled):
    """A whole spec file of a commons."""

    commons: Resource
    language: list[Language] = Field(default=[])
    prosociality: Prosociality | None = None
    claim: list[Claim] = Field(default=[])


def schema() -> dict[str, Plain]:
    """The JSON Schema of a spec file of a commons, as published in ``commons-spec.schema.json``."""
    return published(CommonsSpec, SCHEMA_ID, "coopgap spec file of a commons")


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
