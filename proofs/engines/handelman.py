"""Refutations of systems of polynomial conditions: products of conditions that add up to 0.

Each product of conditions, and each equation times a monomial, is a vector of coefficients, one per
monomial; nonnegative weights under which they cancel are found by exact linear programming (Farkas
1902; Handelman 1988 for products). Single conditions are tried first, which is all that linear
systems need (Motzkin 1936), then products of two, of three, and so on.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import combinations, islice

from coopgap.proofs.algebra.conditions import Condition, Refutation, normal, refutes
from coopgap.proofs.algebra.exact_lp import Optimum, programme, solve
from coopgap.proofs.algebra.polynomials import ONE, Monomial, Polynomial, Rejected, scaled
from coopgap.proofs.algebra.simplex import System
from coopgap.proofs.trusted.polynomials import compared
from coopgap.theory.exact import common_denominator

MAX_PRODUCTS = 4_000
"""The largest number of products, and of multiples of equations, in one linear programme."""

MAX_WORK = 1_000_000
"""The largest number of pairs of terms that are multiplied for one linear programme."""

MAX_SQUARES = 200
"""The largest number of squares in one linear programme, of roots and of two of them."""

MAX_COMPLETED = 60
"""The longest condition whose squares are completed."""

MAX_TIMES = 400
"""The largest number of conditions times squares in one linear programme."""

MAX_SMALL = 500
"""The number of coefficients up to which pivots in Python are faster than floats and a check."""


def refute(
    conditions: Sequence[Condition], degree: int = 2, *, seconds: float = 10.0
) -> Refutation | None:
    """Why the conditions have no solution, by products of at most ``degree`` of them.

    None if no such reason was found. For linear conditions None says that there is a solution,
    unless the seconds ran out.
    """
    deadline = time.monotonic() + seconds
    whole = list(map(normal, conditions))
    weighted = _evident(whole) or _cancelling([_UNIT, *_singles(whole)], deadline)
    if not weighted:
        return refute_by_products(conditions, degree, seconds=deadline - time.monotonic())
    return _accepted(weighted, conditions)


def refute_by_products(
    conditions: Sequence[Condition], degree: int, *, seconds: float
) -> Refutation | None:
    """As ``refute``, where sums of single conditions are known to show nothing."""
    deadline = time.monotonic() + seconds
    try:
        weighted = _cancelling_products(list(map(normal, conditions)), degree, deadline)
        return _accepted(weighted, conditions)
    except Rejected:
        return None


def _accepted(weighted: _Weighted, conditions: Sequence[Condition]) -> Refutation | None:
    """The refutation that the generators are, if the trusted core accepts it."""
    refutation = _assembled(weighted)
    return refutation if refutes(refutation, conditions) else None


@dataclass(frozen=True, slots=True)
class _Generator:
    """A product of conditions and squares; or, of relation ``==``, an equation times a monomial."""

    polynomial: Polynomial
    relation: str
    factors: tuple[int, ...] = ()
    monomial: Monomial = ()
    bases: tuple[Polynomial, ...] = ()


_Weighted = Sequence[tuple[int, _Generator]]
"""Generators that cancel each other, with whole weights: positive ones for products."""

_UNIT = _Generator(ONE, ">")


def _single(place: int, condition: Condition) -> _Generator:
    return _Generator(condition.polynomial, condition.relation, (place,))


def _evident(conditions: Sequence[Condition]) -> _Weighted:
    """The refutation of a constant that is wrong, or of a condition by another one's negation."""
    places: dict[Polynomial, dict[str, int]] = {}
    for place, condition in enumerate(conditions):
        value = condition.polynomial.constant
        if value is None:
            places.setdefault(condition.polynomial, {})[condition.relation] = place
        elif not compared(value, condition.relation):
            weight = -1 if value > 0 else 1
            unit = [(abs(int(value)), _UNIT)] if value else []
            return [*unit, (weight, _single(place, condition))]
    for polynomial, related in places.items():
        if ">" not in related:
            continue
        strict = (1, _single(related[">"], conditions[related[">"]]))
        if "==" in related:
            return [strict, (-1, _single(related["=="], conditions[related["=="]]))]
        for opposite in places.get(-polynomial, {}).values():
            return [strict, (1, _single(opposite, conditions[opposite]))]
    return []


def _cancelling_products(
    conditions: Sequence[Condition], degree: int, deadline: float
) -> _Weighted:
    """Generators that cancel each other, of as few factors as possible; nothing if none do."""
    singles = list(_singles(conditions))
    for part in _nonlinear_parts(singles) if degree > 1 else ():
        for generators in _stages(part, singles[-1], degree):
            weighted = _cancelling(generators, deadline)
            if weighted or time.monotonic() > deadline:
                return weighted
    return []


