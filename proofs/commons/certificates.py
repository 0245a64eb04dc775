"""Certificates of claims about a commons (docs/certificates.md, *A commons*)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopgap.proofs.commons.equilibria import Caps, DrawnPlay, Kinds, Play
from coopgap.proofs.commons.planner import Plan
from coopgap.proofs.commons.quotas import BestRule, Halves, Tree, cells, situations
from coopgap.proofs.commons.thresholds import Measure
from coopgap.proofs.trusted.bounds import bounds as bounds_of
from coopgap.proofs.trusted.bounds import emptied
from coopgap.proofs.trusted.commons import commons_of
from coopgap.proofs.trusted.documents import COMMONS, Budget, Rejected, canonical, digest
from coopgap.proofs.trusted.playing import Play as PlayOf
from coopgap.proofs.trusted.situations import Situations
from coopgap.proofs.trusted.stages import Stages
from coopgap.theory.commons.regimes import Regimes
from coopgap.theory.commons.resource import Commons, Growth
from coopgap.theory.commons.specification import Cell, QuotaLanguage
from coopgap.theory.exact import Extended, common_denominator
from coopgap.theory.json_values import Json, JsonObject


def data_of(commons: Commons) -> dict[str, Any]:
    """The data of a certificate."""
    growth, shock = commons.growth, commons.shock
    return {
        "agents": commons.agents,
        "stock": commons.stock,
        "capacity": commons.capacity,
        "harvest": list(commons.grid),
        "growth": _regimes(growth) if isinstance(growth, Regimes) else _draws(growth),
        "seen": growth.seen,
        "collapse": commons.collapse,
        "horizon": commons.horizon,
        "rationing": commons.rationing,
        "shock": None if shock is None else [shock.after, shock.loss, shock.floor],
    }


def _draws(growth: Growth) -> list[list[int]]:
    scale = common_denominator(growth.prior)
    draws = [draw for draw in zip(growth.prior, growth.factors, strict=True) if draw[0] > 0]
    return [[int(p * scale), r.numerator, r.denominator] for p, r in draws]


def _regimes(growth: Regimes) -> dict[str, Json]:
    turns = [
        [turn.threshold, turn.probability, turn.slope, turn.most]
        for turn in (growth.shift, growth.recover)
    ]
    return {
        "factors": [str(factor) for factor in growth.factors],
        "window": growth.window,
        "turns": [[str(number) for number in turn] for turn in turns],
    }


def encoded(commons: Commons, claim: JsonObject, witness: JsonObject) -> str:
    """The text of a certificate."""
    data = data_of(commons)
    return canonical(
        {
            "schema": COMMONS,
            "claim": claim,
            "data": data,
            "data_sha256": digest(canonical(data)),
            "witness": witness,
        }
    )


def first_best(plan: Plan) -> str:
    """What the first best is worth."""
    claim = {"id": "commons-first-best", "value": str(plan.value)}
    return encoded(plan.commons, claim, {"values": _values(plan)})


def gap(plan: Plan, language: QuotaLanguage, best: BestRule) -> str:
    """What the best rule of a language loses, or bounds of it."""
    commons = plan.commons
    claim: JsonObject = {
        "id": "commons-gap",
        "language": language_listed(language, "growth"),
        "low": str(plan.value - best.high),
        "high": str(plan.value - best.low),
    }
    rule = quotas_listed({**dict.fromkeys(cells(commons, language), 0), **best.rule})
    witness: JsonObject = {"values": _values(plan), "rule": rule, "tree": tree_listed(best.tree)}
    return encoded(commons, claim, witness)


def equilibrium(
    play: DrawnPlay, pick: str, language: QuotaLanguage | None = None, caps: Caps | None = None
) -> str:
    """An equilibrium of kinds, picked so; under caps of a language if one is given."""
    commons = play.commons
    language_fields, listed = None, None
    if language is not None and caps is not None:
        chosen = {
            language.cell(month, signal, stock): commons.grid[caps(month, signal, stock)]
            for month, signal, stock in situations(commons)
            if stock in commons.reachable[month - 1]
        }
        language_fields, listed = language_listed(language, "growth"), quotas_listed(chosen)
    demands = [
        [
            [list(demand) if stock in reached else None for stock, demand in enumerate(row)]
            for row in rows
        ]
        for rows, reached in zip(play.demands, commons.reachable, strict=True)
    ]
    return encoded(
        commons, played(play, pick, language_fields), {"demands": demands, "caps": listed}
    )


def played(play: Play, pick: str, language: JsonObject | None) -> JsonObject:
    """The claim about an equilibrium."""
    return {
        "id": "commons-equilibrium",
        "kinds": _kinds(play.kinds),
        "pick": pick,
        "language": language,
        "payoffs": [str(payoff) for payoff in play.start[:-1]],
        "months": str(play.start[-1]),
    }


def _kinds(kinds: Kinds) -> list[list[Json]]:
    return [[count, "inf" if level is None else str(level)] for count, level in kinds]


def threshold(plan: Plan, measure: Measure, value: Extended) -> str:
    """The least λ that keeps agents at equal shares of the first best."""
    claim: JsonObject = {
        "id": "commons-threshold",
        "shares": "fractional" if measure.fractional else "whole",
        "stocks": "all" if measure.everywhere else "path",
        "over_demand": measure.over_demand,
        "value": str(value),
    }
    return encoded(plan.commons, claim, {"values": _values(plan)})


def bounds(commons: Commons, kinds: Kinds, merged: bool) -> str | None:
    """What agents of each kind get in every equilibrium; None if that is too much to work out."""
    budget = Budget()
    data = commons_of(data_of(commons))
    source: Stages | Situations = (
        Stages(data, budget)
        if data.regimes is None
        else Situations(data, data.regimes, merged, budget)
    )
    listed = _kinds(kinds)
    try:
        limits = bounds_of(source, PlayOf(source, listed))
    except Rejected:
        return None
    if limits is None and merged:
        return None
    ends = [[str(low), str(high)] for low, high in limits or []]
    claim: JsonObject = {
        "id": "commons-bounds",
        "kinds": listed,
        "exists": limits is not None and emptied(source),
        "payoffs": ends[:-2] or None,
        "months": ends[-2] if ends else None,
        "total": ends[-1] if ends else None,
    }
    return encoded(commons, claim, {} if data.regimes is None else {"merged": merged})


def _values(plan: Plan) -> list[list[int]]:
    """The values by month and stock, over powers of the weight of growth."""
    commons = plan.commons
    weight = sum(draw[0] for draw in data_of(commons)["growth"])
    return [
        [int(value * weight ** (commons.horizon - month)) for value in row]
        for month, row in enumerate(plan.values[:-1])
    ]


def language_listed(language: QuotaLanguage, *names: str) -> dict[str, Json]:
    """A language by its cells of months and of stocks, and by what else it may tell."""
    flags = {name: getattr(language, name) for name in names}
    return {"month": list(language.month), "stock": list(language.stock), **flags}


def quotas_listed(quotas: Mapping[Cell, int]) -> list[list[int]]:
    """A quota for each cell."""
    return [[*cell, quota] for cell, quota in sorted(quotas.items())]


def tree_listed(tree: Tree) -> dict[str, Json] | None:
    """A division of limits as certificates write it."""
    if not isinstance(tree, Halves):
        return None
    return {
        "cell": list(tree.cell),
        "at": tree.at,
        "low": tree_listed(tree.low),
        "high": tree_listed(tree.high),
    }
