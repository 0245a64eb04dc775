"""The shape of a spec file: its keys, and the kind of value that each one takes.

The models below validate a parsed TOML document and generate the published JSON Schema;
``coopgap.theory.readers.spec`` decides what the values mean together.
``python -m coopgap.theory.readers.shape`` prints the schema.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal, Protocol, TypeVar, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetPydanticSchema,
    PlainValidator,
    Tag,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import ErrorDetails, core_schema

from coopgap.theory.errors import InputError, inside
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers.claim_fields import CLAIM_FIELDS
from coopgap.theory.readers.parameters import Expression, Scope
from coopgap.theory.readers.values import Float, key, not_exact, quoted
from coopgap.theory.specification import require_level

_M = TypeVar("_M", bound=BaseModel)
_N = TypeVar("_N", bound="Named")
_T = TypeVar("_T")

SCHEMA_ID = "coopgap.spec/1"

_PLUGINS = "PYDANTIC_DISABLE_PLUGINS"

COMMON = ""
"""The key of a value common to all: one λ for every agent, profiles without a state."""

BY_PLAYER = " "
"""What tells strategies, written by player and cell, from a profile."""


MAX_RANGE = 10_000
"""The largest number of actions that a range may list."""

_RANGE = re.compile(r"\s*([+-]?[0-9]{1,9})\s*\.\.\s*([+-]?[0-9]{1,9})\s*")


def range_or_list(value: object) -> object:
    """The whole numbers of a range ``"a..b"``, ends included; any other value as it is.

    Raises InputError for text that is no range, and for one that is empty or too long.
    """
    if not isinstance(value, str):
        return value
    ends = _RANGE.fullmatch(value)
    if ends is None:
        raise InputError(f"{quoted(value)} is no range", fix='write "0..10", or a list of actions')
    first, last = map(int, ends.groups())
    if not 0 <= last - first < MAX_RANGE:
        raise InputError(
            f"the range {quoted(value)} has {max(last - first + 1, 0):,} numbers",
            fix=f"write the smaller one first; a range has at most {MAX_RANGE:,}",
        )
    return list(range(first, last + 1))


def _label(value: object) -> str:
    """A name as text; an integer is the same label as its digits."""
    if isinstance(value, Float):
        raise not_exact(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{quoted(value)} is no name", fix='write text such as "A", or an integer')
    if value == "":
        raise InputError("the name is empty", fix="give it a name")
    return str(value)


def _distinct(names: list[str]) -> list[str]:
    if not names:
        raise InputError("the list is empty", fix="list at least one name")
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"{name!r} is listed twice", fix="give each its own name")
        seen.add(name)
    return names


def _parameter_names(names: list[str]) -> list[str]:
    if not names:
        raise InputError("the list is empty", fix="name a parameter, or leave [parameters] out")
    return _distinct(names)


def _number(value: object, info: ValidationInfo) -> Expression:
    assert isinstance(info.context, Scope)
    return info.context.read(value)


def _expression_schema(
    read: Callable[[object, ValidationInfo], Expression | None],
) -> GetPydanticSchema:
    """How pydantic reads an expression.

    ``PlainValidator`` would build the schema of all trees besides, to write them, which takes
    longer than all else that a spec needs.
    """
    schema = core_schema.with_info_plain_validator_function(read)
    return GetPydanticSchema(lambda _source, _handler: schema)


def _level(value: object, info: ValidationInfo) -> Expression:
    level = _number(value, info)
    require_level(level.tree)
    return level


def _liability(value: object, info: ValidationInfo) -> Expression | None:
    return None if value == "none" else _number(value, info)


def _claim_id(value: object) -> str:
    if not isinstance(value, str) or value not in CLAIM_FIELDS:
        raise InputError(
            f"there is no claim {quoted(value)}", fix=suggestion(str(value), CLAIM_FIELDS)
        )
    return value


def _keyed(value: object) -> object:
    """A value common to all, under the key COMMON."""
    return value if isinstance(value, dict) else {COMMON: value}


_NUMBER: JsonSchemaValue = {
    "type": ["integer", "string"],
    "description": 'An exact number: 3, "1/3", "0.25"; or an expression in the parameters.',
}
_ENTRY: JsonSchemaValue = {
    "description": 'A table, "symmetric", or a formula of actions: "2*total - 3*own".',
    "anyOf": [{"type": "string"}, {"$ref": "#/$defs/PayoffTable"}],
}
_TABLE: JsonSchemaValue = {
    "description": "A payoff, or a list with one table for each action of the next player.",
    "anyOf": [_NUMBER, {"type": "array", "items": {"$ref": "#/$defs/PayoffTable"}}],
}
_PAYOFFS: JsonSchemaValue = {
    "type": "object",
    "description": "A table or formula for each player, or for each state one for each player.",
    "additionalProperties": {
        "anyOf": [*_ENTRY["anyOf"], {"type": "object", "additionalProperties": _ENTRY}]
    },
}

_DISTINCT = Field(json_schema_extra={"minItems": 1, "uniqueItems": True})

Label = Annotated[str, PlainValidator(_label), WithJsonSchema({"type": ["string", "integer"]})]
Labels = Annotated[list[Label], AfterValidator(_distinct), _DISTINCT]
Actions = Annotated[
    list[Label],
    BeforeValidator(range_or_list, json_schema_input_type=list[Label] | str),
    AfterValidator(_distinct),
    _DISTINCT,
]
Players = Annotated[list[str], AfterValidator(_distinct), _DISTINCT]
ParameterNames = Annotated[list[str], AfterValidator(_parameter_names), _DISTINCT]
Number = Annotated[Expression, _expression_schema(_number), WithJsonSchema(_NUMBER)]
Level = Annotated[Expression, _expression_schema(_level), WithJsonSchema(_NUMBER)]
Liability = Annotated[
    Expression | None,
    _expression_schema(_liability),
    WithJsonSchema(
        {**_NUMBER, "description": '"none", an exact number ≥ 0, or an expression that is.'}
    ),
]
ClaimId = Annotated[
    str, PlainValidator(_claim_id), WithJsonSchema({"type": "string", "enum": list(CLAIM_FIELDS)})
]
PerPlayer = Annotated[
    dict[str, Level],
    BeforeValidator(_keyed, json_schema_input_type=Level | dict[str, Level]),
]
Equilibrium = Annotated[
    Annotated[list[Label], Tag(COMMON)] | Annotated[dict[str, dict[str, Label]], Tag(BY_PLAYER)],
    Discriminator(lambda value: BY_PLAYER if isinstance(value, dict) else COMMON),
]
Listed = Mapping[str, Sequence[list[str] | dict[str, dict[str, str]]]]
"""Equilibria by state (or COMMON), each a profile, or strategies by player and cell."""

Profiles = Annotated[
    dict[str, list[Equilibrium]],
    BeforeValidator(
        _keyed, json_schema_input_type=list[Equilibrium] | dict[str, list[list[Label]]]
    ),
]


class Shape(BaseModel):
    """A table of a spec: its keys, and no others."""

    # The validators take a while to build; they are built with the first document that is read.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    @property
    def present_keys(self) -> frozenset[str]:
        """The keys that the file has."""
        fields = type(self).model_fields
        return frozenset(fields[name].alias or name for name in self.model_fields_set)


class Titled(Shape):
    """A whole spec file, of any kind."""

    title: str = ""
    source: str = ""


class Parameters(Shape):
    """The parameters of a family, the assumptions on them, and names for expressions in them."""

    names: ParameterNames
    assume: list[str] = []
    # Read by coopgap.theory.readers.parameters, once all names are known.
    let: dict[str, Annotated[Any, WithJsonSchema(_NUMBER)]] = {}


class States(Shape):
    """The contingencies and how likely they are."""

    names: Labels
    prior: list[Number] | None = None


class Game(Shape):
    """The game: ``states`` may be left out if there is one only, ``cooperative`` always."""

    players: Players
    actions: dict[str, Actions]
    states: States | None = None
    cooperative: dict[str, Labels] | None = None
    values: dict[Label, dict[str, Number]] = {}
    # Up to a million entries, which coopgap.theory.readers.tables reads faster than a model.
    payoffs: dict[str, Any]


class Contracts(Shape):
    """The class of contracts."""

    kind: Literal["transfers", "directive"] = "transfers"
    budget: Literal["balanced", "burnt", "free"] = "balanced"
    liability: Liability = None
    participation: dict[str, Number] | None = None
    permissive: bool = False

    def entries(self) -> dict[str, Any]:
        """The keys that the file has, with their values."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}

    @property
    def expressions(self) -> Iterator[Expression]:
        """The bound on fines and the outside options."""
        yield from () if self.liability is None else (self.liability,)
        yield from (self.participation or {}).values()


