"""The worked example of a commons: its plan month by month, what quotas lose, who must care."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coopgap.proofs.commons.parts import Findings
from coopgap.proofs.commons.planner import Plan
from coopgap.proofs.exposition.documents import (
    Block,
    Code,
    Inline,
    Section,
    Statement,
    cut,
    prose,
    section,
    table,
)
from coopgap.proofs.exposition.formulas import BEST, THRESHOLD, Formula, Label, Symbol, row
from coopgap.proofs.exposition.prose import counted, series
from coopgap.proofs.exposition.quantities import quantity
from coopgap.proofs.exposition.sources import Place, certificate_of
from coopgap.theory.commons.regimes import Regimes, Turn
from coopgap.theory.commons.resource import Commons
from coopgap.theory.json_values import Json

RATIONED = {
    "one-at-a-time": "one unit at a time to an agent drawn from those who still want one",
    "proportional": "in proportion to what they demand",
}


def source(report: Findings) -> dict[str, Any]:
    """The commons as plain values, and its plan.

    By month and stock that may come: its worth, and the harvest, by what agents see of growth.
    """
    commons = report.specification.commons
    return {
        "agents": commons.agents,
        "stock": commons.stock,
        "capacity": commons.capacity,
        "months": commons.horizon,
        "collapse": commons.collapse,
        "growth": [
            {"name": name, "factor": str(factor)}
            for name, factor in zip(commons.growth.names, commons.growth.factors, strict=True)
        ],
        "prior": list(map(str, commons.growth.prior)),
        "plan": _plan(commons, report.plan) if isinstance(report.plan, Plan) else [],
    }


def _plan(commons: Commons, plan: Plan) -> list[dict[str, Json]]:
    return [
        {
            "month": month + 1,
            "stock": stock,
            "worth": str(plan.values[month][stock]),
            "harvests": [plan.totals[month][k][stock] for k in range(len(commons.signals))],
        }
        for month in range(commons.horizon)
        for stock in sorted(commons.reachable[month], reverse=True)
        if stock
    ]


def sections(commons: Commons, root: Place) -> Iterator[Section]:
    """Everything that there is to say of the commons."""
    report, game = root["report"], root["game"]
    yield from section("The commons", _resource(commons, game))
    yield from section("The first best", _best(commons, root))
    yield from section("Selfish agents", _selfish(report))
    yield from section("What quotas reach", _quotas(root))
    yield from section("How prosocial agents must be", _prosocial(report))
    yield from section("Prosocial agents among selfish ones", _populations(report))


def _resource(commons: Commons, game: Place) -> Iterator[Block]:
    grows = _growth(commons, list(game["growth"]), list(game["prior"]))
    yield prose(
        "{} share a stock of {} units, of which there are never more than {}. Each "
        "month they demand a part of it, and what they leave {}, rounded down to whole "
        "units. Demands for more than there is are met {}{}. After {} months all ends; "
        "an agent's payoff is its own catch.",
        counted(commons.agents, "agent").capitalize(),
        game["stock"].formula,
        game["capacity"].formula,
        grows,
        RATIONED[commons.rationing],
        [". If fewer units than ", game["collapse"].formula, " are left the resource is gone"]
        if commons.collapse
        else [],
        game["months"].formula,
    )


def _growth(commons: Commons, growth: list[Place], prior: list[Place]) -> list[Inline]:
    if isinstance(commons.growth, Regimes):
        regimes = [
            ["by ", rate["factor"].formula, f" while {rate['name'].text}"] for rate in growth
        ]
        return ["grows ", *series(regimes), f"; {_turns(commons.growth)}"]
    if len(growth) == 1:
        return ["grows by the factor ", growth[0]["factor"].formula]
    factors = [
        [rate["factor"].formula, f" ({rate['name'].text}, with probability ", chance.formula, ")"]
        for rate, chance in zip(growth, prior, strict=True)
    ]
    knowledge = "which agents see before they harvest" if commons.growth.seen else "seen by nobody"
    return ["grows by a factor that is drawn anew, ", *series(factors, "or"), f", {knowledge}"]


def _turns(regimes: Regimes) -> str:
    """When growth turns, in words."""
    mean = "the harvest"
    if regimes.window > 1:
        mean = f"the mean harvest of the last {counted(regimes.window, 'month')}"
    shift, recover = regimes.shift, regimes.recover
    return (
        f"what is {regimes.names[0]} turns when {mean} is at least {shift.threshold} "
        f"({_chance(shift)}), and back when it is below {recover.threshold} ({_chance(recover)})"
    )


def _chance(turn: Turn) -> str:
    slope = f", {turn.slope} more for each unit beyond" if turn.slope else ""
    most = f", at most {turn.most}" if turn.slope and turn.most < 1 else ""
    return f"with probability {turn.probability}{slope}{most}"


def _best(commons: Commons, root: Place) -> Iterator[Block]:
    game, part = root["game"], root["report"]["planner"]
    value = part["value"]
    if value.unknown is not None:
        yield prose("What the best plan catches is unknown: {}.", value.unknown)
        return
    yield prose("The best plan catches {} units in expectation.", row(BEST, "=", _number(value)))
    if not game["plan"] or certificate_of(root, part, "value") is None:
        return
    names = [signal.name for signal in commons.signals]
    takes = [f"harvest, {name}" if name else "harvest" for name in names]
    plan = [
        {
            "month": cell["month"].formula,
            "stock": cell["stock"].formula,
            **{head: total.formula for head, total in zip(takes, cell["harvests"], strict=True)},
            "worth": cell["worth"].formula,
        }
        for cell in game["plan"]
    ]
    proof: list[Block] = [
        prose(
            "Backwards from the last month, after which nothing is worth anything: what a stock is "
            "worth is the largest sum of a harvest and of what its remainder, grown, is worth in "
            "the next month, in expectation over growth. The checker has computed each of these "
            "again, with all harvests."
        ),
        cut(table(plan), "situation"),
    ]
    yield Statement("proposition", (prose("No plan catches more."),), tuple(proof))


def _number(place: Place) -> Formula:
    """A number that is known, or the two between which it is."""
    value = quantity(place)
    assert not isinstance(value, str | Code)
    return value


def _selfish(report: Place) -> Iterator[Block]:
    selfish = report["selfish"]
    if selfish.value is None:
        yield prose("{}.", report["selfish_reason"].text)
        return
    yield prose(
        "In symmetric pure Markov equilibrium selfish agents catch {}{}",
        quantity(selfish["value"]),
        [
            " under the best selection of each month, ",
            quantity(selfish["worst"]),
            " under the worst, and ",
            quantity(selfish["over_all"]),
            " over all equilibria.",
        ]
        if selfish["several"].value
        else ["; there is no other." if selfish["several"].value is False else "."],
    )


def _quotas(root: Place) -> Iterator[Block]:
    report = root["report"]
    yield prose(
        "A quota prescribes the total harvest, and reacts to what its language can tell "
        "of month, stock and growth. {} is what the best rule catches, {} what it loses "
        "of the first best.",
        Symbol("value"),
        Symbol("gap"),
    )
    for part in report["languages"]:
        if part["value"].unknown is not None:
            yield prose("In the language {}: {}.", part["name"].text, part["value"].unknown)
            continue
        value = row(Symbol("value"), "=", _number(part["value"]))
        gap = row(Symbol("gap"), "=", _number(part["gap"]))
        name = Label(part["name"].text)
        body = prose("In the language {} the best rule has {} and {}.", name, value, gap)
        yield Statement("proposition", (body,), tuple(_rule(root, part)))
    yield from _caps(report)


def _rule(root: Place, part: Place) -> Iterator[Block]:
    columns = [
        name
        for name in ("month", "growth", "regime", "past", "stock")
        if any(cell.value.get(name) is not None for cell in part["rule"])
    ]
    rule = [
        {**{name: _reaction(cell[name].value) for name in columns}, "quota": cell["quota"].formula}
        for cell in part["rule"]
    ]
    yield prose("This rule does it; where it is silent its play never comes.")
    yield cut(table(rule), "quota")
    if certificate_of(root, part, "gap") is None:
        return
    yield prose(
        "No rule does better: what cannot be told apart has one quota, and in each of "
        "these situations the checker has tried all harvests, backwards from the last "
        "month; where the rule sees not both stock and month, by halving the range of "
        "quotas. The certificate is {}.",
        Code(part["certificates"].value["gap"][:8]),
    )


def _reaction(value: object) -> str:
    """What a quota reacts to; past harvests as ``3, 4``."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "any" if value is None else str(value)


