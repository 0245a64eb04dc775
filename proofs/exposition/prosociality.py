"""How prosocial agents must be: thresholds, what binds for them, and welfare by level."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from coopgap.proofs.exposition import games, mechanisms
from coopgap.proofs.exposition.documents import Block, Display, Inline, Table, cell, said
from coopgap.proofs.exposition.formulas import THRESHOLD, Label, Ratio, Scripted, Symbol, row
from coopgap.proofs.exposition.obstructions import at, bounded, strength
from coopgap.proofs.exposition.prose import (
    contract_class,
    counted,
    level,
    play,
    selection,
    weighed,
)
from coopgap.proofs.exposition.reached import first_ones, quantity, within
from coopgap.proofs.exposition.sources import Place, computed
from coopgap.theory.environments import Environment
from coopgap.theory.specification import NamedLanguage, Specification


def prosocial(specification: Specification, root: Place) -> Iterator[Block]:
    """Thresholds without and with contracts, and welfare by level."""
    environment, report = specification.environment, root["report"]
    symbol = Symbol("prosociality")
    yield weighed()
    yield from without_contract(report)
    yield from _binding(environment, root)
    for named, part in zip(specification.languages, report["languages"], strict=True):
        yield from _with_contracts(environment, named, part, root)
    if report["domination_threshold"].text not in ("None", "inf") and (
        report["domination_threshold"].unknown is None
    ):
        yield said(
            "Above ",
            row(symbol, "=", report["domination_threshold"].formula),
            " every equilibrium uses cooperating actions only.",
        )
    yield from levels(report)
    yield from mechanisms.levels(report)


def without_contract(report: Place) -> Iterator[Block]:
    """The least common weight at which a first best is an equilibrium without a contract."""
    threshold = report["prosocial_threshold"]
    if threshold.unknown is not None:
        yield said(f"The threshold without a contract is unknown: {threshold.unknown}.")
    elif threshold.between:
        yield said("Without a contract certificates show that ", within(THRESHOLD, threshold), ".")
    else:
        start, end = {
            "inf": ("no common weight makes a first best an equilibrium:", "."),
            "0": ("a first best is an equilibrium of selfish agents already:", "."),
        }.get(threshold.text, ("a first best is an equilibrium exactly from", " on."))
        yield said(f"Without a contract {start} ", row(THRESHOLD, "=", threshold.formula), end)


def _with_contracts(
    environment: Environment, named: NamedLanguage, part: Place, root: Place
) -> Iterator[Block]:
    """Why a language needs the weight that it does; nothing where selfish agents do."""
    found = part["prosocial_threshold"]
    if found.unknown is not None or found.text == "0":
        return
    kind = [*contract_class(part["contracts"]), " in the language ", Label(named.name)]
    if found.between:
        yield said("With ", *kind, " certificates show that ", within(THRESHOLD, found), ".")
        return
    yield said(
        "With ",
        *kind,
        *(
            [" no common weight makes a first best implementable"]
            if found.text == "inf"
            else [
                " a first best is implementable exactly from ",
                row(THRESHOLD, "=", found.formula),
                " on",
            ]
        ),
        ".",
    )
    sha = part["certificates"].value.get("prosocial_threshold")
    witness = root["certificates"][sha].witness if sha is not None else None
    directed = part["contracts"]["kind"].value == "directive"
    if witness is None or "below" not in witness.value or directed:
        return

    def tell(each: Place) -> Iterator[Block]:
        asked = strength(environment, named.language, root["game"], each, part["contracts"])
        return bounded(environment, named.language, each, asked)

    yield from first_ones(list(witness["below"]["obstructions"]), tell, numbered=False)


def _binding(environment: Environment, root: Place) -> Iterator[Block]:
    """What each agent needs, and the deviation that binds for the threshold."""
    report, game = root["report"], root["game"]
    listed = report["agent_thresholds"]
    if listed.unknown is not None:
        yield said(f"What each agent needs is unknown: {listed.unknown}.")
        return
    goal = report["prosocial_threshold"]
    chosen = None
    for each in listed:
        top = max((_level(own) for _, own in each["lambda"].items()), default=0)
        if str(top) == goal.text or (goal.text == "inf" and top == math.inf):
            chosen = each
            break
    if chosen is not None and goal.text != "0":
        yield from _deviation(environment, game, chosen, goal)
    if len(listed) and len(environment.players) > 1:
        players = list(environment.players)
        rows = [
            (
                cell(*selection(each["selection"])),
                *(cell(each["lambda"][p].formula) for p in players),
            )
            for each in list(listed)[:8]
        ]
        if len(listed) > 8:
            more = counted(len(listed) - 8, "more selection")
            rows.append((cell(f"and {more}"), *(cell("") for _ in players)))
        yield Table(
            "Weight that each agent needs, by first-best selection",
            (cell("first best"), *(cell(Label(p)) for p in players)),
            tuple(rows),
        )


def _level(place: Place) -> Fraction | float:
    return math.inf if place.text == "inf" else place.number


def _deviation(
    environment: Environment, game: Place, chosen: Place, goal: Place
) -> Iterator[Block]:
    for (state_name, labels), (player, own) in product(
        chosen["selection"].items(), chosen["lambda"].items()
    ):
        if own.text != goal.text:
            continue
        state, agent = environment.states.index(state_name), environment.players.index(player)
        played = environment.profile(labels.value)
        for action, label in enumerate(environment.actions[agent]):
            moved = tuple(action if i == agent else a for i, a in enumerate(played))
            places = [games.position(environment, p) for p in (moved, played)]
            after, before = (game["payoffs"][agent][state][k] for k in places)
            worse, best = (game["welfare"][state][k] for k in places)
            gain, lost = after.number - before.number, best.number - worse.number
            where: list[Inline] = (
                [" in state ", Label(state_name)] if len(chosen["selection"]) > 1 else []
            )
            lead: list[Inline] = [
                "The deviation that binds is that of ",
                Label(player),
                " from ",
                play(labels),
                " to ",
                Label(label),
                *where,
            ]
            if goal.text == "inf" and lost == 0 and gain > 0:
                yield said(
                    *lead,
                    ": it gains ",
                    computed("-", after, before),
                    " and costs no welfare, so no weight on welfare deters it.",
                )
                return
            if lost > 0 and str(gain / lost) == goal.text:
                yield said(
                    *lead,
                    ", which gains ",
                    computed("-", after, before),
                    " and costs ",
                    computed("-", best, worse),
                    " of welfare:",
                )
                paid = games.agent_payoff(player)
                welfare = Symbol("welfare")
                high, low = (
                    row(at(environment, of, one, state), "−", at(environment, of, other, state))
                    for of, one, other in ((paid, moved, played), (welfare, played, moved))
                )
                yield Display(
                    (
                        row(
                            Scripted(Symbol("prosociality"), below=Label(player)),
                            "=",
                            Ratio(high, low),
                            "=",
                            Ratio(computed("-", after, before), computed("-", best, worse)),
                            *([] if own.text == f"{gain}/{lost}" else ["=", own.formula]),
                        ),
                    )
                )
                return


def levels(report: Place) -> Iterator[Block]:
    """Best equilibrium welfare by weight."""
    if not len(report["prosocial"]):
        return
    rows = []
    for number, own in enumerate(report["prosocial"]):
        welfare = own["welfare"]
        cells = [
            cell(*level(own["lambda"])),
            cell("none" if welfare.value is None else welfare.formula),
        ]
        cells += [
            cell(quantity(each["prosocial"][number]["value"])) for each in report["languages"]
        ]
        rows.append(tuple(cells))
    heads = [cell(Symbol("prosociality")), cell("no contract")]
    heads += [cell(Label(each["name"].text)) for each in report["languages"]]
    yield Table("Best equilibrium welfare by weight on welfare", tuple(heads), tuple(rows))