class Language(Shape):
    """A contract language: what a court cannot tell apart, or the expressions that it sees."""

    name: Label
    states: list[list[Label]] | None = None
    actions: dict[str, list[list[Label]]] | None = None
    records: list[str] | None = None
    contracts: Contracts = Field(default_factory=Contracts)


class Named(Protocol):
    """A table of a list in which each has a name of its own."""

    @property
    def name(self) -> str:
        """Its name."""


def read_languages(tables: Sequence[_N], read: Callable[[_N], _T]) -> tuple[_T, ...]:
    """What is read of each language; raises InputError, naming it, for a name that is taken."""
    languages: dict[str, _T] = {}
    for position, language in enumerate(tables):
        with inside(f"language[{position}]"):
            if language.name in languages:
                raise InputError(
                    f"{language.name!r} is the name of an earlier language",
                    fix="give each language its own name",
                    field="name",
                )
            languages[language.name] = read(language)
    return tuple(languages.values())


class Prosociality(Shape):
    """The levels of λ to report, each common to all players or given for each of them."""

    levels: list[PerPlayer] = Field(alias="lambda")


class Claim(Shape):
    """A claim to decide; ``theory.readers.claim_fields`` lists the fields that an id takes."""

    id: ClaimId
    language: Label | None = None
    value: Number | None = None
    prosociality: PerPlayer | None = Field(default=None, alias="lambda")
    profiles: Profiles | None = None


