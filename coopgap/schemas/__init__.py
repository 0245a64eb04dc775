"""JSON Schemas (draft 2020-12) of the documents that the command prints.

A file ``NAME.schema.json`` holds the schema of one document; what several share is in ``common``.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from coopgap.theory.errors import InputError
from coopgap.theory.nearest import suggestion

COMMON = "common"
SUFFIX = ".schema.json"


def names() -> list[str]:
    """The names of the schemas."""
    found = (each.name for each in files(__name__).iterdir() if each.name.endswith(SUFFIX))
    return sorted({each.removesuffix(SUFFIX) for each in found} - {COMMON})


def schema(name: str) -> dict[str, Any]:
    """The schema of that name, complete in itself: what it refers to is among its ``$defs``.
    Raises InputError for an unknown name."""
    if name not in names():
        raise InputError(
            f"there is no schema {name!r}", fix=suggestion(name, names()), field="NAME"
        )
    whole = read(name)
    definitions: dict[str, Any] = {}
    whole["$defs"] = definitions
    _bind(whole, name, definitions)
    if not definitions:
        del whole["$defs"]
    return whole


def read(name: str) -> dict[str, Any]:
    """The schema in the file of that name, which may refer to other files."""
    text = files(__name__).joinpath(f"{name}{SUFFIX}").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _bind(part: Any, file: str, definitions: dict[str, Any]) -> None:
    """Lets references of a part that stands in a file lead to definitions, which are added."""
    if isinstance(part, list):
        for each in part:
            _bind(each, file, definitions)
    elif isinstance(part, dict):
        for each in part.values():
            if each is not definitions:
                _bind(each, file, definitions)
        if isinstance(part.get("$ref"), str):
            part["$ref"] = _bound(part["$ref"], file, definitions)


def _bound(reference: str, file: str, definitions: dict[str, Any]) -> str:
    place, _, path = reference.partition("#")
    source = place.removesuffix(SUFFIX) or file
    name = path.rpartition("/")[2] or source
    if name not in definitions:
        found = read(source)
        target = found["$defs"][name] if path else found
        if not path:
            for key in ("$schema", "$id", "$defs"):
                target.pop(key, None)
        definitions[name] = target
        _bind(target, source, definitions)
    return f"#/$defs/{name}"
