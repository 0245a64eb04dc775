"""What certificates about a commons say, and whether they are about the commons of a spec."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

Plain = Any
"""A part of a document."""


def commons_statement(claim: Mapping[str, Plain]) -> str:
    """The claim as a sentence, with all its quantifiers."""
    match claim["id"]:
        case "commons-first-best":
            return f"the best plan of total harvests is worth {claim['value']}"
        case "commons-gap":
            low, high = claim["low"], claim["high"]
            lost = f"exactly {low}" if low == high else f"at least {low} and at most {high}"
            return (
                "of the quota rules that react to no more than their language tells, the best "
                f"loses {lost} of the first best"
            )
        case "commons-threshold":
            return _threshold(claim)
        case _:
            return _equilibrium(claim)


def _threshold(claim: Mapping[str, Plain]) -> str:
    stocks = "on its path" if claim["stocks"] == "path" else "at every stock"
    over = ", even by demanding more than the others leave" if claim["over_demand"] else ""
    what = "no λ, however large," if claim["value"] == "inf" else f"λ = {claim['value']}"
    return (
        f"{what} is the least λ at which no agent leaves equal {claim['shares']} shares of some "
        f"first best {stocks}{over}, if what follows a deviation is shared alike"
    )


_PICKS = {
    "only": "in each situation that can be reached the only one given what follows",
    "best": "in each situation that can be reached the one of greatest welfare given what follows",
    "worst": "in each situation that can be reached the one of least welfare given what follows",
    "some": "one of perhaps several",
}


def _equilibrium(claim: Mapping[str, Plain]) -> str:
    kinds = " and ".join(
        f"{count} agents of λ = {level}"
        if level != "inf"
        else f"{count} agents who want the greatest total catch, then the greatest of their own"
        for count, level in claim["kinds"]
    )
    payoffs = " and ".join(claim["payoffs"])
    caps = "" if claim["language"] is None else ", under caps that the language can express,"
    return (
        f"{kinds} have a pure Markov equilibrium{caps} in which each kind does the same, "
        f"{_PICKS[claim['pick']]}: each agent can expect {payoffs}, "
        f"and the resource lasts {claim['months']} months"
    )


def commons_circumstances(data: Mapping[str, Plain]) -> dict[str, str]:
    """All that a claim depends on except its own fields, by topic."""
    growth = ", ".join(f"{Fraction(a, b)} of weight {w}" for w, a, b in data["growth"])
    parts = {
        "agents": str(data["agents"]),
        "stock": f"{data['stock']} of at most {data['capacity']}",
        "demands": _listed(data["harvest"]),
        "growth": f"{growth}; {'seen' if data['seen'] else 'not seen'} before the harvest",
        "collapse": f"if less than {data['collapse']} is left",
        "months": str(data["horizon"]),
        "rationing": data["rationing"],
    }
    if data["shock"] is not None:
        after, loss, floor = data["shock"]
        parts["shock"] = f"{loss} after month {after}, to no less than {floor}"
    return parts


def _listed(demands: Sequence[int]) -> str:
    if list(demands) == list(range(len(demands))):
        return f"0..{demands[-1]}"
    return ", ".join(map(str, demands))


def spec_data(text: str) -> dict[str, Plain]:
    """The data of certificates about the commons of a spec's text, read a second time.

    Raises what reading raises for a text that is no such spec.
    """
    written = tomllib.loads(text)["commons"]
    growth = written["growth"]
    if not isinstance(growth, dict):
        growth = {"factors": [growth]}
    factors = [Fraction(each) for each in growth["factors"]]
    prior = [Fraction(each) for each in growth.get("prior", [1])]
    scale = lcm(*(each.denominator for each in prior))
    harvest = written["harvest"]
    if isinstance(harvest, str):
        low, high = map(int, harvest.split(".."))
        harvest = list(range(low, high + 1))
    shock = written.get("shock")
    return {
        "agents": int(written["agents"]),
        "stock": int(written["stock"]),
        "capacity": int(written["capacity"]),
        "harvest": sorted({int(each) for each in harvest}),
        "growth": [
            [int(p * scale), r.numerator, r.denominator]
            for p, r in zip(prior, factors, strict=True)
            if p
        ],
        "seen": growth.get("seen", False),
        "collapse": int(written.get("collapse", 0)),
        "horizon": int(written["horizon"]),
        "rationing": written.get("rationing", "one-at-a-time"),
        "shock": None
        if shock is None
        else [int(shock["after"]), int(shock["loss"]), int(shock.get("floor", 0))],
    }
