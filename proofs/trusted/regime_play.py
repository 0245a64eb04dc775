"""What certificates show of Markov equilibria of a commons whose growth has regimes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgap.proofs.trusted.documents import fields, integer, listing, require, text_of
from coopgap.proofs.trusted.playing import Month, Play, caps_of, require_picked
from coopgap.proofs.trusted.situations import Situations
from coopgap.proofs.trusted.stages import CELLS, State, number_of


def show_regime_equilibrium(situations: Situations, claim: Mapping[str, Any], witness: Any) -> None:
    """As ``commons-equilibrium`` says; demands are listed in the ascending order of situations."""
    names = ("kinds", "pick", "language", "payoffs", "months")
    kinds, pick, told, payoffs, months = fields(claim, "the claim", *names)
    stated, listed = fields(witness, "the witness", "demands", "caps")
    pick = text_of(pick, "some", "only", "best", "worst")
    require(not situations.merged, "an equilibrium is of exact situations")
    play = Play(situations, kinds)
    require(told is None or pick == "some", "under caps some equilibrium is shown")
    caps = caps_of(situations.commons, told, listed)
    parts = range(len(play.counts) + 1)
    values: Sequence[dict[State, Fraction]] = [{} for _ in parts]
    by_month = listing(stated, situations.commons.horizon)
    for month in range(situations.commons.horizon, 0, -1):
        made: Sequence[dict[State, Fraction]] = [{} for _ in parts]
        rows = zip(*(situations.later(month, each, sum) for each in values), strict=True)
        entries = listing(by_month[month - 1], len(situations.months[month - 1]))
        for entry, found in zip(entries, rows, strict=True):
            state = found[0][0]
            here = Month(play, [later for _, later in found])
            demands = tuple(integer(e, 0, CELLS) for e in listing(entry, len(play.counts)))
            require(here.stable(state[1], demands, caps(month, state)), "somebody gains")
            require_picked(here, state[1], demands, pick)
            for part, got in zip(made, here.payoffs(state[1], demands), strict=True):
                part[state] = got
        values = made
        for each in values:
            situations.budget.measure(each.values())
    said = [number_of(each) for each in (*listing(payoffs, len(play.counts)), months)]
    require([each[situations.first] for each in values] == said, "agents can expect something else")
