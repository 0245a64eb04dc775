"""Expressions as fractions of polynomials, and fractions as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import (
    ONE,
    Polynomial,
    Ratio,
    Rejected,
    number,
    parameter,
    power,
    scaled,
)
from coopgap.theory.errors import InputError
from coopgap.theory.exact import narrow
from coopgap.theory.expressions import (
    Arithmetic,
    Comparison,
    Name,
    Negative,
    Number,
    Power,
    Tree,
    spelled,
)
from coopgap.theory.parsing import parse_expression

MAX_DEGREE = 24
"""The largest degree of numerators and denominators of a family's expressions."""

MAX_TERMS = 500
"""The largest number of their terms."""


def ratio(tree: Tree, index: Mapping[str, int]) -> tuple[Ratio, tuple[Polynomial, ...]]:
    """The expression as a fraction of polynomials, and all polynomials that it divides by.

    Raises InputError for a degree or a number of terms beyond the limits, and for a division by a
    polynomial that is 0 identically.
    """
    return _read(tree, tuple(index.items()))


# One game is often read many times, for each theorem about it and for each assumption left out.
@lru_cache(1024)
def _read(tree: Tree, index: tuple[tuple[str, int], ...]) -> tuple[Ratio, tuple[Polynomial, ...]]:
    divisors: list[Polynomial] = []
    try:
        value = _ratio(tree, dict(index), divisors)
    except Rejected as error:
        raise InputError(
            f"an expression is too large: {error}", fix="write a simpler one"
        ) from None
    simple = reduced(value)
    for part in simple:
        if part.degree > MAX_DEGREE or len(part.terms) > MAX_TERMS:
            raise InputError(
                f"an expression has degree {part.degree} and {len(part.terms):,} terms",
                fix=f"degree {MAX_DEGREE} and {MAX_TERMS:,} terms are the limit",
            )
    return simple, tuple(divisors)


def _ratio(tree: Tree, index: Mapping[str, int], divisors: list[Polynomial]) -> Ratio:
    match tree:
        case Number(value):
            return number(narrow(value)), ONE
        case Name(name):
            return parameter(index[name]), ONE
        case Negative(operand):
            above, below = _ratio(operand, index, divisors)
            return -above, below
        case Power(base, exponent):
            above, below = _ratio(base, index, divisors)
            if exponent < 0:
                above, below = _divided((ONE, ONE), (above, below), divisors)
            return power(above, abs(exponent)), power(below, abs(exponent))
        case Arithmetic(symbol, left, right):
            return _computed(
                symbol, _ratio(left, index, divisors), _ratio(right, index, divisors), divisors
            )
    raise InputError("this is no arithmetic expression", fix="use + - * / ** and parentheses")


def _computed(symbol: str, left: Ratio, right: Ratio, divisors: list[Polynomial]) -> Ratio:
    if symbol == "/":
        return _divided(left, right, divisors)
    if symbol == "*":
        return left[0] * right[0], left[1] * right[1]
    addend = right[0] if symbol == "+" else -right[0]
    if left[1] == right[1]:
        return left[0] + addend, left[1]
    return left[0] * right[1] + addend * left[1], left[1] * right[1]


def _divided(left: Ratio, right: Ratio, divisors: list[Polynomial]) -> Ratio:
    if not right[0].terms:
        raise InputError("something is divided by zero", fix="divide by something else")
    if right[0].constant is None:
        divisors.append(right[0])
    return left[0] * right[1], right[0] * left[1]


def summed(left: Ratio, right: Ratio) -> Ratio:
    """The sum of two fractions."""
    return reduced(_computed("+", left, right, []))


