"""``coopgap frontier``: gaps and λ* over languages and all λ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

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
    of_numbers,
    with_language,
)
from coopgap.durations import require_duration
from coopgap.outcomes import Outcome, status

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from coopgap.proofs.exposition.documents import Section
    from coopgap.proofs.frontier.liability import LiabilityFrontier
    from coopgap.proofs.frontier.report import Frontier
    from coopgap.theory.specification import Specification

_Found = TypeVar("_Found", bound="Frontier | LiabilityFrontier")


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
    language: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only this language of the spec.", show_default="all"),
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
    """Find gaps over languages, all λ and bounds on fines."""
    from coopgap.files import prepare_directories
    from coopgap.proofs.exposition.frontiers import sections
    from coopgap.proofs.frontier.report import frontier as found_over
    from coopgap.proofs.frontier.report import level_of
    from coopgap.terminal.output import progress
    from coopgap.theory.errors import InputError, inside

    require_duration(timeout)
    drawings = [drawing(path, "--figure") for path in figure or ()]
    if liability is not None:
        if predicate or base or level:
            raise InputError(
                "with bounds on fines languages are those of the spec, and λ is 0",
                fix="leave --predicate, --base and --lambda out",
                field="--liability",
            )
        game = of_numbers(spec, values, max_bytes)
        chosen = game if language is None else with_language(game, language)
        return _over_bounds(chosen, liability, json, certificates, drawings, timeout)
    specification = concrete(spec, values, max_bytes)
    if language is not None:
        specification = with_language(specification, language)
    levels = []
    for text in level or ():
        with inside("--lambda"):
            levels.append(level_of(text))
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

    def figured() -> Figure:
        from coopgap.proofs.exposition.figures.frontier import draw as drawn

        return drawn(found)

    return _outcome(found, sections, figured, drawings, certificates, json)


def _over_bounds(
    specification: Specification,
    bounds: str,
    json: bool,
    certificates: Path | None,
    drawings: Sequence[Path],
    timeout: float | None,
) -> Outcome:
    """The gap for every bound on fines."""
    from coopgap.files import prepare_directories
    from coopgap.proofs.exposition.frontiers import bounds_sections
    from coopgap.proofs.frontier.liability import bounds_of, liability_frontier
    from coopgap.terminal.output import progress
    from coopgap.theory.errors import inside

    with inside("--liability"):
        low, high = bounds_of(bounds)
    prepare_directories(certificates=certificates)
    with progress() as tell:
        found = liability_frontier(specification, low, high, timeout=timeout, progress=tell)

    def figured() -> Figure:
        from coopgap.proofs.exposition.figures.liability import draw as drawn

        return drawn(found)

    return _outcome(found, bounds_sections, figured, drawings, certificates, json)


def _outcome(
    found: _Found,
    sections: Callable[[_Found], Iterable[Section]],
    figured: Callable[[], Figure],
    drawings: Sequence[Path],
    certificates: Path | None,
    json: bool,
) -> Outcome:
    """Writes the certificates and figures that were asked for."""
    from coopgap.files import write_certificates
    from coopgap.terminal.story import told

    write_certificates(certificates, found.texts)
    if drawings:
        draw(figured(), drawings, "--figure")
    return Outcome(
        status(refuted=False, undecided=found.undecided),
        found.document(),
        lambda: [told(found.title or "Frontier", found.source, sections(found))],
        json,
    )
