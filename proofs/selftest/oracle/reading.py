"""Claims and data as docs/certificates.md writes them: whatever else stands there is malformed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from coopgap.proofs.selftest.oracle.numbers import INF, ONE, ZERO, Extended

Json = Any
T = TypeVar("T")

Point = Mapping[str, Fraction]


class Malformed(Exception):
    """A claim or data are not of the form on the page."""


def require(condition: bool) -> None:
    """Raises Malformed unless the condition holds."""
    if not condition:
        raise Malformed


def required(value: T | None) -> T:
    """The value; raises Malformed if there is none."""
    if value is None:
        raise Malformed
    return value


def fields(value: Json, *names: str) -> list[Json]:
    """The values of exactly these fields."""
    require(isinstance(value, dict) and set(value) == set(names))
    return [value[name] for name in names]


def items_of(value: Json, length: int | None = None) -> list[Json]:
    """The items of a list, of this length if one is given."""
    require(isinstance(value, list) and length in (None, len(value)))
    return list(value)


def whole(value: Json, below: int) -> int:
    """A whole number from 0 to below."""
    require(type(value) is int and 0 <= value < below)
    return int(value)


def wholes(value: Json, below: int, length: int | None = None) -> list[int]:
    """A list of such numbers."""
    return [whole(number, below) for number in items_of(value, length)]


def ascending(value: Json, below: int) -> list[int]:
    """A list of such numbers, ascending and different."""
    numbers = wholes(value, below)
    require(numbers == sorted(set(numbers)))
    return numbers


def truth_of(value: Json) -> bool:
    """A truth value."""
    require(type(value) is bool)
    return bool(value)


def distinct(value: Json) -> list[str]:
    """Names, at least one and no two alike."""
    names = items_of(value)
    require(bool(names) and all(isinstance(name, str) for name in names))
    require(len(set(names)) == len(names))
    return names


def polynomial(value: Json, names: Sequence[str]) -> dict[tuple[int, ...], int]:
    """Monomials, by indices of parameters, with their coefficients."""
    if type(value) is int:
        return {(): value} if value else {}
    require(isinstance(value, dict))
    index = {name: k for k, name in enumerate(names)}
    terms = {}
    for text, coefficient in value.items():
        factors = [] if text == "1" else text.split("*")
        require(all(name in index for name in factors))
        monomial = tuple(index[name] for name in factors)
        require(list(monomial) == sorted(monomial) and type(coefficient) is int)
        require(coefficient != 0)
        terms[monomial] = coefficient
    return terms


def number_at(value: Json, point: Point) -> Fraction:
    """A number at a point."""
    if type(value) is int:
        return Fraction(value)
    names = list(point)
    terms = polynomial(value, names)
    return sum(
        (c * math.prod((point[names[k]] for k in m), start=ONE) for m, c in terms.items()), ZERO
    )


def fraction_at(value: Json, point: Point, *infinite: str) -> Extended:
    """A fraction at a point, or one of the infinite ones named."""
    if isinstance(value, str):
        if value in infinite:
            return -INF if value == "-inf" else INF
        require(re.fullmatch(r"-?[0-9]+(/[0-9]*[1-9][0-9]*)?", value) is not None)
        require(str(Fraction(value)) == value)
        return Fraction(value)
    above, below = (number_at(part, point) for part in items_of(value, 2))
    require(below > 0)
    return above / below


def point_of(value: Json, names: Sequence[str]) -> dict[str, Fraction]:
    """A value of each parameter."""
    return {
        name: fraction_at(text, {})
        for name, text in zip(names, fields(value, *names), strict=True)
        if isinstance(text, str) or malformed()
    }


def malformed() -> bool:
    """Raises Malformed where a condition is expected."""
    raise Malformed


def compared(value: Fraction, relation: str) -> bool:
    """Whether a value is positive, not negative or zero, as the relation says."""
    require(relation in (">", ">=", "=="))
    return {">": value > 0, ">=": value >= 0, "==": value == 0}[relation]


def condition_at(value: Json, point: Point) -> bool:
    """Whether a condition holds at a point."""
    number, relation = items_of(value, 2)
    return compared(number_at(number, point), relation)


def formula_at(value: Json, point: Point) -> bool:
    """Whether a formula holds at a point."""
    parts = items_of(value)
    head = parts[0] if parts and isinstance(parts[0], str) else None
    if head in ("and", "or"):
        truths = [formula_at(part, point) for part in parts[1:]]
        return all(truths) if head == "and" else any(truths)
    if head == "not":
        return not formula_at(items_of(parts, 2)[1], point)
    return condition_at(value, point)


def objects(value: Json) -> Iterator[Mapping[str, Json]]:
    """All objects within a value."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack += node.values()
        elif isinstance(node, list):
            stack += node