def _caps(report: Place) -> Iterator[Block]:
    levels = [point["lambda"] for point in report["languages"][0]["prosocial"]]
    if not levels:
        return
    yield prose(
        "A quota may also cap what each agent demands and leave the rest to them. With "
        "weight {} on the total, under the best caps that are known, agents then catch:",
        Symbol("prosociality"),
    )
    heads = [row(Symbol("prosociality"), "=", level.formula) for level in levels]
    caps = [
        {
            "language": Label(part["name"].text),
            **{h: quantity(own["value"]) for h, own in zip(heads, part["prosocial"], strict=True)},
        }
        for part in report["languages"]
    ]
    yield table(caps, "What caps reach")


def _prosocial(report: Place) -> Iterator[Block]:
    for part in report["thresholds"]:
        stocks = "at every stock" if part["stocks"].text == "all" else "on the path"
        over = ", even by demanding more than the others leave" if part["over_demand"].value else ""
        value = part["value"]
        if value.unknown is not None:
            yield prose("Shares in {} units {}: {}.", part["shares"].text, stocks, value.unknown)
            continue
        yield prose(
            "No agent leaves equal shares of a first best in {} units {}{}, exactly "
            "from {} on, if all share alike off it.",
            part["shares"].text,
            stocks,
            over,
            row(THRESHOLD, "=", _number(value)),
        )
    played = [
        {
            Symbol("prosociality"): outcome["lambda"].formula,
            "best selection": quantity(outcome["value"]),
            "worst selection": quantity(outcome["worst"]),
            "over all": quantity(outcome["over_all"]),
        }
        for outcome in report["prosocial"]
    ]
    if played:
        yield table(played, "Symmetric equilibria without a quota")


def _populations(report: Place) -> Iterator[Block]:
    yield prose(
        "Prosocial agents want the largest total, and among equals the largest own catch; the "
        "others are selfish. Own catches and survival are of the best selection of each month:"
    )
    names = {
        "best": "value",
        "worst": "worst",
        "over all": "over_all",
        "each prosocial": "prosocial_payoff",
        "each selfish": "selfish_payoff",
        "survival": "survival",
    }
    yield table(
        {
            "prosocial": population["prosocial"].formula,
            **{head: quantity(population[name]) for head, name in names.items()},
        }
        for population in report["populations"]
    )
