"""Games in JSON and YAML: spec files in another spelling, or payoff tables.

A document with a ``game`` means what a TOML file of the same keys means. A shorter one has
``payoffs``: nested lists, one level for each player, with one payoff for each player inside; and
may have ``players`` and ``actions`` (a list for each player), else counted from 1, and a ``title``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from coopgap.theory.errors import InputError
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.readers.spec import specification_of
from coopgap.theory.readers.values import Float, key, quoted
from coopgap.theory.specification import FamilySpecification, Specification

_KEYS = ("title", "players", "actions", "payoffs")
_FIX = "write nested lists, one level for each player, with a list of all players' payoffs inside"


def read_plain(path: Path, max_bytes: int = MAX_BYTES) -> Specification | FamilySpecification:
    """The game in a .json or .yaml file; raises InputError as ``spec_from_text`` does."""
    parse = _json if path.suffix.lower() == ".json" else _yaml
    return plain_from_text(read_text(path, max_bytes), str(path), parse)


def plain_from_text(
    text: str, origin: str, parse: Callable[[str], object]
) -> Specification | FamilySpecification:
    """The game in a text; errors name ``origin`` as its file."""
    try:
        document = parse(text)
        _require_characters(text, document)
        if not isinstance(document, dict) or not document:
            raise InputError("this describes no game", fix="write an object with payoffs or a game")
        if "game" in document:
            return specification_of(document, origin)
        spec = _spec(document)
        try:
            return specification_of(spec, origin)
        except InputError as error:
            place = _place(error.field, list(spec["game"]["actions"]))
            raise InputError(error.problem, fix=error.fix, field=place) from None
    except RecursionError:
        raise InputError(
            "lists or tables are nested too deeply", fix="nest fewer", source=origin
        ) from None
    except InputError as error:
        raise error.located(source=origin) from None


def _require_characters(text: str, document: object) -> None:
    r"""Refuses escapes such as \ud800, halves of characters that no file can hold."""
    if "\\u" not in text.lower():
        return
    try:
        json.dumps(document, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as error:
        half = ascii(error.object[error.start])
        raise InputError(f"{half} is half a character", fix="write the whole one") from None


def _json(text: str) -> object:
    try:
        return json.loads(
            text, parse_float=Float, parse_constant=_no_number, object_pairs_hook=_unique
        )
    except InputError:
        raise
    except json.JSONDecodeError as error:
        raise InputError(f"this is not JSON: {error}", fix="mend that line") from None
    except ValueError:
        raise InputError("a number has too many digits", fix="shorten it") from None


def _no_number(name: str) -> object:
    raise InputError(f"{name} is no exact number", fix="write an integer or a text such as '1/3'")


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    table: dict[str, object] = {}
    for name, value in pairs:
        if name in table:
            raise InputError(f"the key {name!r} stands twice", fix="leave one out")
        table[name] = value
    return table


def _yaml(text: str) -> object:
    try:
        import yaml
    except ImportError:
        raise InputError(
            "YAML needs a library that is not installed", fix="pip install 'coopgap[yaml]'"
        ) from None

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Exact: what is written as a decimal is kept as text; no key twice, no references."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            # References would let a small file stand for a huge one.
            if self.check_event(yaml.AliasEvent):
                raise InputError("there is a reference (*)", fix="write out what it stands for")
            return super().compose_node(parent, index)

    def mapping(loader: Loader, node: Any) -> dict[str, object]:
        pairs = [(loader.construct_object(k, True), v) for k, v in node.value]
        return _unique([(str(k), loader.construct_object(v, True)) for k, v in pairs])

    Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: Float(node.value))
    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    try:
        return yaml.load(text, Loader)
    except InputError:
        raise
    except yaml.YAMLError as error:
        problem = " ".join(str(error).replace('in "<unicode string>", ', "in ").split())
        raise InputError(f"this is not YAML: {problem}", fix="mend that line") from None
    except ValueError as error:
        raise InputError(f"this cannot be read: {error}", fix="write it as text") from None


def _spec(document: dict[str, Any]) -> dict[str, Any]:
    """A payoff table as a spec."""
    for field in document:
        if field not in _KEYS:
            raise InputError(f"there is no key {field!r}", fix=suggestion(str(field), _KEYS))
    if "payoffs" not in document:
        raise InputError("there are no payoffs", fix=_FIX, field="payoffs")
    table = document["payoffs"]
    if not isinstance(table, list):
        raise InputError(f"{quoted(table)} is no list", fix=_FIX, field="payoffs")
    sizes = list(_sizes(table))
    names = document.get("players", [str(k + 1) for k in range(sizes[-1] if sizes else 0)])
    if not isinstance(names, list):
        raise InputError(
            f"{quoted(names)} is no list",
            fix='list the names, as in ["row", "col"]',
            field="players",
        )
    if len(sizes) != len(names) + 1 or sizes[-1] != len(names):
        raise InputError(
            f"the lists are nested {len(sizes)} deep, with {sizes[-1] if sizes else 'no'} payoffs "
            f"inside, for {quoted(names)}",
            fix=_FIX,
            field="payoffs",
        )
    actions = document.get("actions", [[str(k + 1) for k in range(size)] for size in sizes[:-1]])
    if not isinstance(actions, list) or len(actions) != len(names):
        raise InputError(
            f"{quoted(actions)} has not one list for each of {len(names)} players",
            fix="list the actions of each player",
            field="actions",
        )
    tables = {str(name): _payoffs_of(table, k, len(names)) for k, name in enumerate(names)}
    game = {
        "players": [str(name) for name in names],
        "actions": {str(name): own for name, own in zip(names, actions, strict=True)},
        "payoffs": tables,
    }
    return {"title": document.get("title", ""), "game": game}


def _place(field: str, names: Sequence[str]) -> str:
    """The place that the file has for one in the spec: all players share one table."""
    for player, name in enumerate(names):
        for table in ("payoffs", "actions"):
            prefix = f"game.{table}.{key(name)}"
            if field == prefix or field.startswith(f"{prefix}["):
                inner = field.removeprefix(prefix)
                if table == "actions":
                    return f"actions[{player}]{inner}"
                return f"payoffs{inner}" + f"[{player}]" * (inner.count("[") == len(names))
    return field.removeprefix("game.")


def _sizes(table: object) -> Iterator[int]:
    while isinstance(table, list) and table:
        yield len(table)
        table = table[0]


def _payoffs_of(table: object, player: int, levels: int) -> object:
    """The player's own payoffs, nested as before."""
    if not isinstance(table, list):
        raise InputError(f"{quoted(table)} is no list", fix=_FIX, field="payoffs")
    if levels:
        return [_payoffs_of(subtable, player, levels - 1) for subtable in table]
    if len(table) <= player:
        raise InputError(f"{quoted(table)} lists too few payoffs", fix=_FIX, field="payoffs")
    return table[player]
