"""Marks of actions: the functions of one's own action that payoff formulas use, as integers ≥ 0.

A formula that is a sum of products of a function of ``own`` and one of totals is affine in these
marks once the totals are known. Where it is none, a mark for each action but the first is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from coopgap.theory.evaluation import compiled, payoff_of
from coopgap.theory.exact import coprime, narrow
from coopgap.theory.expressions import Arithmetic, Negative, Number, Power, Tree, names_in, parts

OWN = "own"

MAX_TERMS = 64
"""The largest number of products in a formula that is multiplied out."""

Term = tuple[Tree, Tree]
"""A function of one's own action times a function of totals."""

_ONE = Number(Fraction(1))


def terms_of(tree: Tree) -> list[Term] | None:
    """The formula as a sum of products of a function of own and one of totals, if it is one."""
    names = set(names_in(tree))
    if OWN not in names:
        return [(_ONE, tree)]
    if names == {OWN}:
        return [(tree, _ONE)]
    terms: list[Term] | None = None
    match tree, [terms_of(part) for part in parts(tree)]:
        case Arithmetic("+", _, _), [list(left), list(right)]:
            terms = left + right
        case Arithmetic("-", _, _), [list(left), list(right)]:
            terms = left + [(Negative(own), rest) for own, rest in right]
        case Negative(_), [list(inner)]:
            terms = [(Negative(own), rest) for own, rest in inner]
        case Arithmetic("*", _, _), [list(left), list(right)]:
            terms = _multiplied(left, right)
        case Arithmetic("/", _, right), [list(left), _]:
            if OWN not in names_in(right):
                terms = [(own, Arithmetic("/", rest, right)) for own, rest in left]
        case Power(_, exponent), [list(inner)] if 1 <= exponent <= MAX_TERMS:
            terms = inner
            for _ in range(exponent - 1):
                terms = _multiplied(terms, inner)
    return terms if terms is None or len(terms) <= MAX_TERMS else None


def _multiplied(left: Sequence[Term], right: Sequence[Term]) -> list[Term]:
    products: list[Term] = [
        (Arithmetic("*", left_own, right_own), Arithmetic("*", left_rest, right_rest))
        for left_own, left_rest in left[: MAX_TERMS + 1]
        for right_own, right_rest in right[: MAX_TERMS + 1]
    ]
    return products[: MAX_TERMS + 1]


def of_actions(own: Tree, numbers: Sequence[Fraction]) -> list[Fraction]:
    """The function's values at the numbers of actions; raises InputError if one is no number."""
    run = compiled(own, [OWN])
    return [Fraction(payoff_of(run([narrow(number)]))) for number in numbers]


def columns_of(numbers: Sequence[Fraction], functions: Sequence[Tree]) -> list[tuple[int, ...]]:
    """Marks, a column each, of which with 1 all these functions of own are combinations."""
    columns = [_whole(numbers)] if len(numbers) > 1 else []
    for own in dict.fromkeys(functions):
        values = of_actions(own, numbers)
        if _solution([(1,) * len(values), *columns], values) is None:
            columns.append(_whole(values))
    return columns


def indicators(count: int) -> list[tuple[int, ...]]:
    """A mark for each action but the first: the aggregate then counts who takes which."""
    return [tuple(int(a == b) for a in range(count)) for b in range(1, count)]


def _whole(values: Sequence[Fraction]) -> tuple[int, ...]:
    """The values less the least one, times the least number that makes them whole."""
    return tuple(coprime(x - min(values) for x in values))


def solved(columns: Sequence[Sequence[int]], values: Sequence[Fraction]) -> list[Fraction]:
    """The coefficients of 1 and of each column in the values."""
    solution = _solution([(1,) * len(values), *columns], values)
    assert solution is not None, "the marks were chosen so"
    return solution


def _solution(
    columns: Sequence[Sequence[int]], values: Sequence[Fraction]
) -> list[Fraction] | None:
    """The coefficients of independent columns that give the values; None if there are none."""
    rows = [
        [*map(Fraction, row), value]
        for row, value in zip(zip(*columns, strict=True), values, strict=True)
    ]
    pivots = 0
    for column in range(len(columns)):
        chosen = next((i for i in range(pivots, len(rows)) if rows[i][column]), None)
        if chosen is None:
            return None
        rows[pivots], rows[chosen] = rows[chosen], rows[pivots]
        head = [x / rows[pivots][column] for x in rows[pivots]]
        rows[pivots] = head
        for i, row in enumerate(rows):
            if i != pivots and row[column]:
                factor = row[column]
                rows[i] = [x - factor * y for x, y in zip(row, head, strict=True)]
        pivots += 1
    if any(row[-1] for row in rows[pivots:]):
        return None
    return [row[-1] for row in rows[:pivots]]
