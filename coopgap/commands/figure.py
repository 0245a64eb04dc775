"""``coopgap figure``: pictures of games, languages and frontiers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopgap.commands.options import Json, MaxBytes, Values, concrete, draw, drawing
from coopgap.outcomes import HOLDS, Outcome
from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import MAX_BYTES

if TYPE_CHECKING:
    from coopgap.theory.commons.specification import CommonsSpecification


def figure(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="frontier, welfare, replies, graph or partition; of a commons policy, quotas or "
            "populations.",
        ),
    ],
    spec: Annotated[str, typer.Argument(metavar="SPEC", help="A spec file, or a gallery slug.")],
    out: Annotated[
        list[Path], typer.Option(metavar="FILE", help="Where: .svg, .pdf or .png; repeatable.")
    ],
    language: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A language of the spec.", show_default="the first"),
    ] = None,
    values: Values = None,
    json: Json = False,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Draw a game, a language or a frontier."""
    from rich.text import Text

    from coopgap.terminal.words import listed, plain

    drawings = [drawing(path, "--out") for path in out]
    commons = _commons(spec, max_bytes or MAX_BYTES)
    if commons is not None:
        from coopgap.proofs.exposition.figures.commons import commons_figure

        if language is not None or values:
            raise InputError(
                "figures of a commons have no such options",
                fix="leave --language and --set out",
                source=spec,
            )
        draw(commons_figure(kind, commons), drawings, "--out")
    else:
        from coopgap.proofs.exposition.figures.kinds import figure as drawn

        draw(drawn(kind, concrete(spec, values, max_bytes), language), drawings, "--out")
    names = [str(path) for path in out]
    document = {"schema": "coopgap.figure/1", "kind": kind, "files": names}
    return Outcome(
        HOLDS, document, lambda: [Text(f"drawn: {listed([plain(name) for name in names])}")], json
    )


def _commons(spec: str, max_bytes: int) -> CommonsSpecification | None:
    """The specification, if it is of a commons; None for games."""
    from coopgap.theory.commons.specification import CommonsSpecification
    from coopgap.theory.readers.load import load

    found = load(spec, max_bytes)
    return found if isinstance(found, CommonsSpecification) else None