class Spec(Titled):
    """A whole spec file."""

    parameters: Parameters | None = None
    game: Game
    language: list[Language] = []
    contracts: Contracts = Field(default_factory=Contracts)
    information: dict[str, list[list[Label]]] = {}
    prosociality: Prosociality | None = None
    claim: list[Claim] = []


class _Head(BaseModel):
    model_config = ConfigDict(defer_build=True)

    parameters: Parameters | None = None


def read_parameters(document: Mapping[str, object]) -> Parameters | None:
    """The [parameters] of a document; raises InputError as ``validated`` does."""
    return validated(_Head, document).parameters if "parameters" in document else None


_KEYS_OF_KIND = {
    "transfers": ("budget", "liability", "participation"),
    "directive": ("permissive",),
}


def overridden(common: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of ``[contracts]``, overridden by a language's own.

    A language with its own kind of contracts takes over only the keys that apply to that kind.
    """
    if "kind" in own:
        common = {name: common[name] for name in _KEYS_OF_KIND[own["kind"]] if name in common}
    return {**common, **own}


def validated(model: type[_M], document: Mapping[str, object], scope: Scope | None = None) -> _M:
    """The document as a value of the model, with expressions in the names of the scope.

    Raises InputError, naming the field, for the first value that does not fit.
    """
    try:
        with _without_plugins():
            return model.model_validate(document, context=scope)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    # A misspelt key also leaves the right one missing; the misspelling is reported.
    misspelt = (fault for fault in faults if fault["type"] == "extra_forbidden")
    raise _explained(model, next(misspelt, faults[0]))


@contextmanager
def _without_plugins() -> Iterator[None]:
    """Pydantic would look for plugins in all that is installed, when it builds its validators."""
    before = os.environ.get(_PLUGINS)
    os.environ[_PLUGINS] = "__all__"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_PLUGINS]
        else:
            os.environ[_PLUGINS] = before


def schema() -> dict[str, Any]:
    """The JSON Schema of a spec file, as published in ``spec.schema.json``."""
    document = published(Spec, SCHEMA_ID, "coopgap spec file")
    definitions = document["$defs"]
    definitions["PayoffTable"] = _TABLE
    definitions["Game"]["properties"]["payoffs"] = _PAYOFFS
    return document


def published(model: type[Shape], name: str, title: str) -> dict[str, Any]:
    """The JSON Schema of a kind of spec file."""
    document = model.model_json_schema(schema_generator=_Schema)
    head = {"$schema": GenerateJsonSchema.schema_dialect, "$id": name}
    return {**head, **document, "title": title}


class _Schema(GenerateJsonSchema):
    """The schema without null and titles.

    TOML has no null, so a key may be missing but is never null.
    """

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, _schema: object) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


_KINDS = {
    "string_unicode": ("text of whole characters", "leave out what is half of one"),
    "string_type": ("text", 'write it in quotes, "…"'),
    "list_type": ("a list", "write it in brackets, […]"),
    "dict_type": ("a table", "write it in braces, { key = … }, or under a [heading]"),
    "model_type": ("a table", "write it in braces, { key = … }, or under a [heading]"),
    "int_type": ("a whole number", "write its digits without quotes, such as 20"),
    "bool_type": ("a Boolean", "write true or false"),
}


def _explained(model: type[BaseModel], fault: ErrorDetails) -> InputError:
    """One of pydantic's faults as an InputError."""
    *path, last = location = fault["loc"]
    kind, value = fault["type"], fault["input"]
    if kind == "value_error":
        return fault["ctx"]["error"].located(field=_field(location))  # type: ignore[no-any-return]
    if kind == "extra_forbidden":
        fix = suggestion(str(last), _keys(model, path))
        return InputError(f"unknown key {last!r}", fix=fix, field=_field(path))
    if kind == "missing":
        return InputError(f"{last!r} is missing", fix="add it", field=_field(path))
    if isinstance(value, Float):
        return not_exact(value).located(field=_field(location))
    if kind == "literal_error":
        choices = fault["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        return InputError(
            f"{quoted(value)} is no choice",
            fix=suggestion(str(value), choices),
            field=_field(location),
        )
    expected, fix = _KINDS[kind]
    if kind == "list_type" and isinstance(value, dict) and len(location) == 1:
        fix = f"begin it with [[{last}]]"
    return InputError(f"{quoted(value)} is not {expected}", fix=fix, field=_field(location))


def _keys(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The keys of the table at a path of a document of this model."""
    parts = iter([part for part in path if isinstance(part, str)])
    for part in parts:
        annotation = _fields(model)[part]
        if get_origin(annotation) is dict:
            # The next part is a name that the file gives.
            next(parts, None)
        model = next(_models(annotation))
    return list(_fields(model))


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """The annotations of a model's fields, by their keys in a file."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _field(path: Sequence[str | int]) -> str:
    """A path as text: ``game.actions."Player 1"[0]``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part not in (COMMON, BY_PLAYER):
            text += ("." if text else "") + key(part)
    return text


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
