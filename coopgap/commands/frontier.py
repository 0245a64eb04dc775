"""``coopgap frontier``: gaps and λ* over languages and all λ."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopgap.commands.options import (
    Certificates,
    Json,
    Language,
    MaxBytes,
    Timeout,
    Values,
    concrete,
    draw,
    drawing,
    of_numbers,
    prepare_drawings,
    with_language,
)
from coopgap.durations import require_duration
from coopgap.outcomes import Outcome, status

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from coopgap.proofs.frontier.liability import LiabilityFrontier
    from coopgap.proofs.frontier.report import Frontier


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
    liability: Annotated[
        str | None,
        typer.Option(
            metavar="A..B",
            help="The gap for every bound on fines between two, of selfish agents.",
            show_default="over all λ",
        ),
    ] = None,
    language: Language = None,
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
    """Find gaps over languages, all λ and bounds on fines."""
    from coopgap.files import prepare_directories, write_certificates
    from coopgap.proofs.exposition import frontiers
    from coopgap.proofs.frontier.liability import bounds_of, liability_frontier
    from coopgap.proofs.frontier.report import frontier as over_levels
    from coopgap.proofs.frontier.report import level_of
    from coopgap.terminal.output import progress
    from coopgap.terminal.story import titled
    from coopgap.theory.errors import InputError, inside

    require_duration(timeout)
    drawings = [drawing(path, "--figure") for path in figure or ()]
    if liability is not None and (predicate or base or level):
        raise InputError(
            "with bounds on fines languages are those of the spec, and λ is 0",
            fix="leave --predicate, --base and --lambda out",
            field="--liability",
        )
    game = (concrete if liability is None else of_numbers)(spec, values, max_bytes)
    if language is not None:
        game = with_language(game, language)
    decide: Callable[..., Frontier | LiabilityFrontier]
    if liability is None:
        with inside("--lambda"):
            levels = [level_of(text) for text in level or ()]
        decide = partial(over_levels, game, predicates=predicate or (), base=base, levels=levels)
    else:
        with inside("--liability"):
            decide = partial(liability_frontier, game, *bounds_of(liability))
    prepare_directories(certificates=certificates)
    prepare_drawings(drawings, "--figure")
    with progress() as tell:
        found = decide(timeout=timeout, progress=tell)
    write_certificates(certificates, found.texts)
    if drawings:
        draw(_figure(found), drawings, "--figure")
    return Outcome(
        status(refuted=False, undecided=found.undecided),
        found.document(),
        lambda: [titled(found.title or "Frontier", found.source, frontiers.sections(found))],
        json,
    )


def _figure(found: Frontier | LiabilityFrontier) -> Figure:
    # Lazily: matplotlib takes a while.
    from coopgap.proofs.exposition.figures import frontier, liability
    from coopgap.proofs.frontier.report import Frontier

    return frontier.draw(found) if isinstance(found, Frontier) else liability.draw(found)
