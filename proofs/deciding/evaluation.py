"""A report at points: values turned into functions once, evaluated many times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.polynomials import narrow
from coopgap.proofs.deciding.values import Absent, Expression, Extremum, Pieces, Unknown

LEFT_OUT = ("certificates", "contracts", "obstruction", "basis")
"""The fields of a report that are not evaluated."""

Point = Sequence[Fraction | int]


def evaluator(value: Any) -> Callable[[Sequence[Fraction]], Any]:
    """A function from the values of the parameters to what a value of a report is there.

    Expressions become numbers, pieces one value, dataclasses are evaluated by field.
    """
    run = _run(value)
    return lambda values: run(tuple(map(narrow, values))) if callable(run) else run


def _run(value: Any) -> Any:
    """The function of a point that a value is, or what it is everywhere."""
    match value:
        case Absent():
            return None
        case Unknown(reason):
            return {"unknown": reason}
        case Expression((above, below)):
            return lambda point: Fraction(above.at(point)) / below.at(point)
        case Extremum(head, terms):
            return _joined(terms, max if head == "Max" else min)
        case Pieces(pieces):
            listed = [(piece.when, _run(piece.value)) for piece in pieces]

            def chosen(point: Point) -> Any:
                run = next(run for when, run in listed if when.holds(point))
                return run(point) if callable(run) else run

            return chosen
        case Mapping():
            keys = tuple(value)
            return _joined(value.values(), lambda own: dict(zip(keys, own, strict=True)))
        case tuple() | list():
            return _joined(value, list)
    if is_dataclass(value):
        own = [each for each in fields(value) if each.name not in LEFT_OUT]
        own = [each for each in own if each.metadata.get("of", "families") == "families"]
        return _run({each.name.rstrip("_"): getattr(value, each.name) for each in own})
    return value


def _joined(values: Iterable[Any], join: Callable[[list[Any]], Any]) -> Any:
    runs = [_run(each) for each in values]
    if not any(map(callable, runs)):
        return join(runs)
    return lambda point: join([run(point) if callable(run) else run for run in runs])
