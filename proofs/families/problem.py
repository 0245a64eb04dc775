"""A family as polynomials: what every question about it starts from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import islice, product
from typing import Any

from coopgap.proofs.algebra.conditions import Condition, Point
from coopgap.proofs.algebra.polynomials import ONE, ZERO, Polynomial, Ratio
from coopgap.proofs.algebra.rational import compared, ratio, ratio_text, summed
from coopgap.proofs.certificates.certificate import Number, scaled_whole
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.trusted.polynomials import lifted
from coopgap.proofs.trusted.problems import Game, Problem
from coopgap.theory.errors import InputError
from coopgap.theory.expressions import Tree
from coopgap.theory.expressions import spelled as spelled_tree
from coopgap.theory.families import Assumption, Family
from coopgap.theory.specification import Terms

NOTHING: Ratio = (ZERO, ONE)
"""The number 0."""

Fixed = tuple[Number, Number]
"""A fraction whose denominator is positive under the assumptions."""

_PRIOR = "game.states.prior"


def base_problem(family: Family, prover: Prover) -> Problem:
    """The family as polynomials, without a language.

    Raises InputError where something may be divided by 0, and where the prior may be none.
    """
    index = {name: k for k, name in enumerate(family.parameters)}
    known = assumed(family.parameters, family.assumptions, prover)
    prior = []
    for state, tree in zip(family.states, family.prior, strict=True):
        probability, divisors = ratio(tree, index)
        require_divisors(
            divisors, known, prover, family.parameters, f"the probability of {state!r}"
        )
        prior.append(probability)
    cells: list[Ratio] = []
    ratios: dict[Any, Ratio] = {}
    for player, of_agent in zip(family.players, family.payoffs, strict=True):
        for state, of_state in zip(family.states, of_agent, strict=True):
            for place, tree in enumerate(of_state):
                if tree not in ratios:
                    labels = ", ".join(_labels(family, place))
                    subject = f"the payoff of {player!r} in state {state!r} for ({labels})"
                    ratios[tree], divisors = _ratio_of(tree, index, subject)
                    require_divisors(divisors, known, prover, family.parameters, subject)
                cells.append(ratios[tree])
    _require_prior(known, family, prior, prover)
    weights, _ = over_common(prior, known, prover)
    numbers, denominator = over_common(cells, known, prover)
    values = iter(numbers)
    game = Game(
        family.players,
        family.actions,
        family.states,
        weights,
        denominator,
        tuple(tuple(tuple(next(values) for _ in row) for row in table) for table in family.payoffs),
        family.cooperative,
    )
    return Problem(family.parameters, known, game)


def over_common(
    ratios: Sequence[Ratio], assumptions: Sequence[Condition], prover: Prover
) -> tuple[list[Number], Number]:
    """The numerators of fractions over one denominator, and the denominator.

    It is positive under the assumptions. Coefficients are whole; what does not depend on parameters
    is an integer.
    """
    below: list[Polynomial] = []
    for _, divisor in ratios:
        if divisor not in below:
            below.append(divisor)
    product = math.prod(below, start=ONE)
    factor = ONE
    if not _positive(product, assumptions, prover):
        factor = -ONE if _positive(-product, assumptions, prover) else product
    above = [
        ratio[0] * math.prod((d for d in below if d != ratio[1]), start=factor) for ratio in ratios
    ]
    whole = scaled_whole([*above, product * factor])
    *numbers, denominator = (
        int(term.constant) if term.constant is not None else term for term in whole
    )
    return numbers, denominator


def positive_below(value: Ratio, assumptions: Sequence[Condition], prover: Prover) -> Fixed:
    """The fraction with a denominator that is positive under the assumptions."""
    (above,), below = over_common([value], assumptions, prover)
    return above, below


def _positive(value: Polynomial, assumptions: Sequence[Condition], prover: Prover) -> bool:
    if value.constant is not None:
        return bool(value.constant > 0)
    return prover.implies(assumptions, Condition(value, ">"))


def assumed(
    parameters: Sequence[str], assumptions: Sequence[Assumption], prover: Prover
) -> tuple[Condition, ...]:
    """The assumptions as conditions.

    Raises InputError where one may divide by 0 under those before it.
    """
    index = {name: k for k, name in enumerate(parameters)}
    known: list[Condition] = []
    for assumption in assumptions:
        sides = []
        for tree in (assumption.left, assumption.right):
            subject = f"the assumption {assumption.text!r}"
            side, divisors = _ratio_of(tree, index, subject)
            require_divisors(divisors, known, prover, parameters, subject)
            sides.append(side)
        known.append(compared(sides[0], assumption.relation, sides[1]))
    return tuple(known)


def _ratio_of(
    tree: Tree, index: Mapping[str, int], subject: str
) -> tuple[Ratio, tuple[Polynomial, ...]]:
    """The expression as ``ratio`` reads it; errors say where it stands."""
    try:
        return ratio(tree, index)
    except InputError as error:
        raise InputError(f"in {subject} {error.problem}", fix=error.fix) from None


def _labels(family: Family, place: int) -> tuple[str, ...]:
    return next(islice(product(*family.actions), place, None))


def require_divisors(
    divisors: Sequence[Polynomial],
    assumptions: Sequence[Condition],
    prover: Prover,
    names: Sequence[str],
    subject: str,
) -> None:
    """Raises InputError if something that is divided by may be 0 under the assumptions."""
    for divisor in divisors:
        zero = Condition(divisor, "==")
        signs = (Condition(divisor, ">"), Condition(-divisor, ">"))
        if any(prover.implies(assumptions, sign) for sign in signs):
            continue
        point = prover.point((*assumptions, zero))
        if point is None:
            continue
        at = "" if isinstance(point, Unanswered) else f", as at {spelled(names, point)}"
        raise InputError(
            f"{subject} divides by {ratio_text((divisor, ONE), names)}, which may be 0 under the "
            f"assumptions{at}",
            fix="add an assumption under which it is not 0",
            field="parameters.assume",
        )


def spelled(names: Sequence[str], point: Point) -> str:
    """A point in words."""
    return ", ".join(f"{name} = {value}" for name, value in zip(names, point, strict=True))


def _require_prior(
    known: Sequence[Condition], family: Family, prior: Sequence[Ratio], prover: Prover
) -> None:
    problem = Problem(family.parameters, tuple(known))
    whole = NOTHING
    for state, likely in zip(family.states, prior, strict=True):
        whole = summed(whole, likely)
        least = compared(likely, ">=", NOTHING)
        fault = f"the probability of state {state!r} may be negative"
        _require_implied(problem, prover, least, fault, _PRIOR)
    sums_to_one = compared(whole, "==", (ONE, ONE))
    _require_implied(problem, prover, sums_to_one, "the prior may not sum to 1", _PRIOR)


def polynomial_terms(
    terms: Terms, base: Problem, prover: Prover, language: str
) -> tuple[Fixed | None, tuple[Fixed, ...]]:
    """The liability bound and the outside options, over what is positive under the assumptions.

    Raises InputError where the bound may be negative or something may be divided by 0.
    """
    bounds = []
    for tree in terms.trees:
        subject = f"the contracts of {language!r}: {spelled_tree(tree)}"
        value, divisors = _ratio_of(tree, base.index, subject)
        require_divisors(divisors, base.assumptions, prover, base.parameters, subject)
        bounds.append(positive_below(value, base.assumptions, prover))
    if terms.liability is None:
        return None, tuple(bounds)
    *options, bound = bounds
    fault = f"the liability bound of the language {language!r} may be negative"
    least = Condition(lifted(bound[0]), ">=")
    _require_implied(base, prover, least, fault, "liability")
    return bound, tuple(options)


def _require_implied(
    problem: Problem, prover: Prover, condition: Condition, fault: str, field: str
) -> None:
    if not condition.polynomial.terms and condition.relation != ">":
        return
    if prover.implies(problem.assumptions, condition):
        return
    for negation in condition.negations():
        point = prover.point((*problem.assumptions, negation))
        if isinstance(point, tuple):
            raise InputError(
                f"{fault}, as at {spelled(problem.parameters, point)}",
                fix="mend it, or add an assumption",
                field=field,
            )
