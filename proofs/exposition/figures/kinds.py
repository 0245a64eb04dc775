"""The kinds of figures by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

from coopgap.proofs.deciding.decide import no_contract
from coopgap.proofs.exposition.figures import frontier, graph, grids, welfare
from coopgap.proofs.exposition.figures.commons import commons_figure
from coopgap.proofs.exposition.figures.languages import language_named
from coopgap.proofs.exposition.figures.regions import KIND, draw
from coopgap.proofs.frontier import report
from coopgap.proofs.frontier.values import Undecided
from coopgap.proofs.questions.obligations import Setting
from coopgap.theory.commons.specification import CommonsSpecification
from coopgap.theory.errors import InputError
from coopgap.theory.nearest import require_known
from coopgap.theory.readers.load import Anything, listed
from coopgap.theory.specification import FamilySpecification, Specification, concrete_game

KINDS = ("frontier", "welfare", "replies", "graph", "partition")


def require_kind(kind: object) -> None:
    """Raises InputError for what is no kind of figure of games and families."""
    require_known(kind, (*KINDS, KIND), "figure", "KIND")


def figure_of(
    kind: str, specification: Anything, language: str | None = None, purpose: str = "a figure"
) -> Figure:
    """A figure of what a file states; purpose: who asks for one game. Raises InputError."""
    if isinstance(specification, CommonsSpecification):
        return commons_figure(kind, specification)
    if isinstance(specification, FamilySpecification) and kind == KIND:
        return draw(specification, language)
    require_kind(kind)
    return figure(kind, concrete_game(listed(specification), purpose), language)


def figure(kind: str, specification: Specification, language: str | None = None) -> Figure:
    """A figure of a specification.

    ``language`` names one of its languages (None: the first; for ``welfare``, play without a
    contract).

    Raises InputError for an unknown kind or language, and for what a kind cannot draw.
    """
    require_kind(kind)
    if kind == KIND:
        raise InputError(
            "regions are drawn of a family, with two parameters left open", field="KIND"
        )
    environment = specification.environment
    chosen = language_named(specification, language)
    setting = Setting(environment, chosen.language, chosen.contracts)
    alone = language is None
    drawings: Mapping[str, Callable[[], Figure]] = {
        "frontier": lambda: frontier.draw(report.frontier(specification)),
        "welfare": lambda: welfare.draw(
            no_contract(environment) if alone else setting, None if alone else chosen.name
        ),
        "replies": lambda: grids.replies(environment),
        "graph": lambda: graph.draw(setting, chosen.name),
        "partition": lambda: grids.partition(environment, chosen.language, chosen.name),
    }
    try:
        return drawings[kind]()
    except Undecided as reason:
        raise InputError(f"what to draw stays undecided: {reason}") from None
