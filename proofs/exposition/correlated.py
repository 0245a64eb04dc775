"""What holds of correlated equilibria, with the multipliers and plays of a certificate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coopgap.proofs.exposition.documents import ROWS, Block, Items, Row, Table, cut, prose, table
from coopgap.proofs.exposition.formulas import Formula, Label, Ratio, Variable, row
from coopgap.proofs.exposition.obstructions import unranked
from coopgap.proofs.exposition.prose import counted, play, series
from coopgap.proofs.exposition.sources import Place, computed, looked_up
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.languages import describe_record
from coopgap.theory.specification import NamedLanguage

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
    reached = witness["reached"] if "reached" in witness.value else None
    if reached is not None and _is_approach(reached):
        yield prose(
            "In correlated equilibrium the gap is {}, approached and not attained: for "
            "every {} the agents play as follows, weights being relative to their sum, "
            "under transfers that deter every deviation. As {} goes to 0 the play "
            "reaches that gap, and the transfers grow without bound.",
            gap,
            row(EPSILON, ">", "0"),
            EPSILON,
            lead="Correlated equilibria.",
        )
        yield _approach(environment, support, named, reached)
    elif "bound" in witness.value:
        yield prose(
            "In correlated equilibrium the gap is {}. At each profile transfers cancel "
            "in these deviations, weighted by their multipliers, as those within a "
            "record are never punished{}. Multiply the gain of each by its multiplier "
            "and subtract the sum from welfare: what remains is at most {} at every "
            "profile, and so in expectation.",
            gap,
            _up_to_fines(named),
            bound,
            lead="Correlated equilibria.",
        )
        yield _multipliers(environment, support, witness["bound"])
        if reached is not None:
            yield prose(
                "The bound is attained by this distribution, with transfers that the certificate "
                "lists."
            )
            yield _distribution(environment, support, reached)
    else:
        assert reached is not None
        yield prose(
            "In correlated equilibrium the gap is {}, attained by this distribution "
            "with transfers that the certificate lists.",
            gap,
            lead="Correlated equilibria.",
        )
        yield _distribution(environment, support, reached)


def _up_to_fines(named: NamedLanguage) -> str:
    bounded = isinstance(named.contracts, Transfers) and named.contracts.liability is not None
    return ", up to fines within the bound, which count against the gains" if bounded else ""


def _distributions(reached: Place) -> list[list[tuple[int, Place]]]:
    """By state the profiles played, with their weights; in a selection all have weight 1."""
    if "selection" in reached.value:
        return [[(place.value, Place(1, "=1"))] for place in reached["selection"]]
    return [[(pair.value[0], pair[1]) for pair in own] for own in reached["distributions"]]


def _is_approach(reached: Place) -> bool:
    weights = (weight.value for own in _distributions(reached) for _, weight in own)
    return any(
        "0+" in monomial for terms in weights if isinstance(terms, dict) for monomial in terms
    )


def _quotient(above: Place, below: Place) -> Formula:
    """One number over another, or in a family one polynomial over another."""
    if isinstance(above.value, dict) or isinstance(below.value, dict):
        return Ratio(above.polynomial, below.polynomial)
    return computed(":", above, below)


def _states(environment: Environment, support: Sequence[int]) -> list[str | None]:
    """The names of the states, if there are several."""
    return [environment.states[state] if len(support) > 1 else None for state in support]


def _multipliers(environment: Environment, support: Sequence[int], bound: Place) -> Table:
    rows: list[Row] = []
    for state, own in zip(_states(environment, support), bound["multipliers"], strict=True):
        for multiplier in own:
            agent, start, end, _ = multiplier.value
            rows.append(
                {
                    "state": state,
                    "agent": Label(environment.players[agent]),
                    "recommended": Label(environment.actions[agent][start]),
                    "deviation": Label(environment.actions[agent][end]),
                    "multiplier": _quotient(multiplier[3], bound["denominator"]),
                }
            )
    return cut(table(rows), "row")


def _distribution(environment: Environment, support: Sequence[int], reached: Place) -> Table:
    rows: list[Row] = []
    for state, own in zip(_states(environment, support), _distributions(reached), strict=True):
        origin = f"+({' '.join(weight.pointer for _, weight in own)})"
        total = Place(looked_up(reached.root, origin), origin)
        for place, weight in own:
            profile = play(environment.labels(unranked(environment, place)))
            chance = _quotient(weight, total)
            rows.append({"state": state, "profile": profile, "probability": chance})
    return cut(table(rows), "row")


def _approach(
    environment: Environment, support: Sequence[int], named: NamedLanguage, reached: Place
) -> Block:
    rows: list[Row] = [
        {
            "state": state,
            "profile": play(environment.labels(unranked(environment, place))),
            "weight": weight.polynomial,
        }
        for state, own in zip(_states(environment, support), _distributions(reached), strict=True)
        for place, weight in own
    ]
    items: list[tuple[Block, ...]] = [(prose("Played:"), cut(table(rows), "row"))]
    (paid,) = reached["transfers"]
    listed = list(paid["amounts"])
    payments: list[tuple[Block, ...]] = []
    for entry in listed[:ROWS]:
        amounts = [
            [Label(player), " ", Ratio(entry[1][i].polynomial, paid["denominator"].polynomial)]
            for i, player in enumerate(environment.players)
        ]
        record = describe_record(named.language, environment, entry.value[0])
        payments.append((prose("at {}: {}", Label(record), series(amounts)),))
    if len(listed) > ROWS:
        payments.append((prose("and at {}.", counted(len(listed) - ROWS, "more record")),))
    if payments:
        items.append((prose("Transfers:"), Items(tuple(payments))))
    return Items(tuple(items))
