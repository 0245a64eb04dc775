"""The kinds of figures by name."""

from __future__ import annotations

from matplotlib.figure import Figure

from coopgap.proofs.deciding.decide import no_contract
from coopgap.proofs.exposition.figures.commons import commons_figure
from coopgap.proofs.exposition.figures.languages import named
from coopgap.proofs.exposition.figures.regions import KIND, draw
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
    kind: str, specification: Anything, language: str | None = None, what: str = "a figure"
) -> Figure:
    """A figure of what a file states; what: who asks for one game. Raises InputError."""
    if isinstance(specification, CommonsSpecification):
        return commons_figure(kind, specification)
    if isinstance(specification, FamilySpecification) and kind == KIND:
        return draw(specification, language)
    require_kind(kind)
    return figure(kind, concrete_game(listed(specification), what), language)


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
    chosen = named(specification, language)
    setting = Setting(environment, chosen.language, chosen.contracts)
    try:
        if kind == "frontier":
            from coopgap.proofs.exposition.figures import frontier as drawing
            from coopgap.proofs.frontier.report import frontier

            return drawing.draw(frontier(specification))
        if kind == "welfare":
            from coopgap.proofs.exposition.figures import welfare

            if language is None:
                return welfare.draw(no_contract(environment), None)
            return welfare.draw(setting, chosen.name)
        if kind == "graph":
            from coopgap.proofs.exposition.figures import graph

            return graph.draw(setting, chosen.name)
        from coopgap.proofs.exposition.figures import grids

        if kind == "replies":
            return grids.replies(environment)
        return grids.partition(environment, chosen.language, chosen.name)
    except Undecided as reason:
        raise InputError(f"what to draw stays undecided: {reason}") from None
