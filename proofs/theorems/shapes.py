"""The theorems T1–T6, T8 and T9 of theory.md for games of bounded shapes.

Shapes are written agents × actions × states; every payoff and every prior weight is a symbol. The
functions that make goals say what is shown by formula and what by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from coopgap.proofs.theorems import (
    incontractible,
    obstructions,
    prosocial,
    refinement,
    side_payments,
    unverifiable,
)
from coopgap.proofs.theorems.situations import (
    Situation,
    product_refinements,
    product_situations,
    record_refinements,
    record_situations,
)
from coopgap.proofs.theorems.symbols import Shape
from coopgap.proofs.theorems.theorem import BARE, Goals, Theorem

SMALL, MORE_STATES = Shape(2, 2, 2), Shape(2, 2, 3)
MORE_ACTIONS, MORE_AGENTS = Shape(2, 3, 2), Shape(3, 2, 2)

PRODUCT = (SMALL, MORE_STATES, MORE_ACTIONS, MORE_AGENTS)
"""Shapes examined in all their state and product languages."""

RECORDS = (Shape(2, 2, 1), SMALL)
"""Shapes examined in all their record languages."""

GAMES = (SMALL, MORE_ACTIONS, MORE_AGENTS)
"""Shapes of games in which languages matter little or not at all."""

CELLS = ((2, 4), (3, 8), (4, 9))
"""States and profiles of cells."""

PRIOR, BOUND, LEVEL = "p(ω) > 0 in every state", "B ≥ 0", "λ ≥ 0"

Asked = TypeVar("Asked")
Maker = Callable[[Asked], Goals]


def _theorem(
    name: str,
    statement: str,
    goals: Callable[[], Goals],
    *assumptions: str,
    expected: str = "proved",
) -> Theorem:
    source = f"theory.md {name.split('-')[0].upper()}"
    return Theorem(
        name, statement, assumptions, source, lambda _means: goals(), expected, rests_on=BARE
    )


def _goals(asked: Asked, *makers: Maker[Asked]) -> Goals:
    for make in makers:
        yield from make(asked)


def _found(
    situations: Callable[[Shape], Sequence[Situation]],
    shape: Shape,
    *makers: Maker[Iterable[Situation]],
) -> Goals:
    yield from _goals(situations(shape), *makers)


def _by_language(
    claim: str,
    statement: str,
    products: Callable[[Shape], Sequence[Situation]],
    records: Callable[[Shape], Sequence[Situation]],
    assumption: str,
    *makers: Maker[Iterable[Situation]],
) -> Iterator[Theorem]:
    """One theorem for the product languages of each shape, and one for the record languages."""
    for shape in PRODUCT:
        told = f"In {shape} games with product languages, {statement}"
        yield _theorem(
            f"{claim}-{shape}", told, partial(_found, products, shape, *makers), assumption
        )
    for shape in RECORDS:
        told = f"In {shape} games with record languages, {statement}"
        goals = partial(_found, records, shape, *makers)
        yield _theorem(f"{claim}-records-{shape}", told, goals, assumption)


def _refinement() -> Iterator[Theorem]:
    yield from _by_language(
        "t1",
        "whatever selection transfers in a language implement, transfers in every finer language "
        "implement, for balanced, burnt and free money, with and without a liability bound.",
        product_refinements,
        record_refinements,
        BOUND,
        refinement.transfers,
    )
    for shape in (SMALL, MORE_AGENTS, Shape(2, 3, 1)):
        yield _theorem(
            f"t1-permissive-{shape}",
            f"In {shape} games with product languages, whatever selection is Nash under a "
            "permissive directive is Nash under one of every finer language.",
            partial(refinement.permissive_directives, shape),
        )
    for shape in GAMES:
        yield _theorem(
            f"t1-complete-{shape}",
            f"In {shape} games with state languages, each complete directive is matched in "
            "expected welfare by one of every finer language.",
            partial(refinement.complete_directives, shape),
            PRIOR,
        )
    yield _theorem(
        "t1-complete-classes",
        "Where actions become verifiable and states do not, each selection that is Nash under a "
        "complete directive is matched in expected welfare by a complete directive of the finer "
        "language. (False: finer classes force narrower prescriptions.)",
        refinement.classes_of_complete_directives,
        PRIOR,
        expected="refuted",
    )


def _incontractible() -> Iterator[Theorem]:
    for states, profiles in CELLS:
        yield _theorem(
            f"t2-{states}x{profiles}",
            f"With up to {states} states and {profiles} profiles, a cell's loss δ is positive iff "
            "no profile is first best in all its states, and every complete directive of a state "
            "language loses at least the sum of its cells' δ.",
            partial(
                _goals,
                incontractible.Size(states, profiles),
                incontractible.cells,
                incontractible.directives,
            ),
            PRIOR,
        )


def _obstructions() -> Iterator[Theorem]:
    yield from _by_language(
        "t3",
        "transfers implement a selection iff no obstruction is positive, for balanced, burnt and "
        "free money, with and without a liability bound; obstructions are simple cycles for free "
        "money, and common-divergence flows for balanced money; a bound matters not to free money, "
        "and without one burnt money does what free money does.",
        product_situations,
        record_situations,
        BOUND,
        obstructions.implementation,
        obstructions.forms,
    )
    yield _theorem(
        "t3-burnt-bound",
        "With a liability bound burnt money implements what free money does. (False.)",
        obstructions.bound_binds,
        BOUND,
        expected="refuted",
    )


def _gap() -> Iterator[Theorem]:
    yield from _by_language(
        "t4",
        "a selection that transfers implement without loss of expected welfare is first best in "
        "every state; so if every first best is obstructed, the welfare gap is positive.",
        product_situations,
        record_situations,
        PRIOR,
        obstructions.lossless,
    )


def _unverifiable() -> Iterator[Theorem]:
    for shape in GAMES:
        yield _theorem(
            f"t5-{shape}",
            f"In {shape} games with product languages, a correlated equilibrium under any "
            "transfers satisfies the raw game's constraints within classes; the best welfare under "
            "these bounds its own; a distribution within one class profile that satisfies them is "
            "an equilibrium under balanced transfers with large fines.",
            partial(
                _goals,
                shape,
                unverifiable.constraints,
                unverifiable.bounds,
                unverifiable.attained,
            ),
        )


def _prosocial() -> Iterator[Theorem]:
    for shape in GAMES:
        yield _theorem(
            f"t6-{shape}",
            f"In {shape} games a first best is Nash among prosocial agents iff each λ_i is at "
            "least each ratio of gain to lost welfare and nobody gains where nothing is lost; the "
            "largest ratio is a finite common threshold where every deviation loses welfare.",
            partial(_goals, shape, prosocial.thresholds, prosocial.finite),
            LEVEL,
        )
    yield _theorem(
        "t6-ties",
        "In 2x2x1 games a first best is Nash among agents whose λ_i is at least each ratio of gain "
        "to lost welfare. (False where a deviation gains and loses nothing.)",
        partial(prosocial.ties, Shape(2, 2, 1)),
        LEVEL,
        expected="refuted",
    )


def _side_payments() -> Iterator[Theorem]:
    for shape in GAMES:
        yield _theorem(
            f"t8-{shape}",
            f"In {shape} games, for every outcome of welfare below W*, the constant payments "
            "v_i − f_i + (Σf − Σv)/n sum to 0, and with them everyone gains strictly from the "
            "first best.",
            partial(side_payments.one_outcome, shape),
            "the outcome's expected welfare is below that of the first best",
        )
    for agents in (2, 3, 4):
        yield _theorem(
            f"t8-two-outcomes-{agents}",
            f"Among {agents} agents one balanced payment serves two outcomes iff what each likes "
            "better of them sums to less than the first best's welfare.",
            partial(side_payments.several_outcomes, agents),
        )
    yield _theorem(
        "t8-all-outcomes",
        "In 2x2x1 games one balanced payment serves all selfish equilibria of welfare below W*. "
        "(False.)",
        side_payments.all_outcomes,
        "two equilibria have less welfare than the first best",
        expected="refuted",
    )
    yield _theorem(
        "t8-no-payment",
        "In 2x2x1 games, without payments, everyone gains from the first best over a selfish "
        "equilibrium of less welfare. (False.)",
        side_payments.no_payment,
        "the equilibrium has less welfare than the first best",
        expected="refuted",
    )


def _domination() -> Iterator[Theorem]:
    for shape in GAMES:
        yield _theorem(
            f"t9-{shape}",
            f"In {shape} games a defecting action to which a cooperating one adds welfare, "
            "whatever the others do, is strictly dominated, and no correlated equilibrium uses it, "
            "if λ_i exceeds each ratio of what defecting gains to what cooperating adds.",
            partial(prosocial.domination, shape),
            LEVEL,
        )


SHAPES: tuple[Theorem, ...] = (
    *_refinement(),
    *_incontractible(),
    *_obstructions(),
    *_gap(),
    *_unverifiable(),
    *_prosocial(),
    *_side_payments(),
    *_domination(),
)
"""Every theorem about bounded shapes."""
