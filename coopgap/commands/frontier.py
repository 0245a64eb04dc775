"""``coopgap frontier``: gaps and λ* over languages and all λ."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coopgap.commands.options import (
    Certificates,
    Json,
    MaxBytes,
    Timeout,
    Values,
    concrete,
    draw,
    drawing,
    require_duration,
)
from coopgap.outcomes import HOLDS, Outcome


def frontier(
    spec: Annotated[str, typer.Argument(metavar="SPEC", help="A spec file, or a gallery slug.")],
    json: Json = False,
    predicate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EXPR",
            help="A candidate; all joins of them are looked at.",
            show_default="the spec's languages",
        ),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The language that predicates add to.",
            show_default="one that verifies nothing",
        ),
    ] = None,
    level: Annotated[
        list[str] | None,
        typer.Option(
            "--lambda", metavar="NUMBER", help="A λ to list.", show_default="every breakpoint"
        ),
    ] = None,
    values: Values = None,
    certificates: Certificates = None,
    figure: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Draw it there: .svg, .pdf or .png.", show_default="nowhere"
        ),
    ] = None,
    timeout: Timeout = None,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Find the gap and λ* over languages and all λ."""
    from coopgap.files import prepare_directories, write_certificates
    from coopgap.proofs.frontier.report import frontier as found_over
    from coopgap.terminal.frontiers import story
    from coopgap.terminal.output import progress
    from coopgap.theory.errors import inside
    from coopgap.theory.exact import parse_number

    require_duration(timeout)
    specification = concrete(spec, values, max_bytes)
    levels = []
    for text in level or ():
        with inside("--lambda"):
            levels.append(parse_number(text))
    drawings = [drawing(path, "--figure") for path in figure or ()]
    prepare_directories(certificates=certificates)
    with progress() as tell:
        found = found_over(
            specification,
            predicates=predicate or (),
            base=base,
            levels=levels,
            timeout=timeout,
            progress=tell,
        )
    write_certificates(certificates, found.texts)
    if drawings:
        from coopgap.proofs.exposition.figures.frontier import draw as drawn

        draw(drawn(found), drawings, "--figure")

    return Outcome(HOLDS, found.document(), lambda: [story(found)], json)
