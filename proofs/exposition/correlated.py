"""What holds of correlated equilibria, with the multipliers and plays of a certificate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from proofs.exposition.documents import ROWS, Block, Cell, Items, Table, cell, said, table
from proofs.exposition.formulas import Formula, Label, Ratio, Variable, row
from proofs.exposition.obstructions import unranked
from proofs.exposition.prose import counted, play, series
from proofs.exposition.sources import Place, computed
from theory.environments import Environment
from theory.languages import describe_record
from theory.specification import NamedLanguage

EPSILON = Variable("ε")


def correlated(
    environment: Environment,
    support: Sequence[int],
    named: NamedLanguage,
    gap: Formula,
    bound: Formula,
    witness: Place,
) -> Iterator[Block]:
    """Why the correlated gap is what it is. gap: the equation that says so. bound: W* less it."""
    if "limit" in witness.value:
        yield said(
            "In correlated equilibrium the gap is ",
            gap,
            ", approached and not attained: the agents play as follows with probability ",
            row("1", "−", EPSILON),
            " and tremble with probability ",
            EPSILON,
            ", and the transfers grow as ",
            Ratio(row("1"), EPSILON),
            " where trembles are checked.",
            lead="Correlated equilibria.",
        )
        yield _limit(environment, support, named, witness["limit"])
    elif "dual" in witness.value:
        yield said(
            "In correlated equilibrium the gap is ",
            gap,
            ". Deviations within a record stay unpunished, so every correlated equilibrium "
            "satisfies their constraints. Multiply the gain of each by its multiplier and subtract "
            "the sum from welfare: what remains is at most ",
            bound,
            " at every profile, and so in expectation.",
            lead="Correlated equilibria.",
        )
        yield _multipliers(environment, support, witness["dual"])
        if "primal" in witness.value:
            yield said(
                "The bound is attained by this distribution, with transfers that the certificate "
                "lists."
            )
            yield _distribution(environment, support, witness["primal"]["distributions"])
    else:
        yield said(
            "In correlated equilibrium the gap is ",
            gap,
            ", attained by this distribution with transfers that the certificate lists.",
            lead="Correlated equilibria.",
        )
        yield _distribution(environment, support, witness["primal"]["distributions"])


def _by_state(
    environment: Environment, support: Sequence[int], listed: Place
) -> list[tuple[tuple[Cell, ...], Place]]:
    """What a certificate says of each state, with a cell that names it if there are several."""
    states = range(len(listed)) if len(listed) == len(environment.states) else support
    several = len(support) > 1
    return [
        ((cell(environment.states[state]),) if several else (), each)
        for state, each in zip(states, listed, strict=True)
        if state in support
    ]


def _multipliers(environment: Environment, support: Sequence[int], dual: Place) -> Table:
    rows = []
    for where, own in _by_state(environment, support, dual):
        for each in own["multipliers"]:
            agent, start, end, _ = each.value
            actions = environment.actions[agent]
            named = (environment.players[agent], actions[start], actions[end])
            multiplier = cell(computed(":", each[3], own["denominator"]))
            rows.append((*where, *(cell(Label(name)) for name in named), multiplier))
    heads = [*_head(support), "agent", "recommended", "deviation", "multiplier"]
    return table([cell(h) for h in heads], rows)


def _distribution(environment: Environment, support: Sequence[int], listed: Place) -> Table:
    rows = []
    for where, own in _by_state(environment, support, listed):
        weights = [each[1] for each in own]
        whole = Place(
            str(sum((w.number for w in weights), Fraction(0))),
            f"+({' '.join(w.pointer for w in weights)})",
        )
        for each in own:
            profile = environment.labels(unranked(environment, each.value[0]))
            rows.append((*where, cell(play(profile)), cell(computed(":", each[1], whole))))
    return table([cell(h) for h in (*_head(support), "profile", "probability")], rows)


def _head(support: Sequence[int]) -> list[str]:
    return ["state"] if len(support) > 1 else []


def _limit(
    environment: Environment, support: Sequence[int], named: NamedLanguage, limit: Place
) -> Block:
    def transfers(part: Place) -> Iterator[tuple[Block, ...]]:
        listed = list(part["transfers"])
        for each in listed[:ROWS]:
            amounts = [
                [Label(p), " ", computed(":", each[1][i], part["denominator"])]
                for i, p in enumerate(environment.players)
            ]
            record = describe_record(named.language, environment, each.value[0])
            yield (said("at ", Label(record), ": ", *series(amounts)),)
        if len(listed) > ROWS:
            yield (said(f"and at {counted(len(listed) - ROWS, 'more record')}."),)

    items: list[tuple[Block, ...]] = [
        (said("Played:"), _distribution(environment, support, limit["distributions"])),
        (said("Trembles:"), _distribution(environment, support, limit["trembles"])),
    ]
    for name, key in (("Fixed transfers", "fixed"), ("Transfers divided by ε", "growing")):
        rows = list(transfers(limit[key]))
        if rows:
            items.append((said(f"{name}:"), Items(tuple(rows))))
    return Items(tuple(items))
