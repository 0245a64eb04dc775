"""``coopgap frontier``: gaps and λ* over languages and all λ."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from coopgap.commands import options
from coopgap.commands.options import argument, option
from coopgap.durations import require_duration
from coopgap.outcomes import Outcome, status

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from coopgap.proofs.frontier.liability import LiabilityFrontier
    from coopgap.proofs.frontier.report import Frontier


def frontier(
    spec: Annotated[str, argument("SPEC", "A spec file, or a gallery slug.")],
    json: options.Json = False,
    predicate: Annotated[
        list[str] | None,
        option("EXPR", "A candidate; all joins of them are looked at.", "the spec's languages"),
    ] = None,
    base: Annotated[
        str | None,
        option("NAME", "The language that predicates add to.", "one that verifies nothing"),
    ] = None,
    level: Annotated[
        list[str] | None, option("NUMBER", "A λ to list.", "every breakpoint", "--lambda")
    ] = None,
    liability: Annotated[
        str | None,
        option(
            "A..B", "The gap for every bound on fines between two, of selfish agents.", "over all λ"
        ),
    ] = None,
    language: options.Language = None,
    values: options.Values = None,
    certificates: options.Certificates = None,
    figure: Annotated[
        list[Path] | None, option("FILE", "Draw it there: .svg, .pdf or .png.", "nowhere")
    ] = None,
    timeout: options.Timeout = None,
    max_bytes: options.MaxBytes = None,
) -> Outcome:
    """Find gaps over languages, all λ and bounds on fines."""
    from coopgap.files import require_writable, write_certificates
    from coopgap.proofs.exposition import frontiers
    from coopgap.proofs.frontier.liability import bounds_of, liability_frontier
    from coopgap.proofs.frontier.report import frontier as over_levels
    from coopgap.proofs.frontier.report import level_of
    from coopgap.terminal.output import progress
    from coopgap.terminal.story import titled
    from coopgap.theory.errors import InputError, inside

    require_duration(timeout)
    drawings = [options.drawing(path, "--figure") for path in figure or ()]
    if liability is not None and (predicate or base or level):
        raise InputError(
            "with bounds on fines languages are those of the spec, and λ is 0",
            fix="leave --predicate, --base and --lambda out",
            field="--liability",
        )
    game = (options.concrete if liability is None else options.of_numbers)(spec, values, max_bytes)
    if language is not None:
        game = options.with_language(game, language)
    decide: Callable[..., Frontier | LiabilityFrontier]
    if liability is None:
        with inside("--lambda"):
            levels = [level_of(text) for text in level or ()]
        decide = partial(over_levels, game, predicates=predicate or (), base=base, levels=levels)
    else:
        with inside("--liability"):
            decide = partial(liability_frontier, game, *bounds_of(liability))
    require_writable(certificates=certificates)
    options.prepare_drawings(drawings, "--figure")
    with progress() as tell:
        report = decide(timeout=timeout, progress=tell)
    write_certificates(certificates, report.texts)
    if drawings:
        options.draw(_figure(report), drawings, "--figure")
    return Outcome(
        status(refuted=False, undecided=report.undecided),
        report.document(),
        lambda: [titled(report.title or "Frontier", report.source, frontiers.sections(report))],
        json,
    )


def _figure(report: Frontier | LiabilityFrontier) -> Figure:
    # Lazily: matplotlib takes a while.
    from coopgap.proofs.exposition.figures import frontier, liability
    from coopgap.proofs.frontier.report import Frontier

    return frontier.draw(report) if isinstance(report, Frontier) else liability.draw(report)
