"""The worked example of a game whose players do not all see the state."""

from __future__ import annotations

from collections.abc import Iterator

from coopgap.proofs.exposition import concrete, games, mechanisms, pictures, reached
from coopgap.proofs.exposition.documents import Block, Section, Table, cell, said, section
from coopgap.proofs.exposition.formulas import THRESHOLD, Label, Symbol
from coopgap.proofs.exposition.prose import weighed
from coopgap.proofs.exposition.sources import Place
from coopgap.theory.specification import Specification


def sections(specification: Specification, root: Place) -> Iterator[Section]:
    """Everything that there is to say of the game."""
    environment, report, game = specification.environment, root["report"], root["game"]
    pooled = report["first_best"]["profiles"].value
    best = {state: found for cell, found in pooled.items() for state in cell.split("|")}
    support = list(environment.support)
    yield from section(
        "The game",
        [
            *games.cast(environment, game, support, specification.information),
            *games.payoffs(environment, game, support, best, None),
        ],
    )
    yield from section(
        "What a contract can tell apart",
        pictures.languages(specification.languages, environment, report),
    )
    yield from section("The first best", first_best(report))
    yield from section("What contracts reach without messages", without_messages(report))
    yield from section("What mechanisms reach", mechanisms.reached(specification, root))
    yield from section("How prosocial agents must be", _prosocial(report))


def first_best(report: Place) -> Iterator[Block]:
    """The pooled first best, and what silence costs."""
    yield from concrete.first_best(report)
    yield from mechanisms.team(report)


def without_messages(report: Place) -> Iterator[Block]:
    """What strategies reach under transfers, and what excludes better ones."""
    value, gap = Symbol("value"), Symbol("gap")
    yield said(
        "Agents who say nothing choose strategies: an action for each cell that they may see. "
        "No contract asks for more than that none gains by another strategy, in expectation over "
        "what it cannot tell apart. Of such strategies ",
        value,
        " is the largest welfare, ",
        gap,
        " what is missing to the first best, and ",
        THRESHOLD,
        " the least common weight on welfare at which some reach it.",
    )
    rows = [
        (
            cell(Label(part["name"].text)),
            *(
                cell(reached.quantity(part[name]))
                for name in ("value", "gap", "prosocial_threshold")
            ),
        )
        for part in report["languages"]
    ]
    head = (cell("language"), cell(value), cell(gap), cell(THRESHOLD))
    yield Table("What strategies reach in each language", head, tuple(rows))
    for part in report["languages"]:
        found = part["obstruction"]
        if found.value and found.unknown is None:
            yield said(
                "In the language ",
                Label(part["name"].text),
                f" {found['words'].text}. The certificate has their weights.",
            )


def _prosocial(report: Place) -> Iterator[Block]:
    told = list(mechanisms.levels(report))
    if told:
        yield weighed()
        yield from told
