"""What a family's report says at a point, read as its readers would: the text of quantities is
parsed here, by rules of this file's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from coopgap.theory.errors import InputError
from coopgap.theory.families import Family

Point = Mapping[str, Fraction]

INFINITIES = {"inf", "-inf"}


def computed(text: str, point: Point) -> Fraction:
    """An expression in SymPy's syntax: + - * / **, Max, Min, Rational."""
    return _computed(ast.parse(text, mode="eval").body, point)


def _computed(node: ast.expr, point: Point) -> Fraction:
    match node:
        case ast.Constant(int() as value):
            return Fraction(value)
        case ast.Name(name):
            return Fraction(point[name])
        case ast.UnaryOp(ast.USub(), operand):
            return -_computed(operand, point)
        case ast.BinOp(left, operator, right):
            a, b = _computed(left, point), _computed(right, point)
            match operator:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
                case ast.Pow():
                    assert b.denominator == 1
                    return a ** int(b)
        case ast.Call(ast.Name(name), arguments):
            values = [_computed(argument, point) for argument in arguments]
            match name:
                case "Max":
                    return max(values)
                case "Min":
                    return min(values)
                case "Rational":
                    return values[0] / values[1]
    raise AssertionError(f"no expression: {ast.unparse(node)}")


def holds(condition: str, point: Point) -> bool:
    """Comparisons joined by ``and``."""
    return all(_compares(part, point) for part in condition.split(" and "))


def _compares(text: str, point: Point) -> bool:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Compare)
    assert len(node.ops) == 1
    a, b = _computed(node.left, point), _computed(node.comparators[0], point)
    match node.ops[0]:
        case ast.Gt():
            return a > b
        case ast.GtE():
            return a >= b
        case ast.Lt():
            return a < b
        case ast.LtE():
            return a <= b
        case ast.Eq():
            return a == b
        case ast.NotEq():
            return a != b
    raise AssertionError(f"no comparison: {text}")


def is_piecewise(value: Any) -> bool:
    """Whether a value is given by region."""
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(isinstance(piece, dict) and set(piece) == {"when", "value"} for piece in value)
    )


def is_unknown(value: Any) -> bool:
    """Whether a quantity is unknown."""
    return isinstance(value, dict) and set(value) == {"unknown"}


def chosen(value: Any, point: Point) -> Any:
    """The value of the one region in which the point lies; what is the same everywhere is plain."""
    if not is_piecewise(value):
        return value
    values = [piece["value"] for piece in value if holds(piece["when"], point)]
    assert len(values) == 1, f"{len(values)} regions hold {dict(point)}: {value}"
    return values[0]


def number_at(value: Any, point: Point) -> str | None:
    """A number of a report at a point, as a concrete report writes it."""
    text: str | None = chosen(value, point)
    if text is None or text in INFINITIES:
        return text
    return str(computed(text, point))


def conditions(value: Any) -> Iterator[str]:
    """All comparisons of regions within a report."""
    if is_piecewise(value):
        for piece in value:
            yield from piece["when"].split(" and ")
    if isinstance(value, Mapping):
        for part in value.values():
            yield from conditions(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from conditions(part)


def random_points(
    family: Family, rng: Random, edges: Sequence[str] = (), tries: int = 20_000
) -> Iterator[dict[str, Fraction]]:
    """Random points that satisfy the assumptions; every other one lies on one of the edges, if one
    of its parameters can be solved for."""
    for number in range(tries):
        scale, width = rng.choice([1, 1, 2, 3, 7]), rng.choice([1, 2, 5, 20])
        point = {
            name: Fraction(rng.randint(-width * scale, width * scale), scale)
            for name in family.parameters
        }
        if edges and number % 2:
            _put_on(rng.choice(list(edges)), point, rng)
        try:
            family.point(point)
        except InputError:
            continue
        yield point


def _put_on(edge: str, point: dict[str, Fraction], rng: Random) -> None:
    """Changes one parameter so that both sides of a comparison are equal, if it is linear in it."""
    node = ast.parse(edge, mode="eval").body
    assert isinstance(node, ast.Compare)

    def difference(name: str, value: int) -> Fraction:
        moved = {**point, name: Fraction(value)}
        return _computed(node.left, moved) - _computed(node.comparators[0], moved)

    name = rng.choice(list(point))
    low, middle, high = (difference(name, value) for value in (0, 1, 2))
    if middle - low == high - middle != 0:
        point[name] = -low / (middle - low)