def _singles(conditions: Sequence[Condition]) -> Iterator[_Generator]:
    """The conditions themselves, without constants, repetitions and what strict ones imply."""
    strict = {condition.polynomial for condition in conditions if condition.relation == ">"}
    seen: set[Condition] = set()
    for place, condition in enumerate(conditions):
        implied = condition.relation == ">=" and condition.polynomial in strict
        if implied or condition in seen or condition.polynomial.constant is not None:
            continue
        seen.add(condition)
        yield _single(place, condition)


def _nonlinear_parts(singles: Sequence[_Generator]) -> list[list[_Generator]]:
    """The parts that share no parameters: a system is solvable if each of them is.

    Without the linear parts, where products are of no use.
    """
    parts: list[tuple[set[int], list[_Generator]]] = []
    for single in singles:
        parameters, members = _parameters(single), [single]
        for part in [part for part in parts if not part[0].isdisjoint(parameters)]:
            parts.remove(part)
            parameters, members = part[0] | parameters, part[1] + members
        parts.append((parameters, members))
    return [members for _, members in parts if _degree(members) > 1]


def _parameters(generator: _Generator) -> set[int]:
    return {k for monomial in generator.polynomial.terms for k in monomial}


def _degree(generators: Iterable[_Generator]) -> int:
    return max(g.polynomial.degree for g in generators)


def _stages(
    part: Sequence[_Generator], last: _Generator, degree: int
) -> Iterator[list[_Generator]]:
    """What may cancel, more and more of it.

    The last condition is often what the others refute, so its products come first. Products of a
    higher degree than any condition cancel each other only, so they come late.
    """
    highest = _degree(part)
    yield [_UNIT, *part, *_signed_monomials(part)]
    if last in part:
        total = max(highest, 2)
        yield _completed(_products_with(last, part, total), part, total)
    for factors in range(2, degree + 1):
        total = max(highest, factors)
        yield _completed(_products(part, factors, total), part, total)
    # Squares are most of what may cancel here, and seldom do.
    total = degree * highest
    products = _products(part, degree, total)
    yield products + _multiples(part, products, total)
    yield _completed(products, part, total)


def _signed_monomials(part: Sequence[_Generator]) -> Iterator[_Generator]:
    """The part's monomials whose parameters have known signs, as products of these signs."""
    signs: dict[int, _Generator] = {}
    for generator in part:
        monomials = list(generator.polynomial.terms)
        if generator.relation != "==" and len(monomials) == 1 and len(monomials[0]) == 1:
            signs[monomials[0][0]] = generator
    for monomial in sorted({m for g in part for m in g.polynomial.terms if len(m) > 1}):
        if signs.keys() >= set(monomial):
            yield reduce(_product, (signs[k] for k in monomial))


def _products_with(factor: _Generator, part: Sequence[_Generator], total: int) -> list[_Generator]:
    """The conditions and the products of one of them with each, up to this total degree."""
    inequalities = [g for g in part if g.relation != "=="]
    partners = inequalities if factor.relation != "==" else []
    products = [
        _product(g, factor)
        for g in partners
        if g.polynomial.degree + factor.polynomial.degree <= total
    ]
    return [_UNIT, *inequalities, *products]


def _products(part: Sequence[_Generator], factors: int, total: int) -> list[_Generator]:
    """The products of at most so many factors and of at most this total degree.

    Beyond MAX_PRODUCTS the conditions farthest from nonlinear monomials stay single.
    """
    mixed = {k for g in part for m in g.polynomial.terms if len(m) > 1 for k in m}
    inequalities = [g for g in part if g.relation != "=="]
    eligible = [g for g in inequalities if g.polynomial.degree < total]
    eligible.sort(key=lambda g: len(_parameters(g) - mixed))
    while math.comb(len(eligible) + factors, factors) > MAX_PRODUCTS:
        eligible.pop()
    products = [_UNIT, *inequalities]
    last = list(enumerate(eligible))
    for _ in range(1, factors):
        pairs = [
            (product, k)
            for start, product in last
            for k in range(start, len(eligible))
            if product.polynomial.degree + eligible[k].polynomial.degree <= total
        ]
        if sum(len(a.polynomial.terms) * len(eligible[k].polynomial.terms) for a, k in pairs) > (
            MAX_WORK
        ):
            raise Rejected("the products have too many terms")
        last = [(k, _product(product, eligible[k])) for product, k in pairs]
        products += [product for _, product in last]
    return products


