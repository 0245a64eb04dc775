"""Expressions and conditions to SymPy and back, node by node: no text is ever parsed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from coopgap.proofs.deciding.values import Expression, Extremum, Where, Written
from coopgap.theory.errors import InputError
from coopgap.theory.exact import Infinite
from coopgap.theory.expressions import Arithmetic, Comparison, Name, Negative, Number, Power, Tree

if TYPE_CHECKING:
    import sympy


def is_symbolic(value: object) -> bool:
    """Whether the value is of SymPy, which is not imported for the question."""
    library = sys.modules.get("sympy")
    return library is not None and isinstance(value, library.Basic)


def written(expression: sympy.Basic) -> str:
    """The expression or the comparison as spec files write it.

    Raises InputError for what is no comparison of ratios of polynomials with rational numbers.
    """
    import sympy

    match expression:
        case sympy.Integer():
            return str(int(expression))
        case sympy.Rational():
            return f"({int(expression.p)}/{int(expression.q)})"
        case sympy.Symbol():
            return str(expression.name)
        case sympy.Add():
            return f"({' + '.join(map(written, expression.args))})"
        case sympy.Mul():
            return "*".join(map(written, expression.args))
        case sympy.Pow(exp=sympy.Integer() as exponent):
            power = f"({written(expression.base)})**{abs(int(exponent))}"
            return power if exponent > 0 else f"(1/({power}))"
        case sympy.core.relational.Relational():
            left, right = map(written, expression.args)
            return f"{left} {expression.rel_op} {right}"
    raise InputError(
        f"{expression} is no ratio of polynomials with exact numbers",
        fix="write +, -, *, / and whole powers of symbols and rational numbers",
    )


def symbols_in(expression: sympy.Basic) -> set[str]:
    """The names of the symbols of an expression."""
    return {symbol.name for symbol in expression.free_symbols}


def as_sympy(value: Any) -> object:
    """A number, a quantity, a condition or a tree as SymPy has it; other values as text.

    Symbols have the parameters' names and no assumptions. What is infinite is ``oo`` or ``-oo``.
    """
    import sympy

    match value:
        case Infinite():
            return -sympy.oo if str(value).startswith("-") else sympy.oo
        case Expression() | Written():
            return _of_tree(value.tree)
        case Extremum(head, terms):
            return getattr(sympy, head)(*map(as_sympy, terms))
        case Where():
            return sympy.And(*map(_of_tree, value.trees))
    return sympy.Rational(value.numerator, value.denominator)


def _of_tree(tree: Tree) -> Any:
    import sympy

    match tree:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Name(name):
            return sympy.Symbol(name)
        case Negative(operand):
            return -_of_tree(operand)
        case Power(base, exponent):
            return _of_tree(base) ** exponent
        case Arithmetic(symbol, left, right):
            first, second = _of_tree(left), _of_tree(right)
            operations = {"+": first.__add__, "-": first.__sub__, "*": first.__mul__}
            return first / second if symbol == "/" else operations[symbol](second)
        case Comparison(operands, symbols):
            sides = list(map(_of_tree, operands))
            links = zip(sides, symbols, sides[1:], strict=False)
            return sympy.And(*(sympy.Rel(first, second, symbol) for first, symbol, second in links))
    raise TypeError(f"{tree} is no expression in parameters")
