"""The gap that every mechanism leaves, parted by what it is due to.

Rules are dropped one after the other: the bound on fines, the right to refuse, actions that a court
does not see. Each step can only raise what mechanisms reach, and what it raises it by is the loss
that the rule causes. What is left is due to private information itself: agents who all see the
state lose nothing where actions are verified (theory.md T11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from coopgap.proofs.deciding.reports import LossPart
from coopgap.proofs.deciding.values import Absent, Unknown
from coopgap.proofs.questions.mechanisms import Mechanisms, Society
from coopgap.proofs.questions.registry import CAUSES
from coopgap.theory.languages import join, refines, state_blind

NOTHING_REACHED = Absent("no mechanism makes everybody take part")


def relaxations(society: Society) -> Iterator[tuple[str, Society]]:
    """The rules that can be dropped, each with what is left once it and those before it are."""
    if society.contracts.liability is not None:
        society = replace(society, contracts=replace(society.contracts, liability=None))
        yield "liability", society
    if society.contracts.participation is not None:
        society = replace(society, contracts=replace(society.contracts, participation=None))
        yield "participation", society
    game = society.environment
    verified = state_blind(game)
    if not refines(society.language, verified, game):
        yield "actions", replace(society, language=join(society.language, verified, game))


def losses(
    best: Fraction, value: Fraction, steps: Iterator[tuple[str, Mechanisms | Unknown]]
) -> tuple[LossPart, ...] | Unknown:
    """What each rule costs, in utils; none where it costs nothing.

    best: W*. value: what mechanisms reach. steps: what they reach once rules are dropped.
    """
    parts: list[LossPart] = []
    for cause, relaxed in steps:
        if isinstance(relaxed, Unknown):
            return relaxed
        assert isinstance(relaxed.value, Fraction), "what is feasible stays so"
        if relaxed.value > value:
            parts.append(LossPart(cause, relaxed.value - value))
        value = relaxed.value
    if value < best:
        parts.append(LossPart("information", best - value))
    return tuple(sorted(parts, key=lambda part: [*CAUSES].index(part.cause)))
