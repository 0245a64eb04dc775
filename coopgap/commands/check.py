"""``coopgap check``: everything that specs ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopgap.commands.options import (
    Certificates,
    Json,
    MaxBytes,
    Timeout,
    Values,
    require_duration,
    with_settings,
)
from coopgap.outcomes import Outcome, one_or_all, status_of
from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import MAX_BYTES

if TYPE_CHECKING:
    from rich.console import Group

    from coopgap.proofs.commons.report import CommonsReport
    from coopgap.proofs.deciding.reports import Report
    from coopgap.theory.readers.load import Anything


def check(
    specs: Annotated[
        list[str], typer.Argument(metavar="SPEC", help="Spec files, or slugs of the gallery.")
    ],
    json: Json = False,
    values: Values = None,
    certificates: Certificates = None,
    smtlib: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the questions there as SMT-LIB.")
    ] = None,
    timeout: Timeout = None,
    strict: Annotated[bool, typer.Option("--strict", help="Count trusted as unknown.")] = False,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Decide everything that specs ask."""
    from coopgap.files import prepare_directories, write_all, write_certificates
    from coopgap.terminal.output import progress
    from coopgap.theory.readers.load import load_any, settings

    require_duration(timeout)
    chosen = settings(values or ())
    specifications = [_set(load_any(spec, max_bytes or MAX_BYTES), chosen) for spec in specs]
    prepare_directories(certificates=certificates, smtlib=smtlib)
    with progress() as tell:
        reports = [
            _decided(spec, each, timeout, tell)
            for spec, each in zip(specs, specifications, strict=True)
        ]
    write_certificates(certificates, *(each.texts for each in reports))
    if smtlib is not None:
        write_all(smtlib, _smtlib(specs, specifications, reports), "--smtlib")
    documents = [each.document() for each in reports]
    pairs = zip(reports, specifications, strict=True)
    return Outcome(
        status_of(reports, strict=strict),
        one_or_all("coopgap.reports/1", "reports", documents),
        lambda: [_told(report, specification) for report, specification in pairs],
        json,
    )


def _set(specification: Anything, chosen: Mapping[str, Fraction]) -> Anything:
    """The specification with these values of parameters, of which a commons has none."""
    from coopgap.theory.readers.load import game_of

    return with_settings(game_of(specification), chosen) if chosen else specification


def _decided(
    spec: str,
    specification: Anything,
    timeout: float | None,
    tell: Callable[[str], None] | None,
) -> Report | CommonsReport:
    from coopgap.proofs.deciding.check import check as decide
    from coopgap.theory.commons.specification import CommonsSpecification

    try:
        if isinstance(specification, CommonsSpecification):
            return decide(specification, timeout=timeout, progress=tell)
        return decide(specification, timeout=timeout, progress=tell)
    except InputError as error:
        # Several specs were named: say which.
        raise error.located(source=spec) from None


def _told(report: Report | CommonsReport, specification: Anything) -> Group:
    from coopgap.proofs.commons.report import CommonsReport
    from coopgap.terminal.commons import commons_story
    from coopgap.terminal.family_story import family_story
    from coopgap.terminal.story import story
    from coopgap.theory.specification import FamilySpecification, Specification

    if isinstance(report, CommonsReport):
        return commons_story(report)
    if isinstance(specification, Specification):
        return story(report, specification.environment)
    assert isinstance(specification, FamilySpecification)
    return family_story(report.document(), specification)


def _smtlib(
    specs: Sequence[str],
    specifications: Sequence[Anything],
    reports: Sequence[Report | CommonsReport],
) -> dict[str, str]:
    """The SMT-LIB questions of every spec, by file name; of a family, of its certificates.

    A commons has none: its months are decided by enumeration.
    """
    from coopgap.proofs.deciding.check import questions
    from coopgap.proofs.export.refutations import scripts
    from coopgap.proofs.export.smtlib import to_smtlib
    from coopgap.theory.specification import FamilySpecification, Specification

    texts: dict[str, str] = {}
    for spec, specification, report in zip(specs, specifications, reports, strict=True):
        if isinstance(specification, FamilySpecification):
            named = {sha[:12]: scripts(text)[""] for sha, text in report.texts.items()}
        elif isinstance(specification, Specification):
            named = {name: to_smtlib(each) for name, each in questions(specification)}
        else:
            continue
        for name, text in named.items():
            stem = re.sub(r"[^\w.-]+", "-", f"{Path(spec).stem}-{name}")[:100]
            numbers = (f"{stem}-{number}.smt2" for number in count(2))
            free = next(each for each in chain((f"{stem}.smt2",), numbers) if each not in texts)
            texts[free] = text
    return texts