def reduced(value: Ratio) -> Ratio:
    """The same fraction in lowest terms.

    The denominator is 1 if it is constant; otherwise its coefficients are coprime integers, the
    first of them positive.
    """
    above, below = value
    constant = below.constant
    if constant is not None:
        return scaled(above, 1 if constant == 1 else 1 / Fraction(constant)), ONE
    if not above.terms:
        return above, ONE
    # Lazily, as below: conditions are read and spelled without it.
    import flint

    size = 1 + max(k for part in value for monomial in part.terms for k in (*monomial, 0))
    context = flint.fmpq_mpoly_ctx.get([f"x{k}" for k in range(size)], "lex")
    top, bottom = (to_flint(part, context, size) for part in value)
    common = top.gcd(bottom)
    above, below = (from_flint(part / common) for part in (top, bottom))
    primitive = below.primitive
    if primitive.terms[min(primitive.terms)] < 0:
        primitive = -primitive
    some = next(iter(below.terms))
    scale = Fraction(primitive.terms[some]) / below.terms[some]
    if primitive.constant is not None:
        return scaled(above, scale / Fraction(primitive.constant)), ONE
    return scaled(above, scale), primitive


def to_flint(polynomial: Polynomial, context: Any, size: int) -> Any:
    """The polynomial in a context of python-flint with so many variables."""
    import flint

    whole = isinstance(context, flint.fmpz_mpoly_ctx)
    terms = {}
    for monomial, coefficient in polynomial.terms.items():
        powers = [0] * size
        for k in monomial:
            powers[k] += 1
        exact = Fraction(coefficient)
        terms[tuple(powers)] = (
            exact.numerator if whole else flint.fmpq(exact.numerator, exact.denominator)
        )
    return context.from_dict(terms)


def from_flint(polynomial: Any) -> Polynomial:
    """A polynomial of python-flint."""
    terms = {}
    for powers, coefficient in polynomial.to_dict().items():
        monomial = tuple(k for k, power in enumerate(powers) for _ in range(int(power)))
        exact = Fraction(int(coefficient.numerator), int(coefficient.denominator))
        terms[monomial] = narrow(exact)
    return Polynomial(terms)


def compared(left: Ratio, relation: str, right: Ratio) -> Condition:
    """``left relation right`` (one of > >= < <= == !=) as one condition on the parameters.

    It is equivalent wherever no denominator is 0.
    """
    if relation in ("<", "<="):
        left, right, relation = right, left, relation.replace("<", ">")
    above, below = reduced(_computed("-", left, right, []))
    polynomial = above if below == ONE else above * below
    if relation == "==":
        return Condition(above, "==")
    if relation == "!=":
        return Condition(above * above, ">")
    return Condition(polynomial.primitive, relation)


def factors(polynomial: Polynomial) -> list[tuple[Polynomial, int]]:
    """The irreducible factors with their powers, up to a constant of the polynomial's sign."""
    import flint

    size = 1 + max(k for monomial in polynomial.terms for k in (*monomial, 0))
    context = flint.fmpz_mpoly_ctx.get([f"x{k}" for k in range(size)], "lex")
    whole = to_flint(polynomial.primitive, context, size)
    content, irreducible = whole.factor()
    parts = [(from_flint(factor), int(power)) for factor, power in irreducible]
    if int(content) < 0:
        parts.append((-ONE, 1))
    return parts


def ratio_text(value: Ratio, names: Sequence[str]) -> str:
    """An expression in SymPy's syntax.

    Linear expressions follow the order of the names; others are factored by SymPy if that is
    shorter.
    """
    plain = spelled(_plain_tree(value, names))
    return min((plain, _factored(value, names) or plain), key=len)


def ratio_tree(value: Ratio, names: Sequence[str]) -> Tree:
    """The expression of ``ratio_text``, as a tree."""
    plain, text = _plain_tree(value, names), ratio_text(value, names)
    return plain if spelled(plain) == text else parse_expression(text)


def _signed(value: Ratio) -> Ratio:
    """The same fraction with as few minus signs as possible above and below together."""
    above, below = value
    terms = [*above.terms.values(), *below.terms.values()]
    if below.constant is None and 2 * sum(c < 0 for c in terms) > len(terms):
        return -above, -below
    return value


def _factored(value: Ratio, names: Sequence[str]) -> str | None:
    """A nonlinear expression as SymPy factors and prints it; None for a linear one."""
    above, below = _signed(value)
    if max(above.degree, below.degree) < 2:
        return None
    import sympy

    return str(sympy.factor(to_sympy(above, names) / to_sympy(below, names)))


