"""What mechanisms reach, and why no more, as parts of a certificate's proof."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coopgap.proofs.questions.mechanisms import Point, Reports, Step
from coopgap.theory.exact import common_denominator
from coopgap.theory.json_values import Json, Plain


def reached(points: Sequence[Point]) -> dict[str, Json]:
    """A mechanism, or a point and another one by mixing with which mechanisms approach it."""
    return {"reached": {"points": [_point(point) for point in points]}}


def _point(point: Point) -> dict[str, Json]:
    total = common_denominator(point.draws.values())
    paid = {place: [amount * total for amount in row] for place, row in point.payments.items()}
    scale = common_denominator([amount for row in paid.values() for amount in row])
    reports: dict[Reports, dict[int, tuple[int, list[Plain]]]] = {}
    for (cells, profile), chance in sorted(point.draws.items()):
        reports.setdefault(cells, {})[profile] = (int(chance * total), [])
    for ((cells, profile), record), row in sorted(paid.items()):
        draws = reports.setdefault(cells, {})
        _, payments = draws.setdefault(profile, (0, []))
        payments.append([record, [int(amount * scale) for amount in row]])
    return {
        "total": total,
        "denominator": scale,
        "reports": [
            [list(cells), [[profile, *draw] for profile, draw in sorted(draws.items())]]
            for cells, draws in sorted(reports.items())
        ],
    }


def bound(steps: Sequence[Step]) -> dict[str, Json]:
    """Why no mechanism reaches more."""
    return {"bound": {"steps": [_step(step) for step in steps]}}


def _step(step: Step) -> dict[str, Json]:
    multipliers = [*step.incentives.values(), *step.participation.values(), step.floor]
    scale = common_denominator(multipliers)
    aim: Any = step.aim
    if not isinstance(aim, str):
        aim = [[list(cells), profile] for cells, profile in sorted(aim)]
    return {
        "aim": aim,
        "denominator": scale,
        "incentives": [[*move, int(y * scale)] for move, y in sorted(step.incentives.items())],
        "participation": [[*t, int(y * scale)] for t, y in sorted(step.participation.items())],
        "floor": int(step.floor * scale),
    }
