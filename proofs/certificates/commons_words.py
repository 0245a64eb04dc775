"""What certificates about a commons say, and whether they are about the commons of a spec."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from coopgap.theory.json_values import Fields, Plain


def commons_statement(claim: Fields) -> str:
    """The claim as a sentence, with all its quantifiers."""
    match claim["id"]:
        case "commons-first-best":
            return f"the best plan of total harvests is worth {claim['value']}"
        case "commons-first-best-between":
            return f"the best plan of total harvests is worth {_between(claim)}"
        case "commons-gap":
            return (
                "of the quota rules that react to no more than their language tells, the best "
                f"loses {_between(claim)} of the first best"
            )
        case "commons-bounds":
            return _bounds(claim)
        case "commons-threshold":
            return _threshold(claim)
        case _:
            return _equilibrium(claim)


def _threshold(claim: Fields) -> str:
    stocks = "on its path" if claim["stocks"] == "path" else "at every stock"
    over = ", even by demanding more than the others leave" if claim["over_demand"] else ""
    level = "no λ, however large," if claim["value"] == "inf" else f"λ = {claim['value']}"
    return (
        f"{level} is the least λ at which no agent leaves equal {claim['shares']} shares of some "
        f"first best {stocks}{over}, if what follows a deviation is shared alike"
    )


_PICKS = {
    "only": "in each situation that can be reached the only one given what follows",
    "best": "in each situation that can be reached the one of greatest welfare given what follows",
    "worst": "in each situation that can be reached the one of least welfare given what follows",
    "some": "one of perhaps several",
}


def _between(claim: Fields) -> str:
    low, high = claim["low"], claim["high"]
    return f"exactly {low}" if low == high else f"at least {low} and at most {high}"


def _kinds(claim: Fields) -> str:
    return " and ".join(
        f"{count} agents of λ = {level}"
        if level != "inf"
        else f"{count} agents who want the greatest total catch, then the greatest of their own"
        for count, level in claim["kinds"]
    )


def _bounds(claim: Fields) -> str:
    """What all equilibria give, or that there is none."""
    equilibrium = "pure subgame-perfect equilibrium in which each kind does the same"
    if claim["payoffs"] is None:
        return f"{_kinds(claim)} have no {equilibrium}"
    total = dict(zip(("low", "high"), claim["total"], strict=True))
    months = dict(zip(("low", "high"), claim["months"], strict=True))
    payoffs = " and ".join(_between({"low": low, "high": high}) for low, high in claim["payoffs"])
    exists = "; that all demand the most they can is always one" if claim["exists"] else ""
    return (
        f"in every {equilibrium}, {_kinds(claim)} can expect to catch {_between(total)} together "
        f"and, each by kind, {payoffs}, and the resource lasts {_between(months)} months{exists}"
    )


def _equilibrium(claim: Fields) -> str:
    payoffs = " and ".join(claim["payoffs"])
    caps = "" if claim["language"] is None else ", under caps that the language can express,"
    return (
        f"{_kinds(claim)} have a pure Markov equilibrium{caps} in which each kind does the same, "
        f"{_PICKS[claim['pick']]}: each agent can expect {payoffs}, "
        f"and the resource lasts {claim['months']} months"
    )


def commons_circumstances(data: Fields) -> dict[str, str]:
    """All that a claim depends on except its own fields, by topic."""
    parts = {
        "agents": str(data["agents"]),
        "stock": f"{data['stock']} of at most {data['capacity']}",
        "demands": _listed(data["harvest"]),
        "growth": _growth(data),
        "collapse": f"if less than {data['collapse']} is left",
        "months": str(data["horizon"]),
        "rationing": data["rationing"],
    }
    if data["shock"] is not None:
        after, loss, least = data["shock"]
        parts["shock"] = f"{loss} after month {after}, to no less than {least}"
    return parts


def _growth(data: Fields) -> str:
    growth = data["growth"]
    if not isinstance(growth, dict):
        drawn = ", ".join(f"{Fraction(a, b)} of weight {w}" for w, a, b in growth)
        return f"{drawn}; {'seen' if data['seen'] else 'not seen'} before the harvest"
    (start, probability, slope, most), (below, chance, back, least) = growth["turns"]
    first, second = growth["factors"]
    return (
        f"{first}, which agents see turn to {second} when the mean harvest of the last "
        f"{growth['window']} months is at least {start} (probability {probability}, {slope} more "
        f"for each unit beyond, at most {most}), and back when it is below {below} (probability "
        f"{chance}, {back} more for each unit beyond, at most {least})"
    )


def _listed(demands: Sequence[int]) -> str:
    if list(demands) == list(range(len(demands))):
        return f"0..{demands[-1]}"
    return ", ".join(map(str, demands))


def spec_data(written: Fields) -> dict[str, Plain]:
    """The data of certificates about the commons of a spec, read a second time.

    Raises what reading raises for a table that is no commons.
    """
    growth = written["growth"]
    if not isinstance(growth, dict):
        growth = {"factors": [growth]}
    regimes = "regimes" in growth
    harvest = written["harvest"]
    if isinstance(harvest, str):
        low, high = map(int, harvest.split(".."))
        harvest = list(range(low, high + 1))
    shock = written.get("shock")
    return {
        "agents": int(written["agents"]),
        "stock": int(written["stock"]),
        "capacity": int(written["capacity"]),
        "harvest": sorted({int(demand) for demand in harvest}),
        "growth": _regimes_written(growth) if regimes else _draws_written(growth),
        "seen": regimes or growth.get("seen", False),
        "collapse": int(written.get("collapse", 0)),
        "horizon": int(written["horizon"]),
        "rationing": written.get("rationing", "one-at-a-time"),
        "shock": None
        if shock is None
        else [int(shock["after"]), int(shock["loss"]), int(shock.get("floor", 0))],
    }


def _draws_written(growth: Fields) -> Plain:
    factors = [Fraction(factor) for factor in growth["factors"]]
    prior = [Fraction(share) for share in growth.get("prior", [1])]
    scale = lcm(*(share.denominator for share in prior))
    pairs = zip(prior, factors, strict=True)
    return [[int(p * scale), r.numerator, r.denominator] for p, r in pairs if p]


def _regimes_written(growth: Fields) -> Plain:
    def turn(name: str, threshold: str) -> list[str]:
        table = growth[name]
        keys = (threshold, "probability", "slope", "most")
        return [str(Fraction(table.get(key, {"slope": 0, "most": 1}.get(key)))) for key in keys]

    return {
        "factors": [str(Fraction(factor)) for factor in growth["regimes"].values()],
        "window": int(growth.get("window", 1)),
        "turns": [turn("shift", "from"), turn("recover", "below")],
    }
