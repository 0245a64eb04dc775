"""The kinds of figures by name."""

from __future__ import annotations

from matplotlib.figure import Figure

from coopgap.proofs.deciding.decide import no_contract
from coopgap.proofs.exposition.figures.languages import named
from coopgap.proofs.exposition.figures.regions import KIND
from coopgap.proofs.frontier.values import Undecided
from coopgap.proofs.questions.obligations import Setting
from coopgap.theory.errors import InputError
from coopgap.theory.nearest import suggestion
from coopgap.theory.specification import Specification

KINDS = ("frontier", "welfare", "replies", "graph", "partition")


def require_kind(kind: object) -> None:
    """Raises InputError for what is no kind of figure of games and families."""
    if kind not in (*KINDS, KIND):
        raise InputError(
            f"there is no figure {kind!r}", fix=suggestion(str(kind), (*KINDS, KIND)), field="KIND"
        )


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
            return welfare.draw(
                Setting(environment, chosen.language, chosen.contracts), chosen.name
            )
        if kind == "graph":
            from coopgap.proofs.exposition.figures import graph

            return graph.draw(setting, chosen.name)
        from coopgap.proofs.exposition.figures import grids

        if kind == "replies":
            return grids.replies(environment)
        return grids.partition(environment, chosen.language, chosen.name)
    except Undecided as reason:
        raise InputError(f"what to draw stays undecided: {reason}") from None
