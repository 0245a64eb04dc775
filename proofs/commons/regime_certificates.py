"""Certificates about a commons whose growth has regimes (docs/certificates.md, *Regimes*)."""

from __future__ import annotations

from fractions import Fraction

from coopgap.proofs.commons.certificates import (
    encoded,
    language_listed,
    played,
    quotas_listed,
    tree_listed,
)
from coopgap.proofs.commons.quotas import BestRule
from coopgap.proofs.commons.regime_planner import StatePlan
from coopgap.proofs.commons.regime_play import RegimeCaps, RegimePlay
from coopgap.proofs.commons.regime_quotas import quotas_of
from coopgap.theory.commons.regimes import Situations
from coopgap.theory.commons.specification import QuotaLanguage, everything
from coopgap.theory.json_values import JsonObject

SEEN = ("regime", "past")
"""What a language may tell besides month and stock."""


def first_best(situations: Situations, plan: StatePlan, most: Fraction) -> str:
    """What the first best is worth: as much as a plan, and no more than the most."""
    claim = {"id": "commons-first-best-between", "low": str(plan.value), "high": str(most)}
    return _encoded(situations, claim, {"plan": _plan(situations, plan)})


def lost(
    plan: StatePlan, most: Fraction, language: QuotaLanguage, best: BestRule
) -> tuple[Fraction, Fraction]:
    """Between what lies what the best rule loses, in units; who tells all loses nothing."""
    if language.tells_all:
        return Fraction(0), Fraction(0)
    return max(Fraction(0), plan.value - best.high), most - best.low


def gap(
    situations: Situations,
    plan: StatePlan,
    most: Fraction,
    language: QuotaLanguage,
    best: BestRule,
) -> str:
    """What the best rule of a language loses of the first best, or bounds of it."""
    low, high = lost(plan, most, language, best)
    claim: JsonObject = {
        "id": "commons-gap",
        "language": language_listed(language, *SEEN),
        "low": str(low),
        "high": str(high),
    }
    witness: JsonObject = {
        "plan": _plan(situations, plan),
        "rule": quotas_listed(best.rule),
        "tree": tree_listed(best.tree) if low > 0 else None,
    }
    return _encoded(situations, claim, witness)


def equilibrium(
    play: RegimePlay,
    pick: str,
    language: QuotaLanguage | None = None,
    caps: RegimeCaps | None = None,
) -> str:
    """An equilibrium of kinds, picked so; under caps of a language if one is given."""
    situations, listed = play.situations, None
    if language is not None and caps is not None:
        grid = situations.commons.grid
        listed = quotas_listed(
            {
                language.cell_of(month, state): grid[caps(month, state)]
                for month, row in enumerate(situations.months, 1)
                for state in row
            }
        )
    language_fields = None if language is None else language_listed(language, *SEEN)
    claim = played(play, pick, language_fields)
    demands = [
        [list(row[state]) for state in states]
        for states, row in zip(situations.months, play.demands, strict=True)
    ]
    return _encoded(situations, claim, {"demands": demands, "caps": listed})


def _encoded(situations: Situations, claim: JsonObject, witness: JsonObject) -> str:
    return encoded(situations.commons, claim, {**witness, "merged": situations.merged})


def _plan(situations: Situations, plan: StatePlan) -> list[list[int]]:
    return quotas_listed(quotas_of(situations.commons, plan, everything(situations.commons)))
