"""The obstruction basis: all minimal obstructions of a selection, for all payoffs (theory.md T3).

A contract implements the selection iff none of them has positive strength.
"""

from __future__ import annotations

from coopgap.proofs.algebra.elimination import (
    LIMIT,
    Spend,
    TooMany,
    incentive,
    transfer_obstructions,
)
from coopgap.proofs.questions.obligations import (
    Incentives,
    Obstruction,
    Selection,
    Setting,
    Unanswered,
    incentives,
    obstruction,
)
from coopgap.theory.contracts import NoContract, Transfers


def basis(
    setting: Setting, selection: Selection, limit: int = LIMIT, spend: Spend | None = None
) -> tuple[Obstruction, ...] | Unanswered:
    """The minimal obstructions of a selection; they do not depend on payoffs.

    They are simple cycles where no rule couples the agents' transfers, and single deviations where
    there is no contract. Each lies within a block, since states without a common record share none.
    Unanswered for directives, and beyond the limit. ``spend`` receives the steps of the
    elimination; if it raises TooMany, the basis is Unanswered too.
    """
    contracts = setting.contracts
    rows = incentives(setting, selection)
    if isinstance(contracts, NoContract):
        return tuple(
            obstruction(selection, rows, [(row, 1)], "profitable-deviation")
            for row in range(len(rows.agent))
        )
    if not isinstance(contracts, Transfers):
        return Unanswered("obstructions are for transfers; directives are decided by enumeration")
    liable = contracts.liability is not None
    try:
        minimal = transfer_obstructions(
            rows.agents, list(map(incentive, _arcs(rows))), contracts.budget, liable, limit, spend
        )
    except TooMany as reason:
        return Unanswered(f"the obstruction basis is too large: {reason}")
    return tuple(obstruction(selection, rows, list(weights.items())) for weights, _ in minimal)


def _arcs(rows: Incentives) -> list[tuple[int, int, int]]:
    columns = (rows.agent, rows.source, rows.target)
    return list(zip(*(column.tolist() for column in columns), strict=True))
