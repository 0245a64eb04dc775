"""What every document is made of: objects with fixed keys, which are their own JSON Schemas."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

T = TypeVar("T")
NonEmptyList = Annotated[list[T], Field(min_length=1)]
AtLeastTwo = Annotated[list[T], Field(min_length=2)]
NonEmptyTable = Annotated[dict[str, T], Field(min_length=1)]


def note(description: str, **limits: Any) -> Any:
    """What a type of several documents is, for their schemas; limits: as of pydantic's fields."""
    return Field(description=description, **limits)


class Constraint(NamedTuple):
    """A constraint: what the value of one field says of others.

    Where ``field`` has one of ``values``, the fields ``filled`` hold something, and the fields
    ``empty`` hold null or an empty list.
    """

    field: str
    values: tuple[str | bool, ...]
    filled: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """The constraint in JSON Schema."""
        nothing: dict[str, Any] = {"enum": [None, []]}
        then = {key: {"not": nothing} for key in self.filled} | dict.fromkeys(self.empty, nothing)
        return {
            "if": {"properties": {self.field: {"enum": list(self.values)}}},
            "then": {"properties": then},
        }

    def holds(self, part: Part) -> bool:
        """Whether an object meets the constraint."""
        if getattr(part, self.field) not in self.values:
            return True
        return not any(getattr(part, key) in (None, []) for key in self.filled) and all(
            getattr(part, key) in (None, []) for key in self.empty
        )


def _add_constraints(schema: dict[str, Any], part: type[Part]) -> None:
    if part.constraints:
        schema["allOf"] = [constraint.schema() for constraint in part.constraints]


class Part(BaseModel):
    """An object that has all its keys and no others.

    The key of a field is its name; names that Python keeps to itself stand here with an underscore:
    ``lambda_``. The docstrings of a class and of its fields are the descriptions in the schema.
    """

    model_config = ConfigDict(
        alias_generator=lambda name: name.removesuffix("_"),
        defer_build=True,
        extra="forbid",
        frozen=True,
        json_schema_extra=_add_constraints,
        strict=True,
        use_attribute_docstrings=True,
    )
    constraints: ClassVar[tuple[Constraint, ...]] = ()

    @model_validator(mode="after")
    def _meets_constraints(self) -> Self:
        for constraint in self.constraints:
            if not constraint.holds(self):
                raise ValueError(f"what {constraint.field!r} says of other fields does not hold")
        return self