def _plain_tree(value: Ratio, names: Sequence[str]) -> Tree:
    """The expression without factors."""
    above, below = _signed(value)
    if not above.terms or (below == ONE and len(above.terms) == 1):
        return polynomial_tree(above, names)
    primitive = above.primitive
    some = next(iter(above.terms))
    scale = Fraction(above.terms[some]) / primitive.terms[some]
    size = scale.numerator
    if len(primitive.terms) == 1 or size == 1:
        tree = polynomial_tree(scaled(primitive, size), names)
    else:
        tree = Arithmetic("*", Number(Fraction(size)), polynomial_tree(primitive, names))
    if len(below.terms) == 1:
        below, scale = scaled(below, scale.denominator), Fraction(size)
    under: list[Tree] = [Number(Fraction(scale.denominator))] if scale.denominator != 1 else []
    under += [polynomial_tree(below, names)] if below != ONE else []
    return Arithmetic("/", tree, _product(under)) if under else tree


def _product(trees: Sequence[Tree]) -> Tree:
    return reduce(lambda left, right: Arithmetic("*", left, right), trees)


def polynomial_tree(polynomial: Polynomial, names: Sequence[str]) -> Tree:
    """The expression of ``polynomial_text``, as a tree."""
    total: Tree | None = None
    for coefficient, factors in _terms(polynomial, names):
        size = abs(coefficient)
        trees: list[Tree] = [
            Name(name) if exponent == 1 else Power(Name(name), exponent)
            for name, exponent in factors
        ]
        if size.numerator != 1 or not trees:
            trees.insert(0, Number(Fraction(size.numerator)))
        if total is None and coefficient < 0:
            first = trees[0]
            trees[0] = Number(-first.value) if isinstance(first, Number) else Negative(first)
        tree = _product(trees)
        if size.denominator != 1:
            tree = Arithmetic("/", tree, Number(Fraction(size.denominator)))
        sign = "-" if coefficient < 0 else "+"
        total = tree if total is None else Arithmetic(sign, total, tree)
    return total or Number(Fraction(0))


def to_sympy(polynomial: Polynomial, names: Sequence[str]) -> Any:
    """The polynomial as a SymPy expression in symbols of these names."""
    import sympy

    symbols = [sympy.Symbol(name) for name in names]
    return sum(
        (
            reduce(lambda x, y: x * y, (symbols[k] for k in monomial), sympy.Rational(str(c)))
            for monomial, c in polynomial.terms.items()
        ),
        sympy.Integer(0),
    )


def condition_text(condition: Condition, names: Sequence[str]) -> str:
    """A comparison with positive terms on both sides: ``2*R > S + T``."""
    return spelled(condition_tree(condition, names))


def condition_tree(condition: Condition, names: Sequence[str]) -> Comparison:
    """The comparison of ``condition_text``, as a tree."""
    left, right = _sides(condition)
    relation = condition.relation
    if not left.terms or left.constant is not None:
        left, right, relation = right, left, relation.replace(">", "<")
    return Comparison((polynomial_tree(left, names), polynomial_tree(right, names)), (relation,))


def _sides(condition: Condition) -> tuple[Polynomial, ...]:
    terms = condition.polynomial.primitive.terms
    return tuple(
        Polynomial({m: sign * c for m, c in terms.items() if sign * c > 0}) for sign in (1, -1)
    )


def polynomial_text(polynomial: Polynomial, names: Sequence[str]) -> str:
    """A polynomial in SymPy's syntax: positive terms first, then by degree and parameters."""
    return spelled(polynomial_tree(polynomial, names))


def _terms(
    polynomial: Polynomial, names: Sequence[str]
) -> list[tuple[Fraction, list[tuple[str, int]]]]:
    """Coefficients with the parameters and their powers: positive terms first."""

    def rank(monomial: tuple[int, ...]) -> tuple[object, ...]:
        return polynomial.terms[monomial] < 0, -len(monomial), monomial

    return [
        (
            Fraction(polynomial.terms[monomial]),
            [(names[k], monomial.count(k)) for k in dict.fromkeys(monomial)],
        )
        for monomial in sorted(polynomial.terms, key=rank)
    ]
