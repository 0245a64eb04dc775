"""Whether a claim is true at a point: the table of all claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from coopgap.proofs.selftest.oracle.all_equilibria import all_cooperative, full_implementation
from coopgap.proofs.selftest.oracle.correlated import correlated_gap, play_at_most
from coopgap.proofs.selftest.oracle.games import Game
from coopgap.proofs.selftest.oracle.mechanisms import attains, mechanism_gap, mechanism_value
from coopgap.proofs.selftest.oracle.numbers import ZERO, Extended
from coopgap.proofs.selftest.oracle.play_alone import (
    agent_thresholds,
    axiom,
    beneficial,
    in_state,
    incontractible_cells,
    mixed_equilibria,
    nash,
    optimum_is,
    unique_nash,
)
from coopgap.proofs.selftest.oracle.strategies import incontractible
from coopgap.proofs.selftest.oracle.subjects import Subject
from coopgap.proofs.selftest.oracle.welfare import (
    gap_is,
    implementable,
    threshold,
    threshold_at_most,
    value_between,
    value_of,
)


def _gaps(
    find: Callable[[Subject, str, Extended], bool | None], relation: str, valued: bool
) -> Callable[[Subject], bool | None]:
    """The rule for a gap in a relation to a number: that of the claim, or 0."""

    def rule(about: Subject) -> bool | None:
        stated = about.fields("value") if valued else about.fields()
        return find(about, relation, about.fraction(stated[0], "inf") if stated else ZERO)

    return rule


def _values(find: Callable[[Game], Extended], infinite: str) -> Callable[[Subject], bool]:
    def rule(about: Subject) -> bool:
        (value,) = about.fields("value")
        return bool(find(about.game) == about.fraction(value, infinite))

    return rule


def _fieldless(find: Callable[[Game], bool]) -> Callable[[Subject], bool]:
    def rule(about: Subject) -> bool:
        about.fields()
        return find(about.game)

    return rule


RULES: Mapping[str, Callable[[Subject], bool | None]] = {
    **{
        f"{kind}gap{name}": _gaps(find, relation, valued)
        for kind, find in (
            ("", gap_is),
            ("correlated-", correlated_gap),
            ("mechanism-", mechanism_gap),
        )
        for name, relation, valued in (
            ("-positive", ">", False),
            ("-at-least", ">=", True),
            ("-at-most", "<=", True),
            ("", "==", True),
        )
    },
    "mechanism-gap-zero": _gaps(mechanism_gap, "<=", False),
    "mechanism-value": _values(mechanism_value, "-inf"),
    "mechanism-attains": attains,
    "gap-zero": _gaps(gap_is, "<=", False),
    "closes": _gaps(gap_is, "<=", False),
    "value": _values(value_of, "-inf"),
    "value-between": value_between,
    "threshold": _values(threshold, "inf"),
    "threshold-at-most": threshold_at_most,
    "implementable": implementable,
    "play-at-most": play_at_most,
    "optimum": optimum_is,
    "first-best": lambda about: in_state(about, Game.first_best),
    "equilibria": lambda about: in_state(about, Game.nash),
    "mixed-equilibria": mixed_equilibria,
    "nash": nash,
    "unique-nash": unique_nash,
    "agent-thresholds": agent_thresholds,
    "incontractible": _fieldless(lambda game: bool(incontractible(game))),
    "incontractible-cells": incontractible_cells,
    "beneficial": beneficial,
    "beneficial-with-side-payments": _fieldless(lambda _: True),
    **{f"axiom-{name}": axiom for name in ("i", "ii", "iii", "iv-strict", "iv-partial")},
    "all-cooperative": all_cooperative,
    "full-implementation": full_implementation,
}
"""Whether a claim is true at a point."""
