"""The documents that the command prints with ``--json``: their types, and from these their schemas.

Each document has a module, named as its schema is in ``coopgap schema``, and a title; what a
command prints of one thing, of several, or as a list is in the module of the command. ``shared``
holds what several documents have, ``base`` what all of them are made of. Payoffs and welfare are in
utils, λ and probabilities are pure numbers, exact numbers are text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from coopgap.theory.nearest import require_known


def _documents() -> Iterator[tuple[str, type[BaseModel]]]:
    """The types that have a title; the schema of ``FuzzPeers`` is named ``fuzz-peers``."""
    for module in iter_modules(__path__):
        for part in vars(import_module(f"{__name__}.{module.name}")).values():
            modelled = isinstance(part, type) and issubclass(part, BaseModel)
            if modelled and part.model_config.get("title"):
                yield re.sub(r"(?<=[a-z])(?=[A-Z])", "-", part.__name__).lower(), part


DOCUMENTS: Mapping[str, type[BaseModel]] = MappingProxyType(dict(sorted(set(_documents()))))
"""By the name of its schema, the type of each document."""


SPECS: Mapping[str, str] = MappingProxyType(
    {
        "spec": "A spec file of a game or of a family of games.",
        "group-spec": "A spec file of a game of groups of identical agents.",
        "commons-spec": "A spec file of a commons.",
    }
)
"""By the name of its schema, what each kind of spec file is; TOML, JSON or YAML."""


def description(name: str) -> str:
    """What prints a document, or what a kind of spec file is, in a sentence."""
    return SPECS[name] if name in SPECS else " ".join((DOCUMENTS[name].__doc__ or "").split())


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a document or of spec files, complete in itself.

    What it refers to is among its ``$defs``. Raises InputError for an unknown name.
    """
    if name in SPECS:
        text = files("coopgap.theory.readers").joinpath(f"{name}.schema.json")
        return dict(json.loads(text.read_text(encoding="utf-8")))
    require_known(name, [*DOCUMENTS, *SPECS], "schema", "NAME")
    generated = DOCUMENTS[name].model_json_schema(schema_generator=_Schema)
    head = {
        "$schema": _Schema.schema_dialect,
        "$id": f"coopgap.schemas/{name}",
        "title": generated["title"],
        "description": generated["description"],
    }
    return {**head, **_tidied(generated)}


class _Schema(GenerateJsonSchema):
    """Fields have descriptions and no titles; keys stay in their order."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value


def _tidied(part: Any) -> Any:
    """A schema with its definitions by name, each description in one line, and without titles."""
    if isinstance(part, list):
        return [_tidied(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    tidied: dict[str, Any] = {}
    for key, value in part.items():
        if key == "$defs":
            tidied[key] = {name: _tidied(value[name]) for name in sorted(value)}
        elif isinstance(value, str) and key == "description":
            tidied[key] = " ".join(value.split())
        elif not isinstance(value, str) or key != "title":
            tidied[key] = _tidied(value)
    return tidied
