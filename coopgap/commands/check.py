"""``coopgap check``: everything that specs ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from coopgap.commands import options
from coopgap.commands.options import argument, flag, option
from coopgap.durations import require_duration
from coopgap.outcomes import Outcome, sole_or_listed, status_of
from coopgap.theory.errors import InputError, inside
from coopgap.theory.readers.files import MAX_BYTES

if TYPE_CHECKING:
    from rich.console import Group

    from coopgap.proofs.aggregates.parts import GroupReport
    from coopgap.proofs.commons.fishery import FisheryReport
    from coopgap.proofs.commons.report import CommonsReport
    from coopgap.proofs.deciding.reports import Report
    from coopgap.theory.readers.load import Anything


def check(
    specs: Annotated[list[str], argument("SPEC", "Spec files, or slugs of the gallery.")],
    json: options.Json = False,
    values: options.Values = None,
    certificates: options.Certificates = None,
    coq: options.Coq = None,
    smtlib: Annotated[
        Path | None, option("DIR", "Write the questions there as SMT-LIB.", "nowhere")
    ] = None,
    timeout: options.Timeout = None,
    within: options.Within = None,
    mechanism: Annotated[
        bool, flag("--mechanism", "Also decide what any mechanism reaches.")
    ] = False,
    strict: Annotated[bool, flag("--strict", "Count trusted as unknown.")] = False,
    max_bytes: options.MaxBytes = None,
) -> Outcome:
    """Decide everything that specs ask."""
    from coopgap.files import require_writable, write_all, write_certificates, write_coq
    from coopgap.terminal.output import progress
    from coopgap.theory.readers.load import load, settings

    require_duration(timeout)
    require_duration(within, "--within")
    chosen = settings(values or ())
    specifications = [_set(load(spec, max_bytes or MAX_BYTES), spec, chosen) for spec in specs]
    if smtlib is not None:
        _require_questions(specs, specifications)
    require_writable(certificates=certificates, coq=coq, smtlib=smtlib)
    with progress() as tell:
        reports = [
            _decided(spec, specification, timeout, within, tell, mechanism)
            for spec, specification in zip(specs, specifications, strict=True)
        ]
    write_certificates(certificates, *(report.texts for report in reports))
    covered = write_coq(coq, *(report.texts for report in reports))
    if smtlib is not None:
        write_all(smtlib, _smtlib(specs, specifications, reports), "--smtlib")
    documents = [report.document() for report in reports]
    pairs = zip(reports, specifications, strict=True)

    def stories() -> list[Group]:
        # Lazily: with --json nothing is printed.
        from coopgap.terminal.story import story

        return [story(report, specification) for report, specification in pairs]

    return Outcome(
        status_of(reports, strict=strict),
        sole_or_listed("coopgap.reports/1", "reports", documents),
        stories,
        json,
        note=covered,
    )


def _set(
    specification: Anything,
    spec: str,
    values: Mapping[str, Fraction],
) -> Anything:
    from coopgap.theory.readers.load import with_settings
    from coopgap.theory.specification import FamilySpecification, Specification

    if isinstance(specification, Specification | FamilySpecification):
        return with_settings(specification, values)
    if values:
        raise InputError(
            "games of groups, commons and fisheries have no parameters to set",
            fix="leave --set out",
            source=spec,
        )
    return specification


def _decided(
    spec: str,
    specification: Anything,
    timeout: float | None,
    within: float | None,
    tell: Callable[[str], None] | None,
    mechanisms: bool,
) -> Report | GroupReport | CommonsReport | FisheryReport:
    from coopgap.proofs.deciding.check import check as decide

    with inside(source=spec):
        return decide(
            specification, timeout=timeout, within=within, progress=tell, mechanisms=mechanisms
        )


def _require_questions(specs: Sequence[str], specifications: Sequence[Anything]) -> None:
    """Raises InputError for specs of which nothing can be written as SMT-LIB."""
    from coopgap.theory.specification import (
        FamilySpecification,
        Specification,
        require_complete_information,
    )

    for spec, specification in zip(specs, specifications, strict=True):
        if not isinstance(specification, Specification | FamilySpecification):
            raise InputError(
                "games of groups, commons and fisheries raise no questions for SMT solvers",
                fix="leave the option out; of a game of groups, list the players one by one",
                source=spec,
                field="--smtlib",
            )
        require_complete_information(specification, "SMT-LIB")


def _smtlib(
    specs: Sequence[str],
    specifications: Sequence[Anything],
    reports: Sequence[Report | GroupReport | CommonsReport | FisheryReport],
) -> dict[str, str]:
    """The SMT-LIB questions of every spec, by file name; of a family, of its certificates."""
    from coopgap.proofs.deciding.check import questions
    from coopgap.proofs.export.refutations import scripts
    from coopgap.proofs.export.smtlib import to_smtlib
    from coopgap.theory.specification import FamilySpecification, Specification

    texts: dict[str, str] = {}
    for spec, specification, report in zip(specs, specifications, reports, strict=True):
        if isinstance(specification, FamilySpecification):
            named = {sha[:12]: scripts(text)[""] for sha, text in report.texts.items()}
        else:
            assert isinstance(specification, Specification)
            named = {name: to_smtlib(question) for name, question in questions(specification)}
        for name, text in named.items():
            stem = re.sub(r"[^\w.-]+", "-", f"{Path(spec).stem}-{name}")[:100]
            numbers = (f"{stem}-{number}.smt2" for number in count(2))
            free = next(file for file in chain((f"{stem}.smt2",), numbers) if file not in texts)
            texts[free] = text
    return texts
