"""Predictions told, registered and read again."""

from __future__ import annotations

import json as jsons
from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from coopgap.files import require_file, write_all
from coopgap.llm_checks.predictions import Equilibria, Predictions, from_registration
from coopgap.llm_checks.scenes import Study
from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import read_text
from coopgap.words import count, plain


def document(found: Study) -> dict[str, Any]:
    """The JSON document of ``predict``."""
    registered = found.predictions.registration()
    return {
        "schema": "coopgap.predict/1",
        "source": found.source,
        "games": [each.name for each in found.scenes],
        "sha256": registered["sha256"],
        "study": registered["study"],
        "predictions": registered["predictions"],
        "orderings": registered["orderings"],
        "equilibria": [_equilibria(found, each) for each in found.predictions.equilibria],
        "vacuous": list(found.predictions.vacuous),
        "unknown": list(found.predictions.unknown),
        "skipped": [asdict(each) for each in found.skipped],
    }


def register(found: Predictions, path: Path) -> None:
    """Writes the predictions with their hash."""
    text = jsons.dumps(found.registration(), indent=2, ensure_ascii=False) + "\n"
    require_file(path, "--register")
    write_all(path.parent, {path.name: text}, "--register")


def registered(path: Path) -> Predictions:
    """Reads what ``register`` wrote. Raises InputError, naming the file."""
    try:
        data = jsons.loads(read_text(path))
        if not isinstance(data, dict):
            raise InputError("this is no registration of predictions")
        return from_registration(data)
    except jsons.JSONDecodeError:
        raise InputError("this is no JSON", fix="name a registration", source=str(path)) from None
    except InputError as error:
        raise error.located(source=str(path)) from None


def story(found: Study) -> RenderableType:
    """The predictions in words."""
    parts: list[RenderableType] = [
        Text(f"Predictions for {plain(found.source)}", style="bold"),
        Text(f"sha256 {found.predictions.sha256}", style="dim"),
        Text(),
    ]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("condition", "quantity", "prediction", "claim"):
        table.add_column(name, overflow="fold")
    for each in found.predictions.intervals:
        table.add_row(
            *(
                Text(plain(text))
                for text in (
                    f"{each.regime}/{each.disposition}",
                    each.quantity,
                    interval(each.low, each.high),
                    each.claim,
                )
            )
        )
    parts += [table, Text()]
    parts += [
        Text(plain(f"{each.claim}: {each.higher} > {each.lower} in {each.quantity}"))
        for each in found.predictions.orderings
    ]
    parts += [
        Text(plain(f"unknown: {reason}"), style="yellow") for reason in found.predictions.unknown
    ]
    parts += skipped(found)
    made = count(len(found.predictions.intervals), "interval")
    parts.append(
        Text(f"{made} and {count(len(found.predictions.orderings), 'ordering')} predicted.")
    )
    return Group(*parts)


def skipped(found: Study) -> list[Text]:
    """The rows that are not used, with the reasons."""
    return [
        Text(plain(f"skipped: row {each.row} ({each.id}): {each.reason}"), style="yellow")
        for each in found.skipped
    ]


def interval(low: Fraction | None, high: Fraction | None) -> str:
    """Bounds as people write them."""
    if low == high:
        return f"= {low}"
    if high is None:
        return f"≥ {low}"
    return f"≤ {high}" if low is None else f"[{low}, {high}]"


def _equilibria(found: Study, one: Equilibria) -> dict[str, Any]:
    environment = found.scenes[0].environment
    mixed: Any = {"unknown": one.mixed}
    if not isinstance(one.mixed, str):
        mixed = {
            environment.states[state]: [[[str(p) for p in mix] for mix in pair] for pair in pairs]
            for state, pairs in one.mixed.items()
        }
    return {
        "regime": str(one.condition.regime),
        "disposition": str(one.condition.disposition),
        "pure": {
            environment.states[state]: [list(environment.labels(each)) for each in profiles]
            for state, profiles in one.pure.items()
        },
        "mixed": mixed,
        "independent": _bounds(one.independent, environment.denominator),
        "correlated": _bounds(one.correlated, environment.denominator),
    }


def _bounds(
    found: Mapping[str, tuple[Fraction, Fraction]], denominator: int
) -> dict[str, list[str]]:
    return {
        name: [str(each / denominator if name == "welfare" else each) for each in bounds]
        for name, bounds in found.items()
    }
