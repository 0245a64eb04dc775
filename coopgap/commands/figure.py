"""``coopgap figure``: pictures of games, languages and frontiers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from coopgap.commands import options
from coopgap.commands.options import argument, flag, option
from coopgap.outcomes import HOLDS, Outcome
from coopgap.theory.errors import InputError, inside


def figure(
    kind: Annotated[
        str,
        argument(
            "KIND",
            "frontier, welfare, replies, graph or partition; of a family regions; of a "
            "commons policy, quotas or populations.",
        ),
    ],
    spec: Annotated[str, argument("SPEC", "A spec file, or a gallery slug.")],
    out: Annotated[list[Path], option("FILE", "Where: .svg, .pdf or .png; repeatable.")],
    language: Annotated[str | None, option("NAME", "A language of the spec.", "the first")] = None,
    untitled: Annotated[bool, flag("--no-title", "Leave the title to the caption.")] = False,
    values: options.Values = None,
    json: options.Json = False,
    max_bytes: options.MaxBytes = None,
) -> Outcome:
    """Draw a game, a language or a frontier."""
    from matplotlib import get_cachedir
    from rich.text import Text

    from coopgap.proofs.exposition.figures import style
    from coopgap.proofs.exposition.figures.commons import commons_figure
    from coopgap.proofs.exposition.figures.kinds import figure_of
    from coopgap.terminal.output import progress
    from coopgap.terminal.words import listed, plain

    drawings = [options.drawing(path, "--out") for path in out]
    commons = options.commons_of(spec, max_bytes)
    if commons is not None:
        if language is not None or values:
            raise InputError(
                "figures of a commons have no such options",
                fix="leave --language and --set out",
                source=spec,
            )
        with inside(source=spec), progress() as tell:
            picture = commons_figure(kind, commons, tell)
    else:
        picture = figure_of(kind, options.game(spec, values, max_bytes), language, "this command")
    options.prepare_drawings(drawings, "--out")
    options.draw(style.untitled(picture) if untitled else picture, drawings, "--out")
    missing = style.without_glyph(picture)
    names = [str(path) for path in out]
    document = {"schema": "coopgap.figure/1", "kind": kind, "files": names}
    return Outcome(
        HOLDS,
        document,
        lambda: [Text(f"drawn: {listed([plain(name) for name in names])}")],
        json,
        f"no font that matplotlib knows has {missing}: install one, such as Noto Sans CJK, and "
        f"remove its list of fonts in {get_cachedir()}"
        if missing
        else "",
    )
