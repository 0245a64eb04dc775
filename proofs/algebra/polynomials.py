"""Operations on polynomials that the engines need beyond those of the trusted core's class."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgap.proofs.trusted.documents import Rejected
from coopgap.proofs.trusted.polynomials import Monomial, Polynomial, Ratio, lifted
from coopgap.theory.exact import narrow

__all__ = ["ONE", "ZERO", "Monomial", "Polynomial", "Ratio", "Rejected"]

ZERO, ONE = Polynomial({}), Polynomial({(): 1})


def number(value: Fraction | int) -> Polynomial:
    """A constant polynomial."""
    return lifted(value)


def parameter(index: int) -> Polynomial:
    """The polynomial equal to the parameter with this index."""
    return Polynomial({(index,): 1})


def scaled(polynomial: Polynomial, factor: Fraction | int) -> Polynomial:
    """The polynomial times a number."""
    return Polynomial({m: narrow(c * factor) for m, c in polynomial.terms.items() if factor})


def power(polynomial: Polynomial, exponent: int) -> Polynomial:
    """The polynomial raised to a power."""
    return math.prod([polynomial] * exponent, start=ONE)


def sign_at(polynomial: Polynomial, numerators: Sequence[int], denominator: int) -> int:
    """The sign (-1, 0 or 1) at the point numerators / denominator, where denominator > 0."""
    whole = polynomial.primitive
    degree, total = whole.degree, 0
    for monomial, value in whole.terms.items():
        for k in monomial:
            value *= numerators[k]
        total += value * denominator ** (degree - len(monomial))
    return (total > 0) - (total < 0)


def common_denominator(polynomials: Iterable[Polynomial]) -> int:
    """The least positive integer that makes all coefficients integers when multiplied by it."""
    return math.lcm(1, *(c.denominator for p in polynomials for c in p.terms.values()))


def whole(polynomial: Polynomial, scale: int = 1) -> Polynomial:
    """The polynomial times ``scale``, which must make its coefficients integers."""
    return Polynomial({m: int(c * scale) for m, c in polynomial.terms.items()})


def plain(value: Polynomial | int, names: Sequence[str]) -> Any:
    """A number in the form of certificates: an integer, or a mapping of monomials to integers.

    Monomials are spelt as in ``"R*R*S"``; ``"1"`` is the constant.
    """
    if not isinstance(value, Polynomial):
        return int(value)
    constant = value.constant
    if constant is not None:
        return int(constant)
    return _monomials(value.terms, names)


def _monomials(terms: Mapping[Monomial, Any], names: Sequence[str]) -> dict[str, int]:
    return {"*".join(names[k] for k in m) or "1": int(c) for m, c in terms.items()}