def _completed(
    products: Sequence[_Generator], part: Sequence[_Generator], total: int
) -> list[_Generator]:
    """The products, with squares and multiples of the equations that might cancel them."""
    equations = [g for g in part if g.relation == "=="]
    inequalities = [g for g in part if g.relation != "=="]
    known = [*products, *equations]
    monomials = {m for g in known for m in g.polynomial.terms}
    squares = [*_squares(known), *islice(_times_squares(inequalities, monomials, total), MAX_TIMES)]
    products = [*products, *squares]
    return products + _multiples(part, products, total)


def _squares(generators: Sequence[_Generator]) -> Iterator[_Generator]:
    """The squares that could cancel a monomial of the generators.

    They are those of the roots of monomials, of sums and differences of two roots, and those into
    which a generator falls when squares are completed.
    """
    monomials = {m for g in generators for m in g.polynomial.terms} | {()}
    roots = [m[::2] for m in sorted(monomials) if m[::2] == m[1::2]]
    bases = [Polynomial({root: 1}) for root in roots if root]
    for first, second in combinations(roots, 2):
        if _joint(first, second) in monomials:
            bases += [Polynomial({first: 1, second: sign}) for sign in (1, -1)]
    bases = bases[:MAX_SQUARES]
    for generator in generators:
        if len(generator.factors) == 1 and len(generator.polynomial.terms) <= MAX_COMPLETED:
            bases += _completing(-generator.polynomial)
    for base in dict.fromkeys(bases):
        yield _Generator(base * base, ">=", bases=(base,))


def _completing(polynomial: Polynomial) -> Iterator[Polynomial]:
    """The bases of squares of more than two terms, if the polynomial is a sum of such."""
    rest = polynomial
    roots = [m[::2] for m in sorted(rest.terms, reverse=True) if m and m[::2] == m[1::2]]
    for k, root in enumerate(roots):
        square = rest.terms.get(_joint(root, root), 0)
        if square <= 0:
            continue
        mixed = {m: rest.terms.get(_joint(root, m), 0) for m in (*roots[k + 1 :], ())}
        base = Polynomial({root: 2 * square, **{m: c for m, c in mixed.items() if c}}).primitive
        if len(base.terms) > 1:
            yield base
        rest = rest - scaled(base * base, Fraction(square) / base.terms[root] ** 2)


def _joint(left: Monomial, right: Monomial) -> Monomial:
    return tuple(sorted(left + right))


def _times_squares(
    inequalities: Sequence[_Generator], monomials: Collection[Monomial], total: int
) -> Iterator[_Generator]:
    """The conditions times squares, of roots or of two of them, that lead to these monomials."""
    divided = _Divided(monomials)
    for factor in inequalities:
        room = total - factor.polynomial.degree
        quotients = {
            quotient
            for own in factor.polynomial.terms
            for quotient in divided.by(own)
            if 0 < len(quotient) <= room
        }
        roots = sorted({m[::2] for m in quotients if m[::2] == m[1::2]})
        roots = roots or [(k,) for k in sorted(_parameters(factor)) if room >= 2]
        bases = [Polynomial({root: 1}) for root in roots]
        for first, second in combinations(roots, 2):
            if _joint(first, second) in quotients:
                bases += [Polynomial({first: 1, second: sign}) for sign in (1, -1)]
        for base in bases:
            yield _Generator(base * base * factor.polynomial, ">=", factor.factors, bases=(base,))


def _product(left: _Generator, right: _Generator) -> _Generator:
    relation = ">" if left.relation == right.relation == ">" else ">="
    return _Generator(left.polynomial * right.polynomial, relation, left.factors + right.factors)


def _multiples(
    part: Sequence[_Generator], products: Sequence[_Generator], total: int
) -> list[_Generator]:
    """Equations times the monomials that their monomials lack to be one of the system's."""
    equations = [g for g in part if g.relation == "=="]
    divided = _Divided({m for g in (*products, *equations) for m in g.polynomial.terms})
    multiples = []
    for equation in equations:
        room = total - equation.polynomial.degree
        quotients = {
            quotient
            for own in equation.polynomial.terms
            if own
            for quotient in divided.by(own)
            if len(quotient) <= room
        }
        for quotient in sorted({(), *quotients}, key=lambda monomial: (len(monomial), monomial)):
            polynomial = Polynomial({quotient: 1}) * equation.polynomial
            multiples.append(_Generator(polynomial, "==", equation.factors, quotient))
    return multiples[:MAX_PRODUCTS]


