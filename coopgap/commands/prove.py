"""``coopgap prove``: theorems, for all parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from coopgap.commands import options
from coopgap.commands.options import argument, flag, option
from coopgap.durations import require_duration
from coopgap.outcomes import HOLDS, INTERRUPTED, Outcome, gathered, status_of
from coopgap.theory.readers.files import MAX_BYTES

if TYPE_CHECKING:
    from coopgap.proofs.theorems.general import GeneralTheorem
    from coopgap.proofs.theorems.reports import TheoremReport
    from coopgap.proofs.theorems.theorem import Theorem


def prove(
    theorems: Annotated[
        list[str] | None,
        argument(
            "[ID|FILE]...", "Registered theorems, or files; none: all but those that Coq checks."
        ),
    ] = None,
    json: options.Json = False,
    listing: Annotated[bool, flag("--list", "List the theorems only.")] = False,
    certificates: options.Certificates = None,
    coq: options.Coq = None,
    smtlib: Annotated[
        Path | None, option("DIR", "Write the goals there as SMT-LIB.", "nowhere")
    ] = None,
    timeout: options.Timeout = None,
    strict: Annotated[
        bool, flag("--strict", "Count as unknown what rests on more than the trusted core.")
    ] = False,
    max_bytes: options.MaxBytes = None,
) -> Outcome:
    """Decide theorems for all parameters."""
    from coopgap.files import require_writable, write_all, write_certificates, write_coq
    from coopgap.proofs.theorems.prove import decide_all
    from coopgap.proofs.theorems.registry import deprecated, find, registered
    from coopgap.terminal.output import progress

    require_duration(timeout)
    if listing and not theorems:
        return _listed(list(registered().values()), json)
    selected = find(theorems or (), max_bytes or MAX_BYTES)
    if listing:
        return _listed(selected, json)
    require_writable(certificates=certificates, coq=coq, smtlib=smtlib)
    with progress() as tell:
        decided = decide_all(selected, timeout=timeout, progress=tell)
        reports, stopped = gathered(decided if json else _printed(decided))
    write_certificates(certificates, *(report.texts for report in reports))
    covered = write_coq(coq, *(report.texts for report in reports))
    if smtlib is not None:
        write_all(smtlib, _smtlib(reports), "--smtlib")
    documents = [report.document() for report in reports]
    messages = deprecated(theorems or (), selected)
    if stopped:
        messages.append(f"interrupted: {len(reports)} of {len(selected)} theorems are decided")
    return Outcome(
        INTERRUPTED if stopped else status_of(reports, strict=strict),
        {"schema": "coopgap.prove/1", "theorems": documents},
        list,
        json,
        "; ".join(messages),
        covered,
    )


def _printed(decided: Iterator[TheoremReport]) -> Iterator[TheoremReport]:
    """The reports, each told as it comes."""
    from coopgap.terminal.output import print_stories
    from coopgap.terminal.theorems import story

    for report in decided:
        print_stories([story(report)])
        yield report


def _listed(theorems: Sequence[Theorem | GeneralTheorem], json: bool) -> Outcome:
    """The theorems with their statements, undecided."""
    from coopgap.terminal.output import statements_table

    entries = [
        {
            "id": theorem.id,
            "statement": theorem.statement,
            "assumptions": list(theorem.assumptions),
            "source": theorem.source,
        }
        for theorem in theorems
    ]
    document = {"schema": "coopgap.theorems/1", "theorems": entries}
    return Outcome(HOLDS, document, lambda: [statements_table(entries)], json)


def _smtlib(reports: Sequence[TheoremReport]) -> dict[str, str]:
    """The SMT-LIB questions behind every certificate, by file name."""
    from coopgap.proofs.export.refutations import scripts

    texts = {}
    for report in reports:
        for text in report.texts.values():
            for number, script in enumerate(scripts(text).values(), start=1):
                texts[f"{report.id}-{number}.smt2"] = script
    return texts