class _Divided:
    """Monomials, divided by others."""

    def __init__(self, monomials: Collection[Monomial]) -> None:
        self._all = monomials
        self._with: dict[int, list[Monomial]] = {}
        for monomial in monomials:
            for k in set(monomial):
                self._with.setdefault(k, []).append(monomial)
        self._known: dict[Monomial, list[Monomial]] = {}

    def by(self, divisor: Monomial) -> list[Monomial]:
        """The quotients of those that it divides."""
        if divisor not in self._known:
            within = self._with.get(divisor[0], []) if divisor else self._all
            quotients = (_quotient(monomial, divisor) for monomial in within)
            self._known[divisor] = [quotient for quotient in quotients if quotient is not None]
        return self._known[divisor]


def _quotient(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    rest = list(monomial)
    for k in divisor:
        if k not in rest:
            return None
        rest.remove(k)
    return tuple(rest)


def _assembled(weighted: _Weighted) -> Refutation:
    """The refutation, on coprime whole numbers."""
    common = math.gcd(0, *(weight for weight, _ in weighted)) or 1
    products: list[tuple[int, tuple[int, ...], tuple[Polynomial, ...]]] = []
    multipliers: dict[int, dict[Monomial, int]] = {}
    for weight, generator in weighted:
        whole = weight // common
        if generator.relation != "==":
            products.append((whole, tuple(sorted(generator.factors)), generator.bases))
        else:
            multipliers.setdefault(generator.factors[0], {})[generator.monomial] = whole
    return Refutation(
        tuple(products), tuple((place, Polynomial(terms)) for place, terms in multipliers.items())
    )


# Linear algebra, from here on: generators are vectors of coefficients.


def _cancelling(generators: Sequence[_Generator], deadline: float) -> _Weighted:
    """Generators that add up to 0 with a strict one among them; nothing if there are none."""
    balanced = _balanced(generators)
    if all(g.relation != ">" for g in balanced):
        return []
    small = sum(len(g.polynomial.terms) for g in balanced) <= MAX_SMALL
    weights = None if small else _by_floats(balanced, deadline)
    if weights is None:
        weights = _by_pivots(balanced, deadline)
    return [(weight, balanced[place]) for place, weight in sorted(weights.items())]


def _balanced(generators: Sequence[_Generator]) -> Sequence[_Generator]:
    """The generators without those of which a monomial occurs nowhere with the opposite sign."""
    while True:
        signs = Counter(
            (monomial, positive)
            for generator in generators
            for monomial, coefficient in generator.polynomial.terms.items()
            for positive in ((True, False) if generator.relation == "==" else (coefficient > 0,))
        )
        balanced = [g for g in generators if _is_balanced(g, signs)]
        if len(balanced) == len(generators):
            return balanced
        generators = balanced


def _is_balanced(generator: _Generator, signs: Mapping[tuple[Monomial, bool], int]) -> bool:
    terms = generator.polynomial.terms.items()
    if generator.relation == "==":
        # It counts itself on both sides.
        return all(signs[m, True] + signs[m, False] > 2 for m, _ in terms)
    return all(signs[m, c < 0] for m, c in terms)


def _by_pivots(generators: Sequence[_Generator], deadline: float) -> Mapping[int, int]:
    """Weights under which the generators cancel; nothing if there are none, or no time is left."""
    forms = ((g.polynomial.terms, g.relation) for g in generators)
    try:
        return System().extended(forms, deadline).weights
    except TimeoutError:
        return {}


def _by_floats(generators: Sequence[_Generator], deadline: float) -> Mapping[int, int] | None:
    """Weights under which the generators cancel, of least sum.

    Nothing if there are none, and None if none were certified.
    """
    strict = {place: 1 for place, g in enumerate(generators) if g.relation == ">"}
    cancelling: dict[Monomial, dict[int, int]] = {}
    for place, generator in enumerate(generators):
        for monomial, coefficient in generator.polynomial.terms.items():
            cancelling.setdefault(monomial, {})[place] = int(coefficient)
    rows = [(strict, 1, True), *((terms, 0, True) for terms in cancelling.values())]
    products = {place: 1 for place, g in enumerate(generators) if g.relation != "=="}
    problem = programme(rows, products, range(len(generators)), products.__contains__)
    answer = solve(problem, max(deadline - time.monotonic(), 0.0))
    if not isinstance(answer, Optimum):
        return None if answer is None else {}
    unit = common_denominator(answer.primal)
    return {place: int(weight * unit) for place, weight in enumerate(answer.primal) if weight}
